//! All conversations of the desk, in the order of attention, filtered, with a cursor that no arrival moves.
//!
//! Two orders: `all` and, under a filter, `found` are kept sorted by each change; while a person acts, `held` is a copy
//! that stays as it is, and what is new is counted. What is asked for by index ([`Floor::row`]) is always what is shown.
//! 100,000 cards are a usual size: a change whose score stays costs nothing here, another one a move in a vector.
//! Deliberately not here: when the order is held (see `update`), and what a row looks like.

mod counts;
mod cursor;
mod eye;
mod order;
mod scan;

pub use counts::Counts;

use crate::domain::{
    card::Card,
    filter::Filter,
    ids::{ConversationId, TeammateId},
    time::Timestamp,
};
use eye::Eye;
use order::{Place, insert, merge, shift};
use scan::Scan;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// Attention by time is looked at in steps of this many milliseconds, so that an idle console rests.
const STEP: i64 = 10_000;
/// With more changed cards than this in one frame, the orders are sorted once instead of moving each.
const MANY: usize = 64;
/// Names of channels that are shared; a desk has a few.
const CHANNELS: usize = 32;

/// What a row of the list shows.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The conversation.
    pub card: &'a Card,
    /// Its attention score.
    pub score: u8,
    /// Whether a person must act.
    pub needs: bool,
    /// Whether the cursor is on it.
    pub selected: bool,
    /// Whether it is only still here because the order is held or it is selected: shown dimmed.
    pub leaving: bool,
}

#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "five independent facts, a hundred thousand times")]
struct Slot {
    card: Box<Card>,
    /// The step at which its score is looked at again; `i64::MAX` for never.
    due: i64,
    /// The score by which it stands in the orders.
    score: u8,
    /// Whether a person must act.
    needs: bool,
    /// Whether it is open, or its sleep is over.
    awake: bool,
    /// Whether the list should have it: awake, and under a filter found.
    listed: bool,
    /// Whether the list has it nevertheless, since the cursor is on it.
    stuck: bool,
    /// Whether the server says that it is no longer on the floor.
    gone: bool,
}

impl Slot {
    fn place(&self) -> Place {
        Place { below: u8::MAX - self.score, id: self.card.id }
    }

    /// Whether it stands in `needing`.
    fn calls(&self) -> bool {
        self.needs && self.awake && !self.gone
    }

    /// All that the orders know of it.
    fn standing(&self) -> (Place, (bool, bool), bool) {
        (self.place(), self.stands(), self.calls())
    }

    /// Whether it stands in `all`, and in `found`.
    fn stands(&self) -> (bool, bool) {
        (self.awake || self.stuck, self.listed || self.stuck)
    }
}

/// What a filter is asked with.
#[derive(Clone, Debug)]
struct Sieve {
    words: String,
    filter: Filter,
    /// Whether it asks for conversations that sleep or are settled.
    wide: bool,
}

/// Whom filters mean by `me` and by names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct People {
    /// Who sits here.
    pub me: Option<TeammateId>,
    /// All by name.
    pub names: BTreeMap<TeammateId, String>,
}

/// All conversations of the desk.
#[derive(Clone, Debug, Default)]
pub struct Floor {
    slots: HashMap<ConversationId, Slot>,
    all: Vec<Place>,
    found: Option<Vec<Place>>,
    /// Those that need the person who sits here.
    needing: Vec<Place>,
    held: Option<Vec<ConversationId>>,
    /// Conversations that are stuck or gone: looked at when the order is released.
    leaving: Vec<ConversationId>,
    fresh: usize,
    selected: Option<ConversationId>,
    cursor: usize,
    top: usize,
    /// How many rows are in sight.
    window: usize,
    /// A conversation that was selected before all was read anew.
    wanted: Option<ConversationId>,
    /// Whether the cursor keeps to its conversation; before that it keeps to the first row.
    anchored: bool,
    sieve: Option<Sieve>,
    people: People,
    scan: Option<Scan>,
    counts: Counts,
    /// Names of channels, which cards share: each comes with its own from the line.
    channels: Vec<Arc<str>>,
    /// Those with tasks of AIs.
    tasked: BTreeSet<ConversationId>,
    due: BTreeMap<i64, Vec<ConversationId>>,
}

