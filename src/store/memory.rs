//! The log in memory, for tests and for a desk that leaves nothing behind. It behaves as the one on disk does, but for
//! being there after the process.

use super::{
    Checkpoint, Corrected, Done, Ended, Entry, EventLog, Found, GENESIS, GuidanceRow, Head, Key, Link, LogReader,
    NamedAt, Reviewed, State, States, StoreError, erase, index,
    log::FIRST_TIMED,
    outputs::{self, Judged, Output, Outputs, Rows},
    upcast,
    words::Sought,
};
use crate::domain::{
    conversation::Conversation,
    desk::Office,
    edit::Distance,
    event::{Event, Recorded},
    evidence::{Evidence, Fate},
    guidance::{GuidanceId, Tally, Version},
    ids::{CommandId, ConversationId, EntryNo, LogId, Seq, TeammateId},
    time::Timestamp,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The log of a desk in memory.
#[derive(Debug)]
pub struct MemoryLog {
    kept: Arc<Mutex<Kept>>,
}

/// Reads a [`MemoryLog`], also after it was dropped.
#[derive(Clone, Debug)]
struct MemoryReader {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug)]
struct Kept {
    log: LogId,
    links: Vec<Link>,
    /// The places in `links` of a conversation's events.
    places: BTreeMap<ConversationId, BTreeMap<EntryNo, usize>>,
    keys: BTreeMap<(CommandId, TeammateId), (u64, Done)>,
    states: BTreeMap<ConversationId, State>,
    office: Option<(Seq, Office)>,
    floor: Seq,
    projected: usize,
    /// What became of the AI's answers, as far as the index has come.
    rows: Rows,
}

impl Kept {
    fn head(&self) -> Head {
        self.links.last().map_or(Head { seq: Seq(0), hash: GENESIS }, |last| Head { seq: last.seq, hash: last.hash })
    }

    /// The links after `after`: number `n` lies at place `n - 1`.
    fn after(&self, after: Seq) -> &[Link] {
        usize::try_from(after.0).ok().and_then(|from| self.links.get(from..)).unwrap_or_default()
    }

    /// The links up to where the index has come.
    fn projected(&self) -> &[Link] {
        self.links.get(..self.projected).unwrap_or(&self.links)
    }
}

impl Kept {
    /// Forgets what the index has of a conversation that is erased, and what its saved state says.
    fn forget(&mut self, erasing: &Recorded) {
        let (Some(id), Event::Erased { term }) = (erasing.conversation, &erasing.event) else { return };
        self.rows.forget(id);
        if let Some(state) = self.states.get_mut(&id) {
            state.conversation.erase(erasing, *term);
            state.seq = erasing.seq;
        }
    }

    /// Brings the index forward by `count` events.
    fn take_in(&mut self, count: usize) -> Result<(), StoreError> {
        for at in self.projected..(self.projected + count).min(self.links.len()) {
            let Some(recorded) = self.links.get(at).map(upcast::read).transpose()? else { break };
            outputs::take(&mut Kin { links: &self.links, places: &self.places, rows: &mut self.rows }, &recorded)?;
            self.projected = at + 1;
        }
        Ok(())
    }
}

/// The rows with the log that they follow from.
struct Kin<'a> {
    links: &'a [Link],
    places: &'a BTreeMap<ConversationId, BTreeMap<EntryNo, usize>>,
    rows: &'a mut Rows,
}

