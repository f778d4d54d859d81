//! Numbers that look random and follow from a seed: splitmix64 (Steele, Lea, Flood 2014).
//!
//! The same seed gives the same numbers on every machine. Deliberately not here: secrets; these numbers can be foretold.

/// A source of such numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// The source that follows from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 if that is 0. Small bounds are met evenly enough: the bias is below `bound` / 2^64.
    pub fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.number()) * (bound as u128);
        // Less than `bound`, so it fits.
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        let room = u128::from(most.saturating_sub(least)) + 1;
        let wide = u128::from(self.number()) * room;
        least.saturating_add(u64::try_from(wide >> 64).unwrap_or(0))
    }

    /// A share from 0 to 1, 1 left out.
    pub fn share(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "53 bits are what an f64 holds exactly")]
        let whole = (self.number() >> 11) as f64;
        whole / 9_007_199_254_740_992.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_algorithm() {
        let mut random = Random::new(1_234_567);
        let numbers: [u64; 3] = std::array::from_fn(|_| random.number());
        assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut random = Random::new(7);
        for _ in 0..1_000 {
            assert!(random.below(3) < 3);
            assert!((5..=9).contains(&random.between(5, 9)));
            assert!((0.0..1.0).contains(&random.share()));
        }
        assert_eq!((random.below(0), random.between(4, 4), random.between(9, 2)), (0, 4, 9));
    }
}
