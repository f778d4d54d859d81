//! `centaur handover`: the sheet for whoever comes next, as Markdown.
//!
//! Deliberately not here: what stands on it (`domain::shift`), and handing anything over (`sweep` does).

use super::{
    Context,
    desk::{Desk, unexpected},
    exit::Failure,
    when,
};
use crate::{
    domain::{
        card::Card,
        event::Recorded,
        ids::{ConversationId, Seq},
        shift::{Facts, Sheet},
        thread::Thread,
        time::Span,
    },
    protocol::{Page, Query, Scope},
};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Events of the log asked for at once; the most that the server gives.
const PAGE: u32 = 200;
/// Briefs that are read at most.
const BRIEFS: usize = 2_000;

/// `centaur handover`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur handover > handover.md
  centaur handover --since 8h
  centaur handover --json | jq .promised

What you promised is taken from your briefs since then, and guessed from what you
wrote in conversations that you still hold: read it before you send it on.")]
pub struct Handover {
    /// How far back your briefs are read for what you promised
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = hours)]
    since: Span,
}

fn hours(said: &str) -> Result<Span, String> {
    Span::parse(said, Span::hours(1))
}

impl Handover {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::All).await?;
        let cards = desk.floor(context.patience()).await?;
        let threads = talks(&mut desk, &cards).await?;
        let briefs = briefs(&mut desk, self.since).await?;
        let cards: Vec<&Card> = cards.iter().collect();
        let (me, at) = (desk.me().id, desk.now());
        let facts = Facts { me, at, office: desk.office(), cards: &cards, threads: &threads, briefs: &briefs };
        let sheet = Sheet::of(&facts);
        if context.out.is_json() {
            return context.out.json(&sheet);
        }
        let zone = TimeZone::system();
        for line in sheet.markdown(&|at| when::minute(at, &zone)) {
            context.out.text(&line)?;
        }
        Ok(())
    }
}

/// The talks that the asker holds.
///
/// # Errors
/// The line failed.
pub(super) async fn talks(desk: &mut Desk, cards: &[Card]) -> Result<BTreeMap<ConversationId, Thread>, Failure> {
    let me = desk.me().id;
    let mut threads = BTreeMap::new();
    for card in cards.iter().filter(|card| card.holder.is_human(me) && !card.status.is_resolved()) {
        threads.insert(card.id, desk.thread(card.id).await?);
    }
    Ok(threads)
}

/// The asker's own briefs, newest first.
async fn briefs(desk: &mut Desk, since: Span) -> Result<Vec<Recorded>, Failure> {
    let filter = format!("by:me did:hand-back since:{}m", (since.0 / 60_000).max(1));
    let mut found = Vec::new();
    let mut before: Option<Seq> = None;
    loop {
        match desk.read(Query::Log { filter: filter.clone(), before, limit: PAGE }).await? {
            Page::Log { events, next } => {
                found.extend(events);
                match next {
                    Some(next) if found.len() < BRIEFS && before.is_none_or(|before| next < before) => {
                        before = Some(next);
                    }
                    _ => return Ok(found),
                }
            }
            page => return Err(unexpected(&page)),
        }
    }
}
