//! Lines from text: by grapheme and by width, at spaces where there are any, within words only where there is no other way.
//!
//! A line is a range of bytes of the text, so nothing is copied. Text that only grows is wrapped anew from its last two
//! lines on ([`Tail`]): in greedy wrapping nothing before them can change. Letters keep their logical order, also those written
//! from right to left: a terminal cell is a place, and what a terminal makes of it is its own.
//! Deliberately not here: styles, and what is shown beside the text.

use crate::domain::text::graphemes_with_width;
use ratatui::buffer::CellWidth;
use std::ops::Range;

/// The least width that text is wrapped to; below it lines are cut where they are drawn.
pub const NARROWEST: usize = 2;

/// The cells of a cluster, as they are drawn.
#[must_use]
pub fn cells(cluster: &str) -> usize {
    match cluster.as_bytes() {
        [_] => 1,
        _ => usize::from(cluster.cell_width()),
    }
}

/// The cells of a line.
#[must_use]
pub fn width(line: &str) -> usize {
    if line.is_ascii() { line.len() } else { graphemes_with_width(line).map(|(cluster, _)| cells(cluster)).sum() }
}

/// The lines of `text` within `width` cells. A line break ends a line and belongs to none; spaces at which a line is
/// broken belong to none either. There is always at least one line. Only a cluster wider than `width` makes a line wider.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    wrap_from(text, 0, width.max(NARROWEST), &mut lines);
    lines
}

/// Wraps from a byte that begins a line.
fn wrap_from(text: &str, from: usize, width: usize, lines: &mut Vec<Range<usize>>) {
    let mut start = from;
    for line in text.get(from..).unwrap_or_default().split('\n') {
        wrap_line(text, start..start + line.len(), width, lines);
        start += line.len() + 1;
    }
}

/// Where a line may end and the next one begin.
#[derive(Clone, Copy)]
struct Break {
    end: usize,
    next: usize,
}

fn wrap_line(text: &str, line: Range<usize>, most: usize, lines: &mut Vec<Range<usize>>) {
    let slice = text.get(line.clone()).unwrap_or_default();
    if slice.len() <= most && slice.is_ascii() {
        lines.push(line);
        return;
    }
    let mut start = line.start;
    let mut used = 0;
    let mut at = line.start;
    let mut chance: Option<Break> = None;
    let mut before = Kind::Start;
    for (cluster, _) in graphemes_with_width(slice) {
        let cells = cells(cluster);
        let kind = if most >= UNITS && is_before_a_unit(text, at) { Kind::Letter } else { Kind::of(cluster, cells) };
        if kind == Kind::Space {
            let end = match chance {
                Some(chance) if before == Kind::Space => chance.end,
                _ => at,
            };
            chance = Some(Break { end, next: at + cluster.len() });
        } else {
            if at > start && kind.may_follow_a_break(before) {
                chance = Some(Break { end: at, next: at });
            }
            if used + cells > most {
                // Spaces hang over the edge, so a break at the very start says nothing.
                if let Some(chance) = chance.take().filter(|chance| chance.next > start) {
                    lines.push(start..chance.end.max(start));
                    start = chance.next;
                    used = text.get(start..at).map_or(0, self::width);
                }
                if used + cells > most && at > start {
                    lines.push(start..at);
                    start = at;
                    used = 0;
                }
            }
        }
        used += cells;
        at += cluster.len();
        before = kind;
    }
    let end = match chance {
        // Spaces that hang over the edge at the end are not shown.
        Some(chance) if before == Kind::Space && used > most => chance.end.max(start),
        _ => line.end,
    };
    lines.push(start..end);
}

/// From this width on a number and its unit stay together. Narrower lines have no room for that.
const UNITS: usize = 12;
/// The longest number that is kept with its unit. With it a line of [`UNITS`] has room for both: what grows behind them then
/// changes no line but the last two, see [`Tail`].
const NUMBER: usize = 7;

/// Whether the space there stands between a number of its own and its unit, which are read as one.
fn is_before_a_unit(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let follows = |place: usize| bytes.get(place).copied().unwrap_or(b' ');
    let before = bytes.get(..at).unwrap_or_default();
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).count();
    let stands_alone = before.len() == digits || matches!(before.get(before.len() - digits - 1), Some(b' ' | b'\n'));
    if bytes.get(at) != Some(&b' ') || digits == 0 || digits > NUMBER || !stands_alone {
        return false;
    }
    let end = match (follows(at + 1), follows(at + 2)) {
        (b'm', b's') => at + 3,
        (b's' | b'%', _) => at + 2,
        _ => return false,
    };
    // Whatever goes on is a word of its own.
    !follows(end).is_ascii_alphanumeric() && follows(end).is_ascii()
}

/// What a cluster is to wrapping.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    Space,
    /// A word may be parted after it.
    Joint,
    /// Ideographs, kana, emoji: may be parted anywhere.
    Wide,
    /// Closes something: never begins a line.
    Closing,
    /// Opens something: never ends a line.
    Opening,
    Letter,
}

