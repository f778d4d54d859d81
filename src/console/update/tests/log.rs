//! The log and the past: reading, narrowing, from an entry to its talk at that moment, stepping in time, finding words.

use super::stage::{MIRA, Stage};
use crate::console::{
    effect::Effect,
    model::{Layer, Screen, log::BEGUN},
};
use crate::domain::{filter::deed, ids::EntryNo, thread::What};
use crate::protocol::Query;

/// What the rows say was done, newest first.
fn deeds(stage: &Stage) -> Vec<&'static str> {
    stage.model.log.rows.iter().map(|row| deed(&row.event)).collect()
}

fn asked_filters(stage: &Stage) -> Vec<String> {
    let filter = |effect: &Effect| match effect {
        Effect::Query(_, Query::Log { filter, .. }) => Some(filter.clone()),
        _ => None,
    };
    stage.effects.iter().filter_map(filter).collect()
}

/// Jana asked twice, was answered once, and is held by mira.
fn story() -> Stage {
    let (mut stage, jana) = Stage::with_jana();
    stage.answers(jana, "It is with the carrier.", 900);
    stage.says(jana, "which carrier?");
    stage.keys("t");
    stage
}

#[test]
fn the_log_is_read_when_it_is_looked_at_first_without_the_machinery() {
    let mut stage = story();
    stage.keys("6");
    assert_eq!((stage.model.screen, asked_filters(&stage)), (Screen::Log, vec![BEGUN.to_owned()]));
    assert_eq!(deeds(&stage)[..5], ["task", "take", "ask", "answer", "ask"]);
    stage.keys("16");
    assert_eq!(asked_filters(&stage).len(), 1);
    // `.` reads it anew, and acts wait for the present.
    stage.keys(".R");
    assert_eq!(asked_filters(&stage).len(), 2);
    assert!(stage.notice().starts_with("this is the past"), "{}", stage.notice());
}

#[test]
fn a_filter_is_asked_of_the_server_with_enter_and_esc_takes_it_away() {
    let mut stage = story();
    stage.keys("6/");
    stage.keys("<ctrl-u>by:hu<tab> did:ta<tab>");
    assert!(
        matches!(&stage.model.layer, Layer::Filter(line) if line.input.text() == "by:human did:take"),
        "{:?}",
        stage.model.layer
    );
    assert_eq!(asked_filters(&stage).len(), 1);
    stage.keys("<enter>");
    assert_eq!((deeds(&stage), asked_filters(&stage).pop()), (vec!["take"], Some("by:human did:take".to_owned())));
    stage.keys("/<ctrl-u>holder:me<enter>");
    assert!(matches!(&stage.model.layer, Layer::Filter(line) if line.mistake.is_some()));
    // The line closes, the notice goes, the filter goes.
    stage.keys("<esc><esc><esc>");
    assert_eq!((stage.model.screen, stage.model.log.words.as_str()), (Screen::Log, BEGUN));
    stage.keys("<esc><esc>");
    assert_eq!(stage.model.screen, Screen::Floor);
}

#[test]
fn from_an_entry_to_its_talk_at_that_moment_and_on_through_time() {
    let mut stage = story();
    stage.keys("6jjj<enter>");
    let replay = stage.model.replay.as_ref().unwrap();
    let newest = |stage: &Stage| stage.model.replay.as_ref().unwrap().talk.thread.entries.back().cloned();
    assert!(matches!(newest(&stage).map(|entry| entry.what), Some(What::Answer { .. })));
    assert!(replay.events.len() > usize::try_from(replay.at.0).unwrap());
    stage.keys("[[");
    assert!(matches!(newest(&stage).map(|entry| entry.what), Some(What::Customer { .. })), "{:?}", newest(&stage));
    stage.keys("[[[");
    assert!(matches!(newest(&stage).map(|entry| entry.what), Some(What::Opened { .. })));
    assert_eq!(stage.notice(), "this is where it began");
    for _ in 0..9 {
        stage.keys("]");
    }
    assert!(matches!(newest(&stage).map(|entry| entry.what), Some(What::Task { .. })));
    assert!(stage.notice().starts_with("this is the newest"), "{}", stage.notice());
    stage.keys("<enter>");
    assert_eq!((stage.model.screen, stage.model.replay.is_none()), (Screen::Floor, true));
    assert!(stage.model.card(stage.model.selected().unwrap()).unwrap().holder.is_human(MIRA));
}

#[test]
fn a_bracket_on_the_floor_goes_back_in_the_open_talk_and_esc_comes_back() {
    let mut stage = story();
    let newest = stage.model.talk.as_ref().unwrap().thread.n;
    stage.keys("[");
    let replay = stage.model.replay.as_ref().unwrap();
    assert!(replay.at < newest && replay.at > EntryNo(0), "{:?}", replay.at);
    stage.keys("<esc><esc><esc>");
    assert_eq!((stage.model.screen, stage.model.replay.is_none()), (Screen::Floor, true));
}

#[test]
fn words_are_looked_for_in_all_that_was_said() {
    let mut stage = story();
    stage.keys("s");
    stage.keys("carrier<enter>");
    assert_eq!((stage.model.screen, deeds(&stage)), (Screen::Log, vec!["ask", "answer"]));
    stage.keys(":search \"the carrier\"<enter>");
    assert_eq!(deeds(&stage), ["answer"]);
    stage.keys(":search did:nothing<enter>");
    assert!(stage.notice().contains("`did:` does not know `nothing`"), "{}", stage.notice());
}

#[test]
fn older_entries_are_asked_for_as_the_cursor_nears_the_end() {
    let (mut stage, jana) = Stage::with_jana();
    for n in 0..300 {
        stage.says(jana, &format!("word {n}"));
    }
    stage.keys("6");
    assert_eq!(stage.model.log.rows.len(), 100);
    stage.keys("G");
    assert_eq!(stage.model.log.rows.len(), 200);
    stage.keys("GG");
    assert!(stage.model.log.rows.len() > 300);
    assert_eq!(stage.model.log.next, None);
    let all: Vec<_> = stage.model.log.rows.iter().map(|row| row.seq).collect();
    assert!(all.windows(2).all(|pair| pair[0] > pair[1]));
}
