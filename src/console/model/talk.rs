//! The open conversation: its entries, the answer that grows, where one looks.
//!
//! Deliberately not here: wrapping. Where a line falls is known to the view alone, so scrolling is asked for in lines
//! ([`Scroll::by`]) from an [`Anchor`], resolved while drawing, and handed back as `Measured::anchor`.

use crate::domain::{
    card::Card,
    event::Recorded,
    ids::{ConversationId, EntryNo, TeammateId, Term},
    thread::{Entry, Thread},
    time::Timestamp,
};
use crate::protocol::Typist;

/// Whether the entries are here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loading {
    /// Asked for.
    Asked,
    /// Here, and kept current while the line is live.
    Here,
    /// They cannot be shown; a sentence says why.
    Not(String),
}

/// A line of the talk: which entry, and how many lines into it at the present width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The entry.
    pub entry: EntryNo,
    /// The line of it, from 0.
    pub line: u16,
}

/// Where one looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scroll {
    /// The line at the top; none: the end is in sight and stays so (*follow*).
    pub anchor: Option<Anchor>,
    /// Lines to move from there at the next drawing; negative is up. The view clamps it; when it reaches the end it
    /// reports `at_end`, and the talk follows again.
    pub by: i32,
    /// Whether the selected entry must be brought into sight at the next drawing.
    pub to_selected: bool,
}

/// An answer that an AI is writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growing {
    /// The turn.
    pub turn: EntryNo,
    /// Who writes, if the talk tells.
    pub by: Option<TeammateId>,
    /// What there is of it. Only ever grows within a turn, so that wrapping can go on from where it was.
    pub text: String,
}

/// The open conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Which.
    pub conversation: ConversationId,
    /// Whether the entries are here.
    pub loading: Loading,
    /// The card as the thread brought it, for conversations that are not on the floor.
    pub card: Option<Box<Card>>,
    /// The entries.
    pub thread: Thread,
    /// Whether there are earlier entries that are not loaded.
    pub earlier: bool,
    /// The answer that grows, if an AI is writing.
    pub growing: Option<Growing>,
    /// Who types now, and until when that is believed.
    pub typing: Vec<(Typist, Timestamp)>,
    /// The entry that `+`, `-`, `c` are about and that the inspector explains. None: the newest AI message.
    pub selected: Option<EntryNo>,
    /// Where one looks.
    pub scroll: Scroll,
    /// After a take-over of yours: what may still arrive at the customer. Empty means: quiet.
    pub quiet: Option<(Term, Vec<EntryNo>)>,
    /// Grows with each change of an entry: wrapped lines of entries are valid for one revision and width. Entries that
    /// changed since are listed in `touched`.
    pub revision: u64,
    /// Grows when all wrapped lines must be forgotten (another conversation, earlier history came).
    pub epoch: u64,
    /// The newest changes: (revision, entry). 256 at most; older caches start afresh.
    pub touched: std::collections::VecDeque<(u64, EntryNo)>,
    /// The events behind the entries, to fold anew when earlier ones come.
    pub(crate) events: Vec<Recorded>,
    /// The number of the query for earlier history, while it runs.
    pub(crate) asked_history: Option<u32>,
}

impl Talk {
    /// A conversation that was asked for.
    #[must_use]
    pub fn asked(conversation: ConversationId, epoch: u64) -> Self {
        Self {
            conversation,
            loading: Loading::Asked,
            card: None,
            thread: Thread::new(conversation),
            earlier: false,
            growing: None,
            typing: Vec::new(),
            selected: None,
            scroll: Scroll::default(),
            quiet: None,
            revision: 0,
            epoch,
            touched: std::collections::VecDeque::new(),
            events: Vec::new(),
            asked_history: None,
        }
    }

    /// The newest AI message that can be judged.
    #[must_use]
    pub fn newest_judgeable(&self) -> Option<EntryNo> {
        self.thread.entries.iter().rev().find(|entry| entry.judged_text().is_some()).map(|entry| entry.n)
    }

    /// The entry that acts on messages are about: the selected one, else the newest AI message.
    #[must_use]
    pub fn focus(&self) -> Option<&Entry> {
        self.selected.or_else(|| self.newest_judgeable()).and_then(|n| self.thread.entry(n))
    }

    /// The tool call that waits for a person, if one does.
    #[must_use]
    pub fn waiting_call(&self) -> Option<(&Entry, &crate::domain::thread::Used)> {
        self.thread.entries.iter().rev().find_map(|entry| match &entry.what {
            crate::domain::thread::What::Tool { used } if used.waits() => Some((entry, used.as_ref())),
            _ => None,
        })
    }

    /// What the AI would have answered to what waits now: its newest draft, or what a take-over dropped half-way. None
    /// once the customer has an answer.
    #[must_use]
    pub fn ai_words(&self) -> Option<&str> {
        use crate::domain::{task::Kind, thread::What};
        for entry in self.thread.entries.iter().rev() {
            match &entry.what {
                What::Draft { answer, .. } | What::Shadow { answer } if !answer.text.trim().is_empty() => {
                    return Some(&answer.text);
                }
                What::Task { task, ending: Some((ending, _)), .. }
                    if matches!(task.kind, Kind::Draft | Kind::FollowUp | Kind::Collect) =>
                {
                    let text = ending.work().map(|work| work.answer.text.as_str());
                    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                        return Some(text);
                    }
                }
                What::Suppressed { text } if !text.trim().is_empty() => return Some(text),
                What::Reply { .. } | What::Answer { .. } => return None,
                _ => {}
            }
        }
        None
    }

    /// The draft that waits, if one does.
    #[must_use]
    pub fn waiting_draft(&self) -> Option<&Entry> {
        self.thread
            .entries
            .iter()
            .rev()
            .find(|entry| matches!(entry.what, crate::domain::thread::What::Draft { ending: None, .. }))
    }
}
