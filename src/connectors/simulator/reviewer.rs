//! A reviewer at the desk: a person, simulated, who judges what the AI said, one answer at a time.
//!
//! So that a demo's evidence has reviews in it, and its guidance something to publish. She judges by a rule that anybody can
//! follow: an answer that stands on its sources is good, one that barely does is unsupported. From the first fault that she
//! finds she makes guidance: such a matter is for a person. It is staged; publishing is a lead's. Deliberately not here: real judgement; a real desk has people for it.

use crate::{
    client::{CallError, Caller, Dial},
    domain::{
        annotation::{Failure, Judgement, Verdict},
        card::Card,
        command::Command,
        guidance::{Form, Instruction},
        ids::{ConversationId, EntryNo},
        thread::{Entry, Thread, What},
        turn::Grounding,
    },
    protocol::{Page, Query, Scope, ToPeer},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// How long she listens before she looks what is to be judged.
const LISTENS: Duration = Duration::from_millis(500);
/// How long she reads.
const READS: Duration = Duration::from_secs(4);
/// Events of a talk that she reads.
const EVENTS: u32 = 60;
/// What she would have had done with what is not supported.
const PERSON: &str = "ask a person";
/// From here on an answer stands.
const STANDS: Grounding = Grounding(400);

/// Sits at the desk with a reviewer's token and judges the AI's answers. Dropping the future ends it at any time.
///
/// # Errors
/// [`CallError`] if the session ends.
pub async fn run(dial: Arc<dyn Dial>, token: String) -> Result<(), CallError> {
    let program = concat!("centaur-reviewer ", env!("CARGO_PKG_VERSION")).to_owned();
    let mut caller = Caller::open(dial, token, Scope::All, program).await?;
    let mut seen: BTreeMap<ConversationId, EntryNo> = BTreeMap::new();
    let mut changed: BTreeSet<ConversationId> = BTreeSet::new();
    let mut next = Instant::now() + READS;
    let mut grounded: BTreeMap<ConversationId, Grounding> = BTreeMap::new();
    let mut has_guided = false;
    loop {
        match caller.next_frame(LISTENS).await {
            Ok(ToPeer::Cards { cards, .. }) => {
                grounded.extend(cards.iter().filter_map(|card| Some((card.id, card.signs.grounding?))));
                changed.extend(cards.iter().filter(|card| is_answered(card)).map(|it| it.id));
            }
            Ok(_) | Err(CallError::Behind { .. } | CallError::TimedOut { .. }) => {}
            Err(error) => return Err(error),
        }
        if Instant::now() < next {
            continue;
        }
        // What barely stands is looked at first.
        let weakest = changed.iter().copied().min_by_key(|id| (grounded.get(id).copied(), *id));
        let Some(id) = weakest else { continue };
        changed.remove(&id);
        let done = seen.get(&id).copied().unwrap_or_default();
        if let Page::History { events, .. } =
            caller.query(Query::History { conversation: id, before: None, limit: EVENTS }).await?
        {
            let mut thread = Thread::new(id);
            // What does not follow on what was read is left out: she judges what she saw.
            for event in &events {
                let _ = thread.apply(event);
            }
            let judged = thread.entries.iter().filter(|entry| entry.n > done).find_map(judgement);
            if let Some((message, judgement)) = judged {
                seen.insert(id, message);
                changed.insert(id);
                next = Instant::now() + READS;
                // Refused if it is no message to judge any more; then the next one comes.
                let is_fault = judgement.verdict == Verdict::Bad;
                let judged = caller.call(Command::Annotate { conversation: id, message, judgement }).await?;
                if is_fault && judged.is_ok() && !std::mem::replace(&mut has_guided, true) {
                    guide(&mut caller, id, message).await?;
                }
            }
        }
    }
}

/// Makes guidance from a message that she judged bad.
async fn guide(caller: &mut Caller, conversation: ConversationId, message: EntryNo) -> Result<(), CallError> {
    let topic = match caller.query(Query::Card { conversation }).await? {
        Page::Cards { cards, .. } => cards.into_iter().next().and_then(|card| card.topic),
        _ => None,
    };
    // Read anew: her judgement is in it.
    let Page::History { events, .. } =
        caller.query(Query::History { conversation, before: None, limit: EVENTS }).await?
    else {
        return Ok(());
    };
    let mut thread = Thread::new(conversation);
    for event in &events {
        let _ = thread.apply(event);
    }
    let Some(form) = Form::of_fault(&thread, topic.as_deref(), Some(message)) else { return Ok(()) };
    let instruction = Box::new(Instruction { then: PERSON.to_owned(), ..form.instruction });
    // Refused where a desk is full of guidance: then there is enough.
    let _ = caller.call(Command::WriteGuidance { guidance: None, instruction, from: form.from }).await?;
    Ok(())
}

fn is_answered(card: &Card) -> bool {
    card.signs.grounding.is_some()
}

/// What she says of an entry, if it is the AI's answer.
fn judgement(entry: &Entry) -> Option<(EntryNo, Judgement)> {
    let What::Answer { answer, .. } = &entry.what else { return None };
    let stands = answer.grounding >= STANDS;
    let (verdict, failures) =
        if stands { (Verdict::Good, Vec::new()) } else { (Verdict::Bad, vec![Failure::Unsupported]) };
    Some((entry.n, Judgement { verdict, failures, corrected: None, note: None }))
}
