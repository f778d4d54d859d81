//! A peer at the server's end: greeted, then two halves. One hears what it asks, the other tells it what is new.
//!
//! The halves share little: what the peer watches, and how many of its commands are under way. The telling half writes
//! in order of urgency: answers, then watched talks, then cards, then what may be lost. Deliberately not here: what any
//! command means.

mod hear;
mod tell;
mod trials;

use self::trials::Trials;
use super::{
    MemoryLine,
    clock::Clock,
    feed::{Cursor, Feed},
    line::{Heard, Incoming, Outgoing},
    queries::Readers,
    redact,
    sequencer::{Asked, Reply},
    token,
};
use crate::{
    domain::{
        ids::{ConversationId, LogId, TeammateId},
        teammate::{Right, Teammate},
        time::Timestamp,
    },
    protocol::{
        self, ByeCode, Present, Scope, ToPeer, ToServer,
        limits::{self, Limits},
    },
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Semaphore, mpsc, watch};

/// What all peers share.
pub(super) struct Hub {
    pub(super) log: LogId,
    pub(super) feed: Arc<Feed>,
    inbox: mpsc::Sender<Asked>,
    readers: Arc<Readers>,
    clock: Arc<dyn Clock>,
    drain: watch::Receiver<bool>,
    next: AtomicU64,
    started: Timestamp,
    /// When each teammate was last heard of, by any of its peers.
    seen: Mutex<BTreeMap<TeammateId, Arc<AtomicI64>>>,
    /// Guidance that is being tried.
    trials: Trials,
}

/// A peer that was greeted.
struct Joined {
    hub: Arc<Hub>,
    number: u64,
    me: Teammate,
    scope: Scope,
    seen: Arc<AtomicI64>,
    cursor: Cursor,
}

/// What the hearing half hands to the telling half.
enum Note {
    /// Watch this; the place where the peer is, if it is anywhere.
    Watch(ConversationId, Option<crate::domain::ids::EntryNo>),
    /// Watch it no more.
    Unwatch(ConversationId),
    /// Send this.
    Say(Box<ToPeer>),
    /// The peer is to go.
    Bye(ByeCode, String),
}

/// Notes that may wait for the telling half; a full channel makes the hearing half wait, and so the peer.
const NOTES: usize = 64;
/// How long a peer that was said goodbye to may take to close its side.
const LINGER: Duration = Duration::from_secs(1);

impl Hub {
    pub(super) fn new(
        log: LogId,
        feed: Arc<Feed>,
        inbox: mpsc::Sender<Asked>,
        readers: Arc<Readers>,
        clock: Arc<dyn Clock>,
        drain: watch::Receiver<bool>,
    ) -> Self {
        let started = clock.now();
        Self {
            log,
            feed,
            inbox,
            readers,
            clock,
            drain,
            next: AtomicU64::new(1),
            started,
            seen: Mutex::new(BTreeMap::new()),
            trials: Trials::default(),
        }
    }

