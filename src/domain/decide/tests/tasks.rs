//! Tasks: one begins them, once; what comes of them goes to who gave them; no budget is passed; nothing waits for ever.

use super::world::{
    AI, AI_TWO, ANA, BEN, LEAD, VIEWER, WEB, World, answer, asks_for_human, brief, config, histories, the_answer, walk,
};
use crate::domain::{
    command::Command,
    event::{Event, Recorded},
    holder::Holder,
    ids::{ConversationId, EntryNo},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    task::{Budget, Ending, How, Kind, Report, State, Task, Work},
    teammate::Kind as Who,
    time::Span,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

const ID: ConversationId = ConversationId(1);

fn give(task: Task) -> Command {
    Command::GiveTask { conversation: ID, to: None, task: Box::new(task) }
}

fn work(text: &str) -> Work {
    Work { answer: Box::new(the_answer(text, 900)), summary: "late parcel".into(), questions: vec!["when?".into()] }
}

fn done(task: EntryNo, text: &str) -> Command {
    Command::ReportTask { conversation: ID, task, report: Report::Done { work: Box::new(work(text)) } }
}

fn begin(task: EntryNo) -> Command {
    Command::BeginTask { conversation: ID, task }
}

/// A talk that Ana holds, with a draft asked of the AI.
fn beside() -> (World, EntryNo) {
    let (mut world, id) = World::with_talk(Policy::default());
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    let task = world.does(ANA, give(Task::of(Kind::Draft, "answer her")))[0].n;
    (world, task)
}

fn ended(recorded: &[Recorded]) -> Option<(EntryNo, &Ending)> {
    recorded.iter().find_map(|one| match &one.event {
        Event::TaskEnded { task, ending } => Some((*task, &**ending)),
        _ => None,
    })
}

#[test]
fn one_ai_does_it_once_and_the_result_waits_for_who_gave_it() {
    let (mut world, task) = beside();
    assert!(matches!(world.may_not(AI_TWO, begin(task)), Refusal::NotFound { .. }));
    assert!(matches!(world.may_not(AI, done(task, "Hello.")), Refusal::AlreadyEnded { .. }));
    world.does(AI, begin(task));
    assert!(matches!(world.may_not(AI, begin(task)), Refusal::AlreadyEnded { .. }));
    let made = world.does(AI, done(task, "It comes tomorrow."));
    assert_eq!(made.len(), 1, "nothing of it goes to the customer: {made:?}");
    let card = &world.talk(ID).card;
    assert!(matches!(card.tasks[0].state, State::Over { how: How::Done, .. }));
    assert_eq!((card.tasks[0].by, card.holder), (ANA, Holder::Human(ANA)));
    assert!(world.talk(ID).outbox.is_empty());
    assert!(crate::domain::attention::needs(card, Some(ANA)));
    assert!(matches!(world.may_not(AI, done(task, "Again.")), Refusal::AlreadyEnded { .. }));
    // Whoever gave it looks at it; nobody else's look counts.
    assert!(matches!(world.may_not(BEN, Command::SeeTask { conversation: ID, task }), Refusal::Invalid { .. }));
    assert!(matches!(world.may_not(VIEWER, Command::SeeTask { conversation: ID, task }), Refusal::Invalid { .. }));
    world.does(ANA, Command::SeeTask { conversation: ID, task });
    assert!(world.talk(ID).card.tasks.is_empty());
}

#[test]
fn a_task_is_cancelled_by_who_gave_it_or_a_lead_and_its_result_is_refused_then() {
    let (mut world, task) = beside();
    world.does(AI, begin(task));
    assert!(matches!(world.may_not(BEN, Command::CancelTask { conversation: ID, task }), Refusal::Invalid { .. }));
    world.does(LEAD, Command::CancelTask { conversation: ID, task });
    assert!(matches!(world.may_not(AI, done(task, "Late.")), Refusal::AlreadyEnded { .. }));
}

#[test]
fn the_brief_becomes_the_task_and_ends_with_the_holding() {
    let ends = |how: &dyn Fn(&mut World) -> Vec<Recorded>| {
        let (mut world, _) = beside();
        world.does(ANA, Command::CancelTask { conversation: ID, task: world.talk(ID).card.tasks[0].task });
        let term = world.term(ID);
        let made = world.does(ANA, Command::HandBack { conversation: ID, term, to: None, brief: brief() });
        let given = made.iter().find(|one| matches!(one.event, Event::TaskGiven { .. })).unwrap().n;
        assert_eq!(
            world.talk(ID).card.tasks.last().map(|it| (it.task, it.kind, it.by)),
            Some((given, Kind::Handle, ANA))
        );
        let made = how(&mut world);
        let (task, ending) = ended(&made).map(|(task, ending)| (task, ending.clone())).unwrap();
        assert_eq!(task, given);
        assert!(world.talk(ID).card.tasks.iter().all(|it| it.kind != Kind::Handle));
        ending
    };
    let taken = ends(&|world| {
        let term = world.term(ID);
        world.does(BEN, Command::TakeOver { conversation: ID, term, reason: None })
    });
    assert_eq!(taken, Ending::Cancelled { why: "taken over".into() });
    let asked = ends(&|world| world.turn(AI, ID, asks_for_human()));
    assert_eq!(asked, Ending::Back { why: "escalated".into(), work: None });
    let settled = ends(&|world| world.does(LEAD, Command::Resolve { conversation: ID }));
    assert_eq!(settled, Ending::Done { work: None });
}

#[test]
fn a_talk_is_given_to_the_ai_by_a_task_and_comes_back_when_the_budget_is_spent() {
    let (mut world, _) = World::with_talk(Policy::default());
    let term = world.term(ID);
    world.does(ANA, Command::TakeOver { conversation: ID, term, reason: None });
    let budget = Budget { turns: 1, ..Budget::default() };
    world.does(ANA, give(Task { budget, ..Task::of(Kind::Handle, "find the parcel") }));
    assert_eq!(world.talk(ID).card.holder, Holder::Ai(AI));
    assert!(matches!(world.may_not(ANA, give(Task::of(Kind::Handle, "again"))), Refusal::Invalid { .. }));
    world.turn(AI, ID, answer("Tomorrow.", 900));
    world.does(WEB, Command::CustomerSaid { conversation: ID, text: "and when exactly?".into() });
    let term = world.term(ID);
    let why = "the task comes back: its 1 answers are spent".to_owned();
    assert_eq!(world.may_not(AI, Command::BeginTurn { conversation: ID, term }), Refusal::AlreadyEnded { how: why });
    let due = crate::domain::due::next(world.talk(ID), &world.desk.office.policy).unwrap();
    assert!(due <= world.now);
    let made = world.desk_does(Command::Tick { conversation: ID });
    assert!(matches!(ended(&made), Some((_, Ending::Back { .. }))));
    let card = &world.talk(ID).card;
    assert_eq!((card.holder, card.tasks.len()), (Holder::Queue, 0));
    assert_eq!(
        card.escalation.as_ref().unwrap().summary,
        "the task comes back, its 1 answers are spent: find the parcel"
    );
}

#[test]
fn a_follow_up_waits_for_its_time_and_goes_the_way_of_the_ais_answers_where_the_ai_holds() {
    let follow = |world: &mut World| {
        let task = Task { at: Some(world.now.plus(Span::hours(1))), ..Task::of(Kind::FollowUp, "did it come?") };
        let task = world.does(LEAD, give(task))[0].n;
        assert!(matches!(world.may_not(AI, begin(task)), Refusal::Invalid { .. }));
        world.later(Span::hours(1));
        world.does(AI, begin(task));
        task
    };
    let (mut world, _) = World::with_talk(Policy::default());
    let task = follow(&mut world);
    let made = world.does(AI, done(task, "Did it come?"));
    assert!(matches!(made[0].event, Event::Answered { .. }), "{made:?}");
    // Whoever took over meanwhile speaks alone, and after a hand-back the old words are not sent either.
    for back in [false, true] {
        let (mut world, _) = World::with_talk(Policy::default());
        let task = follow(&mut world);
        let term = world.term(ID);
        world.does(ANA, Command::TakeOver { conversation: ID, term, reason: None });
        if back {
            let term = world.term(ID);
            world.does(ANA, Command::HandBack { conversation: ID, term, to: None, brief: brief() });
        }
        let made = world.does(AI, done(task, "Did it come?"));
        assert!(made.iter().all(|one| !matches!(one.event, Event::Answered { .. })), "{made:?}");
    }
    // In draft mode a person reads it first.
    let (mut world, _) = World::with_talk(Policy { mode: Mode::Draft, ..Policy::default() });
    let task = follow(&mut world);
    let made = world.does(AI, done(task, "Did it come?"));
    assert!(matches!(made[0].event, Event::DraftProposed { .. }), "{made:?}");
}

#[test]
fn time_brings_every_task_back() {
    let (mut world, task) = beside();
    world.does(ANA, Command::CancelTask { conversation: ID, task });
    let back_at = Some(world.now.plus(Span::minutes(30)));
    let task = world.does(ANA, give(Task { back_at, ..Task::of(Kind::Summarise, "sum up") }))[0].n;
    assert_eq!(crate::domain::due::next(world.talk(ID), &world.desk.office.policy), back_at);
    world.later(Span::minutes(30));
    let made = world.desk_does(Command::Tick { conversation: ID });
    assert_eq!(ended(&made), Some((task, &Ending::Back { why: "its time is up".into(), work: None })));
    // And an AI that never reports is not waited for.
    let task = world.does(ANA, give(Task::of(Kind::Summarise, "sum up")))[0].n;
    world.does(AI, begin(task));
    world.later(Span::minutes(5));
    let made = world.desk_does(Command::Tick { conversation: ID });
    assert!(matches!(ended(&made), Some((_, Ending::Failed { .. }))));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn each_task_ends_at_most_once_and_open_ones_stand_on_the_card(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        for (id, it) in &world.desk.conversations {
            let (mut open, mut over) = (BTreeSet::new(), BTreeSet::new());
            for one in world.log.iter().filter(|one| one.conversation == Some(*id)) {
                match &one.event {
                    Event::TaskGiven { .. } => {
                        open.insert(one.n);
                    }
                    Event::TaskBegan { task, .. } => prop_assert!(open.contains(task)),
                    Event::TaskEnded { task, .. } => {
                        prop_assert!(open.remove(task) && over.insert(*task));
                    }
                    Event::TaskSeen { task } => prop_assert!(over.contains(task)),
                    _ => {}
                }
            }
            let on_card: BTreeSet<_> = it.card.tasks.iter().filter(|it| it.is_open()).map(|it| it.task).collect();
            prop_assert_eq!(on_card, open);
        }
    }

    #[test]
    fn what_is_reported_reaches_the_customer_only_from_the_ai_that_holds_the_talk(history in histories()) {
        walk(&history, |done| {
            let Command::ReportTask { conversation, .. } = done.command else { return Ok(()) };
            for one in done.recorded() {
                let out = matches!(one.event, Event::Answered { .. } | Event::DraftProposed { .. } | Event::Notified { .. });
                if out {
                    let card = &done.before.conversation(*conversation).unwrap().card;
                    prop_assert_eq!(card.holder.teammate(), done.by.teammate());
                    prop_assert!(card.holder.is_ai() && card.mode.lets_ai_hold());
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_ai_that_handles_a_talk_by_a_task_never_begins_more_answers_than_it_may(history in histories()) {
        walk(&history, |done| {
            let gave = matches!(done.command, Command::GiveTask { .. }) && done.result.is_ok();
            prop_assert!(!gave || done.kind() == Some(Who::Human));
            for it in done.after.conversations.values() {
                for given in it.card.tasks.iter() {
                    prop_assert!(given.turns <= given.budget.turns, "{:?}", given);
                    prop_assert!(given.kind != Kind::Handle || it.card.holder == Holder::Ai(given.to));
                }
            }
            Ok(())
        })?;
    }
}
