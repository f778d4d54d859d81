//! What the sequencer does when time passes: what is due, who vanished, what to save, what to put aside.

use super::{Quiet, Reply, ReplyTo, Sequencer, quiet::say_quiet};
use crate::{
    domain::{
        command::Command,
        conversation::Conversation,
        desk::{Desk, Office},
        due,
        holder::Holder,
        ids::{CommandId, ConversationId, Seq, TeammateId},
        policy::Policy,
        teammate::Actor,
        time::{Span, Timestamp},
    },
    server::writer::Job,
    store::{Checkpoint, State},
};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use tokio::sync::mpsc;

/// `quiet` is told after this long at the latest, with what may still arrive.
pub(super) const QUIET_WITHIN: Span = Span::seconds(3);
/// How often holders are looked after.
const LOOK_EVERY: Span = Span::seconds(5);
/// How often keys that are past their time are forgotten.
const PURGE_EVERY: Span = Span::hours(6);
/// How long keys are kept.
const KEYS_FOR: Span = Span::hours(24 * 7);
/// How long after a change states are saved.
const SAVE_AFTER: Span = Span::seconds(1);
/// States saved at once.
const SAVE_AT_ONCE: usize = 256;
/// With so many events unsaved, states are saved although commands wait.
const UNSAVED: u64 = 50_000;
/// How long a settled conversation stays on the floor.
const SETTLED_FOR: Span = Span::minutes(10);

/// When to do what.
pub(super) struct Timers {
    due: BTreeSet<(Timestamp, ConversationId)>,
    due_of: BTreeMap<ConversationId, Timestamp>,
    /// First unsaved change, in the order of changing.
    unsaved: BTreeSet<(Seq, ConversationId)>,
    unsaved_of: BTreeMap<ConversationId, Seq>,
    office_unsaved: Option<Seq>,
    save_at: Option<Timestamp>,
    /// When the next stop of the AI ends by itself.
    stop_ends: Option<Timestamp>,
    look_at: Timestamp,
    purge_at: Timestamp,
    /// Settled conversations, by when they are put aside.
    settled: BTreeSet<(Timestamp, ConversationId)>,
    human_held: BTreeSet<ConversationId>,
}

impl Timers {
    pub(super) fn new(desk: &Desk, dirty: BTreeMap<ConversationId, Seq>, office_dirty: bool, now: Timestamp) -> Self {
        let mut timers = Self {
            due: BTreeSet::new(),
            due_of: BTreeMap::new(),
            unsaved: dirty.iter().map(|(id, seq)| (*seq, *id)).collect(),
            unsaved_of: dirty,
            office_unsaved: office_dirty.then_some(Seq(1)),
            save_at: Some(now.plus(SAVE_AFTER)),
            stop_ends: desk.office.next_stop_ends(),
            look_at: now.plus(LOOK_EVERY),
            purge_at: now.plus(Span::minutes(1)),
            settled: BTreeSet::new(),
            human_held: BTreeSet::new(),
        };
        for conversation in desk.conversations.values() {
            timers.schedule(conversation, &desk.office.policy, now);
        }
        timers
    }

    fn schedule(&mut self, conversation: &Conversation, policy: &Policy, now: Timestamp) {
        let id = conversation.card.id;
        if let Some(old) = self.due_of.remove(&id) {
            self.due.remove(&(old, id));
        }
        if let Some(at) = due::next(conversation, policy) {
            self.due.insert((at, id));
            self.due_of.insert(id, at);
        }
        if conversation.card.status.is_resolved() {
            self.settled.insert((now.plus(SETTLED_FOR), id));
        }
        if matches!(conversation.card.holder, Holder::Human(_)) {
            self.human_held.insert(id);
        } else {
            self.human_held.remove(&id);
        }
    }

    pub(super) fn changed(&mut self, conversation: &Conversation, seq: Seq, policy: &Policy, now: Timestamp) {
        let id = conversation.card.id;
        self.schedule(conversation, policy, now);
        if let Entry::Vacant(unsaved) = self.unsaved_of.entry(id) {
            unsaved.insert(seq);
            self.unsaved.insert((seq, id));
        }
        self.save_at = self.save_at.or(Some(now.plus(SAVE_AFTER)));
    }

