//! The command line against a real server on loopback: each act does what its twin in the console does, says so in JSON
//! with stable names, and ends with its exit code.

use crate::support::command_line;
use centaur::{
    cli::{Environment, exit::Failure, token},
    client::{Caller, Socket},
    domain::{
        command::Command,
        customer::Customer,
        ids::{ConversationId, LogId, Term},
        policy::Policy,
        teammate::Role,
        turn::{Answer, Grounding, Outcome, Source, Trace},
    },
    paths::Paths,
    protocol::Scope,
    server::{Founding, Options, Running, Server, SystemClock},
    store::MemoryLog,
};
use serde_json::{Value, json};
use std::sync::Arc;

const ADMIN: &str = "cen_admin-of-the-test-desk-0123456789";
const AI: &str = "cen_ai-of-the-test-desk-0123456789abc";
const WEB: &str = "cen_web-of-the-test-desk-0123456789ab";

/// A desk on loopback, with an admin, an AI and a connector.
struct Stage {
    running: Running,
    url: String,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn set() -> Self {
        let founding = Founding {
            name: "Test desk".into(),
            admin: "mira".into(),
            token: token::digest(ADMIN),
            policy: Policy::default(),
        };
        let log = Box::new(MemoryLog::new(LogId(7)));
        let options = Options { log, founding, clock: Arc::new(SystemClock), rewound: false, shelf: None };
        let running = Server::start(options).await.unwrap();
        let at = running.listen("127.0.0.1:0".parse().unwrap(), axum::Router::new()).await.unwrap();
        let stage = Self { running, url: format!("http://{at}"), folder: tempfile::tempdir().unwrap() };
        let mut admin = stage.caller(ADMIN).await;
        for (name, role, token) in [("Aria", Role::Ai, AI), ("web", Role::Connector, WEB)] {
            let invite = Command::Invite { name: name.into(), role, token: token::digest(token) };
            admin.call(invite).await.unwrap().unwrap();
        }
        admin.close().await;
        stage
    }

    async fn caller(&self, token: &str) -> Caller {
        let dial = Arc::new(Socket::new(&self.url).unwrap());
        Caller::open(dial, token.to_owned(), Scope::None, "test".into()).await.unwrap()
    }

    /// A customer comes, and the AI answers once.
    async fn talk(&self) -> ConversationId {
        let mut web = self.caller(WEB).await;
        let open = Command::OpenConversation {
            channel: "web".into(),
            customer: Customer { name: "Jana\u{1b}[2J Novak".into(), ..Customer::default() },
            topic: Some("delivery".into()),
            text: "where is my parcel?".into(),
            external_ref: None,
        };
        let conversation = web.call(open).await.unwrap().unwrap().conversation.unwrap();
        let mut ai = self.caller(AI).await;
        let term = Term(1);
        let turn = ai.call(Command::BeginTurn { conversation, term }).await.unwrap().unwrap().n;
        let answer = Answer {
            text: "It is with a neighbour.".into(),
            sources: vec![Source {
                number: 1,
                document: "delivery.md".into(),
                heading: "Neighbours".into(),
                passage: "A parcel may be left with a neighbour.".into(),
            }],
            grounding: Grounding(800),
            trace: Trace { model: "offline".into(), config: "k1".into(), ..Trace::default() },
        };
        let outcome = Outcome::Answer { answer: Box::new(answer), settled: false };
        ai.call(Command::FinishTurn { conversation, turn, term, outcome }).await.unwrap().unwrap();
        conversation
    }

    /// Runs a command line as the holder of `token`; its output as JSON lines, or how it failed.
    async fn run_as(&self, token: Option<&str>, words: &[&str]) -> Result<Vec<Value>, Failure> {
        let env = Environment { token: token.map(ToOwned::to_owned), token_file: None };
        let paths = Paths::under(self.folder.path());
        let (done, said) = command_line(words, paths, env, |context| {
            context.global.server.get_or_insert_with(|| self.url.clone());
        })
        .await;
        done.map(|()| said)
    }

    /// The same as the admin, with the only line that it prints.
    async fn run(&self, words: &[&str]) -> Value {
        let mut lines = self.run_as(Some(ADMIN), words).await.unwrap();
        assert_eq!(lines.len(), 1, "{words:?}: {lines:?}");
        lines.remove(0)
    }

