//! The bounds of the wire. Each is checked where the frame is read or made.

use crate::domain::time::Span;
use serde::{Deserialize, Serialize};

/// The longest frame that a peer may send, in bytes.
pub const FRAME_IN: usize = 64 * 1024;
/// The longest frame that the server sends, in bytes, but for a single event that is longer.
pub const FRAME_OUT: usize = 256 * 1024;
/// How long a peer may take for its first frame.
pub const HELLO_WITHIN: Span = Span::seconds(5);
/// How often the server tells the head of the log to a quiet peer.
pub const PING_EVERY: Span = Span::seconds(20);
/// Silence after which a peer may take the line for dead.
pub const SILENCE: Span = Span::seconds(45);
/// No progress in writing for this long closes the connection.
pub const STALLED_AFTER: Span = Span::seconds(10);
/// Unanswered commands a peer may have at once; more are not read until some are answered.
pub const ASKS_AT_ONCE: usize = 256;
/// Conversations a peer may watch at once.
pub const WATCHES_AT_ONCE: usize = 256;
/// The longest message text, in bytes.
pub const TEXT: usize = crate::domain::command::LONGEST_TEXT;

/// The bounds that a peer should know, as told in the welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The longest frame that a peer may send, in bytes.
    pub frame: usize,
    /// The longest message text, in bytes.
    pub text: usize,
    /// Unanswered commands at once.
    pub asks: usize,
    /// Conversations watched at once.
    pub watches: usize,
    /// How often the server tells the head, in milliseconds.
    pub ping_every: Span,
}

impl Default for Limits {
    fn default() -> Self {
        Self { frame: FRAME_IN, text: TEXT, asks: ASKS_AT_ONCE, watches: WATCHES_AT_ONCE, ping_every: PING_EVERY }
    }
}
