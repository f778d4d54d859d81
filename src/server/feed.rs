//! What peers read: cards, the ends of watched talks, growing answers, who is here. Written by the sequencer, after the
//! disk has it.
//!
//! There is no queue for each peer: a peer has a cursor and takes what is new when its line takes it, so a slow line
//! costs freshness and never memory. A peer has a bell, and is woken only by what concerns it. One lock, held for
//! microseconds and never across an await: readers copy references out and write frames afterwards.

use super::tails::Tails;
use crate::{
    domain::{
        attention,
        card::Card,
        ceiling::{Today, Usage},
        desk::{Desk, Office},
        event::Recorded,
        health::{Health, Watch},
        ids::{ConversationId, Digest, Seq, TeammateId},
        mode::Mode,
        teammate::Teammate,
        time::Timestamp,
    },
    protocol::{Present, Scope},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Bound,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{Notify, watch};

/// Cards in one frame: about 60 KiB at most in the usual case.
const CARDS: usize = 96;
/// Cards looked at for one frame.
const LOOKED_AT: usize = 4_096;
/// Removals remembered for peers that come back.
const GONE: usize = 16_384;

/// What wakes a peer. It remembers one ring until it is heard; more than one are one.
pub(super) type Bell = Arc<Notify>;

/// Bells to be rung.
#[must_use]
pub(super) struct Bells(Vec<Bell>);

impl Bells {
    /// Wakes each of these peers, once; who watches a talk comes first in the list and is woken last.
    pub(super) fn ring(self) {
        self.0.iter().rev().for_each(|bell| bell.notify_one());
    }
}

/// Who is to be woken by what.
struct Listener {
    bell: Bell,
    scope: Scope,
}

/// An event as it was committed.
#[derive(Clone, Debug)]
pub(super) struct Published {
    pub(super) recorded: Recorded,
    /// As people's consoles get it.
    pub(super) wire: Arc<str>,
}

/// What one commit changed.
#[derive(Debug, Default)]
pub(super) struct Publication {
    pub(super) head: Seq,
    pub(super) events: Vec<Arc<Published>>,
    pub(super) cards: Vec<Arc<Card>>,
    pub(super) office: Option<Arc<Office>>,
    /// What the AIs used, where that changed. It goes to nobody by itself: too often for that.
    pub(super) today: Option<Arc<Today>>,
}

/// Where a peer is in the cards.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    /// The last card taken.
    after: (Seq, ConversationId),
    /// Up to which removal was told.
    gone: Seq,
    /// Whether the first screen was sent.
    begun: bool,
    /// Cards that a peer of narrow scope has, to tell it when they leave its scope.
    has: HashSet<ConversationId>,
    /// Up to which event the peer was told that it is current.
    pub(super) told: Seq,
}

/// Some cards for a peer.
#[derive(Debug, Default)]
pub(super) struct Hand {
    pub(super) cards: Vec<Arc<Card>>,
    pub(super) gone: Vec<ConversationId>,
    /// With these the peer has everything up to here.
    pub(super) current: Option<Seq>,
}

pub(super) struct Inner {
    head: Seq,
    office: Arc<Office>,
    office_version: u64,
    tokens: HashMap<Digest, TeammateId>,
    cards: HashMap<ConversationId, Arc<Card>>,
    changed: BTreeSet<(Seq, ConversationId)>,
    gone: BTreeMap<Seq, Vec<ConversationId>>,
    /// Removals up to here are forgotten.
    gone_floor: Seq,
    pub(super) tails: Tails,
    listeners: BTreeMap<u64, Listener>,
    present: BTreeMap<u64, Present>,
    present_version: u64,
    health: Watch,
    today: Arc<Today>,
}

/// What peers read.
pub(super) struct Feed {
    inner: Mutex<Inner>,
    /// As in `inner`, to be looked at without the lock.
    office_version: AtomicU64,
    present_version: AtomicU64,
    /// Changes when somebody comes, goes, or looks elsewhere.
    crowd: watch::Sender<u64>,
}

