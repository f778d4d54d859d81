//! The command line: the tree of commands, and what they have in common. One file for each command.
//!
//! Every act of the console has its twin here. Deliberately not here: rules (the desk has them) and the screen.

pub mod agent;
pub mod annotate;
pub mod approve;
pub mod assets;
pub mod assign;
mod assist;
pub mod audit;
pub mod back;
pub mod completions;
pub mod console;
pub mod customer;
pub mod demo;
pub mod demo_model;
pub mod demo_tools;
pub mod desk;
pub mod doctor;
pub mod embed;
pub mod evidence;
pub mod exit;
pub mod export;
pub mod guidance;
pub mod handover;
pub mod health;
pub mod input;
pub mod invite;
pub mod keys;
pub mod knowledge;
pub mod login;
pub mod ls;
pub mod man;
pub mod mode;
pub mod models;
pub mod note;
pub mod output;
pub mod paths;
pub mod pause;
pub mod plain;
pub mod policy;
pub mod priority;
pub mod reindex;
pub mod reject;
pub mod reopen;
pub mod replies;
pub mod reply;
pub mod resolve;
pub mod revoke;
pub mod say;
pub mod seat;
pub mod serve;
pub mod show;
mod signals;
pub mod snooze;
pub mod stop;
pub mod sweep;
pub mod tag;
pub mod tail;
pub mod take;
pub mod talk;
pub mod task;
pub mod team;
#[cfg(test)]
mod tests;
pub mod token;
pub mod tools;
pub mod undo;
pub mod watch;
pub mod way;
pub mod welcome;
pub mod when;
pub mod whisper;

use self::{signals::told_to_end, way::Way};
use crate::{
    config::Config,
    domain::{ids::ConversationId, time::Span},
    paths::Paths,
    protocol::Answer,
};
use clap::{Args, CommandFactory, Parser, Subcommand};
use exit::Failure;
use output::{Colour, Output};
use serde::Serialize;
use std::{ffi::OsString, path::PathBuf, time::Duration};

/// Where a server is looked for when none is named.
pub const DEFAULT_SERVER: &str = "http://127.0.0.1:8722";

/// How long to wait for an answer unless told otherwise, in milliseconds.
const PATIENCE: u64 = 15_000;

const EXITS: &str = "\
Exit codes:
  0  done                               5  conflict: somebody or something was first
  1  failed                             6  server unreachable
  2  usage                              7  timed out
  3  not signed in, or not allowed    129  its terminal is gone
  4  not found                        130  interrupted, 143 terminated

A token is never an argument. It comes from --token-file, CENTAUR_TOKEN,
CENTAUR_TOKEN_FILE, what `centaur login` saved, or a prompt; in this order.";

/// A console for teams in which an AI answers most customers and people supervise it.
#[derive(Debug, Parser)]
#[command(name = "centaur", version, about, after_help = EXITS, propagate_version = true)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do; nothing named: the welcome asks.
    #[command(subcommand)]
    pub act: Option<Act>,
}

