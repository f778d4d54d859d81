//! `centaur back`: the AI carries on, with a brief that says what was done and promised.

use super::{Context, desk::Desk, exit::Failure, input};
use crate::{
    domain::{brief::Brief, command::Command, ids::ConversationId},
    protocol::Scope,
};
use std::path::PathBuf;

/// `centaur back`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur back 42 --done 'sent a new parcel' --promised 'it arrives by Friday' --back-when refund
  centaur back 42 --brief brief.txt     with lines such as `promised: a call by noon`")]
pub struct Back {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// To which AI; the desk's first if none is named
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// What you did
    #[arg(long, value_name = "TEXT")]
    done: Option<String>,
    /// What you promised the customer
    #[arg(long, value_name = "TEXT")]
    promised: Option<String>,
    /// What is still open
    #[arg(long, value_name = "TEXT")]
    open: Option<String>,
    /// What the AI may do now
    #[arg(long, value_name = "TEXT")]
    may: Option<String>,
    /// A word of the customer that brings it back to you; may be given again
    #[arg(long = "back-when", id = "back_when", value_name = "WORDS")]
    when: Vec<String>,
    /// Read the brief from a file, `-` for standard input: lines such as `promised: …`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["done", "promised", "open", "may", "back_when"])]
    brief: Option<PathBuf>,
}

impl Back {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; [`Failure::Usage`] if nothing is in the brief.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let (to, brief) = self.brief()?;
        let mut desk = Desk::open(context, Scope::None).await?;
        let to = to.map(|said| desk.ai(&said)).transpose()?;
        let term = desk.card(conversation).await?.term;
        let answer = desk.ask(Command::HandBack { conversation, term, to, brief }).await?;
        let holder = desk.card(conversation).await?.holder;
        let sentence = format!("is with {} again, with your brief", desk.name(holder));
        context.acted(conversation, answer, &sentence)
    }

    fn brief(self) -> Result<(Option<String>, Brief), Failure> {
        let brief = match &self.brief {
            Some(path) => Brief::from_form(&input::file(path, "the brief")?),
            None => Brief {
                done: self.done.unwrap_or_default(),
                promised: self.promised.unwrap_or_default(),
                open: self.open.unwrap_or_default(),
                may: self.may.unwrap_or_default(),
                back_when: self.when.join("\n"),
            },
        };
        if brief.is_empty() {
            return Err(Failure::Usage(
                "the brief is empty; say at least what you did (--done) or promised (--promised)".to_owned(),
            ));
        }
        Ok((self.to, brief))
    }
}
