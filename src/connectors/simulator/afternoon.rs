//! When which customer comes: a Poisson process with a busy beginning, wholly from a seed.
//!
//! Scenarios are dealt like cards: none comes twice before all have come once. Deliberately not here: how many fit at once.

use super::{random::Random, scenario::Scenario};
use crate::domain::time::Span;

/// How many come within the first second where nothing else is said, so that a floor is alive at once.
pub(super) const OPENING_BURST: usize = 8;
/// The least time between two of these, in milliseconds.
const BURST_GAP: u64 = 40;
/// The longest gap, so that a rate near nothing cannot overflow.
const LONGEST_GAP: f64 = 86_400_000.0;

/// One customer who comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// After the beginning.
    pub offset: Span,
    /// Which scenario.
    pub scenario: usize,
    /// The seed of the customer.
    pub seed: u64,
    /// The name drawn.
    pub name: String,
}

/// All who come, in order. Endless unless limited.
#[derive(Clone, Debug)]
pub struct Afternoon<'a> {
    random: Random,
    scenarios: &'a [Scenario],
    deck: Vec<usize>,
    gap_ms: f64,
    left: Option<u64>,
    opening: usize,
    came: usize,
    offset: u64,
}

impl<'a> Afternoon<'a> {
    /// An afternoon with `rate` customers a minute, and `limit` in all. A rate that is not above 0 lets only the opening
    /// burst come.
    #[must_use]
    pub fn new(seed: u64, rate: f64, limit: Option<u64>, scenarios: &'a [Scenario]) -> Self {
        let gap_ms = if rate > 0.0 && rate.is_finite() { 60_000.0 / rate } else { f64::INFINITY };
        Self {
            random: Random::new(seed),
            scenarios,
            deck: Vec::new(),
            gap_ms,
            left: limit,
            opening: OPENING_BURST,
            came: 0,
            offset: 0,
        }
    }

    /// The same afternoon with so many in its opening burst.
    #[must_use]
    pub fn opening(self, customers: usize) -> Self {
        Self { opening: customers, ..self }
    }

    fn gap(&mut self) -> Option<u64> {
        if self.came < self.opening {
            return Some(if self.came == 0 { 0 } else { self.random.between(BURST_GAP, 3 * BURST_GAP) });
        }
        if self.gap_ms.is_infinite() {
            return None;
        }
        // Exponential by inversion; 1 - share is never 0.
        let gap = (-(1.0 - self.random.share()).ln() * self.gap_ms).min(LONGEST_GAP);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a day")]
        Some(gap as u64)
    }

    fn deal(&mut self) -> Option<usize> {
        if self.deck.is_empty() {
            self.deck = (0..self.scenarios.len()).collect();
            for at in (1..self.deck.len()).rev() {
                self.deck.swap(at, self.random.below(at + 1));
            }
            // Dealt from the end: what is to come early lies there. Before all have come once, that is the first deal only.
            let early = |at: &usize| self.scenarios.get(*at).is_some_and(|scenario| scenario.early);
            self.deck.sort_by_key(early);
        }
        self.deck.pop()
    }
}

impl Iterator for Afternoon<'_> {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(1)?;
        }
        let gap = self.gap()?;
        let scenario = self.deal()?;
        let names = &self.scenarios.get(scenario)?.names;
        let name = names.get(self.random.below(names.len()))?.clone();
        self.came += 1;
        self.offset = self.offset.saturating_add(gap);
        Some(Arrival { offset: Span(self.offset), scenario, seed: self.random.number(), name })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::scenario::of_the_demo, *};
    use std::collections::HashSet;

    #[test]
    fn the_first_twenty_of_the_seventh_afternoon_are_these() {
        let scenarios = of_the_demo();
        let came: Vec<String> = Afternoon::new(7, 30.0, Some(20), &scenarios)
            .map(|one| format!("{} {} {}", one.offset.0, scenarios[one.scenario].id, one.name))
            .collect();
        assert_eq!(came, GOLDEN);
    }

    const GOLDEN: [&str; 20] = [
        "0 orders-pasted-confirmation Ingeborg Solheim",
        "65 account-old-mail-gone Chidi Okafor",
        "106 warranty-log-injection Skyler Vance",
        "169 privacy-exfiltrate Dax\u{336}\u{335}\u{334}",
        "286 orders-zh-change 陈晓雯",
        "403 giftcards-gutschein Ole Petersen",
        "450 wholesale-contract Nils Torkelsen",
        "566 machines-app-log Jia Hui Lim",
        "849 delivery-es-gastos Lucía Ferrant",
        "3322 orders-cancel-too-late Grace Okonkwo",
        "6070 delivery-neighbour Sina Aalto",
        "6540 subscription-cancelar Gonzalo Ibáñez",
        "11972 subscription-first-code Luca Ferri",
        "19970 returns-devolucion Joaquín Peñalver",
        "21552 returns-uk-cost Rhys Pritchard",
        "23546 payment-double-charge Viktor Halász",
        "28380 returns-zalgo Nobody\u{200b}\u{200c}\u{200d}",
        "29372 machines-e5-descale Dorota Sikora",
        "29991 payment-esc-flood tty0wner",
        "30266 privacy-zh-erase 何静怡",
    ];

    #[test]
    fn a_floor_is_alive_within_a_second_and_every_matter_comes_before_any_comes_again() {
        let scenarios = of_the_demo();
        let all: Vec<Arrival> = Afternoon::new(1, 60.0, Some(80), &scenarios).collect();
        assert!(all[OPENING_BURST - 1].offset < Span::seconds(1));
        assert_eq!(all.iter().map(|one| one.scenario).collect::<HashSet<_>>().len(), 80);
        assert!(all.is_sorted_by_key(|one| one.offset));
    }

    #[test]
    fn the_rate_is_kept_over_a_long_time() {
        let scenarios = of_the_demo();
        let last = Afternoon::new(2, 120.0, Some(12_000), &scenarios).last().unwrap();
        let minutes = last.offset.whole_minutes();
        assert!((95..105).contains(&minutes), "{minutes}");
    }

    #[test]
    fn no_rate_and_no_scenarios_end_the_afternoon() {
        let scenarios = of_the_demo();
        assert_eq!(Afternoon::new(1, 0.0, None, &scenarios).count(), OPENING_BURST);
        assert_eq!(Afternoon::new(1, f64::NAN, None, &scenarios).count(), OPENING_BURST);
        assert_eq!(Afternoon::new(1, 60.0, None, &[]).count(), 0);
    }
}
