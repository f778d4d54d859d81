//! Tools within a turn: ask the desk, wait for what comes of it, and read that before the answer.
//!
//! Pure, as the turn is. An AI runs nothing: what the desk lets run is run by who runs tools, and comes back as an entry. What
//! runs is waited for even if the customer wrote meanwhile. Deliberately not here: running, and the desk's rules.

use super::{Effect, End, Input, State, Timer, Turn, reasons};
use crate::{
    ai::{
        model::{Past, PastState, ToolCall},
        phrases::{Phrase, phrase},
    },
    domain::{
        command::Command,
        ids::{Digest, EntryNo},
        refusal::Refusal,
        thread::{Entry, What},
        time::Span,
        tool::{ASK_PERSON, Call, Fate, LONGEST_DATA, LONGEST_NAME, LONGEST_WORDS, Risk},
        turn::Outcome,
    },
};

/// So often a model may ask for tools in one turn; then it is to answer.
pub(super) const ROUNDS: u8 = 4;

/// How long is waited for what comes of a call: a little more than a tool server may take.
const RUN_WITHIN: Span = Span::seconds(25);

/// What is under way with a tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Doing {
    /// The desk is asked whether it may be.
    Asking { wanted: Past },
    /// It may run, or runs.
    Running { call: EntryNo, asked: Box<Call> },
}

impl Turn {
    /// The model wants tools before it answers.
    pub(super) fn wants(&mut self, calls: Vec<ToolCall>, at: u32) -> Vec<Effect> {
        self.rounds += 1;
        self.errands.extend(calls.into_iter().take(8));
        self.next_errand(at)
    }

    /// The next thing to be done with a tool; when all is done, the answer.
    pub(super) fn next_errand(&mut self, at: u32) -> Vec<Effect> {
        if self.overtaken {
            return self.begin_anew(at);
        }
        let (conversation, turn, term) = (self.conversation, self.turn, self.term);
        match self.errands.pop_front() {
            None => self.compose(),
            Some(call) => {
                let (tool, definition) = self.meant(&call.name);
                let past = |words: &str| Past {
                    tool: tool.clone(),
                    arguments: call.arguments.clone(),
                    state: PastState::Denied,
                    words: words.to_owned(),
                    fresh: true,
                };
                if call.arguments.len() > LONGEST_DATA || tool.is_empty() || tool.len() > LONGEST_NAME {
                    self.used.push(past("a call has a name, and arguments of 16 KiB at most"));
                    return self.next_errand(at);
                }
                let words: String = reasons::clean(&self.view.said.join(" "), LONGEST_WORDS / 4);
                self.state = State::Tool(Doing::Asking { wanted: past("") });
                let arguments = call.arguments;
                vec![Effect::Ask(Box::new(Command::AskTool {
                    conversation,
                    turn,
                    term,
                    tool,
                    arguments,
                    definition,
                    words,
                }))]
            }
        }
    }

    /// Whether this entry is what is waited for now.
    #[must_use]
    pub fn awaits(&self, entry: &Entry) -> bool {
        match (&self.state, &entry.what) {
            (State::Tool(Doing::Asking { .. }), _) => true,
            (State::Tool(Doing::Running { call, .. }), What::Tool { used }) => entry.n == *call && used.ran.is_some(),
            _ => false,
        }
    }

    /// The tool that a model means by a name, with its definition; what nobody offers is asked for as it was said.
    fn meant(&self, name: &str) -> (String, Digest) {
        let offer = self.rules.tools.iter().find(|offer| offer.wire_name() == name || offer.tool == name);
        match offer {
            Some(offer) => (offer.tool.clone(), offer.definition),
            None if name == ASK_PERSON.replace('.', "_") => (ASK_PERSON.to_owned(), Digest([0; 32])),
            None => (name.to_owned(), Digest([0; 32])),
        }
    }

    /// Something happened while a tool is under way.
    pub(super) fn tool(&mut self, input: Input, at: u32) -> Vec<Effect> {
        let State::Tool(doing) = self.state.clone() else { return Vec::new() };
        match (doing, input) {
            (_, Input::CustomerWrote) => {
                // What runs is waited for first: it may have happened.
                self.overtaken = true;
                Vec::new()
            }
            (Doing::Asking { wanted }, Input::Verdict(entry)) => self.verdict(*entry, wanted, at),
            (Doing::Running { asked, .. }, Input::Verdict(entry)) => match entry.what {
                What::Tool { used } => match used.ran {
                    Some((fate, result)) => self.ran(&asked, fate, result, at),
                    None => Vec::new(),
                },
                _ => Vec::new(),
            },
            // When the turn ends, what has not begun never will.
            (Doing::Running { call, asked }, Input::Due(Timer::Tool(which))) if call == which => {
                let words = format!("no word of it came within {} s", RUN_WITHIN.0 / 1_000);
                let fate = if asked.risk == Risk::R0 { Fate::Failed } else { Fate::Unknown };
                self.ran(&asked, fate, words, at)
            }
            (Doing::Asking { wanted }, Input::ToolRefused(Refusal::Invalid { field, why })) => {
                self.used.push(Past { words: format!("{field} {why}"), ..wanted });
                self.next_errand(at)
            }
            (_, Input::ToolRefused(_)) => self.over(End::Dropped),
            _ => Vec::new(),
        }
    }

    fn verdict(&mut self, entry: Entry, wanted: Past, at: u32) -> Vec<Effect> {
        match entry.what {
            What::Tool { used } if used.waits() => {
                self.step("tool", format!("{} waits for a person", reasons::clean(&used.call.tool, 80)), at);
                let said = self.view.said.concat();
                let notice = Some(phrase(Phrase::Approval, self.view.locale, &said).to_owned());
                let trace = self.trace(at);
                self.part(End::Finished, Outcome::Wait { call: entry.n, notice, trace })
            }
            What::Tool { used } => {
                let call = entry.n;
                self.state = State::Tool(Doing::Running { call, asked: Box::new(used.call) });
                vec![Effect::Schedule(Timer::Tool(call), RUN_WITHIN)]
            }
            What::ToolDenied { tool, why, .. } => {
                let why = why.sentence();
                self.step("tool", reasons::clean(&format!("{tool} denied: {why}"), 200), at);
                self.used.push(Past { words: why, ..wanted });
                self.next_errand(at)
            }
            _ => self.next_errand(at),
        }
    }

    fn ran(&mut self, asked: &Call, fate: Fate, result: String, at: u32) -> Vec<Effect> {
        let (state, word) = match fate {
            // What only reads did nothing if it did not answer.
            Fate::Unknown if asked.risk == Risk::R0 => (PastState::Failed, "failed"),
            Fate::Done => (PastState::Done, "done"),
            Fate::Failed => (PastState::Failed, "failed"),
            Fate::Unknown => (PastState::Unknown, "unknown"),
        };
        let detail = format!("{} {}: {word}, {}", asked.tool, asked.arguments, result);
        self.step("tool", reasons::clean(&detail, 300), at);
        if state == PastState::Unknown {
            return self.hand_off(&format!("nobody can tell whether {} was done: {result}", asked.tool), at);
        }
        let (tool, arguments) = (asked.tool.clone(), asked.arguments.clone());
        self.used.push(Past { tool, arguments, state, words: result, fresh: true });
        self.next_errand(at)
    }
}
