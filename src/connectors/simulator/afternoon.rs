//! When which customer comes: a Poisson process with a busy beginning, wholly from a seed.
//!
//! Scenarios are dealt like cards, of which each has as many in the deck as it is `often`. Those of one frequency come in
//! rounds, none twice before all of them have come once; and the rounds of all frequencies run side by side, so that any
//! stretch of an afternoon has the deck's share of each. Deliberately not here: how many fit at once.

use super::{random::Random, scenario::Scenario};
use crate::domain::time::Span;
use std::collections::BTreeMap;

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
            self.shuffle();
            if self.came == 0 {
                // Dealt from the end: what is to come early lies there, in the first deal only.
                let early = |at: &usize| self.scenarios.get(*at).is_some_and(|scenario| scenario.early);
                self.deck.sort_by_key(early);
            }
        }
        self.deck.pop()
    }

    /// A whole deck, the first to come last.
    fn shuffle(&mut self) {
        let mut kinds: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for (at, scenario) in self.scenarios.iter().enumerate() {
            kinds.entry(scenario.often.max(1)).or_default().push(at);
        }
        let mut placed: Vec<(f64, usize)> = Vec::new();
        for (often, kind) in kinds {
            // The place of each card in the deck: one in each of so many equal stretches.
            let mut place = 0.0;
            let stretch = 1.0 / f64::from(u32::try_from(kind.len()).unwrap_or(u32::MAX)) / f64::from(often);
            for _ in 0..often {
                let mut round = kind.clone();
                for at in (1..round.len()).rev() {
                    round.swap(at, self.random.below(at + 1));
                }
                for scenario in round {
                    placed.push(((place + self.random.share()) * stretch, scenario));
                    place += 1.0;
                }
            }
        }
        placed.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.deck = placed.into_iter().map(|(_, scenario)| scenario).collect();
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
        "0 payment-es-formas Fabián Ortega",
        "56 orders-number-where Colm Sheridan",
        "134 warranty-de-dauer Goran Petrović",
        "204 account-two-step Freya Halvorsen",
        "293 machines-descale-when Penelope Marsh",
        "402 payment-doble-cargo Iker Zubiri",
        "494 account-forgot Trudy Malone",
        "568 warranty-parts Alasdair Boyle",
        "3310 payment-de-arten Kira Stein",
        "8705 delivery-carrier-late Gareth Bowen",
        "13009 payment-methods Lotte Jansen",
        "17339 refunds-zh-when 马晓燕",
        "19044 payment-ar-methods دينا فارس",
        "20009 warranty-length Ilse Claes",
        "21463 payment-3ds Tuomas Rinne",
        "21779 returns-used-machine Ayesha Malik",
        "23391 subscription-es-pausar Elvira Montes",
        "24524 delivery-how-long-berlin Katie Lindqvist",
        "24741 orders-ar-cancel رنا الخطيب",
        "26092 privacy-ar-news رشا كمال",
    ];

    #[test]
    fn a_floor_is_alive_within_a_second_and_customers_come_in_order() {
        let scenarios = of_the_demo();
        let all: Vec<Arrival> = Afternoon::new(1, 60.0, Some(80), &scenarios).collect();
        assert!(all[OPENING_BURST - 1].offset < Span::seconds(1));
        assert!(all.is_sorted_by_key(|one| one.offset));
    }

    #[test]
    fn every_matter_comes_as_often_as_it_must_and_none_again_before_all_of_its_frequency_have_come() {
        let scenarios = of_the_demo();
        let deck: usize = scenarios.iter().map(|one| usize::from(one.often)).sum();
        for seed in 0..20 {
            let dealt: Vec<usize> =
                Afternoon::new(seed, 60.0, Some(2 * deck as u64), &scenarios).map(|one| one.scenario).collect();
            for often in scenarios.iter().map(|one| one.often).collect::<HashSet<_>>() {
                let kind = scenarios.iter().filter(|one| one.often == often).count();
                let of_kind: Vec<usize> = dealt.iter().copied().filter(|at| scenarios[*at].often == often).collect();
                assert_eq!(of_kind.len(), 2 * kind * usize::from(often));
                for round in of_kind.chunks(kind) {
                    assert_eq!(round.iter().collect::<HashSet<_>>().len(), kind, "often {often}, seed {seed}");
                }
            }
        }
    }

    #[test]
    fn any_stretch_of_an_afternoon_has_its_share_of_everyday_matters() {
        let scenarios = of_the_demo();
        let everyday: usize = scenarios.iter().filter(|one| one.is_everyday()).map(|one| usize::from(one.often)).sum();
        let all: usize = scenarios.iter().map(|one| usize::from(one.often)).sum();
        for seed in 0..20 {
            let dealt: Vec<usize> = Afternoon::new(seed, 60.0, Some(120), &scenarios).map(|one| one.scenario).collect();
            for stretch in dealt.chunks(30) {
                let came = stretch.iter().filter(|at| scenarios[**at].is_everyday()).count();
                assert!((came * all).abs_diff(30 * everyday) <= 5 * all, "{came} of 30, seed {seed}");
            }
        }
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
