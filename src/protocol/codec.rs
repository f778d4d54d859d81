//! Frames to text and back. Deliberately not here: sockets and compression.

use super::ToPeer;
use crate::domain::{
    card::Card,
    ids::{ConversationId, Seq},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A text that is not a frame: what is wrong, without repeating the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a frame: {why}")]
pub struct BadFrame {
    /// What is wrong, and where.
    pub why: String,
}

/// Writes a frame.
#[must_use]
pub fn encode<T: Serialize>(frame: &T) -> String {
    // Frames hold only strings, numbers and lists with string keys, so writing them as JSON cannot fail.
    serde_json::to_string(frame).unwrap_or_default()
}

/// Reads a frame.
///
/// # Errors
/// [`BadFrame`] if the text is not JSON, has an unknown type, or lacks a field.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, BadFrame> {
    serde_json::from_str(text).map_err(|error| BadFrame { why: error.to_string() })
}

/// Reads a frame for a peer, as [`decode`] does, and cards by a shorter way.
///
/// A frame whose kind is a field is first read into a tree, from which its own fields are taken. For cards, which come by the
/// hundred thousand, that tree takes several times the memory and the time of the cards; where they are first said to be cards,
/// as our server does, they are read at once.
///
/// # Errors
/// As [`decode`].
pub fn decode_to_peer(text: &str) -> Result<ToPeer, BadFrame> {
    /// The fields of `ToPeer::Cards`; the kind is passed over as any field that is not known.
    #[derive(Deserialize)]
    struct Cards {
        cards: Vec<Card>,
        #[serde(default)]
        gone: Vec<ConversationId>,
        #[serde(default)]
        current: Option<Seq>,
    }
    if !text.starts_with(r#"{"type":"cards","#) {
        return decode(text);
    }
    let Cards { cards, gone, current } = decode(text)?;
    Ok(ToPeer::Cards { cards, gone, current })
}
