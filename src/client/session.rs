//! One connection kept alive.

use crate::{
    domain::{
        command::Command,
        ids::{CommandId, ConversationId, EntryNo},
        refusal::Refusal,
    },
    protocol::{Answer, ByeCode, Query, Resume, Scope, ToPeer, ToServer},
};
use tokio::sync::mpsc;

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
