//! What follows from the events of tasks: the list on the card. Pairs with `decide/tasks`.

use crate::domain::{
    card::Card,
    event::{Event, Recorded},
    ids::TeammateId,
    seldom::Seldom,
    task::{Given, How, Kind, MOST, State},
    turn::Trace,
};

/// Folds an event in, if it is about tasks.
pub(super) fn follow(card: &mut Card, recorded: &Recorded) {
    match &recorded.event {
        Event::TaskGiven { to, task } => {
            let state = match task.kind {
                Kind::Handle => State::Runs { since: recorded.at, term: card.term },
                _ => State::Waits,
            };
            let by = recorded.by.teammate().unwrap_or_default();
            let mut tasks = card.tasks.to_vec();
            tasks.push(Given::new(recorded.n, by, *to, task, state));
            // Results that nobody looked at give way, the oldest first.
            while tasks.len() > MOST
                && let Some(at) = tasks.iter().position(|given| !given.is_open())
            {
                tasks.remove(at);
            }
            card.tasks = tasks.into();
        }
        Event::TaskBegan { task, term } => {
            change(card, |given| {
                if given.task == *task {
                    given.state = State::Runs { since: recorded.at, term: *term };
                }
            });
        }
        Event::TaskEnded { task, ending } => {
            // A talk that was handled is seen by itself: it is settled, in the queue, or in somebody's hands.
            let of_talk = |given: &Given| given.task == *task && given.kind == Kind::Handle;
            // And who cancels a task of their own has no result to look at.
            let by = recorded.by.teammate();
            let own = |given: &Given| given.task == *task && ending.how() == How::Cancelled && Some(given.by) == by;
            card.tasks.retain(|given| !of_talk(given) && !own(given));
            let (how, at) = (ending.how(), recorded.at);
            change(card, |given| {
                if given.task == *task {
                    given.state = State::Over { how, at };
                }
            });
        }
        Event::TaskSeen { task } => card.tasks.retain(|given| given.task != *task),
        Event::TurnBegan { shadow: false, .. } => spend(card, recorded.by.teammate(), |given| {
            given.turns = given.turns.saturating_add(1);
        }),
        Event::Answered { answer, draft: None, .. } | Event::DraftProposed { answer, .. } => {
            cost(card, recorded.by.teammate(), &answer.trace);
        }
        _ => {}
    }
}

fn cost(card: &mut Card, by: Option<TeammateId>, trace: &Trace) {
    let micros = trace.cost_micros.unwrap_or(0);
    if micros > 0 {
        spend(card, by, |given| given.cost_micros = given.cost_micros.saturating_add(micros));
    }
}

/// Counts against the task by which an AI handles the talk.
fn spend(card: &mut Card, by: Option<TeammateId>, count: impl Fn(&mut Given)) {
    change(card, |given| {
        if given.kind == Kind::Handle && given.is_open() && Some(given.to) == by {
            count(given);
        }
    });
}

fn change(card: &mut Card, one: impl FnMut(&mut Given)) {
    if !card.tasks.is_empty() {
        let mut tasks = card.tasks.to_vec();
        tasks.iter_mut().for_each(one);
        card.tasks = Seldom::from(tasks);
    }
}
