//! The names of things. Each is its own type, so that one is never taken for another.
//!
//! Deliberately not here: how ids come to be. Command ids and log ids are minted outside; the rest are counted by the desk.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number!(
    /// A conversation, counted from 1 in the order of opening. People write it `#42`.
    ConversationId(u64)
);
number!(
    /// A teammate, counted from 1 in the order of joining.
    TeammateId(u32)
);
number!(
    /// The number of an entry in its conversation, from 1, without a gap. Messages, turns, drafts and annotations are named by it.
    EntryNo(u32)
);
number!(
    /// The number of an event in the desk's log, from 1, without a gap.
    Seq(u64)
);
number!(
    /// The fencing number of a conversation: it grows each time the holder changes and never repeats.
    ///
    /// The upper 32 bits are the log's time line (they grow when a log was rewound), the lower 32 count.
    Term(u64)
);
number!(
    /// The number of a message among those the customer may see, from 1, without a gap.
    PublicNo(u32)
);

impl EntryNo {
    /// The entry that follows.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Seq {
    /// The event that follows.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl PublicNo {
    /// The message that follows.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Term {
    /// The term after this one, on the time line `timeline`. Strictly greater than `self`.
    #[must_use]
    pub fn next(self, timeline: u32) -> Self {
        Self(self.0.saturating_add(1).max((u64::from(timeline) << 32) | 1))
    }

    /// The part that people read.
    #[must_use]
    pub fn count(self) -> u32 {
        (self.0 & 0xffff_ffff) as u32
    }
}

impl FromStr for ConversationId {
    type Err = String;

    /// `42` or `#42`.
    fn from_str(said: &str) -> Result<Self, Self::Err> {
        said.trim()
            .trim_start_matches('#')
            .parse()
            .map(Self)
            .map_err(|_| format!("`{said}` is not a conversation: write its number, as in 42 or #42"))
    }
}

macro_rules! wide {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(pub u128);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:032x})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = String;

            /// 32 hexadecimal digits; hyphens, as in a UUID, are allowed.
            fn from_str(said: &str) -> Result<Self, Self::Err> {
                let mut value: u128 = 0;
                let mut digits = 0;
                for byte in said.bytes() {
                    let digit = match byte {
                        b'0'..=b'9' => byte - b'0',
                        b'a'..=b'f' => byte - b'a' + 10,
                        b'A'..=b'F' => byte - b'A' + 10,
                        b'-' => continue,
                        _ => return Err(concat!(stringify!($name), " is 32 hexadecimal digits").to_owned()),
                    };
                    digits += 1;
                    if digits > 32 {
                        return Err(concat!(stringify!($name), " is 32 hexadecimal digits").to_owned());
                    }
                    value = value << 4 | u128::from(digit);
                }
                if digits == 32 {
                    Ok(Self(value))
                } else {
                    Err(concat!(stringify!($name), " is 32 hexadecimal digits").to_owned())
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let said = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                said.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

wide!(
    /// A command's key, minted by whoever asks (a UUID, version 7). The same id again is answered again, not done again.
    CommandId
);
wide!(
    /// The identity of a log. A restored or replaced log has another one.
    LogId
);

impl CommandId {
    /// The milliseconds since 1970 that a version 7 UUID carries.
    #[must_use]
    pub fn minted_ms(self) -> u64 {
        (self.0 >> 80) as u64
    }
}

/// SHA-256 of a secret: what is kept instead of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl FromStr for Digest {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        let wrong = || "a digest is 64 hexadecimal digits".to_owned();
        if said.len() != 64 || !said.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&said[at * 2..at * 2 + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        said.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_grows_and_a_new_time_line_outgrows_every_old_term() {
        let old = Term(7).next(0);
        assert_eq!(old, Term(8));
        let fresh = Term(9).next(2);
        assert_eq!(fresh, Term((2 << 32) | 1));
        assert_eq!(fresh.next(2), Term((2 << 32) | 2));
        assert_eq!(fresh.count(), 1);
    }

    #[test]
    fn a_command_id_reads_what_it_writes_and_refuses_the_rest() {
        let id: CommandId = "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap();
        assert_eq!(id.to_string().parse::<CommandId>(), Ok(id));
        assert_eq!(id.minted_ms(), 0x0190_163d_8694);
        for wrong in ["", "12", "zz", "0190163d8694739baea5966c26f8ad9100"] {
            assert!(wrong.parse::<CommandId>().is_err(), "{wrong}");
        }
    }
}
