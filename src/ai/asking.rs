//! Whether a line asks something, in the desk's five languages.
//!
//! By its mark, or by the words with which questions begin; people leave the mark out. A line that asks nothing yet is often
//! the beginning of more, and beside a question it is only what it is about. Deliberately not here: what is asked.

use super::{measure::Measure, sentences::sentences};

/// Words with which a question begins, where the mark is left out.
const FIRST: &[&str] = &[
    "how",
    "what",
    "whats",
    "when",
    "where",
    "wheres",
    "which",
    "who",
    "why",
    "can",
    "could",
    "do",
    "does",
    "did",
    "is",
    "are",
    "may",
    "will",
    "would",
    "should",
    "was",
    "wie",
    "wann",
    "wo",
    "wer",
    "warum",
    "wieso",
    "welche",
    "welcher",
    "welches",
    "wohin",
    "kann",
    "können",
    "könnt",
    "darf",
    "gibt",
    "geht",
    "habt",
    "muss",
    "bis",
    "cómo",
    "como",
    "qué",
    "cuándo",
    "cuando",
    "dónde",
    "donde",
    "cuánto",
    "cuanto",
    "cuántos",
    "cuantos",
    "cuál",
    "puedo",
    "puede",
    "se",
    "quién",
    "كيف",
    "هل",
    "متى",
    "أين",
    "اين",
    "كم",
    "ما",
    "ماذا",
    "لماذا",
    "وكم",
    "ومتى",
    "وأين",
    "وكيف",
    "وهل",
];
/// Words before these that begin nothing.
const BEFORE: &[&str] =
    &["and", "so", "ok", "okay", "hi", "hello", "hey", "und", "hallo", "also", "y", "hola", "pero", "but", "then"];
/// What asks where words are not parted.
const HAN: &[&str] =
    &["吗", "呢", "怎么", "怎样", "什么", "哪", "多久", "多少", "几", "多长", "谁", "能不能", "可不可以"];

/// Whether a text asks something.
#[must_use]
pub fn asks(text: &str) -> bool {
    sentences(text).iter().any(|sentence| asks_itself(sentence)) || text.contains(['?', '？', '؟'])
}

fn asks_itself(sentence: &str) -> bool {
    if sentence.contains(['?', '？', '؟'])
        || HAN.iter().any(|word| sentence.contains(word))
        || Measure::asked_in(sentence).is_some()
    {
        return true;
    }
    sentence.split([',', ';', ':', '،', '，']).any(|clause| {
        let folded = clause.to_lowercase().replace(['\'', '’'], "");
        let mut words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.find(|word| !BEFORE.contains(word)).is_some_and(|word| FIRST.contains(&word))
    })
}

/// The part of a text that asks, where some of its sentences do and others only tell.
#[must_use]
pub fn asking_part(text: &str) -> Option<String> {
    let all = sentences(text);
    let (asking, telling): (Vec<&String>, Vec<&String>) = all.iter().partition(|sentence| asks_itself(sentence));
    if asking.is_empty() || telling.is_empty() {
        return None;
    }
    Some(asking.into_iter().cloned().collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_asks_by_its_mark_or_its_first_words_and_a_telling_one_does_not() {
        for text in [
            "how do i pause it",
            "ok, can i still return it",
            "Hallo, wo finde ich die Rechnung",
            "y cuantos dias",
            "运费多少",
            "وكم يستغرق ذلك",
            "for my dad, what values are there",
            "My machine is old. Are there spare parts?",
        ] {
            assert!(asks(text), "{text}");
        }
        for text in [
            "we're away for the whole summer",
            "Hallo, ich habe mich verklickt",
            "abrí una bolsa y no me gusta",
            "我一小时前下的单",
            "omg",
        ] {
            assert!(!asks(text), "{text}");
        }
    }

    #[test]
    fn the_asking_part_is_told_from_what_it_is_about() {
        let text = "Our water is hard. How often should I descale?";
        assert_eq!(asking_part(text).as_deref(), Some("How often should I descale?"));
        assert_eq!(asking_part("How often should I descale?"), None);
        assert_eq!(asking_part("Our water is hard."), None);
    }
}
