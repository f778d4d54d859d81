//! The shape of `desk.db`, how an older one is brought up to date, and how a connection is set up.
//!
//! Two kinds of tables: `events` and `keys` are the truth; the rest is rebuilt from them. Migrations are never edited
//! once released, only added.

use super::StoreError;
use crate::domain::ids::Seq;
use rusqlite::{Connection, TransactionBehavior};
use std::{fs::OpenOptions, path::Path, time::Duration};

/// What marks the file as ours: `cntr`.
const APPLICATION: i64 = 0x636e_7472;

/// The oldest SQLite without the WAL-reset fault.
const OLDEST_SQLITE: i32 = 3_051_003;

/// How long to wait for another program that holds the database. We ourselves never wait: there is one writer.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The migration at place `v` takes schema `v` to `v + 1`.
const MIGRATIONS: &[&str] = &[
    "
CREATE TABLE desk (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    log BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    floor INTEGER NOT NULL DEFAULT 0,
    projected INTEGER NOT NULL DEFAULT 0,
    office_seq INTEGER,
    office TEXT
) STRICT;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    conversation INTEGER,
    n INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_of ON events (conversation, n) WHERE conversation IS NOT NULL;
CREATE TABLE keys (
    id BLOB NOT NULL,
    by INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    conversation INTEGER,
    n INTEGER NOT NULL,
    PRIMARY KEY (id, by)
) STRICT, WITHOUT ROWID;
CREATE TABLE states (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    live INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX states_live ON states (id) WHERE live = 1;
CREATE TABLE annotations (
    seq INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    message INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE said USING fts5 (words, content = '', columnsize = 0, tokenize = 'ascii');
",
    "
CREATE TABLE outputs (
    conversation INTEGER NOT NULL,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    topic TEXT,
    channel TEXT NOT NULL,
    fate INTEGER NOT NULL,
    sent INTEGER,
    distance INTEGER,
    good INTEGER,
    PRIMARY KEY (conversation, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX outputs_at ON outputs (at);
CREATE TABLE verdicts (
    conversation INTEGER NOT NULL,
    n INTEGER NOT NULL,
    message INTEGER NOT NULL,
    good INTEGER,
    supersedes INTEGER,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE corrections (
    seq INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    said INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    distance INTEGER NOT NULL
) STRICT;
INSERT INTO said (said) VALUES ('delete-all');
DELETE FROM annotations;
UPDATE desk SET projected = 0;
",
    // No older log holds an event of these: nothing is to be read anew.
    "
CREATE TABLE guidance (
    id INTEGER PRIMARY KEY,
    published INTEGER,
    staged INTEGER,
    retired INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE versions (
    guidance INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (guidance, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE named (
    guidance INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    version INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (guidance, seq)
) STRICT, WITHOUT ROWID;
",
    // Erasing. What is deleted from the index goes at once, not with a later merge.
    "
ALTER TABLE events ADD COLUMN salt BLOB;
ALTER TABLE events ADD COLUMN digest BLOB;
ALTER TABLE events ADD COLUMN left INTEGER;
ALTER TABLE events ADD COLUMN covers BLOB;
INSERT INTO said (said, rank) VALUES ('secure-delete', 1);
",
];

/// The newest schema known here.
#[allow(clippy::cast_possible_wrap, reason = "a handful")]
pub(super) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// How a connection is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// By the one writer.
    Write,
    /// By a reader.
    Read,
}

/// Refuses an SQLite that may lose what was committed.
pub(super) fn assert_sound_sqlite() -> Result<(), StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::OldSqlite { found: rusqlite::version() });
    }
    Ok(())
}

/// Only the owner may read what is made.
pub(super) fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

/// Makes a folder that only the owner may enter. Its parent must be there: a slip in a path should not make a desk.
pub(super) fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Sets a connection up, and checks that the file is a desk of a schema known here.
pub(super) fn prepare(connection: &mut Connection, path: &Path, how: Use) -> Result<Schema, StoreError> {
    let sorted = |why| StoreError::of(why, path, Seq(0));
    connection.busy_timeout(BUSY).map_err(sorted)?;
    connection.set_prepared_statement_cache_capacity(64);
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, found) = (number("application_id").map_err(sorted)?, number("user_version").map_err(sorted)?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sorted)?;
    let schema = match (application, found) {
        (0, 0) if tables == 0 => Schema::None,
        (APPLICATION, found) if found > KNOWN => {
            return Err(StoreError::Newer { path: path.to_owned(), found, known: KNOWN });
        }
        (APPLICATION, KNOWN) => Schema::Known,
        (APPLICATION, found) if found > 0 => Schema::Older(found),
        _ => return Err(StoreError::NotADesk { path: path.to_owned() }),
    };
    let settings = match how {
        // A checkpoint copies the WAL into the file and syncs both; a larger WAL means fewer of them under load.
        Use::Write => {
            let mode: String =
                connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).map_err(sorted)?;
            if !mode.eq_ignore_ascii_case("wal") {
                return Err(StoreError::NoWal { path: path.to_owned() });
            }
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
             PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;
             PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
             PRAGMA secure_delete = ON;"
        }
        Use::Read => {
            "PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;
             PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
        }
    };
    connection.execute_batch(settings).map_err(sorted)?;
    Ok(schema)
}

/// Reads the whole file for damage: torn pages, broken trees, rows that do not fit their indexes.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let said: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|why| StoreError::of(why, path, Seq(0)))?;
    if said == "ok" {
        return Ok(());
    }
    let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(StoreError::Damaged { path: path.to_owned(), source: rusqlite::Error::SqliteFailure(corrupt, Some(said)) })
}

/// What was found in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schema {
    /// Nothing: it is new.
    None,
    /// What this program writes.
    Known,
    /// What an older one wrote.
    Older(i64),
}

/// Brings the schema up to date, all steps in one transaction.
pub(super) fn migrate(connection: &mut Connection, from: Schema) -> rusqlite::Result<()> {
    let done = match from {
        Schema::Known => return Ok(()),
        Schema::None => 0,
        Schema::Older(found) => usize::try_from(found).unwrap_or(0),
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", KNOWN)?;
    transaction.commit()
}
