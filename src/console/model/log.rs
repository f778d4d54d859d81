//! The log of the desk as far as it was read, and one talk as it was at a moment.
//!
//! Both are read from the server in pages and stay as they were read: the past does not move. Deliberately not here: words
//! for what was done (see `view`).

use super::{Screen, Talk};
use crate::domain::{
    event::Recorded,
    ids::{ConversationId, EntryNo, Seq},
    thread::Thread,
};

/// What the log shows at first: what was done, without the machinery.
pub const BEGUN: &str = "-did:turn|deliver";
/// Events kept; beyond that a narrower filter is needed.
pub const KEPT: usize = 4_000;

/// What was read of the log.
#[derive(Clone, Debug)]
pub struct Log {
    /// Newest first.
    pub rows: Vec<Recorded>,
    /// Where older ones go on; none at the beginning of the log.
    pub next: Option<Seq>,
    /// The head of the log when it was read; none before the first page.
    pub head: Option<Seq>,
    /// The row under the cursor.
    pub cursor: usize,
    /// The first row in sight.
    pub top: usize,
    /// How many rows are in sight.
    pub window: usize,
    /// The number of the query that runs.
    pub asked: Option<u32>,
    /// Whether that query reads from the newest on.
    pub anew: bool,
    /// The filter, as typed.
    pub words: String,
    /// Why the server did not tell.
    pub refused: Option<String>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            next: None,
            head: None,
            cursor: 0,
            top: 0,
            window: 0,
            asked: None,
            anew: false,
            words: BEGUN.to_owned(),
            refused: None,
        }
    }
}

impl Log {
    /// The row under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&Recorded> {
        self.rows.get(self.cursor)
    }

    /// Keeps the cursor in sight.
    pub(crate) fn clamp(&mut self) {
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        let window = self.window.max(1);
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + window {
            // Most of a page at once: each move of the list writes all of its rows.
            self.top = (self.cursor + window / 4 + 1).saturating_sub(window);
        }
        self.top = self.top.min(self.rows.len().saturating_sub(window.min(self.rows.len())));
    }
}

/// One talk as it was at a moment.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Which.
    pub conversation: ConversationId,
    /// The entry that was the newest then.
    pub at: EntryNo,
    /// What is loaded, in order.
    pub events: Vec<Recorded>,
    /// Whether there are earlier events that are not loaded.
    pub earlier: bool,
    /// Whether there may be later ones.
    pub later: bool,
    /// The number of the query that runs.
    pub asked: Option<u32>,
    /// The talk, folded up to then.
    pub talk: Talk,
    /// The numbers of all entries that are loaded, in order.
    pub steps: Vec<EntryNo>,
    /// Where one came from.
    pub from: Screen,
    /// Why it cannot be shown.
    pub refused: Option<String>,
}

impl Replay {
    /// Which of the loaded entries is the newest at that moment, from 0.
    #[must_use]
    pub fn step(&self) -> usize {
        self.steps.partition_point(|n| *n <= self.at).saturating_sub(1)
    }

    /// The event that made the entry it is at.
    #[must_use]
    pub fn event(&self) -> Option<&Recorded> {
        self.events.iter().rev().find(|event| event.n <= self.at)
    }

    /// Finds the entries anew, and folds up to the moment.
    pub(crate) fn fold(&mut self, epoch: u64) {
        let mut whole = Thread::new(self.conversation);
        for event in &self.events {
            // They follow on each other; where they do not the fold stops, and what is there is shown.
            if whole.apply(event).is_err() {
                break;
            }
        }
        self.steps = whole.entries.iter().map(|entry| entry.n).collect();
        let at = self.at;
        let mut then = Thread::new(self.conversation);
        for event in self.events.iter().take_while(|event| event.n <= at) {
            if then.apply(event).is_err() {
                break;
            }
        }
        self.talk.thread = then;
        self.talk.earlier = self.earlier;
        self.talk.epoch = epoch;
        self.talk.loading = super::Loading::Here;
        self.talk.scroll = super::Scroll::default();
        self.talk.touched.clear();
    }
}
