//! A whisper is for the next answer: no turn that comes to nothing uses it up.

use super::world::{AI, ANA, LEAD, WEB, World, answer, asks_for_human, brief, config, histories, walk};
use crate::domain::{
    approval::Decision,
    command::Command,
    event::{Event, Recorded},
    ids::{ConversationId, EntryNo},
    mode::Mode,
    policy::Policy,
    thread::{Thread, What},
    turn::{Outcome, Trace},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The whispers of a talk that no turn has applied, as people read it.
fn unapplied(log: &[Recorded], id: ConversationId) -> Vec<EntryNo> {
    let mut thread = Thread::new(id);
    for one in log.iter().filter(|one| one.conversation == Some(id)) {
        thread.apply(one).unwrap();
    }
    let waits = |what: &What| matches!(what, What::Whisper { applied: None, .. });
    thread.entries.iter().filter(|entry| waits(&entry.what)).map(|entry| entry.n).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_whisper_waits_is_being_applied_or_was_applied_by_an_answer(history in histories()) {
        let mut open: BTreeMap<ConversationId, BTreeSet<EntryNo>> = BTreeMap::new();
        let world = walk(&history, |done| {
            for one in done.recorded() {
                let Some(id) = one.conversation else { continue };
                let of_turn = done.before.conversation(id).and_then(|it| it.turn.as_ref());
                let of_draft = done.before.conversation(id).and_then(|it| it.draft.as_ref());
                let whispers = open.entry(id).or_default();
                match &one.event {
                    Event::Whispered { .. } => drop(whispers.insert(one.n)),
                    Event::Answered { .. } | Event::ShadowDrafted { .. } => {
                        let used = of_turn.map(|turn| &turn.whispers).or(of_draft.map(|draft| &draft.whispers));
                        whispers.retain(|n| used.is_none_or(|used| !used.contains(n)));
                    }
                    _ => {}
                }
            }
            for (id, it) in &done.after.conversations {
                let turn = it.turn.iter().flat_map(|turn| turn.whispers.iter());
                let draft = it.draft.iter().flat_map(|draft| draft.whispers.iter());
                let now: BTreeSet<EntryNo> = it.whispers.iter().chain(turn).chain(draft).copied().collect();
                prop_assert_eq!(&now, &open.get(id).cloned().unwrap_or_default());
                prop_assert!(now.len() <= 16);
            }
            Ok(())
        })?;
        for (id, it) in &world.desk.conversations {
            prop_assert_eq!(unapplied(&world.log, *id), it.whispers.to_vec());
        }
    }
}

/// Something that comes of a whisper.
type Comes = fn(&mut World, ConversationId);

/// What the next turn applies, after a whisper and something that comes of it.
fn applied_after(mode: Mode, comes: Comes) -> usize {
    let (mut world, id) = World::with_talk(Policy { mode, ..Policy::default() });
    world.does(ANA, Command::Whisper { conversation: id, text: "mention the neighbour".into() });
    comes(&mut world, id);
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "and now?".into() });
    let term = world.term(id);
    let began = world.does(AI, Command::BeginTurn { conversation: id, term });
    match &began[0].event {
        Event::TurnBegan { whispers, .. } => whispers.len(),
        other => panic!("{other:?}"),
    }
}

fn back(world: &mut World, id: ConversationId) {
    let term = world.term(id);
    world.does(LEAD, Command::TakeOver { conversation: id, term, reason: None });
    let term = world.term(id);
    world.does(LEAD, Command::HandBack { conversation: id, term, to: Some(AI), brief: brief() });
}

#[test]
fn a_whisper_outlives_turns_that_come_to_nothing_and_no_answer() {
    let turns: [(Mode, Comes, usize); 6] = [
        (
            Mode::Auto,
            |world, id| drop(world.turn(AI, id, Outcome::Abandon { why: "again".into(), trace: Trace::default() })),
            1,
        ),
        (
            Mode::Auto,
            |world, id| drop(world.turn(AI, id, Outcome::Fail { why: "no model".into(), trace: Trace::default() })),
            1,
        ),
        (
            Mode::Auto,
            |world, id| {
                let term = world.term(id);
                world.does(AI, Command::BeginTurn { conversation: id, term });
                back(world, id);
            },
            1,
        ),
        (
            Mode::Auto,
            |world, id| {
                world.turn(AI, id, asks_for_human());
                back(world, id);
            },
            1,
        ),
        (
            Mode::Draft,
            |world, id| {
                let draft = world.turn(AI, id, answer("Tomorrow.", 900)).last().unwrap().n;
                let decision = Decision::Reject { reason: "too short".into() };
                world.does(LEAD, Command::DecideDraft { conversation: id, draft, decision });
            },
            1,
        ),
        (Mode::Auto, |world, id| drop(world.turn(AI, id, answer("Tomorrow.", 900))), 0),
    ];
    for (at, (mode, comes, applied)) in turns.into_iter().enumerate() {
        assert_eq!(applied_after(mode, comes), applied, "case {at}");
    }
}
