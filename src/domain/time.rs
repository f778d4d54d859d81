//! Instants and spans, in whole milliseconds. Where they come from is not this room's business.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, by the server's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A length of time in milliseconds, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub u64);

impl Span {
    /// `n` seconds.
    #[must_use]
    pub const fn seconds(n: u64) -> Self {
        Self(n.saturating_mul(1_000))
    }

    /// `n` minutes.
    #[must_use]
    pub const fn minutes(n: u64) -> Self {
        Self::seconds(n.saturating_mul(60))
    }

    /// `n` hours.
    #[must_use]
    pub const fn hours(n: u64) -> Self {
        Self::minutes(n.saturating_mul(60))
    }

    /// Whole seconds in it.
    #[must_use]
    pub const fn whole_seconds(self) -> u64 {
        self.0 / 1_000
    }

    /// Whole minutes in it.
    #[must_use]
    pub const fn whole_minutes(self) -> u64 {
        self.0 / 60_000
    }

    /// Reads `90`, `90s`, `15m`, `2h`, `3d`; a bare number counts in `bare`.
    ///
    /// # Errors
    /// A sentence that says what is accepted.
    pub fn parse(said: &str, bare: Self) -> Result<Self, String> {
        let said = said.trim();
        let digits = said.len() - said.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let wrong = || format!("`{said}` is not a length of time: write 90s, 15m, 2h or 3d");
        let number: u64 = said[..digits].parse().map_err(|_| wrong())?;
        let unit = match &said[digits..] {
            "" => bare.0,
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        number.checked_mul(unit).map(Self).ok_or_else(wrong)
    }

    /// `1500ms`, `90s`, `4m`, `3h`, `2d`: the largest unit that tells it to the last millisecond.
    #[must_use]
    pub fn exact(self) -> String {
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        let fits = units.into_iter().find(|(unit, _)| self.0 > 0 && self.0.is_multiple_of(*unit));
        fits.map_or_else(|| format!("{}ms", self.0), |(unit, name)| format!("{}{name}", self.0 / unit))
    }

    /// `12s`, `4m`, `3h`, `2d`: the largest unit that fits, rounded down.
    #[must_use]
    pub fn short(self) -> String {
        let seconds = self.whole_seconds();
        match seconds {
            0..60 => format!("{seconds}s"),
            60..3_600 => format!("{}m", seconds / 60),
            3_600..86_400 => format!("{}h", seconds / 3_600),
            _ => format!("{}d", seconds / 86_400),
        }
    }
}

impl Timestamp {
    /// This instant, later by `span`.
    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add_unsigned(span.0))
    }

    /// So much earlier; the beginning of time at most.
    #[must_use]
    pub fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub_unsigned(span.0))
    }

    /// How long from `earlier` to here; nothing if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0).unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        assert_eq!(Span::parse("15m", Span::seconds(1)), Ok(Span::minutes(15)));
        assert_eq!(Span::parse("15", Span::minutes(1)), Ok(Span::minutes(15)));
        assert_eq!(Span::parse("2h", Span::seconds(1)), Ok(Span::hours(2)));
        for wrong in ["", "m", "1y", "-3m", "99999999999999999999d"] {
            assert!(Span::parse(wrong, Span::seconds(1)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_time_since_something_later_is_nothing() {
        assert_eq!(Timestamp(5).since(Timestamp(9)), Span(0));
        assert_eq!(Timestamp(i64::MAX).plus(Span::hours(1)), Timestamp(i64::MAX));
    }
}
