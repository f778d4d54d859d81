//! One attempt of an AI to answer, and what it tells about itself.

use super::{
    escalation::Reason,
    guidance::Named,
    ids::{EntryNo, TeammateId, Term},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How well an answer stands on its sources, in thousandths: 0 not at all, 1000 wholly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grounding(pub u16);

impl Grounding {
    /// From a share between 0 and 1; anything outside is brought inside.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000 it fits")]
    pub fn from_share(share: f64) -> Self {
        if share.is_nan() { Self(0) } else { Self((share.clamp(0.0, 1.0) * 1000.0).round() as u16) }
    }

    /// Between 0 and 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0.min(1000)) / 1000.0
    }
}

/// A passage that an answer stands on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The number by which the answer cites it, from 1.
    pub number: u8,
    /// The file or record, as in `returns.md`.
    pub document: String,
    /// The heading in it.
    pub heading: String,
    /// The words relied on.
    pub passage: String,
}

/// One step on the way to an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// What was done: `retrieve`, `compose`, `guard` …
    pub name: String,
    /// With what result.
    pub detail: String,
    /// How long it took, in milliseconds.
    pub ms: u32,
}

/// Why the AI said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Trace {
    /// The model's name.
    pub model: String,
    /// The version of its configuration and knowledge.
    pub config: String,
    /// What was done, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// The guidance that it used, in the version that it was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guidance: Vec<Named>,
    /// From the beginning of the turn to the first word, in milliseconds.
    #[serde(default)]
    pub first_word_ms: u32,
    /// From the beginning of the turn to its end, in milliseconds.
    #[serde(default)]
    pub total_ms: u32,
    /// Tokens read and written, where the model counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<(u32, u32)>,
    /// What it cost, in millionths of the desk's currency, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
}

/// An answer, with what it stands on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Answer {
    /// What the customer would read.
    pub text: String,
    /// What it stands on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// How well.
    pub grounding: Grounding,
    /// How it came about.
    #[serde(default)]
    pub trace: Trace,
}

/// How an AI ends its turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// It has an answer.
    Answer {
        /// The answer.
        answer: Box<Answer>,
        /// Whether the matter is settled by the customer's own word.
        #[serde(default)]
        settled: bool,
    },
    /// It asks for a human.
    Escalate {
        /// Why.
        reason: Reason,
        /// What it is about.
        summary: String,
        /// What to tell the customer meanwhile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<String>,
        /// How it came to that.
        #[serde(default)]
        trace: Trace,
    },
    /// It begins anew, since the customer wrote again.
    Abandon {
        /// In a few words.
        why: String,
        /// How it came to that.
        #[serde(default)]
        trace: Trace,
    },
    /// It waits for a person's word on a tool call, and begins anew when that has come.
    Wait {
        /// The call.
        call: EntryNo,
        /// What to tell the customer meanwhile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<String>,
        /// How it came to that.
        #[serde(default)]
        trace: Trace,
    },
    /// It could not.
    Fail {
        /// In a few words.
        why: String,
        /// How it came to that.
        #[serde(default)]
        trace: Trace,
    },
}

/// A turn that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenTurn {
    /// Its number in the conversation.
    pub turn: EntryNo,
    /// Whose.
    pub by: TeammateId,
    /// Under which term.
    pub term: Term,
    /// Since when.
    pub since: Timestamp,
    /// Up to which entry it has read.
    pub answers: EntryNo,
    /// Whether nothing of it may reach the customer.
    pub shadow: bool,
    /// The whispers that it applies: they wait again if it ends without an answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub whispers: Vec<EntryNo>,
    /// The guidance that was in use for it when it began: no other may be named by what comes of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guidance: Vec<Named>,
    /// How many tools it has asked for.
    #[serde(default)]
    pub calls: u8,
}
