//! Ceilings: how much the AI may use in a turn, a talk, for a customer and in a day, and how much it has used.
//!
//! Counted by `apply`, from what turns report (tokens, money) and from what the server sees itself (turns, time): an AI that
//! tells too little is still bounded by those. The server refuses a turn beyond a ceiling; the AI is not asked. Days are those
//! of UTC. Deliberately not here: what follows when a ceiling is reached (see `decide`).

use super::{
    conversation::Conversation,
    customer::Customer,
    desk::Office,
    event::{Event, Recorded},
    ids::Seq,
    task::money,
    time::{Span, Timestamp},
    turn::Trace,
    written,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// So many customers of a day are counted each for themselves; of more, those who used least are forgotten.
const CUSTOMERS: usize = 2_000;
/// From this share of a ceiling on people are told, in hundredths.
pub const NEAR: u64 = 80;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Tokens read and written.
    Tokens,
    /// Millionths of the desk's currency.
    Cost,
    /// Turns begun and tools called.
    Calls,
    /// Milliseconds of turns.
    Time,
}

/// Over what it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// One turn.
    Turn,
    /// One conversation.
    Talk,
    /// One customer, in a day.
    Customer,
    /// All of the desk, in a day.
    Day,
}

impl Reach {
    /// In a word or two.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Turn => "a turn",
            Self::Talk => "a talk",
            Self::Customer => "a customer today",
            Self::Day => "the desk today",
        }
    }
}

/// What was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Spent {
    /// Tokens read and written, as far as turns reported them.
    #[serde(skip_serializing_if = "is_zero")]
    pub tokens: u64,
    /// Millionths of the desk's currency, as far as turns reported them.
    #[serde(skip_serializing_if = "is_zero")]
    pub cost_micros: u64,
    /// Turns begun and tools called.
    #[serde(skip_serializing_if = "is_zero")]
    pub calls: u64,
    /// Milliseconds from the beginning of turns to their ends, by the server's clock.
    #[serde(skip_serializing_if = "is_zero")]
    pub ms: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(it: &u64) -> bool {
    *it == 0
}

impl Spent {
    fn add(&mut self, more: Self) {
        self.tokens = self.tokens.saturating_add(more.tokens);
        self.cost_micros = self.cost_micros.saturating_add(more.cost_micros);
        self.calls = self.calls.saturating_add(more.calls);
        self.ms = self.ms.saturating_add(more.ms);
    }

    fn with(mut self, more: Self) -> Self {
        self.add(more);
        self
    }

    fn of(self, kind: Kind) -> u64 {
        match kind {
            Kind::Tokens => self.tokens,
            Kind::Cost => self.cost_micros,
            Kind::Calls => self.calls,
            Kind::Time => self.ms,
        }
    }

    /// `59 calls, 56347 tokens, 9m in turns, cost 0.42`.
    #[must_use]
    pub fn words(self) -> String {
        let cost = money(self.cost_micros);
        format!("{} calls, {} tokens, {} in turns, cost {cost}", self.calls, self.tokens, Span(self.ms).short())
    }

    fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// How much at most. What is not named has no ceiling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ceiling {
    /// Tokens read and written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Millionths of the desk's currency.
    #[serde(skip_serializing_if = "Option::is_none", alias = "cost", deserialize_with = "written::maybe_micros")]
    pub cost_micros: Option<u64>,
    /// Turns begun and tools called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// Time of turns, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "written::maybe_span")]
    pub time: Option<Span>,
}

impl Ceiling {
    fn each(self) -> [(Kind, Option<u64>); 4] {
        let time = self.time.map(|time| time.0);
        [(Kind::Tokens, self.tokens), (Kind::Cost, self.cost_micros), (Kind::Calls, self.calls), (Kind::Time, time)]
    }

    fn is_sound(self) -> bool {
        self.each().into_iter().all(|(_, limit)| limit != Some(0))
    }
}

/// The ceilings of a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ceilings {
    /// Of one turn. A turn that took more is a draft for a person.
    pub turn: Ceiling,
    /// Of one conversation.
    pub talk: Ceiling,
    /// Of one customer in a day, over all conversations; told by the mail address, where there is one.
    pub customer: Ceiling,
    /// Of the desk in a day.
    pub day: Ceiling,
}

impl Default for Ceilings {
    fn default() -> Self {
        Self {
            turn: Ceiling { tokens: Some(30_000), ..Ceiling::default() },
            talk: Ceiling { tokens: Some(200_000), calls: Some(200), ..Ceiling::default() },
            customer: Ceiling { tokens: Some(400_000), calls: Some(400), ..Ceiling::default() },
            day: Ceiling::default(),
        }
    }
}

impl Ceilings {
    /// Whether every ceiling leaves room for something.
    #[must_use]
    pub fn are_sound(&self) -> bool {
        [self.turn, self.talk, self.customer, self.day].into_iter().all(Ceiling::is_sound)
    }
}

