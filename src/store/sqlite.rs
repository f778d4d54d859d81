//! The log in one SQLite file: `desk.db`, with `desk.lock` and `head` beside it, in a folder of the desk's own.
//!
//! One writer, held by the lock. Appending is one transaction a batch with `synchronous = FULL`; what can be rebuilt is
//! written with `NORMAL`, which may lose the last transactions at a power cut, but never their order. Not `OFF`: that
//! could damage the file, and with it the events.

mod append;
mod erase;
pub(super) mod guidance;
pub(super) mod outputs;

use super::{
    Checkpoint, Entry, EventLog, GENESIS, Head, Link, LogReader, Mark, SqliteReader, StoreError, Stored,
    headfile::{self, HeadFile, Kept},
    index,
    log::FIRST_TIMED,
    reader::{link_in, select},
    schema, upcast, words,
};
use crate::domain::{
    ids::{CommandId, LogId, Seq},
    time::Timestamp,
};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior, params};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Files up to this size, in bytes, are read whole for damage before they are opened: a tenth of a second. Larger ones are
/// for the server to check while it runs.
const CHECKED_AT_OPENING: u64 = 64 * 1024 * 1024;

/// How a desk was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// There was none: it is new.
    Fresh,
    /// As it was left.
    Continued,
    /// It went back in time, or is another one than was here. Nothing is appended before
    /// [`renew_identity`](EventLog::renew_identity); the desk then begins a new time line.
    Rewound {
        /// What was marked, if a mark was there and could be read.
        marked: Option<Mark>,
        /// What was found.
        found: Mark,
    },
}

/// The log of a desk in one SQLite file.
#[derive(Debug)]
pub struct SqliteLog {
    pub(super) connection: Connection,
    folder: PathBuf,
    path: PathBuf,
    log: LogId,
    head: Head,
    mark: HeadFile,
    /// Up to where it was last written.
    marked: Seq,
    state: Fitness,
    checked: bool,
    /// Whether something erased may stand in the write-ahead log yet.
    residue: bool,
    /// Held until the log is dropped, so that there is one writer.
    _lock: File,
}

/// Whether it may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fitness {
    /// It may.
    Sound,
    /// Not before it has a new identity.
    Rewound,
    /// Not any more: after a failed write nobody knows what is on disk.
    Failed,
}

/// Where the database is, in a desk's folder.
pub(super) fn database_in(folder: &Path) -> PathBuf {
    folder.join("desk.db")
}

/// As SQLite keeps it; sorts as the number does.
pub(super) fn bytes16(number: u128) -> [u8; 16] {
    number.to_be_bytes()
}

/// As SQLite kept it. Ours are never negative.
pub(super) fn whole(number: i64) -> u64 {
    number.cast_unsigned()
}

fn number(number: u64) -> i64 {
    number.cast_signed()
}

impl SqliteLog {
    /// Opens the desk in `folder`, or makes one there. The folder is made if its parent exists.
    ///
    /// `new_id` becomes the identity of a desk that is made; an existing one keeps its own.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process serves it, [`StoreError::Newer`] or [`StoreError::NotADesk`] if the
    /// file is not for this program, [`StoreError::Damaged`] if it is small enough to be read whole and that shows damage,
    /// and whatever the disk says.
    pub fn open(folder: &Path, now: Timestamp, new_id: LogId) -> Result<(Self, Opened), StoreError> {
        Self::open_checked(folder, now, new_id, CHECKED_AT_OPENING)
    }

