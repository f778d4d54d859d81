//! `centaur task`: give an AI a bounded job, see what came of it, cancel it.

use super::{Context, desk::Desk, exit::Failure, input, ls};
use crate::{
    domain::{
        card::Card,
        command::Command,
        filter::Filter,
        ids::{ConversationId, EntryNo},
        task::{Given, Kind, State, Task as Job, micros},
        text::SafeText,
        thread::What,
        time::{Span, Timestamp},
    },
    protocol::Scope,
};
use serde::Serialize;
use std::path::PathBuf;

/// The tasks that are given with one command at most.
const MOST: usize = 2_000;

/// `centaur task`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur task give 42 --kind draft --goal 'answer her second question'
  centaur task give --filter 'topic:refunds waiting:>5m' --kind summarise --yes
  centaur task ls --json
  centaur task show 42 17
  centaur task cancel 42 17")]
pub struct Task {
    /// What to do
    #[command(subcommand)]
    what: Act,
}

/// What can be done with tasks.
#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Give a task, in one conversation or in all that match
    Give(Box<Give>),
    /// List the tasks of the desk: open ones, and results that nobody has looked at
    #[command(after_help = "Example:\n  centaur task ls --json | jq .goal")]
    Ls,
    /// Show a task with what came of it
    #[command(after_help = "Example:\n  centaur task show 42 17")]
    Show {
        /// Which conversation, as in 42
        conversation: ConversationId,
        /// Which task, as `task ls` numbers it
        task: u32,
    },
    /// End a task that is not done
    #[command(after_help = "Example:\n  centaur task cancel 42 17")]
    Cancel {
        /// Which conversation, as in 42
        conversation: ConversationId,
        /// Which task
        task: u32,
    },
    /// Put a result away
    #[command(after_help = "Example:\n  centaur task seen 42 17")]
    Seen {
        /// Which conversation, as in 42
        conversation: ConversationId,
        /// Which task
        task: u32,
    },
}

/// `centaur task give`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur task give 42 --kind collect --goal 'order number, delivery address'
  centaur task give 42 --kind follow-up --after 2h --goal 'did it come?' --facts 'it left today'
  centaur task give 42 --form task.txt          the form of the console's `T`")]
struct Give {
    /// Which conversation, as in 42
    #[arg(required_unless_present = "filter", conflicts_with = "filter")]
    conversation: Option<ConversationId>,
    /// In all that match, as in `/` of the console; lists them, and does it with --yes
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    /// Do it in all that match
    #[arg(long, requires = "filter")]
    yes: bool,
    /// To which AI; who holds it, or the desk's first, if none is named
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// handle, draft, summarise, collect, follow-up or translate
    #[arg(long, default_value = "draft", value_name = "KIND")]
    kind: Kind,
    /// What is to be reached
    #[arg(long, default_value = "", value_name = "TEXT")]
    goal: String,
    /// What the AI must know
    #[arg(long, default_value = "", value_name = "TEXT")]
    facts: String,
    /// What it may do or promise
    #[arg(long, default_value = "", value_name = "TEXT")]
    may: String,
    /// What it may not
    #[arg(long, default_value = "", value_name = "TEXT")]
    may_not: String,
    /// Answers of the AI at most
    #[arg(long, value_name = "NUMBER")]
    turns: Option<u16>,
    /// Calls of tools at most
    #[arg(long, value_name = "NUMBER")]
    calls: Option<u16>,
    /// Money at most, as in 0.05
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    cost: Option<u64>,
    /// Begin after this long
    #[arg(long, value_name = "TIME", value_parser = minutes)]
    after: Option<Span>,
    /// Come back after this long at the latest
    #[arg(long, value_name = "TIME", value_parser = minutes)]
    back_after: Option<Span>,
    /// A word of the customer that brings it back; may be given again
    #[arg(long, value_name = "WORDS")]
    back_when: Vec<String>,
    /// Read the task from a file, `-` for standard input: lines such as `goal: …`
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
}

fn money(said: &str) -> Result<u64, String> {
    micros(said)?.ok_or_else(|| "say how much, as in 0.05".to_owned())
}

fn minutes(said: &str) -> Result<Span, String> {
    Span::parse(said, Span::minutes(1))
}

/// A task as JSON.
#[derive(Serialize)]
struct Row<'a> {
    conversation: ConversationId,
    customer: &'a str,
    #[serde(flatten)]
    given: &'a Given,
}

impl Task {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; [`Failure::Usage`] for a form or filter that cannot be read.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self.what {
            Act::Give(give) => give.run(context).await,
            Act::Ls => list(context).await,
            Act::Show { conversation, task } => show(context, conversation, EntryNo(task)).await,
            Act::Cancel { conversation, task } => {
                let mut desk = Desk::open(context, Scope::None).await?;
                let answer = desk.ask(Command::CancelTask { conversation, task: EntryNo(task) }).await?;
                context.acted(conversation, answer, "the task is cancelled")
            }
            Act::Seen { conversation, task } => {
                let mut desk = Desk::open(context, Scope::None).await?;
                let answer = desk.ask(Command::SeeTask { conversation, task: EntryNo(task) }).await?;
                context.acted(conversation, answer, "the result is put away")
            }
        }
    }
}

