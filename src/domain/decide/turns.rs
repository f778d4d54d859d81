//! The AI's turns: exactly one begins, under the present term, and each ends in one of six ways.

use super::{Asker, Happening, Talk, check_length, check_text, guidance};
use crate::domain::{
    approval::Why,
    ceiling::Reach,
    event::Event,
    guard,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo, Term},
    mode::Mode,
    refusal::Refusal,
    teammate::Right,
    turn::{Answer, Outcome, Trace},
};

/// So many failures in a row, and a person answers instead.
const FAILURES: u8 = 3;
/// The longest summary or reason, in bytes.
const LONGEST_SUMMARY: usize = 4_000;

pub(super) fn begin(asker: &Asker<'_>, id: ConversationId, term: Term) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Answer, id)?;
    let card = &talk.it.card;
    talk.check_unresolved()?;
    talk.check_term(term)?;
    talk.check_not_stopped(Some(asker.me))?;
    if card.paused_until.is_some_and(|until| asker.at < until) {
        return Err(Refusal::Paused);
    }
    // While a call is decided on or runs only what the customer has written since is answered.
    let undecided = card.tool_pending().is_some_and(|tool| card.asked <= tool.answers);
    if talk.it.turn.is_some() || talk.it.draft.is_some() || undecided {
        return Err(Refusal::TurnUnderWay);
    }
    let shadow = match card.mode {
        Mode::Off => return Err(Refusal::ModeForbids { mode: card.mode }),
        Mode::Shadow => true,
        Mode::Draft | Mode::Auto => false,
    };
    let waits = if shadow {
        if asker.desk.office.front_ai() != Some(asker.me) {
            return Err(Refusal::NotHolder { conversation: id, holder: card.holder });
        }
        card.asked > talk.it.shadowed
    } else {
        if card.holder != Holder::Ai(asker.me) {
            return Err(Refusal::NotHolder { conversation: id, holder: card.holder });
        }
        card.waiting_since.is_some() || card.tool.as_ref().is_some_and(|tool| tool.is_news())
    };
    if !waits {
        return Err(Refusal::NothingToAnswer);
    }
    if let Some(level) = asker.desk.office.ceiling_reached(talk.it, asker.at) {
        return Err(Refusal::Ceiling { level });
    }
    if !shadow && let Some(spent) = super::tasks::handled(&talk).and_then(crate::domain::task::Given::spent) {
        return Err(Refusal::AlreadyEnded { how: format!("the task comes back: {spent}") });
    }
    let whispers = talk.it.whispers.to_vec();
    let passed = asker.desk.office.passes(talk.it, asker.at, None);
    let began = Event::TurnBegan { term, answers: card.asked, whispers, shadow };
    let passed = passed.into_iter().map(|level| Event::Spending { level });
    Ok(told(&talk, [began].into_iter().chain(passed)))
}

