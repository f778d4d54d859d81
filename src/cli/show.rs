//! `centaur show`: one conversation with everything in it.

use super::{Context, desk::Desk, exit::Failure, ls::Row, talk};
use crate::{
    domain::{
        attention, card::Card, desk::Office, ids::ConversationId, text::SafeText, thread::Entry, time::Timestamp,
    },
    protocol::Scope,
};
use jiff::tz::TimeZone;
use serde::Serialize;

/// `centaur show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur show 42
  centaur show 42 --last 5
  centaur show 42 --json | jq '.entries[-1]'")]
pub struct Show {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// Only so many entries, from the end
    #[arg(long, value_name = "N")]
    last: Option<usize>,
}

/// A conversation as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    card: Row<'a>,
    entries: &'a [Entry],
}

/// A conversation as it was read.
#[derive(Debug)]
pub struct Talk {
    /// Its card.
    pub card: Card,
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    /// The server's time.
    pub at: Timestamp,
    /// The desk.
    pub office: Office,
}

impl Show {
    /// Asks for a conversation, whole or its end.
    #[must_use]
    pub fn of(conversation: ConversationId, last: Option<usize>) -> Self {
        Self { conversation, last }
    }

    /// Reads it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn talk(&self, context: &Context) -> Result<Talk, Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        let card = desk.card(self.conversation).await?;
        let mut entries = Vec::from(desk.thread(self.conversation).await?.entries);
        let skip = self.last.map_or(0, |last| entries.len().saturating_sub(last));
        entries.drain(..skip);
        Ok(Talk { card, entries, at: desk.now(), office: desk.office().clone() })
    }

    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let talk = self.talk(context).await?;
        print(context, &talk)
    }
}

/// Prints a conversation.
///
/// # Errors
/// If it cannot be printed.
pub fn print(context: &mut Context, talk: &Talk) -> Result<(), Failure> {
    let Talk { card, entries, at, office } = talk;
    if context.out.is_json() {
        return context.out.json(&Shown { card: Row::of(card, *at, office), entries });
    }
    let zone = TimeZone::system();
    context.out.text(&head(card, *at, office))?;
    for entry in entries {
        context.out.text(&talk::lines(entry, &card.customer.name, office, &zone))?;
    }
    Ok(())
}

/// A conversation in a line: who, by which way, who holds it, and why it needs attention.
#[must_use]
pub fn head(card: &Card, at: Timestamp, office: &Office) -> SafeText {
    let attention = attention::of(card, at);
    let reasons: Vec<String> =
        attention.reasons.iter().map(|reason| format!("{} {}", reason.points, reason.why.words())).collect();
    SafeText::line(&format!(
        "#{} {} · {} · held by {} · mode {} · attention {}{}{}",
        card.id,
        card.customer.name,
        card.channel,
        Row::of(card, at, office).holder(),
        card.mode.word(),
        attention.score,
        if reasons.is_empty() { "" } else { ": " },
        reasons.join(", ")
    ))
}
