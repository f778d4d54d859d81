//! What is left of a talk when a customer's data is erased: that it was there, when, and who of the team acted.
//!
//! Two things that must agree: [`blank`] says what stays of each event, for the log; [`Conversation::erase`] what stays of
//! the state, for whoever holds it. Folding what `blank` left gives the same state as erasing the full one. Deliberately not
//! here: how the log proves that nothing else was changed (see `store::chain`), and who may (see `decide::erase`).
//!
//! What the desk counted stays counted: amounts that tools moved, by a digest of the customer, for 30 days, and what the day's
//! ceilings know. Guidance that somebody wrote from a talk is the team's own text and stays.

use super::{
    card::{Card, Signs, Status},
    ceiling::Spent,
    conversation::Conversation,
    customer::Customer,
    event::{Event, Recorded},
    guard::Heed,
    holder::Holder,
    ids::{EntryNo, PublicNo, Term},
    rare::Rare,
    seldom::Seldom,
    signals::Said,
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
    /// Forgets all but what [`blank`] leaves. `recorded` is the erasing.
    pub fn erase(&mut self, recorded: &Recorded, term: Term) {
        let customer = nobody();
        let heed = Heed::of(&customer);
        let card = Card {
            id: self.card.id,
            seq: recorded.seq,
            n: recorded.n,
            opened_at: self.card.opened_at,
            channel: Arc::clone(&self.card.channel),
            connector: self.card.connector,
            customer,
            topic: self.card.topic.clone(),
            holder: Holder::Queue,
            term,
            held_since: recorded.at,
            mode: self.card.mode,
            own_mode: None,
            paused_until: Rare::none(),
            status: Status::Resolved { at: recorded.at, confirmed: false, by_ai: false },
            priority: super::card::Priority::Normal,
            tags: Seldom::new(),
            escalation: None,
            draft: Rare::none(),
            tool: None,
            ready: Seldom::new(),
            writing: Rare::none(),
            waiting_since: None,
            asked: EntryNo(0),
            signs: Signs::default(),
            last: None,
            tasks: Seldom::new(),
            on_its_way: Seldom::new(),
        };
        *self = Self {
            card: Arc::new(card),
            external_ref: None,
            public: PublicNo(0),
            turn: None,
            draft: None,
            calls: Seldom::new(),
            whispers: Seldom::new(),
            outbox: Vec::new(),
            undo: Seldom::new(),
            said: Said::default(),
            judgeable: Box::default(),
            judged: Seldom::new(),
            failed_turns: 0,
            rejected: 0,
            shadowed: EntryNo(0),
            replied: false,
            erased: true,
            heed,
            spent: Spent::default(),
        };
    }
}
