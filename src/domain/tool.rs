//! Tools that an AI may use: what the policy says of each, one call of one, and how that call may end.
//!
//! A call is bound to its exact arguments in one canonical form, by a digest that the desk makes itself. Amounts are
//! whole hundredths of the desk's currency. Deliberately not here: who may call what when (see `decide`), and running a
//! tool, which only a teammate of the role `tools` does; an AI asks.

mod form;
mod offer;

pub use self::form::{
    NO_SCHEMA, amount, call_digest, canonical, customer_key, day, definition, is_name, misfit, money, shape,
};
pub use self::offer::{LONGEST_DESCRIPTION, LONGEST_OFFERS, LONGEST_SCHEMA, Offer, Offered, wire_name};
use super::{
    ids::{Digest, EntryNo, TeammateId, Term},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// The longest arguments of a call and the longest result that is kept, in bytes.
pub const LONGEST_DATA: usize = 16 * 1024;
/// The longest name of a tool with its server, in bytes.
pub const LONGEST_NAME: usize = 128;
/// The longest of the words that led to a call, in bytes.
pub const LONGEST_WORDS: usize = 2_000;
/// The longest arguments that a card shows, in bytes.
pub const LONGEST_SHOWN: usize = 240;
/// How long a person may take to decide on a call, and how long what was approved may still begin.
pub const DECIDE_WITHIN: Span = Span::minutes(10);
/// How long a call may run before nobody can tell what became of it.
pub const RUN_WITHIN: Span = Span::seconds(60);
/// Calls that an AI may ask for in one turn.
pub const CALLS_A_TURN: u8 = 8;
/// By this name an AI asks a person of the team; it needs no rule, runs nothing and is answered in words.
pub const ASK_PERSON: &str = "desk.ask";

/// What a tool can do, at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Reads data of our own.
    R0,
    /// Changes what can be changed back.
    R1,
    /// Moves money or changes data: a person approves.
    R2,
    /// Never by an AI.
    R3,
}

impl Risk {
    /// The word for it, with what it means.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::R0 => "R0 reads",
            Self::R1 => "R1 can be changed back",
            Self::R2 => "R2 money or data",
            Self::R3 => "R3 never by an AI",
        }
    }
}

/// How much a tool may move without a person. In hundredths of the desk's currency; what is left out has no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limit {
    /// The argument that holds the amount: a number with two decimals at most.
    pub argument: String,
    /// In one call.
    #[serde(deserialize_with = "super::written::maybe_hundredths")]
    pub per_call: Option<u64>,
    /// In one conversation.
    #[serde(deserialize_with = "super::written::maybe_hundredths")]
    pub per_talk: Option<u64>,
    /// To one customer, by name and mail as the channel told them, in thirty days.
    #[serde(deserialize_with = "super::written::maybe_hundredths")]
    pub per_customer: Option<u64>,
    /// In one day (UTC), over all.
    #[serde(deserialize_with = "super::written::maybe_hundredths")]
    pub per_day: Option<u64>,
}

/// What the policy says of one tool. A tool without a rule does not exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolRule {
    /// What it can do, at worst.
    pub risk: Risk,
    /// For which topics; empty: for any.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub topics: BTreeSet<String>,
    /// How much it may move without a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Limit>,
    /// The digest of its definition, as it was when somebody read it. Without one, each call needs a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Digest>,
    /// What its arguments must be: a JSON Schema. Without one, what its server says they are.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub schema: Value,
}

/// One call of a tool, as the desk has it: canonical and complete.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// Which tool, as in `shop.refund.make`.
    pub tool: String,
    /// Its arguments: JSON with sorted keys and no space.
    pub arguments: String,
    /// Binds tool, definition and arguments in this conversation.
    pub digest: Digest,
    /// The tool's definition, as the AI saw it.
    pub definition: Digest,
    /// What the tool can do.
    pub risk: Risk,
    /// The amount, if the tool moves one, in hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
    /// The words that led to it. From outside.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// The term under which it may run.
    pub term: Term,
}

/// Why a call needs a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyTool {
    /// It moves money or changes data.
    Risk,
    /// The mode is draft.
    Mode,
    /// Nobody has pinned what the tool is.
    Unpinned,
    /// Too much for one call.
    PerCall,
    /// Too much for one conversation.
    PerTalk,
    /// Too much for one customer.
    PerCustomer,
    /// Too much for one day.
    PerDay,
    /// The AI asks a person.
    Question,
}

impl WhyTool {
    /// A few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Risk => "it moves money or changes data",
            Self::Mode => "the mode is draft",
            Self::Unpinned => "nobody has pinned what this tool is",
            Self::PerCall => "it is more than the AI may move in one call",
            Self::PerTalk => "it is more than the AI may move in one conversation",
            Self::PerCustomer => "it is more than the AI may move for one customer",
            Self::PerDay => "it is more than the AI may move in one day",
            Self::Question => "the AI asks you",
        }
    }
}

