//! What waits for a decision, one card at a time: what is asked, why, since when, what happens if nobody decides; below it
//! the talk as the evidence. Where there is room the queue stands beside it.
//!
//! ```text
//! ┌ needs you · 12 ──────────────┬ 3 of 12 · by urgency ────────────────────────┬ why ────────────┐
//! │ ≡ draft waits    Wang     8m │ ≡ draft waits              waits 40s         │                 │
//! │▎◆ asked for human Jana    2m │ asked   Send this draft, edit it, or not.    │                 │
//! │                              │ why     31 low grounding · 25 draft waits    │                 │
//! │                              │ then    in 8m it expires: not sent, queued   │                 │
//! │                              │ alike   3 more: = takes them together        │                 │
//! │                              ├ #1042 Jana Novak · web ──────────────────────┤                 │
//! │                              │ 14:02 Jana  My parcel says delivered …       │                 │
//! ```

use super::{entry, when};
use crate::{
    console::{
        markdown::Styled,
        model::{Asks, Layer, Measured, Model, Need, OutgoingState},
        theme::Role,
        widgets::{Block, Ink, frame},
    },
    domain::{
        approval::Why, attention, card::Card, escalation::Reason, holder::Holder, ids::EntryNo, task::How,
        text::SafeText,
    },
};
use ratatui::layout::{Position, Rect};

/// Where values stand.
const VALUE: u16 = 7;
/// The rows that are left to the talk beside a call's facts.
const BESIDE_CALL: u16 = 6;
/// The rows of a card while one writes.
const WHILE_WRITING: u16 = 2;

/// The queue. Where the card in sight stands in it.
pub(super) fn list(ink: &mut Ink<'_>, area: Rect, model: &Model, role: Role) -> Option<Position> {
    let queue = model.queue();
    frame::title(ink, area.x, area.y - 1, area.right(), &title(model, queue.len()), role);
    let at = model.needs.current.and_then(|id| queue.iter().position(|one| *one == id));
    let rows = usize::from(area.height);
    let top = at.map_or(0, |at| at.saturating_sub(rows / 2)).min(queue.len().saturating_sub(rows));
    let mut cursor = None;
    for (y, id) in (area.top()..area.bottom()).zip(queue.iter().skip(top)) {
        let (Some(card), Some(need)) = (model.card(*id), model.need(*id)) else { continue };
        let here = model.needs.current == Some(*id);
        let (sign, role) = sign(ink, need.asks);
        if here {
            ink.put(area.x, y, area.right(), ink.glyphs.bar, ink.style(Role::Accent));
            cursor = Some(Position::new(area.x, y));
        }
        let right = area.right().saturating_sub(1);
        ink.put(area.x + 1, y, right, sign, ink.style(role));
        let time = match need.expires {
            Some(at) => SafeText::own(format!("ends {}", short_left(model, at))),
            None => when::ago(model.now.since(need.since)),
        };
        let times = ink.put_right(area.x, y, right, &time, ink.style(Role::Dim));
        let words = area.x + 3;
        let names = (words + 17).min(times);
        ink.put_cut(words, y, names - 1, need.asks.words(), ink.style(role));
        let name = SafeText::line_within(&card.customer.name, 60);
        ink.put_cut(names, y, times.saturating_sub(1), &name, ink.style(Role::Text));
        if here {
            ink.tint(Rect { y, height: 1, ..area }, ink.style(Role::Selected));
        }
    }
    cursor
}

fn title(model: &Model, count: usize) -> SafeText {
    SafeText::own(format!("Needs you · {count}{}", filtered(model)))
}

/// The filter's words, if there is one.
fn filtered(model: &Model) -> String {
    let filter = model.needs.filter.as_ref();
    filter.map_or_else(String::new, |(words, _)| format!(" · /{}", SafeText::line_within(words, 40)))
}

