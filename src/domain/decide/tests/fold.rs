//! The state is the fold of the log: from the beginning, from a snapshot, and as people read it.

use super::world::{Start, Step, World, config, folded, histories, last_seq, walk};
use crate::domain::{
    conversation::Conversation,
    desk::{Desk, Office},
    event::{Event, Recorded},
    ids::{ConversationId, EntryNo, PublicNo},
    thread::{Gap, Thread, What},
};
use proptest::{prelude::*, test_runner::TestRunner};
use std::{cell::RefCell, collections::BTreeSet};

/// The name of a kind of event. Exhaustive, so that a new kind is not forgotten in [`KINDS`].
fn kind(event: &Event) -> &'static str {
    match event {
        Event::DeskFounded { .. } => "desk founded",
        Event::TimelineBegan { .. } => "time line began",
        Event::TeammateInvited { .. } => "teammate invited",
        Event::TokenReplaced { .. } => "token replaced",
        Event::TeammateRevoked { .. } => "teammate revoked",
        Event::PolicySet { .. } => "policy set",
        Event::ReplyKept { .. } => "reply kept",
        Event::DeskModeSet { .. } => "desk mode set",
        Event::Stopped { .. } => "stopped",
        Event::StopLifted { .. } => "stop lifted",
        Event::GuidanceWritten { .. } => "guidance written",
        Event::GuidancePublished { .. } => "guidance published",
        Event::GuidanceRetired { .. } => "guidance retired",
        Event::Opened { .. } => "opened",
        Event::CustomerSaid { .. } => "customer said",
        Event::Replied { .. } => "replied",
        Event::Answered { .. } => "answered",
        Event::Notified { .. } => "notified",
        Event::Noted { .. } => "noted",
        Event::Whispered { .. } => "whispered",
        Event::Briefed { .. } => "briefed",
        Event::HolderChanged { .. } => "holder changed",
        Event::TurnBegan { .. } => "turn began",
        Event::Spending { .. } => "spending",
        Event::Guarded { .. } => "guarded",
        Event::DraftProposed { .. } => "draft proposed",
        Event::DraftEnded { .. } => "draft ended",
        Event::ShadowDrafted { .. } => "shadow drafted",
        Event::AnswerSuppressed { .. } => "answer suppressed",
        Event::TurnAbandoned { .. } => "turn abandoned",
        Event::Escalated { .. } => "escalated",
        Event::TaskGiven { .. } => "task given",
        Event::TaskBegan { .. } => "task began",
        Event::TaskEnded { .. } => "task ended",
        Event::TaskSeen { .. } => "task seen",
        Event::ModeSet { .. } => "mode set",
        Event::Paused { .. } => "paused",
        Event::Unpaused => "unpaused",
        Event::Tagged { .. } => "tagged",
        Event::PrioritySet { .. } => "priority set",
        Event::Snoozed { .. } => "snoozed",
        Event::Woken => "woken",
        Event::Resolved { .. } => "resolved",
        Event::Reopened => "reopened",
        Event::Annotated { .. } => "annotated",
        Event::AnnotationWithdrawn { .. } => "annotation withdrawn",
        Event::DeliveryClaimed { .. } => "delivery claimed",
        Event::DeliveryReported { .. } => "delivery reported",
        Event::DeliveriesVoided { .. } => "deliveries voided",
        Event::Rated { .. } => "rated",
        Event::Undid { .. } => "undid",
        // Made by no rule and undone by none; see `erase`.
        Event::Blank | Event::Erased { .. } => "erased",
        Event::AmountMoved { .. } => "amount moved",
        Event::ToolOffered { .. } => "tool offered",
        Event::ToolWithdrawn { .. } => "tool withdrawn",
        Event::TurnWaits { .. } => "turn waits",
        Event::ToolAllowed { .. } => "tool allowed",
        Event::ToolProposed { .. } => "tool proposed",
        Event::ToolDenied { .. } => "tool denied",
        Event::ToolEnded { .. } => "tool ended",
        Event::ToolBegan { .. } => "tool began",
        Event::ToolRan { .. } => "tool ran",
    }
}

