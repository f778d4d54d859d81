//! `centaur resolve`: the matter is settled.

use super::{Context, desk::Desk, exit::Failure};
use crate::{
    domain::{command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur resolve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur resolve 42")]
pub struct Resolve {
    /// Which conversation, as in 42
    conversation: ConversationId,
}

impl Resolve {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let answer = desk.ask(Command::Resolve { conversation }).await?;
        context.acted(conversation, answer, "resolved; it opens again when the customer writes")
    }
}
