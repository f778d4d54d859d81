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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{card::LastLine, card::Speaker, time::Timestamp};

    #[test]
    fn cards_are_read_by_the_short_way_as_by_the_long_one() {
        let mut card = Card::quiet(ConversationId(7), Timestamp(1_795_354_200_000));
        card.customer.name = "Zoë \"Z\" \u{1f469}\u{200d}\u{1f4bb}".into();
        card.tags = vec!["late".to_owned(), "vip".to_owned()].into();
        card.last = Some(LastLine { at: Timestamp(5), speaker: Speaker::Ai, text: "two\nlines".into() });
        let other = Card::quiet(ConversationId(8), Timestamp(3));
        for frame in [
            ToPeer::Cards { cards: vec![card.clone(), other], gone: vec![ConversationId(9)], current: Some(Seq(4)) },
            ToPeer::Cards { cards: Vec::new(), gone: Vec::new(), current: None },
            ToPeer::Thread {
                conversation: ConversationId(7),
                card: Box::new(card),
                earlier: false,
                events: Vec::new(),
                more: false,
            },
        ] {
            let text = encode(&frame);
            assert_eq!(decode_to_peer(&text), Ok(frame), "{text}");
            assert_eq!(decode_to_peer(&text), decode(&text));
        }
        let newer = r#"{"type":"cards","cards":[],"later":{"a":[1]},"current":3}"#;
        assert_eq!(decode_to_peer(newer), decode(newer));
        for bad in
            [r#"{"type":"cards"}"#, r#"{"type":"cards","cards":[{}]}"#, r#"{"type":"cards","cards":[]} x"#, "cards"]
        {
            assert!(decode_to_peer(bad).is_err() && decode::<ToPeer>(bad).is_err(), "{bad}");
        }
    }
}
