//! Why: the sum of attention, who answers and how far, the customer, the clocks, and what stands behind the selected
//! answer. Where there is nothing to show it says so.
//!
//! ```text
//! ┬ why ───────────────┐
//! │ attention 88       │
//! │  40 asked for human│
//! │  20 repeats        │
//! │ holder  ✦ Aria 12m │
//! │ mode    auto, desk │
//! │ customer …         │
//! │ clocks  …          │
//! │ sources of #14     │
//! │ 1 returns.md § 3   │
//! │   "the passage"    │
//! │ steps              │
//! └────────────────────┘
//! ```

use super::when;
use crate::{
    console::{
        layout,
        markdown::Styled,
        model::{Model, Screen},
        theme::{Role, Theme},
        widgets::{Block, Ink, frame},
    },
    domain::{
        attention,
        card::{Card, Status},
        edit::{Distance, without_numbers},
        holder::Holder,
        text::SafeText,
        thread::{Entry, What},
        turn::Answer,
    },
};
use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};

/// Where values stand.
const VALUE: u16 = 9;

/// Draws it from `model.inspector_top` on, and says how many lines do not fit below.
pub(super) fn draw(
    ink: &mut Ink<'_>,
    area: Rect,
    model: &Model,
    zone: &TimeZone,
    role: Role,
) -> (Option<Position>, u16) {
    frame::title(ink, area.x, area.y - 1, area.right(), "why", role);
    let id = model.talk.as_ref().map(|talk| talk.conversation).or_else(|| model.selected());
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let Some(card) = id.and_then(|id| model.card(id)) else {
        ink.put_cut(inner.x, inner.y + 1, inner.right(), "No conversation is selected.", ink.style(Role::Dim));
        return (None, 0);
    };
    let mut page = Page { block: Block::new(inner.width), theme: ink.theme };
    reasons(&mut page, card, model);
    people(&mut page, card, model, ink);
    clocks(&mut page, card, model, zone);
    behind(&mut page, model);
    let most = page.block.height().saturating_sub(usize::from(inner.height));
    let top = usize::from(model.inspector_top).min(most);
    page.block.draw(ink, inner, top);
    if top < most {
        ink.put_right(inner.x, inner.bottom() - 1, inner.right(), ink.glyphs.more, ink.style(Role::Dim));
    }
    (Some(Position::new(inner.x, inner.y)), u16::try_from(most).unwrap_or(u16::MAX))
}

/// Lines of titles, and of names with values.
struct Page<'a> {
    block: Block,
    theme: &'a Theme,
}

impl Page<'_> {
    fn title(&mut self, words: &SafeText) {
        if self.block.height() > 0 {
            self.block.line();
        }
        self.block.line();
        self.block.at(0, words.clone(), self.theme.style(Role::Title));
    }

    fn row(&mut self, name: &'static str, value: SafeText, role: Role) {
        self.block.line();
        self.block.own(0, name, self.theme.style(Role::Dim));
        self.block.wrapped(VALUE, Styled::plain(value), self.theme.style(role), self.theme);
    }

    fn text(&mut self, x: u16, text: SafeText, role: Role) {
        self.block.line();
        self.block.wrapped(x, Styled::plain(text), self.theme.style(role), self.theme);
    }
}

fn reasons(page: &mut Page<'_>, card: &Card, model: &Model) {
    let attention = attention::of(card, model.now);
    page.title(&SafeText::own(format!("attention {}", attention.score)));
    for reason in &attention.reasons {
        page.block.line();
        let points = SafeText::own(format!("{:>3}", reason.points));
        page.block.at(0, points, page.theme.style(Role::Accent));
        page.block.own(4, reason.why.words(), page.theme.style(Role::Text));
    }
    if attention.reasons.is_empty() {
        page.text(0, SafeText::literal("nothing calls for a person"), Role::Dim);
    }
    if let Some(escalation) = &card.escalation
        && !escalation.summary.is_empty()
    {
        page.text(0, SafeText::message(&escalation.summary), Role::Queue);
    }
}

