//! The log of the desk, read backwards in pages: who did what, and what was said.
//!
//! With words the index finds them; else the log itself is looked through, so many events a page at most, so that a filter
//! that finds nothing costs a bounded time and is gone on with. Secrets are taken out. Deliberately not here: the log of one
//! conversation (`History`), which is complete and in order.

use super::redact;
use crate::{
    domain::{
        desk::Office,
        event::{Event, Recorded},
        filter::{LogContext, LogFilter},
        ids::{Digest, Seq, TeammateId},
        refusal::Refusal,
        teammate::Teammate,
        time::Timestamp,
    },
    protocol::Page,
    store::{LogReader, StoreError},
};

/// Events in a page.
const MOST: usize = 200;
/// Events looked at for a page.
const LOOKED_AT: usize = 20_000;
/// Events read at once.
const CHUNK: usize = 1_000;

/// What is asked.
pub(super) struct Asked {
    pub(super) filter: String,
    pub(super) before: Option<Seq>,
    pub(super) limit: usize,
    /// The head of the log.
    pub(super) head: Seq,
    pub(super) at: Timestamp,
}

/// A page of the log.
pub(super) fn page(
    reader: &dyn LogReader,
    office: &Office,
    me: &Teammate,
    asked: &Asked,
) -> Result<Result<Page, Refusal>, StoreError> {
    let filter = match LogFilter::parse(&asked.filter) {
        Ok(filter) => filter,
        Err(mistake) => return Ok(Err(Refusal::Invalid { field: "filter".into(), why: mistake.to_string() })),
    };
    let teammate = |id: TeammateId| office.teammates.get(&id).map(|one| (one.name.as_str(), one.role.kind()));
    let context = LogContext { at: asked.at, me: Some(me.id), teammate: &teammate };
    let limit = asked.limit.clamp(1, MOST);
    let before = asked.before.unwrap_or(asked.head.next()).min(asked.head.next());
    let (found, next) = match filter.sought() {
        Some(words) => by_words(reader, &words, before, limit, |event| filter.passes(event, &context, true))?,
        None => backwards(reader, before, limit, |event| filter.passes(event, &context, false))?,
    };
    let events = found.into_iter().map(|event| without_secrets(redact::redacted(&event, me.role).unwrap_or(event)));
    Ok(Ok(Page::Log { events: events.collect(), next }))
}

/// Events with the words, newest first, and where to go on.
fn by_words(
    reader: &dyn LogReader,
    words: &str,
    before: Seq,
    limit: usize,
    passes: impl Fn(&Recorded) -> bool,
) -> Result<(Vec<Recorded>, Option<Seq>), StoreError> {
    let mut found = Vec::new();
    let mut next = before;
    let mut looked_at = 0;
    loop {
        let hits = reader.search(words, Some(next), MOST)?;
        let full = hits.len() == MOST;
        for hit in hits {
            next = hit.seq;
            looked_at += 1;
            let event = reader.events(Seq(hit.seq.0.saturating_sub(1)), 1)?.into_iter().next();
            found.extend(event.filter(&passes));
            if found.len() >= limit {
                return Ok((found, Some(next)));
            }
        }
        if !full {
            return Ok((found, None));
        }
        if looked_at >= LOOKED_AT {
            return Ok((found, Some(next)));
        }
    }
}

/// Events that pass, newest first, and where to go on. The numbers of the log have no gap.
fn backwards(
    reader: &dyn LogReader,
    before: Seq,
    limit: usize,
    passes: impl Fn(&Recorded) -> bool,
) -> Result<(Vec<Recorded>, Option<Seq>), StoreError> {
    let mut found = Vec::new();
    let mut next = before;
    let mut looked_at = 0;
    while next > Seq(1) && looked_at < LOOKED_AT {
        let after = Seq(next.0.saturating_sub(1).saturating_sub(CHUNK as u64));
        let count = usize::try_from(next.0.saturating_sub(1) - after.0).unwrap_or(CHUNK);
        let events = reader.events(after, count)?;
        looked_at += count;
        for event in events.into_iter().rev() {
            let seq = event.seq;
            if passes(&event) {
                found.push(event);
            }
            next = seq;
            if found.len() >= limit {
                return Ok((found, Some(next).filter(|next| *next > Seq(1))));
            }
        }
        next = next.min(after.next());
    }
    Ok((found, Some(next).filter(|next| *next > Seq(1))))
}

/// The event without what opens a door.
fn without_secrets(mut recorded: Recorded) -> Recorded {
    match &mut recorded.event {
        Event::TeammateInvited { token, .. } | Event::TokenReplaced { token, .. } => *token = Digest([0; 32]),
        _ => {}
    }
    recorded
}
