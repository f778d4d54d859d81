//! What the desk remembers of messages on their way to a customer.
//!
//! Deliberately not here: which of them may leave (see `decide/carry`).

use crate::domain::{
    card::Card,
    conversation::Conversation,
    delivery::{Delivery, Origin, Report, State},
    desk::Office,
    ids::{EntryNo, PublicNo, TeammateId, Term},
    time::Timestamp,
};
use std::sync::Arc;

/// How many deliveries of known fate are remembered to take a late receipt.
const ENDED_KEPT: usize = 8;

impl Conversation {
    pub(super) fn send(
        &mut self,
        office: &Office,
        (message, at): (EntryNo, Timestamp),
        term: Term,
        origin: Origin,
        by: Option<TeammateId>,
        text: &str,
    ) {
        let from = by.or(office.front_ai()).map_or_else(|| office.name.clone(), |by| office.name_of(by));
        self.outbox.push(Delivery {
            message,
            term,
            origin,
            state: State::Pending,
            text: Arc::from(text),
            from: Arc::from(from),
            at,
            public: PublicNo(0),
            author: by.filter(|_| origin.is_fenced()),
            approved: false,
        });
    }

    pub(super) fn reported(&mut self, card: &mut Card, message: EntryNo, report: &Report) {
        let failed = |state| matches!(state, State::Failed | State::Unknown);
        let row = self.outbox.iter_mut().find(|row| row.message == message);
        let was = row.map(|row| {
            row.text = Arc::default();
            row.from = Arc::default();
            std::mem::replace(&mut row.state, report.state())
        });
        // A late truth counts once: what was unknown and has arrived is no longer undelivered.
        let undelivered = &mut card.signs.undelivered;
        match (was.is_some_and(failed), failed(report.state())) {
            (false, true) => *undelivered = undelivered.saturating_add(1),
            (true, false) => *undelivered = undelivered.saturating_sub(1),
            _ => {}
        }
        // An unknown fate stays on record: whoever takes over must be told of it, however long ago it was.
        let ended = |row: &Delivery| !row.state.is_open() && row.state != State::Unknown;
        let mut surplus = self.outbox.iter().filter(|row| ended(row)).count().saturating_sub(ENDED_KEPT);
        self.outbox.retain(|row| {
            let drop = surplus > 0 && ended(row);
            surplus -= usize::from(drop);
            !drop
        });
    }
}
