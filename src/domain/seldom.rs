//! A list that nearly every conversation leaves empty: it takes a word then, where a `Vec` takes three.
//!
//! Deliberately not a general list: only what the fold needs.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Deref;

/// A list that is seldom anything but empty. Written as a list; reads as a slice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::box_collection, reason = "the box is what makes an empty one small")]
pub struct Seldom<T>(Option<Box<Vec<T>>>);

impl<T> Seldom<T> {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // An empty list is never kept, so that lists with the same content are alike.
        self.0.is_none()
    }

    /// Adds one at the end.
    pub fn push(&mut self, one: T) {
        match &mut self.0 {
            Some(list) => list.push(one),
            None => self.0 = Some(Box::new(vec![one])),
        }
    }

    /// Keeps those that `which` says yes to.
    pub fn retain(&mut self, which: impl FnMut(&T) -> bool) {
        if let Some(list) = &mut self.0 {
            list.retain(which);
            if list.is_empty() {
                self.0 = None;
            }
        }
    }

    /// Removes the oldest ones, so that `at_most` are left.
    pub fn keep_newest(&mut self, at_most: usize) {
        if let Some(list) = &mut self.0 {
            list.drain(..list.len().saturating_sub(at_most));
            if list.is_empty() {
                self.0 = None;
            }
        }
    }

    /// Gives back what it holds in reserve.
    pub fn shrink_to_fit(&mut self) {
        if let Some(list) = &mut self.0 {
            list.shrink_to_fit();
        }
    }
}

impl<T> Default for Seldom<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for Seldom<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl<T> From<Vec<T>> for Seldom<T> {
    fn from(list: Vec<T>) -> Self {
        Self((!list.is_empty()).then(|| Box::new(list)))
    }
}

impl<T> FromIterator<T> for Seldom<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        Vec::from_iter(all).into()
    }
}

impl<T: Serialize> Serialize for Seldom<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Seldom<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Vec::deserialize(deserializer)?;
        list.shrink_to_fit();
        Ok(list.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_holds_what_a_list_would_and_reads_what_it_writes(
            pushed in proptest::collection::vec(0_u8..8, 0..12), odd in any::<bool>(), left in 0_usize..6,
        ) {
            let (mut seldom, mut list) = (Seldom::new(), Vec::new());
            for one in pushed {
                seldom.push(one);
                list.push(one);
            }
            let which = |one: &u8| one.is_multiple_of(2) != odd;
            seldom.retain(which);
            list.retain(which);
            seldom.keep_newest(left);
            list.drain(..list.len().saturating_sub(left));
            prop_assert_eq!(&*seldom, list.as_slice());
            prop_assert_eq!(seldom.is_empty(), list.is_empty());
            let written = serde_json::to_string(&seldom).unwrap();
            prop_assert_eq!(&written, &serde_json::to_string(&list).unwrap());
            prop_assert_eq!(serde_json::from_str::<Seldom<u8>>(&written).unwrap(), seldom.clone());
            prop_assert_eq!(Seldom::from(list), seldom);
        }
    }

    #[test]
    fn an_empty_one_takes_a_word() {
        assert_eq!(size_of::<Seldom<[u64; 9]>>(), size_of::<usize>());
    }
}
