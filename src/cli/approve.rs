//! `centaur approve`: sends a draft of the AI, or lets a tool call of it run, as it is or edited.

use super::{Context, desk::Desk, exit::Failure, input};
use crate::{
    domain::{
        approval::Decision,
        card::Card,
        command::Command,
        ids::{ConversationId, Digest, EntryNo},
        tool::{ASK_PERSON, ToolDecision},
    },
    protocol::Scope,
};

/// `centaur approve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur approve 42
  centaur approve 42 --draft 17 --edit 'Your parcel arrives on Friday.'
  centaur approve 42 --call 18 --digest 5be1c09a
  centaur approve 42 --call 18 --edit '{\"amount\":20,\"order\":\"BW-20417\"}'
  centaur approve 42 --answer 'Yes, the warehouse has two left.'

`centaur show 42` shows a call with its arguments and its digest.")]
pub struct Approve {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// The number of the draft that you have read; if another one waits, nothing is sent
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["call", "digest", "answer"])]
    draft: Option<u32>,
    /// The number of the tool call that you have read; if another one waits, nothing is run
    #[arg(long, value_name = "NUMBER")]
    call: Option<u32>,
    /// The digest of the call that you have read, or how it begins; if it is another, nothing is run
    #[arg(long, value_name = "HEX")]
    digest: Option<String>,
    /// Send this instead, or run the tool with these arguments; `-` reads it from standard input
    #[arg(long, value_name = "TEXT", conflicts_with = "answer")]
    edit: Option<String>,
    /// Answer a question of the AI's; `-` reads it from standard input
    #[arg(long, value_name = "TEXT")]
    answer: Option<String>,
}

impl Approve {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 5 if it was decided or has expired.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let card = desk.card(conversation).await?;
        let of_tool = self.call.is_some() || self.digest.is_some() || self.answer.is_some();
        if of_tool || (self.draft.is_none() && card.draft.is_none() && card.tool_waiting().is_some()) {
            let (call, digest) = call_meant(&card, self.call, self.digest.as_deref())?;
            let question = card.tool_waiting().is_some_and(|tool| tool.tool == ASK_PERSON);
            let (decision, done) = match (self.edit, self.answer) {
                (_, Some(said)) => {
                    (ToolDecision::Answer { text: input::text(&[said], "the answer")? }, "answered; the AI goes on")
                }
                (Some(said), None) => {
                    let arguments = input::text(&[said], "the arguments")?;
                    (ToolDecision::Edit { arguments }, "approved; your arguments are used")
                }
                (None, None) if question => {
                    return Err(Failure::Usage("the AI asks a question; answer it with --answer TEXT".to_owned()));
                }
                (None, None) => (ToolDecision::Approve, "approved; the AI goes on"),
            };
            let answer = desk.ask(Command::DecideTool { conversation, call, digest, decision }).await?;
            return context.acted(conversation, answer, done);
        }
        let decision = match self.edit {
            Some(said) => Decision::Edit { text: input::text(&[said], "the edited answer")? },
            None => Decision::Approve,
        };
        let sent = if decision == Decision::Approve { "approved; it is sent" } else { "approved; your text is sent" };
        let draft = meant(&card, self.draft)?;
        let answer = desk.ask(Command::DecideDraft { conversation, draft, decision }).await?;
        context.acted(conversation, answer, sent)
    }
}

/// The draft that is meant: the named one, else the one that waits.
///
/// # Errors
/// [`Failure::NotFound`] if none waits.
pub fn meant(card: &Card, named: Option<u32>) -> Result<EntryNo, Failure> {
    // A named one that no longer waits is asked for all the same: the desk knows how it ended.
    named.map(EntryNo).or(card.draft.get().map(|draft| draft.draft)).ok_or_else(|| {
        Failure::NotFound(format!(
            "no draft and no tool call waits in #{}; `centaur ls is:draft` and `is:tool` show where some do",
            card.id
        ))
    })
}

/// The tool call that is meant: the named one, else the one that waits; with the digest of what waits.
///
/// # Errors
/// [`Failure::NotFound`] if none waits, [`Failure::Usage`] if the one that waits has another digest.
pub fn call_meant(card: &Card, named: Option<u32>, digest: Option<&str>) -> Result<(EntryNo, Digest), Failure> {
    let waits = card.tool_waiting();
    if let (Some(waits), Some(said)) = (waits, digest) {
        let full = waits.digest.to_string();
        if said.len() < 8 || !full.starts_with(&said.to_lowercase()) {
            return Err(Failure::Usage(format!(
                "the call that waits has the digest {}…; `centaur show {}` shows it (write 8 digits at least)",
                full.get(..16).unwrap_or_default(),
                card.id
            )));
        }
    }
    match (named.map(EntryNo), waits) {
        (Some(call), Some(waits)) if call == waits.call => Ok((call, waits.digest)),
        // One that no longer waits is asked for all the same: the desk knows how it ended.
        (Some(call), _) => Ok((call, waits.map_or(Digest([0; 32]), |waits| waits.digest))),
        (None, Some(waits)) => Ok((waits.call, waits.digest)),
        (None, None) => Err(Failure::NotFound(format!(
            "no tool call waits in #{}; `centaur ls is:tool` shows where some do",
            card.id
        ))),
    }
}
