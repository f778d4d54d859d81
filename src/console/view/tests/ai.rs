//! The AI screen at every size: modes with their evidence, tasks, and guidance with what a trial of it showed.

use super::*;

#[test]
fn the_ai_screen_is_drawn_at_every_size() {
    for (width, height) in [(60, 20), (80, 24), (120, 36)] {
        let mut model = fixture::ai(width, height);
        snapshot(&format!("ai_{width}x{height}"), &model, &mut Look::default());
        model.ai.cursor = 5;
        if height > 30 {
            model.ai.cursor = 9;
        }
        snapshot(&format!("ai_down_{width}x{height}"), &model, &mut Look::default());
    }
    let mut model = fixture::ai(80, 24);
    (model.health[0].sent, model.health[0].failed) = (15, 20);
    snapshot("ai_trouble_80x24", &model, &mut Look::default());
    // What all used today stands below, with the ceilings that it has, and in the header from 80 hundredths on.
    let spent = Spent { tokens: 56_347, cost_micros: 420_000, calls: 59, ms: 540_000 };
    let ceilings = Ceiling { calls: Some(70), tokens: Some(1_000_000), ..Ceiling::default() };
    let today = Today { day: model.now.0.div_euclid(86_400_000), all: spent, ..Today::default() };
    model.usage = today.usage(&Ceilings { day: ceilings, ..Ceilings::default() }, model.now);
    snapshot("ai_ceilings_80x24", &model, &mut Look::default());
    let mut model = fixture::ai(120, 36);
    let mut look = Look::default();
    model.ai.cursor = 3;
    let shown = roles(&drawn(&model, &mut look), &look.theme);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("ai_roles_120x36", shown);
    });
}

#[test]
fn guidance_is_drawn_at_every_size_listed_open_tried_and_written() {
    for (width, height) in [(60, 20), (80, 24), (160, 45)] {
        let mut model = fixture::guidance(width, height);
        let is_it = |row: &AiRow| matches!(row, AiRow::Guidance(GuidanceId(3)));
        model.ai.cursor = model.ai_rows().iter().position(is_it).unwrap();
        snapshot(&format!("guidance_{width}x{height}"), &model, &mut Look::default());
        let mut model = fixture::opened(width, height);
        snapshot(&format!("guidance_tried_{width}x{height}"), &model, &mut Look::default());
        if let Some(open) = &mut model.ai.guiding.open {
            open.cursor = 1;
        }
        snapshot(&format!("guidance_tried_other_{width}x{height}"), &model, &mut Look::default());
        if let Some(open) = &mut model.ai.guiding.open {
            (open.cursor, open.trial) = (1, None);
        }
        snapshot(&format!("guidance_used_{width}x{height}"), &model, &mut Look::default());
        let form = model.office.guidance[1].newest().unwrap().instruction.clone();
        let form = Form { which: Which::Of(GuidanceId(3)), instruction: form, from: None };
        let key = DraftKey { conversation: ConversationId(0), writing: Writing::Guidance(EntryNo(3)) };
        model.layer = Layer::Compose(Composer::new(key, Editor::many_lines(&form.write())));
        snapshot(&format!("guidance_written_{width}x{height}"), &model, &mut Look::default());
    }
}

#[test]
fn the_inspector_names_the_guidance_of_an_answer_and_says_where_there_was_none() {
    let mut model = fixture::talk(200, 80, 99);
    let shown = text(&drawn(&model, &mut Look::default()));
    assert!(shown.contains("It used none."), "{shown}");
    model.office.guidance = fixture::guidance(120, 40).office.guidance;
    let talk = model.talk.as_mut().unwrap();
    for entry in &mut talk.thread.entries {
        use crate::domain::{guidance::Named, thread::What};
        let (What::Answer { answer, .. } | What::Draft { answer, .. }) = &mut entry.what else { continue };
        answer.trace.guidance =
            [(1, 1), (3, 7), (9, 1)].map(|(id, version)| Named { guidance: GuidanceId(id), version }).to_vec();
    }
    let shown = text(&drawn(&model, &mut Look::default()));
    for line in ["1 v1 no dates", "3 v7 an earlier version", "9 v1 retired since"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
}

#[test]
fn the_inspector_tells_what_a_person_changed_of_what_the_ai_had_drafted() {
    use crate::domain::{
        event::{Event, Recorded},
        ids::{Seq, Term},
        teammate::Actor,
        turn::{Answer, Grounding, Trace},
    };
    let mut model = fixture::talk(200, 80, 99);
    let talk = model.talk.as_mut().unwrap();
    let said = "It comes on Friday. [1]".to_owned();
    let answer = Box::new(Answer { text: said, sources: vec![], grounding: Grounding(900), trace: Trace::default() });
    let shadow = Event::ShadowDrafted { turn: EntryNo(1), answer };
    for event in [shadow, Event::Replied { text: "It comes on Monday.".into(), term: Term(1) }] {
        let (conversation, n) = (Some(talk.conversation), talk.thread.n.next());
        let by = Actor::Teammate(TeammateId(3));
        talk.thread.apply(&Recorded { seq: Seq(999), at: fixture::NOW, by, conversation, n, event }).unwrap();
        talk.selected = Some(n);
    }
    let shown = text(&drawn(&model, &mut Look::default()));
    for words in ["changed by hand", "25 % of the words", "drafted  It comes on", "sent     It comes on", "Monday."] {
        assert!(shown.contains(words), "{words}:\n{shown}");
    }
    // Of an answer that nobody changed nothing of the kind is said.
    model.talk.as_mut().unwrap().selected = Some(EntryNo(4));
    assert!(!text(&drawn(&model, &mut Look::default())).contains("changed by hand"));
}
