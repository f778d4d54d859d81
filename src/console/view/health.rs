//! How an AI did in the last hour, below its row on the AI screen.
//!
//! ```text
//! turns     45 in 1h: 30 sent, 6 drafts, 5 to people (11 %), 2 failed (4 %), 2 dropped
//! held back 3 by the checks
//! waits     420 ms to the first word; 95 % within 1.2 s
//! cost      0.42, 31000 tokens
//! all today 59 calls, 56347 tokens, 9m in turns, cost 0.42
//! ceilings  59 % of the calls for the desk today used (59 of 100)
//! ```
//!
//! Deliberately not here: when that is trouble (see `domain::health`).

use super::when;
use crate::{
    console::{
        markdown::Styled,
        model::Model,
        theme::Role,
        widgets::{Block, Ink},
    },
    domain::{ceiling::NEAR, health::Health, ids::TeammateId, task::money, text::SafeText},
};

/// Adds it to `block`; values begin at `column`.
pub(super) fn of_mate(block: &mut Block, ink: &Ink<'_>, model: &Model, id: TeammateId, column: u16) {
    let dim = ink.style(Role::Dim);
    let Some(health) = model.health.iter().find(|one| one.ai == id) else {
        block.line();
        block.own(0, "No turn of it has ended in the last hour.", dim);
        return of_day(block, ink, model, column);
    };
    let mut row = |name: &'static str, words: String, role: Role| {
        block.line();
        block.own(0, name, dim);
        block.wrapped(column, Styled::plain(SafeText::own(words)), ink.style(role), ink.theme);
    };
    row("turns", turns(health, &model.now.since(health.since).short()), Role::Text);
    row("held back", format!("{} by the checks", health.guarded), Role::Text);
    if let Some((median, most)) = health.first_word_ms {
        let words = format!("{} to the first word; 95 % within {}", when::took(median), when::took(most));
        row("waits", words, Role::Text);
    }
    row("cost", format!("{}, {} tokens", money(health.cost_micros), health.tokens), Role::Text);
    if let Some(trouble) = health.trouble() {
        row("trouble", trouble, Role::Warn);
    }
    of_day(block, ink, model, column);
}

/// What all AIs used today, and of which ceilings.
pub(super) fn of_day(block: &mut Block, ink: &Ink<'_>, model: &Model, column: u16) {
    let dim = ink.style(Role::Dim);
    let mut row = |name: &'static str, words: String, role: Role| {
        block.line();
        block.own(0, name, dim);
        block.wrapped(column, Styled::plain(SafeText::own(words)), ink.style(role), ink.theme);
    };
    row("all today", model.usage.spent.words(), Role::Text);
    let levels = &model.usage.levels;
    if levels.is_empty() {
        row("ceilings", "none for a day; [ceilings.day] sets one".to_owned(), Role::Dim);
    }
    for (level, name) in levels.iter().zip(std::iter::once("ceilings").chain(std::iter::repeat(""))) {
        row(name, level.sentence(), if level.share() >= NEAR { Role::Warn } else { Role::Text });
    }
}

fn turns(health: &Health, span: &str) -> String {
    let of = |count: u32| format!("{} %", u64::from(count) * 100 / u64::from(health.turns.max(1)));
    let Health { turns, sent, drafted, handed_off, failed, suppressed, .. } = health;
    format!(
        "{turns} in {span}: {sent} sent, {drafted} drafts, {handed_off} to people ({}), {failed} failed ({}), {suppressed} dropped",
        of(*handed_off),
        of(*failed)
    )
}
