//! What a turn reads of a talk: the customer's open messages, what was answered, the brief, the whispers.
//!
//! A plain copy, so that a turn is decided on one state of things. Notes are for people; no AI reads them. Deliberately not
//! here: any decision.

use super::{
    guidance::Standing,
    model::{Past, PastState},
    words::Language,
};
use crate::domain::{
    approval::Ending,
    brief::Brief,
    card::Card,
    ids::{ConversationId, EntryNo, Term},
    mode::Mode,
    task::{Kind, Task},
    thread::{Thread, Used, What},
    time::Timestamp,
    tool::{Fate, Risk, ToolEnding},
};

/// The customer's messages and answers that are read at most, from the end.
const READ: usize = 40;

/// Calls of tools that are read at most, from the end.
const USED: usize = 12;

/// A call as a model reads it; none if it never ran and nobody said a word to it.
fn past(it: &Used) -> Option<Past> {
    let (state, words) = match (&it.ran, &it.ending) {
        (Some((Fate::Done, words)), _) => (PastState::Done, words.clone()),
        (Some((Fate::Failed, words)), _) => (PastState::Failed, words.clone()),
        // What only reads did nothing if it did not answer.
        (Some((Fate::Unknown, words)), _) if it.call.risk == Risk::R0 => (PastState::Failed, words.clone()),
        (Some((Fate::Unknown, words)), _) => (PastState::Unknown, words.clone()),
        (None, Some((ToolEnding::Rejected { reason }, _))) => (PastState::Rejected, reason.clone()),
        (None, Some((ToolEnding::Answered { text }, _))) => (PastState::Answered, text.clone()),
        (None, _) if it.began.is_some() || (it.is_ready() && it.ending.is_some()) => {
            (PastState::Waits, "a person let it run; it is not done yet".to_owned())
        }
        (None, None) if it.waits() => (PastState::Waits, "a person of the team decides".to_owned()),
        (None, _) => return None,
    };
    let arguments = it.question().unwrap_or_else(|| it.arguments().to_owned());
    Some(Past { tool: it.call.tool.clone(), arguments, state, words, fresh: false })
}

/// Whether a matter waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matter {
    /// It was written since the last answer, or nobody answered yet.
    #[default]
    Waits,
    /// The last answer came after it, and nothing was written since.
    Answered,
}

/// What a turn reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The fencing number.
    pub term: Term,
    /// The topic.
    pub topic: Option<String>,
    /// The customer's language.
    pub locale: Language,
    /// The customer's messages since the last answer, oldest first.
    pub said: Vec<String>,
    /// Whether what stands in `said` waits for an answer.
    pub matter: Matter,
    /// The customer's messages before those, oldest first.
    pub earlier: Vec<String>,
    /// What was answered, by people too, oldest first.
    pub answered: Vec<String>,
    /// What the AI itself answered last, oldest first.
    pub own: Vec<String>,
    /// Where the last answer of the AI's quoted from, document and heading; empty if it quoted nothing.
    pub quoted: Option<(String, String)>,
    /// Whether one of the open messages asks for a person.
    pub asks_human: bool,
    /// Whether the newest message says that the matter is settled.
    pub settled: bool,
    /// The latest brief.
    pub brief: Option<Brief>,
    /// The whispers that this turn applies, and why the last drafts were rejected.
    pub whispers: Vec<String>,
    /// The team's guidance that applies to what is open. Set by who reads the desk.
    pub guidance: Vec<Standing>,
    /// Whether nothing of it may reach the customer.
    pub shadow: bool,
    /// The open tasks, by the entry that gave them.
    pub tasks: Vec<(EntryNo, Task)>,
    /// What was asked of tools before, and what came of it, oldest first.
    pub used: Vec<Past>,
    /// What nobody can tell of a change that a person let be made: people look first.
    pub unsure: Option<String>,
}

