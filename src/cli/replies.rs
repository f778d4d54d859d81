//! Reads a person's canned replies: `replies/*.md` beside the settings.
//!
//! A file that cannot be used is told and left out; the others work. Deliberately not here: what is in a file (see
//! `console::composer::canned`).

use crate::console::composer::canned::Canned;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The largest file that is taken, in bytes.
const LARGEST: u64 = 64 * 1024;
/// As many files are read; more are told and left out.
const MOST: usize = 1_000;

/// All replies by name, and what was wrong, a sentence each. No folder is no fault.
#[must_use]
pub fn read(folder: &Path) -> (Vec<Canned>, Vec<String>) {
    let mut troubles = Vec::new();
    let mut paths: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            troubles.push(format!("{}: {error}; check its rights", folder.display()));
            Vec::new()
        }
    };
    paths.retain(|path| path.extension().is_some_and(|end| end == "md"));
    paths.sort();
    if paths.len() > MOST {
        troubles.push(format!("{}: only the first {MOST} of {} files are read", folder.display(), paths.len()));
        paths.truncate(MOST);
    }
    let mut replies = Vec::new();
    for path in paths {
        match one(&path) {
            Ok(reply) => replies.push(reply),
            Err(why) => troubles.push(why),
        }
    }
    (replies, troubles)
}

fn one(path: &Path) -> Result<Canned, String> {
    let shown = path.display();
    let size = fs::metadata(path).map_err(|error| format!("{shown}: {error}"))?.len();
    if size > LARGEST {
        return Err(format!("{shown}: {size} bytes are too many for a canned reply; {LARGEST} are allowed"));
    }
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Canned::read(&name, &text, &shown.to_string()).map_err(|mistake| mistake.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_is_told_and_the_others_work() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join("none")), (Vec::new(), Vec::new()));
        fs::write(folder.path().join("b.md"), "Hello {customer}").unwrap();
        fs::write(folder.path().join("a.md"), "+++\ntitel = 1\n+++\nx").unwrap();
        fs::write(folder.path().join("notes.txt"), "not a reply").unwrap();
        let (replies, troubles) = read(folder.path());
        assert_eq!(replies.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(troubles.len(), 1);
        assert!(troubles[0].contains("a.md:2: `titel`"), "{troubles:?}");
    }
}
