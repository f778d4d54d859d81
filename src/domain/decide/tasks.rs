//! Tasks for AIs: given and cancelled by people, begun and reported by the AI, ended by the clock.
//!
//! Exactly one AI may begin one, once. What it reports goes to who gave it; to the customer only a follow-up goes, in a talk
//! that the AI has held without a break since it began, and then the way of its answers. Pairs with `apply/tasks`.

use super::{Asker, Happening, Talk, check_length, check_text, guidance, invalid, turns};
use crate::domain::{
    command::LONGEST_TEXT,
    escalation::Reason,
    event::Event,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo, TeammateId},
    mode::Mode,
    refusal::Refusal,
    task::{Ending, Given, Kind, LONGEST, MOST, Report, State, TASK_TTL, Task, Work},
    teammate::Right,
    time::{Span, Timestamp},
    turn::Answer,
};

/// The latest time of a follow-up or a return.
const LATEST: Span = Span::hours(24 * 90);
/// Open questions that are kept at most.
const QUESTIONS: usize = 20;

pub(super) fn give(
    asker: &Asker<'_>,
    id: ConversationId,
    to: Option<TeammateId>,
    task: &Task,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Whisper, id)?;
    check(task, asker.at)?;
    talk.check_unresolved()?;
    let card = &talk.it.card;
    if card.mode == Mode::Off {
        return Err(Refusal::ModeForbids { mode: card.mode });
    }
    if card.tasks.iter().filter(|given| given.is_open()).count() >= MOST {
        return Err(invalid("task", format!("{MOST} tasks are open here already; cancel one first")));
    }
    let to = match (task.kind, card.holder, to) {
        (Kind::Handle, Holder::Ai(ai), None) => ai,
        _ => super::hold::ai_named(asker, to)?,
    };
    let given = Event::TaskGiven { to, task: Box::new(task.clone()) };
    if task.kind != Kind::Handle {
        return Ok(talk.happen([given]));
    }
    if handled(&talk).is_some() {
        return Err(invalid("task", "the AI handles this talk by a task already; cancel that first"));
    }
    let mut events = vec![given];
    match card.holder {
        Holder::Ai(ai) if ai == to => {}
        Holder::Ai(_) => return Err(invalid("to", "another AI holds it; assign it first")),
        Holder::Human(other) if other != asker.me => {
            return Err(Refusal::HeldByOther { conversation: id, holder: other });
        }
        holder @ (Holder::Queue | Holder::Human(_)) => {
            asker.needs(Right::Hold)?;
            talk.check_ai_may_hold(to)?;
            let cause = if holder == Holder::Queue { Cause::Assigned } else { Cause::HandedBack };
            events.extend(talk.change_holder(Holder::Ai(to), cause, "given as a task"));
            if matches!(card.status, crate::domain::card::Status::Snoozed { .. }) {
                events.push(Event::Woken);
            }
        }
    }
    Ok(talk.happen(events))
}

fn check(task: &Task, at: Timestamp) -> Result<(), Refusal> {
    check_text("goal", &task.goal)?;
    let parts = [
        ("goal", &task.goal),
        ("facts", &task.facts),
        ("may", &task.may),
        ("may_not", &task.may_not),
        ("back_when", &task.back_when),
    ];
    for (name, text) in parts {
        check_length(name, text, LONGEST)?;
    }
    if task.budget.turns == 0 || task.budget.turns > 100 || task.budget.calls > 1_000 {
        return Err(invalid("budget", "is 1 to 100 answers and at most 1000 calls"));
    }
    for (name, time) in [("at", task.at), ("back_at", task.back_at)] {
        if time.is_some_and(|time| time.since(at) > LATEST) {
            return Err(invalid(name, format!("is within the next {}", LATEST.short())));
        }
    }
    if task.back_at.is_some_and(|back| back <= task.at.unwrap_or(at)) {
        return Err(invalid("back_at", "is later than now, and later than it begins"));
    }
    if task.kind == Kind::FollowUp && task.at.is_none_or(|time| time <= at) {
        return Err(invalid("at", "a follow-up has a time that is to come"));
    }
    if task.kind == Kind::Handle && task.at.is_some() {
        return Err(invalid("at", "a talk is handled from now on; use a follow-up for later"));
    }
    Ok(())
}

