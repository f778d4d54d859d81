//! The main job over the real server and the real wire, in memory: watch, take over, reply, hand back.

use super::support::{FIRST, TestDesk, answer};
use centaur::{
    domain::{
        brief::Brief,
        command::Command,
        event::Event,
        holder::Holder,
        ids::{EntryNo, PublicNo, Term},
        policy::Policy,
        refusal::Refusal,
        teammate::Role,
        time::{Span, Timestamp},
    },
    protocol::{Page, Query, Scope, ToPeer},
    store::SqliteLog,
};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_take_over_fences_the_ai_and_a_hand_back_lets_it_carry_on() {
    let desk = TestDesk::new().await;
    let mut web = desk.join("web", Role::Connector, Scope::Carried).await;
    let mut aria = desk.join("Aria", Role::Ai, Scope::Mine).await;
    let mut mira = desk.join("mira", Role::Agent, Scope::All).await;
    let mut lena = desk.join("lena", Role::Agent, Scope::All).await;

    let talk = web.open("Where is my parcel?").await;
    let turn = aria.must(Command::BeginTurn { conversation: talk, term: FIRST }).await.n;

    mira.must(Command::TakeOver { conversation: talk, term: FIRST, reason: None }).await;
    let late = aria.must_not(finish(talk, turn, FIRST, "It is on its way.")).await;
    assert_eq!(late, Refusal::StaleTerm { conversation: talk, holder: Holder::Human(mira.id), term: Term(2) });
    let second = lena.must_not(Command::TakeOver { conversation: talk, term: FIRST, reason: None }).await;
    assert_eq!(second, Refusal::StaleTerm { conversation: talk, holder: Holder::Human(mira.id), term: Term(2) });

    let reply = mira.must(Command::Reply { conversation: talk, term: Term(2), text: "I look into it.".into() }).await;
    web.must(Command::ClaimDelivery { conversation: talk, message: reply.n, term: Term(2) }).await;

    let brief = Brief { promised: "a new parcel by Friday".into(), ..Brief::default() };
    mira.must(Command::HandBack { conversation: talk, term: Term(2), to: None, brief }).await;
    web.must(Command::CustomerSaid { conversation: talk, text: "When?".into() }).await;
    let turn = aria.must(Command::BeginTurn { conversation: talk, term: Term(3) }).await.n;
    let said = aria.must(finish(talk, turn, Term(3), "By Friday.")).await;
    web.must(Command::ClaimDelivery { conversation: talk, message: said.n, term: Term(3) }).await;

    let page = web.caller.query(Query::Transcript { conversation: talk, after: PublicNo::default() }).await.unwrap();
    let Page::Transcript { messages, more: false } = page else { panic!("{page:?}") };
    let texts: Vec<&str> = messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["Where is my parcel?", "I look into it.", "When?", "By Friday."]);
    let names: Vec<&str> = messages.iter().map(|message| message.name.as_str()).collect();
    assert_eq!(names, ["Jana", "mira", "Jana", "Aria"]);
}

fn finish(conversation: centaur::domain::ids::ConversationId, turn: EntryNo, term: Term, text: &str) -> Command {
    Command::FinishTurn { conversation, turn, term, outcome: answer(text) }
}

