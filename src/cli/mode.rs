//! `centaur mode`: how far the AI may go, in one conversation, for a topic, on a channel, or at the whole desk.

use super::{Context, desk::Desk, exit::Failure};
use crate::{
    domain::{command::Command, ids::ConversationId, mode::Mode},
    protocol::Scope,
};

/// `centaur mode`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur mode 42 draft               in this conversation
  centaur mode 42 free                as the topic or the desk says again
  centaur mode topic:refunds shadow   for all conversations about refunds
  centaur mode channel:web draft      for all that come by the web, where the topic has none
  centaur mode desk off               wherever nothing more particular is set

The most particular wins: conversation, topic, channel, desk. `centaur evidence` proposes
the next step for each.")]
pub struct SetMode {
    /// A conversation as in 42, `topic:NAME`, `channel:NAME`, or `desk`
    #[arg(value_parser = place)]
    place: Place,
    /// off, shadow, draft, auto, or `free` for what the next wider setting says
    #[arg(value_parser = wanted)]
    mode: Wanted,
    /// What speaks for it, for the log
    #[arg(long, value_name = "WORDS", default_value = "")]
    why: String,
}

/// Where the mode is set.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Conversation(ConversationId),
    Topic(String),
    Channel(String),
    Desk,
}

fn place(said: &str) -> Result<Place, String> {
    if said.eq_ignore_ascii_case("desk") {
        return Ok(Place::Desk);
    }
    match (said.strip_prefix("topic:"), said.strip_prefix("channel:")) {
        (Some(""), _) => Err("the topic is missing: write it as in topic:refunds".to_owned()),
        (_, Some("")) => Err("the channel is missing: write it as in channel:web".to_owned()),
        (Some(topic), _) => Ok(Place::Topic(topic.to_owned())),
        (_, Some(channel)) => Ok(Place::Channel(channel.to_owned())),
        (None, None) => said
            .parse()
            .map(Place::Conversation)
            .map_err(|why: String| format!("{why}, or topic:NAME, channel:NAME, or desk")),
    }
}

/// A mode, or none of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Set(Mode),
    Free,
}

fn wanted(said: &str) -> Result<Wanted, String> {
    if said.eq_ignore_ascii_case("free") {
        return Ok(Wanted::Free);
    }
    said.parse().map(Wanted::Set).map_err(|why: String| format!("{why}, or free"))
}

impl SetMode {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mode = match self.mode {
            Wanted::Set(mode) => Some(mode),
            Wanted::Free => None,
        };
        let words = mode.map_or_else(|| "as the wider setting says".to_owned(), |mode| mode.word().to_owned());
        let (topic, channel, of) = match self.place {
            Place::Conversation(conversation) => {
                let mut desk = Desk::open(context, Scope::None).await?;
                let answer = desk.ask(Command::SetMode { conversation, mode }).await?;
                return context.acted(conversation, answer, &format!("mode {words}"));
            }
            Place::Desk if mode.is_none() => {
                return Err(Failure::Usage(
                    "nothing is wider than the desk: use off, shadow, draft or auto".to_owned(),
                ));
            }
            Place::Desk => (None, None, "the desk".to_owned()),
            Place::Topic(topic) => {
                let of = format!("topic {topic}");
                (Some(topic), None, of)
            }
            Place::Channel(channel) => {
                let of = format!("channel {channel}");
                (None, Some(channel), of)
            }
        };
        let mut desk = Desk::open(context, Scope::None).await?;
        let ask = Command::SetDeskMode { topic: topic.clone(), channel: channel.clone(), mode, why: self.why };
        let answer = desk.ask(ask).await?;
        let value = serde_json::json!({ "topic": topic, "channel": channel, "mode": mode, "seq": answer.seq });
        context.out.done(&value, &format!("{of}: mode {words}"))
    }
}
