//! The open conversation: folding its events, the growing answer, earlier history, who types.

use super::Up;
use crate::console::{
    effect::Effect,
    model::{Growing, Loading, Measured, Screen, Talk},
};
use crate::domain::{
    card::Card,
    event::{Event, Recorded},
    ids::{ConversationId, EntryNo},
    thread::{Thread, What},
    time::Span,
};
use crate::protocol::{Page, Query, Typist};

/// Events asked for at once when one scrolls to the top.
const HISTORY: u32 = 200;
/// How long somebody is believed to type.
const TYPES_FOR: Span = Span::seconds(6);
/// The changes that are listed for caches.
const TOUCHED: usize = 256;
/// The longest answer that is shown while it grows, in bytes.
const LONGEST_GROWING: usize = 256 * 1024;

impl Up<'_> {
    fn talk(&mut self, conversation: ConversationId) -> Option<&mut Talk> {
        self.watched(conversation)
    }

    /// What a watch brought: the end of a talk, or what followed on what is here.
    pub(super) fn thread(&mut self, id: ConversationId, card: Box<Card>, earlier: bool, events: Vec<Recorded>) {
        let Some(talk) = self.talk(id) else { return };
        let first = events.first().map(|event| event.n);
        let follows = talk.thread.n != EntryNo(0)
            && first.is_none_or(|first| first <= talk.thread.n.next() && first >= talk.thread.first);
        if !follows {
            talk.thread = Thread::new(id);
            talk.events.clear();
            talk.growing = None;
            talk.selected = None;
            talk.scroll = crate::console::model::Scroll::default();
            talk.earlier = earlier;
            talk.epoch += 1;
            talk.touched.clear();
        }
        talk.card = Some(card);
        talk.loading = Loading::Here;
        let epoch = talk.epoch;
        self.m.inner.epoch = self.m.inner.epoch.max(epoch);
        self.events(id, events);
        // An answer that had grown before the line was cut may have ended since.
        if let Some(talk) = self.talk(id)
            && let Some(growing) = &talk.growing
            && let Some(What::Turn { ended: true, .. }) = talk.thread.entry(growing.turn).map(|entry| &entry.what)
        {
            talk.growing = None;
        }
    }

    /// What happened in a watched conversation. A gap means: ask again.
    pub(super) fn events(&mut self, id: ConversationId, events: Vec<Recorded>) {
        let Some(talk) = self.talk(id) else { return };
        let (mut gap, mut held) = (None, None);
        for recorded in events {
            if recorded.n <= talk.thread.n && talk.thread.n != EntryNo(0) {
                continue;
            }
            if talk.thread.apply(&recorded).is_err() {
                gap = Some(talk.thread.n);
                break;
            }
            touch(talk, &recorded);
            if matches!(recorded.event, Event::HolderChanged { .. }) {
                held = Some(recorded.clone());
            }
            talk.events.push(recorded);
        }
        if let Some(from) = gap {
            self.effects.push(Effect::Watch(id, Some(from)));
        }
        if let Some(recorded) = held {
            self.holds(id, &recorded);
        }
        self.settle_sending();
    }

    /// Somebody else holds a watched conversation: what may be done here follows at once, not with its next card.
    fn holds(&mut self, id: ConversationId, recorded: &Recorded) {
        let Event::HolderChanged { to, term, .. } = recorded.event else { return };
        let Some(card) = self.m.card(id).filter(|card| card.term < term) else { return };
        let card =
            Card { holder: to, term, held_since: recorded.at, seq: recorded.seq, writing: None.into(), ..card.clone() };
        if let Some(talk) = self.talk(id) {
            talk.card = Some(Box::new(card.clone()));
        }
        if self.m.floor.card(id).is_some() {
            self.m.floor.take(vec![card], &[], self.m.now);
        }
    }

    pub(super) fn unwatchable(&mut self, id: ConversationId, why: String) {
        if let Some(talk) = self.talk(id) {
            talk.loading = Loading::Not(why);
        }
    }

    /// An answer grew. What does not follow on what is here is left for the next.
    pub(super) fn grew(&mut self, id: ConversationId, turn: EntryNo, offset: u32, text: &str) {
        self.changed = false;
        let Some(talk) = self.talk(id) else { return };
        if matches!(talk.thread.entry(turn).map(|entry| &entry.what), Some(What::Turn { ended: true, .. })) {
            return;
        }
        let by = talk.thread.entry(turn).and_then(|entry| entry.by.teammate());
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        match &mut talk.growing {
            Some(growing) if growing.turn == turn && growing.text.len() == offset => {
                if growing.text.len() + text.len() <= LONGEST_GROWING {
                    growing.text.push_str(text);
                }
            }
            Some(growing) if growing.turn > turn => return,
            _ if offset == 0 => talk.growing = Some(Growing { turn, by, text: text.to_owned() }),
            _ => return,
        }
        self.changed = true;
    }

    pub(super) fn types(&mut self, id: ConversationId, who: Typist) {
        let (now, me) = (self.m.now, self.m.me());
        self.changed = false;
        let Some(talk) = self.talk(id) else { return };
        if me.is_some_and(|me| who == Typist::Teammate(me)) {
            return;
        }
        let until = now.plus(TYPES_FOR);
        if let Some(known) = talk.typing.iter_mut().find(|(one, _)| *one == who) {
            known.1 = until;
        } else {
            talk.typing.push((who, until));
            self.changed = true;
        }
    }

    /// After drawing: where the talk is now; more history if its top is in sight.
    pub(super) fn scrolled(&mut self, measured: Measured) {
        let in_sight = match (self.m.screen, &mut self.m.replay) {
            (Screen::Log, Some(replay)) => Some(&mut replay.talk),
            (Screen::Log, None) | (Screen::Ai, _) => None,
            _ => self.m.talk.as_mut(),
        };
        if let Some(talk) = in_sight {
            talk.scroll.by = 0;
            talk.scroll.to_selected = false;
            talk.scroll.anchor = if measured.at_end { None } else { measured.anchor };
        }
        self.ask_history();
    }

    /// Asks for earlier history if the top of what is here is in sight.
    pub(super) fn ask_history(&mut self) {
        let at_top = self.m.measured.at_top && self.m.measured.talk_rows > 0;
        let connected = self.m.line.is_connected() && !matches!(self.m.screen, Screen::Log | Screen::Ai);
        let Some(talk) = &mut self.m.talk else { return };
        if !at_top || !connected || !talk.earlier || talk.asked_history.is_some() || talk.loading != Loading::Here {
            return;
        }
        self.m.inner.query = self.m.inner.query.wrapping_add(1);
        let id = self.m.inner.query;
        talk.asked_history = Some(id);
        let query = Query::History { conversation: talk.conversation, before: Some(talk.thread.first), limit: HISTORY };
        self.effects.push(Effect::Query(id, query));
    }

    pub(super) fn page(&mut self, id: u32, page: Page) {
        let mut page = Some(page);
        if self.shift_page(id, &mut page) || self.log_page(id, &mut page) || self.ai_page(id, &mut page) {
            return;
        }
        let Some(page) = page else { return };
        let Some(talk) = self.m.talk.as_mut().filter(|talk| talk.asked_history == Some(id)) else { return };
        talk.asked_history = None;
        let Page::History { mut events, earlier } = page else {
            talk.earlier = false;
            return;
        };
        let follows = events.last().is_some_and(|last| last.n.next() == talk.thread.first);
        talk.earlier = earlier && follows;
        if !follows {
            return;
        }
        events.append(&mut talk.events);
        let mut thread = Thread::new(talk.conversation);
        // They follow on each other, or the fold stops where they do not; what is here stays as it was then.
        if events.iter().all(|recorded| thread.apply(recorded).is_ok()) {
            talk.thread = thread;
        }
        talk.events = events;
        talk.epoch += 1;
        talk.touched.clear();
        self.m.inner.epoch = self.m.inner.epoch.max(talk.epoch);
    }
}

