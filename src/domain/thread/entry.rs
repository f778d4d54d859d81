//! What an entry of a talk holds, asked for by what it is.
//!
//! Deliberately not here: how entries come about (see the fold).

use super::{Entry, What};
use crate::domain::{annotation::Annotation, delivery::State, ids::PublicNo, turn::Answer};
use serde::{Deserialize, Serialize};

/// Where a message to the customer is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// The state.
    pub state: State,
    /// Its number among those that the customer sees, once it may be seen.
    pub public: Option<PublicNo>,
}

impl Entry {
    /// The AI message in it that can be judged, if it is one.
    #[must_use]
    pub fn judged_text(&self) -> Option<&str> {
        match &self.what {
            What::Answer { answer, .. } | What::Draft { answer, .. } | What::Shadow { answer } => Some(&answer.text),
            What::Suppressed { text } => Some(text),
            _ => None,
        }
    }

    /// The answer with its sources and trace, if it is one.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match &self.what {
            What::Answer { answer, .. } | What::Draft { answer, .. } | What::Shadow { answer } => Some(answer),
            What::Task { ending: Some((ending, _)), .. } => ending.work().map(|work| &*work.answer),
            _ => None,
        }
    }

    /// Where it is on its way to the customer, if it is for the customer.
    #[must_use]
    pub fn send(&self) -> Option<Send> {
        match &self.what {
            What::Reply { send, .. } | What::Answer { send, .. } | What::Notice { send, .. } => Some(*send),
            _ => None,
        }
    }

    /// The judgements that stand: neither superseded nor withdrawn.
    pub fn standing(&self) -> impl Iterator<Item = &Annotation> {
        self.annotations.iter().filter(|one| {
            !one.withdrawn && !self.annotations.iter().any(|later| later.supersedes == Some(one.n) && !later.withdrawn)
        })
    }
}
