//! The newest notice, in the lower frame, and how far an act on many is: it moves nothing and hides nothing.
//!
//! ```text
//! └ ✓ done: you hold #1042, Aria has stopped (1 more) ────────────────┘
//! ```

use crate::{
    console::{
        model::{Model, Severity, many::Stage},
        theme::Role,
        widgets::{Ink, frame},
    },
    domain::text::SafeText,
};
use ratatui::layout::Rect;

pub(super) fn draw(ink: &mut Ink<'_>, bottom: Rect, model: &Model) {
    let bottom = progress(ink, bottom, model);
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

/// How far an act on many is, at the right. What is left for the notice.
fn progress(ink: &mut Ink<'_>, bottom: Rect, model: &Model) -> Rect {
    let Some(job) = model.many.job.as_ref().filter(|job| job.stage == Stage::Running) else { return bottom };
    let words = model.deed_words(&job.deed);
    let said = SafeText::own(format!("{}: {} of {}", SafeText::line_within(&words, 30), job.done.len(), job.count()));
    let width = u16::try_from(said.width()).unwrap_or(u16::MAX).saturating_add(3).min(bottom.width);
    frame::title(ink, bottom.right() - width, bottom.y, bottom.right() - 1, &said, Role::Accent);
    Rect { width: bottom.width - width, ..bottom }
}
