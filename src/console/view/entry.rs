//! One entry of a talk as lines.
//!
//! ```text
//! 14:02   Jana    My parcel says delivered, it is not
//! 14:02 ✦ Aria    I am sorry to hear that. The carrier says it was left
//!                 with a neighbour…
//!                 ▸ 2 sources · grounded 0.41 · 1.8 s · delivered
//!                 − wrong fact (mira)
//! 14:03 ─ lena took over from Aria
//! 14:03 × Aria    suppressed: Of course, let me …
//! 14:05 ▲ Aria    draft · mode is draft · expires in 8m
//!                 │ I have asked the warehouse to look at it today.
//!                 y approve   e edit   x reject
//! ```
//!
//! On a narrow talk the first line holds time and name alone and the text stands below. Deliberately not here: which
//! entries are in sight.

mod happened;
pub(super) mod tool;

use super::when;
use crate::{
    console::{
        action::{Action, Scope},
        markdown::{self, Styled},
        model::{Model, Screen},
        theme::{Role, Theme},
        widgets::{Block, Glyphs},
        wrap,
    },
    domain::{
        annotation::Verdict,
        approval::{Ending, Why},
        delivery::State,
        holder::Holder,
        ids::TeammateId,
        task::{Ending as TaskEnding, Task},
        teammate::{Actor, Kind},
        text::SafeText,
        thread::{Entry, What},
        time::Timestamp,
        turn::Answer,
    },
};
use jiff::tz::TimeZone;
use ratatui::style::{Modifier, Style};

/// What entries are drawn with.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) model: &'a Model,
    pub(super) theme: &'a Theme,
    pub(super) glyphs: &'a Glyphs,
    pub(super) zone: &'a TimeZone,
    pub(super) width: u16,
    /// The customer's name.
    pub(super) customer: &'a SafeText,
}

/// Where things stand on a line.
#[derive(Clone, Copy)]
struct Columns {
    name: u16,
    names: u16,
    body: u16,
}

/// From this width on times and names have columns of their own.
const SIDE_BY_SIDE: u16 = 46;
const SIGN: u16 = 6;

