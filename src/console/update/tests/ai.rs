//! The AI screen: reading the evidence, and taking a step with one key, if one may.

use super::stage::{LENA, MIRA, Stage};
use crate::console::{
    effect::Effect,
    model::{AiRow, Screen},
};
use crate::domain::{
    command::Command,
    evidence::{Evidence, Subject},
    mode::Mode,
    teammate::{Actor, Role},
};
use crate::protocol::Query;

/// A desk where refunds are drafted, and drafts were good enough for a step.
fn stage() -> Stage {
    let mut stage = Stage::new();
    for (topic, mode) in [("refunds", Mode::Draft), ("wholesale", Mode::Shadow)] {
        let set =
            Command::SetDeskMode { topic: Some(topic.into()), channel: None, mode: Some(mode), why: String::new() };
        stage.does(Actor::Teammate(MIRA), &set).unwrap();
    }
    let office = Box::new(stage.desk.office.clone());
    stage.tell(crate::protocol::ToPeer::Desk { office });
    stage.evidence = vec![
        Evidence { approved: 40, reviewed: 12, good: 12, ..Evidence::of(Subject::Topic(Some("refunds".into()))) },
        Evidence { sent: 3, ..Evidence::of(Subject::Channel("web".into())) },
    ];
    stage
}

#[test]
fn the_screen_reads_the_evidence_and_one_key_takes_the_step_with_its_reason() {
    let mut stage = stage();
    stage.keys("5");
    assert_eq!(stage.model.screen, Screen::Ai);
    let refunds = AiRow::Subject(Subject::Topic(Some("refunds".into())));
    let rows = stage.model.ai_rows();
    assert_eq!(rows.len(), 5, "{rows:?}");
    stage.keys("jj");
    assert_eq!(stage.model.ai_row(), Some(refunds));
    stage.keys("y");
    let Command::SetDeskMode { topic, channel: None, mode: Some(Mode::Auto), why } = stage.last_ask() else {
        panic!("{:?}", stage.last_ask())
    };
    assert_eq!(topic.as_deref(), Some("refunds"));
    assert_eq!(why, "sent unedited 40 of 40, 100 % (91 to 100); judged good 12 of 12, 100 % (76 to 100)");
    assert_eq!(stage.desk.office.policy.topics["refunds"], Mode::Auto);
    assert!(stage.notice().starts_with("topic refunds: auto"), "{}", stage.notice());
    // No step is proposed where little is known, and the key says so.
    stage.keys("jy");
    assert_eq!(stage.notice(), "no step is proposed: only 0 compared yet; 20 tell enough");
}

#[test]
fn a_mode_is_chosen_for_the_row_under_the_cursor_and_freed_again() {
    let mut stage = stage();
    stage.keys("5jjmo");
    assert_eq!(stage.desk.office.policy.topics["refunds"], Mode::Off);
    stage.keys("Gmd");
    assert_eq!(stage.desk.office.policy.channels["web"], Mode::Draft);
    stage.keys("mi");
    assert!(stage.desk.office.policy.channels.is_empty());
    stage.keys("<enter>");
    assert_eq!((stage.model.screen, stage.model.floor.filter()), (Screen::Floor, Some("channel:web")));
}

#[test]
fn enter_on_an_ai_shows_what_it_holds_and_the_screen_asks_how_it_did() {
    let mut stage = stage();
    stage.keys("5");
    let asked = |effect: &Effect| matches!(effect, Effect::Query(_, Query::Health));
    assert!(stage.effects.iter().any(asked), "{:?}", stage.effects);
    let Some(AiRow::Mate(ai)) = stage.model.ai_row() else { panic!("{:?}", stage.model.ai_row()) };
    let name = stage.model.name_of(ai);
    stage.keys("<enter>");
    let filter = format!("holder:{name}");
    assert_eq!((stage.model.screen, stage.model.floor.filter()), (Screen::Floor, Some(&*filter)));
}

#[test]
fn who_may_not_set_modes_is_told_so_and_nothing_is_asked() {
    let mut stage = stage();
    stage.model.you = stage.desk.office.present(LENA).cloned();
    assert_eq!(stage.model.you.as_ref().map(|you| you.role), Some(Role::Agent));
    let asked = stage.asks().len();
    stage.keys("5jjy");
    assert_eq!(stage.notice(), "a lead sets how far the AI may go in a topic or on a channel");
    stage.keys("mt");
    assert_eq!(stage.asks().len(), asked);
    stage.keys("<esc><esc><esc>");
    assert_eq!(stage.model.screen, Screen::Floor);
}
