//! Frames to text and back. Deliberately not here: sockets and compression.

use serde::{Serialize, de::DeserializeOwned};

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
