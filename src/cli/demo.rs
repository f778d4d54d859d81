//! `centaur demo`: a desk on this machine with an AI that answers and customers that write, and you at the console.
//!
//! Everything is real but the customers, one colleague and one reviewer: the same server, log, AI and console as anywhere. The desk lives in a folder
//! that goes with it, unless another is named.

use super::{
    Context, assets,
    embed::{Embedded, Plan},
    exit::Failure,
    models, plain,
    seat::{self, Looks, Visit},
    team, tools,
    way::Way,
};
use crate::{
    ai::driver::Pace,
    connectors::{
        simulator::{self, SimulatorOptions, colleague, reviewer},
        web,
    },
    domain::teammate::Role,
    log,
    server::Port,
};
use clap::Args;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// Words a second that the AI writes, so that one can read along and step in.
const WORDS: u32 = 14;
/// Customers who are there when it begins.
const OPENING: usize = 28;
/// For so long the afternoon goes in a hurry, so that the floor is full from the first second: answered, drafted, queued,
/// held by a colleague.
const HEAD_START: Duration = Duration::from_secs(1);
/// Who else sits at the desk, and how many talks she holds at once.
const COLLEAGUE: (&str, usize) = ("Lena", 5);
/// Who judges what the AI said.
const REVIEWER: &str = "Rita";

/// Watch a desk at work: an AI answers simulated customers, and you supervise it
///
/// Nothing to set up, no network, no key. The desk is gone when you leave, unless you name a folder for it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  centaur demo
  centaur demo --tour
  centaur demo --seed 7 --rate 40
  centaur demo --speed 4 --conversations 200
  centaur demo --plain
  centaur demo --data ./demo-desk --listen 127.0.0.1:8722")]
pub struct Demo {
    /// The same seed gives the same afternoon again
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    pub seed: u64,
    /// New customers a minute
    #[arg(long, value_name = "NUMBER", default_value_t = 20.0)]
    pub rate: f64,
    /// Customers who write at once, at most; those who leave stay on the floor until somebody settles them
    #[arg(long, value_name = "NUMBER", default_value_t = 40)]
    pub conversations: usize,
    /// How many times faster than life customers write and think
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub speed: f64,
    /// Keep the desk in this folder
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The language model of the AI, by its name in the settings; without it, it quotes
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Also listen here, for other consoles, scripts and customers
    #[arg(long, value_name = "ADDR:PORT", value_parser = super::serve::address)]
    pub listen: Option<SocketAddr>,
    /// Show no console: run until told to end
    #[arg(long, requires = "listen")]
    pub headless: bool,
    /// Speak and listen line by line, without a screen
    #[arg(long, conflicts_with = "headless")]
    pub plain: bool,
    /// Begin with the tour: take over, hand back, judge, undo
    #[arg(long, conflicts_with = "headless")]
    pub tour: bool,
    /// How it looks.
    #[command(flatten)]
    pub looks: Looks,
}

