//! Time: leases, snoozes, pauses, drafts and turns end when they are due, not before and not by themselves.

use super::world::{AI, ANA, WEB, World, config, histories, walk};
use crate::domain::{
    command::Command,
    decide::decide,
    due,
    event::Event,
    holder::Holder,
    ids::ConversationId,
    mode::Mode,
    policy::Policy,
    teammate::Actor,
    time::{Span, Timestamp},
};
use proptest::prelude::*;

fn held_by_ana() -> (World, ConversationId) {
    let (mut world, id) = World::with_talk(Policy::default());
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    (world, id)
}

#[test]
fn an_unseen_person_loses_the_conversation_after_exactly_90_seconds_to_the_queue() {
    let (mut world, id) = held_by_ana();
    let term = world.term(id);
    world.does(ANA, Command::Reply { conversation: id, term, text: "One moment.".into() });
    let seen = world.now.plus(Span::seconds(7));
    world.now = seen.plus(Span(89_999));
    assert_eq!(world.desk_does(Command::Lapse { conversation: id, seen }), Vec::new());
    world.now = seen.plus(Span(90_000));
    world.desk_does(Command::Lapse { conversation: id, seen });
    let talk = world.talk(id);
    assert_eq!((talk.card.holder, talk.card.term > term, talk.outbox.len()), (Holder::Queue, true, 1));
    let late = Command::Reply { conversation: id, term, text: "Here I am again.".into() };
    assert_eq!(world.may_not(ANA, late).code(), "stale_term");
}

#[test]
fn a_lease_runs_from_the_taking_even_if_the_person_was_never_seen() {
    let (mut world, id) = held_by_ana();
    world.later(Span(89_999));
    assert_eq!(world.desk_does(Command::Lapse { conversation: id, seen: Timestamp(0) }), Vec::new());
    world.later(Span(1));
    assert_ne!(world.desk_does(Command::Lapse { conversation: id, seen: Timestamp(0) }), Vec::new());
}

#[test]
fn a_customer_whose_ai_vanished_is_told_that_a_person_answers_unless_the_ai_may_not_speak_there() {
    for (mode, told) in [(Mode::Auto, true), (Mode::Draft, false)] {
        let (mut world, id) = World::with_talk(Policy { mode, ..Policy::default() });
        world.does(
            WEB,
            Command::CustomerSaid { conversation: id, text: "Wo ist das Paket und wann ist es bei mir?".into() },
        );
        world.later(Span::seconds(90));
        let said = world.desk_does(Command::Lapse { conversation: id, seen: Timestamp(0) });
        let talk = world.talk(id);
        let notice = said.iter().find_map(|one| match &one.event {
            Event::Notified { text, term } => Some((text.as_str(), *term)),
            _ => None,
        });
        assert_eq!(talk.card.holder, Holder::Queue);
        let expected = told.then_some(("Jemand aus unserem Team antwortet Ihnen hier.", talk.card.term));
        assert_eq!(notice, expected, "{mode:?}");
    }
}

#[test]
fn a_turn_that_takes_too_long_ends_and_its_answer_comes_too_late() {
    let (mut world, id) = World::with_talk(Policy::default());
    let term = world.term(id);
    let turn = world.does(AI, Command::BeginTurn { conversation: id, term })[0].n;
    world.later(Span(59_999));
    assert_eq!(world.desk_does(Command::Tick { conversation: id }), Vec::new());
    world.later(Span(1));
    world.desk_does(Command::Tick { conversation: id });
    let outcome = super::world::answer("It arrives tomorrow.", 900);
    let late = world.may_not(AI, Command::FinishTurn { conversation: id, turn, term, outcome });
    assert_eq!(late.code(), "already_ended");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_lapse_gives_to_the_queue_if_the_lease_is_over_and_never_to_an_ai(history in histories(), unseen in 0..200_000_i64) {
        let world = walk(&history, |_| Ok(()))?;
        for (id, it) in &world.desk.conversations {
            let seen = Timestamp(world.now.0 - unseen);
            let over = world.now.since(seen.max(it.card.held_since)) >= Span::seconds(90);
            let happenings = decide(&world.desk, Actor::Desk, &Command::Lapse { conversation: *id, seen }, world.now);
            let changes: Vec<_> = happenings.unwrap().into_iter().filter_map(|one| match one.event {
                Event::HolderChanged { to, .. } => Some(to),
                _ => None,
            }).collect();
            prop_assert!(changes.iter().all(|to| *to == Holder::Queue));
            if let Holder::Human(_) = it.card.holder {
                let open = it.card.status == crate::domain::card::Status::Open;
                prop_assert_eq!(changes.len(), usize::from(over && open));
            }
        }
    }

    #[test]
    fn the_desk_has_something_to_do_exactly_when_it_is_due(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        for (id, it) in &world.desk.conversations {
            let tick = |at| decide(&world.desk, Actor::Desk, &Command::Tick { conversation: *id }, at).unwrap();
            match due::next(it, &world.desk.office.policy) {
                Some(at) => {
                    prop_assert!(tick(Timestamp(at.0 - 1)).is_empty());
                    prop_assert!(!tick(at).is_empty());
                }
                None => prop_assert!(tick(Timestamp(i64::MAX)).is_empty()),
            }
        }
    }

    #[test]
    fn the_desks_clock_comes_to_rest(history in histories()) {
        let mut world = walk(&history, |_| Ok(()))?;
        world.later(Span::hours(24 * 60));
        for id in world.desk.conversations.keys().copied().collect::<Vec<_>>() {
            let busy = (0..12).take_while(|_| !world.desk_does(Command::Tick { conversation: id }).is_empty()).count();
            prop_assert!(busy < 12);
            prop_assert_eq!(due::next(world.talk(id), &world.desk.office.policy), None);
        }
    }
}
