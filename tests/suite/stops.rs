//! The stop switch at a real server with a clock of its own: a fence that asks nothing of the AI, and an end by itself.

use crate::support::{ADMIN, TestDesk, answer};
use centaur::{
    domain::{
        command::Command,
        ids::{EntryNo, LogId, Term},
        refusal::Refusal,
        stop::{Scope as Where, StopId, Then},
        teammate::Role,
        time::{Span, Timestamp},
    },
    protocol::Scope,
};

#[tokio::test]
async fn while_the_ai_says_nothing_a_stop_is_done_and_its_late_answer_and_claim_are_refused() {
    let desk = TestDesk::new().await;
    let mut ai = desk.join("Aria", Role::Ai, Scope::None).await;
    let mut web = desk.join("web", Role::Connector, Scope::None).await;
    let mut lead = desk.join("lea", Role::Lead, Scope::None).await;
    let (writes, said) = (web.open("Where is it?").await, web.open("And mine?").await);
    let mut begin = async |conversation| ai.must(Command::BeginTurn { conversation, term: Term(1) }).await.n;
    let (turn, other) = (begin(writes).await, begin(said).await);
    let finish =
        Command::FinishTurn { conversation: said, turn: other, term: Term(1), outcome: answer("At the depot.") };
    let message = ai.must(finish).await.n;

    // From here on nobody hears from the AI.
    let stop = Command::Stop { scope: Where::All, then: Then::Hold, span: Some(Span::seconds(30)), reason: "x".into() };
    lead.must(stop).await;
    let claim = Command::ClaimDelivery { conversation: said, message, term: Term(1) };
    assert_eq!(web.must_not(claim).await.code(), "stale_term");
    let late = Command::FinishTurn { conversation: writes, turn, term: Term(1), outcome: answer("At the depot.") };
    assert_eq!(ai.must_not(late).await.code(), "already_ended");
    let refused = Refusal::Stopped { stop: StopId(1), scope: Where::All };
    assert_eq!(ai.must_not(Command::BeginTurn { conversation: writes, term: Term(1) }).await, refused);
    assert_eq!(desk.running.office().stops.len(), 1);

    // It ends by itself, and what was said in vain is asked again.
    desk.clock.advance(Span::seconds(30));
    desk.running.tick().await.unwrap();
    assert_eq!(desk.running.office().stops.len(), 0);
    for conversation in [writes, said] {
        ai.must(Command::BeginTurn { conversation, term: Term(1) }).await;
    }
    desk.running.drain().await;
}

#[tokio::test]
async fn a_stop_is_told_to_every_peer_and_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let at = Timestamp(1_800_000_000_000);
    let open = || centaur::store::SqliteLog::open(folder.path(), at, LogId(7)).unwrap().0;
    let desk = TestDesk::over(Box::new(open()), centaur::domain::policy::Policy::default()).await;
    let mut lead = desk.join("lea", Role::Lead, Scope::None).await;
    lead.must(Command::Stop { scope: Where::All, then: Then::Human, span: None, reason: "wrong prices".into() }).await;
    desk.running.drain().await;

    let desk = TestDesk::over(Box::new(open()), centaur::domain::policy::Policy::default()).await;
    let admin = desk.call(ADMIN, Scope::None).await;
    assert_eq!(admin.caller.welcome().office.stops, desk.running.office().stops);
    assert_eq!(desk.running.office().stops.len(), 1);
    let mut lead = desk.call("cen_token-of-lea", Scope::None).await;
    lead.must(Command::LiftStop { stop: StopId(1), reason: "mended".into() }).await;
    assert_eq!(desk.running.office().stops.len(), 0);
    let next =
        lead.must(Command::Stop { scope: Where::All, then: Then::Hold, span: None, reason: String::new() }).await;
    assert_eq!((desk.running.office().last_stop, next.n), (StopId(2), EntryNo(0)));
    desk.running.drain().await;
}
