//! The seam to whatever composes an answer: the offline model now, language models later.
//!
//! A model reads a [`Prompt`] and sends the answer in pieces; what it says of its sources is checked by those who read it,
//! never taken on trust for what may be sent. Deliberately not here: rules of when to answer (see [`turn`](super::turn)).

use super::{retrieval::Passage, words::Language};
use crate::{
    client::wire::Later,
    domain::{
        brief::Brief,
        turn::{Grounding, Source, Step},
    },
};
use tokio::sync::mpsc;

/// What a model reads. Everything in it is material, nothing in it an order to the program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prompt {
    /// The customer's language.
    pub locale: Language,
    /// The customer's messages since the last answer, oldest first.
    pub said: Vec<String>,
    /// What was answered before, newest last.
    pub answered: Vec<String>,
    /// What the customer had said before that, newest last.
    pub earlier: Vec<String>,
    /// The latest brief.
    pub brief: Option<Brief>,
    /// The team's whispers, and why drafts were rejected.
    pub whispers: Vec<String>,
    /// What was found, best first.
    pub passages: Vec<Passage>,
    /// Whether the customer says that the matter is settled.
    pub settled: bool,
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Composed {
    /// What the customer would read. The pieces, one after the other, are exactly this.
    pub text: String,
    /// What it stands on.
    pub sources: Vec<Source>,
    /// How well.
    pub grounding: Grounding,
    /// Whether it is an answer; otherwise the model does not know.
    pub known: bool,
    /// Whether the matter is settled by the customer's own word.
    pub settled: bool,
    /// The sentences that claim something, without phrases and source numbers.
    pub claims: Vec<String>,
    /// How it came about.
    pub steps: Vec<Step>,
}

/// A model failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ModelError {
    /// In a few words, without anything secret.
    pub why: String,
}

/// Something that composes answers.
pub trait Model: Send + Sync + 'static {
    /// Its name and version, for the trace.
    fn name(&self) -> String;

    /// Composes an answer. Pieces go to `pieces` as they come; a closed channel means that nobody wants the answer any more.
    /// The channel is bounded: where the reader is slow, the model waits. Must be safe to drop half-way.
    fn compose(&self, prompt: Prompt, pieces: mpsc::Sender<String>) -> Later<'_, Result<Composed, ModelError>>;
}