pub(super) fn finish(
    asker: &Asker<'_>,
    id: ConversationId,
    turn: EntryNo,
    term: Term,
    outcome: &Outcome,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Answer, id)?;
    talk.check_term(term)?;
    let Some(open) = talk.it.turn.as_ref().filter(|open| open.turn == turn && open.by == asker.me) else {
        return Err(Refusal::AlreadyEnded { how: "ended before, or never begun by you".to_owned() });
    };
    if open.term != term {
        return Err(Refusal::StaleTerm { conversation: id, holder: talk.it.card.holder, term: talk.it.card.term });
    }
    let told_of = |trace: &Trace| (*trace != Trace::default()).then(|| Box::new(trace.clone()));
    let passed = passes(asker, &talk, outcome);
    let mut events = match outcome {
        Outcome::Abandon { why, trace } => {
            check_length("why", why, LONGEST_SUMMARY)?;
            vec![Event::TurnAbandoned { turn, why: why.clone(), failed: false, trace: told_of(trace) }]
        }
        Outcome::Wait { call, notice, trace } => {
            check_length("notice", notice.as_deref().unwrap_or_default(), LONGEST_SUMMARY)?;
            if open.shadow || !talk.it.calls.iter().any(|kept| kept.call == *call && kept.turn == turn) {
                return Err(Refusal::NotFound { what: format!("tool call {call} of this turn") });
            }
            let mut events = vec![Event::TurnWaits { turn, call: *call, trace: told_of(trace) }];
            events.extend(notified(asker, &talk, turn, term, notice.as_deref()));
            events
        }
        Outcome::Fail { why, trace } => {
            check_length("why", why, LONGEST_SUMMARY)?;
            fail(&talk, turn, why, told_of(trace))
        }
        Outcome::Answer { answer, settled } => {
            check_text("answer", &answer.text)?;
            talk.check_not_stopped(Some(asker.me))?;
            answered(asker, &talk, turn, term, answer, *settled)
        }
        Outcome::Escalate { reason, summary, notice, trace } => {
            check_text("summary", summary)?;
            check_length("summary", summary, LONGEST_SUMMARY)?;
            check_length("notice", notice.as_deref().unwrap_or_default(), LONGEST_SUMMARY)?;
            if open.shadow {
                let why = format!("it would ask for a human: {summary}");
                vec![Event::TurnAbandoned { turn, why, failed: false, trace: told_of(trace) }]
            } else {
                let topic = talk.it.card.topic.as_deref();
                let next = talk.it.card.term.next(asker.desk.office.timeline);
                let mut events = talk.change_holder(Holder::Queue, Cause::Escalated, "escalated");
                events.retain(|event| !matches!(event, Event::AnswerSuppressed { .. }));
                events.push(Event::Escalated {
                    turn: Some(turn),
                    reason: *reason,
                    summary: summary.clone(),
                    trace: Some(Box::new(guidance::true_trace(asker, topic, Some(open), trace))),
                });
                events.extend(notified(asker, &talk, turn, next, notice.as_deref()));
                events
            }
        }
    };
    events.splice(0..0, passed);
    Ok(told(&talk, events))
}

/// What an AI tells the customer while people are asked: only where its answers are sent, it is not stopped, and the checks
/// find nothing. Otherwise the customer hears nothing of it; people are called either way.
fn notified(asker: &Asker<'_>, talk: &Talk<'_>, turn: EntryNo, term: Term, notice: Option<&str>) -> Vec<Event> {
    let speaks = talk.it.card.mode == Mode::Auto && talk.check_not_stopped(Some(asker.me)).is_ok();
    let Some(text) = notice.filter(|text| speaks && !text.trim().is_empty()) else { return Vec::new() };
    let settings = &asker.desk.office.policy.guard;
    let verdicts = guard::telling(settings, &asker.desk.approved(), &talk.it.card, &talk.it.heed, text);
    let stops = settings.stop(&verdicts).is_some();
    let mut events = Vec::new();
    if !verdicts.is_empty() {
        events.push(Event::Guarded { turn: Some(turn), verdicts });
    }
    if !stops {
        events.push(Event::Notified { text: text.to_owned(), term });
    }
    events
}

/// What concerns the whole desk is told to the whole desk.
pub(super) fn told(talk: &Talk<'_>, events: impl IntoIterator<Item = Event>) -> Vec<Happening> {
    let mut happenings = talk.happen(events);
    for one in &mut happenings {
        if matches!(&one.event, Event::Spending { level } if level.reach == Reach::Day) {
            one.conversation = None;
        }
    }
    happenings
}

/// The ceilings that the end of this turn passes.
fn passes(asker: &Asker<'_>, talk: &Talk<'_>, outcome: &Outcome) -> Vec<Event> {
    let trace = match outcome {
        Outcome::Answer { answer, .. } => &answer.trace,
        Outcome::Escalate { trace, .. }
        | Outcome::Abandon { trace, .. }
        | Outcome::Wait { trace, .. }
        | Outcome::Fail { trace, .. } => trace,
    };
    let levels = asker.desk.office.passes(talk.it, asker.at, Some(trace));
    levels.into_iter().map(|level| Event::Spending { level }).collect()
}

