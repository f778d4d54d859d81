//! Guidance: a standing instruction to the AI, made from a fault; what it says, in which version, and whether it holds.
//!
//! A piece is written (*staged*), tried, published, and retired. What is published goes on holding while a newer version is
//! staged; what is retired never holds again. Only what is published for the topic of a talk may be named by an answer
//! there. Deliberately not here: whether `when` fits a customer's words (that is the AI's to tell, see `ai::guidance`), and
//! versions that are over: they stand in the log.

mod fault;
mod form;
#[cfg(test)]
mod tests;

pub use self::form::{Form, TITLES, Which};
use super::{
    desk::Office,
    ids::{ConversationId, EntryNo, TeammateId},
    text::SafeText,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Pieces that may stand at once, staged or published.
pub const AT_ONCE: usize = 100;
/// Bytes of all that stands, staged versions too: every AI is given it, and a welcome must hold it.
pub const ALL_BYTES: usize = 64 * 1024;
/// The longest title, in characters.
pub const LONGEST_TITLE: usize = 80;
/// The longest `when`, `then` or `examples`, in bytes.
pub const LONGEST_PART: usize = 2_000;
/// Topics that a piece may be scoped to.
pub const TOPICS: usize = 12;
/// Pieces that one answer may name.
pub const NAMED: usize = 32;
/// Versions of a piece.
pub const VERSIONS: u16 = 999;

/// The number of a piece of guidance; counted from 1 at each desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GuidanceId(pub u32);

impl fmt::Display for GuidanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for GuidanceId {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        let number = said.trim().trim_start_matches(['g', 'G']).parse();
        number
            .map(Self)
            .map_err(|_| format!("`{said}` is not the number of guidance, as in 3; `centaur guidance ls` lists them"))
    }
}

/// A version of a piece, as an answer names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// Which piece.
    pub guidance: GuidanceId,
    /// Which version of it.
    pub version: u16,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{}", self.guidance, self.version)
    }
}

/// What a piece says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Instruction {
    /// In a few words, for people.
    pub title: String,
    /// When it holds: words like the customer's, one case a line. Empty: always.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: String,
    /// What to do then.
    pub then: String,
    /// How that may sound.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub examples: String,
    /// The topics in which it holds; none: in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

impl Instruction {
    /// Whether it holds in a talk about `topic`.
    #[must_use]
    pub fn covers(&self, topic: Option<&str>) -> bool {
        self.topics.is_empty() || topic.is_some_and(|topic| self.topics.iter().any(|one| one == topic))
    }

    /// How many bytes its words take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let topics: usize = self.topics.iter().map(String::len).sum();
        self.title.len() + self.when.len() + self.then.len() + self.examples.len() + topics
    }

    /// Where it holds, in a few words: `all topics`, `refunds, returns`.
    #[must_use]
    pub fn scope(&self) -> String {
        if self.topics.is_empty() { "all topics".to_owned() } else { self.topics.join(", ") }
    }
}

/// The AI message that a piece was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fault {
    /// Where.
    pub conversation: ConversationId,
    /// Which message.
    pub message: EntryNo,
}

/// One version of a piece.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Version {
    /// Counted from 1 for each piece.
    pub version: u16,
    /// What it says.
    pub instruction: Instruction,
    /// Who wrote it.
    pub by: TeammateId,
    /// When.
    pub at: Timestamp,
    /// What it was made from, if it was a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Fault>,
}

/// A piece that stands: what holds, and what is staged.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Guidance {
    /// Its number.
    pub id: GuidanceId,
    /// What holds now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Box<Version>>,
    /// What was written since, and holds nowhere yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staged: Option<Box<Version>>,
}

/// Where a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Written, and in use nowhere.
    Staged,
    /// In use.
    Published,
    /// In use, with a newer version that is not.
    Changed,
    /// Over.
    Retired,
}

impl State {
    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Published => "published",
            Self::Changed => "published, newer staged",
            Self::Retired => "retired",
        }
    }
}

impl Guidance {
    /// The newest version.
    #[must_use]
    pub fn newest(&self) -> Option<&Version> {
        self.staged.as_deref().or(self.published.as_deref())
    }

    /// Where it is.
    #[must_use]
    pub fn state(&self) -> State {
        match (&self.published, &self.staged) {
            (Some(_), Some(_)) => State::Changed,
            (Some(_), None) => State::Published,
            (None, _) => State::Staged,
        }
    }

    /// How many bytes its words take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.published.iter().chain(&self.staged).map(|version| version.instruction.bytes()).sum()
    }

    /// What of it is in use for a talk about `topic`.
    #[must_use]
    pub fn holding(&self, topic: Option<&str>) -> Option<Holding<'_>> {
        let version = self.published.as_deref().filter(|version| version.instruction.covers(topic))?;
        Some(Holding { named: self.named(version), instruction: &version.instruction })
    }

    /// How an answer names a version of it.
    #[must_use]
    pub fn named(&self, version: &Version) -> Named {
        Named { guidance: self.id, version: version.version }
    }
}

/// What is in use: which version, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding<'a> {
    /// Which.
    pub named: Named,
    /// What it says.
    pub instruction: &'a Instruction,
}

/// How often guidance was used, and what reviewers said of that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Answers that named it.
    pub uses: u32,
    /// Of these, how many somebody judged.
    pub reviewed: u32,
    /// Of the reviewed, how many were judged good.
    pub good: u32,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self { uses: self.uses + more.uses, reviewed: self.reviewed + more.reviewed, good: self.good + more.good }
    }

    /// `12 uses, 3 of 4 judged good`.
    #[must_use]
    pub fn words(self) -> String {
        let uses = if self.uses == 1 { "1 use".to_owned() } else { format!("{} uses", self.uses) };
        if self.reviewed == 0 {
            return format!("{uses}, none judged");
        }
        format!("{uses}, {} of {} judged good", self.good, self.reviewed)
    }
}

impl Office {
    /// The piece with this number, if it stands.
    #[must_use]
    pub fn guidance(&self, id: GuidanceId) -> Option<&Guidance> {
        self.guidance.iter().find(|piece| piece.id == id)
    }

    /// What is in use for talks about `topic`, oldest first.
    pub fn holding<'a>(&'a self, topic: Option<&'a str>) -> impl Iterator<Item = Holding<'a>> {
        self.guidance.iter().filter_map(move |piece| piece.holding(topic))
    }

    /// Of what an AI names, what was in use for it: each once, in order, [`NAMED`] at most.
    #[must_use]
    pub fn in_use(&self, topic: Option<&str>, named: &[Named]) -> Vec<Named> {
        keep(named, |one| self.holding(topic).any(|holding| holding.named == one))
    }
}

/// Of what an AI names, what `may` be named: each once, in order, [`NAMED`] at most.
#[must_use]
pub fn keep(named: &[Named], may: impl Fn(Named) -> bool) -> Vec<Named> {
    let mut kept: Vec<Named> = named.iter().copied().filter(|one| may(*one)).take(NAMED).collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// A title for a person's list, made from the words that the guidance is about.
#[must_use]
pub fn titled(words: &str) -> String {
    let line = SafeText::line(words).to_string();
    let cut: String = line.chars().take(48).collect();
    if cut.chars().count() < line.chars().count() { format!("{}…", cut.trim_end()) } else { cut }
}