impl Kind {
    fn of(cluster: &str, cells: usize) -> Self {
        match cluster.chars().next().unwrap_or(' ') {
            ' ' => Self::Space,
            '-' | '/' | '–' | '—' | '&' | '?' | '=' if cluster.len() < 4 => Self::Joint,
            '。' | '，' | '、' | '！' | '？' | '：' | '；' | '）' | '」' | '』' | '》' | '】' | '…' | '．' | 'ー' => {
                Self::Closing
            }
            '（' | '「' | '『' | '《' | '【' => Self::Opening,
            _ if cells >= 2 => Self::Wide,
            _ => Self::Letter,
        }
    }

    fn may_follow_a_break(self, before: Self) -> bool {
        match (before, self) {
            (Self::Start | Self::Space | Self::Opening, _) | (_, Self::Closing | Self::Space | Self::Start) => false,
            (Self::Wide | Self::Closing, _) | (_, Self::Wide | Self::Opening) | (Self::Joint, Self::Letter) => true,
            _ => false,
        }
    }
}

/// The lines of a text that only grows.
#[derive(Clone, Debug, Default)]
pub struct Tail {
    width: usize,
    seen: usize,
    lines: Vec<Range<usize>>,
}

impl Tail {
    /// The lines of `text`, which begins with what was given before, if it was; a shorter text or another width begins
    /// anew.
    pub fn lines(&mut self, text: &str, width: usize) -> &[Range<usize>] {
        let width = width.max(NARROWEST);
        if width != self.width || text.len() < self.seen || self.lines.is_empty() {
            self.lines.clear();
            wrap_from(text, 0, width, &mut self.lines);
        } else if text.len() > self.seen {
            // The last line is open, and the one before it too: a cluster may still become wide by what joins it, and
            // what stood before it in its word then goes up.
            let last = self.lines.pop().map_or(0, |line| line.start);
            let from = self.lines.pop().map_or(last, |line| line.start);
            wrap_from(text, from, width, &mut self.lines);
        }
        (self.width, self.seen) = (width, text.len());
        &self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str, width: usize) -> Vec<&str> {
        wrap(text, width).into_iter().map(|line| &text[line]).collect()
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(lines("the parcel is late", 10), ["the parcel", "is late"]);
        assert_eq!(lines("the parcel  is late", 10), ["the parcel", "is late"]);
        assert_eq!(lines("a\n\nb", 10), ["a", "", "b"]);
        assert_eq!(lines("", 10), [""]);
        assert_eq!(lines("Donaudampfschifffahrt ahoy", 10), ["Donaudampf", "schifffahr", "t ahoy"]);
        assert_eq!(lines("see https://example.org/orders/17", 14), ["see https://", "example.org/", "orders/17"]);
    }

    #[test]
    fn a_number_and_its_unit_stay_together() {
        assert_eq!(lines("it took 161 ms", 12), ["it took", "161 ms"]);
        assert_eq!(lines("judged good 5 %", 13), ["judged good", "5 %"]);
        assert_eq!(lines("it took 161 msx", 12), ["it took 161", "msx"]);
        assert_eq!(lines("161 ms", 4), ["161", "ms"], "where there is no room they part");
    }

    #[test]
    fn ideographs_are_parted_anywhere_but_before_a_closing_mark() {
        assert_eq!(lines("我的包裹在哪里？", 8), ["我的包裹", "在哪里？"]);
        assert_eq!(lines("我的包裹，在哪里", 8), ["我的包", "裹，在哪", "里"]);
        assert_eq!(lines("order是BW1", 6), ["order", "是BW1"]);
    }

    #[test]
    fn letters_from_right_to_left_keep_their_order() {
        assert_eq!(lines("أين طلبي من فضلك", 8), ["أين طلبي", "من فضلك"]);
    }

    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-z]{1,12}",
            3 => "[ ]{1,3}",
            1 => "[ ]{10,30}",
            2 => "[0-9]{1,3} (ms|s|%)[a-z ]?",
            2 => "[我的包裹，。（）]{1,6}",
            1 => "[اهلبحد]{1,7}",
            1 => Just("👩‍👩‍👧".to_owned()),
            1 => Just("e\u{301}🇩🇪❤️".to_owned()),
            1 => Just("\n".to_owned()),
            1 => "[-/?=&]{1,3}",
        ];
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_and_nothing_but_spaces_is_left_out(text in text(), most in 2_usize..40) {
            let lines = lines(&text, most);
            for line in &lines {
                prop_assert!(width(line) <= most, "{line:?} in {most}");
            }
            let bare = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            let clusters: usize = lines.iter().map(|l| graphemes_with_width(l).filter(|(c, _)| *c != " ").count()).sum();
            let all = graphemes_with_width(&text).filter(|(c, _)| !matches!(*c, " " | "\n")).count();
            prop_assert_eq!(clusters, all, "no cluster is torn");
        }

        #[test]
        fn text_that_grows_has_the_lines_of_the_whole(text in text(), most in 2_usize..30, steps in prop::collection::vec(1_usize..9, 1..40)) {
            let mut tail = Tail::default();
            let mut end = 0;
            for step in steps {
                end = (end + step).min(text.len());
                while !text.is_char_boundary(end) { end += 1; }
                prop_assert_eq!(tail.lines(&text[..end], most), wrap(&text[..end], most));
            }
        }
    }
}
