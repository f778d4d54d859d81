//! The sheet of a shift's end, as it was written.
//!
//! ```text
//! ┌ handover ───────────────────────────────────────────────┐
//! │ # Handover: Acme desk                                   │
//! │ ## Holding (2)                                          │
//! │ - #1042 Jana Novak: web, the customer waits for 4m      │
//! └ ~/.local/state/…/handover-2026-11-23-1402.md ── 1–20 of 31 ─┘
//! ```

use crate::{
    console::{
        model::shift::SheetBox,
        theme::Role,
        widgets::{Ink, Words, frame},
        wrap,
    },
    domain::text::SafeText,
};
use ratatui::layout::{Position, Rect};

/// Draws it. Where the terminal's cursor belongs: beside its first line, for those who follow it.
pub(super) fn draw(ink: &mut Ink<'_>, over: Rect, sheet: &SheetBox) -> Position {
    let width = if over.width <= 120 { over.width } else { 104 };
    let inner = frame::boxed(ink, over, width, over.height, "handover");
    let right = inner.right();
    let mut rows = Vec::new();
    for line in &sheet.lines {
        let role = match line.as_str() {
            text if text.starts_with('#') => Role::Title,
            text if text.starts_with("  >") => Role::Dim,
            _ => Role::Text,
        };
        let parts = wrap::wrap(line.as_str(), usize::from(inner.width));
        if parts.is_empty() {
            rows.push((SafeText::default(), role));
        }
        rows.extend(parts.into_iter().map(|at| (SafeText::own(line.as_str().get(at).unwrap_or_default()), role)));
    }
    let visible = usize::from(inner.height);
    let top = usize::from(sheet.top).min(rows.len().saturating_sub(visible));
    for (y, (words, role)) in (inner.top()..inner.bottom()).zip(rows.iter().skip(top)) {
        ink.put_cut(inner.x, y, right, words, ink.style(*role));
    }
    let last = (top + visible).min(rows.len());
    let place = SafeText::own(format!("{}–{last} of {}", top + 1, rows.len()));
    let width = Words::from(&place).width() + 2;
    let from = right.saturating_sub(width);
    frame::title(ink, from, inner.bottom(), right, &place, Role::Dim);
    if let Some(path) = &sheet.path {
        let room = usize::from(from.saturating_sub(inner.x + 2));
        frame::title(ink, inner.x, inner.bottom(), from, &SafeText::line_within(path, room), Role::Dim);
    }
    Position::new(inner.x.saturating_sub(1), inner.y)
}