    pub(super) fn brought_back(&mut self, id: ConversationId, now: Timestamp) {
        self.settled.insert((now.plus(SETTLED_FOR), id));
    }

    pub(super) fn forget(&mut self, id: ConversationId) {
        if let Some(at) = self.due_of.remove(&id) {
            self.due.remove(&(at, id));
        }
        if let Some(seq) = self.unsaved_of.remove(&id) {
            self.unsaved.remove(&(seq, id));
        }
        self.human_held.remove(&id);
    }

    /// The disk refused: what is due is tried again a little later, not at once.
    pub(super) fn fell_back(&mut self, office: &Office, now: Timestamp) {
        self.stop_ends = office.next_stop_ends().map(|at| at.max(now.plus(Span::seconds(5))));
        let late: Vec<_> = self.due.range(..=(now, ConversationId(u64::MAX))).copied().collect();
        for (at, id) in late {
            self.due.remove(&(at, id));
            let again = now.plus(Span::seconds(5));
            self.due.insert((again, id));
            self.due_of.insert(id, again);
        }
        self.look_at = now.plus(LOOK_EVERY);
    }

    pub(super) fn office_changed(&mut self, office: &Office, seq: Seq) {
        self.stop_ends = office.next_stop_ends();
        self.office_unsaved = self.office_unsaved.or(Some(seq));
    }

    /// When the sequencer must wake although nobody asks anything.
    pub(super) fn next(&self, quiet: &[(Quiet, mpsc::Sender<Reply>, Timestamp)], idle: bool) -> Option<Timestamp> {
        let save = self.save_at.filter(|_| idle || self.unsaved.len() as u64 > UNSAVED);
        let settled = self.settled.first().map(|(at, _)| *at);
        [self.due.first().map(|(at, _)| *at), self.stop_ends, save, settled, Some(self.purge_at), Some(self.look_at)]
            .into_iter()
            .flatten()
            .chain(quiet.iter().map(|(_, _, at)| *at))
            .min()
    }

    /// What to save next, `at_most` states of it; `None` if all is saved.
    pub(super) fn checkpoint(&mut self, desk: &Desk, at_most: usize) -> Option<Checkpoint> {
        if self.unsaved.is_empty() && self.office_unsaved.is_none() {
            return None;
        }
        let mut checkpoint = Checkpoint { floor: desk.office.seq, ..Checkpoint::default() };
        if self.office_unsaved.take().is_some() {
            checkpoint.office = Some((desk.office.seq, desk.office.clone()));
        }
        while checkpoint.states.len() < at_most {
            let Some((_, id)) = self.unsaved.pop_first() else { break };
            self.unsaved_of.remove(&id);
            if let Some(conversation) = desk.conversation(id) {
                checkpoint.states.push(State {
                    seq: conversation.card.seq,
                    live: !conversation.card.status.is_resolved(),
                    conversation: conversation.clone(),
                });
            }
        }
        if let Some((first, _)) = self.unsaved.first() {
            checkpoint.floor = Seq(first.0.saturating_sub(1));
        }
        Some(checkpoint)
    }
}

impl Sequencer {
    /// Does what time asks for.
    pub(super) fn on_time(&mut self) {
        self.now = self.now.max(self.clock.now());
        self.end_stops();
        self.do_due();
        if self.timers.look_at <= self.now {
            self.timers.look_at = self.now.plus(LOOK_EVERY);
            self.look_after_holders();
        }
        let now = self.now;
        self.quiet.retain(|(quiet, peer, at)| {
            if *at <= now {
                say_quiet(quiet, peer);
            }
            *at > now
        });
        if self.timers.purge_at <= self.now {
            self.timers.purge_at = self.now.plus(PURGE_EVERY);
            let before = self.now.0.saturating_sub_unsigned(KEYS_FOR.0).max(0).unsigned_abs();
            let job = Job::Purge(CommandId(u128::from(before) << 80));
            // A full queue means that the disk is busy; the next round will do.
            let _ = self.writer.jobs.try_send(job);
        }
        self.save();
        self.put_aside();
    }