fn people(page: &mut Page<'_>, card: &Card, model: &Model, ink: &Ink<'_>) {
    // Where the card beside it has the facts they are not told again.
    let call = model.talk.as_ref().and_then(|talk| talk.waiting_call()).filter(|_| model.screen != Screen::NeedsYou);
    if let Some((entry, used)) = call {
        page.title(&SafeText::own(format!("tool call {} waits", entry.n)));
        // All of them stand in the talk beside it; here is what is decided on, wherever the talk was turned to.
        let beside = model.size.0 >= layout::TWO;
        let facts = super::entry::tool::facts(used, &SafeText::line(&model.actor_name(entry.by)));
        for (name, words, role) in facts {
            if !beside || matches!(name, "tool" | "asks" | "with" | "amount") {
                page.row(name, words, role);
            }
        }
    }
    page.title(&SafeText::literal("now"));
    let held = model.now.since(card.held_since);
    let held = if held.whole_seconds() < 60 { String::new() } else { format!(", {}", when::lasting(held)) };
    let name = |id| SafeText::line_within(&model.name_of(id), 40);
    let (sign, words, role) = match card.holder {
        Holder::Queue => (ink.glyphs.queue, SafeText::literal("queue"), Role::Queue),
        Holder::Ai(id) => (ink.glyphs.ai, name(id), Role::Ai),
        Holder::Human(id) if model.me() == Some(id) => (ink.glyphs.human, SafeText::literal("you"), Role::Human),
        Holder::Human(id) => (ink.glyphs.human, name(id), Role::Human),
    };
    page.row("holder", SafeText::own(format!("{sign} {words}{held}")), role);
    let policy = &model.office.policy;
    let from = match &card.topic {
        _ if card.own_mode.is_some() => "set here",
        Some(topic) if policy.topics.contains_key(topic.as_ref()) => "topic",
        _ if policy.channels.contains_key(&*card.channel) => "channel",
        _ => "desk",
    };
    page.row("mode", SafeText::own(format!("{} ({from})", card.mode.word())), Role::Text);
    if let Some(until) = card.paused_until.get().filter(|until| *until > model.now) {
        page.row("paused", SafeText::own(format!("ends in {}", when::left(model.now, until))), Role::Warn);
    }
    page.row("term", SafeText::own(card.term.count().to_string()), Role::Dim);
    let customer = SafeText::line(&card.customer.name);
    page.row("customer", customer, Role::Customer);
    if let Some(email) = &card.customer.email {
        page.text(1, SafeText::own(format!("{} (not verified)", SafeText::line(email))), Role::Dim);
    }
    if let Some(locale) = &card.customer.locale {
        page.row("language", SafeText::line(locale), Role::Text);
    }
    let topic = card.topic.as_ref().map_or(SafeText::literal("none"), |topic| SafeText::line(topic));
    page.row("topic", topic, if card.topic.is_some() { Role::Text } else { Role::Dim });
    if !card.tags.is_empty() {
        let tags: Vec<String> = card.tags.iter().map(|tag| SafeText::line(tag).to_string()).collect();
        page.row("tags", SafeText::own(tags.join(", ")), Role::Text);
    }
    page.row("priority", SafeText::literal(card.priority.word()), Role::Text);
}

fn clocks(page: &mut Page<'_>, card: &Card, model: &Model, zone: &TimeZone) {
    page.title(&SafeText::literal("clocks"));
    let time = when::time_of_day(card.opened_at, zone);
    let opened = if when::another_day(card.opened_at, model.now, zone) {
        SafeText::own(format!("{} {time}", when::day(card.opened_at, zone)))
    } else {
        time
    };
    page.row("opened", opened, Role::Text);
    match card.waiting_since {
        Some(since) => page.row("waits", when::ago(model.now.since(since)), Role::Warn),
        None => page.row("waits", SafeText::literal("for nothing"), Role::Dim),
    }
    if let Some(draft) = card.draft.get() {
        page.row(
            "draft",
            SafeText::own(format!("expires in {}", when::left(model.now, draft.expires_at))),
            Role::Draft,
        );
    }
    if let Some(at) = card.tool_waiting().and_then(|tool| tool.expires_at) {
        page.row("tool", SafeText::own(format!("expires in {}", when::left(model.now, at))), Role::Draft);
    }
    match card.status {
        Status::Open => {}
        Status::Snoozed { until } => {
            let words = format!("until {} {}", when::day(until, zone), when::time_of_day(until, zone));
            page.row("sleeps", SafeText::own(words), Role::Text);
        }
        Status::Resolved { at, confirmed, by_ai } => {
            let how = if confirmed { "confirmed" } else { "assumed" };
            let by = if by_ai { "by the AI" } else { "by a person" };
            let words = format!("{}, {how}, {by}", when::time_of_day(at, zone));
            page.row("resolved", SafeText::own(words), Role::Good);
        }
    }
}

