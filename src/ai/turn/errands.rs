//! Tools within a turn: ask the desk, run what it lets run, tell it what came of it, and read that before the answer.
//!
//! Pure, as the turn is. Nothing runs without the desk's word, and what runs is told even if the customer wrote meanwhile.
//! Deliberately not here: running, and the desk's rules.

use super::{Effect, End, Input, State, Turn, reasons};
use crate::{
    ai::{
        model::{Past, PastState, ToolCall},
        phrases::{Phrase, phrase},
        tools::{Errand, Ran},
        view::Ready,
    },
    domain::{
        command::Command,
        ids::{Digest, EntryNo},
        refusal::Refusal,
        thread::{Entry, What},
        tool::{ASK_PERSON, Fate, LONGEST_DATA, LONGEST_NAME, LONGEST_WORDS, Risk},
        turn::Outcome,
    },
};

/// So often a model may ask for tools in one turn; then it is to answer.
pub(super) const ROUNDS: u8 = 4;

/// Something to be done with a tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ToDo {
    /// Ask the desk for what the model wants.
    Ask(ToolCall),
    /// Run what a person let run.
    Run(Box<Ready>),
}

/// What is under way with a tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Doing {
    /// The desk is asked whether it may be.
    Asking { wanted: Past },
    /// The desk is asked to let it begin.
    Beginning(Box<Ready>),
    /// It runs.
    Running(Box<Ready>),
    /// The desk is told what came of it.
    Telling { past: Past, risk: Risk },
}

impl Turn {
    /// The model wants tools before it answers.
    pub(super) fn wants(&mut self, calls: Vec<ToolCall>, at: u32) -> Vec<Effect> {
        self.rounds += 1;
        self.errands.extend(calls.into_iter().take(8).map(ToDo::Ask));
        self.next_errand(at)
    }

    /// The next thing to be done with a tool; when all is done, the answer.
    pub(super) fn next_errand(&mut self, at: u32) -> Vec<Effect> {
        if self.overtaken {
            return self.part(End::Again, Outcome::Abandon { why: "the customer wrote again".to_owned() });
        }
        let (conversation, turn, term) = (self.conversation, self.turn, self.term);
        match self.errands.pop_front() {
            None if self.rounds == 0 => {
                self.stepped = at;
                self.look_up()
            }
            None => self.compose(),
            Some(ToDo::Ask(call)) => {
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
            Some(ToDo::Run(ready)) => self.begin_tool(ready),
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

    fn begin_tool(&mut self, ready: Box<Ready>) -> Vec<Effect> {
        let (conversation, term, call) = (self.conversation, self.term, ready.call);
        self.state = State::Tool(Doing::Beginning(ready));
        vec![Effect::Ask(Box::new(Command::BeginTool { conversation, call, term }))]
    }

    /// Something happened while a tool is under way.
    pub(super) fn tool(&mut self, input: Input, at: u32) -> Vec<Effect> {
        let State::Tool(doing) = self.state.clone() else { return Vec::new() };
        match (doing, input) {
            (_, Input::CustomerWrote) => {
                // What runs is told first: it may have happened.
                self.overtaken = true;
                Vec::new()
            }
            (Doing::Asking { wanted }, Input::Verdict(entry)) => self.verdict(*entry, wanted, at),
            (Doing::Beginning(ready), Input::ToolBegun) => {
                let errand = Errand {
                    tool: ready.asked.tool.clone(),
                    arguments: ready.asked.arguments.clone(),
                    definition: ready.asked.definition,
                    key: format!("{}-{}", ready.asked.digest, ready.call),
                };
                let call = ready.call;
                self.state = State::Tool(Doing::Running(ready));
                vec![Effect::Run(call, Box::new(errand))]
            }
            (Doing::Running(ready), Input::Ran(ran)) => self.ran(&ready, ran, at),
            (Doing::Telling { past, risk }, Input::ToolTold | Input::ToolRefused(_)) => {
                let unsure = past.state == PastState::Unknown && risk > Risk::R0;
                let why = format!("nobody can tell whether {} was done: {}", past.tool, past.words);
                self.used.push(past);
                if unsure { self.hand_off(&why, at) } else { self.next_errand(at) }
            }
            (Doing::Asking { wanted }, Input::ToolRefused(Refusal::Invalid { field, why })) => {
                self.used.push(Past { words: format!("{field} {why}"), ..wanted });
                self.next_errand(at)
            }
            (Doing::Beginning(ready), Input::ToolRefused(Refusal::AlreadyEnded { how })) => {
                self.step("tool", format!("{} was not run: {how}", ready.asked.tool), at);
                self.used.push(Past {
                    tool: ready.asked.tool,
                    arguments: ready.asked.arguments,
                    state: PastState::Failed,
                    words: format!("it was not run: {how}"),
                    fresh: true,
                });
                self.next_errand(at)
            }
            (_, Input::ToolRefused(Refusal::Ceiling { .. })) => self.hand_off("it may call no more tools now", at),
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
                self.part(End::Finished, Outcome::Wait { call: entry.n, notice })
            }
            What::Tool { used } => self.begin_tool(Box::new(Ready { call: entry.n, asked: used.call })),
            What::ToolDenied { tool, why, .. } => {
                let why = why.sentence();
                self.step("tool", reasons::clean(&format!("{tool} denied: {why}"), 200), at);
                self.used.push(Past { words: why, ..wanted });
                self.next_errand(at)
            }
            _ => self.next_errand(at),
        }
    }

    fn ran(&mut self, ready: &Ready, ran: Ran, at: u32) -> Vec<Effect> {
        let asked = &ready.asked;
        let fate = match ran.fate {
            // What only reads did nothing if it did not answer.
            Fate::Unknown if asked.risk == Risk::R0 => Fate::Failed,
            fate => fate,
        };
        let (state, word) = match fate {
            Fate::Done => (PastState::Done, "done"),
            Fate::Failed => (PastState::Failed, "failed"),
            Fate::Unknown => (PastState::Unknown, "unknown"),
        };
        let detail = format!("{} {}: {word}, {}", asked.tool, asked.arguments, ran.result);
        self.step("tool", reasons::clean(&detail, 300), at);
        let past = Past {
            tool: asked.tool.clone(),
            arguments: asked.arguments.clone(),
            state,
            words: ran.result.clone(),
            fresh: true,
        };
        self.state = State::Tool(Doing::Telling { past, risk: asked.risk });
        let (conversation, call, result) = (self.conversation, ready.call, ran.result);
        vec![Effect::Ask(Box::new(Command::FinishTool { conversation, call, fate, result }))]
    }

    /// What became of a tool that was running when the turn ended: it is told all the same.
    #[must_use]
    pub fn told_late(conversation: crate::domain::ids::ConversationId, call: EntryNo, ran: Ran) -> Command {
        Command::FinishTool { conversation, call, fate: ran.fate, result: ran.result }
    }
}