/// The card, and what is left below it for the talk; none where nothing waits. `alone`: the queue is not beside it.
/// Also measures how much of a call does not fit.
pub(super) fn card(
    ink: &mut Ink<'_>,
    area: Rect,
    model: &Model,
    role: Role,
    alone: bool,
    measured: &mut Measured,
) -> Option<Rect> {
    let queue = model.queue();
    let Some(id) = model.needs.current else {
        frame::title(ink, area.x, area.y - 1, area.right(), &title(model, queue.len()), role);
        nothing(ink, area, model);
        return None;
    };
    let place = match queue.iter().position(|one| *one == id) {
        Some(at) => format!("{} of {} · by urgency", at + 1, queue.len()),
        None => "settled".to_owned(),
    };
    let words = if alone { format!("Needs you · {place}{}", filtered(model)) } else { place };
    frame::title(ink, area.x, area.y - 1, area.right(), &SafeText::own(words), role);
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let mut block = Block::new(inner.width);
    if let Some(card) = model.card(id) {
        facts(&mut block, ink, model, card);
    } else {
        block.line();
        block.own(0, "It is no longer on the floor. space: the next one.", ink.style(Role::Dim));
    }
    let writing = matches!(model.layer, Layer::Compose(_));
    // A call is decided by its facts: they come before the talk.
    let is_call = model.need(id).is_some_and(|need| need.asks == Asks::Tool);
    let half = (area.height / 2).max(4);
    let most = match (writing, is_call) {
        (true, _) => WHILE_WRITING,
        (false, true) => area.height.saturating_sub(BESIDE_CALL).max(half),
        (false, false) => half,
    };
    let whole = u16::try_from(block.height()).unwrap_or(u16::MAX);
    let height = whole.min(most);
    if is_call {
        measured.card_over = (0, height);
    }
    match model.card(id).filter(|_| is_call && whole > most && !writing) {
        Some(card) => turned(ink, Rect { height, ..inner }, &block, model.card_top(card), measured),
        None => drop(block.draw(ink, Rect { height, ..inner }, 0)),
    }
    let line = area.y + height;
    ink.fill(area.x, line, area.right(), ink.glyphs.lines.across, ink.style(Role::Border));
    Some(Rect { y: line + 1, height: area.height.saturating_sub(height + 1), ..area })
}

/// A call that does not fit: a part of it, and in the last row how much there is above and below.
fn turned(ink: &mut Ink<'_>, area: Rect, block: &Block, top: u16, measured: &mut Measured) {
    let rows = area.height.saturating_sub(1).max(1);
    let over = u16::try_from(block.height()).unwrap_or(u16::MAX).saturating_sub(rows);
    let top = top.min(over);
    measured.card_over = (over, rows);
    block.draw(ink, Rect { height: rows, ..area }, usize::from(top));
    let lines = |count: u16| if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
    let (words, role) = match (over - top, top) {
        (0, top) => (format!("that is all of it; {} above (PgUp)", lines(top)), Role::Dim),
        (below, 0) => (format!("{} more below: PgDn, before you approve", lines(below)), Role::Warn),
        (below, top) => {
            (format!("{} above, {} more below: PgDn, before you approve", lines(top), lines(below)), Role::Warn)
        }
    };
    ink.put_cut(area.x, area.y + rows, area.right(), &SafeText::own(words), ink.style(role));
}

fn nothing(ink: &mut Ink<'_>, area: Rect, model: &Model) {
    let said = if !model.line.is_live() {
        "Not everything is here yet."
    } else if model.needs.filter.is_some() {
        "Nothing that matches waits for you. Esc shows all."
    } else {
        "Nothing waits for you."
    };
    ink.put_cut(area.x + 1, area.y + 1, area.right(), said, ink.style(Role::Good));
    if model.needs.decided > 0 {
        let words = SafeText::own(format!("{} decided here since you came.", model.needs.decided));
        ink.put_cut(area.x + 1, area.y + 2, area.right(), &words, ink.style(Role::Dim));
    }
    ink.put_cut(area.x + 1, area.y + 4, area.right(), "The next card comes by itself.", ink.style(Role::Dim));
}

