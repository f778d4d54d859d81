//! The ends of the talks that somebody watches, and the answers that grow.
//!
//! Held only while watched, and bounded: who falls behind the end reads the log instead. What one commit brings to a talk
//! is one frame, written out once and shared by all people who watch it. What is ephemeral (growing answers, typing) may be
//! lost at any time; nothing durable depends on it.

use super::feed::{Bell, Published};
use crate::{
    domain::{
        event::Event,
        ids::{ConversationId, EntryNo, TeammateId},
    },
    protocol::{Typist, limits},
};
use axum::extract::ws::Utf8Bytes;
use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
    sync::Arc,
};

/// Events kept of a watched talk, at most.
const KEPT: usize = 512;
/// What they may be long, written out, in bytes; the newest is kept even if it alone is longer. Their frames are about as
/// long again. Who is further behind reads the log.
const KEPT_BYTES: usize = 512 * 1024;
/// The longest answer that is shown growing, in bytes.
const LONGEST: usize = 16 * 1024;

/// What a frame needs beside its events, at most.
const ENVELOPE: usize = 80;

/// A talk that somebody watches.
#[derive(Debug, Default)]
struct Tail {
    /// Whom to wake, each once for each time that it watches.
    watchers: Vec<(u64, Bell)>,
    events: VecDeque<Arc<Published>>,
    /// How long the events are, written out.
    bytes: usize,
    /// The same events as people's consoles get them, one frame for each commit.
    frames: VecDeque<Frame>,
    typing: Option<(Typist, u64)>,
}

/// Events of one commit, written out.
#[derive(Clone, Debug)]
struct Frame {
    first: EntryNo,
    last: EntryNo,
    wire: Utf8Bytes,
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

/// How a peer reads events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// As people do: all of them alike, so that they share frames.
    Shared,
    /// Each for itself, as its role may.
    Alone,
}

/// What is new in a watched talk.
#[derive(Debug, Default)]
pub(super) struct News {
    /// For who reads alone.
    pub(super) events: Vec<Arc<Published>>,
    /// For who shares.
    pub(super) frames: Vec<Utf8Bytes>,
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
    pub(super) fn watch(&mut self, conversation: ConversationId, peer: u64, bell: &Bell) -> u64 {
        self.tails.entry(conversation).or_default().watchers.push((peer, Arc::clone(bell)));
        self.typed
    }

    /// Somebody watches no more.
    pub(super) fn unwatch(&mut self, conversation: ConversationId, peer: u64) {
        if let Some(tail) = self.tails.get_mut(&conversation) {
            if let Some(at) = tail.watchers.iter().position(|(watcher, _)| *watcher == peer) {
                tail.watchers.swap_remove(at);
            }
            if tail.watchers.is_empty() {
                self.tails.remove(&conversation);
            }
        }
    }

    /// Who is to be woken when something happens there.
    pub(super) fn bells(&self, conversation: ConversationId, bells: &mut Vec<Bell>) {
        let tail = self.tails.get(&conversation);
        bells.extend(tail.into_iter().flat_map(|tail| &tail.watchers).map(|(_, bell)| Arc::clone(bell)));
    }

