//! A bounded job for an AI: what to reach, what it may and may not, what it may cost, when it comes back.
//!
//! A task to *handle* a talk is done by answering the customer, within the talk's mode. All others are done beside whoever
//! holds the talk: their result goes to the person who gave them and never to the customer, but for a follow-up in a talk
//! that the AI itself holds, which goes the way of its answers. Deliberately not here: who may give one (see `decide`).

mod form;

pub use self::form::{TITLES, micros, money};
use super::{
    brief::Brief,
    card::Card,
    desk::Office,
    ids::{EntryNo, TeammateId, Term},
    mode::Mode,
    time::{Span, Timestamp},
    turn::{Answer, Trace},
};
use serde::{Deserialize, Serialize};

/// Tasks that stand on one conversation at most: open ones, and results that nobody has looked at.
pub const MOST: usize = 8;
/// The longest part of a task, in bytes.
pub const LONGEST: usize = 4_000;
/// How long an AI may work at a task beside a person; turns have a time of their own.
pub const TASK_TTL: Span = Span::minutes(5);
/// How much of a goal stands on a card, in characters.
pub const GOAL_ON_CARD: usize = 80;

/// What kind of job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Answer the customer until the goal is reached.
    Handle,
    /// Draft a reply for a person to send.
    Draft,
    /// Say what the talk is about and what is open.
    Summarise,
    /// Find out which facts are missing, and how to ask for them.
    Collect,
    /// Write to the customer at a time.
    FollowUp,
    /// Put what the customer says into the team's language.
    Translate,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Handle, Self::Draft, Self::Summarise, Self::Collect, Self::FollowUp, Self::Translate];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Handle => "handle",
            Self::Draft => "draft",
            Self::Summarise => "summarise",
            Self::Collect => "collect",
            Self::FollowUp => "follow-up",
            Self::Translate => "translate",
        }
    }

    /// What is meant where nobody says what is to be reached; none where that must be said.
    #[must_use]
    pub fn usual_goal(self) -> Option<&'static str> {
        match self {
            Self::Draft => Some("suggest a reply to what is open"),
            Self::Summarise => Some("sum up the talk"),
            Self::Translate => Some("into English"),
            // Who gives a whole talk away, or words for later, says what for.
            Self::Handle | Self::Collect | Self::FollowUp => None,
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        let word = said.trim().to_lowercase().replace([' ', '_'], "-").replace("summarize", "summarise");
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
            format!("`{said}` is not a task: use handle, draft, summarise, collect, follow-up or translate")
        })
    }
}

/// What a task may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Budget {
    /// Answers of the AI at most.
    pub turns: u16,
    /// Calls of tools at most.
    pub calls: u16,
    /// In millionths of the desk's currency; none: what the desk's own ceilings allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { turns: 6, calls: 20, cost_micros: None }
    }
}

/// A bounded job. It always comes back when it is done, when it is blocked and when it needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Task {
    /// What kind.
    pub kind: Kind,
    /// What is to be reached.
    pub goal: String,
    /// What the AI must know, by the team's word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub facts: String,
    /// What it may do or promise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub may: String,
    /// What it may not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub may_not: String,
    /// What it may cost.
    #[serde(default)]
    pub budget: Budget,
    /// Not before then; the time of a follow-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// It comes back at this time at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<Timestamp>,
    /// Words of the customer that bring it back, one condition a line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub back_when: String,
}

impl Task {
    /// A task with nothing but its kind and goal.
    #[must_use]
    pub fn of(kind: Kind, goal: impl Into<String>) -> Self {
        Self {
            kind,
            goal: goal.into(),
            facts: String::new(),
            may: String::new(),
            may_not: String::new(),
            budget: Budget::default(),
            at: None,
            back_at: None,
            back_when: String::new(),
        }
    }

    /// What an AI does for whoever takes a talk over: it sums up, names what is open and, where the customer waits,
    /// suggests a reply. None where no AI may, or one is at it already.
    #[must_use]
    pub fn for_taker(card: &Card, office: &Office) -> Option<Self> {
        let kind = if card.waiting_since.is_some() { Kind::Draft } else { Kind::Summarise };
        let fits = card.mode != Mode::Off && office.front_ai().is_some() && !card.tasks.iter().any(Given::is_open);
        fits.then(|| Self::of(kind, kind.usual_goal().unwrap_or_default()))
    }

    /// The goal that is usual for its kind, where none is said.
    ///
    /// # Errors
    /// What must be said.
    pub fn with_goal(mut self) -> Result<Self, String> {
        if self.goal.trim().is_empty() {
            let usual = self.kind.usual_goal().ok_or_else(|| "goal: say what is to be reached".to_owned())?;
            usual.clone_into(&mut self.goal);
        }
        Ok(self)
    }

    /// What a brief asks of the AI: it becomes its task.
    #[must_use]
    pub fn of_brief(brief: &Brief) -> Self {
        let goal = match (brief.open.trim(), brief.promised.trim()) {
            ("", "") => "carry on from what was done".to_owned(),
            ("", promised) => format!("keep what was promised: {promised}"),
            (open, _) => format!("settle what is open: {open}"),
        };
        let parts = [("done", &brief.done), ("promised", &brief.promised)];
        let facts: Vec<String> = parts
            .into_iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(title, text)| format!("{title}: {}", text.trim()))
            .collect();
        Self {
            facts: cut(&facts.join("\n"), LONGEST),
            may: cut(&brief.may, LONGEST),
            back_when: cut(&brief.back_when, LONGEST),
            ..Self::of(Kind::Handle, cut(&goal, LONGEST))
        }
    }
}

