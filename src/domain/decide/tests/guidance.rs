//! Guidance: only what is published for the topic reaches a turn, versions only grow, what is retired never comes back.

use super::world::{
    ADMIN, AI, ANA, BEN, LEAD, REVIEWER, Step as Byte, VIEWER, WEB, World, config, histories, open, the_answer, walk,
};
use crate::domain::{
    approval::Decision,
    command::Command,
    desk::Desk,
    event::{Event, Recorded},
    guidance::{ALL_BYTES, AT_ONCE, Fault, GuidanceId, Holding, Instruction, LONGEST_PART, Named, State},
    ids::{ConversationId, EntryNo},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    task::{Kind, Report, Task, Work},
    teammate::{Actor, Right},
    turn::{Answer, Outcome, Trace},
};
use proptest::{prelude::*, test_runner::TestCaseError};
use std::collections::{BTreeMap, BTreeSet};

fn says(title: &str, then: &str, topics: &[&str]) -> Instruction {
    Instruction {
        title: title.into(),
        then: then.into(),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        ..Instruction::default()
    }
}

fn write(guidance: Option<u32>, instruction: Instruction) -> Command {
    Command::WriteGuidance { guidance: guidance.map(GuidanceId), instruction: Box::new(instruction), from: None }
}

fn publish(id: u32, version: u16) -> Command {
    Command::PublishGuidance { guidance: GuidanceId(id), version }
}

fn retire(id: u32) -> Command {
    Command::RetireGuidance { guidance: GuidanceId(id), why: "it is mended".into() }
}

fn named(id: u32, version: u16) -> Named {
    Named { guidance: GuidanceId(id), version }
}

fn naming(text: &str, guidance: &[Named]) -> Answer {
    Answer { trace: Trace { guidance: guidance.to_vec(), ..Trace::default() }, ..the_answer(text, 900) }
}

/// What came out of a step, of an AI's.
fn traces(recorded: &[Recorded]) -> impl Iterator<Item = (&Recorded, &Trace)> {
    recorded.iter().filter_map(|one| {
        let trace = match &one.event {
            Event::Answered { draft: None, answer, .. }
            | Event::DraftProposed { answer, .. }
            | Event::ShadowDrafted { answer, .. } => &answer.trace,
            Event::Escalated { trace: Some(trace), .. } => trace,
            Event::TaskEnded { ending, .. } => &ending.work()?.answer.trace,
            _ => return None,
        };
        Some((one, trace))
    })
}

/// A command about guidance, or an answer that names some, from the bytes of a step.
fn about(world: &World, step: Byte) -> (Actor, Command) {
    let who = [ADMIN, LEAD, ANA, REVIEWER, VIEWER, AI, WEB][usize::from(step.who) % 7];
    let (id, version) = (u32::from(step.which) % 5, u16::from(step.b) % 4);
    let topics: &[&str] = if step.a.is_multiple_of(3) { &["shipping"] } else { &[] };
    let command = match step.fault % 8 {
        0 | 1 => write(None, says("new", "be brief", topics)),
        2 | 3 => write(Some(id), says("again", ["be kind", "be brief", "say: no"][usize::from(step.a) % 3], topics)),
        4 | 5 => publish(id, version),
        6 if step.a > 200 => retire(id),
        _ => {
            let open = world.desk.conversations.values().find_map(|it| Some((it.card.id, it.turn.as_ref()?)));
            let Some((conversation, open)) = open else { return (Actor::Teammate(who), publish(id, version)) };
            let all: Vec<Named> = (0..6).flat_map(|id| (0..4).map(move |version| named(id, version))).collect();
            let answer = Box::new(naming("It is on its way.", &all));
            let outcome = Outcome::Answer { answer, settled: false };
            let (turn, term) = (open.turn, open.term);
            return (Actor::Teammate(open.by), Command::FinishTurn { conversation, turn, term, outcome });
        }
    };
    (Actor::Teammate(who), command)
}

/// What was retired, and the newest version of each piece, as the log tells.
#[derive(Default)]
struct Laws {
    retired: BTreeSet<GuidanceId>,
    newest: BTreeMap<GuidanceId, u16>,
}

