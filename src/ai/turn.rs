//! One attempt to answer, as a pure machine: inputs in, effects out.
//!
//! No IO, no clock: instants come in as milliseconds since the turn was asked for. Total: any input in any state is fine.
//! Every turn ends exactly once with [`Effect::Done`], and nothing comes after that. Timers carry ids, so a late one is
//! harmless. Deliberately not here: who performs the effects (see [`driver`](super::driver)).

mod errands;
mod reasons;
mod summary;
#[cfg(test)]
mod tests;

use self::errands::Doing;
pub(super) use self::reasons::clean;
use super::{
    follow,
    guidance::Reading,
    model::{Composed, ModelError, Past, PastState, Piece, Prompt, Remedy, Spent, ToolCall},
    offline::seek,
    phrases::{Phrase, phrase},
    retrieval::{Passage, Question},
    tools::Offer,
    view::View,
};
use crate::{
    domain::{
        command::Command,
        escalation::Reason,
        guidance::Named,
        ids::{ConversationId, EntryNo, Term},
        policy::Policy,
        refusal::Refusal,
        thread::Entry,
        time::Span,
        turn::{Answer, Outcome, Step, Trace},
    },
    protocol::{ToServer, limits::TEXT},
};
use std::{collections::VecDeque, sync::Arc};

/// A timer of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The whole turn took too long.
    Overall,
    /// The answer to the last command did not come.
    Parting,
    /// Nothing was heard of this call.
    Tool(EntryNo),
}

/// What happens to a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The desk let it begin; this is the talk as of then.
    Began(EntryNo, Box<View>),
    /// This was found.
    Retrieved(Vec<Passage>),
    /// The answer grew, or begins anew.
    Piece(Piece),
    /// The answer is whole.
    Composed(Box<Composed>),
    /// What the desk says to the tool that was asked for, or what came of it: its entry.
    Verdict(Box<Entry>),
    /// The desk refused to be asked for a tool.
    ToolRefused(Refusal),
    /// The model failed.
    GaveUp(Box<ModelError>),
    /// Something else failed; another attempt may do better.
    Failed(String),
    /// The customer wrote again.
    CustomerWrote,
    /// Somebody else holds the conversation now, or the AI may not go on.
    Fenced,
    /// The desk refused the last command.
    Refused(Refusal),
    /// The desk accepted the end of the turn.
    Ended,
    /// A timer is due.
    Due(Timer),
}

/// What a turn asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the desk.
    Ask(Box<Command>),
    /// Look this up.
    Retrieve(Question),
    /// Compose an answer to this.
    Compose(Box<Prompt>),
    /// Show how the answer grows.
    Tell(Box<ToServer>),
    /// Come back with [`Input::Due`] after this long.
    Schedule(Timer, Span),
    /// The turn is over.
    Done(End),
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With an answer or a hand-off, accepted.
    Finished,
    /// The customer wrote again: begin anew.
    Again,
    /// It may not go on, and nothing is to be said about it.
    Dropped,
    /// It failed; another attempt may do better.
    Failed,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Asked,
    Retrieving,
    Tool(Doing),
    Composing { text: String },
    Parting { end: End },
    Over,
}

/// What a turn must know of the desk and of its model.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The desk's policy.
    pub policy: Arc<Policy>,
    /// The model's name.
    pub model: String,
    /// The version of the knowledge.
    pub config: String,
    /// The tools that may be asked for.
    pub tools: Vec<Offer>,
}

/// One attempt to answer.
#[derive(Clone, Debug)]
pub struct Turn {
    conversation: ConversationId,
    term: Term,
    rules: Rules,
    state: State,
    turn: EntryNo,
    view: View,
    passages: Vec<Passage>,
    steps: Vec<Step>,
    first_word: Option<u32>,
    spent: Spent,
    /// The model that answered in the end, if it is not the one of the rules.
    answered_by: Option<String>,
    /// When the last step ended.
    stepped: u32,
    /// What is still to be asked of tools.
    errands: VecDeque<ToolCall>,
    /// What came of tools in this turn.
    used: Vec<Past>,
    /// The guidance that was used.
    guidance: Vec<Named>,
    /// How often the model asked for tools.
    rounds: u8,
    /// The customer wrote while a tool ran.
    overtaken: bool,
}

