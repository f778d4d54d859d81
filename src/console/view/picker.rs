//! A small list of choices with letters, and a line where one can be typed.
//!
//! ```text
//! ┌ How far may the AI go in #1042? ──────┐
//! │ a  auto     its answers are sent       │
//! │ d  draft  ✓ now                        │
//! │ or type: 45m                           │
//! │ ! `45x` is not a length of time        │
//! └────────────────────────────────────────┘
//! ```

use super::filter;
use crate::{
    console::{
        model::{Model, Picker, layer::Value},
        theme::Role,
        widgets::{Ink, Words, frame},
    },
    domain::text::SafeText,
};
use ratatui::layout::{Position, Rect};

pub(super) fn draw(ink: &mut Ink<'_>, over: Rect, model: &Model, picker: &Picker) -> Position {
    let title = SafeText::line(&picker.title);
    let rows: Vec<(SafeText, SafeText)> = picker
        .choices
        .iter()
        .map(|choice| {
            let letter = choice.letter.map_or_else(SafeText::default, |letter| SafeText::line(&letter.to_string()));
            let mut words = SafeText::line(&choice.title);
            let yours = matches!((&choice.value, model.me()), (Value::Holder(holder), Some(me)) if holder.is_human(me));
            if yours && words.as_str() != "you" {
                words.push(&SafeText::literal(" (you)"));
            }
            if choice.current {
                words.push(&SafeText::own(format!("  {} now", ink.glyphs.good)));
            }
            (letter, words)
        })
        .collect();
    let widest = rows.iter().map(|(_, words)| Words::from(words).width() + 4).max().unwrap_or(0);
    let width = (widest.max(Words::from(&title).width()) + 6).clamp(36, 72);
    let extra = u16::from(picker.input.is_some()) + u16::from(picker.warning.is_some());
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(extra + 2);
    let inner = frame::boxed(ink, over, width, height, &title);
    let visible = usize::from(inner.height.saturating_sub(extra)).max(1);
    // A cursor behind the last one selects nothing, as in what was wrong.
    let selected = if picker.cursor < rows.len() { picker.cursor + 1 } else { 0 };
    let first = selected.saturating_sub(visible);
    let mut y = inner.y;
    let mut cursor = Position::new(inner.x, y);
    for (at, (letter, words)) in rows.iter().enumerate().skip(first).take(visible) {
        let x = ink.put(inner.x + 1, y, inner.right(), letter, ink.style(Role::Key)).max(inner.x + 2);
        ink.put_cut(x + 2, y, inner.right(), words, ink.style(Role::Text));
        if at == picker.cursor && !picker.typing {
            ink.put(inner.x, y, inner.right(), ink.glyphs.bar, ink.style(Role::Accent));
            ink.tint(Rect { y, height: 1, ..inner }, ink.style(Role::Selected));
            cursor = Position::new(inner.x, y);
        }
        y += 1;
    }
    if let Some(input) = &picker.input {
        let style = if picker.typing { ink.style(Role::Key) } else { ink.style(Role::Dim) };
        let x = ink.put(inner.x + 1, y, inner.right(), "or type: ", style);
        let caret = filter::line(ink, Rect { x, y, width: inner.right().saturating_sub(x), height: 1 }, input);
        if picker.typing {
            cursor = caret;
        }
        y += 1;
    }
    if let Some(warning) = &picker.warning {
        let words = SafeText::own(format!("{} {}", ink.glyphs.warn, SafeText::line(warning)));
        ink.put_cut(inner.x + 1, y, inner.right(), &words, ink.style(Role::Warn));
    }
    cursor
}
