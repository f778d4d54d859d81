//! Replies that a desk keeps for all who write there, beside each person's own.
//!
//! Every console gets all of them with the office, so they are few and short. Deliberately not here: who may keep one (see
//! `decide`), and filling in what stands in braces (`console::composer::canned`).

use serde::{Deserialize, Serialize};

/// How many a desk keeps at most.
pub const MOST: usize = 32;
/// The longest text, in bytes.
pub const LONGEST: usize = 1_500;
/// The longest name and the longest title, in bytes.
const LONGEST_TITLE: usize = 80;

/// One of them, under its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskReply {
    /// What it is, in a few words; empty: its name says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What is sent, with names in braces that are filled in: `{customer}`.
    pub text: String,
}

impl DeskReply {
    /// Why a desk cannot keep it under this name: which part, and what is wrong; none if it can.
    #[must_use]
    pub fn fault(&self, name: &str) -> Option<(&'static str, String)> {
        if !is_name(name) {
            return Some(("name", "is small letters, digits and `-`, as in new-parcel; 80 at most".to_owned()));
        }
        if self.title.len() > LONGEST_TITLE {
            return Some(("title", format!("is longer than {LONGEST_TITLE} bytes")));
        }
        if self.text.trim().is_empty() {
            return Some(("text", "is empty; say what is to be sent".to_owned()));
        }
        (self.text.len() > LONGEST).then(|| ("text", format!("is longer than {LONGEST} bytes")))
    }
}

/// Whether a reply may be called that.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.len() <= LONGEST_TITLE && name.chars().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_desk_cannot_keep_is_said_with_its_part() {
        let reply = |title: &str, text: &str| DeskReply { title: title.into(), text: text.into() };
        let fault = |name: &str, one: DeskReply| one.fault(name).map(|(part, _)| part);
        assert_eq!(fault("new-parcel", reply("New parcel", "Hello {customer}")), None);
        for name in ["", "New", "a b", "../x", "\u{1b}[2J", &"a".repeat(81)] {
            assert_eq!(fault(name, reply("", "x")), Some("name"), "{name:?}");
        }
        assert_eq!(fault("a", reply(&"x".repeat(81), "x")), Some("title"));
        assert_eq!(fault("a", reply("", " \n ")), Some("text"));
        assert_eq!(fault("a", reply("", &"x".repeat(LONGEST + 1))), Some("text"));
    }
}
