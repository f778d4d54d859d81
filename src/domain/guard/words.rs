//! Cutting texts: folded text for phrases, words for comparing, sentences.

use std::ops::Range;

/// Lower case; what is neither letter nor digit becomes one space, with one before and one after. Apostrophes go, so that
/// `don't` is one word. Han stays side by side. With the place of each character in the text it came from.
pub(super) struct Folded {
    pub(super) text: String,
    /// For each byte of `text` the byte of the original.
    from: Vec<u32>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len() + 2), from: Vec::with_capacity(text.len() + 2) };
        folded.push(' ', 0);
        let mut gap = true;
        for (at, c) in text.char_indices() {
            for c in c.to_lowercase() {
                if c.is_alphanumeric() || matches!(c, '\u{64b}'..='\u{652}') {
                    folded.push(c, at);
                    gap = false;
                } else if matches!(c, '\'' | '\u{2019}') || crate::domain::text::is_unseen(c) {
                    // Part of a word, and says nothing.
                } else if !gap {
                    folded.push(' ', at);
                    gap = true;
                }
            }
        }
        if !gap {
            folded.push(' ', text.len());
        }
        folded
    }

    fn push(&mut self, c: char, at: usize) {
        self.text.push(c);
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        self.from.resize(self.text.len(), at);
    }

    /// Where the first of `phrases` stands in the original, and how long it is there.
    pub(super) fn find(&self, phrases: &[&str]) -> Option<Range<usize>> {
        let mut places = Vec::new();
        Phrases::of(phrases).each(&self.text, &mut |phrase, at| places.push(self.original(phrase, at)));
        places.into_iter().min_by_key(|place| place.start)
    }

    /// Where a phrase stands in the original.
    pub(super) fn place(&self, phrase: &str) -> Option<Range<usize>> {
        self.text.find(phrase).map(|found| self.original(phrase, found))
    }

    /// Where a phrase that stands at `found` in the folded text stands in the original.
    pub(super) fn original(&self, phrase: &str, found: usize) -> Range<usize> {
        let first = found + phrase.len() - phrase.trim_start().len();
        let last = (found + phrase.trim_end().len()).saturating_sub(1);
        let origin = |at: usize| self.from.get(at).map_or(0, |at| *at as usize);
        origin(first)..origin(last).max(origin(first)).saturating_add(1)
    }
}

/// Many phrases, ordered so that a text is gone through once for all of them. Made anew for each text, as nothing here is kept
/// between two: hence one pass over the list, and no automaton.
pub(super) struct Phrases<'a> {
    phrases: &'a [&'a str],
    /// By the first bytes of a phrase where in `order` those with such a beginning stand.
    starts: [u16; BUCKETS + 1],
    order: Vec<u16>,
}

/// Beginnings that are told apart; more than there are phrases in a list.
const BUCKETS: usize = 1024;
/// So many bytes are the beginning of a phrase.
const BEGINNING: usize = 3;

fn bucket(bytes: &[u8]) -> Option<usize> {
    let [a, b, c, ..] = bytes else { return None };
    Some(((usize::from(*a) * 7) ^ (usize::from(*b) * 37) ^ (usize::from(*c) * 149)) % BUCKETS)
}

impl<'a> Phrases<'a> {
    /// Phrases of at least three bytes; shorter ones are never found.
    pub(super) fn of(phrases: &'a [&'a str]) -> Self {
        let mut all: Vec<(usize, u16)> =
            (0_u16..).zip(phrases).filter_map(|(n, phrase)| Some((bucket(phrase.as_bytes())?, n))).collect();
        all.sort_unstable();
        let mut starts = [0; BUCKETS + 1];
        for (bucket, _) in &all {
            starts[bucket + 1] += 1;
        }
        for at in 0..BUCKETS {
            starts[at + 1] += starts[at];
        }
        Self { phrases, starts, order: all.into_iter().map(|(_, n)| n).collect() }
    }

    /// Tells of each phrase at each place where it stands, in the order of places.
    pub(super) fn each(&self, text: &str, found: &mut dyn FnMut(&'a str, usize)) {
        let bytes = text.as_bytes();
        for at in 0..bytes.len().saturating_sub(BEGINNING - 1) {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(bucket) = bucket(rest) else { return };
            let (from, to) = (self.starts[bucket], self.starts[bucket + 1]);
            for n in self.order.get(usize::from(from)..usize::from(to)).unwrap_or_default() {
                let Some(phrase) = self.phrases.get(usize::from(*n)) else { continue };
                if rest.starts_with(phrase.as_bytes()) {
                    found(phrase, at);
                }
            }
        }
    }
}

/// The sentences of a text, with where they begin. A line ends one too.
pub(in crate::domain) fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let tail = text.get(rest..)?;
        if tail.is_empty() {
            return None;
        }
        let ends = |(at, c): (usize, char)| {
            let next = tail.get(at + c.len_utf8()..).and_then(|after| after.chars().next());
            // A point within a number or a name ends nothing.
            let full = matches!(c, '.' | '!' | '?' | '؟') && next.is_none_or(char::is_whitespace);
            (full || matches!(c, '\n' | '。' | '！' | '？' | '；')).then_some(at + c.len_utf8())
        };
        let end = tail.char_indices().find_map(ends).unwrap_or(tail.len());
        let from = rest;
        rest += end;
        Some((from, tail.get(..end)?))
    })
}

/// The words of a text as hashes, in order; each Han character is one. The Arabic *and* before a word is not part of it.
pub(super) fn hashes(text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut word = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if is_han(c) {
            end(&mut word, &mut out);
            out.push(hash(0, c));
        } else if c.is_alphanumeric() {
            word.push(c);
        } else if !matches!(c, '\'' | '\u{2019}') {
            end(&mut word, &mut out);
        }
    }
    end(&mut word, &mut out);
    out
}

fn end(word: &mut String, out: &mut Vec<u32>) {
    if !word.is_empty() {
        let bare = word.strip_prefix('و').filter(|rest| rest.chars().count() >= 3).unwrap_or(word);
        out.push(hash_of(bare));
        word.clear();
    }
}

/// FNV-1a over code points; 0 begins anew, and never comes out.
pub(super) fn hash(so_far: u32, c: char) -> u32 {
    let seed = if so_far == 0 { 0x811c_9dc5 } else { so_far };
    ((seed ^ c as u32).wrapping_mul(0x0100_0193)).max(1)
}

/// The hash of a whole text.
pub(super) fn hash_of(text: &str) -> u32 {
    text.chars().fold(0, hash)
}

/// Han, kana and their like.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether the last thing that an answer does is to ask.
pub(super) fn asks_back(text: &str) -> bool {
    let quotes = |c: char| c.is_whitespace() || matches!(c, '"' | '”' | '»' | ')' | ']');
    text.trim_end_matches(quotes).ends_with(['?', '？', '؟'])
}

/// The digit that a character is, in whatever script people write numbers here.
pub(super) fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let code = u32::from(c);
    // The mathematical digits are five sets of ten in a row.
    let value = match code {
        0x1d7ce..=0x1d7ff => (code - 0x1d7ce) % 10,
        _ => ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))?,
    };
    char::from_digit(value, 10)
}

/// Where the ten digits of a script begin.
const ZEROS: [u32; 20] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
    0x17e0, 0x1810, 0x1946, 0xff10,
];
