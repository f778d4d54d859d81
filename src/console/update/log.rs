//! The log: reading it in pages, moving in it, and from an entry to its talk at that moment; stepping through a talk.

use super::Up;
use crate::console::{
    action::Action,
    effect::Effect,
    model::{Replay, Screen, Scroll, Severity, Talk, log::KEPT},
};
use crate::domain::{
    filter::LogFilter,
    ids::{ConversationId, EntryNo},
};
use crate::protocol::{Page, Query};

/// Rows asked for at once.
const PAGE: u32 = 100;
/// Rows before the end of what is loaded at which more are asked for.
const AHEAD: usize = 20;
/// Events of a talk asked for at once, and how many of them after the moment.
const EVENTS: u32 = 400;
const AFTER: u32 = 100;

impl Up<'_> {
    pub(super) fn query(&mut self, query: Query) -> u32 {
        self.m.inner.query = self.m.inner.query.wrapping_add(1);
        self.effects.push(Effect::Query(self.m.inner.query, query));
        self.m.inner.query
    }

    /// Reads the log from the newest on.
    pub(super) fn read_log(&mut self) {
        let filter = self.m.log.words.clone();
        let asked = self.query(Query::Log { filter, before: None, limit: PAGE });
        (self.m.log.asked, self.m.log.anew, self.m.log.refused) = (Some(asked), true, None);
    }

    /// Asks for older ones when the cursor nears the end of what is there.
    fn read_on(&mut self) {
        let log = &self.m.log;
        let near = log.cursor + AHEAD.max(log.window) >= log.rows.len();
        if log.asked.is_some() || !near || log.rows.len() >= KEPT || !self.m.line.is_connected() {
            return;
        }
        let Some(before) = log.next else { return };
        let filter = log.words.clone();
        let asked = self.query(Query::Log { filter, before: Some(before), limit: PAGE });
        (self.m.log.asked, self.m.log.anew) = (Some(asked), false);
    }

    /// Shows the log; reads it if it was not read yet.
    pub(super) fn show_log(&mut self) {
        self.show(Screen::Log);
        if self.m.log.head.is_none() && self.m.log.asked.is_none() {
            self.read_log();
        }
    }

    /// Sets the filter of the log, and reads anew.
    pub(super) fn filter_log(&mut self, words: &str) {
        if self.m.log.words != words || self.m.log.head.is_none() {
            words.clone_into(&mut self.m.log.words);
            self.m.replay = None;
            self.read_log();
        }
    }

    /// Shows what was said with these words; without words opens the line to type them.
    pub(super) fn search(&mut self, words: &str) {
        self.m.replay = None;
        self.show(Screen::Log);
        if words.is_empty() {
            return self.filter_with("");
        }
        match LogFilter::parse(words) {
            Ok(_) => self.filter_log(words),
            Err(mistake) => self.say(Severity::Warn, mistake.to_string()),
        }
    }

    /// A page came, if one was asked for. Whether it is of the log or of a replay.
    pub(super) fn log_page(&mut self, id: u32, page: &mut Option<Page>) -> bool {
        if self.m.log.asked == Some(id) {
            self.m.log.asked = None;
            match page.take() {
                Some(Page::Log { events, next }) => {
                    let head = self.m.inner.head;
                    let log = &mut self.m.log;
                    if log.anew {
                        (log.rows, log.cursor, log.top) = (Vec::new(), 0, 0);
                        log.head = Some(head.max(events.first().map(|event| event.seq).unwrap_or_default()));
                    }
                    log.rows.extend(events);
                    log.next = next;
                    log.clamp();
                    self.read_on();
                }
                Some(Page::Refused { why }) => self.m.log.refused = Some(self.sentence(&why)),
                _ => {}
            }
            return true;
        }
        if self.m.replay.as_ref().is_some_and(|replay| replay.asked == Some(id)) {
            self.replay_page(page.take());
            return true;
        }
        false
    }

    /// Moves in the log, or in the talk of the replay.
    pub(super) fn move_log(&mut self, action: Action, by: i64) {
        if let Some(replay) = &mut self.m.replay {
            match action {
                Action::First => replay.talk.scroll.by = i32::MIN / 2,
                Action::Last => replay.talk.scroll = Scroll::default(),
                _ => {
                    let by = i32::try_from(by).unwrap_or(0);
                    replay.talk.scroll.by = replay.talk.scroll.by.saturating_add(by);
                }
            }
            return;
        }
        let log = &mut self.m.log;
        let last = i64::try_from(log.rows.len()).unwrap_or(i64::MAX).saturating_sub(1).max(0);
        let to = i64::try_from(log.cursor).unwrap_or(0).saturating_add(by).clamp(0, last);
        log.cursor = usize::try_from(to).unwrap_or(0);
        log.clamp();
        self.read_on();
    }

    /// Enter: from an entry to its talk at that moment; from there to the talk as it is now.
    pub(super) fn open_log(&mut self) {
        if let Some(replay) = &self.m.replay {
            let id = replay.conversation;
            return self.visit(id);
        }
        match self.m.log.selected().map(|row| (row.conversation, row.n)) {
            Some((Some(id), n)) => self.replay(id, n, Screen::Log),
            Some((None, _)) => self.say(Severity::Info, "this concerns the whole desk: there is no talk behind it"),
            None => {}
        }
    }

    /// Esc on the log. Whether there was a step to go back.
    pub(super) fn leave_log(&mut self) -> bool {
        match self.m.replay.take() {
            Some(replay) => {
                if replay.from != Screen::Log {
                    self.show(replay.from);
                }
                true
            }
            None => false,
        }
    }

    // A talk in time.

    /// Shows a talk as it was when an entry was its newest.
    fn replay(&mut self, conversation: ConversationId, at: EntryNo, from: Screen) {
        self.m.inner.epoch += 1;
        self.m.replay = Some(Replay {
            conversation,
            at,
            events: Vec::new(),
            earlier: true,
            later: true,
            asked: None,
            talk: Talk::asked(conversation, self.m.inner.epoch),
            steps: Vec::new(),
            from,
            refused: None,
        });
        self.ask_replay(EntryNo(at.0.saturating_add(AFTER)), EVENTS);
    }

    fn ask_replay(&mut self, before: EntryNo, limit: u32) {
        let Some(conversation) = self.m.replay.as_ref().map(|replay| replay.conversation) else { return };
        let asked = self.query(Query::History { conversation, before: Some(before), limit });
        if let Some(replay) = &mut self.m.replay {
            replay.asked = Some(asked);
        }
    }

    fn replay_page(&mut self, page: Option<Page>) {
        let why = match &page {
            Some(Page::Refused { why }) => Some(self.sentence(why)),
            _ => None,
        };
        self.m.inner.epoch += 1;
        let epoch = self.m.inner.epoch;
        let Some(replay) = &mut self.m.replay else { return };
        replay.asked = None;
        let Some(Page::History { events, earlier }) = page else {
            replay.refused = why;
            return;
        };
        let (first, last) = (replay.events.first().map(|one| one.n), replay.events.last().map(|one| one.n));
        if let (Some(first), Some(last)) = (first, last) {
            let later: Vec<_> = events.iter().filter(|one| one.n > last).cloned().collect();
            let mut before: Vec<_> = events.into_iter().filter(|one| one.n < first).collect();
            if before.is_empty() {
                replay.later = !later.is_empty();
            } else {
                replay.earlier = earlier;
            }
            before.append(&mut replay.events);
            before.extend(later);
            replay.events = before;
        } else {
            replay.earlier = earlier;
            replay.later = events.last().is_some_and(|last| last.n.0 + 1 >= replay.at.0.saturating_add(AFTER));
            replay.events = events;
        }
        replay.fold(epoch);
    }

    /// One entry back or on. On the floor and on the wall it begins with the open talk.
    pub(super) fn step_in_time(&mut self, on: bool) {
        if self.m.screen != Screen::Log || self.m.replay.is_none() {
            if self.m.screen == Screen::Log {
                return self.open_log();
            }
            let Some(talk) = &self.m.talk else {
                return self.say(Severity::Info, "no conversation is open");
            };
            let (id, newest) = (talk.conversation, talk.thread.n);
            let entries = &talk.thread.entries;
            let at = if on { None } else { entries.len().checked_sub(2).and_then(|at| entries.get(at)) };
            let at = at.map_or(newest, |entry| entry.n);
            let from = self.m.screen;
            self.show(Screen::Log);
            return self.replay(id, at, from);
        }
        self.m.inner.epoch += 1;
        let epoch = self.m.inner.epoch;
        let Some(replay) = &mut self.m.replay else { return };
        if replay.asked.is_some() || replay.events.is_empty() {
            return;
        }
        let at = replay.at;
        let to = if on {
            replay.steps.iter().find(|n| **n > at).copied()
        } else {
            replay.steps.iter().rev().find(|n| **n < at).copied()
        };
        if let Some(to) = to {
            replay.at = to;
            return replay.fold(epoch);
        }
        let (first, last) = (replay.events.first().map(|one| one.n), replay.events.last().map(|one| one.n));
        match (on, first, last) {
            (true, _, Some(last)) if replay.later => {
                self.ask_replay(EntryNo(last.0.saturating_add(AFTER + 1)), AFTER);
            }
            (false, Some(first), _) if replay.earlier => self.ask_replay(first, EVENTS),
            (true, ..) => self.say(Severity::Info, "this is the newest; Enter shows the talk as it goes on"),
            (false, ..) => self.say(Severity::Info, "this is where it began"),
        }
    }
}
