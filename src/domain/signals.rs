//! What the rules see in a customer's words: the wish for a person, money, anger, repetition, hidden characters.
//!
//! Word lists in the desk's five languages, matched on folded text. A hint for people's attention and for the AI's
//! hand-off, never a judgement of the customer. Deliberately not here: anything learned or statistical.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What the rules saw in one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "signals are seen or not, each for itself")]
pub struct Signals {
    /// Asks for a person.
    #[serde(skip_serializing_if = "is_false")]
    pub asks_human: bool,
    /// Speaks of money.
    #[serde(skip_serializing_if = "is_false")]
    pub money: bool,
    /// 0 calm to 3 furious.
    #[serde(skip_serializing_if = "is_zero")]
    pub anger: u8,
    /// Says nearly the same as one of the customer's two messages before.
    #[serde(skip_serializing_if = "is_false")]
    pub repeats: bool,
    /// Holds control, bidi or invisible characters.
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Says that the matter is settled.
    #[serde(skip_serializing_if = "is_false")]
    pub settled: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_false(it: &bool) -> bool {
    !it
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(it: &u8) -> bool {
    *it == 0
}

/// The words of a text, as a small set of hashes: enough to tell whether two texts say nearly the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WordSet(Box<[u32]>);

/// The words of the last few texts, the oldest first: each as many as its first number says. In one piece, since every
/// conversation has some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Said(Box<[u32]>);

impl Said {
    /// A text more; the newest `at_most` are kept.
    #[must_use]
    pub fn and(&self, text: &str, at_most: usize) -> Self {
        let words = WordSet::of(text);
        let texts: Vec<&[u32]> = self.texts().chain([&*words.0]).collect();
        Self::of(texts.get(texts.len().saturating_sub(at_most)..).unwrap_or_default())
    }

    fn of(texts: &[&[u32]]) -> Self {
        let mut all = Vec::with_capacity(texts.iter().map(|words| words.len() + 1).sum());
        for words in texts {
            all.push(u32::try_from(words.len()).unwrap_or(u32::MAX));
            all.extend_from_slice(words);
        }
        Self(all.into_boxed_slice())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What it takes beside itself, in bytes.
    #[cfg(test)]
    pub(crate) fn heap(&self) -> usize {
        size_of_val(&*self.0)
    }

    fn texts(&self) -> impl Iterator<Item = &[u32]> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let (count, behind) = rest.split_first()?;
            let (words, behind) = behind.split_at_checked(usize::try_from(*count).ok()?)?;
            rest = behind;
            Some(words)
        })
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.texts())
    }
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<Vec<u32>>::deserialize(deserializer)?;
        Ok(Self::of(&texts.iter().map(Vec::as_slice).collect::<Vec<_>>()))
    }
}

/// At most this many words of a text are compared.
const WORDS: usize = 24;

impl WordSet {
    /// The first words of `text`, folded; each Han character counts as a word.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut words = Vec::with_capacity(WORDS);
        let mut word: u32 = 0;
        let mut add = |word: &mut u32| {
            if *word != 0 && words.len() < WORDS {
                words.push(*word);
            }
            *word = 0;
        };
        for c in text.chars().take(2_000).flat_map(char::to_lowercase) {
            if is_han(c) {
                add(&mut word);
                word = hash(0, c);
                add(&mut word);
            } else if c.is_alphanumeric() {
                word = hash(word, c);
            } else {
                add(&mut word);
            }
        }
        add(&mut word);
        words.sort_unstable();
        words.dedup();
        Self(words.into_boxed_slice())
    }

    /// The share of words in common, 0 to 100 (Jaccard's index); 0 for texts of fewer than three words.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> u8 {
        likeness(&self.0, &other.0)
    }
}

fn likeness(one: &[u32], other: &[u32]) -> u8 {
    if one.len() < 3 || other.len() < 3 {
        return 0;
    }
    let common = one.iter().filter(|word| other.binary_search(word).is_ok()).count();
    let all = one.len() + other.len() - common;
    u8::try_from(common * 100 / all).unwrap_or(100)
}

