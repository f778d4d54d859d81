//! Attention: an explainable score of 0 to 100 that says why a conversation needs a person now.
//!
//! A sum of [`WEIGHTS`], capped. Everything is read from the card and the time, so each console comes to the same score
//! by itself. Deliberately not here: how rows are ordered by it, and anything learned from data.

use super::{
    card::{Card, Priority, Status},
    escalation,
    holder::Holder,
    ids::TeammateId,
    task::Given,
    time::{Span, Timestamp},
};

/// What makes a person look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// The customer asked for a person.
    AskedForHuman,
    /// The AI, a rule or a teammate asked for a person.
    Escalated,
    /// A message did not reach the customer, or nobody can tell.
    Undelivered,
    /// The AI asked for a person again before one had answered.
    ToAndFro,
    /// The customer waits for an answer.
    Waits,
    /// A draft waits for a decision.
    DraftWaits,
    /// The last AI answer stands on little.
    LowGrounding,
    /// The customer says the same again.
    Repeats,
    /// It is about money.
    Money,
    /// The customer is angry.
    Angry,
    /// The customer rated it 1 or 2.
    BadRating,
    /// It was resolved and is open again.
    Reopened,
    /// The customer's text hides characters.
    HiddenText,
    /// The AI who holds it is paused while the customer waits.
    Paused,
    /// Somebody marked it urgent.
    Urgent,
    /// Somebody marked it high.
    HighPriority,
    /// Somebody marked it low: takes points away.
    LowPriority,
    /// A tool call waits for a decision.
    ToolWaits,
}

/// One row of the table: what counts, how much at most, and by which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// What counts.
    pub why: Why,
    /// The most it can add; negative if it takes away.
    pub most: i8,
    /// How the points come about, in a sentence.
    pub rule: &'static str,
}

const fn weight(why: Why, most: i8, rule: &'static str) -> Weight {
    Weight { why, most, rule }
}

/// The whole table, in the order of [`Why`].
pub const WEIGHTS: [Weight; 18] = [
    weight(
        Why::AskedForHuman,
        40,
        "40 when the customer asked for a person; an escalation for that adds nothing more.",
    ),
    weight(Why::Escalated, 35, "35 while an escalation for any other reason stands."),
    weight(Why::Undelivered, 30, "30 when a message failed or its fate is unknown."),
    weight(Why::ToAndFro, 30, "30 when the AI asked for a person twice and none has answered."),
    weight(Why::Waits, 30, "1 for each 10 s after the first 30 s without an answer; after 2 min if a person holds it."),
    weight(Why::DraftWaits, 25, "25 while a draft waits for a decision."),
    weight(
        Why::LowGrounding,
        20,
        "1 for each 0.025 by which the last answer's grounding is below 0.5, begun ones too.",
    ),
    weight(Why::Repeats, 20, "10 each time the customer said the same again, 20 at most."),
    weight(Why::Money, 15, "15 when the customer speaks of money."),
    weight(Why::Angry, 15, "5 for each of three degrees of anger."),
    weight(Why::BadRating, 15, "15 when the customer rated it 1 or 2."),
    weight(Why::Reopened, 10, "10 when it had been resolved before."),
    weight(Why::HiddenText, 10, "10 when the customer's text hides characters."),
    weight(Why::Paused, 10, "10 while the AI who holds it is paused and the customer waits."),
    weight(Why::Urgent, 20, "20 when its priority is urgent."),
    weight(Why::HighPriority, 10, "10 when its priority is high."),
    weight(Why::LowPriority, -10, "10 less when its priority is low."),
    weight(Why::ToolWaits, 25, "25 while a tool call waits for a decision."),
];

/// A waiting customer counts from here on, where a person does not hold.
const PATIENCE: Span = Span::seconds(30);
/// A waiting customer counts from here on, where a person holds.
const PATIENCE_WITH_HUMAN: Span = Span::minutes(2);
/// Each such step of waiting is a point.
const STEP: Span = Span::seconds(10);

