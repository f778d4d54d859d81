//! Text to terms, in the desk's five languages: what retrieval compares.
//!
//! NFKC, lower case, marks dropped, light stemming of Latin words, bigrams of Han, articles cut off Arabic words. One rule
//! for all languages, so that question and knowledge are always cut alike. Deliberately not here: dictionaries, meaning.

use unicode_normalization::UnicodeNormalization;

/// Texts are cut here, so that no text is costly.
const LONGEST: usize = 20_000;

/// A language that the desk speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// Spanish.
    Es,
    /// Chinese.
    Zh,
    /// Arabic.
    Ar,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::En, Self::De, Self::Es, Self::Zh, Self::Ar];

    /// Its tag, as in a front matter.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Es => "es",
            Self::Zh => "zh",
            Self::Ar => "ar",
        }
    }

    /// From a language tag such as `de` or `zh-CN`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        Self::ALL.into_iter().find(|language| language.tag() == first)
    }

    /// The language of a text: by its script, then by its small words; `likely` where these tell nothing.
    #[must_use]
    pub fn of(text: &str, likely: Self) -> Self {
        let letters = || text.chars().take(LONGEST).filter(|c| c.is_alphabetic());
        let all = letters().count();
        if all == 0 {
            return likely;
        }
        if letters().filter(|c| is_han(*c)).count() * 5 >= all {
            return Self::Zh;
        }
        if letters().filter(|c| is_arabic(*c)).count() * 3 >= all {
            return Self::Ar;
        }
        let words: Vec<String> = raw(text).into_iter().filter(|word| !is_stem_free(word)).collect();
        let count = |small: &[&str]| words.iter().filter(|word| is_among(small, word)).count();
        let counts = [(Self::En, count(SMALL_EN)), (Self::De, count(SMALL_DE)), (Self::Es, count(SMALL_ES))];
        let most = counts.iter().map(|(_, n)| *n).max().unwrap_or(0);
        let best: Vec<Self> = counts.iter().filter(|(_, n)| *n == most).map(|(language, _)| *language).collect();
        match best.as_slice() {
            [only] => *only,
            several if several.contains(&likely) => likely,
            _ if matches!(likely, Self::Zh | Self::Ar) => Self::En,
            _ => likely,
        }
    }
}

/// The terms of a text that carry meaning, in order, with repeats.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    raw(text).into_iter().filter(|word| !is_small(word)).map(|word| stem(&word)).collect()
}

/// Words and Han bigrams, folded, not stemmed.
fn raw(text: &str) -> Vec<String> {
    let mut cut = Cut::default();
    if text.is_ascii() {
        // Most of the answers here: there is nothing to compose or to decompose.
        text.chars().take(LONGEST).for_each(|c| cut.take(c.to_ascii_lowercase()));
    } else {
        text.chars().take(LONGEST).nfkc().flat_map(char::to_lowercase).nfd().for_each(|c| cut.take(c));
    }
    cut.end()
}

/// A text that is being cut.
#[derive(Default)]
struct Cut {
    word: String,
    han: Vec<char>,
    out: Vec<String>,
}

impl Cut {
    /// Takes the next character, folded.
    fn take(&mut self, c: char) {
        let Self { word, han, out } = self;
        if is_mark(c) || c == '\'' || c == '\u{2019}' || c == '\u{640}' {
            // Marks, apostrophes and the Arabic stretch belong to the word and say nothing.
        } else if is_han(c) {
            end_word(word, out);
            if HAN_SMALL.contains(c) { end_han(han, out) } else { han.push(c) }
        } else if c.is_alphanumeric() {
            end_han(han, out);
            word.push(match c {
                'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
                'ى' => 'ي',
                'ة' => 'ه',
                'ß' => 's',
                other => other,
            });
        } else {
            end_word(word, out);
            end_han(han, out);
        }
    }

    fn end(mut self) -> Vec<String> {
        end_word(&mut self.word, &mut self.out);
        end_han(&mut self.han, &mut self.out);
        self.out
    }
}

fn end_word(word: &mut String, out: &mut Vec<String>) {
    if !word.is_empty() {
        // A word of thirty letters and more is no word.
        out.push(word.chars().take(30).collect());
        word.clear();
    }
}

fn end_han(run: &mut Vec<char>, out: &mut Vec<String>) {
    match run.as_slice() {
        [] => {}
        [one] => out.push(one.to_string()),
        several => out.extend(several.windows(2).map(|pair| pair.iter().collect::<String>())),
    }
    run.clear();
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{3099}' | '\u{309a}')
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}')
}

fn is_stem_free(word: &str) -> bool {
    word.chars().any(|c| c.is_numeric() || is_han(c))
}

