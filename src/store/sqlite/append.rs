//! Writing a batch: events, keys, and what an erasing takes away.
//!
//! Within the caller's transaction. Deliberately not here: opening, committing, and what can be rebuilt.

use super::{Fault, bytes16, erase, number};
use crate::store::{Entry, Head, Link, StoreError, erase::salt};
use rusqlite::{Transaction, params};

/// Writes the batch; says where the log ends with it.
pub(super) fn write(transaction: &Transaction<'_>, mut head: Head, batch: &[Entry]) -> Result<Head, Fault> {
    let mut event = transaction.prepare_cached(
        "INSERT INTO events (seq, at, conversation, n, version, body, hash, salt, covers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let mut key = transaction
        .prepare_cached("INSERT INTO keys (id, by, digest, seq, conversation, n) VALUES (?, ?, ?, ?, ?, ?)")?;
    for entry in batch {
        for stored in &entry.events {
            let (expected, came) = (head.seq.next(), stored.recorded.seq);
            if expected != came {
                return Err(StoreError::OutOfOrder { expected, came }.into());
            }
            let salt = salt()?;
            let covers = erase::before(transaction, &stored.recorded)?;
            let link = Link::forge(&head.hash, stored, salt, covers);
            head = Head { seq: link.seq, hash: link.hash };
            event.execute(params![
                number(link.seq.0),
                link.at.0,
                link.conversation.map(|id| number(id.0)),
                link.n.0,
                link.version,
                &*link.body,
                link.hash,
                salt,
                covers,
            ])?;
        }
        if let Some(it) = &entry.key {
            key.execute(params![
                bytes16(it.id.0),
                it.by.0,
                it.digest.cast_signed(),
                number(entry.done.seq.0),
                entry.done.conversation.map(|id| number(id.0)),
                entry.done.n.0,
            ])?;
        }
    }
    Ok(head)
}
