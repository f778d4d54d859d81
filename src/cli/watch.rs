//! `centaur watch`: waits until a conversation fits a filter, prints it, and ends: for pagers and for what they call.
//!
//! Deliberately not here: what goes on afterwards (`tail` follows), and the filter language (the one there is).

use super::{
    Context,
    exit::Failure,
    ls::{filter, pick},
    plain::Floor,
    show::{self, Show},
    token,
};
use crate::{
    client::{CallError, Dial, News, Options, Session, Socket},
    domain::{filter::Filter, ids::ConversationId},
    protocol::Scope,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    select,
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

/// How often what depends on time alone (`waiting:`, `attention:`) is looked at again.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// `centaur watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur watch --until needs:me
  centaur watch --until 'is:escalated priority:>=high' --timeout 30m --json
  centaur watch --until needs:anyone --quiet --last 3 | mail -s 'the desk' oncall

It ends with 0 as soon as a conversation fits, and with 7 if none does within --timeout;
without --timeout it waits for ever. The filter is the one of `centaur ls`.")]
pub struct Watch {
    /// Wait for a conversation that fits this filter
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    until: String,
    /// Print so many of its last entries
    #[arg(long, value_name = "N", default_value_t = 5)]
    last: usize,
}

impl Watch {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure::TimedOut`] if nothing fits in time; [`Failure::Usage`] for a filter that cannot be read; no token, no
    /// server, shown the door.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let filter = filter(&self.until)?;
        if filter.is_empty() {
            return Err(Failure::Usage("the filter is empty: write one, as in --until needs:me".to_owned()));
        }
        let within = context.global.timeout.map(|span| Duration::from_millis(span.0));
        let (dial, token): (Arc<dyn Dial>, String) = match &context.way {
            Some(way) => (Arc::clone(&way.dial), way.token.clone()),
            None => (Arc::new(Socket::new(context.server())?), token::find(context)?),
        };
        let options =
            Options { token, cards: Scope::All, program: super::desk::PROGRAM.to_owned(), returns: true, resume: None };
        // The peer is held: without one the session would end.
        let (peer, mut news) = Session::start(dial, options);
        let conversation = first(&mut news, &filter, within).await?;
        drop(peer);
        let talk = Show::of(conversation, Some(self.last)).talk(context).await?;
        show::print(context, &talk)
    }
}

/// The first conversation that fits; of several, the one that needs attention most.
async fn first(
    news: &mut mpsc::Receiver<News>,
    filter: &Filter,
    within: Option<Duration>,
) -> Result<ConversationId, Failure> {
    let end = within.map(|within| (Instant::now() + within, within));
    let mut floor = Floor::default();
    let mut tick = interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let changed = select! {
            one = news.recv() => match one {
                None => return Err(Failure::Unreachable("the session is over".to_owned())),
                Some(News::Ended { code, why }) => return Err(CallError::Ended { code, why }.into()),
                // A desk that was never there is a mistake; one that went away comes back.
                Some(News::Lost { why, .. }) if !floor.is_welcomed() => return Err(Failure::Unreachable(why)),
                Some(one) => floor.hear(one).is_change(),
            },
            _ = tick.tick() => floor.is_complete(),
            () = at(end.map(|(end, _)| end)) => {
                let seconds = end.map_or(0, |(_, within)| within.as_secs());
                return Err(Failure::TimedOut(format!("no conversation fitted `{filter}` within {seconds} s")));
            }
        };
        if changed {
            let fits = pick(floor.cards().values(), filter, false, floor.now(), floor.me(), floor.office());
            if let Some(card) = fits.first() {
                return Ok(card.id);
            }
        }
    }
}

/// Ready at that time, or never.
async fn at(end: Option<Instant>) {
    match end {
        Some(end) => sleep_until(end).await,
        None => std::future::pending().await,
    }
}
