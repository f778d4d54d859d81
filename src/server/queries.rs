//! What can be read beside the stream: history, transcripts, annotations, search. On threads of their own, never on the
//! hot path.

mod guidance;
mod log;

use super::{feed::Feed, redact};
use crate::{
    domain::{
        card::{Card, Speaker},
        desk::Office,
        edit::{changes, without_numbers},
        event::{Event, Recorded},
        ids::{ConversationId, EntryNo, PublicNo, Seq},
        refusal::Refusal,
        teammate::{Right, Teammate},
        thread::{Entry, Thread, What},
        time::{Span, Timestamp},
    },
    protocol::{
        Page, Query,
        query::{Correction, Hit, Judged, Public},
    },
    store::{EventLog, LogReader, StoreError},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

/// Readers that work at once.
const READERS: usize = 3;
/// Events read at once.
const PAGE: usize = 2_048;
/// Cards in a page.
const CARDS: usize = 200;
/// Messages in a page of a transcript.
const MESSAGES: usize = 200;
/// Corrections in a page: each holds two texts, and what was changed.
const CORRECTIONS: usize = 20;
/// Messages before a judged one that are shown with it.
const CONTEXT: usize = 20;

/// Read handles on the log, lent one at a time.
pub(super) struct Readers {
    idle: Mutex<Vec<Box<dyn LogReader>>>,
    places: Semaphore,
}

impl Readers {
    pub(super) fn new(log: &dyn EventLog) -> Result<Arc<Self>, StoreError> {
        let idle = (0..READERS).map(|_| log.reader()).collect::<Result<Vec<_>, _>>()?;
        Ok(Arc::new(Self { idle: Mutex::new(idle), places: Semaphore::new(READERS) }))
    }

    /// Runs `read` with a reader on a thread that may wait for the disk.
    pub(super) async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&dyn LogReader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let failed = |why: String| Refusal::ReadOnly { why };
        let Ok(_place) = self.places.acquire().await else {
            return Err(Refusal::Busy);
        };
        let this = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            let reader = this.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(reader) = reader else { return Err(Refusal::Busy) };
            let result = read(reader.as_ref()).map_err(|error| {
                tracing::error!(%error, "the log could not be read");
                failed(error.to_string())
            });
            this.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
            result
        });
        task.await.unwrap_or_else(|error| Err(failed(error.to_string())))
    }
}

/// Answers a query of `me`. What is not for its role does not exist for it.
pub(super) async fn answer(readers: &Arc<Readers>, feed: &Feed, me: Teammate, query: Query, at: Timestamp) -> Page {
    match answered(readers, feed, me, query, at).await {
        Ok(page) => page,
        Err(why) => Page::Refused { why },
    }
}

async fn answered(
    readers: &Arc<Readers>,
    feed: &Feed,
    me: Teammate,
    query: Query,
    at: Timestamp,
) -> Result<Page, Refusal> {
    let right = match &query {
        Query::Transcript { .. } | Query::Door { .. } => Right::Carry,
        _ => Right::Watch,
    };
    let reads_talks = matches!(query, Query::History { .. } | Query::Card { .. } | Query::PastTurns { .. })
        && me.role.may(Right::Answer);
    if !me.role.may(right) && !reads_talks {
        return Err(Refusal::Forbidden);
    }
    // What is on the floor is newer there than in what was saved.
    let live = match &query {
        Query::Card { conversation } => match feed.card(*conversation) {
            Some(card) => return Ok(Page::Cards { cards: vec![(*card).clone()], earlier: false }),
            None => Vec::new(),
        },
        Query::Cards { before, limit } => feed.newest(*before, (*limit as usize).clamp(1, CARDS) + 1),
        _ => Vec::new(),
    };
    if matches!(query, Query::Health) {
        let (ais, usage) = feed.health(at);
        return Ok(Page::Health { ais, usage });
    }
    let office = feed.office();
    if let Query::Log { filter, before, limit } = query {
        let asked = log::Asked { filter, before, limit: limit as usize, head: feed.head(), at };
        return readers.with(move |reader| log::page(reader, &office, &me, &asked)).await?;
    }
    readers.with(move |reader| run(reader, &office, &me, query, live, at)).await?
}

