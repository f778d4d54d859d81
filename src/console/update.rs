//! What follows from what happened: `(model, message) -> effects`. Total and pure.
//!
//! One file for each noun: keys, moves, acts, composing, picking, the palette, news. Deliberately not here: doing
//! anything (see `perform`), and drawing.

mod acts;
mod ai;
mod alerts;
mod brief;
mod canned;
mod comfort;
mod compose;
mod guidance;
mod hold;
mod judge;
mod keys;
mod log;
mod many;
mod mouse;
mod moves;
mod needs;
mod news;
mod palette;
mod pick;
mod saved;
mod screens;
mod send;
mod shift;
mod stop;
mod talk;
mod task;
#[cfg(test)]
mod tests;
mod tour;
mod wall;

use super::{
    effect::Effect,
    model::{Layer, Line, Measured, Model, Notice, Screen, Severity},
    msg::{Msg, What},
};
use crate::domain::time::{Span, Timestamp};
use crate::protocol::Query;

/// How long no key must be pressed until the order of the list is live again.
pub const RELEASE_AFTER: Span = Span::seconds(15);
/// How long the cursor must rest until the talk follows it.
pub const FOLLOW_AFTER: Span = Span(200);
/// How often the health of the AIs is asked for, at most.
const HEALTH_EVERY: Span = Span::minutes(1);
/// Notices kept at once; an older one goes when another comes.
const NOTICES: usize = 5;

/// Changes the model as the message asks, and says what is to be done.
#[must_use]
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    model.now = Timestamp(msg.at.0.saturating_add(model.skew));
    let mut up = Up { m: model, effects: Vec::new(), changed: true };
    up.take(msg.what, msg.at);
    up.pass();
    up.tend_needs();
    up.tend_wall();
    up.tend_alerts();
    up.wake();
    let changed = up.changed;
    let effects = up.effects;
    if changed {
        model.revision = model.revision.wrapping_add(1);
    }
    effects
}

/// One update under way.
struct Up<'a> {
    m: &'a mut Model,
    effects: Vec<Effect>,
    /// Whether something visible may have changed.
    changed: bool,
}

