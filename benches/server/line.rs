//! A peer that costs little: frames put together by hand, answers recognised by their first bytes.
//!
//! On two cores the load takes its time from the server; a full client would be measured instead of it.

use centaur::domain::ids::ConversationId;
use futures_util::{SinkExt, StreamExt};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, Utf8Bytes},
};

/// One end of a WebSocket.
pub struct Line {
    socket: WebSocketStream<TcpStream>,
}

impl Line {
    /// A WebSocket to `path` at `at`.
    pub async fn open(at: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(at).await.expect("the server listens");
        stream.set_nodelay(true).expect("the loopback takes it");
        let (socket, _) =
            tokio_tungstenite::client_async(format!("ws://{at}{path}"), stream).await.expect("it upgrades");
        Self { socket }
    }

    /// A peer that was welcomed; `cards` is the scope.
    pub async fn join(at: SocketAddr, token: &str, cards: &str) -> Self {
        let mut line = Self::open(at, "/v1/desk").await;
        let version = centaur::protocol::VERSION;
        line.say(format!(r#"{{"type":"hello","version":{version},"token":"{token}","cards":"{cards}"}}"#)).await;
        line.hear_a("welcome").await;
        line
    }

    /// Sends one frame at once.
    pub async fn say(&mut self, frame: String) {
        self.socket.send(Message::Text(frame.into())).await.expect("the line holds");
    }

    /// Puts a frame in the buffer.
    pub async fn feed(&mut self, frame: String) {
        self.socket.feed(Message::Text(frame.into())).await.expect("the line holds");
    }

    /// Sends what was fed.
    pub async fn flush(&mut self) {
        self.socket.flush().await.expect("the line holds");
    }

    /// The next frame. Pings of the desk are passed over; who is silent that long is not measured here.
    pub async fn hear(&mut self) -> Utf8Bytes {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) if !is(&text, "ping") => return text,
                Some(Ok(_)) => {}
                other => panic!("the line ended: {other:?}"),
            }
        }
    }

    /// The next frame of a type; others are passed over.
    pub async fn hear_a(&mut self, kind: &str) -> Utf8Bytes {
        loop {
            let frame = self.hear().await;
            if is(&frame, kind) {
                return frame;
            }
            assert!(!is(&frame, "bye") && !is(&frame, "refused") && !is(&frame, "unwatchable"), "{frame}");
        }
    }
}

/// Whether a frame is of this type.
pub fn is(frame: &str, kind: &str) -> bool {
    frame
        .strip_prefix(r#"{"type":""#)
        .and_then(|rest| rest.strip_prefix(kind))
        .is_some_and(|rest| rest.starts_with('"'))
}

/// The keys of one client's commands, as sessions mint them: time first.
pub struct Keys {
    next: u128,
}

impl Keys {
    /// Those of client `number`.
    pub fn of(number: u64) -> Self {
        let now = centaur::server::Clock::now(&centaur::server::SystemClock).0.unsigned_abs();
        Self { next: (u128::from(now) << 80) | (u128::from(number) << 40) }
    }

    /// A command that writes a note.
    pub fn note(&mut self, conversation: ConversationId, text: &str) -> String {
        self.next += 1;
        format!(
            r#"{{"type":"ask","id":"{:032x}","command":{{"type":"note","conversation":{conversation},"text":"{text}"}}}}"#,
            self.next
        )
    }
}