/// The beginning of a text, so many bytes at most, cut between characters.
fn cut(text: &str, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().trim().to_owned()
}

/// What came of a task.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Work {
    /// The text that was asked for, with what it stands on. Empty where there is none.
    pub answer: Box<Answer>,
    /// What the talk is about, in a few sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// What the customer still waits to be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<String>,
}

impl Work {
    /// The text that was made, where it is not what stands in the summary already.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let text = self.answer.text.trim();
        (!text.is_empty() && text != self.summary.trim()).then_some(&*self.answer.text)
    }
}

/// What an AI says of a task at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Report {
    /// It is done.
    Done {
        /// With this.
        work: Box<Work>,
    },
    /// It cannot go on, and a person should look.
    Blocked {
        /// Why.
        why: String,
        /// As far as it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<Box<Work>>,
    },
    /// It failed.
    Failed {
        /// In a few words.
        why: String,
        /// How it came to that.
        #[serde(default)]
        trace: Trace,
    },
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ending {
    /// It was done.
    Done {
        /// With this; none for a talk that was handled.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<Box<Work>>,
    },
    /// It came back to people: blocked, asked for a person, out of budget or time.
    Back {
        /// Why.
        why: String,
        /// As far as it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<Box<Work>>,
    },
    /// The AI failed.
    Failed {
        /// In a few words.
        why: String,
    },
    /// A person ended it, or the ground went from under it.
    Cancelled {
        /// What happened.
        why: String,
    },
}

impl Ending {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.how().word()
    }

    /// Without what came of it.
    #[must_use]
    pub fn how(&self) -> How {
        match self {
            Self::Done { .. } => How::Done,
            Self::Back { .. } => How::Back,
            Self::Failed { .. } => How::Failed,
            Self::Cancelled { .. } => How::Cancelled,
        }
    }

    /// What came of it, if something did.
    #[must_use]
    pub fn work(&self) -> Option<&Work> {
        match self {
            Self::Done { work } | Self::Back { work, .. } => work.as_deref(),
            Self::Failed { .. } | Self::Cancelled { .. } => None,
        }
    }

    /// Why it did not end well, if it did not.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Done { .. } => None,
            Self::Back { why, .. } | Self::Failed { why } | Self::Cancelled { why } => Some(why),
        }
    }
}

/// How a task ended, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It was done.
    Done,
    /// It came back.
    Back,
    /// It failed.
    Failed,
    /// It was cancelled.
    Cancelled,
}

impl How {
    /// What it did, as in `which is done`.
    #[must_use]
    pub fn past(self) -> &'static str {
        match self {
            Self::Done => "is done",
            Self::Back => "came back",
            Self::Failed => "failed",
            Self::Cancelled => "was cancelled",
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Back => "came back",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Where a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum State {
    /// The AI has not begun.
    Waits,
    /// The AI is at it.
    Runs {
        /// Since when.
        since: Timestamp,
        /// Under which term.
        term: Term,
    },
    /// It has ended, and who gave it has not looked at the result.
    Over {
        /// How.
        how: How,
        /// When.
        at: Timestamp,
    },
}

/// A task as its card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Given {
    /// Its number: the entry that gave it.
    pub task: EntryNo,
    /// What kind.
    pub kind: Kind,
    /// The beginning of its goal, as received.
    pub goal: Box<str>,
    /// Who gave it.
    pub by: TeammateId,
    /// To whom.
    pub to: TeammateId,
    /// Where it is.
    pub state: State,
    /// Not before then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// It comes back at this time at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<Timestamp>,
    /// What it may cost.
    pub budget: Budget,
    /// Answers so far.
    #[serde(default)]
    pub turns: u16,
    /// Calls so far.
    #[serde(default)]
    pub calls: u16,
    /// What it cost so far.
    #[serde(default)]
    pub cost_micros: u64,
}

impl Given {
    /// The task as it was given.
    #[must_use]
    pub fn new(task: EntryNo, by: TeammateId, to: TeammateId, given: &Task, state: State) -> Self {
        Self {
            task,
            kind: given.kind,
            goal: given.goal.chars().take(GOAL_ON_CARD).collect(),
            by,
            to,
            state,
            at: given.at,
            back_at: given.back_at,
            budget: given.budget,
            turns: 0,
            calls: 0,
            cost_micros: 0,
        }
    }

    /// Whether it is still to be done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Over { .. })
    }

    /// What of its budget is spent; none while some of all is left.
    #[must_use]
    pub fn spent(&self) -> Option<String> {
        let budget = &self.budget;
        if self.turns >= budget.turns {
            Some(format!("its {} answers are spent", budget.turns))
        } else if self.calls > budget.calls {
            Some(format!("its {} calls are spent", budget.calls))
        } else {
            let most = budget.cost_micros.filter(|most| self.cost_micros >= *most)?;
            Some(format!("its {} are spent", money(most)))
        }
    }
}

#[cfg(test)]
mod tests;
