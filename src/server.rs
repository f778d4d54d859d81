//! The one place where the desk changes: decide, append, apply, publish.
//!
//! [`Server::start`] loads a desk from its log and runs it. The [`sequencer`] alone changes it; the [`writer`] thread owns
//! the log and commits in groups; the [`feed`] is what peers read; a [`peer`] is a cursor on the feed. Peers come by
//! WebSocket or by an in-memory line; both are treated alike. Deliberately not here: rules (`domain`), who the peers are.

mod boot;
pub mod clock;
mod feed;
mod http;
mod keys;
mod line;
mod listen;
mod peer;
mod queries;
mod redact;
mod sequencer;
mod tails;
mod token;
mod watch;
mod writer;

pub use clock::{Clock, ManualClock, SystemClock};
pub use listen::Port;
pub use token::{digest, mint};

use crate::{
    domain::{
        command::Command,
        desk::Office,
        ids::{Digest, LogId, Seq},
        policy::Policy,
        refusal::Refusal,
        shelf::Shelf,
    },
    protocol::Answer,
    store::{EventLog, StoreError},
};
use feed::Feed;
use sequencer::{Asked, ReplyTo};
use std::{net::SocketAddr, sync::Arc};
use tokio::sync::{mpsc, oneshot, watch as signal};

/// So many of the last events are read to know how the AIs did before a restart.
const REMEMBERED: u64 = 5_000;
/// So many of them at once.
const AT_ONCE: usize = 256;
/// How long the end waits for the peers to take their goodbye; a little longer than each of them is given.
const GOODBYES: std::time::Duration = std::time::Duration::from_secs(4);

/// How to run a desk.
pub struct Options {
    /// The log. The server owns it from here on.
    pub log: Box<dyn EventLog>,
    /// What a fresh log is founded with; ignored where there is a desk already.
    pub founding: Founding,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Whether the log was found rewound, and so continues on a new time line.
    pub rewound: bool,
    /// What AIs may cite of the desk's knowledge; none: they are believed.
    pub shelf: Option<Arc<Shelf>>,
}

/// What a fresh desk begins with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The desk's name.
    pub name: String,
    /// The first admin's name.
    pub admin: String,
    /// The hash of the first admin's token.
    pub token: Digest,
    /// The policy.
    pub policy: Policy,
}

/// The server could not start, or failed.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The log could not be read.
    #[error("the desk could not be loaded: {source}")]
    Load {
        /// Why.
        #[from]
        source: StoreError,
    },
    /// The port could not be opened.
    #[error("cannot listen on {addr}: {source}; choose another with --listen, or stop what uses it")]
    Listen {
        /// Which address.
        addr: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The founding of a fresh desk was refused.
    #[error("the desk could not be founded: {}", .0.sentence(&|id| format!("teammate {id}")))]
    Founding(Refusal),
    /// A thread could not be started.
    #[error("the writer's thread could not be started: {0}")]
    Thread(std::io::Error),
    /// The sequencer ended.
    #[error("the server has stopped")]
    Stopped,
}

/// A line in memory, as the embedded console and teammates use it: whole frames, both ways.
///
/// Both channels are bounded by whoever makes them; a full one makes the other side wait.
#[derive(Debug)]
pub struct MemoryLine {
    /// What the peer says.
    pub from_peer: mpsc::Receiver<String>,
    /// What the peer hears.
    pub to_peer: mpsc::Sender<String>,
}

/// The server.
#[derive(Debug)]
pub struct Server;

/// A running server. Dropping it does not stop it; [`drain`](Running::drain) does.
#[derive(Clone)]
pub struct Running {
    inbox: mpsc::Sender<Asked>,
    hub: Arc<peer::Hub>,
    draining: Arc<signal::Sender<bool>>,
    damaged: signal::Receiver<Option<String>>,
    refused: signal::Receiver<Option<String>>,
    finished: Arc<tokio::sync::Mutex<Option<tokio::task::JoinHandle<()>>>>,
}

