//! Reading a desk's file: a connection of its own, which never waits for the writer and never makes it wait.
//!
//! Statements are short and read into memory, so that no old snapshot keeps the write-ahead log from being reused.

use super::{
    Corrected, Done, Ended, Found, GuidanceRow, Key, Link, LogReader, NamedAt, Reviewed, Seal, States, StoreError,
    schema::{self, Schema, Use},
    sqlite::{bytes16, database_in, whole},
    upcast,
};
use crate::domain::{
    conversation::Conversation,
    desk::Office,
    edit::Distance,
    event::Recorded,
    evidence::Evidence,
    guidance::{GuidanceId, Tally, Version},
    ids::{CommandId, ConversationId, EntryNo, LogId, Seq, TeammateId},
    time::Timestamp,
};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Params, Row, named_params, params};
use std::path::{Path, PathBuf};

/// Reads a desk's file. Any number may be open at once, in this process or another, beside one writer.
#[derive(Debug)]
pub struct SqliteReader {
    connection: Connection,
    path: PathBuf,
}

/// The columns of a link, in the order in which [`link_in`] takes them.
const LINK: &str = "seq, at, conversation, n, version, body, hash, salt, digest, left, covers";

impl SqliteReader {
    /// Opens the desk in `folder` for reading, whether a server runs on it or not.
    ///
    /// # Errors
    /// [`StoreError::NoDesk`], [`StoreError::Newer`], [`StoreError::Older`], or whatever the disk says.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        schema::assert_sound_sqlite()?;
        let path = database_in(folder);
        if !path.try_exists().map_err(|why| StoreError::of_file(why, &path))? {
            return Err(StoreError::NoDesk { folder: folder.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection =
            Connection::open_with_flags(&path, flags).map_err(|why| StoreError::of(why, &path, Seq(0)))?;
        match schema::prepare(&mut connection, &path, Use::Read)? {
            Schema::Known => Ok(Self { connection, path }),
            Schema::Older(found) => Err(StoreError::Older { path, found }),
            Schema::None => Err(StoreError::NoDesk { folder: folder.to_owned() }),
        }
    }

    /// Where the log ends, by its last row.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn last(&self) -> Result<Seq, StoreError> {
        let last: Option<i64> = self.one("SELECT max(seq) FROM events", [], |row| row.get(0))?.flatten();
        Ok(Seq(last.map_or(0, whole)))
    }

    fn sorted(&self, why: rusqlite::Error) -> StoreError {
        StoreError::of(why, &self.path, Seq(0))
    }

    fn one<T>(
        &self,
        sql: &str,
        with: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let ask = || self.connection.prepare_cached(sql)?.query_row(with, read).optional();
        ask().map_err(|why| self.sorted(why))
    }

    fn all<T>(
        &self,
        sql: &str,
        with: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let ask = || self.connection.prepare_cached(sql)?.query_map(with, read)?.collect::<rusqlite::Result<Vec<T>>>();
        ask().map_err(|why| self.sorted(why))
    }

    fn recorded(&self, sql: &str, with: impl Params) -> Result<Vec<Recorded>, StoreError> {
        self.all(sql, with, link_in)?.iter().map(upcast::read).collect()
    }
}

/// A limit as SQLite takes it: a negative one would mean none.
fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A number as SQLite takes it. Ours never come near its end.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn link_in(row: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link {
        seq: Seq(whole(row.get(0)?)),
        at: Timestamp(row.get(1)?),
        conversation: row.get::<_, Option<i64>>(2)?.map(|id| ConversationId(id.cast_unsigned())),
        n: EntryNo(row.get(3)?),
        version: row.get(4)?,
        body: row.get::<_, String>(5)?.into(),
        hash: row.get(6)?,
        seal: match (row.get(7)?, row.get(8)?, row.get(9)?) {
            (Some(salt), None, None) => Seal::Salted(salt),
            (None, Some(digest), Some(version)) => Seal::Erased { digest, version },
            // Whatever else stands there was not written by us: its hash will not hold.
            _ => Seal::Open,
        },
        covers: row.get(10)?,
    })
}

fn key_in(row: &Row<'_>) -> rusqlite::Result<(Key, Done)> {
    let id = CommandId(u128::from_be_bytes(row.get(0)?));
    let key = Key { by: TeammateId(row.get(1)?), id, digest: row.get::<_, i64>(2)?.cast_unsigned() };
    let done = Done {
        seq: Seq(whole(row.get(3)?)),
        conversation: row.get::<_, Option<i64>>(4)?.map(|id| ConversationId(whole(id))),
        n: EntryNo(row.get(5)?),
    };
    Ok((key, done))
}

