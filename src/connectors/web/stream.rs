//! A chat as server-sent events: what there is, then what happens, without a gap and without a repeat.
//!
//! The stream's cursor is the number of the last message it sent. What does not follow on the cursor is not sent: the
//! transcript is read instead. Deliberately not here: who may listen.

use super::{WebDoor, hub::Live, routes};
use crate::{
    domain::{
        card::Speaker,
        ids::{ConversationId, PublicNo},
    },
    protocol::query::Public,
};
use axum::response::sse::Event;
use futures_util::{Stream, stream};
use serde_json::json;
use std::{collections::VecDeque, convert::Infallible, time::Duration};
use tokio::sync::mpsc;

/// How often the transcript is read for a message that is known to be there.
const READINGS: u8 = 5;
/// How long between two such readings.
const READ_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// One reader of a chat.
pub(super) struct Reading {
    pub(super) door: WebDoor,
    pub(super) chat: ConversationId,
    /// The last message sent.
    pub(super) cursor: PublicNo,
    pub(super) live: mpsc::Receiver<Live>,
    ready: VecDeque<Public>,
    /// Whether the transcript may have more than the cursor.
    behind: bool,
    /// A message that is known to be there.
    known: PublicNo,
    readings: u8,
}

impl Reading {
    pub(super) fn new(door: WebDoor, chat: ConversationId, cursor: PublicNo, live: mpsc::Receiver<Live>) -> Self {
        Self { door, chat, cursor, live, ready: VecDeque::new(), behind: true, known: cursor, readings: 0 }
    }

    /// The events, until the desk is away, the reader is too slow, or the customer goes.
    pub(super) fn events(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        stream::unfold(self, |mut reading| async move {
            let event = reading.next().await?;
            Some((Ok(event), reading))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(message) = self.ready.pop_front() {
                if message.n > self.cursor {
                    self.cursor = message.n;
                    self.readings = 0;
                    return Event::default()
                        .event("message")
                        .id(message.n.to_string())
                        .json_data(routes::message(&message))
                        .ok();
                }
            }
            if self.behind {
                self.read().await?;
                continue;
            }
            match self.live.recv().await? {
                Live::Said(message) if message.n == self.cursor.next() => self.ready.push_back(message),
                Live::Said(message) if message.n > self.cursor => {
                    self.known = message.n;
                    self.behind = true;
                }
                Live::Said(_) | Live::Types(Speaker::Customer) => {}
                Live::CustomerSaid => self.behind = true,
                Live::Types(speaker @ (Speaker::Ai | Speaker::Human)) => {
                    let from = json!({ "from": { "kind": routes::kind(speaker) } });
                    return Event::default().event("typing").json_data(from).ok();
                }
            }
        }
    }

    /// Reads on in the transcript. None ends the stream: its reader comes back with the cursor and misses nothing.
    async fn read(&mut self) -> Option<()> {
        let (messages, more) = self.door.transcript(self.chat, self.cursor).await.ok()?;
        let last = messages.last().map_or(self.cursor, |message| message.n);
        self.behind = more || last < self.known;
        if messages.is_empty() && self.behind {
            self.readings += 1;
            if self.readings >= READINGS {
                return None;
            }
            tokio::time::sleep(READ_AGAIN_AFTER).await;
        }
        self.ready.extend(messages);
        Some(())
    }
}
