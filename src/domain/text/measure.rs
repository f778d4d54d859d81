//! How wide text is on a terminal: by `unicode-width` for each grapheme cluster, and nowhere by character.
//!
//! Terminals differ on some clusters; whoever draws sets the cursor after a doubtful one. Deliberately not here: wrapping.

use super::class::is_plain_char;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The grapheme clusters of a text, each with its width in cells; a line break is a cluster of no width.
///
/// Nearly all text is plain characters, which are clusters of their own before each other: only where another one comes the
/// tables of Unicode are asked.
pub fn graphemes_with_width(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.chars();
        let first = chars.next()?;
        let is_alone = is_plain_char(first) && chars.next().is_none_or(|next| next.is_ascii() || is_plain_char(next));
        let length = if is_alone { first.len_utf8() } else { rest.graphemes(true).next().map_or(rest.len(), str::len) };
        let (cluster, behind) = rest.split_at_checked(length)?;
        rest = behind;
        Some((cluster, cluster_width(cluster)))
    })
}

/// The cells of one cluster.
pub(super) fn cluster_width(cluster: &str) -> usize {
    match cluster.as_bytes() {
        [byte] => usize::from(!byte.is_ascii_control()),
        _ if cluster == "\r\n" => 0,
        _ => cluster.width(),
    }
}

/// The cells of one line.
pub(super) fn width(line: &str) -> usize {
    if line.is_ascii() {
        line.bytes().filter(|byte| !byte.is_ascii_control()).count()
    } else {
        graphemes_with_width(line).map(|(_, width)| width).sum()
    }
}

/// Where to cut a line so that it takes at most `cells` cells with a `…` after it; nothing if it fits whole.
pub(super) fn cut_at(line: &str, cells: usize) -> Option<usize> {
    let mut used = 0;
    let mut keep = 0;
    let mut at = 0;
    for (cluster, width) in graphemes_with_width(line) {
        used += width;
        if used > cells {
            return Some(keep);
        }
        at += cluster.len();
        if used < cells {
            keep = at;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Texts in which all that joins, combines, hides and breaks stands beside plain characters of many scripts.
    fn odd_text() -> impl Strategy<Value = String> {
        let odd = proptest::sample::select(vec![
            "\r\n",
            "\r",
            "\n",
            "\u{7f}",
            "\u{301}",
            "\u{200d}",
            "\u{fe0f}",
            "\u{1f1e8}",
            "\u{1f1ff}",
            "\u{1f468}",
            "\u{1f3fb}",
            "\u{94d}",
            "\u{915}",
            "\u{93f}",
            "\u{1100}",
            "\u{1161}",
            "\u{11a8}",
            "\u{ac00}",
            "\u{600}",
            "\u{6dd}",
            "\u{e33}",
            "\u{e01}",
            "\u{2764}",
            "\u{a9}",
            "\u{3099}",
            "\u{304b}",
            "\u{20e3}",
            "1",
            "#",
        ]);
        proptest::collection::vec(
            prop_oneof![odd.prop_map(str::to_owned), any::<char>().prop_map(String::from), "[ -~]"],
            0..24,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn clusters_are_those_of_the_tables(text in odd_text()) {
            let quick: Vec<&str> = graphemes_with_width(&text).map(|(cluster, _)| cluster).collect();
            prop_assert_eq!(quick, text.graphemes(true).collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_two_characters_are_parted_as_the_tables_part_them() {
        // Each plain character, before and after what is most likely to join.
        let others = [
            "a", "\u{301}", "\u{200d}", "\u{fe0f}", "\u{94d}", "\u{11a8}", "\u{1161}", "\u{ac00}", "\u{e33}", "\u{903}",
        ];
        for c in ('\u{20}'..='\u{ffff}').filter(|c| is_plain_char(*c)) {
            for other in others {
                for text in [format!("{c}{other}"), format!("{other}{c}"), format!("{c}{c}")] {
                    let quick: Vec<&str> = graphemes_with_width(&text).map(|(cluster, _)| cluster).collect();
                    assert_eq!(quick, text.graphemes(true).collect::<Vec<_>>(), "{}", text.escape_unicode());
                }
            }
        }
    }
}
