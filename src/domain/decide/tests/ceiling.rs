//! Ceilings: counted by the desk and not by the AI, told at 80 hundredths, and no turn begins beyond one.

use super::world::{AI, WEB, World, config, histories, the_answer, walk};
use crate::domain::{
    approval::Why,
    ceiling::{Ceiling, Ceilings, Kind, Level, Reach},
    command::Command,
    customer::Customer,
    escalation::Reason,
    event::Event,
    guard::language::Tongue,
    holder::Holder,
    ids::{ConversationId, EntryNo},
    policy::Policy,
    refusal::Refusal,
    time::Span,
    turn::{Outcome, Trace},
};
use proptest::prelude::*;

/// Whether the desk counts it as a call.
fn counts_as_call(event: &Event) -> bool {
    matches!(event, Event::TurnBegan { .. } | Event::TaskBegan { .. } | Event::ToolBegan { .. })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_turn_begins_where_a_ceiling_is_reached_so_none_is_passed_by_more_than_a_turn(history in histories()) {
        walk(&history, |done| {
            for one in done.recorded() {
                let Some(id) = one.conversation.filter(|_| counts_as_call(&one.event)) else { continue };
                let it = done.before.conversation(id).unwrap();
                prop_assert_eq!(done.before.office.ceiling_reached(it, done.at), None);
                let limit = done.after.office.policy.ceilings.talk.calls.unwrap_or(u64::MAX);
                prop_assert!(done.after.conversation(id).unwrap().spent.calls <= limit);
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_the_desk_has_counted_is_what_its_talks_have_whoever_reports_what(history in histories()) {
        let day = |at: crate::domain::time::Timestamp| at.0.div_euclid(86_400_000);
        let world = walk(&history, |_| Ok(()))?;
        let began = world.log.iter().filter(|one| counts_as_call(&one.event));
        let today = began.clone().filter(|one| day(one.at) == world.desk.office.today.day).count();
        prop_assert_eq!(world.desk.office.today.all.calls, today as u64);
        let talks: u64 = world.desk.conversations.values().map(|it| it.spent.calls).sum();
        prop_assert_eq!(talks, began.count() as u64);
        let customers: u64 = world.desk.office.today.customers.iter().map(|(_, spent)| spent.calls).sum();
        prop_assert!(customers <= world.desk.office.today.all.calls);
    }

    #[test]
    fn an_event_that_comes_again_is_not_counted_again(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        let mut desk = world.desk.clone();
        for one in &world.log {
            desk.apply(one);
        }
        prop_assert_eq!(desk.office.today, world.desk.office.today);
    }
}

fn used(tokens: u32) -> Outcome {
    let trace = Trace { tokens: Some((tokens, 0)), ..Trace::default() };
    let answer = crate::domain::turn::Answer { trace, ..the_answer("It arrives tomorrow.", 900) };
    Outcome::Answer { answer: Box::new(answer), settled: false }
}

fn of_talk(tokens: u64) -> Policy {
    let talk = Ceiling { tokens: Some(tokens), ..Ceiling::default() };
    let mut policy = Policy { ceilings: Ceilings { talk, ..Ceilings::default() }, ..Policy::default() };
    // The same answer again and again is what this is not about.
    policy.guard.mark_only.insert(crate::domain::guard::Rule::Similar);
    policy
}

#[test]
fn a_ceiling_is_told_at_eighty_hundredths_and_when_it_is_reached_and_then_people_answer() {
    let (mut world, id) = World::with_talk(of_talk(1_000));
    let told = |recorded: &[crate::domain::event::Recorded]| -> Vec<u64> {
        let levels = recorded.iter().filter_map(|one| match &one.event {
            Event::Spending { level } => Some(level.used),
            _ => None,
        });
        levels.collect()
    };
    let says = |world: &mut World| {
        world.does(WEB, Command::CustomerSaid { conversation: id, text: "And now?".into() });
    };
    assert_eq!(told(&world.turn(AI, id, used(700))), Vec::<u64>::new());
    says(&mut world);
    assert_eq!(told(&world.turn(AI, id, used(150))), [850]);
    says(&mut world);
    assert_eq!(told(&world.turn(AI, id, used(50))), Vec::<u64>::new());
    says(&mut world);
    assert_eq!(told(&world.turn(AI, id, used(400))), [1_300]);
    says(&mut world);
    let level = Level { reach: Reach::Talk, kind: Kind::Tokens, used: 1_300, limit: 1_000 };
    let term = world.term(id);
    assert_eq!(world.may_not(AI, Command::BeginTurn { conversation: id, term }), Refusal::Ceiling { level });
    world.desk_does(Command::EndSpending { conversation: id });
    let card = &world.talk(id).card;
    let call = card.escalation.as_ref().unwrap();
    assert_eq!((card.holder, call.reason), (Holder::Queue, Reason::Ceiling));
    assert_eq!(call.summary, "130 % of the tokens for a talk used (1300 of 1000)");
    let told = world.talk(id).outbox.last().unwrap();
    assert_eq!((&*told.text, told.term), (crate::domain::notice::of_a_person(Some(Tongue::De)), card.term));
}

#[test]
fn a_turn_that_used_more_than_one_may_is_a_draft() {
    let turn = Ceiling { tokens: Some(100), ..Ceiling::default() };
    let (mut world, id) =
        World::with_talk(Policy { ceilings: Ceilings { turn, ..Ceilings::default() }, ..Policy::default() });
    let said = world.turn(AI, id, used(101));
    assert!(matches!(said[0].event, Event::DraftProposed { why: Why::Ceiling, .. }), "{said:?}");
}

#[test]
fn an_ai_that_reports_nothing_is_bounded_by_turns_and_time() {
    let talk = Ceiling { calls: Some(2), time: Some(Span::minutes(5)), ..Ceiling::default() };
    let (mut world, id) =
        World::with_talk(Policy { ceilings: Ceilings { talk, ..Ceilings::default() }, ..Policy::default() });
    for _ in 0..2 {
        world.turn(AI, id, Outcome::Abandon { why: "again".into(), trace: Trace::default() });
    }
    let term = world.term(id);
    assert_eq!(world.may_not(AI, Command::BeginTurn { conversation: id, term }).code(), "ceiling");
}

#[test]
fn a_customer_is_counted_over_talks_the_desk_over_all_and_both_anew_on_the_next_day() {
    let customer = Ceiling { calls: Some(2), ..Ceiling::default() };
    let day = Ceiling { calls: Some(3), ..Ceiling::default() };
    let ceilings = Ceilings { customer, day, ..Ceilings::default() };
    let mut world = World::new(Policy { ceilings, ..Policy::default() });
    let of = |name: &str| Command::OpenConversation {
        channel: "web".into(),
        customer: Customer { name: name.into(), email: Some(format!("{name}@example.org").into()), locale: None },
        topic: None,
        text: "Hello".into(),
        external_ref: None,
    };
    world.does(WEB, of("jo"));
    world.does(WEB, of("jo"));
    let (first, second) = (ConversationId(1), ConversationId(2));
    world.turn(AI, first, Outcome::Abandon { why: "again".into(), trace: Trace::default() });
    world.turn(AI, second, Outcome::Abandon { why: "again".into(), trace: Trace::default() });
    let begin = |world: &World, id| Command::BeginTurn { conversation: id, term: world.term(id) };
    for id in [first, second] {
        let ask = begin(&world, id);
        let Refusal::Ceiling { level } = world.may_not(AI, ask) else { panic!("it may begin") };
        assert_eq!(level.reach, Reach::Customer);
    }
    assert_eq!(world.desk.office.used_today(world.now)[0].share(), 66);
    // One more of somebody else, and the desk is full: told to the desk, not to a talk.
    world.does(WEB, of("omar"));
    let ask = begin(&world, ConversationId(3));
    let began = world.does(AI, ask);
    assert_eq!((began[0].n, began[1].conversation), (EntryNo(3), None));
    assert!(matches!(&began[1].event, Event::Spending { level } if level.reach == Reach::Day && level.is_reached()));
    world.later(Span::hours(24));
    let ask = begin(&world, first);
    world.does(AI, ask);
    assert_eq!(world.desk.office.today.all.calls, 1);
}

#[test]
fn what_a_turn_used_counts_however_it_ended() {
    let trace = || Trace { tokens: Some((300, 0)), cost_micros: Some(7), ..Trace::default() };
    let again = Outcome::Abandon { why: "again".into(), trace: trace() };
    let failed = Outcome::Fail { why: "no model".into(), trace: trace() };
    for outcome in [again, failed] {
        let (mut world, id) = World::with_talk(of_talk(1_000));
        for _ in 0..2 {
            world.turn(AI, id, outcome.clone());
        }
        let (spent, today) = (world.talk(id).spent, world.desk.office.today.all);
        assert_eq!((spent.tokens, spent.cost_micros, today.tokens), (600, 14, 600), "{outcome:?}");
        let told = world.turn(AI, id, outcome.clone());
        assert!(
            told.iter().any(|one| matches!(&one.event, Event::Spending { level } if level.used == 900)),
            "{told:?}"
        );
        assert_eq!(world.talk(id).spent.tokens, 900, "counted once, also where the third failure calls a person");
    }
    // A turn that waits for a person's word on a call.
    let mut policy = of_talk(1_000);
    policy.tools = super::tools::rules();
    let (mut world, id) = World::with_talk(policy);
    let told = super::calls::ask_and_end(&mut world, id, |call| {
        let trace = Trace { tokens: Some((900, 0)), ..Trace::default() };
        Outcome::Wait { call, notice: None, trace }
    });
    assert!(told.iter().any(|one| matches!(one.event, Event::Spending { .. })), "{told:?}");
    assert_eq!(world.talk(id).spent.tokens, 900);
}
