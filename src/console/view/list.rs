//! The conversations, by attention. Only the rows in sight are looked at.
//!
//! ```text
//! ┌ Floor · 49 live · by attention ─── ▲ 2 new ┐
//! │▎◆ 88 Jana Novak      asked for human    2m │   sign of the holder, score, customer, why, how long one waits
//! │ ▲ 74 王小明          draft waits       now │
//! │ ✦ 51 O. Haddad       repeats            1m │
//! │ ● 12 D. Osei         held by lena        ✎ │   ✎: a text of yours is not sent
//! │ ✦    A long-winded customer  auto          │   a long name takes what a short reason leaves
//! ```

use super::when;
use crate::{
    console::{
        model::{Model, Row},
        theme::Role,
        widgets::{Ink, Words, frame},
    },
    domain::{attention, holder::Holder, mode::Mode, text::SafeText},
};
use ratatui::layout::{Position, Rect};

/// Narrower than this a reason has the room of a short one.
const NARROW: u16 = 50;

/// Draws list and title. Where the selected row is.
pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model, role: Role) -> Option<Position> {
    titles(ink, area, model, role);
    let floor = &model.floor;
    if floor.is_empty() {
        let words = match floor.filter() {
            Some(_) if floor.scanned().is_some() => "looking…",
            Some(_) => "Nothing matches. Esc shows all again.",
            None if model.line.is_live() => "No conversation is open. New ones appear here.",
            None => "Loading the conversations…",
        };
        ink.put_cut(area.x + 1, area.y + 1, area.right(), words, ink.style(Role::Dim));
        return None;
    }
    let mut cursor = None;
    for (y, row) in (area.top()..area.bottom()).zip(floor.rows(usize::from(area.height))) {
        if row.selected {
            cursor = Some(Position::new(area.x, y));
        }
        draw_row(ink, Rect { y, height: 1, ..area }, model, &row);
    }
    cursor
}

fn titles(ink: &mut Ink<'_>, area: Rect, model: &Model, role: Role) {
    let floor = &model.floor;
    let y = area.y - 1;
    let mut right = area.right();
    if floor.fresh() > 0 {
        let new = SafeText::own(format!("{} {} new", ink.glyphs.new, floor.fresh()));
        let width = Words::from(&new).width() + 2;
        right = right.saturating_sub(width);
        frame::title(ink, right, y, area.right(), &new, Role::Accent);
    }
    let live = floor.counts().live;
    let marked = model.many.marked.len();
    let title = match floor.filter() {
        _ if marked > 0 => SafeText::own(format!("Floor · {marked} of {} marked", floor.len())),
        Some(words) => {
            let words = SafeText::line_within(words, 60);
            let looked = floor.scanned().map_or_else(String::new, |hundredths| format!(" · {hundredths}% looked at"));
            SafeText::own(format!("Floor · {} of {live}{looked} · /{words}", floor.len()))
        }
        None if area.width >= 40 => SafeText::own(format!("Floor · {live} live · by attention")),
        None => SafeText::own(format!("Floor · {live} live")),
    };
    frame::title(ink, area.x, y, right, &title, role);
}

