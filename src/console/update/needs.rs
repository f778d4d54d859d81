//! The queue of what waits for a decision: which card is in sight, and when the next one comes.
//!
//! The next card comes by the person's own hand alone: by a decision, or by a key that moves. What others decide leaves the
//! card in sight, marked as settled.

use super::Up;
use crate::console::{
    action::Action,
    model::{Act, Layer, Pane, Screen, Scroll, Severity},
};
use crate::domain::{
    card::Card,
    ids::{ConversationId, EntryNo},
    time::{Span, Timestamp},
};

/// A draft is not approved within this long after its card came by itself: the key was meant for the card before.
const GLANCE: Span = Span(300);

impl Up<'_> {
    /// Keeps a card in sight while the screen is, and its place in the queue.
    pub(super) fn tend_needs(&mut self) {
        if self.m.screen != Screen::NeedsYou {
            return;
        }
        let queue = self.m.queue();
        match self.m.needs.current {
            Some(id) => {
                if let Some(at) = queue.iter().position(|one| *one == id) {
                    self.m.needs.at = at;
                }
            }
            None if matches!(self.m.layer, Layer::None | Layer::Help(_)) => {
                if let Some(id) = queue.first() {
                    self.look_at(Some(*id), 0);
                }
            }
            None => {}
        }
    }

    /// Brings a card into sight.
    fn look_at(&mut self, id: Option<ConversationId>, at: usize) {
        let needs = &mut self.m.needs;
        needs.at = at;
        if needs.current != id {
            (needs.current, needs.shown_at, needs.taken) = (id, self.m.now, false);
            needs.turned = (EntryNo(0), 0);
            self.m.measured.card_over = (0, 0);
            self.changed = true;
        }
        self.open_selected();
    }

    /// After the filter changed: the most urgent of what is left.
    pub(super) fn first_need(&mut self) {
        let queue = self.m.queue();
        if self.m.needs.current.is_none_or(|id| !queue.contains(&id)) {
            self.look_at(queue.first().copied(), 0);
        }
    }

    /// Moves through the queue, or through the talk by pages.
    pub(super) fn move_needs(&mut self, action: Action, by: i64) {
        match action {
            Action::PageDown | Action::PageUp | Action::HalfDown | Action::HalfUp => {
                let page = i64::from(self.m.measured.talk_rows.max(2));
                let by = if matches!(action, Action::PageDown | Action::PageUp) { page - 1 } else { page / 2 };
                let down = matches!(action, Action::PageDown | Action::HalfDown);
                if !self.turn_card(down) {
                    self.move_talk(action, if down { by } else { -by });
                }
            }
            Action::First => self.needs_at(0),
            Action::Last => self.needs_at(usize::MAX),
            _ => self.move_needs_by(by.signum()),
        }
    }

    /// To the next card, or to the one before; around the ends. From a settled card to the one that has come in its place.
    pub(super) fn move_needs_by(&mut self, by: i64) {
        let queue = self.m.queue();
        let here = self.m.needs.current.and_then(|id| queue.iter().position(|one| *one == id));
        let count = i64::try_from(queue.len()).unwrap_or(i64::MAX);
        if count == 0 || (count == 1 && here.is_some()) {
            let words = if count == 0 { "nobody needs you now" } else { "nobody else needs you now" };
            if count == 0 {
                self.look_at(None, 0);
            }
            return self.say(Severity::Info, words);
        }
        let to = match here {
            Some(at) => (i64::try_from(at).unwrap_or(0) + by).rem_euclid(count),
            None => (i64::try_from(self.m.needs.at).unwrap_or(0) - i64::from(by < 0)).rem_euclid(count),
        };
        self.needs_at(usize::try_from(to).unwrap_or(0));
    }

    fn needs_at(&mut self, at: usize) {
        let queue = self.m.queue();
        let at = at.min(queue.len().saturating_sub(1));
        self.look_at(queue.get(at).copied(), at);
        // Who moves there by hand knows that it is another card.
        self.m.needs.shown_at = Timestamp::default();
    }

    /// Something was decided, or an answer was sent: if it is about the card in sight, the next one comes.
    pub(super) fn decided(&mut self, conversation: ConversationId, act: Option<Act>) {
        if self.m.screen != Screen::NeedsYou || self.m.needs.current != Some(conversation) {
            return;
        }
        match act {
            Some(Act::TakeOver) => self.m.needs.taken = true,
            Some(act) if !act.decides() => {}
            _ => {
                self.m.needs.decided += 1;
                self.m.pane = Pane::List;
                let mut queue = self.m.queue();
                queue.retain(|one| *one != conversation);
                let at = self.m.needs.at;
                let at = if at < queue.len() { at } else { 0 };
                self.look_at(queue.get(at).copied(), at);
                if let Some(talk) = &mut self.m.talk {
                    talk.scroll = Scroll::default();
                }
            }
        }
    }

    /// Turns the card of a call that does not fit. Whether there was something to turn: else the keys are the talk's.
    fn turn_card(&mut self, down: bool) -> bool {
        let (over, rows) = self.m.measured.card_over;
        let Some(card) = self.m.needs.current.and_then(|id| self.m.card(id)) else { return false };
        let Some(waits) = card.tool_waiting() else { return false };
        let top = self.m.card_top(card).min(over);
        let to = if down { top.saturating_add(rows).min(over) } else { top.saturating_sub(rows) };
        let (moves, call) = (to != top, waits.call);
        self.m.needs.turned = (call, to);
        self.changed |= moves;
        moves
    }

    /// Why a call cannot be approved yet: it is not read to its end. An AI may write arguments at length, and what decides
    /// may stand behind them.
    pub(super) fn unread(&self, card: &Card) -> Option<&'static str> {
        let waits = card.tool_waiting()?;
        if self.m.screen == Screen::NeedsYou {
            let (over, rows) = self.m.measured.card_over;
            // What is long and not drawn yet nobody has read.
            let unseen = rows == 0 && waits.arguments.is_empty();
            let unread = self.m.needs.current != Some(card.id) || unseen || self.m.card_top(card) < over;
            return unread.then_some("the call goes on below: PgDn reads on, then press again");
        }
        // Elsewhere it stands in the talk, which may be turned past it.
        waits
            .arguments
            .is_empty()
            .then_some("these arguments are long: press 2, read them there to their end, and approve")
    }

    /// Whether the card of this conversation came by itself a moment ago.
    pub(super) fn came_just_now(&self, conversation: ConversationId) -> bool {
        let needs = &self.m.needs;
        self.m.screen == Screen::NeedsYou
            && needs.current == Some(conversation)
            && self.m.now.since(needs.shown_at) < GLANCE
    }
}
