//! Whether what is shown is fresh. `Live` only while nothing is missing (promise P4).

use crate::domain::time::Timestamp;
use crate::protocol::ByeCode;

/// The state of the line to the server. Times are the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Not greeted yet.
    Connecting,
    /// Greeted; the cards are still coming.
    Loading,
    /// Everything up to the server's last word is here.
    Live,
    /// Connected, but the server's head is ahead of what is here.
    Behind {
        /// Since when.
        since: Timestamp,
    },
    /// The line is cut; the session comes back by itself.
    Reconnecting {
        /// Since when nothing is heard.
        since: Timestamp,
        /// Why, as the session says it.
        why: String,
        /// When the next attempt is made.
        next: Timestamp,
    },
    /// The session is over and does not come back.
    Ended {
        /// The server's code, if it said one.
        code: Option<ByeCode>,
        /// Why.
        why: String,
    },
}

impl Line {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live)
    }

    /// Whether frames can be sent now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Loading | Self::Live | Self::Behind { .. })
    }

    /// What the header says: `● live`, `◌ 42s behind, reconnecting`. The symbol is the view's.
    #[must_use]
    pub fn words(&self, now: Timestamp) -> String {
        match self {
            Self::Connecting => "connecting".to_owned(),
            Self::Loading => "loading".to_owned(),
            Self::Live => "live".to_owned(),
            Self::Behind { since } => format!("{} behind", coarse(now, *since)),
            Self::Reconnecting { since, .. } => format!("{} behind, reconnecting", coarse(now, *since)),
            Self::Ended { .. } => "offline".to_owned(),
        }
    }
}

/// Ages below a minute in steps of ten seconds, so that nothing ticks.
fn coarse(now: Timestamp, since: Timestamp) -> String {
    let span = now.since(since);
    match span.whole_seconds() {
        0..10 => "<10s".to_owned(),
        seconds @ 10..60 => format!("{}s", seconds / 10 * 10),
        _ => span.short(),
    }
}