/// Whether a word is in a list, which is sorted.
fn is_among(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

fn is_small(word: &str) -> bool {
    let short = word.chars().count() < 2 && !word.chars().any(|c| c.is_numeric() || is_han(c));
    short || [SMALL_EN, SMALL_DE, SMALL_ES, SMALL_AR].iter().any(|small| is_among(small, word))
}

/// Cuts the endings and beginnings that change with grammar. Words with digits and short words stay whole.
fn stem(word: &str) -> String {
    if is_stem_free(word) {
        return word.to_owned();
    }
    if word.chars().any(is_arabic) {
        return stem_arabic(word);
    }
    let mut stem = word;
    // Three: `discounts` loses one more than `discount` before both are alike.
    for _ in 0..3 {
        let last = stem.as_bytes().last();
        let cut = ENDINGS.iter().filter(|(ending, _)| ending.as_bytes().last() == last).find_map(|(ending, rest)| {
            let root = stem.strip_suffix(ending)?;
            (root.chars().count() >= *rest).then_some(root)
        });
        match cut {
            Some(root) => stem = root,
            None => break,
        }
    }
    stem.to_owned()
}

fn stem_arabic(word: &str) -> String {
    let mut stem = word;
    for article in ["وال", "بال", "كال", "فال", "لل", "ال"] {
        if let Some(root) = stem.strip_prefix(article)
            && root.chars().count() >= 3
        {
            stem = root;
            break;
        }
    }
    for ending in ["كما", "هما", "ها", "هم", "كم", "ات", "ين", "ون", "تي", "ته", "ه", "ي", "ت", "ا"]
    {
        if let Some(root) = stem.strip_suffix(ending)
            && root.chars().count() >= 3
        {
            stem = root;
            break;
        }
    }
    stem.to_owned()
}

/// Endings, longest first, with how many letters must remain.
const ENDINGS: &[(&str, usize)] = &[
    ("aciones", 3),
    ("amiento", 3),
    ("imiento", 3),
    ("ungen", 4),
    ("acion", 3),
    ("ments", 4),
    ("ions", 4),
    ("ando", 3),
    ("iendo", 3),
    ("ados", 3),
    ("adas", 3),
    ("idos", 4),
    ("idas", 4),
    ("ment", 4),
    ("ing", 3),
    ("ies", 3),
    ("ung", 4),
    ("ion", 4),
    ("ado", 3),
    ("ada", 3),
    ("ido", 4),
    ("ida", 4),
    ("est", 4),
    ("ern", 4),
    ("ed", 3),
    ("es", 3),
    ("en", 3),
    ("er", 3),
    ("em", 4),
    ("ar", 3),
    ("ir", 3),
    ("os", 3),
    ("as", 3),
    ("et", 4),
    ("st", 5),
    ("s", 3),
    ("e", 3),
    ("n", 4),
    ("o", 3),
    ("a", 3),
    ("y", 3),
    ("t", 5),
];

/// Han characters that part words rather than make them.
const HAN_SMALL: &str =
    "的了吗呢吧我你您他她它是在有和与就也都很啊呀请这那个到给把被让从对里哪什么怎样么为想要会能可以";

const SMALL_EN: &[&str] = &[
    "a",
    "about",
    "again",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "anything",
    "are",
    "as",
    "at",
    "be",
    "because",
    "been",
    "but",
    "by",
    "can",
    "cant",
    "could",
    "dear",
    "did",
    "do",
    "does",
    "doing",
    "dont",
    "for",
    "from",
    "get",
    "good",
    "got",
    "had",
    "has",
    "have",
    "he",
    "hello",
    "help",
    "her",
    "here",
    "hey",
    "hi",
    "him",
    "his",
    "how",
    "i",
    "if",
    "ill",
    "im",
    "in",
    "into",
    "is",
    "isnt",
    "it",
    "its",
    "ive",
    "just",
    "know",
    "like",
    "me",
    "morning",
    "much",
    "my",
    "need",
    "no",
    "not",
    "nothing",
    "now",
    "of",
    "ok",
    "okay",
    "on",
    "one",
    "only",
    "or",
    "our",
    "please",
    "really",
    "said",
    "says",
    "she",
    "should",
    "so",
    "some",
    "something",
    "still",
    "tell",
    "than",
    "thank",
    "thanks",
    "that",
    "thats",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "this",
    "to",
    "too",
    "up",
    "us",
    "very",
    "want",
    "was",
    "we",
    "were",
    "what",
    "whats",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "wont",
    "would",
    "yes",
    "you",
    "your",
];
const SMALL_DE: &[&str] = &[
    "aber", "alle", "als", "also", "am", "an", "auch", "auf", "aus", "bei", "beim", "bin", "bis", "bitte", "da",
    "danke", "dann", "das", "dass", "dem", "den", "denn", "der", "des", "die", "dies", "diese", "doch", "du", "durch",
    "ein", "eine", "einem", "einen", "einer", "er", "es", "etwas", "euch", "fur", "ganz", "ganzen", "gehen", "geht",
    "gern", "gerne", "gibt", "guten", "hab", "habe", "haben", "hallo", "hat", "hatte", "hier", "ich", "ihnen", "ihr",
    "ihre", "ihren", "im", "in", "ist", "ja", "jetzt", "kann", "kein", "keine", "konnen", "lange", "mal", "man",
    "mehr", "mein", "meine", "meinem", "meinen", "meiner", "mich", "mir", "mit", "muss", "nach", "nicht", "nichts",
    "noch", "nun", "nur", "ob", "oder", "schon", "sehr", "sein", "seit", "sich", "sie", "sind", "so", "soll", "sonst",
    "tag", "uber", "um", "und", "uns", "unter", "vom", "von", "vor", "wann", "war", "warum", "was", "welche", "wenn",
    "wer", "werde", "werden", "wie", "wieso", "will", "wir", "wird", "wo", "zu", "zum", "zur", "zusammen",
];
const SMALL_ES: &[&str] = &[
    "a", "al", "algo", "aqui", "asi", "aun", "buenas", "buenos", "como", "con", "cual", "cuando", "de", "del", "desde",
    "dias", "donde", "dos", "e", "el", "ella", "en", "era", "es", "esa", "ese", "eso", "esta", "estan", "estar",
    "este", "esto", "estoy", "favor", "fue", "gracias", "ha", "hace", "hacer", "hago", "han", "hasta", "hay", "he",
    "hola", "la", "las", "le", "les", "lo", "los", "mas", "me", "mi", "mis", "muy", "nada", "necesito", "ni", "no",
    "nos", "o", "para", "pero", "por", "porque", "puede", "puedo", "q", "que", "quien", "quiero", "se", "sea", "ser",
    "si", "sin", "sobre", "son", "soy", "su", "sus", "tambien", "te", "tengo", "tiene", "todo", "tu", "un", "una",
    "uno", "unos", "y", "ya", "yo",
];
const SMALL_AR: &[&str] = &[
    "اذا",
    "اريد",
    "التي",
    "الذي",
    "السلام",
    "الي",
    "ان",
    "انا",
    "انت",
    "او",
    "اي",
    "اين",
    "بعد",
    "به",
    "بها",
    "ثم",
    "ذلك",
    "شكرا",
    "علي",
    "عليكم",
    "عن",
    "عند",
    "فضلك",
    "في",
    "قبل",
    "قد",
    "كان",
    "كل",
    "كم",
    "كيف",
    "لا",
    "لكن",
    "لم",
    "لن",
    "له",
    "لها",
    "لو",
    "لي",
    "ما",
    "ماذا",
    "متي",
    "مرحبا",
    "مع",
    "من",
    "نحن",
    "هذا",
    "هذه",
    "هل",
    "هو",
    "هي",
    "و",
    "وكم",
    "وكيف",
    "ومتي",
    "يا",
    "يمكن",
    "يمكنني",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_lists_of_small_words_are_sorted_as_they_are_searched() {
        for list in [SMALL_EN, SMALL_DE, SMALL_ES, SMALL_AR] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }

    #[test]
    fn forms_of_a_word_meet_in_one_term() {
        for forms in [
            &["return", "returns", "returned", "returning"][..],
            &["Erstattung", "Erstattungen"],
            &["cancelar", "cancelado", "cancelación"],
            &["الطرد", "طرد", "طردي"],
            &["Kaffee", "KAFFEE"],
        ] {
            let all: Vec<Vec<String>> = forms.iter().map(|form| terms(form)).collect();
            assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
        }
        assert_eq!(terms("我的包裹在哪里？"), ["包裹"]);
        assert_eq!(terms("What does E5 mean?"), ["e5", "mean"]);
    }

    #[test]
    fn a_language_is_told_by_script_and_small_words() {
        for (text, language) in [
            ("Where is my parcel?", Language::En),
            ("Wo ist mein Paket?", Language::De),
            ("¿Dónde está mi paquete y cuándo llega?", Language::Es),
            ("我的 Brindle One 显示 E5", Language::Zh),
            ("أين طردي BW-20417", Language::Ar),
            ("E5", Language::De),
        ] {
            assert_eq!(Language::of(text, Language::De), language, "{text}");
        }
    }

    proptest! {
        #[test]
        fn terms_hold_only_letters_and_digits(text in "\\PC{0,80}") {
            for term in terms(&text) {
                prop_assert!(!term.is_empty() && term.chars().all(char::is_alphanumeric), "{:?}", term);
            }
        }
    }
}