/// What every command understands.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Common options")]
pub struct Global {
    /// The desk's server; `http://127.0.0.1:8722` if none is named
    #[arg(long, global = true, env = "CENTAUR_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// Read the token from this file, which only you may be able to read
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Print JSON, one value a line
    #[arg(long, global = true)]
    pub json: bool,
    /// Print nothing but what was asked for
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Never ask anything
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Colour,
    /// Wait so long for an answer of the server [default: 15s]
    #[arg(long, global = true, value_name = "TIME", value_parser = seconds)]
    pub timeout: Option<Span>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub enum Act {
    /// Watch a desk at work: an AI answers simulated customers, and you supervise it
    Demo(demo::Demo),
    /// Serve a desk for a team
    Serve(serve::Serve),
    /// Run an AI teammate in a process of its own
    Agent(agent::Agent),
    /// Serve a language model of our own, for a try without a key
    DemoModel(demo_model::DemoModel),
    /// Serve tools of our own through MCP
    DemoTools(demo_tools::DemoTools),
    /// Open the console on a server's desk
    Console(console::Console),
    /// List conversations, those that need a human first
    Ls(ls::Ls),
    /// Show a conversation with everything in it
    Show(show::Show),
    /// Follow the desk or a conversation, live, as JSON lines
    Tail(tail::Tail),
    /// Wait until a conversation fits a filter, and print it
    Watch(watch::Watch),
    /// Take a conversation over from the AI, at once
    Take(take::Take),
    /// Answer the customer
    Say(say::Say),
    /// Write a note to the team
    Note(note::Note),
    /// Tell the AI something that the customer never sees
    Whisper(whisper::Whisper),
    /// Hand a conversation back to the AI, with a brief
    Back(back::Back),
    /// Give an AI a bounded job, and see what came of it
    Task(task::Task),
    /// Set how far the AI may go: off, shadow, draft, auto
    Mode(mode::SetMode),
    /// What the desk allows: tools, limits, what an AI may not say; and how an admin changes it
    Policy(policy::Policy),
    /// Show what speaks for letting the AI go further, and what against it
    Evidence(evidence::Evidence),
    /// Make a fault a fix: standing instructions to the AI, tried on past talks before they are published
    Guidance(guidance::Guidance),
    /// The canned replies that the desk keeps for all who write there
    Reply(reply::Reply),
    /// Pause the AI in a conversation for a while
    Pause(pause::Pause),
    /// How the AIs did in the last hour, and what of today's ceilings is used
    Health(health::Show),
    /// Stop the AI: everywhere, for a topic, a channel, one AI or one conversation; and let it go on
    Stop(stop::Stop),
    /// Send a draft of the AI, as it is or edited
    Approve(approve::Approve),
    /// Do not send a draft of the AI, and tell it why
    Reject(reject::Reject),
    /// Give a conversation to somebody
    Assign(assign::Assign),
    /// Add and remove tags
    Tag(tag::Tag),
    /// Set how soon a person should look
    Priority(priority::SetPriority),
    /// Mark a conversation as settled
    Resolve(resolve::Resolve),
    /// Open a settled conversation again
    Reopen(reopen::Reopen),
    /// Let a conversation sleep until a time, or wake it
    Snooze(snooze::Snooze),
    /// Undo your last act in a conversation, or in several
    Undo(undo::Undo),
    /// Judge an answer of the AI
    Annotate(annotate::Annotate),
    /// Write the sheet for who comes next: what you hold and promised, what sleeps, waits or is wrong
    Handover(handover::Handover),
    /// Return all that you hold to the AI with briefs, or to the queue
    Sweep(sweep::Sweep),
    /// Write out what the desk has learned
    Export(export::Export),
    /// Write out all that the desk has of one customer, or erase it
    Customer(customer::OfCustomer),
    /// Let somebody join the desk
    Invite(invite::Invite),
    /// Show a teammate the door
    Revoke(revoke::Revoke),
    /// Prove that the log of a desk is what was written
    Audit(audit::Audit),
    /// Rebuild all that is not the log itself: saved states and search index
    Reindex(reindex::Reindex),
    /// Save the token for a server, or forget it
    Login(login::Login),
    /// Look whether all is well: terminal, folders, server
    Doctor(doctor::Doctor),
    /// Look at what the AI reads, and say what is wrong with it
    Knowledge(knowledge::Read),
    /// Print the keys and commands of the console
    Keys(keys::Keys),
    /// Print where files are
    Paths(paths::Where),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Print the man page, or write all of them to a folder
    Man(man::Man),
}

/// What is known of the process's environment, read once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `CENTAUR_TOKEN`.
    pub token: Option<String>,
    /// `CENTAUR_TOKEN_FILE`.
    pub token_file: Option<PathBuf>,
}

impl Environment {
    /// From the variables; empty ones count as not set.
    #[must_use]
    pub fn read(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            token: set("CENTAUR_TOKEN").and_then(|token| token.into_string().ok()),
            token_file: set("CENTAUR_TOKEN_FILE").map(PathBuf::from),
        }
    }
}

