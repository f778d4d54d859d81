//! One connection kept alive.
//!
//! A session greets, answers pings, repeats what was not answered (under the same id, in its order), watches again what
//! was watched from the last entry seen, and comes back after a cut. Each command's answer is told exactly once. Its
//! owner holds a [`Peer`] to order and a channel of [`News`] to hear.
//!
//! Deliberately not here: what the news mean; how bytes travel (see [`wire`](super::wire)).

mod book;
mod run;
#[cfg(test)]
mod tests;

use super::wire::Dial;
use crate::{
    domain::{
        command::Command,
        ids::{CommandId, ConversationId, EntryNo},
        refusal::Refusal,
    },
    protocol::{Answer, ByeCode, Query, Resume, Scope, ToPeer, ToServer},
};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Orders that wait for the session to take them. When they are as many, the owner waits, or is told with `try_ask`.
const ORDERS: usize = 256;
/// News that wait for the owner. When they are as many, the session stops reading the line, and the server waits.
const NEWS: usize = 256;

/// How a session greets and behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The token.
    pub token: String,
    /// Which cards are wanted.
    pub cards: Scope,
    /// The program, for the server's log.
    pub program: String,
    /// Whether to come back after the line was cut; otherwise the first cut ends the session.
    pub returns: bool,
    /// Where an earlier session was.
    pub resume: Option<Resume>,
}

/// What a session tells its owner.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A frame of the server, among them the `Welcome` of every connection. `Accepted`, `Refused` and `Bye` come as the news below.
    Frame(Box<ToPeer>),
    /// A command was answered. Each exactly once, also over several connections.
    Answered {
        /// Its key.
        id: CommandId,
        /// What came of it.
        result: Result<Answer, Refusal>,
    },
    /// The line is cut.
    Lost {
        /// Why, for people.
        why: String,
        /// When the next attempt is made, in milliseconds from now.
        retry_in_ms: u64,
    },
    /// The session is over and does not come back.
    Ended {
        /// The server's code, if it said one.
        code: Option<ByeCode>,
        /// Why, for people.
        why: String,
    },
}

/// What the owner asks of a session.
#[derive(Clone, Debug)]
pub enum Order {
    /// Send a command until it is answered.
    Ask(CommandId, Box<Command>),
    /// Watch; watched again after each reconnection, from the last entry seen.
    Watch(ConversationId, Option<EntryNo>),
    /// Watch no more.
    Unwatch(ConversationId),
    /// Read something; lost with the connection (`News::Lost` tells).
    Query(u32, Query),
    /// An ephemeral frame; dropped while there is no line.
    Tell(Box<ToServer>),
    /// End the session.
    Close,
}

/// The owner's hold of a session. Clones speak to the same one.
#[derive(Clone, Debug)]
pub struct Peer {
    pub(crate) orders: mpsc::Sender<Order>,
}

/// A session's beginning.
#[derive(Clone, Copy, Debug)]
pub struct Session;

impl Session {
    /// Starts a session over lines of `dial`. Must be called within a tokio runtime: the session is a task of it.
    ///
    /// The session ends with [`Order::Close`], when all peers are dropped and everything asked is answered, when nobody
    /// hears the news any more (after sending what was ordered), or when the server shows it the door.
    #[must_use]
    pub fn start(dial: Arc<dyn Dial>, options: Options) -> (Peer, mpsc::Receiver<News>) {
        let (orders, ordered) = mpsc::channel(ORDERS);
        let (tell, news) = mpsc::channel(NEWS);
        tokio::spawn(run::Run::new(dial, options, ordered, tell).live());
        (Peer { orders }, news)
    }
}

/// An order that was not taken: too many wait, or the session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Too many orders wait; try again when some are answered.
    #[error("too much waits to be sent; try again in a moment")]
    Full,
    /// The session is over.
    #[error("the session is over")]
    Over,
}

impl Peer {
    /// A peer whose orders come out of the channel given back, for tests of those who hold peers. `bound` orders may wait.
    #[must_use]
    pub fn held(bound: usize) -> (Self, mpsc::Receiver<Order>) {
        // When full, the owner waits, as with a session.
        let (orders, ordered) = mpsc::channel(bound);
        (Self { orders }, ordered)
    }

    /// Asks for a command until it is answered; the answer comes as [`News::Answered`] under the id given back.
    ///
    /// Waits while too much is unanswered: keep hearing the news meanwhile. Does nothing if the session is over; the
    /// news have told that.
    pub async fn ask(&self, command: Command) -> CommandId {
        let id = mint();
        self.ask_as(id, command).await;
        id
    }

    /// As [`ask`](Self::ask), under an id of the caller's.
    pub async fn ask_as(&self, id: CommandId, command: Command) {
        self.order(Order::Ask(id, Box::new(command))).await;
    }

    /// As [`ask`](Self::ask), for callers that cannot wait.
    ///
    /// # Errors
    /// [`NotTaken`]; nothing will be sent then.
    pub fn try_ask(&self, command: Command) -> Result<CommandId, NotTaken> {
        let id = mint();
        self.try_order(Order::Ask(id, Box::new(command)))?;
        Ok(id)
    }

    /// Watches a conversation; with `from`, only what follows on that entry is sent.
    pub async fn watch(&self, conversation: ConversationId, from: Option<EntryNo>) {
        self.order(Order::Watch(conversation, from)).await;
    }

    /// Watches a conversation no more.
    pub async fn unwatch(&self, conversation: ConversationId) {
        self.order(Order::Unwatch(conversation)).await;
    }

    /// Reads something; the page comes as a frame with the same `id`, unless the line is cut before.
    pub async fn query(&self, id: u32, query: Query) {
        self.order(Order::Query(id, query)).await;
    }

    /// Sends an ephemeral frame, or drops it while there is no line.
    pub async fn tell(&self, frame: ToServer) {
        self.order(Order::Tell(Box::new(frame))).await;
    }

    /// Ends the session, after sending what was ordered before if there is a line.
    pub async fn close(&self) {
        self.order(Order::Close).await;
    }

    /// Gives any order without waiting.
    ///
    /// # Errors
    /// [`NotTaken`]; the order is lost then.
    pub fn try_order(&self, order: Order) -> Result<(), NotTaken> {
        self.orders.try_send(order).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => NotTaken::Full,
            mpsc::error::TrySendError::Closed(_) => NotTaken::Over,
        })
    }

    async fn order(&self, order: Order) {
        // Fails only when the session is over, which the news have told.
        let _ = self.orders.send(order).await;
    }
}

/// A fresh command id.
#[must_use]
pub fn mint() -> CommandId {
    CommandId(uuid::Uuid::now_v7().as_u128())
}
