//! `centaur undo`: takes back an act of one's own, in one conversation or in several.

use super::{Context, desk::Desk, exit::Failure, talk};
use crate::{
    domain::{
        command::Command,
        ids::{ConversationId, EntryNo},
        teammate::Actor,
        thread::What,
    },
    protocol::Scope,
};

/// `centaur undo`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  centaur undo 42\n  centaur undo 42 43 44\n  centaur undo 42 --act 17    only the act with this number, as `centaur show` tells it"
)]
pub struct Undo {
    /// Which conversation, as in 42; or several
    #[arg(required = true, value_name = "CONVERSATION")]
    conversation: Vec<ConversationId>,
    /// The number of the act; your last one that can be undone if none is named
    #[arg(long, value_name = "NUMBER")]
    act: Option<u32>,
}

impl Undo {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let act = self.act.map(EntryNo);
        if act.is_some() && self.conversation.len() > 1 {
            return Err(Failure::Usage(
                "--act is the number of an act in one conversation; name only that one".to_owned(),
            ));
        }
        let mut desk = Desk::open(context, Scope::None).await?;
        if let [conversation] = *self.conversation {
            let answer = desk.ask(Command::Undo { conversation, act }).await?;
            let said = undone(&mut desk, conversation).await;
            return context.acted(conversation, answer, &said);
        }
        // Each by itself: what the world has moved on from does not keep the others.
        let mut failed = Vec::new();
        for conversation in &self.conversation {
            match desk.ask(Command::Undo { conversation: *conversation, act }).await {
                Ok(answer) => {
                    let said = undone(&mut desk, *conversation).await;
                    context.acted(*conversation, answer, &said)?;
                }
                Err(failure) => failed.push(format!("#{conversation}: {}", failure.sentence())),
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(Failure::Conflict(failed.join("\n"))) }
    }
}

/// What was undone, by the talk itself. It is done either way: a talk that cannot be read only costs the words.
async fn undone(desk: &mut Desk, conversation: ConversationId) -> String {
    let me = Actor::Teammate(desk.me().id);
    let Ok(thread) = desk.thread(conversation).await else { return "undone".to_owned() };
    let act = thread.entries.iter().rev().find_map(|entry| match entry.what {
        What::Undid { act } if entry.by == me => Some(act),
        _ => None,
    });
    let act = act.and_then(|act| thread.entries.iter().find(|entry| entry.n == act));
    act.map_or_else(|| "undone".to_owned(), |act| format!("undone: {}", talk::happened(act, desk.office())))
}
