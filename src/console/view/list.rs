//! The conversations, by attention. Only the rows in sight are looked at.
//!
//! ```text
//! ┌ Floor · 49 live · by attention ─── ▲ 2 new ┐
//! │▎◆ 88 Jana Novak      asked for human   2m  │   sign of the holder, score, customer, why, how long one waits
//! │ ▲ 74 王小明          draft waits      now  │
//! │ ✦ 51 O. Haddad       repeats           1m  │
//! │ ● 12 D. Osei         held by lena      4m ✎│   ✎: a text of yours is not sent
//! │ ✦    A long-winded … auto                  │   the columns are the same in every row: a long name is cut
//! ```
//! On a narrow list the reason is told in fewer letters, so that more is left to the name.

use super::when;
use crate::{
    console::{
        model::{Model, Row},
        theme::Role,
        widgets::{Ink, Words, frame},
    },
    domain::{
        attention::{self, Why},
        escalation::Reason,
        holder::Holder,
        mode::Mode,
        text::SafeText,
    },
};
use ratatui::layout::{Position, Rect};

/// From this width on a reason is told in full.
const WIDE: u16 = 50;
/// The widest reason, in full and in short.
const REASON: u16 = 17;
const SHORT_REASON: u16 = 11;
/// The end of a row: a gap, how long one waits, a gap, the mark of an unsent text.
const END: u16 = 6;

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
    // The columns are the same in every row, whatever stands in it.
    let length = if area.width < WIDE { Length::Short } else { Length::Full };
    let why = if length == Length::Short { SHORT_REASON } else { REASON };
    let waits = right.saturating_sub(END);
    let whys = waits.saturating_sub(why).max(x);
    let name = SafeText::line_within(&card.customer.name, 60);
    let name = if name.is_empty() { SafeText::own(format!("#{}", card.id)) } else { name };
    let bold = row.needs && !row.leaving;
    let style = if bold { ink.theme.bold(Role::Text) } else { base };
    ink.put_cut(x, y, whys.saturating_sub(1), &name, style);
    let (state, loud) = state(model, row, length);
    let style = if loud && !row.leaving { colour } else { quiet };
    ink.put_cut(whys, y, waits, &state, style);
    if let Some(since) = card.waiting_since {
        let wait = when::ago(model.now.since(since));
        ink.put_right(waits, y, right.saturating_sub(2), &wait, quiet);
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

/// How much room a reason has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Full,
    Short,
}

/// What is the matter, in two or three words, and whether it calls.
fn state(model: &Model, row: &Row<'_>, length: Length) -> (SafeText, bool) {
    let card = row.card;
    let full = length == Length::Full;
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
            let turn = if full { "waits for you" } else { "your turn" };
            if card.waiting_since.is_some() { turn.to_owned() } else { "yours".to_owned() }
        } else {
            let by = if full { "held by" } else { "with" };
            format!("{by} {}", SafeText::line_within(&model.name_of(id), 40))
        };
        return (SafeText::own(words), row.needs);
    }
    if let Some(escalation) = &card.escalation {
        let words = if full { escalation.reason.words() } else { short(escalation.reason) };
        return (SafeText::literal(words), true);
    }
    if let Some(until) = card.paused_until.get().filter(|until| *until > model.now) {
        return (SafeText::own(format!("paused {}", when::left(model.now, until))), false);
    }
    let reason = attention::of(card, model.now).reasons.into_iter().find(|reason| reason.points >= 8);
    let words = match reason {
        Some(reason) if full => reason.why.words(),
        Some(reason) => short_why(reason.why),
        None if card.holder == Holder::Queue && full => "in the queue",
        None if card.holder == Holder::Queue => "queued",
        None if card.mode == Mode::Auto => "auto",
        None => card.mode.word(),
    };
    (SafeText::literal(words), row.needs)
}

/// A reason in the room of a narrow list.
fn short(reason: Reason) -> &'static str {
    match reason {
        Reason::AskedForHuman => "wants human",
        Reason::Ungrounded => "not known",
        Reason::Repeats => "AI repeats",
        Reason::TopicForHumans => "for humans",
        Reason::ReturnCondition => "came back",
        Reason::AiFailed => "AI failed",
        Reason::AiVanished => "AI gone",
        Reason::DraftExpired | Reason::ToolExpired => "expired",
        Reason::DraftsRejected => "rejected",
        Reason::HolderVanished => "holder gone",
        Reason::LoopGuard => "to and fro",
        Reason::Stopped => "AI stopped",
        Reason::Guarded => "check: stop",
        Reason::Ceiling => "AI: no more",
        Reason::ByHand => "queued",
        Reason::Guidance => "by guidance",
    }
}

/// The same of what adds to a score.
fn short_why(why: Why) -> &'static str {
    match why {
        Why::AskedForHuman => "wants human",
        Why::LowGrounding => "ill founded",
        Why::HighPriority => "high",
        Why::LowPriority => "low",
        short => short.words(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_fits_its_column() {
        for reason in Reason::ALL {
            assert!(reason.words().len() <= usize::from(REASON), "{reason:?}");
            assert!(short(reason).len() <= usize::from(SHORT_REASON), "{reason:?}");
        }
        for why in attention::WEIGHTS.map(|weight| weight.why) {
            assert!(why.words().len() <= usize::from(REASON), "{why:?}");
            assert!(short_why(why).len() <= usize::from(SHORT_REASON), "{why:?}");
        }
    }
}
