//! What is left of a talk when a customer's data is erased: that it was there, when, and who of the team acted.
//!
//! Two things that must agree: [`blank`] says what stays of each event, for the log; [`Conversation::erase`] what stays of
//! the state, for whoever holds it. Folding what `blank` left gives the same state as erasing the full one. Deliberately not
//! here: how the log proves that nothing else was changed (see `store::chain`), and who may (see `decide::erase`).
//!
//! What the desk counted stays counted: amounts that tools moved, by a digest of the customer, for 30 days, and what the day's
//! ceilings know. Guidance that somebody wrote from a talk is the team's own text and stays.

use super::{
    apply::opened,
    card::Status,
    conversation::Conversation,
    customer::Customer,
    event::{Event, Recorded},
    holder::Holder,
    ids::Term,
    teammate::Actor,
};
use std::sync::Arc;

/// What stands in place of an erased customer's name.
pub const NAME: &str = "erased";

/// What stays of an event of a talk that is erased.
#[must_use]
pub fn blank(event: &Event) -> Event {
    match event {
        // The fold begins with it: the channel, the topic, and who answered first.
        Event::Opened { channel, topic, holder, term, .. } => Event::Opened {
            channel: channel.clone(),
            customer: nobody(),
            topic: topic.clone(),
            external_ref: None,
            holder: *holder,
            term: *term,
        },
        Event::Erased { .. } => event.clone(),
        _ => Event::Blank,
    }
}

fn nobody() -> Customer {
    Customer { name: NAME.into(), ..Customer::default() }
}

impl Conversation {
    /// Forgets all but what [`blank`] leaves: it is as it was opened, settled, and the queue's. `recorded` is the erasing.
    pub fn erase(&mut self, recorded: &Recorded, term: Term) {
        let card = &self.card;
        let event = Event::Opened {
            channel: card.channel.to_string(),
            customer: nobody(),
            topic: card.topic.as_deref().map(str::to_owned),
            external_ref: None,
            holder: Holder::Queue,
            term,
        };
        let by = Actor::Teammate(card.connector);
        let opening = Recorded { at: card.opened_at, by, event, ..recorded.clone() };
        let Some(mut erased) = opened(card.mode, card.id, &opening) else { return };
        let card = Arc::make_mut(&mut erased.card);
        card.channel = Arc::clone(&self.card.channel);
        card.held_since = recorded.at;
        card.status = Status::Resolved { at: recorded.at, confirmed: false, by_ai: false };
        erased.erased = true;
        *self = erased;
    }
}
