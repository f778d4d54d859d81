//! What an AI has for whoever took a talk over: what it is about, what is open, and a reply to start from.
//!
//! The same task as in the console. Deliberately not here: the take-over itself, which waits for nothing of this.

use super::{Context, desk::Desk, exit::Failure};
use crate::domain::{
    command::Command,
    edit::without_numbers,
    ids::{ConversationId, EntryNo},
    task::{Ending, Kind, Task},
    text::SafeText,
};
use serde::Serialize;
use std::time::Duration;

/// How long it is waited for. What comes later stands in the talk.
const WITHIN: Duration = Duration::from_secs(12);

/// What came, or why nothing did.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Assistance {
    /// The task that was given for it; 0 for none.
    task: EntryNo,
    /// What the talk is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    summary: String,
    /// What the customer still waits to be told.
    open: Vec<String>,
    /// A reply to start from, as the customer would read it.
    reply: Option<String>,
    /// Why there is no reply, or nothing at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Assistance {
    fn none(task: EntryNo, why: &str) -> Self {
        Self { task, summary: String::new(), open: Vec::new(), reply: None, why: Some(why.to_owned()) }
    }

    fn of(task: EntryNo, kind: Kind, ending: &Ending) -> Self {
        let why = ending.why().map(str::to_owned);
        let Some(work) = ending.work() else {
            return Self { task, summary: String::new(), open: Vec::new(), reply: None, why };
        };
        let text = Some(without_numbers(&work.answer.text)).filter(|text| !text.trim().is_empty());
        let (reply, summed) = if kind == Kind::Draft { (text, None) } else { (None, text) };
        let summary = summed.unwrap_or_else(|| work.summary.clone());
        Self { task, summary, open: work.questions.clone(), reply, why }
    }

    /// Line by line, with what each is.
    #[must_use]
    pub fn lines(&self, conversation: ConversationId) -> SafeText {
        let mut text = SafeText::default();
        let mut part = |title: &'static str, words: &str| {
            for (at, line) in SafeText::message(words).lines().enumerate() {
                let title = if at == 0 { title } else { "" };
                let end = if text.as_str().is_empty() { "" } else { "\n" };
                text.push(&SafeText::own(format!("{end}{title:<8}{line}")));
            }
        };
        if !self.summary.trim().is_empty() {
            part("about", &self.summary);
        }
        for question in &self.open {
            part("open", question);
        }
        if let Some(reply) = &self.reply {
            part("reply", reply);
        }
        if let Some(why) = &self.why {
            part("but", why);
        }
        if self.task != EntryNo(0) {
            part(
                "",
                &format!(
                    "`centaur say {conversation} -` sends what you make of it; task {} has it in the talk",
                    self.task
                ),
            );
        }
        text
    }
}

/// Asks for it, and waits a little; none where no AI may, or one is at a task already.
///
/// # Errors
/// The line failed.
pub async fn ask(
    context: &Context,
    desk: &mut Desk,
    conversation: ConversationId,
) -> Result<Option<Assistance>, Failure> {
    let card = desk.card(conversation).await?;
    let Some(task) = Task::for_taker(&card, desk.office()) else { return Ok(None) };
    let kind = task.kind;
    let give = Command::GiveTask { conversation, to: None, task: Box::new(task) };
    let task = match desk.ask(give).await {
        Ok(answer) => answer.n,
        Err(failure) => return Ok(Some(Assistance::none(EntryNo(0), failure.sentence()))),
    };
    Ok(Some(match desk.task_ended(conversation, task, WITHIN.min(context.patience())).await? {
        Some(ending) => {
            // It is read here: no result is left for whoever looks next. A refusal only leaves it there.
            desk.ask(Command::SeeTask { conversation, task }).await.ok();
            Assistance::of(task, kind, &ending)
        }
        None => Assistance::none(task, "the AI has nothing yet"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        task::Work,
        turn::{Answer, Grounding, Trace},
    };

    const TASK: EntryNo = EntryNo(17);

    fn work(text: &str) -> Work {
        let (grounding, trace) = (Grounding(900), Trace::default());
        let answer = Box::new(Answer { text: text.into(), sources: vec![], grounding, trace });
        Work { answer, summary: "Her parcel is late.".into(), questions: vec!["Where is it?".into()] }
    }

    #[test]
    fn whoever_takes_over_reads_what_it_is_about_what_is_open_and_a_reply_to_start_from() {
        let done = Ending::Done { work: Some(Box::new(work("It left\non Monday. [2]"))) };
        let said = Assistance::of(TASK, Kind::Draft, &done).lines(ConversationId(42));
        assert_eq!(
            said.as_str(),
            "about   Her parcel is late.\nopen    Where is it?\nreply   It left\n        on Monday.\n        \
             `centaur say 42 -` sends what you make of it; task 17 has it in the talk"
        );
    }

    #[test]
    fn where_there_is_no_reply_it_is_said_why_and_the_summary_is_there_all_the_same() {
        let back = Ending::Back { why: "nothing answers it".into(), work: Some(Box::new(work(""))) };
        let said = Assistance::of(TASK, Kind::Draft, &back);
        assert_eq!((said.reply.as_ref(), said.why.as_deref()), (None, Some("nothing answers it")));
        assert!(said.lines(ConversationId(42)).as_str().contains("about   Her parcel is late."));
        let sum = Ending::Done { work: Some(Box::new(work("She waits."))) };
        let said = Assistance::of(TASK, Kind::Summarise, &sum);
        assert_eq!((said.summary.as_str(), said.reply), ("She waits.", None));
    }
}
