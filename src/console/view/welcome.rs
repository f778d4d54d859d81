//! What is shown while there is no floor to show: before the first welcome, when the session ended, on too small a screen.
//!
//! ```text
//!                    centaur
//!        people and AIs, answering as one
//!
//!               ◌ connecting
//! ```

use crate::{
    console::{
        layout::SMALLEST,
        model::{Line, Model},
        theme::Role,
        widgets::{Ink, Words},
        wrap,
    },
    domain::text::SafeText,
};
use ratatui::{layout::Rect, style::Style};

pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model) {
    let room = area.width.saturating_sub(6);
    let mut lines: Vec<(SafeText, Style)> = vec![
        (SafeText::literal("centaur"), ink.theme.bold(Role::Accent)),
        (SafeText::literal("people and AIs, answering as one"), ink.style(Role::Dim)),
        (SafeText::default(), Style::new()),
    ];
    let state = SafeText::own(format!("{} {}", ink.glyphs.stale, model.line.words(model.now)));
    lines.push((state, ink.style(Role::Stale)));
    if let Line::Reconnecting { why, .. } | Line::Ended { why, .. } = &model.line {
        let why = SafeText::line(why);
        for at in wrap::wrap(why.as_str(), usize::from(room.min(70))) {
            lines.push((SafeText::own(why.as_str().get(at).unwrap_or_default()), ink.style(Role::Text)));
        }
    }
    centred(ink, area, &lines);
}

pub(super) fn too_small(ink: &mut Ink<'_>, area: Rect) {
    let words = SafeText::own(format!("window too small: {} x {} needed", SMALLEST.width, SMALLEST.height));
    let lines: Vec<(SafeText, Style)> = wrap::wrap(words.as_str(), usize::from(area.width))
        .into_iter()
        .map(|at| (SafeText::own(words.as_str().get(at).unwrap_or_default()), ink.style(Role::Warn)))
        .collect();
    centred(ink, area, &lines);
}

fn centred(ink: &mut Ink<'_>, area: Rect, lines: &[(SafeText, Style)]) {
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(height) / 2;
    for (y, (words, style)) in (top..area.bottom()).zip(lines) {
        let x = area.x + area.width.saturating_sub(Words::from(words).width()) / 2;
        ink.put_cut(x, y, area.right(), words, *style);
    }
}
