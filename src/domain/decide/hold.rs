//! Who answers: take over, hand back, assign.

use super::{Asker, Happening, Talk, check_length, invalid};
use crate::domain::{
    brief::Brief,
    card::Status,
    command::LONGEST_TEXT,
    escalation::Reason,
    event::Event,
    holder::{Cause, Holder},
    ids::{ConversationId, TeammateId, Term},
    refusal::Refusal,
    task::Task,
    teammate::{Kind, Right},
};

/// The longest reason for a take-over, in bytes.
const LONGEST_REASON: usize = 500;

pub(super) fn take_over(
    asker: &Asker<'_>,
    id: ConversationId,
    term: Term,
    reason: Option<&str>,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Hold, id)?;
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    check_length("reason", reason.unwrap_or_default(), LONGEST_REASON)?;
    talk.check_unresolved()?;
    if talk.it.card.holder.is_human(asker.me) {
        return Ok(Vec::new());
    }
    talk.check_term(term)?;
    talk.check_not_others(asker)?;
    let cause = Cause::TookOver { reason: reason.map(str::to_owned) };
    Ok(give(&talk, Holder::Human(asker.me), cause, "taken over"))
}

/// Changes the holder and wakes a sleeping conversation.
fn give(talk: &Talk<'_>, to: Holder, cause: Cause, why: &str) -> Vec<Happening> {
    let mut events = talk.change_holder(to, cause, why);
    if matches!(talk.it.card.status, Status::Snoozed { .. }) {
        events.push(Event::Woken);
    }
    talk.happen(events)
}

pub(super) fn hand_back(
    asker: &Asker<'_>,
    id: ConversationId,
    term: Term,
    to: Option<TeammateId>,
    brief: &Brief,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Hold, id)?;
    if brief.is_empty() {
        return Err(invalid("brief", "is empty; say what was done, promised or is open, so that the AI can carry on"));
    }
    check_length("brief", &brief.to_form(), LONGEST_TEXT)?;
    talk.check_unresolved()?;
    talk.check_term(term)?;
    talk.check_not_others(asker)?;
    let ai = ai_named(asker, to)?;
    if talk.it.card.holder.is_ai() {
        return Err(Refusal::NotHolder { conversation: id, holder: talk.it.card.holder });
    }
    talk.check_ai_may_hold(ai)?;
    // The brief is the AI's task: it comes back by the same rules as any other.
    let task = Event::TaskGiven { to: ai, task: Box::new(Task::of_brief(brief)) };
    let mut happenings = talk.happen([Event::Briefed { brief: brief.clone() }, task]);
    happenings.extend(give(&talk, Holder::Ai(ai), Cause::HandedBack, "handed back"));
    Ok(happenings)
}

pub(super) fn ai_named(asker: &Asker<'_>, named: Option<TeammateId>) -> Result<TeammateId, Refusal> {
    let office = &asker.desk.office;
    match named {
        Some(id) if office.present(id).is_some_and(|teammate| teammate.role.kind() == Kind::Ai) => Ok(id),
        Some(id) => Err(Refusal::NotFound { what: format!("AI teammate {id}") }),
        None => office.front_ai().ok_or_else(|| Refusal::NotFound { what: "AI teammate at this desk".to_owned() }),
    }
}

pub(super) fn assign(asker: &Asker<'_>, id: ConversationId, term: Term, to: Holder) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Hold, id)?;
    talk.check_unresolved()?;
    if talk.it.card.holder == to {
        return Ok(Vec::new());
    }
    talk.check_term(term)?;
    talk.check_not_others(asker)?;
    match to {
        Holder::Queue => {
            let summary = format!("{} gave it to the queue", asker.desk.office.name_of(asker.me));
            Ok(talk.happen(talk.escalate(Reason::ByHand, Cause::Assigned, summary, "given to the queue")))
        }
        Holder::Human(person) => {
            let able = asker.desk.office.present(person).is_some_and(|teammate| teammate.role.may(Right::Hold));
            if !able {
                return Err(invalid("to", format!("teammate {person} is not here, or may not hold conversations")));
            }
            Ok(give(&talk, to, Cause::Assigned, "assigned"))
        }
        Holder::Ai(ai) => {
            ai_named(asker, Some(ai))?;
            if let Holder::Human(_) = talk.it.card.holder {
                return Err(invalid("to", "an AI takes over from a person with a brief; hand it back instead"));
            }
            talk.check_ai_may_hold(ai)?;
            Ok(give(&talk, to, Cause::Assigned, "assigned"))
        }
    }
}