impl Floor {
    /// How many rows the list has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.as_ref().map_or_else(|| self.order().len(), Vec::len)
    }

    /// Whether the list has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at an index of the list.
    #[must_use]
    pub fn row(&self, at: usize) -> Option<Row<'_>> {
        let id = self.id_at(at)?;
        let slot = self.slots.get(&id)?;
        Some(Row {
            card: &slot.card,
            score: slot.score,
            needs: slot.needs,
            selected: Some(id) == self.selected,
            leaving: slot.gone || !slot.listed,
        })
    }

    /// The rows that are in sight, from `top`.
    pub fn rows(&self, how_many: usize) -> impl Iterator<Item = Row<'_>> {
        (self.top..self.len().min(self.top.saturating_add(how_many))).filter_map(|at| self.row(at))
    }

    /// The card of a conversation, listed or not.
    #[must_use]
    pub fn card(&self, id: ConversationId) -> Option<&Card> {
        self.slots.get(&id).map(|slot| &*slot.card)
    }

    /// The attention score of a conversation, as the list shows it.
    #[must_use]
    pub fn score(&self, id: ConversationId) -> Option<u8> {
        self.slots.get(&id).map(|slot| slot.score)
    }

    /// The cards of all that are awake, by attention, whatever the filter.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.all.iter().filter_map(|place| self.slots.get(&place.id)).map(|slot| &*slot.card)
    }

    /// The cards of all that are here, the sleeping and the settled too, in no order, whatever the filter.
    pub fn each(&self) -> impl Iterator<Item = &Card> {
        self.slots.values().filter(|slot| !slot.gone).map(|slot| &*slot.card)
    }

    /// The cards that need the person who sits here, by attention, whatever the filter.
    pub fn needing(&self) -> impl Iterator<Item = &Card> {
        self.needing.iter().filter_map(|place| self.slots.get(&place.id)).map(|slot| &*slot.card)
    }

    /// The cards with tasks of AIs, in the order of their numbers.
    pub fn with_tasks(&self) -> impl Iterator<Item = &Card> {
        self.tasked.iter().filter_map(|id| self.slots.get(id)).filter(|slot| !slot.gone).map(|slot| &*slot.card)
    }

    /// The conversation under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<ConversationId> {
        self.selected
    }

    /// The index of the row under the cursor.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The index of the first row in sight.
    #[must_use]
    pub fn top(&self) -> usize {
        self.top
    }

    /// Whether the order is held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// How many conversations came that the held order does not show.
    #[must_use]
    pub fn fresh(&self) -> usize {
        self.fresh
    }

    /// The words of the filter, as typed.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        self.sieve.as_ref().map(|sieve| sieve.words.as_str())
    }

    /// While a filter is still looking: how many of the conversations it has looked at, in hundredths.
    #[must_use]
    pub fn scanned(&self) -> Option<u8> {
        self.scan.as_ref().map(Scan::hundredths)
    }

    /// Numbers for the header.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    fn order(&self) -> &Vec<Place> {
        self.found.as_ref().unwrap_or(&self.all)
    }

    fn id_at(&self, at: usize) -> Option<ConversationId> {
        match &self.held {
            Some(held) => held.get(at).copied(),
            None => self.order().get(at).map(|place| place.id),
        }
    }

    fn index_of(&self, id: ConversationId) -> Option<usize> {
        if let Some(held) = &self.held {
            return held.iter().position(|one| *one == id);
        }
        let place = self.slots.get(&id)?.place();
        self.order().binary_search(&place).ok()
    }

    // What the server tells.

    /// Takes cards that are new or changed, and forgets those that are gone. The newest card wins, so the order of
    /// arrival does not matter.
    pub(crate) fn take(&mut self, cards: Vec<Card>, gone: &[ConversationId], now: Timestamp) {
        let when = if cards.len() > MANY { Sort::Later } else { Sort::Now };
        let mut moved = false;
        let mut new = Vec::new();
        for card in cards {
            if when == Sort::Later && !self.slots.contains_key(&card.id) {
                new.push(card.id);
            }
            moved |= self.take_one(card, now, when);
        }
        if when == Sort::Later {
            self.sort_anew(moved, &new);
        }
        for id in gone {
            self.lose(*id);
        }
        self.settle();
    }

    /// Takes one card. Whether one that was known stands elsewhere now.
    fn take_one(&mut self, mut card: Card, now: Timestamp, when: Sort) -> bool {
        let id = card.id;
        match self.channels.iter().find(|known| **known == card.channel) {
            Some(known) => card.channel = Arc::clone(known),
            None if self.channels.len() < CHANNELS => self.channels.push(Arc::clone(&card.channel)),
            None => {}
        }
        if card.tasks.is_empty() {
            self.tasked.remove(&id);
        } else {
            self.tasked.insert(id);
        }
        match self.slots.get(&id) {
            None => {
                let slot = Slot {
                    card: Box::new(card),
                    due: i64::MAX,
                    score: 0,
                    needs: false,
                    awake: false,
                    listed: false,
                    stuck: false,
                    gone: false,
                };
                self.slots.insert(id, slot);
                self.change(id, when, |slot, eye| eye.look(slot, now));
                if self.held.is_some() && self.slots.get(&id).is_some_and(|slot| slot.listed) {
                    self.fresh += 1;
                }
                false
            }
            Some(slot) if card.seq < slot.card.seq && !slot.gone => false,
            Some(slot) => {
                let (was_listed, stood) = (slot.listed, slot.standing());
                self.change(id, when, |slot, eye| {
                    *slot.card = card;
                    slot.gone = false;
                    eye.look(slot, now);
                });
                let Some(slot) = self.slots.get(&id) else { return true };
                let (is_listed, moved) = (slot.listed, slot.standing() != stood);
                if is_listed && !was_listed && self.held.as_ref().is_some_and(|held| !held.contains(&id)) {
                    self.fresh += 1;
                }
                moved
            }
        }
    }

    /// Changes one slot and keeps counts, orders and due times right.
    fn change(&mut self, id: ConversationId, when: Sort, how: impl FnOnce(&mut Slot, &Eye<'_>)) {
        let Some(slot) = self.slots.get_mut(&id) else { return };
        let (place, stood, called, was_due) = (slot.place(), slot.stands(), slot.calls(), slot.due);
        self.counts.remove(&slot.card, slot.needs, slot.awake);
        how(slot, &Eye { sieve: self.sieve.as_ref(), people: &self.people });
        // The row under the cursor is not taken away; it goes when the cursor has left it.
        let stood_there = if self.found.is_some() { stood.1 } else { stood.0 };
        if slot.listed {
            slot.stuck = false;
        } else if stood_there && self.held.is_none() && self.selected == Some(id) && !slot.stuck && self.anchored {
            slot.stuck = true;
            self.leaving.push(id);
        }
        self.counts.add(&slot.card, slot.needs, slot.awake);
        if slot.due != was_due && slot.due != i64::MAX {
            self.due.entry(slot.due).or_default().push(id);
        }
        if when == Sort::Now {
            let (after, stands) = (slot.place(), slot.stands());
            shift(&mut self.needing, place, after, called, slot.calls());
            shift(&mut self.all, place, after, stood.0, stands.0);
            if let Some(found) = &mut self.found {
                shift(found, place, after, stood.1, stands.1);
            }
        }
    }

    /// Sorts both orders anew after many changes; `moved` says whether places that were known changed, `new` which came.
    fn sort_anew(&mut self, moved: bool, new: &[ConversationId]) {
        let slots = &self.slots;
        let anew = |order: &mut Vec<Place>, in_it: fn(&Slot) -> bool| {
            if moved || order.is_empty() {
                order.clear();
                order.extend(slots.values().filter(|slot| in_it(slot)).map(Slot::place));
                order.sort_unstable();
            } else {
                // Only new ones came: what is there is in order, so the new ones are sorted and merged in.
                let came = new.iter().filter_map(|id| slots.get(id)).filter(|slot| in_it(slot));
                let mut came: Vec<Place> = came.map(Slot::place).collect();
                came.sort_unstable();
                merge(order, &came);
            }
        };
        anew(&mut self.all, |slot| slot.stands().0);
        anew(&mut self.needing, Slot::calls);
        if let Some(found) = &mut self.found {
            anew(found, |slot| slot.stands().1);
        }
    }

    /// The server says that a conversation is no longer on the floor. It stays in sight while the order is held or the
    /// cursor is on it.
    fn lose(&mut self, id: ConversationId) {
        if self.slots.get(&id).is_none_or(|slot| slot.gone) {
            return;
        }
        self.change(id, Sort::Now, |slot, _| {
            (slot.gone, slot.awake, slot.listed, slot.due) = (true, false, false, i64::MAX);
        });
        if self.held.is_some() || self.slots.get(&id).is_some_and(|slot| slot.stuck) {
            self.leaving.push(id);
        } else {
            self.slots.remove(&id);
        }
    }

    /// Forgets everything but the filter: another log.
    pub(crate) fn clear(&mut self) {
        let sieve = self.sieve.take();
        *self = Self {
            found: sieve.as_ref().map(|_| Vec::new()),
            sieve,
            people: std::mem::take(&mut self.people),
            window: self.window,
            ..Self::default()
        };
    }

    /// Whom filters mean by `me` and by names. Whether that changed.
    pub(crate) fn meet(&mut self, people: People) -> bool {
        let changed = self.people != people;
        self.people = people;
        changed
    }

    // Time.

    /// Looks again at what becomes due by `now`. Whether anything changed.
    pub(crate) fn pass(&mut self, now: Timestamp) -> bool {
        let mut changed = false;
        while let Some(entry) = self.due.first_entry() {
            let step = *entry.key();
            if step.saturating_mul(STEP) > now.0 {
                break;
            }
            for id in entry.remove() {
                let Some(slot) = self.slots.get(&id).filter(|slot| slot.due == step && !slot.gone) else { continue };
                let before = (slot.score, slot.needs, slot.awake, slot.listed);
                self.change(id, Sort::Now, |slot, eye| {
                    eye.look(slot, now);
                    // Never the same step again, or this would not end.
                    slot.due = slot.due.max(step.saturating_add(1));
                });
                changed |=
                    self.slots.get(&id).is_some_and(|slot| (slot.score, slot.needs, slot.awake, slot.listed) != before);
            }
        }
        if changed {
            self.settle();
        }
        changed
    }

    /// When something becomes due next.
    #[must_use]
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.due.first_key_value().map(|(step, _)| Timestamp(step.saturating_mul(STEP)))
    }
}

/// When the orders are put right after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Now,
    /// By whoever makes many changes, at their end.
    Later,
}

#[cfg(test)]
mod tests;