impl Context<'_> {
    fn columns(&self) -> Columns {
        match self.width {
            ..SIDE_BY_SIDE => Columns { name: 8, names: self.width.saturating_sub(8), body: 2 },
            SIDE_BY_SIDE..76 => Columns { name: 8, names: 7, body: 16 },
            _ => Columns { name: 8, names: 11, body: 20 },
        }
    }

    /// Where what is said begins.
    pub(super) fn body_column(&self) -> u16 {
        self.columns().body
    }

    fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// The name of whoever did it.
    pub(super) fn actor(&self, by: Actor) -> SafeText {
        match by {
            Actor::Desk => SafeText::literal("desk"),
            Actor::Teammate(id) if self.model.me() == Some(id) => SafeText::literal("you"),
            Actor::Teammate(id) => SafeText::line_within(&self.model.name_of(id), 40),
        }
    }

    fn holder(&self, holder: Holder) -> SafeText {
        holder.teammate().map_or(SafeText::literal("the queue"), |id| self.actor(Actor::Teammate(id)))
    }

    /// Sign and role of whoever did it.
    fn sign(&self, by: Actor) -> (&'static str, Role) {
        let kind = by.teammate().and_then(|id| self.model.office.teammates.get(&id)).map(|one| one.role.kind());
        match kind {
            Some(Kind::Ai) => (self.glyphs.ai, Role::Ai),
            Some(Kind::Human) => (self.glyphs.human, Role::Human),
            Some(Kind::Connector) | None => (self.glyphs.dot, Role::Dim),
        }
    }

    /// Begins an entry: time, sign and name. What follows stands at the body.
    pub(super) fn head(
        &self,
        block: &mut Block,
        at: Option<Timestamp>,
        sign: &'static str,
        role: Role,
        name: &SafeText,
    ) {
        let columns = self.columns();
        block.line();
        let time = at.map_or(SafeText::literal("now"), |at| when::time_of_day(at, self.zone));
        block.at(0, time, self.style(Role::Dim));
        block.own(SIGN, sign, self.style(role));
        block.at(columns.name, name.within(usize::from(columns.names)), self.style(role));
        if columns.body < columns.name {
            block.line();
        }
    }

    /// The body: wrapped from the body's column on.
    fn body(&self, block: &mut Block, text: Styled, style: Style) {
        block.wrapped(self.columns().body, text, style, self.theme);
    }

    /// A line below the body.
    fn below(&self, block: &mut Block, text: SafeText, style: Style) {
        block.line();
        self.body(block, Styled::plain(text), style);
    }

    /// A label and then the text, as in `note: …`.
    fn labelled(&self, block: &mut Block, label: &'static str, text: &SafeText, style: Style) {
        let mut words = SafeText::from_own(label);
        words.push(text);
        let end = label.trim_end().len();
        let mut styled = Styled::plain(words);
        styled.faces.push((0..end, markdown::Face { bold: true, ..markdown::Face::default() }));
        self.body(block, styled, style);
    }

    /// What happened, as one thin line.
    fn thin(&self, block: &mut Block, at: Timestamp, sign: &'static str, role: Role, words: SafeText) {
        block.line();
        block.at(0, when::time_of_day(at, self.zone), self.style(Role::Dim));
        block.own(SIGN, sign, self.style(role));
        block.wrapped(8, Styled::plain(words), self.style(role), self.theme);
    }

    /// Where a message is on its way, at the end of its last line if there is room, else below.
    fn sent(&self, block: &mut Block, state: State) {
        let (words, role) = sent(state);
        let words = SafeText::own(format!("{} {words}", self.glyphs.dot));
        let end = block.end() + 1;
        let width = u16::try_from(words.width()).unwrap_or(u16::MAX);
        if end > self.columns().body && end.saturating_add(width) <= self.width {
            block.at(end, words, self.style(role));
        } else {
            self.below(block, words, self.style(role));
        }
    }
}

/// The words for where a message is.
pub(super) fn sent(state: State) -> (&'static str, Role) {
    match state {
        State::Pending => ("queued", Role::Dim),
        State::Claimed => ("sending", Role::Dim),
        State::Sent => ("sent", Role::Dim),
        State::Delivered => ("delivered", Role::Dim),
        State::Failed => ("failed", Role::Bad),
        State::Unknown => ("nobody knows whether it arrived", Role::Warn),
        State::Void => ("never left", Role::Suppressed),
    }
}

/// What happened, in a few words; none where something was said.
pub(super) fn happened(entry: &Entry, context: &Context<'_>) -> Option<(SafeText, Role)> {
    happened::words(entry, context)
}

