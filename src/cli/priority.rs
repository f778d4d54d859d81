//! `centaur priority`: how soon a person should look.

use super::{Context, desk::Desk, exit::Failure};
use crate::{
    domain::{card::Priority, command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur priority`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur priority 42 urgent")]
pub struct SetPriority {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// low, normal, high or urgent
    priority: Priority,
}

impl SetPriority {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let (conversation, priority) = (self.conversation, self.priority);
        let mut desk = Desk::open(context, Scope::None).await?;
        let answer = desk.ask(Command::SetPriority { conversation, priority }).await?;
        context.acted(conversation, answer, &format!("has priority {}", priority.word()))
    }
}
