//! Guidance in the index: its versions, and which answers named it. Filled by the same rules on disk and in memory.
//!
//! Deliberately not here: what holds now; that is the office's, and is folded from the same events.

use super::outputs::Outputs;
use crate::domain::{
    event::{Event, Recorded},
    guidance::{GuidanceId, Named, State, Tally, Version},
    ids::{ConversationId, EntryNo, Seq},
    turn::Trace,
};
use std::collections::BTreeMap;

/// A piece, with how often it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuidanceRow {
    /// Its number.
    pub id: GuidanceId,
    /// Where it is.
    pub state: State,
    /// The version in use, if one is.
    pub published: Option<u16>,
    /// Its newest version.
    pub newest: Version,
    /// How often it was used, in all versions.
    pub tally: Tally,
}

/// An answer that named guidance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedAt {
    /// The event.
    pub seq: Seq,
    /// Where.
    pub conversation: ConversationId,
    /// The entry.
    pub n: EntryNo,
    /// What was named.
    pub named: Named,
}

/// Where a piece is, by which of its versions are what.
pub(super) fn state(published: Option<u16>, staged: Option<u16>, is_retired: bool) -> State {
    match (published, staged) {
        _ if is_retired => State::Retired,
        (Some(_), Some(_)) => State::Changed,
        (Some(_), None) => State::Published,
        (None, _) => State::Staged,
    }
}

/// How an answer came about, for the event that made it first: as it was sent, drafted, or given to a person.
fn trace(event: &Event) -> Option<&Trace> {
    match event {
        Event::Answered { draft: None, answer, .. }
        | Event::DraftProposed { answer, .. }
        | Event::ShadowDrafted { answer, .. } => Some(&answer.trace),
        Event::Escalated { turn: Some(_), trace, .. } => trace.as_deref(),
        Event::TaskEnded { ending, .. } => ending.work().map(|work| &work.answer.trace),
        _ => None,
    }
}

/// Takes one event of a conversation in.
pub(super) fn take<O: Outputs>(outputs: &mut O, recorded: &Recorded) -> Result<(), O::Error> {
    let (Some(conversation), Some(trace)) = (recorded.conversation, trace(&recorded.event)) else { return Ok(()) };
    for named in &trace.guidance {
        outputs.named(&NamedAt { seq: recorded.seq, conversation, n: recorded.n, named: *named })?;
    }
    Ok(())
}

/// The rows in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pieces: BTreeMap<GuidanceId, Kept>,
    named: BTreeMap<(GuidanceId, Seq), NamedAt>,
}

#[derive(Clone, Debug, Default)]
struct Kept {
    versions: BTreeMap<u16, Version>,
    published: Option<u16>,
    staged: Option<u16>,
    is_retired: bool,
}

/// What people think of an answer.
type Good<'a> = &'a dyn Fn((ConversationId, EntryNo)) -> Option<bool>;

impl Rows {
    /// Forgets a conversation.
    pub(super) fn forget(&mut self, conversation: ConversationId) {
        self.named.retain(|_, named| named.conversation != conversation);
    }

    /// See [`Outputs::named`].
    pub(super) fn name(&mut self, named: &NamedAt) {
        self.named.insert((named.named.guidance, named.seq), *named);
    }

    /// See [`Outputs::guidance`].
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::GuidanceWritten { guidance, version } => {
                let kept = self.pieces.entry(*guidance).or_default();
                kept.staged = Some(version.version);
                kept.versions.insert(version.version, version.as_ref().clone());
            }
            Event::GuidancePublished { guidance, version } => {
                if let Some(kept) = self.pieces.get_mut(guidance) {
                    (kept.published, kept.staged) = (Some(*version), None);
                }
            }
            Event::GuidanceRetired { guidance, .. } => {
                if let Some(kept) = self.pieces.get_mut(guidance) {
                    kept.is_retired = true;
                }
            }
            _ => {}
        }
    }

    fn tally(&self, guidance: GuidanceId, version: Option<u16>, good: Good<'_>) -> Tally {
        let of_it = self.named.range((guidance, Seq(0))..=(guidance, Seq(u64::MAX))).map(|(_, it)| it);
        of_it.filter(|it| version.is_none_or(|version| it.named.version == version)).fold(
            Tally::default(),
            |sum, it| {
                let good = good((it.conversation, it.n));
                sum.and(Tally { uses: 1, reviewed: u32::from(good.is_some()), good: u32::from(good == Some(true)) })
            },
        )
    }

    pub(super) fn list(&self, before: Option<GuidanceId>, limit: usize, good: Good<'_>) -> Vec<GuidanceRow> {
        let older = self.pieces.iter().rev().filter(|(id, _)| before.is_none_or(|before| **id < before));
        let row = |(id, kept): (&GuidanceId, &Kept)| {
            let newest = kept.versions.values().next_back()?.clone();
            let state = state(kept.published, kept.staged, kept.is_retired);
            let published = kept.published.filter(|_| !kept.is_retired);
            Some(GuidanceRow { id: *id, state, published, newest, tally: self.tally(*id, None, good) })
        };
        older.filter_map(row).take(limit).collect()
    }

    pub(super) fn versions(&self, id: GuidanceId, limit: usize, good: Good<'_>) -> Vec<(Version, Tally)> {
        let versions = self.pieces.get(&id).into_iter().flat_map(|kept| kept.versions.values().rev());
        versions.take(limit).map(|it| (it.clone(), self.tally(id, Some(it.version), good))).collect()
    }

    pub(super) fn uses(
        &self,
        id: GuidanceId,
        before: Option<Seq>,
        limit: usize,
        good: Good<'_>,
    ) -> Vec<(NamedAt, Option<bool>)> {
        let of_it = self.named.range((id, Seq(0))..(id, before.unwrap_or(Seq(u64::MAX)))).rev();
        of_it.take(limit).map(|(_, it)| (*it, good((it.conversation, it.n)))).collect()
    }
}
