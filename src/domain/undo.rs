//! What the desk remembers of an act so that it can be undone.

use super::{
    card::{Priority, Status},
    escalation::Escalation,
    holder::Holder,
    ids::{EntryNo, TeammateId, Term},
    mode::Mode,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How many acts of a conversation can be undone at most.
pub const KEPT: usize = 8;

/// An act and what was before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Undoable {
    /// The entry of the act.
    pub act: EntryNo,
    /// Whose act.
    pub by: TeammateId,
    /// What to bring back.
    pub before: Before,
}

impl Undoable {
    /// Whether it is a change of holder that ends a sleep which is `status`.
    #[must_use]
    pub fn woke(&self, status: Status) -> bool {
        matches!(self.before, Before::Holder { asleep: Some(until), .. } if status == Status::Snoozed { until })
    }
}

impl Before {
    /// Whether `later` changed the same thing again, so that this one no longer stands.
    #[must_use]
    pub fn is_overlaid_by(&self, later: &Self) -> bool {
        matches!(
            (self, later),
            (Self::Status { .. }, Self::Status { .. })
                | (Self::Priority { .. }, Self::Priority { .. })
                | (Self::Mode { .. }, Self::Mode { .. })
                | (Self::Pause { .. }, Self::Pause { .. })
        )
    }
}

/// What was before an act.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Before {
    /// Another holder; the act made `term`, and only while that term stands can it be undone.
    Holder {
        /// Who held.
        holder: Holder,
        /// The term that the act made.
        term: Term,
        /// The call for a human that the act answered.
        escalation: Option<Box<Escalation>>,
        /// Whether the customer had asked for a person.
        asked_human: bool,
        /// Until when it slept, if the act woke it.
        asleep: Option<Timestamp>,
    },
    /// Another status.
    Status {
        /// Which.
        status: Status,
        /// What the act made it; only while it is that can the act be undone.
        made: Status,
        /// Since when the customer waited.
        waiting_since: Option<Timestamp>,
        /// The call for a human that stood.
        escalation: Option<Box<Escalation>>,
        /// Whether it counted as reopened.
        reopened: bool,
    },
    /// Other tags.
    Tags {
        /// What the act added.
        added: Vec<String>,
        /// What the act removed.
        removed: Vec<String>,
    },
    /// Another priority.
    Priority {
        /// Which.
        priority: Priority,
    },
    /// Another mode of its own.
    Mode {
        /// Which.
        mode: Option<Mode>,
    },
    /// Another pause.
    Pause {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// No such annotation, or the earlier one of the same reviewer.
    Annotation {
        /// The message that was judged.
        message: EntryNo,
        /// The earlier one.
        earlier: Option<EntryNo>,
    },
}
