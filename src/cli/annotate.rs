//! `centaur annotate`: judges an answer of the AI.

use super::{Context, desk::Desk, exit::Failure, input};
use crate::{
    domain::{
        annotation::{Failure as Kind, Judgement, Verdict},
        command::Command,
        ids::{ConversationId, EntryNo},
        thread::Entry,
    },
    protocol::Scope,
};

/// `centaur annotate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur annotate 42 --good
  centaur annotate 42 17 --bad --failure wrong_fact --correct 'Returns are free for 30 days.'

Kinds of failure: wrong_fact unsupported incomplete off_topic tone policy privacy
language repeats should_escalate; or their letters as in the console: f u i o t p d l r h")]
#[command(group = clap::ArgGroup::new("verdict").required(true))]
pub struct Annotate {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// The number of the AI message, as `centaur show` tells it, or `last`
    #[arg(default_value = "last", value_parser = message)]
    message: Message,
    /// The answer was right
    #[arg(long, group = "verdict")]
    good: bool,
    /// Something was wrong with it
    #[arg(long, group = "verdict")]
    bad: bool,
    /// It cannot be judged from here
    #[arg(long, group = "verdict")]
    unsure: bool,
    /// What was wrong; may be given again
    #[arg(long, value_name = "KIND", value_parser = kind)]
    failure: Vec<Kind>,
    /// What should have been said; `-` reads it from standard input
    #[arg(long, value_name = "TEXT")]
    correct: Option<String>,
    /// In your own words
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Which message is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    Last,
    Number(EntryNo),
}

fn message(said: &str) -> Result<Message, String> {
    if said.eq_ignore_ascii_case("last") {
        return Ok(Message::Last);
    }
    said.parse()
        .map(|n| Message::Number(EntryNo(n)))
        .map_err(|_| format!("`{said}` is no message: write its number, or last"))
}

/// A kind of failure by its name, as in the JSON, or by its letter, as in the console.
fn kind(said: &str) -> Result<Kind, String> {
    let name = said.to_lowercase().replace('-', "_");
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && let Some(kind) = Kind::by_letter(letter)
    {
        return Ok(kind);
    }
    let names = Kind::ALL.map(|(kind, _, _)| (kind, serde_json::to_value(kind).unwrap_or_default()));
    names.iter().find(|(_, known)| known.as_str() == Some(&name)).map(|(kind, _)| *kind).ok_or_else(|| {
        let known: Vec<&str> = names.iter().filter_map(|(_, name)| name.as_str()).collect();
        format!("`{said}` is no kind of failure: use {}", known.join(", "))
    })
}

impl Annotate {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 4 if there is nothing to judge.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let verdict = match (self.good, self.bad) {
            (true, _) => Verdict::Good,
            (_, true) => Verdict::Bad,
            _ => Verdict::Unsure,
        };
        let corrected = self.correct.map(|said| input::text(&[said], "the correction")).transpose()?;
        let judgement = Judgement { verdict, failures: self.failure, corrected, note: self.note };
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let message = match self.message {
            Message::Number(n) => n,
            Message::Last => {
                let thread = desk.thread(conversation).await?;
                let judged = thread.entries.iter().rev().find(|entry| Entry::judged_text(entry).is_some());
                judged.map(|entry| entry.n).ok_or_else(|| {
                    Failure::NotFound(format!("the AI has said nothing in #{conversation} that could be judged"))
                })?
            }
        };
        let answer = desk.ask(Command::Annotate { conversation, message, judgement }).await?;
        context.acted(conversation, answer, &format!("message {message} is judged"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_failure_has_a_name_and_a_letter() {
        for (known, letter, _) in Kind::ALL {
            assert_eq!(kind(&letter.to_string()), Ok(known));
            let name = serde_json::to_value(known).unwrap();
            assert_eq!(kind(name.as_str().unwrap()), Ok(known));
        }
        assert_eq!(kind("should-escalate"), Ok(Kind::ShouldEscalate));
        assert!(kind("ugly").unwrap_err().contains("wrong_fact"));
    }
}
