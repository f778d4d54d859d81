//! `centaur stop`: the AI falls silent, in one conversation, a topic, a channel, for one AI, or everywhere; and may go on.
//!
//! It asks for no preview first: who must stop, stops. `--dry-run` tells what a stop would touch.

use super::{Context, desk::Desk, exit::Failure, when};
use crate::{
    domain::{
        command::Command,
        ids::ConversationId,
        stop::{self, Lifting, Stop as Standing, StopId, Then, USUAL},
        text::SafeText,
        time::{Span, Timestamp},
    },
    protocol::Scope,
};
use jiff::tz::TimeZone;

/// `centaur stop`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur stop --all --reason 'wrong prices'        every AI, everywhere, for 30 minutes
  centaur stop --topic refunds --then human --for 2h
  centaur stop --ai Aria --until-lifted
  centaur stop 42
  centaur stop                                          what is stopped now
  centaur stop --lift --reason 'the page is mended'     the only stop there is; otherwise --lift 3")]
#[command(group = clap::ArgGroup::new("where").args(["conversation", "all", "topic", "channel", "ai", "lift"]))]
pub struct Stop {
    /// One conversation, as in 42
    conversation: Option<ConversationId>,
    /// Every AI, everywhere
    #[arg(long)]
    all: bool,
    /// All conversations about this topic
    #[arg(long, value_name = "NAME")]
    topic: Option<String>,
    /// All conversations of this channel
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// One AI
    #[arg(long, value_name = "NAME")]
    ai: Option<String>,
    /// Let the AI go on: ends the stop with this number, or the only one there is
    #[arg(long, value_name = "STOP", num_args = 0..=1, default_missing_value = "0", requires = "reason")]
    lift: Option<StopId>,
    /// What becomes of the talks there: hold, queue (those who wait or write), human (all, at once)
    #[arg(long, value_name = "FATE", default_value = "queue", conflicts_with = "lift")]
    then: Then,
    /// For how long, as in 15m or 2h; 30m if nothing is said
    #[arg(long = "for", value_name = "TIME", value_parser = minutes, conflicts_with = "lift")]
    span: Option<Span>,
    /// Without an end of its own
    #[arg(long, conflicts_with_all = ["span", "lift"])]
    until_lifted: bool,
    /// Why
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// Only say what it would touch
    #[arg(long, conflicts_with = "lift")]
    dry_run: bool,
}

fn minutes(said: &str) -> Result<Span, String> {
    Span::parse(said, Span::minutes(1))
}

impl Stop {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure::Usage`] if it is not said which stop is meant; as the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        if let Some(which) = self.lift {
            return lift(context, which, self.reason).await;
        }
        let scope = if self.dry_run { Scope::All } else { Scope::None };
        let mut desk = Desk::open(context, scope).await?;
        let Some(place) = self.place(&desk)? else { return list(context, &desk) };
        let words = place.words(&|id| desk.office().name_of(id));
        if self.dry_run {
            let cards = desk.floor(context.patience()).await?;
            let preview = stop::preview(&cards, &place, self.then);
            let (hold, queue, human) = (preview.hold, preview.queue, preview.human);
            let value = serde_json::json!({ "hold": hold, "queue": queue, "human": human, "writing": preview.writing });
            return context.out.done(&value, &format!("{words}: {}", preview.sentence()));
        }
        let span = if self.until_lifted { None } else { Some(self.span.unwrap_or(USUAL)) };
        let answer = desk.ask(Command::Stop { scope: place, then: self.then, span, reason: self.reason }).await?;
        let ends = span.map_or_else(|| "until it is lifted".to_owned(), |span| format!("for {}", span.short()));
        let value = serde_json::json!({ "seq": answer.seq, "then": self.then, "span": span });
        let meaning = self.then.meaning();
        context.out.done(&value, &format!("stopped {ends}: {words}; {meaning}. `centaur stop --lift` lets it go on"))
    }

    fn place(&self, desk: &Desk) -> Result<Option<stop::Scope>, Failure> {
        Ok(Some(match self {
            Self { all: true, .. } => stop::Scope::All,
            Self { conversation: Some(conversation), .. } => stop::Scope::Talk { conversation: *conversation },
            Self { topic: Some(topic), .. } => stop::Scope::Topic { topic: topic.clone() },
            Self { channel: Some(channel), .. } => stop::Scope::Channel { channel: channel.clone() },
            Self { ai: Some(ai), .. } => stop::Scope::Ai { teammate: desk.ai(ai)? },
            _ => return Ok(None),
        }))
    }
}

/// Number 0, which no stop has, is the only one there is.
async fn lift(context: &mut Context, which: StopId, reason: String) -> Result<(), Failure> {
    let mut desk = Desk::open(context, Scope::None).await?;
    let stop = match (which, desk.office().stops.as_slice()) {
        (StopId(0), [only]) => only.id,
        (StopId(0), []) => return Err(Failure::NotFound("nothing is stopped here".to_owned())),
        (StopId(0), _) => {
            return Err(Failure::Usage(
                "several stops stand: say which, as in --lift 3; `centaur stop` lists them".to_owned(),
            ));
        }
        (stop, _) => stop,
    };
    let how = Lifting::ByHand { reason: reason.clone() };
    let answer = desk.ask(Command::LiftStop { stop, reason }).await?;
    let value = serde_json::json!({ "seq": answer.seq, "stop": stop, "how": how });
    context.out.done(&value, &format!("stop {stop} is lifted: the AI goes on"))
}

/// What is stopped now.
fn list(context: &mut Context, desk: &Desk) -> Result<(), Failure> {
    let (office, now) = (desk.office(), desk.now());
    if context.out.is_json() {
        for stop in &office.stops {
            context.out.json(stop)?;
        }
        return Ok(());
    }
    let name = |id| office.name_of(id);
    let row = |stop: &Standing| {
        vec![
            SafeText::own(stop.id.to_string()),
            SafeText::line(&stop.scope.words(&name)),
            SafeText::from_own(stop.then.word()),
            SafeText::own(ends(stop, now)),
            SafeText::line(&name(stop.by)),
            SafeText::line(&stop.reason),
        ]
    };
    let rows: Vec<Vec<SafeText>> = office.stops.iter().map(row).collect();
    context.out.table(&["stop", "where", "then", "ends", "by", "reason"], &rows)?;
    if rows.is_empty() {
        context.out.remark("no AI is stopped; `centaur stop --all` stops every one");
    }
    Ok(())
}

fn ends(stop: &Standing, now: Timestamp) -> String {
    let zone = TimeZone::system();
    stop.until.map_or_else(
        || "when lifted".to_owned(),
        |until| format!("{} (in {})", when::minute(until, &zone), until.since(now).short()),
    )
}
