//! `centaur login`: keeps a token for a server in a file that only its owner can read, once the server has taken it.

use super::{Context, desk::Desk, exit::Failure, token};
use crate::protocol::Scope;

/// `centaur login`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur login --server http://desk.example:8722
  centaur login --token-file admin.token
  centaur login --forget")]
pub struct Login {
    /// Forget the saved token for this server
    #[arg(long)]
    forget: bool,
}

impl Login {
    /// Does it.
    ///
    /// # Errors
    /// 3 if the server does not know the token, or none was given.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let path = token::saved_at(context)?;
        let (server, file) = (context.server().to_owned(), path.display().to_string());
        if self.forget {
            match std::fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    return Err(Failure::NotFound(format!("no token for {server} is saved")));
                }
                Err(error) => return Err(error.into()),
            }
            let value = serde_json::json!({ "server": server, "forgotten": file });
            return context.out.done(&value, &format!("the token for {server} is forgotten"));
        }
        // Not the saved one: who logs in brings another.
        let token = if token::is_given(context) {
            token::find(context)?
        } else if token::can_prompt(context) {
            token::prompt(context)?
        } else {
            return Err(Failure::NotSignedIn(
                "no token to save: use --token-file FILE, or set CENTAUR_TOKEN".to_owned(),
            ));
        };
        let desk = Desk::with(context, token.clone(), Scope::None).await?;
        token::write_secret(&path, &token)?;
        let me = desk.me();
        let value =
            serde_json::json!({ "server": server, "name": me.name, "role": me.role.word(), "token_file": file });
        context.out.done(&value, &format!("signed in at {server} as {} ({})", me.name, me.role.word()))
    }
}
