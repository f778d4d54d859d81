//! `centaur console`: the console on a server's desk.

use super::{
    Context,
    exit::Failure,
    plain,
    seat::{self, Looks, Visit},
    token,
    way::Way,
};
use crate::{client::Socket, log};
use clap::Args;
use std::sync::Arc;

/// Open the console on a server's desk
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  centaur console
  centaur console --server http://desk.example:8722
  CENTAUR_TOKEN_FILE=desk/admin.token centaur console --theme light
  centaur console --plain               line by line, for screen readers and serial lines")]
pub struct Console {
    /// Speak and listen line by line, without a screen and without escape sequences
    #[arg(long)]
    pub plain: bool,
    /// How it looks.
    #[command(flatten)]
    pub looks: Looks,
}

impl Console {
    /// Shows the desk until the person leaves.
    ///
    /// # Errors
    /// No terminal, no token, or an address that leads nowhere.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        if !self.plain {
            seat::check()?;
        }
        // An address that leads nowhere is said before anybody is asked for a token.
        Socket::new(context.server())?;
        let token = token::find(context)?;
        if self.plain {
            let dial = Arc::new(Socket::new(context.server())?);
            let _log = log::start(&context.paths.logs(), "info").ok();
            return plain::sit(context, Way { dial, token }, self.looks.ascii).await;
        }
        visit(context, &self.looks, token).await
    }
}

/// The console on the context's server, with this token.
///
/// # Errors
/// No terminal, or an address that leads nowhere.
pub async fn visit(context: &mut Context, looks: &Looks, token: String) -> Result<(), Failure> {
    let socket = Socket::new(context.server())?;
    let _log = log::start(&context.paths.logs(), "info").ok();
    let drafts = Some(context.paths.drafts().join(file_name(context.server())));
    seat::sit(context, looks, Visit { dial: Arc::new(socket), token, drafts, tour: false }).await
}

/// A file name for a server: letters and digits stay.
fn file_name(server: &str) -> String {
    let name: String = server.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{name}.jsonl")
}
