//! Which passages of the knowledge fit a question.
//!
//! FTS5 of `SQLite`, in memory, over terms cut by us (see [`words`](super::words)); its BM25 ranks, with title, tags and
//! heading weighing more than the text. Terms hold letters and digits only and are quoted, so no question is ever read as a
//! query language. Blocking: call it off the event loop. Deliberately not here: choosing sentences.

use super::{
    knowledge::{Knowledge, Synonym},
    sentences::sentences,
    words::{Language, terms},
};
use rusqlite::{Connection, params};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// Terms of a question that are looked up at most.
const TERMS: usize = 48;
/// Weights of title, tags, heading and text in BM25.
const WEIGHTS: [f64; 4] = [1.5, 2.0, 2.5, 1.0];
/// What a passage in the customer's language counts more.
const SAME_LOCALE: f64 = 4.0;
/// What a passage of the conversation's topic counts more.
const SAME_TOPIC: f64 = 1.6;
/// What a passage of the document that was quoted last counts more where a question goes on from there.
const SAME_DOCUMENT: f64 = 1.6;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The words, as the customer wrote them.
    pub words: String,
    /// More words that count as much, from whispers.
    pub more: String,
    /// The customer's language.
    pub locale: Language,
    /// The conversation's topic.
    pub topic: Option<String>,
    /// The document that the last answer quoted, if this goes on from there.
    pub near: Option<String>,
}

/// A section that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The file, or `brief`.
    pub document: String,
    /// The file's title.
    pub title: String,
    /// The file's tags.
    pub tags: Vec<String>,
    /// The heading.
    pub heading: String,
    /// The file's language, if it names one.
    pub locale: Option<Language>,
    /// The file's topic, if it names one.
    pub topic: Option<String>,
    /// The sentences.
    pub sentences: Vec<String>,
    /// How well it fits: more is better, 0 at least; comparable within one answer only.
    pub score: f64,
}

#[cfg(test)]
impl Passage {
    /// What a small knowledge says of refunds: one sentence, with one figure.
    pub(crate) fn of_refunds() -> Self {
        Self {
            document: "refunds.md".into(),
            title: "Refunds".into(),
            tags: vec![],
            heading: "How long does a refund take?".into(),
            locale: None,
            topic: None,
            sentences: vec!["A refund takes 5 working days.".into()],
            score: 1.0,
        }
    }
}