const KINDS: usize = 61;

fn through_json(desk: &Desk) -> Desk {
    let text = serde_json::to_string(&desk.office).unwrap();
    let office: Office = serde_json::from_str(&text).unwrap();
    let conversations = desk.conversations.iter().map(|(id, it)| {
        let text = serde_json::to_string(it).unwrap();
        (*id, Box::new(serde_json::from_str::<Conversation>(&text).unwrap()))
    });
    Desk { office, conversations: conversations.collect(), shelf: None }
}

/// Runs `law` on the same histories each time, and says which kinds of events occurred in them.
fn over_all_kinds(law: impl Fn(&(Start, Vec<Step>), &mut BTreeSet<&'static str>) -> Result<(), TestCaseError>) {
    let seen = RefCell::new(BTreeSet::new());
    let rng = proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(), rng);
    let result = runner.run(&histories(), |history| law(&history, &mut seen.borrow_mut()));
    result.unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(seen.borrow().len(), KINDS, "only these occurred: {:?}", seen.borrow());
}

#[test]
fn a_snapshot_and_what_came_after_it_equal_the_later_state_for_every_kind_of_event() {
    over_all_kinds(|history, seen| {
        // One snapshot just before each step, and three that live long.
        let mut copies: Vec<Desk> = Vec::new();
        let mut steps = 0_usize;
        walk(history, |done| {
            if steps.is_multiple_of(40) {
                copies.push(through_json(done.before));
            }
            steps += 1;
            if done.recorded().is_empty() {
                return Ok(());
            }
            let mut copy = through_json(done.before);
            for one in done.recorded() {
                seen.insert(kind(&one.event));
                copy.apply(one);
                for copy in &mut copies {
                    copy.apply(one);
                }
            }
            prop_assert_eq!(&copy, done.after);
            Ok(())
        })
        .and_then(|world| {
            for copy in &copies {
                prop_assert_eq!(copy, &world.desk);
            }
            seen.extend(world.log.iter().map(|one| kind(&one.event)));
            Ok(())
        })
    });
}

#[test]
fn a_talk_read_from_any_entry_on_is_the_end_of_the_whole_talk_for_every_kind_of_event() {
    over_all_kinds(|history, seen| {
        let world = walk(history, |_| Ok(()))?;
        for id in world.desk.conversations.keys() {
            let log = of(&world, *id);
            let mut whole = Thread::new(*id);
            for (at, one) in log.iter().enumerate() {
                if at.is_multiple_of(7) {
                    ends_like(&log, at, whole.public)?;
                }
                prop_assert_eq!(whole.apply(one), Ok(()));
            }
        }
        seen.extend(world.log.iter().map(|one| kind(&one.event)));
        Ok(())
    });
}

fn of(world: &World, id: ConversationId) -> Vec<Recorded> {
    world.log.iter().filter(|one| one.conversation == Some(id)).cloned().collect()
}

fn read(id: ConversationId, log: &[Recorded]) -> Thread {
    let mut thread = Thread::new(id);
    for one in log {
        thread.apply(one).unwrap();
    }
    thread
}

