//! `centaur reply`: the canned replies that a desk keeps for all who write there.
//!
//! Deliberately not here: each person's own, which are files (`replies`).

use super::{Context, desk::Desk, exit::Failure, input};
use crate::{
    domain::{command::Command, reply::DeskReply, text::SafeText},
    protocol::Scope,
};
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf};

/// `centaur reply`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur reply ls
  centaur reply keep new-parcel parcel.md --title 'New parcel'
  echo 'Hello {customer}, it is on its way.' | centaur reply keep on-its-way -
  centaur reply forget new-parcel

In the console ctrl-r inserts one while you write: {customer}, {me}, {topic} and {conversation}
are filled in. A reply of your own with the same name goes before the desk's.")]
pub struct Reply {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List them: name, title, text
    #[command(after_help = "Example:\n  centaur reply ls\n  centaur reply ls --json")]
    Ls,
    /// Keep one, in place of the one of that name
    #[command(after_help = "Example:\n  centaur reply keep new-parcel parcel.md --title 'New parcel'")]
    Keep {
        /// Small letters, digits and `-`, as in new-parcel
        name: String,
        /// A file with its text; `-` reads standard input
        file: PathBuf,
        /// What it is, in a few words
        #[arg(long, default_value = "")]
        title: String,
    },
    /// Forget one
    #[command(after_help = "Example:\n  centaur reply forget new-parcel")]
    Forget {
        /// Its name
        name: String,
    },
}

impl Reply {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        let (name, reply, done) = match self.act {
            Act::Ls => return list(context, &desk.office().replies),
            Act::Keep { name, file, title } => {
                let text = input::file(&file, "the reply")?.trim().to_owned();
                (name, Some(Box::new(DeskReply { title, text })), "kept for all who write at the desk")
            }
            Act::Forget { name } => (name, None, "forgotten"),
        };
        let answer = desk.ask(Command::KeepReply { name: name.clone(), reply }).await?;
        let value = serde_json::json!({ "name": name, "seq": answer.seq });
        context.out.done(&value, &format!("{}: {done}", SafeText::line(&name)))
    }
}

/// A row of JSON.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    title: &'a str,
    text: &'a str,
}

fn list(context: &mut Context, replies: &BTreeMap<String, DeskReply>) -> Result<(), Failure> {
    if context.out.is_json() {
        for (name, reply) in replies {
            context.out.json(&Row { name, title: &reply.title, text: &reply.text })?;
        }
        return Ok(());
    }
    let cells: Vec<Vec<SafeText>> = replies
        .iter()
        .map(|(name, reply)| [name, &reply.title, &reply.text].map(|text| SafeText::line(text)).to_vec())
        .collect();
    context.out.table(&["name", "title", "text"], &cells)?;
    if replies.is_empty() {
        context.out.remark("the desk keeps no canned replies yet: centaur reply keep NAME FILE");
    }
    Ok(())
}