/// What a command has at hand.
#[derive(Debug)]
pub struct Context {
    /// What every command understands.
    pub global: Global,
    /// Where files are.
    pub paths: Paths,
    /// The person's settings.
    pub config: Config,
    /// Why the settings file cannot be used, for those commands that look for faults; then the settings are the built-in ones.
    pub config_fault: Option<String>,
    /// The environment.
    pub env: Environment,
    /// Where its words go.
    pub out: Output,
    /// A way to the desk that is known already; without one, the server of the context is called.
    pub way: Option<Way>,
}

/// What an act of a person came to, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Acted {
    /// Where.
    pub conversation: ConversationId,
    /// The last event it made.
    pub seq: crate::domain::ids::Seq,
    /// The entry it made; 0 if it made none.
    pub n: crate::domain::ids::EntryNo,
}

impl Context {
    /// The server that is meant.
    #[must_use]
    pub fn server(&self) -> &str {
        self.global.server.as_deref().filter(|url| !url.trim().is_empty()).unwrap_or(&self.config.server)
    }

    /// How long to wait for an answer.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_millis(self.global.timeout.map_or(PATIENCE, |span| span.0.max(1)))
    }

    /// Tells what an act in a conversation came to.
    ///
    /// # Errors
    /// If it cannot be printed.
    pub fn acted(&mut self, conversation: ConversationId, answer: Answer, sentence: &str) -> Result<(), Failure> {
        self.out.done(&Acted { conversation, seq: answer.seq, n: answer.n }, &format!("#{conversation} {sentence}"))
    }
}

fn seconds(said: &str) -> Result<Span, String> {
    Span::parse(said, Span::seconds(1))
}

/// The tree of commands, for man pages and completions.
#[must_use]
pub fn tree() -> clap::Command {
    Cli::command()
}

/// The same for manuals: the page of the console also tells its keys and commands, from the tables that it uses itself.
#[must_use]
pub fn manual() -> clap::Command {
    Cli::command().mut_subcommand("console", |console| {
        let examples = console.get_after_help().map(ToString::to_string).unwrap_or_default();
        console.after_help(format!("{examples}\n\n{}", keys::manual()))
    })
}

/// Does what was asked and tells the exit code. What went wrong is on standard error.
#[must_use]
pub fn run(cli: Cli) -> u8 {
    let variable = |name: &str| std::env::var_os(name);
    let out = Output::standard(cli.global.json, cli.global.quiet, cli.global.color);
    let Some(paths) = Paths::find(&variable) else {
        let mut out = out;
        let failure = Failure::Failed("no home folder is known; set HOME, or XDG_CONFIG_HOME and its kin".to_owned());
        out.failure(&failure);
        return failure.code();
    };
    let mut out = out;
    // Who looks for what is broken, or for the file to mend, is not stopped by it.
    let looks_for_faults = matches!(cli.act, Some(Act::Doctor(_) | Act::Paths(_)));
    let (config, config_fault) = match settings(&paths) {
        Ok(config) => (config, None),
        Err(failure) if looks_for_faults => (Config::default(), Some(failure.sentence().to_owned())),
        Err(failure) => {
            out.failure(&failure);
            return failure.code();
        }
    };
    let env = Environment::read(&variable);
    let mut context = Context { global: cli.global, paths, config, config_fault, env, out, way: None };
    let result = match cli.act {
        Some(act) => dispatch(act, &mut context),
        None => threads().and_then(|threads| on(threads, &mut context, async |context| welcome::run(context).await)),
    };
    if let Err(failure) = &result {
        context.out.failure(failure);
    }
    result.map_or_else(|failure| failure.code(), |()| 0)
}

/// The person's settings, over the built-in ones.
fn settings(paths: &Paths) -> Result<Config, Failure> {
    let path = paths.config_file();
    match std::fs::read_to_string(&path) {
        Ok(text) => Config::read_whole(&text, &path.display().to_string()).map_err(Failure::Usage),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(Failure::Usage(format!("{}: {error}; check its rights", path.display()))),
    }
}

