//! Colours, clipboard and mouse: what concerns the seat alone, as stories.

use super::stage::Stage;
use crate::console::{
    effect::Effect,
    input::{Mouse, MouseAct},
    model::{Layer, Pane, Screen},
    msg::What,
};

fn themes(stage: &Stage) -> Vec<&str> {
    stage
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Theme(name) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

fn mouse(stage: &mut Stage, act: MouseAct, column: u16, row: u16) {
    stage.hear(What::Mouse(Mouse { act, column, row }));
}

#[test]
fn colours_are_seen_while_one_moves_and_esc_brings_the_old_ones_back() {
    let (mut stage, _) = Stage::with_jana();
    stage.model.theme = "dark".into();
    stage.keys(":theme<enter><down><down><esc>");
    assert_eq!(themes(&stage), ["light", "contrast", "dark"]);
    assert_eq!((stage.model.theme.as_str(), &stage.model.layer), ("dark", &Layer::None));
    stage.keys(":theme<enter><down><enter>");
    assert_eq!(stage.model.theme, "light");
    assert!(stage.notice().contains("theme = \"light\""), "{}", stage.notice());
    stage.keys(":theme gruvbx<enter>");
    assert!(stage.notice().contains("did you mean `gruvbox`?"), "{}", stage.notice());
}

#[test]
fn what_is_copied_is_what_is_seen() {
    let mut stage = Stage::new();
    stage.customer("Jana", "see \u{1b}]52;c;cm0gLXJm\u{7}here\u{202e}txt");
    stage.rest();
    stage.keys("Y");
    let Some(Effect::Copy(text)) = stage.effects.iter().rev().find(|effect| matches!(effect, Effect::Copy(_))) else {
        panic!("nothing was copied: {}", stage.notice())
    };
    assert!(text.contains("here") && !text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
}

#[test]
fn the_mouse_selects_turns_and_drags_and_does_nothing_else() {
    let mut stage = Stage::new();
    let ids: Vec<_> = (0..8).map(|n| stage.customer(&format!("Customer {n}"), "hello")).collect();
    stage.rest();
    stage.keys(":mouse<enter>");
    assert!(stage.effects.contains(&Effect::Mouse(true)));
    let asked = stage.asks().len();
    let third = stage.model.floor.row(2).map(|row| row.card.id);
    assert!(third.is_some_and(|id| ids.contains(&id)));
    mouse(&mut stage, MouseAct::Press, 5, 4);
    mouse(&mut stage, MouseAct::Release, 5, 4);
    assert_eq!(stage.model.selected(), third);
    assert_eq!(stage.model.talk.as_ref().map(|talk| talk.conversation), third);
    mouse(&mut stage, MouseAct::Press, 60, 10);
    assert_eq!(stage.model.pane, Pane::Talk);
    mouse(&mut stage, MouseAct::WheelUp, 60, 10);
    assert_eq!(stage.model.talk.as_ref().map(|talk| talk.scroll.by), Some(-3));
    // The edge of the list, eight columns to the right.
    let before = crate::console::layout::areas(ratatui::layout::Rect::new(0, 0, 120, 40), &stage.model).unwrap();
    let edge = before.list.unwrap().right();
    mouse(&mut stage, MouseAct::Press, edge, 10);
    mouse(&mut stage, MouseAct::Drag, edge + 3, 10);
    mouse(&mut stage, MouseAct::Release, edge + 3, 10);
    let after = crate::console::layout::areas(ratatui::layout::Rect::new(0, 0, 120, 40), &stage.model).unwrap();
    assert_eq!(after.list.unwrap().width, before.list.unwrap().width + 3);
    mouse(&mut stage, MouseAct::Drag, 0, 10);
    assert_eq!((stage.asks().len(), stage.model.screen), (asked, Screen::Floor));
}

#[test]
fn the_inspector_is_turned_as_far_as_it_goes() {
    let (mut stage, _) = Stage::with_jana();
    stage.keys("<tab><tab>");
    assert_eq!(stage.model.pane, Pane::Inspector);
    let measured = crate::console::model::Measured { inspector: true, inspector_over: 2, ..stage.model.measured };
    stage.hear(What::Measured(measured));
    stage.keys("jjj");
    assert_eq!(stage.model.inspector_top, 2);
    stage.keys("kkkkkk");
    assert_eq!(stage.model.inspector_top, 0);
}