    /// These events were committed together; `bells` gets who is to be woken.
    pub(super) fn push(&mut self, events: &[Arc<Published>], bells: &mut Vec<Bell>) {
        if self.tails.is_empty() {
            return;
        }
        let mut touched: Vec<ConversationId> = Vec::new();
        for event in events {
            let Some(id) = event.recorded.conversation else { continue };
            let Some(tail) = self.tails.get_mut(&id) else { continue };
            if matches!(event.recorded.event, Event::Erased { .. }) {
                // Who comes now reads the log, which has nothing of it any more.
                tail.events.clear();
                tail.frames.clear();
                tail.bytes = 0;
            }
            tail.bytes += event.wire.len();
            tail.events.push_back(Arc::clone(event));
            if !touched.contains(&id) {
                touched.push(id);
            }
        }
        for id in touched {
            if let Some(tail) = self.tails.get_mut(&id) {
                tail.let_go();
                tail.write_out(id);
            }
            self.bells(id, bells);
        }
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
    pub(super) fn news(&self, place: &mut Place, reads: Reads, ephemeral: bool) -> Option<News> {
        let mut news = News::default();
        if let Some(tail) = self.tails.get(&place.conversation) {
            if place.n > EntryNo(0) && tail.events.back().is_some_and(|last| last.recorded.n > place.n) {
                let first = tail.events.front().map_or(EntryNo(0), |first| first.recorded.n);
                news.gap = first > place.n.next();
                if !news.gap {
                    match reads {
                        Reads::Shared => news.frames = tail.frames_after(place.conversation, place.n),
                        Reads::Alone => news.events.extend(tail.events.range(tail.after(place.n)..).cloned()),
                    }
                    place.n = tail.events.back().map_or(place.n, |last| last.recorded.n);
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
        let nothing = news.events.is_empty()
            && news.frames.is_empty()
            && !news.gap
            && news.grew.is_none()
            && news.typing.is_none();
        if nothing { None } else { Some(news) }
    }

    /// Whether `by` is the one who writes: only its growth counts. The caller knows the card.
    pub(super) fn may_grow(writing: Option<crate::domain::card::Writing>, by: TeammateId, turn: EntryNo) -> bool {
        writing.is_some_and(|writing| writing.by == by && writing.turn == turn)
    }
}

impl Tail {
    /// Where in the events those after `n` begin.
    fn after(&self, n: EntryNo) -> usize {
        self.events.partition_point(|event| event.recorded.n <= n)
    }

    /// Lets go of the oldest events, and of the frames that hold none of the others.
    fn let_go(&mut self) {
        while self.events.len() > KEPT || (self.bytes > KEPT_BYTES && self.events.len() > 1) {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.wire.len();
        }
        let first = self.events.front().map_or(EntryNo(0), |event| event.recorded.n);
        while self.frames.front().is_some_and(|frame| frame.last < first) {
            self.frames.pop_front();
        }
    }

    /// Writes out what came since the last frame.
    fn write_out(&mut self, conversation: ConversationId) {
        let from = self.frames.back().map_or(0, |frame| self.after(frame.last));
        let mut fresh: Vec<Frame> = Vec::new();
        let events = self.events.make_contiguous().get(from..).unwrap_or_default();
        for some in pages(events) {
            if let (Some(first), Some(last)) = (some.first(), some.last()) {
                let wire = written(conversation, some);
                fresh.push(Frame { first: first.recorded.n, last: last.recorded.n, wire });
            }
        }
        self.frames.extend(fresh);
    }

    /// The frames that follow on `n`. Who is in the middle of one gets the rest of it written out anew.
    fn frames_after(&self, conversation: ConversationId, n: EntryNo) -> Vec<Utf8Bytes> {
        let from = self.frames.partition_point(|frame| frame.last <= n);
        let whole = self.frames.range(from..).map(|frame| frame.wire.clone());
        if self.frames.get(from).is_none_or(|frame| frame.first == n.next()) {
            return whole.collect();
        }
        let (begun, last) = (self.after(n), self.frames.get(from).map_or(n, |frame| frame.last));
        let rest: Vec<_> = self.events.range(begun..self.after(last)).cloned().collect();
        std::iter::once(written(conversation, &rest)).chain(whole.skip(1)).collect()
    }
}

/// Parts of about a frame's size; a single event may be longer.
fn pages(mut events: &[Arc<Published>]) -> impl Iterator<Item = &[Arc<Published>]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |one: &&Arc<Published>| {
            bytes += one.wire.len() + 1;
            bytes <= limits::FRAME_OUT - ENVELOPE
        };
        let count = events.iter().take_while(fits).count().max(1).min(events.len());
        let (page, rest) = events.split_at_checked(count).filter(|(page, _)| !page.is_empty())?;
        events = rest;
        Some(page)
    })
}

/// The frame `Events`, put together from events that are written out already.
fn written(conversation: ConversationId, events: &[Arc<Published>]) -> Utf8Bytes {
    let length: usize = events.iter().map(|one| one.wire.len() + 1).sum();
    let mut frame = String::with_capacity(length + ENVELOPE);
    // Writing into a string cannot fail.
    let _ = write!(frame, r#"{{"type":"events","conversation":{conversation},"events":["#);
    for (number, one) in events.iter().enumerate() {
        if number > 0 {
            frame.push(',');
        }
        frame.push_str(&one.wire);
    }
    frame.push_str("]}");
    frame.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            event::{Event, Recorded},
            ids::Seq,
            teammate::Actor,
            time::Timestamp,
        },
        protocol::{self, ToPeer},
    };
    use proptest::prelude::*;

    const TALK: ConversationId = ConversationId(7);

    fn noted(n: u32) -> Arc<Published> {
        let event = Event::Noted { text: "x".repeat(usize::try_from(n % 90).unwrap_or(0)) };
        let (by, at) = (Actor::Desk, Timestamp(5));
        let recorded = Recorded { seq: Seq(n.into()), at, by, conversation: Some(TALK), n: EntryNo(n), event };
        let wire = Arc::from(protocol::encode(&recorded));
        Arc::new(Published { recorded, wire })
    }

    fn read(frames: &[Utf8Bytes]) -> Vec<Recorded> {
        let events = frames.iter().map(|frame| match protocol::decode(frame) {
            Ok(ToPeer::Events { conversation: TALK, events }) if frame.len() <= limits::FRAME_OUT => events,
            other => panic!("{other:?}"),
        });
        events.flatten().collect()
    }

