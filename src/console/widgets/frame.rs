//! Thin frames: around the parts of the floor, and boxes over them.

use super::ink::{Ink, Words};
use crate::console::theme::Role;
use ratatui::layout::Rect;

/// The frame around parts that stand side by side, parted at `between` (columns of the lines).
pub fn around(ink: &mut Ink<'_>, area: Rect, between: &[u16]) {
    let style = ink.style(Role::Border);
    let lines = ink.glyphs.lines;
    let (left, right) = (area.left(), area.right().saturating_sub(1));
    let (top, bottom) = (area.top(), area.bottom().saturating_sub(1));
    ink.fill(left + 1, top, right, lines.across, style);
    ink.fill(left + 1, bottom, right, lines.across, style);
    let [top_left, top_right, bottom_left, bottom_right] = lines.corners;
    for (x, y, corner) in
        [(left, top, top_left), (right, top, top_right), (left, bottom, bottom_left), (right, bottom, bottom_right)]
    {
        ink.put(x, y, x + 1, corner, style);
    }
    for y in top + 1..bottom {
        for x in [left, right].into_iter().chain(between.iter().copied()) {
            ink.put(x, y, x + 1, lines.down, style);
        }
    }
    let [from_above, from_below, ..] = lines.tees;
    for x in between {
        ink.put(*x, top, x + 1, from_above, style);
        ink.put(*x, bottom, x + 1, from_below, style);
    }
}

/// A title on a line: ` words `, from `x` on. The column after it.
pub fn title<'w>(ink: &mut Ink<'_>, x: u16, y: u16, right: u16, words: impl Into<Words<'w>>, role: Role) -> u16 {
    let style = ink.style(role);
    let x = ink.put(x, y, right, " ", style);
    let x = ink.put_cut(x, y, right.saturating_sub(1), words, style);
    ink.put(x, y, right, " ", style)
}

/// A box over what is there, of the size asked for or what there is of it: in the middle, a third from the top.
/// What is within its frame.
pub fn boxed<'w>(ink: &mut Ink<'_>, over: Rect, width: u16, height: u16, words: impl Into<Words<'w>>) -> Rect {
    let width = width.min(over.width);
    let height = height.min(over.height);
    let area = Rect { x: over.x + (over.width - width) / 2, y: over.y + (over.height - height) / 3, width, height };
    ink.clear(area, ink.style(Role::Text));
    around(ink, area, &[]);
    title(ink, area.x + 1, area.y, area.right().saturating_sub(1), words, Role::Focus);
    Rect { x: area.x + 2, y: area.y + 1, width: width.saturating_sub(4), height: height.saturating_sub(2) }
}
