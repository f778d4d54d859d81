//! The stop switch: while it stands nothing of an AI begins or gets out, and nobody waits with an AI who may not answer.

use super::world::{
    AI, AI_TWO, ANA, Done, LEAD, WEB, World, answer, asks_for_human, brief, config, histories, open, walk,
};
use crate::domain::{
    approval::Decision,
    command::Command,
    delivery::State,
    event::Event,
    holder::{Cause, Holder},
    ids::ConversationId,
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    stop::{Lifting, Preview, Scope, Stop, StopId, Then, preview},
    teammate::Kind,
    time::Span,
};
use proptest::prelude::*;

fn stop(scope: Scope, then: Then) -> Command {
    Command::Stop { scope, then, span: Some(Span::minutes(30)), reason: "wrong prices".into() }
}

/// What of an AI's got out in a step, that a stop before the step covers.
fn escaped(done: &Done<'_>) -> Option<String> {
    let office = &done.before.office;
    let by = done.by.teammate().filter(|_| done.kind() == Some(Kind::Ai));
    done.recorded().iter().find_map(|one| {
        let before = done.before.conversation(one.conversation?)?;
        let ai = match &one.event {
            Event::TurnBegan { .. }
            | Event::Answered { draft: None, .. }
            | Event::DraftProposed { .. }
            | Event::Notified { .. }
            | Event::ShadowDrafted { .. } => by,
            Event::HolderChanged { to: Holder::Ai(ai), .. } => Some(*ai),
            Event::DeliveryClaimed { message } => {
                let row = before.outbox.iter().find(|row| row.message == *message)?;
                if !row.is_unapproved() {
                    return None;
                }
                row.author
            }
            _ => return None,
        };
        let stop = office.stopped(&*before.card, ai)?;
        Some(format!("{:?} by {:?} under {stop:?}", one.event, done.by))
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn while_stopped_no_turn_begins_and_no_answer_notice_or_claim_of_an_ai_gets_out(history in histories()) {
        walk(&history, |done| {
            prop_assert_eq!(escaped(done), None);
            Ok(())
        })?;
    }

    #[test]
    fn while_stopped_no_turn_is_open_and_no_unseen_word_of_an_ai_waits_to_leave(history in histories()) {
        walk(&history, |done| {
            let office = &done.after.office;
            for it in done.after.conversations.values() {
                if let Some(turn) = &it.turn {
                    prop_assert_eq!(office.stopped(&*it.card, Some(turn.by)), None);
                }
                for row in it.outbox.iter().filter(|row| row.state == State::Pending && row.is_unapproved()) {
                    prop_assert_eq!(office.stopped(&*it.card, row.author), None);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn nobody_waits_with_an_ai_that_is_stopped_unless_the_stop_says_so(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                let Holder::Ai(ai) = it.card.holder else { continue };
                let stop = done.after.office.stopped(&*it.card, Some(ai)).filter(|stop| stop.then != Then::Hold);
                let waits = it.card.waiting_since.is_some() && it.draft.is_none() && !it.card.status.is_resolved();
                prop_assert!(stop.is_none() || !waits, "{:?} waits under {stop:?} after {:?}", it.card.id, done.command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_preview_counts_exactly_what_the_stop_then_does(history in histories()) {
        walk(&history, |done| {
            let (Command::Stop { scope, then, .. }, Ok(events)) = (done.command, done.result) else { return Ok(()) };
            let said = preview(done.before.conversations.values().map(|it| &*it.card), scope, *then);
            let left = events.iter().filter(|one| {
                matches!(one.event, Event::HolderChanged { to: Holder::Queue, cause: Cause::Stopped, .. })
            });
            let left = left.count();
            let counts = if *then == Then::Human { (0, left) } else { (left, 0) };
            prop_assert_eq!((said.queue, said.human), counts);
            let hold = done.after.conversations.values().filter(|it| {
                matches!(it.card.holder, Holder::Ai(ai) if scope.covers(&*it.card, Some(ai)))
                    && !it.card.status.is_resolved()
            });
            prop_assert_eq!(said.hold, hold.count());
            Ok(())
        })?;
    }

    #[test]
    fn a_stop_stands_until_it_is_lifted_with_a_reason_or_its_time_is_over(history in histories()) {
        walk(&history, |done| {
            for gone in done.before.office.stops.iter().filter(|stop| done.after.office.stop(stop.id).is_none()) {
                let fits = match done.command {
                    Command::LiftStop { stop, reason } => *stop == gone.id && !reason.is_empty(),
                    Command::EndStops => gone.until.is_some_and(|until| until <= done.at),
                    Command::Stop { scope, .. } => *scope == gone.scope,
                    _ => false,
                };
                prop_assert!(fits, "{gone:?} by {:?}", done.command);
            }
            if let (Command::EndStops, Ok(_)) = (done.command, done.result) {
                prop_assert!(done.after.office.next_stop_ends().is_none_or(|at| at > done.at));
            }
            Ok(())
        })?;
    }
}

#[test]
fn a_stop_drops_what_is_written_and_refuses_the_answer_that_comes_late() {
    let (mut world, id) = World::with_talk(Policy::default());
    let term = world.term(id);
    let turn = world.does(AI, Command::BeginTurn { conversation: id, term })[0].n;
    let said = world.does(LEAD, stop(Scope::All, Then::Hold));
    let standing = Stop {
        id: StopId(1),
        scope: Scope::All,
        then: Then::Hold,
        by: LEAD,
        at: world.now,
        until: Some(world.now.plus(Span::minutes(30))),
        reason: "wrong prices".into(),
    };
    assert_eq!(said[0].event, Event::Stopped { stop: Box::new(standing) });
    assert_eq!(said[1].event, Event::AnswerSuppressed { turn, text: String::new() });
    for outcome in [answer("It arrives tomorrow.", 900), asks_for_human()] {
        let late = world.may_not(AI, Command::FinishTurn { conversation: id, turn, term, outcome });
        assert_eq!(late.code(), "already_ended");
    }
    let refused = Refusal::Stopped { stop: StopId(1), scope: Scope::All };
    assert_eq!(world.may_not(AI, Command::BeginTurn { conversation: id, term }), refused);
    world.does(LEAD, Command::LiftStop { stop: StopId(1), reason: "mended".into() });
    world.turn(AI, id, answer("It arrives tomorrow.", 900));
    assert_eq!(world.talk(id).outbox.len(), 1);
}

#[test]
fn what_had_not_left_never_does_and_its_customer_waits_again() {
    let (mut world, id) = World::with_talk(Policy::default());
    let waited = world.talk(id).card.waiting_since;
    let term = world.term(id);
    let message = world.turn(AI, id, answer("It arrives tomorrow.", 900)).last().unwrap().n;
    assert!(waited.is_some() && world.talk(id).card.waiting_since.is_none());
    world.does(LEAD, stop(Scope::Channel { channel: "web".into() }, Then::Hold));
    assert!(world.talk(id).card.waiting_since.is_some());
    let claim = Command::ClaimDelivery { conversation: id, message, term };
    assert_eq!(world.may_not(WEB, claim).code(), "stale_term");
    world.does(LEAD, Command::LiftStop { stop: StopId(1), reason: "mended".into() });
    world.turn(AI, id, answer("It comes on the day after.", 900));
}

#[test]
fn a_person_may_let_a_draft_go_while_the_ai_is_stopped() {
    let (mut world, id) = World::with_talk(Policy { mode: Mode::Draft, ..Policy::default() });
    let draft = world.turn(AI, id, answer("It arrives tomorrow.", 900)).last().unwrap().n;
    world.does(LEAD, stop(Scope::Ai { teammate: AI }, Then::Hold));
    let sent = world.does(ANA, Command::DecideDraft { conversation: id, draft, decision: Decision::Approve });
    let (message, term) = (sent.last().unwrap().n, world.term(id));
    world.does(WEB, Command::ClaimDelivery { conversation: id, message, term });
}

#[test]
fn whoever_writes_or_comes_under_a_stop_is_answered_by_people() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.turn(AI, id, answer("It arrives tomorrow.", 900));
    let (message, term) = (world.talk(id).outbox[0].message, world.term(id));
    world.does(WEB, Command::ClaimDelivery { conversation: id, message, term });
    world.does(LEAD, stop(Scope::All, Then::Queue));
    assert_eq!(world.talk(id).card.holder, Holder::Ai(AI));
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "And the other one?".into() });
    world.does(WEB, open("web", None, "Hello?"));
    for id in [id, ConversationId(2)] {
        let card = &world.talk(id).card;
        let call = card.escalation.as_ref().map(|call| call.summary.as_str());
        assert_eq!((card.holder, call), (Holder::Queue, Some("the AI is stopped (all AI): wrong prices")));
    }
    let back = Command::HandBack { conversation: id, term: world.term(id), to: Some(AI_TWO), brief: brief() };
    assert_eq!(world.may_not(LEAD, back).code(), "stopped");
}

#[test]
fn a_stop_is_for_leads_but_in_one_talk_for_whoever_sets_its_mode() {
    let (mut world, id) = World::with_talk(Policy::default());
    assert_eq!(world.may_not(ANA, stop(Scope::All, Then::Human)), Refusal::Forbidden);
    world.does(ANA, stop(Scope::Talk { conversation: id }, Then::Human));
    assert_eq!(world.talk(id).card.holder, Holder::Queue);
    world.does(LEAD, stop(Scope::All, Then::Human));
    let lift = |stop, reason: &str| Command::LiftStop { stop: StopId(stop), reason: reason.into() };
    assert_eq!(world.may_not(ANA, lift(2, "I would like to")), Refusal::Forbidden);
    assert!(matches!(world.may_not(LEAD, lift(2, "  ")), Refusal::Invalid { .. }));
    world.does(ANA, lift(1, "looked at it"));
    assert_eq!(world.may_not(ANA, lift(1, "again")).code(), "already_ended");
    assert_eq!(world.may_not(LEAD, lift(9, "never was")).code(), "not_found");
}

#[test]
fn a_stop_ends_by_itself_and_the_next_of_its_scope_takes_its_place() {
    let (mut world, _) = World::with_talk(Policy::default());
    world.does(LEAD, stop(Scope::All, Then::Hold));
    let said = world.does(LEAD, stop(Scope::All, Then::Queue));
    assert_eq!(said[0].event, Event::StopLifted { stop: StopId(1), how: Lifting::Replaced { by: StopId(2) } });
    world.later(Span(30 * 60_000 - 1));
    assert_eq!(world.desk_does(Command::EndStops), Vec::new());
    world.later(Span(1));
    let ended = world.desk_does(Command::EndStops);
    assert_eq!(ended[0].event, Event::StopLifted { stop: StopId(2), how: Lifting::TimeOver });
    assert_eq!(world.desk.office.stops, Vec::new());
    let none = preview(world.desk.conversations.values().map(|it| &*it.card), &Scope::All, Then::Hold);
    assert_eq!(none, Preview::default());
}
