//! Text as the search sees it: folded words, and pairs of characters where a script has no spaces.
//!
//! The same splitting makes the index, the query and the excerpt. NFKC, lower case, accents off (`Größe` is found by
//! `grosse`), Arabic vowel marks off. A run of Han, kana or Thai becomes overlapping pairs, and its last character
//! alone, so that a single character is found as the beginning of something. Deliberately not here: stems, synonyms.

use unicode_normalization::UnicodeNormalization as _;

/// The longest word kept, in characters: longer ones are no words, and are cut.
const LONGEST: usize = 64;

/// The most words of a query that count.
const MOST_ASKED: usize = 32;

/// The longest excerpt, in characters.
const EXCERPT: usize = 160;

/// How much of an excerpt stands before what was found, in characters.
const BEFORE: usize = 40;

/// A stretch of text without a break, as searched.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    /// Where it begins in the text, in bytes.
    at: usize,
    /// Folded.
    text: String,
    /// Whether its script has no spaces.
    unspaced: bool,
}

/// Characters that vanish in the fold, so that they neither part a word nor hide it.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}'
        | '\u{670}' | '\u{e0000}'..='\u{e007f}')
}

/// Scripts that are written without spaces.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{e7f}' | '\u{e80}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// One stretch of the text, folded: none, one or several pieces.
fn fold(at: usize, raw: &str, pieces: &mut Vec<Piece>) {
    let folded: String = raw
        .nfkd()
        .filter(|c| !is_ignored(*c))
        .flat_map(char::to_lowercase)
        .flat_map(|c| if c == 'ß' { ['s', 's'].into_iter().take(2) } else { [c, c].into_iter().take(1) })
        .nfkc()
        .collect();
    let mut piece = Piece { at, text: String::new(), unspaced: false };
    for c in folded.chars() {
        let unspaced = is_unspaced(c);
        let joins = c.is_alphanumeric() || unspaced;
        if !piece.text.is_empty() && (!joins || unspaced != piece.unspaced) {
            pieces.push(std::mem::replace(&mut piece, Piece { at, text: String::new(), unspaced }));
        }
        if joins {
            piece.unspaced = unspaced;
            piece.text.push(c);
        }
    }
    if !piece.text.is_empty() {
        pieces.push(piece);
    }
}

/// The pieces of a text, in order.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut began: Option<(usize, bool)> = None;
    for (at, c) in text.char_indices() {
        let ignored = is_ignored(c);
        let unspaced = is_unspaced(c);
        let joins = ignored || unspaced || c.is_alphanumeric();
        match began {
            Some((start, was)) if !joins || (!ignored && was != unspaced) => {
                fold(start, text.get(start..at).unwrap_or_default(), &mut pieces);
                began = joins.then_some((at, unspaced));
            }
            None if joins => began = Some((at, unspaced)),
            _ => {}
        }
    }
    if let Some((start, _)) = began {
        fold(start, text.get(start..).unwrap_or_default(), &mut pieces);
    }
    pieces
}

/// Overlapping pairs of characters; the last character alone as well if `tail`, or if there is but one.
fn pairs(text: &str, tail: Tail) -> Vec<&str> {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut tokens: Vec<&str> =
        starts.iter().zip(starts.iter().skip(2)).filter_map(|(from, to)| text.get(*from..*to)).collect();
    if (tail == Tail::Kept || tokens.is_empty())
        && let [.., last, end] = starts[..]
    {
        tokens.extend(text.get(last..end));
    }
    tokens
}

/// Whether the last character of a run is a token of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Kept,
    Dropped,
}

fn cut(word: &str) -> &str {
    word.char_indices().nth(LONGEST).map_or(word, |(at, _)| word.get(..at).unwrap_or(word))
}

/// The text for the index: tokens parted by spaces.
pub(super) fn indexed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for piece in pieces(text) {
        let tokens = if piece.unspaced { pairs(&piece.text, Tail::Kept) } else { vec![cut(&piece.text)] };
        for token in tokens {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(token);
        }
    }
    out
}

