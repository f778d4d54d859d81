//! Where one writes, at the bottom of the talk. What is written is told by sign, words and line: nobody should send a note
//! to a customer.
//!
//! ```text
//! ━ ● reply to Jana Novak by web ━━━━━     ╌ ✎ note, unseen by Jana ╌╌╌╌╌╌     ┈ » whisper to Aria ┈┈┈┈┈┈
//! Hello Jana, I am                         ask the warehouse                   offer a new parcel
//! ═ ≡ hand back with this brief ═══════    ╌ ✎ what the AI should have said ╌
//! done: …                                  │ it said: left with a neighbour
//! promised: (what the customer may expect)
//! ```
//! In a form the titles stand out, and an empty field tells in parentheses what belongs there.

use crate::{
    console::{
        composer::canned::blanks,
        model::{Composer, Model, Writing},
        theme::Role,
        widgets::{Ink, Words, frame},
        wrap,
    },
    domain::{holder::Holder, text::SafeText, thread::What},
};
use ratatui::layout::{Position, Rect};
use std::ops::Range;

/// How many rows it takes: its line, its text, a warning; half of what there is at most. A correction has the original above
/// it, whole where two thirds are enough.
pub(super) fn height(model: &Model, composer: &Composer, area: Rect) -> u16 {
    let lines = wrap::wrap(typed(composer).text.as_str(), usize::from(area.width.saturating_sub(3))).len();
    let least = match composer.key.writing {
        Writing::Task => 11,
        Writing::Guidance(_) => 7,
        Writing::Brief => 5,
        _ => 3,
    };
    let lines = u16::try_from(lines).unwrap_or(u16::MAX).max(least);
    let above = original(model, composer)
        .map_or(0, |said| wrap::wrap(said.as_str(), usize::from(area.width.saturating_sub(4))).len());
    let above = u16::try_from(above).unwrap_or(u16::MAX);
    let most = if above > 0 { area.height / 3 * 2 } else { area.height / 2 };
    let wanted = lines.saturating_add(above).saturating_add(1 + u16::from(composer.warning.is_some()));
    wanted.clamp(3, most.max(4)).min(area.height)
}

/// What an AI said, where it is corrected.
fn original(model: &Model, composer: &Composer) -> Option<SafeText> {
    let Writing::Correct(n) = composer.key.writing else { return None };
    let entry = model.talk.as_ref().and_then(|talk| talk.thread.entry(n));
    let said = entry.and_then(|entry| match &entry.what {
        What::Answer { .. } | What::Draft { .. } | What::Shadow { .. } | What::Suppressed { .. } => entry.judged_text(),
        _ => None,
    });
    Some(SafeText::message(said.unwrap_or_default()))
}

/// Draws it. Where the caret is.
pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model, composer: &Composer) -> Position {
    let writing = composer.key.writing;
    let (role, sign, line) = match writing {
        Writing::Reply | Writing::Edit(_) | Writing::EditTool(_) => {
            (Role::Reply, ink.glyphs.human, ink.glyphs.lines.heavy)
        }
        Writing::Note => (Role::Note, ink.glyphs.note, ink.glyphs.lines.broken),
        Writing::Whisper | Writing::AnswerTool(_) => (Role::Whisper, ink.glyphs.whisper, ink.glyphs.lines.dotted),
        Writing::Brief | Writing::Task | Writing::Guidance(_) => {
            (Role::Brief, ink.glyphs.brief, ink.glyphs.lines.double)
        }
        Writing::Correct(_) => (Role::Good, ink.glyphs.note, ink.glyphs.lines.broken),
        Writing::Reject(_) | Writing::RejectTool(_) => (Role::Bad, ink.glyphs.bad, ink.glyphs.lines.broken),
    };
    let style = ink.style(role);
    ink.clear(area, ink.style(Role::Text));
    ink.fill(area.x, area.y, area.right(), line, style);
    let title = SafeText::own(format!("{sign} {}", to_whom(model, composer)));
    frame::title(ink, area.x + 1, area.y, area.right() - 1, &title, role);
    let mut inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height - 1 };
    if let Some(said) = original(model, composer) {
        let lines = wrap::wrap(said.as_str(), usize::from(inner.width.saturating_sub(2)));
        let all = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        // What is written keeps three lines where there is room, and one anywhere.
        let rows = all.min(inner.height.saturating_sub(if inner.height > 6 { 3 } else { 2 }));
        for (y, at) in (inner.y..inner.y + rows).zip(lines) {
            let x = ink.put(inner.x, y, inner.right(), ink.glyphs.lines.down, ink.style(Role::Ai));
            ink.put(x + 1, y, inner.right(), Words::part(&said, at), ink.style(Role::Suppressed));
        }
        if rows > 0 && rows < all {
            ink.put_right(inner.x, inner.y + rows - 1, inner.right(), ink.glyphs.more, ink.style(Role::Key));
        }
        inner = Rect { y: inner.y + rows, height: inner.height - rows, ..inner };
    }
    if let Some(warning) = &composer.warning {
        let words = SafeText::own(format!("{} {}", ink.glyphs.warn, SafeText::line(warning)));
        let y = inner.bottom().saturating_sub(1);
        ink.put_cut(inner.x, y, inner.right(), &words, ink.style(Role::Warn));
        inner.height = inner.height.saturating_sub(1).max(1);
    }
    text(ink, inner, composer)
}

