//! `centaur revoke`: shows a teammate the door. What they held goes to the queue.

use super::{Context, desk::Desk, exit::Failure};
use crate::{domain::command::Command, protocol::Scope};

/// `centaur revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur revoke lena")]
pub struct Revoke {
    /// Whom, by name
    name: String,
}

impl Revoke {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 4 if nobody is called so.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        let teammate = desk.teammate(&self.name)?;
        let (id, name) = (teammate.id, teammate.name.clone());
        let answer = desk.ask(Command::Revoke { teammate: id }).await?;
        let value = serde_json::json!({ "teammate": id, "name": name, "seq": answer.seq });
        context.out.done(&value, &format!("{name} is revoked; the token opens nothing any more"))
    }
}
