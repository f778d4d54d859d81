//! The right columns of the class table: a first pass by character, a second by grapheme cluster.
//!
//! The second runs only if something was seen that can combine. It may take away what a joiner leant on, so the two
//! repeat until the second changes nothing; each change makes the text shorter.

use super::{
    MESSAGE_BYTES,
    class::{self, Class},
    confusable, measure,
};
use std::{collections::BTreeSet, fmt::Write as _};
use unicode_segmentation::UnicodeSegmentation as _;

/// What the text is for: a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Message,
    Line,
    Evidence,
    Model,
}

/// Text after cleaning.
#[derive(Debug, Default)]
pub(super) struct Cleaned {
    pub text: String,
    pub removed: u16,
    pub hidden: String,
    /// Whether the rest of the text was not looked at, since what came before it is long enough.
    stopped: bool,
}

/// The most bytes of one cluster; the longest emoji in use has 35.
const CLUSTER_BYTES: usize = 64;
/// The most bytes of decoded tags that are kept.
const HIDDEN_BYTES: usize = 4 * 1024;
/// What stands for a character that is not shown.
const REPLACEMENT: &str = "\u{fffd}";
/// What carries a mark that has no letter before it.
const DOTTED_CIRCLE: char = '\u{25cc}';
/// What follows the black flag in the flags of England, Scotland and Wales.
const FLAG_TAILS: [&str; 3] = [
    "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Brings `raw` into the form of its column.
pub(super) fn clean(raw: &str, target: Target) -> Cleaned {
    let mut out = Cleaned::default();
    let enough = if target == Target::Message { 2 * MESSAGE_BYTES } else { usize::MAX };
    let mut combines = by_character(raw, target, enough, &mut out);
    if target != Target::Model {
        // Two rounds are enough for all we know; the bound keeps it total.
        for _ in 0..4 {
            if !combines || !by_cluster(target, &mut out) {
                break;
            }
            let again = std::mem::take(&mut out.text);
            let settled = if target == Target::Evidence { Target::Message } else { target };
            combines = by_character(&again, settled, usize::MAX, &mut out);
        }
    }
    if target == Target::Message && (out.stopped || out.text.len() > MESSAGE_BYTES) {
        let mut keep = 0;
        for (at, cluster) in out.text.grapheme_indices(true) {
            if at + cluster.len() > MESSAGE_BYTES - '…'.len_utf8() {
                break;
            }
            keep = at + cluster.len();
        }
        out.text.truncate(keep);
        end_with_ellipsis(&mut out.text, true);
        count(&mut out, 1);
    }
    out
}

/// Ends a text that was cut; a joiner that now leads nowhere goes.
pub(super) fn end_with_ellipsis(text: &mut String, ellipsis: bool) {
    while text.ends_with(['\u{200c}', '\u{200d}']) {
        text.pop();
    }
    if ellipsis {
        text.push('…');
    }
}

fn count(out: &mut Cleaned, n: usize) {
    out.removed = out.removed.saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
}

/// The first pass; it stops when the result has more than `enough` bytes. Says whether something that can combine is in the text.
fn by_character(raw: &str, target: Target, enough: usize, out: &mut Cleaned) -> bool {
    let mut combines = false;
    out.text.reserve(raw.len());
    let posing = if target == Target::Evidence { confusable::posing(raw) } else { BTreeSet::new() };
    let mut chars = raw.chars();
    loop {
        let at = raw.len() - chars.as_str().len();
        let Some(c) = chars.next() else { break };
        if out.text.len() > enough {
            out.stopped = true;
            break;
        }
        match class::class(c) {
            Class::Visible if target == Target::Evidence && is_ours(c) => code(out, c),
            Class::Visible if posing.contains(&at) => code(out, c),
            Class::Visible => {
                combines |= !class::is_plain_char(c);
                out.text.push(c);
            }
            Class::Space if target == Target::Evidence => code(out, c),
            Class::Space => out.text.push(c),
            Class::Break => line_break(target, out),
            Class::Tab => match target {
                Target::Message => out.text.push_str("    "),
                Target::Line => out.text.push(' '),
                Target::Evidence => out.text.push('␉'),
                Target::Model => out.text.push('\t'),
            },
            Class::Return if chars.as_str().starts_with('\n') => {}
            Class::Return if target == Target::Model => out.text.push('\n'),
            Class::Return | Class::Control => control(c, target, out),
            Class::Bidi(name) => {
                count(out, 1);
                if matches!(target, Target::Message | Target::Evidence) {
                    marker(out, name);
                }
            }
            Class::Direction(name) => {
                if target == Target::Evidence {
                    count(out, 1);
                    marker(out, name);
                }
            }
            Class::Invisible => invisible(c, target, out, chars.as_str()),
            Class::Joiner | Class::Variation => {
                if target == Target::Evidence {
                    count(out, 1);
                    code(out, c);
                } else if stays(c, &out.text, chars.as_str()) {
                    combines = true;
                    out.text.push(c);
                } else if target != Target::Message || is_inside_word(&out.text, chars.as_str()) {
                    count(out, 1);
                }
            }
            Class::Tag => {
                let (run, rest) = tag_run(c, chars.as_str());
                let flag = FLAG_TAILS.iter().find(|tail| run.starts_with(**tail));
                if let (Target::Message, true, Some(tail)) = (target, out.text.ends_with('\u{1f3f4}'), flag) {
                    combines = true;
                    out.text.push_str(tail);
                    hide(run.get(tail.len()..).unwrap_or_default(), target, out);
                } else {
                    hide(&run, target, out);
                }
                chars = rest.chars();
            }
            Class::Odd => {
                count(out, 1);
                match target {
                    Target::Evidence => code(out, c),
                    Target::Model => {}
                    Target::Message | Target::Line => out.text.push_str(REPLACEMENT),
                }
            }
        }
    }
    combines
}

/// Whether `c` is of the signs with which evidence shows what cannot be seen: in the text itself it is shown by code.
fn is_ours(c: char) -> bool {
    matches!(c, '⟨' | '\u{2400}'..='\u{2426}')
}

fn line_break(target: Target, out: &mut Cleaned) {
    match target {
        Target::Message | Target::Model => out.text.push('\n'),
        Target::Line => out.text.push(' '),
        Target::Evidence => out.text.push_str("␊\n"),
    }
}

fn control(c: char, target: Target, out: &mut Cleaned) {
    count(out, 1);
    if matches!(target, Target::Line | Target::Model) {
        return;
    }
    match u32::from(c) {
        code @ 0..0x20 => out.text.push(char::from_u32(0x2400 + code).unwrap_or('\u{fffd}')),
        0x7f => out.text.push('␡'),
        _ => code(out, c),
    }
}

fn invisible(c: char, target: Target, out: &mut Cleaned, rest: &str) {
    match target {
        Target::Evidence => {
            count(out, 1);
            code(out, c);
        }
        Target::Message if !is_inside_word(&out.text, rest) => {}
        _ => count(out, 1),
    }
}

fn marker(out: &mut Cleaned, name: &str) {
    out.text.push('⟨');
    out.text.push_str(name);
    out.text.push('⟩');
}

fn code(out: &mut Cleaned, c: char) {
    // Writing to a String cannot fail.
    let _ = write!(out.text, "⟨U+{:04X}⟩", u32::from(c));
}

fn is_inside_word(before: &str, after: &str) -> bool {
    let of_word = |c: char| c.is_alphanumeric();
    before.chars().next_back().is_some_and(of_word) && after.chars().next().is_some_and(of_word)
}

/// Whether a joiner or variation selector belongs where it stands.
fn stays(c: char, before: &str, after: &str) -> bool {
    let Some(last) = before.chars().next_back() else { return false };
    let next = after.chars().next();
    match c {
        '\u{200c}' | '\u{200d}' => {
            let script = class::joining(last);
            let in_word = script.is_some() && next.is_some_and(|next| class::joining(next) == script);
            let after_virama = script == Some(class::Joining::Indic) && class::is_virama(last);
            let in_emoji = || {
                let picture = before.chars().rev().take(3).find(|&c| !class::modifies_picture(c));
                c == '\u{200d}'
                    && picture.is_some_and(class::is_pictographic)
                    && next.is_some_and(class::is_pictographic)
            };
            in_word || after_virama || in_emoji()
        }
        '\u{fe0f}' if matches!(last, '0'..='9' | '#' | '*') => next == Some('\u{20e3}'),
        '\u{fe0e}' | '\u{fe0f}' => class::is_pictographic(last),
        '\u{e0100}'..='\u{e01ef}' => class::is_ideograph(last),
        _ => false,
    }
}

/// The tags from `first` on, and what comes after them.
fn tag_run(first: char, rest: &str) -> (String, &str) {
    let end = rest.find(|c| class::class(c) != Class::Tag).unwrap_or(rest.len());
    let (run, rest) = rest.split_at(end);
    (format!("{first}{run}"), rest)
}

/// Takes tags out of sight and notes what they spell.
fn hide(run: &str, target: Target, out: &mut Cleaned) {
    if run.is_empty() {
        return;
    }
    count(out, run.chars().count());
    let ascii = |tag: char| u8::try_from(u32::from(tag) & 0x7f).ok().filter(|byte| matches!(byte, b' '..=b'~'));
    let said: String = run.chars().filter_map(ascii).map(char::from).collect();
    if target == Target::Evidence {
        marker(out, &format!("TAG {said}"));
    }
    if !out.hidden.is_empty() && !said.is_empty() {
        out.hidden.push(' ');
    }
    out.hidden.push_str(&said);
    // All of it is ASCII, so any byte is a boundary.
    out.hidden.truncate(HIDDEN_BYTES);
}

/// The second pass: caps marks and clusters, and gives a mark without a letter something to stand on. Says whether it
/// changed the text.
fn by_cluster(target: Target, out: &mut Cleaned) -> bool {
    let most = if target == Target::Line { 2 } else { 8 };
    let before = std::mem::take(&mut out.text);
    let mut text = String::with_capacity(before.len());
    let mut dropped = 0;
    for cluster in before.graphemes(true) {
        if cluster == "\n" || cluster.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            text.push_str(cluster);
            continue;
        }
        let start = text.len();
        let mut in_a_row = 0;
        for c in cluster.chars() {
            // Joiners, variation selectors and the tags of a flag neither count nor begin a new row.
            let rides = class::rides_along(c);
            let counts = !rides && class::is_nonspacing(c);
            if counts {
                in_a_row += 1;
            } else if !rides && !class::is_mark(c) {
                in_a_row = 0;
            }
            if counts && in_a_row > most {
                dropped += 1;
            } else {
                text.push(c);
            }
        }
        let kept = text.get(start..).unwrap_or_default();
        if kept.len() > CLUSTER_BYTES {
            dropped += kept.chars().count();
            text.truncate(start);
            text.push_str(REPLACEMENT);
        } else if measure::cluster_width(kept) == 0 {
            dropped += 1;
            if kept.chars().next().is_some_and(class::is_mark) {
                text.insert(start, DOTTED_CIRCLE);
            } else {
                text.truncate(start);
                text.push_str(REPLACEMENT);
            }
        }
    }
    let changed = text != before;
    out.text = text;
    count(out, dropped);
    changed
}