/// A ceiling, and how near it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Level {
    /// Over what.
    pub reach: Reach,
    /// What.
    pub kind: Kind,
    /// How much was used.
    pub used: u64,
    /// How much may be.
    pub limit: u64,
}

impl Level {
    /// In hundredths; more than 100 where a turn went beyond.
    #[must_use]
    pub fn share(&self) -> u64 {
        self.used.saturating_mul(100).checked_div(self.limit).unwrap_or(100)
    }

    /// Whether nothing more may begin.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.used >= self.limit
    }

    /// `83 % of the tokens for a talk are used (166000 of 200000)`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (used, limit) = (self.used, self.limit);
        let (what, used, limit) = match self.kind {
            Kind::Tokens => ("tokens", used.to_string(), limit.to_string()),
            Kind::Cost => ("money", money(used), money(limit)),
            Kind::Calls => ("calls", used.to_string(), limit.to_string()),
            Kind::Time => ("time", Span(used).short(), Span(limit).short()),
        };
        format!("{} % of the {what} for {} used ({used} of {limit})", self.share(), self.reach.words())
    }
}

/// What was used today.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Today {
    /// Which day, in days since 1970.
    pub day: i64,
    /// By all.
    pub all: Spent,
    /// By customers, as hashes of who they are, sorted. Never leaves the server.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<(u64, Spent)>,
    /// The last event that was counted: none is counted twice.
    pub counted: Seq,
}

/// What all AIs used today, and how near the ceilings of the day are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// By all.
    pub spent: Spent,
    /// Those of the day, the fullest first.
    pub levels: Vec<Level>,
}

impl Usage {
    /// Whether nothing was used and nothing has a ceiling.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Today {
    /// What is used at `at`, with these ceilings.
    #[must_use]
    pub fn usage(&self, ceilings: &Ceilings, at: Timestamp) -> Usage {
        let spent = if self.day == day_of(at) { self.all } else { Spent::default() };
        let level = |(kind, limit): (Kind, Option<u64>)| {
            Some(Level { reach: Reach::Day, kind, used: spent.of(kind), limit: limit? })
        };
        let mut levels: Vec<Level> = ceilings.day.each().into_iter().filter_map(level).collect();
        levels.sort_by_key(|level| std::cmp::Reverse(level.share()));
        Usage { spent, levels }
    }
}

fn day_of(at: Timestamp) -> i64 {
    at.0.div_euclid(DAY)
}

/// Who a customer is, as far as the desk can tell: by mail address. Names are not one's own.
fn who(customer: &Customer) -> Option<u64> {
    let said = customer.email.as_deref()?;
    Some(
        said.trim()
            .chars()
            .flat_map(char::to_lowercase)
            .fold(0xcbf2_9ce4_8422_2325, |sum, c| (sum ^ u64::from(c as u32)).wrapping_mul(0x0000_0100_0000_01b3)),
    )
}

fn reported(trace: &Trace) -> Spent {
    let (read, written) = trace.tokens.unwrap_or_default();
    let tokens = u64::from(read).saturating_add(u64::from(written));
    Spent { tokens, cost_micros: trace.cost_micros.unwrap_or_default(), ..Spent::default() }
}

/// What an event adds: at the beginning of a turn or a tool a call, at its end what it reports and how long it took.
fn adds(recorded: &Recorded, it: &Conversation) -> Spent {
    let took = |turn| match it.turn.as_ref().filter(|open| open.turn == turn) {
        Some(open) => recorded.at.since(open.since).0,
        None => 0,
    };
    let is_open = |turn| it.turn.as_ref().is_some_and(|open| open.turn == turn);
    match &recorded.event {
        Event::TurnBegan { .. } | Event::TaskBegan { .. } | Event::ToolBegan { .. } => {
            Spent { calls: 1, ..Spent::default() }
        }
        Event::TaskEnded { ending, .. } => ending.work().map(|work| reported(&work.answer.trace)).unwrap_or_default(),
        // The answer of a task has no turn: the end of the task counts it.
        Event::Answered { turn, .. } | Event::DraftProposed { turn, .. } if !is_open(*turn) => Spent::default(),
        Event::Answered { turn, answer, draft: None, .. }
        | Event::DraftProposed { turn, answer, .. }
        | Event::ShadowDrafted { turn, answer } => Spent { ms: took(*turn), ..reported(&answer.trace) },
        Event::Escalated { turn: Some(turn), trace: Some(trace), .. }
        | Event::TurnAbandoned { turn, trace: Some(trace), .. }
        | Event::TurnWaits { turn, trace: Some(trace), .. } => Spent { ms: took(*turn), ..reported(trace) },
        Event::Escalated { turn: Some(turn), .. }
        | Event::TurnAbandoned { turn, .. }
        | Event::TurnWaits { turn, .. }
        | Event::AnswerSuppressed { turn, .. } => Spent { ms: took(*turn), ..Spent::default() },
        _ => Spent::default(),
    }
}