fn run(
    reader: &dyn LogReader,
    office: &Office,
    me: &Teammate,
    query: Query,
    live: Vec<Arc<Card>>,
    at: Timestamp,
) -> Result<Result<Page, Refusal>, StoreError> {
    Ok(Ok(match query {
        Query::History { conversation, before, limit } => {
            let limit = (limit as usize).clamp(1, 500);
            let events = reader.conversation_before(conversation, before, limit)?;
            let earlier = events.first().is_some_and(|first| first.n > EntryNo(1));
            let events = events.into_iter().map(|one| redact::redacted(&one, me.role).unwrap_or(one)).collect();
            Page::History { events, earlier }
        }
        Query::Transcript { conversation, after } => {
            if !carries(reader, me, conversation)? {
                return Ok(Err(not_found(conversation)));
            }
            transcript(reader, office, conversation, after)?
        }
        Query::Door { conversation } => match current(reader, conversation)? {
            Some(state) if state.connector == Some(me.id) => {
                Page::Door { external_ref: state.external_ref, resolved: state.resolved }
            }
            _ => return Ok(Err(not_found(conversation))),
        },
        Query::Cards { before, limit } => {
            let limit = (limit as usize).clamp(1, CARDS);
            let mut cards: BTreeMap<ConversationId, Arc<Card>> =
                reader.states_before(before, limit + 1)?.into_iter().map(|(_, it)| (it.card.id, it.card)).collect();
            cards.extend(live.into_iter().map(|card| (card.id, card)));
            let earlier = cards.len() > limit;
            let cards = cards.into_values().rev().take(limit).map(|card| (*card).clone()).collect();
            Page::Cards { cards, earlier }
        }
        Query::Card { conversation } => match reader.state(conversation)? {
            Some((_, it)) => Page::Cards { cards: vec![(*it.card).clone()], earlier: false },
            None => return Ok(Err(not_found(conversation))),
        },
        // Asked above: with the head of the log, and of what the feed has seen.
        Query::Log { .. } | Query::Health => return Ok(Err(Refusal::Forbidden)),
        Query::Corrections { after, limit } => {
            corrections(reader, office, after, (limit as usize).clamp(1, CORRECTIONS))?
        }
        Query::Guidance { before, limit } => guidance::list(reader, before, limit)?,
        Query::GuidanceUses { guidance, before, limit } => {
            return guidance::uses(reader, guidance, before, limit);
        }
        Query::PastTurns { topics, limit } => guidance::past_turns(reader, &topics, limit)?,
        Query::Evidence { days } => {
            let since = at.minus(Span::hours(24 * u64::from(days.clamp(1, 366))));
            Page::Evidence { since, rows: reader.evidence(since)? }
        }
        Query::Annotations { after, limit } => annotations(reader, office, after, (limit as usize).clamp(1, 100))?,
        Query::Search { words, before, limit } => {
            let limit = (limit as usize).clamp(1, 100);
            let mut found = reader.search(&words, before, limit + 1)?;
            let earlier = found.len() > limit;
            found.truncate(limit);
            let hits = found
                .into_iter()
                .map(|one| Hit {
                    seq: one.seq,
                    at: one.at,
                    conversation: one.conversation,
                    n: one.n,
                    excerpt: one.excerpt,
                })
                .collect();
            Page::Search { hits, earlier }
        }
    }))
}

fn not_found(conversation: ConversationId) -> Refusal {
    Refusal::NotFound { what: format!("conversation {conversation}") }
}

/// What a connector needs to know of a conversation, from its first event and its end.
struct State {
    connector: Option<crate::domain::ids::TeammateId>,
    external_ref: Option<String>,
    resolved: bool,
}

fn current(reader: &dyn LogReader, conversation: ConversationId) -> Result<Option<State>, StoreError> {
    let first = reader.conversation(conversation, EntryNo(0), 1)?;
    let Some(first) = first.into_iter().next() else { return Ok(None) };
    let connector = first.by.teammate();
    let crate::domain::event::Event::Opened { external_ref, .. } = first.event else { return Ok(None) };
    let resolved = reader.state(conversation)?.is_some_and(|(_, it)| it.card.status.is_resolved());
    Ok(Some(State { connector, external_ref, resolved }))
}

fn carries(reader: &dyn LogReader, me: &Teammate, conversation: ConversationId) -> Result<bool, StoreError> {
    let first = reader.conversation(conversation, EntryNo(0), 1)?;
    Ok(first.first().is_some_and(|first| first.by.teammate() == Some(me.id)))
}

/// All events of a conversation, folded.
fn folded(reader: &dyn LogReader, conversation: ConversationId) -> Result<Thread, StoreError> {
    let mut thread = Thread::new(conversation);
    loop {
        let page = reader.conversation(conversation, thread.n, PAGE)?;
        let full = page.len() == PAGE;
        for one in &page {
            // Entries come in order and without a gap: the log's index is by number.
            let _ = thread.apply(one);
        }
        if !full {
            return Ok(thread);
        }
    }
}

fn transcript(
    reader: &dyn LogReader,
    office: &Office,
    conversation: ConversationId,
    after: PublicNo,
) -> Result<Page, StoreError> {
    let thread = folded(reader, conversation)?;
    let mut messages = public(&thread, office);
    messages.retain(|message| message.n > after);
    let more = messages.len() > MESSAGES;
    messages.truncate(MESSAGES);
    Ok(Page::Transcript { messages, more })
}

