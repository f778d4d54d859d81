//! `centaur ls`: conversations, those that need a human first.

use super::{
    Context,
    desk::{Desk, unexpected},
    exit::Failure,
};
use crate::{
    domain::{
        attention,
        card::{Card, Status},
        desk::Office,
        filter::{self, Filter},
        ids::{ConversationId, TeammateId},
        text::SafeText,
        time::Timestamp,
    },
    protocol::{Page, Query, Scope},
};
use serde::Serialize;
use std::{collections::BTreeMap, ffi::OsString};

/// Cards asked for at once; the most that the server gives.
const CARDS: u32 = 200;

/// `centaur ls`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur ls
  centaur ls holder:queue 'waiting:>2m'
  centaur ls --all is:resolved --json | jq .id
  centaur ls -channel:web               all but those of the web
  centaur ls -- -refund                 a word that begins with `-` comes after `--`

The filter is the one of `/` in the console: words, #42, and holder: mode: tag: topic:
channel: locale: is: needs: priority: attention: waiting:; `-` before one turns it round.")]
pub struct Ls {
    /// Which ones; all that are open if nothing is said
    filter: Vec<String>,
    /// The settled and sleeping ones too
    #[arg(long, short)]
    all: bool,
}

/// The words of a command line that begins with `ls`, with conditions that are turned round (`-channel:web`) where clap takes
/// them for what they are: behind `--`. No option looks like one, and the order of conditions means nothing.
pub fn turned_last(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let is_turned = |word: &OsString| {
        let word = word.to_str().and_then(|word| word.strip_prefix('-')).and_then(|word| word.split_once(':'));
        word.is_some_and(|(key, _)| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase()))
    };
    let words: Vec<OsString> = words.into_iter().collect();
    if words.iter().skip(1).find(|word| !word.as_encoded_bytes().starts_with(b"-")).is_none_or(|verb| verb != "ls") {
        return words;
    }
    let options = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let (before, behind) = words.split_at(options);
    let (turned, mut line): (Vec<_>, Vec<_>) = before.iter().cloned().partition(is_turned);
    if !turned.is_empty() || !behind.is_empty() {
        line.push("--".into());
    }
    line.extend(turned);
    line.extend(behind.iter().skip(1).cloned());
    line
}

/// A row of JSON: all of the card, and what follows from it.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    #[serde(flatten)]
    card: &'a Card,
    /// 0 to 100.
    attention: u8,
    reasons: Vec<Reason>,
    holder_name: String,
    /// How long the customer has been waiting, in milliseconds.
    waits_ms: Option<u64>,
    needs_human: bool,
}

/// A part of the attention.
#[derive(Debug, Serialize)]
struct Reason {
    why: &'static str,
    points: i8,
}

impl<'a> Row<'a> {
    /// The row of a card at a time.
    #[must_use]
    pub fn of(card: &'a Card, at: Timestamp, office: &Office) -> Self {
        let attention = attention::of(card, at);
        Self {
            attention: attention.score,
            reasons: attention
                .reasons
                .iter()
                .map(|reason| Reason { why: reason.why.words(), points: reason.points })
                .collect(),
            holder_name: card.holder.teammate().map_or_else(|| "queue".to_owned(), |id| office.name_of(id)),
            waits_ms: card.waiting_since.map(|since| at.since(since).0),
            needs_human: attention::needs_human(card),
            card,
        }
    }

    /// How it stands, in one to three words; empty if there is nothing to say.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self.card.status {
            Status::Resolved { confirmed: true, .. } => "resolved, confirmed",
            Status::Resolved { .. } => "resolved",
            Status::Snoozed { .. } => "sleeps",
            Status::Open if self.card.writing.is_some() => "writing…",
            Status::Open => self.reasons.first().map_or("", |reason| reason.why),
        }
    }

    /// The name of its holder.
    #[must_use]
    pub fn holder(&self) -> &str {
        &self.holder_name
    }

    /// The cells of a line, under [`HEAD`].
    pub(super) fn cells(&self, at: Timestamp) -> Vec<SafeText> {
        let card = self.card;
        let reason = self.state();
        vec![
            SafeText::own(format!("#{}", card.id)),
            SafeText::own(self.attention.to_string()),
            SafeText::line(&self.holder_name),
            SafeText::from_own(card.mode.word()),
            SafeText::own(card.waiting_since.map_or_else(String::new, |since| at.since(since).short())),
            SafeText::line(&card.customer.name),
            SafeText::from_own(reason),
            SafeText::line(card.last.as_ref().map_or("", |last| &*last.text)),
        ]
    }
}

