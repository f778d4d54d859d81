//! Undo: one's own last act, as far as the world has not moved on.

use super::{Asker, Happening, Talk, stop::Reopens, triage::TAGS};
use crate::domain::{
    card::Status,
    event::Event,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo},
    refusal::Refusal,
    teammate::Right,
    undo::{Before, KEPT},
};

pub(super) fn undo(asker: &Asker<'_>, id: ConversationId, act: Option<EntryNo>) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Watch, id)?;
    let mut last = talk.it.undo.iter().rev().take(KEPT);
    let Some(one) = last.find(|one| one.by == asker.me && act.is_none_or(|act| act == one.act)) else {
        return Err(cannot("nothing of yours here can be undone"));
    };
    if talk.it.undo.iter().any(|later| later.act > one.act && one.before.is_overlaid_by(&later.before)) {
        return Err(cannot("it was changed again since; undo that first"));
    }
    let inverse = inverse(asker, &talk, &one.before, one.act)?;
    let count = u8::try_from(inverse.len()).unwrap_or(u8::MAX);
    Ok(talk.happen(inverse.into_iter().chain([Event::Undid { act: one.act, inverse: count }])))
}

fn cannot(why: &str) -> Refusal {
    Refusal::CannotUndo { why: why.to_owned() }
}

fn inverse(asker: &Asker<'_>, talk: &Talk<'_>, before: &Before, act: EntryNo) -> Result<Vec<Event>, Refusal> {
    let card = &talk.it.card;
    match before {
        Before::Holder { holder, term, escalation, asleep, .. } => {
            asker.needs(Right::Hold)?;
            if *term != card.term {
                return Err(cannot("the holder has changed since"));
            }
            if talk.it.replied {
                return Err(cannot("the customer was answered since; hand it back or assign it instead"));
            }
            talk.check_unresolved()?;
            match holder {
                Holder::Ai(id) | Holder::Human(id) if asker.desk.office.present(*id).is_none() => {
                    return Err(cannot("who held it before is no longer here"));
                }
                Holder::Ai(id) => talk.check_ai_may_hold(*id)?,
                Holder::Human(_) | Holder::Queue => {}
            }
            let mut events = talk.change_holder(*holder, Cause::Undone, "undone");
            if let Some(escalation) = escalation {
                events.push(Event::Escalated {
                    turn: None,
                    reason: escalation.reason,
                    summary: escalation.summary.clone(),
                    trace: None,
                });
            }
            if let Some(until) = asleep.filter(|until| *until > asker.at && card.status == Status::Open) {
                events.push(Event::Snoozed { until });
            }
            Ok(events)
        }
        Before::Status { status, made, waiting_since, .. } => {
            asker.needs(Right::Triage)?;
            talk.check_not_others(asker)?;
            if *status == card.status {
                return Err(cannot("it is as it was"));
            }
            if *made != card.status {
                return Err(cannot("it was changed again since"));
            }
            Ok(match status {
                Status::Open if card.status.is_resolved() => talk.reopen_as(match waiting_since {
                    Some(_) => Reopens::ForAnAnswer,
                    None => Reopens::AsItWas,
                }),
                Status::Open => vec![Event::Woken],
                Status::Snoozed { until } if *until > asker.at => {
                    // As with what is opened again: who held what was settled may hold it no more.
                    let again = card.status.is_resolved().then(|| talk.reopen_as(Reopens::AsItWas));
                    let moved = again.into_iter().flatten().filter(|event| *event != Event::Reopened);
                    [Event::Snoozed { until: *until }].into_iter().chain(moved).collect()
                }
                Status::Snoozed { .. } => return Err(cannot("its snooze is over")),
                Status::Resolved { confirmed, by_ai, .. } => talk.resolve(*confirmed, *by_ai),
            })
        }
        Before::Tags { added, removed } => {
            asker.needs(Right::Triage)?;
            let back: Vec<String> = removed.iter().filter(|tag| !card.tags.contains(tag)).cloned().collect();
            let gone: Vec<String> = added.iter().filter(|tag| card.tags.contains(tag)).cloned().collect();
            if back.is_empty() && gone.is_empty() || card.tags.len() + back.len() > TAGS + gone.len() {
                return Err(cannot("the tags have changed since"));
            }
            Ok(vec![Event::Tagged { added: back, removed: gone }])
        }
        Before::Priority { priority } => {
            asker.needs(Right::Triage)?;
            Ok(vec![Event::PrioritySet { priority: *priority }])
        }
        Before::Mode { mode } => {
            asker.needs(Right::SetMode)?;
            let mut events = vec![Event::ModeSet { mode: *mode }];
            let in_force = mode.unwrap_or_else(|| asker.desk.office.mode_for(card.topic.as_deref(), &card.channel));
            if card.holder.is_ai() && !in_force.lets_ai_hold() && !card.status.is_resolved() {
                events.extend(talk.change_holder(Holder::Queue, Cause::ModeChanged, "the mode changed"));
            }
            Ok(events)
        }
        Before::Pause { until } => {
            asker.needs(Right::SetMode)?;
            Ok(match until.filter(|until| *until > asker.at) {
                Some(until) => talk.pause(until),
                None if card.paused_until.is_some() => vec![Event::Unpaused],
                None => return Err(cannot("the pause is over")),
            })
        }
        Before::Annotation { .. } => {
            asker.needs(Right::Annotate)?;
            if !talk.it.judged.iter().any(|(_, _, n)| *n == act) {
                return Err(cannot("a later judgement of yours replaces it"));
            }
            Ok(vec![Event::AnnotationWithdrawn { annotation: act }])
        }
    }
}