/// The open task by which the AI handles the talk.
pub(super) fn handled<'a>(talk: &Talk<'a>) -> Option<&'a Given> {
    talk.it.card.tasks.iter().find(|given| given.kind == Kind::Handle && given.is_open())
}

fn find<'a>(talk: &Talk<'a>, task: EntryNo) -> Result<&'a Given, Refusal> {
    let missing = || Refusal::NotFound { what: format!("open task {task} in conversation {}", talk.id) };
    talk.it.card.tasks.iter().find(|given| given.task == task).ok_or_else(missing)
}

pub(super) fn cancel(asker: &Asker<'_>, id: ConversationId, task: EntryNo) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Whisper, id)?;
    let given = find(&talk, task)?;
    check_own(asker, given)?;
    if !given.is_open() {
        return Err(Refusal::AlreadyEnded { how: "ended before".to_owned() });
    }
    let why = format!("cancelled by {}", asker.desk.office.name_of(asker.me));
    Ok(talk.happen([Event::TaskEnded { task, ending: Box::new(Ending::Cancelled { why }) }]))
}

/// A task belongs to who gave it, and to leads.
fn check_own(asker: &Asker<'_>, given: &Given) -> Result<(), Refusal> {
    if given.by == asker.me || asker.role.may(Right::MoveOthers) {
        return Ok(());
    }
    let who = asker.desk.office.name_of(given.by);
    Err(invalid("task", format!("was given by {who}; ask them, or a lead")))
}

/// Who gave it has looked at the result.
pub(super) fn see(asker: &Asker<'_>, id: ConversationId, task: EntryNo) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Watch, id)?;
    let given = find(&talk, task)?;
    check_own(asker, given)?;
    if given.is_open() {
        return Err(invalid("task", "has not ended yet; cancel it to be rid of it"));
    }
    Ok(talk.happen([Event::TaskSeen { task }]))
}

pub(super) fn begin(asker: &Asker<'_>, id: ConversationId, task: EntryNo) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Answer, id)?;
    let given = talk.it.card.tasks.iter().find(|given| given.task == task && given.to == asker.me);
    let given = given.ok_or_else(|| Refusal::NotFound { what: format!("task {task} of yours") })?;
    talk.check_not_stopped(Some(asker.me))?;
    if let Some(level) = asker.desk.office.ceiling_reached(talk.it, asker.at) {
        return Err(Refusal::Ceiling { level });
    }
    let card = &talk.it.card;
    if given.state != State::Waits {
        return Err(Refusal::AlreadyEnded { how: "begun or ended before".to_owned() });
    }
    if card.mode == Mode::Off {
        return Err(Refusal::ModeForbids { mode: card.mode });
    }
    if card.paused_until.is_some_and(|until| asker.at < until) {
        return Err(Refusal::Paused);
    }
    if given.at.is_some_and(|at| asker.at < at) {
        return Err(invalid("task", "its time has not come"));
    }
    Ok(talk.happen([Event::TaskBegan { task, term: card.term }]))
}

pub(super) fn report(
    asker: &Asker<'_>,
    id: ConversationId,
    task: EntryNo,
    report: &Report,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Answer, id)?;
    let given = talk.it.card.tasks.iter().find(|given| given.task == task && given.to == asker.me);
    let Some((given, term)) = given.and_then(|given| match given.state {
        State::Runs { term, .. } if given.kind != Kind::Handle => Some((given, term)),
        _ => None,
    }) else {
        return Err(Refusal::AlreadyEnded { how: "ended before, or never begun by you".to_owned() });
    };
    let topic = talk.it.card.topic.as_deref();
    let true_work = |work: &Work| {
        let trace = guidance::true_trace(asker, topic, None, &work.answer.trace);
        Box::new(Work { answer: Box::new(Answer { trace, ..work.answer.as_ref().clone() }), ..work.clone() })
    };
    let ending = match report {
        Report::Done { work } => {
            check_work(work)?;
            Ending::Done { work: Some(true_work(work)) }
        }
        Report::Blocked { why, work } => {
            check_text("why", why)?;
            check_length("why", why, LONGEST)?;
            work.as_deref().map_or(Ok(()), check_work)?;
            Ending::Back { why: why.clone(), work: work.as_deref().map(true_work) }
        }
        Report::Failed { why, .. } => {
            check_length("why", why, LONGEST)?;
            Ending::Failed { why: why.clone() }
        }
    };
    let mut events = Vec::new();
    if let (Kind::FollowUp, Ending::Done { work: Some(work) }) = (given.kind, &ending)
        && talk.check_not_stopped(Some(asker.me)).is_ok()
        && talk.it.card.holder == Holder::Ai(asker.me)
        && talk.it.card.term == term
        && talk.it.turn.is_none()
        && talk.it.draft.is_none()
        && !talk.it.card.status.is_resolved()
        && !work.answer.text.trim().is_empty()
    {
        events.extend(turns::answered(asker, &talk, task, term, &work.answer, false));
    }
    events.push(Event::TaskEnded { task, ending: Box::new(ending) });
    Ok(talk.happen(events))
}

