//! One task beside the person who answers, as a pure machine with the inputs and effects of a turn.
//!
//! It ends exactly once, with a report or without a word where the desk took the task back. What it makes goes to who gave
//! it; nothing is streamed, since nobody waits at a screen for it. Deliberately not here: who performs the effects (see
//! [`driver`](super::driver)), and tasks to handle a talk, which are turns.

use super::{
    errand::{self, Errand},
    follow,
    model::{Composed, ModelError, Prompt, Remedy, Spent},
    offline::seek,
    retrieval::{Passage, Question},
    turn::{Effect, End, Input, Rules, Timer, clean},
    view::{Matter, View},
};
use crate::domain::{
    brief::Brief,
    command::Command,
    guidance::Named,
    ids::{ConversationId, EntryNo, Term},
    task::{Kind, Report, TASK_TTL, Task, Work},
    time::Span,
    turn::{Answer, Step, Trace},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Asked,
    Retrieving,
    Composing,
    Parting(End),
    Over,
}

/// How long the desk may take to answer the report.
const PARTING_WITHIN: Span = Span::seconds(20);

/// One task.
#[derive(Clone, Debug)]
pub struct TaskRun {
    conversation: ConversationId,
    term: Term,
    task: EntryNo,
    rules: Rules,
    state: State,
    began: EntryNo,
    matter: Matter,
    given: Option<Task>,
    prompt: Prompt,
    steps: Vec<Step>,
    spent: Spent,
    answered_by: Option<String>,
    guidance: Vec<Named>,
    stepped: u32,
}

