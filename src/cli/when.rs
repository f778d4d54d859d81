//! Instants as people write and read them. Deliberately not here: what time it is, but for [`now`].

use crate::domain::time::{Span, Timestamp};
use jiff::{Zoned, civil, tz::TimeZone};

/// The time of this machine.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// Reads `2h`, `17:30` (the next one), `2026-12-24`, `2026-12-24T09:00` (here) or an instant with its offset.
///
/// # Errors
/// A sentence that says what is accepted.
pub fn parse(said: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let said = said.trim();
    let wrong =
        || format!("`{said}` is no time: write 2h, 17:30, 2026-12-24, 2026-12-24T09:00 or 2026-12-24T09:00+01:00");
    if let Ok(span) = Span::parse(said, Span::minutes(1)) {
        return Ok(now.plus(span));
    }
    if let Ok(instant) = said.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(instant.as_millisecond()));
    }
    let here = zoned(now, zone);
    let there = if let Some(time) = time_of_day(said) {
        let today = here.date().to_datetime(time).to_zoned(zone.clone()).map_err(|_| wrong())?;
        if today > here {
            today
        } else {
            let tomorrow = here.date().tomorrow().map_err(|_| wrong())?;
            tomorrow.to_datetime(time).to_zoned(zone.clone()).map_err(|_| wrong())?
        }
    } else {
        let date: civil::DateTime = said.parse().map_err(|_| wrong())?;
        date.to_zoned(zone.clone()).map_err(|_| wrong())?
    };
    Ok(Timestamp(there.timestamp().as_millisecond()))
}

/// `17:30` or `9:05:30`; nothing with a date in it.
fn time_of_day(said: &str) -> Option<civil::Time> {
    civil::Time::strptime("%H:%M", said).or_else(|_| civil::Time::strptime("%H:%M:%S", said)).ok()
}

/// `2026-12-24 09:00`, in `zone`.
#[must_use]
pub fn minute(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The minute of the day in `zone`, 0 to 1439.
#[must_use]
pub fn minute_of_day(at: Timestamp, zone: &TimeZone) -> u16 {
    let at = zoned(at, zone);
    u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs())
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Zoned {
    // What is outside of the calendar is shown as its beginning; no server makes such a time.
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_people_write_them() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let at = |said: &str| said.parse::<jiff::Timestamp>().map(|t| Timestamp(t.as_millisecond())).unwrap();
        let now = at("2026-11-22T20:00:00Z");
        for (said, means) in [
            ("2h", "2026-11-22T22:00:00Z"),
            ("30", "2026-11-22T20:30:00Z"),
            ("21:30", "2026-11-22T20:30:00Z"),
            ("09:00", "2026-11-23T08:00:00Z"),
            ("2026-12-24", "2026-12-23T23:00:00Z"),
            ("2026-12-24T09:00", "2026-12-24T08:00:00Z"),
            ("2026-12-24T09:00+02:00", "2026-12-24T07:00:00Z"),
        ] {
            assert_eq!(parse(said, now, &zone), Ok(at(means)), "{said}");
        }
        assert!(parse("someday", now, &zone).unwrap_err().contains("write 2h"));
        assert_eq!(minute(now, &zone), "2026-11-22 21:00");
        assert_eq!(minute_of_day(now, &zone), 21 * 60);
    }
}