#[tokio::test]
async fn what_grows_is_shown_to_who_watches_and_kept_as_suppressed() {
    let desk = TestDesk::new().await;
    let mut web = desk.join("web", Role::Connector, Scope::Carried).await;
    let mut aria = desk.join("Aria", Role::Ai, Scope::Mine).await;
    let mut mira = desk.join("mira", Role::Agent, Scope::All).await;
    let talk = web.open("Where is my parcel?").await;
    mira.caller.peer().watch(talk, None).await;
    let thread = wait_for(&mut mira.caller, |frame| matches!(frame, ToPeer::Thread { .. })).await;
    let ToPeer::Thread { events, earlier: false, more: false, .. } = thread else { panic!("{thread:?}") };
    assert_eq!(events.iter().map(|event| event.n.0).collect::<Vec<_>>(), [1, 2]);

    let turn = aria.must(Command::BeginTurn { conversation: talk, term: FIRST }).await.n;
    let grew = |offset, text: &str| centaur::protocol::ToServer::DraftGrew {
        conversation: talk,
        turn,
        offset,
        text: text.into(),
    };
    aria.caller.peer().tell(grew(0, "Of ")).await;
    aria.caller.peer().tell(grew(3, "course")).await;
    let mut seen = String::new();
    while seen != "Of course" {
        let frame = wait_for(&mut mira.caller, |frame| matches!(frame, ToPeer::DraftGrew { .. })).await;
        let ToPeer::DraftGrew { offset, text, .. } = frame else { continue };
        assert_eq!(offset as usize, seen.len());
        seen.push_str(&text);
    }
    mira.must(Command::TakeOver { conversation: talk, term: FIRST, reason: Some("mine".into()) }).await;
    let quiet = wait_for(&mut mira.caller, |frame| matches!(frame, ToPeer::Quiet { .. })).await;
    assert_eq!(quiet, ToPeer::Quiet { conversation: talk, term: Term(2), may_still_arrive: Vec::new() });
    let page = mira.caller.query(Query::History { conversation: talk, before: None, limit: 10 }).await.unwrap();
    let Page::History { events, .. } = page else { panic!("{page:?}") };
    assert!(events.iter().any(|event| event.event == Event::AnswerSuppressed { turn, text: "Of course".into() }));
}

async fn wait_for(caller: &mut centaur::client::Caller, fits: impl Fn(&ToPeer) -> bool) -> ToPeer {
    loop {
        let frame = caller.next_frame(SOON).await.unwrap();
        if fits(&frame) {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_holder_who_vanishes_loses_the_talk_to_the_queue_after_the_lease() {
    let desk = TestDesk::new().await;
    let mut web = desk.join("web", Role::Connector, Scope::Carried).await;
    let _aria = desk.join("Aria", Role::Ai, Scope::Mine).await;
    let mut mira = desk.join("mira", Role::Agent, Scope::None).await;
    let mut lena = desk.join("lena", Role::Agent, Scope::None).await;
    let talk = web.open("Hello?").await;
    mira.must(Command::TakeOver { conversation: talk, term: FIRST, reason: None }).await;
    drop(mira);
    desk.clock.advance(Span::seconds(89));
    desk.running.tick().await.unwrap();
    assert!(matches!(card(&mut lena, talk).await.holder, Holder::Human(_)));
    desk.clock.advance(Span::seconds(6));
    desk.running.tick().await.unwrap();
    let card = card(&mut lena, talk).await;
    assert_eq!((card.holder, card.term), (Holder::Queue, Term(3)));
}

async fn card(
    peer: &mut super::support::Peer,
    conversation: centaur::domain::ids::ConversationId,
) -> centaur::domain::card::Card {
    match peer.caller.query(Query::Card { conversation }).await.unwrap() {
        Page::Cards { mut cards, .. } => cards.remove(0),
        page => panic!("{page:?}"),
    }
}

#[tokio::test]
async fn a_conversation_s_number_is_never_given_twice_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let mut opened = Vec::new();
    for round in 0..4 {
        let (log, _) =
            SqliteLog::open(folder.path(), Timestamp(1_800_000_000_000), centaur::domain::ids::LogId(7)).unwrap();
        let desk = TestDesk::over(Box::new(log), Policy::default()).await;
        let mut web = if round == 0 {
            desk.join("web", Role::Connector, Scope::Carried).await
        } else {
            desk.call("cen_token-of-web", Scope::Carried).await
        };
        opened.push(web.open("Hello?").await.0);
        web.caller.close().await;
        desk.running.drain().await;
    }
    assert_eq!(opened, [1, 2, 3, 4]);
}