impl Demo {
    /// Runs the demo until the person leaves.
    ///
    /// # Errors
    /// No terminal, or the folder or port cannot be used.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        if !self.headless && !self.plain {
            seat::check()?;
        }
        let _log = log::start(&context.paths.logs(), "info").ok();
        let own = match &self.data {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("centaur-demo-").tempdir()?),
        };
        let folder = match (&self.data, &own) {
            (Some(folder), _) => folder.clone(),
            (None, Some(own)) => own.path().join("desk"),
            (None, None) => return Err(Failure::Failed("no folder for the demo".to_owned())),
        };
        let knowledge = Arc::new(team::knowledge(None, &mut context.out)?);
        let model = models::model(context, self.profile.as_deref(), &knowledge)?;
        let policy = team::policy(assets::policy(), "assets/demo/policy.toml")?;
        let plan = Plan {
            name: "Brindlewick".to_owned(),
            admin: "you".to_owned(),
            policy,
            shelf: Some(Arc::new(knowledge.shelf())),
        };
        let port = match self.listen {
            Some(addr) => Some(Port::open(addr).await?),
            None => None,
        };
        let desk = Embedded::open(&folder, plan).await?;
        let guidance = team::guidance(assets::guidance(), "assets/demo/guidance.toml")?;
        team::guide(&desk, guidance, context.patience()).await?;
        let tools = tools::toolbox(context, tools::Demo::Included)?;
        let pace = if self.profile.is_some() { Pace::Instant } else { Pace::WordsPerSecond(WORDS) };
        let tools = team::run_tools(&desk, tools).await?;
        let ai = team::hire(&desk, "Aria", knowledge, model, pace, HEAD_START).await?;
        let colleague = colleague(&desk).await?;
        let reviewer = reviewer(&desk).await?;
        let customers = self.customers(&desk).await?;
        if let Some(port) = port {
            let (_, token) = desk.local("web", Role::Connector).await?;
            let door = web::WebDoor::open(Arc::clone(&desk.dial), token);
            let at = port.at();
            desk.running.listen_at(port, web::router(door));
            if self.headless {
                context.out.done(&serde_json::json!({ "listening": at }), &format!("listening on http://{at}"))?;
                let file = desk.admin_token_file();
                context.out.remark(&format!("join it with CENTAUR_TOKEN_FILE={}", file.display()));
            }
        }
        let result = if self.headless {
            super::told_to_end().await;
            Ok(())
        } else if self.plain {
            let way = Way { dial: Arc::clone(&desk.dial), token: desk.admin_token()? };
            plain::sit(context, way, self.looks.ascii).await
        } else {
            let drafts = Some(folder.join("drafts.jsonl"));
            let visit = Visit { dial: Arc::clone(&desk.dial), token: desk.admin_token()?, drafts, tour: self.tour };
            seat::sit(context, &self.looks, visit).await
        };
        customers.abort();
        colleague.abort();
        reviewer.abort();
        ai.abort();
        tools.iter().for_each(tokio::task::JoinHandle::abort);
        desk.close().await;
        result
    }

    async fn customers(&self, desk: &Embedded) -> Result<tokio::task::JoinHandle<()>, Failure> {
        let scenarios = simulator::parse(&assets::customers()).map_err(|error| Failure::Failed(error.to_string()))?;
        let (_, token) = desk.local("simulator", Role::Connector).await?;
        let dial = Arc::clone(&desk.dial);
        let options = SimulatorOptions {
            seed: self.seed,
            rate: self.rate,
            conversations: self.conversations,
            total: None,
            speed: self.speed,
            opening: OPENING.min(self.conversations),
            head_start: HEAD_START,
        };
        Ok(tokio::spawn(async move {
            if let Err(error) = simulator::run(dial, token, &scenarios, &options).await {
                tracing::error!(%error, "the simulated customers ended");
            }
        }))
    }
}

/// A simulated colleague, who holds a few talks.
async fn colleague(desk: &Embedded) -> Result<tokio::task::JoinHandle<()>, Failure> {
    let manner = colleague::manner(assets::colleague()).map_err(Failure::Failed)?;
    let (name, takes) = COLLEAGUE;
    let (_, token) = desk.local(name, Role::Agent).await?;
    let dial = Arc::clone(&desk.dial);
    Ok(tokio::spawn(async move {
        if let Err(error) = colleague::run(dial, token, manner, takes).await {
            tracing::error!(%error, "the simulated colleague left");
        }
    }))
}

/// A simulated reviewer, so that what speaks for a step further has reviews in it.
async fn reviewer(desk: &Embedded) -> Result<tokio::task::JoinHandle<()>, Failure> {
    let (_, token) = desk.local(REVIEWER, Role::Reviewer).await?;
    let dial = Arc::clone(&desk.dial);
    Ok(tokio::spawn(async move {
        if let Err(error) = reviewer::run(dial, token).await {
            tracing::error!(%error, "the simulated reviewer left");
        }
    }))
}
