//! The mark beside the database: which log it was, and where it ended.
//!
//! Written in place soon after each append, never synced: a crash leaves it behind the database, never ahead. So a mark that
//! is ahead, or that has another hash at its number, means that the database went back in time or is another one.
//! Deliberately not a defence against somebody who writes both; for that the mark is kept on another machine.

use super::{Head, StoreError};
use crate::domain::ids::{Digest, LogId, Seq};
use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    str::FromStr,
};

/// Which log, and where it ended. As text: `centaur-head 1 <log> <seq, 20 digits> <hash>` and a line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The identity of the log.
    pub log: LogId,
    /// Its end.
    pub head: Head,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of fixed size, so that it is overwritten in place whole.
        write!(f, "centaur-head 1 {} {:020} {}", self.log, self.head.seq.0, Digest(self.head.hash))
    }
}

impl FromStr for Mark {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        let wrong = || "this is not the mark of a log's head".to_owned();
        let mut parts = said.split_ascii_whitespace();
        let mut part = || parts.next().ok_or_else(wrong);
        if part()? != "centaur-head" || part()? != "1" {
            return Err(wrong());
        }
        let log = part()?.parse()?;
        let seq = Seq(part()?.parse().map_err(|_| wrong())?);
        let hash: Digest = part()?.parse()?;
        Ok(Self { log, head: Head { seq, hash: hash.0 } })
    }
}

/// What is in the mark's file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kept {
    /// No such file.
    Nothing,
    /// Something that is not a mark.
    Nonsense,
    /// A mark.
    Mark(Mark),
}

/// The file that keeps a mark.
#[derive(Debug)]
pub(super) struct HeadFile {
    file: File,
}

/// Where it is, in a desk's folder.
pub(super) fn path_in(folder: &Path) -> PathBuf {
    folder.join("head")
}

/// Reads the mark of a desk's folder.
///
/// # Errors
/// What the system says of the file.
pub(super) fn read(folder: &Path) -> Result<Kept, StoreError> {
    let path = path_in(folder);
    let mut text = String::new();
    match File::open(&path).and_then(|file| file.take(1_024).read_to_string(&mut text)) {
        Ok(_) => Ok(text.parse().map_or(Kept::Nonsense, Kept::Mark)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Kept::Nothing),
        Err(why) if why.kind() == io::ErrorKind::InvalidData => Ok(Kept::Nonsense),
        Err(why) => Err(StoreError::of_file(why, &path)),
    }
}

impl HeadFile {
    /// Opens the file for writing; makes it where it is missing.
    ///
    /// # Errors
    /// What the system says of the file.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = path_in(folder);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        super::schema::private(&mut options);
        let file = options.open(&path).map_err(|why| StoreError::of_file(why, &path))?;
        Ok(Self { file })
    }

    /// Overwrites the mark.
    ///
    /// # Errors
    /// What the system says. The mark is then older than the log, which does no harm.
    pub(super) fn write(&mut self, mark: &Mark) -> io::Result<()> {
        let mut line = mark.to_string();
        line.push('\n');
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(line.as_bytes())
    }

    /// Overwrites the mark, cuts off whatever else was in the file, and waits until it is on disk.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn write_durably(&mut self, mark: &Mark) -> io::Result<()> {
        // In this order: at no moment is the file without a mark.
        self.write(mark)?;
        let end = self.file.stream_position()?;
        self.file.set_len(end)?;
        self.file.sync_all()
    }
}
