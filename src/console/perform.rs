//! Does what an effect says, without waiting: gives orders to the session and texts to the keeper.
//!
//! An order that the session cannot take yet waits here, in order. It also counts what is under way, so that tests know
//! when everything has come to rest. Deliberately not here: what concerns the terminal (see `app`).

use super::{drafts::Keeper, effect::Effect, msg::What};
use crate::{
    client::{
        News, Peer,
        session::{NotTaken, Order, mint},
    },
    domain::ids::{CommandId, ConversationId},
    protocol::{Query, ToPeer},
};
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Orders that wait for the session beside its own queue. When they are as many, an act is refused with a sentence.
const BACKLOG: usize = 256;

/// Does what effects say.
#[derive(Debug)]
pub struct Performer {
    peer: Peer,
    keeper: Option<Keeper>,
    /// Where the sheets of shifts go.
    sheets: Option<PathBuf>,
    tickets: HashMap<CommandId, u64>,
    backlog: VecDeque<Order>,
    watching: BTreeSet<ConversationId>,
    queries: BTreeSet<u32>,
}

impl Performer {
    /// One that orders from `peer` and keeps texts with `keeper`, if there is one.
    #[must_use]
    pub fn new(peer: Peer, keeper: Option<Keeper>) -> Self {
        Self {
            peer,
            keeper,
            sheets: None,
            tickets: HashMap::new(),
            backlog: VecDeque::new(),
            watching: BTreeSet::new(),
            queries: BTreeSet::new(),
        }
    }

    /// The same, which writes the sheets of shifts into this folder.
    #[must_use]
    pub fn with_sheets(mut self, folder: Option<PathBuf>) -> Self {
        self.sheets = folder;
        self
    }

    /// Does it. May tell something at once.
    ///
    /// # Errors
    /// The effect itself, if it is the terminal's business.
    pub fn perform(&mut self, effect: Effect) -> Result<Option<What>, Effect> {
        match effect {
            Effect::Ask { ticket, command } => {
                let id = mint();
                if let Err(why) = self.order(Order::Ask(id, command)) {
                    return Ok(Some(What::NotAsked { ticket, why }));
                }
                self.tickets.insert(id, ticket);
            }
            Effect::Watch(conversation, from) => {
                self.watching.insert(conversation);
                return Ok(self.order(Order::Watch(conversation, from)).err().map(What::Trouble));
            }
            Effect::Unwatch(conversation) => {
                self.watching.remove(&conversation);
                return Ok(self.order(Order::Unwatch(conversation)).err().map(What::Trouble));
            }
            Effect::Query(id, query) => {
                // Nobody waits for how the AIs do.
                if query != Query::Health {
                    self.queries.insert(id);
                }
                return Ok(self.order(Order::Query(id, query)).err().map(What::Trouble));
            }
            // Ephemeral: dropped if the session is busy or over.
            Effect::Tell(frame) => drop(self.peer.try_order(Order::Tell(frame))),
            Effect::Keep(key, text) => {
                if let Some(keeper) = &self.keeper {
                    keeper.keep(key, text);
                    return Ok(keeper.trouble().map(What::Trouble));
                }
            }
            Effect::KeepSheet(name, text) => {
                let kept = match &self.sheets {
                    Some(folder) => write_sheet(folder, &name, &text),
                    None => Err("there is no folder for it here".to_owned()),
                };
                return Ok(Some(What::SheetKept(kept)));
            }
            Effect::ReadSaved => {
                return Ok(self.keeper.as_ref().map(|keeper| What::Saved(keeper.saved())));
            }
            Effect::KeepSaved(saved) => {
                if let Some(keeper) = &self.keeper {
                    keeper.keep_saved(saved);
                    return Ok(keeper.trouble().map(What::Trouble));
                }
            }
            other => return Err(other),
        }
        Ok(None)
    }

    fn order(&mut self, order: Order) -> Result<(), String> {
        if !self.backlog.is_empty() {
            return self.put_aside(order);
        }
        match self.peer.try_order(order.clone()) {
            Ok(()) => Ok(()),
            Err(NotTaken::Full) => self.put_aside(order),
            Err(over @ NotTaken::Over) => Err(over.to_string()),
        }
    }

    fn put_aside(&mut self, order: Order) -> Result<(), String> {
        if self.backlog.len() >= BACKLOG {
            return Err(NotTaken::Full.to_string());
        }
        self.backlog.push_back(order);
        Ok(())
    }

    /// Whether orders wait for the session.
    #[must_use]
    pub fn has_backlog(&self) -> bool {
        !self.backlog.is_empty()
    }

    /// Waits until the session takes another order, and gives it the next that waits. Safe to drop half-way.
    pub async fn catch_up(&mut self) {
        match self.peer.orders.reserve().await {
            Ok(place) => {
                if let Some(order) = self.backlog.pop_front() {
                    place.send(order);
                }
            }
            // The session is over, which the news tell.
            Err(_) => self.backlog.clear(),
        }
    }

    /// What the session told, as the core hears it.
    pub fn hear(&mut self, news: News) -> Option<What> {
        match &news {
            News::Answered { id, result } => {
                let ticket = self.tickets.remove(id)?;
                return Some(What::Answered { ticket, result: result.clone() });
            }
            News::Frame(frame) => match &**frame {
                ToPeer::Thread { conversation, more: false, .. } | ToPeer::Unwatchable { conversation, .. } => {
                    self.watching.remove(conversation);
                }
                ToPeer::Page { id, .. } => {
                    self.queries.remove(id);
                }
                _ => {}
            },
            News::Lost { .. } => self.queries.clear(),
            News::Ended { .. } => {
                self.queries.clear();
                self.watching.clear();
                self.tickets.clear();
            }
        }
        Some(What::News(news))
    }

    /// How much is under way to the server and back.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.tickets.len() + self.watching.len() + self.queries.len() + self.backlog.len()
    }

    /// Waits until every kept text is on disk.
    pub fn flush(&self) {
        if let Some(keeper) = &self.keeper {
            keeper.flush();
        }
    }

    /// The session, to close it.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.peer
    }
}

/// Writes a sheet, which only its owner may read: it names customers. The path.
fn write_sheet(folder: &Path, name: &str, text: &str) -> Result<String, String> {
    let path = folder.join(name);
    let write = || {
        fs::create_dir_all(folder)?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?.write_all(text.as_bytes())
    };
    match write() {
        Ok(()) => Ok(path.display().to_string()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}