fn facts(block: &mut Block, ink: &Ink<'_>, model: &Model, card: &Card) {
    let Some(need) = model.need(card.id) else { return settled(block, ink, model, card) };
    let (sign, role) = sign(ink, need.asks);
    block.line();
    block.own(0, sign, ink.style(role));
    let x = block.own(2, need.asks.words(), ink.theme.bold(role));
    let waited = model.now.since(need.since);
    let waits = match model.pending_act(card.id) {
        Some(act) => SafeText::literal(act.act.doing()),
        None if waited.whole_seconds() < 60 => SafeText::literal("just now"),
        None => SafeText::own(format!("waits {}", waited.short())),
    };
    block.at(x + 3, waits, ink.style(Role::Dim));
    let mut row = |name: &'static str, words: SafeText, role: Role| {
        block.line();
        block.own(0, name, ink.style(Role::Dim));
        block.wrapped(VALUE, Styled::plain(words), ink.style(role), ink.theme);
    };
    row("asked", asked(model, card, need), Role::Text);
    let call = model.talk.as_ref().filter(|talk| talk.conversation == card.id).and_then(|talk| talk.waiting_call());
    if let Some((entry, used)) = call.filter(|_| need.asks == Asks::Tool) {
        for (name, words, role) in entry::tool::facts(used, &SafeText::line(&model.actor_name(entry.by))) {
            row(name, words, role);
        }
    }
    let reasons = attention::of(card, model.now).reasons;
    if !reasons.is_empty() {
        let said: Vec<String> =
            reasons.iter().map(|reason| format!("{} {}", reason.points, reason.why.words())).collect();
        row("why", SafeText::own(said.join(" · ")), Role::Text);
    }
    row("then", then(model, need), if need.expires.is_some() { Role::Draft } else { Role::Text });
    let alike = model.alike(card.id).len().saturating_sub(1);
    if alike > 0 {
        row("alike", SafeText::own(format!("{alike} more; = decides them together")), Role::Dim);
    }
}

/// What somebody else decided, or what is done.
fn settled(block: &mut Block, ink: &Ink<'_>, model: &Model, card: &Card) {
    let words = match card.holder {
        _ if card.status.is_resolved() => SafeText::literal("It is resolved."),
        Holder::Human(id) if model.me() == Some(id) => SafeText::literal("It is yours, and waits for nothing now."),
        Holder::Human(id) => SafeText::own(format!("{} holds it now.", SafeText::line_within(&model.name_of(id), 40))),
        Holder::Ai(id) => SafeText::own(format!("{} has it again.", SafeText::line_within(&model.name_of(id), 40))),
        Holder::Queue => SafeText::literal("It waits for nothing now."),
    };
    block.line();
    let x = block.own(0, ink.glyphs.good, ink.style(Role::Good));
    let x = block.at(x + 1, words, ink.style(Role::Good));
    block.own(x + 2, "space: the next card", ink.style(Role::Dim));
}

fn sign(ink: &Ink<'_>, asks: Asks) -> (&'static str, Role) {
    match asks {
        Asks::Draft | Asks::Tool => (ink.glyphs.draft, Role::Draft),
        Asks::Task(How::Done) => (ink.glyphs.good, Role::Good),
        Asks::Task(_) | Asks::Undelivered => (ink.glyphs.warn, Role::Warn),
        Asks::Escalated(_) | Asks::Queued => (ink.glyphs.queue, Role::Queue),
        Asks::YourTurn => (ink.glyphs.human, Role::Human),
    }
}

/// `8m`; `<1m`
fn short_left(model: &Model, at: crate::domain::time::Timestamp) -> String {
    let span = at.since(model.now);
    if span.whole_seconds() < 60 { "<1m".to_owned() } else { span.short() }
}

