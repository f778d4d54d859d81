//! One end of a line to a peer: a WebSocket or two channels in memory. Whole text frames, both ways.

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::sync::mpsc;

/// What a peer says.
pub(super) enum Incoming {
    Socket(SplitStream<WebSocket>),
    Memory(mpsc::Receiver<String>),
}

/// What a peer hears.
pub(super) enum Outgoing {
    Socket(SplitSink<WebSocket, Message>),
    Memory(mpsc::Sender<String>),
}

/// A frame, or what came instead.
pub(super) enum Heard {
    /// A text frame.
    Frame(Utf8Bytes),
    /// Something on the line that is not a frame for us, such as a ping of the socket.
    Life,
    /// The line is closed.
    Closed,
    /// Longer than allowed.
    TooLong,
    /// Not text.
    NotText,
    /// Text that is not UTF-8.
    NotUtf8,
}

/// The line is broken.
#[derive(Debug)]
pub(super) struct Broken;

impl Incoming {
    pub(super) async fn next(&mut self) -> Heard {
        match self {
            Self::Memory(frames) => match frames.recv().await {
                Some(frame) => Heard::Frame(frame.into()),
                None => Heard::Closed,
            },
            Self::Socket(socket) => match socket.next().await {
                Some(Ok(Message::Text(text))) => Heard::Frame(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Heard::Life,
                Some(Ok(Message::Binary(_))) => Heard::NotText,
                Some(Ok(Message::Close(_))) | None => Heard::Closed,
                Some(Err(error)) => {
                    let why = error.to_string();
                    if why.contains("too long") || why.contains("too large") || why.contains("too big") {
                        Heard::TooLong
                    } else if why.contains("UTF-8") {
                        Heard::NotUtf8
                    } else {
                        Heard::Closed
                    }
                }
            },
        }
    }
}

impl Outgoing {
    /// Hands a frame to the line; ready when the line has room for it.
    pub(super) async fn feed(&mut self, frame: Utf8Bytes) -> Result<(), Broken> {
        match self {
            Self::Socket(socket) => socket.feed(Message::Text(frame)).await.map_err(|_| Broken),
            Self::Memory(frames) => frames.send(frame.as_str().to_owned()).await.map_err(|_| Broken),
        }
    }

    /// Ready when the line has taken all that was handed to it.
    pub(super) async fn flush(&mut self) -> Result<(), Broken> {
        match self {
            Self::Socket(socket) => socket.flush().await.map_err(|_| Broken),
            Self::Memory(_) => Ok(()),
        }
    }

    /// Ends the line in order.
    pub(super) async fn close(&mut self) {
        if let Self::Socket(socket) = self {
            let _ = socket.close().await;
        }
    }
}
