//! Chance that can be had again: a small generator with a seed (`SplitMix64`). Not for secrets.

/// A source of chance.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of 0 to `bound` - 1; 0 if there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap()
    }

    /// Lets others go first, up to `most` times.
    pub async fn dawdle(&mut self, most: usize) {
        for _ in 0..self.below(most) {
            tokio::task::yield_now().await;
        }
    }
}

/// A number from the environment, or the one for every day.
pub fn asked_for(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|said| said.parse().ok()).unwrap_or(otherwise)
}
