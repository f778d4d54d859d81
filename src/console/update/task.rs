//! Tasks for AIs: giving one with a form, to one talk or to all that are marked; cancelling; looking at what came of one.

use super::Up;
use crate::console::model::{Act, Deed, DraftKey, Layer, Severity, Writing};
use crate::domain::{
    attention,
    card::Card,
    command::Command,
    edit::without_numbers,
    ids::{ConversationId, EntryNo},
    task::{Kind, Task},
    teammate::Right,
};

impl Up<'_> {
    /// Opens the form of a task; with words, gives it at once.
    pub(super) fn task(&mut self, card: &Card, argument: &str) {
        if argument.is_empty() {
            return self.compose_task(card.id, &begun_task(card));
        }
        match task_of(argument) {
            Ok(task) if task.kind == Kind::FollowUp => self.compose_task(card.id, &task),
            Ok(task) => self.give_task(card.id, task, None),
            Err(why) => self.say(Severity::Warn, why),
        }
    }

    fn compose_task(&mut self, conversation: ConversationId, task: &Task) {
        self.compose_with(conversation, Writing::Task, &task.to_form(self.m.now));
    }

    /// The form for all that are marked.
    pub(super) fn compose_task_for_marked(&mut self, first: &Card) {
        self.compose_task(first.id, &Task::of(Kind::Summarise, ""));
        if let Layer::Compose(composer) = &mut self.m.layer {
            composer.many = true;
        }
    }

    /// Enter in the form.
    pub(super) fn send_task(&mut self, key: DraftKey, form: &str) {
        let Layer::Compose(composer) = &mut self.m.layer else { return };
        let (many, now) = (composer.many, self.m.now);
        let task = match Task::from_form(form, now) {
            Ok(task) if task.kind == Kind::FollowUp && task.at.is_none() => {
                Err("start after: a follow-up has a time, as in 2h".to_owned())
            }
            read => read.and_then(Task::with_goal),
        };
        match task {
            Err(why) => composer.warning = Some(why),
            Ok(task) if many => {
                self.plan(Deed::Task(Box::new(task)));
                if let Some(job) = &mut self.m.many.job {
                    job.draft = Some(key);
                }
            }
            Ok(task) => {
                self.m.layer = Layer::None;
                self.give_task(key.conversation, task, Some(key));
            }
        }
    }

    fn give_task(&mut self, conversation: ConversationId, task: Task, draft: Option<DraftKey>) {
        let done = format!("#{conversation}: the AI has its task ({}); the result comes back to you", task.kind.word());
        let command = Command::GiveTask { conversation, to: None, task: Box::new(task) };
        self.ask_with(command, Act::Task, done, None, draft);
    }

    /// After a take-over: the AI sums up and suggests a reply, for whoever answers now.
    pub(super) fn assist(&mut self, conversation: ConversationId) {
        let Some(card) = self.m.card(conversation) else { return };
        if let Some(task) = Task::for_taker(card, &self.m.office) {
            let task = Box::new(task);
            let ticket = self.ticket();
            let command = Box::new(Command::GiveTask { conversation, to: None, task });
            // Nobody waits for it: where it is refused nothing is said.
            self.effects.push(crate::console::effect::Effect::Ask { ticket, command });
        }
    }

    /// A task of the one who sits here that has ended, in this conversation.
    fn result(&self, card: &Card) -> Option<EntryNo> {
        attention::result_for(card, self.m.me()).map(|given| given.task)
    }

    /// Looked at: the result is put away. Whether there was one.
    pub(super) fn see_result(&mut self, card: &Card) -> bool {
        let Some(task) = self.result(card) else { return false };
        if self.came_just_now(card.id) {
            self.say(Severity::Info, "this card came just now: read it, then press again");
            return true;
        }
        let command = Command::SeeTask { conversation: card.id, task };
        self.ask(command, Act::SeeTask, format!("#{}: the result is put away; it stands in the talk", card.id), None);
        true
    }

    /// Opens the reply with the AI's draft to start from, newest first. Whether there is one.
    pub(super) fn reply_with_draft(&mut self, card: &Card) -> bool {
        let Some(text) = self.suggested(card.id) else { return false };
        if !self.m.me().is_some_and(|me| card.holder.is_human(me)) {
            self.pick(crate::console::model::Pick::TakeOverFirst, card);
            return true;
        }
        self.compose_with(card.id, Writing::Reply, &text);
        true
    }

    /// What an AI drafted last beside whoever answers, if nobody has answered since.
    fn suggested(&self, conversation: ConversationId) -> Option<String> {
        self.m.ai_words(conversation).map(without_numbers).filter(|text| !text.trim().is_empty())
    }

    /// Cancels a task.
    pub(super) fn cancel_task(&mut self, conversation: ConversationId, task: EntryNo) {
        if !self.m.you.as_ref().is_some_and(|you| you.role.may(Right::Whisper)) {
            return self.say(Severity::Info, "your role may not cancel tasks");
        }
        let open =
            self.m.card(conversation).is_some_and(|card| card.tasks.iter().any(|it| it.task == task && it.is_open()));
        if open {
            let command = Command::CancelTask { conversation, task };
            self.ask(command, Act::Task, format!("#{conversation}: the task is cancelled"), None);
        } else {
            let command = Command::SeeTask { conversation, task };
            self.ask(command, Act::SeeTask, format!("#{conversation}: the result is put away"), None);
        }
    }
}

/// `draft answer her question`: the kind, then the goal.
fn task_of(words: &str) -> Result<Task, String> {
    let (kind, goal) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let kind: Kind = kind.parse()?;
    let goal = match goal.trim() {
        "" => match kind {
            Kind::Handle => "settle what the customer asks",
            Kind::Collect => return Err("collect what? as in: task collect order number, address".to_owned()),
            kind => kind.usual_goal().unwrap_or_default(),
        },
        goal => goal,
    };
    Ok(Task::of(kind, goal))
}

/// What is likely wanted here: beside a person a draft, where the AI answers that it goes on so.
fn begun_task(card: &Card) -> Task {
    let kind = if card.holder.is_ai() { Kind::Handle } else { Kind::Draft };
    Task::of(kind, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_and_a_goal_are_a_task() {
        assert_eq!(
            task_of("draft say sorry").map(|task| (task.kind, task.goal)),
            Ok((Kind::Draft, "say sorry".into()))
        );
        assert!(task_of("collect").is_err() && task_of("dance").is_err());
    }
}