    /// All lines that it prints, as the admin.
    async fn lines(&self, words: &[&str]) -> Vec<Value> {
        self.run_as(Some(ADMIN), words).await.unwrap()
    }

    async fn fails(&self, token: Option<&str>, words: &[&str]) -> (u8, &'static str) {
        let failure = self.run_as(token, words).await.unwrap_err();
        (failure.code(), failure.word())
    }
}

#[tokio::test]
async fn a_conversation_is_taken_answered_and_handed_back() {
    let stage = Stage::set().await;
    stage.talk().await;
    let row = stage.run(&["ls"]).await;
    assert_eq!((&row["id"], &row["holder_name"], &row["topic"]), (&json!(1), &json!("Aria"), &json!("delivery")));

    // Nobody carries messages here, so what the AI said is still on its way out and is void.
    let taken = stage.run(&["take", "1", "--reason", "asked"]).await;
    assert_eq!(taken["quiet"], json!(true));
    assert_eq!(taken["may_still_arrive"], json!([]));
    assert_eq!(taken["term"], json!(2));
    // An AI that is not here keeps nobody waiting: what it is to do stands in the talk.
    let assistance = &taken["assistance"];
    assert_eq!((&assistance["why"], &assistance["reply"]), (&json!("the AI has nothing yet"), &json!(null)));
    assert!(assistance["task"].as_u64().is_some_and(|task| task > 0), "{taken}");
    let said = stage.run(&["say", "1", "I", "look", "into", "it"]).await;
    assert_eq!(said["conversation"], json!(1));
    let shown = stage.run(&["show", "#1"]).await;
    assert_eq!(shown["card"]["holder_name"], json!("mira"));
    let texts: Vec<&str> =
        shown["entries"].as_array().unwrap().iter().filter_map(|entry| entry["text"].as_str()).collect();
    assert_eq!(texts, ["where is my parcel?", "I look into it"]);

    assert_eq!(stage.fails(Some(ADMIN), &["back", "1"]).await, (2, "usage"));
    stage.run(&["back", "1", "--done", "looked", "--promised", "a call", "--back-when", "refund"]).await;
    assert_eq!(stage.run(&["ls", "holder:ai"]).await["holder_name"], json!("Aria"));
    // The AI holds it again: a person cannot answer without taking it.
    assert_eq!(stage.fails(Some(ADMIN), &["say", "1", "hello"]).await.0, 5);
    stage.run(&["say", "1", "--take", "hello"]).await;
    stage.run(&["assign", "1", "queue"]).await;
    assert_eq!(stage.run(&["ls", "holder:queue"]).await["id"], json!(1));
    stage.running.drain().await;
}

#[tokio::test]
async fn every_small_act_is_done_and_can_be_seen() {
    let stage = Stage::set().await;
    stage.talk().await;
    for words in [
        &["note", "1", "the carrier knows"][..],
        &["whisper", "1", "be short"],
        &["tag", "1", "vip", "late"],
        &["tag", "1", "--remove", "late"],
        &["priority", "1", "urgent"],
        &["mode", "1", "draft"],
        &["pause", "1", "--for", "5m"],
        &["pause", "1", "--end"],
        &["mode", "topic:refunds", "shadow"],
        &["mode", "desk", "draft"],
        &["snooze", "1", "2h"],
        &["snooze", "1", "--wake"],
        &["resolve", "1"],
        &["reopen", "1"],
    ] {
        stage.run(words).await;
    }
    let card = stage.run(&["ls"]).await;
    assert_eq!((&card["tags"], &card["priority"], &card["mode"]), (&json!(["vip"]), &json!("urgent"), &json!("draft")));
    stage.run(&["undo", "1"]).await;
    assert_eq!(stage.run_as(Some(ADMIN), &["ls", "is:open"]).await.unwrap(), Vec::<Value>::new());
    assert_eq!(stage.run(&["ls", "--all"]).await["status"]["kind"], json!("resolved"));
    assert_eq!(stage.fails(Some(ADMIN), &["approve", "1"]).await, (4, "not_found"));
    stage.running.drain().await;
}