fn state_of(seq: i64, body: &str, id: ConversationId) -> Result<(Seq, Conversation), StoreError> {
    let unreadable = |source| StoreError::Unreadable { what: format!("the saved state of conversation {id}"), source };
    Ok((Seq(whole(seq)), serde_json::from_str(body).map_err(unreadable)?))
}

impl LogReader for SqliteReader {
    fn check(&self) -> Result<(), StoreError> {
        schema::check(&self.connection, &self.path)
    }

    fn identity(&self) -> Result<LogId, StoreError> {
        let id = self.one("SELECT log FROM desk", [], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(LogId(u128::from_be_bytes(id.unwrap_or_default())))
    }

    fn events(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        self.links(after, limit)?.iter().map(upcast::read).collect()
    }

    fn links(&self, after: Seq, limit: usize) -> Result<Vec<Link>, StoreError> {
        let sql = select("FROM events WHERE seq > ? ORDER BY seq LIMIT ?");
        // From the beginning means from the very first row: one with a number below 1 must not hide from a verification.
        let after = if after == Seq(0) { i64::MIN } else { number(after.0) };
        self.all(&sql, params![after, most(limit)], link_in)
    }

    fn can_be_erased(&self, conversation: ConversationId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM events WHERE conversation = ? AND salt IS NULL AND digest IS NULL LIMIT 1";
        Ok(self.one(sql, [number(conversation.0)], |_| Ok(()))?.is_none())
    }

    fn conversation(
        &self,
        conversation: ConversationId,
        after: EntryNo,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let sql = select("FROM events WHERE conversation = ? AND n > ? ORDER BY n LIMIT ?");
        self.recorded(&sql, params![number(conversation.0), after.0, most(limit)])
    }

    fn conversation_before(
        &self,
        conversation: ConversationId,
        before: Option<EntryNo>,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let before = before.map_or(i64::MAX, |n| i64::from(n.0));
        let sql = select("FROM events WHERE conversation = ? AND n < ? ORDER BY n DESC LIMIT ?");
        let mut found = self.recorded(&sql, params![number(conversation.0), before, most(limit)])?;
        found.reverse();
        Ok(found)
    }

    fn answer(&self, by: TeammateId, id: CommandId) -> Result<Option<(u64, Done)>, StoreError> {
        let sql = "SELECT id, by, digest, seq, conversation, n FROM keys WHERE id = ? AND by = ?";
        let found = self.one(sql, params![bytes16(id.0), by.0], key_in)?;
        Ok(found.map(|(key, done)| (key.digest, done)))
    }

    fn answers_since(&self, since: CommandId) -> Result<Vec<(Key, Done)>, StoreError> {
        let sql = "SELECT id, by, digest, seq, conversation, n FROM keys WHERE id >= ? ORDER BY id, by";
        self.all(sql, params![bytes16(since.0)], key_in)
    }

    fn office(&self) -> Result<Option<(Seq, Office)>, StoreError> {
        let sql = "SELECT office_seq, office FROM desk WHERE office IS NOT NULL AND office_seq IS NOT NULL";
        let Some((seq, body)) = self.one(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))? else {
            return Ok(None);
        };
        let unreadable = |source| StoreError::Unreadable { what: "the saved state of the office".into(), source };
        Ok(Some((Seq(whole(seq)), serde_json::from_str(&body).map_err(unreadable)?)))
    }

    fn floor(&self) -> Result<Seq, StoreError> {
        Ok(Seq(self.one("SELECT floor FROM desk", [], |row| row.get::<_, i64>(0))?.map_or(0, whole)))
    }

