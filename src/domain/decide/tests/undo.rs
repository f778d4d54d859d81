//! Undo: the act's own effect goes, all of it, once, and only while nobody has built on it.

use super::world::{
    AI, ANA, BEN, LEAD, REVIEWER, WEB, World, answer, asks_for_human, bad, brief, config, good, histories, walk,
};
use crate::domain::{
    card::{Card, Priority, Status},
    command::Command,
    conversation::Conversation,
    event::Event,
    holder::Holder,
    ids::{ConversationId, EntryNo, TeammateId},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    stop::{Scope, Then},
    teammate::Actor,
    time::{Span, Timestamp},
};
use proptest::prelude::*;

/// All that an undo brings back.
type Undoables = (
    (Holder, Status, Vec<String>, Priority),
    (Option<Mode>, Mode, Option<Timestamp>),
    (Option<crate::domain::escalation::Escalation>, Option<Timestamp>, crate::domain::card::Signs),
    Vec<(EntryNo, TeammateId, EntryNo)>,
);

fn seen(it: &Conversation) -> Undoables {
    let card: &Card = &it.card;
    let mut judged = it.judged.to_vec();
    judged.sort_unstable();
    (
        (card.holder, card.status, card.tags.to_vec(), card.priority),
        (card.own_mode, card.mode, card.paused_until.get()),
        (card.escalation.as_deref().cloned(), card.waiting_since, card.signs),
        judged,
    )
}

fn is_undoable(command: &Command) -> bool {
    matches!(
        command,
        Command::TakeOver { .. }
            | Command::HandBack { .. }
            | Command::Assign { .. }
            | Command::SetMode { .. }
            | Command::Pause { .. }
            | Command::Tag { .. }
            | Command::SetPriority { .. }
            | Command::Snooze { .. }
            | Command::Resolve { .. }
            | Command::Reopen { .. }
            | Command::Annotate { .. }
    )
}

