//! The half that hears: reads frames, hands commands to the sequencer, notes what the peer watches.

use super::{Hub, Note, too_long, trials};
use crate::{
    domain::teammate::{Right, Teammate},
    protocol::{self, ByeCode, ToPeer, ToServer, Typist, limits},
    server::{
        line::{Heard, Incoming},
        queries,
        sequencer::{Asked, Reply},
        tails::Tails,
    },
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Semaphore, mpsc},
    time::Instant,
};

/// Queries of one peer at once; more make it wait.
const QUERIES: usize = 8;
/// Silence after which the peer is taken for gone: it should have answered two pings.
const SILENCE: Duration = Duration::from_millis(limits::SILENCE.0 + 15_000);

/// The half that hears.
pub(super) struct Hearing {
    pub(super) hub: Arc<Hub>,
    pub(super) number: u64,
    pub(super) me: Teammate,
    pub(super) seen: Arc<AtomicI64>,
    pub(super) replies: mpsc::Sender<Reply>,
    pub(super) notes: mpsc::Sender<Note>,
    pub(super) places: Arc<Semaphore>,
}

impl Hearing {
    /// Hears until the peer goes or is shown the door. Dropping `notes` at the end tells the other half.
    pub(super) async fn run(self, incoming: &mut Incoming) {
        let queries = Arc::new(Semaphore::new(QUERIES));
        // One timer for the whole line, set anew only when it runs out: frames come more often.
        let mut silence = std::pin::pin!(tokio::time::sleep(SILENCE));
        let mut last = Instant::now();
        let bye = loop {
            let heard = tokio::select! {
                biased;
                heard = incoming.next() => heard,
                () = silence.as_mut() => {
                    if last.elapsed() >= SILENCE {
                        break Some((ByeCode::Silent, "nothing was heard of you for a minute".to_owned()));
                    }
                    silence.as_mut().reset(last + SILENCE);
                    continue;
                }
            };
            last = Instant::now();
            let frame = match heard {
                Heard::Closed => break None,
                Heard::TooLong => break Some((ByeCode::TooLong, too_long())),
                Heard::NotText => break Some((ByeCode::BadFrame, "frames are text, not binary".into())),
                Heard::NotUtf8 => break Some((ByeCode::BadFrame, "a frame is text in UTF-8".into())),
                Heard::Life => {
                    self.heard_of();
                    continue;
                }
                Heard::Frame(frame) => frame,
            };
            self.heard_of();
            if frame.len() > limits::FRAME_IN {
                break Some((ByeCode::TooLong, too_long()));
            }
            let frame = match protocol::decode::<ToServer>(&frame) {
                Ok(frame) => frame,
                Err(bad) => break Some((ByeCode::BadFrame, bad.to_string())),
            };
            if let Err(bye) = self.on(frame, &queries).await {
                break bye;
            }
        };
        let bye = bye.unwrap_or((ByeCode::Silent, String::new()));
        let _ = self.notes.send(Note::Bye(bye.0, bye.1)).await;
    }

    fn heard_of(&self) {
        self.seen.fetch_max(self.hub.clock.now().0, Ordering::Relaxed);
    }

    /// Acts on a frame. The error ends the connection, with words where there are any.
    async fn on(&self, frame: ToServer, queries: &Arc<Semaphore>) -> Result<(), Option<(ByeCode, String)>> {
        let gone = |_| None;
        match frame {
            ToServer::Hello { .. } => {
                Err(Some((ByeCode::BadFrame, "a hello is said once, at the beginning".to_owned())))
            }
            ToServer::Ask { id, command } => {
                // Waits while too many commands are under way; the telling half frees a place with each answer.
                let Ok(place) = self.places.acquire().await else { return Err(None) };
                place.forget();
                let asked = Asked::by_peer(self.me.id, id, command, self.replies.clone());
                self.hub.inbox.send(asked).await.map_err(|_| {
                    // It will not be answered: nobody is to wait for it.
                    self.places.add_permits(1);
                    Some((ByeCode::Draining, "the server is going down; come back in a moment".to_owned()))
                })
            }
            ToServer::Watch { conversation, from } => {
                self.notes.send(Note::Watch(conversation, from)).await.map_err(gone)
            }
            ToServer::Unwatch { conversation } => self.notes.send(Note::Unwatch(conversation)).await.map_err(gone),
            ToServer::Query { id, query } => {
                let Ok(place) = Arc::clone(queries).acquire_owned().await else { return Err(None) };
                let (hub, me, notes) = (Arc::clone(&self.hub), self.me.clone(), self.notes.clone());
                tokio::spawn(async move {
                    let page = queries::answer(&hub.readers, &hub.feed, me, query, hub.clock.now()).await;
                    // The peer may be gone by now.
                    let _ = notes.send(Note::Say(Box::new(ToPeer::Page { id, page }))).await;
                    drop(place);
                });
                Ok(())
            }
            ToServer::DraftGrew { conversation, turn, offset, text } => {
                let writing = self.hub.feed.card(conversation).and_then(|card| card.writing.get());
                if self.me.role.may(Right::Answer) && Tails::may_grow(writing, self.me.id, turn) {
                    self.hub.feed.with_tail(conversation, |tails| {
                        tails.grow(conversation, turn, offset as usize, &text);
                    });
                }
                Ok(())
            }
            ToServer::Try { id, guidance, talks, ai } => {
                let asked = trials::Asked { id, guidance, talks, ai };
                let office = self.hub.feed.office();
                let me = office.present(self.me.id).unwrap_or(&self.me);
                let now = self.hub.clock.now();
                match self.hub.trials.ask((self.number, me, &self.notes), &asked, &office, now) {
                    Ok(()) => Ok(()),
                    Err(trial) => self.notes.send(Note::Say(Box::new(ToPeer::Tried { id, trial }))).await.map_err(gone),
                }
            }
            ToServer::Tried { ticket, trial } => {
                if self.me.role.may(Right::Answer) {
                    self.hub.trials.tell(self.me.id, ticket, trial);
                }
                Ok(())
            }
            ToServer::Typing { conversation } => {
                self.typing(conversation);
                Ok(())
            }
            ToServer::Pong => Ok(()),
        }
    }

    /// A connector tells of its customer, a person of themselves; others are not heard.
    fn typing(&self, conversation: crate::domain::ids::ConversationId) {
        let Some(card) = self.hub.feed.card(conversation) else { return };
        let who = if self.me.role.may(Right::Carry) {
            if card.connector != self.me.id {
                return;
            }
            Typist::Customer
        } else if card.holder.is_human(self.me.id) {
            Typist::Teammate(self.me.id)
        } else {
            return;
        };
        self.hub.feed.with_tail(conversation, |tails| {
            tails.typing(conversation, who);
        });
    }
}