impl Laws {
    fn look(&mut self, before: &Desk, recorded: &[Recorded], after: &Desk) -> Result<(), TestCaseError> {
        for (one, trace) in traces(recorded) {
            let it = before.conversation(one.conversation.unwrap()).unwrap();
            // Beside a person no turn began: what holds now counts.
            let now = || before.office.holding(it.card.topic.as_deref()).map(|it| it.named).collect();
            let began = it.turn.as_ref().map_or_else(now, |open| open.guidance.clone());
            prop_assert!(trace.guidance.iter().all(|one| began.contains(one)), "{:?} of {:?}", trace.guidance, began);
        }
        for one in recorded {
            match &one.event {
                Event::GuidanceWritten { guidance, version } => {
                    prop_assert!(!self.retired.contains(guidance));
                    prop_assert_eq!(version.version, self.newest.get(guidance).copied().unwrap_or(0) + 1);
                    self.newest.insert(*guidance, version.version);
                }
                Event::GuidancePublished { guidance, version } => {
                    prop_assert!(!self.retired.contains(guidance) && self.newest.get(guidance) == Some(version));
                    let by = one.by.teammate().and_then(|id| before.office.present(id)).map(|one| one.role);
                    prop_assert!(by.is_some_and(|role| role.may(Right::Publish)));
                }
                Event::GuidanceRetired { guidance, .. } => prop_assert!(self.retired.insert(*guidance)),
                Event::TurnBegan { .. } => {
                    let it = after.conversation(one.conversation.unwrap()).unwrap();
                    let topic = it.card.topic.clone();
                    let holds: Vec<Named> = after.office.holding(topic.as_deref()).map(|it| it.named).collect();
                    prop_assert_eq!(it.turn.as_ref().map(|open| &open.guidance), Some(&holds));
                }
                _ => {}
            }
        }
        let office = &after.office;
        prop_assert!(office.guidance.iter().all(|piece| !self.retired.contains(&piece.id)));
        let known = |it: Holding<'_>| self.newest.get(&it.named.guidance).is_some_and(|last| it.named.version <= *last);
        let all_known = office.holding(None).chain(office.holding(Some("shipping"))).all(known);
        prop_assert!(all_known);
        Ok(())
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn only_what_was_published_for_the_topic_when_its_turn_began_is_named_and_what_is_retired_never_comes_back(
        history in histories(), more in proptest::collection::vec(any::<[u8; 7]>(), 1..80),
    ) {
        let mut laws = Laws::default();
        let mut world = walk(&history, |done| laws.look(done.before, done.recorded(), done.after))?;
        for bytes in more {
            let [w, who, which, fault, a, b, gap] = bytes;
            let step = Byte { what: u16::from(w), who, which, fault, a, b, gap };
            if w.is_multiple_of(3) {
                let step = Byte { what: u16::from(w) * 5, ..step };
                world.play(step, &mut |done| laws.look(done.before, done.recorded(), done.after))?;
                continue;
            }
            let (by, command) = about(&world, step);
            let before = world.desk.clone();
            let recorded = world.submit(by, &command).unwrap_or_default();
            laws.look(&before, &recorded, &world.desk)?;
        }
        // The desk is the fold of its log, guidance too.
        prop_assert_eq!(super::world::folded(&world.log).office.guidance, world.desk.office.guidance);
    }
}

#[test]
fn a_published_piece_answers_on_while_a_newer_version_is_staged() {
    let (mut world, talk) = World::with_talk(Policy { mode: Mode::Auto, ..Policy::default() });
    world.does(ANA, write(None, says("opened coffee", "say: Opened bags stay.", &[])));
    assert_eq!(world.desk.office.guidance(GuidanceId(1)).unwrap().state(), State::Staged);
    assert_eq!(world.desk.office.holding(None).count(), 0);
    world.does(LEAD, publish(1, 1));
    world.does(ANA, write(Some(1), says("opened coffee", "say: We take opened bags back.", &[])));
    assert_eq!(world.desk.office.guidance(GuidanceId(1)).unwrap().state(), State::Changed);
    let holds: Vec<_> = world.desk.office.holding(Some("returns")).map(|it| it.named).collect();
    assert_eq!(holds, [named(1, 1)]);
    // An answer names what held for it, and nothing else; what it named beyond is told.
    let answer = naming("Opened bags stay.", &[named(1, 2), named(1, 1), named(7, 1), named(1, 1)]);
    let said = world.turn(AI, talk, Outcome::Answer { answer: Box::new(answer), settled: false });
    let Event::Answered { answer, .. } = &said[0].event else { panic!("{said:?}") };
    assert_eq!(answer.trace.guidance, [named(1, 1)]);
    assert_eq!(answer.trace.steps[0].detail, "the AI named 1 v2 and 1 more: not in use here, so not listed");
    world.does(LEAD, publish(1, 2));
    assert_eq!(world.desk.office.guidance(GuidanceId(1)).unwrap().state(), State::Published);
}

#[test]
fn what_is_published_while_an_answer_is_written_is_not_named_by_it_nor_what_is_for_another_topic() {
    let mut world = World::new(Policy { mode: Mode::Auto, ..Policy::default() });
    world.does(LEAD, write(None, says("brief", "be brief", &["refunds"])));
    world.does(LEAD, write(None, says("kind", "be kind", &[])));
    world.does(LEAD, publish(1, 1));
    world.does(WEB, open("web", Some("shipping"), "Where is it?"));
    let (talk, all) = (ConversationId(1), [named(1, 1), named(2, 1)]);
    let term = world.term(talk);
    let turn = world.does(AI, Command::BeginTurn { conversation: talk, term })[0].n;
    world.does(LEAD, publish(2, 1));
    let outcome = Outcome::Answer { answer: Box::new(naming("On its way.", &all)), settled: false };
    let said = world.does(AI, Command::FinishTurn { conversation: talk, turn, term, outcome });
    let guidance: Vec<_> = traces(&said).map(|(_, trace)| trace.guidance.clone()).collect();
    assert_eq!(guidance, [Vec::<Named>::new()]);
    // Beside a person nothing began: what holds when it comes back counts.
    world.does(ANA, Command::TakeOver { conversation: talk, term, reason: None });
    let task = Box::new(Task::of(Kind::Draft, "answer"));
    let task = world.does(ANA, Command::GiveTask { conversation: talk, to: None, task })[0].n;
    world.does(AI, Command::BeginTask { conversation: talk, task });
    let work =
        Box::new(Work { answer: Box::new(naming("Soon.", &all)), summary: String::new(), questions: Vec::new() });
    let said = world.does(AI, Command::ReportTask { conversation: talk, task, report: Report::Done { work } });
    let guidance: Vec<_> = traces(&said).map(|(_, trace)| trace.guidance.clone()).collect();
    assert_eq!(guidance, [vec![named(2, 1)]]);
}

#[test]
fn who_judges_may_write_who_leads_publishes_and_a_writer_may_drop_what_was_never_in_use() {
    let mut world = World::new(Policy::default());
    for who in [VIEWER, AI, WEB] {
        assert_eq!(world.may_not(who, write(None, says("it", "be brief", &[]))), Refusal::Forbidden);
    }
    for who in [REVIEWER, ANA, LEAD, ADMIN] {
        world.does(who, write(None, says("it", "be brief", &[])));
    }
    for who in [REVIEWER, ANA, VIEWER] {
        assert_eq!(world.may_not(who, publish(1, 1)), Refusal::Forbidden);
    }
    assert_eq!(world.may_not(BEN, retire(2)), Refusal::Forbidden);
    world.does(ANA, retire(2));
    world.does(LEAD, publish(1, 1));
    assert_eq!(world.may_not(REVIEWER, retire(1)), Refusal::Forbidden);
    world.does(ADMIN, retire(1));
    let gone = Refusal::AlreadyEnded { how: "retired; write a new piece".into() };
    assert_eq!(world.may_not(LEAD, publish(1, 1)), gone);
    assert_eq!(world.may_not(LEAD, write(Some(1), says("it", "be brief", &[]))), gone);
    assert_eq!(world.may_not(LEAD, retire(9)), Refusal::NotFound { what: "guidance 9".into() });
    let stale = world.may_not(LEAD, publish(3, 2));
    let sentence = "version: 2 is not what is staged: that is version 1; read it first";
    assert_eq!(stale.sentence(&|_| String::new()), sentence);
    // Asked again for what is so already, nothing happens.
    assert_eq!(world.does(LEAD, write(Some(3), says("it", "be brief", &[]))), []);
}

#[test]
fn what_is_wrong_with_a_piece_is_named() {
    let mut world = World::new(Policy::default());
    let long = "x".repeat(LONGEST_PART + 1);
    let many: Vec<String> = (0..13).map(|n| format!("topic {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (instruction, field) in [
        (says(" ", "be brief", &[]), "title"),
        (says("two\nlines", "be brief", &[]), "title"),
        (says("it", " \n", &[]), "then"),
        (says("it", &long, &[]), "then"),
        (says("it", "be brief", &many), "topics"),
        (says("it", "be brief", &["  "]), "topics"),
    ] {
        let refusal = world.may_not(LEAD, write(None, instruction));
        assert!(matches!(&refusal, Refusal::Invalid { field: named, .. } if named == field), "{field}: {refusal:?}");
    }
    // What is hostile is kept as it came; showing it safely is for those who show it.
    let hostile = "say: \u{202e}\u{1b}[2J hello";
    let fault = Fault { conversation: ConversationId(1), message: EntryNo(4) };
    let instruction = Box::new(says("it", hostile, &[]));
    let said = world.does(LEAD, Command::WriteGuidance { guidance: None, instruction, from: Some(fault) });
    let Event::GuidanceWritten { version, .. } = &said[0].event else { panic!("{said:?}") };
    assert_eq!((version.instruction.then.as_str(), version.from), (hostile, Some(fault)));
    // A newer version keeps where it came from.
    let said = world.does(LEAD, write(Some(1), says("it", "be kind", &[])));
    let Event::GuidanceWritten { version, .. } = &said[0].event else { panic!("{said:?}") };
    assert_eq!((version.version, version.from), (2, Some(fault)));
}

#[test]
fn all_guidance_together_is_bounded_in_count_and_bytes() {
    let mut world = World::new(Policy::default());
    let whole = "x".repeat(LONGEST_PART);
    let mut written = 0;
    while world.submit(Actor::Teammate(LEAD), &write(None, says("it", &whole, &[]))).is_ok() {
        written += 1;
        assert!(written < AT_ONCE);
    }
    let bytes: usize = world.desk.office.guidance.iter().map(crate::domain::guidance::Guidance::bytes).sum();
    assert!(bytes <= ALL_BYTES && bytes + LONGEST_PART > ALL_BYTES, "{bytes}");
    let mut world = World::new(Policy::default());
    for _ in 0..AT_ONCE {
        world.does(LEAD, write(None, says("it", "be brief", &[])));
    }
    assert!(matches!(world.may_not(LEAD, write(None, says("it", "be brief", &[]))), Refusal::Invalid { .. }));
    world.does(LEAD, retire(4));
    world.does(LEAD, write(None, says("it", "be brief", &[])));
    // Numbers are not used twice.
    assert_eq!(world.desk.office.last_guidance, GuidanceId(u32::try_from(AT_ONCE).unwrap() + 1));
}

#[test]
fn a_draft_that_is_approved_keeps_what_it_used() {
    let (mut world, talk) = World::with_talk(Policy { mode: Mode::Draft, ..Policy::default() });
    world.does(LEAD, write(None, says("brief", "be brief", &[])));
    world.does(LEAD, publish(1, 1));
    let answer = Box::new(naming("On its way.", &[named(1, 1)]));
    let said = world.turn(AI, talk, Outcome::Answer { answer, settled: false });
    let draft = said.iter().find(|one| matches!(one.event, Event::DraftProposed { .. })).unwrap().n;
    world.does(LEAD, retire(1));
    let said = world.does(ANA, Command::DecideDraft { conversation: talk, draft, decision: Decision::Approve });
    let kept = said.iter().find_map(|one| match &one.event {
        Event::Answered { answer, .. } => Some(answer.trace.guidance.clone()),
        _ => None,
    });
    assert_eq!(kept, Some(vec![named(1, 1)]));
}
