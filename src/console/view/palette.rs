//! Every act by its word, with the key beside it.
//!
//! ```text
//! ┌ commands ─────────────────────────────┐
//! │ : ta                                  │
//! │ take    You answer from now on; …   t │
//! │ tag     Adds and removes tags.      # │
//! └───────────────────────────────────────┘
//! ```

use super::filter;
use crate::{
    console::{
        model::Palette,
        theme::Role,
        widgets::{Ink, frame},
    },
    domain::text::SafeText,
};
use ratatui::layout::{Position, Rect};

pub(super) fn draw(ink: &mut Ink<'_>, over: Rect, palette: &Palette) -> Position {
    let rows = palette.rows.len().clamp(1, 12);
    let height = u16::try_from(rows).unwrap_or(12) + 3 + u16::from(palette.warning.is_some());
    let inner = frame::boxed(ink, over, 92.min(over.width.saturating_sub(4)), height, "commands");
    let x = ink.put(inner.x, inner.y, inner.right(), ": ", ink.style(Role::Key));
    let cursor =
        filter::line(ink, Rect { x, y: inner.y, width: inner.right().saturating_sub(x), height: 1 }, &palette.input);
    let mut y = inner.y + 1;
    if let Some(warning) = &palette.warning {
        let words = SafeText::own(format!("{} {}", ink.glyphs.warn, SafeText::line(warning)));
        ink.put_cut(inner.x, y, inner.right(), &words, ink.style(Role::Warn));
        y += 1;
    }
    if palette.rows.is_empty() {
        ink.put_cut(inner.x, y, inner.right(), "No command fits. Esc goes back.", ink.style(Role::Dim));
    }
    let visible = usize::from(inner.bottom().saturating_sub(y)).max(1);
    let first = (palette.cursor + 1).saturating_sub(visible);
    for (at, row) in palette.rows.iter().enumerate().skip(first).take(visible) {
        let keys = SafeText::line(&row.keys);
        let right = ink.put_right(inner.x, y, inner.right() - 1, &keys, ink.style(Role::Key)).saturating_sub(1);
        let x = ink.put(inner.x + 1, y, right, row.word, ink.theme.bold(Role::Text));
        ink.put_cut(x.max(inner.x + 13) + 1, y, right, row.help, ink.style(Role::Dim));
        if at == palette.cursor {
            ink.put(inner.x, y, right, ink.glyphs.bar, ink.style(Role::Accent));
            ink.tint(Rect { y, height: 1, ..inner }, ink.style(Role::Selected));
        }
        y += 1;
    }
    cursor
}
