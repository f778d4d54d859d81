//! Holder and term: exactly one, always growing, and nothing enters under an older one.

use super::world::{
    AI, ANA, BEN, Done, LEAD, WEB, World, answer, asks_for_human, brief, config, histories, holder_changes, open, walk,
};
use crate::domain::{
    command::Command,
    delivery::State,
    event::Event,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo, Term},
    policy::Policy,
    refusal::Refusal,
    teammate::{Actor, Kind, Right},
    turn::{Outcome, Trace},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn each_change_of_holder_has_exactly_one_event_with_actor_and_cause(history in histories()) {
        walk(&history, |done| {
            for (id, after) in &done.after.conversations {
                let Some(before) = done.before.conversation(*id) else { continue };
                let changes: Vec<_> = holder_changes(done.recorded())
                    .filter(|(one, ..)| one.conversation == Some(*id))
                    .collect();
                let changed = (before.card.holder, before.card.term) != (after.card.holder, after.card.term);
                prop_assert_eq!(changes.len(), usize::from(changed));
                for (one, from, to, term) in changes {
                    prop_assert_eq!(one.by, done.by);
                    prop_assert_eq!((from, to, term), (before.card.holder, after.card.holder, after.card.term));
                    prop_assert!(cause_fits(done, &one.event), "{:?} by {:?}", one.event, done.kind());
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_term_grows_with_each_change_of_holder_and_never_otherwise(history in histories()) {
        walk(&history, |done| {
            for (id, after) in &done.after.conversations {
                let Some(before) = done.before.conversation(*id) else { continue };
                let changes = holder_changes(done.recorded()).filter(|(one, ..)| one.conversation == Some(*id)).count();
                let (old, new) = (before.card.term, after.card.term);
                prop_assert!(if changes == 0 { new == old } else { new > old }, "{old} to {new} by {changes} changes");
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_term_stands_twice_in_a_conversation_over_a_new_time_line_too(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        for terms in world.terms.values() {
            let once: BTreeSet<_> = terms.iter().collect();
            prop_assert_eq!(once.len(), terms.len());
            prop_assert!(terms.is_sorted());
        }
    }

    #[test]
    fn a_human_reply_is_accepted_only_from_the_present_holder_under_the_present_term(history in histories()) {
        walk(&history, |done| {
            if let (Command::Reply { conversation, term, .. }, Ok(_)) = (done.command, done.result) {
                let card = &done.before.conversation(*conversation).unwrap().card;
                let Actor::Teammate(by) = done.by else { panic!("the desk does not reply") };
                prop_assert_eq!((card.holder, card.term), (Holder::Human(by), *term));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_command_about_the_holder_that_changes_it_names_the_present_term(history in histories()) {
        walk(&history, |done| {
            if let Command::TakeOver { conversation, term, .. }
            | Command::HandBack { conversation, term, .. }
            | Command::Assign { conversation, term, .. } = done.command
                && !done.recorded().is_empty()
            {
                prop_assert_eq!(done.before.conversation(*conversation).unwrap().card.term, *term);
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_ai_message_draft_or_turn_enters_with_another_term_than_the_conversations(history in histories()) {
        walk(&history, |done| {
            for one in done.recorded() {
                let (Event::Answered { term, .. }
                | Event::Notified { term, .. }
                | Event::DraftProposed { term, .. }
                | Event::TurnBegan { term, .. }
                | Event::Replied { term, .. }) = &one.event else { continue };
                prop_assert_eq!(*term, done.after.conversation(one.conversation.unwrap()).unwrap().card.term);
            }
            if let (Command::FinishTurn { conversation, turn, term, .. }, Ok(_)) = (done.command, done.result) {
                let it = done.before.conversation(*conversation).unwrap();
                let open = it.turn.as_ref().unwrap();
                prop_assert_eq!((open.turn, open.term, it.card.term), (*turn, *term, *term));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_turn_and_a_draft_always_stand_under_the_present_term(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                prop_assert!(it.turn.as_ref().is_none_or(|turn| turn.term == it.card.term));
                prop_assert!(it.draft.as_ref().is_none_or(|draft| draft.term == it.card.term));
                prop_assert!(it.turn.is_none() || it.draft.is_none());
            }
            Ok(())
        })?;
    }

    #[test]
    fn after_a_change_of_holder_no_fenced_row_of_an_older_term_waits(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                for row in it.outbox.iter().filter(|row| row.state == State::Pending && row.origin.is_fenced()) {
                    prop_assert_eq!(row.term, it.card.term);
                }
            }
            for (one, ..) in holder_changes(done.recorded()) {
                let id = one.conversation.unwrap();
                let rows = done.before.conversation(id).map(|it| it.outbox.as_slice()).unwrap_or_default();
                let fenced: Vec<EntryNo> = rows
                    .iter()
                    .filter(|row| row.state == State::Pending && row.origin.is_fenced())
                    .map(|row| row.message)
                    .collect();
                let voided: Vec<EntryNo> = done.recorded().iter()
                    .filter(|one| one.conversation == Some(id))
                    .filter_map(|one| match &one.event {
                        Event::DeliveriesVoided { messages } => Some(messages.clone()),
                        _ => None,
                    })
                    .flatten()
                    .collect();
                prop_assert_eq!(voided, fenced);
            }
            Ok(())
        })?;
    }

    #[test]
    fn after_a_take_over_no_ai_row_of_an_older_term_is_ever_claimed(history in histories()) {
        let mut taken: BTreeMap<ConversationId, Term> = BTreeMap::new();
        walk(&history, |done| {
            for one in done.recorded() {
                let Some(id) = one.conversation else { continue };
                match &one.event {
                    Event::HolderChanged { term, cause: Cause::TookOver { .. }, .. } => {
                        taken.insert(id, *term);
                    }
                    Event::DeliveryClaimed { message } => {
                        let it = done.before.conversation(id).unwrap();
                        let row = it.outbox.iter().find(|row| row.message == *message).unwrap();
                        prop_assert_eq!(row.state, State::Pending);
                        if row.origin.is_fenced() && let Some(fence) = taken.get(&id) {
                            prop_assert!(row.term >= *fence);
                        }
                    }
                    _ => {}
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn after_a_take_over_no_end_of_a_turn_of_an_older_term_is_accepted(history in histories()) {
        let mut taken: BTreeMap<ConversationId, Term> = BTreeMap::new();
        walk(&history, |done| {
            if let (Command::FinishTurn { conversation, term, .. }, Ok(_)) = (done.command, done.result) {
                prop_assert!(taken.get(conversation).is_none_or(|fence| term >= fence));
            }
            for (one, _, _, term) in holder_changes(done.recorded()) {
                if let Event::HolderChanged { cause: Cause::TookOver { .. }, .. } = one.event {
                    taken.insert(one.conversation.unwrap(), term);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn of_two_take_overs_with_the_same_term_exactly_one_is_accepted(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        for (id, it) in &world.desk.conversations {
            let term = it.card.term;
            let able = |who| world.desk.office.present(who).is_some_and(|one| one.role.may(Right::MoveOthers));
            let (first, second) = (LEAD, super::world::ADMIN);
            let held = it.card.holder.is_human(first) || it.card.holder.is_human(second);
            if !able(first) || !able(second) || held || it.card.status.is_resolved() {
                continue;
            }
            for (first, second) in [(first, second), (second, first)] {
                let mut world = world.clone();
                let take = |term| Command::TakeOver { conversation: *id, term, reason: None };
                let won = world.does(first, take(term));
                prop_assert_eq!(holder_changes(&won).count(), 1);
                let lost = world.may_not(second, take(term));
                let now = world.term(*id);
                prop_assert_eq!(lost, Refusal::StaleTerm { conversation: *id, holder: Holder::Human(first), term: now });
            }
        }
    }

    #[test]
    fn no_ai_and_no_connector_ever_takes_a_conversation_from_a_person(history in histories()) {
        walk(&history, |done| {
            for (one, from, _, _) in holder_changes(done.recorded()) {
                if let Holder::Human(_) = from {
                    let by_person = done.kind() == Some(Kind::Human);
                    let Event::HolderChanged { cause, .. } = &one.event else { continue };
                    prop_assert!(by_person || *cause == Cause::LeaseLapsed, "{:?} by {:?}", cause, done.kind());
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_ai_gets_a_conversation_only_from_a_person_or_from_its_opening(history in histories()) {
        walk(&history, |done| {
            for (_, _, to, _) in holder_changes(done.recorded()) {
                prop_assert!(!to.is_ai() || done.kind() == Some(Kind::Human));
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_open_conversation_is_held_by_an_ai_only_where_the_mode_lets_it(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                let held = it.card.holder.is_ai() && !it.card.status.is_resolved();
                prop_assert!(!held || it.card.mode.lets_ai_hold(), "{:?}", it.card);
            }
            Ok(())
        })?;
    }

    #[test]
    fn whoever_holds_an_open_conversation_works_here(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                if let Holder::Ai(id) | Holder::Human(id) = it.card.holder {
                    let role = done.after.office.present(id).map(|one| one.role);
                    let fits = match it.card.holder {
                        Holder::Ai(_) => role.is_some_and(|role| role.kind() == Kind::Ai),
                        _ => role.is_some_and(|role| role.may(Right::Hold)),
                    };
                    prop_assert!(fits, "{:?} is {:?}", it.card.holder, role);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn after_so_many_hand_offs_without_a_human_reply_no_ai_gets_the_talk(history in histories()) {
        let mut asked: BTreeMap<ConversationId, u8> = BTreeMap::new();
        walk(&history, |done| {
            let limit = done.before.office.policy.hand_offs;
            for one in done.recorded() {
                let Some(id) = one.conversation else { continue };
                match &one.event {
                    Event::HolderChanged { to, .. } if to.is_ai() => {
                        let count = asked.get(&id).copied().unwrap_or(0);
                        prop_assert!(count < limit, "{count} hand-offs of {limit}: {:?}", done.command);
                    }
                    Event::HolderChanged { from, cause: Cause::Escalated | Cause::AiVanished, .. } if from.is_ai() => {
                        *asked.entry(id).or_default() += 1;
                    }
                    Event::Replied { .. } => {
                        asked.remove(&id);
                    }
                    _ => {}
                }
            }
            Ok(())
        })?;
    }
}

fn cause_fits(done: &Done<'_>, event: &Event) -> bool {
    let Event::HolderChanged { to, cause, .. } = event else { return false };
    let person = done.kind() == Some(Kind::Human);
    match cause {
        Cause::TookOver { .. } => person && done.by.teammate().is_some_and(|by| to.is_human(by)),
        Cause::HandedBack => person && to.is_ai(),
        Cause::Assigned | Cause::Undone => person,
        Cause::ModeChanged | Cause::Escalated => *to == Holder::Queue,
        Cause::Stopped => *to == Holder::Queue && !matches!(done.by, Actor::Desk),
        Cause::Revoked => person && *to == Holder::Queue,
        Cause::LeaseLapsed | Cause::AiVanished => done.by == Actor::Desk && *to == Holder::Queue,
    }
}

#[test]
fn an_answer_with_a_stale_term_never_enters() {
    let (mut world, id) = World::with_talk(Policy::default());
    let stale = world.term(id);
    let turn = world.does(AI, Command::BeginTurn { conversation: id, term: stale })[0].n;
    world.does(ANA, Command::TakeOver { conversation: id, term: stale, reason: None });
    let refused = Refusal::StaleTerm { conversation: id, holder: Holder::Human(ANA), term: world.term(id) };
    for outcome in [
        answer("It arrives tomorrow.", 900),
        asks_for_human(),
        Outcome::Abandon { why: "late".into(), trace: Trace::default() },
    ] {
        assert_eq!(world.may_not(AI, Command::FinishTurn { conversation: id, turn, term: stale, outcome }), refused);
    }
    let now = world.term(id);
    let outcome = answer("It arrives tomorrow.", 900);
    let ended = world.may_not(AI, Command::FinishTurn { conversation: id, turn, term: now, outcome });
    assert!(matches!(ended, Refusal::AlreadyEnded { .. }), "{ended:?}");
}

#[test]
fn a_late_command_of_a_former_holder_is_refused_and_says_who_holds_it_now() {
    let (mut world, id) = World::with_talk(Policy::default());
    let taken = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term: taken, reason: None });
    let anas = world.term(id);
    world.does(LEAD, Command::Assign { conversation: id, term: anas, to: Holder::Human(BEN) });
    let refused = Refusal::StaleTerm { conversation: id, holder: Holder::Human(BEN), term: world.term(id) };
    let text = "I look into it.".to_owned();
    assert_eq!(world.may_not(ANA, Command::Reply { conversation: id, term: anas, text }), refused);
    let late = Command::HandBack { conversation: id, term: anas, to: None, brief: brief() };
    assert_eq!(world.may_not(ANA, late), refused);
}

#[test]
fn a_shadow_that_fails_again_and_again_takes_nothing_from_the_person_who_holds() {
    let policy = Policy { mode: crate::domain::mode::Mode::Shadow, ..Policy::default() };
    let (mut world, id) = World::with_talk(policy);
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    let term = world.term(id);
    for _ in 0..5 {
        world.turn(AI, id, Outcome::Fail { why: "no model".into(), trace: Trace::default() });
        world.does(WEB, Command::CustomerSaid { conversation: id, text: "hello?".into() });
    }
    assert_eq!((world.talk(id).card.holder, world.term(id)), (Holder::Human(ANA), term));
    assert_eq!(world.talk(id).failed_turns, 0);
}

#[test]
fn a_conversation_that_reopens_where_no_ai_may_hold_it_goes_to_the_queue() {
    for by_customer in [true, false] {
        let (mut world, id) = World::with_talk(Policy::default());
        world.does(ANA, Command::Resolve { conversation: id });
        let mode = Some(crate::domain::mode::Mode::Off);
        world.does(LEAD, Command::SetDeskMode { topic: None, channel: None, mode, why: String::new() });
        if by_customer {
            world.does(WEB, Command::CustomerSaid { conversation: id, text: "It is broken again".into() });
        } else {
            world.does(ANA, Command::Reopen { conversation: id });
        }
        assert_eq!(world.talk(id).card.holder, Holder::Queue);
    }
}

#[test]
fn three_failures_in_a_row_count_as_one_hand_off() {
    let (mut world, id) = World::with_talk(Policy::default());
    for _ in 0..3 {
        world.turn(AI, id, Outcome::Fail { why: "no model".into(), trace: Trace::default() });
    }
    assert_eq!((world.talk(id).card.holder, world.talk(id).card.signs.hand_offs), (Holder::Queue, 1));
}

#[test]
fn a_rewound_log_goes_on_with_terms_that_no_lost_event_can_have_had() {
    let (mut world, id) = World::with_talk(Policy::default());
    let lost = world.term(id).next(0);
    world.desk_does(Command::BeginTimeline { timeline: 1 });
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    assert!(world.term(id) > Term(u64::from(u32::MAX)), "{} {lost}", world.term(id));
    world.does(WEB, open("web", None, "hello"));
    assert_eq!(world.term(ConversationId(2)), Term((1 << 32) | 1));
}
