//! One thing that nearly every conversation is without: it takes a word then, and its own place only where it is.
//!
//! Deliberately not a general box: only for small values that are copied out. Lists of this kind are in `seldom`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that is seldom there. Written as the value, or as nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rare<T>(Option<Box<T>>);

impl<T: Copy> Rare<T> {
    /// Without it.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// The value, if it is there.
    #[must_use]
    pub fn get(&self) -> Option<T> {
        self.0.as_deref().copied()
    }

    /// Whether it is there.
    #[must_use]
    pub const fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Whether it is not there.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Whether it is there, and `which` says yes to it.
    pub fn is_some_and(&self, which: impl FnOnce(T) -> bool) -> bool {
        self.get().is_some_and(which)
    }
}

impl<T> From<Option<T>> for Rare<T> {
    fn from(value: Option<T>) -> Self {
        Self(value.map(Box::new))
    }
}

impl<T> From<T> for Rare<T> {
    fn from(value: T) -> Self {
        Self(Some(Box::new(value)))
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Serialize> Serialize for Rare<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rare<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_the_value_or_nothing_and_takes_a_word() {
        let (there, not) = (Rare::from(7_u64), Rare::<u64>::none());
        assert_eq!(
            (serde_json::to_string(&there).unwrap(), serde_json::to_string(&not).unwrap()),
            ("7".into(), "null".into())
        );
        assert_eq!(serde_json::from_str::<Rare<u64>>("7").unwrap(), there);
        assert_eq!(serde_json::from_str::<Rare<u64>>("null").unwrap(), not);
        assert_eq!((there.get(), not.get()), (Some(7), None));
        assert_eq!(size_of::<Rare<[u64; 9]>>(), size_of::<usize>());
    }
}
