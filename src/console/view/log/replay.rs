//! A talk as it was at a moment, and beside it what the AI knew then.
//!
//! ```text
//! ┌ #1042 Jana Novak · as of 14:03 · entry 7 of 31 ─────┬ what the AI knew then ─────────┐
//! │ 14:02 Jana  My parcel says delivered, it is not     │ holder   ✦ Aria                │
//! │ 14:02 ✦ Aria I am sorry to hear that …              │ read     up to entry 6         │
//! │                                                     │ whisper  offer a new parcel    │
//! │                                                     │ stood on returns.md § 3        │
//! └─────────────────────────────────────────────────────┴────────────────────────────────┘
//! ```
//!
//! All of it is in the events up to that moment. Deliberately not here: notes, which no AI reads, and what came later.

use super::{super::talk, Context, who};
use crate::{
    console::{
        layout,
        markdown::Styled,
        model::{Model, Replay},
        theme::Role,
        view::when,
        widgets::{Block, Ink, frame},
    },
    domain::{
        event::{Event, Recorded},
        holder::Holder,
        ids::EntryNo,
        text::SafeText,
        turn::Answer,
    },
};
use ratatui::layout::{Position, Rect};

/// Where values stand.
const VALUE: u16 = 9;
/// From this width on the talk and what was known stand side by side.
const SIDE_BY_SIDE: u16 = 78;

/// Draws both. Where the cursor belongs.
pub(in crate::console::view) fn draw(
    ink: &mut Ink<'_>,
    around: Rect,
    model: &Model,
    replay: &Replay,
    context: &mut Context<'_>,
) -> Option<Position> {
    let inner = layout::within(around);
    let (told, known) = if inner.width >= SIDE_BY_SIDE {
        let width = (inner.width * 2 / 5).min(52);
        let known = Rect { x: inner.right() - width, width, ..inner };
        frame::around(ink, around, &[known.x - 1]);
        (Rect { width: inner.width - width - 1, ..inner }, known)
    } else {
        let height = (inner.height / 3).max(4);
        frame::around(ink, around, &[]);
        let known = Rect { y: inner.bottom() - height, height, ..inner };
        ink.fill(inner.x, known.y - 1, inner.right(), ink.glyphs.lines.across, ink.style(Role::Border));
        (Rect { height: inner.height - height - 1, ..inner }, known)
    };
    title(ink, told, model, replay, context);
    frame::title(ink, known.x, known.y - 1, known.right(), "what the AI knew then", Role::Title);
    if let Some(why) = &replay.refused {
        ink.put_cut(told.x + 1, told.y + 1, told.right(), &SafeText::line(why), ink.style(Role::Warn));
        return None;
    }
    let mut block = Block::new(known.width.saturating_sub(2));
    knowledge(&mut block, ink, model, replay);
    block.draw(ink, Rect { x: known.x + 1, width: known.width.saturating_sub(2), ..known }, 0);
    let area = Rect { x: told.x + 1, width: told.width.saturating_sub(2), ..told };
    context.measured.talk_rows = told.height;
    let drawing = talk::Context { cache: &mut *context.cache, zone: context.zone, measured: &mut *context.measured };
    talk::scroll_and_draw(ink, area, model, &replay.talk, drawing)
}

fn title(ink: &mut Ink<'_>, area: Rect, model: &Model, replay: &Replay, context: &Context<'_>) {
    let name = model.card(replay.conversation).map(|card| SafeText::line_within(&card.customer.name, 30));
    let name = name.map_or_else(String::new, |name| format!(" {name}"));
    let words = match replay.event() {
        Some(event) => {
            let time = when::time_of_day(event.at, context.zone);
            let earlier = if replay.earlier { "+" } else { "" };
            let day = if when::another_day(event.at, model.now, context.zone) {
                format!("{} ", when::day(event.at, context.zone))
            } else {
                String::new()
            };
            format!(
                "#{}{name} · as of {day}{time} · {} of {}{earlier}",
                replay.conversation,
                replay.step() + 1,
                replay.steps.len()
            )
        }
        None => format!("#{}{name}", replay.conversation),
    };
    frame::title(ink, area.x, area.y - 1, area.right(), &SafeText::own(words), Role::Focus);
}

