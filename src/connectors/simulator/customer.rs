//! One simulated customer: a pure machine that hears, waits and speaks.
//!
//! A customer tells a step in a burst of lines, with pauses for typing; waits; thinks about what it heard; goes on when it
//! helps, says it again when it does not, and when patience is over asks for a human or walks away. Left alone it asks
//! again, ever later, and goes in the end: without any input but its own wakes every customer ends. Spans are those of a
//! real afternoon. Deliberately not here: clocks, the connection, and words of our own: all it says stands in the scenario.

use super::{
    random::Random,
    scenario::{Scenario, Step, Temper},
};
use crate::domain::time::Span;
use std::collections::VecDeque;

/// Who is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// An AI.
    Ai,
    /// A person.
    Human,
    /// The desk, saying that a human will answer.
    Notice,
}

/// What happens to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A message was read.
    Heard {
        /// Whose.
        voice: Voice,
        /// What it says.
        text: String,
    },
    /// A wake that was asked for is due. Late ones are harmless.
    Due(u64),
}

/// What a customer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Begins to type.
    Type,
    /// Sends a message.
    Say(String),
    /// Rates the talk.
    Rate(u8, Option<String>),
    /// Goes, and is not heard of again.
    Leave,
    /// Wants to hear [`Input::Due`] with this id after this time.
    Wake(u64, Span),
}

/// What a customer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Says the lines that are left, then does what follows.
    Telling(Then),
    /// Waits for a reply.
    Waiting,
    /// Thinks about what was heard.
    Thinking,
    /// Is gone.
    Gone,
}

/// What follows on a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Wait,
    Rate,
    Leave,
}

/// How often a customer who is left alone asks again.
const ASKS_AGAIN: u8 = 2;
/// Replies after which any customer goes.
const LONGEST: u8 = 40;

/// One customer.
#[derive(Clone, Debug)]
pub struct Customer {
    scenario: Scenario,
    random: Random,
    phase: Phase,
    lines: VecDeque<String>,
    step: usize,
    /// Replies without help so far.
    misses: u8,
    /// How often each kind of line was said, to take them in turn.
    agains: usize,
    asked_human: usize,
    /// Whether a human is waited for.
    wants_human: bool,
    met_human: bool,
    told_human: bool,
    heard: Vec<(Voice, String)>,
    replies: u8,
    asked_again: u8,
    wake: u64,
}

