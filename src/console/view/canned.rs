//! The canned replies that fit what was typed, and the beginning of the one that Enter inserts.
//!
//! ```text
//! ┌ canned replies ───────────────────────┐
//! │ find: re                              │
//! │ Refund under way                      │
//! │ New parcel                            │
//! │   Hello {customer}, your money for …  │
//! └───────────────────────────────────────┘
//! ```

use super::filter;
use crate::{
    console::{
        model::Choosing,
        theme::Role,
        widgets::{Ink, Words, frame},
        wrap,
    },
    domain::text::SafeText,
};
use ratatui::layout::{Position, Rect};

/// How many replies are in sight at once.
const ROWS: usize = 8;
/// How many lines of the selected one.
const PREVIEW: u16 = 4;

/// Draws it. Where the caret is.
pub(super) fn draw(ink: &mut Ink<'_>, over: Rect, choosing: &Choosing) -> Position {
    let rows = choosing.found.len().clamp(1, ROWS);
    let height = u16::try_from(rows).unwrap_or(1) + 3 + PREVIEW;
    let inner = frame::boxed(ink, over, 72, height, "canned replies");
    let x = ink.put(inner.x, inner.y, inner.right(), "find: ", ink.style(Role::Key));
    let line = Rect { x, y: inner.y, width: inner.right().saturating_sub(x), height: 1 };
    let caret = filter::line(ink, line, &choosing.input);
    let (mut y, bottom) = (inner.y + 1, inner.bottom());
    if choosing.found.is_empty() {
        ink.put_cut(inner.x, y, inner.right(), "No reply fits. Esc goes back.", ink.style(Role::Dim));
        return caret;
    }
    let first = (choosing.cursor + 1).saturating_sub(rows);
    for (at, one) in choosing.found.iter().enumerate().skip(first).take(rows) {
        if y >= bottom {
            return caret;
        }
        let tags: Vec<String> = one.tags.iter().map(|tag| SafeText::line(tag).to_string()).collect();
        let tags = SafeText::own(tags.join(" "));
        let right = inner.right().saturating_sub(1);
        let x = ink.put_cut(inner.x + 1, y, right, &SafeText::line(&one.title), ink.style(Role::Text));
        ink.put_right(x + 2, y, right, &tags, ink.style(Role::Dim));
        if at == choosing.cursor {
            ink.put(inner.x, y, inner.right(), ink.glyphs.bar, ink.style(Role::Accent));
            ink.tint(Rect { y, height: 1, ..inner }, ink.style(Role::Selected));
        }
        y += 1;
    }
    if let Some(one) = choosing.found.get(choosing.cursor) {
        let text = SafeText::message(&one.text);
        let lines = wrap::wrap(text.as_str(), usize::from(inner.width.saturating_sub(2)));
        for (y, at) in (y..bottom).zip(lines) {
            ink.put(inner.x + 2, y, inner.right(), Words::part(&text, at), ink.style(Role::Dim));
        }
    }
    caret
}
