//! What connectors do: bring customers and their words, take messages out, tell what became of them.

use super::{Asker, Happening, Talk, check_length, check_text, invalid, not_found, stop};
use crate::domain::{
    approval::Ending,
    card::Status,
    customer::Customer,
    delivery::{Report, State, is_own_channel},
    desk::Desk,
    escalation::Reason,
    event::Event,
    guard::{self, Heed, Rule},
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo, TeammateId, Term},
    refusal::Refusal,
    signals,
    stop::Place,
    teammate::Right,
};
use std::collections::BTreeMap;

/// The longest name of a customer, in characters.
const LONGEST_NAME: usize = 200;
/// The longest reference that a connector may store, in bytes.
const LONGEST_REF: usize = 256;

pub(super) fn open(
    asker: &Asker<'_>,
    channel: &str,
    customer: &Customer,
    topic: Option<&str>,
    text: &str,
    external_ref: Option<&str>,
) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::Carry)?;
    check_slug("channel", channel)?;
    if let Some(topic) = topic {
        check_slug("topic", topic)?;
    }
    check_text("text", text)?;
    if customer.name.trim().is_empty() || customer.name.chars().count() > LONGEST_NAME {
        return Err(invalid("customer.name", format!("is 1 to {LONGEST_NAME} characters")));
    }
    check_length("customer.email", customer.email.as_deref().unwrap_or_default(), 320)?;
    check_length("customer.locale", customer.locale.as_deref().unwrap_or_default(), 35)?;
    check_length("external_ref", external_ref.unwrap_or_default(), LONGEST_REF)?;
    let office = &asker.desk.office;
    let id = ConversationId(office.newest.0 + 1);
    let happens = |event| Happening { conversation: Some(id), event };
    let first = office.first_holder(topic, channel);
    let stopped = stop::of_new(asker.desk, Place { conversation: id, topic, channel }, first);
    let mut happenings = vec![
        happens(Event::Opened {
            channel: channel.to_owned(),
            customer: customer.clone(),
            topic: topic.map(str::to_owned),
            external_ref: external_ref.map(str::to_owned),
            holder: if stopped.is_some() { Holder::Queue } else { first },
            term: Term(0).next(office.timeline),
        }),
        happens(Event::CustomerSaid { text: text.to_owned(), signals: signals::look(text, &signals::Said::default()) }),
    ];
    let verdicts = guard::coming_in(&office.policy.guard, &Heed::of(customer), text, asker.at);
    if !verdicts.is_empty() {
        happenings.push(happens(Event::Guarded { turn: None, verdicts }));
    }
    happenings.extend(stopped.map(happens));
    if let Some(topic) = topic.filter(|topic| office.policy.human_topics.contains(*topic)) {
        happenings.push(happens(Event::Escalated {
            turn: None,
            reason: Reason::TopicForHumans,
            summary: format!("the topic {topic} is for people"),
            trace: None,
        }));
    }
    Ok(happenings)
}

fn check_slug(field: &str, said: &str) -> Result<(), Refusal> {
    let fits = !said.is_empty()
        && said.len() <= 40
        && said.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    if fits { Ok(()) } else { Err(invalid(field, "is 1 to 40 lower-case letters, digits, - or _")) }
}

/// A conversation that the asker carries; others do not exist for it.
fn carried<'a>(asker: &Asker<'a>, id: ConversationId) -> Result<Talk<'a>, Refusal> {
    let talk = asker.conversation(Right::Carry, id)?;
    if talk.it.card.connector == asker.me { Ok(talk) } else { Err(not_found(id)) }
}

pub(super) fn said(asker: &Asker<'_>, id: ConversationId, text: &str) -> Result<Vec<Happening>, Refusal> {
    let talk = carried(asker, id)?;
    check_text("text", text)?;
    let mut events = match talk.it.card.status {
        Status::Open => Vec::new(),
        Status::Snoozed { .. } => vec![Event::Woken],
        Status::Resolved { .. } => talk.reopen(),
    };
    let signals = signals::look(text, &talk.it.said);
    let moved = events.iter().any(|event| matches!(event, Event::HolderChanged { .. }));
    events.push(Event::CustomerSaid { text: text.to_owned(), signals });
    let guard = &asker.desk.office.policy.guard;
    let verdicts = guard::coming_in(guard, &talk.it.heed, text, asker.at);
    let flood = verdicts.iter().find(|verdict| verdict.rule == Rule::Rate && guard.stops(Rule::Rate)).cloned();
    if !verdicts.is_empty() {
        events.push(Event::Guarded { turn: None, verdicts });
    }
    if let Some(left) = talk.customer_meets_stop().filter(|_| !moved) {
        events.extend(left);
        return Ok(talk.happen(events));
    }
    if let Some(flood) = flood.filter(|_| talk.it.card.holder.is_ai() && !moved) {
        let summary = format!("the customer sent {}; the AI answers no flood", flood.words);
        events.extend(talk.escalate(Reason::Guarded, Cause::Escalated, summary, "too many messages"));
        return Ok(talk.happen(events));
    }
    if let Some(draft) = &talk.it.draft {
        let ending = Ending::Withdrawn { why: "the customer wrote again".to_owned() };
        events.push(Event::DraftEnded { draft: draft.draft, ending });
    }
    Ok(talk.happen(events))
}

