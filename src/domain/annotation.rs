//! One reviewer's judgement of one AI message. Never edited: a later one supersedes it.

use super::ids::{EntryNo, TeammateId};
use serde::{Deserialize, Serialize};

/// Good, bad, or not sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The answer was right.
    Good,
    /// Something was wrong with it.
    Bad,
    /// Cannot be judged from here.
    Unsure,
}

/// What was wrong. One answer may fail in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// It says something false.
    WrongFact,
    /// No source supports it.
    Unsupported,
    /// It misses part of the question.
    Incomplete,
    /// It answers another question.
    OffTopic,
    /// The tone is wrong.
    Tone,
    /// It breaks a rule of the desk.
    Policy,
    /// It shows what it must not show.
    Privacy,
    /// Another language than the customer's.
    Language,
    /// It says what was said before.
    Repeats,
    /// A person should have answered.
    ShouldEscalate,
}

impl Failure {
    /// All, with the letter that picks it and the words for it.
    pub const ALL: [(Self, char, &'static str); 10] = [
        (Self::WrongFact, 'f', "wrong fact"),
        (Self::Unsupported, 'u', "unsupported"),
        (Self::Incomplete, 'i', "incomplete"),
        (Self::OffTopic, 'o', "off topic"),
        (Self::Tone, 't', "tone"),
        (Self::Policy, 'p', "breaks policy"),
        (Self::Privacy, 'd', "discloses"),
        (Self::Language, 'l', "language"),
        (Self::Repeats, 'r', "repeats"),
        (Self::ShouldEscalate, 'h', "should be human"),
    ];

    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _, _)| *kind == self).map_or("", |(_, _, words)| words)
    }

    /// The kind that `letter` picks.
    #[must_use]
    pub fn by_letter(letter: char) -> Option<Self> {
        Self::ALL.iter().find(|(_, key, _)| *key == letter).map(|(kind, _, _)| *kind)
    }
}

/// What a reviewer says of an AI message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Judgement {
    /// Good, bad or unsure.
    pub verdict: Verdict,
    /// What was wrong, if anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// What should have been said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<String>,
    /// In free words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A judgement on record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Annotation {
    /// Its number in the conversation.
    pub n: EntryNo,
    /// The AI message it is about.
    pub message: EntryNo,
    /// Whose judgement.
    pub reviewer: TeammateId,
    /// What was said.
    pub judgement: Judgement,
    /// The reviewer's earlier annotation that it replaces.
    pub supersedes: Option<EntryNo>,
    /// Whether its reviewer took it back.
    pub withdrawn: bool,
}
