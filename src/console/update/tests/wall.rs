//! The wall: what its tiles show, that they keep their places, and that every rung works on the one that has the keys.

use super::stage::{MIRA, Stage};
use crate::console::{
    effect::Effect,
    model::{InspectorWish, Screen},
};
use crate::domain::{command::Command, holder::Holder, ids::ConversationId, teammate::Actor, time::Span};
use crate::protocol::ToPeer;
use std::collections::BTreeSet;

/// Six conversations, and the wall.
fn six() -> (Stage, Vec<ConversationId>) {
    let mut stage = Stage::new();
    let all: Vec<_> = (0..6).map(|n| stage.customer(&format!("Customer {n}"), "hello")).collect();
    stage.rest();
    stage.keys("|");
    (stage, all)
}

fn tiles(stage: &Stage) -> Vec<u64> {
    stage.model.wall.tiles.iter().map(|id| id.0).collect()
}

/// What is watched after all effects.
fn watched(stage: &Stage) -> BTreeSet<u64> {
    let mut watched = BTreeSet::new();
    for effect in &stage.effects {
        match effect {
            Effect::Watch(id, _) => {
                watched.insert(id.0);
            }
            Effect::Unwatch(id) => {
                watched.remove(&id.0);
            }
            _ => {}
        }
    }
    watched
}

#[test]
fn all_tiles_are_watched_and_leaving_the_wall_watches_the_open_talk_alone() {
    let (mut stage, _) = six();
    assert_eq!((stage.model.screen, tiles(&stage)), (Screen::Wall, vec![1, 2, 3, 4]));
    assert_eq!(watched(&stage), BTreeSet::from([1, 2, 3, 4]));
    stage.keys(">");
    assert_eq!(watched(&stage), BTreeSet::from([1, 2, 3, 4, 5, 6]));
    stage.keys("<<");
    assert_eq!(tiles(&stage).len(), 2);
    stage.keys("l");
    let focused = stage.model.selected().unwrap();
    assert_eq!(stage.model.talk.as_ref().map(|talk| talk.conversation), Some(focused));
    stage.keys("<enter>");
    assert_eq!((stage.model.screen, stage.model.selected()), (Screen::Floor, Some(focused)));
    assert_eq!((watched(&stage), stage.model.beside.len()), (BTreeSet::from([focused.0]), 0));
    stage.keys("||");
    assert_eq!(stage.model.screen, Screen::Floor);
}

#[test]
fn answers_grow_in_every_tile() {
    let (mut stage, all) = six();
    let turn = stage.begins(all[2]);
    stage.tell(ToPeer::DraftGrew { conversation: all[2], turn, offset: 0, text: "It is".into() });
    let grown = |stage: &Stage, id| {
        let talk = stage.model.talk.iter().chain(&stage.model.beside).find(|talk| talk.conversation == id);
        talk.and_then(|talk| talk.growing.as_ref()).map(|growing| growing.text.clone())
    };
    assert_eq!(grown(&stage, all[2]).as_deref(), Some("It is"));
    // The keys go there, and it is still there.
    stage.keys("j");
    assert_eq!((stage.model.selected(), grown(&stage, all[2]).as_deref()), (Some(all[2]), Some("It is")));
}

#[test]
fn the_ladder_works_on_the_tile_that_has_the_keys() {
    let (mut stage, all) = six();
    stage.keys("l");
    stage.keys("t");
    assert_eq!(stage.model.card(all[1]).map(|card| card.holder), Some(Holder::Human(MIRA)));
    stage.keys("r");
    stage.keys("hello<enter>");
    assert!(matches!(stage.last_ask(), Command::Reply { conversation, .. } if conversation == all[1]));
    assert_eq!((stage.model.screen, tiles(&stage)), (Screen::Wall, vec![1, 2, 3, 4]));
    stage.keys("i");
    assert_eq!((stage.model.screen, stage.model.inspector), (Screen::Floor, InspectorWish::Shown));
}

#[test]
fn a_tile_keeps_its_place_until_nobody_acts_and_another_needs_it_clearly_more() {
    let (mut stage, all) = six();
    stage.says(all[5], "A person, please! I want my money back.");
    assert_eq!(tiles(&stage), [1, 2, 3, 4]);
    stage.pass(Span::seconds(16));
    assert!(tiles(&stage).contains(&6) && tiles(&stage)[0] == 1, "{:?}", tiles(&stage));
    // What is settled leaves its tile, but for the one that has the keys.
    let gone = all[1];
    stage.does(Actor::Teammate(MIRA), &Command::Resolve { conversation: gone }).unwrap();
    stage.does(Actor::Teammate(MIRA), &Command::Resolve { conversation: all[0] }).unwrap();
    assert!(!tiles(&stage).contains(&2) && tiles(&stage)[0] == 1, "{:?}", tiles(&stage));
}

#[test]
fn what_is_pinned_stays_and_comes_first() {
    let (mut stage, _) = six();
    stage.keys("|G");
    stage.keys("P|");
    assert!(tiles(&stage).contains(&6), "{:?}", tiles(&stage));
    assert_eq!(stage.model.wall.pinned, vec![ConversationId(6)]);
    stage.keys("|P");
    assert_eq!(stage.model.wall.pinned, vec![]);
}
