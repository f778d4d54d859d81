//! What is due when, in one ordered list instead of a task for each timer.

use crate::{
    ai::turn::Timer,
    domain::ids::{ConversationId, EntryNo},
};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// Something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wake {
    /// The customer may have come to the end of a burst, with this message.
    Settled(ConversationId, EntryNo),
    /// The time of a task may have come.
    Task(ConversationId),
    /// A timer of a turn, in this attempt.
    Turn(ConversationId, u64, Timer),
}

/// What is due when. A few entries for each conversation that is being answered.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    wakes: BTreeMap<(Instant, u64), Wake>,
    count: u64,
}

impl Agenda {
    pub(super) fn add(&mut self, at: Instant, wake: Wake) {
        self.count += 1;
        self.wakes.insert((at, self.count), wake);
    }

    /// When the next is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.wakes.keys().next().map(|(at, _)| *at)
    }

    /// Takes what is due by now, in order.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Wake> {
        let later = self.wakes.split_off(&(now, u64::MAX));
        std::mem::replace(&mut self.wakes, later).into_values().collect()
    }
}
