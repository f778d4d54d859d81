//! Drafts: decided once, sent only by decision and in time, ended exactly once.

use super::world::{AI, ANA, BEN, WEB, World, answer, config, histories, holder_changes, walk};
use crate::domain::{
    approval::{Decision, Ending},
    ceiling::{Ceiling, Ceilings},
    command::Command,
    event::Event,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    time::{Span, Timestamp},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
struct Draft {
    expires_at: Timestamp,
    ending: Option<Ending>,
    sent: u8,
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_draft_ends_exactly_once_and_is_sent_only_if_approved_or_edited_in_time(history in histories()) {
        let mut drafts: BTreeMap<(ConversationId, EntryNo), Draft> = BTreeMap::new();
        let world = walk(&history, |done| {
            for one in done.recorded() {
                let Some(id) = one.conversation else { continue };
                match &one.event {
                    Event::DraftProposed { expires_at, .. } => {
                        drafts.insert((id, one.n), Draft { expires_at: *expires_at, ending: None, sent: 0 });
                    }
                    Event::DraftEnded { draft, ending } => {
                        let one = drafts.get_mut(&(id, *draft)).unwrap();
                        prop_assert_eq!(&one.ending, &None);
                        let decided = !matches!(ending, Ending::Expired | Ending::Withdrawn { .. });
                        prop_assert!(!decided || done.at < one.expires_at);
                        prop_assert!(*ending != Ending::Expired || done.at >= one.expires_at);
                        one.ending = Some(ending.clone());
                    }
                    Event::Answered { draft: Some(draft), .. } => {
                        let one = drafts.get_mut(&(id, *draft)).unwrap();
                        prop_assert!(matches!(one.ending, Some(Ending::Approved | Ending::Edited)));
                        one.sent += 1;
                    }
                    _ => {}
                }
            }
            Ok(())
        })?;
        for ((id, n), draft) in &drafts {
            let waits = world.talk(*id).draft.as_ref().is_some_and(|waiting| waiting.draft == *n);
            prop_assert_eq!(waits, draft.ending.is_none());
            let decided = matches!(draft.ending, Some(Ending::Approved | Ending::Edited));
            prop_assert_eq!(draft.sent, u8::from(decided));
        }
    }

    #[test]
    fn no_draft_survives_a_change_of_holder(history in histories()) {
        walk(&history, |done| {
            for (one, ..) in holder_changes(done.recorded()) {
                prop_assert!(done.after.conversation(one.conversation.unwrap()).unwrap().draft.is_none());
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_answer_is_sent_without_a_decision_only_in_auto_and_well_grounded(history in histories()) {
        walk(&history, |done| {
            for one in done.recorded() {
                if let Event::Answered { answer, draft: None, .. } = &one.event {
                    let card = &done.before.conversation(one.conversation.unwrap()).unwrap().card;
                    prop_assert_eq!(card.mode, Mode::Auto);
                    prop_assert!(card.holder.is_ai());
                    prop_assert!(answer.grounding >= done.before.office.policy.min_grounding);
                }
            }
            Ok(())
        })?;
    }
}

fn draft_waits() -> (World, ConversationId, EntryNo) {
    let (mut world, id) = World::with_talk(Policy { mode: Mode::Draft, ..Policy::default() });
    let draft = world.turn(AI, id, answer("It arrives tomorrow.", 900))[0].n;
    (world, id, draft)
}

fn decides(conversation: ConversationId, draft: EntryNo, decision: Decision) -> Command {
    Command::DecideDraft { conversation, draft, decision }
}

#[test]
fn of_two_decisions_on_a_draft_the_first_wins() {
    let (mut world, id, draft) = draft_waits();
    world.does(ANA, decides(id, draft, Decision::Approve));
    let late = world.may_not(BEN, decides(id, draft, Decision::Reject { reason: "no".into() }));
    assert!(matches!(late, Refusal::AlreadyEnded { .. }), "{late:?}");
    assert_eq!(world.talk(id).outbox.len(), 1);
}

#[test]
fn a_draft_expires_at_its_very_instant_and_then_a_person_is_called() {
    let (mut world, id, draft) = draft_waits();
    world.later(Span(10 * 60_000 - 1));
    assert_eq!(world.desk_does(Command::Tick { conversation: id }), Vec::new());
    world.later(Span(1));
    let late = world.may_not(ANA, decides(id, draft, Decision::Approve));
    assert!(matches!(late, Refusal::AlreadyEnded { .. }), "{late:?}");
    world.desk_does(Command::Tick { conversation: id });
    let talk = world.talk(id);
    assert_eq!((talk.card.holder, talk.outbox.len(), talk.draft.is_none()), (Holder::Queue, 0, true));
}

#[test]
fn an_approval_that_comes_after_a_take_over_sends_nothing() {
    let (mut world, id, draft) = draft_waits();
    let term = world.term(id);
    world.does(BEN, Command::TakeOver { conversation: id, term, reason: None });
    let late = world.may_not(ANA, decides(id, draft, Decision::Approve));
    assert!(matches!(late, Refusal::AlreadyEnded { .. }), "{late:?}");
    assert_eq!(world.talk(id).outbox, Vec::new());
}

#[test]
fn two_rejections_in_a_row_call_a_person() {
    let (mut world, id, draft) = draft_waits();
    world.does(ANA, decides(id, draft, Decision::Reject { reason: "wrong parcel".into() }));
    assert!(world.talk(id).card.holder.is_ai());
    let draft = world.turn(AI, id, answer("It arrives on Monday.", 900))[0].n;
    let ended = world.does(ANA, decides(id, draft, Decision::Reject { reason: "wrong again".into() }));
    assert_eq!(world.talk(id).card.holder, Holder::Queue);
    let causes: Vec<_> = ended
        .iter()
        .filter_map(|one| match &one.event {
            Event::HolderChanged { cause, .. } => Some(cause.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(causes, [Cause::Escalated]);
}

#[test]
fn new_words_of_the_customer_withdraw_a_draft() {
    let (mut world, id, draft) = draft_waits();
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "never mind, another parcel".into() });
    let late = world.may_not(ANA, decides(id, draft, Decision::Approve));
    assert!(matches!(late, Refusal::AlreadyEnded { .. }), "{late:?}");
    world.turn(AI, id, answer("Which one?", 900));
    assert!(world.talk(id).draft.is_some());
}

#[test]
fn three_hundred_rejections_overflow_nothing() {
    let (mut world, id) = World::with_talk(Policy {
        mode: Mode::Draft,
        hand_offs: u8::MAX,
        ceilings: Ceilings { talk: Ceiling::default(), ..Ceilings::default() },
        ..Policy::default()
    });
    for _ in 0..300 {
        if !world.talk(id).card.holder.is_ai() {
            let (term, brief) = (world.term(id), super::world::brief());
            let back = Command::HandBack { conversation: id, term, to: None, brief };
            if world.submit(crate::domain::teammate::Actor::Teammate(ANA), &back).is_err() {
                break;
            }
        }
        let draft = world.turn(AI, id, answer("No.", 900))[0].n;
        world.does(ANA, decides(id, draft, Decision::Reject { reason: "no".into() }));
    }
    assert_eq!(world.talk(id).card.signs.hand_offs, u8::MAX);
}
