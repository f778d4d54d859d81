//! The line at the top: is it live, where, who, how far the AIs go, how many need you.
//!
//! ```text
//!  centaur  ● live   Acme desk · mira (lead)          AI auto 41 · draft 6 · off 2    needs you 3
//! ```

use crate::{
    console::{
        model::{Line, Model},
        theme::Role,
        widgets::{Ink, Words},
    },
    domain::text::SafeText,
};
use ratatui::{layout::Rect, style::Style};

pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model) {
    let (y, mut right) = (area.y, area.right().saturating_sub(1));
    let counts = model.floor.counts();
    if model.you.is_some() {
        // What must stay in sight is put first; the rest takes what is left.
        let needs = SafeText::own(format!("needs you {}", counts.needs));
        let style = if counts.needs > 0 { ink.theme.bold(Role::Queue) } else { ink.style(Role::Dim) };
        right = ink.put_right(area.x, y, right, &needs, style).saturating_sub(3);
    }
    let fresh = matches!(model.line, Line::Live);
    let role = if fresh { Role::Live } else { Role::Stale };
    let sign = if fresh { ink.glyphs.live } else { ink.glyphs.stale };
    let mut x = area.x + 1;
    if area.width >= 60 {
        x = ink.put(x, y, right, "centaur  ", ink.style(Role::Title));
    }
    x = ink.put(x, y, right, sign, ink.style(role));
    let words = SafeText::own(model.line.words(model.now));
    x = ink.put_cut(x + 1, y, right, &words, ink.style(role)) + 3;
    let Some(you) = &model.you else { return };
    let desk = SafeText::line_within(&model.office.name, 40);
    let who = SafeText::line_within(&you.name, 24);
    let parts: [(Words<'_>, Style); 6] = [
        ((&desk).into(), ink.style(Role::Text)),
        (" ".into(), Style::new()),
        (ink.glyphs.dot.into(), ink.style(Role::Dim)),
        (" ".into(), Style::new()),
        ((&who).into(), ink.style(Role::Text)),
        (role_words(you.role.word()).into(), ink.style(Role::Dim)),
    ];
    let width: u16 = parts.iter().map(|(words, _)| words.width()).sum();
    let ais = SafeText::own(modes(model));
    let left = x + width + 3;
    if left + Words::from(&ais).width() <= right {
        ink.put_right(left, y, right, &ais, ink.style(Role::Dim));
    }
    for (words, style) in parts {
        x = ink.put_cut(x, y, right, words, style);
    }
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
