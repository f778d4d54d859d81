//! The half that tells: answers first, then watched talks, then cards, then what may be lost.
//!
//! It holds no queue of news: it asks the feed what is new when the line has taken what was said before. A line that
//! takes nothing for ten seconds is closed; the peer comes back and goes on where it was.

use super::{Hub, Note};
use crate::{
    domain::{
        event::Recorded,
        ids::{ConversationId, EntryNo},
        refusal::Refusal,
        teammate::{Kind, Right, Teammate},
    },
    protocol::{self, ByeCode, Present, Scope, ToPeer, limits},
    server::{
        feed::{Bell, Cursor, Published},
        line::{Broken, Outgoing},
        redact,
        sequencer::Reply,
        tails::{News, Place, Reads},
        watch,
    },
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, mpsc},
    time::Instant,
};

/// How long what was asked before the server goes down may take to be answered.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
/// The least time between two frames of cards for a person's console; the first comes at once.
const CARDS_EVERY: Duration = Duration::from_millis(50);
/// The least time between two looks at growing answers.
const GROWTH_EVERY: Duration = Duration::from_millis(30);
/// The least time between two lists of who is here.
const PRESENCE_EVERY: Duration = Duration::from_secs(1);
const STALLED: Duration = Duration::from_millis(limits::STALLED_AFTER.0);
const PING: Duration = Duration::from_millis(limits::PING_EVERY.0);

/// The half that tells.
pub(super) struct Telling {
    hub: Arc<Hub>,
    number: u64,
    bell: Bell,
    me: Teammate,
    scope: Scope,
    cursor: Cursor,
    places: Arc<Semaphore>,
    watched: Vec<Place>,
    cards_at: Instant,
    growth_at: Instant,
    presence_at: Instant,
    present: u64,
    office: u64,
    ping_at: Instant,
}

/// Why the telling ends.
enum End {
    /// With these words.
    Bye(ByeCode, String),
    /// The line is broken.
    Broken,
}

impl From<Broken> for End {
    fn from(_: Broken) -> Self {
        Self::Broken
    }
}

impl Telling {
    pub(super) fn new(
        hub: Arc<Hub>,
        number: u64,
        me: Teammate,
        scope: Scope,
        cursor: Cursor,
        places: Arc<Semaphore>,
    ) -> Self {
        let now = Instant::now();
        let office = hub.feed.office_version();
        let bell = hub.feed.listen(number, scope);
        Self {
            hub,
            number,
            bell,
            me,
            scope,
            cursor,
            places,
            watched: Vec::new(),
            cards_at: now,
            growth_at: now,
            presence_at: now,
            present: 0,
            office,
            ping_at: now + PING,
        }
    }

    /// Tells until the peer goes or is shown the door.
    pub(super) async fn run(
        mut self,
        mut line: Outgoing,
        mut answered: mpsc::Receiver<Reply>,
        mut noted: mpsc::Receiver<Note>,
    ) {
        let end = self.tell(&mut line, &mut answered, &mut noted).await;
        self.unwatch_all();
        if let End::Bye(ByeCode::Draining, _) = end {
            // What the sequencer took before it ended is answered first.
            let rest = async {
                while self.places.available_permits() < limits::ASKS_AT_ONCE {
                    let Some(reply) = answered.recv().await else { return };
                    if self.answer(&mut line, reply).await.is_err() {
                        return;
                    }
                }
            };
            let _ = tokio::time::timeout(LAST_ANSWERS, rest).await;
        }
        if let End::Bye(code, why) = end {
            let last = async {
                if !why.is_empty() {
                    let _ = line.feed(protocol::encode(&ToPeer::Bye { code, why }).into()).await;
                    let _ = line.flush().await;
                }
                line.close().await;
            };
            let _ = tokio::time::timeout(Duration::from_secs(2), last).await;
        }
    }