/// What somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sought {
    pieces: Vec<Piece>,
}

impl Sought {
    /// Reads a query. None if there is no word in it.
    pub(super) fn read(words: &str) -> Option<Self> {
        let mut pieces = pieces(words);
        pieces.truncate(MOST_ASKED);
        (!pieces.is_empty()).then_some(Self { pieces })
    }

    /// The query in FTS5's language: every word as a beginning, every run as it stands, all of them. Tokens hold only
    /// letters and digits, and are quoted, so nothing in them is an operator.
    pub(super) fn expression(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            if !out.is_empty() {
                out.push_str(" AND ");
            }
            out.push('"');
            if piece.unspaced {
                out.push_str(&pairs(&piece.text, Tail::Dropped).join(" "));
            } else {
                out.push_str(cut(&piece.text));
            }
            // A word is found by its beginning; of a run only a single character is one.
            out.push_str(if !piece.unspaced || piece.text.chars().nth(1).is_none() { "\"*" } else { "\"" });
        }
        out
    }

    fn matches(&self, piece: &Piece) -> bool {
        self.pieces.iter().any(|sought| is_in(sought, piece))
    }

    /// Whether all of it occurs in `text`: what the index answers, without an index.
    pub(super) fn occurs_in(&self, text: &str) -> bool {
        let there = pieces(text);
        self.pieces.iter().all(|sought| there.iter().any(|piece| is_in(sought, piece)))
    }

    /// The words around the first place where any of it occurs, as received.
    pub(super) fn excerpt(&self, text: &str) -> String {
        let at = pieces(text).iter().find(|piece| self.matches(piece)).map_or(0, |piece| piece.at);
        let before = text.get(..at).unwrap_or_default();
        let from = before.char_indices().rev().take(BEFORE).last().map_or(at, |(from, _)| from);
        let from = if from == 0 {
            0
        } else {
            // Not from the middle of a word, if a space is near.
            before.get(from..).and_then(|lead| lead.find(' ')).map_or(from, |space| from + space + 1)
        };
        text.get(from..).unwrap_or(text).chars().take(EXCERPT).collect()
    }
}

fn is_in(sought: &Piece, piece: &Piece) -> bool {
    if sought.unspaced != piece.unspaced {
        return false;
    }
    if sought.unspaced { piece.text.contains(&sought.text) } else { cut(&piece.text).starts_with(cut(&sought.text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_unspaced_scripts_become_pairs() {
        for (text, tokens) in [
            ("Where's my REFUND?", "where s my refund"),
            ("Größe ÉTÉ ＡＢＣ ﬁne", "grosse ete abc fine"),
            ("退款abc流程图", "退款 款 abc 流程 程图 图"),
            ("مَرْحَبـــا", "مرحبا"),
            ("pass\u{200b}word \u{202e}evil", "password evil"),
            ("ｶﾞｰﾄﾞ", "ガー ード ド"),
            ("½ x", "1 2 x"),
            ("… 💥 --", ""),
        ] {
            assert_eq!(indexed(text), tokens, "{text}");
        }
        assert_eq!(indexed(&"x".repeat(1_000)), "x".repeat(LONGEST));
    }

    #[test]
    fn an_excerpt_stands_around_what_was_found() {
        let text = format!("{}the parcel with my Grinder is lost {}", "before ".repeat(50), "after ".repeat(50));
        let excerpt = Sought::read("GRINDER").unwrap().excerpt(&text);
        assert!(excerpt.starts_with("before before the parcel with my Grinder is lost after"), "{excerpt}");
        assert_eq!(excerpt.chars().count(), EXCERPT);
    }

    #[test]
    fn a_query_holds_no_operators() {
        let expression = |words| Sought::read(words).map(|sought| sought.expression());
        assert_eq!(expression("a OR b* \"c"), Some(r#""a"* AND "or"* AND "b"* AND "c"*"#.into()));
        assert_eq!(expression("退款流程 程"), Some(r#""退款 款流 流程" AND "程"*"#.into()));
        assert_eq!(expression(" \0 \" * "), None);
    }
}