/// A turn failed; after some in a row the conversation goes to a person. A shadow's failures move nothing: a person or
/// the queue holds it already.
pub(super) fn fail(talk: &Talk<'_>, turn: EntryNo, why: &str, trace: Option<Box<Trace>>) -> Vec<Event> {
    let mut events = vec![Event::TurnAbandoned { turn, why: why.to_owned(), failed: true, trace }];
    let shadow = talk.it.turn.as_ref().is_some_and(|open| open.shadow);
    if !shadow && talk.it.failed_turns.saturating_add(1) >= FAILURES {
        let summary = format!("the AI failed {FAILURES} times in a row: {why}");
        let reason = crate::domain::escalation::Reason::AiFailed;
        let escalated = talk.escalate(reason, Cause::Escalated, summary, "the AI failed");
        // The call names its turn: it is the AI's, and counts as a hand-off whoever noticed the failure.
        events.extend(escalated.into_iter().filter_map(|event| match event {
            Event::AnswerSuppressed { .. } => None,
            Event::Escalated { reason, summary, trace, .. } => {
                Some(Event::Escalated { turn: Some(turn), reason, summary, trace })
            }
            other => Some(other),
        }));
        events.extend(talk.told_of_a_person());
    }
    events
}

pub(super) fn answered(
    asker: &Asker<'_>,
    talk: &Talk<'_>,
    turn: EntryNo,
    term: Term,
    answer: &Answer,
    settled: bool,
) -> Vec<Event> {
    let policy = &asker.desk.office.policy;
    let card = &talk.it.card;
    let open = talk.it.turn.as_ref();
    let trace = guidance::true_trace(asker, card.topic.as_deref(), open.map(AsRef::as_ref), &answer.trace);
    let answer = &Answer { trace, ..answer.clone() };
    let verdicts = guard::going_out(&policy.guard, &asker.desk.approved(), card, &talk.it.heed, answer);
    let stop = policy.guard.stop(&verdicts);
    let found = (!verdicts.is_empty()).then_some(Event::Guarded { turn: Some(turn), verdicts });
    if open.is_some_and(|open| open.shadow) {
        let shadow = Event::ShadowDrafted { turn, answer: Box::new(answer.clone()) };
        return found.into_iter().chain([shadow]).collect();
    }
    let beyond = asker.desk.office.turn_beyond(talk.it, asker.at, &answer.trace).is_some();
    let why = match (card.mode, stop) {
        (Mode::Auto | Mode::Draft, Some(rule)) => Why::Guard { rule },
        (Mode::Auto | Mode::Draft, None) if beyond => Why::Ceiling,
        (Mode::Auto, None) if answer.grounding >= policy.min_grounding => {
            let answer = Box::new(answer.clone());
            let checked = Some(guard::VERSION);
            let mut events: Vec<Event> = found.into_iter().collect();
            events.push(Event::Answered { turn, answer, term, draft: None, author: None, checked });
            let current = open.is_some_and(|open| open.answers >= card.asked);
            if settled && current {
                events.push(Event::Resolved { confirmed: true, by_ai: true });
            }
            return events;
        }
        (Mode::Auto, None) => Why::LowGrounding,
        (Mode::Draft, None) => Why::Mode,
        (Mode::Off | Mode::Shadow, _) => return vec![Event::AnswerSuppressed { turn, text: answer.text.clone() }],
    };
    if open.is_some_and(|open| open.answers < card.asked) {
        let trace = Some(Box::new(answer.trace.clone()));
        return vec![Event::TurnAbandoned { turn, why: "the customer wrote again".to_owned(), failed: false, trace }];
    }
    let expires_at = asker.at.plus(policy.draft_ttl);
    let draft = Event::DraftProposed { turn, answer: Box::new(answer.clone()), term, expires_at, why };
    found.into_iter().chain([draft]).collect()
}
