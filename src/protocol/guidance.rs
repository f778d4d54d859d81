//! Guidance on the wire: what is read of it, and how a piece is tried on past talks.
//!
//! A trial changes nothing: a person asks, the server hands it to an AI that is here, the AI answers each past talk twice
//! (without and with what is tried) and tells what came of it; nothing is sent to a customer, nothing is written to the log.
//! All of it is ephemeral: it may be lost, and is asked for again. Deliberately not here: what an answer is worth.

use crate::domain::{
    guidance::{GuidanceId, Named, State, Tally, Version},
    ids::{ConversationId, EntryNo, Seq},
    time::Timestamp,
    turn::Grounding,
};
use serde::{Deserialize, Serialize};

/// Past talks that one trial may take.
pub const TALKS: u8 = 20;
/// The longest text in what a trial tells, in characters.
pub const LONGEST: usize = 4_000;

/// A piece of guidance in a list, retired ones too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its number.
    pub id: GuidanceId,
    /// Where it is.
    pub state: State,
    /// The number of its newest version.
    pub version: u16,
    /// The title of its newest version.
    pub title: String,
    /// The topics of its newest version; none: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// How often it was used, in all versions.
    pub tally: Tally,
}

/// A version of a piece, with how often it was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// What was written.
    pub version: Version,
    /// How often it was used.
    pub tally: Tally,
}

/// An answer that used a piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The event; the place to go on from.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub conversation: ConversationId,
    /// The entry.
    pub n: EntryNo,
    /// Which version.
    pub version: u16,
    /// What reviewers think of it; none if nobody judged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<bool>,
    /// The beginning of what was said, as received.
    pub excerpt: String,
}

/// A turn of an AI that ended, to try guidance on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTurn {
    /// Where.
    pub conversation: ConversationId,
    /// The entry that ended it.
    pub n: EntryNo,
    /// When.
    pub at: Timestamp,
}

/// How a turn of a trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// With an answer.
    Answer,
    /// It asked for a person.
    Person,
    /// It failed.
    Failed,
}

impl Ended {
    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Answer => "answers",
            Self::Person => "asks for a person",
            Self::Failed => "fails",
        }
    }
}

/// What an AI would have done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// How the turn ended.
    pub ended: Ended,
    /// What it would have said, the summary for a person, or why it failed.
    pub text: String,
    /// What it stood on, as `returns.md § How long?`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// How well.
    pub grounding: Grounding,
    /// The guidance that it used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guidance: Vec<Named>,
    /// What it says of guidance: how it followed it, or why not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One past talk, answered twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Where, and what ended the turn then.
    pub turn: PastTurn,
    /// What the customer had said.
    pub customer: String,
    /// What was said then.
    pub was: String,
    /// What the AI does now, without what is tried.
    pub before: Side,
    /// What it does with it.
    pub after: Side,
}

impl Compared {
    /// Whether what is tried makes a difference: in what is said, or in whether a person is asked.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        (self.before.ended, &self.before.text) != (self.after.ended, &self.after.text)
    }
}

/// What a trial tells, one after the other; the last of them is no [`Talk`](Self::Talk).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trial {
    /// A talk was answered twice.
    Talk {
        /// With this.
        talk: Box<Compared>,
    },
    /// It is over.
    Over {
        /// Past turns that were looked at: those where `when` did not fit were left out.
        looked: u32,
        /// What the model used for it, where that is counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tokens: Option<(u32, u32)>,
    },
    /// It could not be tried.
    Refused {
        /// What happened, and what to do.
        why: String,
    },
}
