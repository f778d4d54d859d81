//! Four steps for a newcomer: take over, hand back, judge, undo. A small machine that hears what the desk has done and says
//! in one line what comes next. Pure.
//!
//! It never presses a key by itself, and only an act that the desk has accepted moves it on. Deliberately not here: the
//! acts, drawing.

use super::{
    action::{Action, Scope},
    keymap::Keymap,
    model::Act,
};

/// One thing to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Answer in place of the AI.
    TakeOver,
    /// Let the AI carry on.
    HandBack,
    /// Say whether the AI was right.
    Judge,
    /// Undo that.
    Undo,
}

impl Step {
    /// In order.
    pub const ALL: [Self; 4] = [Self::TakeOver, Self::HandBack, Self::Judge, Self::Undo];

    fn number(self) -> usize {
        self as usize + 1
    }

    /// The act that it waits for.
    fn act(self) -> Act {
        match self {
            Self::TakeOver => Act::TakeOver,
            Self::HandBack => Act::HandBack,
            Self::Judge => Act::Annotate,
            Self::Undo => Act::Undo,
        }
    }
}

/// What an act meant to the tour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing: another act is waited for.
    Other,
    /// The next step.
    Next,
    /// It was the last step.
    Last,
}

/// A tour under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tour {
    step: Step,
    leaving: bool,
}

impl Tour {
    /// At its first step.
    #[must_use]
    pub fn begin() -> Self {
        Self { step: Step::TakeOver, leaving: false }
    }

    /// The step that is to be tried now.
    #[must_use]
    pub fn step(&self) -> Step {
        self.step
    }

    /// The desk did an act of the person's.
    pub fn hear(&mut self, act: Act) -> Heard {
        if act != self.step.act() {
            return Heard::Other;
        }
        match Step::ALL.get(self.step.number()) {
            Some(next) => {
                self.step = *next;
                Heard::Next
            }
            None => Heard::Last,
        }
    }

    /// The key for one step back was pressed. Whether that was twice on end, which leaves the tour.
    pub fn leave(&mut self) -> bool {
        std::mem::replace(&mut self.leaving, true)
    }

    /// Another key was pressed.
    pub fn stay(&mut self) {
        self.leaving = false;
    }

    /// What to do next, in one line, with the person's own keys.
    #[must_use]
    pub fn line(&self, keymap: &Keymap) -> String {
        let key = |action| keymap.keys_of(Scope::Floor, action).unwrap_or_else(|| format!("`{action}`"));
        let what = match self.step {
            Step::TakeOver => format!(
                "{}/{} to a talk of the AI, {} takes it over",
                key(Action::Down),
                key(Action::Up),
                key(Action::TakeOver)
            ),
            Step::HandBack => {
                format!("{} hands it back: say what was done, Enter", key(Action::HandBack))
            }
            Step::Judge => {
                format!("{} or {} judges what the AI said last", key(Action::Good), key(Action::Bad))
            }
            Step::Undo => format!("{} undoes your last act", key(Action::Undo)),
        };
        format!("tour {}/{}: {what}", self.step.number(), Step::ALL.len())
    }

    /// How it is left, where there is room to say it.
    #[must_use]
    pub fn skip(&self, keymap: &Keymap) -> String {
        let back = keymap.keys_of(Scope::Floor, Action::Back).unwrap_or_else(|| format!("`{}`", Action::Back));
        format!("({back} {back} skips)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_act_of_its_step_moves_the_tour_on() {
        let mut tour = Tour::begin();
        for (at, step) in Step::ALL.into_iter().enumerate() {
            assert_eq!(tour.step(), step);
            for other in [Act::Tag, Act::Priority, Act::Snooze] {
                assert_eq!(tour.hear(other), Heard::Other);
            }
            let heard = if at + 1 == Step::ALL.len() { Heard::Last } else { Heard::Next };
            assert_eq!(tour.hear(step.act()), heard);
        }
    }

    #[test]
    fn the_line_names_the_keys_that_the_person_has() {
        let keymap = Keymap::built_in().overlaid("[floor]\nT = \"take_over\"\nt = \"\"\n", "k").unwrap();
        let line = Tour::begin().line(&keymap);
        assert_eq!(line, "tour 1/4: j/k to a talk of the AI, T takes it over");
        assert_eq!(Tour::begin().skip(&keymap), "(esc esc skips)");
    }

    #[test]
    fn each_line_fits_the_narrowest_console() {
        for step in Step::ALL {
            let line = Tour { step, leaving: false }.line(&Keymap::built_in());
            assert!(line.chars().count() <= 56, "{line}");
        }
    }

    #[test]
    fn only_two_steps_back_on_end_leave_it() {
        let mut tour = Tour::begin();
        assert!(!tour.leave());
        tour.stay();
        assert!(!tour.leave());
        assert!(tour.leave());
    }
}