    async fn tell(
        &mut self,
        line: &mut Outgoing,
        answered: &mut mpsc::Receiver<Reply>,
        noted: &mut mpsc::Receiver<Note>,
    ) -> End {
        let bell = Arc::clone(&self.bell);
        let mut drain = self.hub.drain.clone();
        let mut draining = std::pin::pin!(async { drop(drain.wait_for(|draining| *draining).await) });
        let mut timer = std::pin::pin!(tokio::time::sleep_until(self.ping_at));
        loop {
            loop {
                let said = tokio::time::timeout(STALLED, self.say_some(line, answered, noted)).await;
                match said {
                    Err(_) => return End::Bye(ByeCode::Slow, "nothing was taken for 10 seconds; resume".into()),
                    Ok(Err(end)) => return end,
                    Ok(Ok(true)) => {}
                    Ok(Ok(false)) => break,
                }
            }
            let flushed = tokio::time::timeout(STALLED, line.flush()).await;
            match flushed {
                Err(_) => return End::Bye(ByeCode::Slow, "nothing was taken for 10 seconds; resume".into()),
                Ok(Err(Broken)) => return End::Broken,
                Ok(Ok(())) => {}
            }
            let wake = self.wake_at();
            if timer.deadline() != wake {
                timer.as_mut().reset(wake);
            }
            tokio::select! {
                biased;
                Some(reply) = answered.recv() => {
                    if let Err(end) = self.answer(line, reply).await {
                        return end;
                    }
                }
                note = noted.recv() => match note {
                    Some(note) => if let Err(end) = self.on_note(line, note).await {
                        return end;
                    },
                    None => return End::Broken,
                },
                () = bell.notified() => {}
                () = draining.as_mut() => {
                    // What was asked before is answered while the sequencer ends; the answers it gave are said first.
                    while let Ok(reply) = answered.try_recv() {
                        if let Err(end) = self.answer(line, reply).await {
                            return end;
                        }
                    }
                    return End::Bye(ByeCode::Draining, "the server is going down; come back in a moment".into());
                }
                () = timer.as_mut() => {}
            }
        }
    }

    fn wake_at(&self) -> Instant {
        // News that were held back for their pace are looked at again when it allows.
        let now = Instant::now();
        [self.cards_at, self.growth_at, self.presence_at]
            .into_iter()
            .filter(|at| *at > now)
            .fold(self.ping_at, Instant::min)
    }

    /// Says what is new, most urgent first, as much as fits a few frames. True if there may be more; for what comes from now
    /// on the bell remembers its ring.
    async fn say_some(
        &mut self,
        line: &mut Outgoing,
        answered: &mut mpsc::Receiver<Reply>,
        noted: &mut mpsc::Receiver<Note>,
    ) -> Result<bool, End> {
        while let Ok(reply) = answered.try_recv() {
            self.answer(line, reply).await?;
        }
        if let Ok(note) = noted.try_recv() {
            self.on_note(line, note).await?;
            return Ok(true);
        }
        let now = Instant::now();
        let growth = now >= self.growth_at;
        self.say_watched(line, growth).await?;
        let more = now >= self.cards_at && self.say_cards(line, now).await?;
        self.say_desk(line).await?;
        if now >= self.presence_at && self.me.role.kind() == Kind::Human {
            self.say_presence(line, now).await?;
        }
        if now >= self.ping_at {
            self.ping_at = now + PING;
            let ping = ToPeer::Ping { seq: self.hub.feed.head(), now: self.hub.clock.now() };
            self.say(line, &ping).await?;
        }
        Ok(more)
    }

    async fn say(&mut self, line: &mut Outgoing, frame: &ToPeer) -> Result<(), End> {
        line.feed(protocol::encode(frame).into()).await.map_err(End::from)
    }

    async fn answer(&mut self, line: &mut Outgoing, reply: Reply) -> Result<(), End> {
        match reply {
            Reply::Quiet(frame) => self.say(line, &frame).await,
            Reply::Answered { id, result, first } => {
                self.places.add_permits(1);
                if let Some(first) = first {
                    self.say(line, &first).await?;
                }
                let frame = match result {
                    Ok(answer) => ToPeer::Accepted { id, answer },
                    Err(why) => ToPeer::Refused { id, why },
                };
                self.say(line, &frame).await
            }
        }
    }

