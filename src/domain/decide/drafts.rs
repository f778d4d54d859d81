//! Decisions on drafts. The first one wins; what expired is expired.

use super::{Asker, Happening, check_length, check_text};
use crate::domain::{
    approval::{Decision, Ending},
    escalation::Reason,
    event::Event,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo},
    refusal::Refusal,
    teammate::Right,
    turn::Answer,
};

/// The longest reason for a rejection, in bytes.
const LONGEST_REASON: usize = 2_000;
/// So many rejections in a row, and a person answers instead.
const REJECTIONS: u8 = 2;

pub(super) fn decide(
    asker: &Asker<'_>,
    id: ConversationId,
    draft: EntryNo,
    decision: &Decision,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Approve, id)?;
    let Some(waiting) = talk.it.draft.as_deref().filter(|waiting| waiting.draft == draft) else {
        return if talk.it.judgeable.contains(&draft) {
            Err(Refusal::AlreadyEnded { how: "decided, expired or withdrawn before".to_owned() })
        } else {
            Err(Refusal::NotFound { what: format!("draft {draft} in conversation {id}") })
        };
    };
    if asker.at >= waiting.expires_at {
        return Err(Refusal::AlreadyEnded { how: "expired".to_owned() });
    }
    talk.check_term(waiting.term)?;
    let (turn, term) = (waiting.turn, waiting.term);
    let sent = |ending, answer: Answer| {
        let author = match talk.it.card.holder {
            Holder::Ai(ai) => Some(ai),
            Holder::Human(_) | Holder::Queue => None,
        };
        let answered =
            Event::Answered { turn, answer: Box::new(answer), term, draft: Some(draft), author, checked: None };
        talk.happen([Event::DraftEnded { draft, ending }, answered])
    };
    match decision {
        Decision::Approve => Ok(sent(Ending::Approved, waiting.answer.as_ref().clone())),
        Decision::Edit { text } => {
            check_text("text", text)?;
            Ok(sent(Ending::Edited, Answer { text: text.clone(), ..waiting.answer.as_ref().clone() }))
        }
        Decision::Reject { reason } => {
            check_length("reason", reason, LONGEST_REASON)?;
            let ended = Event::DraftEnded { draft, ending: Ending::Rejected { reason: reason.clone() } };
            if let Some(left) = talk.customer_meets_stop() {
                // The AI may not try again.
                let left = left.into_iter().filter(|event| !matches!(event, Event::DraftEnded { .. }));
                return Ok(talk.happen([ended].into_iter().chain(left)));
            }
            if talk.it.rejected.saturating_add(1) < REJECTIONS {
                return Ok(talk.happen([ended]));
            }
            let summary = "two drafts in a row were rejected; a person should answer".to_owned();
            let mut events = vec![ended];
            let changed = talk.change_holder(Holder::Queue, Cause::Escalated, "rejected");
            events.extend(changed.into_iter().filter(|event| !matches!(event, Event::DraftEnded { .. })));
            let reason = Reason::DraftsRejected;
            events.push(Event::Escalated { turn: Some(turn), reason, summary, trace: None });
            Ok(talk.happen(events))
        }
    }
}