impl Why {
    /// One to three words for a row.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AskedForHuman => "asked for human",
            Self::Escalated => "escalated",
            Self::Undelivered => "undelivered",
            Self::ToAndFro => "to and fro",
            Self::Waits => "waits",
            Self::DraftWaits => "draft waits",
            Self::LowGrounding => "low grounding",
            Self::Repeats => "repeats",
            Self::Money => "money",
            Self::Angry => "angry",
            Self::BadRating => "bad rating",
            Self::Reopened => "reopened",
            Self::HiddenText => "hidden text",
            Self::Paused => "paused",
            Self::Urgent => "urgent",
            Self::HighPriority => "high priority",
            Self::LowPriority => "low priority",
            Self::ToolWaits => "tool waits",
        }
    }

    /// The most it can add; negative if it takes away.
    #[must_use]
    pub fn most(self) -> i8 {
        WEIGHTS.get(self as usize).map_or(0, |weight| weight.most)
    }
}

/// One part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reason {
    /// What counts.
    pub why: Why,
    /// How much: -10 to 40, never 0.
    pub points: i8,
}

/// A score with its reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attention {
    /// 0 to 100: the sum of the reasons' points, capped on both sides.
    pub score: u8,
    /// By points, the most first; in the order of [`WEIGHTS`] where equal.
    pub reasons: Vec<Reason>,
}

/// The score of a card at a time, with its reasons. Settled and sleeping conversations have none.
#[must_use]
pub fn of(card: &Card, at: Timestamp) -> Attention {
    let mut reasons = Vec::new();
    each(card, at, |why, points| reasons.push(Reason { why, points }));
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points));
    Attention { score: capped(reasons.iter().map(|reason| i32::from(reason.points)).sum()), reasons }
}

/// The score alone, without allocating: the same as `of(card, at).score`.
#[must_use]
pub fn score(card: &Card, at: Timestamp) -> u8 {
    let mut sum = 0;
    each(card, at, |_, points| sum += i32::from(points));
    capped(sum)
}

/// When the score changes by time alone: the first instant after `at` at which it differs; none if it stays.
#[must_use]
pub fn next_change(card: &Card, at: Timestamp) -> Option<Timestamp> {
    let now = score(card, at);
    let mut then = at;
    // At most 30 steps of waiting, the end of a pause and the end of a sleep lie ahead.
    for _ in 0..40 {
        then = next_step(card, then)?;
        if score(card, then) != now {
            return Some(then);
        }
    }
    None
}

/// Whether a person must act: it waits in the queue, a draft or a tool call waits, or a message did not arrive. The count of *needs you*.
#[must_use]
pub fn needs_human(card: &Card) -> bool {
    let queued = card.holder == Holder::Queue && (card.escalation.is_some() || card.waiting_since.is_some());
    card.status == Status::Open && (queued || card.decide_by().is_some() || card.signs.undelivered > 0)
}

/// Whether `me` must act. As [`needs_human`], but what another person holds is that person's; and what `me` holds counts
/// while the customer waits.
#[must_use]
pub fn needs(card: &Card, me: Option<TeammateId>) -> bool {
    if card.status == Status::Open && result_for(card, me).is_some() {
        return true;
    }
    match card.holder {
        Holder::Human(id) if Some(id) == me => {
            card.status == Status::Open && (card.waiting_since.is_some() || needs_human(card))
        }
        Holder::Human(_) => false,
        Holder::Ai(_) | Holder::Queue => needs_human(card),
    }
}

/// From this score on somebody should look though an AI holds it and asks for nobody: an asked-for human weighs as much.
pub const TROUBLE: u8 = 40;

/// Whether an AI has it well in hand at a time: it holds, nothing waits for a person, and the score is below [`TROUBLE`].
#[must_use]
pub fn is_in_good_hands(card: &Card, at: Timestamp) -> bool {
    card.holder.is_ai() && !needs_human(card) && score(card, at) < TROUBLE
}

/// A task of `me` that has ended, and whose result `me` has not looked at.
#[must_use]
pub fn result_for(card: &Card, me: Option<TeammateId>) -> Option<&Given> {
    card.tasks.iter().find(|given| !given.is_open() && Some(given.by) == me)
}

fn capped(sum: i32) -> u8 {
    u8::try_from(sum.clamp(0, 100)).unwrap_or(100)
}