    proptest! {
        #[test]
        fn shared_frames_hold_what_everybody_would_be_told_alone(
            commits in proptest::collection::vec(1_u32..200, 1..12), at in 1_u32..1_200,
        ) {
            let (mut tails, bell) = (Tails::default(), Bell::default());
            tails.watch(TALK, 1, &bell);
            let mut next = 1;
            for count in commits {
                let events: Vec<_> = (next..next + count).map(noted).collect();
                next += count;
                let mut bells = Vec::new();
                tails.push(&events, &mut bells);
                prop_assert_eq!(bells.len(), 1);
            }
            let place = Place { conversation: TALK, n: EntryNo(at), grown: None, typing: 0 };
            let (mut one, mut other) = (place, place);
            let shared = tails.news(&mut one, Reads::Shared, true).unwrap_or_default();
            let alone = tails.news(&mut other, Reads::Alone, true).unwrap_or_default();
            let told: Vec<Recorded> = alone.events.iter().map(|event| event.recorded.clone()).collect();
            prop_assert_eq!(shared.gap, alone.gap);
            prop_assert_eq!((one.n, read(&shared.frames)), (other.n, told));
            if !alone.gap {
                prop_assert_eq!(alone.events.len(), usize::try_from((next - 1).saturating_sub(at)).unwrap_or(0));
            }
        }
    }

    #[test]
    fn only_who_watches_is_woken_and_nothing_is_kept_when_nobody_does() {
        let (mut tails, bell) = (Tails::default(), Bell::default());
        let mut bells = Vec::new();
        tails.push(&[noted(1)], &mut bells);
        assert!(bells.is_empty() && tails.tails.is_empty());
        tails.watch(TALK, 1, &bell);
        tails.watch(ConversationId(8), 2, &bell);
        tails.push(&[noted(2), noted(3)], &mut bells);
        assert_eq!(bells.len(), 1);
        tails.unwatch(TALK, 1);
        assert!(!tails.tails.contains_key(&TALK));
    }

    #[test]
    fn a_watched_talk_holds_so_many_bytes_and_who_is_behind_is_told_of_the_gap() {
        let long = |n| {
            let mut one = Arc::unwrap_or_clone(noted(n));
            one.wire = Arc::from(protocol::encode(&one.recorded) + &" ".repeat(60_000));
            Arc::new(one)
        };
        let (mut tails, bell) = (Tails::default(), Bell::default());
        tails.watch(TALK, 1, &bell);
        let place = |n| Place { conversation: TALK, n: EntryNo(n), grown: None, typing: 0 };
        let mut keeps_up = place(1);
        tails.push(&[long(1)], &mut Vec::new());
        for n in 2..=100 {
            tails.push(&[long(n)], &mut Vec::new());
            let tail = tails.tails.get(&TALK).unwrap();
            let kept: usize = tail.events.iter().map(|event| event.wire.len()).sum();
            let framed: usize = tail.frames.iter().map(|frame| frame.wire.len()).sum();
            assert_eq!(kept, tail.bytes);
            assert!(kept <= KEPT_BYTES && framed <= KEPT_BYTES + limits::FRAME_OUT, "{kept}, {framed}");
            let news = tails.news(&mut keeps_up, Reads::Shared, true).unwrap();
            assert_eq!((news.gap, read(&news.frames).len(), keeps_up.n), (false, 1, EntryNo(n)));
        }
        let behind = tails.news(&mut place(80), Reads::Shared, true).unwrap();
        assert!(behind.gap && behind.frames.is_empty());

        // One commit that is longer than all that may be kept: the newest stays, so that everybody hears of it.
        tails.push(&(101..=120).map(long).collect::<Vec<_>>(), &mut Vec::new());
        let mut huge = Arc::unwrap_or_clone(noted(121));
        huge.wire = Arc::from("y".repeat(KEPT_BYTES + 1));
        assert!(tails.news(&mut keeps_up, Reads::Alone, true).is_some_and(|news| news.gap));
        tails.push(&[Arc::new(huge)], &mut Vec::new());
        assert_eq!(tails.tails.get(&TALK).unwrap().events.len(), 1);
        let mut at = place(120);
        assert!(tails.news(&mut at, Reads::Alone, true).is_some_and(|news| !news.gap && news.events.len() == 1));
    }

    #[test]
    fn a_frame_is_never_longer_than_the_wire_allows_but_for_one_event() {
        let long = |n| {
            let mut one = Arc::unwrap_or_clone(noted(n));
            one.wire = Arc::from("y".repeat(100_000));
            Arc::new(one)
        };
        let events: Vec<_> = (1..=5).map(long).collect();
        assert_eq!(pages(&events).map(<[_]>::len).collect::<Vec<_>>(), [2, 2, 1]);
        let mut alone = Arc::unwrap_or_clone(noted(1));
        alone.wire = Arc::from("y".repeat(300_000));
        assert_eq!(pages(&[Arc::new(alone), noted(2)]).map(<[_]>::len).collect::<Vec<_>>(), [1, 1]);
    }
}