#[tokio::test]
async fn judgements_are_exported_with_all_that_training_needs() {
    let stage = Stage::set().await;
    stage.talk().await;
    stage.run(&["annotate", "1", "--unsure"]).await;
    stage
        .run(&[
            "annotate",
            "1",
            "last",
            "--bad",
            "--failure",
            "wrong_fact",
            "--failure",
            "t",
            "--correct",
            "At the depot.",
        ])
        .await;
    let line = stage.run(&["export", "annotations"]).await;
    for (name, value) in [
        ("conversation", json!(1)),
        ("verdict", json!("bad")),
        ("failures", json!(["wrong_fact", "tone"])),
        ("correction", json!("At the depot.")),
        ("reviewer", json!("mira")),
        ("answer", json!("It is with a neighbour.")),
        ("grounding", json!(800)),
        ("model", json!("offline")),
        ("config", json!("k1")),
        ("superseded", json!(false)),
    ] {
        assert_eq!(line[name], value, "{name}");
    }
    assert_eq!(line["context"][0]["text"], json!("where is my parcel?"));
    let after = line["seq"].as_u64().unwrap().to_string();
    let none = stage.run_as(Some(ADMIN), &["export", "annotations", "--after", &after]).await.unwrap();
    assert_eq!(none, Vec::<Value>::new());
    assert_eq!(stage.run_as(Some(ADMIN), &["export", "annotations", "--all"]).await.unwrap().len(), 2);
    stage.running.drain().await;
}

