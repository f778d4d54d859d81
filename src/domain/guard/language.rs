//! Which language a text is in, where that is plain: by its script, then by its small words.
//!
//! It says nothing of short texts and of languages that it does not know. Deliberately not here: dialects, and what people
//! prefer.

use super::{Finds, Rule, words::is_han};
use crate::domain::card::Card;
use serde::{Deserialize, Serialize};

/// A language that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tongue {
    /// English.
    En,
    /// German.
    De,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Chinese.
    Zh,
    /// Japanese.
    Ja,
    /// Korean.
    Ko,
    /// Arabic.
    Ar,
    /// Russian and its neighbours in script.
    Ru,
}

impl Tongue {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::En, Self::De, Self::Es, Self::Fr, Self::Zh, Self::Ja, Self::Ko, Self::Ar, Self::Ru];

    /// From a language tag such as `de` or `zh-CN`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|tongue| tongue.tag() == first)
    }

    /// Its tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::Zh => "zh",
            Self::Ja => "ja",
            Self::Ko => "ko",
            Self::Ar => "ar",
            Self::Ru => "ru",
        }
    }
}

/// So many letters tell a script.
const LETTERS: usize = 6;
/// So many small words tell a language of the Latin script, and so many more than of any other.
const SMALL: usize = 3;

const EN: &[&str] = &[
    "the", "and", "is", "are", "you", "your", "to", "of", "it", "that", "we", "can", "for", "with", "this", "have",
    "not", "will", "please", "my", "was", "on", "be", "i", "what", "if", "or", "when", "from", "there",
];
const DE: &[&str] = &[
    "der", "die", "das", "und", "ist", "sie", "ich", "nicht", "mit", "wir", "ihre", "ihr", "ihnen", "ein", "eine",
    "einen", "für", "auf", "zu", "den", "dem", "von", "bitte", "kann", "können", "haben", "wird", "es", "mein",
    "meine", "wie", "wenn", "oder", "im",
];
const ES: &[&str] = &[
    "el", "la", "los", "las", "de", "que", "y", "es", "en", "un", "una", "su", "sus", "por", "para", "con", "no",
    "puede", "si", "está", "lo", "se", "del", "al", "usted", "mi", "cuando", "como", "o", "hay", "le", "nos",
];
const FR: &[&str] = &[
    "le", "la", "les", "des", "et", "est", "vous", "votre", "nous", "que", "qui", "dans", "pour", "avec", "une", "un",
    "du", "ne", "pas", "sur", "je", "mon", "ma", "ce", "cette", "au", "il", "ou", "sont", "peut",
];

/// The language of a text, if it is plain.
#[must_use]
pub fn of(text: &str) -> Option<Tongue> {
    let head = text.get(..text.floor_char_boundary(4_000)).unwrap_or(text);
    let (mut letters, mut han, mut kana, mut hangul, mut arabic, mut cyrillic) = (0_usize, 0, 0, 0, 0, 0);
    for c in head.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        match c {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{ac00}'..='\u{d7af}' => hangul += 1,
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' => {
                arabic += 1;
            }
            '\u{400}'..='\u{52f}' => cyrillic += 1,
            c if is_han(c) => han += 1,
            _ => {}
        }
    }
    // A Han character says as much as three letters.
    let script = [
        (kana * 3 + han, Tongue::Ja, kana * 4 > han && kana >= 3),
        (han * 3, Tongue::Zh, kana * 4 <= han),
        (hangul * 2, Tongue::Ko, true),
        (arabic, Tongue::Ar, true),
        (cyrillic, Tongue::Ru, true),
    ];
    let others = han + kana + hangul + arabic + cyrillic;
    for (weight, tongue, fits) in script {
        let rest = letters - others;
        if fits && weight >= LETTERS && weight > rest {
            return Some(tongue);
        }
    }
    if others * 4 > letters {
        return None;
    }
    latin(head)
}

fn latin(text: &str) -> Option<Tongue> {
    let lower = text.to_lowercase();
    let mut counts = [(Tongue::En, EN, 0_usize), (Tongue::De, DE, 0), (Tongue::Es, ES, 0), (Tongue::Fr, FR, 0)];
    for word in lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        for (_, small, count) in &mut counts {
            *count += usize::from(small.contains(&word));
        }
    }
    counts.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    let [(best, _, most), (_, _, next), ..] = counts;
    (most >= SMALL && most >= next + 2 && most * 2 >= next * 3).then_some(best)
}

/// Another language than the customer's: neither that of the last message that told one nor that of the record.
pub(super) fn find(finds: &mut Finds<'_>, card: &Card, heed: &super::Heed) {
    let record = card.customer.locale.as_deref().and_then(Tongue::from_tag);
    let expected = [heed.speaks, record];
    let Some(answers) = of(finds.text) else { return };
    if expected.iter().any(Option::is_some) && !expected.contains(&Some(answers)) {
        let wanted = heed.speaks.or(record).map_or("", Tongue::tag);
        finds.say(Rule::Language, format!("{} where the customer writes {wanted}", answers.tag()), 0);
    }
}
