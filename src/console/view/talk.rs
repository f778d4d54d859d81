//! The open conversation: a virtual list of wrapped entries. Only what is in sight is wrapped, once.
//!
//! ```text
//! ┬ #1042 Jana Novak · web · order late ────────────────────┬
//! │ 14:02   Jana    My parcel says delivered, it is not     │
//! │ 14:02 ✦ Aria    I am sorry to hear that …               │
//! │▎                ▸ 2 sources · grounded 0.41 · 1.8 s     │   ▎: the message that + − c are about
//! │ 14:03 ✦ Aria    Of course, let me ▌                     │
//! │ ━ ● reply to the customer ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
//! ```

use super::{
    composer,
    entry::{self, Context as EntryContext},
};
use crate::{
    console::{
        action::{Action, Scope},
        markdown::Styled,
        model::{Anchor, Layer, Loading, Measured, Model, OutgoingState, Pane, Screen, Talk, sending},
        theme::Role,
        widgets::{Block, Ink, frame},
        wrap::Tail,
    },
    domain::{
        ids::{ConversationId, EntryNo},
        text::SafeText,
        thread::{Entry, What},
        time::Timestamp,
    },
    protocol::Typist,
};
use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};
use std::collections::HashMap;

/// What is drawn with, beside the model.
pub(super) struct Context<'a> {
    pub(super) cache: &'a mut Cache,
    pub(super) zone: &'a TimeZone,
    pub(super) measured: &'a mut Measured,
}

/// Wrapped lines: good for one conversation, width and state of the desk.
#[derive(Debug, Default)]
pub(super) struct Cache {
    key: Key,
    /// The revision of the talk up to which the lines are right.
    revision: u64,
    blocks: HashMap<EntryNo, (Block, Option<i64>)>,
    tail: Tail,
    tail_of: EntryNo,
    /// The growing text as it was cleaned last, and of how many bytes.
    grown: (SafeText, usize),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Key {
    conversation: ConversationId,
    epoch: u64,
    width: u16,
    desk: u64,
    /// A call that waits is told otherwise where its card stands above, and in the log.
    screen: Screen,
    writing: bool,
}

/// More entries than this are not kept.
const KEPT: usize = 2_000;
/// Stands for what follows on the last entry: what grows, what is on its way, who types.
const AFTER: EntryNo = EntryNo(u32::MAX);

impl Cache {
    fn refresh(&mut self, key: Key, talk: &Talk) {
        let stale = key != self.key || self.blocks.len() > KEPT;
        let missed = talk.touched.front().is_some_and(|(first, _)| *first > self.revision + 1);
        if stale || (missed && talk.revision != self.revision) {
            self.blocks.clear();
        } else if talk.revision != self.revision {
            for (_, n) in talk.touched.iter().rev().take_while(|(revision, _)| *revision > self.revision) {
                self.blocks.remove(n);
            }
        }
        (self.key, self.revision) = (key, talk.revision);
    }

    /// An entry's lines.
    fn block(
        &mut self,
        entry: &Entry,
        before: Timestamp,
        growing: Option<EntryNo>,
        context: &EntryContext<'_>,
    ) -> &Block {
        let minute = context.model.now.0 / 60_000;
        // A turn's line gives way to its growing text.
        let grows = growing == Some(entry.n);
        let turns = matches!(entry.what, What::Turn { ended: false, .. });
        let stands = |kept: &(Block, Option<i64>)| !turns && kept.1.is_none_or(|at| at == minute);
        if !self.blocks.get(&entry.n).is_some_and(stands) {
            let (block, ticks) = entry::block(entry, before, grows, context);
            self.blocks.insert(entry.n, (block, ticks.then_some(minute)));
        }
        &self.blocks.entry(entry.n).or_default().0
    }
}

/// Draws talk, title and composer. Where the cursor belongs.
pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model, context: Context<'_>, role: Role) -> Option<Position> {
    let composing = match &model.layer {
        Layer::Compose(composer) => Some(composer),
        Layer::Help(help) => match &*help.over {
            Layer::Compose(composer) => Some(composer),
            _ => None,
        },
        _ => None,
    };
    let below = composing.map_or(0, |composer| composer::height(model, composer, area));
    let (above, composer_area) =
        (Rect { height: area.height - below, ..area }, Rect { y: area.bottom() - below, height: below, ..area });
    let mut caret = None;
    if let Some(composer) = composing {
        caret = Some(composer::draw(ink, composer_area, model, composer));
    }
    let Some(talk) = &model.talk else {
        frame::title(ink, area.x, area.y - 1, area.right(), "no conversation is open", role);
        let words = "Enter opens the selected conversation, space the next that needs you.";
        ink.put_cut(area.x + 1, area.y + 1, area.right(), words, ink.style(Role::Dim));
        return caret;
    };
    title(ink, area, model, talk, role);
    context.measured.talk_rows = above.height;
    let inner = Rect { x: above.x + 1, width: above.width.saturating_sub(2), ..above };
    let shown = scroll_and_draw(ink, inner, model, talk, context);
    caret.or(shown)
}

