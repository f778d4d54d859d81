//! The rows of guidance on disk. Rules are those of [`guidance`](super::super::guidance).

use super::{Fault, number, whole};
use crate::{
    domain::{
        event::Event,
        guidance::{GuidanceId, Named, Tally, Version},
        ids::{ConversationId, EntryNo, Seq},
        time::Timestamp,
    },
    store::{Ended, GuidanceRow, NamedAt, guidance::state},
};
use rusqlite::{Connection, Row, Transaction, params};

/// How often a piece was used: counts over the answers that named it.
const TALLY: &str = "count(named.seq), count(outputs.good), coalesce(sum(outputs.good), 0)";

/// See [`Outputs::named`](crate::store::outputs::Outputs::named).
pub(super) fn name(transaction: &Transaction<'_>, it: &NamedAt) -> Result<(), Fault> {
    let sql = "INSERT INTO named (guidance, seq, version, conversation, n) VALUES (?, ?, ?, ?, ?)";
    let with = params![it.named.guidance.0, number(it.seq.0), it.named.version, number(it.conversation.0), it.n.0];
    transaction.prepare_cached(sql)?.execute(with)?;
    Ok(())
}

/// See [`Outputs::guidance`](crate::store::outputs::Outputs::guidance).
pub(super) fn take(transaction: &Transaction<'_>, event: &Event) -> Result<(), Fault> {
    match event {
        Event::GuidanceWritten { guidance, version } => {
            let body = serde_json::to_string(version).unwrap_or_default();
            transaction
                .prepare_cached("INSERT OR REPLACE INTO versions (guidance, version, body) VALUES (?, ?, ?)")?
                .execute(params![guidance.0, version.version, body])?;
            transaction
                .prepare_cached(
                    "INSERT INTO guidance (id, staged) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET staged = ?2",
                )?
                .execute(params![guidance.0, version.version])?;
        }
        Event::GuidancePublished { guidance, version } => {
            transaction
                .prepare_cached("UPDATE guidance SET published = ?2, staged = NULL WHERE id = ?1")?
                .execute(params![guidance.0, version])?;
        }
        Event::GuidanceRetired { guidance, .. } => {
            transaction.prepare_cached("UPDATE guidance SET retired = 1 WHERE id = ?")?.execute([guidance.0])?;
        }
        _ => {}
    }
    Ok(())
}

fn tally(row: &Row<'_>, from: usize) -> rusqlite::Result<Tally> {
    let count = |at: usize| Ok::<_, rusqlite::Error>(u32::try_from(row.get::<_, i64>(at)?).unwrap_or(u32::MAX));
    Ok(Tally { uses: count(from)?, reviewed: count(from + 1)?, good: count(from + 2)? })
}

fn version(body: &str) -> rusqlite::Result<Version> {
    serde_json::from_str(body)
        .map_err(|why| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(why)))
}

/// See [`LogReader::guidance`](crate::store::LogReader::guidance).
pub(in crate::store) fn list(
    connection: &Connection,
    before: Option<GuidanceId>,
    limit: i64,
) -> rusqlite::Result<Vec<GuidanceRow>> {
    let sql = format!(
        "SELECT guidance.id, guidance.published, guidance.staged, guidance.retired,
                (SELECT body FROM versions WHERE versions.guidance = guidance.id ORDER BY version DESC LIMIT 1), {TALLY}
         FROM guidance LEFT JOIN named ON named.guidance = guidance.id
         LEFT JOIN outputs ON outputs.conversation = named.conversation AND outputs.n = named.n
         WHERE guidance.id < ? GROUP BY guidance.id ORDER BY guidance.id DESC LIMIT ?"
    );
    let before = before.map_or(i64::from(u32::MAX) + 1, |id| i64::from(id.0));
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![before, limit], |row| {
        let (published, staged, is_retired) = (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(GuidanceRow {
            id: GuidanceId(row.get(0)?),
            state: state(published, staged, is_retired),
            published: published.filter(|_| !is_retired),
            newest: version(row.get_ref(4)?.as_str()?)?,
            tally: tally(row, 5)?,
        })
    })?;
    rows.collect()
}

/// See [`LogReader::guidance_versions`](crate::store::LogReader::guidance_versions).
pub(in crate::store) fn versions(
    connection: &Connection,
    id: GuidanceId,
    limit: i64,
) -> rusqlite::Result<Vec<(Version, Tally)>> {
    let sql = format!(
        "SELECT versions.body, {TALLY} FROM versions
         LEFT JOIN named ON named.guidance = versions.guidance AND named.version = versions.version
         LEFT JOIN outputs ON outputs.conversation = named.conversation AND outputs.n = named.n
         WHERE versions.guidance = ? GROUP BY versions.version ORDER BY versions.version DESC LIMIT ?"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows =
        statement.query_map(params![id.0, limit], |row| Ok((version(row.get_ref(0)?.as_str()?)?, tally(row, 1)?)))?;
    rows.collect()
}

/// See [`LogReader::guidance_uses`](crate::store::LogReader::guidance_uses).
pub(in crate::store) fn uses(
    connection: &Connection,
    id: GuidanceId,
    before: Option<Seq>,
    limit: i64,
) -> rusqlite::Result<Vec<(NamedAt, Option<bool>)>> {
    let sql = "SELECT named.seq, named.conversation, named.n, named.version, outputs.good
               FROM named LEFT JOIN outputs ON outputs.conversation = named.conversation AND outputs.n = named.n
               WHERE named.guidance = ? AND named.seq < ? ORDER BY named.seq DESC LIMIT ?";
    let before = before.map_or(i64::MAX, |seq| number(seq.0));
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![id.0, before, limit], |row| {
        let named = Named { guidance: id, version: row.get(3)? };
        let (seq, conversation) = (Seq(whole(row.get(0)?)), ConversationId(whole(row.get(1)?)));
        Ok((NamedAt { seq, conversation, n: EntryNo(row.get(2)?), named }, row.get(4)?))
    })?;
    rows.collect()
}

/// See [`LogReader::past_turns`](crate::store::LogReader::past_turns).
pub(in crate::store) fn past_turns(
    connection: &Connection,
    topics: &[String],
    limit: i64,
) -> rusqlite::Result<Vec<Ended>> {
    let sql = "SELECT at, conversation, n FROM outputs
               WHERE ?1 = 0 OR topic IN (SELECT value FROM json_each(?2))
               ORDER BY at DESC, conversation DESC, n DESC LIMIT ?3";
    let named = serde_json::to_string(topics).unwrap_or_default();
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![!topics.is_empty(), named, limit], |row| {
        Ok(Ended {
            at: Timestamp(row.get(0)?),
            conversation: ConversationId(whole(row.get(1)?)),
            n: EntryNo(row.get(2)?),
        })
    })?;
    rows.collect()
}
