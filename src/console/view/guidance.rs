//! Guidance on the AI screen: its rows, and a piece that is open, with its trial side by side and the answers that used it.
//!
//! ```text
//! ┌ guidance 3 v2 · published, newer staged ───────────────────────────────────────────────────┐
//! │ opened coffee · returns · 12 uses, 3 of 4 judged good                                      │
//! │ when   I opened the bag                                                                    │
//! │ then   say: Opened bags stay with you.                                                     │
//! │ v2     staged, mira, 0 uses, none judged · v1 in use, 12 uses, 3 of 4 judged good          │
//! │ tried on 5 past turns of 23: 3 come out otherwise                                          │
//! │▎ #1042 changed    I opened the bag, can it go back?                                        │
//! │  #1051 same       …                                                                        │
//! │ used by                                                                                    │
//! │  #1040 v1 good    Opened bags stay with you.                                               │
//! ├────────────────────────────────────────────────────────────────────────────────────────────┤
//! │ customer  I opened the bag, can it go back?                                                │
//! │ without it: answers                         │ with it: answers                             │
//! │ Send it back within 30 days [1].            │ Opened bags stay with you. [1]               │
//! ```

use super::{changed, when};
use crate::{
    console::{
        layout,
        markdown::Styled,
        model::{
            Measured, Model,
            guidance::{Opened, Over, Place, Read, Trying},
        },
        theme::Role,
        widgets::{Block, Ink, frame},
    },
    domain::{
        edit::without_numbers,
        guidance::{GuidanceId, Instruction, State},
        text::SafeText,
    },
    protocol::guidance::{Compared, Ended, Side, Use},
};
use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};

/// Where values stand.
const VALUE: u16 = 10;
/// From this width on, the two answers of a trial stand side by side.
const BESIDE: u16 = 76;
/// Versions that are named.
const VERSIONS: usize = 3;

fn role_of(state: State) -> Role {
    match state {
        State::Staged => Role::Draft,
        State::Published => Role::Good,
        State::Changed => Role::Warn,
        State::Retired => Role::Dim,
    }
}

/// A piece in the list of the AI screen.
pub(super) fn row(ink: &mut Ink<'_>, area: Rect, model: &Model, id: GuidanceId) {
    let Some((state, version, title, scope)) = model.guidance_now(id) else { return };
    let (y, right) = (area.y, area.right());
    let named = SafeText::own(format!("{id} v{version}"));
    let x = ink.put(area.x + 2, y, right, &named, ink.style(Role::Strong)).max(area.x + 9);
    let x = ink.put_cut(x + 1, y, right, state.words(), ink.style(role_of(state)));
    let used = model.tally(id).unwrap_or_default();
    let good = if used.reviewed == 0 { String::new() } else { format!(" good {}/{}", used.good, used.reviewed) };
    let counts = SafeText::own(format!("{}×{good}", used.uses));
    let x = ink.put_cut(x + 2, y, right, &counts, ink.style(Role::Text));
    let x = ink.put_cut(x + 2, y, right, &SafeText::line_within(&title, 60), ink.style(Role::Text));
    ink.put_cut(x + 2, y, right, &SafeText::line_within(&scope, 40), ink.style(Role::Dim));
}

/// What stands below the list of the AI screen, for the piece under the cursor.
pub(super) fn below(block: &mut Block, ink: &Ink<'_>, model: &Model, id: GuidanceId) {
    let Some((state, version, title, scope)) = model.guidance_now(id) else { return };
    let dim = ink.style(Role::Dim);
    block.line();
    let x = block.at(0, SafeText::own(format!("{id} v{version}")), ink.style(Role::Strong));
    let x = block.at(x + 2, SafeText::line_within(&title, 80), ink.theme.bold(Role::Text));
    block.own(x + 2, state.words(), ink.style(role_of(state)));
    let newest = model.office.guidance(id).and_then(|piece| piece.newest());
    if let Some(newest) = newest {
        words(block, ink, &newest.instruction);
    }
    line(block, ink, "in", &scope, Role::Text);
    line(block, ink, "used", &model.tally(id).unwrap_or_default().words(), Role::Text);
    let keys = match state {
        State::Staged => "Enter opens it, t tries it, P publishes it, X drops it",
        State::Published => "Enter shows what used it, t tries it, e writes a new version, X retires it",
        State::Changed => "t tries what is staged, P publishes it",
        State::Retired => "it is followed no more; Enter shows what used it",
    };
    block.line();
    block.own(0, keys, dim);
}

