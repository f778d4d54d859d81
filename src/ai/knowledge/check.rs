//! What is wrong with a knowledge folder, and what is in it. Each mistake is a sentence that names file and line.

use super::Document;
use crate::ai::words::{Language, terms};
use std::{collections::BTreeMap, fmt};

/// A mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as in the knowledge folder. Text from outside.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong and what to do. May repeat words of the file.
    pub says: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.says),
            line => write!(f, "{}:{line}: {}", self.file, self.says),
        }
    }
}

/// What is in a knowledge folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files looked at.
    pub files: usize,
    /// Files that are not used, since a mistake in them is too great.
    pub left_out: usize,
    /// Sections read.
    pub sections: usize,
    /// Sentences read.
    pub sentences: usize,
    /// Words of customers for which the articles have others.
    pub synonyms: usize,
    /// Files by language tag; `any` where none is named.
    pub locales: BTreeMap<String, usize>,
    /// Files by topic; `none` where none is named.
    pub topics: BTreeMap<String, usize>,
    /// The mistakes, by file and line.
    pub problems: Vec<Problem>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Counts, and finds what only shows across files.
pub(super) fn across(documents: &[Document], report: &mut Report) {
    let mut titles: BTreeMap<(Option<Language>, Vec<String>), &str> = BTreeMap::new();
    let mut texts: BTreeMap<Vec<String>, (&str, usize)> = BTreeMap::new();
    for document in documents {
        let count = |map: &mut BTreeMap<String, usize>, key: &str| *map.entry(key.to_owned()).or_default() += 1;
        count(&mut report.locales, document.locale.map_or("any", Language::tag));
        count(&mut report.topics, document.topic.as_deref().unwrap_or("none"));
        report.sections += document.sections.len();
        let mut wrong = |line: usize, says: String| {
            report.problems.push(Problem { file: document.path.clone(), line, says });
        };
        let words = terms(&document.title);
        if let Some(other) = titles.insert((document.locale, words), &document.path) {
            wrong(0, format!("has the same title as {other}; give each file a title of its own"));
        }
        for section in &document.sections {
            report.sentences += section.sentences.len();
            if section.sentences.is_empty() {
                wrong(
                    section.line,
                    format!("the section `{}` is empty; write its answer or remove it", section.heading),
                );
                continue;
            }
            let words = terms(&section.sentences.join(" "));
            if words.len() >= 5
                && let Some((other, line)) = texts.insert(words, (&document.path, section.line))
            {
                wrong(section.line, format!("says the same as {other}:{line}; keep one of them"));
            }
        }
    }
    report.problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
}
