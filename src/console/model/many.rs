//! Many conversations in one act: those that are marked, and the job that is planned, under way or done.
//!
//! A job has a preview, a count that must be typed, a result for each, and one undo. Deliberately not here: giving commands
//! (see `update`). A draft is not approved here: what was not read is not sent. Tool calls that are alike may be: the preview
//! has the arguments of each, and each is bound to its own digest.

use super::{DraftKey, Model, shift::Goes};
use crate::domain::{
    brief::Brief,
    card::{Card, Priority, Status},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo},
    mode::Mode,
    task::{Kind, Task},
    teammate::Right,
    text::SafeText,
    time::Timestamp,
    tool::money,
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// The most conversations of one job.
pub const MOST: usize = 2_000;

/// A tool call as it is read in the preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRead {
    /// Which call.
    pub call: EntryNo,
    /// Binds what was read.
    pub digest: Digest,
    /// Its arguments, canonical.
    pub arguments: String,
    /// The amount in them, in hundredths.
    pub amount: Option<u64>,
}

/// What is done to each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Take over.
    Take,
    /// Give to somebody.
    Assign(Holder),
    /// Hand back to the AI, with the same brief.
    HandBack(Brief),
    /// Give the AI the same task in each.
    Task(Box<Task>),
    /// Add and remove tags.
    Tag {
        /// What comes.
        add: Vec<String>,
        /// What goes.
        remove: Vec<String>,
    },
    /// Settle.
    Resolve,
    /// Let sleep until then; none wakes.
    Snooze(Option<Timestamp>),
    /// How soon a person should look.
    Priority(Priority),
    /// Return what one holds: where each goes, with which brief.
    Sweep(Arc<BTreeMap<ConversationId, Goes>>),
    /// Let calls of one tool run, each with the arguments that were read.
    Approve {
        /// Which tool.
        tool: String,
        /// The calls.
        calls: Arc<BTreeMap<ConversationId, CallRead>>,
    },
    /// Undo the acts of an earlier job, by their entries; the word of that job.
    Undo(Arc<BTreeMap<ConversationId, EntryNo>>, &'static str),
}

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its preview is looked at.
    Planned,
    /// The server is being asked.
    Running,
    /// Each has its result.
    Ended,
}

/// One act on many conversations.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What is done to each.
    pub deed: Deed,
    /// Where it is.
    pub stage: Stage,
    /// Not asked yet.
    pub todo: VecDeque<ConversationId>,
    /// Asked and not answered, by ticket.
    pub under_way: BTreeMap<u64, ConversationId>,
    /// Done.
    pub done: Vec<ConversationId>,
    /// By which entry each that is done can be undone.
    pub acts: BTreeMap<ConversationId, EntryNo>,
    /// Refused, with why.
    pub failed: Vec<(ConversationId, String)>,
    /// Left out from the beginning, with why.
    pub skipped: Vec<(ConversationId, &'static str)>,
    /// The kept text that goes with it.
    pub draft: Option<DraftKey>,
}

impl Job {
    /// How many it is about, without those left out.
    #[must_use]
    pub fn count(&self) -> usize {
        self.todo.len() + self.under_way.len() + self.done.len() + self.failed.len()
    }

    /// Those left out, by why, the most frequent first: `2 held by others`.
    #[must_use]
    pub fn left_out(&self) -> Vec<(usize, &'static str)> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for (_, why) in &self.skipped {
            *counts.entry(why).or_default() += 1;
        }
        let mut found: Vec<_> = counts.into_iter().map(|(why, count)| (count, why)).collect();
        found.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        found
    }

    /// Those left out in a sentence, as `, 2 skipped: held by others`; empty if there are none.
    #[must_use]
    pub fn left_out_words(&self) -> String {
        let found = self.left_out();
        match found.as_slice() {
            [] => String::new(),
            [(count, why)] => format!(", {count} skipped: {why}"),
            several => {
                let said: Vec<String> = several.iter().map(|(count, why)| format!("{count} {why}")).collect();
                format!(", {} skipped: {}", self.skipped.len(), said.join(", "))
            }
        }
    }
}

/// The job that is done over again or undone, and the marks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Many {
    /// Marked by hand, or since they matched.
    pub marked: BTreeSet<ConversationId>,
    /// The newest job.
    pub job: Option<Job>,
}

