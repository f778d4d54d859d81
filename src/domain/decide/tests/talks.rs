//! Messages on their way out, and what a customer's words do.

use super::world::{ADMIN, AI, ANA, LEAD, MAIL, WEB, World, answer, config, histories, open, walk};
use crate::domain::{
    card::Status,
    command::Command,
    delivery::{Origin, Report, State},
    event::Event,
    ids::{ConversationId, EntryNo},
    policy::Policy,
    refusal::Refusal,
    teammate::Actor,
    time::Span,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Message = (ConversationId, EntryNo);

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_message_is_ever_claimed_twice_whatever_became_of_it(history in histories()) {
        let mut claimed: BTreeSet<Message> = BTreeSet::new();
        walk(&history, |done| {
            for one in done.recorded() {
                if let Event::DeliveryClaimed { message } = &one.event {
                    prop_assert!(claimed.insert((one.conversation.unwrap(), *message)));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_failed_or_is_unknown_never_waits_again(history in histories()) {
        let mut ended: BTreeSet<Message> = BTreeSet::new();
        walk(&history, |done| {
            for one in done.recorded() {
                if let Event::DeliveryReported { message, report: Report::Failed { .. } | Report::Unknown } = &one.event
                {
                    ended.insert((one.conversation.unwrap(), *message));
                }
            }
            for (id, it) in &done.after.conversations {
                for row in it.outbox.iter().filter(|row| row.state.is_open()) {
                    prop_assert!(!ended.contains(&(*id, row.message)));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_restart_leaves_nothing_claimed_and_makes_nothing_pending(history in histories()) {
        walk(&history, |done| {
            if let (Command::Recover { conversation }, Ok(_)) = (done.command, done.result) {
                let rows = |desk: &crate::domain::desk::Desk, state| -> Vec<EntryNo> {
                    let it = desk.conversation(*conversation).unwrap();
                    it.outbox.iter().filter(|row| row.state == state).map(|row| row.message).collect()
                };
                prop_assert_eq!(rows(done.after, State::Claimed), Vec::new());
                // But what waits for a connector that is gone fails.
                let it = done.before.conversation(*conversation).unwrap();
                let carried = done.before.office.present(it.card.connector).is_some();
                let waited = if carried { rows(done.before, State::Pending) } else { Vec::new() };
                prop_assert_eq!(rows(done.after, State::Pending), waited);
            }
            Ok(())
        })?;
    }

    #[test]
    fn each_accepted_human_message_waits_until_it_is_claimed_or_nobody_can_carry_it_and_is_never_void(history in histories()) {
        let mut waits: BTreeSet<Message> = BTreeSet::new();
        walk(&history, |done| {
            for one in done.recorded() {
                let Some(id) = one.conversation else { continue };
                match &one.event {
                    Event::Replied { .. } => {
                        waits.insert((id, one.n));
                    }
                    Event::DeliveryClaimed { message } => {
                        waits.remove(&(id, *message));
                    }
                    Event::DeliveryReported { message, .. } if waits.remove(&(id, *message)) => {
                        let it = done.after.conversation(id).unwrap();
                        prop_assert!(done.after.office.present(it.card.connector).is_none());
                    }
                    Event::DeliveriesVoided { messages } => {
                        for message in messages {
                            prop_assert!(!waits.contains(&(id, *message)));
                        }
                    }
                    _ => {}
                }
            }
            for (id, message) in &waits {
                let it = done.after.conversation(*id).unwrap();
                let row = it.outbox.iter().find(|row| row.message == *message);
                prop_assert_eq!(row.map(|row| (row.state, row.origin)), Some((State::Pending, Origin::Human)));
            }
            Ok(())
        })?;
    }

    #[test]
    fn nothing_waits_for_a_connector_who_was_revoked(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                let carried = done.after.office.present(it.card.connector).is_some();
                prop_assert!(carried || it.outbox.iter().all(|row| !row.state.is_open()), "{:?}", it.outbox);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_card_counts_each_message_that_did_not_arrive_once(history in histories()) {
        let mut fates: BTreeMap<Message, bool> = BTreeMap::new();
        walk(&history, |done| {
            for one in done.recorded() {
                if let (Some(id), Event::DeliveryReported { message, report }) = (one.conversation, &one.event) {
                    fates.insert((id, *message), matches!(report, Report::Failed { .. } | Report::Unknown));
                }
            }
            for (id, it) in &done.after.conversations {
                let missing = fates.iter().filter(|((of, _), missing)| of == id && **missing).count();
                prop_assert_eq!(usize::from(it.card.signs.undelivered), missing);
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_message_whose_fate_is_unknown_stays_on_record_until_it_is_known(history in histories()) {
        let mut unknown: BTreeSet<Message> = BTreeSet::new();
        walk(&history, |done| {
            for one in done.recorded() {
                if let (Some(id), Event::DeliveryReported { message, report }) = (one.conversation, &one.event) {
                    if *report == Report::Unknown {
                        unknown.insert((id, *message));
                    } else {
                        unknown.remove(&(id, *message));
                    }
                }
            }
            for (id, message) in &unknown {
                let it = done.after.conversation(*id).unwrap();
                prop_assert!(it.outbox.iter().any(|row| row.message == *message && row.state == State::Unknown));
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_card_shows_exactly_what_is_on_its_way_written_or_drafted(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                let open: Vec<_> =
                    it.outbox.iter().filter(|row| row.state.is_open()).map(|row| (row.message, row.state)).collect();
                let shown: Vec<_> = it.card.on_its_way.iter().map(|row| (row.message, row.state)).collect();
                prop_assert_eq!(shown, open);
                let writes = it.turn.as_ref().filter(|turn| !turn.shadow).map(|turn| turn.turn);
                prop_assert_eq!(it.card.writing.get().map(|writing| writing.turn), writes);
                prop_assert_eq!(it.card.draft.get().map(|it| it.draft), it.draft.as_ref().map(|it| it.draft));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_resolved_conversation_has_neither_turn_nor_draft_and_a_paused_one_no_turn(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                prop_assert!(!it.card.status.is_resolved() || (it.turn.is_none() && it.draft.is_none()));
                let paused = it.card.paused_until.is_some_and(|until| done.at < until);
                prop_assert!(!paused || it.turn.is_none());
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_customers_words_always_enter_and_always_leave_the_talk_open(history in histories()) {
        walk(&history, |done| {
            if let Command::CustomerSaid { conversation, .. } = done.command {
                let carried = done.before.conversation(*conversation)
                    .is_some_and(|it| done.by == Actor::Teammate(it.card.connector))
                    && done.by.teammate().is_some_and(|id| done.before.office.present(id).is_some());
                prop_assert_eq!(done.result.is_ok(), carried);
                if carried {
                    prop_assert_eq!(done.after.conversation(*conversation).unwrap().card.status, Status::Open);
                    let said = done.recorded().iter().filter(|one| matches!(one.event, Event::CustomerSaid { .. }));
                    prop_assert_eq!(said.count(), 1);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn tags_are_sorted_without_repeats_and_32_at_most(history in histories()) {
        walk(&history, |done| {
            for it in done.after.conversations.values() {
                prop_assert!(it.card.tags.is_sorted_by(|a, b| a < b) && it.card.tags.len() <= 32);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_customer_waits_from_the_first_unanswered_word_until_an_answer_or_the_end(history in histories()) {
        // Answers are counted as the customer meets them: a person's, or an AI's that had read all.
        let mut since: BTreeMap<ConversationId, bool> = BTreeMap::new();
        walk(&history, |done| {
            for one in done.recorded() {
                let Some(id) = one.conversation else { continue };
                let waits = since.entry(id).or_default();
                match &one.event {
                    Event::CustomerSaid { .. } => *waits = true,
                    Event::Replied { .. } | Event::Resolved { .. } => *waits = false,
                    // An answer to what was read before leaves it waiting, an undone settlement brings it back.
                    // What a stop holds back for ever answered nobody.
                    Event::Answered { .. } | Event::Undid { .. } | Event::DeliveriesVoided { .. } => {
                        *waits = done.after.conversation(id).unwrap().card.waiting_since.is_some();
                    }
                    _ => {}
                }
            }
            for (id, it) in &done.after.conversations {
                prop_assert_eq!(it.card.waiting_since.is_some(), since.get(id).copied().unwrap_or_default());
            }
            Ok(())
        })?;
    }
}

#[test]
fn only_the_connector_who_brought_a_conversation_sees_it() {
    let (mut world, id) = World::with_talk(Policy::default());
    let said = Command::CustomerSaid { conversation: id, text: "hi".into() };
    let none = world.may_not(MAIL, said);
    let nowhere = world.may_not(MAIL, Command::CustomerSaid { conversation: ConversationId(99), text: "hi".into() });
    assert!(matches!((none, nowhere), (Refusal::NotFound { .. }, Refusal::NotFound { .. })));
}

#[test]
fn nine_later_messages_do_not_hide_one_whose_fate_is_unknown() {
    let (mut world, id) = World::with_talk(Policy::default());
    let message = world.turn(AI, id, answer("It arrives tomorrow.", 900)).last().unwrap().n;
    let term = world.term(id);
    world.does(WEB, Command::ClaimDelivery { conversation: id, message, term });
    world.does(WEB, Command::ReportDelivery { conversation: id, message, report: Report::Unknown });
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    let term = world.term(id);
    for n in 0..12 {
        let text = format!("part {n}");
        let message = world.does(ANA, Command::Reply { conversation: id, term, text })[0].n;
        world.does(WEB, Command::ClaimDelivery { conversation: id, message, term });
        world.does(WEB, Command::ReportDelivery { conversation: id, message, report: Report::Sent });
    }
    assert!(world.talk(id).outbox.iter().any(|row| row.message == message && row.state == State::Unknown));
    world.does(WEB, Command::ReportDelivery { conversation: id, message, report: Report::Delivered });
    assert!(world.talk(id).outbox.len() <= 8);
}

#[test]
fn a_message_is_unknown_after_a_restart_and_on_our_own_channels_it_has_arrived() {
    for (channel, by, state) in [("web", WEB, State::Sent), ("mail", MAIL, State::Unknown)] {
        let mut world = World::new(Policy::default());
        let id = ConversationId(1);
        world.does(by, open(channel, None, "hello there my friend"));
        let message = world.turn(AI, id, answer("Good day.", 900)).last().unwrap().n;
        let term = world.term(id);
        world.does(by, Command::ClaimDelivery { conversation: id, message, term });
        world.desk_does(Command::Recover { conversation: id });
        assert_eq!(world.talk(id).outbox.iter().map(|row| row.state).collect::<Vec<_>>(), [state]);
        assert_eq!(world.desk_does(Command::Recover { conversation: id }), Vec::new());
        let again = Command::ClaimDelivery { conversation: id, message, term };
        assert!(matches!(world.may_not(by, again), Refusal::AlreadyEnded { .. }));
    }
}

#[test]
fn what_becomes_known_after_a_restart_is_recorded() {
    let failed = Report::Failed { why: "mailbox full".into() };
    for (late, state) in [(Report::Sent, State::Sent), (Report::Delivered, State::Delivered), (failed, State::Failed)] {
        let mut world = World::new(Policy::default());
        let id = ConversationId(1);
        world.does(MAIL, open("mail", None, "hello there my friend"));
        let message = world.turn(AI, id, answer("Good day.", 900)).last().unwrap().n;
        let term = world.term(id);
        world.does(MAIL, Command::ClaimDelivery { conversation: id, message, term });
        world.desk_does(Command::Recover { conversation: id });
        assert_eq!(world.talk(id).card.signs.undelivered, 1);
        world.does(MAIL, Command::ReportDelivery { conversation: id, message, report: late.clone() });
        assert_eq!(world.talk(id).outbox.iter().map(|row| row.state).collect::<Vec<_>>(), [state]);
        assert_eq!(world.talk(id).card.signs.undelivered, u8::from(state == State::Failed));
        let unknown = Command::ReportDelivery { conversation: id, message, report: Report::Unknown };
        assert!(matches!(world.may_not(MAIL, unknown), Refusal::AlreadyEnded { .. }), "{late:?}");
    }
}

#[test]
fn what_a_revoked_connector_left_behind_fails_and_says_why_and_so_does_what_is_said_later() {
    for (channel, by, state) in [("web", WEB, State::Sent), ("mail", MAIL, State::Unknown)] {
        let mut world = World::new(Policy::default());
        let id = ConversationId(1);
        world.does(by, open(channel, None, "hello there my friend"));
        let message = world.turn(AI, id, answer("Good day.", 900)).last().unwrap().n;
        let term = world.term(id);
        world.does(by, Command::ClaimDelivery { conversation: id, message, term });
        world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
        let term = world.term(id);
        world.does(ANA, Command::Reply { conversation: id, term, text: "I am on it.".into() });
        let revoked = world.does(ADMIN, Command::Revoke { teammate: by });
        let later = world.does(ANA, Command::Reply { conversation: id, term, text: "Still here?".into() });
        let states: Vec<State> = world.talk(id).outbox.iter().map(|row| row.state).collect();
        assert_eq!(states, [state, State::Failed, State::Failed]);
        for recorded in [revoked, later] {
            assert!(recorded.iter().any(|one| matches!(&one.event, Event::DeliveryReported {
                report: Report::Failed { why }, ..
            } if *why == format!("{channel} was revoked, and nobody else carries this conversation"))));
        }
    }
}

#[test]
fn a_shadow_that_begins_anew_reads_what_the_customer_wrote_meanwhile() {
    let policy = Policy { mode: crate::domain::mode::Mode::Shadow, ..Policy::default() };
    let (mut world, id) = World::with_talk(policy);
    let term = world.term(id);
    let turn = world.does(AI, Command::BeginTurn { conversation: id, term })[0].n;
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "and it is broken".into() });
    let outcome = crate::domain::turn::Outcome::Abandon {
        why: "the customer wrote again".into(),
        trace: crate::domain::turn::Trace::default(),
    };
    world.does(AI, Command::FinishTurn { conversation: id, turn, term, outcome });
    assert_eq!(world.does(AI, Command::BeginTurn { conversation: id, term }).len(), 1);
}

#[test]
fn a_snooze_ends_by_time_or_by_the_customer() {
    let asleep = || {
        let (mut world, id) = World::with_talk(Policy::default());
        let until = Some(world.now.plus(Span::minutes(20)));
        world.does(LEAD, Command::Snooze { conversation: id, until });
        (world, id)
    };
    let (mut world, id) = asleep();
    world.later(Span(20 * 60_000 - 1));
    assert_eq!(world.desk_does(Command::Tick { conversation: id }), Vec::new());
    world.later(Span(1));
    world.desk_does(Command::Tick { conversation: id });
    assert_eq!(world.talk(id).card.status, Status::Open);

    let (mut world, id) = asleep();
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "hello?".into() });
    assert_eq!(world.talk(id).card.status, Status::Open);
}
