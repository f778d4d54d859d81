//! Annotations: judged once by each reviewer, superseded by a later one, never edited.

use super::{Asker, Happening, check_length, invalid};
use crate::domain::{
    annotation::{Judgement, Verdict},
    command::LONGEST_TEXT,
    event::Event,
    ids::{ConversationId, EntryNo},
    refusal::Refusal,
    teammate::Right,
};

pub(super) fn annotate(
    asker: &Asker<'_>,
    id: ConversationId,
    message: EntryNo,
    judgement: &Judgement,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Annotate, id)?;
    if !talk.it.judgeable.contains(&message) {
        return Err(Refusal::NotFound { what: format!("AI message {message} in conversation {id}") });
    }
    if judgement.verdict == Verdict::Good && !judgement.failures.is_empty() {
        return Err(invalid("failures", "a good answer has none; judge it bad, or name no failure"));
    }
    if judgement.failures.len() > 10 {
        return Err(invalid("failures", "name each kind once"));
    }
    check_length("corrected", judgement.corrected.as_deref().unwrap_or_default(), LONGEST_TEXT)?;
    check_length("note", judgement.note.as_deref().unwrap_or_default(), LONGEST_TEXT)?;
    let blank = |text: &Option<String>| text.as_ref().filter(|text| !text.trim().is_empty()).cloned();
    let mut failures = judgement.failures.clone();
    failures.sort_unstable();
    failures.dedup();
    let judgement = Judgement {
        verdict: judgement.verdict,
        failures,
        corrected: blank(&judgement.corrected),
        note: blank(&judgement.note),
    };
    let supersedes =
        talk.it.judged.iter().find(|(judged, who, _)| (*judged, *who) == (message, asker.me)).map(|(_, _, n)| *n);
    Ok(talk.happen([Event::Annotated { message, judgement, supersedes }]))
}
