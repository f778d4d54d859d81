//! A conversation at a glance: what every row of the floor shows, and what the rules decide on.
//!
//! Cards are state, not events: the newest wins. Deliberately not here: the texts of the talk (see `thread`).

use super::{
    approval::Why,
    customer::Customer,
    delivery::{Origin, State},
    escalation::Escalation,
    holder::Holder,
    ids::{ConversationId, EntryNo, Seq, TeammateId, Term},
    mode::Mode,
    rare::Rare,
    seldom::Seldom,
    task::Given,
    time::Timestamp,
    tool::{ToolReady, ToolWaits},
    turn::Grounding,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Whether the matter is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Status {
    /// It is open.
    Open,
    /// It sleeps until then, or until the customer writes.
    Snoozed {
        /// When it wakes.
        until: Timestamp,
    },
    /// It is settled, until the customer writes again.
    Resolved {
        /// Since when.
        at: Timestamp,
        /// Whether the customer's own word settled it; otherwise it is assumed.
        confirmed: bool,
        /// Whether an AI resolved it.
        by_ai: bool,
    },
}

impl Status {
    /// Whether it is resolved.
    #[must_use]
    pub fn is_resolved(self) -> bool {
        matches!(self, Self::Resolved { .. })
    }
}

/// How soon a person should look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// In turn.
    #[default]
    Normal,
    /// Before others.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// From the least to the most.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

impl std::str::FromStr for Priority {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|priority| priority.word() == said.to_lowercase())
            .ok_or_else(|| format!("`{said}` is not a priority: use low, normal, high or urgent"))
    }
}

/// Who said the last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The customer.
    Customer,
    /// An AI, or the desk in its name.
    Ai,
    /// A person of the team.
    Human,
}

/// The last line that the customer saw or said.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LastLine {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub speaker: Speaker,
    /// Its beginning, 120 characters at most, as received.
    pub text: Box<str>,
}

/// What stands in the conversation that makes a person look: the inputs of the attention score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "signs are seen or not, each for itself")]
pub struct Signs {
    /// The customer asked for a person, and none has answered since.
    pub asked_human: bool,
    /// How often the customer said the same again since a person last answered.
    pub repeats: u8,
    /// Money words in the customer's unanswered or last message.
    pub money: bool,
    /// Anger in the customer's last message, 0 to 3.
    pub anger: u8,
    /// The customer's text hides characters.
    pub hidden: bool,
    /// The grounding of the last AI answer.
    pub grounding: Option<Grounding>,
    /// It was reopened after it had been resolved.
    pub reopened: bool,
    /// How often the AI asked for a human since a person last answered.
    pub hand_offs: u8,
    /// The customer's rating, 1 to 5.
    pub rating: Option<u8>,
    /// Messages that failed to reach the customer, or whose fate is unknown.
    pub undelivered: u8,
}

/// A message that is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OnItsWay {
    /// The message.
    pub message: EntryNo,
    /// The term it carries.
    pub term: Term,
    /// Who wrote it.
    pub origin: Origin,
    /// Where it is: pending or claimed.
    pub state: State,
}

/// An AI that writes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Writing {
    /// The turn.
    pub turn: EntryNo,
    /// Whose.
    pub by: TeammateId,
    /// Since when.
    pub since: Timestamp,
}

/// A draft that waits for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DraftWaits {
    /// The draft.
    pub draft: EntryNo,
    /// When it expires.
    pub expires_at: Timestamp,
    /// Why it needs a person.
    #[serde(default)]
    pub why: Why,
}

/// A conversation at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Card {
    /// Which conversation.
    pub id: ConversationId,
    /// The last event that changed it.
    pub seq: Seq,
    /// How many entries it has.
    pub n: EntryNo,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The channel's name, as in `web`. Shared with other conversations of the channel.
    pub channel: Arc<str>,
    /// The connector who carries it.
    pub connector: TeammateId,
    /// Who asks.
    pub customer: Customer,
    /// The topic, if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Box<str>>,
    /// Who answers.
    pub holder: Holder,
    /// The fencing number.
    pub term: Term,
    /// Since when the holder holds.
    pub held_since: Timestamp,
    /// The mode in force.
    pub mode: Mode,
    /// The mode set for this conversation alone, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_mode: Option<Mode>,
    /// Until when the AI is paused here.
    #[serde(default, skip_serializing_if = "Rare::is_none")]
    pub paused_until: Rare<Timestamp>,
    /// Open, snoozed or resolved.
    pub status: Status,
    /// How soon.
    pub priority: Priority,
    /// Sorted, without repeats.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub tags: Seldom<String>,
    /// A standing call for a human.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Box<Escalation>>,
    /// A draft that waits.
    #[serde(default, skip_serializing_if = "Rare::is_none")]
    pub draft: Rare<DraftWaits>,
    /// A tool call that waits for a person, one that a person let run, or one that the AI is to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Box<ToolWaits>>,
    /// Tool calls that may run now. For who runs tools.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub ready: Seldom<ToolReady>,
    /// An AI that writes.
    #[serde(default, skip_serializing_if = "Rare::is_none")]
    pub writing: Rare<Writing>,
    /// Since when the customer waits for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Timestamp>,
    /// The customer's newest message.
    pub asked: EntryNo,
    /// What makes a person look.
    #[serde(default)]
    pub signs: Signs,
    /// The last line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastLine>,
    /// What AIs were given to do here, and results that nobody has looked at.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub tasks: Seldom<Given>,
    /// Messages that are not out yet.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub on_its_way: Seldom<OnItsWay>,
}

impl Card {
    /// The tool call that waits for a person, if one does.
    #[must_use]
    pub fn tool_waiting(&self) -> Option<&ToolWaits> {
        self.tool.as_deref().filter(|tool| tool.expires_at.is_some())
    }

    /// The tool call that is decided on or runs, if there is one: until it is over only what the customer wrote since is
    /// answered.
    #[must_use]
    pub fn tool_pending(&self) -> Option<&ToolWaits> {
        self.tool.as_deref().filter(|tool| !tool.is_news())
    }

    /// When the decision that waits here, on a draft or a tool call, expires.
    #[must_use]
    pub fn decide_by(&self) -> Option<Timestamp> {
        let tool = self.tool_waiting().and_then(|tool| tool.expires_at);
        self.draft.get().map(|draft| draft.expires_at).into_iter().chain(tool).min()
    }
}

#[cfg(test)]
impl Card {
    /// A card for tests, of a talk in which nothing happens: opened on the web at `at`, carried by teammate 9, in the queue.
    pub(crate) fn quiet(id: ConversationId, at: Timestamp) -> Self {
        Self {
            id,
            seq: Seq(1),
            n: EntryNo(1),
            opened_at: at,
            channel: "web".into(),
            connector: TeammateId(9),
            customer: Customer::default(),
            topic: None,
            holder: Holder::Queue,
            term: Term(1),
            held_since: at,
            mode: Mode::Auto,
            own_mode: None,
            paused_until: Rare::none(),
            status: Status::Open,
            priority: Priority::Normal,
            tags: Seldom::new(),
            escalation: None,
            draft: Rare::none(),
            tool: None,
            ready: Seldom::new(),
            writing: Rare::none(),
            waiting_since: None,
            asked: EntryNo(1),
            signs: Signs::default(),
            last: None,
            tasks: Seldom::new(),
            on_its_way: Seldom::new(),
        }
    }
}
