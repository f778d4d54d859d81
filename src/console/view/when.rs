//! Times as people read them. Nothing ticks: below a minute it is `now`, times of day are to the minute.

use crate::domain::{
    text::SafeText,
    time::{Span, Timestamp},
};
use jiff::{Zoned, tz::TimeZone};

fn zoned(at: Timestamp, zone: &TimeZone) -> Zoned {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(zone.clone())
}

/// `14:02`
pub(super) fn time_of_day(at: Timestamp, zone: &TimeZone) -> SafeText {
    let at = zoned(at, zone);
    SafeText::own(format!("{:02}:{:02}", at.hour(), at.minute()))
}

/// `Sun 22 Nov`
pub(super) fn day(at: Timestamp, zone: &TimeZone) -> SafeText {
    SafeText::own(zoned(at, zone).strftime("%a %-d %b").to_string())
}

/// Whether two times are of different days.
pub(super) fn another_day(a: Timestamp, b: Timestamp, zone: &TimeZone) -> bool {
    zoned(a, zone).date() != zoned(b, zone).date()
}

/// `now`, `4m`, `3h`, `2d`
pub(super) fn ago(span: Span) -> SafeText {
    if span.whole_seconds() < 60 { SafeText::literal("now") } else { SafeText::own(span.short()) }
}

/// `just now`, `for 4m`
pub(super) fn lasting(span: Span) -> SafeText {
    if span.whole_seconds() < 60 {
        SafeText::literal("just now")
    } else {
        SafeText::own(format!("for {}", span.short()))
    }
}

/// `just now`, `4m ago`
pub(super) fn past(span: Span) -> SafeText {
    if span.whole_seconds() < 60 {
        SafeText::literal("just now")
    } else {
        SafeText::own(format!("{} ago", span.short()))
    }
}

/// `within a minute`, `4m`, `3h`
pub(super) fn left(now: Timestamp, until: Timestamp) -> SafeText {
    let span = until.since(now);
    if span.whole_seconds() < 60 { SafeText::literal("within a minute") } else { SafeText::own(span.short()) }
}

/// `1.8 s`, `240 ms`
pub(super) fn took(ms: u32) -> String {
    if ms < 1_000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1_000, ms % 1_000 / 100) }
}