/// An entry's lines, and whether they change by time alone. No lines: there is nothing to show of it.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of entry, read as a table")]
pub(super) fn block(entry: &Entry, before: Timestamp, growing: bool, context: &Context<'_>) -> (Block, bool) {
    let mut block = Block::new(context.width);
    let mut ticks = false;
    let c = context;
    let at = Some(entry.at);
    let name = c.actor(entry.by);
    let (sign, role) = c.sign(entry.by);
    let text = c.style(Role::Text);
    match &entry.what {
        What::Customer { text: said, signals, .. } => {
            // A customer's word begins something new.
            block.line();
            c.head(&mut block, at, " ", Role::Customer, c.customer);
            let said = SafeText::message(said);
            let hidden = badge(&said, signals.hidden);
            c.body(&mut block, Styled::plain(said), text);
            if let Some(hidden) = hidden {
                c.below(&mut block, SafeText::own(format!("{} {hidden}", c.glyphs.warn)), c.style(Role::Warn));
            }
        }
        What::Reply { text: said, send } => {
            c.head(&mut block, at, c.glyphs.human, Role::Human, &name);
            c.body(&mut block, Styled::plain(SafeText::message(said)), text);
            c.sent(&mut block, send.state);
        }
        What::Answer { answer, send, approved, .. } => {
            let style = if send.state == State::Void { c.style(Role::Suppressed) } else { text };
            c.head(&mut block, at, sign, role, &name);
            c.body(&mut block, markdown::read(&answer.text), style);
            let (words, role) = sent(send.state);
            let approved = approved.map_or_else(String::new, |who| format!("approved by {} · ", c.actor(who)));
            behind(c, &mut block, answer, &format!(" · {approved}{words}"), role);
        }
        What::Notice { text: said, send } => {
            c.head(&mut block, at, c.glyphs.dot, Role::Dim, &SafeText::literal("notice"));
            c.body(&mut block, Styled::plain(SafeText::message(said)), text);
            c.sent(&mut block, send.state);
        }
        What::Note { text: said } => {
            c.head(&mut block, at, c.glyphs.note, Role::Note, &name);
            c.labelled(&mut block, "note: ", &SafeText::message(said), c.style(Role::Note));
        }
        What::Whisper { text: said, applied } => {
            c.head(&mut block, at, c.glyphs.whisper, Role::Whisper, &name);
            c.labelled(&mut block, "whisper: ", &SafeText::message(said), c.style(Role::Whisper));
            let words = if applied.is_some() { "applied by the AI" } else { "for the AI's next answer" };
            c.below(&mut block, SafeText::literal(words), c.style(Role::Dim));
        }
        What::Brief { brief } => {
            c.head(&mut block, at, c.glyphs.brief, Role::Brief, &name);
            c.labelled(&mut block, "brief", &SafeText::default(), c.style(Role::Brief));
            for (title, words) in brief.parts().into_iter().filter(|(_, words)| !words.is_empty()) {
                let x = c.columns().body;
                block.line();
                block.own(x, title, c.style(Role::Brief));
                block.wrapped(x + 10, Styled::plain(SafeText::message(words)), text, c.theme);
            }
        }
        What::Task { to, task, begun, ending, .. } => {
            c.head(&mut block, at, c.glyphs.brief, Role::Brief, &name);
            given(c, &mut block, (*to, task), *begun, ending.as_ref().map(|(ending, _)| &**ending));
        }
        What::Draft { answer, expires_at, why, ending } => {
            ticks = ending.is_none();
            draft(c, &mut block, entry, answer, *expires_at, *why, ending.as_ref());
        }
        What::Tool { used } => {
            ticks = used.waits();
            tool::draw(c, &mut block, entry, used);
        }
        What::Shadow { answer } => {
            c.head(&mut block, at, sign, role, &name);
            c.labelled(
                &mut block,
                "shadow, nobody outside sees it: ",
                &markdown::read(&answer.text).text,
                c.style(Role::Suppressed),
            );
            behind(c, &mut block, answer, "", Role::Dim);
        }
        What::Suppressed { text: said } => {
            c.head(&mut block, at, c.glyphs.suppressed, Role::Suppressed, &name);
            c.labelled(&mut block, "suppressed: ", &SafeText::message(said), c.style(Role::Suppressed));
        }
        What::Turn { ended: false, shadow } if !growing => {
            let words = if *shadow { "begins to draft beside you…" } else { "begins to answer…" };
            c.head(&mut block, at, sign, role, &name);
            c.body(&mut block, Styled::plain(SafeText::literal(words)), c.style(Role::Dim));
        }
        What::Escalation { reason, summary, .. } => {
            let words = SafeText::own(format!("a human is wanted: {}", reason.words()));
            c.thin(&mut block, entry.at, c.glyphs.queue, Role::Queue, words);
            if !summary.is_empty() {
                c.below(&mut block, SafeText::message(summary), text);
            }
        }
        _ => {
            if let Some((words, role)) = happened::words(entry, c) {
                c.thin(&mut block, entry.at, c.glyphs.event, role, words);
            }
        }
    }
    judgements(c, &mut block, entry);
    if block.height() > 0 && when::another_day(before, entry.at, c.zone) {
        let line = c.glyphs.lines.across;
        let day = SafeText::own(format!("{line}{line} {} {line}{line}", when::day(entry.at, c.zone)));
        block.above(day, c.style(Role::Border).patch(c.style(Role::Dim)));
    }
    (block, ticks)
}

