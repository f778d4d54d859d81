//! The end of a shift: what is read for it, and the sheet that is shown.
//!
//! Deliberately not here: what stands on the sheet and where things go (`domain::shift`), and asking (see `update`).

use super::Model;
use crate::domain::{
    brief::Brief,
    event::Recorded,
    holder::Holder,
    ids::ConversationId,
    shift::{self, To},
    teammate::Kind,
    text::SafeText,
    thread::Thread,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What the reading is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The sheet.
    Sheet,
    /// Returning all that one holds.
    Sweep(To),
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// One's own briefs.
    Briefs,
    /// A talk that one holds.
    Talk(ConversationId),
}

/// What is read at the end of a shift, while it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// What for.
    pub purpose: Purpose,
    /// Not asked for yet.
    pub todo: VecDeque<Asked>,
    /// Asked for, by the number of the query.
    pub under_way: BTreeMap<u32, Asked>,
    /// The talks that came.
    pub threads: BTreeMap<ConversationId, Thread>,
    /// The briefs that came, newest first.
    pub briefs: Vec<Recorded>,
}

/// A sheet that is looked at.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SheetBox {
    /// Its lines, as Markdown.
    pub lines: Vec<SafeText>,
    /// The file it was written to; none if it was not.
    pub path: Option<String>,
    /// The first line in sight; the view clamps it.
    pub top: u16,
}

/// Where a conversation goes in a sweep, and with which brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goes {
    /// To whom.
    pub to: Holder,
    /// What is to be known of it.
    pub brief: Brief,
}

impl Model {
    /// The conversations that the person who sits here holds and that are not settled, by number.
    #[must_use]
    pub fn mine(&self) -> Vec<ConversationId> {
        let Some(me) = self.me() else { return Vec::new() };
        let mine = self.floor.each().filter(|card| card.holder.is_human(me) && !card.status.is_resolved());
        mine.map(|card| card.id).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Where each of one's own conversations goes.
    #[must_use]
    pub fn going(&self, to: To, threads: &BTreeMap<ConversationId, Thread>) -> BTreeMap<ConversationId, Goes> {
        let Some(me) = self.me() else { return BTreeMap::new() };
        let goes = |id: ConversationId| {
            let to = shift::goes(self.card(id)?, to, me, &self.office).ok()?;
            Some((id, Goes { to, brief: shift::brief(threads.get(&id), me, &self.office) }))
        };
        self.mine().into_iter().filter_map(goes).collect()
    }

    /// The people who are here beside the one who sits here, by name, each once.
    #[must_use]
    pub fn colleagues(&self) -> Vec<String> {
        let is_person = |id| self.office.present(id).is_some_and(|one| one.role.kind() == Kind::Human);
        let here: BTreeSet<_> =
            self.presence.iter().map(|one| one.teammate).filter(|id| Some(*id) != self.me()).collect();
        let mut names: Vec<String> = here.into_iter().filter(|id| is_person(*id)).map(|id| self.name_of(id)).collect();
        names.sort_unstable();
        names
    }
}
