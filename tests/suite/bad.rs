//! What is wrong from the start: frames that are none, tokens that open nothing, roles that may not, numbers that name
//! nothing, files that cannot be read, and no terminal. Each is answered with a sentence, and nothing falls over.
//!
//! Deliberately not here: what the terminal shows (`tests/pty`), and the rules of each command (`domain`).

use crate::support::{ADMIN, FIRST, NONE, TestDesk};
use centaur::{
    domain::{
        annotation::{Judgement, Verdict},
        approval::Decision,
        brief::Brief,
        command::Command,
        delivery::Report,
        holder::Holder,
        ids::{ConversationId, EntryNo, TeammateId},
        policy::Policy,
        refusal::Refusal,
        stop::{self, StopId, Then},
        task::{Kind, Task},
        teammate::{Right, Role},
        time::Timestamp,
        tool::{Fate, Offer, ToolDecision},
        turn::{Outcome, Trace},
    },
    protocol::{self, ByeCode, Scope, ToPeer, ToServer, limits},
};
use futures_util::{SinkExt, StreamExt};
use std::{
    path::Path,
    process::{self, Stdio},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

fn hello(token: &str, version: u16) -> Message {
    let hello =
        ToServer::Hello { version, token: token.into(), cards: Scope::None, resume: None, program: "test".into() };
    Message::text(protocol::encode(&hello))
}

/// What the server says until it closes; the last frame.
async fn last_words(socket: &mut Socket) -> Option<ToPeer> {
    let mut last = None;
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Text(text) = message {
            last = Some(protocol::decode(&text).unwrap());
        }
    }
    last
}

