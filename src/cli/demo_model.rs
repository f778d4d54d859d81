//! `centaur demo-model`: an endpoint of our own that speaks `chat/completions` as `OpenAI` does, for a try without a key.
//!
//! It quotes what it is given, as a well-behaved model would. Deliberately not here: what it says (`ai::scripted`).

use super::{Context, exit::Failure, team};
use crate::{
    ai::scripted::{Script, Scripted, Trouble, trouble::FORMS},
    domain::text::SafeText,
};
use clap::Args;
use std::{net::SocketAddr, path::PathBuf};

/// Serve a language model of our own: real HTTP and streams, answers by quoting, no key
///
/// The first line it prints is `listening on http://ADDR:PORT/v1`, the URL for the settings. It runs until it is told to end.
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  centaur demo-model
  centaur demo-model --pace 50 --listen 127.0.0.1:0
  centaur demo-model --fault stall@5
  centaur demo-model --fault 429:2,500,none

In the settings file:
  [models.demo]
  url = \"http://127.0.0.1:8733/v1\"
  model = \"demo\"

Faults, request by request, of which the last stays:
  {FORMS}"))]
pub struct DemoModel {
    /// Listen here; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8733", value_parser = super::serve::address)]
    pub listen: SocketAddr,
    /// The Markdown that it answers from where it is given no sources [default: the demo company's]
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// Pieces a second; 0: as fast as they are taken
    #[arg(long, value_name = "NUMBER", default_value_t = 40)]
    pub pace: u32,
    /// What goes wrong
    #[arg(long, value_name = "FAULT,…", value_delimiter = ',')]
    pub fault: Vec<Trouble>,
}

impl DemoModel {
    /// Serves until it is told to end.
    ///
    /// # Errors
    /// The port or the knowledge cannot be used.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let knowledge = team::knowledge(self.knowledge.as_deref(), &mut context.out)?;
        let pace = (self.pace > 0).then_some(self.pace);
        let script = Script { troubles: self.fault, pace, key: None };
        let mut model = Scripted::start(self.listen, knowledge, script)
            .await
            .map_err(|error| Failure::Failed(error.to_string()))?;
        if context.out.is_json() {
            context.out.json(&serde_json::json!({ "listening": model.url() }))?;
        } else {
            context.out.text(&SafeText::own(format!("listening on {}", model.url())))?;
        }
        tokio::select! {
            _ = super::told_to_end() => Ok(()),
            () = model.ended() => Err(Failure::Failed("the demo model stopped".to_owned())),
        }
    }
}
