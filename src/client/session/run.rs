//! The task of a session: dial, greet, serve the line until it is cut, wait, come back.
//!
//! Every wait here can be dropped half-way without losing anything: orders are booked in the same step in which they are
//! taken, and news leave the waiting list in the same step in which their place is found.

use super::{
    News, Options, Order,
    book::{Book, Line, Next},
};
use crate::{
    client::{
        backoff::Backoff,
        wire::{Dial, Wire},
    },
    domain::time::Span,
    protocol::{
        ByeCode, ToPeer, ToServer, decode, decode_to_peer, encode,
        limits::{HELLO_WITHIN, PING_EVERY, SILENCE, STALLED_AFTER},
    },
};
use futures_util::FutureExt;
use std::{collections::VecDeque, future::Future, pin::pin, sync::Arc, time::Duration};
use tokio::{
    select,
    sync::mpsc,
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};

/// News that wait until the owner has room. When they are as many, the line is not read.
const PENDING: usize = 64;
/// News that wait for the owner at which a line with nothing to send is not read for now: a frame of cards takes some 70 KiB,
/// and a large desk comes as fast as the line carries it. While something is sent the line is read until [`PENDING`], so that
/// the two sides do not wait for each other.
const MANY: usize = 32;
/// A line that lived this long after its welcome begins the waits anew.
const LIVED: Duration = Duration::from_secs(1);
/// How long a line that takes nothing more is still heard.
const LAST_WORDS: Duration = Duration::from_millis(500);

fn lasting(span: Span) -> Duration {
    Duration::from_millis(span.0)
}

/// Resolves when the owner has taken so much that the line is to be read again.
async fn has_room(news: Option<&mpsc::Sender<News>>) {
    if let Some(news) = news {
        // Given back at once; that nobody hears is noticed elsewhere.
        drop(news.reserve_many((news.max_capacity() + 1).saturating_sub(MANY)).await);
    }
}

/// How a line ended.
enum Cut {
    /// The line or the server failed; coming back may help.
    Lost(String),
    /// Coming back does not help.
    Over(Option<ByeCode>, String),
    /// The owner wants no more.
    Finished,
}

pub(super) struct Run {
    dial: Arc<dyn Dial>,
    options: Options,
    orders: mpsc::Receiver<Order>,
    news: mpsc::Sender<News>,
    book: Book,
    /// For the line, in order. Bounded by what the book takes.
    outbox: VecDeque<String>,
    /// For the owner, in order. About [`PENDING`] at most.
    pending: VecDeque<News>,
    line: Line,
    /// Whether some peer may still order.
    open: bool,
    /// Whether the owner ordered the end.
    closing: bool,
    /// Whether nobody hears the news.
    deaf: bool,
}

impl Run {
    pub(super) fn new(
        dial: Arc<dyn Dial>,
        options: Options,
        orders: mpsc::Receiver<Order>,
        news: mpsc::Sender<News>,
    ) -> Self {
        Self {
            dial,
            book: Book::new(options.resume),
            options,
            orders,
            news,
            outbox: VecDeque::new(),
            pending: VecDeque::new(),
            line: Line::Cut,
            open: true,
            closing: false,
            deaf: false,
        }
    }

