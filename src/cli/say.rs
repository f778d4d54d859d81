//! `centaur say`: answers the customer.

use super::{Context, desk::Desk, exit::Failure, input};
use crate::{
    domain::{command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur say`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  centaur say 42 --take 'I have sent a new parcel, it arrives on Friday.'\n  centaur say 42 - < answer.txt"
)]
pub struct Say {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// What the customer reads; `-` reads it from standard input
    #[arg(required = true)]
    text: Vec<String>,
    /// Take the conversation over first, if you do not hold it
    #[arg(long)]
    take: bool,
}

impl Say {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 5 if somebody else holds it.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let text = input::text(&self.text, "the answer")?;
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let mut card = desk.card(conversation).await?;
        if self.take && !card.holder.is_human(desk.me().id) {
            desk.ask(Command::TakeOver { conversation, term: card.term, reason: None }).await?;
            card = desk.card(conversation).await?;
        }
        // With the term that was seen: if the holder changes before this arrives, nothing is sent.
        let answer = desk.ask(Command::Reply { conversation, term: card.term, text }).await?;
        context.acted(conversation, answer, "said; `show` tells when it is delivered")
    }
}