/// What it is, who reads it, and by what channel.
fn to_whom(model: &Model, composer: &Composer) -> String {
    let title = composer.key.writing.title();
    let Some(card) = model.card(composer.key.conversation) else { return title.to_owned() };
    let customer = SafeText::line_within(&card.customer.name, 40);
    let channel = SafeText::line_within(&card.channel, 20);
    match composer.key.writing {
        _ if composer.many => format!("{title}, to all {} marked", model.many.marked.len()),
        Writing::Reply => format!("reply to {customer} by {channel}"),
        Writing::Edit(_) => format!("send to {customer} by {channel} instead of the draft"),
        Writing::Note => format!("note for the team, unseen by {customer}"),
        Writing::Whisper => {
            let ai = match card.holder {
                Holder::Ai(ai) => SafeText::line_within(&model.name_of(ai), 40),
                Holder::Human(_) | Holder::Queue => SafeText::literal("the AI"),
            };
            format!("whisper to {ai}, unseen by {customer}")
        }
        Writing::Correct(_)
        | Writing::Brief
        | Writing::Task
        | Writing::Guidance(_)
        | Writing::Reject(_)
        | Writing::RejectTool(_)
        | Writing::EditTool(_)
        | Writing::AnswerTool(_) => title.to_owned(),
    }
}

/// The text, scrolled so that the caret is in sight. Where the caret is.
fn text(ink: &mut Ink<'_>, area: Rect, composer: &Composer) -> Position {
    let Typed { text, caret, marks } = typed(composer);
    // A column is left for a caret behind the last character.
    let lines = wrap::wrap(text.as_str(), usize::from(area.width.saturating_sub(1)));
    let row = lines.iter().rposition(|line| line.start <= caret).unwrap_or(0);
    let first = (row + 1).saturating_sub(usize::from(area.height));
    for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(first)) {
        let mut x = area.x;
        let mut from = line.start;
        for (mark, role) in marks.iter().filter(|(mark, _)| mark.start < line.end && line.start < mark.end) {
            let (start, end) = (mark.start.max(line.start), mark.end.min(line.end));
            x = ink.put(x, y, area.right(), Words::part(&text, from..start), ink.style(Role::Text));
            x = ink.put(x, y, area.right(), Words::part(&text, start..end), ink.style(*role));
            from = end;
        }
        x = ink.put(x, y, area.right(), Words::part(&text, from..line.end), ink.style(Role::Text));
        if let Some((title, meant)) = meant(composer.key.writing, text.as_str(), line.start) {
            // The title is followed by a space.
            x = x.max(area.x + Words::part(&text, line.start..line.start + title).width() + 1);
            ink.put_cut(x, y, area.right(), meant, ink.style(Role::Dim));
        }
    }
    if lines.len() > first + usize::from(area.height) && area.height > 1 {
        ink.put_right(area.x, area.bottom() - 1, area.right(), ink.glyphs.more, ink.style(Role::Key));
    }
    let before = lines.get(row).map_or(0..0, |line| line.start..caret.max(line.start));
    let x = area.x.saturating_add(Words::part(&text, before).width());
    let y = area.y + u16::try_from(row - first).unwrap_or(0);
    Position::new(x.min(area.right().saturating_sub(1)), y.min(area.bottom().saturating_sub(1)))
}

/// What is shown of what was typed.
struct Typed {
    text: SafeText,
    /// In bytes of the text.
    caret: usize,
    /// What stands out, in order: folded pastes, and names that nobody filled in.
    marks: Vec<(Range<usize>, Role)>,
}

