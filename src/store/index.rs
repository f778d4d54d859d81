//! What of an event goes into the index, and what is found in it. Pure; the tables are the writer's and the reader's.
//!
//! Deliberately not in it: drafts, shadows and suppressed answers, which nobody said.

use super::{Found, words::Sought};
use crate::domain::{
    event::{Event, Recorded},
    ids::EntryNo,
};
use std::borrow::Cow;

/// What was said in an event, if anything was: as received, for people.
pub(super) fn text(event: &Event) -> Option<Cow<'_, str>> {
    match event {
        Event::CustomerSaid { text, .. }
        | Event::Replied { text, .. }
        | Event::Notified { text, .. }
        | Event::Noted { text }
        | Event::Whispered { text } => Some(Cow::Borrowed(text)),
        Event::Answered { answer, .. } => Some(Cow::Borrowed(&answer.text)),
        Event::Escalated { summary, .. } => Some(Cow::Borrowed(summary)),
        Event::Rated { comment, .. } => comment.as_deref().map(Cow::Borrowed),
        Event::Briefed { brief } => Some(Cow::Owned(brief.to_form())),
        Event::Opened { customer, topic, .. } => {
            let parts = [Some(&*customer.name), customer.email.as_deref(), topic.as_deref()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            Some(Cow::Owned(parts.join(", ")))
        }
        _ => None,
    }
}

/// The AI message that the event judges, if it does.
pub(super) fn judged(event: &Event) -> Option<EntryNo> {
    match event {
        Event::Annotated { message, .. } => Some(*message),
        _ => None,
    }
}

/// The place of an event in which something sought occurs.
pub(super) fn found(recorded: &Recorded, sought: &Sought) -> Option<Found> {
    let text = text(&recorded.event)?;
    Some(Found {
        seq: recorded.seq,
        at: recorded.at,
        conversation: recorded.conversation?,
        n: recorded.n,
        excerpt: sought.excerpt(&text),
    })
}
