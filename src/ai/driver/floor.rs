//! The cards that an AI may answer, and which of them wait for it now.
//!
//! Pure. A mark remembers up to where a conversation was dealt with, so that nothing is begun twice for one state of
//! things. Deliberately not here: the desk's rules; a begin that they refuse does no harm.

use crate::ai::{asking::asks, guidance::Standing};
use crate::domain::{
    card::{Card, Speaker, Status},
    desk::Office,
    guidance::Guidance,
    holder::Holder,
    ids::{ConversationId, EntryNo, Seq, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    stop::Stop,
    task::{Given, State},
    time::Timestamp,
    tool::{Offer, Offered},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// So many times longer is waited where the last line asks nothing.
const TOLD_ONLY: u32 = 5;

/// Up to where a conversation was dealt with.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    asked: EntryNo,
    seq: Seq,
}

/// The cards that an AI may answer.
#[derive(Debug, Default)]
pub(super) struct Floor {
    me: Option<TeammateId>,
    front: bool,
    policy: Arc<Policy>,
    offers: Arc<Vec<Offered>>,
    stops: Vec<Stop>,
    guidance: Arc<Vec<Guidance>>,
    cards: BTreeMap<ConversationId, Card>,
    marks: HashMap<ConversationId, Mark>,
    /// The newest message whose silence is being waited for.
    settling: HashMap<ConversationId, EntryNo>,
    queued: HashSet<ConversationId>,
    /// Tasks that were begun here: none is begun twice.
    tasks: HashSet<(ConversationId, EntryNo)>,
}

impl Floor {
    pub(super) fn welcome(&mut self, me: TeammateId, office: &Office, resumed: bool) {
        self.me = Some(me);
        self.desk(office);
        if !resumed {
            self.cards.clear();
        }
    }

    pub(super) fn desk(&mut self, office: &Office) {
        self.policy = Arc::clone(&office.policy);
        self.offers = Arc::clone(&office.offers);
        self.front = self.me.is_some() && office.front_ai() == self.me;
        let over: Vec<Stop> = self.stops.iter().filter(|stop| office.stop(stop.id).is_none()).cloned().collect();
        if !over.is_empty() {
            // What was dropped or refused under a stop that is over is looked at anew.
            let cards = &self.cards;
            self.marks.retain(|id, _| {
                let card = cards.get(id);
                card.is_some_and(|card| !over.iter().any(|stop| stop.scope.covers(card, None)))
            });
            self.tasks.retain(|(id, _)| {
                let card = cards.get(id);
                card.is_some_and(|card| !over.iter().any(|stop| stop.scope.covers(card, None)))
            });
        }
        self.stops.clone_from(&office.stops);
        self.guidance = Arc::clone(&office.guidance);
    }

    /// The guidance that holds for a topic.
    pub(super) fn holding(&self, topic: Option<&str>) -> Vec<Standing> {
        self.guidance.iter().filter_map(|piece| piece.holding(topic)).map(Standing::from).collect()
    }

    pub(super) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy)
    }

    /// The tools that may be asked for about `topic`.
    pub(super) fn tools(&self, topic: Option<&str>) -> Vec<Offer> {
        let offers = self.offers.iter().map(|one| &one.offer);
        offers.filter(|offer| self.policy.lets_ask(&offer.tool, topic)).cloned().collect()
    }

    pub(super) fn ids(&self) -> Vec<ConversationId> {
        self.cards.keys().copied().collect()
    }

    pub(super) fn card(&self, conversation: ConversationId) -> Option<&Card> {
        self.cards.get(&conversation)
    }

    /// Takes a card; an older one than the one at hand is ignored.
    pub(super) fn put(&mut self, card: Card) {
        if self.cards.get(&card.id).is_none_or(|have| have.seq <= card.seq) {
            self.cards.insert(card.id, card);
        }
    }

    pub(super) fn remove(&mut self, conversation: ConversationId) {
        self.cards.remove(&conversation);
        self.marks.remove(&conversation);
        self.settling.remove(&conversation);
        self.tasks.retain(|(of, _)| *of != conversation);
    }

    fn is_mine(&self, card: &Card) -> bool {
        match card.mode {
            Mode::Off => false,
            Mode::Shadow => self.front,
            Mode::Draft | Mode::Auto => self.me.is_some_and(|me| card.holder == Holder::Ai(me)),
        }
    }

    /// The first task here that waits for this AI, and its time.
    pub(super) fn task(&self, conversation: ConversationId) -> Option<(EntryNo, Option<Timestamp>)> {
        let card = self.cards.get(&conversation)?;
        let waits = |given: &&Given| {
            given.state == State::Waits
                && Some(given.to) == self.me
                && !self.tasks.contains(&(conversation, given.task))
        };
        if card.mode == Mode::Off || card.paused_until.is_some() || self.is_stopped(card) {
            return None;
        }
        card.tasks.iter().filter(waits).min_by_key(|given| given.at).map(|given| (given.task, given.at))
    }

    /// Notes that a task was begun.
    pub(super) fn begin_task(&mut self, conversation: ConversationId, task: EntryNo) {
        self.tasks.insert((conversation, task));
    }

    /// Begins anew with the tasks there: one that the desk did not let begin still waits.
    pub(super) fn forget_tasks(&mut self, conversation: ConversationId) {
        self.tasks.retain(|(of, _)| *of != conversation);
    }

    /// Whether a task may go on.
    pub(super) fn may_do(&self, card: &Card, task: EntryNo) -> bool {
        card.tasks.iter().any(|given| given.task == task && given.is_open() && Some(given.to) == self.me)
    }

    /// Whether this AI is stopped there. The desk refuses what it would do; there is no use in asking.
    fn is_stopped(&self, card: &Card) -> bool {
        self.stops.iter().any(|stop| stop.scope.covers(card, self.me))
    }

    /// Whether a turn asked for under `term` may go on.
    pub(super) fn may_go_on(&self, card: &Card, term: Option<Term>) -> bool {
        self.is_mine(card)
            && !self.is_stopped(card)
            && term.is_none_or(|term| card.term == term)
            && card.paused_until.is_none()
    }

    /// Whether a conversation waits for this AI now.
    pub(super) fn wants(&self, conversation: ConversationId) -> bool {
        let Some(card) = self.cards.get(&conversation) else { return false };
        let free = card.status == Status::Open
            && card.paused_until.is_none()
            && card.draft.is_none()
            && card.writing.is_none();
        // While a call is decided on or runs only what the customer writes since is answered.
        let undecided = card.tool_pending().is_some_and(|tool| card.asked <= tool.answers);
        if undecided || !free || !self.is_mine(card) || self.is_stopped(card) || card.asked == EntryNo(0) {
            return false;
        }
        let mark = self.marks.get(&conversation).copied().unwrap_or_default();
        match card.mode {
            Mode::Shadow => card.asked > mark.asked,
            // The card changed since: a draft was rejected, a pause ended, it was handed back.
            _ if card.tool_pending().is_some() => card.asked > mark.asked,
            // What a person decided is to be gone on with, whatever was answered meanwhile.
            _ if card.tool.is_some() => true,
            _ => card.waiting_since.is_some() && (card.asked > mark.asked || card.seq > mark.seq),
        }
    }

    /// Begins to wait for the end of a burst; the message to wait with, if that is new.
    pub(super) fn begin_settling(&mut self, conversation: ConversationId) -> Option<EntryNo> {
        if !self.wants(conversation) || self.queued.contains(&conversation) {
            return None;
        }
        let asked = self.cards.get(&conversation)?.asked;
        (self.settling.insert(conversation, asked) != Some(asked)).then_some(asked)
    }

    /// The wait with `asked` is over; whether the conversation is to be queued.
    pub(super) fn end_settling(&mut self, conversation: ConversationId, asked: EntryNo) -> bool {
        if self.settling.get(&conversation) != Some(&asked) {
            return false;
        }
        self.settling.remove(&conversation);
        self.wants(conversation) && self.queued.insert(conversation)
    }

    /// How many times longer than usual silence is waited for: a customer who only told something mostly types on.
    pub(super) fn patience(&self, conversation: ConversationId) -> u32 {
        let last = self.cards.get(&conversation).and_then(|card| card.last.as_ref());
        let tells = last.is_some_and(|last| last.speaker == Speaker::Customer && !asks(&last.text));
        if tells { TOLD_ONLY } else { 1 }
    }

    pub(super) fn leave_queue(&mut self, conversation: ConversationId) {
        self.queued.remove(&conversation);
    }

    /// Dealt with up to the message read and the event made; without them, up to the card at hand.
    pub(super) fn mark(&mut self, conversation: ConversationId, upto: Option<(EntryNo, Seq)>) {
        match upto {
            Some((asked, seq)) => {
                self.marks.insert(conversation, Mark { asked, seq });
            }
            None => self.mark_seen(conversation),
        }
    }

    /// Nothing to do before the card changes.
    pub(super) fn mark_seen(&mut self, conversation: ConversationId) {
        if let Some(card) = self.cards.get(&conversation) {
            self.marks.insert(conversation, Mark { asked: card.asked, seq: card.seq });
        }
    }

    pub(super) fn unmark(&mut self, conversation: ConversationId) {
        self.marks.remove(&conversation);
    }
}