fn hash(so_far: u32, c: char) -> u32 {
    // FNV-1a over code points; collisions only blur a hint.
    let seed = if so_far == 0 { 0x811c_9dc5 } else { so_far };
    ((seed ^ c as u32).wrapping_mul(0x0100_0193)).max(1)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Looks at one message of a customer; `before` are the customer's messages just before it.
#[must_use]
pub fn look(text: &str, before: &Said) -> Signals {
    let head: String = text.chars().take(4_000).collect();
    let folded = format!(" {} ", fold(&head));
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    let count = |words: &[&str]| words.iter().filter(|word| folded.contains(*word)).count();
    let letters = head.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = head.chars().filter(|c| c.is_uppercase()).count();
    let shouting = letters >= 12 && capitals * 10 >= letters * 7;
    let exclaims = head.matches(['!', '！']).count() >= 3;
    let anger = count(ANGER) + usize::from(shouting) + usize::from(exclaims);
    let words = WordSet::of(text);
    Signals {
        asks_human: has(HUMAN),
        money: has(MONEY),
        anger: u8::try_from(anger.min(3)).unwrap_or(3),
        repeats: before.texts().any(|earlier| likeness(earlier, &words.0) >= 60),
        hidden: head.chars().any(is_hidden),
        settled: has(SETTLED) && !head.contains(['?', '？', '؟']),
    }
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Lower case; what is neither letter nor digit becomes one space. Han and kana stay side by side.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = true;
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || matches!(c, '\u{64b}'..='\u{652}') {
            out.push(c);
            gap = false;
        } else if c == '\'' || c == '\u{2019}' {
            // "don't" stays one word
        } else if !gap {
            out.push(' ');
            gap = true;
        }
    }
    out
}

