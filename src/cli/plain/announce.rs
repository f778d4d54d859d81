//! What is worth a word without being asked: only what needs this person, never what the AI handles well.
//!
//! A pure machine: cards go in, at most one [`Call`] a second comes out. What comes faster is counted and told as a
//! number; what needs nobody any more when its turn comes is not told. Deliberately not here: the words
//! ([`speech`](super::speech)), and clocks.

use crate::domain::{
    attention,
    card::{Card, Status},
    holder::Holder,
    ids::{ConversationId, EntryNo, TeammateId, Term},
    time::{Span, Timestamp},
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

/// Between two calls lies at least this.
const EVERY: Span = Span::seconds(1);

/// Something to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// One needs you.
    Needs(ConversationId),
    /// So many more need you.
    More(usize),
    /// The customer of one that you hold wrote.
    Wrote(ConversationId),
    /// Somebody gave you one.
    Came(ConversationId),
    /// One that you held is somebody else's.
    Left(ConversationId),
}

/// What of a card can need a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Need {
    queued: Option<Term>,
    draft: Option<EntryNo>,
    undelivered: u8,
}

impl Need {
    fn of(card: &Card, me: TeammateId) -> Self {
        if !attention::needs(card, Some(me)) {
            return Self::default();
        }
        Self {
            queued: (card.holder == Holder::Queue).then_some(card.term),
            draft: card.draft.get().map(|draft| draft.draft),
            undelivered: card.signs.undelivered,
        }
    }

    /// Whether something is in it that was not there before.
    fn is_new_after(self, before: Self) -> bool {
        let came = |now: bool, before: bool| now && !before;
        came(self.queued.is_some(), self.queued == before.queued)
            || came(self.draft.is_some(), self.draft == before.draft)
            || self.undelivered > before.undelivered
    }
}

/// A card as it was last looked at.
#[derive(Clone, Copy, Debug)]
struct Seen {
    need: Need,
    mine: bool,
    asked: EntryNo,
}

/// What was seen, and what waits to be said.
#[derive(Debug)]
pub struct Announcer {
    me: TeammateId,
    seen: BTreeMap<ConversationId, Seen>,
    /// Those that newly need somebody. As many as there are cards at most.
    needs: BTreeSet<ConversationId>,
    /// About conversations of one's own, each said by itself: at most three for each.
    own: VecDeque<Call>,
    /// Those that this person is taking, so that their coming is no news.
    taking: BTreeSet<ConversationId>,
    last: Option<Timestamp>,
}

impl Announcer {
    /// For this person; nothing is seen yet.
    pub fn new(me: TeammateId) -> Self {
        Self {
            me,
            seen: BTreeMap::new(),
            needs: BTreeSet::new(),
            own: VecDeque::new(),
            taking: BTreeSet::new(),
            last: None,
        }
    }

    /// Takes note of a card without a word: it stood so at the beginning.
    pub fn known(&mut self, card: &Card) {
        self.seen.insert(card.id, self.sight(card));
    }

    /// Looks at a card that came or changed.
    pub fn look(&mut self, card: &Card) {
        let now = self.sight(card);
        let before = self.seen.insert(card.id, now);
        if now.need.is_new_after(before.map_or(Need::default(), |before| before.need)) {
            self.needs.insert(card.id);
        }
        let was_mine = before.is_some_and(|before| before.mine);
        let taken = now.mine && self.taking.remove(&card.id);
        if now.mine && !was_mine && !taken {
            self.queue(Call::Came(card.id));
        }
        // Cards come a few at a time: between two of them it may have become one's own and the customer written.
        if now.mine && card.waiting_since.is_some() && before.is_some_and(|before| now.asked > before.asked) {
            self.queue(Call::Wrote(card.id));
        }
        if now.mine || !was_mine {
            return;
        }
        // What went to the AI or the queue was handed back, or needs somebody and is told as that.
        if matches!(card.holder, Holder::Human(_)) && card.status == Status::Open {
            self.queue(Call::Left(card.id));
        }
    }