/// What the customer may see, in the order of their numbers.
fn public(thread: &Thread, office: &Office) -> Vec<Public> {
    let customer = thread
        .entries
        .iter()
        .find_map(|entry| match &entry.what {
            What::Opened { customer, .. } => Some(customer.name.clone()),
            _ => None,
        })
        .unwrap_or_default();
    let mut messages: Vec<Public> =
        thread.entries.iter().filter_map(|entry| public_message(entry, &customer, office)).collect();
    messages.sort_by_key(|message| message.n);
    messages
}

fn public_message(entry: &Entry, customer: &str, office: &Office) -> Option<Public> {
    let (n, speaker, name, text) = match &entry.what {
        What::Customer { text, public, .. } => (*public, Speaker::Customer, customer.to_owned(), text),
        What::Reply { text, send } => (send.public?, Speaker::Human, name(office, entry), text),
        What::Answer { answer, send, .. } => (send.public?, Speaker::Ai, name(office, entry), &answer.text),
        What::Notice { text, send } => (send.public?, Speaker::Ai, name(office, entry), text),
        _ => return None,
    };
    Some(Public { n, at: entry.at, speaker, name, text: text.clone() })
}

fn name(office: &Office, entry: &Entry) -> String {
    entry.by.teammate().map_or_else(|| office.name.clone(), |id| office.name_of(id))
}

fn annotations(reader: &dyn LogReader, office: &Office, after: Seq, limit: usize) -> Result<Page, StoreError> {
    let mut found = reader.annotations(after, limit + 1)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let mut rows = Vec::with_capacity(found.len());
    for one in found {
        let thread = folded(reader, one.conversation)?;
        let Some(entry) = thread.entry(one.message) else { continue };
        let n = annotation_of(reader, &thread, one.seq, one.conversation)?;
        let Some(annotation) = n.and_then(|n| entry.annotations.iter().find(|it| it.n == n)) else { continue };
        let superseded =
            entry.annotations.iter().any(|later| later.supersedes == Some(annotation.n) && !later.withdrawn);
        let at = event_at(reader, one.seq)?.map_or(entry.at, |event| event.at);
        let mut context: Vec<Public> = public(&thread, office);
        context.retain(|message| message.at <= entry.at);
        let own = entry.send().and_then(|send| send.public);
        context.retain(|message| own.is_none_or(|own| message.n < own));
        if context.len() > CONTEXT {
            context.drain(..context.len() - CONTEXT);
        }
        rows.push(Judged {
            seq: one.seq,
            at,
            conversation: one.conversation,
            reviewer: office.name_of(annotation.reviewer),
            annotation: annotation.clone(),
            superseded,
            entry: Entry { annotations: Vec::new(), ..entry.clone() },
            context,
        });
    }
    Ok(Page::Annotations { rows, more })
}

/// What people changed, with both texts.
fn corrections(reader: &dyn LogReader, office: &Office, after: Seq, limit: usize) -> Result<Page, StoreError> {
    let mut found = reader.corrections(after, limit + 1)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let mut rows = Vec::with_capacity(found.len());
    for one in found {
        let Some(sent) = event_at(reader, one.seq)? else { continue };
        let said = reader.conversation(one.conversation, EntryNo(one.said.0.saturating_sub(1)), 1)?;
        let (Some(before), Some(after)) = (
            said.first().and_then(|said| ai_words(&said.event)),
            ai_words(&sent.event).or_else(|| replied(&sent.event)),
        ) else {
            continue;
        };
        let before = without_numbers(before);
        rows.push(Correction {
            seq: one.seq,
            at: sent.at,
            conversation: one.conversation,
            said: one.said,
            sent: one.sent,
            by: sent.by.teammate().map_or_else(|| office.name.clone(), |id| office.name_of(id)),
            changes: changes(&before, after),
            before,
            after: after.to_owned(),
            distance: one.distance,
        });
    }
    Ok(Page::Corrections { rows, more })
}

fn ai_words(event: &Event) -> Option<&str> {
    match event {
        Event::Answered { answer, .. } | Event::DraftProposed { answer, .. } | Event::ShadowDrafted { answer, .. } => {
            Some(&answer.text)
        }
        Event::TaskEnded { ending, .. } => ending.work().map(|work| work.answer.text.as_str()),
        _ => None,
    }
}

fn replied(event: &Event) -> Option<&str> {
    match event {
        Event::Replied { text, .. } => Some(text),
        _ => None,
    }
}

fn event_at(reader: &dyn LogReader, seq: Seq) -> Result<Option<Recorded>, StoreError> {
    Ok(reader.events(Seq(seq.0.saturating_sub(1)), 1)?.into_iter().next())
}

fn annotation_of(
    reader: &dyn LogReader,
    thread: &Thread,
    seq: Seq,
    conversation: ConversationId,
) -> Result<Option<EntryNo>, StoreError> {
    let event = event_at(reader, seq)?;
    Ok(event.filter(|event| event.conversation == Some(conversation) && event.n <= thread.n).map(|event| event.n))
}