pub(super) fn claim(
    asker: &Asker<'_>,
    id: ConversationId,
    message: EntryNo,
    term: Term,
) -> Result<Vec<Happening>, Refusal> {
    let talk = carried(asker, id)?;
    let card = &talk.it.card;
    let stale = || Refusal::StaleTerm { conversation: id, holder: card.holder, term: card.term };
    let row = talk.it.outbox.iter().find(|row| row.message == message).ok_or_else(stale)?;
    if row.state != State::Pending {
        return Err(Refusal::AlreadyEnded { how: "claimed before".to_owned() });
    }
    if row.term != term || (row.origin.is_fenced() && row.term != card.term) {
        return Err(stale());
    }
    if row.is_unapproved() {
        talk.check_not_stopped(row.author)?;
    }
    Ok(talk.happen([Event::DeliveryClaimed { message }]))
}

pub(super) fn report(
    asker: &Asker<'_>,
    id: ConversationId,
    message: EntryNo,
    report: &Report,
) -> Result<Vec<Happening>, Refusal> {
    let talk = carried(asker, id)?;
    if let Report::Failed { why } = report {
        check_length("why", why, 2_000)?;
    }
    let state = talk.it.outbox.iter().find(|row| row.message == message).map(|row| row.state);
    match (state, report) {
        (Some(State::Delivered), Report::Delivered | Report::Sent)
        | (Some(State::Sent), Report::Sent)
        | (Some(State::Unknown), Report::Unknown) => Ok(Vec::new()),
        // What nobody could tell after a restart may become known later: a late truth is a truth.
        (Some(State::Claimed | State::Unknown), _) | (Some(State::Sent), Report::Delivered) => {
            Ok(talk.happen([Event::DeliveryReported { message, report: report.clone() }]))
        }
        _ => Err(Refusal::AlreadyEnded { how: "reported before, or never claimed".to_owned() }),
    }
}

/// What becomes of a conversation's messages when nobody carries it any more: what was not claimed never leaves, and what
/// was claimed has arrived on our own channels and is unknown elsewhere, as after a restart.
pub(super) fn orphaned(talk: &Talk<'_>) -> Vec<Happening> {
    let why = no_carrier(talk.desk, talk.it.card.connector);
    let open = talk.it.outbox.iter().filter(|row| row.state.is_open());
    talk.happen(open.map(|row| {
        let report = match row.state {
            State::Pending => Report::Failed { why: why.clone() },
            _ => fate_of_claimed(&talk.it.card.channel),
        };
        Event::DeliveryReported { message: row.message, report }
    }))
}

/// What was claimed and never reported: on our own channels it has arrived by being claimed, elsewhere nobody can tell.
pub(super) fn fate_of_claimed(channel: &str) -> Report {
    if is_own_channel(channel) { Report::Sent } else { Report::Unknown }
}

/// A message that is said where nobody carries it out fails at once, and shows it: it must not wait for ever.
pub(super) fn fail_without_carrier(desk: &Desk, happenings: &mut Vec<Happening>) {
    let mut failed = Vec::new();
    let mut made: BTreeMap<ConversationId, u32> = BTreeMap::new();
    for happening in happenings.iter() {
        let Some(id) = happening.conversation else { continue };
        let Some(card) = desk.conversation(id).map(|it| &it.card) else { continue };
        let made = made.entry(id).or_default();
        *made = made.saturating_add(1);
        let speaks = matches!(happening.event, Event::Replied { .. } | Event::Answered { .. } | Event::Notified { .. });
        if speaks && desk.office.present(card.connector).is_none() {
            let message = EntryNo(card.n.0.saturating_add(*made));
            let report = Report::Failed { why: no_carrier(desk, card.connector) };
            failed.push(Happening { conversation: Some(id), event: Event::DeliveryReported { message, report } });
        }
    }
    happenings.append(&mut failed);
}

fn no_carrier(desk: &Desk, connector: TeammateId) -> String {
    format!("{} was revoked, and nobody else carries this conversation", desk.office.name_of(connector))
}

pub(super) fn rate(
    asker: &Asker<'_>,
    id: ConversationId,
    score: u8,
    comment: Option<&str>,
) -> Result<Vec<Happening>, Refusal> {
    let talk = carried(asker, id)?;
    if !(1..=5).contains(&score) {
        return Err(invalid("score", "is a whole number from 1 to 5"));
    }
    check_length("comment", comment.unwrap_or_default(), 4_000)?;
    let comment = comment.filter(|comment| !comment.trim().is_empty()).map(str::to_owned);
    Ok(talk.happen([Event::Rated { score, comment }]))
}
