//! The AI screen: who the AIs are, how far they may go, and what speaks for a step.
//!
//! ```text
//! ┌ AI · 30 days to 14:06 ─────────────────────────────────────────────────────────────────────┐
//! │ AIs                                                                                        │
//! │  ✦ Aria        here · answers first                                                        │
//! │ by topic            mode    answers   unedited                judged good            …     │
//! │▎ refunds            draft        34   90 % of 20 (70 to 97)   100 % of 9 (70 to 100) …     │
//! ├────────────────────────────────────────────────────────────────────────────────────────────┤
//! │ refunds · draft                                                                            │
//! │ unedited  18 of 20, 90 % (70 to 97); 4 % of the words changed, n 20                        │
//! │ proposal  ▲ auto: sent unedited 18 of 20 …                              y takes the step   │
//! ```

use super::{guidance, health, when};
use crate::{
    console::{
        layout,
        markdown::Styled,
        model::{AiRow, Measured, Model},
        theme::Role,
        widgets::{Block, Ink, Words, frame},
    },
    domain::{
        card::Card,
        evidence::{Evidence, Proposal, Share, Subject, WINDOW_DAYS},
        ids::{ConversationId, EntryNo, TeammateId},
        task::{Given, How, State, money},
        text::SafeText,
    },
};
use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};

/// Where values of the part below begin.
const VALUE: u16 = 10;
/// From this width on the shares have their intervals.
const WIDEST: u16 = 124;
/// From this width on all columns are there.
const WIDE: u16 = 104;
/// From this width on the most telling ones are.
const MIDDLE: u16 = 66;

/// Where a task's stage and goal stand, from its kind on.
const STAGE: u16 = 11;
const GOAL: u16 = 31;

/// Draws the screen. Where the row under the cursor is.
pub(super) fn draw(
    ink: &mut Ink<'_>,
    around: Rect,
    model: &Model,
    zone: &TimeZone,
    measured: &mut Measured,
) -> Option<Position> {
    frame::around(ink, around, &[]);
    let area = layout::within(around);
    title(ink, area, model, zone);
    let below = below(ink, area.width.saturating_sub(2), model);
    let height = u16::try_from(below.height()).unwrap_or(u16::MAX).min(area.height / 2);
    let top = Rect { height: area.height.saturating_sub(height + 1), ..area };
    let line = top.bottom();
    ink.fill(area.x, line, area.right(), ink.glyphs.lines.across, ink.style(Role::Border));
    below.draw(ink, Rect { x: area.x + 1, y: line + 1, width: area.width.saturating_sub(2), height }, 0);
    measured.list_rows = top.height;
    rows(ink, top, model)
}

fn title(ink: &mut Ink<'_>, area: Rect, model: &Model, zone: &TimeZone) {
    let words = match (&model.ai.refused, model.ai.read_at) {
        (Some(why), _) => format!("AI · the server does not tell: {}", SafeText::line(why)),
        (None, Some(at)) => format!("AI · {WINDOW_DAYS} days to {}", when::time_of_day(at, zone)),
        (None, None) => "AI · reading…".to_owned(),
    };
    frame::title(ink, area.x, area.y - 1, area.right(), &SafeText::own(words), Role::Focus);
}

/// A line of the list: the title of a part, or a row with its place.
enum Line {
    Title(&'static str),
    Row(usize, AiRow),
}

fn rows(ink: &mut Ink<'_>, area: Rect, model: &Model) -> Option<Position> {
    let mut lines = Vec::new();
    let mut part = "";
    for (at, row) in model.ai_rows().into_iter().enumerate() {
        if row.part() != part {
            part = row.part();
            lines.push(Line::Title(part));
        }
        lines.push(Line::Row(at, row));
    }
    let selected = model.ai_at();
    let here = lines.iter().position(|line| matches!(line, Line::Row(at, _) if *at == selected)).unwrap_or(0);
    let fits = usize::from(area.height.max(1));
    // The title of the first part stays in sight where there is room for it.
    let top = if here < fits { 0 } else { (here + fits / 3 + 1).min(lines.len()).saturating_sub(fits) };
    let mut cursor = None;
    for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
        let place = Rect { y, height: 1, ..area };
        match line {
            Line::Title(words) => head(ink, place, words),
            Line::Row(at, row) => {
                row_of(ink, place, model, row);
                if *at == selected {
                    ink.put(area.x, y, area.right(), ink.glyphs.bar, ink.style(Role::Accent));
                    ink.tint(place, ink.style(Role::Selected));
                    cursor = Some(Position::new(area.x, y));
                }
            }
        }
    }
    cursor
}

