//! Whether to call the person now: the rules over the cards as they change.
//!
//! A pure machine. A rule calls for a conversation that newly fits it, within its hours; what comes close together calls
//! once; what fits no longer when its turn comes does not call. What an AI has well in hand never does, whatever the rule,
//! nor what is settled or sleeps. Deliberately not here: the rules' text (`config`), clocks, the words, and how it rings:
//! only who owns the terminal writes to it.

use crate::{
    config::{By, Rule},
    domain::{
        attention,
        card::{Card, Status},
        filter::Context,
        ids::ConversationId,
        time::{Span, Timestamp},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Between two calls lies at least this.
pub const EVERY: Span = Span::seconds(10);
/// So often what depends on time alone is looked at again, while there are rules.
const LOOK_EVERY: Span = Span::seconds(10);

/// A call: for whom, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The conversations that fit since the last one, by number; never none.
    pub conversations: Vec<ConversationId>,
    /// How: what any of their rules asks for.
    pub by: BTreeSet<By>,
}

impl Call {
    /// Whether this is asked for.
    #[must_use]
    pub fn is_by(&self, by: By) -> bool {
        self.by.contains(&by)
    }
}

/// The rules, and which conversations fit which.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    rules: Vec<Rule>,
    /// For each conversation that fits some rule: which.
    fits: BTreeMap<ConversationId, Vec<bool>>,
    /// Those that wait to be called for, with how.
    due: BTreeMap<ConversationId, BTreeSet<By>>,
    last: Option<Timestamp>,
    looked: Option<Timestamp>,
    silent: bool,
}

impl Alerts {
    /// With these rules; nothing fits yet.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// One more rule. What fits already does not call; a rule that there is changes nothing.
    pub fn add(&mut self, rule: Rule) {
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    /// Whether nothing calls for now.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// From now on nothing calls, or it does again: for what comes from then on.
    pub fn silence(&mut self, silent: bool) {
        self.silent = silent;
        self.due.clear();
    }

    /// Takes note of a card without calling: it stood so at the beginning. `minute` is that of the day where the person is,
    /// 0 to 1439.
    pub fn known(&mut self, card: &Card, context: &Context, minute: u16) {
        if !self.rules.is_empty() {
            self.see(card, context, minute);
        }
    }

    /// Looks at a card that came, or that it or the time may have changed.
    pub fn look(&mut self, card: &Card, context: &Context, minute: u16) {
        if self.rules.is_empty() {
            return;
        }
        let before = self.see(card, context, minute);
        let Some(now) = self.fits.get(&card.id) else {
            self.due.remove(&card.id);
            return;
        };
        if self.silent {
            return;
        }
        let fitted = |at: usize| before.as_ref().and_then(|before| before.get(at)).copied().unwrap_or(false);
        let newly = self.rules.iter().zip(now).enumerate().filter(|(at, (_, fits))| **fits && !fitted(*at));
        let by: BTreeSet<By> = newly.flat_map(|(_, (rule, _))| rule.by.iter().copied()).collect();
        if !by.is_empty() {
            self.due.entry(card.id).or_default().extend(by);
        }
    }

    /// A conversation is no longer on the floor.
    pub fn gone(&mut self, conversation: ConversationId) {
        self.fits.remove(&conversation);
        self.due.remove(&conversation);
    }

    /// When there is a call to be taken: at once, or when the last one is old enough.
    #[must_use]
    pub fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        (!self.due.is_empty()).then(|| self.last.map_or(now, |last| last.plus(EVERY)))
    }

    /// The call that is to be made now, if any.
    pub fn take(&mut self, now: Timestamp) -> Option<Call> {
        self.due_at(now).filter(|due| *due <= now)?;
        self.last = Some(now);
        let due = std::mem::take(&mut self.due);
        let by = due.values().flatten().copied().collect();
        Some(Call { conversations: due.into_keys().collect(), by })
    }

    /// When all cards are to be looked at again, since time alone may have changed what they fit; none without rules.
    #[must_use]
    pub fn again_at(&self, now: Timestamp) -> Option<Timestamp> {
        (!self.rules.is_empty()).then(|| self.looked.map_or(now, |looked| looked.plus(LOOK_EVERY)))
    }

    /// Whether that is now; then it is taken as done.
    pub fn looks_again(&mut self, now: Timestamp) -> bool {
        let again = self.again_at(now).is_some_and(|again| again <= now);
        if again {
            self.looked = Some(now);
        }
        again
    }

    /// What a card fits from now on; tells what it fitted before.
    fn see(&mut self, card: &Card, context: &Context, minute: u16) -> Option<Vec<bool>> {
        let is_quiet = card.status != Status::Open || attention::is_in_good_hands(card, context.at);
        let fits = |rule: &Rule| {
            !is_quiet && rule.hours.is_none_or(|hours| hours.contains(minute)) && rule.when.matches(card, context)
        };
        let fits: Vec<bool> = self.rules.iter().map(fits).collect();
        if fits.contains(&true) { self.fits.insert(card.id, fits) } else { self.fits.remove(&card.id) }
    }
}

#[cfg(test)]
mod tests;