    fn for_each_state(&self, which: States, visit: &mut dyn FnMut(Seq, Conversation)) -> Result<(), StoreError> {
        let sql = match which {
            States::Live => "SELECT id, seq, body FROM states WHERE live = 1 ORDER BY id",
            States::All => "SELECT id, seq, body FROM states ORDER BY id",
        };
        let mut statement = self.connection.prepare_cached(sql).map_err(|why| self.sorted(why))?;
        let mut rows = statement.query([]).map_err(|why| self.sorted(why))?;
        while let Some(row) = rows.next().map_err(|why| self.sorted(why))? {
            let read = || Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get_ref(2)?.as_str()?));
            let (id, seq, body) = read().map_err(|why| self.sorted(why))?;
            let (seq, state) = state_of(seq, body, ConversationId(whole(id)))?;
            visit(seq, state);
        }
        Ok(())
    }

    fn state(&self, conversation: ConversationId) -> Result<Option<(Seq, Conversation)>, StoreError> {
        let sql = "SELECT seq, body FROM states WHERE id = ?";
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
        let found = self.one(sql, params![number(conversation.0)], read)?;
        found.map(|(seq, body)| state_of(seq, &body, conversation)).transpose()
    }

    fn states_before(
        &self,
        before: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<(Seq, Conversation)>, StoreError> {
        let before = before.map_or(i64::MAX, |id| number(id.0));
        let sql = "SELECT id, seq, body FROM states WHERE id < ? ORDER BY id DESC LIMIT ?";
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?));
        let found = self.all(sql, params![before, most(limit)], read)?;
        found.iter().map(|(id, seq, body)| state_of(*seq, body, ConversationId(whole(*id)))).collect()
    }

    fn search(&self, words: &str, before: Option<Seq>, limit: usize) -> Result<Vec<Found>, StoreError> {
        let Some(sought) = super::words::Sought::read(words) else { return Ok(Vec::new()) };
        let sql = select(
            "FROM events
             WHERE seq IN (SELECT rowid FROM said WHERE said MATCH :sought AND rowid < :before
                           ORDER BY rowid DESC LIMIT :most)
             ORDER BY seq DESC",
        );
        let before = before.map_or(i64::MAX, |seq| number(seq.0));
        let with = named_params! { ":sought": sought.expression(), ":before": before, ":most": most(limit) };
        let events = self.recorded(&sql, with)?;
        Ok(events.iter().filter_map(|event| super::index::found(event, &sought)).collect())
    }

    fn corrections(&self, after: Seq, limit: usize) -> Result<Vec<Corrected>, StoreError> {
        let sql = "SELECT seq, conversation, said, sent, distance FROM corrections WHERE seq > ? ORDER BY seq LIMIT ?";
        self.all(sql, params![number(after.0), most(limit)], |row| {
            Ok(Corrected {
                seq: Seq(whole(row.get(0)?)),
                conversation: ConversationId(whole(row.get(1)?)),
                said: EntryNo(row.get(2)?),
                sent: EntryNo(row.get(3)?),
                distance: Distance(row.get(4)?),
            })
        })
    }

    fn evidence(&self, since: Timestamp) -> Result<Vec<Evidence>, StoreError> {
        super::sqlite::outputs::evidence(&self.connection, since).map_err(|why| self.sorted(why))
    }

    fn guidance(&self, before: Option<GuidanceId>, limit: usize) -> Result<Vec<GuidanceRow>, StoreError> {
        super::sqlite::guidance::list(&self.connection, before, most(limit)).map_err(|why| self.sorted(why))
    }

    fn guidance_versions(&self, guidance: GuidanceId, limit: usize) -> Result<Vec<(Version, Tally)>, StoreError> {
        super::sqlite::guidance::versions(&self.connection, guidance, most(limit)).map_err(|why| self.sorted(why))
    }

    fn guidance_uses(
        &self,
        guidance: GuidanceId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<(NamedAt, Option<bool>)>, StoreError> {
        super::sqlite::guidance::uses(&self.connection, guidance, before, most(limit)).map_err(|why| self.sorted(why))
    }

    fn past_turns(&self, topics: &[String], limit: usize) -> Result<Vec<Ended>, StoreError> {
        super::sqlite::guidance::past_turns(&self.connection, topics, most(limit)).map_err(|why| self.sorted(why))
    }

    fn annotations(&self, after: Seq, limit: usize) -> Result<Vec<Reviewed>, StoreError> {
        let sql = "SELECT seq, conversation, message FROM annotations WHERE seq > ? ORDER BY seq LIMIT ?";
        self.all(sql, params![number(after.0), most(limit)], |row| {
            Ok(Reviewed {
                seq: Seq(whole(row.get(0)?)),
                conversation: ConversationId(whole(row.get(1)?)),
                message: EntryNo(row.get(2)?),
            })
        })
    }
}

/// A statement that reads links.
pub(super) fn select(rest: &str) -> String {
    format!("SELECT {LINK} {rest}")
}