/// The fold from `at` on has the entries of the whole fold from there on; customers' numbers count from `before`.
fn ends_like(log: &[Recorded], at: usize, before: PublicNo) -> Result<(), TestCaseError> {
    let id = log[at].conversation.unwrap();
    let (whole, mut end) = (read(id, log), read(id, &log[at..]));
    prop_assert_eq!(end.first, log[at].n);
    let shift = |public: &mut PublicNo| public.0 += before.0;
    for entry in &mut end.entries {
        match &mut entry.what {
            What::Customer { public, .. } => shift(public),
            What::Reply { send, .. } | What::Answer { send, .. } | What::Notice { send, .. } => {
                if let Some(public) = &mut send.public {
                    shift(public);
                }
            }
            _ => {}
        }
    }
    let expected: Vec<_> = whole.entries.iter().filter(|entry| entry.n >= end.first).cloned().collect();
    prop_assert_eq!(Vec::from(end.entries), expected);
    prop_assert_eq!((end.n, end.public.0 + before.0), (whole.n, whole.public.0));
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_same_log_folds_into_the_same_desk(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        prop_assert_eq!(folded(&world.log), world.desk);
    }

    #[test]
    fn a_log_survives_its_text(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        for one in &world.log {
            let text = serde_json::to_string(one).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Recorded>(&text).unwrap(), one);
        }
    }

    #[test]
    fn events_and_entries_are_numbered_without_a_gap(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        prop_assert_eq!(last_seq(&world.log).0, world.log.len() as u64);
        for (id, it) in &world.desk.conversations {
            let log = of(&world, *id);
            prop_assert!(log.iter().map(|one| one.n.0).eq(1..=it.card.n.0));
            prop_assert_eq!(log.last().map(|one| one.n), Some(it.card.n));
        }
    }

    #[test]
    fn a_talk_counts_what_the_customer_sees_as_the_rules_do(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        for (id, it) in &world.desk.conversations {
            let thread = read(*id, &of(&world, *id));
            prop_assert_eq!((thread.public, thread.n), (it.public, it.card.n));
            let mut numbers: Vec<u32> = thread.entries.iter().filter_map(|entry| match &entry.what {
                What::Customer { public, .. } => Some(public.0),
                _ => entry.send().and_then(|send| send.public).map(|public| public.0),
            }).collect();
            numbers.sort_unstable();
            prop_assert!(numbers.iter().copied().eq(1..=it.public.0), "{numbers:?}");
        }
    }

    #[test]
    fn a_talk_ignores_what_it_has_and_tells_of_what_it_misses(history in histories(), cut in any::<prop::sample::Index>()) {
        let world = walk(&history, |_| Ok(()))?;
        for id in world.desk.conversations.keys() {
            let log = of(&world, *id);
            let cut = cut.index(log.len());
            let mut thread = read(*id, &log[..cut]);
            let before = thread.clone();
            for one in &log[..cut] {
                prop_assert_eq!(thread.apply(one), Ok(()));
            }
            prop_assert_eq!(&thread, &before);
            if let (Some(one), true) = (log.get(cut + 1), cut > 0) {
                let expected = EntryNo(one.n.0 - 1);
                prop_assert_eq!(thread.apply(one), Err(Gap { expected, came: one.n }));
                prop_assert_eq!(&thread, &before);
            }
        }
    }

    #[test]
    fn the_standing_judgements_of_a_talk_are_those_of_the_rules(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        for (id, it) in &world.desk.conversations {
            let thread = read(*id, &of(&world, *id));
            let mut standing: Vec<_> = thread.entries.iter()
                .flat_map(|entry| entry.standing().map(|one| (one.message, one.reviewer, one.n)).collect::<Vec<_>>())
                .collect();
            let mut judged = it.judged.to_vec();
            standing.sort_unstable();
            judged.sort_unstable();
            prop_assert_eq!(standing, judged);
        }
    }

    #[test]
    fn a_judgement_on_record_is_never_changed_but_for_being_withdrawn(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        for id in world.desk.conversations.keys() {
            let log = of(&world, *id);
            let thread = read(*id, &log);
            for one in &log {
                if let Event::Annotated { message, judgement, supersedes } = &one.event {
                    let kept = thread.entry(*message).unwrap().annotations.iter().find(|kept| kept.n == one.n).unwrap();
                    prop_assert_eq!((&kept.judgement, &kept.supersedes), (judgement, supersedes));
                    prop_assert_eq!(Some(kept.reviewer), one.by.teammate());
                }
            }
        }
    }
}
