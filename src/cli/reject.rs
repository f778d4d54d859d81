//! `centaur reject`: a draft of the AI is not sent, a tool call not run; the AI reads why before its next attempt.

use super::{Context, approve, desk::Desk, exit::Failure, input};
use crate::{
    domain::{approval::Decision, command::Command, ids::ConversationId, tool::ToolDecision},
    protocol::Scope,
};

/// `centaur reject`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur reject 42 --reason 'we do not refund opened coffee'
  centaur reject 42 --call 18 --reason 'refunded on Monday already'")]
pub struct Reject {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// Why; the AI reads it. `-` reads it from standard input
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The number of the draft; the one that waits if none is named
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["call", "digest"])]
    draft: Option<u32>,
    /// The number of the tool call; the one that waits if none is named and no draft waits
    #[arg(long, value_name = "NUMBER")]
    call: Option<u32>,
    /// The digest of the call, or how it begins; if it is another, nothing is decided
    #[arg(long, value_name = "HEX")]
    digest: Option<String>,
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
        let card = desk.card(conversation).await?;
        let of_tool = self.call.is_some() || self.digest.is_some();
        if of_tool || (self.draft.is_none() && card.draft.is_none() && card.tool_waiting().is_some()) {
            let (call, digest) = approve::call_meant(&card, self.call, self.digest.as_deref())?;
            let decision = ToolDecision::Reject { reason };
            let answer = desk.ask(Command::DecideTool { conversation, call, digest, decision }).await?;
            return context.acted(conversation, answer, "rejected; nothing was run");
        }
        let draft = approve::meant(&card, self.draft)?;
        let decision = Decision::Reject { reason };
        let answer = desk.ask(Command::DecideDraft { conversation, draft, decision }).await?;
        context.acted(conversation, answer, "rejected; nothing was sent")
    }
}