fn undo(conversation: ConversationId) -> Command {
    Command::Undo { conversation, act: None }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_act_and_its_undo_leave_everything_as_it_was(history in histories()) {
        let mut tried = 0_u32;
        walk(&history, |done| {
            let (Some(id), Some(me)) = (done.command.conversation(), done.by.teammate()) else { return Ok(()) };
            if !is_undoable(done.command) || done.recorded().is_empty() {
                return Ok(());
            }
            let (before, after) = (done.before.conversation(id).unwrap(), done.after.conversation(id).unwrap());
            // What an act ends for good does not come back: an AI must be allowed to hold what it gets back, and a
            // mode that took the conversation from the AI leaves it with the queue.
            let moved = before.card.holder != after.card.holder;
            if moved && matches!(done.command, Command::SetMode { .. } | Command::Reopen { .. }) {
                return Ok(());
            }
            let mut world = World {
                desk: done.after.clone(),
                log: Vec::new(),
                now: done.at,
                terms: std::collections::BTreeMap::new(),
            };
            let undone = world.submit(Actor::Teammate(me), &undo(id));
            let guarded = before.card.holder.is_ai() && moved && (
                !after.card.mode.lets_ai_hold()
                    || done.after.office.stopped(&*before.card, before.card.holder.teammate()).is_some()
                    || after.card.signs.hand_offs >= done.after.office.policy.hand_offs);
            let gone = before.card.holder.teammate().is_some_and(|id| done.after.office.present(id).is_none());
            if (moved && (guarded || gone)) || lapsed(before, after, done.at) {
                return Ok(());
            }
            if let (Command::Reopen { .. }, Err(Refusal::HeldByOther { .. })) = (done.command, &undone) {
                // Anybody may reopen what another holds; to settle it is the holder's.
                return Ok(());
            }
            prop_assert!(undone.is_ok(), "{undone:?}");
            prop_assert_eq!(seen(before), seen(world.talk(id)), "{:?}", done.command);
            prop_assert!(world.talk(id).undo.iter().all(|one| one.act <= before.card.n));
            tried += 1;
            Ok(())
        })?;
        prop_assume!(tried > 0 || history.1.len() < 60);
    }

    #[test]
    fn an_undo_is_not_undone_by_a_second_one(history in histories()) {
        let mut undone: std::collections::BTreeSet<(ConversationId, EntryNo)> = std::collections::BTreeSet::new();
        walk(&history, |done| {
            for (at, one) in done.recorded().iter().enumerate() {
                if let Event::Undid { act, inverse } = &one.event {
                    prop_assert_eq!(usize::from(*inverse), at);
                    prop_assert!(undone.insert((one.conversation.unwrap(), *act)), "twice");
                    let it = done.after.conversation(one.conversation.unwrap()).unwrap();
                    let first = EntryNo(one.n.0 - u32::from(*inverse));
                    prop_assert!(it.undo.iter().all(|left| left.act < first && left.act != *act));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn each_person_undoes_only_acts_of_their_own(history in histories()) {
        walk(&history, |done| {
            for one in done.recorded() {
                if let Event::Undid { act, .. } = &one.event {
                    let it = done.before.conversation(one.conversation.unwrap()).unwrap();
                    let undone = it.undo.iter().find(|left| left.act == *act).unwrap();
                    prop_assert_eq!(Actor::Teammate(undone.by), done.by);
                }
            }
            Ok(())
        })?;
    }
}

/// A pause or snooze that was over before the act, though the clock had not yet said so, does not come back.
fn lapsed(before: &Conversation, after: &Conversation, at: Timestamp) -> bool {
    let asleep = matches!(before.card.status, Status::Snoozed { until } if until <= at);
    let paused = before.card.paused_until.is_some_and(|until| until <= at);
    (asleep && before.card.status != after.card.status)
        || (paused && before.card.paused_until != after.card.paused_until)
}

#[test]
fn an_undo_again_reaches_further_back_and_then_finds_nothing() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.does(ANA, Command::SetPriority { conversation: id, priority: Priority::High });
    world.does(ANA, Command::Tag { conversation: id, add: vec!["vip".into()], remove: Vec::new() });
    world.does(ANA, undo(id));
    assert_eq!((world.talk(id).card.tags.len(), world.talk(id).card.priority), (0, Priority::High));
    world.does(ANA, undo(id));
    assert_eq!(world.talk(id).card.priority, Priority::Normal);
    assert!(matches!(world.may_not(ANA, undo(id)), Refusal::CannotUndo { .. }));
}

#[test]
fn the_ninth_last_act_is_out_of_reach_and_the_eighth_comes_back_whole() {
    let (mut world, id) = World::with_talk(Policy::default());
    let waits = world.talk(id).card.waiting_since;
    world.does(ANA, Command::SetPriority { conversation: id, priority: Priority::Low });
    world.does(ANA, Command::Resolve { conversation: id });
    for n in 0..7 {
        world.does(BEN, Command::Tag { conversation: id, add: vec![format!("t{n}")], remove: Vec::new() });
    }
    world.does(ANA, undo(id));
    assert_eq!((world.talk(id).card.status, world.talk(id).card.waiting_since), (Status::Open, waits));
    assert!(matches!(world.may_not(ANA, undo(id)), Refusal::CannotUndo { .. }));
}

#[test]
fn an_undone_settlement_leaves_the_customer_waiting_and_the_call_standing() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.turn(AI, id, asks_for_human());
    world.later(Span::seconds(5));
    let before = seen(world.talk(id));
    world.does(ANA, Command::Resolve { conversation: id });
    world.later(Span::seconds(5));
    world.does(ANA, undo(id));
    assert_eq!(seen(world.talk(id)), before);
}

#[test]
fn under_a_stop_an_undone_settlement_moves_only_who_waits() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.turn(AI, id, answer("It arrives tomorrow.", 900));
    let stop = || Command::Stop { scope: Scope::All, span: None, reason: "wrong prices".into(), then: Then::Queue };
    world.does(LEAD, stop());
    let before = seen(world.talk(id));
    world.does(ANA, Command::Resolve { conversation: id });
    world.does(ANA, undo(id));
    assert_eq!(seen(world.talk(id)), before, "the AI holds on, silently");

    // Settled while somebody waited, stopped after that: the customer is not left with an AI that says nothing.
    let (mut world, id) = World::with_talk(Policy::default());
    world.does(ANA, Command::Resolve { conversation: id });
    world.does(LEAD, stop());
    world.does(ANA, undo(id));
    assert_eq!(world.talk(id).card.holder, Holder::Queue);
}

#[test]
fn a_take_over_that_woke_a_conversation_is_undone_in_one_step() {
    let (mut world, id) = World::with_talk(Policy::default());
    let until = Some(world.now.plus(Span::hours(1)));
    world.does(LEAD, Command::Snooze { conversation: id, until });
    let before = seen(world.talk(id));
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    assert_eq!(world.talk(id).card.status, Status::Open);
    world.does(ANA, undo(id));
    assert_eq!(seen(world.talk(id)), before);
}

#[test]
fn what_somebody_changed_again_is_not_undone() {
    let priority = |priority| Command::SetPriority { conversation: ConversationId(1), priority };
    let mode = |mode| Command::SetMode { conversation: ConversationId(1), mode: Some(mode) };
    let pause = |minutes| Command::Pause { conversation: ConversationId(1), span: Some(Span::minutes(minutes)) };
    for (first, second) in [
        (priority(Priority::High), priority(Priority::Urgent)),
        (mode(Mode::Draft), mode(Mode::Shadow)),
        (pause(5), pause(50)),
    ] {
        let (mut world, id) = World::with_talk(Policy::default());
        world.does(ANA, first);
        world.does(BEN, second);
        let refusal = world.may_not(ANA, undo(id));
        assert!(matches!(refusal, Refusal::CannotUndo { .. }), "{refusal:?}");
    }
}

#[test]
fn a_settlement_by_another_is_not_undone_by_whoever_settled_it_first() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.does(ANA, Command::Resolve { conversation: id });
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "one more thing".into() });
    world.does(BEN, Command::Resolve { conversation: id });
    assert!(matches!(world.may_not(ANA, undo(id)), Refusal::CannotUndo { .. }));
}