/// Counts an event of a conversation, before it is folded in. Whether anything was counted.
pub(super) fn count(office: &mut Office, it: &mut Conversation, recorded: &Recorded) -> bool {
    let more = adds(recorded, it);
    if more.is_nothing() {
        return false;
    }
    it.spent.add(more);
    if recorded.seq <= office.today.counted {
        return true;
    }
    let today = Arc::make_mut(&mut office.today);
    today.counted = recorded.seq;
    let day = day_of(recorded.at);
    if today.day != day {
        *today = Today { day, counted: recorded.seq, ..Today::default() };
    }
    today.all.add(more);
    let Some(key) = who(&it.card.customer) else { return true };
    match today.customers.binary_search_by_key(&key, |(key, _)| *key) {
        Ok(at) => {
            if let Some((_, spent)) = today.customers.get_mut(at) {
                spent.add(more);
            }
        }
        Err(at) => {
            if today.customers.len() >= CUSTOMERS {
                let least =
                    today.customers.iter().enumerate().min_by_key(|(_, (_, spent))| (spent.tokens, spent.calls));
                if let Some(least) = least.map(|(at, _)| at) {
                    today.customers.remove(least);
                }
                let at = today.customers.partition_point(|(other, _)| *other < key);
                today.customers.insert(at, (key, more));
            } else {
                today.customers.insert(at, (key, more));
            }
        }
    }
    true
}

/// Whether an event changes what is counted of the desk.
#[must_use]
pub fn counts(event: &Event) -> bool {
    matches!(
        event,
        Event::TurnBegan { .. }
            | Event::ToolBegan { .. }
            | Event::TurnWaits { .. }
            | Event::TaskBegan { .. }
            | Event::TaskEnded { .. }
            | Event::Answered { draft: None, .. }
            | Event::DraftProposed { .. }
            | Event::ShadowDrafted { .. }
            | Event::Escalated { turn: Some(_), .. }
            | Event::TurnAbandoned { .. }
            | Event::AnswerSuppressed { .. }
    )
}

impl Office {
    /// Every ceiling of a conversation, its customer and the day, with what was used and `more` besides.
    fn levels(&self, it: &Conversation, at: Timestamp, more: Spent) -> impl Iterator<Item = Level> + use<> {
        let today = (self.today.day == day_of(at)).then_some(&self.today);
        let key = who(&it.card.customer);
        let of_customer = today.zip(key).and_then(|(today, key)| {
            let at = today.customers.binary_search_by_key(&key, |(key, _)| *key).ok()?;
            today.customers.get(at).map(|(_, spent)| *spent)
        });
        let all = today.map(|today| today.all).unwrap_or_default();
        let ceilings = self.policy.ceilings;
        let reaches = [
            (Reach::Talk, ceilings.talk, it.spent.with(more)),
            (Reach::Customer, ceilings.customer, of_customer.unwrap_or_default().with(more)),
            (Reach::Day, ceilings.day, all.with(more)),
        ];
        reaches.into_iter().flat_map(|(reach, ceiling, spent)| {
            let levels = ceiling
                .each()
                .map(|(kind, limit)| limit.map(|limit| Level { reach, kind, used: spent.of(kind), limit }));
            levels.into_iter().flatten()
        })
    }

    /// The ceiling that lets no further turn begin here.
    #[must_use]
    pub fn ceiling_reached(&self, it: &Conversation, at: Timestamp) -> Option<Level> {
        self.levels(it, at, Spent::default()).find(Level::is_reached)
    }

    /// What is used of the desk's ceilings today, the fullest first.
    #[must_use]
    pub fn used_today(&self, at: Timestamp) -> Vec<Level> {
        self.today.usage(&self.policy.ceilings, at).levels
    }

    /// The ceilings that the beginning of a turn passes, or its end with this trace: at 80 hundredths, and when they are
    /// reached.
    #[must_use]
    pub(super) fn passes(&self, it: &Conversation, at: Timestamp, end: Option<&Trace>) -> Vec<Level> {
        let more = match end {
            None => Spent { calls: 1, ..Spent::default() },
            Some(trace) => Spent { ms: it.turn.as_ref().map_or(0, |open| at.since(open.since).0), ..reported(trace) },
        };
        let before = self.levels(it, at, Spent::default());
        let after = self.levels(it, at, more);
        let passed = before.zip(after).filter(|(before, after)| {
            (before.share() < NEAR && after.share() >= NEAR) || (!before.is_reached() && after.is_reached())
        });
        passed.map(|(_, after)| after).collect()
    }

    /// The ceiling of one turn that this one went beyond.
    #[must_use]
    pub(super) fn turn_beyond(&self, it: &Conversation, at: Timestamp, trace: &Trace) -> Option<Level> {
        let ms = it.turn.as_ref().map_or(0, |open| at.since(open.since).0);
        let spent = Spent { ms, calls: 1, ..reported(trace) };
        let levels = self.policy.ceilings.turn.each();
        let levels = levels
            .into_iter()
            .filter_map(|(kind, limit)| Some(Level { reach: Reach::Turn, kind, used: spent.of(kind), limit: limit? }));
        levels.into_iter().find(|level| level.used > level.limit)
    }
}
