//! Which parts of the floor are in sight at which size, and where.
//!
//! ```text
//! >= 110 columns   list │ talk │ inspector        80 .. 109   list │ talk      (i: talk │ inspector)
//! < 80 columns     one of them at a time          < 40 x 10   a sentence
//! ```
//! *Needs you* has the same parts, with the queue for the list and the card above the talk; between 80 and 109 columns it
//! shows the card alone. One line above (who, where, is it live), one below (what can be done), thin lines between; nothing else is chrome.
//! Deliberately not here: what stands in the parts.

use super::model::{InspectorWish, Layer, Model, Pane, Screen};
use ratatui::layout::{Rect, Size};

/// Below this many columns or rows there is nothing but a sentence.
pub const SMALLEST: Size = Size { width: 40, height: 10 };
/// From this many columns on list, talk and inspector stand side by side.
pub const THREE: u16 = 110;
/// From this many columns on list and talk do.
pub const TWO: u16 = 80;

/// Where the parts are. Each has a row of its own above it for its title, and one below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The line at the top.
    pub header: Rect,
    /// All between the lines, frames included.
    pub frame: Rect,
    /// The conversations, without frame.
    pub list: Option<Rect>,
    /// The talk, without frame, composer included.
    pub talk: Option<Rect>,
    /// The inspector, without frame.
    pub inspector: Option<Rect>,
    /// The line at the bottom.
    pub hints: Rect,
}

/// Where the parts are in `area`; none if it is too small.
#[must_use]
pub fn areas(area: Rect, model: &Model) -> Option<Areas> {
    if area.width < SMALLEST.width || area.height < SMALLEST.height {
        return None;
    }
    let composing = matches!(model.layer, Layer::Compose(_));
    // One writes in the talk: it must be in sight.
    let pane = if composing { Pane::Talk } else { model.pane };
    let wished = model.inspector == InspectorWish::Shown || pane == Pane::Inspector;
    let inner = Rect { x: area.x + 1, y: area.y + 2, width: area.width - 2, height: area.height - 4 };
    let mut areas = Areas {
        header: Rect { height: 1, ..area },
        frame: Rect { y: area.y + 1, height: area.height - 2, ..area },
        hints: Rect { y: area.bottom() - 1, height: 1, ..area },
        ..Areas::default()
    };
    let part = |x: u16, width: u16| Some(Rect { x, width, ..inner });
    if area.width >= THREE {
        let list = share(inner.width, 36, 38, 62);
        let inspector = if model.inspector == InspectorWish::Hidden { 0 } else { share(inner.width, 22, 26, 44) };
        let talk = inner.width - list - 1 - inspector - u16::from(inspector > 0);
        areas.list = part(inner.x, list);
        areas.talk = part(inner.x + list + 1, talk);
        if inspector > 0 {
            areas.inspector = part(inner.right() - inspector, inspector);
        }
    } else if area.width >= TWO {
        if wished {
            let inspector = share(inner.width, 38, 30, 44);
            areas.talk = part(inner.x, inner.width - inspector - 1);
            areas.inspector = part(inner.right() - inspector, inspector);
        } else if model.screen == Screen::NeedsYou {
            areas.talk = part(inner.x, inner.width);
        } else {
            let list = share(inner.width, 48, 38, 46);
            areas.list = part(inner.x, list);
            areas.talk = part(inner.x + list + 1, inner.width - list - 1);
        }
    } else {
        match pane {
            _ if wished && !composing => areas.inspector = part(inner.x, inner.width),
            Pane::List if model.screen == Screen::Floor => areas.list = part(inner.x, inner.width),
            _ => areas.talk = part(inner.x, inner.width),
        }
    }
    Some(areas)
}

/// So many hundredths, within bounds.
fn share(whole: u16, hundredths: u16, least: u16, most: u16) -> u16 {
    u16::try_from(u32::from(whole) * u32::from(hundredths) / 100).unwrap_or(whole).clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::keymap::Keymap;
    use std::sync::Arc;

    fn parts(width: u16, height: u16, change: impl FnOnce(&mut Model)) -> Option<(bool, bool, bool)> {
        let mut model = Model::new((width, height), Arc::new(Keymap::built_in()));
        change(&mut model);
        let area = Rect::new(0, 0, width, height);
        let areas = areas(area, &model)?;
        for part in [areas.list, areas.talk, areas.inspector].into_iter().flatten() {
            assert!(part.width >= 20 && part.height >= 6 && area.intersection(part) == part, "{areas:?}");
        }
        Some((areas.list.is_some(), areas.talk.is_some(), areas.inspector.is_some()))
    }

    #[test]
    fn the_parts_in_sight_follow_from_the_size() {
        assert_eq!(parts(200, 50, |_| ()), Some((true, true, true)));
        assert_eq!(parts(110, 30, |_| ()), Some((true, true, true)));
        assert_eq!(parts(110, 30, |m| m.inspector = InspectorWish::Hidden), Some((true, true, false)));
        assert_eq!(parts(109, 30, |_| ()), Some((true, true, false)));
        assert_eq!(parts(80, 24, |m| m.inspector = InspectorWish::Shown), Some((false, true, true)));
        assert_eq!(parts(79, 24, |_| ()), Some((true, false, false)));
        assert_eq!(parts(60, 20, |m| m.pane = Pane::Talk), Some((false, true, false)));
        assert_eq!(parts(60, 20, |m| m.inspector = InspectorWish::Shown), Some((false, false, true)));
        assert_eq!(parts(40, 10, |_| ()), Some((true, false, false)));
        let needs = |m: &mut Model| m.screen = Screen::NeedsYou;
        assert_eq!(parts(110, 30, needs), Some((true, true, true)));
        assert_eq!(parts(80, 24, needs), Some((false, true, false)));
        assert_eq!(parts(60, 20, needs), Some((false, true, false)));
        assert_eq!(parts(39, 10, |_| ()), None);
        assert_eq!(parts(40, 9, |_| ()), None);
    }
}
