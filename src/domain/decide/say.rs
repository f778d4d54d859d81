//! What people say: to the customer, to the team, to the AI.

use super::{Asker, Happening, check_text};
use crate::domain::{
    event::Event,
    ids::{ConversationId, Term},
    refusal::Refusal,
    teammate::Right,
};

/// Whispers that may wait at once.
const WHISPERS: usize = 16;

pub(super) fn reply(asker: &Asker<'_>, id: ConversationId, term: Term, text: &str) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Hold, id)?;
    check_text("text", text)?;
    talk.check_unresolved()?;
    talk.check_term(term)?;
    if !talk.it.card.holder.is_human(asker.me) {
        return Err(Refusal::NotHolder { conversation: id, holder: talk.it.card.holder });
    }
    Ok(talk.happen([Event::Replied { text: text.to_owned(), term }]))
}

pub(super) fn note(asker: &Asker<'_>, id: ConversationId, text: &str) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Note, id)?;
    check_text("text", text)?;
    Ok(talk.happen([Event::Noted { text: text.to_owned() }]))
}

pub(super) fn whisper(asker: &Asker<'_>, id: ConversationId, text: &str) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Whisper, id)?;
    check_text("text", text)?;
    talk.check_unresolved()?;
    let of_turn = talk.it.turn.as_ref().map_or(0, |turn| turn.whispers.len());
    let of_draft = talk.it.draft.as_ref().map_or(0, |draft| draft.whispers.len());
    if talk.it.whispers.len() + of_turn + of_draft >= WHISPERS {
        return Err(super::invalid("text", format!("{WHISPERS} whispers wait already; the AI has not answered since")));
    }
    Ok(talk.happen([Event::Whispered { text: text.to_owned() }]))
}
