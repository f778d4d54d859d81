//! The one task behind the web channel: it owns the session and gives each request its answer.
//!
//! Handlers send a [`Request`] with a place for the answer. The hub never waits for one thing only: orders leave when the
//! session has room, and news are heard meanwhile. Reports and claims go before what customers ask, since a take-over
//! waits for them. Deliberately not here: HTTP.

use super::{CHANNEL, Trouble};
use crate::{
    client::{
        Peer,
        session::{News, Order},
    },
    connectors::{
        deliveries::{Deliveries, Handed},
        recent::Recent,
    },
    domain::{
        card::{Card, Speaker},
        command::Command,
        delivery::{Origin, Report},
        desk::Office,
        ids::{CommandId, ConversationId, Digest, EntryNo, LogId, PublicNo, TeammateId},
        mode::Mode,
        refusal::Refusal,
        teammate::Kind,
    },
    protocol::{Answer, Page, Query, ToPeer, ToServer, Typist, query::Public},
};
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot, watch};

/// Orders that wait for the session, and commands and queries that wait for answers, of each kind. When they are as many,
/// customers are told to come again.
const WAITING: usize = 4_096;
/// Secrets' hashes kept; the rest are asked for again.
const DOORS: usize = 65_536;
/// Chats of which it is remembered what their customers have not fetched yet.
const UNFETCHED_CHATS: usize = 65_536;
/// Messages of one chat of which that is remembered; older ones stay *sent*.
const UNFETCHED: usize = 64;
/// Streams that are open at once.
const STREAMS: usize = 10_000;
/// Streams of one chat that are open at once.
const STREAMS_OF_ONE: usize = 8;
/// What waits for a stream's reader. When full, the stream is closed; its customer comes back and resumes.
const STREAM: usize = 64;
/// How often what was put off is tried again, and streams that ended are cleared away.
const TIDY_EVERY: Duration = Duration::from_secs(1);

/// What a handler wants.
#[derive(Debug)]
pub(super) enum Request {
    /// Do this.
    Ask { id: CommandId, command: Box<Command>, reply: Reply<Answer> },
    /// Read this.
    Query { query: Query, reply: Reply<Page> },
    /// The hash of a chat's secret; none if there is no such chat.
    Door { chat: ConversationId, reply: Reply<Option<Digest>> },
    /// What happens in a chat from now on.
    Listen { chat: ConversationId, reply: Reply<mpsc::Receiver<Live>> },
    /// The customer types.
    Types { chat: ConversationId },
}

pub(super) type Reply<T> = oneshot::Sender<Result<T, Trouble>>;

/// What happens in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Live {
    /// A message may be seen.
    Said(Public),
    /// The customer said something: look at the transcript.
    CustomerSaid,
    /// Somebody of the desk types.
    Types(Speaker),
}

/// Who waits for a page.
enum Reader {
    Handler { reply: Reply<Page>, chat: Option<ConversationId> },
    Door(ConversationId),
}

/// The listeners of one chat.
#[derive(Default)]
struct Room {
    listeners: Vec<mpsc::Sender<Live>>,
    ai_writes: bool,
}

pub(super) struct Hub {
    peer: Peer,
    news: mpsc::Receiver<News>,
    requests: mpsc::Receiver<Request>,
    up: watch::Sender<bool>,
    me: Option<TeammateId>,
    log: Option<LogId>,
    office: Option<Box<Office>>,
    /// In order; bounded by what is taken in.
    orders: VecDeque<Order>,
    asked: HashMap<CommandId, Vec<Reply<Answer>>>,
    queries: HashMap<u32, Reader>,
    last_query: u32,
    doors: Recent<ConversationId, Digest>,
    at_doors: HashMap<ConversationId, Vec<Reply<Option<Digest>>>>,
    rooms: HashMap<ConversationId, Room>,
    streams: usize,
    deliveries: Deliveries,
    unfetched: Recent<ConversationId, VecDeque<(PublicNo, EntryNo)>>,
}

