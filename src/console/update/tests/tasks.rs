//! Tasks from the console: a form, a word, many at once; the result on a card of its own; help for whoever takes over.

use super::stage::{ARIA, MIRA, Stage};
use crate::console::model::{AiRow, Asks, Layer, Screen};
use crate::domain::{
    command::Command,
    holder::Holder,
    ids::{ConversationId, EntryNo},
    task::{How, Kind, Report, State, Task, Work},
    teammate::Actor,
    turn::{Answer, Grounding, Trace},
};

fn given(stage: &Stage) -> Task {
    match stage.last_ask() {
        Command::GiveTask { task, .. } => *task,
        other => panic!("{other:?}"),
    }
}

/// Aria does the open task and reports this text.
fn reports(stage: &mut Stage, conversation: ConversationId, text: &str) {
    let card = &stage.desk.conversation(conversation).unwrap().card;
    let task = card.tasks.iter().find(|it| it.state == State::Waits).unwrap().task;
    let aria = Actor::Teammate(ARIA);
    stage.does(aria, &Command::BeginTask { conversation, task }).unwrap();
    let answer =
        Box::new(Answer { text: text.into(), sources: Vec::new(), grounding: Grounding(900), trace: Trace::default() });
    let work = Box::new(Work { answer, summary: "Wants the parcel.".into(), questions: vec!["where is it?".into()] });
    stage.does(aria, &Command::ReportTask { conversation, task, report: Report::Done { work } }).unwrap();
}

#[test]
fn a_form_gives_a_task_and_a_mistake_in_it_is_told_beside_it() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("T");
    let Layer::Compose(composer) = &stage.model.layer else { panic!() };
    // Where the AI answers, that it goes on so is likely wanted.
    assert!(composer.editor.text().starts_with("kind: handle\ngoal: \n"), "{}", composer.editor.text());
    stage.keys("<enter>");
    let Layer::Compose(composer) = &stage.model.layer else { panic!() };
    assert_eq!(composer.warning.as_deref(), Some("goal: say what is to be reached"));
    stage.keys("<esc>:task collect order number, address<enter>");
    let task = given(&stage);
    assert_eq!((task.kind, task.goal.as_str()), (Kind::Collect, "order number, address"));
    assert!(stage.notice().contains("the result comes back to you"), "{}", stage.notice());
    let card = &stage.desk.conversation(jana).unwrap().card;
    assert_eq!((card.tasks.len(), card.holder), (1, Holder::Ai(ARIA)));
    stage.keys(":task dance<enter>");
    assert!(stage.notice().contains("`dance` is not a task"), "{}", stage.notice());
}

#[test]
fn whoever_takes_over_is_given_a_suggestion_to_start_from_and_the_result_is_a_card_of_its_own() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("t");
    assert_eq!(given(&stage), Task::of(Kind::Draft, "suggest a reply to what is open"));
    assert!(stage.notice().starts_with(&format!("you hold #{jana}")), "{}", stage.notice());
    reports(&mut stage, jana, "It comes tomorrow [1].");
    assert_eq!(stage.model.need(jana).map(|need| need.asks), Some(Asks::Task(How::Done)));
    stage.keys("e");
    let Layer::Compose(composer) = &stage.model.layer else { panic!() };
    assert_eq!(composer.editor.text(), "It comes tomorrow.");
    stage.keys("<esc>2");
    stage.pass(crate::domain::time::Span::seconds(1));
    stage.keys("y");
    assert_eq!(stage.last_ask(), Command::SeeTask { conversation: jana, task: EntryNo(4) });
    // It stays one's own talk, and its customer still waits.
    assert_eq!(stage.model.need(jana).map(|need| need.asks), Some(Asks::YourTurn));
}

#[test]
fn one_task_is_given_in_all_that_are_marked_after_the_count_is_typed() {
    let mut stage = Stage::new();
    let ids: Vec<_> = (0..3).map(|n| stage.customer(&format!("Guest {n}"), "where is my refund?")).collect();
    stage.rest();
    stage.keys("VT");
    let Layer::Compose(composer) = &mut stage.model.layer else { panic!() };
    assert!(composer.many);
    composer.editor.replace("kind: summarise\ngoal: sum up");
    stage.keys("<enter>");
    assert!(matches!(stage.model.layer, Layer::Job(_)), "{:?}", stage.model.layer);
    stage.keys("3<enter>");
    for id in ids {
        let tasks = &stage.desk.conversation(id).unwrap().card.tasks;
        assert_eq!(tasks.iter().map(|it| (it.kind, it.by)).collect::<Vec<_>>(), [(Kind::Summarise, MIRA)]);
    }
    // They stand on the AI screen, where one is cancelled.
    stage.keys("5G");
    let row = stage.model.ai_row();
    let Some(AiRow::Task(id, task)) = row else { panic!("{row:?}") };
    stage.keys("x");
    assert_eq!(stage.last_ask(), Command::CancelTask { conversation: id, task });
    // Who cancelled it has no result to look at: another one is under the cursor.
    let row = stage.model.ai_row();
    let Some(AiRow::Task(next, _)) = row.filter(|row| *row != AiRow::Task(id, task)) else { panic!("{id}") };
    stage.keys("<enter>");
    assert_eq!((stage.model.screen, stage.model.selected()), (Screen::Floor, Some(next)));
}

#[test]
fn the_cursor_on_the_ai_screen_stays_on_its_task_while_others_come_and_go() {
    let mut stage = Stage::new();
    let ids: Vec<_> = (0..3).map(|n| stage.customer(&format!("Guest {n}"), "where is my refund?")).collect();
    stage.rest();
    let mira = Actor::Teammate(MIRA);
    let give =
        |conversation| Command::GiveTask { conversation, to: None, task: Box::new(Task::of(Kind::Summarise, "s")) };
    for id in &ids {
        stage.does(mira, &give(*id)).unwrap();
    }
    stage.keys("5Gk");
    let row = stage.model.ai_row();
    let Some(AiRow::Task(id, task)) = row else { panic!("{row:?}") };
    assert_eq!(id, ids[1]);
    let above = stage.desk.conversation(ids[0]).unwrap().card.tasks[0].task;
    stage.does(mira, &Command::CancelTask { conversation: ids[0], task: above }).unwrap();
    assert_eq!(stage.model.ai_row(), Some(AiRow::Task(id, task)), "and x cancels what is read under the cursor");
}

#[test]
fn the_form_fills_in_what_goes_without_saying() {
    let (mut stage, _) = Stage::with_jana();
    stage.keys("T");
    let Layer::Compose(composer) = &mut stage.model.layer else { panic!() };
    composer.editor.replace("kind: summarise\ngoal:");
    stage.keys("<enter>");
    assert_eq!(given(&stage), Task::of(Kind::Summarise, "sum up the talk"));
}

#[test]
fn whoever_takes_over_a_talk_in_which_nobody_waits_is_given_a_summary() {
    let (mut stage, jana) = Stage::with_jana();
    stage.answers(jana, "It is on its way.", 900);
    stage.keys("t");
    assert_eq!(given(&stage), Task::of(Kind::Summarise, "sum up the talk"));
}
