//! Whether to ring now: the person's rules over the cards as they change.
//!
//! A pure machine. A rule fires when a conversation newly fits it, within its hours; what comes close together rings once.
//! Deliberately not here: the rules' text (`config`), clocks, and how it rings: only who owns the terminal writes to it.

use crate::{
    config::Rule,
    domain::{
        card::Card,
        filter::Context,
        ids::ConversationId,
        time::{Span, Timestamp},
    },
};
use std::collections::BTreeMap;

/// Between two rings lies at least this.
const EVERY: Span = Span::seconds(5);

/// The rules, and which conversations fit which.
#[derive(Debug, Default)]
pub struct Alerts {
    rules: Vec<Rule>,
    /// For each conversation that fits some rule: which.
    fits: BTreeMap<ConversationId, Vec<bool>>,
    due: bool,
    last: Option<Timestamp>,
}

impl Alerts {
    /// With these rules; nothing fits yet.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Takes note of a card without ringing: it stood so at the beginning.
    pub fn known(&mut self, card: &Card, context: &Context) {
        self.see(card, context);
    }

    /// Looks at a card that came or changed, at this minute of the day where the person is (0 to 1439).
    pub fn look(&mut self, card: &Card, context: &Context, minute: u16) {
        let before = self.see(card, context);
        let Some(now) = self.fits.get(&card.id) else { return };
        let newly = self.rules.iter().zip(now).enumerate().any(|(at, (rule, fits))| {
            let fitted = before.as_ref().and_then(|before| before.get(at)).copied().unwrap_or(false);
            *fits && !fitted && rule.hours.is_none_or(|hours| hours.contains(minute))
        });
        self.due |= newly;
    }

    /// A conversation is no longer on the floor.
    pub fn gone(&mut self, conversation: ConversationId) {
        self.fits.remove(&conversation);
    }

    /// Whether to ring now. What is due soon after a ring is told by that ring.
    pub fn take(&mut self, now: Timestamp) -> bool {
        let due = std::mem::take(&mut self.due);
        let rings = due && self.last.is_none_or(|last| now.since(last) >= EVERY);
        if rings {
            self.last = Some(now);
        }
        rings
    }

    /// What a card fits from now on; tells what it fitted before.
    fn see(&mut self, card: &Card, context: &Context) -> Option<Vec<bool>> {
        let fits: Vec<bool> = self.rules.iter().map(|rule| rule.when.matches(card, context)).collect();
        if fits.contains(&true) { self.fits.insert(card.id, fits) } else { self.fits.remove(&card.id) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Hours,
        domain::{filter::Filter, holder::Holder, ids::TeammateId},
    };

    const NOON: u16 = 12 * 60;

    fn rule(when: &str, hours: Option<&str>) -> Rule {
        Rule { when: Filter::parse(when).unwrap(), hours: hours.map(|hours| Hours::parse(hours).unwrap()) }
    }

    fn card(id: u64, holder: Holder) -> Card {
        Card { holder, waiting_since: Some(Timestamp(0)), ..Card::quiet(ConversationId(id), Timestamp(0)) }
    }

    /// Whether each look at a card, so many seconds later than the first, rings.
    fn rings(rules: Vec<Rule>, minute: u16, looks: &[(u64, u64, Holder)]) -> Vec<bool> {
        let mut alerts = Alerts::new(rules);
        let context = Context { at: Timestamp(0), me: Some(TeammateId(1)), name: &|_| None };
        let each = looks.iter().map(|(seconds, id, holder)| {
            alerts.look(&card(*id, *holder), &context, minute);
            alerts.take(Timestamp(0).plus(Span::seconds(*seconds)))
        });
        each.collect()
    }

    #[test]
    fn what_newly_fits_rings_and_what_stays_so_does_not() {
        let ai = Holder::Ai(TeammateId(2));
        let looks = [(0, 1, ai), (10, 1, Holder::Queue), (20, 1, Holder::Queue), (30, 1, ai), (40, 1, Holder::Queue)];
        assert_eq!(rings(vec![rule("needs:me", None)], NOON, &looks), [false, true, false, false, true]);
    }

    #[test]
    fn a_burst_rings_once() {
        let looks: Vec<_> = (0..8).map(|at| (at, at + 1, Holder::Queue)).collect();
        let rung = rings(vec![rule("needs:me", None)], NOON, &looks);
        assert_eq!(rung, [true, false, false, false, false, true, false, false]);
    }

    #[test]
    fn outside_of_its_hours_a_rule_is_silent_and_another_is_not() {
        let night = || rule("needs:me", Some("22:00-06:00"));
        let look = [(0, 1, Holder::Queue)];
        assert_eq!(rings(vec![night()], NOON, &look), [false]);
        assert_eq!(rings(vec![night(), rule("holder:queue", None)], NOON, &look), [true]);
        assert_eq!(rings(Vec::new(), NOON, &look), [false]);
    }

    #[test]
    fn what_stood_at_the_beginning_does_not_ring() {
        let mut alerts = Alerts::new(vec![rule("needs:me", None)]);
        let context = Context { at: Timestamp(0), me: Some(TeammateId(1)), name: &|_| None };
        let queued = card(1, Holder::Queue);
        alerts.known(&queued, &context);
        alerts.look(&queued, &context, NOON);
        assert!(!alerts.take(Timestamp(0)));
    }
}
