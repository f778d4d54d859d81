//! `centaur tag`: adds and removes tags.

use super::{Context, desk::Desk, exit::Failure};
use crate::{
    domain::{command::Command, ids::ConversationId},
    protocol::Scope,
};

/// `centaur tag`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur tag 42 refund vip --remove waiting")]
pub struct Tag {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// Tags to add
    #[arg(required_unless_present = "remove")]
    add: Vec<String>,
    /// Tags to remove
    #[arg(long, short, value_name = "TAG", num_args = 1..)]
    remove: Vec<String>,
}

impl Tag {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let answer = desk.ask(Command::Tag { conversation, add: self.add, remove: self.remove }).await?;
        context.acted(conversation, answer, "tagged")
    }
}
