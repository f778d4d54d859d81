//! What a session must remember to begin again after a cut: what was asked, what is watched, where it was.
//!
//! Pure. Deliberately not here: lines, waiting, news.

use super::{Options, Order};
use crate::{
    domain::{
        ids::{CommandId, ConversationId, EntryNo, LogId},
        refusal::Refusal,
    },
    protocol::{
        Answer, Resume, ToPeer, ToServer, VERSION, encode,
        limits::{ASKS_AT_ONCE, FRAME_IN},
    },
};
use std::collections::{BTreeMap, VecDeque};

/// Queries that wait for a line; when they are as many, no more orders are taken until there is one.
const QUERIES_WAITING: usize = 64;

/// Whether there is a line to send on now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Open,
    Cut,
}

/// What an order or a frame leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    /// Nothing.
    Nothing,
    /// Send this.
    Send(String),
    /// Tell the owner the frame.
    Tell(Box<ToPeer>),
    /// Tell the owner an answer.
    Answered(CommandId, Result<Answer, Refusal>),
    /// End.
    Close,
}

/// What a session remembers.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Unanswered, in the order asked. At most [`ASKS_AT_ONCE`].
    asks: VecDeque<(CommandId, String)>,
    /// Watched, with the last entry seen.
    watches: BTreeMap<ConversationId, Option<EntryNo>>,
    /// Queries for the next line, in order.
    queries: VecDeque<String>,
    /// The log of the last welcome.
    log: Option<LogId>,
    /// Up to where the cards are current.
    resume: Option<Resume>,
}

impl Book {
    pub(super) fn new(resume: Option<Resume>) -> Self {
        Self { resume, log: resume.map(|resume| resume.log), ..Self::default() }
    }

    /// Whether another order can be taken.
    pub(super) fn has_room(&self) -> bool {
        self.asks.len() < ASKS_AT_ONCE && self.queries.len() < QUERIES_WAITING
    }

    /// Whether every command is answered.
    pub(super) fn is_settled(&self) -> bool {
        self.asks.is_empty() && self.queries.is_empty()
    }

    /// The greeting.
    pub(super) fn hello(&self, options: &Options) -> String {
        encode(&ToServer::Hello {
            version: VERSION,
            token: options.token.clone(),
            cards: options.cards,
            resume: self.resume,
            program: options.program.clone(),
        })
    }

    /// What to say after the welcome: all that was asked and not answered, what is watched, what is to be read.
    pub(super) fn again(&mut self) -> VecDeque<String> {
        let asks = self.asks.iter().map(|(_, frame)| frame.clone());
        let watches = self
            .watches
            .iter()
            .map(|(conversation, from)| encode(&ToServer::Watch { conversation: *conversation, from: *from }));
        asks.chain(watches).chain(self.queries.drain(..)).collect()
    }

    /// Takes an order.
    pub(super) fn order(&mut self, order: Order, line: Line) -> Next {
        let send = |frame: String| if line == Line::Open { Next::Send(frame) } else { Next::Nothing };
        match order {
            Order::Ask(id, command) => {
                if self.asks.iter().any(|(asked, _)| *asked == id) {
                    return Next::Nothing;
                }
                let frame = encode(&ToServer::Ask { id, command: *command });
                if frame.len() > FRAME_IN {
                    return Next::Answered(id, Err(too_long(frame.len())));
                }
                self.asks.push_back((id, frame.clone()));
                send(frame)
            }
            Order::Watch(conversation, from) => {
                self.watches.insert(conversation, from);
                send(encode(&ToServer::Watch { conversation, from }))
            }
            Order::Unwatch(conversation) => match self.watches.remove(&conversation) {
                Some(_) => send(encode(&ToServer::Unwatch { conversation })),
                None => Next::Nothing,
            },
            Order::Query(id, query) => {
                let frame = encode(&ToServer::Query { id, query });
                if line == Line::Cut {
                    self.queries.push_back(frame);
                    return Next::Nothing;
                }
                send(frame)
            }
            Order::Tell(frame) => send(encode(&frame)),
            Order::Close => Next::Close,
        }
    }

    /// Takes a frame of the server. `Bye` is not for here.
    pub(super) fn hear(&mut self, frame: ToPeer) -> Next {
        match &frame {
            ToPeer::Accepted { id, .. } | ToPeer::Refused { id, .. } => {
                let Some(at) = self.asks.iter().position(|(asked, _)| asked == id) else { return Next::Nothing };
                self.asks.remove(at);
                match frame {
                    ToPeer::Accepted { id, answer } => Next::Answered(id, Ok(answer)),
                    ToPeer::Refused { id, why } => Next::Answered(id, Err(why)),
                    _ => Next::Nothing,
                }
            }
            ToPeer::Welcome { log, resumed, .. } => {
                if self.log.is_some_and(|known| known != *log) {
                    // Another log counts its entries anew.
                    self.watches.values_mut().for_each(|from| *from = None);
                }
                self.log = Some(*log);
                if !resumed {
                    self.resume = None;
                }
                Next::Tell(Box::new(frame))
            }
            ToPeer::Cards { current, .. } => {
                if let (Some(log), Some(seq)) = (self.log, *current) {
                    self.resume = Some(Resume { log, seq });
                }
                Next::Tell(Box::new(frame))
            }
            ToPeer::Thread { conversation, events, .. } => {
                if let (Some(seen), Some(last)) = (self.watches.get_mut(conversation), events.last()) {
                    *seen = Some(last.n);
                }
                Next::Tell(Box::new(frame))
            }
            ToPeer::Events { conversation, events } => {
                let Some(seen) = self.watches.get_mut(conversation) else { return Next::Nothing };
                if let (Some(first), Some(have)) = (events.first(), *seen)
                    && first.n > have.next()
                {
                    // A gap means: ask again, never guess.
                    return Next::Send(encode(&ToServer::Watch { conversation: *conversation, from: *seen }));
                }
                if let Some(last) = events.last() {
                    *seen = (*seen).max(Some(last.n));
                }
                Next::Tell(Box::new(frame))
            }
            ToPeer::Unwatchable { conversation, .. } => {
                self.watches.remove(conversation);
                Next::Tell(Box::new(frame))
            }
            _ => Next::Tell(Box::new(frame)),
        }
    }

    /// Where a later session could continue.
    #[cfg(test)]
    pub(super) fn resume(&self) -> Option<Resume> {
        self.resume
    }
}

fn too_long(bytes: usize) -> Refusal {
    let (kib, most) = (bytes.div_ceil(1024), FRAME_IN / 1024);
    Refusal::Invalid {
        field: "command".into(),
        why: format!("it is {kib} KiB long, {most} KiB at most are sent; shorten it"),
    }
}
