//! A filter at work: it looks at so many conversations a step, in the order of attention, so that the first results
//! are there at once however many conversations there are.

use super::{Eye, Floor, Sieve, insert};
use crate::domain::{filter::Filter, ids::ConversationId, time::Timestamp};

/// How many conversations are looked at in one step: well under a frame's time.
const CHUNK: usize = 4_000;

#[derive(Clone, Debug)]
pub(super) struct Scan {
    todo: Vec<ConversationId>,
    next: usize,
    /// The conversation that was selected when the filter changed: selected again when it is found.
    wanted: Option<ConversationId>,
}

impl Scan {
    pub(super) fn hundredths(&self) -> u8 {
        u8::try_from(self.next * 100 / self.todo.len().max(1)).unwrap_or(100)
    }
}

impl Floor {
    /// Sets or clears the filter; the order is no longer held. Call [`scan_on`](Self::scan_on) while it is
    /// [`scanned`](Self::scanned).
    pub(crate) fn set_filter(&mut self, words: &str, filter: Option<Filter>, now: Timestamp) {
        let wanted = self.scan.take().map_or(self.selected, |scan| scan.wanted);
        self.held = None;
        self.fresh = 0;
        self.selected = None;
        self.let_go();
        let Some(filter) = filter.filter(|filter| !filter.is_empty()) else {
            self.sieve = None;
            self.found = None;
            for slot in self.slots.values_mut() {
                slot.listed = slot.awake;
            }
            self.reselect(wanted);
            return;
        };
        let wide = ["is:resolved", "is:snoozed", "is:open"].iter().any(|asks| words.contains(asks));
        self.sieve = Some(Sieve { words: words.to_owned(), filter, wide });
        self.found = Some(Vec::new());
        for slot in self.slots.values_mut() {
            slot.listed = false;
        }
        let mut todo: Vec<ConversationId> = self.all.iter().map(|place| place.id).collect();
        if wide {
            todo.extend(self.slots.values().filter(|slot| !slot.awake).map(|slot| slot.card.id));
        }
        self.scan = Some(Scan { todo, next: 0, wanted });
        self.scan_on(now);
    }

    /// Looks at some more conversations. Whether there are more to look at.
    pub(crate) fn scan_on(&mut self, now: Timestamp) -> bool {
        let (Some(mut scan), Some(found)) = (self.scan.take(), self.found.as_mut()) else { return false };
        let eye = Eye { sieve: self.sieve.as_ref(), people: &self.people };
        let end = (scan.next + CHUNK).min(scan.todo.len());
        for id in scan.todo.get(scan.next..end).unwrap_or_default() {
            let Some(slot) = self.slots.get_mut(id) else { continue };
            if !slot.listed && !slot.gone && eye.lists(&slot.card, slot.awake, now) {
                slot.listed = true;
                let place = slot.place();
                if found.last().is_none_or(|last| *last < place) {
                    found.push(place);
                } else {
                    insert(found, place, true);
                }
            }
        }
        scan.next = end;
        let wanted = scan.wanted;
        let more = end < scan.todo.len();
        self.scan = more.then_some(scan);
        self.reselect(wanted);
        more
    }

    fn reselect(&mut self, wanted: Option<ConversationId>) {
        let at = wanted.and_then(|id| self.index_of(id)).unwrap_or(0);
        self.top = 0;
        self.go(at);
    }
}
