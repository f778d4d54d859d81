//! What a talk knows, as far as the checks need it: figures and addresses that were said, the last answers, the pace.
//!
//! Hashes and counts, no texts: about a hundred bytes. Deliberately not here: any judgement.

use super::{
    MINUTE, Rule, Verdict, figures,
    language::{self, Tongue},
    personal,
    words::{asks_back, hash_of, hashes, sentences},
};
use crate::domain::{customer::Customer, seldom::Seldom, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So many facts of a talk are remembered, the newest.
const FACTS: usize = 192;
/// So many sentences of people and tools are remembered, the newest, and so many of one text.
const TOLD: usize = 160;
const TOLD_AT_ONCE: usize = 64;
/// A sentence of more words is remembered by none of its own.
const LONGEST: usize = 400;
/// So many answers a new one is compared with.
const ANSWERS: usize = 3;
/// A text of fewer words is like no other.
const FEWEST: usize = 8;

/// A set of facts, as hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts(Vec<u32>);

impl Facts {
    /// Takes in what a text states: its figures, mail addresses and long numbers.
    pub(super) fn learn(&mut self, text: &str) {
        figures::each(text, &mut |figure| self.0.push(hash_of(&figure.digits)));
        personal::each(text, &mut |found| self.0.push(hash_of(&found.canonical)));
    }

    pub(super) fn has(&self, fact: u32) -> bool {
        self.0.contains(&fact)
    }
}

/// What the checks must know of a talk. Part of the conversation's state; folded from its events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Heed {
    /// Figures and addresses that the customer or a person of the team said, the newest last.
    #[serde(skip_serializing_if = "Seldom::is_empty")]
    known: Seldom<u32>,
    /// Sentences that an AI may cite: those of people who told it, and of tools that found something; the newest last.
    #[serde(skip_serializing_if = "Seldom::is_empty")]
    told: Seldom<u64>,
    /// The last answers, the newest last, as fingerprints; 0 is none.
    #[serde(skip_serializing_if = "is_empty")]
    answered: [u64; ANSWERS],
    /// Answers in a row that only asked back.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) questions: u8,
    /// The language of the customer's last message that told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::domain) speaks: Option<Tongue>,
    /// Whether the customer brought a matter for people, and none has answered since.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) sensitive: bool,
    /// How many messages came in the minute that is being counted.
    #[serde(skip_serializing_if = "is_zero")]
    count: u8,
    /// When that minute began.
    #[serde(skip_serializing_if = "is_the_beginning")]
    since: Timestamp,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(it: &u8) -> bool {
    *it == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_false(it: &bool) -> bool {
    !it
}

fn is_empty(it: &[u64; ANSWERS]) -> bool {
    *it == [0; ANSWERS]
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_the_beginning(it: &Timestamp) -> bool {
    *it == Timestamp::default()
}

impl Heed {
    /// A talk begins with this customer.
    #[must_use]
    pub fn of(customer: &Customer) -> Self {
        let mut heed = Self::default();
        heed.learn(customer.email.as_deref().unwrap_or_default());
        heed
    }

    /// Takes in the words of somebody who may be quoted: the customer, a person of the team, the result of a tool.
    pub fn learn(&mut self, text: &str) {
        let mut facts = Facts::default();
        facts.learn(text);
        for fact in facts.0 {
            if !self.known.contains(&fact) {
                self.known.push(fact);
            }
        }
        self.known.keep_newest(FACTS);
    }

    /// Takes in what a person told the AI, or a tool found: it may be quoted, and cited.
    pub(in crate::domain) fn rely(&mut self, text: &str) {
        self.learn(text);
        let lines = sentences(text).flat_map(|(_, sentence)| {
            let said = sentence.split_once([':', '：']).map(|(_, said)| said);
            [Some(sentence), said]
        });
        let mut fresh: Vec<u64> = lines.flatten().take(TOLD_AT_ONCE).filter_map(unit).collect();
        fresh.extend(unit(text));
        for one in fresh {
            if !self.told.contains(&one) {
                self.told.push(one);
            }
        }
        self.told.keep_newest(TOLD);
    }

    /// Whether a text is put together of whole sentences that the AI was told.
    pub(super) fn was_told(&self, text: &str) -> bool {
        let words = hashes(text);
        let told: BTreeSet<u64> = self.told.iter().copied().collect();
        // Where a sentence may begin; each place is looked at once.
        let mut places = BTreeSet::from([0]);
        while let Some(at) = places.pop_first() {
            if at == words.len() {
                return true;
            }
            let mut so_far = 0;
            for (count, word) in words.iter().skip(at).take(LONGEST).enumerate() {
                so_far = join(so_far, *word);
                if told.contains(&so_far) {
                    places.insert(at + count + 1);
                }
            }
        }
        false
    }

    /// The customer wrote.
    pub(in crate::domain) fn hear(&mut self, text: &str, at: Timestamp) {
        self.learn(text);
        self.speaks = language::of(text).or(self.speaks);
        let count = self.messages_within_a_minute(at);
        self.since = if count == 0 { at } else { self.since };
        self.count = count.saturating_add(1);
    }

    /// A check found something in the customer's words.
    pub(in crate::domain) fn note(&mut self, verdicts: &[Verdict]) {
        self.sensitive |= verdicts.iter().any(|verdict| verdict.rule == Rule::Sensitive);
    }

    /// Whether the customer brought a matter for people, and none has answered since.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// A person answered or briefed the AI: what was a matter for people was seen by one.
    pub(in crate::domain) fn meet_person(&mut self, words: &str) {
        self.learn(words);
        self.sensitive = false;
        self.questions = 0;
        self.answered = [0; ANSWERS];
    }

    /// An AI answered.
    pub(in crate::domain) fn answer(&mut self, text: &str) {
        self.questions = if asks_back(text) { self.questions.saturating_add(1) } else { 0 };
        self.answered.rotate_left(1);
        if let Some(last) = self.answered.last_mut() {
            *last = fingerprint(text);
        }
    }

    pub(super) fn knows(&self, fact: u32) -> bool {
        self.known.contains(&fact)
    }

    /// Messages of the customer in the minute that is being counted.
    pub(super) fn messages_within_a_minute(&self, at: Timestamp) -> u8 {
        if at.since(self.since) < MINUTE { self.count } else { 0 }
    }

    /// How like a text is to one of the last answers, in hundredths of shared words.
    pub(super) fn likeness(&self, text: &str) -> u8 {
        if is_empty(&self.answered) {
            return 0;
        }
        let new = fingerprint(text);
        let old = self.answered.iter().filter(|old| **old != 0 && new != 0);
        old.map(|old| alike(*old, new)).max().unwrap_or(0)
    }
}

/// A text in 64 bits: texts with most words in common differ in few of them (Charikar's simhash over words and pairs of
/// neighbours). 0 for a text of few words.
fn fingerprint(text: &str) -> u64 {
    let words = hashes(text);
    if words.len() < FEWEST {
        return 0;
    }
    let (mut ones, mut all) = ([0_u32; 64], 0_u32);
    let pairs = words.windows(2).map(|pair| match pair {
        [a, b] => spread(u64::from(*a) << 32 | u64::from(*b)),
        _ => 0,
    });
    for feature in words.iter().map(|word| spread(u64::from(*word))).chain(pairs) {
        all += 1;
        for (bit, ones) in ones.iter_mut().enumerate() {
            *ones += u32::from(feature >> bit & 1 == 1);
        }
    }
    ones.iter().enumerate().fold(0, |print, (bit, ones)| print | u64::from(*ones * 2 > all) << bit).max(1)
}

/// A sentence in 64 bits; none for one without words, or with too many.
fn unit(sentence: &str) -> Option<u64> {
    let words = hashes(sentence);
    (1..=LONGEST).contains(&words.len()).then(|| words.into_iter().fold(0, join))
}

/// One word more.
fn join(so_far: u64, word: u32) -> u64 {
    spread((so_far ^ u64::from(word)).wrapping_add(0x9e37_79b9_7f4a_7c15))
}

/// Mixes 64 bits (the finaliser of splitmix64).
fn spread(x: u64) -> u64 {
    let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

/// Hundredths of shared words, from how many bits differ: `h` of 64 bits is an angle of `180° h / 64`, its cosine `c` the
/// share in common of both sizes, and `c / (2 - c)` that of the union. Precomputed and rounded down.
fn alike(a: u64, b: u64) -> u8 {
    const BY_BITS: [u8; 20] = [100, 99, 99, 97, 96, 94, 91, 88, 85, 82, 78, 74, 71, 66, 62, 58, 54, 50, 46, 42];
    BY_BITS.get((a ^ b).count_ones() as usize).copied().unwrap_or(0)
}