/// Why a call may not be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Denial {
    /// No rule names the tool: it does not exist.
    Unknown,
    /// No AI may call it.
    Forbidden,
    /// Not for this topic.
    Topic,
    /// Nobody who runs tools offers it now.
    Absent,
    /// Only reading is for a shadow.
    Shadow,
    /// The arguments are not what the tool takes.
    Arguments {
        /// What is wrong with them.
        why: String,
    },
    /// The tool is not what it was when it was pinned.
    Changed,
    /// The very same was asked for before.
    Repeated,
    /// A person said no to the very same.
    Rejected,
    /// Another call waits for a person.
    Waiting,
    /// Too many calls in this conversation.
    TooMany,
}

impl Denial {
    /// A sentence for people and for the AI, without its end.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Unknown => "there is no such tool".to_owned(),
            Self::Forbidden => "no AI may use this tool".to_owned(),
            Self::Topic => "this tool is not for this topic".to_owned(),
            Self::Absent => "nobody offers this tool now".to_owned(),
            Self::Shadow => "only reading is possible beside a person".to_owned(),
            Self::Arguments { why } => format!("the arguments do not fit: {why}"),
            Self::Changed => "the tool is not what it was when it was pinned".to_owned(),
            Self::Repeated => "the very same was asked for before".to_owned(),
            Self::Rejected => "a person rejected the very same before".to_owned(),
            Self::Waiting => "another call waits for a person".to_owned(),
            Self::TooMany => "too many calls in this conversation".to_owned(),
        }
    }
}

/// What a person decides on a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToolDecision {
    /// With these very arguments.
    Approve,
    /// With other arguments.
    Edit {
        /// JSON.
        arguments: String,
    },
    /// Not at all.
    Reject {
        /// Why: the AI reads it.
        reason: String,
    },
    /// Not this; here is what the AI must know.
    Answer {
        /// In words.
        text: String,
    },
}

/// How the wait of a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToolEnding {
    /// It may run as it was asked for.
    Approved,
    /// It may run with other arguments.
    Edited {
        /// Canonical.
        arguments: String,
        /// Of the call with these arguments.
        digest: Digest,
        /// The amount in them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<u64>,
    },
    /// It may not run, by decision.
    Rejected {
        /// Why.
        reason: String,
    },
    /// It does not run; the AI was answered in words.
    Answered {
        /// The words.
        text: String,
    },
    /// It does not run: nobody decided in time, or what was approved did not begin in time.
    Expired,
    /// It does not run: the ground went from under it.
    Withdrawn {
        /// What happened.
        why: String,
    },
}

/// What became of a call that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It did what it is for.
    Done,
    /// It did nothing.
    Failed,
    /// Nobody can tell. Never run again blindly.
    Unknown,
}

/// Where a call is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Stage {
    /// It waits for a person.
    Waits {
        /// Until then.
        expires_at: Timestamp,
    },
    /// It may run, once.
    Ready {
        /// Until then; without a person's word only within its turn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// It runs.
    Runs {
        /// Since then.
        since: Timestamp,
    },
    /// It ran.
    Ran {
        /// What became of it.
        fate: Fate,
    },
    /// A person said no.
    Refused,
    /// A person answered in words.
    Answered,
    /// It did not run, and may be asked for again.
    Gone,
}

/// A call that the rules remember.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Kept {
    /// Its number in the conversation.
    pub call: EntryNo,
    /// The turn that asked for it.
    pub turn: EntryNo,
    /// Who asked.
    pub by: TeammateId,
    /// The call; with other arguments if a person changed them.
    pub asked: Call,
    /// Where it is.
    pub stage: Stage,
    /// Up to which message of the customer its turn had read.
    pub answers: EntryNo,
    /// The turn that has read how it was decided, and what came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<EntryNo>,
    /// Whether a person decided on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decided: bool,
    /// Who let it begin, and is to tell what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<TeammateId>,
}

impl Kept {
    /// Whether somebody decided and what follows from that is done: the AI is to go on with it.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.read.is_none() && self.decided && self.is_over() && self.stage != Stage::Gone
    }

    /// Whether a person let it run and it is not known yet what came of it.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.decided && matches!(self.stage, Stage::Ready { .. } | Stage::Runs { .. })
    }

    /// Whether it neither ran nor will.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ran { .. } | Stage::Refused | Stage::Answered | Stage::Gone)
    }
}

/// What a card shows of a call: it waits, or was decided and the AI is to go on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ToolWaits {
    /// Which call.
    pub call: EntryNo,
    /// Which tool.
    pub tool: String,
    /// Binds the arguments.
    pub digest: Digest,
    /// The arguments, canonical, where they are short enough to be read in a list; a question has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arguments: String,
    /// The amount in them, in hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
    /// When it expires; none once it is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether it was approved and is still to run, or runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub under_way: bool,
    /// Up to which message of the customer its turn had read.
    pub answers: EntryNo,
}

impl ToolWaits {
    /// Whether it was decided and all is done that follows: the AI is to go on.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.expires_at.is_none() && !self.under_way
    }
}

/// What a card tells to who runs tools: this call may run now.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ToolReady {
    /// Which call.
    pub call: EntryNo,
    /// Which tool.
    pub tool: String,
}

/// Something moved for somebody: counted against the limits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Spent {
    /// By which tool.
    pub tool: String,
    /// For whom: a digest of name and mail.
    pub customer: Digest,
    /// Days since 1970, UTC.
    pub day: u32,
    /// Hundredths.
    pub amount: u64,
}

/// For how many days what was moved for a customer is remembered.
pub const DAYS: u32 = 30;