/// The columns of a width: where each begins, or ends.
struct Columns {
    mode: u16,
    /// Where it ends, as `changed` and `people`: numbers stand under each other.
    count: u16,
    unedited: Option<u16>,
    changed: Option<u16>,
    good: Option<u16>,
    people: Option<u16>,
    proposal: u16,
    /// Whether there is room for the intervals of the shares.
    intervals: bool,
}

impl Columns {
    fn of(area: Rect) -> Self {
        let x = area.x;
        let at = Self {
            mode: x + 16,
            count: x + 30,
            unedited: None,
            changed: None,
            good: None,
            people: None,
            proposal: x + 33,
            intervals: false,
        };
        if area.width >= WIDEST {
            let (unedited, changed, good, people) = (Some(x + 38), Some(x + 67), Some(x + 70), Some(x + 101));
            Self { mode: x + 20, count: x + 35, unedited, changed, good, people, proposal: x + 104, intervals: true }
        } else if area.width >= WIDE {
            let (unedited, changed, good, people) = (Some(x + 38), Some(x + 58), Some(x + 61), Some(x + 83));
            Self { mode: x + 20, count: x + 35, unedited, changed, good, people, proposal: x + 86, ..at }
        } else if area.width >= MIDDLE {
            Self { unedited: Some(x + 33), good: Some(x + 46), proposal: x + 59, ..at }
        } else {
            at
        }
    }
}

fn head(ink: &mut Ink<'_>, area: Rect, part: &'static str) {
    let (y, right, style) = (area.y, area.right(), ink.style(Role::Dim));
    let at = Columns::of(area);
    let is_table = part.starts_with("by ");
    let end = if is_table { at.mode - 1 } else { right };
    ink.put_cut(area.x + 1, y, end, part, ink.style(Role::Title));
    if !is_table {
        return;
    }
    ink.put(at.mode, y, right, "mode", style);
    ink.put_right(at.mode, y, at.count, "answers", style);
    for (x, words) in [(at.unedited, "unedited"), (at.good, "judged good")] {
        if let Some(x) = x {
            ink.put(x, y, right, words, style);
        }
    }
    for (end, words) in [(at.changed, "changed"), (at.people, "to people")] {
        if let Some(end) = end {
            ink.put_right(at.mode, y, end, words, style);
        }
    }
    ink.put(at.proposal, y, right, "proposal", style);
}

fn row_of(ink: &mut Ink<'_>, area: Rect, model: &Model, row: &AiRow) {
    let (y, right) = (area.y, area.right());
    match row {
        AiRow::Mate(id) => {
            ink.put(area.x + 1, y, right, ink.glyphs.ai, ink.style(Role::Ai));
            let x =
                ink.put_cut(area.x + 3, y, right, &SafeText::line_within(&model.name_of(*id), 40), ink.style(Role::Ai));
            let (words, role) = state(model, *id);
            ink.put_cut(x + 3, y, right, &words, ink.style(role));
        }
        AiRow::Desk => {
            let at = Columns::of(area);
            ink.put(area.x + 2, y, at.mode, "all others", ink.style(Role::Text));
            ink.put(at.mode, y, right, model.office.policy.mode.word(), ink.style(Role::Text));
            if let Some(evidence) = model.evidence_of(&Subject::Topic(None)) {
                numbers(ink, area, &at, evidence);
            }
        }
        AiRow::Subject(subject) => subject_row(ink, area, model, subject),
        AiRow::Task(id, task) => task_row(ink, area, model, *id, *task),
        AiRow::Guidance(id) => guidance::row(ink, area, model, *id),
    }
}