fn line(block: &mut Block, ink: &Ink<'_>, name: &'static str, text: &str, role: Role) {
    block.line();
    block.own(0, name, ink.style(Role::Dim));
    block.wrapped(VALUE, Styled::plain(SafeText::message(text)), ink.style(role), ink.theme);
}

fn words(block: &mut Block, ink: &Ink<'_>, it: &Instruction) {
    let always = it.when.trim().is_empty();
    line(block, ink, "when", if always { "always" } else { &it.when }, if always { Role::Dim } else { Role::Text });
    line(block, ink, "then", &it.then, Role::Text);
    if !it.examples.is_empty() {
        line(block, ink, "example", &it.examples, Role::Dim);
    }
}

/// Draws a piece that is open, over the whole screen. Where the row under the cursor is.
pub(super) fn open(
    ink: &mut Ink<'_>,
    around: Rect,
    model: &Model,
    opened: &Opened,
    zone: &TimeZone,
    measured: &mut Measured,
) -> Option<Position> {
    frame::around(ink, around, &[]);
    let area = layout::within(around);
    title(ink, area, model, opened);
    let width = area.width.saturating_sub(2);
    let above = above(ink, width, model, opened, zone);
    let below = below_of(ink, width, opened);
    // The list keeps three rows; what is above it gives way first, then what is below.
    let half = area.height / 2;
    let bottom = u16::try_from(below.height()).unwrap_or(u16::MAX).min(half.max(4)).min(area.height.saturating_sub(5));
    let rest = area.height.saturating_sub(bottom + u16::from(bottom > 0));
    let top = u16::try_from(above.height()).unwrap_or(u16::MAX).min(rest.saturating_sub(4).max(2));
    let inner = |y: u16, height: u16| Rect { x: area.x + 1, y, width, height };
    let drawn = above.draw(ink, inner(area.y, top), 0);
    if usize::from(drawn) < above.height() {
        ink.put_right(area.x, area.y + top.saturating_sub(1), area.right(), ink.glyphs.more, ink.style(Role::Dim));
    }
    let list = Rect { y: area.y + top, height: rest.saturating_sub(top), ..area };
    measured.list_rows = list.height;
    if bottom > 0 {
        let line = list.bottom();
        ink.fill(area.x, line, area.right(), ink.glyphs.lines.across, ink.style(Role::Border));
        let drawn = below.draw(ink, inner(line + 1, bottom), 0);
        if usize::from(drawn) < below.height() {
            ink.put_right(area.x, line + bottom, area.right(), ink.glyphs.more, ink.style(Role::Dim));
        }
    }
    places(ink, list, model, opened, zone)
}

fn title(ink: &mut Ink<'_>, area: Rect, model: &Model, opened: &Opened) {
    let words = match (model.guidance_now(opened.id), &opened.refused) {
        (_, Some(why)) => format!("guidance {} · the server does not tell: {}", opened.id, SafeText::line(why)),
        (Some((state, version, ..)), None) => format!("guidance {} v{version} · {}", opened.id, state.words()),
        (None, None) => format!("guidance {}", opened.id),
    };
    frame::title(ink, area.x, area.y - 1, area.right(), &SafeText::own(words), Role::Focus);
}

/// Its words and its versions.
fn above(ink: &Ink<'_>, width: u16, model: &Model, opened: &Opened, zone: &TimeZone) -> Block {
    let mut block = Block::new(width);
    let live = model.office.guidance(opened.id).and_then(|piece| piece.newest());
    let read = opened.read.as_ref();
    let newest = live.or_else(|| read.and_then(|read| read.versions.first()).map(|written| &written.version));
    let Some(newest) = newest else {
        block.line();
        let words = if opened.refused.is_some() { "there is nothing to show" } else { "reading…" };
        block.own(0, words, ink.style(Role::Dim));
        return block;
    };
    let it = &newest.instruction;
    block.line();
    let x = block.at(0, SafeText::line_within(&it.title, 80), ink.theme.bold(Role::Text));
    let x = block.at(x + 2, SafeText::line_within(&it.scope(), 60), ink.style(Role::Dim));
    if let Some(read) = read {
        block.at(x + 2, SafeText::own(read.piece.tally.words()), ink.style(Role::Text));
    }
    words(&mut block, ink, it);
    if let Some(from) = newest.from {
        line(&mut block, ink, "from", &format!("#{} {}, a fault", from.conversation, from.message), Role::Text);
    }
    if let Some(read) = read {
        line(&mut block, ink, "versions", &versions(model, read, zone), Role::Text);
    }
    block
}

