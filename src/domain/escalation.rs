//! A call for a human: why, and what it is about.

use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a human is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The customer asked for a person.
    AskedForHuman,
    /// The AI found nothing it could stand on.
    Ungrounded,
    /// The AI was about to say the same again.
    Repeats,
    /// The topic is marked for humans.
    TopicForHumans,
    /// A return condition of the brief was met.
    ReturnCondition,
    /// The AI failed or ran out of time.
    AiFailed,
    /// The AI was not seen for the lease.
    AiVanished,
    /// A draft expired without a decision.
    DraftExpired,
    /// Drafts were rejected twice in a row.
    DraftsRejected,
    /// The person who held it was not seen for the lease.
    HolderVanished,
    /// The conversation went to and fro without a human answer.
    LoopGuard,
    /// The AI was stopped here.
    Stopped,
    /// A check found something that is for people.
    Guarded,
    /// The AI has used what it may here.
    Ceiling,
    /// A teammate asked for it.
    ByHand,
    /// Nobody decided on a tool call in time, or what was approved did not run.
    ToolExpired,
    /// The team's guidance leaves such a matter to people.
    Guidance,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::AskedForHuman,
        Self::Ungrounded,
        Self::Repeats,
        Self::TopicForHumans,
        Self::ReturnCondition,
        Self::AiFailed,
        Self::AiVanished,
        Self::DraftExpired,
        Self::DraftsRejected,
        Self::HolderVanished,
        Self::LoopGuard,
        Self::Stopped,
        Self::Guarded,
        Self::Ceiling,
        Self::ByHand,
        Self::ToolExpired,
        Self::Guidance,
    ];

    /// Two or three words for a row.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AskedForHuman => "asked for human",
            Self::Ungrounded => "not in knowledge",
            Self::Repeats => "AI repeats itself",
            Self::TopicForHumans => "topic for humans",
            Self::ReturnCondition => "came back to you",
            Self::AiFailed => "AI failed",
            Self::AiVanished => "AI unreachable",
            Self::DraftExpired => "draft expired",
            Self::DraftsRejected => "drafts rejected",
            Self::HolderVanished => "holder vanished",
            Self::LoopGuard => "to and fro",
            Self::Stopped => "AI stopped",
            Self::Guarded => "a check said stop",
            Self::Ceiling => "AI used its share",
            Self::ByHand => "given to queue",
            Self::ToolExpired => "approval expired",
            Self::Guidance => "guidance says so",
        }
    }
}

/// A standing call for a human.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Escalation {
    /// Why.
    pub reason: Reason,
    /// What it is about, in a sentence or two.
    pub summary: String,
    /// Since when.
    pub at: Timestamp,
}
