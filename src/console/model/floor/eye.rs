//! What the floor asks of the domain about a card: how much attention, whether a person must act, when that changes,
//! whether the filter lets it through.

use super::{People, STEP, Sieve, Slot};
use crate::domain::{
    attention,
    card::{Card, Status},
    filter::Context,
    time::Timestamp,
};

/// Looks at cards.
pub(super) struct Eye<'a> {
    pub sieve: Option<&'a Sieve>,
    pub people: &'a People,
}

impl Eye<'_> {
    /// Fills in what follows from a card at a time.
    pub(super) fn look(&self, slot: &mut Slot, now: Timestamp) {
        slot.score = attention::score(&slot.card, now);
        slot.needs = attention::needs(&slot.card, self.people.me);
        slot.awake = is_awake(&slot.card, now);
        slot.listed = self.lists(&slot.card, slot.awake, now);
        slot.due = due(&slot.card, now);
    }

    /// Whether the list should have it.
    pub(super) fn lists(&self, card: &Card, awake: bool, now: Timestamp) -> bool {
        let Some(sieve) = self.sieve else { return awake };
        let name = |id| self.people.names.get(&id).map(String::as_str);
        let context = Context { at: now, me: self.people.me, name: &name };
        (awake || sieve.wide) && sieve.filter.matches(card, &context)
    }
}

/// Whether it belongs on the floor: open, or it slept and its time has come.
fn is_awake(card: &Card, now: Timestamp) -> bool {
    match card.status {
        Status::Open => true,
        Status::Snoozed { until } => until <= now,
        Status::Resolved { .. } => false,
    }
}

/// The step at or after the next change of a card by time; `i64::MAX` for never.
fn due(card: &Card, now: Timestamp) -> i64 {
    let wakes = match card.status {
        Status::Snoozed { until } if until > now => Some(until),
        _ => None,
    };
    let scores = attention::next_change(card, now);
    match scores.into_iter().chain(wakes).min() {
        Some(at) => at.0.div_euclid(STEP).saturating_add(i64::from(at.0.rem_euclid(STEP) != 0)),
        None => i64::MAX,
    }
}