/// The index cannot be made: `SQLite` lacks FTS5 or memory.
#[derive(Debug, thiserror::Error)]
#[error("the knowledge cannot be indexed: {0}")]
pub struct IndexError(#[from] rusqlite::Error);

/// An index over some knowledge.
#[derive(Debug)]
pub struct Retrieval {
    // Held for the length of one query, never across an await: callers are on a blocking thread.
    index: Mutex<Connection>,
    passages: Vec<Passage>,
    /// The heading of each, folded.
    headings: Vec<String>,
    synonyms: Vec<Synonym>,
}

impl Retrieval {
    /// Indexes the knowledge.
    ///
    /// # Errors
    /// [`IndexError`], which only a broken build or no memory can cause.
    pub fn new(knowledge: &Knowledge) -> Result<Self, IndexError> {
        let mut index = Connection::open_in_memory()?;
        index.execute_batch(
            "CREATE VIRTUAL TABLE passage USING fts5(title, tags, heading, body, tokenize = 'unicode61 remove_diacritics 0')",
        )?;
        let mut passages = Vec::new();
        let transaction = index.transaction()?;
        {
            let mut insert = transaction
                .prepare("INSERT INTO passage(rowid, title, tags, heading, body) VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for document in knowledge.documents() {
                for section in document.sections.iter().filter(|section| !section.sentences.is_empty()) {
                    let cut = |text: &str| terms(text).join(" ");
                    let row = i64::try_from(passages.len()).unwrap_or(i64::MAX);
                    insert.execute(params![
                        row,
                        cut(&document.title),
                        cut(&document.tags.join(" , ")),
                        cut(&section.heading),
                        cut(&section.sentences.join("\n"))
                    ])?;
                    let passage = Passage {
                        document: document.path.clone(),
                        title: document.title.clone(),
                        tags: document.tags.clone(),
                        heading: section.heading.clone(),
                        locale: document.locale,
                        topic: document.topic.clone(),
                        sentences: section.sentences.clone(),
                        score: 0.0,
                    };
                    passages.push(passage);
                }
            }
        }
        transaction.commit()?;
        let headings = passages.iter().map(|passage| folded(&passage.heading)).collect();
        Ok(Self { index: Mutex::new(index), passages, headings, synonyms: knowledge.synonyms().to_vec() })
    }

    /// The passages that fit best, best first, `limit` at most. Any text is a question; one without terms finds nothing.
    #[must_use]
    pub fn search(&self, question: &Question, limit: usize) -> Vec<Passage> {
        let found = match self.matches(question) {
            Ok(found) => found,
            Err(error) => {
                // Terms are quoted, so this is no fault of the question's. Finding nothing leads to a person.
                tracing::warn!(%error, "the index failed");
                return Vec::new();
            }
        };
        // Who tells more than a greeting and a question asks for more than the heading says.
        let said = sentences(&question.words);
        let asked: BTreeSet<String> = said.iter().filter(|_| said.len() <= 2).map(|line| folded(line)).collect();
        let mut passages: Vec<(bool, Passage)> = found
            .into_iter()
            .filter_map(|(row, score)| {
                let row = usize::try_from(row).ok()?;
                let passage = self.passages.get(row)?;
                let locale =
                    if passage.locale.is_none_or(|locale| locale == question.locale) { SAME_LOCALE } else { 1.0 };
                let topic = if passage.topic.is_some() && passage.topic == question.topic { SAME_TOPIC } else { 1.0 };
                let near = if question.near.as_ref() == Some(&passage.document) { SAME_DOCUMENT } else { 1.0 };
                // A heading that is the very question is among what is looked at, however common its words.
                let same = self.headings.get(row).is_some_and(|heading| asked.contains(heading));
                Some((same, Passage { score: score.max(0.0) * locale * topic * near, ..passage.clone() }))
            })
            .collect();
        passages.sort_by(|(same_a, a), (same_b, b)| {
            let in_order = || (&a.document, &a.heading).cmp(&(&b.document, &b.heading));
            same_b.cmp(same_a).then(b.score.total_cmp(&a.score)).then_with(in_order)
        });
        passages.truncate(limit);
        passages.into_iter().map(|(_, passage)| passage).collect()
    }

    fn matches(&self, question: &Question) -> Result<Vec<(i64, f64)>, rusqlite::Error> {
        let mut wanted = BTreeSet::new();
        for term in terms(&question.more).into_iter().chain(terms(&question.words)) {
            if wanted.len() < TERMS {
                wanted.insert(term);
            }
        }
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        // What the articles say for it counts as much, and comes on top: it is bounded by the synonyms' own list.
        let said = self.synonyms.iter().filter(|synonym| synonym.is_said(question.locale, &wanted));
        let meant: Vec<String> = said.flat_map(|synonym| synonym.meant.iter().flatten().cloned()).take(TERMS).collect();
        wanted.extend(meant);
        let query = wanted.iter().map(|term| format!("\"{term}\"")).collect::<Vec<_>>().join(" OR ");
        let index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let mut select = index.prepare_cached(
            "SELECT rowid, -bm25(passage, ?2, ?3, ?4, ?5) FROM passage WHERE passage MATCH ?1 ORDER BY 2 DESC LIMIT 200",
        )?;
        let [title, tags, heading, body] = WEIGHTS;
        let rows =
            select.query_map(params![query, title, tags, heading, body], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }
}

/// The letters and digits of a line, in small letters, its words parted by a blank.
fn folded(line: &str) -> String {
    let small = line.to_lowercase();
    small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn small() -> Retrieval {
        let file = |title: &str, locale: &str, body: &str| {
            format!("---\ntitle: {title}\nlocale: {locale}\ntopic: {title}\n---\n{body}")
        };
        let files = [
            (
                "a.md",
                file(
                    "Returns",
                    "en",
                    "## How do I return a machine?\nPack the machine. Post it.\n## And coffee?\nOpened coffee stays.",
                ),
            ),
            ("b.md", file("Rückgabe", "de", "## Wie gebe ich eine Maschine zurück?\nPacken Sie die Maschine ein.")),
        ];
        let (knowledge, report) = Knowledge::from_files(files.iter().map(|(path, text)| (*path, text.as_str())));
        assert!(report.is_clean(), "{:?}", report.problems);
        Retrieval::new(&knowledge).unwrap()
    }

    #[test]
    fn the_heading_that_asks_the_same_comes_first() {
        let question = Question { words: "returning my machine".into(), ..Question::default() };
        let found = small().search(&question, 3);
        assert_eq!(
            found.first().map(|p| (p.document.as_str(), p.heading.as_str())),
            Some(("a.md", "How do I return a machine?"))
        );
    }

    proptest! {
        #[test]
        fn no_question_is_an_error(words in "\\PC{0,40}|[\"'*():^ANDORNEAR -]{0,40}") {
            let retrieval = small();
            let question = Question { words, ..Question::default() };
            prop_assert!(retrieval.matches(&question).is_ok());
        }
    }
}
