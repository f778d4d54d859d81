//! What customers may rely on: the HTTP contract against the real program, with the real AI, also over a restart.

use crate::{
    house::{House, soon},
    http::{Chat, Http, Reply, Stream, by_ai},
};
use centaur::{
    client::Caller,
    domain::{
        approval::Decision,
        brief::Brief,
        command::Command,
        ids::{ConversationId, EntryNo, Term},
        mode::Mode,
        teammate::Role,
        turn::{Answer, Grounding, Outcome, Trace},
    },
    protocol::{Query, Scope, ToServer, query::Page},
};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

/// A question that the demo company's articles answer.
const QUESTION: &str = "How long does delivery to Germany take?";

fn numbers(messages: &[Value]) -> Vec<u64> {
    messages.iter().map(|message| message["n"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_asks_reads_the_ais_answer_live_and_comes_back_after_a_restart() {
    let mut house = House::open(&[]).await;
    let mut http = Http::open(house.at).await;
    let chat = http.chat(QUESTION).await;
    assert!(chat.secret.len() >= 20, "a secret is long");
    let mut stream = Stream::open(house.at, &chat, None).await;
    let own = soon("one's own message", stream.message()).await.unwrap();
    assert_eq!(
        (own.id, own.data["from"]["kind"].as_str(), own.data["text"].as_str()),
        (Some(1), Some("customer"), Some(QUESTION))
    );
    let answer = soon("the AI's answer", stream.message()).await.unwrap();
    assert_eq!((answer.id, &answer.data["from"]), (Some(2), &json!({ "kind": "ai", "name": "Aria" })));
    assert!(answer.data["text"].as_str().unwrap().contains("working days"), "{answer:?}");
    let all = http.messages(&chat, 0).await;
    assert_eq!(all, [own.data, answer.data.clone()], "the stream and the list show the same");
    assert_eq!(http.messages(&chat, 1).await, std::slice::from_ref(&answer.data));
    assert_eq!(http.messages(&chat, 2).await, Vec::<Value>::new());

    // The same id again has no second effect: at once, with other words, and after restarts of either kind.
    let said = json!({ "id": "again", "text": "Thank you! And to Norway?" });
    let first = http.post(&chat.path("messages"), &chat.secret, &said).await;
    assert_eq!(first.status, 202, "{first:?}");
    for end in [None, Some(Signal::SIGTERM), Some(Signal::SIGKILL)] {
        if let Some(signal) = end {
            house.end(signal).await;
            house.start().await;
            http = Http::open(house.at).await;
        }
        let repeated = http.post(&chat.path("messages"), &chat.secret, &said).await;
        assert_eq!((repeated.status, repeated.json()), (202, first.json()));
        let otherwise = json!({ "id": "again", "text": "something else" });
        let repeated = http.post(&chat.path("messages"), &chat.secret, &otherwise).await;
        assert_eq!((repeated.status, repeated.json()), (202, json!({ "repeated": true })));
    }
    let all = http.messages(&chat, 0).await;
    assert_eq!(all.iter().filter(|message| message["text"] == said["text"]).count(), 1, "{all:?}");
    assert!(all.iter().all(|message| message["text"] != "something else"));

    // A stream resumes after what was seen, without a gap and without a repeat.
    let mut stream = Stream::open(house.at, &chat, Some(1)).await;
    let mut resumed = vec![stream.message().await.unwrap()];
    while resumed.len() < 3 {
        resumed.push(soon("the second answer", stream.message()).await.unwrap());
    }
    assert_eq!(resumed[0].data, answer.data);
    assert_eq!(resumed.iter().map(|event| event.id).collect::<Vec<_>>(), [Some(2), Some(3), Some(4)]);
    let all = http.messages(&chat, 0).await;
    assert_eq!(numbers(&all), (1..=all.len() as u64).collect::<Vec<_>>(), "numbered without a gap");

    for (score, status) in [(5, 202), (1, 202), (0, 400), (6, 400)] {
        let rated = http.post(&chat.path("rating"), &chat.secret, &json!({ "score": score, "comment": "kind" })).await;
        assert_eq!(rated.status, status, "{rated:?}");
    }
    assert_eq!(http.post(&chat.path("typing"), &chat.secret, &json!({})).await.status, 202);
    drop(stream);
    assert!(house.end(Signal::SIGTERM).await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_and_an_unknown_chat_are_answered_alike() {
    let house = House::open(&["--no-ai"]).await;
    let mut http = Http::open(house.at).await;
    let (mine, other) = (http.chat("mine").await, http.chat("another's").await);
    let body = json!({ "id": "1", "text": "hello", "score": 3 });
    let doors = [
        (mine.chat.as_str(), other.secret.as_str()),
        (mine.chat.as_str(), "wrong"),
        (mine.chat.as_str(), ""),
        ("987654321", mine.secret.as_str()),
        ("0", mine.secret.as_str()),
        ("-1", mine.secret.as_str()),
        ("%2e%2e", mine.secret.as_str()),
        ("18446744073709551616", mine.secret.as_str()),
    ];
    let mut answers = Vec::new();
    for (chat, secret) in doors {
        for path in ["messages", "events"] {
            answers.push(http.get(&format!("/v1/chats/{chat}/{path}"), secret).await);
        }
        for path in ["messages", "rating", "typing"] {
            answers.push(http.post(&format!("/v1/chats/{chat}/{path}"), secret, &body).await);
        }
    }
    answers.push(http.send("GET", &mine.path("messages"), &[], b"").await);
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (401, &answers[0].body));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    assert_eq!(http.messages(&mine, 0).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_answered_with_its_status_and_the_server_lives_on() {
    let house = House::open(&["--no-ai"]).await;
    let mut http = Http::open(house.at).await;
    let chat = http.chat("hello").await;
    let bearer = format!("Bearer {}", chat.secret);
    let json_of = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let messages = chat.path("messages");
    let long = format!(r#"{{"id":"1","text":"{}"}}"#, "a".repeat(20_000));
    let bodies: [(&str, &[u8], u16, &str); 9] = [
        (&messages, b"{", 400, "bad_request"),
        (&messages, b"[]", 400, "bad_request"),
        (&messages, b"\xff\xfe", 400, "bad_request"),
        (&messages, b"{}", 400, "bad_request"),
        (&messages, br#"{"id":"1"}"#, 400, "bad_request"),
        (&messages, br#"{"id":"1","text":"  "}"#, 400, "bad_request"),
        (&messages, long.as_bytes(), 400, "bad_request"),
        ("/v1/chats", br#"{"text":"no customer"}"#, 400, "bad_request"),
        ("/v1/chats", br#"{"customer":{"name":"J","email":"no"},"text":"x"}"#, 400, "bad_request"),
    ];
    for (path, body, status, code) in bodies {
        let answer = http.send("POST", path, &json_of, body).await;
        assert_eq!((answer.status, answer.code()), (status, code.to_owned()), "{}", String::from_utf8_lossy(body));
    }
    let cases: [(&str, &str, u16, &str); 6] = [
        ("GET", "/v1/chats", 405, "method_not_allowed"),
        ("DELETE", &messages, 405, "method_not_allowed"),
        ("GET", "/nothing/here", 404, "not_found"),
        ("GET", &chat.path("messages?after=x"), 400, "bad_request"),
        ("GET", &chat.path("messages?after=-1"), 400, "bad_request"),
        ("GET", &chat.path("events?after=99999999999999"), 400, "bad_request"),
    ];
    for (method, path, status, code) in cases {
        let answer = http.send(method, path, &json_of[1..], b"").await;
        assert_eq!((answer.status, answer.code()), (status, code.to_owned()), "{method} {path}");
    }
    let plain = http.send("POST", &messages, &[json_of[1], ("Content-Type", "text/plain")], b"{}").await;
    assert_eq!((plain.status, plain.code()), (415, "unsupported_media_type".to_owned()));

    // Too long a body, and what is no HTTP at all: the connection may be closed, the server goes on.
    let oversized = Http::open(house.at).await.send("POST", &messages, &json_of, &vec![b'a'; 100_000]).await;
    assert_eq!((oversized.status, oversized.code()), (413, "too_large".to_owned()));
    let nonsense = Http::open(house.at).await.send("N\u{1}NSENSE", "/", &[], b"").await;
    assert_eq!(nonsense.status, 400);
    let endless = "x".repeat(40_000);
    let headers = Http::open(house.at).await.send("GET", "/healthz", &[("X-Endless", &endless)], b"").await;
    assert_eq!(headers.status, 431);

    let fine: Reply = http.post(&messages, &chat.secret, &json!({ "id": "1", "text": "still there?" })).await;
    assert_eq!(fine.status, 202);
    let texts: Vec<Value> = http.messages(&chat, 0).await.into_iter().map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["hello", "still there?"]);
    assert_eq!(http.get("/healthz", "").await.json()["status"], "ok");
}

/// A desk on which a test plays the AI and a person.
struct Stage {
    ai: Caller,
    person: Caller,
    id: ConversationId,
}

impl Stage {
    async fn must(&mut self, command: Command) -> EntryNo {
        self.person.call(command).await.unwrap().unwrap().n
    }

    async fn term(&mut self) -> Term {
        match self.person.query(Query::Card { conversation: self.id }).await.unwrap() {
            Page::Cards { cards, .. } => cards[0].term,
            other => panic!("{other:?}"),
        }
    }

    /// The AI begins, shows `grown`, and finishes with `text` if there is one.
    async fn turn(&mut self, grown: &str, text: Option<&str>) -> EntryNo {
        let (conversation, term) = (self.id, self.term().await);
        let turn = self.ai.call(Command::BeginTurn { conversation, term }).await.unwrap().unwrap().n;
        let frame = ToServer::DraftGrew { conversation, turn, offset: 0, text: grown.to_owned() };
        self.ai.peer().tell(frame).await;
        let Some(text) = text else { return turn };
        let answer =
            Answer { text: text.to_owned(), sources: Vec::new(), grounding: Grounding(900), trace: Trace::default() };
        let outcome = Outcome::Answer { answer: Box::new(answer), settled: false };
        self.ai.call(Command::FinishTurn { conversation, turn, term, outcome }).await.unwrap().unwrap().n
    }

    async fn hand_back(&mut self) {
        let (conversation, term) = (self.id, self.term().await);
        let brief = Brief { done: "CANARY brief".to_owned(), ..Brief::default() };
        self.must(Command::HandBack { conversation, term, to: None, brief }).await;
    }

    async fn take_over(&mut self) {
        let (conversation, term) = (self.id, self.term().await);
        self.must(Command::TakeOver { conversation, term, reason: Some("CANARY reason".to_owned()) }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_for_the_team_never_reaches_the_customer() {
    let house = House::open(&["--no-ai"]).await;
    let ai = house.invite("Robin", Role::Ai).await;
    let person = house.invite("mira", Role::Lead).await;
    let mut http = Http::open(house.at).await;
    let chat: Chat = http.chat("hello").await;
    let mut stream = Stream::open(house.at, &chat, None).await;
    let id = ConversationId(chat.chat.parse().unwrap());
    let mut stage =
        Stage { ai: house.call(&ai, Scope::None).await, person: house.call(&person, Scope::None).await, id };
    let texts = |text: &str| text.to_owned();
    stage.must(Command::Note { conversation: id, text: texts("CANARY note") }).await;
    // The queue holds what came before there was an AI at the desk; else the AI holds it already.
    stage.must(Command::Whisper { conversation: id, text: texts("CANARY whisper") }).await;
    // Suppressed while it grew.
    stage.turn("CANARY grown", None).await;
    stage.take_over().await;
    stage.hand_back().await;
    // Drafts: rejected, and withdrawn by a take-over.
    stage.must(Command::SetMode { conversation: id, mode: Some(Mode::Draft) }).await;
    let draft = stage.turn("CANARY grown draft", Some("CANARY draft")).await;
    let decision = Decision::Reject { reason: texts("CANARY rejected") };
    stage.must(Command::DecideDraft { conversation: id, draft, decision }).await;
    stage.turn("CANARY grown draft", Some("CANARY second draft")).await;
    stage.take_over().await;
    stage.must(Command::Tag { conversation: id, add: vec![texts("canary")], remove: Vec::new() }).await;
    // Shadow: the AI only thinks.
    stage.must(Command::SetMode { conversation: id, mode: Some(Mode::Shadow) }).await;
    stage.turn("CANARY grown shadow", Some("CANARY shadow")).await;
    let term = stage.term().await;
    stage.must(Command::Reply { conversation: id, term, text: texts("the end") }).await;

    let mut seen = Vec::new();
    while seen.last().is_none_or(|data: &Value| data["text"] != "the end") {
        let event = soon("the last reply", stream.next()).await.unwrap();
        seen.push(event.data);
    }
    let listed = http.messages(&chat, 0).await;
    let texts: Vec<&str> = listed.iter().map(|message| message["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["hello", "the end"]);
    assert_eq!(by_ai(&listed), Vec::<String>::new());
    let all = format!("{seen:?}{listed:?}").to_lowercase();
    assert!(!all.contains("canary"), "{all}");
}
