//! When to call the person, and how: rules by filter, with hours. A part of the settings.
//!
//! Deliberately not here: when a rule fires (see `console::alerts`) and how a terminal is made to call (`console::terminal`).

use crate::domain::filter::Filter;
use serde::{Deserialize, Deserializer, de::Error};

/// How a person is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The terminal rings.
    Bell,
    /// A line outside of the screen, while somebody looks elsewhere.
    Notification,
}

/// How a notification is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notify {
    /// By the desktop where this program runs on it, else by the terminal as it probably understands it.
    #[default]
    Auto,
    /// By the terminal, as iTerm2, kitty, `WezTerm` and Ghostty understand it.
    Osc9,
    /// By the terminal, as foot, VTE and rxvt understand it.
    Osc777,
    /// By the desktop; never over SSH.
    Desktop,
    /// Not at all.
    Off,
}

/// Call for conversations that fit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which ones.
    #[serde(deserialize_with = "filter")]
    pub when: Filter,
    /// At which time of day; always, if none is named.
    #[serde(default, deserialize_with = "hours")]
    pub hours: Option<Hours>,
    /// How; by all that there is, if nothing is named.
    #[serde(default = "all")]
    pub by: Vec<By>,
}

impl Rule {
    /// A rule for all hours and by all means.
    #[must_use]
    pub fn always(when: Filter) -> Self {
        Self { when, hours: None, by: all() }
    }
}

fn all() -> Vec<By> {
    vec![By::Bell, By::Notification]
}

/// A part of the day, in minutes since midnight; over midnight if it ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: u16,
    to: u16,
}

/// Minutes in a day.
const DAY: u16 = 24 * 60;

impl Hours {
    /// Reads `08:00-18:00`. What begins and ends at the same time is the whole day.
    ///
    /// # Errors
    /// A sentence that says what is accepted.
    pub fn parse(said: &str) -> Result<Self, String> {
        let minute = |said: &str| {
            let (hour, minute) = said.trim().split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            let at = hour.checked_mul(60)?.checked_add(minute)?;
            (minute < 60 && at <= DAY).then_some(at)
        };
        said.split_once('-')
            .and_then(|(from, to)| Some(Self { from: minute(from)?, to: minute(to)? }))
            .ok_or_else(|| format!("`{said}` are no hours: write them as in 08:00-18:00"))
    }

    /// Whether this minute of the day, from 0 to 1439, lies within.
    #[must_use]
    pub fn contains(self, minute: u16) -> bool {
        let Self { from, to } = self;
        if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
    }
}

fn filter<'de, D: Deserializer<'de>>(from: D) -> Result<Filter, D::Error> {
    let said = String::deserialize(from)?;
    let filter = Filter::parse(&said).map_err(|mistake| D::Error::custom(format!("the filter: {mistake}")))?;
    // It would ring for all that the AI does.
    if filter.is_empty() { Err(D::Error::custom("the filter is empty: write one, as in needs:me")) } else { Ok(filter) }
}

fn hours<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Hours>, D::Error> {
    Hours::parse(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_are_read_and_may_pass_midnight() {
        let night = Hours::parse("22:00 - 06:30").unwrap();
        assert_eq!([1_320, 0, 389, 390, 720].map(|minute| night.contains(minute)), [true, true, true, false, false]);
        assert!(Hours::parse("00:00-24:00").is_ok_and(|all| all.contains(0) && all.contains(1_439)));
        for wrong in ["", "8-18", "08:00", "25:00-26:00", "08:60-09:00", "99999999:00-1:00"] {
            assert!(Hours::parse(wrong).unwrap_err().contains("08:00-18:00"), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_minute_lies_in_a_part_of_the_day_or_in_the_other(from in 0..DAY, to in 0..DAY, minute in 0..DAY) {
            prop_assume!(from != to);
            let (one, other) = (Hours { from, to }, Hours { from: to, to: from });
            prop_assert!(one.contains(minute) != other.contains(minute));
        }
    }
}