/// How long the desk may take to answer the turn's last command.
const PARTING_WITHIN: Span = Span::seconds(20);

impl Turn {
    /// Asks the desk to begin.
    #[must_use]
    pub fn begin(conversation: ConversationId, term: Term, rules: Rules) -> (Self, Vec<Effect>) {
        // A little less than the desk grants, so that the AI says itself that it failed.
        let overall = Span(rules.policy.turn_ttl.0 / 10 * 9);
        let turn = Self {
            conversation,
            term,
            rules,
            state: State::Asked,
            turn: EntryNo(0),
            view: View::default(),
            passages: Vec::new(),
            steps: Vec::new(),
            first_word: None,
            spent: Spent::default(),
            answered_by: None,
            stepped: 0,
            errands: VecDeque::new(),
            used: Vec::new(),
            guidance: Vec::new(),
            rounds: 0,
            overtaken: false,
        };
        let effects = vec![
            Effect::Ask(Box::new(Command::BeginTurn { conversation, term })),
            Effect::Schedule(Timer::Overall, overall),
        ];
        (turn, effects)
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// The term under which it was asked for.
    #[must_use]
    pub fn term(&self) -> Term {
        self.term
    }

    /// The turn's number; 0 until the desk let it begin.
    #[must_use]
    pub fn number(&self) -> EntryNo {
        self.turn
    }

    /// Takes an input, `at` milliseconds after the turn was asked for.
    pub fn handle(&mut self, input: Input, at: u32) -> Vec<Effect> {
        match (&mut self.state, input) {
            (State::Over, _) => Vec::new(),
            (State::Parting { end }, input) => match input {
                Input::Ended => {
                    let end = *end;
                    self.over(end)
                }
                Input::Fenced | Input::Refused(_) | Input::Due(Timer::Parting) => self.over(End::Dropped),
                _ => Vec::new(),
            },
            // What the desk refused is not asked for again: the cards tell when things have changed.
            (_, Input::Fenced | Input::Refused(_)) => self.over(End::Dropped),
            (State::Asked, Input::Began(turn, view)) => {
                self.turn = turn;
                self.view = *view;
                self.start(at)
            }
            // Nothing has begun: nothing is to be ended.
            (State::Asked, Input::Due(Timer::Overall) | Input::Failed(_)) => self.over(End::Failed),
            // The view of the beginning will hold the new message.
            (State::Asked, _) => Vec::new(),
            (
                State::Tool(_),
                input @ (Input::Verdict(_) | Input::ToolRefused(_) | Input::CustomerWrote | Input::Due(Timer::Tool(_))),
            ) => self.tool(input, at),
            (_, Input::CustomerWrote) => self.begin_anew(at),
            (State::Composing { .. }, Input::Due(Timer::Overall)) => {
                let seconds = at / 1_000;
                self.hand_off(&format!("it was not done within {seconds} s"), at)
            }
            (_, Input::Due(Timer::Overall)) => {
                let seconds = at / 1_000;
                self.fail(&format!("no answer within {seconds} s"), at)
            }
            (_, Input::Failed(why)) => self.fail(&why, at),
            (State::Retrieving, Input::Retrieved(passages)) => self.found(passages, at),
            (State::Composing { .. }, Input::GaveUp(error)) => {
                self.spent = self.spent.and(error.spent);
                let ModelError { why, remedy, steps, .. } = *error;
                self.steps.extend(steps);
                match remedy {
                    Remedy::Person => self.hand_off(&why, at),
                    Remedy::Again => self.fail(&why, at),
                }
            }
            (State::Composing { text }, Input::Piece(Piece::Anew)) => {
                // The next piece has offset 0, which tells those who watch.
                text.clear();
                Vec::new()
            }
            (State::Composing { text }, Input::Piece(Piece::Text(piece))) => {
                let offset = u32::try_from(text.len()).unwrap_or(u32::MAX);
                if text.len() + piece.len() > TEXT {
                    return Vec::new();
                }
                text.push_str(&piece);
                self.first_word.get_or_insert(at);
                let (conversation, turn) = (self.conversation, self.turn);
                vec![Effect::Tell(Box::new(ToServer::DraftGrew { conversation, turn, offset, text: piece }))]
            }
            (State::Composing { .. }, Input::Composed(composed)) => self.conclude(*composed, at),
            (
                _,
                Input::Began(..)
                | Input::Retrieved(_)
                | Input::Piece(_)
                | Input::Composed(_)
                | Input::GaveUp(_)
                | Input::Verdict(_)
                | Input::ToolRefused(_)
                | Input::Ended
                | Input::Due(Timer::Parting | Timer::Tool(_)),
            ) => Vec::new(),
        }
    }

    /// The talk is read: look things up, or hand off at once.
    fn start(&mut self, at: u32) -> Vec<Effect> {
        self.stepped = at;
        if let Some((reason, why)) = reasons::at_once(&self.view, &self.rules.policy) {
            self.step("guard", why.clone(), at);
            return self.escalate(reason, &why, at);
        }
        if let Some(why) = self.view.unsure.take() {
            return self.hand_off(&why, at);
        }
        if let Some(piece) = self.view.guidance.iter().find(|it| Reading::of(&it.instruction).person).cloned() {
            let why = format!("{}: a person answers", piece.label());
            self.guidance = piece.named.into_iter().collect();
            self.step("guidance", why, at);
            return self.escalate(Reason::Guidance, &piece.label(), at);
        }
        self.look_up()
    }

    fn look_up(&mut self) -> Vec<Effect> {
        self.state = State::Retrieving;
        let view = &self.view;
        // "and how long does that take?" is about what was asked before.
        let context = follow::context(&view.said, &view.earlier);
        let near = view.quoted.as_ref().filter(|_| !context.is_empty()).map(|(document, _)| document.clone());
        let words: Vec<&str> = context.iter().chain(&view.said).map(String::as_str).collect();
        vec![Effect::Retrieve(Question {
            words: words.join("\n"),
            near,
            more: more(view),
            locale: view.locale,
            topic: view.topic.clone(),
        })]
    }

    fn found(&mut self, passages: Vec<Passage>, at: u32) -> Vec<Effect> {
        self.step("retrieve", format!("{} passages", passages.len()), at);
        self.passages = passages;
        self.compose()
    }

    fn compose(&mut self) -> Vec<Effect> {
        self.state = State::Composing { text: String::new() };
        let view = &self.view;
        vec![Effect::Compose(Box::new(Prompt {
            locale: view.locale,
            topic: view.topic.clone(),
            said: view.said.clone(),
            answered: view.answered.clone(),
            earlier: view.earlier.clone(),
            brief: view.brief.clone(),
            whispers: view.whispers.clone(),
            guidance: view.guidance.clone(),
            passages: self.passages.clone(),
            settled: view.settled,
            tools: if self.rounds < errands::ROUNDS { self.rules.tools.clone() } else { Vec::new() },
            used: view.used.iter().chain(&self.used).cloned().collect(),
            errand: None,
        }))]
    }

    fn conclude(&mut self, composed: Composed, at: u32) -> Vec<Effect> {
        let ms = at.saturating_sub(self.stepped);
        self.stepped = at;
        for step in composed.steps.iter().filter(|step| step.name != "retrieve") {
            let ms = if step.name == "compose" { ms } else { step.ms };
            self.steps.push(Step { ms, ..step.clone() });
        }
        self.spent = self.spent.and(composed.spent);
        self.answered_by.clone_from(&composed.model);
        let given = self.view.guidance.iter().filter_map(|piece| piece.named);
        self.guidance = given.filter(|named| !composed.unfollowed.contains(named)).collect();
        if !composed.calls.is_empty() && self.rounds < errands::ROUNDS && !self.rules.tools.is_empty() {
            return self.wants(composed.calls, at);
        }
        if let Some(call) = composed.calls.first() {
            let name = reasons::clean(&call.name, 60);
            return self.hand_off(&format!("it wants to use the tool “{name}”, and has none to use"), at);
        }
        if !composed.known || composed.text.trim().is_empty() {
            // What a person or the world said no to is the reason, not want of knowledge.
            let all = self.view.used.iter().chain(&self.used).rev();
            let no = all.take_while(|past| past.fresh).find(|past| past.state != PastState::Done);
            if let Some(why) = no.map(|past| format!("{} {}: {}", past.tool, past.state.word(), past.words)) {
                return self.hand_off(&why, at);
            }
            let nearest = self.passages.first().map(|passage| passage.heading.clone()).unwrap_or_default();
            return self.escalate(Reason::Ungrounded, &nearest, at);
        }
        if composed.text.len() > TEXT {
            return self.fail("the answer was too long", at);
        }
        if reasons::repeats(&composed, &self.view.own) {
            self.step("guard", "the same was answered before".to_owned(), at);
            return self.escalate(Reason::Repeats, "", at);
        }
        let trace = self.trace(at);
        let Composed { text, sources, grounding, settled, .. } = composed;
        let answer = Box::new(Answer { text, sources, grounding, trace });
        self.part(End::Finished, Outcome::Answer { answer, settled })
    }

    /// Another attempt may do better.
    fn fail(&mut self, why: &str, at: u32) -> Vec<Effect> {
        let (why, trace) = (reasons::clean(why, 300), self.trace(at));
        self.part(End::Failed, Outcome::Fail { why, trace })
    }

    /// The customer wrote: what was read is not all any more.
    fn begin_anew(&mut self, at: u32) -> Vec<Effect> {
        let (why, trace) = ("the customer wrote again".to_owned(), self.trace(at));
        self.part(End::Again, Outcome::Abandon { why, trace })
    }

    /// The model cannot: a person gets the talk, with the reason in front.
    fn hand_off(&mut self, why: &str, at: u32) -> Vec<Effect> {
        let why = reasons::clean(why, 400);
        self.step("model", why.clone(), at);
        self.escalate(Reason::AiFailed, why.trim_end_matches('.'), at)
    }

    fn escalate(&mut self, reason: Reason, detail: &str, at: u32) -> Vec<Effect> {
        let which = match reason {
            Reason::Ungrounded => Phrase::Unknown,
            _ if reasons::is_danger(&self.view.said) => Phrase::Danger,
            _ => Phrase::ForHuman,
        };
        let outcome = Outcome::Escalate {
            reason,
            summary: summary::of(&self.view, reason, detail),
            notice: Some(phrase(which, self.view.locale, &self.view.said.concat()).to_owned()),
            trace: self.trace(at),
        };
        self.part(End::Finished, outcome)
    }

    /// Tells the desk how the turn ends, and waits for its word.
    fn part(&mut self, end: End, outcome: Outcome) -> Vec<Effect> {
        self.state = State::Parting { end };
        let (conversation, turn, term) = (self.conversation, self.turn, self.term);
        vec![
            Effect::Ask(Box::new(Command::FinishTurn { conversation, turn, term, outcome })),
            Effect::Schedule(Timer::Parting, PARTING_WITHIN),
        ]
    }

    fn over(&mut self, end: End) -> Vec<Effect> {
        self.state = State::Over;
        vec![Effect::Done(end)]
    }

    fn step(&mut self, name: &str, detail: String, at: u32) {
        let ms = at.saturating_sub(self.stepped);
        self.stepped = at;
        self.steps.push(Step { name: name.to_owned(), detail, ms });
    }

    fn trace(&self, at: u32) -> Trace {
        Trace {
            model: self.answered_by.clone().unwrap_or_else(|| self.rules.model.clone()),
            config: self.rules.config.clone(),
            steps: self.steps.clone(),
            guidance: self.guidance.clone(),
            first_word_ms: self.first_word.unwrap_or(at),
            total_ms: at,
            tokens: self.spent.tokens,
            cost_micros: self.spent.cost_micros,
        }
    }
}

/// What is looked for beside the question: what whispers and guidance seek.
fn more(view: &View) -> String {
    let whispered = view.whispers.iter().flat_map(|whisper| seek(whisper));
    let guided = view.guidance.iter().map(|piece| Reading::of(&piece.instruction));
    // A document's name is made of what it is about.
    let guided = guided.flat_map(|reading| {
        let named = reading.prefer.iter().map(|path| path.trim_end_matches(".md").replace(['/', '-', '_', '.'], " "));
        reading.seek.into_iter().chain(named.collect::<Vec<_>>())
    });
    whispered.chain(guided).collect::<Vec<_>>().join(" ")
}
