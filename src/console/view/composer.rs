//! Where one writes, at the bottom of the talk. What is written is told by sign, words and line: nobody should send a note
//! to a customer.
//!
//! ```text
//! ━ ● reply to the customer ━━━━━━━━━━     ╌ ✎ note for the team ╌╌╌╌╌╌╌╌╌     ┈ » whisper to the AI ┈┈┈┈
//! Hello Jana, I am                         ask the warehouse                   offer a new parcel
//! ═ ≡ hand back with this brief ═══════    ╌ ✎ what the AI should have said ╌
//! done: …                                  │ it said: left with a neighbour
//! ```

use crate::{
    console::{
        model::{Composer, Model, Screen, Writing},
        theme::Role,
        widgets::{Ink, Words, frame},
        wrap,
    },
    domain::{text::SafeText, thread::What},
};
use ratatui::layout::{Position, Rect};

/// How many lines of the original stand above a correction.
const ORIGINAL: u16 = 3;

/// How many rows it takes: its line, its text, a warning; half of what there is at most.
pub(super) fn height(composer: &Composer, area: Rect) -> u16 {
    let (text, _) = typed(composer);
    let lines = wrap::wrap(text.as_str(), usize::from(area.width.saturating_sub(3))).len();
    let least = if matches!(composer.key.writing, Writing::Brief) { 5 } else { 3 };
    let lines = u16::try_from(lines).unwrap_or(u16::MAX).max(least);
    let above = if matches!(composer.key.writing, Writing::Correct(_)) { ORIGINAL } else { 0 };
    let wanted = lines.saturating_add(1 + above + u16::from(composer.warning.is_some()));
    wanted.clamp(3, (area.height / 2).max(4)).min(area.height)
}

/// Draws it. Where the caret is.
pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model, composer: &Composer) -> Position {
    let writing = composer.key.writing;
    let (role, sign, line) = match writing {
        Writing::Reply | Writing::Edit(_) | Writing::EditTool(_) => {
            (Role::Reply, ink.glyphs.human, ink.glyphs.lines.heavy)
        }
        Writing::Note => (Role::Note, ink.glyphs.note, ink.glyphs.lines.broken),
        Writing::Whisper | Writing::AnswerTool(_) => (Role::Whisper, ink.glyphs.whisper, ink.glyphs.lines.dotted),
        Writing::Brief => (Role::Brief, ink.glyphs.brief, ink.glyphs.lines.double),
        Writing::Correct(_) => (Role::Good, ink.glyphs.note, ink.glyphs.lines.broken),
        Writing::Reject(_) | Writing::RejectTool(_) => (Role::Bad, ink.glyphs.bad, ink.glyphs.lines.broken),
    };
    let style = ink.style(role);
    ink.clear(area, ink.style(Role::Text));
    ink.fill(area.x, area.y, area.right(), line, style);
    // On the wall there is no other name in sight; for many there is none.
    let whom = match model.card(composer.key.conversation) {
        _ if composer.many => format!(", to all {} marked", model.many.marked.len()),
        Some(card) if model.screen == Screen::Wall => format!(": {}", SafeText::line_within(&card.customer.name, 30)),
        _ => String::new(),
    };
    let title = SafeText::own(format!("{sign} {}{whom}", writing.title()));
    frame::title(ink, area.x + 1, area.y, area.right() - 1, &title, role);
    let mut inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height - 1 };
    if let Writing::Correct(n) = writing {
        let said = model.talk.as_ref().and_then(|talk| talk.thread.entry(n)).and_then(|entry| match &entry.what {
            What::Answer { .. } | What::Draft { .. } | What::Shadow { .. } | What::Suppressed { .. } => {
                entry.judged_text()
            }
            _ => None,
        });
        let said = SafeText::message(said.unwrap_or_default());
        let rows = ORIGINAL.min(inner.height.saturating_sub(2));
        let lines = wrap::wrap(said.as_str(), usize::from(inner.width.saturating_sub(2)));
        for (y, at) in (inner.y..inner.y + rows).zip(lines) {
            let x = ink.put(inner.x, y, inner.right(), ink.glyphs.lines.down, ink.style(Role::Ai));
            ink.put(x + 1, y, inner.right(), Words::part(&said, at), ink.style(Role::Suppressed));
        }
        inner = Rect { y: inner.y + rows, height: inner.height - rows, ..inner };
    }
    if let Some(warning) = &composer.warning {
        let words = SafeText::own(format!("{} {}", ink.glyphs.warn, SafeText::line(warning)));
        let y = inner.bottom().saturating_sub(1);
        ink.put_cut(inner.x, y, inner.right(), &words, ink.style(Role::Warn));
        inner.height = inner.height.saturating_sub(1).max(1);
    }
    text(ink, inner, composer)
}

/// The text, scrolled so that the caret is in sight. Where the caret is.
fn text(ink: &mut Ink<'_>, area: Rect, composer: &Composer) -> Position {
    let (text, caret) = typed(composer);
    // A column is left for a caret behind the last character.
    let lines = wrap::wrap(text.as_str(), usize::from(area.width.saturating_sub(1)));
    let row = lines.iter().rposition(|line| line.start <= caret).unwrap_or(0);
    let first = (row + 1).saturating_sub(usize::from(area.height));
    let style = ink.style(Role::Text);
    for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(first)) {
        ink.put(area.x, y, area.right(), Words::part(&text, line.clone()), style);
    }
    let before = lines.get(row).map_or(0..0, |line| line.start..caret.max(line.start));
    let x = area.x.saturating_add(Words::part(&text, before).width());
    let y = area.y + u16::try_from(row - first).unwrap_or(0);
    Position::new(x.min(area.right().saturating_sub(1)), y.min(area.bottom().saturating_sub(1)))
}

/// The text as it may be shown, and the caret in it. Both halves are cleaned alone, so that the caret stays between them.
fn typed(composer: &Composer) -> (SafeText, usize) {
    let text = composer.editor.text();
    let (before, after) = text.split_at_checked(composer.editor.caret()).unwrap_or((text, ""));
    let mut shown = SafeText::message(before);
    let caret = shown.as_str().len();
    shown.push(&SafeText::message(after));
    (shown, caret)
}
