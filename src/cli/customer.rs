//! `centaur customer`: all that the desk has of one customer, written out or erased.
//!
//! A customer is a mail address, as the channel told it, or the numbers of conversations where none was told. Deliberately
//! not here: what stays when a talk is erased (`domain::erase`).

use super::{
    Context,
    desk::{Desk, unexpected},
    exit::Failure,
    output::several,
};
use crate::{
    domain::{
        card::Card, command::Command, customer::Customer, ids::ConversationId, text::SafeText, thread::Entry,
        time::Timestamp,
    },
    protocol::{Page, Query, Scope},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Cards read at once.
const CARDS: u32 = 200;

/// `centaur customer`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur customer export jana@example.com > jana.jsonl
  centaur customer erase jana@example.com            tells what would go, and does nothing
  centaur customer erase jana@example.com --yes")]
pub struct OfCustomer {
    /// What to do
    #[command(subcommand)]
    what: What,
}

/// What can be done.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write out all that the desk has of a customer, one conversation a line
    #[command(after_help = "Example:
  centaur customer export jana@example.com > jana.jsonl
  centaur customer export 42 57 | jq '.entries[].text'

With what the team wrote to itself about it: look through it before it goes to the customer.")]
    Export {
        /// A mail address, or conversations, as in 42
        #[arg(required = true, value_name = "WHO")]
        who: Vec<String>,
    },
    /// Erase what was said in a customer's conversations, and who it was; there is no way back
    #[command(after_help = "Example:
  centaur customer erase jana@example.com --yes
  centaur customer erase 42 57 --yes

Only resolved conversations, and only by an admin. That each was there, when, and who of the team
acted in it stays in the log, which `audit verify` finds whole as before; what was said, by anyone,
is in no file of the desk any more. Judgements and figures of it go too. Not reached: backups, what
was exported, what a model's maker or a tool's owner keeps, and guidance that somebody wrote from it.")]
    Erase {
        /// A mail address, or conversations, as in 42
        #[arg(required = true, value_name = "WHO")]
        who: Vec<String>,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
}

/// Who is meant.
enum Who {
    Mail(String),
    Talk(ConversationId),
}

/// A conversation of a customer, as it is written out. The names are stable.
#[derive(Serialize)]
struct Exported<'a> {
    conversation: ConversationId,
    channel: &'a str,
    topic: Option<&'a str>,
    /// Milliseconds since 1970.
    opened_at: Timestamp,
    customer: &'a Customer,
    entries: Vec<Entry>,
}

/// What became of one conversation, for scripts.
#[derive(Serialize)]
struct Row<'a> {
    conversation: ConversationId,
    opened_at: Timestamp,
    name: &'a str,
    /// Whether it was erased; nothing was tried without `--yes`.
    erased: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl OfCustomer {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 4 if there is no such customer, 5 if some could not be erased.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        match self.what {
            What::Export { who } => {
                let cards = of(&mut desk, &who).await?;
                for card in cards.values() {
                    let entries = Vec::from(desk.thread(card.id).await?.entries);
                    context.out.json(&Exported {
                        conversation: card.id,
                        channel: &card.channel,
                        topic: card.topic.as_deref(),
                        opened_at: card.opened_at,
                        customer: &card.customer,
                        entries,
                    })?;
                }
                context.out.remark(&format!("{} written", several(cards.len(), "conversation")));
                Ok(())
            }
            What::Erase { who, yes } => {
                let cards = of(&mut desk, &who).await?;
                erase(context, &mut desk, &cards, yes).await
            }
        }
    }
}

async fn erase(
    context: &mut Context,
    desk: &mut Desk,
    cards: &BTreeMap<ConversationId, Card>,
    yes: bool,
) -> Result<(), Failure> {
    let mut failed = 0;
    for card in cards.values() {
        let why = if yes {
            let asked = desk.ask(Command::Erase { conversation: card.id }).await;
            asked.err().map(|failure| failure.sentence().to_owned())
        } else if card.status.is_resolved() {
            None
        } else {
            Some("it is not resolved".to_owned())
        };
        failed += usize::from(why.is_some());
        let row = Row {
            conversation: card.id,
            opened_at: card.opened_at,
            name: &card.customer.name,
            erased: yes && why.is_none(),
            why,
        };
        if context.out.is_json() {
            context.out.json(&row)?;
            continue;
        }
        let name = SafeText::line_within(&card.customer.name, 40);
        let end = match (&row.why, yes) {
            (Some(why), _) => format!("not erased: {}", SafeText::line(why)),
            (None, true) => "erased".to_owned(),
            (None, false) => "would be erased".to_owned(),
        };
        context.out.text(&SafeText::own(format!("#{}  {name}  {end}", card.id)))?;
    }
    let of = cards.len();
    match (yes, failed) {
        (true, 0) => context.out.remark(&format!("{} erased", several(of, "conversation"))),
        (false, 0) => {
            context.out.remark(&format!("{} would be erased, for ever; --yes does it", several(of, "conversation")));
        }
        (_, failed) => {
            return Err(Failure::Conflict(format!("{failed} of {of} cannot be erased yet: see above")));
        }
    }
    Ok(())
}

/// The conversations of whoever is meant, oldest first.
async fn of(desk: &mut Desk, said: &[String]) -> Result<BTreeMap<ConversationId, Card>, Failure> {
    let who = said.iter().map(|said| read(said)).collect::<Result<Vec<_>, _>>()?;
    let mut found = BTreeMap::new();
    for one in &who {
        if let Who::Talk(id) = one {
            found.insert(*id, desk.card(*id).await?);
        }
    }
    let mails: Vec<&str> =
        who.iter().filter_map(|one| if let Who::Mail(mail) = one { Some(mail.as_str()) } else { None }).collect();
    let mut before = None;
    while !mails.is_empty() {
        let (cards, earlier) = match desk.read(Query::Cards { before, limit: CARDS }).await? {
            Page::Cards { cards, earlier } => (cards, earlier),
            page => return Err(unexpected(&page)),
        };
        let last = cards.iter().map(|card| card.id).min();
        let is_it = |card: &Card| {
            card.customer.email.as_deref().is_some_and(|mail| mails.contains(&&*mail.trim().to_lowercase()))
        };
        found.extend(cards.into_iter().filter(is_it).map(|card| (card.id, card)));
        // A page that brings nothing older would be asked for again for ever.
        if !earlier || last.is_none() || last == before {
            break;
        }
        before = last;
    }
    if found.is_empty() {
        return Err(Failure::NotFound(format!(
            "no conversation here is of {}; addresses are compared whole, and a customer without one is named by the numbers of the conversations",
            said.join(", ")
        )));
    }
    Ok(found)
}

fn read(said: &str) -> Result<Who, Failure> {
    let said = said.trim();
    if let Ok(id) = said.trim_start_matches('#').parse() {
        return Ok(Who::Talk(ConversationId(id)));
    }
    if said.contains('@') {
        return Ok(Who::Mail(said.to_lowercase()));
    }
    Err(Failure::Usage(format!(
        "`{said}` is neither a mail address nor a conversation: names are not told apart, say for example jana@example.com or 42"
    )))
}