/// The titles of the columns; scripts rely on their order.
pub const HEAD: [&str; 8] = ["id", "att", "holder", "mode", "wait", "customer", "reason", "last"];

/// The cards that are wanted, those that need a human first.
#[must_use]
pub fn pick<'a>(
    cards: impl IntoIterator<Item = &'a Card>,
    filter: &Filter,
    all: bool,
    at: Timestamp,
    me: TeammateId,
    office: &Office,
) -> Vec<&'a Card> {
    // Who asks for a state wants that state, and not only what is open of it.
    let asks_state = filter.to_string().split_whitespace().any(|term| term.trim_start_matches('-').starts_with("is:"));
    let name = |id: TeammateId| office.teammates.get(&id).map(|teammate| teammate.name.as_str());
    let context = filter::Context { at, me: Some(me), name: &name };
    let mut picked: Vec<&Card> = cards
        .into_iter()
        .filter(|card| all || asks_state || card.status == Status::Open)
        .filter(|card| filter.matches(card, &context))
        .collect();
    picked.sort_by_key(|card| (std::cmp::Reverse(attention::score(card, at)), card.id));
    picked
}

/// What was looked for.
#[derive(Debug)]
pub struct Found {
    /// Those that fit, those that need a human first.
    pub cards: Vec<Card>,
    /// The server's time.
    pub at: Timestamp,
    /// The desk.
    pub office: Office,
}

/// The filter that is meant.
///
/// # Errors
/// [`Failure::Usage`] that points at the mistake.
pub fn filter(said: &str) -> Result<Filter, Failure> {
    Filter::parse(said).map_err(|mistake| Failure::Usage(format!("the filter: {mistake}\n{}", mistake.pointer(said))))
}

impl Ls {
    /// Looks for them.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a filter that cannot be read; as the desk says.
    pub async fn found(&self, context: &Context) -> Result<Found, Failure> {
        let filter = filter(&self.filter.join(" "))?;
        let mut desk = Desk::open(context, Scope::All).await?;
        let mut cards: BTreeMap<ConversationId, Card> =
            desk.floor(context.patience()).await?.into_iter().map(|card| (card.id, card)).collect();
        if self.all {
            settled(&mut desk, &mut cards).await?;
        }
        let at = desk.now();
        let picked = pick(cards.values(), &filter, self.all, at, desk.me().id, desk.office());
        let cards = picked.into_iter().cloned().collect();
        Ok(Found { cards, at, office: desk.office().clone() })
    }

    /// Does it.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a filter that cannot be read; as the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let Found { cards, at, office } = self.found(context).await?;
        if context.out.is_json() {
            for card in &cards {
                context.out.json(&Row::of(card, at, &office))?;
            }
            return Ok(());
        }
        let rows: Vec<Vec<SafeText>> = cards.iter().map(|card| Row::of(card, at, &office).cells(at)).collect();
        context.out.table(&HEAD, &rows)?;
        if rows.is_empty() {
            let all = if self.all { "" } else { "; `--all` looks at the settled ones too" };
            context.out.remark(&format!("no conversation fits{all}"));
        }
        Ok(())
    }
}

/// Reads the settled ones, page by page. What the floor told is newer and stays.
async fn settled(desk: &mut Desk, cards: &mut BTreeMap<ConversationId, Card>) -> Result<(), Failure> {
    let mut before: Option<ConversationId> = None;
    loop {
        let (page, earlier) = match desk.read(Query::Cards { before, limit: CARDS }).await? {
            Page::Cards { cards, earlier } => (cards, earlier),
            page => return Err(unexpected(&page)),
        };
        let oldest = page.iter().map(|card| card.id).min();
        for card in page {
            cards.entry(card.id).or_insert(card);
        }
        match oldest {
            Some(oldest) if earlier && before.is_none_or(|before| oldest < before) => before = Some(oldest),
            _ => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_is_turned_round_is_no_option() {
        let table = [
            ("centaur ls holder:ai -channel:web --json", "centaur ls holder:ai --json -- -channel:web"),
            ("centaur ls -channel:web -- -refund", "centaur ls -- -channel:web -refund"),
            ("centaur ls -- -channel:web", "centaur ls -- -channel:web"),
            ("centaur ls -a -q", "centaur ls -a -q"),
            ("centaur --json ls -tag:x", "centaur --json ls -- -tag:x"),
            ("centaur say 4 use -x: please", "centaur say 4 use -x: please"),
        ];
        for (said, meant) in table {
            let line = turned_last(said.split(' ').map(OsString::from));
            assert_eq!(line, meant.split(' ').map(OsString::from).collect::<Vec<_>>(), "{said}");
        }
    }
}
