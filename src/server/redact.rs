//! What a teammate's role lets it read of an event. Numbers stay, so that nothing seems to be missing.

use crate::domain::{
    brief::Brief,
    desk::Office,
    event::{Event, Recorded},
    teammate::{Kind, Role},
};
use std::sync::Arc;

/// The desk as `role` may read it: what guidance is only staged is for people, and a connector follows none.
pub(super) fn office(office: &Office, role: Role) -> Office {
    let mut shown = office.clone();
    match role.kind() {
        Kind::Human => {}
        Kind::Ai if shown.guidance.iter().all(|piece| piece.staged.is_none()) => {}
        Kind::Ai => {
            let pieces = Arc::make_mut(&mut shown.guidance);
            for piece in pieces.iter_mut() {
                piece.staged = None;
            }
            pieces.retain(|piece| piece.published.is_some());
        }
        Kind::Connector => shown.guidance = Arc::default(),
    }
    shown
}

/// The event as `role` may read it; `None` if it may read all of it.
pub(super) fn redacted(recorded: &Recorded, role: Role) -> Option<Recorded> {
    let event = match (role.kind(), &recorded.event) {
        (Kind::Human | Kind::Ai, Event::Opened { external_ref: Some(_), .. }) => {
            let Event::Opened { channel, customer, topic, holder, term, .. } = recorded.event.clone() else {
                return None;
            };
            Event::Opened { channel, customer, topic, external_ref: None, holder, term }
        }
        // No AI reads what the team writes to itself.
        (Kind::Ai, Event::Noted { .. }) => Event::Noted { text: String::new() },
        (Kind::Ai, Event::Annotated { .. }) => hidden(),
        // A connector reads only what concerns the customer's side.
        (Kind::Connector, event) if !concerns_customer(event) => hidden_like(event),
        _ => return None,
    };
    Some(Recorded { event, ..recorded.clone() })
}

fn concerns_customer(event: &Event) -> bool {
    matches!(
        event,
        Event::Opened { .. }
            | Event::CustomerSaid { .. }
            | Event::Replied { .. }
            | Event::Notified { .. }
            | Event::DeliveryClaimed { .. }
            | Event::DeliveryReported { .. }
            | Event::DeliveriesVoided { .. }
            | Event::Rated { .. }
            | Event::Resolved { .. }
            | Event::Reopened
            | Event::HolderChanged { .. }
    )
}

/// Says nothing, and is folded as a note without words.
fn hidden() -> Event {
    Event::Noted { text: String::new() }
}

fn hidden_like(event: &Event) -> Event {
    match event {
        // The answer itself is for the customer once delivered; how it came about is not.
        Event::Answered { turn, answer, term, draft, author, checked } => {
            let mut answer = answer.clone();
            answer.sources.clear();
            answer.trace = crate::domain::turn::Trace::default();
            let (turn, term, draft, author, checked) = (*turn, *term, *draft, *author, *checked);
            Event::Answered { turn, answer, term, draft, author, checked }
        }
        Event::Briefed { .. } => Event::Briefed { brief: Brief::default() },
        _ => hidden(),
    }
}
