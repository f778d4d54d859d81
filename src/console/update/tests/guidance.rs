//! Guidance at the console: from a fault with one key, kept while it is written, tried, published, retired.

use super::stage::{ARIA, LENA, MIRA, Stage};
use crate::console::{
    effect::Effect,
    model::{AiRow, DraftKey, Layer, Screen, Writing, guidance::Over},
};
use crate::domain::{
    annotation::{Judgement, Verdict},
    command::Command,
    guidance::{Guidance, GuidanceId, Instruction, State},
    ids::{ConversationId, EntryNo},
    teammate::Actor,
    turn::{Answer, Grounding, Outcome, Trace},
};
use crate::protocol::{
    ToPeer, ToServer,
    guidance::{Compared, Ended, PastTurn, Side, Trial},
};

/// Jana's talk, with an answer of Aria's; the number of that.
fn answered() -> (Stage, ConversationId, EntryNo) {
    let (mut stage, jana) = Stage::with_jana();
    let term = stage.desk.conversation(jana).unwrap().card.term;
    let begin = Command::BeginTurn { conversation: jana, term };
    let turn = stage.does(Actor::Teammate(ARIA), &begin).unwrap().n;
    let answer = Box::new(Answer {
        text: "It is with a neighbour.".into(),
        sources: Vec::new(),
        grounding: Grounding(900),
        trace: Trace::default(),
    });
    let outcome = Outcome::Answer { answer, settled: false };
    let said = stage.does(Actor::Teammate(ARIA), &Command::FinishTurn { conversation: jana, turn, term, outcome });
    (stage, jana, said.unwrap().n)
}

fn staged(stage: &mut Stage, title: &str) {
    let instruction = Box::new(Instruction { title: title.into(), then: "be brief".into(), ..Instruction::default() });
    stage.does(Actor::Teammate(MIRA), &Command::WriteGuidance { guidance: None, instruction, from: None }).unwrap();
    let office = Box::new(stage.desk.office.clone());
    stage.tell(ToPeer::Desk { office });
}

/// The AI screen, with the cursor on the newest piece.
fn on_the_piece(stage: &mut Stage) {
    stage.keys("5");
    let rows = stage.model.ai_rows();
    stage.model.ai.cursor = rows.iter().position(|row| matches!(row, AiRow::Guidance(_))).unwrap();
}

#[test]
fn one_key_makes_guidance_of_a_fault_and_the_form_is_kept_until_the_desk_has_it() {
    let (mut stage, jana, message) = answered();
    stage.keys("I");
    assert!(stage.notice().starts_with("guidance is made from a fault: judge this message bad first"));
    let judgement = Judgement {
        verdict: Verdict::Bad,
        failures: Vec::new(),
        corrected: Some("It is at the depot.".into()),
        note: None,
    };
    let annotate = Command::Annotate { conversation: jana, message, judgement };
    stage.does(Actor::Teammate(LENA), &annotate).unwrap();
    stage.keys("I");
    let key = DraftKey { conversation: jana, writing: Writing::Guidance(message) };
    let Layer::Compose(composer) = &stage.model.layer else { panic!("{:?}", stage.model.layer) };
    assert_eq!(composer.key, key);
    let form = composer.editor.text().to_owned();
    let from = format!("from: #{jana} {message}");
    for line in ["when: where is my parcel?", "then: say: It is at the depot.", from.as_str()] {
        assert!(form.contains(line), "{form}");
    }
    // Esc never discards: what was typed is there again.
    stage.keys("more<esc>");
    assert!(stage.model.drafts[&key].contains("more"));
    stage.keys("I");
    let Layer::Compose(composer) = &stage.model.layer else { panic!("{:?}", stage.model.layer) };
    assert!(composer.editor.text().contains("more"));
    stage.keys("<backspace><backspace><backspace><backspace><enter>");
    let Command::WriteGuidance { guidance: None, instruction, from: Some(from) } = stage.last_ask() else {
        panic!("{:?}", stage.last_ask())
    };
    assert_eq!((from.conversation, from.message), (jana, message));
    assert_eq!(
        (instruction.when.as_str(), instruction.then.as_str()),
        ("where is my parcel?", "say: It is at the depot.")
    );
    assert!(!stage.model.drafts.contains_key(&key));
    assert_eq!(stage.desk.office.guidance(GuidanceId(1)).map(Guidance::state), Some(State::Staged));
}

