//! `centaur invite`: lets somebody join. Only the hash of the token goes to the desk; the token itself is shown once.

use super::{Context, desk::Desk, exit::Failure, token};
use crate::{
    domain::{command::Command, teammate::Role},
    protocol::Scope,
};
use std::path::PathBuf;

/// `centaur invite`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur invite lena --role agent --token-out lena.token
  centaur invite aria --role ai")]
pub struct Invite {
    /// By what name; 1 to 40 characters
    name: String,
    /// viewer, reviewer, agent, lead, admin, ai, connector or tools
    #[arg(long)]
    role: Role,
    /// Write the token to this new file, readable by you alone, instead of printing it
    #[arg(long, value_name = "FILE")]
    token_out: Option<PathBuf>,
}

impl Invite {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; [`Failure::Usage`] if the file exists.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        // All that can go wrong here goes wrong before anybody is invited.
        if let Some(path) = self.token_out.as_ref().filter(|path| path.exists()) {
            return Err(Failure::Usage(format!("{} exists; name a new file", path.display())));
        }
        let minted = token::mint()?;
        let mut desk = Desk::open(context, Scope::None).await?;
        if let Some(path) = &self.token_out {
            token::write_secret(path, &minted)?;
        }
        let command = Command::Invite { name: self.name.clone(), role: self.role, token: token::digest(&minted) };
        let answer = match desk.ask(command).await {
            Ok(answer) => answer,
            Err(failure) => {
                if let Some(path) = &self.token_out {
                    // A token that opens nothing is left behind at worst.
                    let _ = std::fs::remove_file(path);
                }
                return Err(failure);
            }
        };
        let (name, role) = (&self.name, self.role.word());
        match &self.token_out {
            Some(path) => {
                let file = path.display().to_string();
                let value = serde_json::json!({ "name": name, "role": role, "token_file": file, "seq": answer.seq });
                context.out.done(&value, &format!("{name} may join as {role} with the token in {file}"))
            }
            None if context.out.is_json() => {
                let value = serde_json::json!({ "name": name, "role": role, "token": minted, "seq": answer.seq });
                context.out.json(&value)
            }
            None => {
                context.out.remark(&format!("{name} may join as {role} with this token. It is shown only now:"));
                context.out.text(&crate::domain::text::SafeText::own(&minted))
            }
        }
    }
}
