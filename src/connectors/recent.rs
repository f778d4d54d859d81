//! A bounded memory that forgets what was not used for longest. Deliberately not here: time and locks.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

/// At most so many values, by key; the least recently used goes first.
#[derive(Clone, Debug)]
pub struct Recent<K, V> {
    values: HashMap<K, (u64, V)>,
    by_use: BTreeMap<u64, K>,
    uses: u64,
    room: usize,
}

impl<K: Clone + Eq + Hash, V> Recent<K, V> {
    /// An empty one with room for `room` values, one at least.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self { values: HashMap::new(), by_use: BTreeMap::new(), uses: 0, room: room.max(1) }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value, which counts as used by that.
    pub fn find(&mut self, key: &K) -> Option<&mut V> {
        let (used, value) = self.values.get_mut(key)?;
        self.by_use.remove(used);
        self.uses += 1;
        *used = self.uses;
        self.by_use.insert(self.uses, key.clone());
        Some(value)
    }

    /// Keeps a value, in the place of an earlier one with this key.
    pub fn keep(&mut self, key: K, value: V) {
        self.forget(&key);
        self.uses += 1;
        self.by_use.insert(self.uses, key.clone());
        self.values.insert(key, (self.uses, value));
        while self.values.len() > self.room {
            let Some((_, oldest)) = self.by_use.pop_first() else { return };
            self.values.remove(&oldest);
        }
    }

    /// Takes a value out.
    pub fn forget(&mut self, key: &K) -> Option<V> {
        let (used, value) = self.values.remove(key)?;
        self.by_use.remove(&used);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_is_forgotten_first() {
        let mut recent = Recent::new(2);
        recent.keep(1, "a");
        recent.keep(2, "b");
        assert_eq!(recent.find(&1), Some(&mut "a"));
        recent.keep(3, "c");
        assert_eq!(
            (recent.find(&1).copied(), recent.find(&2).copied(), recent.find(&3).copied()),
            (Some("a"), None, Some("c"))
        );
        recent.keep(3, "d");
        assert_eq!((recent.len(), recent.forget(&3), recent.forget(&3)), (2, Some("d"), None));
    }
}