const HUMAN: &[&str] = &[
    " human ",
    " a person",
    " real person",
    " real people",
    " human being",
    " speak to someone",
    " talk to someone",
    " speak to a ",
    " talk to a ",
    " operator ",
    " representative ",
    " supervisor ",
    " manager ",
    " not a bot ",
    " no bot ",
    " real agent",
    " live agent",
    " actual person",
    " actual human",
    " someone real",
    " speak with someone",
    " talk with someone",
    " get me someone",
    " pass me on to",
    " of your colleagues",
    " mensch",
    " mitarbeiter",
    " echten ",
    " person sprechen",
    " vorgesetzt",
    " mit einer kollegin",
    " mit einem kollegen",
    " ihrer kollegen",
    " ihrer kolleginnen",
    " persona real",
    " un humano",
    " una persona",
    " agente humano",
    " supervisor ",
    " alguien de verdad",
    " hablar con alguien",
    "人工",
    "真人",
    "客服人员",
    "找经理",
    "转人工",
    "موظف",
    "شخص حقيقي",
    "إنسان",
    "انسان",
    "مدير",
    "بشري",
];
const MONEY: &[&str] = &[
    " refund",
    " money",
    " charged",
    " charge ",
    " paid ",
    " pay ",
    " price",
    " invoice",
    " compensation",
    " eur ",
    " euro",
    " chargeback",
    " geld",
    " erstatt",
    " bezahlt",
    " abgebucht",
    " rechnung",
    " reembolso",
    " dinero",
    " cobr",
    " pagado",
    " factura",
    "退款",
    "钱",
    "扣款",
    "付款",
    "多收",
    "استرداد",
    "المبلغ",
    "دفعت",
    "خصم",
    "أموال",
];
const ANGER: &[&str] = &[
    " ridiculous",
    " useless",
    " terrible",
    " worst ",
    " angry",
    " furious",
    " unacceptable",
    " lawyer",
    " sue ",
    " scam",
    " fed up",
    " disgust",
    " awful",
    " joke ",
    " stupid",
    " never again",
    " complaint",
    " unverschämt",
    " frechheit",
    " unmöglich",
    " anwalt",
    " inakzeptabel",
    " wütend",
    " inaceptable",
    " vergüenza",
    " abogado",
    " estafa",
    " harto",
    " harta ",
    "太差",
    "垃圾",
    "骗子",
    "投诉",
    "气死",
    "受够",
    "律师",
    "محام",
    "سيئ",
    "غير مقبول",
    "غاضب",
    "احتيال",
    "فضيحة",
];
const SETTLED: &[&str] = &[
    " that solved",
    " solved it",
    " it works now",
    " works now",
    " thats all",
    " all good now",
    " found it ",
    " sorted ",
    " perfect thank",
    " great thank",
    " thanks that",
    " thank you that",
    " das wars",
    " hat geklappt",
    " funktioniert jetzt",
    " perfekt danke",
    " alles klar danke",
    " eso es todo",
    " ya funciona",
    " perfecto gracias",
    " solucionado",
    "解决了",
    "好了谢谢",
    "可以了",
    "没问题了",
    "明白了谢谢",
    "تم الحل",
    "حلت المشكلة",
    "شكرا هذا",
    "شكرًا هذا",
    "يعمل الآن",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_for_a_person_is_seen_in_each_language() {
        for text in [
            "I want to talk to a HUMAN!",
            "I'd like to complain to an actual person about this.",
            "Could one of your colleagues have a look at the order, please?",
            "Ich würde das gern mit einer Kollegin klären.",
            "Kann ich bitte mit einem Menschen sprechen?",
            "Quiero hablar con una persona",
            "转人工",
            "أريد التحدث مع موظف",
        ] {
            assert!(look(text, &Said::default()).asks_human, "{text}");
        }
        assert!(!look("The humanity of this machine amazes me", &Said::default()).asks_human);
    }

    #[test]
    fn the_same_words_again_are_a_repeat_and_short_words_are_not() {
        let after = |text: &str| Said::default().and("An earlier one, about my grinder.", 2).and(text, 2);
        let first = after("Where is my parcel? It says delivered.");
        assert!(look("where is my parcel, it says DELIVERED", &first).repeats);
        assert!(!look("my grinder is blocked since yesterday evening", &first).repeats);
        assert!(!look("ok", &after("ok")).repeats);
        let han = after("我的包裹在哪里");
        assert!(look("我的包裹在哪里？", &han).repeats);
    }

    #[test]
    fn hidden_characters_are_noticed_and_plain_lines_are_not() {
        assert!(look("hi \u{202e}evil", &Said::default()).hidden);
        assert!(look("hi \u{1b}[2J", &Said::default()).hidden);
        assert!(!look("two\nlines\tand a tab", &Said::default()).hidden);
    }

    #[test]
    fn anger_grows_with_words_capitals_and_exclamation_marks() {
        assert_eq!(look("thank you", &Said::default()).anger, 0);
        assert_eq!(look("THIS IS RIDICULOUS AND USELESS!!!", &Said::default()).anger, 3);
    }

    #[test]
    fn the_last_texts_are_kept_and_written_as_lists() {
        let texts = ["", "where is my parcel", "two words", "and where is it now"];
        let said = texts.iter().fold(Said::default(), |said, text| said.and(text, 2));
        let expected: Vec<Box<[u32]>> = texts[2..].iter().map(|text| WordSet::of(text).0).collect();
        assert_eq!(said.texts().collect::<Vec<_>>(), expected.iter().map(|words| &**words).collect::<Vec<_>>());
        let written = serde_json::to_string(&said).unwrap();
        assert_eq!(written, serde_json::to_string(&expected).unwrap());
        assert_eq!(serde_json::from_str::<Said>(&written).unwrap(), said);
        assert!(Said::default().is_empty() && serde_json::from_str::<Said>("[]").unwrap().is_empty());
        assert_eq!(serde_json::from_str::<Said>("[[],[5]]").unwrap().texts().count(), 2);
    }
}