impl Hub {
    pub(super) fn new(
        peer: Peer,
        news: mpsc::Receiver<News>,
        requests: mpsc::Receiver<Request>,
        up: watch::Sender<bool>,
    ) -> Self {
        Self {
            peer,
            news,
            requests,
            up,
            me: None,
            log: None,
            office: None,
            orders: VecDeque::new(),
            asked: HashMap::new(),
            queries: HashMap::new(),
            last_query: 0,
            doors: Recent::new(DOORS),
            at_doors: HashMap::new(),
            rooms: HashMap::new(),
            streams: 0,
            deliveries: Deliveries::new(),
            unfetched: Recent::new(UNFETCHED_CHATS),
        }
    }

    /// Runs until the session ends or all doors are dropped.
    pub(super) async fn run(mut self) {
        let peer = self.peer.clone();
        let mut tidying = tokio::time::interval(TIDY_EVERY);
        tidying.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let has_orders = self.deliveries.has_asks() || !self.orders.is_empty();
            let has_chores = self.deliveries.holds_back() || !self.rooms.is_empty();
            tokio::select! {
                permit = peer.orders.reserve(), if has_orders => {
                    let Ok(permit) = permit else { return };
                    if let Some(order) = self.next_order() {
                        permit.send(order);
                    }
                }
                news = self.news.recv() => match news {
                    Some(news) => {
                        if self.hear(news).is_break() {
                            return;
                        }
                    }
                    None => return,
                },
                request = self.requests.recv() => match request {
                    Some(request) => self.take(request),
                    None => return,
                },
                _ = tidying.tick(), if has_chores => self.tidy(),
            }
        }
    }

    fn next_order(&mut self) -> Option<Order> {
        match self.deliveries.next_ask() {
            Some((id, command)) => Some(Order::Ask(id, Box::new(command))),
            None => self.orders.pop_front(),
        }
    }

    fn take(&mut self, request: Request) {
        match request {
            Request::Ask { id, command, reply } => {
                if let Err(trouble) = self.room_for(self.asked.len()) {
                    return refuse(reply, trouble);
                }
                // The same key may be on its way already: then both get its answer.
                let waiting = self.asked.entry(id).or_default();
                if waiting.is_empty() {
                    self.orders.push_back(Order::Ask(id, command));
                }
                waiting.push(reply);
            }
            Request::Query { query, reply } => {
                if let Err(trouble) = self.room_for(self.queries.len()) {
                    return refuse(reply, trouble);
                }
                let chat = match &query {
                    Query::Transcript { conversation, .. } => Some(*conversation),
                    _ => None,
                };
                self.query(query, Reader::Handler { reply, chat });
            }
            Request::Door { chat, reply } => self.find_door(chat, reply),
            Request::Listen { chat, reply } => self.listen(chat, reply),
            Request::Types { chat } => {
                if self.orders.len() < WAITING {
                    self.orders.push_back(Order::Tell(Box::new(ToServer::Typing { conversation: chat })));
                }
            }
        }
    }

    /// The hash of a chat's secret: from memory, or from the desk, which is asked once for all who wait.
    fn find_door(&mut self, chat: ConversationId, reply: Reply<Option<Digest>>) {
        if let Some(digest) = self.doors.find(&chat) {
            // Nobody waits any more if this fails.
            let _ = reply.send(Ok(Some(*digest)));
            return;
        }
        if let Err(trouble) = self.room_for(self.queries.len()) {
            return refuse(reply, trouble);
        }
        let waiting = self.at_doors.entry(chat).or_default();
        waiting.push(reply);
        if waiting.len() == 1 {
            self.query(Query::Door { conversation: chat }, Reader::Door(chat));
        }
    }

    /// Whether one more may wait, beside `waiting` others of its kind.
    fn room_for(&self, waiting: usize) -> Result<(), Trouble> {
        if !*self.up.borrow() {
            Err(Trouble::Away)
        } else if waiting >= WAITING || self.orders.len() >= WAITING {
            Err(Trouble::Busy)
        } else {
            Ok(())
        }
    }

    fn query(&mut self, query: Query, reader: Reader) {
        self.last_query = self.last_query.wrapping_add(1);
        self.queries.insert(self.last_query, reader);
        self.orders.push_back(Order::Query(self.last_query, query));
    }

    fn listen(&mut self, chat: ConversationId, reply: Reply<mpsc::Receiver<Live>>) {
        let room = self.rooms.entry(chat).or_default();
        let before = room.listeners.len();
        room.listeners.retain(|listener| !listener.is_closed());
        self.streams = self.streams.saturating_sub(before - room.listeners.len());
        if room.listeners.len() >= STREAMS_OF_ONE || self.streams >= STREAMS {
            refuse(reply, Trouble::Busy);
            return;
        }
        // When full, the stream is closed: see STREAM.
        let (tell, live) = mpsc::channel(STREAM);
        if reply.send(Ok(live)).is_ok() {
            room.listeners.push(tell);
            self.streams += 1;
        }
    }

    fn hear(&mut self, news: News) -> std::ops::ControlFlow<()> {
        match news {
            News::Frame(frame) => self.see(*frame),
            News::Answered { id, result } => {
                if !self.deliveries.see_answer(id, &result) {
                    self.answer(id, result);
                }
            }
            News::Lost { why, .. } => {
                tracing::warn!(%why, "the web channel lost the desk");
                self.up.send_replace(false);
                // Queries are lost with the line; commands are repeated by the session. What still waits here was for
                // a line that is gone.
                self.orders.retain(|order| matches!(order, Order::Ask(..)));
                for (_, reader) in std::mem::take(&mut self.queries) {
                    if let Reader::Handler { reply, .. } = reader {
                        refuse(reply, Trouble::Away);
                    }
                }
                for reply in std::mem::take(&mut self.at_doors).into_values().flatten() {
                    refuse(reply, Trouble::Away);
                }
            }
            News::Ended { why, .. } => {
                tracing::error!(%why, "the web channel's session is over");
                self.up.send_replace(false);
                return std::ops::ControlFlow::Break(());
            }
        }
        std::ops::ControlFlow::Continue(())
    }

    fn answer(&mut self, id: CommandId, result: Result<Answer, Refusal>) {
        // Somebody's own message: those who read along look for it.
        if let Ok(Answer { conversation: Some(chat), .. }) = &result {
            self.tell(*chat, &Live::CustomerSaid);
        }
        let result = result.map_err(Trouble::Refused);
        for reply in self.asked.remove(&id).unwrap_or_default() {
            let _ = reply.send(result.clone());
        }
    }

    fn see(&mut self, frame: ToPeer) {
        match frame {
            ToPeer::Welcome { you, office, log, .. } => {
                self.me = Some(you.id);
                if self.log.replace(log).is_some_and(|before| before != log) {
                    // In another log the numbers mean other chats, and its streams have another past.
                    self.doors = Recent::new(DOORS);
                    self.unfetched = Recent::new(UNFETCHED_CHATS);
                    self.deliveries = Deliveries::new();
                    self.rooms.clear();
                    self.streams = 0;
                }
                self.office = Some(office);
                self.up.send_replace(true);
            }
            ToPeer::Desk { office } => self.office = Some(office),
            ToPeer::Cards { cards, gone, .. } => {
                for card in &cards {
                    self.see_card(card);
                }
                for chat in gone {
                    self.deliveries.see_gone(chat);
                }
            }
            ToPeer::Deliver { conversation, message, public, origin, from, text, at, .. } => {
                let handed = self.deliveries.see_handed(conversation, message);
                if handed == Handed::First {
                    let speaker = match origin {
                        Origin::Ai | Origin::Notice => Speaker::Ai,
                        Origin::Human => Speaker::Human,
                    };
                    self.deliver(conversation, message, Public { n: public, at, speaker, name: from, text });
                }
            }
            ToPeer::Page { id, page } => self.see_page(id, page),
            ToPeer::Typing { conversation, who: Typist::Teammate(id) } => {
                let kind = self.office.as_ref().and_then(|office| office.present(id)).map(|who| who.role.kind());
                // An AI's is told by the card, which knows whether its answer goes out by itself.
                if kind == Some(Kind::Human) {
                    self.tell(conversation, &Live::Types(Speaker::Human));
                }
            }
            _ => {}
        }
    }

    fn see_card(&mut self, card: &Card) {
        if *card.channel != *CHANNEL {
            return;
        }
        if let Some(me) = self.me {
            self.deliveries.see_card(me, card);
        }
        // Only an answer that goes out by itself shows as typing: a draft or a shadow is the team's own business.
        let writes = card.writing.is_some() && card.mode == Mode::Auto && card.holder.is_ai();
        if let Some(room) = self.rooms.get_mut(&card.id) {
            let began = writes && !room.ai_writes;
            room.ai_writes = writes;
            if began {
                self.tell(card.id, &Live::Types(Speaker::Ai));
            }
        }
    }

    /// To the streams first, then the report: *delivered* if one took it, else *sent*.
    fn deliver(&mut self, chat: ConversationId, message: EntryNo, said: Public) {
        let public = said.n;
        let report = if self.tell(chat, &Live::Said(said)) > 0 {
            Report::Delivered
        } else {
            self.remember_unfetched(chat, public, message);
            Report::Sent
        };
        self.deliveries.report(chat, message, report);
    }

    fn remember_unfetched(&mut self, chat: ConversationId, public: PublicNo, message: EntryNo) {
        if self.unfetched.find(&chat).is_none() {
            self.unfetched.keep(chat, VecDeque::new());
        }
        if let Some(waiting) = self.unfetched.find(&chat) {
            if waiting.len() >= UNFETCHED {
                waiting.pop_front();
            }
            waiting.push_back((public, message));
        }
    }

    /// Tells all streams of a chat; those that are full or gone are dropped. How many took it.
    fn tell(&mut self, chat: ConversationId, live: &Live) -> usize {
        let Some(room) = self.rooms.get_mut(&chat) else { return 0 };
        let before = room.listeners.len();
        room.listeners.retain(|listener| listener.try_send(live.clone()).is_ok());
        let took = room.listeners.len();
        self.streams = self.streams.saturating_sub(before - took);
        if took == 0 {
            self.rooms.remove(&chat);
        }
        took
    }

    fn see_page(&mut self, id: u32, page: Page) {
        match self.queries.remove(&id) {
            Some(Reader::Handler { reply, chat }) => {
                let last = match &page {
                    Page::Transcript { messages, .. } => messages.last().map(|message| message.n),
                    _ => None,
                };
                if reply.send(Ok(page)).is_ok()
                    && let (Some(chat), Some(last)) = (chat, last)
                {
                    self.see_fetched(chat, last);
                }
            }
            Some(Reader::Door(chat)) => {
                let result = match page {
                    Page::Door { external_ref, .. } => Ok(external_ref.and_then(|kept| kept.parse().ok())),
                    Page::Refused { why: Refusal::NotFound { .. } | Refusal::Forbidden } => Ok(None),
                    Page::Refused { why } => Err(Trouble::Refused(why)),
                    _ => Err(Trouble::Away),
                };
                // Chats that do not exist are not kept: they may begin to.
                if let Ok(Some(digest)) = result {
                    self.doors.keep(chat, digest);
                }
                for reply in self.at_doors.remove(&chat).unwrap_or_default() {
                    let _ = reply.send(result.clone());
                }
            }
            None => {}
        }
    }

    /// The customer's side has everything up to `last`.
    fn see_fetched(&mut self, chat: ConversationId, last: PublicNo) {
        let Some(waiting) = self.unfetched.find(&chat) else { return };
        while let Some((_, message)) = waiting.pop_front_if(|(public, _)| *public <= last) {
            self.deliveries.report(chat, message, Report::Delivered);
        }
        if waiting.is_empty() {
            self.unfetched.forget(&chat);
        }
    }

    fn tidy(&mut self) {
        self.deliveries.try_again();
        self.rooms.retain(|_, room| {
            room.listeners.retain(|listener| !listener.is_closed());
            !room.listeners.is_empty()
        });
        self.streams = self.rooms.values().map(|room| room.listeners.len()).sum();
    }
}

fn refuse<T>(reply: Reply<T>, trouble: Trouble) {
    // Nobody waits any more if this fails.
    let _ = reply.send(Err(trouble));
}