    /// This person is about to take it.
    pub fn taking(&mut self, conversation: ConversationId) {
        if self.seen.get(&conversation).is_none_or(|seen| !seen.mine) {
            self.taking.insert(conversation);
        }
    }

    /// This person did not get it.
    pub fn missed(&mut self, conversation: ConversationId) {
        self.taking.remove(&conversation);
    }

    /// A conversation is no longer on the floor.
    pub fn gone(&mut self, conversation: ConversationId) {
        self.seen.remove(&conversation);
        self.needs.remove(&conversation);
    }

    fn sight(&self, card: &Card) -> Seen {
        Seen { need: Need::of(card, self.me), mine: card.holder.is_human(self.me), asked: card.asked }
    }

    fn queue(&mut self, call: Call) {
        if !self.own.contains(&call) {
            self.own.push_back(call);
        }
    }

    /// In how long something may be said; none while there is nothing to say.
    pub fn due_in(&self, now: Timestamp) -> Option<Duration> {
        if self.needs.is_empty() && self.own.is_empty() {
            return None;
        }
        let passed = self.last.map_or(EVERY, |last| now.since(last));
        Some(Duration::from_millis(EVERY.0.saturating_sub(passed.0)))
    }

    /// What is to be said now, if anything: at most one call a second.
    pub fn take(&mut self, cards: &BTreeMap<ConversationId, Card>, now: Timestamp) -> Option<Call> {
        if self.due_in(now)? > Duration::ZERO {
            return None;
        }
        let me = self.me;
        self.needs.retain(|id| cards.get(id).is_some_and(|card| attention::needs(card, Some(me))));
        let stands = |call: &Call| match call {
            Call::Wrote(id) => {
                cards.get(id).is_some_and(|card| card.holder.is_human(me) && card.waiting_since.is_some())
            }
            Call::Came(id) => cards.get(id).is_some_and(|card| card.holder.is_human(me)),
            Call::Left(id) => cards.get(id).is_some_and(|card| !card.holder.is_human(me)),
            Call::Needs(_) | Call::More(_) => true,
        };
        self.own.retain(stands);
        let call = self.own.pop_front().or_else(|| {
            let needs = std::mem::take(&mut self.needs);
            match (needs.len(), needs.first()) {
                (1, Some(id)) => Some(Call::Needs(*id)),
                (0, _) | (_, None) => None,
                (n, _) => Some(Call::More(n)),
            }
        })?;
        self.last = Some(now);
        Some(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::card::DraftWaits;
    use proptest::prelude::*;

    const ME: TeammateId = TeammateId(1);
    const AI: TeammateId = TeammateId(2);
    const LENA: TeammateId = TeammateId(3);
    const T0: Timestamp = Timestamp(1_000_000);

    fn card(id: u64, holder: Holder) -> Card {
        Card { holder, ..Card::quiet(ConversationId(id), T0) }
    }

    fn waits(card: Card) -> Card {
        Card { waiting_since: Some(T0), ..card }
    }

    fn after(ms: u64) -> Timestamp {
        T0.plus(Span(ms))
    }

    /// An announcer that looked at these, and what it says at these times.
    fn said(cards: &[Card], at: &[u64]) -> Vec<Option<Call>> {
        let mut announcer = Announcer::new(ME);
        for card in cards {
            announcer.look(card);
        }
        let floor = cards.iter().map(|card| (card.id, card.clone())).collect();
        at.iter().map(|ms| announcer.take(&floor, after(*ms))).collect()
    }

    #[test]
    fn what_the_ai_handles_and_what_another_has_is_never_told() {
        let cards = [waits(card(1, Holder::Ai(AI))), waits(card(2, Holder::Human(LENA))), card(3, Holder::Queue)];
        assert_eq!(said(&cards, &[0, 2_000]), [None, None]);
    }

    #[test]
    fn one_is_told_by_itself_and_a_burst_as_a_number() {
        let id = ConversationId;
        assert_eq!(said(&[waits(card(1, Holder::Queue))], &[0, 2_000]), [Some(Call::Needs(id(1))), None]);
        let burst: Vec<Card> = (1..=5).map(|id| waits(card(id, Holder::Queue))).collect();
        assert_eq!(said(&burst, &[0, 2_000]), [Some(Call::More(5)), None]);
    }

    #[test]
    fn what_needs_nobody_any_more_when_its_turn_comes_is_not_told() {
        let mut announcer = Announcer::new(ME);
        announcer.look(&waits(card(1, Holder::Queue)));
        let taken = card(1, Holder::Human(LENA));
        announcer.look(&taken);
        assert_eq!(announcer.take(&[(taken.id, taken)].into(), T0), None);
        assert_eq!(announcer.due_in(T0), None);
    }

    #[test]
    fn the_same_need_is_told_once_and_a_new_draft_again() {
        let mut announcer = Announcer::new(ME);
        let draft = |n| Card {
            draft: Some(DraftWaits {
                draft: EntryNo(n),
                expires_at: after(60_000),
                why: crate::domain::approval::Why::Mode,
            })
            .into(),
            ..card(1, Holder::Ai(AI))
        };
        let mut told = Vec::new();
        for (at, n) in [(0, 3), (2_000, 3), (4_000, 9)] {
            announcer.look(&draft(n));
            told.push(announcer.take(&[(ConversationId(1), draft(n))].into(), after(at)));
        }
        let call = Some(Call::Needs(ConversationId(1)));
        assert_eq!(told, [call, None, call]);
    }

    #[test]
    fn a_customer_of_mine_who_writes_is_told_and_so_is_one_that_was_taken_from_me() {
        let mut announcer = Announcer::new(ME);
        announcer.known(&card(1, Holder::Human(ME)));
        let wrote = Card { asked: EntryNo(7), ..waits(card(1, Holder::Human(ME))) };
        announcer.look(&wrote);
        assert_eq!(announcer.take(&[(wrote.id, wrote.clone())].into(), T0), Some(Call::Wrote(wrote.id)));
        let left = card(1, Holder::Human(LENA));
        announcer.look(&left);
        assert_eq!(announcer.take(&[(left.id, left)].into(), after(1_000)), Some(Call::Left(ConversationId(1))));
    }

    #[test]
    fn what_somebody_gives_me_is_told_and_what_i_take_is_not() {
        let said = |taking: bool| {
            let mut announcer = Announcer::new(ME);
            announcer.known(&card(1, Holder::Human(LENA)));
            if taking {
                announcer.taking(ConversationId(1));
            }
            let mine = card(1, Holder::Human(ME));
            announcer.look(&mine);
            announcer.take(&[(mine.id, mine)].into(), T0)
        };
        assert_eq!((said(false), said(true)), (Some(Call::Came(ConversationId(1))), None));
    }

    proptest! {
        #[test]
        fn at_most_one_call_a_second_and_each_need_is_counted_once(
            comes in prop::collection::vec((1_u64..40, 0_u64..400), 0..80),
        ) {
            let mut announcer = Announcer::new(ME);
            let mut floor = BTreeMap::new();
            let (mut now, mut calls, mut told) = (T0, Vec::new(), 0);
            let mut say = |announcer: &mut Announcer, floor: &BTreeMap<ConversationId, Card>, now| {
                match announcer.take(floor, now) {
                    Some(Call::Needs(_)) => { calls.push(now); told += 1; }
                    Some(Call::More(n)) => { calls.push(now); told += n; }
                    _ => {}
                }
            };
            for (id, wait) in comes {
                now = now.plus(Span(wait));
                let card = waits(card(id, Holder::Queue));
                announcer.look(&card);
                floor.insert(card.id, card);
                say(&mut announcer, &floor, now);
            }
            say(&mut announcer, &floor, now.plus(EVERY));
            prop_assert_eq!(told, floor.len());
            prop_assert!(calls.windows(2).all(|pair| pair[1].since(pair[0]) >= EVERY), "{:?}", calls);
        }
    }
}
