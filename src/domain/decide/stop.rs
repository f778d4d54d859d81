//! Stopping and lifting: a fence for many talks in one decision.
//!
//! What is written is dropped, what was not claimed never leaves, and who waits goes where the stop says. The fence itself
//! is asked wherever an AI could get out: see [`Talk::check_not_stopped`]. Deliberately not here: the words (see `stop`).

use super::{Asker, Happening, Talk, check_length, invalid};
use crate::domain::{
    delivery::State,
    desk::Desk,
    escalation::Reason,
    event::Event,
    holder::{Cause, Holder},
    ids::{EntryNo, TeammateId},
    refusal::Refusal,
    stop::{AT_ONCE, Fate, LONGEST, LONGEST_REASON, Lifting, Place, Scope, Stop, StopId, Then, fate},
    teammate::{Kind, Right},
    time::{Span, Timestamp},
};

fn of_desk(event: Event) -> Happening {
    Happening { conversation: None, event }
}

/// Who may set the mode of a talk may stop the AI there; everything wider is a lead's.
fn right_for(scope: &Scope) -> Right {
    if let Scope::Talk { .. } = scope { Right::SetMode } else { Right::Stop }
}

pub(super) fn stop(
    asker: &Asker<'_>,
    scope: &Scope,
    then: Then,
    span: Option<Span>,
    reason: &str,
) -> Result<Vec<Happening>, Refusal> {
    asker.needs(right_for(scope))?;
    check_length("reason", reason, LONGEST_REASON)?;
    check_scope(asker, scope)?;
    if span.is_some_and(|span| span == Span(0) || span > LONGEST) {
        return Err(invalid("span", format!("is longer than nothing and at most {}", LONGEST.short())));
    }
    let office = &asker.desk.office;
    let replaced = office.stops.iter().find(|stop| stop.scope == *scope);
    if replaced.is_none() && office.stops.len() >= AT_ONCE {
        return Err(invalid("scope", format!("{AT_ONCE} stops stand already; lift one, or stop something wider")));
    }
    let stop = Stop {
        id: StopId(office.last_stop.0.saturating_add(1)),
        scope: scope.clone(),
        then,
        by: asker.me,
        at: asker.at,
        until: span.map(|span| asker.at.plus(span)),
        reason: reason.trim().to_owned(),
    };
    let lifted = replaced.map(|old| Event::StopLifted { stop: old.id, how: Lifting::Replaced { by: stop.id } });
    let mut happenings: Vec<Happening> = lifted.into_iter().map(of_desk).collect();
    happenings.push(of_desk(Event::Stopped { stop: Box::new(stop.clone()) }));
    for (id, it) in &asker.desk.conversations {
        let talk = Talk { desk: asker.desk, it, id: *id };
        happenings.extend(talk.happen(talk.stop(&stop)));
    }
    Ok(happenings)
}

fn check_scope(asker: &Asker<'_>, scope: &Scope) -> Result<(), Refusal> {
    let office = &asker.desk.office;
    match scope {
        Scope::Talk { conversation } => asker.conversation(Right::SetMode, *conversation).map(|_| ()),
        Scope::Topic { topic: named } | Scope::Channel { channel: named } => {
            if named.is_empty() || named.len() > 40 {
                return Err(invalid("scope", "names a topic or channel of 1 to 40 bytes"));
            }
            Ok(())
        }
        Scope::Ai { teammate } => match office.present(*teammate) {
            Some(mate) if mate.role.kind() == Kind::Ai => Ok(()),
            _ => Err(Refusal::NotFound { what: format!("AI teammate {teammate}") }),
        },
        Scope::All => Ok(()),
    }
}

pub(super) fn lift(asker: &Asker<'_>, id: StopId, reason: &str) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::SetMode)?;
    let Some(stop) = asker.desk.office.stop(id) else {
        return Err(if id <= asker.desk.office.last_stop && id > StopId(0) {
            Refusal::AlreadyEnded { how: "lifted, or over by itself".to_owned() }
        } else {
            Refusal::NotFound { what: format!("stop {id}") }
        });
    };
    asker.needs(right_for(&stop.scope))?;
    if reason.trim().is_empty() {
        return Err(invalid("reason", "is empty; say why the AI may go on"));
    }
    check_length("reason", reason, LONGEST_REASON)?;
    let how = Lifting::ByHand { reason: reason.trim().to_owned() };
    Ok(vec![of_desk(Event::StopLifted { stop: id, how })])
}

