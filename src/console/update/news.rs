//! What the session tells: who one is, cards, whether the line is live.

use super::Up;
use crate::client::News;
use crate::console::model::{Line, Severity, floor::People};
use crate::domain::{
    desk::Office,
    ids::{ConversationId, EntryNo, LogId, Seq, Term},
    teammate::Teammate,
    time::{Span, Timestamp},
};
use crate::protocol::{Page, ToPeer, limits::Limits};

/// Clocks that differ by less are taken to agree, so that ages do not jump.
const AGREES: u64 = 500;

impl Up<'_> {
    pub(super) fn news(&mut self, news: News, local: Timestamp) {
        match news {
            News::Frame(frame) => self.frame(*frame, local),
            // The loop turns answers into tickets; one that comes here has no asker.
            News::Answered { .. } => self.changed = false,
            News::Lost { why, retry_in_ms } => self.lost(why, retry_in_ms),
            News::Ended { code, why } => {
                self.say(Severity::Bad, format!("the session is over: {why}"));
                self.m.line = Line::Ended { code, why };
            }
        }
    }

    fn frame(&mut self, frame: ToPeer, local: Timestamp) {
        match frame {
            ToPeer::Welcome { you, log, seq, now, limits, office, resumed } => {
                self.set_clock(now, local);
                self.welcome(you, log, seq, limits, *office, resumed);
            }
            ToPeer::Cards { cards, gone, current } => {
                for talk in self.m.talk.iter_mut().chain(&mut self.m.beside) {
                    if let Some(card) = cards.iter().find(|card| card.id == talk.conversation) {
                        talk.card = Some(Box::new(card.clone()));
                    }
                }
                self.look_at_all(&cards, &gone);
                self.m.floor.take(cards, &gone, self.m.now);
                if let Some(current) = current {
                    self.m.inner.begun = true;
                    self.m.inner.current = self.m.inner.current.max(current);
                    self.m.floor.anchor();
                    self.freshness(true);
                }
            }
            ToPeer::Desk { office } => {
                self.m.inner.head = self.m.inner.head.max(office.seq);
                self.meet(*office);
                self.freshness(false);
            }
            ToPeer::Thread { conversation, card, earlier, events, more: _ } => {
                self.thread(conversation, card, earlier, events);
            }
            ToPeer::Unwatchable { conversation, why } => {
                let office = &self.m.office;
                let why = why.sentence(&|id| office.name_of(id));
                self.unwatchable(conversation, why);
            }
            ToPeer::Events { conversation, events } => self.events(conversation, events),
            ToPeer::Page { page: Page::Health { ais, usage }, .. } => {
                self.changed = self.m.health != ais || self.m.usage != usage;
                (self.m.health, self.m.usage) = (ais, usage);
            }
            ToPeer::Page { id, page } => self.page(id, page),
            ToPeer::DraftGrew { conversation, turn, offset, text } => self.grew(conversation, turn, offset, &text),
            ToPeer::Typing { conversation, who } => self.types(conversation, who),
            ToPeer::Presence { present } => self.m.presence = present,
            ToPeer::Ping { seq, now } => {
                self.changed = false;
                self.set_clock(now, local);
                self.m.inner.head = self.m.inner.head.max(seq);
                self.freshness(false);
            }
            ToPeer::Quiet { conversation, term, may_still_arrive } => self.quiet(conversation, term, may_still_arrive),
            // The session turns these into answers and endings; connectors' frames are not for people.
            ToPeer::Bye { .. }
            | ToPeer::Accepted { .. }
            | ToPeer::Refused { .. }
            | ToPeer::Deliver { .. }
            | ToPeer::Run { .. }
            | ToPeer::Try { .. } => {
                self.changed = false;
            }
            ToPeer::Tried { id, trial } => self.tried(id, trial),
        }
    }

    fn set_clock(&mut self, server: Timestamp, local: Timestamp) {
        let skew = server.0.saturating_sub(local.0);
        if skew.abs_diff(self.m.skew) > AGREES {
            self.m.skew = skew;
            self.m.now = Timestamp(local.0.saturating_add(skew));
        }
    }

    fn welcome(&mut self, you: Teammate, log: LogId, seq: Seq, limits: Limits, office: Office, resumed: bool) {
        if self.m.inner.log.is_some_and(|known| known != log) {
            self.say(Severity::Warn, "the server's log was restored or replaced: everything is read anew");
            self.m.inner.acts.clear();
            self.m.log = crate::console::model::Log::default();
            self.m.replay = None;
            let open: Vec<_> = self.m.talk.take().into_iter().chain(self.m.beside.drain(..)).collect();
            self.effects.extend(open.iter().map(|talk| crate::console::effect::Effect::Unwatch(talk.conversation)));
            self.m.inner.head = Seq(0);
            self.m.inner.begun = false;
        }
        if !resumed {
            let selected = self.m.floor.selected();
            self.m.floor.clear();
            self.m.floor.prefer(selected);
            self.m.inner.current = Seq(0);
        }
        if !std::mem::replace(&mut self.m.inner.saved_asked, true) {
            self.effects.push(crate::console::effect::Effect::ReadSaved);
        }
        self.m.you = Some(you);
        self.m.inner.log = Some(log);
        // Asked for when the first minute is over.
        self.m.inner.health_at = self.m.now;
        self.m.inner.limits = limits;
        self.m.inner.head = self.m.inner.head.max(seq);
        self.m.line = Line::Loading;
        self.meet(office);
        if resumed {
            self.freshness(false);
        }
    }

    fn meet(&mut self, office: Office) {
        let names = office.teammates.values().map(|teammate| (teammate.id, teammate.name.clone())).collect();
        let people = People { me: self.m.me(), names };
        if let Some(you) = self.m.me().and_then(|me| office.teammates.get(&me)) {
            self.m.you = Some(you.clone());
        }
        self.m.office = office;
        if self.m.floor.meet(people)
            && let Some(words) = self.m.floor.filter().map(str::to_owned)
            && let Ok(filter) = crate::domain::filter::Filter::parse(&words)
        {
            self.m.floor.set_filter(&words, Some(filter), self.m.now);
            if self.m.floor.scanned().is_some() {
                self.effects.push(crate::console::effect::Effect::ScanOn);
            }
        }
    }

    /// Live only while nothing is missing: the cards are complete up to the server's last word.
    fn freshness(&mut self, complete: bool) {
        let is_current = self.m.inner.current >= self.m.inner.head;
        let now = self.m.now;
        let line = match &self.m.line {
            Line::Loading | Line::Live | Line::Behind { .. } if is_current => Line::Live,
            Line::Loading if !complete => return,
            Line::Loading | Line::Live => Line::Behind { since: now },
            _ => return,
        };
        self.changed |= line != self.m.line;
        self.m.line = line;
    }

    fn lost(&mut self, why: String, retry_in_ms: u64) {
        let since = match &self.m.line {
            Line::Reconnecting { since, .. } | Line::Behind { since } => *since,
            _ => self.m.now,
        };
        for talk in self.m.talk.iter_mut().chain(&mut self.m.beside) {
            // What is lost with a line: the answer to a query, and what was ephemeral.
            talk.asked_history = None;
            talk.growing = None;
            talk.typing.clear();
        }
        self.m.log.asked = None;
        self.lose_trial();
        self.lose_shift();
        if let Some(replay) = &mut self.m.replay {
            replay.asked = None;
        }
        self.m.presence.clear();
        self.m.line = Line::Reconnecting { since, why, next: self.m.now.plus(Span(retry_in_ms)) };
    }

    fn quiet(&mut self, conversation: ConversationId, term: Term, may_still_arrive: Vec<EntryNo>) {
        let (severity, said) = match may_still_arrive.len() {
            0 => (Severity::Done, "is quiet: nothing of the AI is on its way any more".to_owned()),
            1 => (Severity::Warn, "may still get 1 message of the AI; it is marked".to_owned()),
            n => (Severity::Warn, format!("may still get {n} messages of the AI; they are marked")),
        };
        // What a person let begin cannot be called back: whoever answers now must know of it.
        let runs = self.m.card(conversation).and_then(|card| card.tool.as_deref()).filter(|tool| tool.under_way);
        match runs.map(|tool| tool.tool.clone()) {
            Some(tool) => {
                self.say(Severity::Warn, format!("#{conversation} {said}; the approved call of {tool} still runs"));
            }
            None => self.say(severity, format!("#{conversation} {said}")),
        }
        if let Some(talk) = self.watched(conversation) {
            talk.quiet = Some((term, may_still_arrive));
        }
    }
}
