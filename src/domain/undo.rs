//! What the desk remembers of an act so that it can be undone.

use super::{
    card::{Priority, Status},
    escalation::Escalation,
    event::{Event, Recorded},
    holder::Holder,
    ids::{EntryNo, TeammateId, Term},
    mode::Mode,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// By which entry what a command made is named: by the change of holder if somebody asked for one, since an undo names
/// that, else by the first; 0 if it made none.
#[must_use]
pub fn named<'a>(made: impl Iterator<Item = &'a Recorded>) -> EntryNo {
    let mut first = None;
    for one in made.filter(|one| one.conversation.is_some()) {
        if matches!(&one.event, Event::HolderChanged { cause, .. } if cause.is_asked_for()) {
            return one.n;
        }
        first.get_or_insert(one.n);
    }
    first.unwrap_or_default()
}

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
