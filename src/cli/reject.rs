//! `centaur reject`: a draft of the AI is not sent; the AI reads why before its next attempt.

use super::{Context, approve, desk::Desk, exit::Failure, input};
use crate::{
    domain::{approval::Decision, command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur reject`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur reject 42 --reason 'we do not refund opened coffee'")]
pub struct Reject {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// Why; the AI reads it. `-` reads it from standard input
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The number of the draft; the one that waits if none is named
    #[arg(long, value_name = "NUMBER")]
    draft: Option<u32>,
}

impl Reject {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 5 if it was decided or has expired.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let reason = input::text(&[self.reason], "the reason")?;
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let draft = approve::meant(&desk.card(conversation).await?, self.draft)?;
        let decision = Decision::Reject { reason };
        let answer = desk.ask(Command::DecideDraft { conversation, draft, decision }).await?;
        context.acted(conversation, answer, "rejected; nothing was sent")
    }
}