#[test]
fn a_form_that_cannot_be_read_stays_and_says_why() {
    let mut stage = Stage::new();
    stage.keys("5I");
    let Layer::Compose(composer) = &stage.model.layer else { panic!("{:?}", stage.model.layer) };
    assert_eq!(composer.key, DraftKey { conversation: ConversationId(0), writing: Writing::Guidance(EntryNo(0)) });
    stage.keys("<enter>");
    let Layer::Compose(composer) = &stage.model.layer else { panic!("{:?}", stage.model.layer) };
    assert_eq!(composer.warning.as_deref(), Some("then: say what the AI is to do, as in say: …"));
}

#[test]
fn a_trial_that_the_line_took_along_says_so_and_is_asked_for_anew() {
    let mut stage = Stage::new();
    staged(&mut stage, "short");
    on_the_piece(&mut stage);
    stage.keys("t");
    let over = |stage: &Stage| stage.model.ai.guiding.open.as_ref().and_then(|open| open.trial.clone()).unwrap().over;
    assert_eq!(over(&stage), None);
    stage.cut();
    assert!(matches!(over(&stage), Some(Over::Refused(why)) if why.contains("the line was cut")));
    stage.come_back();
    stage.keys("t");
    assert_eq!(over(&stage), None);
}

#[test]
fn a_piece_is_tried_published_and_with_the_same_key_twice_retired() {
    let mut stage = Stage::new();
    staged(&mut stage, "short");
    on_the_piece(&mut stage);
    stage.keys("t");
    let told = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Tell(frame) => match **frame {
            ToServer::Try { id, guidance: GuidanceId(1), talks: 5, ai: None } => Some(id),
            _ => None,
        },
        _ => None,
    });
    let id = told.expect("a trial was asked for");
    let side = |text: &str| Side {
        ended: Ended::Answer,
        text: text.into(),
        sources: Vec::new(),
        grounding: Grounding(900),
        guidance: Vec::new(),
        notes: Vec::new(),
    };
    let jana = stage.customer("Jana Novak", "where is my parcel?");
    let talk = Compared {
        turn: PastTurn { conversation: jana, n: EntryNo(4), at: stage.at },
        customer: "where is my parcel?".into(),
        was: "Here.".into(),
        before: side("Here."),
        after: side("There."),
    };
    stage.tell(ToPeer::Tried { id, trial: Trial::Talk { talk: Box::new(talk.clone()) } });
    // What another trial told is not this one's.
    stage.tell(ToPeer::Tried { id: id + 9, trial: Trial::Refused { why: "late".into() } });
    stage.tell(ToPeer::Tried { id, trial: Trial::Over { looked: 4, tokens: None } });
    let trial = stage.model.ai.guiding.open.as_ref().and_then(|open| open.trial.clone()).unwrap();
    assert_eq!((trial.talks.as_slice(), &trial.over), ([talk].as_slice(), &Some(Over::Done(4))));
    stage.keys("P");
    assert_eq!(stage.desk.office.guidance(GuidanceId(1)).map(Guidance::state), Some(State::Published));
    let asks = stage.asks().len();
    stage.keys("X");
    assert_eq!((stage.asks().len(), stage.notice()), (asks, "the same key again retires guidance 1 for good".into()));
    stage.keys("X");
    assert!(stage.desk.office.guidance.is_empty());
    // Enter goes to the talk of the trial; Esc comes back from the piece to the screen.
    stage.keys("<enter>");
    assert_eq!((stage.model.screen, stage.model.selected()), (Screen::Floor, Some(jana)));
}

#[test]
fn who_may_only_write_is_told_who_publishes() {
    let mut stage = Stage::new();
    staged(&mut stage, "short");
    stage.model.you = stage.desk.office.present(LENA).cloned();
    on_the_piece(&mut stage);
    let asks = stage.asks().len();
    stage.keys("P");
    assert_eq!(stage.notice(), "a lead publishes guidance");
    assert_eq!(stage.asks().len(), asks);
    stage.keys("<enter>e");
    let Layer::Compose(composer) = &stage.model.layer else { panic!("{:?}", stage.model.layer) };
    assert!(composer.editor.text().starts_with("guidance: 1\ntitle: short\n"));
}