    /// When each teammate was last heard of.
    pub(super) fn seen(&self) -> BTreeMap<TeammateId, Timestamp> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().map(|(id, at)| (*id, Timestamp(at.load(Ordering::Relaxed)))).collect()
    }

    /// When this server began: who was not heard of since then may have been heard of before.
    pub(super) fn started(&self) -> Timestamp {
        self.started
    }

    /// Tells when the server goes down.
    pub(super) fn drain(&self) -> watch::Receiver<bool> {
        self.drain.clone()
    }

    /// Whether the server is going down.
    pub(super) fn is_draining(&self) -> bool {
        *self.drain.borrow()
    }

    /// Takes a peer on an in-memory line.
    pub(super) fn join_memory(self: &Arc<Self>, line: MemoryLine) {
        let hub = Arc::clone(self);
        tokio::spawn(async move {
            hub.serve(Incoming::Memory(line.from_peer), Outgoing::Memory(line.to_peer)).await;
        });
    }

    /// Serves a peer until it goes.
    pub(super) async fn serve(self: Arc<Self>, mut incoming: Incoming, mut outgoing: Outgoing) {
        match self.greet(&mut incoming, &mut outgoing).await {
            Ok(Some(joined)) => joined.run(incoming, outgoing).await,
            Ok(None) => {}
            Err((code, why)) => {
                let bye = protocol::encode(&ToPeer::Bye { code, why });
                let last = async {
                    let _ = outgoing.feed(bye.into()).await;
                    let _ = outgoing.flush().await;
                    outgoing.close().await;
                };
                let _ = tokio::time::timeout(Duration::from_secs(2), last).await;
            }
        }
    }

    /// Hears the hello and answers it. `None`: the peer went away.
    async fn greet(
        self: &Arc<Self>,
        incoming: &mut Incoming,
        outgoing: &mut Outgoing,
    ) -> Result<Option<Joined>, (ByeCode, String)> {
        let within = Duration::from_millis(limits::HELLO_WITHIN.0);
        let first = async {
            loop {
                match incoming.next().await {
                    Heard::Life => {}
                    heard => break heard,
                }
            }
        };
        let frame = match tokio::time::timeout(within, first).await {
            Err(_) => return Err((ByeCode::Silent, "no hello came within 5 seconds".into())),
            Ok(Heard::Frame(frame)) if frame.len() > limits::FRAME_IN => return Err((ByeCode::TooLong, too_long())),
            Ok(Heard::Frame(frame)) => frame,
            Ok(Heard::TooLong) => return Err((ByeCode::TooLong, too_long())),
            Ok(Heard::NotText) => return Err((ByeCode::BadFrame, "frames are text, not binary".into())),
            Ok(Heard::NotUtf8) => return Err((ByeCode::BadFrame, "a frame is text in UTF-8".into())),
            Ok(Heard::Closed | Heard::Life) => return Ok(None),
        };
        let hello = protocol::decode::<ToServer>(&frame).map_err(|bad| (ByeCode::BadFrame, bad.to_string()))?;
        let ToServer::Hello { version, token, cards, resume, program } = hello else {
            return Err((ByeCode::BadFrame, "the first frame is a hello".into()));
        };
        if version != protocol::VERSION {
            let ours = protocol::VERSION;
            let side = if version < ours { "upgrade the program that connects" } else { "upgrade the server" };
            let why = format!("this server speaks version {ours} of the wire, you speak {version}: {side}");
            return Err((ByeCode::Version, why));
        }
        if self.is_draining() {
            return Err((ByeCode::Draining, "the server is going down; come back in a moment".into()));
        }
        let me = self.feed.whose(&token::digest(&token)).ok_or_else(|| {
            (ByeCode::Unauthorized, "the token is unknown or revoked; ask an admin for one".to_owned())
        })?;
        let wanted = match cards {
            Scope::All => Some(Right::Watch),
            Scope::Mine => Some(Right::Answer),
            Scope::Carried => Some(Right::Carry),
            Scope::Ready => Some(Right::RunTools),
            Scope::None => None,
        };
        if wanted.is_some_and(|right| !me.role.may(right)) {
            let why = format!("these cards are not for the role {}", me.role.word());
            return Err((ByeCode::BadFrame, why));
        }
        let now = self.clock.now();
        let seen = {
            let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(me.id).or_insert_with(|| Arc::new(AtomicI64::new(now.0))))
        };
        seen.fetch_max(now.0, Ordering::Relaxed);
        let from = resume.filter(|resume| resume.log == self.log && self.feed.can_resume(resume.seq));
        let welcome = ToPeer::Welcome {
            you: Teammate { token: None, ..me.clone() },
            log: self.log,
            seq: self.feed.head(),
            now,
            limits: Limits::default(),
            office: Box::new(redact::office(&self.feed.office(), me.role)),
            resumed: from.is_some(),
        };
        let said = async {
            outgoing.feed(protocol::encode(&welcome).into()).await?;
            outgoing.flush().await
        };
        match tokio::time::timeout(Duration::from_millis(limits::STALLED_AFTER.0), said).await {
            Ok(Ok(())) => {}
            _ => return Ok(None),
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        tracing::info!(peer = number, teammate = %me.id, program = %program.chars().take(40).collect::<String>(), "joined");
        self.feed.set_present(number, Some(Present { teammate: me.id, watching: Vec::new() }));
        let cursor = Feed::cursor(from.map(|resume| resume.seq));
        Ok(Some(Joined { hub: Arc::clone(self), number, me, scope: cards, seen, cursor }))
    }
}

fn too_long() -> String {
    format!("a frame is {} bytes at most", limits::FRAME_IN)
}

impl Joined {
    /// Runs both halves until one ends.
    async fn run(self, mut incoming: Incoming, outgoing: Outgoing) {
        // Bounded by the commands under way, with room for the news of quiet take-overs.
        let (replies, answered) = mpsc::channel::<Reply>(limits::ASKS_AT_ONCE * 2);
        let (notes, noted) = mpsc::channel(NOTES);
        let places = Arc::new(Semaphore::new(limits::ASKS_AT_ONCE));
        if self.me.role.may(Right::Answer) && self.scope == Scope::Mine {
            self.hub.trials.join(self.number, self.me.id, notes.clone());
        }
        let (hub, number) = (Arc::clone(&self.hub), self.number);
        let hearing = hear::Hearing {
            hub: Arc::clone(&hub),
            number,
            me: self.me.clone(),
            seen: self.seen,
            replies,
            notes,
            places: Arc::clone(&places),
        };
        let telling = tell::Telling::new(Arc::clone(&hub), number, self.me, self.scope, self.cursor, places);
        tokio::select! {
            () = telling.run(outgoing, answered, noted) => {}
            () = async {
                hearing.run(&mut incoming).await;
                // The telling half says the last words, then drops its end.
                std::future::pending::<()>().await;
            } => {}
        }
        // A socket that is closed while something lies unread in it is reset, and the last words are lost with it. So what
        // still comes is taken, and dropped, until the peer closes its side.
        let rest = async { while matches!(incoming.next().await, Heard::Frame(_) | Heard::Life) {} };
        let _ = tokio::time::timeout(LINGER, rest).await;
        hub.trials.leave(number);
        hub.feed.leave(number);
        tracing::info!(peer = number, "left");
    }
}