/// What the person is to decide.
fn asked(model: &Model, card: &Card, need: Need) -> SafeText {
    let said = |words: &str, text: &str| {
        let text = SafeText::line_within(text, 400);
        let gap = if text.is_empty() { "" } else { ": " };
        SafeText::own(format!("{words}{gap}{text}"))
    };
    let summary = card.escalation.as_ref().map(|call| call.summary.as_str()).unwrap_or_default();
    let last = card.last.as_ref().map(|last| &*last.text).unwrap_or_default();
    match need.asks {
        Asks::Draft => {
            let why = match card.draft.get().map(|draft| draft.why) {
                Some(Why::Guard { rule }) => {
                    let talk = model.talk.as_ref().filter(|talk| talk.conversation == card.id);
                    let draft = card.draft.get().map_or(EntryNo(0), |draft| draft.draft);
                    let found = talk.map(|talk| talk.thread.verdicts_on(draft)).unwrap_or_default();
                    let said: Vec<String> = found.iter().map(|verdict| verdict.sentence().to_string()).collect();
                    if said.is_empty() { rule.words().to_owned() } else { said.join("; ") }
                }
                Some(Why::Ceiling) => "the turn used more than it may".to_owned(),
                Some(Why::LowGrounding) => "it stands on little".to_owned(),
                Some(Why::Mode) | None => "the mode is draft".to_owned(),
            };
            SafeText::own(format!("Send the AI's draft, change it, or not: {why}."))
        }
        Asks::Tool => match card.tool_waiting() {
            Some(tool) if tool.tool == crate::domain::tool::ASK_PERSON => {
                SafeText::literal("Answer the AI's question; the customer does not see it.")
            }
            Some(_) => SafeText::literal("Let this run as it is, with other arguments, or not."),
            None => SafeText::literal("Decide on the AI's call."),
        },
        Asks::Task(how) => {
            let given = attention::result_for(card, model.me());
            let what = given.map(|given| SafeText::line_within(&given.goal, 100)).unwrap_or_default();
            let kind = given.map_or("", |given| given.kind.word());
            SafeText::own(format!(
                "Look at your task ({kind}: {what}), which {}. e begins a reply with its draft.",
                how.past()
            ))
        }
        Asks::Undelivered => {
            let failed = model
                .sending
                .iter()
                .any(|one| one.conversation == card.id && matches!(one.state, OutgoingState::Failed(_)));
            let count = card.signs.undelivered;
            let what = if count == 1 { "A message".to_owned() } else { format!("{count} messages") };
            let retry = if failed { " r tries again." } else { "" };
            SafeText::own(format!(
                "{what} did not reach the customer, or nobody can tell. See to it, then resolve it.{retry}"
            ))
        }
        Asks::Escalated(Reason::AskedForHuman) => said("The customer wants a person", summary),
        Asks::Escalated(Reason::ReturnCondition) => said("It came back as the brief said", summary),
        Asks::Escalated(Reason::DraftExpired) => said("Nobody decided on the draft; a person is to answer", summary),
        Asks::Escalated(_) => said("A person is to answer", summary),
        Asks::Queued => said("A person is to answer", last),
        Asks::YourTurn => said("The customer waits for your answer", last),
    }
}

/// What happens if nobody decides.
fn then(model: &Model, need: Need) -> SafeText {
    match need.asks {
        Asks::Draft => match need.expires {
            Some(at) => SafeText::own(format!(
                "{} left: then it expires, nothing is sent, and the conversation goes to the queue.",
                short_left(model, at)
            )),
            None => SafeText::literal("Nothing is sent until somebody decides."),
        },
        Asks::Tool => match need.expires {
            Some(at) => SafeText::own(format!(
                "{} left: then it expires, nothing is run, and the conversation goes to the queue.",
                short_left(model, at)
            )),
            None => SafeText::literal("Nothing is run until somebody decides."),
        },
        Asks::Task(_) => SafeText::literal("y puts it away; it stays in the talk."),
        Asks::Undelivered => SafeText::literal("Nothing is sent again by itself."),
        Asks::Escalated(_) | Asks::Queued => {
            SafeText::literal("It stays in the queue until somebody takes it; no AI answers.")
        }
        Asks::YourTurn => SafeText::own(format!(
            "It stays yours; if you are gone for {} it goes to the queue.",
            model.office.policy.lease.short()
        )),
    }
}
