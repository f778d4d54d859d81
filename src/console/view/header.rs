//! The line at the top: is it live, which screens there are, how many need you, where, who, how far the AIs go.
//!
//! ```text
//!  centaur  ● live  [1 floor]  2 needs you 3         AI auto 41 · draft 6 · off 2   Acme desk · mira (lead) with lena
//! ```
//! Who else is here stands at the end, by name where there is room, else as a number.

use crate::{
    console::{
        model::{Line, Model, Screen},
        theme::Role,
        widgets::{Ink, Words},
    },
    domain::text::SafeText,
};
use ratatui::{layout::Rect, style::Style};

pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model) {
    let (y, right) = (area.y, area.right().saturating_sub(1));
    let fresh = matches!(model.line, Line::Live);
    let role = if fresh { Role::Live } else { Role::Stale };
    let sign = if fresh { ink.glyphs.live } else { ink.glyphs.stale };
    let mut x = area.x + 1;
    if area.width >= NAMED || model.you.is_none() {
        x = ink.put(x, y, right, "centaur  ", ink.style(Role::Title));
    }
    x = ink.put(x, y, right, sign, ink.style(role));
    let words = SafeText::own(model.line.words(model.now));
    x = ink.put_cut(x + 1, y, right, &words, ink.style(role)) + 3;
    let Some(you) = &model.you else { return };
    x = tabs(ink, Rect { x, width: right.saturating_sub(x), ..area }, model) + 3;
    // The rest takes what is left: who and where, then how far the AIs go.
    let desk = SafeText::line_within(&model.office.name, 40);
    let who = SafeText::line_within(&you.name, 24);
    let ais = SafeText::own(modes(model));
    let mut parts: Vec<(Words<'_>, Style)> = vec![
        ((&desk).into(), ink.style(Role::Text)),
        (" ".into(), Style::new()),
        (ink.glyphs.dot.into(), ink.style(Role::Dim)),
        (" ".into(), Style::new()),
        ((&who).into(), ink.style(Role::Text)),
        (role_words(you.role.word()).into(), ink.style(Role::Dim)),
    ];
    if let Some(trouble) = model.trouble() {
        // What is wrong is more than who and where.
        let words = SafeText::own(format!("{} {}", ink.glyphs.warn, SafeText::line_within(&trouble, 60)));
        if x + Words::from(&words).width() <= right {
            ink.put_right(x, y, right, &words, ink.style(Role::Warn));
            return;
        }
        if right.saturating_sub(x) >= CALL {
            ink.put_cut(x, y, right, &words, ink.style(Role::Warn));
            return;
        }
    }
    let width: u16 = parts.iter().map(|(words, _)| words.width()).sum();
    if x + width > right {
        return;
    }
    let here = model.colleagues();
    let others = [with_names(&here), with_count(&here)];
    let room = right - width - x;
    // The names stand beside the modes or not at all; the number stands wherever there is room.
    let beside = Words::from(&ais).width() + 3;
    let fits =
        |(at, words): &(usize, &SafeText)| Words::from(*words).width() + if *at == 0 { beside } else { 0 } <= room;
    if let Some((_, words)) = others.iter().enumerate().find(fits) {
        parts.push((words.into(), ink.style(Role::Dim)));
    }
    let width: u16 = parts.iter().map(|(words, _)| words.width()).sum();
    let mut from = right - width;
    if x + Words::from(&ais).width() + 3 <= from {
        ink.put_right(x, y, from - 3, &ais, ink.style(Role::Dim));
    }
    for (words, style) in parts {
        from = ink.put(from, y, right, words, style);
    }
}

/// In so much room what is wrong is worth its beginning.
const CALL: u16 = 14;
/// From this width on there is room for the program's name.
const NAMED: u16 = 110;

/// The screens by their keys, and how many need you. On a narrow line the one in sight, and *needs you*. The column after.
fn tabs(ink: &mut Ink<'_>, area: Rect, model: &Model) -> u16 {
    let mut x = area.x;
    let narrow = area.width < 30;
    for (screen, words) in Screen::TABS {
        let here = model.screen == screen || (screen == Screen::Floor && model.screen == Screen::Wall);
        let calls = screen == Screen::NeedsYou;
        if narrow && !here && !calls {
            continue;
        }
        let count = model.floor.counts().needs;
        let mark = |sign: &'static str, x: u16, ink: &mut Ink<'_>| {
            ink.put(x, area.y, area.right(), sign, ink.style(Role::Focus))
        };
        if here {
            mark("[", x.saturating_sub(1), ink);
        }
        let style = if here {
            ink.theme.bold(Role::Focus)
        } else if calls && count > 0 {
            ink.theme.bold(Role::Queue)
        } else {
            ink.style(Role::Dim)
        };
        x = ink.put(x, area.y, area.right(), words, style);
        if calls {
            let count = SafeText::own(count.to_string());
            x = ink.put(x + 1, area.y, area.right(), &count, style);
        }
        if here {
            mark("]", x, ink);
        }
        x += 3;
    }
    x.saturating_sub(3)
}

/// ` with lena, omar and 2 more`; empty if nobody else is here.
fn with_names(here: &[String]) -> SafeText {
    let names: Vec<String> = here.iter().take(3).map(|name| SafeText::line_within(name, 16).to_string()).collect();
    let more = here.len().saturating_sub(names.len());
    match (names.is_empty(), more) {
        (true, _) => SafeText::default(),
        (false, 0) => SafeText::own(format!(" with {}", names.join(", "))),
        (false, more) => SafeText::own(format!(" with {} and {more} more", names.join(", "))),
    }
}

/// ` +2`; empty if nobody else is here.
fn with_count(here: &[String]) -> SafeText {
    if here.is_empty() { SafeText::default() } else { SafeText::own(format!(" +{}", here.len())) }
}

fn role_words(word: &'static str) -> &'static str {
    match word {
        "viewer" => " (viewer)",
        "reviewer" => " (reviewer)",
        "agent" => " (agent)",
        "lead" => " (lead)",
        "admin" => " (admin)",
        _ => "",
    }
}

/// `AI auto 41 · draft 6 · off 2`: what there is none of is left out.
fn modes(model: &Model) -> String {
    let counts = model.floor.counts();
    let parts = [("auto", counts.auto), ("draft", counts.draft), ("shadow", counts.shadow), ("off", counts.off)];
    let said: Vec<String> =
        parts.iter().filter(|(_, count)| *count > 0).map(|(word, count)| format!("{word} {count}")).collect();
    if said.is_empty() { String::new() } else { format!("AI {}", said.join(" · ")) }
}