    /// As [`open`](Self::open), with the size up to which the file is read whole.
    pub(crate) fn open_checked(
        folder: &Path,
        now: Timestamp,
        new_id: LogId,
        checked_up_to: u64,
    ) -> Result<(Self, Opened), StoreError> {
        schema::assert_sound_sqlite()?;
        make_folder(folder)?;
        let lock = lock(folder)?;
        let path = database_in(folder);
        let mut connection = open_file(&path)?;
        let found = schema::prepare(&mut connection, &path, schema::Use::Write)?;
        let sorted = |why| StoreError::of(why, &path, Seq(0));
        // Before anything is written: what is damaged is left as it is.
        let checked = fs::metadata(&path).is_ok_and(|file| file.len() <= checked_up_to);
        if checked {
            schema::check(&connection, &path)?;
        }
        schema::migrate(&mut connection, found).map_err(sorted)?;
        connection
            .execute(
                "INSERT INTO desk (one, log, created_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
                params![bytes16(new_id.0), now.0],
            )
            .map_err(sorted)?;
        let log: [u8; 16] = connection.query_row("SELECT log FROM desk", [], |row| row.get(0)).map_err(sorted)?;
        let log = LogId(u128::from_be_bytes(log));
        let head = last(&connection).map_err(sorted)?;
        let kept = headfile::read(folder)?;
        // An empty log without a mark lost nothing: it is new, or its making was cut short.
        let opened = if head.seq == Seq(0) && !matches!(kept, Kept::Mark(_)) {
            Opened::Fresh
        } else {
            compare(&connection, kept, Mark { log, head }).map_err(sorted)?
        };
        let mark = HeadFile::open(folder)?;
        let state = if matches!(opened, Opened::Rewound { .. }) { Fitness::Rewound } else { Fitness::Sound };
        let (folder_name, marked) = (folder.to_owned(), head.seq);
        let mut it = Self {
            connection,
            folder: folder_name,
            path,
            log,
            head,
            mark,
            marked,
            state,
            checked,
            residue: true,
            _lock: lock,
        };
        if it.state == Fitness::Sound {
            it.mark_durably()?;
        }
        // The names of new files are on disk only with their folder. Not every system can sync a folder, nor needs to.
        if opened == Opened::Fresh
            && let Ok(folder) = File::open(folder)
        {
            let _ = folder.sync_all();
        }
        Ok((it, opened))
    }

    /// The mark kept beside the database in `folder`, for verifying. None if there is none, or it cannot be read.
    ///
    /// # Errors
    /// What the system says of the file.
    pub fn mark_in(folder: &Path) -> Result<Option<Mark>, StoreError> {
        Ok(match headfile::read(folder)? {
            Kept::Mark(mark) => Some(mark),
            Kept::Nothing | Kept::Nonsense => None,
        })
    }

    fn sorted(&self, why: rusqlite::Error) -> StoreError {
        StoreError::of(why, &self.path, self.head.seq)
    }

    fn mark_durably(&mut self) -> Result<(), StoreError> {
        let mark = Mark { log: self.log, head: self.head };
        let path = headfile::path_in(&self.folder);
        self.mark.write_durably(&mark).map_err(|why| StoreError::of_file(why, &path))
    }

    /// Writes all of the write-ahead log into the file and cuts it off, so that what was erased stands in neither. Nobody is
    /// waited for: where a reader is in the middle of something, it is done the next time.
    fn scour(&mut self) -> rusqlite::Result<()> {
        if self.residue {
            self.connection.busy_timeout(Duration::ZERO)?;
            let cut = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
            self.connection.busy_timeout(schema::BUSY)?;
            self.residue = cut? != 0;
        }
        Ok(())
    }

    fn fit(&self) -> Result<(), StoreError> {
        match self.state {
            Fitness::Sound => Ok(()),
            Fitness::Rewound => Err(StoreError::Rewound { folder: self.folder.clone() }),
            Fitness::Failed => Err(StoreError::Failed { last: self.head.seq }),
        }
    }

    /// Runs `work` in a transaction of its own that need not be on disk when this returns.
    fn lazily<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>) -> Result<T, StoreError> {
        if self.state == Fitness::Failed {
            return Err(StoreError::Failed { last: self.head.seq });
        }
        let run = || {
            self.connection.execute_batch("PRAGMA synchronous = NORMAL")?;
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let made = work(&transaction)?;
            transaction.commit()?;
            Ok(made)
        };
        let made = run();
        let again = self.connection.execute_batch("PRAGMA synchronous = FULL");
        let made = made.map_err(|fault| self.told(fault))?;
        again.map_err(|why| self.told(Fault::Sqlite(why)))?;
        Ok(made)
    }

    /// Sorts a fault, and stops all writing after one that leaves the disk's content unknown.
    fn told(&mut self, fault: Fault) -> StoreError {
        let why = match fault {
            Fault::Sqlite(why) => self.sorted(why),
            Fault::Store(why) => why,
        };
        if matches!(why, StoreError::Disk { .. } | StoreError::Damaged { .. }) {
            self.state = Fitness::Failed;
        }
        why
    }
}

/// What may go wrong within a transaction.
enum Fault {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(why: rusqlite::Error) -> Self {
        Self::Sqlite(why)
    }
}

