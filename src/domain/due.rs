//! When the desk itself must do something about a conversation. The caller keeps the clock.

use super::{card::Status, conversation::Conversation, policy::Policy, time::Timestamp};

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
    [snooze, card.paused_until, draft, turn].into_iter().flatten().min()
}
