//! The state of a conversation: mode, pause, tags, priority, snooze, resolve, reopen.

use super::{Asker, Happening, invalid};
use crate::domain::{
    card::{Priority, Status},
    event::Event,
    holder::{Cause, Holder},
    ids::ConversationId,
    mode::Mode,
    refusal::Refusal,
    teammate::Right,
    time::{Span, Timestamp},
};

/// Tags a conversation may have.
pub(super) const TAGS: usize = 32;
/// The longest tag, in characters.
const LONGEST_TAG: usize = 40;

pub(super) fn set_mode(asker: &Asker<'_>, id: ConversationId, mode: Option<Mode>) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::SetMode, id)?;
    let card = &talk.it.card;
    if card.own_mode == mode {
        return Ok(Vec::new());
    }
    let mut events = vec![Event::ModeSet { mode }];
    let in_force = mode.unwrap_or_else(|| asker.desk.office.mode_for(card.topic.as_deref(), &card.channel));
    if card.holder.is_ai() && !in_force.lets_ai_hold() && !card.status.is_resolved() {
        events.extend(talk.change_holder(Holder::Queue, Cause::ModeChanged, "the mode changed"));
    }
    Ok(talk.happen(events))
}

pub(super) fn pause(asker: &Asker<'_>, id: ConversationId, span: Option<Span>) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::SetMode, id)?;
    let longest = asker.desk.office.policy.longest_pause;
    match span {
        None if talk.it.card.paused_until.is_none() => Ok(Vec::new()),
        None => Ok(talk.happen([Event::Unpaused])),
        Some(span) if span == Span(0) || span > longest => {
            Err(invalid("span", format!("a pause is longer than nothing and at most {}", longest.short())))
        }
        Some(span) => {
            talk.check_unresolved()?;
            Ok(talk.happen(talk.pause(asker.at.plus(span))))
        }
    }
}

pub(super) fn tag(
    asker: &Asker<'_>,
    id: ConversationId,
    add: &[String],
    remove: &[String],
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Triage, id)?;
    let tags = &talk.it.card.tags;
    let clean = |said: &[String]| said.iter().map(|tag| clean_tag(tag)).collect::<Result<Vec<_>, _>>();
    let mut added = clean(add)?;
    let mut removed = clean(remove)?;
    added.retain(|tag| !tags.contains(tag) && !removed.contains(tag));
    removed.retain(|tag| tags.contains(tag));
    for list in [&mut added, &mut removed] {
        list.sort_unstable();
        list.dedup();
    }
    if added.is_empty() && removed.is_empty() {
        return Ok(Vec::new());
    }
    if tags.len() + added.len() - removed.len() > TAGS {
        return Err(invalid("tags", format!("a conversation has at most {TAGS} tags")));
    }
    Ok(talk.happen([Event::Tagged { added, removed }]))
}

/// Lower case; letters, digits and `-_.:/`.
fn clean_tag(said: &str) -> Result<String, Refusal> {
    let tag = said.trim().trim_start_matches('#').to_lowercase();
    let fits = !tag.is_empty()
        && tag.chars().count() <= LONGEST_TAG
        && tag.chars().all(|c| c.is_alphanumeric() || "-_.:/".contains(c));
    if fits {
        Ok(tag)
    } else {
        Err(invalid("tags", format!("a tag is 1 to {LONGEST_TAG} letters, digits or -_.:/ without spaces")))
    }
}

pub(super) fn prioritise(asker: &Asker<'_>, id: ConversationId, priority: Priority) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Triage, id)?;
    if talk.it.card.priority == priority {
        return Ok(Vec::new());
    }
    Ok(talk.happen([Event::PrioritySet { priority }]))
}

pub(super) fn snooze(
    asker: &Asker<'_>,
    id: ConversationId,
    until: Option<Timestamp>,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Triage, id)?;
    talk.check_unresolved()?;
    talk.check_not_others(asker)?;
    let asleep = matches!(talk.it.card.status, Status::Snoozed { .. });
    let longest = asker.desk.office.policy.longest_snooze;
    match until {
        None if asleep => Ok(talk.happen([Event::Woken])),
        None => Ok(Vec::new()),
        Some(until) if until <= asker.at || until.since(asker.at) > longest => {
            Err(invalid("until", format!("is not within the next {}", longest.short())))
        }
        Some(until) => Ok(talk.happen([Event::Snoozed { until }])),
    }
}

pub(super) fn resolve(asker: &Asker<'_>, id: ConversationId) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Triage, id)?;
    if talk.it.card.status.is_resolved() {
        return Ok(Vec::new());
    }
    talk.check_not_others(asker)?;
    Ok(talk.happen(talk.resolve(false, false)))
}

pub(super) fn reopen(asker: &Asker<'_>, id: ConversationId) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Triage, id)?;
    if !talk.it.card.status.is_resolved() {
        return Ok(Vec::new());
    }
    Ok(talk.happen(talk.reopen()))
}