impl From<StoreError> for Fault {
    fn from(why: StoreError) -> Self {
        Self::Store(why)
    }
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    match schema::private_folder(folder) {
        Ok(()) => Ok(()),
        Err(_) if folder.is_dir() => Ok(()),
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let missing = folder.parent().unwrap_or(folder).to_owned();
            Err(StoreError::FolderMissing { folder: missing })
        }
        Err(why) => Err(StoreError::of_file(why, folder)),
    }
}

fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join("desk.lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    schema::private(&mut options);
    let file = options.open(&path).map_err(|why| StoreError::of_file(why, &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { folder: folder.to_owned() }),
        Err(TryLockError::Error(why)) => Err(StoreError::of_file(why, &path)),
    }
}

/// Opens the database; makes the file first, so that it is never readable by others. SQLite gives its side files the
/// same rights.
fn open_file(path: &Path) -> Result<Connection, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    schema::private(&mut options);
    options.open(path).map_err(|why| StoreError::of_file(why, path))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|why| StoreError::of(why, path, Seq(0)))
}

fn last(connection: &Connection) -> rusqlite::Result<Head> {
    let sql = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| Ok(Head { seq: Seq(whole(row.get(0)?)), hash: row.get(1)? });
    Ok(connection.query_row(sql, [], read).optional()?.unwrap_or(Head { seq: Seq(0), hash: GENESIS }))
}

/// Whether the log is the one that was marked, and not shorter.
fn compare(connection: &Connection, kept: Kept, found: Mark) -> rusqlite::Result<Opened> {
    let marked = match kept {
        Kept::Mark(marked) => marked,
        // A log without its mark came from elsewhere: a backup, or somebody's hand.
        Kept::Nothing | Kept::Nonsense => return Ok(Opened::Rewound { marked: None, found }),
    };
    let there: Option<[u8; 32]> = if marked.head.seq == Seq(0) {
        Some(GENESIS)
    } else {
        let sql = "SELECT hash FROM events WHERE seq = ?";
        connection.query_row(sql, [number(marked.head.seq.0)], |row| row.get(0)).optional()?
    };
    if marked.log == found.log && there == Some(marked.head.hash) {
        Ok(Opened::Continued)
    } else {
        Ok(Opened::Rewound { marked: Some(marked), found })
    }
}

impl EventLog for SqliteLog {
    fn identity(&self) -> LogId {
        self.log
    }

    fn head(&self) -> Head {
        self.head
    }

    fn append(&mut self, batch: &[Entry]) -> Result<Head, StoreError> {
        self.fit()?;
        let mut run = || {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let head = append::write(&transaction, self.head, batch)?;
            transaction.commit()?;
            Ok(head)
        };
        self.head = run().map_err(|fault| self.told(fault))?;
        let erases = |stored: &Stored| super::erase::erases(&stored.recorded);
        self.residue |= batch.iter().flat_map(|entry| &entry.events).any(erases);
        Ok(self.head)
    }

    fn mark(&mut self) {
        if self.state == Fitness::Sound && self.head.seq > self.marked {
            self.marked = self.head.seq;
            let _ = self.mark.write(&Mark { log: self.log, head: self.head });
        }
    }

    fn save(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let expected = self.head.seq;
        let newest = checkpoint.states.iter().map(|state| state.seq).chain(checkpoint.office.iter().map(|it| it.0));
        if let Some(came) = newest.chain([checkpoint.floor]).max().filter(|came| *came > expected) {
            return Err(StoreError::OutOfOrder { expected, came });
        }
        let unwritable = |source| StoreError::Unwritable { source };
        self.lazily(|transaction| {
            let mut upsert = transaction.prepare_cached(
                "INSERT INTO states (id, seq, live, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
                 seq = excluded.seq, live = excluded.live, body = excluded.body WHERE excluded.seq >= seq",
            )?;
            for state in &checkpoint.states {
                let body = serde_json::to_string(&state.conversation).map_err(unwritable)?;
                let id = number(state.conversation.card.id.0);
                upsert.execute(params![id, number(state.seq.0), state.live, body])?;
            }
            if let Some((seq, office)) = &checkpoint.office {
                let body = serde_json::to_string(office).map_err(unwritable)?;
                let sql = "UPDATE desk SET office_seq = ?1, office = ?2 WHERE coalesce(office_seq, 0) <= ?1";
                transaction.prepare_cached(sql)?.execute(params![number(seq.0), body])?;
            }
            let sql = "UPDATE desk SET floor = max(floor, ?)";
            transaction.prepare_cached(sql)?.execute([number(checkpoint.floor.0)])?;
            Ok(())
        })
    }