/// A task: what was asked, where it is, and what came of it.
fn given(
    c: &Context<'_>,
    block: &mut Block,
    (to, task): (TeammateId, &Task),
    begun: bool,
    ending: Option<&TaskEnding>,
) {
    let to = c.actor(Actor::Teammate(to));
    let label = SafeText::own(format!("{} for {to}: {}", task.kind.word(), SafeText::line(&task.goal)));
    c.labelled(block, "task: ", &label, c.style(Role::Brief));
    let parts =
        [("facts", &task.facts), ("may", &task.may), ("may not", &task.may_not), ("back when", &task.back_when)];
    for (title, words) in parts.into_iter().filter(|(_, words)| !words.trim().is_empty()) {
        let x = c.columns().body;
        block.line();
        block.own(x, title, c.style(Role::Brief));
        block.wrapped(x + 10, Styled::plain(SafeText::message(words)), c.style(Role::Text), c.theme);
    }
    let (words, role) = match ending {
        None if begun => ("under way".to_owned(), Role::Ai),
        None => ("waits for the AI".to_owned(), Role::Dim),
        Some(ending) => {
            let why = ending.why().map_or_else(String::new, |why| format!(": {}", SafeText::line(why)));
            let role = if matches!(ending, TaskEnding::Done { .. }) { Role::Good } else { Role::Warn };
            (format!("{}{why}", ending.word()), role)
        }
    };
    c.below(block, SafeText::own(words), c.style(role));
    let Some(work) = ending.and_then(TaskEnding::work) else { return };
    if !work.summary.is_empty() {
        c.below(block, SafeText::message(&work.summary), c.style(Role::Text));
    }
    for question in &work.questions {
        c.below(block, SafeText::own(format!("open: {}", SafeText::line(question))), c.style(Role::Queue));
    }
    if work.text().is_some() {
        framed(c, block, &work.answer, c.style(Role::Text));
        behind(c, block, &work.answer, "", Role::Dim);
    }
}

/// What was taken out of a message, or hides in it.
fn badge(said: &SafeText, hides: bool) -> Option<String> {
    match said.hidden() {
        Some(hidden) => Some(format!("hidden text: {}", SafeText::line(hidden))),
        None if said.removed() > 0 => Some(format!("{} odd characters made visible or left out", said.removed())),
        None if hides => Some("holds invisible characters".to_owned()),
        None => None,
    }
}

/// What stands behind an answer: sources, grounding, time.
fn behind(c: &Context<'_>, block: &mut Block, answer: &Answer, after: &str, role: Role) {
    let sources = match answer.sources.len() {
        0 => "no source".to_owned(),
        1 => "1 source".to_owned(),
        n => format!("{n} sources"),
    };
    let weak = answer.grounding < c.model.office.policy.min_grounding;
    let took = answer.trace.total_ms;
    let took = if took > 0 { format!(" · {}", when::took(took)) } else { String::new() };
    let mind = if weak { " (low)" } else { "" };
    let words = format!("{} {sources} · grounded {:.2}{mind}{took}{after}", c.glyphs.behind, answer.grounding.share());
    let role = if weak && role == Role::Dim { Role::Warn } else { role };
    c.below(block, SafeText::own(words), c.style(role));
}

fn judgements(c: &Context<'_>, block: &mut Block, entry: &Entry) {
    for one in entry.standing() {
        let (sign, role) = match one.judgement.verdict {
            Verdict::Good => ("+ good", Role::Good),
            Verdict::Bad => ("", Role::Bad),
            Verdict::Unsure => ("? not sure", Role::Warn),
        };
        let mut words = if sign.is_empty() {
            let failures: Vec<_> = one.judgement.failures.iter().map(|failure| failure.words()).collect();
            let failures = if failures.is_empty() { "bad".to_owned() } else { failures.join(", ") };
            format!("{} {failures}", c.glyphs.minus)
        } else {
            sign.to_owned()
        };
        words = format!("{words} ({})", c.actor(Actor::Teammate(one.reviewer)));
        if let Some(note) = &one.judgement.note {
            words = format!("{words}: {}", SafeText::line(note));
        }
        c.below(block, SafeText::own(words), c.style(role));
        if let Some(corrected) = &one.judgement.corrected {
            let words = SafeText::own(format!("better: {}", SafeText::message(corrected)));
            c.below(block, words, c.style(Role::Good));
        }
    }
}

