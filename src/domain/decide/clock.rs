//! What the desk does by itself: when time passes, when a holder vanishes, when the server starts anew.

use super::{Happening, Talk, carry, govern, not_found, stop, tasks, tools, turns};
use crate::domain::{
    approval::Ending,
    card::Status,
    command::Command,
    delivery::State,
    desk::Desk,
    due,
    escalation::Reason,
    event::Event,
    holder::{Cause, Holder},
    ids::ConversationId,
    refusal::Refusal,
    time::Timestamp,
};

pub(super) fn by_desk(desk: &Desk, command: &Command, at: Timestamp) -> Result<Vec<Happening>, Refusal> {
    match command {
        Command::Found { name, admin, token, policy } => govern::found(desk, name, admin, token, policy),
        Command::Invite { name, role, token } => govern::join(desk, name, *role, token),
        Command::ReplaceToken { teammate: Some(teammate), token } => govern::replace_token(desk, *teammate, token),
        Command::BeginTimeline { timeline } if *timeline > desk.office.timeline => {
            Ok(vec![Happening { conversation: None, event: Event::TimelineBegan { timeline: *timeline } }])
        }
        Command::BeginTimeline { .. } => Ok(Vec::new()),
        Command::Tick { conversation } => talk(desk, *conversation).map(|talk| tick(&talk, at)),
        Command::EndStops => Ok(stop::end_due(desk, at)),
        Command::EndSpending { conversation } => talk(desk, *conversation).map(|talk| end_spending(&talk, at)),
        Command::Lapse { conversation, seen } => talk(desk, *conversation).map(|talk| lapse(&talk, *seen, at)),
        Command::Recover { conversation } => talk(desk, *conversation).map(|talk| recover(&talk)),
        _ => Err(Refusal::Forbidden),
    }
}

fn talk(desk: &Desk, id: ConversationId) -> Result<Talk<'_>, Refusal> {
    let it = desk.conversation(id).ok_or_else(|| not_found(id))?;
    Ok(Talk { desk, it, id })
}

/// Does one thing that is due; the caller asks again until nothing is.
fn tick(talk: &Talk<'_>, at: Timestamp) -> Vec<Happening> {
    let card = &talk.it.card;
    if card.paused_until.is_some_and(|until| until <= at) {
        return talk.happen([Event::Unpaused]);
    }
    if matches!(card.status, Status::Snoozed { until } if until <= at) {
        return talk.happen([Event::Woken]);
    }
    if let Some(draft) = talk.it.draft.as_ref().filter(|draft| draft.expires_at <= at) {
        let mut events = vec![Event::DraftEnded { draft: draft.draft, ending: Ending::Expired }];
        let summary = "a draft expired before anyone decided; nothing was sent".to_owned();
        let escalated = talk.escalate(Reason::DraftExpired, Cause::Escalated, summary, "expired");
        events.extend(escalated.into_iter().filter(|event| !matches!(event, Event::DraftEnded { .. })));
        events.extend(talk.told_of_a_person());
        return talk.happen(events);
    }
    let of_tools = tools::tick(talk, at);
    if !of_tools.is_empty() {
        return talk.happen(of_tools);
    }
    let of_tasks = tasks::tick(talk, at);
    if !of_tasks.is_empty() {
        return talk.happen(of_tasks);
    }
    let ttl = talk.desk.office.policy.turn_ttl;
    if let Some(turn) = talk.it.turn.as_ref().filter(|turn| turn.since.plus(ttl) <= at) {
        return talk.happen(turns::fail(talk, turn.turn, &format!("it took longer than {}", ttl.short()), None));
    }
    if due::silence_ends(talk.it, &talk.desk.office.policy).is_some_and(|until| until <= at) {
        let silent = due::SILENT_FOR.short();
        let matter = if talk.it.heed.is_sensitive() { "brought a matter for people" } else { "asked for a person" };
        let summary = format!("the customer {matter}, and the AI said nothing for {silent}");
        return talk.happen(talk.escalate(Reason::Guarded, Cause::Escalated, summary, "the AI was silent"));
    }
    Vec::new()
}

/// A turn was refused since a ceiling is reached: whoever waits for the AI is a person's.
fn end_spending(talk: &Talk<'_>, at: Timestamp) -> Vec<Happening> {
    let card = &talk.it.card;
    let waits = card.holder.is_ai() && card.waiting_since.is_some() && !card.status.is_resolved();
    if waits
        && talk.it.turn.is_none()
        && talk.it.draft.is_none()
        && let Some(level) = talk.desk.office.ceiling_reached(talk.it, at)
    {
        let summary = level.sentence();
        let escalated = talk.escalate(Reason::Ceiling, Cause::Escalated, summary, "the AI used its share");
        return talk.happen(escalated.into_iter().chain(talk.told_of_a_person()));
    }
    Vec::new()
}

/// A holder who was not seen for the lease loses the conversation to the queue, never silently to an AI.
fn lapse(talk: &Talk<'_>, seen: Timestamp, at: Timestamp) -> Vec<Happening> {
    let card = &talk.it.card;
    let unseen = at.since(seen.max(card.held_since)) >= talk.desk.office.policy.lease;
    if !unseen || card.status != Status::Open {
        return Vec::new();
    }
    let name = |id| talk.desk.office.name_of(id);
    match card.holder {
        Holder::Human(id) => {
            let summary = format!("{} held it and is not reachable", name(id));
            talk.happen(talk.escalate(Reason::HolderVanished, Cause::LeaseLapsed, summary, "the holder vanished"))
        }
        Holder::Ai(id) if card.waiting_since.is_some() && card.paused_until.is_none() => {
            let summary = format!("{} held it and is not reachable while the customer waits", name(id));
            let escalated = talk.escalate(Reason::AiVanished, Cause::AiVanished, summary, "the AI vanished");
            talk.happen(escalated.into_iter().chain(talk.told_of_a_person()))
        }
        Holder::Ai(_) | Holder::Queue => Vec::new(),
    }
}

/// What was claimed before a restart, and what waits for a connector that is gone.
fn recover(talk: &Talk<'_>) -> Vec<Happening> {
    if talk.desk.office.present(talk.it.card.connector).is_none() {
        return carry::orphaned(talk);
    }
    let report = carry::fate_of_claimed(&talk.it.card.channel);
    let claimed = talk.it.outbox.iter().filter(|row| row.state == State::Claimed);
    talk.happen(claimed.map(|row| Event::DeliveryReported { message: row.message, report: report.clone() }))
}