#[tokio::test]
async fn teammates_come_and_go_by_tokens_that_are_seen_once() {
    let stage = Stage::set().await;
    stage.talk().await;
    let lena = stage.run(&["invite", "lena", "--role", "agent"]).await;
    let token = lena["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("cen_"));
    assert_eq!(stage.run_as(Some(&token), &["ls"]).await.unwrap().len(), 1);
    // An agent may not govern; two cannot have one name; nobody is called so.
    assert_eq!(stage.fails(Some(&token), &["invite", "x", "--role", "admin"]).await, (3, "forbidden"));
    assert_eq!(stage.fails(Some(ADMIN), &["invite", "Lena", "--role", "agent"]).await, (2, "invalid"));
    assert_eq!(stage.fails(Some(ADMIN), &["revoke", "nobody"]).await, (4, "not_found"));

    let file = stage.folder.path().join("osei.token");
    let place = file.to_str().unwrap();
    let osei = stage.run(&["invite", "osei", "--role", "viewer", "--token-out", place]).await;
    assert_eq!((&osei["token"], &osei["token_file"]), (&Value::Null, &json!(place)));
    assert_eq!(stage.run_as(None, &["ls", "--token-file", place]).await.unwrap().len(), 1);
    assert_eq!(stage.fails(None, &["take", "1", "--token-file", place]).await, (3, "forbidden"));
    assert_eq!(
        stage.fails(Some(ADMIN), &["invite", "y", "--role", "viewer", "--token-out", place]).await,
        (2, "usage")
    );

    stage.run(&["revoke", "lena"]).await;
    assert_eq!(stage.fails(Some(&token), &["ls"]).await, (3, "not_signed_in"));
    stage.running.drain().await;
}

#[tokio::test]
async fn a_lead_takes_from_a_person_only_by_saying_so() {
    let stage = Stage::set().await;
    stage.talk().await;
    let lena = stage.run(&["invite", "lena", "--role", "agent"]).await;
    let token = lena["token"].as_str().unwrap().to_owned();
    stage.run_as(Some(&token), &["take", "1", "--bare"]).await.unwrap();
    assert_eq!(stage.fails(Some(ADMIN), &["take", "1", "--bare"]).await, (5, "conflict"));
    assert_eq!(stage.run(&["ls"]).await["holder_name"], json!("lena"));
    assert_eq!(stage.run(&["take", "1", "--force", "--bare"]).await["conversation"], json!(1));
    assert_eq!(stage.run(&["ls"]).await["holder_name"], json!("mira"));
    // An agent may not, whatever is said.
    assert_eq!(stage.fails(Some(&token), &["take", "1", "--force"]).await.0, 5);
    stage.running.drain().await;
}

#[tokio::test]
async fn who_logs_in_is_known_until_forgotten() {
    let stage = Stage::set().await;
    assert_eq!(stage.fails(None, &["ls"]).await, (3, "not_signed_in"));
    assert_eq!(stage.fails(Some("cen_wrong-wrong-wrong"), &["login"]).await, (3, "not_signed_in"));
    assert_eq!(stage.fails(None, &["ls"]).await, (3, "not_signed_in"));
    stage.run(&["login"]).await;
    assert_eq!(stage.run_as(None, &["ls"]).await.unwrap(), Vec::<Value>::new());
    let server: Vec<Value> = stage.run_as(None, &["doctor"]).await.unwrap();
    assert!(server.iter().all(|finding| finding["state"] != json!("bad")), "{server:?}");
    let forgotten = stage.run_as(None, &["login", "--forget"]).await.unwrap();
    assert_eq!(forgotten.len(), 1);
    assert_eq!(stage.fails(None, &["ls"]).await, (3, "not_signed_in"));
    assert_eq!(stage.fails(None, &["doctor"]).await.0, 1);
    stage.running.drain().await;
}

#[tokio::test]
async fn whoever_holds_it_already_is_told_so_at_once() {
    let stage = Stage::set().await;
    stage.talk().await;
    let first = stage.run(&["take", "1", "--bare"]).await;
    let again = stage.run(&["take", "1", "--bare"]).await;
    assert_eq!((first["quiet"].clone(), again["quiet"].clone()), (json!(true), json!(true)));
    assert_eq!(first["term"], again["term"]);
    stage.running.drain().await;
}

#[tokio::test]
async fn an_admin_sets_the_policy_and_everybody_reads_it() {
    let stage = Stage::set().await;
    let token = stage.folder.path().join("lena.token");
    let token = token.to_str().unwrap();
    stage.run(&["invite", "lena", "--role", "lead", "--token-out", token]).await;
    let shown = stage.run(&["policy", "show"]).await;
    assert_eq!(shown, serde_json::to_value(Policy::default()).unwrap());

    // What is shown as TOML is what can be set.
    let mut wanted = Policy::default();
    wanted.human_topics.insert("refunds".to_owned());
    wanted.hand_offs = 3;
    let file = stage.folder.path().join("policy.toml");
    std::fs::write(&file, toml::to_string_pretty(&wanted).unwrap()).unwrap();
    let place = file.to_str().unwrap();
    assert_eq!(stage.fails(None, &["policy", "set", place, "--token-file", token]).await, (3, "forbidden"));
    stage.run(&["policy", "set", place]).await;
    let lena = stage.run_as(None, &["policy", "show", "--token-file", token]).await.unwrap();
    assert_eq!(lena, [serde_json::to_value(&wanted).unwrap()]);

    std::fs::write(&file, "mode = \"auto\"\nhuman_topic = [\"x\"]\n").unwrap();
    let wrong = stage.run_as(Some(ADMIN), &["policy", "set", place]).await.unwrap_err();
    let said = format!("{place}:2: `human_topic` is no key here; did you mean `human_topics`?");
    assert_eq!((wrong.code(), wrong.sentence()), (2, said.as_str()));
    stage.running.drain().await;
}

#[tokio::test]
async fn what_is_not_there_and_who_cannot_be_reached_have_their_codes() {
    let stage = Stage::set().await;
    assert_eq!(stage.fails(Some(ADMIN), &["show", "99"]).await, (4, "not_found"));
    assert_eq!(stage.fails(Some(ADMIN), &["take", "99"]).await, (4, "not_found"));
    assert_eq!(stage.fails(Some(ADMIN), &["tail", "99"]).await, (4, "not_found"));
    assert_eq!(stage.fails(Some(ADMIN), &["ls", "holdr:ai"]).await, (2, "usage"));
    assert_eq!(stage.fails(Some(ADMIN), &["--server", "ftp://x", "ls"]).await, (2, "usage"));
    let empty = stage.folder.path().join("empty");
    let place = empty.to_str().unwrap();
    assert_eq!(stage.fails(None, &["audit", "verify", "--data", place]).await, (4, "not_found"));
    assert_eq!(stage.fails(None, &["reindex", "--data", place]).await, (4, "not_found"));
    assert!(!empty.exists(), "looking for a desk must not make one");
    // A port that was just free, with nobody behind it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    assert_eq!(stage.fails(Some(ADMIN), &["--server", &url, "ls"]).await, (6, "unreachable"));
    assert_eq!(stage.fails(Some(ADMIN), &["--server", &url, "tail"]).await, (6, "unreachable"));
    stage.running.drain().await;
}

#[tokio::test]
async fn a_watch_ends_when_a_conversation_fits_and_times_out_when_none_does() {
    let stage = Stage::set().await;
    stage.talk().await;
    let none = ["watch", "--until", "holder:me", "--timeout", "1s"];
    assert_eq!(stage.fails(Some(ADMIN), &none).await, (7, "timed_out"));
    assert_eq!(stage.fails(Some(ADMIN), &["watch", "--until", "needs:nobody"]).await, (2, "usage"));
    // One that waits for what is yet to happen, and what happens meanwhile.
    let until = ["watch", "--until", "needs:me", "--last", "1"];
    let (watched, _) = tokio::join!(stage.run(&until), stage.run(&["assign", "1", "queue"]));
    assert_eq!(watched["card"]["id"], json!(1));
    assert_eq!(watched["entries"].as_array().map(Vec::len), Some(1));
    stage.running.drain().await;
}

#[tokio::test]
async fn a_shift_ends_with_a_sheet_and_a_sweep_that_can_be_undone() {
    let stage = Stage::set().await;
    for _ in 0..2 {
        stage.talk().await;
    }
    stage.run(&["mode", "2", "off"]).await;
    for talk in ["1", "2"] {
        stage.run(&["say", talk, "--take", "I have looked. I will call you by noon."]).await;
    }
    stage.run(&["snooze", "2", "2h"]).await;
    let sheet = stage.run(&["handover"]).await;
    let of = |section: &str| -> Vec<u64> {
        sheet[section].as_array().unwrap().iter().filter_map(|item| item["conversation"].as_u64()).collect()
    };
    assert_eq!((of("holding"), of("snoozed"), of("promised")), (vec![1], vec![2], vec![1, 2]));
    assert_eq!(sheet["promised"][0]["words"], json!("I will call you by noon."));

    // Looking at it does nothing.
    let plan = stage.lines(&["sweep"]).await;
    let goes: Vec<_> =
        plan.iter().map(|row| (row["conversation"].as_u64(), row["to"].clone(), row["done"].clone())).collect();
    assert_eq!(goes, [(Some(1), json!("Aria"), json!(false)), (Some(2), json!("queue"), json!(false))]);
    assert_eq!(stage.lines(&["ls", "--all", "holder:me"]).await.len(), 2);

    let swept = stage.lines(&["sweep", "--yes"]).await;
    assert!(swept.iter().all(|row| row["done"] == json!(true)), "{swept:?}");
    assert_eq!(swept[0]["brief"]["promised"], json!("I will call you by noon."));
    assert_eq!(stage.lines(&["ls", "--all", "holder:me"]).await.len(), 0);
    let (one, two) = (stage.run(&["show", "1"]).await, stage.run(&["show", "2"]).await);
    assert_eq!((&one["card"]["holder"]["kind"], &two["card"]["holder"]["kind"]), (&json!("ai"), &json!("queue")));
    assert_eq!(two["card"]["status"]["kind"], json!("snoozed"));
    assert!(two["entries"].to_string().contains("promised: I will call you by noon."), "{two}");
    // What was promised in the brief stays on the sheet.
    let sheet = stage.run(&["handover"]).await;
    assert_eq!(sheet["promised"].as_array().map(Vec::len), Some(1));

    assert_eq!(stage.lines(&["undo", "1", "2"]).await.len(), 2);
    assert_eq!(stage.lines(&["ls", "--all", "holder:me"]).await.len(), 2);
    assert_eq!(stage.fails(Some(ADMIN), &["undo", "1", "2", "--act", "3"]).await, (2, "usage"));
    stage.running.drain().await;
}
