//! What the person should know: short sentences that go away by a key or by themselves.

use crate::domain::time::{Span, Timestamp};

/// How much it matters. The word is shown beside the colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It went well.
    Done,
    /// Good to know.
    Info,
    /// Something waits or was refused.
    Warn,
    /// Something failed.
    Bad,
}

impl Severity {
    /// How long it stays; the bad ones stay until a key puts them away.
    #[must_use]
    pub fn stays(self) -> Option<Span> {
        match self {
            Self::Done | Self::Info => Some(Span::seconds(10)),
            Self::Warn => Some(Span::seconds(30)),
            Self::Bad => None,
        }
    }
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub severity: Severity,
    /// One sentence. May carry text from outside.
    pub text: String,
    /// When it goes away by itself.
    pub until: Option<Timestamp>,
}