impl View {
    /// Reads the talk as of `turn`, whose beginning is folded into `thread`.
    #[must_use]
    pub fn of(card: &Card, thread: &Thread, turn: EntryNo) -> Self {
        let mut view = Self {
            conversation: card.id,
            term: card.term,
            topic: card.topic.as_deref().map(str::to_owned),
            shadow: card.mode == Mode::Shadow,
            ..Self::default()
        };
        let mut rejected: Vec<String> = Vec::new();
        let (mut used, mut answered_at) = (Vec::new(), Timestamp(i64::MIN));
        let mut ruled: Vec<String> = Vec::new();
        let (mut briefed, mut unsure) = (None, None);
        for entry in &thread.entries {
            match &entry.what {
                What::Customer { text, signals, .. } => {
                    view.said.push(text.clone());
                    view.asks_human |= signals.asks_human;
                    view.settled = signals.settled;
                }
                What::Answer { answer, .. } => {
                    answered_at = entry.at;
                    view.own.push(answer.text.clone());
                    let first = answer.sources.first();
                    view.quoted = first.map(|source| (source.document.clone(), source.heading.clone())).or(view.quoted);
                    rejected.clear();
                    view.close(&answer.text);
                }
                What::Reply { text, .. } => {
                    answered_at = entry.at;
                    rejected.clear();
                    view.close(text);
                }
                What::Draft { ending: Some((Ending::Rejected { reason }, _)), .. } => rejected.push(reason.clone()),
                What::Brief { brief } => {
                    // A person read and decided: an earlier wish for a person is met.
                    briefed = Some(entry.n);
                    unsure = None;
                    view.brief = Some(brief.clone());
                    view.asks_human = false;
                }
                What::Tool { used: it } => {
                    used.extend(past(it).map(|past| (it.at.unwrap_or(entry.at), past)));
                    if let Some((Fate::Unknown, said)) = it.ran.as_ref().filter(|_| it.call.risk > Risk::R0) {
                        let at = it.at.unwrap_or(entry.at);
                        unsure = Some((at, format!("nobody can tell whether {} was done: {said}", it.call.tool)));
                    }
                }
                What::Task { task, ending: None, .. } => {
                    view.tasks.push((entry.n, (**task).clone()));
                    // Given with a brief it says the same; given alone it is the brief.
                    if task.kind == Kind::Handle && briefed.is_none_or(|n| n.next() != entry.n) {
                        view.brief = Some(Brief {
                            done: task.facts.clone(),
                            open: task.goal.clone(),
                            may: task.may.clone(),
                            back_when: task.back_when.clone(),
                            ..Brief::default()
                        });
                        view.asks_human = false;
                        let may_not = task.may_not.lines().map(str::trim).filter(|line| !line.is_empty());
                        ruled.extend(may_not.map(|line| format!("do not {line}")));
                    }
                }
                What::Whisper { text, applied: Some(by) } if *by == turn => view.whispers.push(text.clone()),
                _ => {}
            }
        }
        view.unsure = unsure.filter(|(at, _)| *at >= answered_at).map(|(_, why)| why);
        view.used = used.into_iter().map(|(at, past)| Past { fresh: at >= answered_at, ..past }).collect();
        let over = view.used.len().saturating_sub(USED);
        view.used.drain(..over);
        view.whispers.extend(ruled);
        view.whispers.extend(rejected.into_iter().filter(|reason| !reason.trim().is_empty()));
        if view.said.is_empty() {
            // Handed back with nothing new said: the last matter is still the customer's.
            view.said.extend(view.earlier.pop());
            view.matter = if view.answered.is_empty() { Matter::Waits } else { Matter::Answered };
        }
        for list in [&mut view.said, &mut view.earlier, &mut view.answered, &mut view.own] {
            let over = list.len().saturating_sub(READ);
            list.drain(..over);
        }
        let told = card.customer.locale.as_deref().and_then(Language::from_tag).unwrap_or_default();
        let likely = view.earlier.iter().fold(told, |likely, line| Language::of(line, likely));
        view.locale = Language::of(&view.said.join("\n"), likely);
        view
    }

    /// Somebody answered: what was open is not any more.
    fn close(&mut self, text: &str) {
        self.answered.push(text.to_owned());
        self.earlier.append(&mut self.said);
        (self.asks_human, self.settled) = (false, false);
    }
}