fn draft(
    c: &Context<'_>,
    block: &mut Block,
    entry: &Entry,
    answer: &Answer,
    expires_at: Timestamp,
    why: Why,
    ending: Option<&(Ending, Actor)>,
) {
    let why = why.words();
    let name = c.actor(entry.by);
    if ending.is_none() && c.model.screen == Screen::Log {
        // In the past nothing is to be decided.
        c.head(block, Some(entry.at), c.glyphs.draft, Role::Draft, &name);
        c.body(block, Styled::plain(SafeText::own(format!("draft, {why}, waits"))), c.style(Role::Draft));
        framed(c, block, answer, c.style(Role::Text));
        return behind(c, block, answer, "", Role::Dim);
    }
    let Some((ending, by)) = ending else {
        c.head(block, Some(entry.at), c.glyphs.draft, Role::Draft, &name);
        let left = when::left(c.model.now, expires_at);
        let mind = if expires_at.since(c.model.now).whole_minutes() < 2 {
            format!(" {}", c.glyphs.warn)
        } else {
            String::new()
        };
        let style = c.style(Role::Draft).add_modifier(Modifier::BOLD);
        c.body(block, Styled::plain(SafeText::own(format!("draft, {why}, expires in {left}{mind}"))), style);
        framed(c, block, answer, c.style(Role::Text));
        behind(c, block, answer, "", Role::Dim);
        let keys = |action, words: &str| {
            let keys = c.model.keymap.keys_of(Scope::Floor, action);
            keys.map_or_else(|| words.to_owned(), |keys| format!("{} {words}", SafeText::line(&keys)))
        };
        let acts = [(Action::Approve, "approve"), (Action::Edit, "edit"), (Action::Reject, "reject")];
        let acts: Vec<String> = acts.into_iter().map(|(action, words)| keys(action, words)).collect();
        c.below(block, SafeText::own(acts.join("   ")), c.style(Role::Key));
        return;
    };
    let by = c.actor(*by);
    let words = match ending {
        // The answer itself follows as it was sent.
        Ending::Approved => {
            c.thin(block, entry.at, c.glyphs.event, Role::Dim, SafeText::own(format!("{by} approved the draft")));
            return;
        }
        Ending::Edited => {
            c.thin(
                block,
                entry.at,
                c.glyphs.event,
                Role::Dim,
                SafeText::own(format!("{by} sent another text than the draft")),
            );
            return;
        }
        Ending::Rejected { reason } if reason.is_empty() => format!("draft rejected by {by}"),
        Ending::Rejected { reason } => format!("draft rejected by {by}: {}", SafeText::line(reason)),
        Ending::Expired => "draft expired, nobody decided in time".to_owned(),
        Ending::Withdrawn { why } => format!("draft withdrawn: {}", SafeText::line(why)),
    };
    c.head(block, Some(entry.at), c.glyphs.suppressed, Role::Suppressed, &name);
    c.body(block, Styled::plain(SafeText::own(words)), c.style(Role::Suppressed));
    framed(c, block, answer, c.style(Role::Suppressed));
}

/// A text with a thin line at its left.
fn framed(c: &Context<'_>, block: &mut Block, answer: &Answer, style: Style) {
    let x = c.columns().body;
    let text = markdown::read(&answer.text);
    let lines = wrap::wrap(text.text.as_str(), usize::from(c.width.saturating_sub(x + 2)));
    let first = block.height();
    block.line();
    block.lines_of(x + 2, text, &lines, style, c.theme);
    block.beside(first, x, c.glyphs.lines.down, c.style(Role::Draft));
}