impl Customer {
    /// A customer with this matter. The same seed makes the same customer.
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        Self {
            scenario: scenario.clone(),
            random: Random::new(seed),
            phase: Phase::Waiting,
            lines: VecDeque::new(),
            step: 0,
            misses: 0,
            agains: 0,
            asked_human: 0,
            wants_human: false,
            met_human: false,
            told_human: false,
            heard: Vec::new(),
            replies: 0,
            asked_again: 0,
            wake: 0,
        }
    }

    /// Comes: says the first line at once, and goes on from there.
    pub fn come(&mut self) -> Vec<Effect> {
        let mut lines: VecDeque<String> =
            self.now().map(|step| step.says.iter().cloned().collect()).unwrap_or_default();
        let mut effects: Vec<Effect> = lines.pop_front().map(Effect::Say).into_iter().collect();
        effects.extend(self.tell(lines, Then::Wait));
        effects
    }

    /// Whether the customer is gone.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.phase == Phase::Gone
    }

    /// Takes what happens; says what the customer does.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        match (self.phase, input) {
            (Phase::Gone, _) => Vec::new(),
            (_, Input::Due(id)) if id != self.wake => Vec::new(),
            (_, Input::Heard { voice, text }) => self.hear(voice, text),
            (Phase::Telling(then), Input::Due(_)) => self.say_next(then),
            (Phase::Thinking, Input::Due(_)) => self.react(),
            (Phase::Waiting, Input::Due(_)) => self.grow_impatient(),
        }
    }

    fn hear(&mut self, voice: Voice, text: String) -> Vec<Effect> {
        match self.phase {
            // Somebody will come: that is worth a new wait, but no words.
            Phase::Waiting if voice == Voice::Notice => {
                self.wants_human = true;
                self.asked_again = 0;
                vec![self.wait()]
            }
            Phase::Waiting => {
                // They read, and do something else beside: they look at the machine, or for the letter.
                let reading = (text.chars().count() as u64 * 25).min(7_000);
                self.heard.push((voice, text));
                self.phase = Phase::Thinking;
                let thinking = self.random.between(4_000, 16_000);
                vec![self.wake_after(reading + thinking)]
            }
            Phase::Thinking | Phase::Telling(Then::Wait) => {
                self.wants_human |= voice == Voice::Notice;
                self.heard.push((voice, text));
                Vec::new()
            }
            Phase::Telling(Then::Rate | Then::Leave) | Phase::Gone => Vec::new(),
        }
    }

    /// After thinking about all that was heard.
    fn react(&mut self) -> Vec<Effect> {
        self.replies = self.replies.saturating_add(1);
        self.asked_again = 0;
        let heard = std::mem::take(&mut self.heard);
        if self.replies > LONGEST {
            return self.leave();
        }
        let by_human = heard.iter().any(|(voice, _)| *voice == Voice::Human);
        let helps = self.helps(&heard);
        if by_human {
            self.wants_human = false;
            self.met_human = true;
            if !self.told_human {
                self.told_human = true;
                if !self.scenario.to_human.is_empty() {
                    let lines = self.scenario.to_human.iter().cloned().collect();
                    return self.tell(lines, Then::Wait);
                }
            }
            // Whoever has heard the whole matter and answers it, helps; a word that fits only goes one step on.
            return if helps && self.step + 1 < self.scenario.steps.len() {
                self.step_on()
            } else {
                self.part_pleased()
            };
        }
        if helps {
            self.wants_human = false;
            return self.step_on();
        }
        if self.wants_human || heard.iter().all(|(voice, _)| *voice == Voice::Notice) {
            self.phase = Phase::Waiting;
            return vec![self.wait()];
        }
        self.misses = self.misses.saturating_add(1);
        if self.misses > self.scenario.patience { self.lose_patience() } else { self.say_again() }
    }

    fn helps(&self, heard: &[(Voice, String)]) -> bool {
        let Some(step) = self.now() else { return false };
        heard.iter().filter(|(voice, _)| *voice != Voice::Notice).any(|(_, text)| {
            let text = text.to_lowercase();
            step.wants.iter().any(|want| text.contains(&want.to_lowercase()))
        })
    }

    fn step_on(&mut self) -> Vec<Effect> {
        self.step += 1;
        self.agains = 0;
        match self.now() {
            Some(step) => {
                let lines = step.says.iter().cloned().collect();
                self.tell(lines, Then::Wait)
            }
            None => self.part_pleased(),
        }
    }

    fn part_pleased(&mut self) -> Vec<Effect> {
        let lines = self.scenario.pleased.iter().cloned().collect();
        self.tell(lines, Then::Rate)
    }

    fn say_again(&mut self) -> Vec<Effect> {
        let said = self.now().and_then(|step| in_turn(&step.again, self.agains).or(step.says.last())).cloned();
        self.agains += 1;
        self.tell(said.into_iter().collect(), Then::Wait)
    }

    fn lose_patience(&mut self) -> Vec<Effect> {
        if self.scenario.leaves {
            return self.tell(VecDeque::new(), Then::Leave);
        }
        self.wants_human = true;
        self.ask_for_human()
    }

    fn ask_for_human(&mut self) -> Vec<Effect> {
        let said = in_turn(&self.scenario.human, self.asked_human).cloned();
        self.asked_human += 1;
        self.tell(said.into_iter().collect(), Then::Wait)
    }

    /// Nobody answered.
    fn grow_impatient(&mut self) -> Vec<Effect> {
        if self.asked_again >= ASKS_AGAIN {
            let is_bitter = matches!(self.scenario.temper, Temper::Angry | Temper::Hostile);
            let mut effects = Vec::new();
            if is_bitter && self.scenario.rating > 0 {
                effects.push(Effect::Rate(1, None));
            }
            effects.extend(self.leave());
            return effects;
        }
        self.asked_again += 1;
        if self.wants_human && !self.met_human { self.ask_for_human() } else { self.say_again() }
    }

    /// Types the first of the lines, and the others after it.
    fn tell(&mut self, lines: VecDeque<String>, then: Then) -> Vec<Effect> {
        self.lines = lines;
        self.next_line(then)
    }

    fn next_line(&mut self, then: Then) -> Vec<Effect> {
        match self.lines.front() {
            Some(line) => {
                self.phase = Phase::Telling(then);
                let length = line.chars().count() as u64;
                let typing = (length * self.random.between(35, 70)).clamp(600, 7_000);
                vec![Effect::Type, self.wake_after(typing)]
            }
            None => self.after_telling(then),
        }
    }

    fn say_next(&mut self, then: Then) -> Vec<Effect> {
        let mut effects: Vec<Effect> = self.lines.pop_front().map(Effect::Say).into_iter().collect();
        effects.extend(self.next_line(then));
        effects
    }

    fn after_telling(&mut self, then: Then) -> Vec<Effect> {
        match then {
            Then::Wait => {
                // What was said into the burst answers only a part of it: it counts if a human said it, or if it helps.
                let heard = std::mem::take(&mut self.heard);
                if self.helps(&heard) || heard.iter().any(|(voice, _)| *voice == Voice::Human) {
                    self.heard = heard;
                    self.phase = Phase::Thinking;
                    let thinking = self.random.between(1_200, 3_500);
                    return vec![self.wake_after(thinking)];
                }
                self.phase = Phase::Waiting;
                vec![self.wait()]
            }
            Then::Rate => {
                let mut effects = Vec::new();
                if self.scenario.rating > 0 {
                    effects.push(Effect::Rate(self.scenario.rating, None));
                }
                effects.extend(self.leave());
                effects
            }
            Then::Leave => self.leave(),
        }
    }

    fn leave(&mut self) -> Vec<Effect> {
        self.phase = Phase::Gone;
        self.lines.clear();
        self.heard.clear();
        vec![Effect::Leave]
    }

    /// Waits for a reply; longer each time, and longer for a human.
    fn wait(&mut self) -> Effect {
        let for_whom = if self.wants_human || self.met_human { 3 } else { 1 };
        let wait = self.random.between(45_000, 80_000) * for_whom;
        self.wake_after(wait << self.asked_again.min(ASKS_AGAIN))
    }

    /// Only the newest wake counts: what was asked for before is late.
    fn wake_after(&mut self, ms: u64) -> Effect {
        self.wake += 1;
        Effect::Wake(self.wake, Span(ms * self.pace() / 100))
    }

    /// In hundredths of what a calm customer takes.
    fn pace(&self) -> u64 {
        match self.scenario.temper {
            Temper::Calm => 100,
            Temper::Hurried => 60,
            Temper::Confused => 130,
            Temper::Angry => 65,
            Temper::Hostile => 75,
        }
    }

    fn now(&self) -> Option<&Step> {
        self.scenario.steps.get(self.step)
    }
}

/// The lines one after the other; the last one again when they are used up.
fn in_turn(lines: &[String], at: usize) -> Option<&String> {
    lines.get(at).or(lines.last())
}

#[cfg(test)]
mod tests;