fn subject_row(ink: &mut Ink<'_>, area: Rect, model: &Model, subject: &Subject) {
    let (y, right) = (area.y, area.right());
    let at = Columns::of(area);
    ink.put_cut(area.x + 2, y, at.mode - 1, &name(subject), ink.style(Role::Text));
    let (mode, own) = model.mode_of(subject);
    ink.put(at.mode, y, right, mode.word(), ink.style(if own { Role::Strong } else { Role::Dim }));
    let empty = Evidence::of(subject.clone());
    numbers(ink, area, &at, model.evidence_of(subject).unwrap_or(&empty));
    match model.proposal(subject) {
        Proposal::Up { to, .. } => {
            let words = SafeText::own(format!("{} {}", ink.glyphs.new, to.word()));
            ink.put_cut(at.proposal, y, right, &words, ink.theme.bold(Role::Good));
        }
        Proposal::Down { to, .. } => {
            let words = SafeText::own(format!("{} {}", ink.glyphs.warn, to.word()));
            ink.put_cut(at.proposal, y, right, &words, ink.theme.bold(Role::Warn));
        }
        Proposal::Stay { why } => {
            // Where there is no room for all of it, what is missing is enough: the rest stands below.
            let all = SafeText::own(why);
            let first = all.as_str().find([';', ':']).map_or(Words::from(&all), |end| Words::part(&all, 0..end));
            let words = if at.proposal + Words::from(&all).width() > right { first } else { (&all).into() };
            ink.put_cut(at.proposal, y, right, words, ink.style(Role::Dim));
        }
    }
}

/// What became of the answers, column by column.
fn numbers(ink: &mut Ink<'_>, area: Rect, at: &Columns, evidence: &Evidence) {
    let (y, right) = (area.y, area.right());
    let said = if at.intervals { with_interval } else { short };
    let count = SafeText::own(evidence.volume().to_string());
    ink.put_right(at.mode, y, at.count, &count, ink.style(Role::Text));
    if let Some(x) = at.unedited {
        let words = if is_shadow(evidence) {
            // In shadow nothing is sent: how often it was alike to what people sent, by a sign of its own.
            SafeText::own(format!("~{}", said(evidence.as_people_say())))
        } else {
            said(evidence.unedited())
        };
        ink.put(x, y, right, &words, ink.style(Role::Text));
    }
    if let (Some(end), Some((distance, _))) = (at.changed, evidence.distance()) {
        let words = SafeText::own(distance.percent());
        ink.put_right(at.mode, y, end, &words, ink.style(Role::Text));
    }
    if let Some(x) = at.good {
        ink.put(x, y, right, &said(evidence.judged_good()), ink.style(Role::Text));
    }
    if let Some(end) = at.people {
        let words = SafeText::own(evidence.escalations.to_string());
        ink.put_right(at.mode, y, end, &words, ink.style(Role::Text));
    }
}

fn task_row(ink: &mut Ink<'_>, area: Rect, model: &Model, id: ConversationId, task: EntryNo) {
    let (y, right) = (area.y, area.right());
    let Some((card, given)) = find(model, id, task) else { return };
    let at = Columns::of(area);
    let who = SafeText::own(format!("#{id} {}", SafeText::line_within(&card.customer.name, 40)));
    ink.put_cut(area.x + 2, y, at.mode - 1, &who, ink.style(Role::Text));
    ink.put(at.mode, y, right, given.kind.word(), ink.style(Role::Strong));
    let (words, role) = stage(model, given);
    let x = ink.put_cut(at.mode + STAGE, y, right, &words, ink.style(role)).max(at.mode + GOAL - 2);
    ink.put_cut(x + 2, y, right, &SafeText::line_within(&given.goal, 80), ink.style(Role::Dim));
}

