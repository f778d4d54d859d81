//! `centaur take`: the AI stops at once, and you answer.
//!
//! Two things are waited for and told apart: *fenced* (nothing new of the AI's can leave) and *quiet* (nothing older is
//! on its way, but what is named).

use super::{
    Context,
    assist::{self, Assistance},
    desk::Desk,
    exit::Failure,
    output::several,
};
use crate::{
    domain::{
        command::Command,
        holder::Holder,
        ids::{ConversationId, EntryNo, Seq, Term},
    },
    protocol::Scope,
};
use serde::Serialize;
use std::time::Duration;

/// How long to wait for *quiet*: the server promises it within 3 s.
const QUIET_WITHIN: Duration = Duration::from_millis(3_500);

/// `centaur take`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur take 42 --reason 'the customer asks for a person'
  centaur take 42 --force    as a lead, also from another person
  centaur take 42 --bare     at once, without the AI's help

Once it is yours the AI says what it is about and what is open, and suggests a reply where the
customer waits; nothing of that reaches the customer. `centaur say 42 -` reads your own from
standard input.

You hold it while you are seen. Who is not seen for the desk's lease (90 s by
default) loses it to the queue: have the console open, or `centaur tail 42`
running, while you work on it.")]
pub struct Take {
    /// Which conversation, as in 42
    conversation: ConversationId,
    /// Why, for the transcript
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Also from another person who holds it, as leads may
    #[arg(long)]
    force: bool,
    /// Do not ask the AI what it is about and what to reply
    #[arg(long)]
    bare: bool,
}

/// What a take-over came to.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Taken {
    conversation: ConversationId,
    /// The fencing number under which you hold it.
    term: Term,
    seq: Seq,
    /// Whether the server told that nothing of the AI's is on its way.
    quiet: bool,
    /// Messages of the AI that may still reach the customer.
    may_still_arrive: Vec<EntryNo>,
    /// What the AI has for you.
    #[serde(skip_serializing_if = "Option::is_none")]
    assistance: Option<Assistance>,
}

impl Take {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; 5 if somebody was faster.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let conversation = self.conversation;
        let mut desk = Desk::open(context, Scope::None).await?;
        let before = desk.card(conversation).await?;
        if let (Holder::Human(other), false) = (before.holder, self.force)
            && other != desk.me().id
        {
            let who = desk.name(before.holder);
            let since = desk.now().since(before.held_since).short();
            return Err(Failure::Conflict(format!(
                "{who} holds #{conversation}, for {since}; a lead takes it from them with `--force`"
            )));
        }
        let command = Command::TakeOver { conversation, term: before.term, reason: self.reason };
        let answer = desk.ask(command).await?;
        // Who holds it already keeps the term, and is told again whether all is quiet.
        let mine = before.holder.is_human(desk.me().id);
        let is_it = |term| term > before.term || mine && term == before.term;
        let told = desk.quiet(conversation, is_it, QUIET_WITHIN).await?;
        let (quiet, term, may_still_arrive) = match told {
            Some((term, may_still_arrive)) => (true, term, may_still_arrive),
            None => (false, desk.card(conversation).await?.term, Vec::new()),
        };
        // What a person let begin cannot be called back: whoever answers now must know of it.
        let runs = desk.card(conversation).await?.tool.filter(|tool| tool.under_way).map(|tool| tool.tool);
        let sentence = match (quiet, may_still_arrive.len()) {
            (true, 0) if mine => {
                format!("#{conversation} was yours already; nothing of the AI is on its way to the customer")
            }
            (true, 0) => format!("#{conversation} is yours; nothing of the AI is on its way to the customer"),
            (true, n) => format!("#{conversation} is yours; {} may still arrive", several(n, "older AI message")),
            (false, _) => format!(
                "#{conversation} is yours and nothing new of the AI can leave; whether something older is still on its way was not told in time"
            ),
        };
        let sentence = match &runs {
            Some(tool) => format!("{sentence}; the approved call of {tool} still runs"),
            None => sentence,
        };
        let mut taken = Taken { conversation, term, seq: answer.seq, quiet, may_still_arrive, assistance: None };
        // Who takes over reads that it is theirs before anything else.
        if !context.out.is_json() {
            context.out.done(&taken, &sentence)?;
        }
        if !(self.bare || mine) {
            taken.assistance = assist::ask(context, &mut desk, conversation).await?;
        }
        match &taken.assistance {
            _ if context.out.is_json() => context.out.json(&taken),
            Some(assistance) if !context.out.is_quiet() => context.out.text(&assistance.lines(conversation)),
            _ => Ok(()),
        }
    }
}