impl Server {
    /// Loads the desk and runs it on the present tokio runtime.
    ///
    /// # Errors
    /// [`ServerError`] if the log cannot be read or a fresh desk cannot be founded.
    pub async fn start(options: Options) -> Result<Running, ServerError> {
        let mut boot = boot::load(options.log.as_ref(), options.clock.as_ref())?;
        boot.desk.shelf = options.shelf;
        let readers = queries::Readers::new(options.log.as_ref())?;
        let log = options.log.identity();
        let feed = Arc::new(Feed::new(&boot.desk));
        // With a reader of its own, which does not keep what it read.
        let reader = options.log.reader()?;
        let mut from = Seq(boot.desk.office.seq.0.saturating_sub(REMEMBERED));
        loop {
            // A few at a time: what is read here is not to grow the heap for good.
            let earlier = reader.events(from, AT_ONCE)?;
            let Some(last) = earlier.last() else { break };
            from = last.seq;
            feed.remember(&earlier);
        }
        drop(reader);
        // Bounded: a full inbox makes peers wait, which makes their sockets wait.
        let (inbox, asked) = mpsc::channel(sequencer::INBOX);
        let (damage, damaged) = signal::channel(None);
        writer::check(options.log.as_ref(), damage)?;
        let (refusal, refused) = signal::channel(None);
        let writer = writer::start(options.log, damaged.clone(), refusal).map_err(ServerError::Thread)?;
        let (draining, drain) = signal::channel(false);
        let hub = Arc::new(peer::Hub::new(
            log,
            Arc::clone(&feed),
            inbox.clone(),
            readers,
            Arc::clone(&options.clock),
            drain.clone(),
        ));
        let sequencer = sequencer::Sequencer::new(boot, feed, writer, Arc::clone(&hub), options.clock);
        let task = tokio::spawn(sequencer.run(asked, drain));
        let running = Running {
            inbox,
            hub,
            draining: Arc::new(draining),
            damaged,
            refused,
            finished: Arc::new(tokio::sync::Mutex::new(Some(task))),
        };
        if running.office().name.is_empty() {
            let Founding { name, admin, token, policy } = options.founding;
            let found = Command::Found { name, admin, token, policy: Box::new(policy) };
            running.by_desk(found).await?.map_err(ServerError::Founding)?;
        }
        if options.rewound {
            let timeline = running.office().timeline + 1;
            running.by_desk(Command::BeginTimeline { timeline }).await?.map_err(ServerError::Founding)?;
        }
        Ok(running)
    }
}

impl Running {
    /// Has the desk itself do something; for whoever owns the server.
    ///
    /// # Errors
    /// [`ServerError::Stopped`] if the server has ended.
    pub async fn by_desk(&self, command: Command) -> Result<Result<Answer, Refusal>, ServerError> {
        let (reply, answer) = oneshot::channel();
        self.inbox.send(Asked::by_desk(command, ReplyTo::Once(reply))).await.map_err(|_| ServerError::Stopped)?;
        answer.await.map_err(|_| ServerError::Stopped)
    }

    /// The desk as of now, without tokens.
    #[must_use]
    pub fn office(&self) -> Arc<Office> {
        self.hub.feed.office()
    }

    /// The head of the log.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.hub.feed.head()
    }

    /// The identity of the log.
    #[must_use]
    pub fn log(&self) -> LogId {
        self.hub.log
    }

    /// Takes a peer on an in-memory line.
    pub fn join(&self, line: MemoryLine) {
        self.hub.join_memory(line);
    }

    /// Listens for peers and customers at `addr`; `routes` are served beside the server's own. Returns the address in use.
    ///
    /// # Errors
    /// [`ServerError::Listen`] if the port cannot be opened.
    pub async fn listen(&self, addr: SocketAddr, routes: axum::Router) -> Result<SocketAddr, ServerError> {
        let port = Port::open(addr).await?;
        let at = port.at();
        self.listen_at(port, routes);
        Ok(at)
    }

    /// The same at a port that was opened before.
    pub fn listen_at(&self, port: Port, routes: axum::Router) {
        let own = http::routes(Arc::clone(&self.hub), self.refused.clone());
        listen::listen(&self.hub, port, own.merge(routes));
    }

    /// Has everything that is due done now. For tests with a clock of their own.
    ///
    /// # Errors
    /// [`ServerError::Stopped`] if the server has ended.
    pub async fn tick(&self) -> Result<(), ServerError> {
        let (reply, done) = oneshot::channel();
        self.inbox.send(Asked::wake(reply)).await.map_err(|_| ServerError::Stopped)?;
        done.await.map_err(|_| ServerError::Stopped)
    }

    /// Ends in order: takes no one new, answers what was asked, saves, closes the log, and lets the peers hear goodbye.
    pub async fn drain(&self) {
        self.draining.send_replace(true);
        if let Some(task) = self.finished.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the sequencer ended badly");
        }
        // The peers' last words are on their way; whoever owns the program may end it after this.
        let mut news = self.hub.feed.crowd();
        let gone = async { while self.hub.feed.has_peers() && news.changed().await.is_ok() {} };
        if tokio::time::timeout(GOODBYES, gone).await.is_err() {
            tracing::warn!("some peers did not take their goodbye");
        }
    }

    /// Resolves with a sentence when the database turns out to be damaged. The server then lets people read, and records
    /// nothing more. Never resolves otherwise.
    pub async fn damaged(&self) -> String {
        let mut damaged = self.damaged.clone();
        let found = damaged.wait_for(Option::is_some).await.ok().and_then(|found| found.clone());
        match found {
            Some(sentence) => sentence,
            // The look is over, and found nothing.
            None => std::future::pending().await,
        }
    }

    /// Resolves when the server has ended by itself, which only a fault of its own can cause.
    pub async fn ended(&self) {
        self.inbox.closed().await;
    }
}
