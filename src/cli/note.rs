//! `centaur note`: words for the team. The customer never sees them, and no AI reads them.

use super::{Context, desk::Desk, exit::Failure, input};
use crate::{
    domain::{command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur note`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur note 42 the carrier has an open case for this parcel")]
pub struct Note {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// The note; `-` reads it from standard input
    #[arg(required = true)]
    text: Vec<String>,
}

impl Note {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let text = input::text(&self.text, "the note")?;
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let answer = desk.ask(Command::Note { conversation, text }).await?;
        context.acted(conversation, answer, "noted")
    }
}