impl Give {
    async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let scope = if self.filter.is_some() { Scope::All } else { Scope::None };
        let mut desk = Desk::open(context, scope).await?;
        let task = self.task(desk.now())?;
        let to = self.to.as_deref().map(|said| desk.ai(said)).transpose()?;
        let give = |conversation| Command::GiveTask { conversation, to, task: Box::new(task.clone()) };
        let Some(said) = &self.filter else {
            let Some(conversation) = self.conversation else {
                return Err(Failure::Usage("name a conversation, or a --filter".to_owned()));
            };
            let answer = desk.ask(give(conversation)).await?;
            return context.acted(conversation, answer, &format!("task {}: {}", answer.n, task.kind.word()));
        };
        let filter = Filter::parse(said)
            .map_err(|mistake| Failure::Usage(format!("the filter: {mistake}\n{}", mistake.pointer(said))))?;
        let cards = desk.floor(context.patience()).await?;
        let mut found = ls::pick(&cards, &filter, false, desk.now(), desk.me().id, desk.office());
        found.truncate(MOST);
        let picked: Vec<ConversationId> = found.iter().map(|card| card.id).collect();
        if !self.yes {
            return preview(context, &desk, &found, &task);
        }
        let mut refused = 0;
        if picked.is_empty() {
            context.out.remark("no conversation matches");
        }
        for conversation in &picked {
            match desk.ask(give(*conversation)).await {
                Ok(answer) => context.acted(*conversation, answer, &format!("task {}", answer.n))?,
                // One that may not have it does not stop the others.
                Err(failure @ (Failure::Conflict(_) | Failure::Usage(_) | Failure::NotFound(_))) => {
                    refused += 1;
                    context.out.remark(&format!("#{conversation} {}", failure.sentence()));
                }
                Err(failure) => return Err(failure),
            }
        }
        if refused > 0 { Err(Failure::Conflict(format!("{refused} of {} were refused", picked.len()))) } else { Ok(()) }
    }

    fn task(&self, now: Timestamp) -> Result<Job, Failure> {
        if let Some(path) = &self.form {
            let read = Job::from_form(&input::file(path, "the task")?, now).and_then(Job::with_goal);
            return read.map_err(Failure::Usage);
        }
        let mut task = Job {
            facts: self.facts.clone(),
            may: self.may.clone(),
            may_not: self.may_not.clone(),
            at: self.after.map(|span| now.plus(span)),
            back_at: self.back_after.map(|span| now.plus(span)),
            back_when: self.back_when.join("\n"),
            ..Job::of(self.kind, self.goal.trim())
        };
        task.budget.turns = self.turns.unwrap_or(task.budget.turns);
        task.budget.calls = self.calls.unwrap_or(task.budget.calls);
        task.budget.cost_micros = self.cost;
        task.with_goal().map_err(|_| Failure::Usage("say what is to be reached: --goal TEXT".to_owned()))
    }
}

/// What `--yes` would do, and where.
fn preview(context: &mut Context, desk: &Desk, found: &[&Card], task: &Job) -> Result<(), Failure> {
    if context.out.is_json() {
        let ids: Vec<ConversationId> = found.iter().map(|card| card.id).collect();
        return context.out.json(&serde_json::json!({ "would_give": ids.len(), "conversations": ids }));
    }
    let rows: Vec<Vec<SafeText>> =
        found.iter().map(|card| ls::Row::of(card, desk.now(), desk.office()).cells(desk.now())).collect();
    context.out.table(&ls::HEAD, &rows)?;
    let kind = task.kind.word();
    context.out.remark(&match found.len() {
        0 => "no conversation matches".to_owned(),
        1 => format!("1 conversation matches; --yes gives the task ({kind}) there"),
        n => format!("{n} conversations match; --yes gives the task ({kind}) in each"),
    });
    Ok(())
}

async fn list(context: &mut Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context, Scope::All).await?;
    let cards = desk.floor(context.patience()).await?;
    let now = desk.now();
    let found = cards.iter().flat_map(|card| card.tasks.iter().map(move |given| (card, given)));
    if context.out.is_json() {
        for (card, given) in found {
            context.out.json(&Row { conversation: card.id, customer: &card.customer.name, given })?;
        }
        return Ok(());
    }
    let rows: Vec<Vec<SafeText>> = found.map(|(card, given)| cells(&desk, card, given, now)).collect();
    context.out.table(&["talk", "task", "customer", "kind", "state", "by", "goal"], &rows)?;
    if rows.is_empty() {
        context.out.remark("no task is open, and every result was looked at");
    }
    Ok(())
}

fn cells(desk: &Desk, card: &Card, given: &Given, now: Timestamp) -> Vec<SafeText> {
    let state = match given.state {
        State::Waits => match given.at.filter(|at| *at > now) {
            Some(at) => format!("in {}", at.since(now).short()),
            None => "waits".to_owned(),
        },
        State::Runs { .. } => "runs".to_owned(),
        State::Over { how, .. } => how.word().to_owned(),
    };
    vec![
        SafeText::own(format!("#{}", card.id)),
        SafeText::own(given.task.to_string()),
        SafeText::line(&card.customer.name),
        SafeText::from_own(given.kind.word()),
        SafeText::own(state),
        SafeText::line(&desk.office().name_of(given.by)),
        SafeText::line(&given.goal),
    ]
}

async fn show(context: &mut Context, conversation: ConversationId, task: EntryNo) -> Result<(), Failure> {
    let mut desk = Desk::open(context, Scope::None).await?;
    let card = desk.card(conversation).await?;
    let thread = desk.thread(conversation).await?;
    let entry = thread.entry(task).filter(|entry| matches!(entry.what, What::Task { .. }));
    let Some(entry) = entry else {
        return Err(Failure::NotFound(format!(
            "there is no task {task} in #{conversation}; `centaur task ls` shows what there is"
        )));
    };
    if context.out.is_json() {
        return context.out.json(entry);
    }
    let zone = jiff::tz::TimeZone::system();
    context.out.text(&super::talk::lines(entry, &card.customer.name, desk.office(), &zone))
}
