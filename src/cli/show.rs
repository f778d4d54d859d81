//! `centaur show`: one conversation with everything in it.

use super::{Context, desk::Desk, exit::Failure, ls::Row, talk};
use crate::{
    domain::{
        attention,
        ids::ConversationId,
        text::SafeText,
        thread::{Entry, Thread},
    },
    protocol::Scope,
};
use jiff::tz::TimeZone;
use serde::Serialize;

/// `centaur show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur show 42\n  centaur show 42 --json | jq '.entries[-1]'")]
pub struct Show {
    /// Which conversation, as in 42
    conversation: ConversationId,
}

/// A conversation as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    card: Row<'a>,
    entries: Vec<&'a Entry>,
}

impl Show {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        let card = desk.card(self.conversation).await?;
        let thread: Thread = desk.thread(self.conversation).await?;
        let at = desk.now();
        let office = desk.office();
        if context.out.is_json() {
            let shown = Shown { card: Row::of(&card, at, office), entries: thread.entries.iter().collect() };
            return context.out.json(&shown);
        }
        let zone = TimeZone::system();
        let attention = attention::of(&card, at);
        let reasons: Vec<String> =
            attention.reasons.iter().map(|reason| format!("{} {}", reason.points, reason.why.words())).collect();
        let head = format!(
            "#{} {} · {} · held by {} · mode {} · attention {}{}{}",
            card.id,
            card.customer.name,
            card.channel,
            desk.name(card.holder),
            card.mode.word(),
            attention.score,
            if reasons.is_empty() { "" } else { ": " },
            reasons.join(", ")
        );
        context.out.text(&SafeText::line(&head))?;
        for entry in &thread.entries {
            context.out.text(&talk::lines(entry, &card.customer.name, office, &zone))?;
        }
        Ok(())
    }
}
