//! The way of a message out to the customer: pending, claimed, and then one of four ends.
//!
//! A row exists from the moment a message is in the log until its fate is known. An AI row leaves only by a claim that
//! compares its term with the conversation's; what is not claimed when the holder changes is void.

use super::{
    ids::{EntryNo, PublicNo, TeammateId, Term},
    time::Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::{borrow::Cow, sync::Arc};

/// Who wrote what goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An AI: fenced by its term.
    Ai,
    /// A person.
    Human,
    /// The desk itself: the notice of a hand-off. Fenced like an AI's.
    Notice,
}

impl Origin {
    /// Whether a change of holder makes unclaimed rows of this origin void.
    #[must_use]
    pub fn is_fenced(self) -> bool {
        !matches!(self, Self::Human)
    }
}

/// Where a message is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In the log, not yet on the wire. Shown as *queued*.
    Pending,
    /// A connector has it and may be sending it. Shown as *sending*.
    Claimed,
    /// The channel has it.
    Sent,
    /// The channel says that the customer has it.
    Delivered,
    /// The channel refused it.
    Failed,
    /// Nobody can tell. Never sent again blindly.
    Unknown,
    /// It never left: the holder changed first.
    Void,
}

impl State {
    /// Whether it may still move or be on the wire.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Claimed)
    }
}

/// What a connector reports of a message it claimed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Report {
    /// The channel took it.
    Sent,
    /// The customer's side fetched it.
    Delivered,
    /// The channel refused it.
    Failed {
        /// In the channel's words; text from outside.
        why: String,
    },
    /// The answer of the channel was lost.
    Unknown,
}

impl Report {
    /// The state that follows.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Sent => State::Sent,
            Self::Delivered => State::Delivered,
            Self::Failed { .. } => State::Failed,
            Self::Unknown => State::Unknown,
        }
    }
}

/// One row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Delivery {
    /// The message.
    pub message: EntryNo,
    /// The term under which it was said.
    pub term: Term,
    /// Who wrote it.
    pub origin: Origin,
    /// Where it is.
    pub state: State,
    /// What is to be delivered. Kept until the fate is known.
    #[serde(deserialize_with = "shared")]
    pub text: Arc<str>,
    /// The name to show as the sender. Kept as long.
    #[serde(deserialize_with = "shared")]
    pub from: Arc<str>,
    /// When it was written.
    pub at: Timestamp,
    /// Its number among those that the customer sees; 0 until it is claimed.
    pub public: PublicNo,
    /// The AI whose words these are, where an AI's they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<TeammateId>,
    /// Whether a person let it go: then a stop of the AI does not hold it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approved: bool,
}

impl Delivery {
    /// Whether these are words of an AI that no person has looked at.
    #[must_use]
    pub fn is_unapproved(&self) -> bool {
        self.origin.is_fenced() && !self.approved
    }
}

/// A text that, when there is none, takes no place of its own.
fn shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    Ok(if text.is_empty() { Arc::default() } else { Arc::from(text) })
}

/// Whether what the customer sees on this channel is this very log, so that a claimed message has arrived by being claimed.
#[must_use]
pub fn is_own_channel(channel: &str) -> bool {
    matches!(channel, "web" | "simulator")
}