impl Outputs for Kin<'_> {
    type Error = StoreError;

    fn event(&mut self, conversation: ConversationId, n: EntryNo) -> Result<Option<Event>, StoreError> {
        let place = self.places.get(&conversation).and_then(|places| places.get(&n));
        let link = place.and_then(|place| self.links.get(*place));
        Ok(link.map(upcast::read).transpose()?.map(|recorded| recorded.event))
    }

    fn reply_between(
        &mut self,
        conversation: ConversationId,
        after: EntryNo,
        before: EntryNo,
    ) -> Result<Option<String>, StoreError> {
        let entries: Vec<EntryNo> = match self.places.get(&conversation) {
            Some(places) if after.next() < before => {
                places.range(after.next()..before).rev().map(|(n, _)| *n).collect()
            }
            _ => Vec::new(),
        };
        for n in entries {
            if let Some(Event::Replied { text, .. }) = self.event(conversation, n)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    fn put(&mut self, output: &Output) -> Result<(), StoreError> {
        self.rows.put(output);
        Ok(())
    }

    fn shadow(&mut self, conversation: ConversationId) -> Result<Option<EntryNo>, StoreError> {
        Ok(self.rows.shadow(conversation))
    }

    fn ended(
        &mut self,
        at: (ConversationId, EntryNo),
        fate: Fate,
        distance: Option<Distance>,
        sent: Option<EntryNo>,
    ) -> Result<(), StoreError> {
        self.rows.ended(at, fate, distance, sent);
        Ok(())
    }

    fn correct(&mut self, correction: &Corrected) -> Result<(), StoreError> {
        self.rows.correct(correction);
        Ok(())
    }

    fn judge(&mut self, conversation: ConversationId, judged: &Judged) -> Result<(), StoreError> {
        self.rows.judge(conversation, judged);
        Ok(())
    }

    fn named(&mut self, named: &NamedAt) -> Result<(), StoreError> {
        self.rows.guidance.name(named);
        Ok(())
    }

    fn guidance(&mut self, event: &Event) -> Result<(), StoreError> {
        self.rows.guidance.take(event);
        Ok(())
    }

    fn withdraw(&mut self, conversation: ConversationId, annotation: EntryNo) -> Result<(), StoreError> {
        self.rows.withdraw(conversation, annotation);
        Ok(())
    }
}

/// A poisoned lock keeps whole values: each change is made after all that can fail.
fn held(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryLog {
    /// An empty log with this identity.
    #[must_use]
    pub fn new(log: LogId) -> Self {
        let kept = Kept {
            log,
            links: Vec::new(),
            places: BTreeMap::new(),
            keys: BTreeMap::new(),
            states: BTreeMap::new(),
            office: None,
            floor: Seq(0),
            projected: 0,
            rows: Rows::default(),
        };
        Self { kept: Arc::new(Mutex::new(kept)) }
    }
}

impl EventLog for MemoryLog {
    fn identity(&self) -> LogId {
        held(&self.kept).log
    }

    fn head(&self) -> Head {
        held(&self.kept).head()
    }

    fn append(&mut self, batch: &[Entry]) -> Result<Head, StoreError> {
        let mut kept = held(&self.kept);
        let mut head = kept.head();
        let mut links = Vec::new();
        let (mut erased, mut gone) = (Vec::new(), Vec::new());
        let (mut numbers, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for entry in batch {
            for stored in &entry.events {
                let (expected, came) = (head.seq.next(), stored.recorded.seq);
                if expected != came {
                    return Err(StoreError::OutOfOrder { expected, came });
                }
                let covers = match stored.recorded.conversation.filter(|_| erase::erases(&stored.recorded)) {
                    Some(id) => {
                        let mut cover = erase::Cover::default();
                        let places = kept.places.get(&id).into_iter().flat_map(BTreeMap::values);
                        for place in places {
                            let Some(link) = kept.links.get(*place) else { continue };
                            let (left, _) = erase::left(link)?;
                            cover.take(&left);
                            erased.push((*place, left));
                        }
                        for link in links.iter_mut().filter(|link: &&mut Link| link.conversation == Some(id)) {
                            (*link, _) = erase::left(link)?;
                            cover.take(link);
                        }
                        gone.push(stored.recorded.clone());
                        Some(cover.digest())
                    }
                    None => None,
                };
                let link = Link::forge(&head.hash, stored, erase::salt()?, covers);
                head = Head { seq: link.seq, hash: link.hash };
                if let Some(id) = link.conversation {
                    let used = kept.places.get(&id).is_some_and(|places| places.contains_key(&link.n));
                    if used || !numbers.insert((id, link.n)) {
                        return Err(StoreError::Clash { source: None });
                    }
                }
                links.push(link);
            }
            if let Some(key) = &entry.key
                && (kept.keys.contains_key(&(key.id, key.by)) || !keys.insert((key.id, key.by)))
            {
                return Err(StoreError::Clash { source: None });
            }
        }
        for (place, left) in erased {
            if let Some(link) = kept.links.get_mut(place) {
                *link = left;
            }
        }
        for erasing in gone {
            kept.forget(&erasing);
        }
        for link in links {
            let place = kept.links.len();
            if let Some(id) = link.conversation {
                kept.places.entry(id).or_default().insert(link.n, place);
            }
            kept.links.push(link);
        }
        for entry in batch {
            if let Some(key) = &entry.key {
                kept.keys.insert((key.id, key.by), (key.digest, entry.done));
            }
        }
        Ok(head)
    }

    fn save(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let mut kept = held(&self.kept);
        let expected = kept.head().seq;
        let newest = checkpoint.states.iter().map(|state| state.seq).chain(checkpoint.office.iter().map(|it| it.0));
        if let Some(came) = newest.chain([checkpoint.floor]).max().filter(|came| *came > expected) {
            return Err(StoreError::OutOfOrder { expected, came });
        }
        for state in &checkpoint.states {
            let id = state.conversation.card.id;
            if kept.states.get(&id).is_none_or(|old| old.seq <= state.seq) {
                kept.states.insert(id, state.clone());
            }
        }
        if let Some(office) = &checkpoint.office
            && kept.office.as_ref().is_none_or(|old| old.0 <= office.0)
        {
            kept.office = Some(office.clone());
        }
        kept.floor = kept.floor.max(checkpoint.floor);
        Ok(())
    }

    fn project(&mut self, limit: usize) -> Result<usize, StoreError> {
        let mut kept = held(&self.kept);
        let done = limit.min(kept.links.len().saturating_sub(kept.projected));
        kept.take_in(done)?;
        Ok(done)
    }

    fn reindex(&mut self) -> Result<(), StoreError> {
        let mut kept = held(&self.kept);
        kept.states.clear();
        kept.office = None;
        kept.floor = Seq(0);
        kept.projected = 0;
        kept.rows = Rows::default();
        let all = kept.links.len();
        kept.take_in(all)
    }

    fn purge_keys(&mut self, before: CommandId) -> Result<usize, StoreError> {
        let mut kept = held(&self.kept);
        let since = i64::try_from(before.minted_ms()).unwrap_or(i64::MAX);
        let first = Seq(kept.links.partition_point(|link| link.at.0 < since) as u64 + 1);
        let all = kept.keys.len();
        kept.keys.retain(|(id, _), (_, done)| *id >= before || (*id < FIRST_TIMED && done.seq >= first));
        Ok(all - kept.keys.len())
    }

    fn renew_identity(&mut self, id: LogId) -> Result<(), StoreError> {
        held(&self.kept).log = id;
        Ok(())
    }

    fn reader(&self) -> Result<Box<dyn LogReader>, StoreError> {
        Ok(Box::new(MemoryReader { kept: Arc::clone(&self.kept) }))
    }
}

impl LogReader for MemoryReader {
    fn identity(&self) -> Result<LogId, StoreError> {
        Ok(held(&self.kept).log)
    }

    fn events(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        held(&self.kept).after(after).iter().take(limit).map(upcast::read).collect()
    }

    fn links(&self, after: Seq, limit: usize) -> Result<Vec<Link>, StoreError> {
        Ok(held(&self.kept).after(after).iter().take(limit).cloned().collect())
    }

    fn can_be_erased(&self, _: ConversationId) -> Result<bool, StoreError> {
        Ok(true)
    }

    fn conversation(
        &self,
        conversation: ConversationId,
        after: EntryNo,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let kept = held(&self.kept);
        let places = kept.places.get(&conversation).into_iter().flat_map(|places| places.range(after.next()..));
        places.take(limit).filter_map(|(_, place)| kept.links.get(*place)).map(upcast::read).collect()
    }

    fn conversation_before(
        &self,
        conversation: ConversationId,
        before: Option<EntryNo>,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let kept = held(&self.kept);
        let mut places: Vec<usize> = kept
            .places
            .get(&conversation)
            .into_iter()
            .flat_map(|places| places.iter().rev())
            .filter(|(n, _)| before.is_none_or(|before| **n < before))
            .take(limit)
            .map(|(_, place)| *place)
            .collect();
        places.reverse();
        places.into_iter().filter_map(|place| kept.links.get(place)).map(upcast::read).collect()
    }

    fn answer(&self, by: TeammateId, id: CommandId) -> Result<Option<(u64, Done)>, StoreError> {
        Ok(held(&self.kept).keys.get(&(id, by)).copied())
    }

    fn answers_since(&self, since: CommandId) -> Result<Vec<(Key, Done)>, StoreError> {
        let kept = held(&self.kept);
        let from = kept.keys.range((since, TeammateId(0))..);
        Ok(from.map(|((id, by), (digest, done))| (Key { by: *by, id: *id, digest: *digest }, *done)).collect())
    }

    fn office(&self) -> Result<Option<(Seq, Office)>, StoreError> {
        Ok(held(&self.kept).office.clone())
    }

    fn floor(&self) -> Result<Seq, StoreError> {
        Ok(held(&self.kept).floor)
    }

    fn for_each_state(&self, which: States, visit: &mut dyn FnMut(Seq, Conversation)) -> Result<(), StoreError> {
        // Copied first, so that the visitor may use the log.
        let states: Vec<State> =
            held(&self.kept).states.values().filter(|state| state.live || which == States::All).cloned().collect();
        for state in states {
            visit(state.seq, state.conversation);
        }
        Ok(())
    }

    fn state(&self, conversation: ConversationId) -> Result<Option<(Seq, Conversation)>, StoreError> {
        let kept = held(&self.kept);
        Ok(kept.states.get(&conversation).map(|state| (state.seq, state.conversation.clone())))
    }

    fn states_before(
        &self,
        before: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<(Seq, Conversation)>, StoreError> {
        let kept = held(&self.kept);
        let newest = kept.states.iter().rev().filter(|(id, _)| before.is_none_or(|before| **id < before));
        Ok(newest.take(limit).map(|(_, state)| (state.seq, state.conversation.clone())).collect())
    }

    fn search(&self, words: &str, before: Option<Seq>, limit: usize) -> Result<Vec<Found>, StoreError> {
        let Some(sought) = Sought::read(words) else { return Ok(Vec::new()) };
        let kept = held(&self.kept);
        let mut hits = Vec::new();
        for link in kept.projected().iter().rev().filter(|link| before.is_none_or(|before| link.seq < before)) {
            if hits.len() >= limit {
                break;
            }
            let recorded = upcast::read(link)?;
            if index::text(&recorded.event).is_some_and(|text| sought.occurs_in(&text)) {
                hits.extend(index::found(&recorded, &sought));
            }
        }
        Ok(hits)
    }

    fn corrections(&self, after: Seq, limit: usize) -> Result<Vec<Corrected>, StoreError> {
        Ok(held(&self.kept).rows.corrections(after, limit))
    }

    fn evidence(&self, since: Timestamp) -> Result<Vec<Evidence>, StoreError> {
        Ok(held(&self.kept).rows.evidence(since))
    }

    fn guidance(&self, before: Option<GuidanceId>, limit: usize) -> Result<Vec<GuidanceRow>, StoreError> {
        let rows = &held(&self.kept).rows;
        Ok(rows.guidance.list(before, limit, &|at| rows.good_of(at)))
    }

    fn guidance_versions(&self, guidance: GuidanceId, limit: usize) -> Result<Vec<(Version, Tally)>, StoreError> {
        let rows = &held(&self.kept).rows;
        Ok(rows.guidance.versions(guidance, limit, &|at| rows.good_of(at)))
    }

    fn guidance_uses(
        &self,
        guidance: GuidanceId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<(NamedAt, Option<bool>)>, StoreError> {
        let rows = &held(&self.kept).rows;
        Ok(rows.guidance.uses(guidance, before, limit, &|at| rows.good_of(at)))
    }

    fn past_turns(&self, topics: &[String], limit: usize) -> Result<Vec<Ended>, StoreError> {
        Ok(held(&self.kept).rows.past_turns(topics, limit))
    }

    fn annotations(&self, after: Seq, limit: usize) -> Result<Vec<Reviewed>, StoreError> {
        let kept = held(&self.kept);
        let mut rows = Vec::new();
        for link in kept.projected().iter().filter(|link| link.seq > after) {
            if rows.len() >= limit {
                break;
            }
            let recorded = upcast::read(link)?;
            if let (Some(message), Some(conversation)) = (index::judged(&recorded.event), recorded.conversation) {
                rows.push(Reviewed { seq: recorded.seq, conversation, message });
            }
        }
        Ok(rows)
    }
}
