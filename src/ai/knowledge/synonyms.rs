//! The words that customers use where the articles use others: `synonyms.toml`, a part of the knowledge.
//!
//! A table for each language; on the left what customers say, on the right what articles say. Deliberately not here: any
//! list of our own. Which words mean the same at this company is the company's knowledge.

use super::{Document, Problem};
use crate::ai::words::{Language, terms};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// The name of the file, in the knowledge folder.
pub(super) const FILE: &str = "synonyms.toml";
/// What articles say for one word of customers, at most.
const MEANINGS: usize = 12;

/// What customers say, and what articles say for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonym {
    /// In which language.
    pub locale: Language,
    /// The terms of what customers say. It is said where all of them occur.
    pub said: Vec<String>,
    /// The terms of each thing that articles say for it.
    pub meant: Vec<Vec<String>>,
}

impl Synonym {
    /// Whether this is said in a text with these terms.
    #[must_use]
    pub fn is_said(&self, locale: Language, terms: &BTreeSet<String>) -> bool {
        self.locale == locale && self.said.iter().all(|term| terms.contains(term))
    }
}

/// A synonym with its place, until it is checked against the articles.
pub(super) struct Read {
    pub(super) file: String,
    pub(super) synonyms: Vec<(Synonym, usize, Vec<String>)>,
}

/// Reads a file; `None` if it cannot be used at all.
pub(super) fn read(path: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Read> {
    let line_at = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let mut wrong = |line: usize, says: String| problems.push(Problem { file: path.to_owned(), line, says });
    let tables: BTreeMap<String, Table> = match toml::from_str(text) {
        Ok(tables) => tables,
        Err(error) => {
            let line = error.span().map_or(0, |span| line_at(span.start));
            wrong(line, format!("{}; write `word = [\"what articles say\"]` under [en]", error.message()));
            return None;
        }
    };
    let mut synonyms = Vec::new();
    for (tag, table) in tables {
        let Some(locale) = Language::from_tag(&tag).filter(|locale| locale.tag() == tag) else {
            let line = text.lines().position(|line| line.trim() == format!("[{tag}]")).map_or(0, |at| at + 1);
            wrong(line, format!("`{tag}` is not a language of the desk; use en, de, es, zh or ar"));
            continue;
        };
        for (word, meanings) in table.0 {
            let line = line_at(meanings.span().start);
            let said = terms(&word);
            if said.is_empty() {
                wrong(line, format!("`{word}` holds no word that tells anything; write another"));
                continue;
            }
            let words = meanings.into_inner();
            if words.is_empty() || words.len() > MEANINGS {
                wrong(line, format!("`{word}` has {} words on the right; write 1 to {MEANINGS}", words.len()));
                continue;
            }
            let meant = words.iter().map(|word| terms(word)).collect();
            synonyms.push((Synonym { locale, said, meant }, line, words));
        }
    }
    Some(Read { file: path.to_owned(), synonyms })
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Table(BTreeMap<String, Spanned<Vec<String>>>);

/// What can be used: only what articles of that language really say.
pub(super) fn checked(read: Read, documents: &[Document], problems: &mut Vec<Problem>) -> Vec<Synonym> {
    let mut sections: BTreeMap<Language, Vec<BTreeSet<String>>> = BTreeMap::new();
    for document in documents {
        for section in &document.sections {
            let all = [&document.title, &section.heading, &document.tags.join(" , "), &section.sentences.join("\n")];
            let all: BTreeSet<String> = all.into_iter().flat_map(|text| terms(text)).collect();
            for locale in document.locale.map_or(Language::ALL.to_vec(), |locale| vec![locale]) {
                sections.entry(locale).or_default().push(all.clone());
            }
        }
    }
    let mut kept = Vec::new();
    for (mut synonym, line, words) in read.synonyms {
        let mut wrong = |says: String| problems.push(Problem { file: read.file.clone(), line, says });
        let said: BTreeSet<&String> = synonym.said.iter().collect();
        let mut usable = Vec::new();
        for (meant, word) in synonym.meant.iter().zip(&words) {
            let there = |section: &BTreeSet<String>| meant.iter().all(|term| section.contains(term));
            if meant.is_empty() || meant.iter().collect::<BTreeSet<_>>() == said {
                wrong(format!("`{word}` says nothing new; write the words of an article, or remove it"));
            } else if !sections.get(&synonym.locale).is_some_and(|all| all.iter().any(there)) {
                wrong(format!("no article in {} says `{word}`; write words that one does", synonym.locale.tag()));
            } else {
                usable.push(meant.clone());
            }
        }
        synonym.meant = usable;
        if !synonym.meant.is_empty() {
            kept.push(synonym);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use crate::ai::{
        knowledge::Knowledge,
        retrieval::{Question, Retrieval},
    };

    const ARTICLE: (&str, &str) = (
        "a.md",
        "---\ntitle: The Round\nlocale: en\n---\n## Does the first bag cost less?\nFIRSTROUND takes 20 percent off the first bag.",
    );

    #[test]
    fn a_word_of_customers_finds_the_article_that_says_it_otherwise() {
        let ask = |files: &[(&'static str, &'static str)]| {
            let (knowledge, report) = Knowledge::from_files(files.iter().copied());
            assert!(report.is_clean(), "{:?}", report.problems);
            let question = Question { words: "any discounts?".into(), ..Question::default() };
            Retrieval::new(&knowledge).unwrap().search(&question, 3).len()
        };
        assert_eq!(ask(&[ARTICLE]), 0);
        assert_eq!(ask(&[ARTICLE, ("synonyms.toml", "[en]\ndiscount = [\"percent off\"]\n")]), 1);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let says = |text: &str| {
            let (_, report) = Knowledge::from_files([ARTICLE, ("synonyms.toml", text)]);
            report.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        for (text, expected) in [
            ("[en]\nrebate = [\"percent off\", \"giraffe\"]", "synonyms.toml:2: no article in en says `giraffe`"),
            ("[de]\nRabatt = [\"percent off\"]", "synonyms.toml:2: no article in de says `percent off`"),
            ("[en]\n\nbags = [\"bag\"]", "synonyms.toml:3: `bag` says nothing new"),
            ("[fr]\nremise = [\"bag\"]", "synonyms.toml:1: `fr` is not a language of the desk"),
            ("[en]\nis = [\"bag\"]", "synonyms.toml:2: `is` holds no word that tells anything"),
            ("[en]\nrebate = []", "synonyms.toml:2: `rebate` has 0 words on the right"),
            ("[en]\nrebate = \"bag\"", "synonyms.toml:2: invalid type"),
            ("rebate", "synonyms.toml:1: "),
        ] {
            assert!(says(text).starts_with(expected), "{text:?} says {}", says(text));
        }
    }
}