fn find(model: &Model, id: ConversationId, task: EntryNo) -> Option<(&Card, &Given)> {
    let card = model.card(id)?;
    card.tasks.iter().find(|given| given.task == task).map(|given| (card, given))
}

/// Where a task is.
fn stage(model: &Model, given: &Given) -> (SafeText, Role) {
    let ago = |at| when::past(model.now.since(at));
    match given.state {
        State::Waits => match given.at.filter(|at| *at > model.now) {
            Some(at) => (SafeText::own(format!("in {}", when::left(model.now, at))), Role::Dim),
            None => (SafeText::literal("waits"), Role::Dim),
        },
        State::Runs { since, .. } => {
            (SafeText::own(format!("runs {}", when::lasting(model.now.since(since)))), Role::Ai)
        }
        State::Over { how: How::Done, at } => (SafeText::own(format!("done {}", ago(at))), Role::Good),
        State::Over { how, at } => (SafeText::own(format!("{} {}", how.word(), ago(at))), Role::Warn),
    }
}

fn of_task(block: &mut Block, ink: &Ink<'_>, model: &Model, id: ConversationId, task: EntryNo) {
    let Some((card, given)) = find(model, id, task) else { return };
    let dim = ink.style(Role::Dim);
    block.line();
    let name = SafeText::own(format!("#{id} {}", SafeText::line_within(&card.customer.name, 40)));
    let x = block.at(0, name, ink.theme.bold(Role::Text));
    let x = block.own(x + 2, given.kind.word(), ink.style(Role::Strong));
    block.at(x + 2, stage(model, given).0, dim);
    let mut row = |name: &'static str, words: String| {
        block.line();
        block.own(0, name, dim);
        block.wrapped(VALUE, Styled::plain(SafeText::own(words)), ink.style(Role::Text), ink.theme);
    };
    row("goal", SafeText::line(&given.goal).to_string());
    let name = |id| SafeText::line_within(&model.name_of(id), 40);
    row("given", format!("by {} to {}", name(given.by), name(given.to)));
    let budget = &given.budget;
    let cost = budget
        .cost_micros
        .map_or_else(String::new, |most| format!(", {} of {}", money(given.cost_micros), money(most)));
    row(
        "budget",
        format!("{} of {} answers, {} of {} calls{cost}", given.turns, budget.turns, given.calls, budget.calls),
    );
    if let Some(back) = given.back_at {
        row("back", format!("in {} at the latest", when::left(model.now, back)));
    }
}

/// Whether more was compared with what people sent than was decided on.
fn is_shadow(evidence: &Evidence) -> bool {
    evidence.compared > evidence.unedited().of
}

fn name(subject: &Subject) -> SafeText {
    match subject {
        Subject::Topic(Some(name)) | Subject::Channel(name) => SafeText::line_within(name, 40),
        Subject::Topic(None) => SafeText::literal("without a topic"),
    }
}

/// `90 % of 20`; a dash of nothing.
fn short(share: Share) -> SafeText {
    share.short().map_or(SafeText::literal("–"), SafeText::own)
}

/// `90 % of 20 (70 to 97)`
fn with_interval(share: Share) -> SafeText {
    match share.range() {
        Some(range) => SafeText::own(format!("{} ({range})", short(share))),
        None => short(share),
    }
}

/// Whether an AI is here, and what it does.
fn state(model: &Model, id: TeammateId) -> (SafeText, Role) {
    let here = model.presence.iter().any(|one| one.teammate == id);
    let first = model.office.front_ai() == Some(id);
    let counts = model.floor.counts();
    if !here {
        return (SafeText::literal("not connected: what it holds goes to the queue"), Role::Warn);
    }
    let mut words = "here".to_owned();
    if first {
        words.push_str(" · answers new conversations");
    }
    let alone = model.ai_rows().iter().filter(|row| matches!(row, AiRow::Mate(_))).count() == 1;
    if alone {
        words = format!("{words} · holds {}, writes {}", counts.ai, counts.writing);
    }
    (SafeText::own(words), Role::Text)
}