    fn project(&mut self, limit: usize) -> Result<usize, StoreError> {
        self.scour().map_err(|why| self.told(Fault::Sqlite(why)))?;
        let head = self.head.seq;
        let projected = "SELECT projected FROM desk";
        let cursor = self.connection.prepare_cached(projected).and_then(|mut it| it.query_row([], |row| row.get(0)));
        let cursor = Seq(cursor.map(whole).map_err(|why| self.sorted(why))?);
        if cursor >= head || limit == 0 {
            return Ok(0);
        }
        self.lazily(|transaction| {
            let links: Vec<Link> = transaction
                .prepare_cached(&select("FROM events WHERE seq > ? ORDER BY seq LIMIT ?"))?
                .query_map(params![number(cursor.0), i64::try_from(limit).unwrap_or(i64::MAX)], link_in)?
                .collect::<Result<_, _>>()?;
            let mut said = transaction.prepare_cached("INSERT INTO said (rowid, words) VALUES (?, ?)")?;
            let mut annotation =
                transaction.prepare_cached("INSERT INTO annotations (seq, conversation, message) VALUES (?, ?, ?)")?;
            let mut outputs = outputs::Tables(transaction);
            for link in &links {
                let recorded = upcast::read(link)?;
                super::outputs::take(&mut outputs, &recorded)?;
                let Some(conversation) = recorded.conversation else { continue };
                if let Some(text) = index::text(&recorded.event) {
                    said.execute(params![number(link.seq.0), words::indexed(&text)])?;
                }
                if let Some(message) = index::judged(&recorded.event) {
                    annotation.execute(params![number(link.seq.0), number(conversation.0), message.0])?;
                }
            }
            if let Some(last) = links.last() {
                let sql = "UPDATE desk SET projected = ?";
                transaction.prepare_cached(sql)?.execute([number(last.seq.0)])?;
            }
            Ok(links.len())
        })
    }

    fn reindex(&mut self) -> Result<(), StoreError> {
        self.lazily(|transaction| {
            transaction.execute_batch(
                "INSERT INTO said (said) VALUES ('delete-all'); DELETE FROM annotations; DELETE FROM states;
                 DELETE FROM outputs; DELETE FROM verdicts; DELETE FROM corrections;
                 DELETE FROM guidance; DELETE FROM versions; DELETE FROM named;
                 UPDATE desk SET floor = 0, projected = 0, office_seq = NULL, office = NULL;",
            )?;
            Ok(())
        })?;
        while self.project(10_000)? > 0 {}
        Ok(())
    }

    fn purge_keys(&mut self, before: CommandId) -> Result<usize, StoreError> {
        let past = number(self.head.seq.0) + 1;
        let since = i64::try_from(before.minted_ms()).unwrap_or(i64::MAX);
        self.lazily(|transaction| {
            // The first event since then: events are numbered without a gap, and in the order of time.
            let (mut first, mut end) = (1, past);
            let mut time_of = transaction.prepare_cached("SELECT at FROM events WHERE seq = ?")?;
            while first < end {
                let middle = first + (end - first) / 2;
                let at: i64 = time_of.query_row([middle], |row| row.get(0))?;
                if at < since {
                    first = middle + 1;
                } else {
                    end = middle;
                }
            }
            let gone = transaction
                .prepare_cached("DELETE FROM keys WHERE id < ? AND (id >= ? OR seq < ?)")?
                .execute(params![bytes16(before.0), bytes16(FIRST_TIMED.0), first])?;
            Ok(gone)
        })
    }

    fn renew_identity(&mut self, id: LogId) -> Result<(), StoreError> {
        if self.state == Fitness::Failed {
            return Err(StoreError::Failed { last: self.head.seq });
        }
        let told = self.connection.execute("UPDATE desk SET log = ?", [bytes16(id.0)]);
        told.map_err(|why| self.told(Fault::Sqlite(why)))?;
        self.log = id;
        self.mark_durably()?;
        self.state = Fitness::Sound;
        Ok(())
    }

    fn is_checked(&self) -> bool {
        self.checked
    }

    fn reader(&self) -> Result<Box<dyn LogReader>, StoreError> {
        Ok(Box::new(SqliteReader::open(&self.folder)?))
    }
}
