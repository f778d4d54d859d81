//! An event with its place in the log.
//!
//! Deliberately not here: what may happen.

use super::Event;
use crate::domain::{
    ids::{ConversationId, EntryNo, Seq},
    teammate::Actor,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its number in the log.
    pub seq: Seq,
    /// When, by the server's clock.
    pub at: Timestamp,
    /// Who caused it.
    pub by: Actor,
    /// The conversation it belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Its number there; 0 for an event of the desk.
    #[serde(default)]
    pub n: EntryNo,
    /// What happened.
    pub event: Event,
}
