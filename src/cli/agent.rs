//! `centaur agent`: an AI teammate in a process of its own, on this machine or another.
//!
//! It joins with a token like anybody. Several may run with one token: of all that ask to begin a turn the desk lets one.
//! Deliberately not here: how it answers (`ai`).

use super::{Context, desk::Desk, exit::Failure, models, team, token};
use crate::{
    ai::driver::{Driver, DriverError, DriverOptions, Pace},
    client::{CallError, Socket},
    domain::teammate::Kind,
    log,
    protocol::Scope,
};
use clap::Args;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How long a customer must be silent before it begins to answer.
const SETTLE: Duration = Duration::from_millis(700);

/// Run an AI teammate in this process, against a server's desk
///
/// It answers from the knowledge, with a language model of the settings or, without one, by quoting. It ends with Ctrl-C or
/// SIGTERM; what it was writing then is begun anew by whoever is there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  centaur invite aria --role ai --token-out aria.token
  centaur agent --token-file aria.token --knowledge ./articles
  centaur agent --token-file aria.token --profile local

Models stand in the settings file as [models.NAME]; `centaur doctor` tries them. Tools are run where `centaur serve` runs,
with its settings: an agent asks the desk for them and has no key of theirs.
An AI teammate in another language: assets/examples has one in Python, and the protocol.")]
pub struct Agent {
    /// The language model, by its name in the settings; without it, it quotes and needs no network
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The Markdown that it answers from [default: the demo company's]
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// Conversations that it answers at once, 1 to 200
    #[arg(long, value_name = "NUMBER", default_value_t = 32)]
    pub at_once: u8,
}

impl Agent {
    /// Works until it is told to end, or shown the door.
    ///
    /// # Errors
    /// No token, a token of somebody else than an AI, no such model, or the desk ends it.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let _log = log::start(&context.paths.logs(), "info").ok();
        let knowledge = Arc::new(team::knowledge(self.knowledge.as_deref(), &mut context.out)?);
        let model = models::model(context, self.profile.as_deref(), &knowledge)?;
        let dial = Arc::new(Socket::new(context.server())?);
        let token = token::find(context)?;
        // Who it is, before it begins: with a person's token it would wait for ever for what it may not have.
        let desk = Desk::with(context, token.clone(), Scope::None).await?;
        let me = desk.me().clone();
        if me.role.kind() != Kind::Ai {
            return Err(Failure::NotSignedIn(format!(
                "this token is of {}, {}; an AI needs one of its own: `centaur invite NAME --role ai`",
                me.name,
                me.role.word()
            )));
        }
        let (place, by) = (desk.office().name.clone(), model.name());
        let value = serde_json::json!({ "name": me.name, "desk": place, "model": by });
        context.out.done(&value, &format!("{} works at {place} with {by}; Ctrl-C ends it", me.name))?;
        drop(desk);
        let options = DriverOptions {
            pace: if self.profile.is_some() { Pace::Instant } else { team::OFFLINE_PACE },
            settle: SETTLE,
            at_once: usize::from(self.at_once),
            ..DriverOptions::default()
        };
        tokio::select! {
            ended = Driver::run_with(dial, token, Arc::clone(&knowledge), model, options) => match ended {
                Ok(()) => Ok(()),
                Err(DriverError::Ended { code, why }) => Err(CallError::Ended { code, why }.into()),
                Err(error) => Err(Failure::Failed(error.to_string())),
            },
            _ = super::told_to_end() => Ok(()),
        }
    }
}
