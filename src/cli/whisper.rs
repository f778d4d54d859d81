//! `centaur whisper`: guidance for the AI's next answer, unseen by the customer.

use super::{Context, desk::Desk, exit::Failure, input};
use crate::{
    domain::{command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur whisper`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur whisper 42 offer a replacement before you mention a refund")]
pub struct Whisper {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// What the AI should know; `-` reads it from standard input
    #[arg(required = true)]
    text: Vec<String>,
}

impl Whisper {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let text = input::text(&self.text, "the whisper")?;
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let answer = desk.ask(Command::Whisper { conversation, text }).await?;
        context.acted(conversation, answer, "whispered; it shapes the AI's next answer")
    }
}
