//! Who answers the customer now, and why that changed.

use super::ids::TeammateId;
use serde::{Deserialize, Serialize};

/// Who answers the customer now. Exactly one, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Holder {
    /// Nobody yet: it waits for a person.
    Queue,
    /// An AI teammate.
    Ai(TeammateId),
    /// A person.
    Human(TeammateId),
}

impl Holder {
    /// The teammate who holds, if it is not the queue.
    #[must_use]
    pub fn teammate(self) -> Option<TeammateId> {
        match self {
            Self::Queue => None,
            Self::Ai(id) | Self::Human(id) => Some(id),
        }
    }

    /// Whether an AI holds.
    #[must_use]
    pub fn is_ai(self) -> bool {
        matches!(self, Self::Ai(_))
    }

    /// Whether `who` is the person who holds.
    #[must_use]
    pub fn is_human(self, who: TeammateId) -> bool {
        self == Self::Human(who)
    }
}

/// Why the holder changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// A person took over.
    TookOver {
        /// In the person's words, if any were given.
        reason: Option<String>,
    },
    /// A person gave it back to an AI, with a brief.
    HandedBack,
    /// Somebody assigned it.
    Assigned,
    /// The AI or a rule asked for a human.
    Escalated,
    /// The person who held it was not seen for the lease.
    LeaseLapsed,
    /// The AI who held it was not seen for the lease, while a customer waited.
    AiVanished,
    /// The mode no longer lets an AI hold it.
    ModeChanged,
    /// The AI who held it was stopped.
    Stopped,
    /// An act was undone.
    Undone,
    /// The teammate who held it was revoked.
    Revoked,
}

impl Cause {
    /// Whether somebody asked for this change of holder, so that it can be undone.
    #[must_use]
    pub fn is_asked_for(&self) -> bool {
        matches!(self, Self::TookOver { .. } | Self::HandedBack | Self::Assigned)
    }
}
