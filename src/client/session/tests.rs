//! The session against a scripted server in memory, under a paused clock.

use super::{book::Book, *};
use crate::{
    client::{CallError, Caller, MemoryDial, MemoryLine},
    domain::{
        desk::Office,
        event::{Event, Recorded},
        ids::{LogId, Seq, TeammateId},
        teammate::{Actor, Role, Teammate},
        time::Timestamp,
    },
    protocol::{Page, VERSION, decode, encode, limits::Limits},
};
use std::time::Duration;
use tokio::time::Instant;

const LOG: LogId = LogId(7);
const TALK: ConversationId = ConversationId(3);

fn options(returns: bool) -> Options {
    Options { token: "secret".into(), cards: Scope::All, program: "test".into(), returns, resume: None }
}

fn start(returns: bool) -> (Peer, mpsc::Receiver<News>, mpsc::Receiver<MemoryLine>) {
    let (door, lines) = mpsc::channel(1);
    let (peer, news) = Session::start(Arc::new(MemoryDial::new(door)), options(returns));
    (peer, news, lines)
}

fn welcome(log: LogId, resumed: bool) -> ToPeer {
    let you = Teammate { id: TeammateId(2), name: "Mira".into(), role: Role::Lead, revoked: false, token: None };
    let office = Office { teammates: [(you.id, you.clone())].into(), ..Office::default() };
    ToPeer::Welcome {
        you,
        log,
        seq: Seq(10),
        now: Timestamp(0),
        limits: Limits::default(),
        office: Box::new(office),
        resumed,
    }
}

fn answer(seq: u64) -> Answer {
    Answer { seq: Seq(seq), conversation: None, n: EntryNo(0) }
}

fn events(first: u32, last: u32) -> Vec<Recorded> {
    let one = |n| Recorded {
        seq: Seq(u64::from(n)),
        at: Timestamp(0),
        by: Actor::Desk,
        conversation: Some(TALK),
        n: EntryNo(n),
        event: Event::Woken,
    };
    (first..=last).map(one).collect()
}

async fn heard(line: &mut MemoryLine) -> ToServer {
    decode(&line.from_peer.recv().await.expect("the session speaks")).unwrap()
}

async fn say(line: &MemoryLine, frame: ToPeer) {
    line.to_peer.send(encode(&frame)).await.unwrap();
}

/// Takes the greeting and lets the peer in; gives where it wants to resume.
async fn greet(lines: &mut mpsc::Receiver<MemoryLine>, log: LogId, resumed: bool) -> (MemoryLine, Option<Resume>) {
    let mut line = lines.recv().await.unwrap();
    let ToServer::Hello { version, token, resume, .. } = heard(&mut line).await else { panic!("no greeting") };
    assert_eq!((version, token.as_str()), (VERSION, "secret"));
    say(&line, welcome(log, resumed)).await;
    (line, resume)
}

async fn frame(news: &mut mpsc::Receiver<News>) -> ToPeer {
    match news.recv().await {
        Some(News::Frame(frame)) => *frame,
        other => panic!("{other:?}"),
    }
}

fn resolve() -> Command {
    Command::Resolve { conversation: TALK }
}

