//! A talk as people read it: the fold of one conversation's events into entries.
//!
//! The fold may begin in the middle: what refers to an entry that is not there is left out. The same fold serves the
//! console, the command line, the AI teammates and the exports.

mod entry;

use super::{
    annotation::Annotation,
    approval::{Ending, Why},
    brief::Brief,
    card::Priority,
    ceiling::Level,
    customer::Customer,
    delivery::State,
    escalation::Reason,
    event::{Event, Recorded},
    guard::Verdict,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo, PublicNo, TeammateId},
    mode::Mode,
    signals::Signals,
    task::{self, Task},
    teammate::Actor,
    time::Timestamp,
    tool::Denial,
    turn::{Answer, Trace},
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

mod amend;
mod changed;
mod used;

pub use self::{entry::Send, used::Used};

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The customer came.
    Opened {
        /// By which channel.
        channel: String,
        /// Who.
        customer: Customer,
        /// About what.
        topic: Option<String>,
        /// Who answers first.
        holder: Holder,
    },
    /// The customer wrote.
    Customer {
        /// As received.
        text: String,
        /// What the rules saw in it.
        signals: Signals,
        /// Its number for the customer.
        public: PublicNo,
    },
    /// A person answered.
    Reply {
        /// What the customer reads.
        text: String,
        /// Where it is.
        send: Send,
    },
    /// An AI answered.
    Answer {
        /// The answer.
        answer: Box<Answer>,
        /// Where it is.
        send: Send,
        /// The draft it was, if a person let it go.
        draft: Option<EntryNo>,
        /// Who let it go. The entry's `by` is the AI all the same: the words are its.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved: Option<Actor>,
        /// The version of the checks that found nothing to stop it; none if a person let it go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checked: Option<u16>,
    },
    /// The customer was told that a human will answer.
    Notice {
        /// What the customer reads.
        text: String,
        /// Where it is.
        send: Send,
    },
    /// For the team.
    Note {
        /// What.
        text: String,
    },
    /// For the AI.
    Whisper {
        /// What.
        text: String,
        /// The turn that applied it.
        applied: Option<EntryNo>,
    },
    /// The note that went with a hand-back.
    Brief {
        /// What.
        brief: Brief,
    },
    /// The holder changed.
    Holder {
        /// Who did.
        from: Holder,
        /// Who does.
        to: Holder,
        /// Why.
        cause: Cause,
    },
    /// An AI began to answer.
    Turn {
        /// Whether it has ended.
        ended: bool,
        /// Whether nothing of it may reach the customer.
        shadow: bool,
    },
    /// A draft.
    Draft {
        /// What would be sent.
        answer: Box<Answer>,
        /// When it expires.
        expires_at: Timestamp,
        /// Why it needs a person.
        why: Why,
        /// How it ended, and who ended it.
        ending: Option<(Ending, Actor)>,
    },
    /// A tool call, with what became of it.
    Tool {
        /// All of it.
        used: Box<Used>,
    },
    /// A tool that the AI may not use so.
    ToolDenied {
        /// Which.
        tool: String,
        /// With which arguments.
        arguments: String,
        /// Why not.
        why: Denial,
    },
    /// What the AI would have said.
    Shadow {
        /// The answer.
        answer: Box<Answer>,
    },
    /// What the AI was writing when it was stopped.
    Suppressed {
        /// What there was of it.
        text: String,
    },
    /// A turn ended without an answer.
    Abandoned {
        /// In a few words.
        why: String,
        /// Whether the AI failed.
        failed: bool,
    },
    /// A human is wanted.
    Escalation {
        /// Why.
        reason: Reason,
        /// What it is about.
        summary: String,
        /// How it came to that.
        trace: Option<Box<Trace>>,
    },
    /// A task for an AI.
    Task {
        /// To whom.
        to: TeammateId,
        /// What.
        task: Box<Task>,
        /// Whether the AI has begun.
        begun: bool,
        /// How it ended, and who ended it.
        ending: Option<(Box<task::Ending>, Actor)>,
        /// The number at which it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<EntryNo>,
    },
    /// Checks found something: in the customer's words before it, or in the draft after it.
    Guarded {
        /// What was found.
        verdicts: Vec<Verdict>,
    },
    /// A ceiling is near or reached.
    Spending {
        /// Which.
        level: Level,
    },
    /// The mode was set.
    Mode {
        /// To what; none: what topic or desk says.
        mode: Option<Mode>,
    },
    /// The AI was paused, or the pause ended.
    Pause {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// Tags changed.
    Tags {
        /// What came.
        added: Vec<String>,
        /// What went.
        removed: Vec<String>,
    },
    /// The priority was set.
    Priority {
        /// To what.
        priority: Priority,
    },
    /// It sleeps until then, or woke.
    Snooze {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// It is settled.
    Resolved {
        /// Whether by the customer's own word.
        confirmed: bool,
    },
    /// It is open again.
    Reopened,
    /// The customer rated.
    Rated {
        /// 1 to 5.
        score: u8,
        /// In the customer's words.
        comment: Option<String>,
    },
    /// All before this was erased.
    Erased,
    /// An act was undone.
    Undid {
        /// Which.
        act: EntryNo,
    },
}

/// One entry of a talk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the conversation.
    pub n: EntryNo,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What it is.
    #[serde(flatten)]
    pub what: What,
    /// Judgements on it; superseded ones too, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

/// A talk, or the end of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its entries, by number. Not every event makes one.
    pub entries: VecDeque<Entry>,
    /// The number of the first event folded; 0 while there is none.
    pub first: EntryNo,
    /// The number of the last event folded; 0 while there is none.
    pub n: EntryNo,
    /// How many messages the customer may see, as far as this fold knows.
    pub public: PublicNo,
}