/// Ends the stops whose time is over.
pub(super) fn end_due(desk: &Desk, at: Timestamp) -> Vec<Happening> {
    let due = desk.office.stops.iter().filter(|stop| stop.until.is_some_and(|until| until <= at));
    due.map(|stop| of_desk(Event::StopLifted { stop: stop.id, how: Lifting::TimeOver })).collect()
}

fn summary(desk: &Desk, stop: &Stop) -> String {
    let because = if stop.reason.is_empty() { String::new() } else { format!(": {}", stop.reason) };
    format!("the AI is stopped ({}){because}", stop.scope.words(&|id| desk.office.name_of(id)))
}

/// What keeps a new conversation from the AI who would answer it: the call for a person in its place.
pub(super) fn of_new(desk: &Desk, place: Place<'_>, first: Holder) -> Option<Event> {
    let Holder::Ai(ai) = first else { return None };
    let stop = desk.office.stopped(place, Some(ai)).filter(|stop| stop.then != Then::Hold)?;
    Some(Event::Escalated { turn: None, reason: Reason::Stopped, summary: summary(desk, stop), trace: None })
}

/// Why a settled conversation is open again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reopens {
    /// Somebody is to answer.
    ForAnAnswer,
    /// Its settlement was undone, and nobody waited.
    AsItWas,
}

impl Talk<'_> {
    /// The fence: refuses what `ai` would do here while it is stopped.
    pub(super) fn check_not_stopped(&self, ai: Option<TeammateId>) -> Result<(), Refusal> {
        match self.desk.office.stopped(&*self.it.card, ai) {
            Some(stop) => Err(Refusal::Stopped { stop: stop.id, scope: stop.scope.clone() }),
            None => Ok(()),
        }
    }

    /// What follows here from a stop.
    fn stop(&self, stop: &Stop) -> Vec<Event> {
        match fate(&self.it.card, &stop.scope, stop.then) {
            Fate::Queues | Fate::ToHuman => self.leave_to_people(stop),
            Fate::Holds | Fate::Untouched => self.fall_silent(&stop.scope),
        }
    }

    /// An AI that is stopped must hold it no longer: a person is called.
    fn leave_to_people(&self, stop: &Stop) -> Vec<Event> {
        self.escalate(Reason::Stopped, Cause::Stopped, summary(self.desk, stop), "the AI was stopped")
    }

    /// What an AI writes here is dropped, and what of its words was neither approved nor claimed never leaves.
    fn fall_silent(&self, scope: &Scope) -> Vec<Event> {
        let card = &*self.it.card;
        let turn = self.it.turn.as_ref().filter(|turn| scope.covers(card, Some(turn.by)));
        let mut events: Vec<Event> = turn.and_then(|_| self.suppress_turn()).into_iter().collect();
        let unsaid = self.it.outbox.iter().filter(|row| row.state == State::Pending && row.is_unapproved());
        let messages: Vec<EntryNo> =
            unsaid.filter(|row| scope.covers(card, row.author)).map(|row| row.message).collect();
        if !messages.is_empty() {
            events.push(Event::DeliveriesVoided { messages });
        }
        events
    }

    /// The stop that must not leave a waiting customer with this AI.
    fn stop_that_moves(&self, ai: TeammateId) -> Option<&Stop> {
        self.desk.office.stopped(&*self.it.card, Some(ai)).filter(|stop| stop.then != Then::Hold)
    }

    /// The customer waits where the AI is stopped: people answer, unless the stop says that it waits.
    pub(super) fn customer_meets_stop(&self) -> Option<Vec<Event>> {
        let Holder::Ai(ai) = self.it.card.holder else { return None };
        self.stop_that_moves(ai).map(|stop| self.leave_to_people(stop))
    }

    /// It is opened again where the AI who held it is stopped, and must hold it no longer.
    pub(super) fn reopens_stopped(&self, how: Reopens) -> bool {
        let Holder::Ai(ai) = self.it.card.holder else { return false };
        // A stop may let an AI hold where nobody waits: there an undone settlement leaves all as it was.
        self.stop_that_moves(ai).is_some_and(|stop| how == Reopens::ForAnAnswer || stop.then == Then::Human)
    }
}
