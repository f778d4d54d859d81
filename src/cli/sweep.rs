//! `centaur sweep`: returns all that one holds to the AI, each with a brief, or to the queue; at the end of a shift.
//!
//! Without `--yes` it only tells what would go where. Deliberately not here: where what goes (`domain::shift`).

use super::{Context, desk::Desk, exit::Failure, handover, input};
use crate::{
    domain::{
        brief::Brief,
        card::Card,
        command::Command,
        holder::Holder,
        ids::ConversationId,
        shift::{self, To},
        text::SafeText,
    },
    protocol::Scope,
};
use serde::Serialize;
use std::path::PathBuf;

/// Cells of a brief in a line.
const WORDS: usize = 120;

/// `centaur sweep`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur sweep                          tells what would go where, and does nothing
  centaur sweep --yes                    to the AI where it may, else to the queue
  centaur sweep --to queue --yes
  centaur sweep --brief brief.txt --yes     the same brief for all

Each goes with a brief, begun from what you wrote in it; in the queue it is a note for
the team. What sleeps goes to the queue and sleeps on. It ends with 5 if some could
not be returned; `centaur undo` takes back those that were.")]
pub struct Sweep {
    /// Where to
    #[arg(long, value_enum, value_name = "WHERE", default_value = "ai")]
    to: Place,
    /// One brief for all, from a file; `-` for standard input: lines such as `promised: …`
    #[arg(long, value_name = "FILE")]
    brief: Option<PathBuf>,
    /// Do it
    #[arg(long)]
    yes: bool,
}

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Place {
    /// To the AI where it may, else to the queue
    Ai,
    /// To the queue
    Queue,
}

/// What becomes of one conversation, for scripts.
#[derive(Debug, Serialize)]
struct Row<'a> {
    conversation: ConversationId,
    to: &'a str,
    brief: &'a Brief,
    /// Whether it was done; nothing was tried without `--yes`.
    done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Sweep {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 5 if some could not be returned.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let common = self.brief.as_ref().map(|path| input::file(path, "the brief")).transpose()?;
        let common = common.map(|form| Brief::from_form(&form));
        if common.as_ref().is_some_and(Brief::is_empty) {
            return Err(Failure::Usage("the brief is empty; say at least what was done or promised".to_owned()));
        }
        let to = match self.to {
            Place::Ai => To::Ai,
            Place::Queue => To::Queue,
        };
        let mut desk = Desk::open(context, Scope::All).await?;
        let cards = desk.floor(context.patience()).await?;
        let threads = handover::talks(&mut desk, &cards).await?;
        let me = desk.me().id;
        let (mut done, mut failed) = (Vec::new(), 0);
        for card in &cards {
            let Ok(holder) = shift::goes(card, to, me, desk.office()) else { continue };
            let begun = || shift::brief(threads.get(&card.id), me, desk.office());
            let brief = common.clone().unwrap_or_else(begun);
            let name = desk.name(holder);
            let result = if self.yes { give(&mut desk, card, holder, &brief).await } else { Ok(()) };
            let why = result.err().map(|failure| failure.sentence().to_owned());
            if why.is_some() {
                failed += 1;
            } else {
                done.push(card.id);
            }
            let row = Row { conversation: card.id, to: &name, brief: &brief, done: self.yes && why.is_none(), why };
            tell(context, card, &row)?;
        }
        self.sum(context, &done, failed)
    }

    fn sum(&self, context: &mut Context, done: &[ConversationId], failed: usize) -> Result<(), Failure> {
        let numbers: Vec<String> = done.iter().map(ToString::to_string).collect();
        let of = done.len() + failed;
        match (of, self.yes) {
            (0, _) => context.out.remark("you hold nothing"),
            (1, false) => context.out.remark("1 conversation would go; --yes does it"),
            (_, false) => context.out.remark(&format!("{of} conversations would go; --yes does it")),
            (_, true) => {
                let undo =
                    if done.is_empty() { String::new() } else { format!("; undo {} takes it back", numbers.join(" ")) };
                context.out.remark(&format!("{} of {of} returned{undo}", done.len()));
            }
        }
        match failed {
            0 => Ok(()),
            n => Err(Failure::Conflict(format!("{n} of {of} could not be returned"))),
        }
    }
}

/// Gives one conversation away, with what is to be known of it.
async fn give(desk: &mut Desk, card: &Card, to: Holder, brief: &Brief) -> Result<(), Failure> {
    let (conversation, term) = (card.id, card.term);
    match to {
        Holder::Ai(ai) => {
            desk.ask(Command::HandBack { conversation, term, to: Some(ai), brief: brief.clone() }).await?;
        }
        to => {
            desk.ask(Command::Assign { conversation, term, to }).await?;
            // It is returned already: a note that fails does not make that undone, and is said.
            desk.ask(Command::Note { conversation, text: shift::note(brief) }).await?;
        }
    }
    Ok(())
}

fn tell(context: &mut Context, card: &Card, row: &Row<'_>) -> Result<(), Failure> {
    if context.out.is_json() {
        return context.out.json(row);
    }
    let name = SafeText::line_within(&card.customer.name, 40);
    let end = if let Some(why) = &row.why {
        format!("not done: {}", SafeText::line(why))
    } else {
        let said = shift::note(row.brief);
        let said: Vec<&str> = said.lines().skip(1).collect();
        SafeText::line_within(&said.join("; "), WORDS).to_string()
    };
    let line = format!("#{} {name} goes to {}: {end}", card.id, SafeText::line(row.to));
    context.out.text(&SafeText::own(line))
}