fn draw_row(ink: &mut Ink<'_>, area: Rect, model: &Model, row: &Row<'_>) {
    let card = row.card;
    let (sign, role) = sign(ink, row);
    let base = if row.leaving { ink.style(Role::Dim) } else { ink.style(Role::Text) };
    let colour = if row.leaving { base } else { ink.style(role) };
    let quiet = ink.style(Role::Dim);
    let (y, right) = (area.y, area.right());
    if model.many.marked.contains(&card.id) {
        ink.put(area.x, y, right, ink.glyphs.good, ink.theme.bold(Role::Accent));
    } else if row.selected {
        ink.put(area.x, y, right, ink.glyphs.bar, ink.style(Role::Accent));
    }
    let mut x = ink.put(area.x + 1, y, right, sign, colour);
    if row.score > 0 {
        let score = SafeText::own(format!("{:>3}", row.score));
        ink.put(x, y, right, &score, colour);
    }
    x += 4;
    // The columns at the right are the same in every row, but where a name or its reason would be cut for nothing: a
    // long name takes what a short reason leaves, and a long reason what is beyond the least of a name.
    let most = (area.width * 3 / 7).clamp(11, 17);
    let why = if area.width < NARROW { most.min(12) } else { most };
    let waits = right.saturating_sub(5);
    let name = SafeText::line_within(&card.customer.name, 60);
    let name = if name.is_empty() { SafeText::own(format!("#{}", card.id)) } else { name };
    let bold = row.needs && !row.leaving;
    let style = if bold { ink.theme.bold(Role::Text) } else { base };
    let (state, loud) = state(model, row);
    let whole = x + Words::from(&name).width() + 2;
    let latest = waits.saturating_sub(Words::from(&state).width() + 1);
    let whys = whole.max(waits.saturating_sub(why)).min(latest).max(waits.saturating_sub(most));
    ink.put_cut(x, y, whys.saturating_sub(1), &name, style);
    let style = if loud && !row.leaving { colour } else { quiet };
    ink.put_cut(whys, y, waits.saturating_sub(1), &state, style);
    if let Some(since) = card.waiting_since {
        let wait = when::ago(model.now.since(since));
        ink.put_right(waits, y, right.saturating_sub(1), &wait, quiet);
    }
    if model.drafts.keys().any(|key| key.conversation == card.id) {
        ink.put(right.saturating_sub(1), y, right, ink.glyphs.note, ink.style(Role::Note));
    }
    if row.selected {
        ink.tint(area, ink.style(Role::Selected));
    }
}

/// Who answers, as a sign and a role.
fn sign(ink: &Ink<'_>, row: &Row<'_>) -> (&'static str, Role) {
    match row.card.holder {
        _ if row.card.decide_by().is_some() => (ink.glyphs.draft, Role::Draft),
        Holder::Queue => (ink.glyphs.queue, Role::Queue),
        Holder::Ai(_) => (ink.glyphs.ai, Role::Ai),
        Holder::Human(_) => (ink.glyphs.human, Role::Human),
    }
}

/// What is the matter, in two or three words, and whether it calls.
fn state(model: &Model, row: &Row<'_>) -> (SafeText, bool) {
    let card = row.card;
    if let Some(act) = model.pending_act(card.id) {
        return (SafeText::literal(act.act.doing()), true);
    }
    if card.status.is_resolved() {
        return (SafeText::literal("resolved"), false);
    }
    if card.draft.is_some() {
        return (SafeText::literal("draft waits"), true);
    }
    if card.tool_waiting().is_some() {
        return (SafeText::literal("tool waits"), true);
    }
    if card.writing.is_some() {
        return (SafeText::literal("writing…"), false);
    }
    if let Holder::Human(id) = card.holder {
        let words = if model.me() == Some(id) {
            if card.waiting_since.is_some() { "waits for you".to_owned() } else { "yours".to_owned() }
        } else {
            format!("held by {}", SafeText::line_within(&model.name_of(id), 40))
        };
        return (SafeText::own(words), row.needs);
    }
    if let Some(escalation) = &card.escalation {
        return (SafeText::literal(escalation.reason.words()), true);
    }
    if let Some(until) = card.paused_until.get().filter(|until| *until > model.now) {
        return (SafeText::own(format!("paused {}", when::left(model.now, until))), false);
    }
    let reason = attention::of(card, model.now).reasons.into_iter().find(|reason| reason.points >= 8);
    let words = match reason {
        Some(reason) => reason.why.words(),
        None if card.holder == Holder::Queue => "in the queue",
        None if card.mode == Mode::Auto => "auto",
        None => card.mode.word(),
    };
    (SafeText::literal(words), row.needs)
}