    async fn on_note(&mut self, line: &mut Outgoing, note: Note) -> Result<(), End> {
        match note {
            Note::Bye(code, why) => Err(End::Bye(code, why)),
            Note::Say(frame) => self.say(line, &frame).await,
            Note::Unwatch(conversation) => {
                if let Some(at) = self.watched.iter().position(|place| place.conversation == conversation) {
                    self.watched.swap_remove(at);
                    self.hub.feed.with_tails(|tails| tails.unwatch(conversation, self.number));
                    self.tell_presence();
                }
                Ok(())
            }
            Note::Watch(conversation, from) => self.watch(line, conversation, from).await,
        }
    }

    async fn watch(
        &mut self,
        line: &mut Outgoing,
        conversation: ConversationId,
        from: Option<EntryNo>,
    ) -> Result<(), End> {
        if let Err(why) = self.may_watch(conversation) {
            return self.say(line, &ToPeer::Unwatchable { conversation, why }).await;
        }
        let again = self.watched.iter().any(|place| place.conversation == conversation);
        // From here on events are kept, so that nothing is missed between the log and the tail.
        let (number, bell) = (self.number, &self.bell);
        let typed = if again { 0 } else { self.hub.feed.with_tails(|tails| tails.watch(conversation, number, bell)) };
        let shown = watch::read(&self.hub.readers, self.me.role, conversation, from).await;
        let card = match self.hub.feed.card(conversation) {
            Some(card) => Some(card),
            None => self.card_aside(conversation).await,
        };
        let (shown, card) = match (shown, card) {
            (Ok(shown), Some(card)) if !shown.pages.iter().all(Vec::is_empty) || from.is_some() => (shown, card),
            (shown, _) => {
                if !again {
                    self.hub.feed.with_tails(|tails| tails.unwatch(conversation, number));
                }
                let what = format!("conversation {conversation}");
                let why = shown.err().unwrap_or(Refusal::NotFound { what });
                return self.say(line, &ToPeer::Unwatchable { conversation, why }).await;
            }
        };
        let pages = shown.pages.len();
        for (number, events) in shown.pages.into_iter().enumerate() {
            let frame = ToPeer::Thread {
                conversation,
                card: Box::new((*card).clone()),
                earlier: shown.earlier,
                events,
                more: number + 1 < pages,
            };
            self.say(line, &frame).await?;
        }
        self.watched.retain(|place| place.conversation != conversation);
        self.watched.push(Place { typing: typed, ..shown.place });
        if !again {
            self.tell_presence();
        }
        Ok(())
    }