/// An event did not follow on the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What was expected.
    pub expected: EntryNo,
    /// What came.
    pub came: EntryNo,
}

impl Thread {
    /// An empty talk.
    #[must_use]
    pub fn new(conversation: ConversationId) -> Self {
        Self { conversation, ..Self::default() }
    }

    /// The entry with number `n`.
    #[must_use]
    pub fn entry(&self, n: EntryNo) -> Option<&Entry> {
        self.entries.binary_search_by_key(&n, |entry| entry.n).ok().map(|at| &self.entries[at])
    }

    fn entry_mut(&mut self, n: EntryNo) -> Option<&mut Entry> {
        self.entries.binary_search_by_key(&n, |entry| entry.n).ok().map(|at| &mut self.entries[at])
    }

    /// Folds one more event. One that was seen before is ignored.
    ///
    /// # Errors
    /// [`Gap`] if events are missing in between: ask again, never guess.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), Gap> {
        let n = recorded.n;
        if self.n == EntryNo(0) {
            self.first = n;
        } else if n <= self.n {
            return Ok(());
        } else if n != self.n.next() {
            return Err(Gap { expected: self.n.next(), came: n });
        }
        self.n = n;
        self.fold(recorded);
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each event, read as a table")]
    fn fold(&mut self, recorded: &Recorded) {
        let pending = Send { state: State::Pending, public: None };
        let what = match &recorded.event {
            Event::Opened { channel, customer, topic, holder, .. } => What::Opened {
                channel: channel.clone(),
                customer: customer.clone(),
                topic: topic.clone(),
                holder: *holder,
            },
            Event::CustomerSaid { text, signals } => {
                self.public = self.public.next();
                What::Customer { text: text.clone(), signals: *signals, public: self.public }
            }
            Event::Replied { text, .. } => What::Reply { text: text.clone(), send: pending },
            Event::Answered { turn, answer, draft, checked, .. } => {
                self.end_turn(*turn);
                let approved = draft.map(|_| recorded.by);
                What::Answer { answer: answer.clone(), send: pending, draft: *draft, approved, checked: *checked }
            }
            Event::Notified { text, .. } => What::Notice { text: text.clone(), send: pending },
            Event::Noted { text } => What::Note { text: text.clone() },
            Event::Whispered { text } => What::Whisper { text: text.clone(), applied: None },
            Event::Briefed { brief } => What::Brief { brief: brief.clone() },
            Event::HolderChanged { from, to, cause, .. } => What::Holder { from: *from, to: *to, cause: cause.clone() },
            Event::TurnBegan { whispers, shadow, .. } => {
                for whisper in whispers {
                    if let Some(Entry { what: What::Whisper { applied, .. }, .. }) = self.entry_mut(*whisper) {
                        *applied = Some(recorded.n);
                    }
                }
                What::Turn { ended: false, shadow: *shadow }
            }
            Event::DraftProposed { turn, answer, expires_at, why, .. } => {
                self.end_turn(*turn);
                What::Draft { answer: answer.clone(), expires_at: *expires_at, why: *why, ending: None }
            }
            Event::ShadowDrafted { turn, answer } => {
                self.end_turn(*turn);
                What::Shadow { answer: answer.clone() }
            }
            Event::ToolAllowed { call, .. } => What::Tool { used: Box::new(Used::allowed(call)) },
            Event::ToolProposed { call, expires_at, why, .. } => {
                What::Tool { used: Box::new(Used::proposed(call, *expires_at, *why)) }
            }
            Event::ToolDenied { tool, arguments, why, .. } => {
                What::ToolDenied { tool: tool.clone(), arguments: arguments.clone(), why: why.clone() }
            }
            Event::AnswerSuppressed { turn, text } => {
                self.end_turn(*turn);
                self.whisper_again(*turn);
                What::Suppressed { text: text.clone() }
            }
            Event::TurnAbandoned { turn, why, failed, .. } => {
                self.end_turn(*turn);
                self.whisper_again(*turn);
                What::Abandoned { why: why.clone(), failed: *failed }
            }
            Event::Escalated { turn, reason, summary, trace } => {
                // A call for a person ends a turn without an answer; one after a draft's end names a turn that has ended.
                if let Some(turn) = turn {
                    self.end_turn(*turn);
                    self.whisper_again(*turn);
                }
                What::Escalation { reason: *reason, summary: summary.clone(), trace: trace.clone() }
            }
            Event::TaskGiven { to, task } => What::Task {
                to: *to,
                begun: task.kind == task::Kind::Handle,
                task: task.clone(),
                ending: None,
                ended: None,
            },
            Event::Guarded { verdicts, .. } => What::Guarded { verdicts: verdicts.clone() },
            Event::ModeSet { mode } => What::Mode { mode: *mode },
            Event::Paused { until } => What::Pause { until: Some(*until) },
            Event::Unpaused => What::Pause { until: None },
            Event::Tagged { added, removed } => What::Tags { added: added.clone(), removed: removed.clone() },
            Event::PrioritySet { priority } => What::Priority { priority: *priority },
            Event::Snoozed { until } => What::Snooze { until: Some(*until) },
            Event::Woken => What::Snooze { until: None },
            Event::Resolved { confirmed, .. } => What::Resolved { confirmed: *confirmed },
            Event::Reopened => What::Reopened,
            Event::Rated { score, comment } => What::Rated { score: *score, comment: comment.clone() },
            Event::Undid { act, .. } => What::Undid { act: *act },
            Event::Erased { .. } => {
                self.entries.clear();
                What::Erased
            }
            Event::DraftEnded { .. }
            | Event::TurnWaits { .. }
            | Event::ToolEnded { .. }
            | Event::ToolBegan { .. }
            | Event::ToolRan { .. }
            | Event::TaskBegan { .. }
            | Event::TaskEnded { .. }
            | Event::TaskSeen { .. }
            | Event::Annotated { .. }
            | Event::AnnotationWithdrawn { .. }
            | Event::DeliveryClaimed { .. }
            | Event::DeliveryReported { .. }
            | Event::DeliveriesVoided { .. } => return self.amend(recorded),
            Event::Blank
            | Event::DeskFounded { .. }
            | Event::TimelineBegan { .. }
            | Event::TeammateInvited { .. }
            | Event::TokenReplaced { .. }
            | Event::TeammateRevoked { .. }
            | Event::PolicySet { .. }
            | Event::ReplyKept { .. }
            | Event::AmountMoved { .. }
            | Event::ToolOffered { .. }
            | Event::ToolWithdrawn { .. }
            | Event::DeskModeSet { .. }
            | Event::Stopped { .. }
            | Event::StopLifted { .. }
            | Event::GuidanceWritten { .. }
            | Event::GuidancePublished { .. }
            | Event::GuidanceRetired { .. } => return,
            Event::Spending { level } => What::Spending { level: *level },
        };
        let (n, at) = (recorded.n, recorded.at);
        let by = match &recorded.event {
            Event::Answered { author: Some(author), .. } => Actor::Teammate(*author),
            _ => recorded.by,
        };
        self.entries.push_back(Entry { n, at, by, what, annotations: Vec::new() });
    }
}
