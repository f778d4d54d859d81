//! The line in which a filter is typed, in place of the hints; above it what may follow, or what is wrong, with a pointer
//! to it.
//!
//! ```text
//! └───────────▾ there is no key `holdr`: did you mean `holder`? ──────┘
//!  / is:open holdr:me                                     12 of 49
//! ```

use crate::{
    console::{
        composer::Editor,
        layout::Areas,
        model::{FilterLine, Model},
        theme::Role,
        widgets::{Ink, Words},
    },
    domain::{filter::token_at, text::SafeText},
};
use ratatui::layout::{Position, Rect};

pub(super) fn draw(ink: &mut Ink<'_>, areas: &Areas, model: &Model, typed: &FilterLine) -> Position {
    let (area, words) = (areas.hints, &typed.input);
    ink.clear(area, ink.style(Role::Text));
    let found = match model.floor.scanned() {
        Some(hundredths) => SafeText::own(format!("{} found, {hundredths}% looked at", model.floor.len())),
        // Those that are settled stay in sight until the list is put in order; they are not live.
        None if words.text().trim().is_empty() => SafeText::own(format!("{} live", model.floor.counts().live)),
        None => SafeText::own(format!("{} found", model.floor.len())),
    };
    let right = ink.put_right(area.x, area.y, area.right() - 1, &found, ink.style(Role::Dim)).saturating_sub(2);
    let x = ink.put(area.x + 1, area.y, right, "/ ", ink.style(Role::Key));
    let caret = line(ink, Rect { x, width: right.saturating_sub(x), ..area }, words);
    let token = token_at(words.text(), words.caret());
    match &typed.mistake {
        // A word that is only half there is told what it may become.
        Some(mistake) if typed.offers.is_empty() || mistake.at.start < token.start => {
            let before = SafeText::line(words.text().get(..mistake.at.start).unwrap_or_default());
            let y = areas.frame.bottom() - 1;
            let said = SafeText::own(format!("{} {mistake} ", ink.glyphs.below));
            let at = (x + Words::from(&before).width())
                .min(areas.frame.right().saturating_sub(Words::from(&said).width() + 1));
            ink.put_cut(at.max(areas.frame.x + 1), y, areas.frame.right() - 1, &said, ink.style(Role::Warn));
        }
        _ => offers(ink, areas, typed),
    }
    caret
}

/// What may stand in place of the word at the caret, in the lower frame; `Tab` takes one after the other.
fn offers(ink: &mut Ink<'_>, areas: &Areas, typed: &FilterLine) {
    let (mut x, y, right) = (areas.frame.x + 1, areas.frame.bottom() - 1, areas.frame.right() - 1);
    if typed.offers.is_empty() {
        return;
    }
    x = ink.put(x, y, right, " tab ", ink.style(Role::Key));
    // The one that was taken stays in sight.
    let first = typed.offer.map_or(0, |at| at.saturating_sub(2));
    for (at, offer) in typed.offers.iter().enumerate().skip(first) {
        let words = SafeText::line(offer);
        if x + Words::from(&words).width() + 2 > right {
            ink.put_right(areas.frame.x, y, right, ink.glyphs.more, ink.style(Role::Dim));
            break;
        }
        let role = if typed.offer == Some(at) { ink.theme.bold(Role::Accent) } else { ink.style(Role::Text) };
        x = ink.put(x, y, right, &words, role);
        x = ink.put(x, y, right, "  ", ink.style(Role::Border));
    }
}

/// A line that is being typed; of a long one the part around the caret. Where the caret is.
pub(super) fn line(ink: &mut Ink<'_>, area: Rect, editor: &Editor) -> Position {
    let (before, after) = editor.text().split_at_checked(editor.caret()).unwrap_or((editor.text(), ""));
    let (before, after) = (on_a_line(before), on_a_line(after));
    let room = area.width.saturating_sub(1);
    let mut from = 0;
    let mut width = Words::from(&before).width();
    if width > room {
        for (cluster, cells) in crate::domain::text::graphemes_with_width(before.as_str()) {
            if width <= room {
                break;
            }
            from += cluster.len();
            width = width.saturating_sub(u16::try_from(cells).unwrap_or(1));
        }
    }
    let style = ink.style(Role::Text);
    let x = ink.put(area.x, area.y, area.right(), Words::part(&before, from..before.as_str().len()), style);
    ink.put_cut(x, area.y, area.right(), &after, style);
    Position::new(x.min(area.right().saturating_sub(1)), area.y)
}

/// One line of what was typed or pasted, whole.
fn on_a_line(text: &str) -> SafeText {
    SafeText::message(&text.replace('\n', " "))
}