/// Calls `add` for each reason that counts, in the order of [`WEIGHTS`].
fn each(card: &Card, at: Timestamp, mut add: impl FnMut(Why, i8)) {
    match card.status {
        Status::Resolved { .. } => return,
        Status::Snoozed { until } if at < until => return,
        Status::Open | Status::Snoozed { .. } => {}
    }
    let signs = &card.signs;
    let by_human = matches!(card.holder, Holder::Human(_));
    let escalation = card.escalation.as_ref().map(|escalation| escalation.reason);
    let asked = escalation::Reason::AskedForHuman;
    when(!by_human && (signs.asked_human || escalation == Some(asked)), Why::AskedForHuman, &mut add);
    when(!by_human && escalation.is_some_and(|reason| reason != asked), Why::Escalated, &mut add);
    when(signs.undelivered > 0, Why::Undelivered, &mut add);
    when(!by_human && signs.hand_offs >= 2, Why::ToAndFro, &mut add);
    graded(Why::Waits, waits(card, at), &mut add);
    when(card.draft.is_some(), Why::DraftWaits, &mut add);
    if !by_human {
        let low = signs.grounding.map_or(0, |grounding| 500_u16.saturating_sub(grounding.0).div_ceil(25));
        graded(Why::LowGrounding, u64::from(low), &mut add);
        graded(Why::Repeats, u64::from(signs.repeats) * 10, &mut add);
        graded(Why::Money, if signs.money { 15 } else { 0 }, &mut add);
        graded(Why::Angry, u64::from(signs.anger) * 5, &mut add);
        when(signs.rating.is_some_and(|rating| rating <= 2), Why::BadRating, &mut add);
        when(signs.reopened, Why::Reopened, &mut add);
        when(signs.hidden, Why::HiddenText, &mut add);
        when(is_paused(card, at) && card.waiting_since.is_some(), Why::Paused, &mut add);
    }
    when(card.priority == Priority::Urgent, Why::Urgent, &mut add);
    when(card.priority == Priority::High, Why::HighPriority, &mut add);
    when(card.priority == Priority::Low, Why::LowPriority, &mut add);
    when(card.tool_waiting().is_some(), Why::ToolWaits, &mut add);
}

/// Adds all that the table allows, if it stands.
fn when(stands: bool, why: Why, add: &mut impl FnMut(Why, i8)) {
    if stands {
        add(why, why.most());
    }
}

/// Adds `points`, at most what the table allows, if there are any.
fn graded(why: Why, points: u64, add: &mut impl FnMut(Why, i8)) {
    let points = i8::try_from(points).unwrap_or(i8::MAX).min(why.most());
    if points > 0 {
        add(why, points);
    }
}

fn is_paused(card: &Card, at: Timestamp) -> bool {
    card.holder.is_ai() && card.paused_until.is_some_and(|until| at < until)
}

fn patience(card: &Card) -> Span {
    if matches!(card.holder, Holder::Human(_)) { PATIENCE_WITH_HUMAN } else { PATIENCE }
}

/// Whole steps that the customer has waited beyond patience.
fn waits(card: &Card, at: Timestamp) -> u64 {
    card.waiting_since.map_or(0, |since| at.since(since).0.saturating_sub(patience(card).0) / STEP.0)
}

/// The first instant after `at` at which a reason may change.
fn next_step(card: &Card, at: Timestamp) -> Option<Timestamp> {
    let sleeps = match card.status {
        Status::Resolved { .. } => return None,
        Status::Snoozed { until } => Some(until).filter(|&until| at < until),
        Status::Open => None,
    };
    if sleeps.is_some() {
        return sleeps;
    }
    let pause = card.paused_until.get().filter(|&until| at < until);
    let most = Why::Waits.most().unsigned_abs();
    let step = card.waiting_since.and_then(|since| {
        let n = waits(card, at);
        let then = since.plus(patience(card)).plus(Span(STEP.0.saturating_mul(n + 1)));
        (n < u64::from(most) && at < then).then_some(then)
    });
    [pause, step].into_iter().flatten().min()
}

#[cfg(test)]
mod tests;
