//! `centaur pause`: the AI stops answering one conversation for a while.

use super::{Context, desk::Desk, exit::Failure};
use crate::{
    domain::{command::Command, ids::ConversationId, time::Span},
    protocol::Scope,
};

/// `centaur pause`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur pause 42 --for 30m\n  centaur pause 42 --end")]
pub struct Pause {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// For how long, as in 15m or 2h
    #[arg(long = "for", value_name = "TIME", default_value = "15m", value_parser = minutes)]
    span: Span,
    /// End the pause
    #[arg(long, conflicts_with = "span")]
    end: bool,
}

fn minutes(said: &str) -> Result<Span, String> {
    Span::parse(said, Span::minutes(1))
}

impl Pause {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let span = (!self.end).then_some(self.span);
        let mut desk = Desk::open(context, Scope::None).await?;
        let answer = desk.ask(Command::Pause { conversation, span }).await?;
        let sentence = span
            .map_or_else(|| "goes on".to_owned(), |span| format!("is paused for {}; it ends by itself", span.short()));
        context.acted(conversation, answer, &sentence)
    }
}
