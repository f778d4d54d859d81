//! When to try the same endpoint again: only where nothing of an answer was passed on, with jitter, within the time left.
//!
//! Pure: chance and time come in. Deliberately not here: other endpoints (see [`openai`](super)).

use super::fault::{Fault, Help};
use std::time::Duration;

/// Attempts at one endpoint for one answer, at most.
pub const ATTEMPTS: u32 = 3;
/// The longest first wait; it doubles.
const BASE: Duration = Duration::from_millis(250);
/// No wait is longer, but one that the endpoint asks for.
const CAP: Duration = Duration::from_secs(2);

/// The attempts of one answer at one endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    failed: u32,
}

impl Retry {
    /// How long to wait before the next attempt after `fault`; `None`: no more here. `passed_on`: whether pieces of the
    /// answer went out already. `dice`: any number. `left`: the time that is left for this endpoint.
    pub fn wait(&mut self, fault: &Fault, passed_on: PassedOn, dice: u64, left: Duration) -> Option<Duration> {
        self.failed += 1;
        if passed_on == PassedOn::Something || self.failed >= ATTEMPTS {
            return None;
        }
        let most = BASE.saturating_mul(1 << (self.failed - 1).min(8)).min(CAP);
        // Full jitter: those who failed together do not come back together.
        let jitter = most.mul_f64(share(dice));
        let wait = match fault.help() {
            Help::Elsewhere => return None,
            Help::Soon => jitter,
            Help::After(after) => after + jitter.min(Duration::from_millis(250)),
        };
        // An attempt needs time itself: a wait that leaves none is none.
        (wait < left.mul_f64(0.6)).then_some(wait)
    }
}

/// Whether those who watch have seen something of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassedOn {
    /// Nothing yet.
    Nothing,
    /// Some pieces.
    Something,
}

/// Between 0 and 1.
fn share(dice: u64) -> f64 {
    f64::from(u32::try_from(dice >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LONG: Duration = Duration::from_secs(50);

    #[test]
    fn what_was_passed_on_and_what_would_fail_again_is_not_tried_again() {
        let broken = Fault::Broken { status: 500, words: String::new(), after: None };
        let unauthorized = Fault::Unauthorized { status: 401, words: String::new() };
        assert_eq!(Retry::default().wait(&broken, PassedOn::Something, 0, LONG), None);
        assert_eq!(Retry::default().wait(&unauthorized, PassedOn::Nothing, 0, LONG), None);
        assert_eq!(Retry::default().wait(&broken, PassedOn::Nothing, u64::MAX, LONG), Some(BASE));
        let mut retry = Retry::default();
        let waits: Vec<_> = (0..4).map(|_| retry.wait(&broken, PassedOn::Nothing, u64::MAX, LONG)).collect();
        assert_eq!(waits, [Some(BASE), Some(BASE * 2), None, None]);
    }

    #[test]
    fn a_time_to_come_back_is_kept_if_it_leaves_time_to_answer() {
        let asks = |seconds| Fault::TooMany { words: String::new(), after: Some(Duration::from_secs(seconds)) };
        assert_eq!(Retry::default().wait(&asks(4), PassedOn::Nothing, 0, LONG), Some(Duration::from_secs(4)));
        assert_eq!(Retry::default().wait(&asks(60), PassedOn::Nothing, 0, LONG), None);
    }

    proptest! {
        #[test]
        fn waits_are_bounded_and_end(dice in any::<u64>(), left in 0_u64..100_000) {
            let left = Duration::from_millis(left);
            let mut retry = Retry::default();
            let mut waits = 0;
            while let Some(wait) = retry.wait(&Fault::Empty, PassedOn::Nothing, dice, left) {
                prop_assert!(wait <= CAP && wait < left);
                waits += 1;
            }
            prop_assert!(waits < ATTEMPTS);
        }
    }
}