fn title(ink: &mut Ink<'_>, area: Rect, model: &Model, talk: &Talk, role: Role) {
    let mut words = format!("#{}", talk.conversation);
    if let Some(card) = model.card(talk.conversation) {
        let (name, channel) = (SafeText::line_within(&card.customer.name, 40), SafeText::line(&card.channel));
        words = format!("{words} {name} · {channel}");
        if let Some(topic) = &card.topic {
            words = format!("{words} · {}", SafeText::line_within(topic, 40));
        }
    }
    let watchers: Vec<String> =
        model.watchers(talk.conversation).map(|id| SafeText::line_within(&model.name_of(id), 20).to_string()).collect();
    let mut right = area.right();
    if !watchers.is_empty() && area.width >= 50 {
        let who = SafeText::own(format!("{} here too", watchers.join(", "))).within(usize::from(area.width / 3));
        let from = right.saturating_sub(u16::try_from(who.width()).unwrap_or(0) + 2);
        frame::title(ink, from, area.y - 1, right, &who, Role::Human);
        right = from;
    }
    frame::title(ink, area.x, area.y - 1, right, &SafeText::own(words), role);
}

/// A line of the talk: which item (an entry, or what follows on the last), and which line of it.
type Place = (usize, usize);

/// Draws what is in sight of a talk. Where its cursor belongs.
pub(super) fn scroll_and_draw(
    ink: &mut Ink<'_>,
    area: Rect,
    model: &Model,
    talk: &Talk,
    context: Context<'_>,
) -> Option<Position> {
    match &talk.loading {
        Loading::Asked if talk.thread.entries.is_empty() => {
            ink.put_cut(area.x, area.y + 1, area.right(), "loading…", ink.style(Role::Dim));
            return None;
        }
        Loading::Not(why) => {
            let words = SafeText::line(why);
            ink.put_cut(area.x, area.y + 1, area.right(), &words, ink.style(Role::Warn));
            return None;
        }
        Loading::Asked | Loading::Here => {}
    }
    let Context { cache, zone, measured } = context;
    let customer = model.card(talk.conversation).map(|card| first_name(&card.customer.name)).unwrap_or_default();
    let entries =
        EntryContext { model, theme: ink.theme, glyphs: ink.glyphs, zone, width: area.width, customer: &customer };
    let key = Key {
        conversation: talk.conversation,
        epoch: talk.epoch,
        width: area.width,
        desk: model.office.seq.0,
        screen: model.screen,
        writing: model.screen == Screen::NeedsYou && matches!(model.layer, Layer::Compose(_)),
    };
    cache.refresh(key, talk);
    let after = after(model, talk, cache, &entries);
    let growing = talk.growing.as_ref().map(|growing| growing.turn);
    let mut items = Items { talk, cache, growing, entries, after };
    let rows = usize::from(area.height);
    let bottom = items.back(items.end(), rows);
    let mut top = match talk.scroll.anchor {
        None => bottom,
        Some(anchor) => items.find(anchor),
    };
    match talk.scroll.by {
        0 => {}
        by if by > 0 => top = items.forth(top, by.unsigned_abs() as usize),
        by => top = items.back(top, by.unsigned_abs() as usize),
    }
    if talk.scroll.to_selected
        && let Some(n) = talk.selected
    {
        let (start, height) = items.entry(n);
        let last = items.forth(start, height.saturating_sub(1));
        let lowest = items.back(last, rows.saturating_sub(1));
        top = if height >= rows { start } else { top.max(lowest).min(start) };
    }
    top = top.min(bottom);
    measured.at_end = top == bottom;
    measured.at_top = top == (0, 0);
    measured.anchor = Some(items.anchor(top));
    let cursor = items.draw(ink, area, top, talk.focus().map(|entry| entry.n).filter(|_| model.pane == Pane::Talk));
    cursor.filter(|_| model.pane == Pane::Talk)
}

