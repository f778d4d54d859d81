//! Commands that are decided and wait for the disk: told and shown when it has them, taken back when it refuses.
//!
//! Deliberately not here: how they are decided and handed over (see the sequencer), and the disk (see the writer).

use super::{Quiet, ReplyTo, Sequencer, tell};
use crate::{
    domain::{
        card::Card,
        ceiling,
        conversation::Conversation,
        decide::Happening,
        delivery::State,
        desk::{Desk, Office},
        event::Event,
        ids::{ConversationId, EntryNo, Seq},
        refusal::Refusal,
    },
    protocol::{Answer, ToPeer},
    server::{feed::Publication, keys::Known, writer::Committed},
    store::Key,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// What was before a command, to go back to.
pub(super) struct Before {
    pub(super) conversations: Vec<(ConversationId, Option<Box<Conversation>>)>,
    pub(super) office: Option<Box<Office>>,
    pub(super) newest: ConversationId,
    pub(super) seq: Seq,
}

/// A command that is decided and not yet on disk.
pub(super) struct UnderWay {
    pub(super) key: Option<Key>,
    pub(super) replies: Vec<ReplyTo>,
    pub(super) answer: Answer,
    pub(super) publication: Publication,
    pub(super) first: Option<Box<ToPeer>>,
    pub(super) quiet: Option<Quiet>,
    pub(super) before: Before,
}

impl Sequencer {
    /// The disk has spoken.
    pub(super) fn committed(&mut self, committed: Committed) {
        if committed.generation != self.generation {
            return;
        }
        if let Err(why) = committed.result {
            return self.fall_back(&why);
        }
        let mut publication = Publication::default();
        let mut answered = Vec::with_capacity(committed.count);
        for _ in 0..committed.count {
            let Some(mut one) = self.under_way.pop_front() else { break };
            self.left += 1;
            if let Some(key) = one.key {
                self.by_key.remove(&(key.by, key.id));
                self.keys.put(key, Known::Done(one.answer));
            }
            publication.head = one.publication.head;
            publication.events.append(&mut one.publication.events);
            for card in one.publication.cards.drain(..) {
                publication.cards.push(card);
            }
            publication.office = one.publication.office.take().or(publication.office);
            publication.today = one.publication.today.take().or(publication.today);
            answered.push(one);
        }
        let reported: Vec<(ConversationId, EntryNo, State)> = publication
            .events
            .iter()
            .filter_map(|event| match (&event.recorded.event, event.recorded.conversation) {
                (Event::DeliveryReported { message, report }, Some(id)) => Some((id, *message, report.state())),
                _ => None,
            })
            .collect();
        keep_newest(&mut publication.cards);
        let bells = self.feed.publish(publication);
        for one in answered {
            let id = one.key.map(|key| key.id);
            let mut first = one.first;
            for reply in one.replies {
                let peer = if let ReplyTo::Peer(peer) = &reply { Some(peer.clone()) } else { None };
                tell(reply, id, Ok(one.answer), first.take());
                if let (Some(quiet), Some(peer)) = (one.quiet.clone(), peer) {
                    self.await_quiet(quiet, peer);
                }
            }
        }
        for (conversation, message, state) in reported {
            self.reported(conversation, message, state);
        }
        // After the answers: whom this thread wakes last it runs first, and watchers wait for no other thread then.
        bells.ring();
    }

    /// The disk refused: back to what it has, and all who wait are told.
    pub(super) fn fall_back(&mut self, why: &str) {
        self.generation += 1;
        let refusal = Refusal::ReadOnly { why: why.to_owned() };
        while let Some(one) = self.under_way.pop_back() {
            for (id, conversation) in one.before.conversations {
                if let Some(conversation) = conversation {
                    self.timers.changed(&conversation, conversation.card.seq, &self.desk.office.policy, self.now);
                    self.desk.conversations.insert(id, conversation);
                } else {
                    self.timers.forget(id);
                    self.desk.conversations.remove(&id);
                }
            }
            if let Some(office) = one.before.office {
                self.desk.office = *office;
            }
            self.desk.office.newest = one.before.newest;
            self.desk.office.seq = one.before.seq;
            if let Some(key) = one.key {
                self.by_key.remove(&(key.by, key.id));
                self.keys.forget(key.by, key.id);
            }
            for reply in one.replies {
                tell(reply, one.key.map(|key| key.id), Err(refusal.clone()), None);
            }
        }
        self.timers.fell_back(&self.desk.office, self.now);
    }
}

impl Before {
    pub(super) fn nothing(desk: &Desk) -> Self {
        Self { conversations: Vec::new(), office: None, newest: desk.office.newest, seq: desk.office.seq }
    }

    pub(super) fn of(desk: &Desk, happenings: &[Happening]) -> Self {
        let mut before = Self::nothing(desk);
        let policy =
            happenings.iter().any(|one| matches!(one.event, Event::PolicySet { .. } | Event::DeskModeSet { .. }));
        if happenings.iter().any(|one| one.conversation.is_none() || ceiling::counts(&one.event)) {
            before.office = Some(Box::new(desk.office.clone()));
        }
        if policy {
            before.conversations = desk.conversations.iter().map(|(id, it)| (*id, Some(it.clone()))).collect();
            return before;
        }
        let mut kept = HashSet::new();
        for id in happenings.iter().filter_map(|one| one.conversation) {
            if kept.insert(id) {
                before.conversations.push((id, desk.conversations.get(&id).cloned()));
            }
        }
        before
    }
}

/// Of several cards of one conversation the last is enough.
fn keep_newest(cards: &mut Vec<Arc<Card>>) {
    let mut newest: HashMap<ConversationId, Arc<Card>> = HashMap::with_capacity(cards.len());
    for card in cards.drain(..) {
        newest.insert(card.id, card);
    }
    cards.extend(newest.into_values());
}
