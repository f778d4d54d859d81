//! Erasing in the file: the events of a conversation, its saved state, and what the index has of it.
//!
//! Within the transaction that records the erasing. SQLite overwrites what is deleted (`secure_delete`), the full-text index
//! does likewise, and the write-ahead log is cut off afterwards. Deliberately not here: copies of the file elsewhere, and what
//! the disk beneath keeps of blocks that were written over.

use super::{Fault, number, whole};
use crate::{
    domain::{
        conversation::Conversation,
        event::{Event, Recorded},
        ids::Seq,
    },
    store::{
        Link, Seal, StoreError,
        erase::{Cover, left},
        index,
        reader::{link_in, select},
        words,
    },
};
use rusqlite::{OptionalExtension as _, Transaction, params};

/// If this erases its conversation: erases what was before it there, and gives the digest of what is left.
pub(super) fn before(transaction: &Transaction<'_>, erasing: &Recorded) -> Result<Option<[u8; 32]>, Fault> {
    let (Some(conversation), Event::Erased { term }) = (erasing.conversation, &erasing.event) else { return Ok(None) };
    let id = number(conversation.0);
    let projected: i64 = transaction.prepare_cached("SELECT projected FROM desk")?.query_row([], |row| row.get(0))?;
    let links: Vec<Link> = transaction
        .prepare_cached(&select("FROM events WHERE conversation = ? ORDER BY seq"))?
        .query_map([id], link_in)?
        .collect::<Result<_, _>>()?;
    let mut put =
        transaction.prepare_cached("UPDATE events SET body = ?, digest = ?, left = ?, salt = NULL WHERE seq = ?")?;
    let mut unsay = transaction.prepare_cached("INSERT INTO said (said, rowid, words) VALUES ('delete', ?, ?)")?;
    let mut cover = Cover::default();
    for link in &links {
        let (left, was) = left(link)?;
        if let Seal::Erased { digest, version } = left.seal {
            put.execute(params![&*left.body, digest, version, number(left.seq.0)])?;
        }
        if left.seq <= Seq(whole(projected))
            && let Some(text) = index::text(&was.event)
        {
            unsay.execute(params![number(left.seq.0), words::indexed(&text)])?;
        }
        cover.take(&left);
    }
    for table in ["annotations", "outputs", "verdicts", "corrections", "named"] {
        transaction.prepare_cached(&format!("DELETE FROM {table} WHERE conversation = ?"))?.execute([id])?;
    }
    let saved: Option<String> = transaction
        .prepare_cached("SELECT body FROM states WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(body) = saved {
        let what = || format!("the saved state of conversation {conversation}");
        let mut state: Conversation =
            serde_json::from_str(&body).map_err(|source| StoreError::Unreadable { what: what(), source })?;
        state.erase(erasing, *term);
        let body = serde_json::to_string(&state).map_err(|source| StoreError::Unwritable { source })?;
        transaction.prepare_cached("UPDATE states SET body = ?, seq = ? WHERE id = ?")?.execute(params![
            body,
            number(erasing.seq.0),
            id
        ])?;
    }
    Ok(Some(cover.digest()))
}
