//! `centaur snooze`: a conversation sleeps until a time, or until the customer writes.

use super::{Context, desk::Desk, exit::Failure, when};
use crate::{
    domain::{command::Command, ids::ConversationId},
    protocol::Scope,
};
use jiff::tz::TimeZone;

/// `centaur snooze`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  centaur snooze 42 2h\n  centaur snooze 42 2026-12-24T09:00\n  centaur snooze 42 --wake"
)]
pub struct Snooze {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// Until when: 2h, 17:30, 2026-12-24, 2026-12-24T09:00
    #[arg(required_unless_present = "wake", conflicts_with = "wake")]
    until: Option<String>,
    /// Wake it now
    #[arg(long)]
    wake: bool,
}

impl Snooze {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; [`Failure::Usage`] for what is no time.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let zone = TimeZone::system();
        // What cannot be read at all is said before the server is asked.
        let read = |now| self.until.as_deref().map(|said| when::parse(said, now, &zone)).transpose();
        read(when::now()).map_err(Failure::Usage)?;
        let mut desk = Desk::open(context, Scope::None).await?;
        let until = read(desk.now()).map_err(Failure::Usage)?;
        let answer = desk.ask(Command::Snooze { conversation, until }).await?;
        let sentence = until.map_or_else(
            || "is awake".to_owned(),
            |until| format!("sleeps until {}, or until the customer writes", when::minute(until, &zone)),
        );
        context.acted(conversation, answer, &sentence)
    }
}
