//! `centaur undo`: takes back an act of one's own.

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
    after_help = "Example:\n  centaur undo 42\n  centaur undo 42 --act 17    only the act with this number, as `centaur show` tells it"
)]
pub struct Undo {
    /// Which conversation, as in 42
    conversation: ConversationId,
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
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let answer = desk.ask(Command::Undo { conversation, act: self.act.map(EntryNo) }).await?;
        context.acted(conversation, answer, "undone")
    }
}