fn versions(model: &Model, read: &Read, zone: &TimeZone) -> String {
    let published = model.office.guidance(read.piece.id).and_then(|piece| piece.published.as_ref());
    let published = published.map(|version| version.version).or(read.published);
    let mut all: Vec<String> = read
        .versions
        .iter()
        .take(VERSIONS)
        .map(|written| {
            let it = &written.version;
            let in_use = if published == Some(it.version) { "in use, " } else { "" };
            let by = SafeText::line_within(&model.name_of(it.by), 24);
            let at = when::time_of_day(it.at, zone);
            format!("v{} {in_use}{by} {at}, {}", it.version, written.tally.words())
        })
        .collect();
    if read.versions.len() > VERSIONS {
        all.push(format!("and {} before", read.versions.len() - VERSIONS));
    }
    all.join(" · ")
}

/// A line of the list.
enum Line<'a> {
    Title(SafeText, Role),
    Row(usize, Place<'a>),
}

fn places(ink: &mut Ink<'_>, area: Rect, model: &Model, opened: &Opened, zone: &TimeZone) -> Option<Position> {
    let mut lines = Vec::new();
    let mut tried = 0;
    if let Some(trial) = &opened.trial {
        tried = trial.talks.len();
        let (words, role) = trial_words(model, trial);
        lines.push(Line::Title(SafeText::own(words), role));
    }
    let used = |lines: &mut Vec<Line<'_>>| {
        let words = match &opened.read {
            None => "used by: reading…".to_owned(),
            Some(read) if read.uses.is_empty() => "used by no answer yet".to_owned(),
            Some(read) if read.earlier => format!("used by, the newest {}", read.uses.len()),
            Some(read) => format!("used by {}", read.uses.len()),
        };
        lines.push(Line::Title(SafeText::own(words), Role::Title));
    };
    for (at, place) in opened.places().enumerate() {
        if at == tried {
            used(&mut lines);
        }
        lines.push(Line::Row(at, place));
    }
    if opened.places().count() == tried {
        used(&mut lines);
    }
    let here = lines.iter().position(|line| matches!(line, Line::Row(at, _) if *at == opened.cursor)).unwrap_or(0);
    let fits = usize::from(area.height.max(1));
    let top = if here < fits { 0 } else { here + 1 - fits };
    let mut cursor = None;
    for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
        match line {
            Line::Title(words, role) => {
                ink.put_cut(area.x + 1, y, area.right(), words, ink.style(*role));
            }
            Line::Row(at, place) => {
                place_row(ink, Rect { y, height: 1, ..area }, place, zone);
                if *at == opened.cursor {
                    ink.put(area.x, y, area.right(), ink.glyphs.bar, ink.style(Role::Accent));
                    ink.tint(Rect { y, height: 1, ..area }, ink.style(Role::Selected));
                    cursor = Some(Position::new(area.x, y));
                }
            }
        }
    }
    cursor
}

fn trial_words(model: &Model, trial: &Trying) -> (String, Role) {
    let count = trial.talks.len();
    let changed = trial.talks.iter().filter(|talk| talk.is_changed()).count();
    match &trial.over {
        None => {
            let since = when::ago(model.now.since(trial.since));
            (format!("trying, {since}: {count} so far; nothing is sent, nothing is kept"), Role::Ai)
        }
        Some(Over::Refused(why)) => (format!("not tried: {}", SafeText::line(why)), Role::Warn),
        Some(Over::Done(looked)) if count == 0 => {
            (format!("its `when` and topics fit none of the {looked} past turns that were looked at"), Role::Warn)
        }
        Some(Over::Done(looked)) => {
            (format!("tried on {count} past turns of {looked} looked at: {changed} come out otherwise"), Role::Title)
        }
    }
}