struct Items<'a, 'b> {
    talk: &'a Talk,
    cache: &'b mut Cache,
    growing: Option<EntryNo>,
    entries: EntryContext<'a>,
    after: Block,
}

impl Items<'_, '_> {
    /// The lines of an item; the one behind the last entry is what follows on it.
    fn item(&mut self, at: usize) -> &Block {
        match self.talk.thread.entries.get(at) {
            Some(entry) => {
                // Before the first one there is today: the day is named where it is another one.
                let earlier = at.checked_sub(1).and_then(|at| self.talk.thread.entries.get(at));
                let before = earlier.map_or(self.entries.model.now, |earlier| earlier.at);
                self.cache.block(entry, before, self.growing, &self.entries)
            }
            None => &self.after,
        }
    }

    fn count(&self) -> usize {
        self.talk.thread.entries.len() + 1
    }

    /// Just behind the last line.
    fn end(&self) -> Place {
        (self.count() - 1, self.after.height())
    }

    /// So many lines before a place, at most to the first.
    fn back(&mut self, from: Place, mut lines: usize) -> Place {
        let (mut item, mut line) = from;
        loop {
            if line >= lines {
                return self.normal((item, line - lines));
            }
            lines -= line;
            if item == 0 {
                return self.normal((0, 0));
            }
            item -= 1;
            line = self.item(item).height();
        }
    }

    /// So many lines after a place, at most to the end.
    fn forth(&mut self, from: Place, mut lines: usize) -> Place {
        let (mut item, mut line) = from;
        while item < self.count() {
            let height = self.item(item).height();
            if line + lines < height {
                return (item, line + lines);
            }
            lines -= height.saturating_sub(line).min(lines);
            (item, line) = (item + 1, 0);
        }
        self.end()
    }

    /// The same place, named by the first item that has a line there.
    fn normal(&mut self, place: Place) -> Place {
        let (mut item, line) = place;
        if line > 0 {
            return place;
        }
        while item + 1 < self.count() && self.item(item).height() == 0 {
            item += 1;
        }
        if item + 1 == self.count() && self.after.height() == 0 {
            // Nothing but empty items to the end.
            return (item, 0);
        }
        (item, 0)
    }

    fn index(&self, n: EntryNo) -> usize {
        self.talk.thread.entries.binary_search_by_key(&n, |entry| entry.n).unwrap_or_else(|at| at)
    }

    fn find(&mut self, anchor: Anchor) -> Place {
        let item = self.index(anchor.entry).min(self.count() - 1);
        let height = self.item(item).height();
        self.normal((item, usize::from(anchor.line).min(height.saturating_sub(1))))
    }

    /// Where an entry begins, and how many lines it has.
    fn entry(&mut self, n: EntryNo) -> (Place, usize) {
        let item = self.index(n).min(self.count() - 1);
        ((item, 0), self.item(item).height())
    }

    fn anchor(&self, top: Place) -> Anchor {
        let entry = self.talk.thread.entries.get(top.0).map_or(AFTER, |entry| entry.n);
        Anchor { entry, line: u16::try_from(top.1).unwrap_or(u16::MAX) }
    }

    /// Draws from a place on, with a bar beside the selected entry. Where that entry is.
    fn draw(&mut self, ink: &mut Ink<'_>, area: Rect, top: Place, selected: Option<EntryNo>) -> Option<Position> {
        let mut cursor = None;
        let mut y = area.y;
        let mut first = top.1;
        for at in top.0..self.count() {
            if y >= area.bottom() {
                break;
            }
            let n = self.talk.thread.entries.get(at).map(|entry| entry.n);
            let room = Rect { y, height: area.bottom() - y, ..area };
            let drawn = self.item(at).draw(ink, room, first);
            if selected.is_some() && n == selected && drawn > 0 {
                for row in y..y + drawn {
                    ink.put(area.x.saturating_sub(1), row, area.x, ink.glyphs.bar, ink.style(Role::Accent));
                }
                cursor = Some(Position::new(area.x.saturating_sub(1), y));
            }
            first = first.saturating_sub(self.item(at).height());
            y += drawn;
        }
        cursor
    }
}