impl Up<'_> {
    fn take(&mut self, what: What, local: Timestamp) {
        match what {
            What::Key(key) => self.key(key),
            What::Pasted(text) => self.paste(&text),
            What::Mouse(mouse) => self.mouse(mouse),
            What::Resized(columns, rows) => self.m.size = (columns, rows),
            What::Focus { here } => {
                self.changed = false;
                self.m.focused = Some(here);
            }
            What::News(news) => self.news(news, local),
            What::Answered { ticket, result } => self.answered(ticket, result),
            What::NotAsked { ticket, why } => self.not_asked(ticket, &why),
            What::Woke => {
                self.changed = false;
                self.m.inner.wake_at = None;
            }
            What::ScanOn => {
                if self.m.floor.scan_on(self.m.now) {
                    self.effects.push(Effect::ScanOn);
                }
            }
            What::Measured(measured) => self.measured(measured),
            What::Edited(result) => self.edited(result),
            What::Restored(drafts) => self.restored(drafts),
            What::Saved(views) => self.restored_views(views),
            What::SheetKept(result) => self.sheet_kept(result),
            What::Trouble(why) => self.say(Severity::Bad, why),
            What::Resumed => self.effects.push(Effect::Repaint),
            What::Ending => self.quit(),
        }
    }

    fn measured(&mut self, measured: Measured) {
        let before = (self.m.floor.top(), self.m.floor.cursor());
        self.m.measured = measured;
        if self.m.screen == Screen::Log {
            let top = self.m.log.top;
            self.m.log.window = usize::from(measured.list_rows);
            self.m.log.clamp();
            self.changed = top != self.m.log.top;
        } else if self.m.screen == Screen::Ai {
            self.m.ai.window = usize::from(measured.list_rows);
            self.changed = false;
        } else {
            self.m.floor.fit(usize::from(measured.list_rows));
            self.changed = before != (self.m.floor.top(), self.m.floor.cursor());
        }
        self.scrolled(measured);
    }

    fn quit(&mut self) {
        self.m.inner.quitting = true;
        self.effects.push(Effect::Quit);
    }

    /// Tells the person something.
    fn say(&mut self, severity: Severity, text: impl Into<String>) {
        let text = text.into();
        let until = severity.stays().map(|span| self.m.now.plus(span));
        // What went well is told by the newest; what is amiss waits until it is seen.
        let is_news = |severity| matches!(severity, Severity::Done | Severity::Info);
        self.m.notices.retain(|notice| notice.text != text && !(is_news(severity) && is_news(notice.severity)));
        if self.m.notices.len() >= NOTICES {
            self.m.notices.remove(0);
        }
        self.m.notices.push(Notice { severity, text, until });
        self.changed = true;
    }

    /// Asks how the AIs did in the last hour.
    fn ask_for_health(&mut self) {
        self.m.inner.health_at = self.m.now;
        self.m.inner.health_head = self.m.inner.head;
        self.m.inner.query = self.m.inner.query.wrapping_add(1);
        self.effects.push(Effect::Query(self.m.inner.query, Query::Health));
    }

    /// What time alone changes.
    fn pass(&mut self) {
        let now = self.m.now;
        self.let_go();
        let moved = self.m.inner.head != self.m.inner.health_head;
        if self.m.line.is_live() && moved && now.since(self.m.inner.health_at) >= HEALTH_EVERY {
            self.ask_for_health();
        }
        self.changed |= self.m.floor.pass(now);
        let notices = self.m.notices.len();
        self.m.notices.retain(|notice| notice.until.is_none_or(|until| until > now));
        self.changed |= notices != self.m.notices.len();
        for talk in &mut self.m.beside {
            talk.typing.clear();
        }
        if let Some(talk) = &mut self.m.talk {
            let typing = talk.typing.len();
            talk.typing.retain(|(_, until)| *until > now);
            self.changed |= typing != talk.typing.len();
        }
        if self.m.inner.release_at.is_some_and(|at| at <= now) {
            self.m.inner.release_at = None;
            if matches!(self.m.layer, Layer::None | Layer::Compose(_)) {
                self.m.floor.release();
            }
            self.changed = true;
        }
        if self.m.inner.follow_at.is_some_and(|at| at <= now) {
            self.open_selected();
            self.changed = true;
        } else if self.m.inner.follow_at.is_none()
            && !matches!(self.m.line, Line::Loading | Line::Connecting)
            && self.m.selected() != self.m.talk.as_ref().map(|talk| talk.conversation)
        {
            // The row under the cursor became another one, or the first one came.
            self.m.inner.follow_at = Some(now.plus(FOLLOW_AFTER));
        }
        if let Some(clock) = self.clock()
            && self.m.inner.wake_at.is_none()
        {
            // A wake that was asked for has come; ages on the screen may have moved by a step.
            self.changed |= clock.1;
        }
    }

    /// When what the screen shows of time changes next, and whether a wake means that it has.
    fn clock(&self) -> Option<(Timestamp, bool)> {
        let step: i64 = match self.m.line {
            Line::Live if self.m.floor.is_empty() => return None,
            Line::Behind { since } | Line::Reconnecting { since, .. } if self.m.now.since(since) < Span::minutes(1) => {
                10_000
            }
            Line::Ended { .. } => return None,
            _ => 60_000,
        };
        let next = self.m.now.0.div_euclid(step).saturating_add(1).saturating_mul(step);
        Some((Timestamp(next), true))
    }

    /// Asks to be woken when time changes something next.
    fn wake(&mut self) {
        let next =
            [self.m.inner.follow_at, self.m.inner.release_at, self.m.floor.next_due(), self.clock().map(|c| c.0)]
                .into_iter()
                .flatten()
                .chain(self.next_second())
                .chain(self.m.notices.iter().filter_map(|notice| notice.until))
                .chain(self.next_call())
                .chain(self.m.talk.iter().flat_map(|talk| talk.typing.iter().map(|(_, until)| *until)))
                .min();
        if next != self.m.inner.wake_at {
            self.m.inner.wake_at = next;
            let local = next.map(|at| Timestamp(at.0.saturating_sub(self.m.skew)));
            self.effects.push(Effect::WakeAt(local));
        }
    }
}
