//! Showing a conversation to a peer that asks to watch it: its end, or what followed on where the peer was.

use super::{queries::Readers, redact, tails::Place};
use crate::{
    domain::{
        event::Recorded,
        ids::{ConversationId, EntryNo},
        refusal::Refusal,
        teammate::Role,
    },
    store::StoreError,
};
use std::sync::Arc;

/// Events shown of a talk that is opened anew.
const END: usize = 200;
/// Events sent to a peer that comes back; one that is further behind gets the end instead.
const CATCH_UP: usize = 2_000;
/// Bytes of events in one frame, about.
const BYTES: usize = 192 * 1024;

/// Events for a peer, cut to frames.
pub(super) struct Shown {
    pub(super) place: Place,
    pub(super) earlier: bool,
    /// At least one page, which may be empty.
    pub(super) pages: Vec<Vec<Recorded>>,
}

/// Reads what a peer wants to see of a conversation.
pub(super) async fn read(
    readers: &Arc<Readers>,
    role: Role,
    conversation: ConversationId,
    from: Option<EntryNo>,
) -> Result<Shown, Refusal> {
    let events = readers.with(move |reader| follow_or_end(reader, conversation, from)).await?;
    let earlier = events.first().is_some_and(|first| first.n > from.unwrap_or_default().next());
    let n = events.last().map(|last| last.n).or(from).unwrap_or_default();
    let mut pages = vec![Vec::new()];
    let mut bytes = 0;
    for event in events {
        let event = redact::redacted(&event, role).unwrap_or(event);
        let size = size(&event);
        if bytes + size > BYTES && bytes > 0 {
            pages.push(Vec::new());
            bytes = 0;
        }
        bytes += size;
        if let Some(page) = pages.last_mut() {
            page.push(event);
        }
    }
    Ok(Shown { place: Place { conversation, n, grown: None, typing: 0 }, earlier, pages })
}

fn follow_or_end(
    reader: &dyn crate::store::LogReader,
    conversation: ConversationId,
    from: Option<EntryNo>,
) -> Result<Vec<Recorded>, StoreError> {
    if let Some(from) = from.filter(|from| *from > EntryNo(0)) {
        let events = reader.conversation(conversation, from, CATCH_UP + 1)?;
        if events.len() <= CATCH_UP {
            return Ok(events);
        }
    }
    reader.conversation_before(conversation, None, END)
}

/// About how long an event is as JSON.
fn size(event: &Recorded) -> usize {
    use crate::domain::event::Event as E;
    let text = match &event.event {
        E::CustomerSaid { text, .. }
        | E::Replied { text, .. }
        | E::Notified { text, .. }
        | E::Noted { text }
        | E::Whispered { text }
        | E::AnswerSuppressed { text, .. } => text.len(),
        E::Answered { answer, .. } | E::DraftProposed { answer, .. } | E::ShadowDrafted { answer, .. } => {
            answer.text.len() + answer.sources.iter().map(|source| source.passage.len() + 100).sum::<usize>() + 500
        }
        E::ToolAllowed { call, .. } | E::ToolProposed { call, .. } => call.arguments.len() * 2 + call.words.len() + 500,
        E::ToolDenied { arguments, .. } => arguments.len() * 2,
        E::ToolRan { result, .. } => result.len(),
        E::ToolEnded { .. } => 1_000,
        E::TaskGiven { task, .. } => task.goal.len() + task.facts.len() + task.may.len() + task.may_not.len(),
        E::TaskEnded { ending, .. } => ending.work().map_or(0, |work| {
            let answer = &work.answer;
            let sources = answer.sources.iter().map(|source| source.passage.len() + 100).sum::<usize>();
            answer.text.len() + work.summary.len() + sources + 500
        }),
        E::Briefed { brief } => brief.parts().iter().map(|(_, text)| text.len()).sum(),
        _ => 0,
    };
    // JSON writes a control character as six bytes; customers' texts hold few.
    text + text / 8 + 160
}