fn dispatch(act: Act, context: &mut Context) -> Result<(), Failure> {
    match act {
        Act::Paths(act) => act.run(context),
        Act::Audit(act) => act.run(context),
        Act::Knowledge(act) => act.run(context),
        Act::Keys(act) => act.run(context),
        Act::Reindex(act) => act.run(context),
        Act::Completions(act) => act.run(context),
        Act::Man(act) => act.run(context),
        act @ (Act::Demo(_) | Act::Serve(_) | Act::Agent(_) | Act::DemoModel(_) | Act::DemoTools(_)) => {
            on(threads()?, context, async |context| perform(act, context).await)
        }
        // One thread for screen and line: a second one would only have a heap of its own, and a console rests nearly always.
        act @ Act::Console(_) => {
            let thread = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            on(thread, context, async |context| perform(act, context).await)
        }
        act => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                tokio::select! {
                    result = perform(act, context) => result,
                    end = told_to_end() => Err(end),
                }
            })
        }
    }
}

/// A runtime with threads, as a server wants it.
fn threads() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Does something on a runtime to its end. Who does so hears the signals that end the program itself.
fn on(
    runtime: tokio::runtime::Runtime,
    context: &mut Context,
    work: impl AsyncFnOnce(&mut Context) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let result = runtime.block_on(work(context));
    // What is left waits for the disk at most.
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

/// Does what was asked, on the present runtime.
///
/// # Errors
/// As the desk says, and as each command tells.
pub async fn perform(act: Act, context: &mut Context) -> Result<(), Failure> {
    match act {
        Act::Demo(act) => act.run(context).await,
        Act::Serve(act) => act.run(context).await,
        Act::Agent(act) => act.run(context).await,
        Act::DemoModel(act) => act.run(context).await,
        Act::DemoTools(act) => act.run(context).await,
        Act::Console(act) => act.run(context).await,
        Act::Ls(act) => act.run(context).await,
        Act::Show(act) => act.run(context).await,
        Act::Tail(act) => act.run(context).await,
        Act::Watch(act) => act.run(context).await,
        Act::Take(act) => act.run(context).await,
        Act::Say(act) => act.run(context).await,
        Act::Note(act) => act.run(context).await,
        Act::Whisper(act) => act.run(context).await,
        Act::Back(act) => act.run(context).await,
        Act::Task(act) => act.run(context).await,
        Act::Mode(act) => act.run(context).await,
        Act::Policy(act) => act.run(context).await,
        Act::Evidence(act) => act.run(context).await,
        Act::Guidance(act) => act.run(context).await,
        Act::Reply(act) => act.run(context).await,
        Act::Pause(act) => act.run(context).await,
        Act::Stop(act) => act.run(context).await,
        Act::Health(act) => act.run(context).await,
        Act::Approve(act) => act.run(context).await,
        Act::Reject(act) => act.run(context).await,
        Act::Assign(act) => act.run(context).await,
        Act::Tag(act) => act.run(context).await,
        Act::Priority(act) => act.run(context).await,
        Act::Resolve(act) => act.run(context).await,
        Act::Reopen(act) => act.run(context).await,
        Act::Snooze(act) => act.run(context).await,
        Act::Undo(act) => act.run(context).await,
        Act::Handover(act) => act.run(context).await,
        Act::Sweep(act) => act.run(context).await,
        Act::Annotate(act) => act.run(context).await,
        Act::Export(act) => act.run(context).await,
        Act::Customer(act) => act.run(context).await,
        Act::Invite(act) => act.run(context).await,
        Act::Revoke(act) => act.run(context).await,
        Act::Login(act) => act.run(context).await,
        Act::Doctor(act) => act.run(context).await,
        // These need no server; `dispatch` has done them.
        Act::Paths(act) => act.run(context),
        Act::Audit(act) => act.run(context),
        Act::Knowledge(act) => act.run(context),
        Act::Keys(act) => act.run(context),
        Act::Reindex(act) => act.run(context),
        Act::Completions(act) => act.run(context),
        Act::Man(act) => act.run(context),
    }
}