/// Marks what an event changed, and ends the growing answer if the event ends its turn.
fn touch(talk: &mut Talk, recorded: &Recorded) {
    let mut entries = vec![recorded.n];
    let turn = match &recorded.event {
        Event::Answered { turn, .. }
        | Event::DraftProposed { turn, .. }
        | Event::ShadowDrafted { turn, .. }
        | Event::AnswerSuppressed { turn, .. }
        | Event::TurnAbandoned { turn, .. }
        | Event::TurnWaits { turn, .. }
        | Event::Escalated { turn: Some(turn), .. } => Some(*turn),
        Event::DraftEnded { draft, .. } => {
            entries.push(*draft);
            None
        }
        Event::ToolEnded { call, .. } | Event::ToolBegan { call } | Event::ToolRan { call, .. } => {
            entries.push(*call);
            None
        }
        Event::Annotated { message, .. }
        | Event::DeliveryClaimed { message }
        | Event::DeliveryReported { message, .. } => {
            entries.push(*message);
            None
        }
        Event::DeliveriesVoided { messages } => {
            entries.extend(messages);
            None
        }
        Event::TurnBegan { whispers, .. } => {
            entries.extend(whispers);
            None
        }
        Event::TaskBegan { task, .. } | Event::TaskEnded { task, .. } => {
            entries.push(*task);
            None
        }
        Event::AnnotationWithdrawn { .. } => {
            // Which entry it was on is not told: all are looked at again.
            talk.epoch += 1;
            None
        }
        Event::CustomerSaid { .. } => {
            talk.typing.retain(|(who, _)| *who != Typist::Customer);
            None
        }
        _ => None,
    };
    if let Some(turn) = turn {
        entries.push(turn);
        if talk.growing.as_ref().is_some_and(|growing| growing.turn == turn) {
            talk.growing = None;
        }
    }
    talk.revision += 1;
    for entry in entries {
        if talk.touched.len() >= TOUCHED {
            talk.touched.pop_front();
        }
        talk.touched.push_back((talk.revision, entry));
    }
}
