//! Erasing a talk: an admin's act, without a way back.
//!
//! Deliberately not here: what is left of it (see `domain::erase`).

use super::{Asker, Happening};
use crate::domain::{event::Event, ids::ConversationId, refusal::Refusal, teammate::Right};

/// All that was said there is forgotten. Only where nothing is under way: what still runs would write on.
pub(super) fn erase(asker: &Asker<'_>, id: ConversationId) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Govern, id)?;
    let not_yet = |why: &str| Err(Refusal::NotYet { why: format!("#{id} cannot be erased yet: {why}") });
    if !talk.it.card.status.is_resolved() {
        return not_yet("it is not resolved. Resolve it first");
    }
    if talk.it.outbox.iter().any(|row| row.state.is_open()) {
        return not_yet("a message is on its way to the customer. Try again when it has arrived or failed");
    }
    if talk.it.turn.is_some() || !talk.it.card.ready.is_empty() || talk.it.card.tool.is_some() {
        return not_yet("an AI or a tool is at work there. Try again in a minute");
    }
    let term = talk.it.card.term.next(asker.desk.office.timeline);
    Ok(talk.happen([Event::Erased { term }]))
}
