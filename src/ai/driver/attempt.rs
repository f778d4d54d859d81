//! What the driver is at in a conversation: an answer to the customer, or a task beside whoever answers.
//!
//! Both are machines with the same inputs and effects. Deliberately not here: when which is begun.

use crate::{
    ai::{
        task::TaskRun,
        turn::{Effect, Input, Rules, Turn},
    },
    domain::{
        ids::{ConversationId, EntryNo, Term},
        thread::Entry,
    },
};

/// One attempt.
#[derive(Debug)]
pub(super) enum Attempt {
    /// At an answer.
    Turn(Turn),
    /// At a task.
    Task(TaskRun),
}

impl Attempt {
    /// Asks the desk to begin.
    pub(super) fn begin(
        conversation: ConversationId,
        term: Term,
        task: Option<EntryNo>,
        rules: Rules,
    ) -> (Self, Vec<Effect>) {
        match task {
            None => {
                let (turn, effects) = Turn::begin(conversation, term, rules);
                (Self::Turn(turn), effects)
            }
            Some(task) => {
                let (run, effects) = TaskRun::begin(conversation, term, task, rules);
                (Self::Task(run), effects)
            }
        }
    }

    /// Takes an input, so many milliseconds after it was asked for.
    pub(super) fn handle(&mut self, input: Input, at: u32) -> Vec<Effect> {
        match self {
            Self::Turn(turn) => turn.handle(input, at),
            Self::Task(run) => run.handle(input, at),
        }
    }

    /// Whether this entry is what is waited for now.
    pub(super) fn awaits(&self, entry: &Entry) -> bool {
        match self {
            Self::Turn(turn) => turn.awaits(entry),
            Self::Task(_) => false,
        }
    }

    /// The entry of its beginning; 0 until the desk let it begin.
    pub(super) fn number(&self) -> EntryNo {
        match self {
            Self::Turn(turn) => turn.number(),
            Self::Task(run) => run.number(),
        }
    }

    /// The term at which it was asked for.
    pub(super) fn term(&self) -> Term {
        match self {
            Self::Turn(turn) => turn.term(),
            Self::Task(run) => run.term(),
        }
    }
}
