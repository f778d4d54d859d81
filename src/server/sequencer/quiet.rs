//! When a take-over is quiet: nothing of the AI's is on the wire any more, but what is named.
//!
//! Deliberately not here: the time after which it is told anyway (see the timers).

use super::{Reply, Sequencer, timers};
use crate::{
    domain::{
        command::Command,
        decide::Happening,
        delivery::State,
        event::Event,
        holder::{Cause, Holder},
        ids::{ConversationId, EntryNo, Term},
    },
    protocol::ToPeer,
};
use tokio::sync::mpsc;

/// A take-over whose `quiet` is to be told.
#[derive(Clone)]
pub(super) struct Quiet {
    pub(super) conversation: ConversationId,
    pub(super) term: Term,
    /// AI messages that a connector has and has not reported.
    pub(super) rows: Vec<EntryNo>,
    /// AI messages whose fate nobody knows: they may still arrive.
    pub(super) unknown: Vec<EntryNo>,
}

impl Sequencer {
    /// What must be heard of before a take-over is quiet.
    pub(super) fn quiet_after(&self, command: &Command, happenings: &[Happening]) -> Option<Quiet> {
        let Command::TakeOver { conversation, .. } = command else { return None };
        let term = happenings.iter().find_map(|one| match &one.event {
            Event::HolderChanged { term, to: Holder::Human(_), cause: Cause::TookOver { .. }, .. } => Some(*term),
            _ => None,
        });
        let card = &self.desk.conversation(*conversation)?.card;
        Some(self.quiet_of(*conversation, term.unwrap_or(card.term)))
    }

    pub(super) fn quiet_again(&self, command: &Command) -> Option<Quiet> {
        let Command::TakeOver { conversation, .. } = command else { return None };
        let term = self.desk.conversation(*conversation)?.card.term;
        Some(self.quiet_of(*conversation, term))
    }

    fn quiet_of(&self, conversation: ConversationId, term: Term) -> Quiet {
        let rows = self.fenced_rows(conversation, State::Claimed);
        Quiet { conversation, term, rows, unknown: self.fenced_rows(conversation, State::Unknown) }
    }

    fn fenced_rows(&self, conversation: ConversationId, state: State) -> Vec<EntryNo> {
        let rows = self.desk.conversation(conversation).map(|it| it.outbox.as_slice()).unwrap_or_default();
        rows.iter().filter(|row| row.state == state && row.origin.is_fenced()).map(|row| row.message).collect()
    }

    pub(super) fn await_quiet(&mut self, mut quiet: Quiet, peer: mpsc::Sender<Reply>) {
        let still = self.fenced_rows(quiet.conversation, State::Claimed);
        quiet.rows.retain(|row| still.contains(row));
        quiet.unknown = self.fenced_rows(quiet.conversation, State::Unknown);
        // Asked again by the same peer: it is told once, so that nobody makes this list long.
        let asked_before = |(one, to, _): &(Quiet, mpsc::Sender<Reply>, _)| {
            (one.conversation, one.term) == (quiet.conversation, quiet.term) && to.same_channel(&peer)
        };
        if quiet.rows.is_empty() {
            say_quiet(&quiet, &peer);
        } else if !self.quiet.iter().any(asked_before) {
            self.quiet.push((quiet, peer, self.now.plus(timers::QUIET_WITHIN)));
        }
    }

    pub(super) fn reported(&mut self, conversation: ConversationId, message: EntryNo, state: State) {
        self.quiet.retain_mut(|(quiet, peer, _)| {
            if quiet.conversation == conversation && quiet.rows.contains(&message) {
                quiet.rows.retain(|row| *row != message);
                if state == State::Unknown {
                    quiet.unknown.push(message);
                }
            }
            if quiet.rows.is_empty() {
                say_quiet(quiet, peer);
            }
            !quiet.rows.is_empty()
        });
    }
}

/// Tells the peer.
pub(super) fn say_quiet(quiet: &Quiet, peer: &mpsc::Sender<Reply>) {
    let may_still_arrive = quiet.rows.iter().chain(&quiet.unknown).copied().collect();
    let frame = ToPeer::Quiet { conversation: quiet.conversation, term: quiet.term, may_still_arrive };
    // The channel has places to spare for these; a peer that is gone does not mind.
    let _ = peer.try_send(Reply::Quiet(frame));
}
