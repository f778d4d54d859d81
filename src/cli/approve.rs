//! `centaur approve`: sends a draft of the AI, as it is or edited.

use super::{Context, desk::Desk, exit::Failure, input};
use crate::{
    domain::{
        approval::Decision,
        card::Card,
        command::Command,
        ids::{ConversationId, EntryNo},
    },
    protocol::Scope,
};

/// `centaur approve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur approve 42
  centaur approve 42 --draft 17 --edit 'Your parcel arrives on Friday.'")]
pub struct Approve {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// The number of the draft that you have read; if another one waits, nothing is sent
    #[arg(long, value_name = "NUMBER")]
    draft: Option<u32>,
    /// Send this instead; `-` reads it from standard input
    #[arg(long, value_name = "TEXT")]
    edit: Option<String>,
}

impl Approve {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 5 if it was decided or has expired.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let decision = match self.edit {
            Some(said) => Decision::Edit { text: input::text(&[said], "the edited answer")? },
            None => Decision::Approve,
        };
        let sent = if decision == Decision::Approve { "approved; it is sent" } else { "approved; your text is sent" };
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let draft = meant(&desk.card(conversation).await?, self.draft)?;
        let answer = desk.ask(Command::DecideDraft { conversation, draft, decision }).await?;
        context.acted(conversation, answer, sent)
    }
}

/// The draft that is meant: the named one, else the one that waits.
///
/// # Errors
/// [`Failure::NotFound`] if none waits.
pub fn meant(card: &Card, named: Option<u32>) -> Result<EntryNo, Failure> {
    // A named one that no longer waits is asked for all the same: the desk knows how it ended.
    named.map(EntryNo).or(card.draft.map(|draft| draft.draft)).ok_or_else(|| {
        Failure::NotFound(format!("no draft waits in #{}; `centaur ls is:draft` shows where some do", card.id))
    })
}
