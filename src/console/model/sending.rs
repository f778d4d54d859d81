//! What is under way to the server: acts that wait for its word, and texts that are shown at once and marked.

use crate::domain::{
    command::Command,
    ids::{ConversationId, EntryNo, TeammateId},
    time::{Span, Timestamp},
};
use std::collections::BTreeMap;

/// How long a reply stays here, where Esc takes it back, before it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// On channels that are not named.
    pub usual: Span,
    /// By channel.
    pub channels: BTreeMap<String, Span>,
}

impl Holds {
    /// For a channel; zero goes at once.
    #[must_use]
    pub fn of(&self, channel: &str) -> Span {
        self.channels.get(channel).copied().unwrap_or(self.usual)
    }
}

/// An act that is never shown as done before the server says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// *taking…*
    TakeOver,
    /// *handing back…*
    HandBack,
    /// *assigning…*
    Assign,
    /// *approving…*, *sending…*, *rejecting…*
    Decide,
    /// *setting mode…*
    Mode,
    /// *pausing…*
    Pause,
    /// *resolving…*
    Resolve,
    /// *reopening…*
    Reopen,
    /// *snoozing…*
    Snooze,
    /// *judging…*
    Annotate,
    /// *tagging…*
    Tag,
    /// *setting priority…*
    Priority,
    /// *stopping…*
    Stop,
    /// *undoing…*
    Undo,
    /// *giving the task…*
    Task,
    /// *telling the desk…*
    Guide,
    /// *putting away…*
    SeeTask,
    /// *keeping…*
    Keep,
}

impl Act {
    /// What the row says while it is under way.
    #[must_use]
    pub fn doing(self) -> &'static str {
        match self {
            Self::TakeOver => "taking…",
            Self::HandBack => "handing back…",
            Self::Assign => "assigning…",
            Self::Decide => "deciding…",
            Self::Mode => "setting mode…",
            Self::Pause => "pausing…",
            Self::Resolve => "resolving…",
            Self::Reopen => "reopening…",
            Self::Snooze => "snoozing…",
            Self::Annotate => "judging…",
            Self::Tag => "tagging…",
            Self::Priority => "setting priority…",
            Self::Stop => "stopping…",
            Self::Undo => "undoing…",
            Self::Task => "giving the task…",
            Self::Guide => "telling the desk…",
            Self::SeeTask => "putting away…",
            Self::Keep => "keeping…",
        }
    }
}

/// An act that the server has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingAct {
    /// Names the effect.
    pub ticket: u64,
    /// Which conversation.
    pub conversation: ConversationId,
    /// What.
    pub act: Act,
    /// What to say when it is done.
    pub done: String,
    /// The word for undoing it; none if it cannot be undone.
    pub undo: Option<&'static str>,
    /// The text that goes with it, kept until the server accepts.
    pub draft: Option<super::DraftKey>,
    /// Since when.
    pub since: Timestamp,
}

/// What kind of text is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// To the customer.
    Reply,
    /// To the team.
    Note,
    /// To the AI.
    Whisper,
}

/// Where a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutgoingState {
    /// It goes at this time, and until then can be taken back. Shown as *goes in 5 s*.
    Held(Timestamp),
    /// It waits for the line, or for the server's answer. Shown as *queued*.
    Queued,
    /// The server has it as this entry, which has not come back yet. Shown as *sent*.
    Accepted(EntryNo),
    /// It was refused; the text is kept. Shown as *failed (r to retry)* with the sentence.
    Failed(String),
}

/// A text that is shown at the end of the talk until its entry comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Names the effect.
    pub ticket: u64,
    /// Which conversation.
    pub conversation: ConversationId,
    /// What kind.
    pub what: What,
    /// The text.
    pub text: String,
    /// Where it is.
    pub state: OutgoingState,
    /// What was asked, for trying again.
    pub command: Command,
    /// When it was sent.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<TeammateId>,
}
