//! The line at the bottom: what can be done here and now; and what may follow on an unfinished sequence of keys.
//!
//! ```text
//!  t take over   w whisper   m mode   + good   − bad   space next   / filter   : commands   ? help
//! ```

use super::notices;
use crate::{
    console::{
        action::{Action, Scope},
        model::{Layer, Model, Pane, hints::Hint},
        theme::Role,
        widgets::{Ink, Words, frame},
    },
    domain::text::SafeText,
};
use ratatui::layout::Rect;

/// As many hints as fit, whole; the most useful first.
pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model) {
    if notices::rest(ink, area, model) {
        return;
    }
    let (mut x, y, right) = (area.x + 1, area.y, area.right());
    if let Some(tour) = &model.tour {
        let words = SafeText::own(format!("{} {}", ink.glyphs.dot, tour.line(&model.keymap)));
        x = ink.put_cut(x, y, right, &words, ink.theme.bold(Role::Accent)) + 3;
        let skip = SafeText::own(tour.skip(&model.keymap));
        if x + Words::from(&skip).width() <= right {
            x = ink.put(x - 2, y, right, &skip, ink.style(Role::Dim)) + 3;
        }
    }
    let hints = model.hints();
    let width = |hint: &Hint| Words::from(&SafeText::line(&hint.keys)).width() + 1 + Words::from(hint.title).width();
    // How to find all the others has its place whatever else there is.
    let help = hints.iter().find(|hint| hint.action == Action::Help).map_or(0, |hint| width(hint) + 3);
    for hint in &hints {
        let keys = SafeText::line(&hint.keys);
        let kept = if hint.action == Action::Help { 0 } else { help };
        if x + width(hint) + kept > right {
            continue;
        }
        x = ink.put(x, y, right, &keys, ink.style(Role::Key));
        x = ink.put(x + 1, y, right, hint.title, ink.style(Role::Dim)) + 3;
    }
}

/// A small box with what may follow, at the bottom right.
pub(super) fn continuations(ink: &mut Ink<'_>, over: Rect, model: &Model) {
    if model.pending_keys.is_empty() {
        return;
    }
    let scopes: &[Scope] = match (&model.layer, model.pane) {
        (Layer::Compose(_), _) => &[Scope::Composer, Scope::Text, Scope::Always],
        (_, Pane::List) => &[Scope::List, Scope::Floor, Scope::Always],
        (_, Pane::Talk | Pane::Inspector) => &[Scope::Talk, Scope::Floor, Scope::Always],
    };
    let rows: Vec<(SafeText, &'static str)> = model
        .keymap
        .continuations(scopes, &model.pending_keys)
        .into_iter()
        .map(|(key, action)| (SafeText::line(&key.to_string()), action.map_or("…", |action| action.entry().title)))
        .collect();
    let keys: Vec<String> = model.pending_keys.iter().map(ToString::to_string).collect();
    let wide =
        rows.iter().map(|(key, title)| Words::from(key).width() + Words::from(*title).width()).max().unwrap_or(0);
    let (width, height) =
        ((wide + 7).max(16).min(over.width), u16::try_from(rows.len() + 2).unwrap_or(u16::MAX).min(over.height));
    let corner = Rect { x: over.right() - width, y: over.bottom() - height, width, height };
    let inner = frame::boxed(ink, corner, width, height, &SafeText::line(&keys.join(" ")));
    for (y, (key, title)) in (inner.top()..inner.bottom()).zip(&rows) {
        let x = ink.put(inner.x, y, inner.right(), key, ink.style(Role::Key));
        ink.put_cut(x + 1, y, inner.right(), *title, ink.style(Role::Text));
    }
}
