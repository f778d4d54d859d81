//! The file of the saved filters: `name = "words"` in each line, for people to edit, shared by all consoles for a desk.
//!
//! What is wrong in it is told with its line and left out, and the file is put aside before it is written anew, so that
//! nothing of it is lost. Deliberately not here: when it is written (`drafts`), and who is shown what (`update`).

use super::model::Saved;
use crate::domain::filter::Filter;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};
use toml::{Spanned, Value};

/// What is in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Views {
    /// The filters, by name.
    pub saved: Vec<Saved>,
    /// What is wrong, with the file and the line.
    pub mistakes: Vec<String>,
}

/// The file that lies beside the one of the texts.
pub(super) fn beside(path: &Path) -> PathBuf {
    path.with_extension("views.toml")
}

/// Reads what can be read, and tells the rest.
pub(super) fn read(path: &Path) -> Views {
    let place = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Views::default(),
        Err(error) => {
            let why = format!("{place}: {error}; no saved filter is known until it is mended");
            return Views { saved: Vec::new(), mistakes: vec![why] };
        }
    };
    let line_of = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let table: BTreeMap<Spanned<String>, Value> = match toml::from_str(&text) {
        Ok(table) => table,
        Err(error) => {
            let (line, said) = (line_of(error.span().map_or(0, |span| span.start)), error.message());
            let why = format!("{place}:{line}: {said}; no saved filter is known until it is mended");
            return Views { saved: Vec::new(), mistakes: vec![why] };
        }
    };
    let mut views = Views::default();
    for (name, value) in table {
        let (line, name) = (line_of(name.span().start), name.into_inner());
        let words = match value {
            Value::String(words) => words,
            other => {
                let kind = other.type_str();
                views
                    .mistakes
                    .push(format!("{place}:{line}: `{name}` is no text but {kind}; write {name} = \"holder:me\""));
                continue;
            }
        };
        match Filter::parse(&words) {
            Ok(_) => views.saved.push(Saved { name, words }),
            Err(mistake) => views.mistakes.push(format!("{place}:{line}: `{name}`: {mistake}")),
        }
    }
    views
}

/// Writes all of them. A file with mistakes is put aside first.
pub(super) fn write(path: &Path, saved: &[Saved]) -> io::Result<()> {
    if !read(path).mistakes.is_empty() {
        let mut asides = (1_u32..).map(|number| path.with_extension(format!("toml.old-{number}")));
        let aside = asides.find(|aside| !aside.exists());
        aside.map_or(Ok(()), |aside| fs::rename(path, aside))?;
    }
    let kept: BTreeMap<&str, &str> = saved.iter().map(|one| (one.name.as_str(), one.words.as_str())).collect();
    let text = toml::to_string(&kept).map_err(io::Error::other)?;
    let new = path.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(name: &str, words: &str) -> Saved {
        Saved { name: name.to_owned(), words: words.to_owned() }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_the_rest_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.views.toml");
        assert_eq!(read(&path), Views::default());
        fs::write(&path, "mine = \"holder:me\"\nlate = \"hodler:ai\"\nfive = 5\n").unwrap();
        let views = read(&path);
        assert_eq!(views.saved, [saved("mine", "holder:me")]);
        let place = path.display();
        let mut mistakes = views.mistakes;
        mistakes.sort();
        assert_eq!(
            mistakes,
            [
                format!("{place}:2: `late`: `hodler` is not a key: did you mean `holder`?"),
                format!("{place}:3: `five` is no text but integer; write five = \"holder:me\""),
            ]
        );
    }

    #[test]
    fn a_file_with_mistakes_is_put_aside_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.views.toml");
        for (number, broken) in [(1, &b"mine = \"holder:me\nlate"[..]), (2, b"mine = \"\xff\xfe\"")] {
            fs::write(&path, broken).unwrap();
            let views = read(&path);
            assert_eq!((views.saved.len(), views.mistakes.len()), (0, 1));
            assert!(views.mistakes[0].contains("desk.views.toml"), "{:?}", views.mistakes);
            write(&path, &[saved("new", "is:open")]).unwrap();
            assert_eq!(read(&path), Views { saved: vec![saved("new", "is:open")], mistakes: vec![] });
            let aside = path.with_extension(format!("toml.old-{number}"));
            assert_eq!(fs::read(aside).unwrap(), broken);
        }
    }
}
