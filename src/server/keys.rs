//! Command keys: the same id again is answered again, not done again.
//!
//! Ids carry the time of their minting. Memory holds every key from a floor on, so a fresh id needs no look at the disk;
//! an older id is looked up in the log. What is in flight is in neither yet, so it is kept apart and never evicted, however
//! old its id. Deliberately not here: how long the log keeps them.

use crate::{
    domain::{
        command::Command,
        ids::{CommandId, TeammateId},
        refusal::Refusal,
    },
    protocol::Answer,
    store::{Done, Key},
};
use std::collections::{BTreeSet, HashMap, hash_map::Entry};

/// Keys held in memory, beside those in flight, of which the sequencer lets no more than a few thousand be.
const HELD: usize = 100_000;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Decided, not yet on disk.
    InFlight,
    /// Done.
    Done(Answer),
    /// Refused; not kept on disk, since nothing happened.
    Refused(Box<Refusal>),
}

/// The keys of the recent past.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// What is in flight, with the digest of each.
    in_flight: HashMap<(CommandId, TeammateId), u64>,
    /// What is settled.
    known: HashMap<(CommandId, TeammateId), (u64, Known)>,
    order: BTreeSet<(CommandId, TeammateId)>,
    floor: CommandId,
}

impl Keys {
    /// Keys from `floor` on, as the log has them.
    pub(super) fn new(floor: CommandId, from_log: Vec<(Key, Done)>) -> Self {
        let mut keys = Self { floor, ..Self::default() };
        for (key, done) in from_log {
            keys.put(key, Known::Done(answer(done)));
        }
        keys
    }

    /// Whether the log must be asked about `id`.
    pub(super) fn is_older(&self, id: CommandId) -> bool {
        id < self.floor
    }

    /// What is known, with the digest of the command.
    pub(super) fn known(&self, by: TeammateId, id: CommandId) -> Option<(u64, Known)> {
        let place = (id, by);
        let in_flight = self.in_flight.get(&place).map(|digest| (*digest, Known::InFlight));
        in_flight.or_else(|| self.known.get(&place).cloned())
    }

    /// Remembers.
    pub(super) fn put(&mut self, key: Key, what: Known) {
        let place = (key.id, key.by);
        if what == Known::InFlight {
            self.in_flight.insert(place, key.digest);
            return;
        }
        self.in_flight.remove(&place);
        match self.known.entry(place) {
            Entry::Occupied(mut known) => {
                known.insert((key.digest, what));
                return;
            }
            Entry::Vacant(fresh) => {
                fresh.insert((key.digest, what));
                self.order.insert(place);
            }
        }
        while self.known.len() > HELD {
            let Some(oldest) = self.order.pop_first() else { break };
            self.known.remove(&oldest);
            self.floor = self.floor.max(CommandId(oldest.0.0.saturating_add(1)));
        }
    }

    /// Forgets: what was decided did not come to be.
    pub(super) fn forget(&mut self, by: TeammateId, id: CommandId) {
        self.in_flight.remove(&(id, by));
        self.known.remove(&(id, by));
        self.order.remove(&(id, by));
    }
}

/// The answer as peers read it.
pub(super) fn answer(done: Done) -> Answer {
    Answer { seq: done.seq, conversation: done.conversation, n: done.n }
}

/// A digest that tells commands apart: against mistakes, not against malice.
pub(super) fn digest_of(command: &Command) -> u64 {
    digest(&serde_json::to_vec(command).unwrap_or_default())
}

/// FNV-1a, 64 bits.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{EntryNo, Seq};

    #[test]
    fn what_is_evicted_is_below_the_floor_and_so_looked_up_on_disk() {
        let mut keys = Keys::default();
        let by = TeammateId(1);
        let done = Known::Done(Answer { seq: Seq(1), conversation: None, n: EntryNo::default() });
        for id in 1..=(HELD as u128 + 10) {
            keys.put(Key { by, id: CommandId(id), digest: 7 }, done.clone());
        }
        for id in 1..=(HELD as u128 + 10) {
            let id = CommandId(id);
            assert!(keys.is_older(id) || keys.known(by, id).is_some(), "{id}");
        }
        assert!(keys.is_older(CommandId(10)));
    }

    #[test]
    fn what_is_in_flight_is_known_until_the_disk_has_it_however_old_its_id() {
        let mut keys = Keys::default();
        let (by, late) = (TeammateId(1), CommandId(5));
        let done = Known::Done(Answer { seq: Seq(1), conversation: None, n: EntryNo::default() });
        keys.put(Key { by, id: late, digest: 9 }, Known::InFlight);
        for id in 100..=(HELD as u128 + 200) {
            keys.put(Key { by, id: CommandId(id), digest: 7 }, done.clone());
        }
        assert!(keys.is_older(late), "the log would be asked, which does not have it yet");
        assert_eq!(keys.known(by, late), Some((9, Known::InFlight)));
        keys.forget(by, late);
        assert_eq!(keys.known(by, late), None);

        // One that comes late to a full house is in flight too, and once it is on disk the log answers for it.
        keys.put(Key { by, id: late, digest: 9 }, Known::InFlight);
        assert_eq!(keys.known(by, late), Some((9, Known::InFlight)));
        keys.put(Key { by, id: late, digest: 9 }, done);
        assert!(keys.is_older(late) || keys.known(by, late).is_some());
        assert!(keys.in_flight.is_empty());
    }
}