fn place_row(ink: &mut Ink<'_>, area: Rect, place: &Place<'_>, zone: &TimeZone) {
    let (y, right) = (area.y, area.right());
    let number = SafeText::own(format!("#{}", place.conversation()));
    let x = ink.put(area.x + 2, y, right, &number, ink.style(Role::Strong)).max(area.x + 8);
    match place {
        Place::Tried(talk) => {
            let (words, role) = if talk.is_changed() { ("changed", Role::Accent) } else { ("the same", Role::Dim) };
            let x = ink.put(x + 1, y, right, words, ink.style(role)).max(x + 10);
            ink.put_cut(x + 1, y, right, &SafeText::line_within(&talk.customer, 200), ink.style(Role::Text));
        }
        Place::Used(used) => {
            let at = SafeText::own(format!("{} v{}", when::time_of_day(used.at, zone), used.version));
            let x = ink.put(x + 1, y, right, &at, ink.style(Role::Dim));
            let (words, role) = judged(used);
            let x = ink.put(x + 1, y, right, words, ink.style(role));
            ink.put_cut(x + 1, y, right, &SafeText::line_within(&used.excerpt, 200), ink.style(Role::Text));
        }
    }
}

fn judged(used: &Use) -> (&'static str, Role) {
    match used.good {
        Some(true) => ("good", Role::Good),
        Some(false) => ("bad ", Role::Bad),
        None => ("-   ", Role::Dim),
    }
}

/// The row under the cursor, whole.
fn below_of(ink: &Ink<'_>, width: u16, opened: &Opened) -> Block {
    let mut block = Block::new(width);
    match opened.place() {
        Some(Place::Tried(talk)) => compared(&mut block, ink, width, talk),
        Some(Place::Used(used)) => {
            line(&mut block, ink, "said", &used.excerpt, Role::Text);
            block.line();
            block.own(0, "Enter goes to the talk", ink.style(Role::Dim));
        }
        None => {
            block.line();
            block.own(0, "t tries it on past talks, e writes another version, P publishes it", ink.style(Role::Dim));
        }
    }
    block
}

/// Both answers: side by side where there is room, else one below the other.
fn compared(block: &mut Block, ink: &Ink<'_>, width: u16, talk: &Compared) {
    line(block, ink, "customer", &talk.customer, Role::Text);
    let (before, after) = sides(talk);
    if width < BESIDE {
        for (words, side) in [("without it", before), ("with it", after)] {
            block.line();
            block.own(0, words, ink.style(Role::Title));
            block.line();
            block.wrapped(2, side, ink.style(Role::Text), ink.theme);
        }
    } else {
        let half = width / 2;
        let column = |words: &'static str, side: Styled, ended: Ended| {
            let mut column = Block::new(half.saturating_sub(2));
            column.line();
            let x = column.own(0, words, ink.style(Role::Title));
            column.own(x + 1, ended.words(), ink.style(if ended == Ended::Answer { Role::Dim } else { Role::Warn }));
            column.line();
            column.wrapped(0, side, ink.style(Role::Text), ink.theme);
            column
        };
        let left = column("without it:", before, talk.before.ended);
        let right = column("with it:", after, talk.after.ended);
        block.side_by_side(&left, &right, half, (ink.glyphs.lines.down, ink.style(Role::Border)));
    }
    for note in &talk.after.notes {
        line(block, ink, "it says", note, Role::Dim);
    }
    line(block, ink, "back then", &talk.was, Role::Suppressed);
}

/// The words of both sides; what is only in one of them stands out.
fn sides(talk: &Compared) -> (Styled, Styled) {
    let both = talk.before.ended == talk.after.ended && talk.before.ended == Ended::Answer;
    if !both {
        return (plain(&talk.before), plain(&talk.after));
    }
    changed::sides(&without_numbers(&talk.before.text), &without_numbers(&talk.after.text))
}

fn plain(side: &Side) -> Styled {
    Styled::plain(SafeText::message(&side.text))
}
