//! So many of so many, with the interval in which the share lies. Pure arithmetic; what is counted is not its matter.

use serde::{Deserialize, Serialize};

/// The quantile of the normal distribution for 95 % in the middle.
const Z: f64 = 1.959_964;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many.
    pub hits: u32,
    /// Of how many.
    pub of: u32,
}

impl Share {
    /// Between 0 and 1; none of nothing.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.hits.min(self.of)) / f64::from(self.of))
    }

    /// Wilson's score interval at 95 %: within it lies what the share would be with ever more of them. It stays between 0 and
    /// 1 and is wide where there are few, as it should be (E. B. Wilson, *Probable inference, the law of succession, and
    /// statistical inference*, Journal of the American Statistical Association 22, 1927, pages 209 to 212; recommended for
    /// small numbers by Brown, Cai and `DasGupta`, *Interval estimation for a binomial proportion*, Statistical Science 16,
    /// 2001). None of nothing.
    #[must_use]
    pub fn interval(self) -> Option<(f64, f64)> {
        let share = self.value()?;
        let n = f64::from(self.of);
        let square = Z * Z;
        let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
        let half = Z / (1.0 + square / n) * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
        // None and all reach the very end; only rounding would keep them from it.
        let low = if self.hits == 0 { 0.0 } else { (middle - half).clamp(0.0, 1.0) };
        let high = if self.hits >= self.of { 1.0 } else { (middle + half).clamp(0.0, 1.0) };
        Some((low, high))
    }

    /// At least this much, as far as 95 % tell.
    #[must_use]
    pub fn least(self) -> f64 {
        self.interval().map_or(0.0, |it| it.0)
    }

    /// At most this much, as far as 95 % tell.
    #[must_use]
    pub fn most(self) -> f64 {
        self.interval().map_or(1.0, |it| it.1)
    }

    /// `18 of 20, 90 % (70 to 97)`; `none yet` of nothing.
    #[must_use]
    pub fn words(self) -> String {
        match (self.value(), self.range()) {
            (Some(share), Some(range)) => format!("{} of {}, {} ({range})", self.hits, self.of, percent(share)),
            _ => "none yet".to_owned(),
        }
    }

    /// `90 % of 20`; none of nothing.
    #[must_use]
    pub fn short(self) -> Option<String> {
        self.value().map(|share| format!("{} of {}", percent(share), self.of))
    }

    /// The interval in hundredths, `70 to 97`; none of nothing.
    #[must_use]
    pub fn range(self) -> Option<String> {
        self.interval().map(|(least, most)| format!("{} to {}", hundredths(least), hundredths(most)))
    }
}

/// `63 %`. Every place rounds by this, half up, so that no two of them tell another number.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", hundredths(share))
}

fn hundredths(share: f64) -> f64 {
    (share * 100.0).round()
}
