//! What was before a person's act, so that it can be undone, and what an undo brings back.
//!
//! Deliberately not here: which acts may be undone (see `decide`).

use crate::domain::{
    card::{Card, Status},
    conversation::Conversation,
    event::{Event, Recorded},
    holder::Holder,
    ids::EntryNo,
    undo::{Before, KEPT, Undoable},
};

impl Conversation {
    /// What the events that undo `act` cannot tell: what the act cleared on its way.
    pub(super) fn restore(&self, card: &mut Card, act: EntryNo) {
        match self.undo.iter().find(|one| one.act == act).map(|one| &one.before) {
            Some(Before::Holder { escalation, asked_human, .. }) => {
                card.escalation.clone_from(escalation);
                card.signs.asked_human |= asked_human;
            }
            Some(Before::Status { status, made, waiting_since, escalation, reopened }) => {
                card.status = *status;
                card.signs.reopened = *reopened;
                if made.is_resolved() {
                    card.waiting_since = *waiting_since;
                    card.escalation.clone_from(escalation);
                }
            }
            _ => {}
        }
    }

    /// Keeps what was before a person's act. Called before the act is folded in.
    pub(super) fn remember_for_undo(&mut self, recorded: &Recorded) {
        let Some(by) = recorded.by.teammate() else { return };
        let card = &self.card;
        let before = match &recorded.event {
            Event::HolderChanged { from, to, term, cause } if cause.is_asked_for() => Before::Holder {
                holder: *from,
                term: *term,
                escalation: card.escalation.clone(),
                asked_human: card.signs.asked_human,
                asleep: match card.status {
                    Status::Snoozed { until } if *to != Holder::Queue => Some(until),
                    _ => None,
                },
            },
            // The change of holder that woke it is one act with the waking.
            Event::Woken if self.undo.last().is_some_and(|last| last.by == by && last.woke(card.status)) => return,
            Event::Reopened | Event::Woken => before_status(card, Status::Open),
            Event::Snoozed { until } => before_status(card, Status::Snoozed { until: *until }),
            Event::Resolved { confirmed, by_ai: false } => {
                before_status(card, Status::Resolved { at: recorded.at, confirmed: *confirmed, by_ai: false })
            }
            Event::Tagged { added, removed } => Before::Tags { added: added.clone(), removed: removed.clone() },
            Event::PrioritySet { .. } => Before::Priority { priority: card.priority },
            Event::ModeSet { .. } => Before::Mode { mode: card.own_mode },
            Event::Paused { .. } | Event::Unpaused => Before::Pause { until: card.paused_until.get() },
            Event::Annotated { message, supersedes, .. } => {
                Before::Annotation { message: *message, earlier: *supersedes }
            }
            _ => return,
        };
        self.undo.push(Undoable { act: recorded.n, by, before });
        // One more than can be undone: the act that is being undone outlives the events that undo it.
        self.undo.keep_newest(KEPT + 1);
    }
}

fn before_status(card: &Card, made: Status) -> Before {
    Before::Status {
        status: card.status,
        made,
        waiting_since: card.waiting_since,
        escalation: card.escalation.clone(),
        reopened: card.signs.reopened,
    }
}
