//! How long to wait before coming back: longer each time, and never all at once.
//!
//! Full jitter: a wait is drawn evenly between nothing and a ceiling that doubles from 0.25 s to 20 s, so that a thousand
//! peers cut by one restart come back spread out. Pure: randomness comes in as an argument. Deliberately not here: waiting.

use std::time::Duration;

/// The first ceiling.
pub const FIRST: Duration = Duration::from_millis(250);
/// The last ceiling.
pub const LAST: Duration = Duration::from_secs(20);

/// The waits between attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    ceiling: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { ceiling: FIRST }
    }
}

impl Backoff {
    /// How long to wait before the next attempt, drawn by `random` (all of its 64 bits count).
    pub fn next(&mut self, random: u64) -> Duration {
        let ceiling = self.ceiling.as_millis();
        self.ceiling = (self.ceiling * 2).min(LAST);
        // The product fits: ceilings are below 2^15 milliseconds. Its upper half is below the ceiling.
        let wait = (ceiling * u128::from(random)) >> 64;
        Duration::from_millis(u64::try_from(wait).unwrap_or(u64::MAX))
    }

    /// Begins anew, after a line that lived.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ceiling_doubles_up_to_twenty_seconds_and_begins_anew_after_a_reset() {
        let mut backoff = Backoff::default();
        let ceilings: Vec<u128> = (0..9).map(|_| backoff.next(u64::MAX).as_millis() + 1).collect();
        assert_eq!(ceilings, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
        backoff.reset();
        assert_eq!(backoff, Backoff::default());
    }

    proptest! {
        #[test]
        fn a_wait_is_never_longer_than_twenty_seconds(randoms in prop::collection::vec(any::<u64>(), 0..64)) {
            let mut backoff = Backoff::default();
            for random in randoms {
                prop_assert!(backoff.next(random) <= LAST);
            }
        }
    }
}
