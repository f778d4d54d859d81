//! What an AI knows: a folder of Markdown files, cut into passages by heading, and checked with a sentence for each mistake.
//!
//! A file is `---`, front matter with `title`, `tags`, `topic` and `locale`, `---`, then Markdown: one `#`, and `##`
//! sections that each answer one question. `synonyms.toml` beside them holds the words that customers use for those of the
//! articles. Deliberately not here: which passage fits a question (see [`retrieval`](super::retrieval)).

mod check;
mod parse;
mod synonyms;

pub use check::{Problem, Report};
pub use synonyms::Synonym;

use super::words::{Language, terms};
use crate::domain::shelf::Shelf;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

/// Files longer than this are not read, in bytes.
const LONGEST_FILE: u64 = 1024 * 1024;
/// Folders deeper than this are not read.
const DEEPEST: usize = 8;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its path in the knowledge folder, with `/`.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its topic.
    pub topic: Option<String>,
    /// Its language.
    pub locale: Option<Language>,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// A heading with the sentences under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading; the title for what stands before the first one.
    pub heading: String,
    /// The line of the heading, from 1.
    pub line: usize,
    /// The sentences.
    pub sentences: Vec<String>,
}

/// What an AI knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knowledge {
    documents: Vec<Document>,
    version: String,
    /// In how many sections each term occurs.
    frequency: BTreeMap<String, u32>,
    sections: u32,
    /// The terms of titles and tags: what the files are about.
    topical: BTreeSet<String>,
    synonyms: Vec<Synonym>,
}

/// The knowledge folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}; check the path and that it may be read", path.display())]
pub struct LoadError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl Knowledge {
    /// From texts, as embedded in a program. Files with mistakes are left out and told of in the report.
    #[must_use]
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Report) {
        let mut files: Vec<(&str, &str)> = files.into_iter().collect();
        files.sort_unstable();
        let mut report = Report::default();
        let mut hash = Sha256::new();
        let mut documents = Vec::new();
        let mut words = Vec::new();
        for (path, text) in files {
            report.files += 1;
            if path.rsplit('/').next() == Some(synonyms::FILE) {
                match synonyms::read(path, text, &mut report.problems) {
                    Some(read) => {
                        for part in [path, "\0", text, "\0"] {
                            hash.update(part);
                        }
                        words.push(read);
                    }
                    None => report.left_out += 1,
                }
                continue;
            }
            match parse::document(path, text, &mut report.problems) {
                Some(document) => {
                    for part in [path, "\0", text, "\0"] {
                        hash.update(part);
                    }
                    documents.push(document);
                }
                None => report.left_out += 1,
            }
        }
        let synonyms: Vec<Synonym> =
            words.into_iter().flat_map(|read| synonyms::checked(read, &documents, &mut report.problems)).collect();
        report.synonyms = synonyms.len();
        check::across(&documents, &mut report);
        let mut frequency: BTreeMap<String, u32> = BTreeMap::new();
        let mut sections = 0;
        let mut topical = BTreeSet::new();
        for document in &documents {
            topical.extend(terms(&format!("{}\n{}", document.title, document.tags.join(" , "))));
            for section in &document.sections {
                sections += 1;
                let all =
                    [document.title.as_str(), &section.heading, &document.tags.join(" "), &section.sentences.join(" ")]
                        .join("\n");
                for term in terms(&all).into_iter().collect::<BTreeSet<_>>() {
                    *frequency.entry(term).or_default() += 1;
                }
            }
        }
        let version =
            hash.finalize().iter().take(6).fold(String::new(), |version, byte| version + &format!("{byte:02x}"));
        (Self { documents, version, frequency, sections, topical, synonyms }, report)
    }

    /// From the `.md` files and `synonyms.toml` of a folder and the folders in it. Links are not followed.
    ///
    /// # Errors
    /// [`LoadError`] if the folder cannot be read; a single bad file is a problem in the report.
    pub fn load(dir: &Path) -> Result<(Self, Report), LoadError> {
        let mut files = Vec::new();
        let mut unread = Vec::new();
        read(dir, dir, DEEPEST, &mut files, &mut unread)?;
        let (knowledge, mut report) = Self::from_files(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        report.files += unread.len();
        report.left_out += unread.len();
        report.problems.extend(unread);
        Ok((knowledge, report))
    }

    /// The files.
    #[must_use]
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// What of it may be cited: each document with its title, headings and sentences.
    #[must_use]
    pub fn shelf(&self) -> Shelf {
        Shelf::of(self.documents.iter().map(|document| {
            let sections = document.sections.iter();
            let words = sections.flat_map(|section| section.sentences.iter().chain([&section.heading]));
            (document.path.as_str(), words.chain([&document.title]).map(String::as_str))
        }))
    }

    /// A short name for exactly this content.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What customers say for the words of the articles.
    #[must_use]
    pub fn synonyms(&self) -> &[Synonym] {
        &self.synonyms
    }

    /// Whether some title or tag has this term. Headings ask in words that any matter is asked in.
    #[must_use]
    pub fn is_about(&self, term: &str) -> bool {
        self.topical.contains(term)
    }

    /// How much a term tells: the rarer, the more (the logarithm of the inverse share of sections). 0 for unknown terms.
    #[must_use]
    pub fn weight(&self, term: &str) -> f64 {
        match self.frequency.get(term) {
            Some(count) => (1.0 + f64::from(self.sections) / f64::from(1 + *count)).ln(),
            None => 0.0,
        }
    }
}

/// Reads a folder and tells what is in it and what is wrong with it.
///
/// # Errors
/// [`LoadError`] if the folder cannot be read.
pub fn check(dir: &Path) -> Result<Report, LoadError> {
    Knowledge::load(dir).map(|(_, report)| report)
}

fn read(
    root: &Path,
    dir: &Path,
    deeper: usize,
    files: &mut Vec<(String, String)>,
    unread: &mut Vec<Problem>,
) -> Result<(), LoadError> {
    let failed = |source| LoadError { path: dir.to_owned(), source };
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let mut wrong = |says: String| unread.push(Problem { file: name.clone(), line: 0, says });
        if kind.is_dir() {
            if deeper == 0 {
                wrong(format!("folders deeper than {DEEPEST} are not read; move it up"));
            } else {
                read(root, &path, deeper - 1, files, unread)?;
            }
        } else if kind.is_file()
            && (path.extension().is_some_and(|extension| extension == "md")
                || path.file_name().is_some_and(|name| name == synonyms::FILE))
        {
            if entry.metadata().is_ok_and(|meta| meta.len() > LONGEST_FILE) {
                wrong("the file is longer than 1 MiB; part it".to_owned());
                continue;
            }
            match fs::read_to_string(&path) {
                Ok(text) => files.push((name, text)),
                Err(error) => wrong(format!("cannot be read ({error}); it must be UTF-8 text")),
            }
        }
    }
    Ok(())
}
