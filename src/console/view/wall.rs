//! Several live talks beside each other. The tile that has the keys has its title in the colour of focus and a bar before it;
//! while one writes, its talk has the whole wall.
//!
//! ```text
//! ┌▎#1042 Jana Novak ────────── ◆ queue · auto · 88 ┬ #1043 Wang ────────────── ✦ Aria · draft · 34 ┐
//! │ 14:02 Jana  My parcel says delivered …          │ 14:05 Wang  你好                              │
//! │ 14:03 Jana  No! I want to talk to a person.     │ 14:06 Aria  很高兴为您 ▌                      │
//! │ #1044 Omar ──────────────── ✦ Aria · auto · 21 ─┼ #1045 Priya ───────────── ● lena · auto · 0 ──│
//! ```

use super::talk::{self, Cache};
use crate::{
    console::{
        layout,
        model::{Layer, Measured, Model, Talk},
        theme::Role,
        widgets::{Ink, Words, frame},
    },
    domain::{card::Card, holder::Holder, ids::ConversationId, text::SafeText},
};
use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};
use std::collections::HashMap;

/// What tiles are drawn with, beside the model.
pub(super) struct Context<'a> {
    pub(super) caches: &'a mut HashMap<ConversationId, Cache>,
    pub(super) zone: &'a TimeZone,
    pub(super) measured: &'a mut Measured,
}

/// Draws the wall within its frame. Where the cursor belongs.
pub(super) fn draw(ink: &mut Ink<'_>, around: Rect, model: &Model, context: Context<'_>) -> Option<Position> {
    let Context { caches, zone, measured } = context;
    let tiles = &model.wall.tiles;
    caches.retain(|id, _| tiles.contains(id));
    frame::around(ink, around, &[]);
    let inner = layout::within(around);
    if tiles.is_empty() {
        frame::title(ink, inner.x, around.y, inner.right(), "wall", Role::Focus);
        ink.put_cut(
            inner.x + 1,
            inner.y + 1,
            inner.right(),
            "No conversation is open. New ones appear here.",
            ink.style(Role::Dim),
        );
        return None;
    }
    if matches!(model.layer, Layer::Compose(_)) {
        let cache = caches.entry(model.wall.focused()?).or_default();
        return talk::draw(ink, inner, model, talk::Context { cache, zone, measured }, Role::Focus);
    }
    let places = layout::tiles(inner, model.room(), tiles.len());
    lines(ink, around, &places);
    let mut cursor = None;
    for (at, (id, area)) in tiles.iter().zip(places).enumerate() {
        let focused = at == model.wall.focus;
        title(ink, area, model, *id, focused);
        let open = model.talk.iter().chain(&model.beside).find(|talk| talk.conversation == *id);
        let Some(open) = open else { continue };
        let cache = caches.entry(*id).or_default();
        let mut other = Measured::default();
        let measured = if focused { &mut *measured } else { &mut other };
        measured.talk_rows = area.height;
        let at = tile(ink, area, model, open, talk::Context { cache, zone, measured });
        if focused {
            cursor = at;
        }
    }
    cursor
}

fn tile(ink: &mut Ink<'_>, area: Rect, model: &Model, open: &Talk, context: talk::Context<'_>) -> Option<Position> {
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    talk::scroll_and_draw(ink, inner, model, open, context)
}

/// The lines between tiles.
fn lines(ink: &mut Ink<'_>, around: Rect, places: &[Rect]) {
    let style = ink.style(Role::Border);
    for place in places {
        if place.y > around.y + 1 {
            ink.fill(place.x, place.y - 1, place.right(), ink.glyphs.lines.across, style);
        }
        if place.right() + 1 < around.right() {
            for y in place.y.saturating_sub(1)..place.bottom() {
                ink.put(place.right(), y, place.right() + 1, ink.glyphs.lines.down, style);
            }
        }
    }
}

fn title(ink: &mut Ink<'_>, area: Rect, model: &Model, id: ConversationId, focused: bool) {
    let y = area.y.saturating_sub(1);
    let role = if focused { Role::Focus } else { Role::Title };
    let Some(card) = model.card(id) else {
        frame::title(ink, area.x, y, area.right(), &SafeText::own(format!("#{id}")), role);
        return;
    };
    let (state, colour) = state(ink, model, card);
    let width = Words::from(&state).width() + 2;
    let from = area.right().saturating_sub(width).max(area.x);
    frame::title(ink, from, y, area.right(), &state, colour);
    let pin = if model.wall.pinned.contains(&id) { " pinned" } else { "" };
    let name = SafeText::own(format!("#{id} {}{pin}", SafeText::line_within(&card.customer.name, 40)));
    frame::title(ink, area.x, y, from, &name.within(usize::from(from.saturating_sub(area.x + 2))), role);
    if focused {
        ink.put(area.x, y, area.right(), ink.glyphs.bar, ink.style(Role::Accent));
    }
}

/// Who holds, how far the AI may go, and the score.
fn state(ink: &Ink<'_>, model: &Model, card: &Card) -> (SafeText, Role) {
    let name = |id| SafeText::line_within(&model.name_of(id), 12);
    let (sign, holder, role) = match card.holder {
        Holder::Queue => (ink.glyphs.queue, SafeText::literal("queue"), Role::Queue),
        Holder::Ai(id) => (ink.glyphs.ai, name(id), Role::Ai),
        Holder::Human(id) if model.me() == Some(id) => (ink.glyphs.human, SafeText::literal("you"), Role::Human),
        Holder::Human(id) => (ink.glyphs.human, name(id), Role::Human),
    };
    let doing = match model.pending_act(card.id) {
        Some(act) => act.act.doing().to_owned(),
        None if card.draft.is_some() => "draft waits".to_owned(),
        None if card.tool_waiting().is_some() => "tool waits".to_owned(),
        None => format!("{} · {}", card.mode.word(), model.floor.score(card.id).unwrap_or(0)),
    };
    (SafeText::own(format!("{sign} {holder} · {doing}")), role)
}
