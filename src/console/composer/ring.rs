//! What was cut, newest last. Cuts that follow on each other are one text, so that three words cut one by one come back
//! as three words. Deliberately not here: where the text goes.

use std::collections::VecDeque;

/// How many cuts are remembered; the oldest goes when another comes.
const CUTS: usize = 16;

/// On which side of the caret something was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// The cuts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ring {
    cuts: VecDeque<String>,
}

impl Ring {
    /// Takes a cut; `follows` when nothing but cuts happened since the last one.
    pub(super) fn take(&mut self, text: &str, side: Side, follows: bool) {
        match self.cuts.back_mut().filter(|_| follows) {
            Some(last) if side == Side::Before => last.insert_str(0, text),
            Some(last) => last.push_str(text),
            None => {
                if self.cuts.len() >= CUTS {
                    self.cuts.pop_front();
                }
                self.cuts.push_back(text.to_owned());
            }
        }
    }

    /// The cut so many steps before the newest; begins again at the newest after the oldest.
    pub(super) fn back(&self, steps: usize) -> Option<&str> {
        let steps = steps.checked_rem(self.cuts.len())?;
        self.cuts.iter().rev().nth(steps).map(String::as_str)
    }
}
