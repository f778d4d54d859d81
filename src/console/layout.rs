//! Which parts of the floor are in sight at which size, and where.
//!
//! ```text
//! >= 110 columns   list │ talk │ inspector        80 .. 109   list │ talk      (i: talk │ inspector)
//! < 80 columns     one of them at a time          < 40 x 10   a sentence
//! ```
//! *Needs you* has the same parts, with the queue for the list and the card above the talk; between 80 and 109 columns it
//! shows the card alone. One line above (who, where, is it live), one below (what can be done), thin lines between; nothing else is chrome.
//! Deliberately not here: what stands in the parts.

use super::model::{InspectorWish, Layer, Model, Pane, Screen, wall::SIZES};
use ratatui::layout::{Rect, Size};

/// Below this many columns or rows there is nothing but a sentence.
pub const SMALLEST: Size = Size { width: 40, height: 10 };
/// From this many columns on list, talk and inspector stand side by side.
pub const THREE: u16 = 110;
/// From this many columns on list and talk do.
pub const TWO: u16 = 80;

/// No part is made narrower by hand.
const NARROWEST: u16 = 24;

/// Where the parts are. Each has a row of its own above it for its title, and one below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The line at the top.
    pub header: Rect,
    /// The line under it while the AI is stopped somewhere.
    pub banner: Option<Rect>,
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
    let banner = model.banner_rows();
    let inner = Rect { x: area.x + 1, y: area.y + 2 + banner, width: area.width - 2, height: area.height - 4 - banner };
    let mut areas = Areas {
        header: Rect { height: 1, ..area },
        banner: (banner > 0).then_some(Rect { y: area.y + 1, height: 1, ..area }),
        frame: Rect { y: area.y + 1 + banner, height: area.height - 2 - banner, ..area },
        hints: Rect { y: area.bottom() - 1, height: 1, ..area },
        ..Areas::default()
    };
    let part = |x: u16, width: u16| Some(Rect { x, width, ..inner });
    if area.width >= THREE {
        let split = model.split;
        let most = inner.width.saturating_sub(NARROWEST + 2) / 2;
        let by_hand = |wished: Option<u16>| wished.map(|width| width.clamp(NARROWEST, most.max(NARROWEST)));
        let list = by_hand(split.list).unwrap_or_else(|| share(inner.width, 36, 38, 62));
        let inspector = if model.inspector == InspectorWish::Hidden {
            0
        } else {
            by_hand(split.inspector).unwrap_or_else(|| share(inner.width, 22, 26, 44))
        };
        let talk = inner.width - list - 1 - inspector - u16::from(inspector > 0);
        areas.list = part(inner.x, list);
        areas.talk = part(inner.x + list + 1, talk);
        if inspector > 0 {
            areas.inspector = part(inner.right() - inspector, inspector);
        }
    } else if area.width >= TWO {
        if wished {
            let most = inner.width.saturating_sub(NARROWEST + 1).max(NARROWEST);
            let by_hand = model.split.inspector.map(|width| width.clamp(NARROWEST, most));
            let inspector = by_hand.unwrap_or_else(|| share(inner.width, 38, 30, 44));
            areas.talk = part(inner.x, inner.width - inspector - 1);
            areas.inspector = part(inner.right() - inspector, inspector);
        } else if model.screen == Screen::NeedsYou {
            areas.talk = part(inner.x, inner.width);
        } else {
            let most = inner.width.saturating_sub(NARROWEST + 1).max(NARROWEST);
            let by_hand = model.split.list.map(|width| width.clamp(NARROWEST, most));
            let list = by_hand.unwrap_or_else(|| share(inner.width, 48, 38, 46));
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

/// What is within a frame.
#[must_use]
pub fn within(frame: Rect) -> Rect {
    Rect {
        x: frame.x + 1,
        y: frame.y + 1,
        width: frame.width.saturating_sub(2),
        height: frame.height.saturating_sub(2),
    }
}

/// The smallest tile of the wall: enough for a name, the holder and some lines.
const TILE: Size = Size { width: 34, height: 5 };

/// In how many columns so many tiles of the wall stand in a terminal of this size.
#[must_use]
pub fn columns(size: (u16, u16), tiles: usize) -> u16 {
    let fit = (size.0.saturating_sub(1) / (TILE.width + 1)).max(1);
    let wanted = match tiles {
        0..=1 => 1,
        2..=4 => 2,
        _ => 3,
    };
    wanted.min(fit)
}

/// How many tiles of the wall fit, at most so many: one of the sizes that can be asked for, or one alone.
#[must_use]
pub fn tiles_that_fit(size: (u16, u16), wanted: usize) -> usize {
    let height = size.1.saturating_sub(4);
    let fits = |tiles: usize| {
        let rows = u16::try_from(tiles).unwrap_or(u16::MAX).div_ceil(columns(size, tiles));
        (height + 1) / rows.max(1) > TILE.height
    };
    SIZES.into_iter().rev().find(|tiles| *tiles <= wanted && fits(*tiles)).unwrap_or(1)
}

/// Where the tiles of the wall are within its frame. Each has a row of its own above it for its title.
#[must_use]
pub fn tiles(inner: Rect, size: (u16, u16), count: usize) -> Vec<Rect> {
    let columns = columns(size, count);
    let rows = u16::try_from(count).unwrap_or(u16::MAX).div_ceil(columns).max(1);
    // Where tile `at` of `of` begins; the line before the next one is not its own.
    let cut = |whole: u16, at: u16, of: u16| {
        u16::try_from(u32::from(whole + 1) * u32::from(at) / u32::from(of)).unwrap_or(whole)
    };
    let place = |at: usize| {
        let at = u16::try_from(at).unwrap_or(0);
        let (column, row) = (at % columns, at / columns);
        let (x, y) = (cut(inner.width, column, columns), cut(inner.height, row, rows));
        // The last tile has what is left of its row.
        let last = usize::from(at) + 1 == count;
        let right = if last { inner.width + 1 } else { cut(inner.width, column + 1, columns) };
        let (width, height) = (right - x - 1, cut(inner.height, row + 1, rows) - y - 1);
        Rect { x: inner.x + x, y: inner.y + y, width, height }
    };
    (0..count).map(place).collect()
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
    fn the_tiles_of_the_wall_lie_beside_each_other_and_never_outside() {
        assert_eq!(SIZES.map(|size| tiles_that_fit((80, 24), size)), [2, 4, 6, 6]);
        assert_eq!(SIZES.map(|size| tiles_that_fit((60, 20), size)), [2, 2, 2, 2]);
        assert_eq!(SIZES.map(|size| tiles_that_fit((120, 36), size)), [2, 4, 6, 9]);
        for size in [(40, 10), (60, 20), (80, 24), (120, 36), (200, 50)] {
            let frame = Rect::new(0, 1, size.0, size.1 - 2);
            let inner = within(frame);
            for wanted in 1..=9 {
                let places = tiles(inner, size, wanted.min(tiles_that_fit(size, 9)));
                for (at, place) in places.iter().enumerate() {
                    assert_eq!(inner.intersection(*place), *place, "{size:?} {places:?}");
                    assert!(place.width >= 20 && place.height >= 5, "{size:?} {places:?}");
                    let with_title = Rect { y: place.y - 1, height: place.height + 1, ..*place };
                    assert!(places.iter().skip(at + 1).all(|other| !with_title.intersects(*other)));
                }
            }
        }
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
