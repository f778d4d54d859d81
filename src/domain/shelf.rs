//! What an AI may cite of the desk's knowledge: the sentences of each document, as the server read them.
//!
//! A text that names a document as its source stands there if it is put together of whole sentences of that document, in any
//! order; punctuation and case do not count. So an AI may quote and leave out, and cannot put words into a document. A value
//! that whoever starts the server makes; it is no event, since the folder is the truth. Deliberately not here: what an AI
//! makes of a source, and what else may be cited in a talk (see `guard::cited`).

use super::guard::{folded, sentences};
use std::collections::HashMap;

/// The documents that may be cited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    documents: HashMap<String, Sentences>,
}

/// Sentences, folded, by their first word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sentences(HashMap<String, Vec<String>>);

impl Shelf {
    /// From documents, each with all of its sentences and headings, as who reads it cuts them.
    pub fn of<'a, T: IntoIterator<Item = &'a str>>(documents: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut shelf = Self::default();
        for (name, texts) in documents {
            let sentences = shelf.documents.entry(name.to_owned()).or_default();
            texts.into_iter().for_each(|text| sentences.add(text));
        }
        shelf
    }

    /// Whether this document is one of them.
    #[must_use]
    pub fn has(&self, document: &str) -> bool {
        self.documents.contains_key(document)
    }

    /// Whether a document says all of this.
    #[must_use]
    pub fn says(&self, document: &str, text: &str) -> bool {
        self.documents.get(document).is_some_and(|sentences| sentences.make(text))
    }
}

impl Sentences {
    /// Adds a text whole, and each of its sentences; of a line such as `say: …` also what is to be said.
    pub(super) fn add(&mut self, text: &str) {
        self.put(text);
        for (_, sentence) in sentences(text) {
            self.put(sentence);
            if let Some((_, said)) = sentence.split_once([':', '：']) {
                self.put(said);
            }
        }
    }

    fn put(&mut self, text: &str) {
        let text = folded(text);
        let text = text.trim();
        let Some(first) = text.split(' ').next().filter(|first| !first.is_empty()) else { return };
        let list = self.0.entry(first.to_owned()).or_default();
        if !list.iter().any(|one| one == text) {
            list.push(text.to_owned());
        }
    }

    /// Whether a text is made of whole sentences of these.
    pub(super) fn make(&self, text: &str) -> bool {
        let text = folded(text);
        let text = text.trim();
        // Where a sentence may begin, in bytes, the first of them first; each place is looked at once.
        let mut places = std::collections::BTreeSet::from([0]);
        while let Some(at) = places.pop_first() {
            let rest = text.get(at..).unwrap_or_default();
            if rest.is_empty() {
                return true;
            }
            let first = rest.split(' ').next().unwrap_or_default();
            for sentence in self.0.get(first).into_iter().flatten() {
                let after = rest.strip_prefix(sentence.as_str());
                if let Some(after) = after.filter(|after| after.is_empty() || after.starts_with(' ')) {
                    places.insert(text.len() - after.trim_start().len());
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REFUNDS: [&str; 3] =
        ["How long does a refund take?", "A refund takes 5 working days.", "Das dauert z. B. drei Tage"];

    fn shelf() -> Shelf {
        Shelf::of([("refunds.md", REFUNDS), ("zh.md", ["退款在 5 个工作日内办理。", "运费为 4.90 欧元。", "say: 好"])])
    }

    #[test]
    fn a_document_says_its_sentences_in_any_order_and_nothing_else() {
        let shelf = shelf();
        for (document, text, says) in [
            ("refunds.md", "A refund takes 5 working days.", true),
            ("refunds.md", "a refund takes 5 working\n days", true),
            (
                "refunds.md",
                "Das dauert z. B. drei Tage A refund takes 5 working days. A refund takes 5 working days.",
                true,
            ),
            ("refunds.md", "", true),
            ("refunds.md", "A refund takes 50 working days.", false),
            ("refunds.md", "A refund takes 5 working days. We guarantee it.", false),
            ("refunds.md", "A refund takes 5", false),
            ("refunds.md", "refund takes 5 working days", false),
            ("refunds.md", "退款在 5 个工作日内办理。", false),
            ("zh.md", "运费为 4.90 欧元。退款在 5 个工作日内办理。", true),
            ("zh.md", "运费为 4.90 欧元。退款在 6 个工作日内办理。", false),
            ("zh.md", "好", true),
            ("made-up.md", "A refund takes 5 working days.", false),
            ("made-up.md", "", false),
        ] {
            assert_eq!(shelf.says(document, text), says, "{document}: {text}");
        }
        assert!(shelf.has("zh.md") && !shelf.has("made-up.md"));
    }

    proptest! {
        #[test]
        fn whatever_is_put_together_of_sentences_stands_and_a_word_more_does_not(
            sentences in proptest::collection::vec("[a-zé0-9 ,.:!]{1,30}", 1..6),
            picks in proptest::collection::vec(any::<prop::sample::Index>(), 1..6),
            more in "[q-z]{31,40}",
        ) {
            let shelf = Shelf::of([("a.md", sentences.iter().map(String::as_str).collect::<Vec<_>>())]);
            let text: Vec<&str> = picks.iter().map(|pick| pick.get(&sentences).as_str()).collect();
            prop_assert!(shelf.says("a.md", &text.join(" ")));
            let text = format!("{} {more}", text.join(" "));
            prop_assert!(!shelf.says("a.md", &text));
        }

        #[test]
        fn any_text_is_looked_up(text in "\\PC{0,60}", known in "\\PC{0,60}") {
            let shelf = Shelf::of([("a.md", [known.as_str()])]);
            let _ = shelf.says("a.md", &text);
            prop_assert!(shelf.says("a.md", &known));
        }
    }
}
