//! A language model by name: where it is, what it may take, and its key.
//!
//! Deliberately not here: files and environment; the command line reads those (see `cli`).

use std::{fmt, time::Duration};

/// The longest key, in bytes.
const LONGEST_KEY: usize = 4_096;

/// A key. It shows itself nowhere: not in logs, not in errors, not by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A key; `None` if it could not be sent as one: empty, too long, or with what a header cannot hold.
    #[must_use]
    pub fn new(said: &str) -> Option<Self> {
        let said = said.trim();
        let fits = !said.is_empty() && said.len() <= LONGEST_KEY && said.chars().all(|c| c.is_ascii_graphic());
        fits.then(|| Self(said.to_owned()))
    }

    /// Its text, for the one header that it goes into.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }

    /// A text without the key, should it be in there.
    #[must_use]
    pub fn struck_from(&self, text: &str) -> String {
        text.replace(&self.0, "…")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What a model costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Price {
    /// For a million tokens read, in the desk's currency.
    pub read: f64,
    /// For a million tokens written.
    pub written: f64,
}

impl Price {
    /// What so many tokens cost, in millionths of the desk's currency.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a price is not negative, and saturates"
    )]
    pub fn of(self, (read, written): (u32, u32)) -> u64 {
        (self.read * f64::from(read) + self.written * f64::from(written)).max(0.0).round() as u64
    }
}

/// A language model behind an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Its name here, for people.
    pub name: String,
    /// The base URL, as in `http://127.0.0.1:11434/v1`.
    pub url: String,
    /// The model, as the endpoint calls it.
    pub model: String,
    /// The key, or why there is none where there should be one.
    pub key: Option<Result<Key, String>>,
    /// From 0 to 2; none: the endpoint's own.
    pub temperature: Option<f64>,
    /// Tokens of an answer at most.
    pub answer_tokens: u32,
    /// Tokens of a whole turn at most, read and written.
    pub turn_tokens: u32,
    /// How long until the first word.
    pub first_token: Duration,
    /// How long it may be silent after that.
    pub stall: Duration,
    /// How long for the whole answer, over all models that are tried.
    pub turn: Duration,
    /// What it costs, if that is known.
    pub price: Option<Price>,
}

impl Profile {
    /// A profile with the usual ceilings: 10 s to the first word, 10 s of silence, 50 s in all, a little less than a desk
    /// grants by default; 1,000 tokens an answer, 30,000 a turn.
    #[must_use]
    pub fn new(name: &str, url: &str, model: &str) -> Self {
        Self {
            name: name.to_owned(),
            url: url.to_owned(),
            model: model.to_owned(),
            key: None,
            temperature: Some(0.2),
            answer_tokens: 1_000,
            turn_tokens: 30_000,
            first_token: Duration::from_secs(10),
            stall: Duration::from_secs(10),
            turn: Duration::from_secs(50),
            price: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_itself_nowhere() {
        let key = Key::new(" sk-very-secret\n").unwrap();
        assert_eq!(format!("{key:?}"), "Key(…)");
        let profile = Profile { key: Some(Ok(key.clone())), ..Profile::new("a", "http://x/v1", "m") };
        assert!(!format!("{profile:?}").contains("secret"));
        assert_eq!(key.struck_from("bad key: sk-very-secret!"), "bad key: …!");
        for wrong in ["", " ", "a b", "a\nb", "schlüssel"] {
            assert_eq!(Key::new(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_price_is_told_in_millionths() {
        let price = Price { read: 0.15, written: 0.6 };
        assert_eq!(price.of((1_000, 100)), 210);
    }
}
