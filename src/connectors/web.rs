//! The web channel: customers' HTTP, as a router that any server can mount.
//!
//! ```text
//! POST /v1/chats                  {"customer":{"name","email"?},"text","topic"?,"locale"?} -> 201 {"chat","secret"}
//! POST /v1/chats/{chat}/messages  {"id","text"}                -> 202 {}; the same id again has no second effect
//! GET  /v1/chats/{chat}/messages  ?after=N                     -> 200 {"messages":[{"n","at","from":{"kind","name"},"text"}]}
//! GET  /v1/chats/{chat}/events    ?after=N or Last-Event-ID    -> 200 the same messages, live, and who types
//! POST /v1/chats/{chat}/rating    {"score":1..5,"comment"?}    -> 202 {}
//! POST /v1/chats/{chat}/typing                                 -> 202 {}
//! ```
//!
//! All but the first want `Authorization: Bearer <secret>`; a wrong secret and an unknown chat are answered alike. A
//! customer sees what was claimed for delivery and what customers said, and nothing else: notes, whispers, drafts and
//! growing answers never come to this room. One session serves all customers: handlers speak with a [`hub`], the single
//! task that owns it, over bounded channels. Deliberately not here: the listening socket, TLS, and limits by address.

mod fields;
mod hub;
mod reply;
mod routes;
mod secret;
mod stream;
#[cfg(test)]
mod tests;

use crate::{
    client::{
        Dial, Options, Peer,
        session::{News, Session},
    },
    domain::{
        command::Command,
        ids::{CommandId, ConversationId, Digest, PublicNo},
        refusal::Refusal,
    },
    protocol::{Answer, Page, Query, Scope, query::Public},
};
use hub::{Hub, Live, Request};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

pub use routes::router;

/// The name of this channel, as cards show it.
pub const CHANNEL: &str = "web";
/// The longest body of a request, in bytes.
pub const BODY: usize = 64 * 1024;
/// How long a request waits for the desk before it is told to come again.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Requests that wait for the hub. When they are as many, the customer is told to come again.
const REQUESTS: usize = 4_096;

/// The desk gave no answer that a customer could use.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    /// Too much at once.
    Busy,
    /// The desk cannot be reached.
    Away,
    /// The desk was asked and has not answered; it may have been done.
    Late,
    /// A rule said no.
    Refused(Refusal),
}

/// The web channel's hold of the desk. Clones share one session, which ends with the last of them.
#[derive(Clone, Debug)]
pub struct WebDoor {
    requests: mpsc::Sender<Request>,
    is_up: watch::Receiver<bool>,
}

impl WebDoor {
    /// Opens the door with a connector's token. Must be called within a tokio runtime: the session and the hub are tasks
    /// of it. While the desk cannot be reached, customers are told so.
    #[must_use]
    pub fn open(dial: Arc<dyn Dial>, token: String) -> Self {
        let program = concat!("centaur-web ", env!("CARGO_PKG_VERSION")).to_owned();
        let options = Options { token, cards: Scope::Carried, program, returns: true, resume: None };
        let (peer, news) = Session::start(dial, options);
        Self::over(peer, news)
    }

    /// Opens the door over a session that somebody else began.
    #[must_use]
    pub fn over(peer: Peer, news: mpsc::Receiver<News>) -> Self {
        let (requests, asked) = mpsc::channel(REQUESTS);
        let (up, is_up) = watch::channel(false);
        tokio::spawn(Hub::new(peer, news, asked, up).run());
        Self { requests, is_up }
    }

    /// Waits until the desk is there. False if the session ended instead.
    pub async fn ready(&self) -> bool {
        self.is_up.clone().wait_for(|up| *up).await.is_ok()
    }

    async fn ask(&self, id: CommandId, command: Command) -> Result<Answer, Trouble> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Ask { id, command: Box::new(command), reply })?;
        answered(answer).await
    }

    /// What customers may see after a message, and whether there is more.
    async fn transcript(&self, chat: ConversationId, after: PublicNo) -> Result<(Vec<Public>, bool), Trouble> {
        let (reply, page) = oneshot::channel();
        self.send(Request::Query { query: Query::Transcript { conversation: chat, after }, reply })?;
        match answered(page).await? {
            Page::Transcript { messages, more } => Ok((messages, more)),
            Page::Refused { why } => Err(Trouble::Refused(why)),
            _ => Err(Trouble::Away),
        }
    }

    /// The hash of a chat's secret; none if there is no such chat.
    async fn secret_of(&self, chat: ConversationId) -> Result<Option<Digest>, Trouble> {
        let (reply, door) = oneshot::channel();
        self.send(Request::Door { chat, reply })?;
        answered(door).await
    }

    /// What happens in a chat from now on.
    async fn listen(&self, chat: ConversationId) -> Result<mpsc::Receiver<Live>, Trouble> {
        let (reply, live) = oneshot::channel();
        self.send(Request::Listen { chat, reply })?;
        answered(live).await
    }

    fn send(&self, request: Request) -> Result<(), Trouble> {
        self.requests.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Trouble::Busy,
            mpsc::error::TrySendError::Closed(_) => Trouble::Away,
        })
    }
}

async fn answered<T>(answer: oneshot::Receiver<Result<T, Trouble>>) -> Result<T, Trouble> {
    match timeout(ANSWER_WITHIN, answer).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Trouble::Away),
        Err(_) => Err(Trouble::Late),
    }
}
