//! A decision that the AI waits for. Three ends that are never mixed up: decided, expired, withdrawn.

use super::{guard::Rule, ids::EntryNo, ids::Term, time::Timestamp, turn::Answer};
use serde::{Deserialize, Serialize};

/// Why a draft needs a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The mode is draft.
    #[default]
    Mode,
    /// The mode is auto, but the answer stands on too little.
    LowGrounding,
    /// A check found something, whatever the mode. The entry just before the draft tells what.
    Guard {
        /// Which rule, the first of them.
        rule: Rule,
    },
    /// The turn used more than one may.
    Ceiling,
}

impl Why {
    /// In a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Mode => "mode is draft",
            Self::LowGrounding => "low grounding",
            Self::Guard { rule } => rule.words(),
            Self::Ceiling => "the turn used too much",
        }
    }
}

/// A draft that waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Waiting {
    /// Its number in the conversation.
    pub draft: EntryNo,
    /// The turn that made it.
    pub turn: EntryNo,
    /// The term under which it may be sent.
    pub term: Term,
    /// When it expires.
    pub expires_at: Timestamp,
    /// What would be sent.
    pub answer: Box<Answer>,
    /// The whispers that it applies: they wait again if it is not sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub whispers: Vec<EntryNo>,
}

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Decision {
    /// Send it as it is.
    Approve,
    /// Send this instead.
    Edit {
        /// What is sent.
        text: String,
    },
    /// Do not send it.
    Reject {
        /// Why: the AI reads it before its next attempt.
        reason: String,
    },
}

/// How a draft ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ending {
    /// Sent as it was.
    Approved,
    /// Sent with another text.
    Edited,
    /// Not sent, by decision.
    Rejected {
        /// Why.
        reason: String,
    },
    /// Not sent: nobody decided in time.
    Expired,
    /// Not sent: the ground went from under it.
    Withdrawn {
        /// What happened: `taken over`, `customer wrote again` …
        why: String,
    },
}
