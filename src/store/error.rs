//! What can go wrong with the disk, each with a sentence: what happened, what is safe, what to do.

use crate::domain::ids::Seq;
use std::{io, path::PathBuf};

/// Why the store could not.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder that should hold the desk's folder is not there.
    #[error("the folder {} does not exist: create it, or name another place for the desk", .folder.display())]
    FolderMissing {
        /// The missing one.
        folder: PathBuf,
    },
    /// The system does not let us.
    #[error("{} may not be read or written by this user: give it to the user that runs centaur (chown, chmod)", .path.display())]
    Denied {
        /// What.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// Another process serves this desk.
    #[error("another centaur serves the desk in {}: connect to that one, stop it, or name another folder", .folder.display())]
    Locked {
        /// Where.
        folder: PathBuf,
    },
    /// The SQLite in this build has a known fault.
    #[error(
        "SQLite {found} can lose committed data (WAL-reset bug). 3.51.3 or newer is needed: build with the bundled one"
    )]
    OldSqlite {
        /// Its version.
        found: &'static str,
    },
    /// The file system cannot share memory between readers and writer.
    #[error("{} lies on a file system without shared memory (a network drive?): put the desk on a local disk", .path.display())]
    NoWal {
        /// The file.
        path: PathBuf,
    },
    /// A newer centaur wrote the file.
    #[error(
        "{} was written by a newer centaur (schema {found}, this one knows {known}). Nothing was changed: please upgrade", .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// The file has an older schema and was opened only for reading.
    #[error("{} has the older schema {found}: start centaur on it once, which brings it up to date", .path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
    },
    /// A newer centaur wrote the event.
    #[error("event {seq} has version {version}, this centaur knows {known}. Nothing was changed: please upgrade")]
    NewerEvent {
        /// The event.
        seq: Seq,
        /// Its version.
        version: u16,
        /// The newest one known here.
        known: u16,
    },
    /// There is no desk.
    #[error("there is no desk in {}: `centaur serve` makes one", .folder.display())]
    NoDesk {
        /// Where.
        folder: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a desk of centaur. It was not touched: move it away, or name another folder", .path.display())]
    NotADesk {
        /// The file.
        path: PathBuf,
    },
    /// No space.
    #[error("disk full at {}. Nothing more is recorded until space is free; what was acknowledged is safe", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: rusqlite::Error,
    },
    /// The disk failed while the database worked.
    #[error(
        "the disk reported an error at {}. Last certain event: {last}. Restart centaur to be sure; if it comes again, replace the disk", .path.display()
    )]
    Disk {
        /// The file.
        path: PathBuf,
        /// The last event known to be on disk.
        last: Seq,
        /// The system's words.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file could not be worked with.
    #[error("{} could not be used: check the disk and the folder's rights", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// The database is damaged.
    #[error(
        "the database {} is damaged. Keep a copy of it, and go back to the newest good backup", .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// One row cannot be read.
    #[error("{what} cannot be read: it was damaged or edited. `centaur audit verify` tells where the log is sound")]
    Unreadable {
        /// What, as in `event 7`.
        what: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Something else writes to the database.
    #[error("{} is held by another program (a backup, a database tool?): end it, centaur goes on by itself", .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// Events do not follow on the head. A fault of the caller; nothing was written.
    #[error("event {came} does not follow on the log, which expects {expected}; nothing was written")]
    OutOfOrder {
        /// What follows.
        expected: Seq,
        /// What came.
        came: Seq,
    },
    /// A key or an entry's number was used before. A fault of the caller; nothing was written.
    #[error("a command's key or an entry's number is already in the log; nothing was written")]
    Clash {
        /// What SQLite says, where it is asked.
        #[source]
        source: Option<rusqlite::Error>,
    },
    /// The log was found rewound, and goes on only under a new identity.
    #[error("the log in {} was rewound or replaced: nothing is recorded until it has a new identity", .folder.display())]
    Rewound {
        /// Where.
        folder: PathBuf,
    },
    /// An event is from before something could be erased: the chain holds what it says.
    #[error(
        "event {seq} was written before anything could be erased: the log would not hold without it; nothing was erased"
    )]
    Unerasable {
        /// The event.
        seq: Seq,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes ({why}): nothing was recorded")]
    NoChance {
        /// The system's words.
        why: String,
    },
    /// An earlier error of the disk leaves it unknown what is on it.
    #[error("the disk failed before, after event {last}: nothing more is recorded until centaur is restarted")]
    Failed {
        /// The last event known to be on disk.
        last: Seq,
    },
    /// An event or a state does not become JSON. A fault of this program; nothing was written.
    #[error("an event or a state could not be written out; nothing was recorded")]
    Unwritable {
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Anything else that the database says.
    #[error("the database {} refused: restart centaur, and report it if it comes again", .path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anything being restarted: free space, a released file.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Busy { .. })
    }

    /// Sorts what SQLite says.
    pub(super) fn of(source: rusqlite::Error, path: &std::path::Path, last: Seq) -> Self {
        use rusqlite::ErrorCode as Code;
        let path = path.to_owned();
        let Some(code) = source.sqlite_error_code() else {
            return Self::Sqlite { path, source };
        };
        match code {
            Code::DiskFull => Self::Full { path, source },
            // The shared memory beside the database did not find room: the disk is full, not ill.
            Code::SystemIoFailure if extended(&source) == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => {
                Self::Full { path, source }
            }
            Code::SystemIoFailure => Self::Disk { path, last, source: Box::new(source) },
            Code::DatabaseCorrupt => Self::Damaged { path, source },
            Code::NotADatabase => Self::NotADesk { path },
            Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy { path, source },
            Code::ConstraintViolation => Self::Clash { source: Some(source) },
            Code::PermissionDenied | Code::ReadOnly | Code::CannotOpen => {
                Self::Denied { path, source: io::Error::other(source) }
            }
            _ => Self::Sqlite { path, source },
        }
    }

    /// Sorts what the system says of a file.
    pub(super) fn of_file(source: io::Error, path: &std::path::Path) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Denied { path, source },
            _ => Self::File { path, source },
        }
    }
}

/// The whole of SQLite's code.
fn extended(source: &rusqlite::Error) -> Option<i32> {
    match source {
        rusqlite::Error::SqliteFailure(failure, _) => Some(failure.extended_code),
        _ => None,
    }
}