/// The text as it may be shown. Each part is cleaned alone, so that the caret stays between two of them.
fn typed(composer: &Composer) -> Typed {
    let raw = composer.editor.text();
    let caret = composer.editor.caret();
    let mut shown = Typed { text: SafeText::default(), caret: 0, marks: Vec::new() };
    let mut from = 0;
    for fold in composer.editor.folds() {
        shown.part(raw, from..fold.start, caret);
        let pasted = raw.get(fold.clone()).unwrap_or_default();
        let label = match pasted.lines().count() {
            0 | 1 => format!("[pasted {} characters]", pasted.chars().count()),
            lines => format!("[pasted {lines} lines]"),
        };
        let start = shown.text.as_str().len();
        shown.text.push(&SafeText::own(label));
        shown.marks.push((start..shown.text.as_str().len(), Role::Key));
        from = fold.end;
    }
    shown.part(raw, from..raw.len(), caret);
    let titles = composer.key.writing.fields();
    if !titles.is_empty() {
        let mut start = 0;
        let lines = shown.text.as_str().split_inclusive('\n');
        let begins = lines.map(|line| {
            start += line.len();
            (start - line.len(), line)
        });
        let found =
            begins.filter_map(|(start, line)| Some((start..start + title_of(titles, line)?.len() + 1, Role::Brief)));
        shown.marks.extend(found.collect::<Vec<_>>());
        shown.marks.sort_by_key(|(at, _)| at.start);
    }
    if composer.key.writing == Writing::Reply {
        shown.marks.extend(blanks(shown.text.as_str()).into_iter().map(|at| (at, Role::Warn)));
        shown.marks.sort_by_key(|(at, _)| at.start);
    }
    shown
}

/// The title with which a line of a form begins.
fn title_of<'a>(titles: &[&str], line: &'a str) -> Option<&'a str> {
    let (title, _) = line.split_once(':')?;
    titles.contains(&title.trim().to_lowercase().as_str()).then_some(title)
}

/// What belongs in the field of a form that begins at `start`, if nothing stands in it yet; and how long its title is.
fn meant(writing: Writing, text: &str, start: usize) -> Option<(usize, &'static str)> {
    let titles = writing.fields();
    let (before, from) = text.split_at_checked(start)?;
    if titles.is_empty() || !(before.is_empty() || before.ends_with('\n')) {
        return None;
    }
    let mut lines = from.lines();
    let first = lines.next()?;
    let title = title_of(titles, first)?;
    let rest = first.get(title.len() + 1..).unwrap_or_default();
    let mut all = std::iter::once(rest).chain(lines.take_while(|line| title_of(titles, line).is_none()));
    if all.any(|line| !line.trim().is_empty()) {
        return None;
    }
    let words = match (writing, title.trim().to_lowercase().as_str()) {
        (Writing::Brief, "done") => "(what you did)",
        (Writing::Brief, "promised") => "(what the customer may expect)",
        (Writing::Brief, "open") => "(what is still to do)",
        (Writing::Brief, "may") => "(what the AI may do now)",
        (Writing::Brief | Writing::Task, "back when") => "(when it must come back to you)",
        (Writing::Task, "kind") => "(handle, draft, summarise, collect, follow-up or translate)",
        (Writing::Task, "goal") => "(what is to come of it)",
        (Writing::Task, "facts") => "(what the AI should know)",
        (Writing::Task, "may") => "(what it may do)",
        (Writing::Task, "may not") => "(what it must leave)",
        (Writing::Task, "turns") => "(how many answers at most)",
        (Writing::Task, "calls") => "(how many tool calls at most)",
        (Writing::Task, "cost") => "(how much money at most, as 0.05)",
        (Writing::Task, "start after") => "(at once; or a time, as 2h)",
        (Writing::Task, "back after") => "(a time at most, as 30m)",
        (Writing::Guidance(_), "title") => "(its name in a few words)",
        (Writing::Guidance(_), "when") => "(always; or what the customer writes about)",
        (Writing::Guidance(_), "then") => "(what the AI is to do)",
        (Writing::Guidance(_), "examples") => "(what a customer would write)",
        (Writing::Guidance(_), "topics") => "(all; or names, with commas)",
        _ => return None,
    };
    Some((title.len() + 1, words))
}

impl Typed {
    fn part(&mut self, raw: &str, at: Range<usize>, caret: usize) {
        let middle = caret.clamp(at.start, at.end);
        self.text.push(&SafeText::message(raw.get(at.start..middle).unwrap_or_default()));
        if middle == caret {
            self.caret = self.text.as_str().len();
        }
        self.text.push(&SafeText::message(raw.get(middle..at.end).unwrap_or_default()));
    }
}