impl TaskRun {
    /// Asks the desk to begin.
    #[must_use]
    pub fn begin(conversation: ConversationId, term: Term, task: EntryNo, rules: Rules) -> (Self, Vec<Effect>) {
        let run = Self {
            conversation,
            term,
            task,
            rules,
            state: State::Asked,
            began: EntryNo(0),
            matter: Matter::Waits,
            given: None,
            prompt: Prompt::default(),
            steps: Vec::new(),
            spent: Spent::default(),
            answered_by: None,
            guidance: Vec::new(),
            stepped: 0,
        };
        let effects = vec![
            Effect::Ask(Box::new(Command::BeginTask { conversation, task })),
            // A little less than the desk grants, so that the AI says itself that it failed.
            Effect::Schedule(Timer::Overall, Span(TASK_TTL.0 / 10 * 9)),
        ];
        (run, effects)
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// The term at which it was asked for.
    #[must_use]
    pub fn term(&self) -> Term {
        self.term
    }

    /// Which task.
    #[must_use]
    pub fn task(&self) -> EntryNo {
        self.task
    }

    /// The entry of its beginning; 0 until the desk let it begin.
    #[must_use]
    pub fn number(&self) -> EntryNo {
        self.began
    }

    /// Takes an input, `at` milliseconds after it was asked for.
    pub fn handle(&mut self, input: Input, at: u32) -> Vec<Effect> {
        match (self.state, input) {
            (State::Over, _) => Vec::new(),
            (State::Parting(end), input) => match input {
                Input::Ended => self.over(end),
                Input::Fenced | Input::Refused(_) | Input::Due(Timer::Parting) => self.over(End::Dropped),
                _ => Vec::new(),
            },
            (State::Asked, Input::Began(n, view)) => self.start(n, &view, at),
            (_, Input::Fenced | Input::Refused(_)) | (State::Asked, Input::Due(Timer::Overall) | Input::Failed(_)) => {
                self.over(End::Dropped)
            }
            (State::Asked, _) => Vec::new(),
            (_, Input::Failed(why)) => self.failed(&why, at),
            (_, Input::Due(Timer::Overall)) => self.failed("it took too long", at),
            (State::Retrieving, Input::Retrieved(passages)) => self.found(passages, at),
            (State::Composing, Input::Composed(composed)) => self.conclude(*composed, at),
            (State::Composing, Input::GaveUp(error)) => self.gave_up(*error, at),
            _ => Vec::new(),
        }
    }

    fn start(&mut self, n: EntryNo, view: &View, at: u32) -> Vec<Effect> {
        self.began = n;
        self.stepped = at;
        let task = view.tasks.iter().find(|(n, _)| *n == self.task).map(|(_, task)| task.clone());
        let Some(task) = task else { return self.failed("the task lies too far back in the talk", at) };
        self.matter = view.matter;
        self.prompt = prompt(view, &task);
        let question = question(view, &task);
        self.given = Some(task);
        match question {
            Some(question) => {
                self.state = State::Retrieving;
                vec![Effect::Retrieve(question)]
            }
            None => self.compose(),
        }
    }

    fn found(&mut self, passages: Vec<Passage>, at: u32) -> Vec<Effect> {
        self.step("retrieve", format!("{} passages", passages.len()), at);
        self.prompt.passages = passages;
        self.compose()
    }

    fn compose(&mut self) -> Vec<Effect> {
        self.state = State::Composing;
        vec![Effect::Compose(Box::new(self.prompt.clone()))]
    }

    fn conclude(&mut self, composed: Composed, at: u32) -> Vec<Effect> {
        let ms = at.saturating_sub(self.stepped);
        self.stepped = at;
        let steps = composed.steps.iter().filter(|step| step.name != "retrieve");
        self.steps
            .extend(steps.map(|step| Step { ms: if step.name == "compose" { ms } else { step.ms }, ..step.clone() }));
        self.spent = composed.spent;
        self.answered_by.clone_from(&composed.model);
        let given = self.prompt.guidance.iter().filter_map(|piece| piece.named);
        self.guidance = given.filter(|named| !composed.unfollowed.contains(named)).collect();
        let known = composed.known && !composed.text.trim().is_empty();
        let work = Box::new(self.work(if known { composed } else { Composed::default() }, at));
        if known {
            return self.part(End::Finished, Report::Done { work });
        }
        let why = match self.given.as_ref().map(|task| task.kind) {
            Some(Kind::Translate) => format!("this takes a language model that translates; {} does not", self.by()),
            _ => "nothing in the knowledge answers it".to_owned(),
        };
        self.part(End::Finished, Report::Blocked { why, work: Some(work) })
    }

    fn gave_up(&mut self, error: ModelError, at: u32) -> Vec<Effect> {
        self.spent = error.spent;
        self.steps.extend(error.steps);
        match error.remedy {
            // What the talk itself tells is there all the same.
            Remedy::Person => {
                let work = self.work(Composed::default(), at);
                self.part(End::Finished, Report::Blocked { why: clean(&error.why, 300), work: Some(Box::new(work)) })
            }
            Remedy::Again => self.failed(&error.why, at),
        }
    }

    fn work(&self, composed: Composed, at: u32) -> Work {
        let Composed { text, sources, grounding, .. } = composed;
        let answer = Box::new(Answer { text, sources, grounding, trace: self.trace(at) });
        let questions = match self.matter {
            Matter::Answered => errand::left_open(&self.prompt),
            Matter::Waits => errand::questions(&self.prompt),
        };
        Work { answer, summary: errand::summary(&self.prompt), questions }
    }

    fn failed(&mut self, why: &str, at: u32) -> Vec<Effect> {
        let trace = self.trace(at);
        self.part(End::Finished, Report::Failed { why: clean(why, 300), trace })
    }

    fn part(&mut self, end: End, report: Report) -> Vec<Effect> {
        self.state = State::Parting(end);
        let (conversation, task) = (self.conversation, self.task);
        vec![
            Effect::Ask(Box::new(Command::ReportTask { conversation, task, report })),
            Effect::Schedule(Timer::Parting, PARTING_WITHIN),
        ]
    }

    fn over(&mut self, end: End) -> Vec<Effect> {
        self.state = State::Over;
        vec![Effect::Done(end)]
    }

    fn step(&mut self, name: &str, detail: String, at: u32) {
        let ms = at.saturating_sub(self.stepped);
        self.stepped = at;
        self.steps.push(Step { name: name.to_owned(), detail, ms });
    }

    /// The model that was asked.
    fn by(&self) -> String {
        self.answered_by.clone().unwrap_or_else(|| self.rules.model.clone())
    }

    fn trace(&self, at: u32) -> Trace {
        Trace {
            model: self.by(),
            config: self.rules.config.clone(),
            steps: self.steps.clone(),
            guidance: self.guidance.clone(),
            first_word_ms: at,
            total_ms: at,
            tokens: self.spent.tokens,
            cost_micros: self.spent.cost_micros,
        }
    }
}

/// The prompt of a task: the talk, with goal and facts as the team's own words.
fn prompt(view: &View, task: &Task) -> Prompt {
    let brief = view.brief.clone().unwrap_or_default();
    let both = |one: &str, other: &str| {
        [one, other].map(str::trim).into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let brief = Brief { done: both(&brief.done, &task.facts), may: both(&brief.may, &task.may), ..brief };
    let may_not = task.may_not.lines().map(str::trim).filter(|line| !line.is_empty());
    let whispers = [task.goal.trim().to_owned()].into_iter().chain(may_not.map(|line| format!("do not {line}")));
    Prompt {
        locale: view.locale,
        said: view.said.clone(),
        answered: view.answered.clone(),
        earlier: view.earlier.clone(),
        brief: Some(brief).filter(|brief| !brief.is_empty()),
        whispers: whispers.collect(),
        // What is drafted for the customer follows what holds for customers.
        guidance: if task.kind == Kind::Draft { view.guidance.clone() } else { Vec::new() },
        errand: Some(Errand { kind: task.kind, goal: task.goal.clone(), facts: task.facts.clone() }),
        ..Prompt::default()
    }
}

/// What is to be looked up; none where the talk itself is all.
fn question(view: &View, task: &Task) -> Option<Question> {
    if !matches!(task.kind, Kind::Draft | Kind::Handle) {
        return None;
    }
    let context = follow::context(&view.said, &view.earlier);
    let words: Vec<&str> = context.iter().chain(&view.said).map(String::as_str).collect();
    let more: Vec<String> = seek(&task.goal).into_iter().collect();
    Some(Question {
        words: words.join("\n"),
        near: None,
        more: more.join(" "),
        locale: view.locale,
        topic: view.topic.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{policy::Policy, refusal::Refusal, turn::Grounding};
    use std::sync::Arc;

    const C: ConversationId = ConversationId(7);

    fn run(kind: Kind) -> (TaskRun, Vec<Effect>) {
        let rules = Rules { policy: Arc::new(Policy::default()), model: "m".into(), config: "k".into(), tools: vec![] };
        let (mut run, effects) = TaskRun::begin(C, Term(1), EntryNo(5), rules);
        assert_eq!(effects[0], Effect::Ask(Box::new(Command::BeginTask { conversation: C, task: EntryNo(5) })));
        let task = Task { facts: "It left.".into(), may_not: "promise a date".into(), ..Task::of(kind, "answer her") };
        let view = View { said: vec!["where is it?".into()], tasks: vec![(EntryNo(5), task)], ..View::default() };
        let effects = run.handle(Input::Began(EntryNo(6), Box::new(view)), 10);
        (run, effects)
    }

    fn report(effects: &[Effect]) -> Report {
        let Effect::Ask(command) = &effects[0] else { panic!("{effects:?}") };
        let Command::ReportTask { task: EntryNo(5), report, .. } = &**command else { panic!("{command:?}") };
        report.clone()
    }

    fn composed(known: bool) -> Input {
        let text = if known { "It left." } else { "" };
        Input::Composed(Box::new(Composed {
            text: text.into(),
            known,
            grounding: Grounding(900),
            ..Composed::default()
        }))
    }

    #[test]
    fn a_draft_is_looked_up_composed_with_the_teams_words_and_reported_with_the_open_question() {
        let (mut run, effects) = run(Kind::Draft);
        assert!(matches!(&effects[0], Effect::Retrieve(question) if question.words == "where is it?"));
        let effects = run.handle(Input::Retrieved(Vec::new()), 20);
        let Effect::Compose(prompt) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(prompt.whispers, ["answer her", "do not promise a date"]);
        assert_eq!(prompt.brief.as_ref().map(|brief| brief.done.as_str()), Some("It left."));
        let Report::Done { work } = report(&run.handle(composed(true), 30)) else { panic!() };
        assert_eq!(
            (work.answer.text.as_str(), work.questions.as_slice()),
            ("It left.", ["where is it?".to_owned()].as_slice())
        );
        assert_eq!(run.handle(Input::Ended, 40), [Effect::Done(End::Finished)]);
        assert!(run.is_over() && run.handle(composed(true), 50).is_empty());
    }

    #[test]
    fn what_it_does_not_know_comes_back_with_what_the_talk_tells() {
        let (mut run, _) = run(Kind::Draft);
        run.handle(Input::Retrieved(Vec::new()), 20);
        let Report::Blocked { why, work } = report(&run.handle(composed(false), 30)) else { panic!() };
        assert_eq!((why.as_str(), work.unwrap().summary.is_empty()), ("nothing in the knowledge answers it", false));
    }

    #[test]
    fn a_refused_or_cancelled_task_ends_without_a_word() {
        for input in [Input::Fenced, Input::Refused(Refusal::Paused)] {
            let (mut run, _) = run(Kind::Summarise);
            assert_eq!(run.handle(input, 20), [Effect::Done(End::Dropped)]);
        }
        let (mut run, effects) = run(Kind::Summarise);
        assert!(matches!(effects[0], Effect::Compose(_)), "nothing is looked up for a summary");
        assert!(run.handle(Input::CustomerWrote, 20).is_empty());
        assert!(matches!(report(&run.handle(Input::Due(Timer::Overall), 30)), Report::Failed { .. }));
    }
}
