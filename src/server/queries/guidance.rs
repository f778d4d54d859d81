//! Guidance, read: the pieces with how often they were used, one of them with all that used it, and past turns to try on.
//!
//! Deliberately not here: what holds now; peers have that from the desk itself.

use crate::{
    domain::{
        guidance::GuidanceId,
        ids::{EntryNo, Seq},
        refusal::Refusal,
    },
    protocol::{
        Page,
        guidance::{PastTurn, Piece, Use, Written},
    },
    store::{GuidanceRow, LogReader, StoreError},
};

/// Pieces in a page.
const PIECES: usize = 200;
/// Uses in a page.
const USES: usize = 100;
/// Versions in a page.
const VERSIONS: usize = 20;
/// Turns in a page.
const TURNS: usize = 200;
/// How much of an answer is told, in characters.
const EXCERPT: usize = 160;

pub(super) fn list(reader: &dyn LogReader, before: Option<GuidanceId>, limit: u32) -> Result<Page, StoreError> {
    let limit = (limit as usize).clamp(1, PIECES);
    let mut rows = reader.guidance(before, limit + 1)?;
    let earlier = rows.len() > limit;
    rows.truncate(limit);
    Ok(Page::Guidance { rows: rows.into_iter().map(piece).collect(), earlier })
}

fn piece(row: GuidanceRow) -> Piece {
    let GuidanceRow { id, state, newest, tally, .. } = row;
    let (title, topics) = (newest.instruction.title, newest.instruction.topics);
    Piece { id, state, version: newest.version, title, topics, tally }
}

pub(super) fn uses(
    reader: &dyn LogReader,
    id: GuidanceId,
    before: Option<Seq>,
    limit: u32,
) -> Result<Result<Page, Refusal>, StoreError> {
    let found = reader.guidance(Some(GuidanceId(id.0.saturating_add(1))), 1)?.into_iter().find(|row| row.id == id);
    let Some(row) = found else { return Ok(Err(Refusal::NotFound { what: format!("guidance {id}") })) };
    let limit = (limit as usize).clamp(1, USES);
    let mut rows = reader.guidance_uses(id, before, limit + 1)?;
    let earlier = rows.len() > limit;
    rows.truncate(limit);
    let mut uses = Vec::with_capacity(rows.len());
    for (named, good) in rows {
        let event = reader.conversation(named.conversation, EntryNo(named.n.0.saturating_sub(1)), 1)?;
        let Some(event) = event.into_iter().next() else { continue };
        let said = crate::domain::filter::said(&event.event).unwrap_or_default();
        uses.push(Use {
            seq: named.seq,
            at: event.at,
            conversation: named.conversation,
            n: named.n,
            version: named.named.version,
            good,
            excerpt: said.chars().take(EXCERPT).collect(),
        });
    }
    let versions = reader.guidance_versions(id, VERSIONS)?;
    let versions = versions.into_iter().map(|(version, tally)| Written { version, tally }).collect();
    let published = row.published;
    Ok(Ok(Page::GuidanceUses { piece: piece(row), versions, published, uses, earlier }))
}

pub(super) fn past_turns(reader: &dyn LogReader, topics: &[String], limit: u32) -> Result<Page, StoreError> {
    let ended = reader.past_turns(topics, (limit as usize).clamp(1, TURNS))?;
    let turns = ended.into_iter().map(|it| PastTurn { conversation: it.conversation, n: it.n, at: it.at });
    Ok(Page::PastTurns { turns: turns.collect() })
}
