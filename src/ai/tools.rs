//! Tools through MCP: what servers offer, one call of one tool, and the teammate who runs what the desk lets run.
//!
//! An AI has none of this: it asks the desk.
//!
//! Each server has a task of its own that connects, looks what is offered, calls, and connects again when the server is
//! gone. Whatever goes wrong ends in a word about it, in time: a crash, a silence, a definition that is not what it was,
//! a result of any size. What a server says is data for people and models, never an instruction to this program.
//! Deliberately not here: whether a call may be (the desk's rules), and what an AI asks for (see [`turn`](super::turn)).

mod line;
pub mod runner;
mod server;

use self::server::{Job, Server};
pub use crate::domain::tool::Offer;
use crate::domain::{
    ids::Digest,
    tool::{Fate, LONGEST_DATA},
};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::{Notify, oneshot};

/// How long a call may take in all, connecting included.
pub const CALL_WITHIN: Duration = Duration::from_secs(15);

/// How often a server is looked at for what it offers, beside before each call.
pub const LOOK_AFTER: Duration = Duration::from_secs(30);

/// Where a tool server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A program that speaks MCP on its standard input and output. It ends with us.
    Program {
        /// Which.
        program: PathBuf,
        /// With which arguments.
        arguments: Vec<String>,
        /// Variables of its environment, beside `PATH`, `HOME` and the locale; it gets no others.
        environment: BTreeMap<String, String>,
    },
    /// A URL that speaks streamable HTTP.
    Http {
        /// Which.
        url: String,
        /// What goes into the header `Authorization`, behind `Bearer`.
        key: Option<Key>,
    },
}

/// A key for a server. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(pub String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A tool server of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The name before the tools' names.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// How long a call may take in all; [`CALL_WITHIN`] usually.
    pub within: Duration,
    /// After how long it is looked at again; [`LOOK_AFTER`] usually.
    pub look_after: Duration,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Whether it did what it is for.
    pub fate: Fate,
    /// What the tool said, or what happened; at most what the desk keeps.
    pub result: String,
}

impl Ran {
    /// It did nothing, for this reason.
    #[must_use]
    pub fn failed(why: impl Into<String>) -> Self {
        Self { fate: Fate::Failed, result: cut(&why.into()) }
    }
}

/// A call that the desk let begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Which tool, with its server.
    pub tool: String,
    /// Canonical arguments.
    pub arguments: String,
    /// The definition that the desk knows.
    pub definition: Digest,
    /// Names this very call, for servers that do a thing once for each key.
    pub key: String,
}

/// All tool servers. Cheap to clone; its servers end with the last clone.
#[derive(Clone, Debug, Default)]
pub struct Toolbox {
    servers: Arc<Vec<Server>>,
    /// Rings when a server offers something else than before.
    news: Arc<Notify>,
}

impl Toolbox {
    /// Begins to connect to each server.
    #[must_use]
    pub fn open(setups: Vec<Setup>) -> Self {
        let news = Arc::new(Notify::new());
        let servers = setups.into_iter().map(|setup| Server::start(setup, Arc::clone(&news))).collect();
        Self { servers: Arc::new(servers), news }
    }

    /// Whether there is any server.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Whether the tool is of a server here, and that server has said what it offers.
    fn has_heard(&self, tool: &str) -> bool {
        self.servers.iter().any(|server| server.runs(tool) && !server.offers.borrow().is_empty())
    }

    /// Whether the tool is of a server here.
    fn runs(&self, tool: &str) -> bool {
        self.servers.iter().any(|server| server.runs(tool))
    }

    /// Resolves when a server offers something else than before; for one caller.
    async fn changed(&self) {
        self.news.notified().await;
    }

    /// All that is offered now, whatever the policy says.
    #[must_use]
    pub fn all(&self) -> Vec<Offer> {
        self.servers.iter().flat_map(|server| server.offers.borrow().clone()).collect()
    }

    /// Waits until each server has offered something. A server that never does is waited for as long as the caller likes.
    pub async fn offered(&self) {
        for server in self.servers.iter() {
            // Fails only if the server's task has ended: then nothing more is to be waited for.
            let _ = server.offers.clone().wait_for(|offers| !offers.is_empty()).await;
        }
    }

    /// Calls a tool. Always comes back, in [`CALL_WITHIN`] and a little.
    pub async fn run(&self, errand: Errand) -> Ran {
        let Some(server) = self.servers.iter().find(|server| server.runs(&errand.tool)) else {
            return Ran::failed(format!("no tool server here has {}", errand.tool));
        };
        let (done, ran) = oneshot::channel();
        if server.jobs.send(Job { errand, done }).await.is_err() {
            return Ran::failed(format!("the tool server {} has ended", server.name));
        }
        ran.await.unwrap_or_else(|_| Ran {
            fate: Fate::Unknown,
            result: format!("the tool server {} ended under way", server.name),
        })
    }
}

/// At most as long as the desk keeps it; says what was cut.
fn cut(text: &str) -> String {
    if text.len() <= LONGEST_DATA {
        return text.to_owned();
    }
    let note = format!("… (cut: {} bytes)", text.len());
    let mut end = LONGEST_DATA - note.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{note}", text.get(..end).unwrap_or_default())
}

/// Tries a server once: what it offers.
///
/// # Errors
/// A sentence.
pub async fn try_out(setup: &Setup) -> Result<Vec<Offer>, String> {
    server::try_out(setup).await
}