    /// Runs the session to its end.
    pub(super) async fn live(mut self) {
        let mut backoff = Backoff::default();
        let (code, why) = loop {
            let cut = self.visit(&mut backoff).await;
            self.line = Line::Cut;
            self.outbox.clear();
            let why = match cut {
                Cut::Finished => break (None, "closed".to_owned()),
                Cut::Over(code, why) => break (code, why),
                Cut::Lost(why) if !self.options.returns => break (None, why),
                Cut::Lost(why) => why,
            };
            let wait = backoff.next(getrandom::u64().unwrap_or(u64::MAX));
            tracing::debug!(place = %self.dial.place(), %why, wait_ms = wait.as_millis(), "line lost");
            self.pending
                .push_back(News::Lost { why, retry_in_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) });
            if self.meanwhile(sleep(wait), Self::is_finished).await.is_none() {
                break (None, "closed".to_owned());
            }
        };
        self.pending.push_back(News::Ended { code, why });
        for news in self.pending {
            if self.news.send(news).await.is_err() {
                return;
            }
        }
    }

    /// One line from dialling to its cut.
    async fn visit(&mut self, backoff: &mut Backoff) -> Cut {
        let dial = Arc::clone(&self.dial);
        let hello = self.book.hello(&self.options);
        // Answering may wait for the server to be there; a little more than it grants the peer.
        let answered = lasting(HELLO_WITHIN) * 2;
        let greeting = async move {
            let mut line = dial.dial().await.map_err(|error| error.to_string())?;
            let first = timeout(answered, async {
                line.send(hello).await.map_err(|error| error.to_string())?;
                line.receive().await.ok_or_else(|| format!("{}: it hung up on the greeting", dial.place()))
            });
            let first = first.await.map_err(|_| format!("{}: it does not answer the greeting", dial.place()))??;
            Ok::<_, String>((line, first))
        };
        // An end that is ordered while something waits to be sent lets this attempt run its course.
        let needless = |run: &Self| run.is_finished() && run.book.is_settled();
        let (mut line, first) = match self.meanwhile(greeting, needless).await {
            None => return Cut::Finished,
            Some(Err(why)) => return Cut::Lost(why),
            Some(Ok(greeted)) => greeted,
        };
        if !matches!(decode::<ToPeer>(&first), Ok(ToPeer::Welcome { .. } | ToPeer::Bye { .. })) {
            let why = format!("{}: it does not greet as a desk does; upgrade one side", self.dial.place());
            return Cut::Over(Some(ByeCode::Version), why);
        }
        if let Err(cut) = self.hear(&first) {
            return cut;
        }
        self.line = Line::Open;
        self.outbox = self.book.again();
        let since = Instant::now();
        let cut = self.serve(line.as_mut()).await;
        if since.elapsed() >= LIVED {
            backoff.reset();
        }
        cut
    }

    /// Serves a line until it ends.
    async fn serve(&mut self, line: &mut dyn Wire) -> Cut {
        let mut heard = Instant::now();
        loop {
            let reading = self.pending.len() < PENDING;
            if let Some(frame) = self.outbox.pop_front() {
                match timeout(lasting(STALLED_AFTER), line.send(frame)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        return self.last_words(line).await.unwrap_or_else(|| Cut::Lost(error.to_string()));
                    }
                    Err(_) => return Cut::Lost(format!("{}: it takes nothing any more", self.dial.place())),
                }
                // What is there is read in between, so that the two sides do not wait for each other.
                if reading && let Some(came) = line.receive().now_or_never() {
                    heard = Instant::now();
                    if let Err(cut) = self.came(came) {
                        return cut;
                    }
                }
                continue;
            }
            if self.is_finished() {
                return Cut::Finished;
            }
            let waits = self.news.max_capacity() - self.news.capacity();
            let reading = reading && self.pending.len() + waits < MANY;
            // What is pending is handed over first; after that the owner must take some.
            let sated = (!reading && self.pending.is_empty()).then(|| self.news.clone());
            if !reading {
                // While the owner is slow the line is not read: that is no silence of the server's.
                heard = Instant::now();
            }
            let silent = heard + lasting(SILENCE);
            select! {
                came = line.receive(), if reading => {
                    heard = Instant::now();
                    if let Err(cut) = self.came(came) {
                        return cut;
                    }
                }
                () = sleep_until(silent), if reading => {
                    let (place, seconds) = (self.dial.place(), SILENCE.whole_seconds());
                    return Cut::Lost(format!("{place}: nothing heard for {seconds} s, though it speaks every {} s", PING_EVERY.whole_seconds()));
                }
                () = has_room(sated.as_ref()), if sated.is_some() => {}
                () = self.attend() => {}
            }
        }
    }

    /// What the server said before it closed the line: answers, and perhaps why.
    async fn last_words(&mut self, line: &mut dyn Wire) -> Option<Cut> {
        let until = Instant::now() + LAST_WORDS;
        while self.pending.len() < PENDING {
            let Ok(Some(text)) = timeout_at(until, line.receive()).await else { return None };
            if let Err(cut) = self.hear(&text) {
                return Some(cut);
            }
        }
        None
    }

    fn came(&mut self, came: Option<String>) -> Result<(), Cut> {
        match came {
            Some(text) => self.hear(&text),
            None => Err(Cut::Lost(format!("{}: the line was cut", self.dial.place()))),
        }
    }

    /// Takes one frame of the server.
    fn hear(&mut self, text: &str) -> Result<(), Cut> {
        let frame = match decode_to_peer(text) {
            Ok(frame) => frame,
            Err(error) => return self.puzzle(text, &error.why),
        };
        match frame {
            ToPeer::Bye { code, why } if code.may_return() && self.options.returns => return Err(Cut::Lost(why)),
            ToPeer::Bye { code, why } => return Err(Cut::Over(Some(code), why)),
            ToPeer::Ping { .. } => self.outbox.push_back(encode(&ToServer::Pong)),
            _ => {}
        }
        let next = self.book.hear(frame);
        self.follow(next);
        Ok(())
    }

    /// A frame that cannot be read: an unknown one may be lost, a known one with unknown content must not.
    fn puzzle(&self, text: &str, why: &str) -> Result<(), Cut> {
        const DURABLE: [&str; 11] =
            ["welcome", "bye", "accepted", "refused", "quiet", "cards", "desk", "thread", "events", "deliver", "page"];
        #[derive(serde::Deserialize)]
        struct Typed {
            r#type: String,
        }
        let Ok(Typed { r#type: name }) = serde_json::from_str(text) else {
            return Err(Cut::Lost(format!("{}: it sent what is no frame", self.dial.place())));
        };
        tracing::warn!(frame = %name.escape_debug(), why = %why.escape_debug(), "cannot read a frame");
        if DURABLE.contains(&name.as_str()) {
            let place = self.dial.place();
            let why = format!("{place}: it tells of something this version does not know; please upgrade centaur");
            return Err(Cut::Over(Some(ByeCode::Version), why));
        }
        Ok(())
    }

    fn follow(&mut self, next: Next) {
        match next {
            Next::Nothing => {}
            Next::Send(frame) => self.outbox.push_back(frame),
            Next::Tell(frame) => self.pending.push_back(News::Frame(frame)),
            Next::Answered(id, result) => self.pending.push_back(News::Answered { id, result }),
            Next::Close => self.closing = true,
        }
    }

    /// Whether the owner wants no more, as far as that can be known.
    fn is_finished(&self) -> bool {
        self.closing || self.deaf || (!self.open && self.book.is_settled())
    }

    /// Does `work` while attending to the owner; `None` if it became needless before it was done.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>, needless: impl Fn(&Self) -> bool) -> Option<T> {
        let mut work = pin!(work);
        loop {
            if needless(self) {
                return None;
            }
            select! {
                done = &mut work => return Some(done),
                () = self.attend() => {}
            }
        }
    }

    /// One step for the owner: take an order, or hand over news. Safe to drop half-way.
    async fn attend(&mut self) {
        enum Step {
            Room,
            Deaf,
            Order(Option<Order>),
        }
        let telling = !self.pending.is_empty() && !self.deaf;
        let taking = self.open && !self.closing && self.book.has_room();
        let step = select! {
            room = self.news.reserve(), if telling => if room.is_ok() { Step::Room } else { Step::Deaf },
            order = self.orders.recv(), if taking => Step::Order(order),
            () = self.news.closed(), if !self.deaf => Step::Deaf,
            else => std::future::pending().await,
        };
        match step {
            // Nobody else sends news, so the room that was found is still there.
            Step::Room => {
                if let Some(news) = self.pending.pop_front() {
                    let _ = self.news.try_send(news);
                }
            }
            Step::Order(Some(order)) => self.take(order),
            Step::Order(None) => self.open = false,
            Step::Deaf => self.stop_telling(),
        }
    }

    fn take(&mut self, order: Order) {
        let next = self.book.order(order, self.line);
        self.follow(next);
    }

    /// Nobody hears: what was ordered before is still sent.
    fn stop_telling(&mut self) {
        self.deaf = true;
        self.pending.clear();
        while self.book.has_room()
            && let Ok(order) = self.orders.try_recv()
        {
            self.take(order);
        }
    }
}