/// All that is known of the row under the cursor.
fn below(ink: &Ink<'_>, width: u16, model: &Model) -> Block {
    let mut block = Block::new(width);
    let dim = ink.style(Role::Dim);
    match model.ai_row() {
        Some(AiRow::Subject(subject)) => of_subject(&mut block, ink, model, &subject),
        Some(AiRow::Desk) => {
            block.line();
            block.own(0, "Where neither the conversation, its topic nor its channel has a mode.", dim);
            block.line();
            block.own(0, "The most particular wins: conversation, topic, channel, desk. m sets it.", dim);
            health::of_day(&mut block, ink, model, VALUE);
            if let Some(evidence) = model.evidence_of(&Subject::Topic(None)) {
                block.line();
                block.own(0, "of talks without a topic", dim);
                counted(&mut block, ink, evidence);
            }
        }
        Some(AiRow::Task(id, task)) => of_task(&mut block, ink, model, id, task),
        Some(AiRow::Guidance(id)) => guidance::below(&mut block, ink, model, id),
        Some(AiRow::Mate(id)) => {
            block.line();
            let name = SafeText::line_within(&model.name_of(id), 40);
            block.at(0, name, ink.style(Role::Ai));
            health::of_mate(&mut block, ink, model, id, VALUE);
        }
        None => {}
    }
    block
}

fn of_subject(block: &mut Block, ink: &Ink<'_>, model: &Model, subject: &Subject) {
    let dim = ink.style(Role::Dim);
    let empty = Evidence::of(subject.clone());
    let it = model.evidence_of(subject).unwrap_or(&empty);
    let (mode, own) = model.mode_of(subject);
    block.line();
    let x = block.at(0, name(subject), ink.theme.bold(Role::Text));
    let x = block.own(x + 2, mode.word(), ink.style(Role::Strong));
    block.own(x + 2, if own { "of its own" } else { "as the desk says" }, dim);
    counted(block, ink, it);
    let (words, role) = match model.proposal(subject) {
        Proposal::Up { to, why } => (format!("{} {}: {why}. y takes the step", ink.glyphs.new, to.word()), Role::Good),
        Proposal::Down { to, why } => {
            (format!("{} back to {}: {why}. y takes the step", ink.glyphs.warn, to.word()), Role::Warn)
        }
        Proposal::Stay { why } => (format!("none: {why}"), Role::Dim),
    };
    block.line();
    block.own(0, "proposal", dim);
    block.wrapped(VALUE, Styled::plain(SafeText::own(words)), ink.style(role), ink.theme);
}

/// What became of the answers, line by line.
fn counted(block: &mut Block, ink: &Ink<'_>, it: &Evidence) {
    let dim = ink.style(Role::Dim);
    let mut row = |name: &'static str, words: String| {
        block.line();
        block.own(0, name, dim);
        block.wrapped(VALUE, Styled::plain(SafeText::own(words)), ink.style(Role::Text), ink.theme);
    };
    let made = format!(
        "{} in {WINDOW_DAYS} days: {} sent, {} drafts ({} wait, {} undecided), {} in shadow",
        it.volume(),
        it.sent,
        it.waits + it.approved + it.edited + it.rejected + it.undecided,
        it.waits,
        it.undecided,
        it.shadows + it.compared
    );
    row("answers", made);
    let apart = it
        .distance()
        .map(|(far, of)| format!("; {} of the words changed on the average of {of}", far.percent()))
        .unwrap_or_default();
    row("unedited", format!("{}; rejected {}{apart}", it.unedited().words(), it.rejected));
    let sign = if is_shadow(it) { "; in the list with ~" } else { "" };
    row("shadow", format!("as people answered {}{sign}", it.as_people_say().words()));
    row("reviewed", format!("judged good {}", it.judged_good().words()));
    row("people", format!("asked for a person instead {}", it.given_up().words()));
}
