//! From what a person typed to conditions, or to a mistake that can be pointed at.

use super::{Bound, Condition, Is, Key, Mistake, Needle, Needs, Order, Priority, Test, Who, matching::fold};
use crate::domain::{mode::Mode, near::nearest, time::Span};
use std::ops::Range;

/// One alternative of a value.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) at: Range<usize>,
}

/// Reads the conditions of `said`.
pub(super) fn parse(said: &str) -> Result<Vec<Condition>, Mistake> {
    let mut conditions = Vec::new();
    let mut at = 0;
    while let Some(c) = char_at(said, at) {
        if c.is_whitespace() {
            at += c.len_utf8();
        } else {
            let (condition, end) = condition(said, at)?;
            conditions.push(condition);
            at = end;
        }
    }
    Ok(conditions)
}

pub(super) fn char_at(said: &str, at: usize) -> Option<char> {
    said.get(at..).and_then(|rest| rest.chars().next())
}

pub(super) fn mistake(at: Range<usize>, why: impl Into<String>) -> Mistake {
    Mistake { at, why: why.into(), near: None }
}

/// Where the word that begins at `from` ends: before a space or one of `also`.
pub(super) fn word_end(said: &str, from: usize, also: &[char]) -> usize {
    let rest = said.get(from..).unwrap_or_default();
    from + rest.find(|c: char| c.is_whitespace() || also.contains(&c)).unwrap_or(rest.len())
}

fn condition(said: &str, from: usize) -> Result<(Condition, usize), Mistake> {
    let negated = char_at(said, from) == Some('-');
    let start = from + usize::from(negated);
    if char_at(said, start).is_none_or(char::is_whitespace) {
        return Err(mistake(from..start, "nothing follows the `-`: write what to leave out, as in -channel:web"));
    }
    let end = word_end(said, start, &[':', '"', '|']);
    if char_at(said, end) == Some(':') {
        let word = said.get(start..end).unwrap_or_default();
        let folded = word.to_lowercase();
        let Some(key) = Key::ALL.into_iter().find(|key| key.word() == folded) else {
            let near = nearest(&folded, Key::ALL.map(Key::word));
            let known = Key::ALL.map(Key::word).join(", ");
            let why = match near {
                Some(_) => format!("`{word}` is not a key"),
                None => format!("`{word}` is not a key: use {known}, or put the words in quotes"),
            };
            return Err(Mistake { at: start..end, why, near: near.map(str::to_owned) });
        };
        let (pieces, end) = pieces(said, end + 1)?;
        return Ok((Condition { negated, test: test(key, pieces)? }, end));
    }
    let (pieces, end) = pieces(said, start)?;
    let test = if pieces.iter().all(|piece| !piece.quoted && piece.text.starts_with('#')) {
        Test::Number(each(pieces, |piece| {
            piece.text.get(1..).unwrap_or_default().parse().map_err(|_| {
                mistake(
                    piece.at.clone(),
                    format!("`{}` is not a conversation: write its number, as in #42", piece.text),
                )
            })
        })?)
    } else {
        Test::Text(each(pieces, |piece| needle(&piece))?)
    };
    Ok((Condition { negated, test }, end))
}

/// The alternatives that begin at `from`, and where they end.
pub(super) fn pieces(said: &str, from: usize) -> Result<(Vec<Piece>, usize), Mistake> {
    let mut pieces = Vec::new();
    let mut at = from;
    loop {
        let piece = if char_at(said, at) == Some('"') { quoted(said, at)? } else { bare(said, at) };
        at = piece.at.end;
        pieces.push(piece);
        match char_at(said, at) {
            Some('|') => at += 1,
            Some('"') => return Err(mistake(at..at + 1, "a quote in the middle of a word: put a space before it")),
            Some(c) if !c.is_whitespace() => {
                let end = word_end(said, at, &[]);
                return Err(mistake(at..end, "letters right after a quote: put a space between"));
            }
            _ => return Ok((pieces, at)),
        }
    }
}

fn bare(said: &str, from: usize) -> Piece {
    let end = word_end(said, from, &['|', '"']);
    Piece { text: said.get(from..end).unwrap_or_default().to_owned(), quoted: false, at: from..end }
}