#[tokio::test(start_paused = true)]
async fn what_was_not_answered_is_asked_again_in_its_order_and_answered_once() {
    let (peer, mut news, mut lines) = start(true);
    let (mut line, _) = greet(&mut lines, LOG, false).await;
    assert!(matches!(frame(&mut news).await, ToPeer::Welcome { .. }));
    let mut asked = Vec::new();
    for _ in 0..3 {
        asked.push(peer.ask(resolve()).await);
    }
    for id in &asked {
        assert_eq!(heard(&mut line).await, ToServer::Ask { id: *id, command: resolve() });
    }
    say(&line, ToPeer::Accepted { id: asked[1], answer: answer(11) }).await;
    assert_eq!(news.recv().await, Some(News::Answered { id: asked[1], result: Ok(answer(11)) }));
    drop(line);
    assert!(matches!(news.recv().await, Some(News::Lost { retry_in_ms: 0..=250, .. })));

    let (mut line, _) = greet(&mut lines, LOG, false).await;
    assert!(matches!(frame(&mut news).await, ToPeer::Welcome { .. }));
    for id in [asked[0], asked[2]] {
        assert_eq!(heard(&mut line).await, ToServer::Ask { id, command: resolve() });
    }
    for id in [asked[0], asked[1], asked[0], asked[2]] {
        say(&line, ToPeer::Accepted { id, answer: answer(12) }).await;
    }
    say(&line, ToPeer::Refused { id: asked[0], why: Refusal::Busy }).await;
    assert_eq!(news.recv().await, Some(News::Answered { id: asked[0], result: Ok(answer(12)) }));
    assert_eq!(news.recv().await, Some(News::Answered { id: asked[2], result: Ok(answer(12)) }));
    drop(peer);
    assert!(matches!(news.recv().await, Some(News::Ended { code: None, .. })));
    assert_eq!(news.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_session_resumes_where_its_cards_were_current_and_afresh_on_another_log() {
    let (_peer, mut news, mut lines) = start(true);
    let (line, resume) = greet(&mut lines, LOG, false).await;
    assert_eq!(resume, None);
    let cards = |current| ToPeer::Cards { cards: Vec::new(), gone: Vec::new(), current };
    say(&line, cards(None)).await;
    say(&line, cards(Some(Seq(12)))).await;
    say(&line, ToPeer::Ping { seq: Seq(99), now: Timestamp(5) }).await;
    for _ in 0..4 {
        frame(&mut news).await;
    }
    drop(line);
    let (line, resume) = greet(&mut lines, LOG, true).await;
    assert_eq!(resume, Some(Resume { log: LOG, seq: Seq(12) }));
    drop(line);
    let (line, resume) = greet(&mut lines, LogId(8), false).await;
    assert_eq!(resume, Some(Resume { log: LOG, seq: Seq(12) }));
    drop(line);
    let (_line, resume) = greet(&mut lines, LogId(8), false).await;
    assert_eq!(resume, None);
}

#[tokio::test(start_paused = true)]
async fn what_was_watched_is_watched_again_from_the_last_entry_seen() {
    let (peer, mut news, mut lines) = start(true);
    let (mut line, _) = greet(&mut lines, LOG, false).await;
    frame(&mut news).await;
    peer.watch(TALK, None).await;
    peer.watch(ConversationId(4), Some(EntryNo(9))).await;
    peer.watch(ConversationId(5), None).await;
    peer.unwatch(ConversationId(5)).await;
    for _ in 0..4 {
        heard(&mut line).await;
    }
    say(&line, ToPeer::Events { conversation: TALK, events: events(5, 6) }).await;
    say(&line, ToPeer::Events { conversation: TALK, events: events(7, 8) }).await;
    for _ in 0..2 {
        frame(&mut news).await;
    }
    drop(line);
    let (mut line, _) = greet(&mut lines, LOG, true).await;
    assert_eq!(heard(&mut line).await, ToServer::Watch { conversation: TALK, from: Some(EntryNo(8)) });
    assert_eq!(heard(&mut line).await, ToServer::Watch { conversation: ConversationId(4), from: Some(EntryNo(9)) });
    // A gap is never told: the session asks again.
    say(&line, ToPeer::Events { conversation: TALK, events: events(11, 12) }).await;
    assert_eq!(heard(&mut line).await, ToServer::Watch { conversation: TALK, from: Some(EntryNo(8)) });
    drop(line);
    let (mut line, _) = greet(&mut lines, LogId(8), false).await;
    assert_eq!(heard(&mut line).await, ToServer::Watch { conversation: TALK, from: None });
}

#[tokio::test(start_paused = true)]
async fn an_unknown_token_ends_the_session_and_it_does_not_come_back() {
    let (_peer, mut news, mut lines) = start(true);
    let mut line = lines.recv().await.unwrap();
    heard(&mut line).await;
    say(&line, ToPeer::Bye { code: ByeCode::Unauthorized, why: "unknown token".into() }).await;
    let ended = News::Ended { code: Some(ByeCode::Unauthorized), why: "unknown token".into() };
    assert_eq!((news.recv().await, news.recv().await), (Some(ended), None));
    assert!(lines.recv().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_silent_line_is_left_after_the_silence_and_dialled_again() {
    let (_peer, mut news, mut lines) = start(true);
    let (mut line, _) = greet(&mut lines, LOG, false).await;
    frame(&mut news).await;
    let since = Instant::now();
    say(&line, ToPeer::Ping { seq: Seq(10), now: Timestamp(0) }).await;
    assert_eq!(heard(&mut line).await, ToServer::Pong);
    frame(&mut news).await;
    let Some(News::Lost { why, .. }) = news.recv().await else { panic!("not lost") };
    assert!(why.contains("45 s"), "{why}");
    assert!(since.elapsed() >= Duration::from_secs(45) && since.elapsed() < Duration::from_secs(50));
    greet(&mut lines, LOG, false).await;
}

#[tokio::test(start_paused = true)]
async fn a_session_that_does_not_return_ends_with_its_line() {
    let (_peer, mut news, mut lines) = start(false);
    let (line, _) = greet(&mut lines, LOG, false).await;
    frame(&mut news).await;
    drop(line);
    assert!(matches!(news.recv().await, Some(News::Ended { code: None, .. })));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_goes_down_in_order_is_dialled_again() {
    let (_peer, mut news, mut lines) = start(true);
    let (line, _) = greet(&mut lines, LOG, false).await;
    frame(&mut news).await;
    say(&line, ToPeer::Bye { code: ByeCode::Draining, why: "restart".into() }).await;
    assert!(matches!(news.recv().await, Some(News::Lost { why, .. }) if why == "restart"));
    greet(&mut lines, LOG, false).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_ordered_is_sent_though_everybody_has_left() {
    let (peer, news, mut lines) = start(true);
    let id = peer.ask(resolve()).await;
    drop((peer, news));
    let (mut line, _) = greet(&mut lines, LOG, false).await;
    assert_eq!(heard(&mut line).await, ToServer::Ask { id, command: resolve() });
    assert!(line.from_peer.recv().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_frame_of_a_later_version_is_ignored_if_it_may_be_lost_and_ends_the_session_if_not() {
    let (_peer, mut news, mut lines) = start(true);
    let (line, _) = greet(&mut lines, LOG, false).await;
    frame(&mut news).await;
    line.to_peer.send(r#"{"type":"fireworks","n":1}"#.to_owned()).await.unwrap();
    line.to_peer.send(r#"{"type":"events","conversation":3,"events":[{"seq":1}]}"#.to_owned()).await.unwrap();
    let Some(News::Ended { code: Some(ByeCode::Version), why }) = news.recv().await else { panic!("goes on") };
    assert!(why.contains("upgrade"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn more_asks_than_allowed_wait_and_all_are_answered() {
    let (peer, mut news, mut lines) = start(true);
    let asking = tokio::spawn(async move {
        for _ in 0..1_000 {
            peer.ask(resolve()).await;
        }
    });
    let (mut line, _) = greet(&mut lines, LOG, false).await;
    let server = tokio::spawn(async move {
        while let Some(text) = line.from_peer.recv().await {
            if let Ok(ToServer::Ask { id, .. }) = decode(&text) {
                say(&line, ToPeer::Accepted { id, answer: answer(1) }).await;
            }
        }
    });
    let mut answered = std::collections::BTreeSet::new();
    while let Some(news) = news.recv().await {
        if let News::Answered { id, .. } = news {
            assert!(answered.insert(id));
        }
    }
    assert_eq!(answered.len(), 1_000);
    asking.await.unwrap();
    server.await.unwrap();
}

#[test]
fn a_welcome_with_teammates_survives_the_wire() {
    let frame = welcome(LOG, true);
    assert_eq!(decode::<ToPeer>(&encode(&frame)), Ok(frame));
}

#[test]
fn a_command_that_no_frame_can_hold_is_refused_at_home() {
    let mut book = Book::new(None);
    let command = Command::Note { conversation: TALK, text: "x".repeat(70_000) };
    let next = book.order(Order::Ask(CommandId(1), Box::new(command)), book::Line::Open);
    assert!(matches!(next, book::Next::Answered(CommandId(1), Err(Refusal::Invalid { .. }))));
    assert!(book.is_settled());
    assert_eq!(book.resume(), None);
}

#[tokio::test(start_paused = true)]
async fn a_caller_gets_its_answers_and_keeps_other_frames() {
    let (door, mut lines) = mpsc::channel(1);
    let server = tokio::spawn(async move {
        let (mut line, _) = greet(&mut lines, LOG, false).await;
        say(&line, ToPeer::Presence { present: Vec::new() }).await;
        let ToServer::Ask { id, .. } = heard(&mut line).await else { panic!("no ask") };
        say(&line, ToPeer::Refused { id, why: Refusal::Forbidden }).await;
        let ToServer::Query { id, .. } = heard(&mut line).await else { panic!("no query") };
        say(&line, ToPeer::Page { id, page: Page::Cards { cards: Vec::new(), earlier: false } }).await;
        heard(&mut line).await;
        line
    });
    let dial = Arc::new(MemoryDial::new(door));
    let mut caller = Caller::open(dial, "secret".into(), Scope::None, "test".into()).await.unwrap();
    assert_eq!(caller.welcome().you.name, "Mira");
    assert_eq!(caller.call(resolve()).await, Ok(Err(Refusal::Forbidden)));
    let page = caller.query(Query::Cards { before: None, limit: 1 }).await;
    assert_eq!(page, Ok(Page::Cards { cards: Vec::new(), earlier: false }));
    assert_eq!(caller.next_frame(Duration::ZERO).await, Ok(ToPeer::Presence { present: Vec::new() }));
    assert_eq!(caller.call(resolve()).await, Err(CallError::TimedOut { seconds: 15 }));
    drop(server.await.unwrap());
    assert!(matches!(caller.call(resolve()).await, Err(CallError::Ended { .. })));
}
