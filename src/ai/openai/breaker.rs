//! Whether an endpoint is tried at all: after failures it rests, then one attempt decides.
//!
//! Open after five failures in a row, or when half of twenty attempts within 30 s failed; for 30 s, then one probe. Pure:
//! instants come in, as spans since any fixed one. Deliberately not here: what counts as a failure (see
//! [`fault`](super::fault)).

use std::{collections::VecDeque, time::Duration};

/// So many failures in a row open it.
pub const IN_A_ROW: u32 = 5;
/// So many attempts are needed before their share counts.
pub const MANY: usize = 20;
/// Attempts are remembered this long.
pub const WITHIN: Duration = Duration::from_secs(30);
/// So long it stays open.
pub const REST: Duration = Duration::from_secs(30);
/// Attempts remembered at most.
const REMEMBERED: usize = 1_000;

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Go,
    /// It may, and it decides for all.
    Probe,
    /// Not for this long.
    Rest(Duration),
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The endpoint did its part.
    Well,
    /// It did not.
    Failed,
    /// Nobody waited for the end.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: Duration },
    Probing,
}

/// A circuit breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    state: State,
    in_a_row: u32,
    recent: VecDeque<(Duration, bool)>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { state: State::Closed, in_a_row: 0, recent: VecDeque::new() }
    }
}

impl Breaker {
    /// Asks for an attempt at `now`. Each one that may go is to be reported, once.
    pub fn admit(&mut self, now: Duration) -> Admission {
        match self.state {
            State::Closed => Admission::Go,
            State::Open { until } if now < until => Admission::Rest(until.saturating_sub(now)),
            State::Open { .. } => {
                self.state = State::Probing;
                Admission::Probe
            }
            // The probe's fate comes within its own time-outs.
            State::Probing => Admission::Rest(Duration::from_secs(1)),
        }
    }

    /// What became of an attempt that was admitted as `admission`.
    pub fn report(&mut self, admission: Admission, fate: Fate, now: Duration) {
        match (admission, fate) {
            // Nothing was tried, or nothing told.
            (Admission::Rest(_), _) | (Admission::Go, Fate::Unknown) => {}
            (Admission::Probe, Fate::Well) => *self = Self::default(),
            (Admission::Probe, Fate::Failed) => self.state = State::Open { until: now + REST },
            // It told nothing: the next one probes.
            (Admission::Probe, Fate::Unknown) => self.state = State::Open { until: now },
            (Admission::Go, fate) => self.count(fate == Fate::Failed, now),
        }
    }

    fn count(&mut self, failed: bool, now: Duration) {
        self.in_a_row = if failed { self.in_a_row.saturating_add(1) } else { 0 };
        self.recent.push_back((now, failed));
        while self.recent.len() > REMEMBERED
            || self.recent.front().is_some_and(|(at, _)| now.saturating_sub(*at) > WITHIN)
        {
            self.recent.pop_front();
        }
        let failures = self.recent.iter().filter(|(_, failed)| *failed).count();
        let half = self.recent.len() >= MANY && failures * 2 >= self.recent.len();
        if self.state == State::Closed && (self.in_a_row >= IN_A_ROW || half) {
            self.state = State::Open { until: now + REST };
            self.in_a_row = 0;
            self.recent.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn failing(breaker: &mut Breaker, times: usize, now: Duration) {
        for _ in 0..times {
            breaker.report(Admission::Go, Fate::Failed, now);
        }
    }

    #[test]
    fn five_failures_in_a_row_give_it_a_rest_and_then_one_attempt_decides() {
        let mut breaker = Breaker::default();
        failing(&mut breaker, 4, at(1));
        breaker.report(Admission::Go, Fate::Well, at(1));
        failing(&mut breaker, 4, at(2));
        assert_eq!(breaker.admit(at(2)), Admission::Go);
        failing(&mut breaker, 1, at(2));
        assert_eq!(breaker.admit(at(12)), Admission::Rest(at(20)));
        assert_eq!(breaker.admit(at(32)), Admission::Probe);
        assert_eq!(breaker.admit(at(32)), Admission::Rest(at(1)));
        breaker.report(Admission::Probe, Fate::Failed, at(40));
        assert_eq!(breaker.admit(at(69)), Admission::Rest(at(1)));
        assert_eq!(breaker.admit(at(70)), Admission::Probe);
        breaker.report(Admission::Probe, Fate::Unknown, at(71));
        assert_eq!(breaker.admit(at(71)), Admission::Probe);
        breaker.report(Admission::Probe, Fate::Well, at(72));
        assert_eq!((breaker.admit(at(72)), breaker.admit(at(72))), (Admission::Go, Admission::Go));
    }

    #[test]
    fn half_of_twenty_within_thirty_seconds_opens_it_and_what_is_older_does_not_count() {
        let alternate = |breaker: &mut Breaker, pairs: usize, now| {
            for _ in 0..pairs {
                breaker.report(Admission::Go, Fate::Well, now);
                breaker.report(Admission::Go, Fate::Failed, now);
            }
        };
        let mut breaker = Breaker::default();
        alternate(&mut breaker, 9, at(0));
        alternate(&mut breaker, 9, at(31));
        assert_eq!(breaker.admit(at(31)), Admission::Go);
        alternate(&mut breaker, 1, at(31));
        assert_eq!(breaker.admit(at(31)), Admission::Rest(at(30)));
    }

    proptest! {
        #[test]
        fn it_never_rests_for_ever_and_never_lets_two_probe(steps in prop::collection::vec((0_u64..40, 0_u8..3), 0..200)) {
            let (mut breaker, mut now, mut probing) = (Breaker::default(), at(0), false);
            for (seconds, fate) in steps {
                now += at(seconds);
                let fate = [Fate::Well, Fate::Failed, Fate::Unknown][usize::from(fate)];
                let admission = breaker.admit(now);
                match admission {
                    Admission::Rest(rest) => prop_assert!(rest <= REST && !rest.is_zero()),
                    Admission::Probe => {
                        prop_assert!(!probing);
                        probing = true;
                        prop_assert_ne!(breaker.admit(now), Admission::Probe);
                    }
                    Admission::Go => {}
                }
                if admission != Admission::Go { probing = false; }
                breaker.report(admission, fate, now);
            }
            let later = breaker.admit(now + REST);
            prop_assert!(!matches!(later, Admission::Rest(_)));
        }
    }
}
