//! How an AI teammate works, and how it stops.

use crate::{ai::retrieval::IndexError, protocol::ByeCode};
use std::time::Duration;

/// How fast an answer is streamed to those who watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As fast as the model gives it.
    Instant,
    /// So many pieces (words, mostly) a second; 0 counts as 1.
    WordsPerSecond(u32),
}

impl Pace {
    pub(super) fn wait(self) -> Duration {
        match self {
            Self::Instant => Duration::ZERO,
            Self::WordsPerSecond(words) => Duration::from_secs(1) / words.max(1),
        }
    }
}

/// How an AI teammate works.
#[derive(Clone, Debug)]
pub struct DriverOptions {
    /// How fast it writes.
    pub pace: Pace,
    /// How long a customer must be silent before it begins: people write in bursts.
    pub settle: Duration,
    /// For so long after its start it writes as fast as it can and waits for nobody's silence: it comes to a full floor.
    pub hurry: Duration,
    /// How many conversations it answers at once; 1 to 200.
    pub at_once: usize,
    /// The program, for the server's log.
    pub program: String,
}

impl Default for DriverOptions {
    fn default() -> Self {
        let program = concat!("centaur-ai ", env!("CARGO_PKG_VERSION")).to_owned();
        Self {
            pace: Pace::WordsPerSecond(20),
            settle: Duration::from_millis(900),
            hurry: Duration::ZERO,
            at_once: 16,
            program,
        }
    }
}

/// An AI teammate stopped.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The knowledge cannot be indexed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The session ended.
    #[error("the AI's session ended: {why}")]
    Ended {
        /// The server's code, if it said one.
        code: Option<ByeCode>,
        /// Why, for people.
        why: String,
    },
}
