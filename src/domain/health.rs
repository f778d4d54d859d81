//! How an AI does: its turns of the last hour, folded from the events.
//!
//! A pure fold: whoever sees the events in order has the same figures. Kept are the ends of turns of an hour, a few thousand
//! for each AI at most. Deliberately not here: ceilings (see `ceiling`), and judgements of what was said.

use super::{
    approval::Why,
    event::{Event, Recorded},
    ids::{ConversationId, TeammateId},
    time::{Span, Timestamp},
    turn::Trace,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// How far back it looks.
pub const WINDOW: Span = Span::hours(1);
/// So many turns of an AI are kept at most.
const MOST: usize = 4_096;
/// Of fewer turns no share is told.
const FEWEST: u32 = 5;

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Sent,
    Drafted { guarded: bool },
    Shadowed,
    HandedOff,
    Failed,
    Suppressed,
    Again,
}

/// A turn that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    at: Timestamp,
    end: End,
    first_word_ms: Option<u32>,
    tokens: u64,
    cost_micros: u64,
}

/// The turns of the last hour of each AI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    since: Option<Timestamp>,
    /// Whose turn is under way where.
    open: BTreeMap<ConversationId, TeammateId>,
    turns: BTreeMap<TeammateId, VecDeque<Turn>>,
}

/// How one AI did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Which.
    pub ai: TeammateId,
    /// Since when this is counted: an hour, or since the server began to watch.
    pub since: Timestamp,
    /// Turns that ended.
    pub turns: u32,
    /// Answers sent.
    pub sent: u32,
    /// Drafts for a person, or beside one.
    pub drafted: u32,
    /// Of these, those that a check held back.
    pub guarded: u32,
    /// Talks given to people.
    pub handed_off: u32,
    /// Turns that failed.
    pub failed: u32,
    /// Answers dropped, since somebody took over or stopped it.
    pub suppressed: u32,
    /// From the beginning of a turn to its first word, in milliseconds: the median and the 95th of a hundred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_word_ms: Option<(u32, u32)>,
    /// Tokens, as far as reported.
    pub tokens: u64,
    /// Millionths of the desk's currency, as far as reported.
    pub cost_micros: u64,
}

impl Watch {
    /// Takes the next event in.
    pub fn take(&mut self, recorded: &Recorded) {
        self.since.get_or_insert(recorded.at);
        let Some(id) = recorded.conversation else { return };
        let nothing = Trace::default();
        let (end, trace) = match &recorded.event {
            Event::TurnBegan { .. } => {
                if let Some(ai) = recorded.by.teammate() {
                    self.open.insert(id, ai);
                }
                return;
            }
            Event::Answered { draft: None, answer, .. } => (End::Sent, &answer.trace),
            Event::DraftProposed { answer, why, .. } => {
                (End::Drafted { guarded: matches!(why, Why::Guard { .. }) }, &answer.trace)
            }
            Event::ShadowDrafted { answer, .. } => (End::Shadowed, &answer.trace),
            Event::Escalated { turn: Some(_), trace, .. } => (End::HandedOff, trace.as_deref().unwrap_or(&nothing)),
            Event::AnswerSuppressed { .. } => (End::Suppressed, &nothing),
            Event::TurnAbandoned { failed: true, trace, .. } => (End::Failed, trace.as_deref().unwrap_or(&nothing)),
            // It goes on when a person has decided on its tool.
            Event::TurnAbandoned { trace, .. } | Event::TurnWaits { trace, .. } => {
                (End::Again, trace.as_deref().unwrap_or(&nothing))
            }
            _ => return,
        };
        // A call after a failure or a rejected draft names a turn that ended before.
        let Some(ai) = self.open.remove(&id) else { return };
        let first_word_ms = (trace.first_word_ms > 0).then_some(trace.first_word_ms);
        let (read, written) = trace.tokens.unwrap_or_default();
        let tokens = u64::from(read) + u64::from(written);
        let cost_micros = trace.cost_micros.unwrap_or_default();
        let turns = self.turns.entry(ai).or_default();
        turns.push_back(Turn { at: recorded.at, end, first_word_ms, tokens, cost_micros });
        while turns.len() > MOST || turns.front().is_some_and(|first| recorded.at.since(first.at) > WINDOW) {
            turns.pop_front();
        }
    }

    /// How each AI did in the hour before `at`, by number. Who had no turn is not among them.
    #[must_use]
    pub fn report(&self, at: Timestamp) -> Vec<Health> {
        let begin = Timestamp(at.0.saturating_sub_unsigned(WINDOW.0)).max(self.since.unwrap_or(at));
        let of = |(ai, turns): (&TeammateId, &VecDeque<Turn>)| {
            let turns = turns.iter().filter(|turn| at.since(turn.at) <= WINDOW);
            let mut health = Health::new(*ai, begin);
            let mut waits: Vec<u32> = Vec::new();
            for turn in turns {
                health.add(turn);
                waits.extend(turn.first_word_ms);
            }
            waits.sort_unstable();
            health.first_word_ms = percentile(&waits, 50).zip(percentile(&waits, 95));
            (health.turns > 0).then_some(health)
        };
        self.turns.iter().filter_map(of).collect()
    }
}

