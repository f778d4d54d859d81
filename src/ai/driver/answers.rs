//! What the desk answers to the commands of a turn.
//!
//! Deliberately not here: what a turn makes of it.

use super::Driver;
use crate::{
    ai::turn::Input,
    domain::{command::Command, ids::CommandId, refusal::Refusal},
    protocol::Answer,
};

/// What a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Begin,
    Finish,
    AskTool,
}

impl Asked {
    /// What `command` is for.
    pub(super) fn by(command: &Command) -> Self {
        match command {
            Command::BeginTurn { .. } | Command::BeginTask { .. } => Self::Begin,
            Command::AskTool { .. } => Self::AskTool,
            _ => Self::Finish,
        }
    }
}

impl Driver {
    pub(super) async fn answered(&mut self, id: CommandId, result: Result<Answer, Refusal>) {
        let Some((conversation, attempt, asked)) = self.asked.remove(&id) else { return };
        match (asked, result) {
            (Asked::Begin, Ok(answer)) => {
                if self.is_current(conversation, attempt) {
                    if let Some(active) = self.active.get_mut(&conversation) {
                        active.accepted = Some(answer.n);
                    }
                    self.follow(conversation).await;
                }
            }
            (Asked::Finish, Ok(answer)) => {
                if self.is_current(conversation, attempt) {
                    let active = self.active.get(&conversation);
                    // What was done beside answers nothing.
                    if active.is_some_and(|active| active.task.is_none()) {
                        let read = active.map(|active| active.read);
                        self.floor.mark(conversation, read.map(|read| (read, answer.seq)));
                    }
                    self.step(conversation, Input::Ended).await;
                }
            }
            (Asked::AskTool, Ok(answer)) => {
                if self.is_current(conversation, attempt) {
                    if let Some(active) = self.active.get_mut(&conversation) {
                        active.verdict = Some(answer.n);
                    }
                    self.follow(conversation).await;
                }
            }
            (Asked::AskTool, Err(why)) if why != Refusal::Busy => {
                tracing::debug!(%conversation, code = why.code(), "a tool was refused");
                if self.is_current(conversation, attempt) {
                    self.step(conversation, Input::ToolRefused(why)).await;
                }
            }
            (_, Err(why)) => {
                tracing::debug!(%conversation, code = why.code(), "refused");
                if self.is_current(conversation, attempt) {
                    let busy = why == Refusal::Busy;
                    self.step(conversation, if busy { Input::Failed("busy".to_owned()) } else { Input::Refused(why) })
                        .await;
                }
            }
        }
    }
}
