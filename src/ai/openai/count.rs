//! Tokens: our own estimate, and whether to believe an endpoint's count.
//!
//! The estimate is coarse on purpose: a quarter for each Latin character, one for each Han character, half for the rest. It
//! keeps ceilings where an endpoint counts wrongly or not at all. Deliberately not here: enforcing the desk's ceilings,
//! which the server does.

use super::chunk::Usage;
use crate::ai::words::is_han;

/// Tokens of a text, about.
#[must_use]
pub fn tokens_of(text: &str) -> u32 {
    let quarters: u64 = text
        .chars()
        .map(|c| match c {
            _ if c.is_ascii() => 1,
            _ if is_han(c) => 4,
            _ => 2,
        })
        .sum();
    u32::try_from(quarters.div_ceil(4)).unwrap_or(u32::MAX)
}

/// How many lines from the front to leave out, so that the rest takes `most` tokens.
#[must_use]
pub fn fitting(lines: &[String], most: u32) -> usize {
    let mut left = most;
    let kept = lines.iter().rev().take_while(|line| {
        let fits = tokens_of(line).checked_sub(left).is_none_or(|over| over == 0);
        left = left.saturating_sub(tokens_of(line));
        fits
    });
    lines.len() - kept.count()
}

/// Who counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// The endpoint.
    There,
    /// We did: it did not.
    HereForWant,
    /// We did: its count cannot be.
    HereForDoubt,
}

/// What to believe: the endpoint's count, or ours where there is none or it cannot be. `read` and `written` are our
/// estimates; `thought`: the model may have written more than could be seen.
#[must_use]
pub fn believed(usage: Option<Usage>, read: u32, written: u32, thought: bool) -> ((u32, u32), Counted) {
    let Some(usage) = usage else { return ((read, written), Counted::HereForWant) };
    // Languages and tokenizers differ by a factor of three or so; ten is no tokenizer.
    let fits = |said: u64, ours: u32| said >= u64::from(ours) / 10 && said <= u64::from(ours) * 10 + 64;
    let wrote = if thought { usage.written >= u64::from(written) / 10 } else { fits(usage.written, written) };
    match (u32::try_from(usage.read), u32::try_from(usage.written)) {
        (Ok(said_read), Ok(said_written)) if fits(usage.read, read) && wrote && said_read > 0 && said_written > 0 => {
            ((said_read, said_written), Counted::There)
        }
        _ => ((read, written), Counted::HereForDoubt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_cannot_be_is_not_believed() {
        let usage = |read, written| Some(Usage { read, written });
        assert_eq!(believed(usage(900, 40), 1_000, 50, false), ((900, 40), Counted::There));
        assert_eq!(believed(None, 1_000, 50, false), ((1_000, 50), Counted::HereForWant));
        for wrong in [usage(0, 0), usage(900, 0), usage(4, 40), usage(u64::MAX, 40), usage(900, 99_999)] {
            assert_eq!(believed(wrong, 1_000, 50, false), ((1_000, 50), Counted::HereForDoubt), "{wrong:?}");
        }
        assert_eq!(believed(usage(900, 99_999), 1_000, 50, true).1, Counted::There);
    }

    #[test]
    fn tokens_are_estimated_by_script() {
        assert_eq!((tokens_of("abcdefgh"), tokens_of("包裹"), tokens_of("طرد"), tokens_of("")), (2, 2, 2, 0));
        let lines: Vec<String> = ["aaaaaaaa", "bbbb", "cccc"].map(str::to_owned).into();
        assert_eq!((fitting(&lines, 2), fitting(&lines, 4), fitting(&lines, 0)), (1, 0, 3));
    }
}