/// What stands behind the answer that is selected, or the newest.
fn behind(page: &mut Page<'_>, model: &Model) {
    let focus = model.talk.as_ref().and_then(|talk| talk.focus());
    changed(page, model);
    let Some((entry, answer)) = focus.and_then(|entry| Some((entry, entry.answer()?))) else {
        page.title(&SafeText::literal("the AI's answer"));
        page.text(0, SafeText::literal("There is none to explain here yet."), Role::Dim);
        return;
    };
    page.title(&SafeText::own(format!("answer {} stands on", entry.n)));
    page.row("grounded", SafeText::own(format!("{:.2}", answer.grounding.share())), Role::Text);
    if answer.sources.is_empty() {
        page.text(0, SafeText::literal("It names no source."), Role::Warn);
    }
    for source in &answer.sources {
        let heading = SafeText::line(&source.heading);
        let heading = if heading.is_empty() { String::new() } else { format!(" § {heading}") };
        page.block.line();
        page.block.at(0, SafeText::own(source.number.to_string()), page.theme.style(Role::Accent));
        let words = SafeText::own(format!("{}{heading}", SafeText::line(&source.document)));
        page.block.wrapped(2, Styled::plain(words), page.theme.style(Role::Text), page.theme);
        page.text(2, SafeText::message(&source.passage), Role::Dim);
    }
    guidance(page, model, answer);
    checks(page, model, entry);
    trace(page, answer);
}

/// What a person sent in place of what the AI had drafted, where that is what is selected.
fn changed(page: &mut Page<'_>, model: &Model) {
    let Some(talk) = &model.talk else { return };
    let Some((before, after)) = talk.focus().and_then(|entry| talk.thread.changed(entry.n)) else { return };
    let apart = Distance::between(&before, &without_numbers(after)).percent();
    page.title(&SafeText::own(format!("changed by hand, {apart} of the words")));
    let (drafted, sent) = super::changed::sides(&before, &without_numbers(after));
    for (name, words, role) in [("drafted", drafted, Role::Suppressed), ("sent", sent, Role::Text)] {
        page.block.line();
        page.block.own(0, name, page.theme.style(Role::Dim));
        page.block.wrapped(VALUE, words, page.theme.style(role), page.theme);
    }
}

/// The team's guidance that it used, in the version that it was given.
fn guidance(page: &mut Page<'_>, model: &Model, answer: &Answer) {
    page.title(&SafeText::literal("guidance"));
    if answer.trace.guidance.is_empty() {
        page.text(0, SafeText::literal("It used none."), Role::Dim);
    }
    for named in &answer.trace.guidance {
        let piece = model.office.guidance(named.guidance);
        let versions = piece.into_iter().flat_map(|piece| piece.published.iter().chain(&piece.staged));
        let title = versions.filter(|it| it.version == named.version).map(|it| it.instruction.title.as_str()).next();
        let title = match (title, piece) {
            (Some(title), _) => SafeText::line(title).to_string(),
            (None, Some(_)) => "an earlier version".to_owned(),
            (None, None) => "retired since".to_owned(),
        };
        page.text(0, SafeText::own(format!("{named} {title}")), Role::Text);
    }
}

/// What the checks on the way out said of it.
fn checks(page: &mut Page<'_>, model: &Model, entry: &Entry) {
    page.title(&SafeText::literal("checks"));
    let found = model.talk.as_ref().map(|talk| talk.thread.verdicts_on(entry.n)).unwrap_or_default();
    for verdict in found {
        page.text(0, verdict.sentence(), Role::Warn);
    }
    match &entry.what {
        What::Answer { checked: Some(version), .. } if found.is_empty() => {
            page.text(0, SafeText::own(format!("all found nothing (v{version})")), Role::Dim);
        }
        What::Answer { approved: Some(by), .. } => {
            let name = by.teammate().map_or_else(|| "the desk".to_owned(), |id| model.name_of(id));
            page.text(0, SafeText::own(format!("{} let it go", SafeText::line_within(&name, 40))), Role::Dim);
        }
        _ if found.is_empty() => page.text(0, SafeText::literal("nothing on record"), Role::Dim),
        _ => {}
    }
}

fn trace(page: &mut Page<'_>, answer: &Answer) {
    let trace = &answer.trace;
    page.title(&SafeText::literal("how it came about"));
    let model = SafeText::line(&trace.model);
    let model = if model.is_empty() { SafeText::literal("not told") } else { model };
    page.row("model", model, Role::Text);
    let first = when::took(trace.first_word_ms);
    page.row("time", SafeText::own(format!("{}, first word {first}", when::took(trace.total_ms))), Role::Text);
    if let Some((read, written)) = trace.tokens {
        page.row("tokens", SafeText::own(format!("{read} read, {written} written")), Role::Text);
    }
    if let Some(micros) = trace.cost_micros {
        page.row("cost", SafeText::own(format!("{}.{:04}", micros / 1_000_000, micros % 1_000_000 / 100)), Role::Text);
    }
    if trace.steps.is_empty() {
        page.text(0, SafeText::literal("It tells no steps."), Role::Dim);
    }
    for step in &trace.steps {
        let words =
            format!("{} · {} · {}", SafeText::line(&step.name), when::took(step.ms), SafeText::line(&step.detail));
        page.text(0, SafeText::own(words), Role::Dim);
    }
}
