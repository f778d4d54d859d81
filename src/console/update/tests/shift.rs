//! The end of a shift: the sheet, and returning all that one holds as one act that can be undone.

use super::stage::{ARIA, LENA, MIRA, Stage, WEB};
use crate::console::{
    effect::Effect,
    model::{Deed, Layer},
    msg::What,
};
use crate::domain::{
    card::Status, command::Command, holder::Holder, ids::ConversationId, mode::Mode, teammate::Actor, time::Span,
};
use crate::protocol::{Present, ToPeer};

/// Three that mira holds: one that was promised something, one where the AI must not answer, one that sleeps.
fn three() -> (Stage, [ConversationId; 3]) {
    let mut stage = Stage::new();
    let them = ["Jana", "Omar", "Priya"].map(|name| stage.customer(name, "where is it?"));
    let mira = Actor::Teammate(MIRA);
    for id in them {
        let term = stage.term(id);
        stage.does(mira, &Command::TakeOver { conversation: id, term, reason: None }).unwrap();
    }
    let text = "I looked. I will call you by noon.".to_owned();
    let reply = Command::Reply { conversation: them[0], term: stage.term(them[0]), text };
    stage.does(mira, &reply).unwrap();
    stage.does(mira, &Command::SetMode { conversation: them[1], mode: Some(Mode::Off) }).unwrap();
    let until = Some(stage.at.plus(Span::hours(3)));
    stage.does(mira, &Command::Snooze { conversation: them[2], until }).unwrap();
    stage.rest();
    (stage, them)
}

fn holder(stage: &Stage, id: ConversationId) -> Holder {
    stage.desk.conversation(id).unwrap().card.holder
}

fn lines(stage: &Stage) -> Vec<String> {
    match &stage.model.layer {
        Layer::Sheet(sheet) => sheet.lines.iter().map(ToString::to_string).collect(),
        other => panic!("no sheet but {other:?}"),
    }
}

#[test]
fn the_sheet_is_shown_and_written_and_esc_puts_it_away() {
    let (mut stage, _) = three();
    stage.keys(":handover<enter>");
    let said = lines(&stage);
    for line in [
        "# Handover: Acme",
        "## Holding (2)",
        "## Promised (1)",
        "- #1 Jana: I will call you by noon.",
        "## Snoozed (1)",
    ] {
        assert!(said.iter().any(|one| one == line), "{line}: {said:#?}");
    }
    let kept = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::KeepSheet(name, text) => Some((name.clone(), text.clone())),
        _ => None,
    });
    let (name, text) = kept.unwrap();
    assert_eq!((name.as_str(), text.lines().count()), ("handover-2026-11-22-1330.md", said.len()));
    stage.hear(What::SheetKept(Ok("/x/handover.md".into())));
    assert_eq!(stage.notice(), "the sheet is in /x/handover.md");
    stage.keys("jG<esc>");
    assert_eq!(stage.model.layer, Layer::None);
    stage.hear(What::SheetKept(Err("/x: full".into())));
    assert_eq!(stage.notice(), "the sheet cannot be written: /x: full");
    stage.keys(":handover soon<enter>");
    assert!(stage.notice().contains("soon"), "{}", stage.notice());
}

#[test]
fn a_sweep_returns_each_with_its_brief_as_one_job_and_one_key_undoes_it() {
    let (mut stage, [jana, omar, priya]) = three();
    stage.keys(":sweep<enter>");
    assert!(matches!(&stage.model.layer, Layer::Pick(picker) if picker.title == "where do the 3 you hold go?"));
    stage.keys("a");
    assert!(matches!(&stage.model.layer, Layer::Job(_)), "{:?}", stage.model.layer);
    let job = stage.model.many.job.clone().unwrap();
    let Deed::Sweep(going) = &job.deed else { panic!("{:?}", job.deed) };
    assert_eq!(going[&jana].brief.promised, "I will call you by noon.");
    assert_eq!([jana, omar, priya].map(|id| going[&id].to), [Holder::Ai(ARIA), Holder::Queue, Holder::Queue]);
    assert_eq!(stage.asks().iter().filter(|asked| matches!(asked, Command::HandBack { .. })).count(), 0);
    stage.keys("3<enter>");
    assert_eq!(stage.notice(), "return what is yours: 3 of 3 done; u undoes it");
    assert_eq!([jana, omar, priya].map(|id| holder(&stage, id)), [Holder::Ai(ARIA), Holder::Queue, Holder::Queue]);
    // What sleeps sleeps on, and those in the queue have their brief as a note.
    assert!(matches!(stage.desk.conversation(priya).unwrap().card.status, Status::Snoozed { .. }));
    let notes: Vec<String> = stage
        .asks()
        .into_iter()
        .filter_map(|asked| match asked {
            Command::Note { text, .. } => Some(text),
            _ => None,
        })
        .collect();
    assert_eq!(notes.len(), 2);
    assert!(notes[0].starts_with("left at the end of a shift\n"), "{notes:?}");
    stage.keys("u");
    assert_eq!([jana, omar, priya].map(|id| holder(&stage, id)), [Holder::Human(MIRA); 3]);
    assert_eq!(stage.notice(), "undo: sweep: 3 of 3 done");
}

#[test]
fn a_sweep_to_the_queue_leaves_nothing_and_says_so_where_there_is_nothing() {
    let (mut stage, them) = three();
    // Somebody was faster with one of them after the preview.
    stage.keys(":sweep queue<enter>");
    let term = stage.term(them[0]);
    stage.up = false;
    let assign = Command::Assign { conversation: them[0], term, to: Holder::Human(LENA) };
    stage.does(Actor::Teammate(MIRA), &assign).unwrap();
    stage.up = true;
    stage.keys("3<enter>");
    assert!(stage.notice().starts_with("return what is yours: 2 of 3 done; 1 failed"), "{}", stage.notice());
    assert_eq!(holder(&stage, them[0]), Holder::Human(LENA));
    let mut stage = Stage::new();
    stage.keys(":sweep<enter>");
    assert_eq!(stage.notice(), "you hold nothing");
    stage.keys(":sweep home<enter>");
    assert_eq!(stage.notice(), "you hold nothing");
}

#[test]
fn a_line_that_is_lost_while_reading_is_told() {
    let (mut stage, _) = three();
    stage.up = false;
    stage.keys(":handover<enter>");
    assert!(stage.model.shift.is_some());
    stage.cut();
    assert!(stage.model.shift.is_none());
    assert!(stage.notice().contains("the line was lost"), "{}", stage.notice());
    stage.keys(":sweep ai<enter>");
    assert!(stage.notice().contains("no line"), "{}", stage.notice());
}

#[test]
fn who_else_is_here_are_people_each_once() {
    let mut stage = Stage::new();
    let present = [MIRA, LENA, WEB, LENA].map(|teammate| Present { teammate, watching: Vec::new() }).to_vec();
    stage.tell(ToPeer::Presence { present });
    assert_eq!(stage.model.colleagues(), ["lena"]);
}
