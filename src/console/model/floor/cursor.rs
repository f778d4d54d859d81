//! The person at the list: holding and releasing the order, and the cursor, which keeps to its conversation.

use super::{Floor, Sort};
use crate::domain::ids::ConversationId;

impl Floor {
    /// Holds the order as it is now. Where there is no row none can move under the cursor, so what comes is shown.
    pub(crate) fn hold(&mut self) {
        if self.held.is_none() && self.scan.is_none() && !self.order().is_empty() {
            self.held = Some(self.order().iter().map(|place| place.id).collect());
            self.fresh = 0;
        }
    }

    /// Lets the order be live again; the cursor stays on its conversation.
    pub(crate) fn release(&mut self) {
        let Some(held) = self.held.take() else { return };
        self.fresh = 0;
        if let Some(id) = self.selected.filter(|id| held.contains(id)) {
            self.stick(id);
        }
        self.let_go();
        self.settle();
    }

    /// Keeps a row that should go while the cursor is on it.
    fn stick(&mut self, id: ConversationId) {
        if self.slots.get(&id).is_some_and(|slot| !slot.listed && !slot.stuck) {
            self.change(id, Sort::Now, |slot, _| slot.stuck = true);
            self.leaving.push(id);
        }
    }

    /// Takes out the rows that should go and are not under the cursor.
    pub(super) fn let_go(&mut self) {
        for id in std::mem::take(&mut self.leaving) {
            let Some(slot) = self.slots.get(&id) else { continue };
            if slot.stuck && Some(id) == self.selected {
                if !self.leaving.contains(&id) {
                    self.leaving.push(id);
                }
                continue;
            }
            let gone = slot.gone;
            self.change(id, Sort::Now, |slot, _| slot.stuck = false);
            if gone {
                self.slots.remove(&id);
            }
        }
    }

    /// Keeps the cursor on its conversation, wherever that now is, and on its line of the screen where it can.
    pub(super) fn settle(&mut self) {
        if let Some(wanted) = self.wanted.filter(|id| self.index_of(*id).is_some()) {
            self.wanted = None;
            self.selected = Some(wanted);
        } else if !self.anchored && self.held.is_none() && self.wanted.is_none() {
            self.selected = None;
            self.cursor = 0;
            self.top = 0;
        }
        let on_screen = self.cursor.saturating_sub(self.top);
        if let Some(at) = self.selected.and_then(|id| self.index_of(id)) {
            self.cursor = at;
        } else {
            self.cursor = self.cursor.min(self.len().saturating_sub(1));
            self.selected = self.id_at(self.cursor);
        }
        if self.top > 0 || self.cursor >= self.window.max(1) {
            self.top = self.cursor.saturating_sub(on_screen);
        }
        self.clamp();
    }

    /// From now on the cursor keeps to its conversation.
    pub(crate) fn anchor(&mut self) {
        self.anchored = true;
        self.wanted = None;
    }

    /// The conversation to keep the cursor on when it comes again.
    pub(crate) fn prefer(&mut self, id: Option<ConversationId>) {
        self.wanted = id;
    }

    /// How many rows are in sight; the cursor stays among them.
    pub(crate) fn fit(&mut self, window: usize) {
        self.window = window;
        self.clamp();
    }

    /// How many rows are in sight.
    pub(crate) fn window(&self) -> usize {
        self.window.max(1)
    }

    fn clamp(&mut self) {
        let window = self.window.max(1);
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top.saturating_add(window) {
            self.top = self.cursor + 1 - window;
        }
        self.top = self.top.min(self.len().saturating_sub(window));
    }

    /// Moves the cursor to an index, or to the last row.
    pub(crate) fn go(&mut self, to: usize) {
        self.cursor = to.min(self.len().saturating_sub(1));
        self.selected = self.id_at(self.cursor);
        self.clamp();
    }

    /// Moves the cursor by so many rows. At an edge the list moves by three quarters of a page at least: each move of
    /// the list writes all of its rows, and a thin line would carry them for each key.
    pub(crate) fn step(&mut self, by: isize) {
        let (from, leap) = (self.top, self.window.max(1) * 3 / 4);
        self.go(self.cursor.saturating_add_signed(by));
        if self.top > from {
            self.top = self.top.max(from.saturating_add(leap));
        } else if self.top < from {
            self.top = self.top.min(from.saturating_sub(leap));
        }
        self.clamp();
    }

    /// Moves the cursor to a conversation, if it is listed.
    pub(crate) fn select(&mut self, id: ConversationId) -> bool {
        let Some(at) = self.index_of(id) else { return false };
        self.go(at);
        true
    }
}