fn check_work(work: &Work) -> Result<(), Refusal> {
    check_length("answer", &work.answer.text, LONGEST_TEXT)?;
    check_length("summary", &work.summary, LONGEST)?;
    if work.questions.len() > QUESTIONS {
        return Err(invalid("questions", format!("are {QUESTIONS} at most")));
    }
    work.questions.iter().try_for_each(|question| check_length("questions", question, LONGEST))?;
    if work.answer.text.trim().is_empty() && work.summary.trim().is_empty() && work.questions.is_empty() {
        return Err(invalid("work", "is empty; report it as blocked, and say why"));
    }
    Ok(())
}

/// What becomes of the task by which an AI handles a talk, when it holds the talk no more.
pub(super) fn lost(talk: &Talk<'_>, cause: &Cause, why: &str) -> Option<Event> {
    let given = handled(talk)?;
    let why = why.to_owned();
    let ending = match cause {
        Cause::Escalated | Cause::AiVanished => Ending::Back { why, work: None },
        _ => Ending::Cancelled { why },
    };
    Some(Event::TaskEnded { task: given.task, ending: Box::new(ending) })
}

/// What becomes of the open tasks when the matter is settled.
pub(super) fn settled(talk: &Talk<'_>) -> impl Iterator<Item = Event> {
    talk.it.card.tasks.iter().filter(|given| given.is_open()).map(|given| {
        let ending = match given.kind {
            Kind::Handle => Ending::Done { work: None },
            _ => Ending::Cancelled { why: "the matter is settled".to_owned() },
        };
        Event::TaskEnded { task: given.task, ending: Box::new(ending) }
    })
}

/// What becomes of the open tasks of an AI that leaves the desk.
pub(super) fn orphaned(talk: &Talk<'_>, ai: TeammateId) -> impl Iterator<Item = Event> {
    talk.it.card.tasks.iter().filter(move |given| given.is_open() && given.to == ai && given.kind != Kind::Handle).map(
        |given| {
            let ending = Ending::Failed { why: "the AI left the desk".to_owned() };
            Event::TaskEnded { task: given.task, ending: Box::new(ending) }
        },
    )
}

/// What the clock does: a task whose time is up comes back, and a talk that was handled goes to a person.
pub(super) fn tick(talk: &Talk<'_>, at: Timestamp) -> Vec<Event> {
    let Some((given, why)) = talk.it.card.tasks.iter().find_map(|given| Some((given, due(talk, given, at)?))) else {
        return Vec::new();
    };
    if given.kind == Kind::Handle {
        let summary = format!("the task comes back, {why}: {}", given.goal);
        return talk.escalate(Reason::ReturnCondition, Cause::Escalated, summary, &why);
    }
    let ending = match given.state {
        State::Runs { .. } => Ending::Failed { why },
        _ => Ending::Back { why, work: None },
    };
    vec![Event::TaskEnded { task: given.task, ending: Box::new(ending) }]
}

fn due(talk: &Talk<'_>, given: &Given, at: Timestamp) -> Option<String> {
    if !given.is_open() {
        return None;
    }
    if given.back_at.is_some_and(|back| back <= at) {
        return Some("its time is up".to_owned());
    }
    match given.state {
        State::Runs { since, .. } if given.kind != Kind::Handle && since.plus(TASK_TTL) <= at => {
            Some(format!("it took longer than {}", TASK_TTL.short()))
        }
        State::Runs { .. }
            if given.kind == Kind::Handle && talk.it.card.waiting_since.is_some_and(|since| since <= at) =>
        {
            given.spent()
        }
        _ => None,
    }
}