async fn is_shown_the_door(at: std::net::SocketAddr, said: Vec<Message>) -> (ByeCode, String) {
    let (mut socket, _) = connect_async(format!("ws://{at}/v1/desk")).await.unwrap();
    for message in said {
        // The server may have closed after the first.
        let _ = socket.send(message).await;
    }
    match last_words(&mut socket).await {
        Some(ToPeer::Bye { code, why }) => (code, why),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_frame_that_is_none_ends_its_own_line_only_and_is_told_why() {
    let desk = TestDesk::new().await;
    let at = desk.running.listen("127.0.0.1:0".parse().unwrap(), axum::Router::new()).await.unwrap();
    let known = || hello(ADMIN, protocol::VERSION);
    let text = |text: &str| Message::text(text.to_owned());
    let long = Message::text("x".repeat(limits::FRAME_IN * 2));
    let longer_by_one = Message::text("x".repeat(limits::FRAME_IN + 1));
    let deep = text(&"[".repeat(50_000));
    let binary = Message::binary(vec![0_u8, 159, 146, 150]);
    let garbled = Message::Frame(Frame::message(vec![b'{', 0xff, 0xfe], OpCode::Data(Data::Text), true));
    for (said, code, words) in [
        (vec![garbled.clone()], ByeCode::BadFrame, "a frame is text in UTF-8"),
        (vec![known(), garbled], ByeCode::BadFrame, "a frame is text in UTF-8"),
        (vec![text("hello?")], ByeCode::BadFrame, "not a frame: "),
        (vec![text("")], ByeCode::BadFrame, "not a frame: "),
        (vec![text("{\"type\":\"frobnicate\"}")], ByeCode::BadFrame, "not a frame: unknown variant `frobnicate`"),
        (vec![text("{\"type\":\"hello\"}")], ByeCode::BadFrame, "not a frame: missing field"),
        (vec![text("{\"type\":\"pong\"}")], ByeCode::BadFrame, "the first frame is a hello"),
        (vec![binary.clone()], ByeCode::BadFrame, "frames are text, not binary"),
        (vec![long.clone()], ByeCode::TooLong, "a frame is 65536 bytes at most"),
        (vec![longer_by_one.clone()], ByeCode::TooLong, "a frame is 65536 bytes at most"),
        (vec![known(), longer_by_one], ByeCode::TooLong, "a frame is 65536 bytes at most"),
        (vec![hello("cen_nobody-knows-this-token", protocol::VERSION)], ByeCode::Unauthorized, "the token is unknown"),
        (vec![hello("", protocol::VERSION)], ByeCode::Unauthorized, "the token is unknown"),
        (vec![hello(ADMIN, 0)], ByeCode::Version, "upgrade the program that connects"),
        (vec![hello(ADMIN, u16::MAX)], ByeCode::Version, "upgrade the server"),
        (vec![known(), text("{")], ByeCode::BadFrame, "not a frame: "),
        (vec![known(), deep], ByeCode::BadFrame, "not a frame: "),
        (vec![known(), text("{\"type\":\"ask\",\"id\":\"zz\"}")], ByeCode::BadFrame, "not a frame: "),
        (vec![known(), binary], ByeCode::BadFrame, "frames are text, not binary"),
        (vec![known(), long], ByeCode::TooLong, "a frame is 65536 bytes at most"),
        (vec![known(), known()], ByeCode::BadFrame, "a hello is said once"),
    ] {
        let (told, why) = is_shown_the_door(at, said.clone()).await;
        assert_eq!(told, code, "{why}");
        assert!(why.contains(words), "{why}");
        assert!(!why.contains("cen_"), "a secret is not repeated: {why}");
    }
    // Everybody else is still served.
    let mut admin = desk.call(ADMIN, Scope::None).await;
    admin
        .must(Command::SetDeskMode {
            topic: None,
            channel: None,
            mode: Some(centaur::domain::mode::Mode::Draft),
            why: String::new(),
        })
        .await;
    desk.running.drain().await;
}

#[tokio::test]
async fn who_is_revoked_while_connected_is_shown_the_door() {
    let desk = TestDesk::new().await;
    let mut lena = desk.join("lena", Role::Agent, Scope::All).await;
    let mut admin = desk.call(ADMIN, Scope::None).await;
    admin.must(Command::Revoke { teammate: lena.id }).await;
    let ended = loop {
        match lena.caller.next_frame(std::time::Duration::from_secs(30)).await {
            Ok(_) => {}
            Err(error) => break error.to_string(),
        }
    };
    assert!(ended.contains("revoked"), "{ended}");
    let again = centaur::client::Caller::open(
        std::sync::Arc::clone(&desk.dial),
        "cen_token-of-lena".into(),
        Scope::None,
        "test".into(),
    )
    .await;
    assert!(again.is_err());
    desk.running.drain().await;
}

/// Each command about `conversation`, with the rights of which one is needed; none is enough for the desk's own.
fn commands(conversation: ConversationId) -> Vec<(Command, &'static [Right])> {
    let (term, text) = (FIRST, || "words".to_owned());
    let token = crate::support::nobody();
    let judgement = Judgement { verdict: Verdict::Good, failures: vec![], corrected: None, note: None };
    vec![
        (Command::TakeOver { conversation, term, reason: None }, &[Right::Hold]),
        (Command::HandBack { conversation, term, to: None, brief: Brief::default() }, &[Right::Hold]),
        (Command::Assign { conversation, term, to: Holder::Queue }, &[Right::Hold, Right::MoveOthers]),
        (Command::Reply { conversation, term, text: text() }, &[Right::Hold]),
        (Command::Note { conversation, text: text() }, &[Right::Note]),
        (Command::Whisper { conversation, text: text() }, &[Right::Whisper]),
        (Command::DecideDraft { conversation, draft: EntryNo(1), decision: Decision::Approve }, &[Right::Approve]),
        (Command::Annotate { conversation, message: EntryNo(1), judgement }, &[Right::Annotate]),
        (Command::SetMode { conversation, mode: None }, &[Right::SetMode]),
        (Command::Pause { conversation, span: None }, &[Right::SetMode, Right::Triage]),
        (Command::Tag { conversation, add: vec!["vip".into()], remove: vec![] }, &[Right::Triage]),
        (Command::SetPriority { conversation, priority: centaur::domain::card::Priority::High }, &[Right::Triage]),
        (Command::Snooze { conversation, until: None }, &[Right::Triage]),
        (Command::SetPolicy { policy: Box::default() }, &[Right::Govern]),
        (Command::KeepReply { name: "x".into(), reply: None }, &[Right::SetDeskMode]),
        (Command::SetDeskMode { topic: None, channel: None, mode: None, why: String::new() }, &[Right::SetDeskMode]),
        (
            Command::Stop {
                scope: stop::Scope::Ai { teammate: TeammateId(999) },
                then: Then::Hold,
                span: None,
                reason: text(),
            },
            &[Right::Stop],
        ),
        (Command::LiftStop { stop: StopId(99), reason: text() }, &[Right::SetMode]),
        (Command::Invite { name: "x".into(), role: Role::Viewer, token }, &[Right::Govern]),
        (Command::Revoke { teammate: TeammateId(999) }, &[Right::Govern]),
        (
            Command::GiveTask { conversation, to: None, task: Box::new(Task::of(Kind::Draft, "answer")) },
            &[Right::Whisper],
        ),
        (Command::CancelTask { conversation, task: NONE }, &[Right::Whisper]),
        (Command::BeginTask { conversation, task: NONE }, &[Right::Answer]),
        (Command::BeginTurn { conversation, term }, &[Right::Answer]),
        (
            Command::FinishTurn {
                conversation,
                turn: NONE,
                term,
                outcome: Outcome::Abandon { why: "nothing".into(), trace: Trace::default() },
            },
            &[Right::Answer],
        ),
        (
            Command::AskTool {
                conversation,
                turn: NONE,
                term,
                tool: "shop.read".into(),
                arguments: "{}".into(),
                definition: token,
                words: text(),
            },
            &[Right::Answer],
        ),
        (Command::BeginTool { conversation, call: NONE, term }, &[Right::RunTools]),
        (Command::FinishTool { conversation, call: NONE, fate: Fate::Done, result: text() }, &[Right::RunTools]),
        (
            Command::OfferTool { offer: Box::new(Offer::new("shop", "read", "reads", serde_json::Value::Null)) },
            &[Right::RunTools],
        ),
        (Command::WithdrawTool { tool: "shop.read".into() }, &[Right::RunTools]),
        (
            Command::DecideTool { conversation, call: NONE, digest: token, decision: ToolDecision::Approve },
            &[Right::Approve],
        ),
        (Command::CustomerSaid { conversation, text: text() }, &[Right::Carry]),
        (Command::ClaimDelivery { conversation, message: EntryNo(1), term }, &[Right::Carry]),
        (Command::ReportDelivery { conversation, message: EntryNo(1), report: Report::Sent }, &[Right::Carry]),
        (Command::Rate { conversation, score: 5, comment: None }, &[Right::Carry]),
        (Command::Found { name: text(), admin: text(), token, policy: Box::new(Policy::default()) }, &[]),
        (Command::BeginTimeline { timeline: 9 }, &[]),
        (Command::Tick { conversation }, &[]),
        (Command::EndStops, &[]),
        (Command::EndSpending { conversation }, &[]),
        (Command::Lapse { conversation, seen: Timestamp(0) }, &[]),
        (Command::Recover { conversation }, &[]),
    ]
}

#[tokio::test]
async fn a_role_that_may_not_is_refused_and_learns_nothing_else() {
    let desk = TestDesk::new().await;
    let mut web = desk.join("carrier", Role::Connector, Scope::None).await;
    let there = web.open("hello").await;
    let nowhere = ConversationId(999_999);
    for role in Role::ALL {
        let mut peer = desk.join(&format!("a {}", role.word()), role, Scope::None).await;
        for conversation in [there, nowhere] {
            for (command, rights) in commands(conversation) {
                if rights.iter().any(|right| role.may(*right)) {
                    continue;
                }
                let said = format!("{} in {conversation}: {command:?}", role.word());
                // The same words whether it exists or not.
                assert_eq!(peer.caller.call(command).await.unwrap(), Err(Refusal::Forbidden), "{said}");
            }
        }
    }
    desk.running.drain().await;
}

#[tokio::test]
async fn a_number_that_names_nothing_is_told_to_who_may_see_all() {
    let desk = TestDesk::new().await;
    let mut admin = desk.call(ADMIN, Scope::None).await;
    for conversation in [ConversationId(0), ConversationId(7), ConversationId(u64::MAX)] {
        for (command, rights) in commands(conversation) {
            let of_people = rights.iter().any(|right| Role::Admin.may(*right));
            if command.conversation().is_none() || !of_people {
                continue;
            }
            let said = format!("{command:?}");
            let told = admin.must_not(command).await;
            assert!(
                matches!(&told, Refusal::NotFound { what } if what.contains(&conversation.to_string())),
                "{said}: {told:?}"
            );
        }
    }
    // A connector learns no more of what another one carries than of what is not there.
    let mut web = desk.join("carrier", Role::Connector, Scope::None).await;
    let there = web.open("hello").await;
    let mut other = desk.join("other", Role::Connector, Scope::None).await;
    for conversation in [there, ConversationId(999_999)] {
        for (command, rights) in commands(conversation) {
            let told = other.must_not(command.clone()).await;
            let expected = if rights.contains(&Right::Carry) {
                Refusal::NotFound { what: format!("conversation {conversation}") }
            } else {
                Refusal::Forbidden
            };
            assert_eq!(told, expected, "{command:?}");
        }
    }
    desk.running.drain().await;
}

/// Runs the program without a terminal, in folders of its own: code and what it said to people.
fn run(folder: &Path, words: &[&str]) -> (i32, String) {
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_centaur"));
    command.args(words).stdin(Stdio::null()).current_dir(folder).env_remove("CENTAUR_SERVER");
    command.env("LANG", "C.UTF-8").env("TERM", "xterm-256color").env_remove("CENTAUR_THEME");
    for name in ["CONFIG", "DATA", "STATE", "CACHE"] {
        command.env(format!("XDG_{name}_HOME"), folder.join(name.to_lowercase()));
    }
    let out = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    assert!(!said.contains("crashed") && !said.contains("panicked"), "{words:?}: {said}");
    assert!(!said.contains('\u{1b}'), "{words:?}: {said:?}");
    (out.status.code().unwrap(), said)
}

#[test]
fn the_program_says_what_is_wrong_and_ends_with_its_code() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let write = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("open.toml", b"[roles\n");
    write("mode.toml", b"lease = 1\nmode = \"turbo\"\n");
    write("field.toml", b"modes = \"auto\"\n");
    write("wide.toml", b"min_grounding = 99999999\n");
    write("bytes.toml", &[0xff, 0xfe]);
    write("words/bare.md", b"# no front matter\nhello");
    write("words/locale.md", b"---\ntitle: T\nlocale: [\n---\n# T\ntext");
    write("words/bytes.md", &[0xff, 0xfe, 0]);
    write("words/\u{1b}]0;owned\u{7}.md", b"hello");

    let policy =
        |file: &'static str| vec!["serve", "--no-ai", "--listen", "127.0.0.1:0", "--data", "desk", "--policy", file];
    for (words, code, says) in [
        (vec!["demo"], 2, vec!["the console needs a terminal on standard input and output"]),
        (vec!["console"], 2, vec!["the console needs a terminal on standard input and output"]),
        (vec![], 2, vec!["Usage: centaur"]),
        (vec!["frobnicate"], 2, vec!["unrecognized subcommand 'frobnicate'"]),
        (vec!["serve", "--listen", "999.1.1.1:1"], 2, vec!["is no address to listen on"]),
        (vec!["ls", "--server", "ftp://x"], 2, vec!["`ftp:` leads to no desk; use http:// or ws://"]),
        (policy("open.toml"), 2, vec!["open.toml:1: "]),
        (policy("mode.toml"), 2, vec!["mode.toml:2: `turbo` is no value here; use off, shadow, draft, auto"]),
        (policy("field.toml"), 2, vec!["field.toml:1: `modes` is no key here; did you mean `mode`?"]),
        (policy("wide.toml"), 2, vec!["wide.toml:1: "]),
        (policy("bytes.toml"), 2, vec!["bytes.toml"]),
        (policy("nowhere.toml"), 2, vec!["nowhere.toml"]),
        (
            vec!["knowledge", "check", "words"],
            1,
            vec![
                "bare.md:1: the front matter is missing",
                "locale.md:3: `[` is not a language of the desk",
                "bytes.md: cannot be read",
                " to mend in words",
            ],
        ),
        (vec!["knowledge", "check", "nowhere"], 2, vec!["nowhere: No such file or directory"]),
        (vec!["knowledge", "check", "mode.toml"], 2, vec!["mode.toml: Not a directory"]),
    ] {
        let (ended, said) = run(folder, &words);
        assert_eq!(ended, code, "{words:?}: {said}");
        for part in says {
            assert!(said.contains(part), "{words:?} does not say {part:?}: {said}");
        }
    }
    assert!(!folder.join("desk").exists(), "a desk is not founded on a policy that cannot be read");
}
