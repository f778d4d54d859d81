//! The filter: one small language for the list, the command line and whatever else picks conversations.
//!
//! ```text
//! holder:ai|queue -channel:web attention:>50 waiting:>2m tag:"late parcel" priority:>=high is:open jana #42
//! ```
//!
//! Terms stand side by side and must all hold; `-` before a condition turns it round; `a|b` in a value means either. A word
//! without a key is looked for, whatever its case, in the customer's name, topic, tags, last line and number. Quotes
//! keep spaces and signs together; `\"` and `\\` inside them. An empty filter lets everything through.
//!
//! Deliberately not here: saved views, ordering, and full text of whole conversations (the server's index has that).

mod complete;
mod log;
mod matching;
mod mistake;
mod parse;
#[cfg(test)]
mod tests;
mod write;

use super::{
    card::Priority,
    ids::{ConversationId, TeammateId},
    mode::Mode,
    time::{Span, Timestamp},
};

pub use complete::{Known, completions, token_at};
pub use log::{DEEDS, LogContext, LogFilter, deed, log_completions, said};
pub use matching::SearchKey;
pub use mistake::Mistake;
pub use write::written;

/// A condition on cards. Parsed once, then asked for each card without allocating.
///
/// `Filter::parse(&filter.to_string())` is the same filter again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    conditions: Vec<Condition>,
}

/// What a filter must know beside the card.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Now, by the server's clock.
    pub at: Timestamp,
    /// Who asks: whom `holder:me` and `needs:me` mean.
    pub me: Option<TeammateId>,
    /// The name of a teammate.
    pub name: &'a dyn Fn(TeammateId) -> Option<&'a str>,
}

impl Filter {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// What is wrong, where, and what was probably meant.
    pub fn parse(said: &str) -> Result<Self, Mistake> {
        parse::parse(said).map(|conditions| Self { conditions })
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Condition {
    negated: bool,
    test: Test,
}

/// A key with its alternatives; never without one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Test {
    Holder(Vec<Who>),
    Mode(Vec<Mode>),
    Tag(Vec<Needle>),
    Topic(Vec<Needle>),
    Channel(Vec<Needle>),
    Locale(Vec<Needle>),
    Is(Vec<Is>),
    Needs(Vec<Needs>),
    Priority(Vec<Bound<Priority>>),
    Attention(Vec<Bound<u8>>),
    Waiting(Vec<Bound<Span>>),
    Number(Vec<ConversationId>),
    Text(Vec<Needle>),
}

/// Who holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Who {
    Ai,
    Human,
    Queue,
    Me,
    Named(Needle),
}

/// Words to look for, folded to lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Needle(String);

/// A state that a conversation can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Is {
    Open,
    Snoozed,
    Resolved,
    Paused,
    Writing,
    Waiting,
    Escalated,
    Draft,
    /// A tool call waits.
    Tool,
    Undelivered,
    Needs,
}

/// Whom a conversation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Needs {
    Me,
    Anyone,
}

/// A comparison with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Bound<T> {
    order: Order,
    value: T,
}

/// How to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Order {
    Over,
    AtLeast,
    Under,
    AtMost,
    Exactly,
}

/// What stands before the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Holder,
    Mode,
    Tag,
    Topic,
    Channel,
    Locale,
    Is,
    Needs,
    Priority,
    Attention,
    Waiting,
}

impl Key {
    const ALL: [Self; 11] = [
        Self::Holder,
        Self::Mode,
        Self::Tag,
        Self::Topic,
        Self::Channel,
        Self::Locale,
        Self::Is,
        Self::Needs,
        Self::Priority,
        Self::Attention,
        Self::Waiting,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Mode => "mode",
            Self::Tag => "tag",
            Self::Topic => "topic",
            Self::Channel => "channel",
            Self::Locale => "locale",
            Self::Is => "is",
            Self::Needs => "needs",
            Self::Priority => "priority",
            Self::Attention => "attention",
            Self::Waiting => "waiting",
        }
    }
}

impl Who {
    const KINDS: [Self; 4] = [Self::Ai, Self::Human, Self::Queue, Self::Me];

    fn word(&self) -> &str {
        match self {
            Self::Ai => "ai",
            Self::Human => "human",
            Self::Queue => "queue",
            Self::Me => "me",
            Self::Named(name) => &name.0,
        }
    }
}

impl Is {
    const ALL: [Self; 11] = [
        Self::Open,
        Self::Snoozed,
        Self::Resolved,
        Self::Paused,
        Self::Writing,
        Self::Waiting,
        Self::Escalated,
        Self::Draft,
        Self::Tool,
        Self::Undelivered,
        Self::Needs,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::Paused => "paused",
            Self::Writing => "writing",
            Self::Waiting => "waiting",
            Self::Escalated => "escalated",
            Self::Draft => "draft",
            Self::Tool => "tool",
            Self::Undelivered => "undelivered",
            Self::Needs => "needs",
        }
    }
}

impl Needs {
    const ALL: [Self; 2] = [Self::Me, Self::Anyone];

    fn word(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Anyone => "anyone",
        }
    }
}

impl Order {
    /// Longer signs first, since `>` begins `>=`.
    const ALL: [Self; 5] = [Self::AtLeast, Self::AtMost, Self::Over, Self::Under, Self::Exactly];

    fn sign(self) -> &'static str {
        match self {
            Self::Over => ">",
            Self::AtLeast => ">=",
            Self::Under => "<",
            Self::AtMost => "<=",
            Self::Exactly => "=",
        }
    }
}