/// The nearest rank of sorted values.
fn percentile(sorted: &[u32], hundredths: usize) -> Option<u32> {
    let rank = (sorted.len() * hundredths).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

impl Health {
    fn new(ai: TeammateId, since: Timestamp) -> Self {
        Self {
            ai,
            since,
            turns: 0,
            sent: 0,
            drafted: 0,
            guarded: 0,
            handed_off: 0,
            failed: 0,
            suppressed: 0,
            first_word_ms: None,
            tokens: 0,
            cost_micros: 0,
        }
    }

    fn add(&mut self, turn: &Turn) {
        self.turns += 1;
        match turn.end {
            End::Sent => self.sent += 1,
            End::Drafted { guarded } => {
                self.drafted += 1;
                self.guarded += u32::from(guarded);
            }
            End::Shadowed => self.drafted += 1,
            End::HandedOff => self.handed_off += 1,
            End::Failed => self.failed += 1,
            End::Suppressed => self.suppressed += 1,
            End::Again => {}
        }
        self.tokens = self.tokens.saturating_add(turn.tokens);
        self.cost_micros = self.cost_micros.saturating_add(turn.cost_micros);
    }

    /// What is wrong, in a few words; none if nothing is.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let (turns, failed, guarded) = (self.turns, self.failed, self.guarded);
        if turns < FEWEST {
            return None;
        }
        if failed * 5 >= turns {
            return Some(format!("{failed} of {turns} turns failed"));
        }
        if self.handed_off * 2 > turns && turns >= FEWEST * 2 {
            return Some(format!("{} of {turns} turns ended at a person", self.handed_off));
        }
        if guarded * 4 >= turns {
            return Some(format!("{guarded} of {turns} answers held back by checks"));
        }
        let slow = self.first_word_ms.filter(|(median, _)| *median > 10_000);
        slow.map(|(median, _)| format!("{} s to the first word", median / 1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        guard::Rule,
        ids::{EntryNo, Seq, Term},
        teammate::Actor,
        turn::{Answer, Grounding},
    };

    const AI: TeammateId = TeammateId(2);

    fn at(at: i64, conversation: u64, event: Event) -> Recorded {
        let by = if matches!(event, Event::AnswerSuppressed { .. }) { TeammateId(5) } else { AI };
        let (seq, n) = (Seq(1), EntryNo(1));
        let conversation = Some(ConversationId(conversation));
        Recorded { seq, at: Timestamp(at), by: Actor::Teammate(by), conversation, n, event }
    }

    fn began() -> Event {
        Event::TurnBegan { term: Term(1), answers: EntryNo(1), whispers: Vec::new(), shadow: false }
    }

    fn answer(first_word_ms: u32) -> Box<Answer> {
        let trace = Trace { first_word_ms, tokens: Some((90, 10)), cost_micros: Some(500), ..Trace::default() };
        Box::new(Answer { text: "Yes.".into(), sources: Vec::new(), grounding: Grounding(900), trace })
    }

    fn sent(first_word_ms: u32) -> Event {
        let (turn, answer) = (EntryNo(1), answer(first_word_ms));
        Event::Answered { turn, answer, term: Term(1), draft: None, author: None, checked: Some(1) }
    }

    #[test]
    fn what_is_wrong_is_said_and_what_is_usual_is_not() {
        let of = |turns, failed, guarded, handed_off| Health {
            turns,
            guarded,
            handed_off,
            failed,
            ..Health::new(AI, Timestamp(0))
        };
        for (health, trouble) in [
            (of(40, 3, 5, 20), None),
            (of(4, 4, 0, 4), None),
            (of(40, 8, 0, 0), Some("8 of 40 turns failed")),
            (of(40, 0, 10, 0), Some("10 of 40 answers held back by checks")),
            (of(40, 0, 0, 21), Some("21 of 40 turns ended at a person")),
            (of(8, 0, 0, 8), None),
        ] {
            assert_eq!(health.trouble().as_deref(), trouble, "{health:?}");
        }
        let slow = Health { first_word_ms: Some((11_000, 30_000)), ..of(10, 0, 0, 0) };
        assert_eq!(slow.trouble().as_deref(), Some("11 s to the first word"));
    }

    #[test]
    fn an_hour_of_turns_is_told_as_it_was() {
        let mut watch = Watch::default();
        let mut turn = |when: i64, end: Event| {
            watch.take(&at(when, 1, began()));
            watch.take(&at(when + 1, 1, end));
        };
        turn(0, sent(99_000));
        let hour = 3_600_000;
        for n in 1..=20 {
            turn(hour + n, sent(u32::try_from(n).unwrap() * 100));
        }
        let why = Why::Guard { rule: Rule::Link };
        let (term, expires_at) = (Term(1), Timestamp(0));
        turn(hour + 30, Event::DraftProposed { turn: EntryNo(1), answer: answer(0), term, expires_at, why });
        turn(hour + 40, Event::AnswerSuppressed { turn: EntryNo(1), text: String::new() });
        turn(hour + 50, Event::TurnAbandoned { turn: EntryNo(1), why: "x".into(), failed: true, trace: None });
        let health = watch.report(Timestamp(hour + 60)).pop().unwrap();
        assert_eq!(
            health,
            Health {
                turns: 23,
                sent: 20,
                drafted: 1,
                guarded: 1,
                suppressed: 1,
                failed: 1,
                first_word_ms: Some((1_000, 1_900)),
                tokens: 2_100,
                cost_micros: 10_500,
                ..Health::new(AI, Timestamp(60))
            }
        );
        assert_eq!(health.trouble(), None);
        assert_eq!(watch.report(Timestamp(3 * hour)), []);
    }

    #[test]
    fn what_fails_often_is_told() {
        let mut watch = Watch::default();
        for n in 0..10 {
            watch.take(&at(n, 1, began()));
            let failed = Event::TurnAbandoned { turn: EntryNo(1), why: "x".into(), failed: n % 3 == 0, trace: None };
            watch.take(&at(n, 1, failed));
        }
        let health = watch.report(Timestamp(20)).pop().unwrap();
        assert_eq!(health.trouble().as_deref(), Some("4 of 10 turns failed"));
    }
}
