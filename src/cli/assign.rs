//! `centaur assign`: somebody else answers: a person, an AI, or whoever of the queue takes it.

use super::{Context, desk::Desk, exit::Failure};
use crate::{
    domain::{command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur assign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur assign 42 lena\n  centaur assign 42 queue")]
pub struct Assign {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// A teammate's name, `me`, or `queue`
    to: String,
}

impl Assign {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 4 if nobody is called so.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let to = desk.holder(&self.to)?;
        let term = desk.card(conversation).await?.term;
        let answer = desk.ask(Command::Assign { conversation, term, to }).await?;
        let sentence = format!("is with {}", desk.name(to));
        context.acted(conversation, answer, &sentence)
    }
}
