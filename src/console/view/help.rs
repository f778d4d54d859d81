//! What each key does, made from the keymap and the table of actions, so it cannot lie.
//!
//! ```text
//! ┌ keys ─────────────────────────────────────────────────────────┐
//! │ on the floor                                                  │
//! │ t             take over   You answer from now on; what the …  │
//! │ g g, home     to the top  Moves to the first one; in the …    │
//! └─────────────────────────────────────── 1–20 of 74 · esc back ─┘
//! ```

use crate::{
    console::{
        action::{Entry, Scope},
        model::{Help, Layer, Model, Screen},
        theme::Role,
        widgets::{Ink, Words, frame},
        wrap,
    },
    domain::text::SafeText,
};
use ratatui::layout::{Position, Rect};

/// One line of the help.
pub(super) enum Row {
    Title(&'static str),
    Keys(SafeText, &'static str, SafeText),
    More(SafeText),
    Blank,
}

/// The columns of keys and titles. Keys that need more have a line of their own.
pub(super) const KEYS: u16 = 18;
pub(super) const TITLES: u16 = 20;

/// Draws it. Where the terminal's cursor belongs: beside its first line.
pub(super) fn draw(ink: &mut Ink<'_>, over: Rect, model: &Model, help: &Help) -> Position {
    let width = if over.width <= 140 { over.width } else { 116 };
    let inner = frame::boxed(ink, over, width, over.height, "keys");
    let rows = rows(model, &help.over, inner.width);
    let visible = usize::from(inner.height);
    let top = usize::from(help.top).min(rows.len().saturating_sub(visible));
    let right = inner.right();
    for (y, row) in (inner.top()..inner.bottom()).zip(rows.iter().skip(top)) {
        match row {
            Row::Title(words) => {
                ink.put_cut(inner.x, y, right, *words, ink.style(Role::Title));
            }
            Row::Keys(keys, title, words) => {
                ink.put_cut(inner.x, y, right, keys, ink.style(Role::Key));
                ink.put_cut(inner.x + KEYS, y, right.min(inner.x + KEYS + TITLES - 1), *title, ink.style(Role::Text));
                ink.put(inner.x + KEYS + TITLES, y, right, words, ink.style(Role::Dim));
            }
            Row::More(words) => {
                ink.put(inner.x + KEYS + TITLES, y, right, words, ink.style(Role::Dim));
            }
            Row::Blank => {}
        }
    }
    let last = (top + visible).min(rows.len());
    let place = SafeText::own(format!("{}–{last} of {}", top + 1, rows.len()));
    let width = Words::from(&place).width() + 2;
    frame::title(ink, right.saturating_sub(width), inner.bottom(), right, &place, Role::Dim);
    Position::new(inner.x.saturating_sub(1), inner.y)
}

/// All lines at a width; what lies under the help comes first.
pub(super) fn rows(model: &Model, over: &Layer, width: u16) -> Vec<Row> {
    let here: &[Scope] = match over {
        Layer::Compose(_) => &[Scope::Composer, Scope::Text],
        Layer::Pick(_) => &[Scope::Picker],
        Layer::Palette(_) => &[Scope::Palette],
        Layer::Filter(_) => &[Scope::Filter],
        Layer::Job(_) => &[Scope::Job],
        Layer::None if model.screen == Screen::NeedsYou => &[Scope::Needs],
        Layer::None if model.screen == Screen::Wall => &[Scope::Wall],
        Layer::None if model.screen == Screen::Ai => &[Scope::Ai],
        Layer::None | Layer::Help(_) | Layer::Sheet(_) => &[],
    };
    let mut scopes = model.keymap.help();
    scopes.sort_by_key(|(scope, _)| here.iter().position(|one| one == scope).unwrap_or(usize::MAX));
    let mut rows = Vec::new();
    let room = usize::from(width.saturating_sub(KEYS + TITLES));
    for (scope, entries) in scopes {
        if !rows.is_empty() {
            rows.push(Row::Blank);
        }
        rows.push(Row::Title(title(scope)));
        for (keys, entry) in entries {
            push(&mut rows, &keys, entry, room);
        }
    }
    let by_word = model.keymap.only_by_word();
    if !by_word.is_empty() {
        rows.extend([Row::Blank, Row::Title("by word alone")]);
        for (word, entry) in by_word {
            // What may follow it is told by the palette.
            push(&mut rows, word.split(' ').next().unwrap_or_default(), entry, room);
        }
    }
    rows
}

/// One action, with what it does in as many lines as that takes.
fn push(rows: &mut Vec<Row>, keys: &str, entry: &'static Entry, room: usize) {
    // On a narrow screen the title says enough.
    let lines = if room >= 20 { wrap::wrap(entry.help, room) } else { Vec::new() };
    let mut texts = lines.into_iter().map(|at| SafeText::own(entry.help.get(at).unwrap_or_default()));
    let mut keys = SafeText::line(keys);
    if keys.width() > usize::from(KEYS - 1) {
        rows.push(Row::Keys(std::mem::take(&mut keys), "", SafeText::default()));
    }
    rows.push(Row::Keys(keys, entry.title, texts.next().unwrap_or_default()));
    rows.extend(texts.map(Row::More));
}

fn title(scope: Scope) -> &'static str {
    match scope {
        Scope::Always => "everywhere",
        Scope::Floor => "on the floor",
        Scope::List => "in the list",
        Scope::Talk => "in the talk",
        Scope::Text => "where one types",
        Scope::Composer => "while writing",
        Scope::Picker => "in a choice",
        Scope::Palette => "in the commands",
        Scope::Needs => "on a card of needs you",
        Scope::Wall => "on the wall",
        Scope::Ai => "on the AI screen",
        Scope::Filter => "in the filter",
        Scope::Job => "in an act on many",
        Scope::Help => "in this help",
    }
}