/// The first word of a name, as one calls somebody.
fn first_name(name: &str) -> SafeText {
    let whole = SafeText::line_within(name, 60);
    let first = whole.as_str().split(' ').find(|word| word.chars().filter(|c| c.is_alphanumeric()).count() > 1);
    first.map_or(whole.clone(), SafeText::line)
}

/// What follows on the last entry: the growing answer, texts on their way, who types, what may still arrive.
fn after(model: &Model, talk: &Talk, cache: &mut Cache, c: &EntryContext<'_>) -> Block {
    let mut block = Block::new(c.width);
    if let Some(growing) = &talk.growing {
        let name = growing.by.map_or(SafeText::literal("AI"), |id| SafeText::line_within(&model.name_of(id), 40));
        c.head(&mut block, None, c.glyphs.ai, Role::Ai, &name);
        if cache.tail_of != growing.turn || growing.text.len() < cache.grown.1 {
            (cache.tail, cache.tail_of, cache.grown) = (Tail::default(), growing.turn, (SafeText::default(), 0));
        }
        if growing.text.len() != cache.grown.1 {
            cache.grown = (SafeText::message(&growing.text), growing.text.len());
        }
        let x = c.body_column();
        let lines = cache.tail.lines(cache.grown.0.as_str(), usize::from(c.width.saturating_sub(x + 1)));
        block.lines_of(x, Styled::plain(cache.grown.0.clone()), lines, c.theme.style(Role::Text), c.theme);
        block.own(block.end().max(x), c.glyphs.growing, c.theme.style(Role::Ai));
    }
    for one in model.sending.iter().filter(|one| one.conversation == talk.conversation) {
        let arrived = matches!(one.state, OutgoingState::Accepted(n) if talk.thread.entry(n).is_some());
        if !arrived {
            outgoing(&mut block, one, model, c);
        }
    }
    for (who, until) in &talk.typing {
        if *until <= model.now || (matches!(who, Typist::Teammate(id) if Some(*id) == model.me())) {
            continue;
        }
        let who = match who {
            Typist::Customer => c.customer.clone(),
            Typist::Teammate(id) => SafeText::line_within(&model.name_of(*id), 40),
        };
        block.line();
        block.at(8, SafeText::own(format!("{who} types…")), c.theme.style(Role::Dim));
    }
    if let Some((term, still)) = &talk.quiet
        && model.card(talk.conversation).is_some_and(|card| card.term == *term)
        && !still.is_empty()
    {
        let which: Vec<String> = still.iter().map(ToString::to_string).collect();
        let words =
            format!("{} on the wire since before you took over, may still arrive: {}", c.glyphs.warn, which.join(", "));
        block.line();
        block.wrapped(8, Styled::plain(SafeText::own(words)), c.theme.style(Role::Warn), c.theme);
    }
    block
}

fn outgoing(block: &mut Block, one: &sending::Outgoing, model: &Model, c: &EntryContext<'_>) {
    let (sign, role, label) = match one.what {
        sending::What::Reply => (c.glyphs.human, Role::Human, ""),
        sending::What::Note => (c.glyphs.note, Role::Note, "note: "),
        sending::What::Whisper => (c.glyphs.whisper, Role::Whisper, "whisper: "),
    };
    c.head(block, Some(one.at), sign, role, &SafeText::literal("you"));
    let mut text = SafeText::from_own(label);
    text.push(&SafeText::message(&one.text));
    let x = c.body_column();
    block.wrapped(x, Styled::plain(text), c.theme.style(Role::Dim), c.theme);
    let (words, role) = match &one.state {
        OutgoingState::Held(until) => {
            let keys = model.keymap.keys_of(Scope::Floor, Action::Back).unwrap_or_default();
            let seconds = until.since(model.now).0.div_ceil(1_000);
            (SafeText::own(format!("goes in {seconds} s - {} takes it back", SafeText::line(&keys))), Role::Warn)
        }
        OutgoingState::Queued => (SafeText::literal("queued"), Role::Dim),
        OutgoingState::Accepted(_) => (SafeText::literal("sent to the desk"), Role::Dim),
        OutgoingState::Failed(why) => {
            (SafeText::own(format!("failed (r to retry): {}", SafeText::line(why))), Role::Bad)
        }
    };
    block.line();
    block.wrapped(x, Styled::plain(words), c.theme.style(role), c.theme);
}
