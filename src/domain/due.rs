//! When the desk itself must do something about a conversation. The caller keeps the clock.

use super::{
    card::Status,
    conversation::Conversation,
    guard::Rule,
    policy::Policy,
    task::{Kind, State, TASK_TTL},
    time::{Span, Timestamp},
    tool::{RUN_WITHIN, Stage},
};

/// So long an AI may be silent where a person is wanted.
pub const SILENT_FOR: Span = Span::seconds(20);

/// The earliest time at which a `Tick` for this conversation has something to do.
#[must_use]
pub fn next(conversation: &Conversation, policy: &Policy) -> Option<Timestamp> {
    let card = &conversation.card;
    let snooze = match card.status {
        Status::Snoozed { until } => Some(until),
        Status::Open | Status::Resolved { .. } => None,
    };
    let draft = conversation.draft.as_ref().map(|draft| draft.expires_at);
    let turn = conversation.turn.as_ref().map(|turn| turn.since.plus(policy.turn_ttl));
    let calls = conversation.calls.iter().filter_map(|kept| match kept.stage {
        Stage::Waits { expires_at } => Some(expires_at),
        Stage::Ready { until } => until,
        Stage::Runs { since } => Some(since.plus(RUN_WITHIN)),
        _ => None,
    });
    let tasks = card.tasks.iter().filter(|given| given.is_open()).filter_map(|given| {
        let running = match given.state {
            State::Runs { since, .. } if given.kind != Kind::Handle => Some(since.plus(TASK_TTL)),
            State::Runs { .. } if given.spent().is_some() => card.waiting_since,
            _ => None,
        };
        running.into_iter().chain(given.back_at).min()
    });
    let silent = silence_ends(conversation, policy);
    [snooze, card.paused_until.get(), draft, turn, silent].into_iter().flatten().chain(tasks).chain(calls).min()
}

/// When an AI has been silent for too long where a person is wanted: who may be in danger, or asked for one, does not wait
/// for what it makes of that. None while it is at it, and where a person is called already.
#[must_use]
pub fn silence_ends(conversation: &Conversation, policy: &Policy) -> Option<Timestamp> {
    let card = &conversation.card;
    let alone = card.holder.is_ai() && card.status == Status::Open;
    let idle = conversation.turn.is_none() && conversation.draft.is_none() && card.tool_waiting().is_none();
    let wanted = (conversation.heed.is_sensitive() && policy.guard.stops(Rule::Sensitive))
        || (card.signs.asked_human && policy.guard.stops(Rule::Person));
    card.waiting_since.filter(|_| alone && idle && wanted).map(|since| since.plus(SILENT_FOR))
}
