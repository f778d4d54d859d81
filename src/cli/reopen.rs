//! `centaur reopen`: the matter is not settled after all.

use super::{Context, desk::Desk, exit::Failure};
use crate::{
    domain::{command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur reopen`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur reopen 42")]
pub struct Reopen {
    /// Which conversation, as in 42
    conversation: ConversationId,
}

impl Reopen {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let answer = desk.ask(Command::Reopen { conversation }).await?;
        context.acted(conversation, answer, "is open again")
    }
}