/// What the events up to the moment say of the AI's knowledge.
#[derive(Default)]
struct Known<'a> {
    holder: Option<Holder>,
    began: Option<(&'a Recorded, EntryNo, &'a [EntryNo])>,
    answer: Option<(EntryNo, &'a Answer)>,
    brief: Option<&'a Recorded>,
}

fn known(replay: &Replay) -> Known<'_> {
    let mut known = Known::default();
    for recorded in replay.events.iter().take_while(|event| event.n <= replay.at) {
        match &recorded.event {
            Event::Opened { holder, .. } => known.holder = Some(*holder),
            Event::HolderChanged { to, .. } => known.holder = Some(*to),
            Event::TurnBegan { answers, whispers, .. } => {
                (known.began, known.answer) = (Some((recorded, *answers, whispers.as_slice())), None);
            }
            Event::Answered { answer, .. }
            | Event::DraftProposed { answer, .. }
            | Event::ShadowDrafted { answer, .. } => {
                known.answer = Some((recorded.n, answer));
            }
            Event::Briefed { .. } => known.brief = Some(recorded),
            _ => {}
        }
    }
    known
}

fn knowledge(block: &mut Block, ink: &Ink<'_>, model: &Model, replay: &Replay) {
    let known = known(replay);
    let mut row = |name: &'static str, words: SafeText, role: Role| {
        block.line();
        block.own(0, name, ink.style(Role::Dim));
        block.wrapped(VALUE, Styled::plain(words), ink.style(role), ink.theme);
    };
    if replay.events.is_empty() {
        return row("", SafeText::literal("reading…"), Role::Dim);
    }
    let holder = match known.holder {
        None => SafeText::literal("not in what is loaded"),
        Some(Holder::Queue) => SafeText::literal("the queue"),
        Some(Holder::Ai(id) | Holder::Human(id)) => SafeText::line_within(&model.name_of(id), 40),
    };
    row("held by", holder, Role::Text);
    let Some((began, read, whispers)) = known.began else {
        let none = if replay.earlier { "no answer was begun in what is loaded" } else { "no answer was begun yet" };
        return row("turn", SafeText::literal(none), Role::Dim);
    };
    let (name, role) = who(model, began);
    row("turn", SafeText::own(format!("{}, by {name}", began.n)), role);
    row("read", SafeText::own(format!("the talk up to entry {read}; no notes")), Role::Text);
    for n in whispers {
        let text = replay.events.iter().find(|event| event.n == *n).map(|event| &event.event);
        if let Some(Event::Whispered { text }) = text {
            row("whisper", SafeText::message(text), Role::Whisper);
        }
    }
    if let Some(Recorded { event: Event::Briefed { brief }, .. }) = known.brief.filter(|brief| brief.n < began.n) {
        for (title, words) in brief.parts().into_iter().filter(|(_, words)| !words.is_empty()) {
            row("brief", SafeText::own(format!("{title}: {}", SafeText::message(words))), Role::Brief);
        }
    }
    let Some((n, answer)) = known.answer else {
        return row("answer", SafeText::literal("not there yet"), Role::Dim);
    };
    row("answer", SafeText::own(format!("{n}, grounded {:.2}", answer.grounding.share())), Role::Text);
    if answer.sources.is_empty() {
        row("sources", SafeText::literal("none"), Role::Warn);
    }
    for source in &answer.sources {
        let heading = SafeText::line(&source.heading);
        let heading = if heading.is_empty() { String::new() } else { format!(" § {heading}") };
        row(
            "source",
            SafeText::own(format!("{} {}{heading}", source.number, SafeText::line(&source.document))),
            Role::Accent,
        );
        row("", SafeText::message(&source.passage), Role::Dim);
    }
    let model_name = SafeText::line(&answer.trace.model);
    if !model_name.is_empty() {
        row("model", model_name, Role::Text);
    }
    for step in &answer.trace.steps {
        row(
            "step",
            SafeText::own(format!("{}: {}", SafeText::line(&step.name), SafeText::line(&step.detail))),
            Role::Dim,
        );
    }
}
