//! From one screen to another. What stood on the one that is left stays as it was.

use super::Up;
use crate::console::model::{Pane, Screen, Severity, log::BEGUN};

impl Up<'_> {
    /// Shows a screen.
    pub(super) fn show(&mut self, screen: Screen) {
        if self.m.screen != screen {
            self.m.screen = screen;
            self.m.pane = Pane::List;
            self.m.pending_keys.clear();
        }
        if screen == Screen::NeedsYou {
            // What was settled meanwhile is not come back to.
            let queue = self.m.queue();
            self.m.needs.current = self.m.needs.current.filter(|id| queue.contains(id) || self.m.needs.taken);
            self.tend_needs();
        }
        self.tend_wall();
        self.open_selected();
    }

    /// Esc on a screen with nothing open on it: its filter goes, then the floor is there again.
    pub(super) fn leave_screen(&mut self) {
        if self.m.screen == Screen::Log && self.m.log.words != BEGUN {
            self.filter_log(BEGUN);
        } else if self.m.screen == Screen::NeedsYou && self.filter_words().is_some() {
            self.apply_filter("");
        } else {
            self.show(Screen::Floor);
        }
    }

    /// To the most urgent conversation that needs the person who sits here; from there to the next, around the end.
    pub(super) fn next_needs(&mut self) {
        if self.m.screen == Screen::NeedsYou {
            return self.move_needs_by(1);
        }
        let queue = self.m.queue();
        let here = self.m.selected().and_then(|id| queue.iter().position(|one| *one == id));
        let next = here.map_or(0, |at| (at + 1) % queue.len().max(1));
        match queue.get(next) {
            Some(id) => self.visit(*id),
            None => self.say(Severity::Info, "nobody needs you now"),
        }
    }
}