fn quoted(said: &str, from: usize) -> Result<Piece, Mistake> {
    let mut text = String::new();
    let mut escaped = false;
    for (at, c) in said.get(from + 1..).unwrap_or_default().char_indices() {
        match c {
            _ if escaped => {
                text.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Ok(Piece { text, quoted: true, at: from..from + at + 2 }),
            _ => text.push(c),
        }
    }
    Err(mistake(from..said.len(), "the quote is not closed: write a `\"` at its end"))
}

pub(super) fn each<T>(pieces: Vec<Piece>, one: impl Fn(Piece) -> Result<T, Mistake>) -> Result<Vec<T>, Mistake> {
    pieces.into_iter().map(one).collect()
}

pub(super) fn needle(piece: &Piece) -> Result<Needle, Mistake> {
    if piece.text.is_empty() {
        return Err(mistake(piece.at.clone(), "there is nothing to look for here"));
    }
    if piece.text.contains(char::is_control) {
        return Err(mistake(piece.at.clone(), "control characters cannot be looked for: leave them out"));
    }
    Ok(Needle(fold(&piece.text)))
}

fn test(key: Key, pieces: Vec<Piece>) -> Result<Test, Mistake> {
    let values = values(key);
    if let Some(empty) = pieces.iter().find(|piece| piece.text.is_empty()) {
        let why = format!("`{}:` needs a value, as in {}:{}", key.word(), key.word(), example(key));
        return Err(mistake(empty.at.clone(), why));
    }
    Ok(match key {
        Key::Holder => Test::Holder(each(pieces, |piece| {
            let folded = fold(&piece.text);
            let kind = Who::KINDS.into_iter().find(|kind| !piece.quoted && kind.word() == folded);
            kind.map_or_else(|| needle(&piece).map(Who::Named), Ok)
        })?),
        Key::Mode => Test::Mode(each(pieces, |piece| one_of(key, &piece, Mode::ALL, Mode::word, &values))?),
        Key::Tag => Test::Tag(each(pieces, |piece| needle(&piece))?),
        Key::Topic => Test::Topic(each(pieces, |piece| needle(&piece))?),
        Key::Channel => Test::Channel(each(pieces, |piece| needle(&piece))?),
        Key::Locale => Test::Locale(each(pieces, |piece| needle(&piece))?),
        Key::Is => Test::Is(each(pieces, |piece| one_of(key, &piece, Is::ALL, Is::word, &values))?),
        Key::Needs => Test::Needs(each(pieces, |piece| one_of(key, &piece, Needs::ALL, Needs::word, &values))?),
        Key::Priority => Test::Priority(each(pieces, |piece| {
            let (order, value) = bound(piece, Order::Exactly);
            one_of(key, &value, Priority::ALL, Priority::word, &values).map(|value| Bound { order, value })
        })?),
        Key::Attention => Test::Attention(each(pieces, |piece| {
            let (order, value) = bound(piece, Order::AtLeast);
            let number = value.text.parse().ok().filter(|number| *number <= 100_u8);
            number.map(|value| Bound { order, value }).ok_or_else(|| {
                mistake(value.at, format!("`{}` is not a score: write 0 to 100, as in attention:>50", value.text))
            })
        })?),
        Key::Waiting => Test::Waiting(each(pieces, |piece| {
            let (order, value) = bound(piece, Order::AtLeast);
            let span = Span::parse(&value.text, Span::seconds(1));
            span.map(|value| Bound { order, value }).map_err(|why| mistake(value.at, why))
        })?),
    })
}

/// The sign before a value, or `bare` if there is none, and the value.
fn bound(piece: Piece, bare: Order) -> (Order, Piece) {
    let order = Order::ALL.into_iter().find(|order| piece.text.starts_with(order.sign()));
    let Some(order) = order else { return (bare, piece) };
    let sign = order.sign().len();
    let text = piece.text.get(sign..).unwrap_or_default().to_owned();
    (order, Piece { text, quoted: piece.quoted, at: (piece.at.start + sign).min(piece.at.end)..piece.at.end })
}

fn one_of<T: Copy, const N: usize>(
    key: Key,
    piece: &Piece,
    all: [T; N],
    word: impl Fn(T) -> &'static str,
    values: &[&'static str],
) -> Result<T, Mistake> {
    let folded = fold(&piece.text);
    all.into_iter().find(|it| word(*it) == folded).ok_or_else(|| Mistake {
        at: piece.at.clone(),
        why: format!("`{}:` does not know `{}`: use {}", key.word(), piece.text, values.join(", ")),
        near: nearest(&folded, values.iter().copied()).map(str::to_owned),
    })
}

/// The fixed values of a key.
pub(super) fn values(key: Key) -> Vec<&'static str> {
    match key {
        Key::Holder => vec!["ai", "human", "queue", "me"],
        Key::Mode => Mode::ALL.map(Mode::word).to_vec(),
        Key::Is => Is::ALL.map(Is::word).to_vec(),
        Key::Needs => Needs::ALL.map(Needs::word).to_vec(),
        Key::Priority => Priority::ALL.map(Priority::word).to_vec(),
        Key::Tag | Key::Topic | Key::Channel | Key::Locale | Key::Attention | Key::Waiting => Vec::new(),
    }
}

/// A value that a key takes.
pub(super) fn example(key: Key) -> &'static str {
    match key {
        Key::Holder => "ai",
        Key::Mode => "draft",
        Key::Tag => "late",
        Key::Topic => "returns",
        Key::Channel => "web",
        Key::Locale => "de",
        Key::Is => "open",
        Key::Needs => "me",
        Key::Priority => ">=high",
        Key::Attention => ">50",
        Key::Waiting => ">2m",
    }
}
