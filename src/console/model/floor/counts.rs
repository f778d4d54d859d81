//! Numbers for the header, kept by adding and taking away.

use crate::domain::{card::Card, holder::Holder, mode::Mode};

/// How many conversations of the floor are what. Only those that are awake count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub live: usize,
    /// Held by an AI whose answers are sent.
    pub auto: usize,
    /// Held by an AI whose answers wait for a person.
    pub draft: usize,
    /// Where an AI drafts beside the people.
    pub shadow: usize,
    /// Where the AI is off.
    pub off: usize,
    /// Held by an AI.
    pub ai: usize,
    /// Held by people.
    pub people: usize,
    /// In the queue.
    pub queue: usize,
    /// Where a person must act.
    pub needs: usize,
    /// Where an AI is writing.
    pub writing: usize,
}

impl Counts {
    pub(super) fn add(&mut self, card: &Card, needs: bool, awake: bool) {
        if awake {
            self.each(card, needs, |count| *count += 1);
        }
    }

    pub(super) fn remove(&mut self, card: &Card, needs: bool, was_awake: bool) {
        if was_awake {
            self.each(card, needs, |count| *count = count.saturating_sub(1));
        }
    }

    fn each(&mut self, card: &Card, needs: bool, change: impl Fn(&mut usize)) {
        change(&mut self.live);
        change(match card.mode {
            Mode::Auto => &mut self.auto,
            Mode::Draft => &mut self.draft,
            Mode::Shadow => &mut self.shadow,
            Mode::Off => &mut self.off,
        });
        change(match card.holder {
            Holder::Ai(_) => &mut self.ai,
            Holder::Human(_) => &mut self.people,
            Holder::Queue => &mut self.queue,
        });
        if needs {
            change(&mut self.needs);
        }
        if card.writing.is_some() {
            change(&mut self.writing);
        }
    }
}
