//! `centaur serve`: a desk for a team, with its AI teammate and the customers' HTTP.

use super::{
    Context,
    embed::{Embedded, Plan},
    exit::Failure,
    models, team, tools,
};
use crate::{
    ai::driver::Pace,
    connectors::web,
    domain::{policy::Policy, teammate::Role, text::SafeText},
    log,
    server::Port,
};
use clap::Args;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// Serve a desk: teammates by WebSocket, customers by HTTP, an AI teammate in the same program
///
/// The first line it prints is `listening on http://ADDR:PORT`. On a fresh folder it then says, once, how to join as
/// admin. SIGTERM and Ctrl-C end it in order: what was asked is answered, what was answered is on disk.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  centaur serve
  centaur serve --listen 0.0.0.0:8722 --data /var/lib/centaur
  centaur serve --data ./desk --knowledge ./articles --policy ./policy.toml
  centaur serve --listen 127.0.0.1:0 --no-ai

There is no TLS here: put a proxy in front, or reach it through SSH.")]
pub struct Serve {
    /// Listen here; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8722", value_parser = address)]
    pub listen: SocketAddr,
    /// Keep the desk in this folder [default: the data folder that `centaur paths` names]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The Markdown that the AI answers from, and the only one that any AI may cite [default: the demo company's; with
    /// --no-ai none, and what AIs cite is believed]
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// The desk's name, when it is founded
    #[arg(long, value_name = "NAME", default_value = "My desk")]
    pub name: String,
    /// The first admin's name, when the desk is founded
    #[arg(long, value_name = "NAME", default_value = "admin")]
    pub admin: String,
    /// The desk's policy as TOML, when it is founded
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The name of the AI teammate in this program
    #[arg(long, value_name = "NAME", default_value = "Aria")]
    pub ai: String,
    /// The language model of that AI, by its name in the settings; without it, it quotes
    #[arg(long, value_name = "NAME", conflicts_with = "no_ai")]
    pub profile: Option<String>,
    /// Run no AI teammate in this program
    #[arg(long)]
    pub no_ai: bool,
}

impl Serve {
    /// Serves until it is told to end.
    ///
    /// # Errors
    /// The folder, the port, the knowledge or the policy cannot be used.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let folder = self.data.clone().unwrap_or_else(|| context.paths.desk());
        let _log = log::start(&context.paths.logs(), "info").ok();
        // Who runs no AI here and names no knowledge has the AIs of others believed.
        let knowledge = if self.no_ai && self.knowledge.is_none() {
            None
        } else {
            Some(Arc::new(team::knowledge(self.knowledge.as_deref(), &mut context.out)?))
        };
        let shelf = knowledge.as_ref().map(|knowledge| Arc::new(knowledge.shelf()));
        let mind = match knowledge.filter(|_| !self.no_ai) {
            Some(knowledge) => {
                Some((Arc::clone(&knowledge), models::model(context, self.profile.as_deref(), &knowledge)?))
            }
            None => None,
        };
        let tools = tools::toolbox(context, tools::Demo::LeftOut)?;
        let plan = Plan { name: self.name.clone(), admin: self.admin.clone(), policy: self.policy()?, shelf };
        // Before anything is founded: how to join is said once, and only to who could listen.
        let port = Port::open(self.listen).await?;
        let at = port.at();
        let desk = Embedded::open(&folder, plan).await?;
        if !desk.fresh && self.policy.is_some() {
            let place = folder.display();
            context.out.remark(&format!(
                "the desk in {place} was founded before and keeps its policy; `centaur policy set FILE` changes it"
            ));
        }
        let (_, web_token) = desk.local("web", Role::Connector).await?;
        let door = web::WebDoor::open(desk.dial.clone(), web_token);
        // Whoever reads the first line may come at once: the door is open by then, and signals are heard.
        if !door.ready().await {
            return Err(Failure::Failed("the web channel could not join the desk; its log says why".to_owned()));
        }
        let mut told = std::pin::pin!(super::told_to_end());
        let told_early = futures_util::poll!(told.as_mut()).is_ready();
        let pace = if self.profile.is_some() { Pace::Instant } else { team::OFFLINE_PACE };
        let tools = team::run_tools(&desk, tools).await?;
        let ai = match mind {
            Some((knowledge, model)) => {
                Some(team::hire(&desk, &self.ai, knowledge, model, pace, Duration::ZERO).await?)
            }
            None => None,
        };
        desk.running.listen_at(port, web::router(door));
        context.out.text(&SafeText::own(format!("listening on http://{at}")))?;
        if desk.fresh {
            let file = desk.admin_token_file();
            context.out.text(&SafeText::message(&format!(
                "a new desk in {}; join it as {}, who may do everything:\n  \
                 CENTAUR_SERVER=http://{at} CENTAUR_TOKEN_FILE={} centaur console",
                desk.folder.display(),
                self.admin,
                file.display()
            )))?;
        }
        let ended = if told_early {
            Ok(())
        } else {
            let running = &desk.running;
            // It is said once; people may go on reading until somebody ends the server.
            let watch = async {
                let damage = running.damaged().await;
                context.out.failure(&Failure::Failed(format!("{damage}. Nothing more is recorded")));
                std::future::pending::<()>().await;
            };
            tokio::select! {
                _ = told => Ok(()),
                () = watch => Ok(()),
                () = running.ended() => Err(Failure::Failed("the server stopped; its log says why".to_owned())),
            }
        };
        desk.close().await;
        for task in ai.into_iter().chain(tools) {
            task.abort();
        }
        ended
    }

    fn policy(&self) -> Result<Policy, Failure> {
        let Some(path) = &self.policy else { return Ok(Policy::default()) };
        team::policy_file(path)
    }
}

/// An address to listen on.
///
/// # Errors
/// What is wrong, and how one is written.
pub fn address(said: &str) -> Result<SocketAddr, String> {
    said.parse().map_err(|_| {
        format!("`{said}` is no address to listen on: write numbers, as in 127.0.0.1:8722 or [::1]:8722; port 0 takes a free one")
    })
}