#[test]
fn a_take_over_is_not_undone_once_the_customer_was_answered_or_the_holder_changed() {
    let (mut world, id) = World::with_talk(Policy::default());
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    let mut answered = world.clone();
    let term = answered.term(id);
    answered.does(ANA, Command::Reply { conversation: id, term, text: "I look into it.".into() });
    assert!(matches!(answered.may_not(ANA, undo(id)), Refusal::CannotUndo { .. }));
    world.does(LEAD, Command::Assign { conversation: id, term, to: Holder::Human(BEN) });
    assert!(matches!(world.may_not(ANA, undo(id)), Refusal::CannotUndo { .. }));
}

#[test]
fn an_undone_reopening_or_unpausing_stops_the_ai_that_began_to_write() {
    let stopped = |act: &dyn Fn(ConversationId) -> (Command, Command)| {
        let (mut world, id) = World::with_talk(Policy::default());
        let (first, second) = act(id);
        world.does(ANA, first);
        world.does(ANA, second);
        world.does(WEB, Command::CustomerSaid { conversation: id, text: "hello?".into() });
        let term = world.term(id);
        world.does(AI, Command::BeginTurn { conversation: id, term });
        world.does(ANA, undo(id));
        assert_eq!(world.talk(id).turn, None);
    };
    stopped(&|conversation| (Command::Resolve { conversation }, Command::Reopen { conversation }));
    stopped(&|conversation| {
        (Command::Pause { conversation, span: Some(Span::minutes(9)) }, Command::Pause { conversation, span: None })
    });
}

#[test]
fn a_judgement_that_was_superseded_is_not_withdrawn_and_the_later_one_gives_way_to_it() {
    let (mut world, id) = World::with_talk(Policy::default());
    let message = world.turn(AI, id, answer("It arrives tomorrow.", 900)).last().unwrap().n;
    let judges = |judgement| Command::Annotate { conversation: id, message, judgement };
    let first = world.does(REVIEWER, judges(good()))[0].n;
    let second = world.does(REVIEWER, judges(bad()))[0].n;
    assert_eq!(*world.talk(id).judged, [(message, REVIEWER, second)]);
    let early = world.may_not(REVIEWER, Command::Undo { conversation: id, act: Some(first) });
    assert!(matches!(early, Refusal::CannotUndo { .. }), "{early:?}");
    world.does(REVIEWER, undo(id));
    assert_eq!(*world.talk(id).judged, [(message, REVIEWER, first)]);
    world.does(REVIEWER, undo(id));
    assert_eq!(*world.talk(id).judged, []);
}

#[test]
fn an_undone_removal_of_a_tag_does_not_exceed_the_limit() {
    let (mut world, id) = World::with_talk(Policy::default());
    let add = (0..32).map(|n| format!("t{n:02}")).collect();
    world.does(ANA, Command::Tag { conversation: id, add, remove: Vec::new() });
    world.does(ANA, Command::Tag { conversation: id, add: Vec::new(), remove: vec!["t00".into()] });
    world.does(BEN, Command::Tag { conversation: id, add: vec!["more".into()], remove: Vec::new() });
    assert!(matches!(world.may_not(ANA, undo(id)), Refusal::CannotUndo { .. }));
}

#[test]
fn no_undo_gives_an_ai_what_went_to_and_fro_too_often() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.turn(AI, id, asks_for_human());
    let term = world.term(id);
    world.does(ANA, Command::HandBack { conversation: id, term, to: None, brief: brief() });
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    let policy = Box::new(Policy { hand_offs: 1, ..Policy::default() });
    world.does(super::world::ADMIN, Command::SetPolicy { policy });
    assert_eq!(world.may_not(ANA, undo(id)), Refusal::LoopGuard);
}

#[test]
fn an_undone_mode_moves_no_settled_conversation() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.does(ANA, Command::Resolve { conversation: id });
    world.does(LEAD, Command::SetDeskMode { topic: None, channel: None, mode: Some(Mode::Off), why: String::new() });
    let before = seen(world.talk(id));
    world.does(ANA, Command::SetMode { conversation: id, mode: Some(Mode::Auto) });
    world.does(ANA, undo(id));
    assert_eq!(seen(world.talk(id)), before);
}

#[test]
fn what_slept_and_was_settled_goes_back_to_sleep_with_people_where_the_mode_lets_no_ai_hold_it_any_more() {
    let (mut world, id) = World::with_talk(Policy::default());
    let until = world.now.plus(Span::hours(1));
    world.does(ANA, Command::Snooze { conversation: id, until: Some(until) });
    world.does(ANA, Command::Resolve { conversation: id });
    world.does(LEAD, Command::SetDeskMode { topic: None, channel: None, mode: Some(Mode::Off), why: String::new() });
    world.does(ANA, undo(id));
    let card = &world.talk(id).card;
    assert_eq!((card.status, card.holder), (Status::Snoozed { until }, Holder::Queue));
}
