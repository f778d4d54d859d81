//! The newest notice, in the lower frame, and how far an act on many is: it moves nothing and hides nothing but hints.
//!
//! ```text
//! └ ! mind: cannot be undone: the customer was answered since; hand it ┘   a long one goes on in the line of the hints
//!  back or assign it instead (1 more)
//! ```

use crate::{
    console::{
        model::{Layer, Model, Notice, Severity, many::Stage},
        theme::Role,
        widgets::{Ink, Words, frame},
        wrap,
    },
    domain::text::SafeText,
};
use ratatui::layout::Rect;

pub(super) fn draw(ink: &mut Ink<'_>, bottom: Rect, model: &Model) {
    let bottom = progress(ink, bottom, model);
    let Some(newest) = model.notices.last() else { return };
    let (words, role) = words(ink, newest, model.notices.len() - 1);
    let room = room(bottom.width);
    let lines = wrap::wrap(words.as_str(), room);
    let first = match lines.first() {
        // What goes on below is cut there, not here.
        Some(first) if lines.len() > 1 && goes_on(model) => Words::part(&words, first.clone()),
        _ => (&words).into(),
    };
    frame::title(ink, bottom.x + 1, bottom.y, bottom.right() - 1, first, role);
}

/// What does not fit in the frame, in the line of the hints. Whether there is any.
pub(super) fn rest(ink: &mut Ink<'_>, area: Rect, model: &Model) -> bool {
    let Some(newest) = model.notices.last() else { return false };
    let (words, role) = words(ink, newest, model.notices.len() - 1);
    let lines = wrap::wrap(words.as_str(), room(area.width));
    let Some(second) = lines.get(1).filter(|_| goes_on(model)) else { return false };
    let rest = Words::part(&words, second.start..words.as_str().len());
    ink.put_cut(area.x + 2, area.y, area.right().saturating_sub(1), rest, ink.style(role));
    true
}

fn room(width: u16) -> usize {
    usize::from(width.saturating_sub(5)).max(1)
}

fn words(ink: &Ink<'_>, notice: &Notice, more: usize) -> (SafeText, Role) {
    let (sign, word, role) = match notice.severity {
        Severity::Done => (ink.glyphs.good, "", Role::Good),
        Severity::Info => (ink.glyphs.dot, "", Role::Accent),
        Severity::Warn => (ink.glyphs.warn, "mind: ", Role::Warn),
        Severity::Bad => (ink.glyphs.bad, "failed: ", Role::Bad),
    };
    let more = if more > 0 { format!(" ({more} more)") } else { String::new() };
    (SafeText::own(format!("{sign} {word}{}{more}", SafeText::line(&notice.text))), role)
}

/// Whether a long one may go on in the line of the hints: what lies over the screen needs its own there.
fn goes_on(model: &Model) -> bool {
    !is_running(model) && matches!(model.layer, Layer::None)
}

fn is_running(model: &Model) -> bool {
    model.many.job.as_ref().is_some_and(|job| job.stage == Stage::Running)
}

/// How far an act on many is, at the right. What is left for the notice.
fn progress(ink: &mut Ink<'_>, bottom: Rect, model: &Model) -> Rect {
    let Some(job) = model.many.job.as_ref().filter(|_| is_running(model)) else { return bottom };
    let words = model.deed_words(&job.deed);
    let said = SafeText::own(format!("{}: {} of {}", SafeText::line_within(&words, 30), job.done.len(), job.count()));
    let width = u16::try_from(said.width()).unwrap_or(u16::MAX).saturating_add(3).min(bottom.width);
    frame::title(ink, bottom.right() - width, bottom.y, bottom.right() - 1, &said, Role::Accent);
    Rect { width: bottom.width - width, ..bottom }
}
