//! `centaur undo`: takes back an act of one's own, in one conversation or in several.

use super::{Context, desk::Desk, exit::Failure};
use crate::{
    domain::{
        command::Command,
        ids::{ConversationId, EntryNo},
    },
    protocol::Scope,
};

/// `centaur undo`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  centaur undo 42\n  centaur undo 42 43 44\n  centaur undo 42 --act 17    only the act with this number, as `centaur show` tells it"
)]
pub struct Undo {
    /// Which conversation, as in 42; or several
    #[arg(required = true, value_name = "CONVERSATION")]
    conversation: Vec<ConversationId>,
    /// The number of the act; your last one that can be undone if none is named
    #[arg(long, value_name = "NUMBER")]
    act: Option<u32>,
}

impl Undo {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let act = self.act.map(EntryNo);
        if act.is_some() && self.conversation.len() > 1 {
            return Err(Failure::Usage(
                "--act is the number of an act in one conversation; name only that one".to_owned(),
            ));
        }
        let mut desk = Desk::open(context, Scope::None).await?;
        if let [conversation] = *self.conversation {
            let answer = desk.ask(Command::Undo { conversation, act }).await?;
            return context.acted(conversation, answer, "undone");
        }
        // Each by itself: what the world has moved on from does not keep the others.
        let mut failed = Vec::new();
        for conversation in &self.conversation {
            match desk.ask(Command::Undo { conversation: *conversation, act }).await {
                Ok(answer) => context.acted(*conversation, answer, "undone")?,
                Err(failure) => failed.push(format!("#{conversation}: {}", failure.sentence())),
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(Failure::Conflict(failed.join("\n"))) }
    }
}