    fn may_watch(&self, conversation: ConversationId) -> Result<(), Refusal> {
        if self.watched.len() >= limits::WATCHES_AT_ONCE {
            let why = format!("at most {} conversations at once; unwatch one first", limits::WATCHES_AT_ONCE);
            return Err(Refusal::Invalid { field: "watch".into(), why });
        }
        let role = self.me.role;
        if role.may(Right::Watch) || role.may(Right::Answer) {
            return Ok(());
        }
        let mine = self.hub.feed.card(conversation).is_some_and(|card| card.connector == self.me.id);
        if role.may(Right::Carry) && mine { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// The card of a settled conversation, which is no longer on the floor.
    async fn card_aside(&self, conversation: ConversationId) -> Option<Arc<crate::domain::card::Card>> {
        let read = self.hub.readers.with(move |reader| reader.state(conversation)).await;
        read.ok().flatten().map(|(_, it)| it.card)
    }

    async fn say_watched(&mut self, line: &mut Outgoing, ephemeral: bool) -> Result<(), End> {
        if self.watched.is_empty() {
            return Ok(());
        }
        let watched = &mut self.watched;
        let reads = if self.me.role.kind() == Kind::Human { Reads::Shared } else { Reads::Alone };
        let news: Vec<(ConversationId, News)> = self.hub.feed.with_tails(|tails| {
            watched
                .iter_mut()
                .filter_map(|place| tails.news(place, reads, ephemeral).map(|news| (place.conversation, news)))
                .collect()
        });
        if news.iter().any(|(_, news)| news.grew.is_some() || news.typing.is_some()) {
            self.growth_at = Instant::now() + GROWTH_EVERY;
        }
        for (conversation, news) in news {
            if news.gap {
                let from = self.watched.iter().find(|place| place.conversation == conversation).map(|place| place.n);
                self.watch(line, conversation, from).await?;
            } else if !news.events.is_empty() {
                self.say(line, &self.events_frame(conversation, &news.events)).await?;
            }
            for frame in news.frames {
                line.feed(frame).await?;
            }
            if let Some((turn, offset, text)) = news.grew {
                let offset = u32::try_from(offset).unwrap_or(u32::MAX);
                self.say(line, &ToPeer::DraftGrew { conversation, turn, offset, text }).await?;
            }
            if let Some(who) = news.typing {
                self.say(line, &ToPeer::Typing { conversation, who }).await?;
            }
        }
        Ok(())
    }

    /// The frame `Events` as this peer's role may read it.
    fn events_frame(&self, conversation: ConversationId, events: &[Arc<Published>]) -> ToPeer {
        let events: Vec<Recorded> = events
            .iter()
            .map(|one| redact::redacted(&one.recorded, self.me.role).unwrap_or_else(|| one.recorded.clone()))
            .collect();
        ToPeer::Events { conversation, events }
    }

    /// Says some cards that are new. True if there are more.
    async fn say_cards(&mut self, line: &mut Outgoing, now: Instant) -> Result<bool, End> {
        let hand = self.hub.feed.take(&mut self.cursor, self.scope, self.me.id, self.hub.clock.now());
        let Some(hand) = hand else { return Ok(false) };
        if hand.current.is_some() && self.me.role.kind() == Kind::Human {
            // The peer is current: from here on changes are gathered for a moment.
            self.cards_at = now + CARDS_EVERY;
        }
        let more = hand.current.is_none();
        let cards = hand.cards.iter().map(|card| (**card).clone()).collect();
        self.say(line, &ToPeer::Cards { cards, gone: hand.gone, current: hand.current }).await?;
        Ok(more)
    }

    async fn say_desk(&mut self, line: &mut Outgoing) -> Result<(), End> {
        if self.hub.feed.office_version() == self.office {
            return Ok(());
        }
        let (version, office) = self.hub.feed.versioned_office();
        self.office = version;
        match office.present(self.me.id) {
            None => {
                return Err(End::Bye(ByeCode::Unauthorized, "your token was revoked; ask an admin for one".into()));
            }
            Some(me) => self.me.role = me.role,
        }
        self.say(line, &ToPeer::Desk { office: Box::new(redact::office(&office, self.me.role)) }).await
    }

    async fn say_presence(&mut self, line: &mut Outgoing, now: Instant) -> Result<(), End> {
        if self.scope != Scope::All || self.hub.feed.present_version() == self.present {
            return Ok(());
        }
        let (version, present) = self.hub.feed.present();
        self.present = version;
        self.presence_at = now + PRESENCE_EVERY;
        self.say(line, &ToPeer::Presence { present }).await
    }

    /// Tells the others what this peer looks at. Only people's looks are told.
    fn tell_presence(&self) {
        if self.me.role.kind() == Kind::Human {
            let watching = self.watched.iter().map(|place| place.conversation).collect();
            self.hub.feed.set_present(self.number, Some(Present { teammate: self.me.id, watching }));
        }
    }

    fn unwatch_all(&mut self) {
        let watched = std::mem::take(&mut self.watched);
        let number = self.number;
        self.hub.feed.with_tails(|tails| watched.iter().for_each(|place| tails.unwatch(place.conversation, number)));
    }
}
