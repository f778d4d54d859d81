//! The newest notice, in the lower frame: it moves nothing and hides nothing.
//!
//! ```text
//! └ ✓ done: you hold #1042, Aria has stopped (1 more) ────────────────┘
//! ```

use crate::{
    console::{
        model::{Model, Severity},
        theme::Role,
        widgets::{Ink, frame},
    },
    domain::text::SafeText,
};
use ratatui::layout::Rect;

pub(super) fn draw(ink: &mut Ink<'_>, bottom: Rect, model: &Model) {
    let Some(newest) = model.notices.last() else { return };
    let (sign, word, role) = match newest.severity {
        Severity::Done => (ink.glyphs.good, "", Role::Good),
        Severity::Info => (ink.glyphs.dot, "", Role::Accent),
        Severity::Warn => (ink.glyphs.warn, "mind: ", Role::Warn),
        Severity::Bad => (ink.glyphs.bad, "failed: ", Role::Bad),
    };
    let more = model.notices.len() - 1;
    let more = if more > 0 { format!(" ({more} more)") } else { String::new() };
    let room = usize::from(bottom.width.saturating_sub(6)).saturating_sub(word.len() + more.len() + 2);
    let text = SafeText::line(&newest.text).within(room);
    let words = SafeText::own(format!("{sign} {word}{text}{more}"));
    frame::title(ink, bottom.x + 1, bottom.y, bottom.right() - 1, &words, role);
}
