//! The tour: begins, hears what was done, and ends.

use super::Up;
use crate::console::{
    model::{Act, Screen, Severity},
    tour::{Heard, Tour},
};

impl Up<'_> {
    /// Begins it, or ends the one that is under way.
    pub(super) fn tour(&mut self) {
        if self.m.tour.take().is_some() {
            self.say(Severity::Info, "the tour is over; :tour begins it anew");
        } else {
            self.m.tour = Some(Tour::begin());
            // Its first step is done there.
            self.show(Screen::Floor);
        }
    }

    /// The desk did one of the person's acts.
    pub(super) fn toured(&mut self, act: Act) {
        if let Some(tour) = &mut self.m.tour
            && tour.hear(act) == Heard::Last
        {
            self.m.tour = None;
            self.say(Severity::Done, "that was the tour: ? shows every key, :tour repeats it");
        }
    }

    /// Back was pressed where nothing lies over the floor; twice on end leaves the tour. Whether it did.
    pub(super) fn tour_left(&mut self) -> bool {
        let leaves = self.m.tour.as_mut().is_some_and(Tour::leave);
        if leaves {
            self.tour();
        }
        leaves
    }
}
