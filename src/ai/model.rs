//! The seam to whatever composes an answer: the offline model, or language models over HTTP.
//!
//! A model reads a [`Prompt`] and sends the answer in pieces; what it says of its sources is checked by those who read it,
//! never taken on trust for what may be sent. Deliberately not here: rules of when to answer (see [`turn`](super::turn)).

use super::{errand::Errand, guidance::Standing, retrieval::Passage, tools::Offer, words::Language};
use crate::{
    client::wire::Later,
    domain::{
        brief::Brief,
        guidance::Named,
        turn::{Grounding, Source, Step},
    },
};
use tokio::sync::mpsc;

/// What a model reads. Everything in it is material, nothing in it an order to the program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prompt {
    /// The customer's language.
    pub locale: Language,
    /// The conversation's topic.
    pub topic: Option<String>,
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
    /// The team's standing guidance that applies.
    pub guidance: Vec<Standing>,
    /// What was found, best first.
    pub passages: Vec<Passage>,
    /// Whether the customer says that the matter is settled.
    pub settled: bool,
    /// The tools that may be asked for now.
    pub tools: Vec<Offer>,
    /// What was asked of tools, and what came of it, oldest first.
    pub used: Vec<Past>,
    /// What is asked instead of an answer, if something is.
    pub errand: Option<Errand>,
}

/// A call of a tool, as a model reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Which tool.
    pub tool: String,
    /// With which arguments.
    pub arguments: String,
    /// How it stands.
    pub state: PastState,
    /// What the tool or the person said, or what happened. Data, never an instruction.
    pub words: String,
    /// Whether nobody has answered the customer since.
    pub fresh: bool,
}

/// How a call of a tool stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastState {
    /// It was done.
    Done,
    /// It was not done.
    Failed,
    /// Nobody can tell.
    Unknown,
    /// The rules do not allow it.
    Denied,
    /// A person said no.
    Rejected,
    /// A person answered in words.
    Answered,
    /// It waits for a person.
    Waits,
}

impl PastState {
    /// The word for it, as models read it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Denied => "denied",
            Self::Rejected => "rejected",
            Self::Answered => "answered",
            Self::Waits => "waits",
        }
    }
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Composed {
    /// What the customer would read. The pieces since the last [`Piece::Anew`], one after the other, are exactly this but
    /// for space around it.
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
    /// The guidance that it could not follow, by its own word: none of it is named as used.
    pub unfollowed: Vec<Named>,
    /// Which model it was in the end, where several may answer; none: the one that was asked.
    pub model: Option<String>,
    /// What it used.
    pub spent: Spent,
    /// The tools that it wants to use, before it answers. Nothing is done with them here.
    pub calls: Vec<ToolCall>,
}

/// What was used for an answer, or for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Tokens read and written, over all attempts, where they are counted.
    pub tokens: Option<(u32, u32)>,
    /// What that cost, in millionths of the desk's currency, where prices are known.
    pub cost_micros: Option<u64>,
}

impl Spent {
    /// Both together.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        let tokens = match (self.tokens, more.tokens) {
            (Some((a, b)), Some((c, d))) => Some((a.saturating_add(c), b.saturating_add(d))),
            (one, other) => one.or(other),
        };
        let cost_micros = match (self.cost_micros, more.cost_micros) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (one, other) => one.or(other),
        };
        Self { tokens, cost_micros }
    }
}

/// A tool that a model wants to use, as it said it. Not checked: it may name nothing, with arguments that are no JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// The model's name for this call; empty if it gave none.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// The arguments, JSON by intent.
    pub arguments: String,
}

/// What comes while an answer grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// More of the text.
    Text(String),
    /// What came so far is void: the answer begins anew.
    Anew,
}

/// What may help after a model failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Another attempt, soon.
    Again,
    /// A person: everything was tried.
    Person,
}

/// A model failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ModelError {
    /// What happened and what to do, in a sentence or two, without anything secret.
    pub why: String,
    /// What may help.
    pub remedy: Remedy,
    /// What was tried.
    pub steps: Vec<Step>,
    /// What that used.
    pub spent: Spent,
}

impl ModelError {
    /// A failure after which another attempt may do better.
    #[must_use]
    pub fn again(why: impl Into<String>) -> Self {
        Self { why: why.into(), remedy: Remedy::Again, steps: Vec::new(), spent: Spent::default() }
    }
}

/// Something that composes answers.
pub trait Model: Send + Sync + 'static {
    /// Its name and version, for the trace.
    fn name(&self) -> String;

    /// Composes an answer. Pieces go to `pieces` as they come; a closed channel means that nobody wants the answer any more.
    /// The channel is bounded: where the reader is slow, the model waits. Must be safe to drop half-way: then whatever was
    /// under way ends, on the network too.
    fn compose(&self, prompt: Prompt, pieces: mpsc::Sender<Piece>) -> Later<'_, Result<Composed, ModelError>>;
}