impl Model {
    /// What is done, in two or three words, as in `resolve` or `give to lena`.
    #[must_use]
    pub fn deed_words(&self, deed: &Deed) -> String {
        match deed {
            Deed::Take => "take over".to_owned(),
            Deed::Assign(Holder::Queue) => "give to the queue".to_owned(),
            Deed::Assign(Holder::Human(id)) if self.me() == Some(*id) => "give to you".to_owned(),
            Deed::Assign(Holder::Ai(id) | Holder::Human(id)) => format!("give to {}", self.name_of(*id)),
            Deed::HandBack(_) => "hand back".to_owned(),
            Deed::Task(task) => format!("task: {}", task.kind.word()),
            Deed::Tag { add, remove } => {
                let said: Vec<String> =
                    add.iter().map(|tag| format!("+{tag}")).chain(remove.iter().map(|tag| format!("−{tag}"))).collect();
                format!("tag {}", said.join(" "))
            }
            Deed::Resolve => "resolve".to_owned(),
            Deed::Snooze(None) => "wake".to_owned(),
            Deed::Snooze(Some(until)) => format!("snooze for {}", until.since(self.now).short()),
            Deed::Priority(priority) => format!("set priority {}", priority.word()),
            Deed::Sweep(_) => "return what is yours".to_owned(),
            Deed::Approve { tool, calls } => {
                let all = calls.values().filter_map(|call| call.amount).reduce(u64::saturating_add);
                let all = all.map(|all| format!(", {} in all", money(all))).unwrap_or_default();
                format!("approve {}{all}", SafeText::line_within(tool, 40))
            }
            Deed::Undo(_, what) => format!("undo: {what}"),
        }
    }

    /// Why a conversation is left out of a deed; none if it is not. The server has the last word.
    #[must_use]
    pub fn left_out(&self, deed: &Deed, card: &Card) -> Option<&'static str> {
        let mine = self.me().is_some_and(|me| card.holder.is_human(me));
        let moves_others = self.you.as_ref().is_some_and(|you| you.role.may(Right::MoveOthers));
        let others = matches!(card.holder, Holder::Human(_)) && !mine && !moves_others;
        let resolved = card.status.is_resolved();
        match deed {
            Deed::Undo(..) => None,
            Deed::Approve { calls, .. } => match (calls.get(&card.id), card.tool_waiting()) {
                (None, Some(_)) => Some("too long to be read here"),
                (Some(read), Some(waits)) if read.digest == waits.digest => None,
                _ => Some("decided already"),
            },
            Deed::Tag { add, remove } => {
                let same =
                    add.iter().all(|tag| card.tags.contains(tag)) && !remove.iter().any(|tag| card.tags.contains(tag));
                same.then_some("tagged so already")
            }
            Deed::Priority(priority) => (card.priority == *priority).then_some("so already"),
            Deed::Sweep(_) if !mine => Some("not yours"),
            _ if resolved => Some("resolved already"),
            _ if others && !matches!(deed, Deed::Task(task) if task.kind != Kind::Handle) => Some("held by others"),
            Deed::Task(_) if card.mode == Mode::Off => Some("the mode is off"),
            Deed::Task(task) if task.kind == Kind::Handle && card.tasks.iter().any(|it| it.kind == Kind::Handle) => {
                Some("have one already")
            }
            Deed::Take => mine.then_some("yours already"),
            Deed::Assign(to) if card.holder == *to => Some("there already"),
            Deed::Assign(Holder::Ai(_)) if matches!(card.holder, Holder::Human(_)) => Some("need a brief: hand back"),
            Deed::Assign(Holder::Ai(_)) | Deed::HandBack(_) if !card.mode.lets_ai_hold() => {
                Some("the mode keeps the AI out")
            }
            Deed::HandBack(_) if card.holder.is_ai() => Some("the AI has it"),
            Deed::HandBack(_) if !mine => Some("not yours"),
            Deed::Snooze(None) => (!matches!(card.status, Status::Snoozed { .. })).then_some("awake"),
            Deed::Assign(_) | Deed::HandBack(_) | Deed::Resolve | Deed::Snooze(_) | Deed::Task(_) | Deed::Sweep(_) => {
                None
            }
        }
    }
}