impl Feed {
    /// A feed of the desk as it was loaded.
    pub(super) fn new(desk: &Desk) -> Self {
        let head = desk.office.seq;
        let mut inner = Inner {
            head,
            office: Arc::new(Office::default()),
            office_version: 0,
            tokens: HashMap::new(),
            cards: desk.conversations.iter().map(|(id, it)| (*id, Arc::clone(&it.card))).collect(),
            // From all at once, the tree is packed.
            changed: desk.conversations.values().map(|it| (it.card.seq, it.card.id)).collect(),
            gone: BTreeMap::new(),
            gone_floor: head,
            tails: Tails::default(),
            listeners: BTreeMap::new(),
            present: BTreeMap::new(),
            present_version: 0,
            health: Watch::default(),
            today: Arc::clone(&desk.office.today),
        };
        inner.set_office(&desk.office);
        let office_version = AtomicU64::new(inner.office_version);
        let (present_version, crowd) = (AtomicU64::new(0), watch::Sender::new(0));
        Self { inner: Mutex::new(inner), office_version, present_version, crowd }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while the lock was held cannot leave half a change that matters: the feed is rebuilt from the log.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at or changes the talks' ends.
    pub(super) fn with_tails<T>(&self, act: impl FnOnce(&mut Tails) -> T) -> T {
        act(&mut self.lock().tails)
    }

    /// Changes the end of one talk, and wakes those who watch it.
    pub(super) fn with_tail(&self, conversation: ConversationId, act: impl FnOnce(&mut Tails)) {
        let mut bells = Vec::new();
        let mut inner = self.lock();
        act(&mut inner.tails);
        inner.tails.bells(conversation, &mut bells);
        drop(inner);
        ring(&bells);
    }

    /// A peer begins to listen; its bell. [`leave`](Self::leave) ends it.
    pub(super) fn listen(&self, peer: u64, scope: Scope) -> Bell {
        let bell = Bell::default();
        self.lock().listeners.insert(peer, Listener { bell: Arc::clone(&bell), scope });
        bell
    }

    /// A peer is gone.
    pub(super) fn leave(&self, peer: u64) {
        self.lock().listeners.remove(&peer);
        self.set_present(peer, None);
    }

    /// Resolves when somebody came or went.
    pub(super) fn crowd(&self) -> watch::Receiver<u64> {
        self.crowd.subscribe()
    }

    /// Publishes what is on disk. Whom it concerns is woken when the bells are rung.
    pub(super) fn publish(&self, publication: Publication) -> Bells {
        let mut bells = Vec::new();
        let mut inner = self.lock();
        let moved = publication.head > inner.head;
        inner.head = inner.head.max(publication.head);
        if let Some(office) = &publication.office {
            inner.set_office(office);
            self.office_version.store(inner.office_version, Ordering::Release);
        }
        if let Some(today) = publication.today {
            inner.today = today;
        }
        for event in &publication.events {
            inner.health.take(&event.recorded);
        }
        inner.tails.push(&publication.events, &mut bells);
        for card in publication.cards {
            if card.writing.is_none() {
                inner.tails.stop_growing(card.id);
            }
            inner.put(card);
        }
        if publication.office.is_some() {
            inner.bells(|_| true, &mut bells);
        } else if moved {
            inner.bells(|scope| scope != Scope::None, &mut bells);
        }
        Bells(bells)
    }

    /// How the AIs do, as far as this server has watched, and what all used today, up to the last event.
    pub(super) fn health(&self, at: Timestamp) -> (Vec<Health>, Usage) {
        let inner = self.lock();
        (inner.health.report(at), inner.today.usage(&inner.office.policy.ceilings, at))
    }

    /// Takes in what happened before this server began to watch.
    pub(super) fn remember(&self, earlier: &[Recorded]) {
        let mut inner = self.lock();
        for recorded in earlier {
            inner.health.take(recorded);
        }
    }

    /// Takes settled conversations off the floor.
    pub(super) fn put_aside(&self, ids: &[ConversationId]) {
        let mut inner = self.lock();
        let head = inner.head;
        for id in ids {
            if let Some(card) = inner.cards.remove(id) {
                inner.changed.remove(&(card.seq, *id));
                inner.gone.entry(head).or_default().push(*id);
            }
        }
        while inner.gone.len() > GONE {
            if let Some((seq, _)) = inner.gone.pop_first() {
                inner.gone_floor = seq;
            }
        }
        let mut bells = Vec::new();
        inner.bells(|scope| scope != Scope::None, &mut bells);
        drop(inner);
        ring(&bells);
    }

    /// The desk, without tokens.
    pub(super) fn office(&self) -> Arc<Office> {
        Arc::clone(&self.lock().office)
    }

    /// The number of the desk, which grows when it changes.
    pub(super) fn office_version(&self) -> u64 {
        self.office_version.load(Ordering::Acquire)
    }

    /// The desk, with its number.
    pub(super) fn versioned_office(&self) -> (u64, Arc<Office>) {
        let inner = self.lock();
        (inner.office_version, Arc::clone(&inner.office))
    }

    /// The head of the log.
    pub(super) fn head(&self) -> Seq {
        self.lock().head
    }

    /// Whose token has this hash.
    pub(super) fn whose(&self, token: &Digest) -> Option<Teammate> {
        let inner = self.lock();
        inner.tokens.get(token).and_then(|id| inner.office.present(*id)).cloned()
    }

    /// The card, if it is on the floor.
    pub(super) fn card(&self, id: ConversationId) -> Option<Arc<Card>> {
        self.lock().cards.get(&id).cloned()
    }

    /// The newest cards before `before`, `limit` at most.
    pub(super) fn newest(&self, before: Option<ConversationId>, limit: usize) -> Vec<Arc<Card>> {
        let inner = self.lock();
        let fits = |id: &ConversationId| before.is_none_or(|before| *id < before);
        let mut ids: Vec<ConversationId> = inner.cards.keys().copied().filter(fits).collect();
        if ids.len() > limit {
            ids.select_nth_unstable_by(limit, |one, other| other.cmp(one));
            ids.truncate(limit);
        }
        ids.iter().filter_map(|id| inner.cards.get(id).cloned()).collect()
    }

    /// How many cards are on the floor.
    pub(super) fn count(&self) -> usize {
        self.lock().cards.len()
    }

    /// Whether a peer that was at `seq` can go on from there.
    pub(super) fn can_resume(&self, seq: Seq) -> bool {
        let inner = self.lock();
        (inner.gone_floor..=inner.head).contains(&seq)
    }

    /// A cursor for a peer that begins, or goes on from `seq`.
    pub(super) fn cursor(from: Option<Seq>) -> Cursor {
        match from {
            Some(seq) => Cursor { after: (seq, ConversationId(u64::MAX)), gone: seq, begun: true, ..Cursor::default() },
            None => Cursor::default(),
        }
    }

    /// What a peer has not seen, as much as fits a frame; `None` if there is nothing.
    pub(super) fn take(&self, cursor: &mut Cursor, scope: Scope, me: TeammateId, now: Timestamp) -> Option<Hand> {
        if scope == Scope::None {
            return None;
        }
        if !cursor.begun {
            cursor.begun = true;
            if scope == Scope::All {
                let cards: Vec<Arc<Card>> = self.lock().cards.values().cloned().collect();
                let cards = most_urgent(cards, now);
                if !cards.is_empty() {
                    return Some(Hand { cards, ..Hand::default() });
                }
            }
        }
        let inner = self.lock();
        let mut hand = Hand::default();
        let mut last = cursor.after;
        let mut left = LOOKED_AT;
        for place in inner.changed.range((Bound::Excluded(cursor.after), Bound::Unbounded)) {
            if hand.cards.len() == CARDS || left == 0 {
                break;
            }
            left -= 1;
            last = *place;
            if let Some(card) = inner.cards.get(&place.1)
                && in_scope(card, scope, me, &inner.office, &mut cursor.has)
            {
                hand.cards.push(Arc::clone(card));
            }
        }
        let at_end = inner.changed.last().is_none_or(|end| last >= *end);
        cursor.after = last;
        if at_end {
            for (_, ids) in inner.gone.range((Bound::Excluded(cursor.gone), Bound::Unbounded)) {
                hand.gone.extend(ids);
            }
            hand.current = Some(inner.head);
            cursor.gone = cursor.gone.max(inner.gone.last_key_value().map_or(Seq(0), |(seq, _)| *seq));
        }
        let news = !hand.cards.is_empty() || !hand.gone.is_empty() || (at_end && cursor.told < inner.head);
        if !news && at_end {
            return None;
        }
        if let Some(seq) = hand.current {
            cursor.told = seq;
        }
        Some(hand)
    }

    /// Notes who is here.
    pub(super) fn set_present(&self, peer: u64, present: Option<Present>) {
        let mut inner = self.lock();
        match present {
            Some(present) => {
                inner.present.insert(peer, present);
            }
            None => {
                inner.present.remove(&peer);
            }
        }
        inner.present_version += 1;
        self.present_version.store(inner.present_version, Ordering::Release);
        let mut bells = Vec::new();
        inner.bells(|scope| scope == Scope::All, &mut bells);
        drop(inner);
        ring(&bells);
        self.crowd.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Whether anybody is connected.
    pub(super) fn has_peers(&self) -> bool {
        !self.lock().present.is_empty()
    }

    /// Who is here, with a number that grows when that changes.
    pub(super) fn present(&self) -> (u64, Vec<Present>) {
        let inner = self.lock();
        let mut all: BTreeMap<TeammateId, BTreeSet<ConversationId>> = BTreeMap::new();
        for present in inner.present.values() {
            all.entry(present.teammate).or_default().extend(&present.watching);
        }
        let present = all
            .into_iter()
            .map(|(teammate, watching)| Present { teammate, watching: watching.into_iter().collect() })
            .collect();
        (inner.present_version, present)
    }

    /// The number of the present list alone.
    pub(super) fn present_version(&self) -> u64 {
        self.present_version.load(Ordering::Acquire)
    }
}

/// Wakes each of these peers, once: called without the lock.
fn ring(bells: &[Bell]) {
    for bell in bells {
        bell.notify_one();
    }
}

impl Inner {
    fn set_office(&mut self, office: &Office) {
        self.tokens = office
            .teammates
            .values()
            .filter(|teammate| !teammate.revoked)
            .filter_map(|teammate| teammate.token.map(|token| (token, teammate.id)))
            .collect();
        let mut shown = office.clone();
        // What each customer cost is for nobody's eyes.
        Arc::make_mut(&mut shown.today).customers.clear();
        for teammate in shown.teammates.values_mut() {
            teammate.token = None;
        }
        self.office = Arc::new(shown);
        self.office_version += 1;
    }

    fn bells(&self, which: impl Fn(Scope) -> bool, bells: &mut Vec<Bell>) {
        bells.extend(self.listeners.values().filter(|one| which(one.scope)).map(|one| Arc::clone(&one.bell)));
    }

    fn put(&mut self, card: Arc<Card>) {
        let id = card.id;
        let place = (card.seq, id);
        if let Some(old) = self.cards.insert(id, card) {
            self.changed.remove(&(old.seq, id));
        }
        self.changed.insert(place);
    }
}

/// Whether a peer of this scope gets the card; one that leaves the scope is sent once more, so that the peer lets go.
fn in_scope(card: &Card, scope: Scope, me: TeammateId, office: &Office, has: &mut HashSet<ConversationId>) -> bool {
    match scope {
        Scope::None => false,
        Scope::All => true,
        Scope::Carried => card.connector == me,
        Scope::Ready => {
            let mine = |tool: &str| office.offered(tool).is_some_and(|one| one.by == me);
            if card.ready.iter().any(|ready| mine(&ready.tool)) {
                has.insert(card.id);
                true
            } else {
                has.remove(&card.id)
            }
        }
        Scope::Mine => {
            let shadows = card.mode == Mode::Shadow && office.front_ai() == Some(me);
            let works = card.tasks.iter().any(|given| given.to == me && given.is_open());
            if card.holder.teammate() == Some(me) || shadows || works {
                has.insert(card.id);
                true
            } else {
                has.remove(&card.id)
            }
        }
    }
}

/// The cards that need attention most: the first screen.
fn most_urgent(mut cards: Vec<Arc<Card>>, now: Timestamp) -> Vec<Arc<Card>> {
    if cards.len() > CARDS {
        let mut scored: Vec<_> = cards.into_iter().map(|card| (attention::score(&card, now), card)).collect();
        scored.select_nth_unstable_by(CARDS - 1, |(one, _), (other, _)| other.cmp(one));
        scored.truncate(CARDS);
        cards = scored.into_iter().map(|(_, card)| card).collect();
    }
    cards.sort_by_key(|card| std::cmp::Reverse(attention::score(card, now)));
    cards
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    /// Whether it was rung since it was last heard.
    fn rang(bell: &Bell) -> bool {
        bell.notified().now_or_never().is_some()
    }

    #[test]
    fn peers_are_woken_by_what_concerns_them_and_by_nothing_else() {
        let feed = Feed::new(&Desk::default());
        let (asks, floor) = (feed.listen(1, Scope::None), feed.listen(2, Scope::All));
        feed.publish(Publication { head: Seq(1), ..Publication::default() }).ring();
        assert_eq!((rang(&asks), rang(&floor)), (false, true));
        feed.publish(Publication { head: Seq(1), ..Publication::default() }).ring();
        assert_eq!((rang(&asks), rang(&floor)), (false, false));
        let office = Some(Arc::new(Office::default()));
        let before = feed.office_version();
        feed.publish(Publication { head: Seq(2), office, ..Publication::default() }).ring();
        assert_eq!((rang(&asks), rang(&floor), feed.office_version()), (true, true, before + 1));
        feed.set_present(1, Some(Present { teammate: TeammateId(1), watching: Vec::new() }));
        assert_eq!((rang(&asks), rang(&floor), feed.present_version()), (false, true, 1));
        feed.leave(2);
        feed.publish(Publication { head: Seq(3), ..Publication::default() }).ring();
        assert_eq!((rang(&asks), rang(&floor)), (false, false));
    }
}
