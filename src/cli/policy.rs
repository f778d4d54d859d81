//! `centaur policy`: what the desk allows, and how an admin changes it.
//!
//! The desk takes the whole policy at once; modes alone are set with `centaur mode`. Deliberately not here: what may stand in
//! it (`domain::policy`), and whether it is in order (the desk says).

mod rules;

use super::{Context, desk::Desk, exit::Failure, team};
use crate::{
    domain::{command::Command, ids::Seq, text::SafeText},
    protocol::Scope,
};
use serde::Serialize;
use std::path::PathBuf;

/// `centaur policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur policy show > policy.toml
  centaur policy tools shop >> policy.toml
  $EDITOR policy.toml
  centaur policy set policy.toml")]
pub struct Policy {
    /// What to do with it
    #[command(subcommand)]
    what: What,
}

/// What can be done with the policy.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print the policy that counts, as TOML
    #[command(after_help = "Example:\n  centaur policy show > policy.toml\n  centaur policy show --json | jq .mode")]
    Show {},
    /// Put the policy in this file in place of the one that counts, as admins may
    #[command(after_help = "Example:
  centaur policy show > policy.toml
  $EDITOR policy.toml
  centaur policy set policy.toml

All of it is replaced: what the file leaves out is as built in. Begin with `centaur policy show`.")]
    Set {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print rules for what the tool servers of your settings offer, to read and put into a policy
    #[command(after_help = "Example:
  centaur policy tools shop >> policy.toml
  centaur policy tools --json | jq -r .tool

Each tool comes with what it says of itself and what it takes, its pin, and r3: no AI may ask for it. Read it,
then write r0 where it only reads, r1 where it changes what can be changed back, r2 where a person must approve.")]
    Tools {
        /// Of this server alone, by its name in the settings
        #[arg(value_name = "SERVER")]
        server: Option<String>,
    },
}

/// What setting came to.
#[derive(Debug, Serialize)]
struct Set {
    seq: Seq,
}

impl Policy {
    /// Does it.
    ///
    /// # Errors
    /// 2 with file and line of what is wrong; as the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self.what {
            What::Tools { server } => rules::print(context, server.as_deref()).await,
            What::Show {} => {
                let desk = Desk::open(context, Scope::None).await?;
                let policy = desk.office().policy.as_ref();
                if context.out.is_json() {
                    return context.out.json(policy);
                }
                let text = toml::to_string_pretty(policy)
                    .map_err(|error| Failure::Failed(format!("the policy could not be written as TOML: {error}")))?;
                let head = "# Times are in milliseconds, shares in thousandths.";
                context.out.text(&SafeText::message(&format!("{head}\n{}", text.trim_end())))
            }
            What::Set { file } => {
                // A file that is wrong is told before anybody is asked for a token.
                let policy = team::policy_file(&file)?;
                let mut desk = Desk::open(context, Scope::None).await?;
                let answer = desk.ask(Command::SetPolicy { policy: Box::new(policy) }).await?;
                context.out.done(&Set { seq: answer.seq }, "the policy is set; it counts from now on")
            }
        }
    }
}
