//! The ends of the talks that somebody watches, and the answers that grow.
//!
//! Held only while watched, and bounded: who falls behind the end reads the log instead. What is ephemeral (growing
//! answers, typing) may be lost at any time; nothing durable depends on it.

use super::feed::Published;
use crate::{
    domain::ids::{ConversationId, EntryNo, TeammateId},
    protocol::Typist,
};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

/// Events kept of a watched talk.
const KEPT: usize = 512;
/// The longest answer that is shown growing, in bytes.
const LONGEST: usize = 16 * 1024;

/// A talk that somebody watches.
#[derive(Debug, Default)]
struct Tail {
    watchers: usize,
    events: VecDeque<Arc<Published>>,
    typing: Option<(Typist, u64)>,
}

/// An answer that grows.
#[derive(Debug)]
pub(super) struct Growing {
    pub(super) turn: EntryNo,
    pub(super) text: String,
}

/// Where a peer is in a watched talk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) conversation: ConversationId,
    /// The last entry sent; events are sent only once there is one.
    pub(super) n: EntryNo,
    /// How much of which turn's answer was sent.
    pub(super) grown: Option<(EntryNo, usize)>,
    /// The last typing told.
    pub(super) typing: u64,
}

/// What is new in a watched talk.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) events: Vec<Arc<Published>>,
    /// Events are missing in between: read the log.
    pub(super) gap: bool,
    /// Turn, offset, text.
    pub(super) grew: Option<(EntryNo, usize, String)>,
    pub(super) typing: Option<Typist>,
}

/// All watched talks.
#[derive(Debug, Default)]
pub(super) struct Tails {
    tails: HashMap<ConversationId, Tail>,
    growing: HashMap<ConversationId, Growing>,
    typed: u64,
}

impl Tails {
    /// Somebody watches; from now on events are kept. Returns the number of the last typing, which is past.
    pub(super) fn watch(&mut self, conversation: ConversationId) -> u64 {
        self.tails.entry(conversation).or_default().watchers += 1;
        self.typed
    }

    /// Somebody watches no more.
    pub(super) fn unwatch(&mut self, conversation: ConversationId) {
        if let Some(tail) = self.tails.get_mut(&conversation) {
            tail.watchers = tail.watchers.saturating_sub(1);
            if tail.watchers == 0 {
                self.tails.remove(&conversation);
            }
        }
    }

    /// An event was committed.
    pub(super) fn push(&mut self, event: &Arc<Published>) {
        let Some(tail) = event.recorded.conversation.and_then(|id| self.tails.get_mut(&id)) else { return };
        if tail.events.len() == KEPT {
            tail.events.pop_front();
        }
        tail.events.push_back(Arc::clone(event));
    }

    /// An answer grew. False if it does not fit what is there: the next whole one will.
    pub(super) fn grow(&mut self, conversation: ConversationId, turn: EntryNo, offset: usize, text: &str) -> bool {
        let growing = self.growing.entry(conversation).or_insert(Growing { turn, text: String::new() });
        if growing.turn != turn {
            *growing = Growing { turn, text: String::new() };
        }
        if offset == 0 && !growing.text.is_empty() {
            growing.text.clear();
        }
        if offset != growing.text.len() || growing.text.len() + text.len() > LONGEST {
            return false;
        }
        growing.text.push_str(text);
        true
    }

    /// No answer grows there any more.
    pub(super) fn stop_growing(&mut self, conversation: ConversationId) {
        self.growing.remove(&conversation);
    }

    /// What there is of an answer.
    pub(super) fn grown(&self, conversation: ConversationId, turn: EntryNo) -> Option<&str> {
        self.growing.get(&conversation).filter(|growing| growing.turn == turn).map(|growing| growing.text.as_str())
    }

    /// Somebody types. False if nobody watches.
    pub(super) fn typing(&mut self, conversation: ConversationId, who: Typist) -> bool {
        self.typed += 1;
        let typed = self.typed;
        self.tails.get_mut(&conversation).map(|tail| tail.typing = Some((who, typed))).is_some()
    }

    /// What is new at `place`, which moves on. `ephemeral`: whether growing answers and typing are wanted now.
    pub(super) fn news(&self, place: &mut Place, ephemeral: bool) -> Option<News> {
        let mut news = News::default();
        if let Some(tail) = self.tails.get(&place.conversation) {
            if place.n > EntryNo(0) && tail.events.back().is_some_and(|last| last.recorded.n > place.n) {
                let first = tail.events.front().map_or(EntryNo(0), |first| first.recorded.n);
                news.gap = first > place.n.next();
                if !news.gap {
                    let from = tail.events.partition_point(|event| event.recorded.n <= place.n);
                    news.events.extend(tail.events.range(from..).cloned());
                    place.n = news.events.last().map_or(place.n, |last| last.recorded.n);
                }
            }
            if let Some((who, typed)) = tail.typing.filter(|(_, typed)| ephemeral && *typed > place.typing) {
                place.typing = typed;
                news.typing = Some(who);
            }
        }
        if let Some(growing) = self.growing.get(&place.conversation).filter(|_| ephemeral) {
            let sent = place.grown.filter(|(turn, _)| *turn == growing.turn).map_or(0, |(_, sent)| sent);
            // An answer that began anew is shorter than what was sent of it.
            let sent = if sent > growing.text.len() { 0 } else { sent };
            if sent < growing.text.len() {
                news.grew = Some((growing.turn, sent, growing.text.get(sent..).unwrap_or_default().to_owned()));
                place.grown = Some((growing.turn, growing.text.len()));
            }
        }
        let nothing = news.events.is_empty() && !news.gap && news.grew.is_none() && news.typing.is_none();
        if nothing { None } else { Some(news) }
    }

    /// Whether `by` is the one who writes: only its growth counts. The caller knows the card.
    pub(super) fn may_grow(writing: Option<crate::domain::card::Writing>, by: TeammateId, turn: EntryNo) -> bool {
        writing.is_some_and(|writing| writing.by == by && writing.turn == turn)
    }
}