    /// Stops of the AI whose time is over end. What is not on disk in the end is tried again.
    fn end_stops(&mut self) {
        if self.timers.stop_ends.is_some_and(|at| at <= self.now) && self.under_way.len() < super::UNDER_WAY {
            self.timers.stop_ends = None;
            self.ask(Actor::Desk, None, &Command::EndStops, ReplyTo::Nobody);
        }
    }

    fn do_due(&mut self) {
        let mut rounds = 0;
        while let Some((_, conversation)) = self.timers.due.first().filter(|(at, _)| *at <= self.now).copied() {
            if self.under_way.len() >= super::UNDER_WAY || rounds > 4_096 {
                break;
            }
            rounds += 1;
            let before = self.desk.office.seq;
            self.ask(Actor::Desk, None, &Command::Tick { conversation }, ReplyTo::Nobody);
            if self.desk.office.seq == before {
                // Nothing came of it: not due after all.
                if let Some(at) = self.timers.due_of.remove(&conversation) {
                    self.timers.due.remove(&(at, conversation));
                }
            }
        }
    }

    fn look_after_holders(&mut self) {
        let seen: BTreeMap<TeammateId, Timestamp> = self.hub.seen();
        let lease = self.desk.office.policy.lease;
        let unseen = |id: TeammateId, now: Timestamp| {
            now.since(seen.get(&id).copied().unwrap_or_else(|| self.hub.started())) >= lease
        };
        let ai_unseen =
            self.desk.office.teammates.values().any(|mate| {
                mate.role == crate::domain::teammate::Role::Ai && !mate.revoked && unseen(mate.id, self.now)
            });
        let suspects: Vec<ConversationId> = if ai_unseen {
            self.desk.conversations.keys().copied().collect()
        } else {
            self.timers.human_held.iter().copied().collect()
        };
        let lost: Vec<(ConversationId, TeammateId)> = suspects
            .into_iter()
            .filter_map(|id| {
                let holder = self.desk.conversation(id)?.card.holder.teammate()?;
                unseen(holder, self.now).then_some((id, holder))
            })
            .collect();
        for (conversation, holder) in lost {
            if self.under_way.len() >= super::UNDER_WAY {
                break;
            }
            let seen = seen.get(&holder).copied().unwrap_or_else(|| self.hub.started());
            self.ask(Actor::Desk, None, &Command::Lapse { conversation, seen }, ReplyTo::Nobody);
        }
    }

    fn save(&mut self) {
        let pressed = self.timers.unsaved.len() as u64 > UNSAVED;
        if !pressed && (self.timers.save_at.is_none_or(|at| at > self.now) || !self.under_way.is_empty()) {
            return;
        }
        match self.timers.checkpoint(&self.desk, SAVE_AT_ONCE) {
            None => self.timers.save_at = None,
            Some(checkpoint) => {
                // After the appends in the same queue, so that it never tells of what is not on disk.
                if self.writer.jobs.try_send(Job::Save(Box::new(checkpoint))).is_err() {
                    tracing::warn!("states were not saved: the disk is busy");
                }
                self.timers.save_at = Some(self.now.plus(Span(20)));
            }
        }
    }

    /// Settled conversations leave the floor and memory; the log keeps them.
    fn put_aside(&mut self) {
        let mut aside = Vec::new();
        while let Some((at, id)) = self.timers.settled.first().copied() {
            if at > self.now {
                break;
            }
            self.timers.settled.remove(&(at, id));
            let settled = self.desk.conversation(id).is_some_and(|it| {
                it.card.status.is_resolved() && !it.outbox.iter().any(|row| row.state.is_open()) && it.turn.is_none()
            });
            let busy = self.under_way.iter().any(|one| one.before.conversations.iter().any(|(of, _)| *of == id));
            if !settled {
                continue;
            }
            if busy || self.timers.unsaved_of.contains_key(&id) {
                self.timers.settled.insert((self.now.plus(Span::seconds(5)), id));
                break;
            }
            self.desk.conversations.remove(&id);
            self.timers.forget(id);
            aside.push(id);
        }
        if !aside.is_empty() {
            self.feed.put_aside(&aside);
        }
    }
}
