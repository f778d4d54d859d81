//! The language models in a settings file: `[models.NAME]`, each a place with its ceilings.
//!
//! A key never stands in the file: only where it is to be found. Deliberately not here: reading keys, and HTTP.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Models behind one another, at most; the first counts.
const CHAIN: usize = 4;

/// A length of time as people write it: `"10s"`, `"1.5s"`, `"300ms"`, `"2m"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub Duration);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let said = String::deserialize(from)?;
        let wrong = || D::Error::custom(format!("`{said}` is not a length of time: write 300ms, 10s or 2m"));
        let digits = said.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: f64 = digits.trim().parse().map_err(|_| wrong())?;
        let seconds = match said.get(digits.len()..).unwrap_or_default() {
            "ms" => number / 1_000.0,
            "s" => number,
            "m" | "min" => number * 60.0,
            _ => return Err(wrong()),
        };
        if !(0.001..=600.0).contains(&seconds) {
            return Err(D::Error::custom(format!("`{said}` is out of bounds: from 1ms to 10m")));
        }
        Ok(Self(Duration::from_secs_f64(seconds)))
    }
}

/// What a million tokens cost, in the desk's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Read.
    pub read: f64,
    /// Written.
    pub written: f64,
}

/// A language model. What is left out is as built in.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// The base URL, as in `http://127.0.0.1:11434/v1`.
    pub url: String,
    /// The model, as the endpoint calls it.
    pub model: String,
    /// The environment variable that holds the key.
    pub key_env: Option<String>,
    /// The file that holds the key, which only its owner can read.
    pub key_file: Option<PathBuf>,
    /// The program that prints the key, with its arguments: a key ring's, as in `secret-tool lookup service openai`.
    pub key_command: Vec<String>,
    /// From 0 to 2.
    pub temperature: Option<f64>,
    /// Tokens of an answer at most.
    pub answer_tokens: Option<u32>,
    /// Tokens of a whole turn at most, read and written.
    pub turn_tokens: Option<u32>,
    /// How long until the first word.
    pub first_token: Option<Time>,
    /// How long it may be silent after that.
    pub stall: Option<Time>,
    /// How long for the whole answer, over all models that are tried.
    pub turn: Option<Time>,
    /// The model that is asked when this one cannot.
    pub fallback: Option<String>,
    /// What it costs.
    pub price: Option<Price>,
}

impl Profile {
    /// What is wrong with it, if anything: the key, and a sentence.
    fn wrong(&self) -> Option<(&'static str, String)> {
        let say = |key, said: &str| Some((key, said.to_owned()));
        if self.url.trim().is_empty() {
            return say("url", "the URL is missing; write it as in url = \"http://127.0.0.1:11434/v1\"");
        }
        if self.model.trim().is_empty() {
            return say("model", "the model's name is missing; write it as the endpoint calls it");
        }
        let places = [self.key_env.is_some(), self.key_file.is_some(), !self.key_command.is_empty()];
        if places.into_iter().filter(|there| *there).count() > 1 {
            let key = if places[2] { "key_command" } else { "key_file" };
            return say(
                key,
                "the key is in one place: the environment, a file, or what a program prints; take the others away",
            );
        }
        if self.key_env.as_deref().is_some_and(|name| !is_variable(name)) {
            return say("key_env", "this is no name of an environment variable; the key itself never stands here");
        }
        if self.temperature.is_some_and(|it| !(0.0..=2.0).contains(&it)) {
            return say("temperature", "the temperature is from 0 to 2");
        }
        if self.answer_tokens.is_some_and(|it| !(16..=16_000).contains(&it)) {
            return say("answer_tokens", "an answer has from 16 to 16000 tokens");
        }
        if self.turn_tokens.is_some_and(|it| !(2_000..=1_000_000).contains(&it)) {
            return say("turn_tokens", "a turn has from 2000 to 1000000 tokens");
        }
        if self.price.is_some_and(|it| it.read < 0.0 || it.written < 0.0 || !(it.read + it.written).is_finite()) {
            return say("price", "a price is 0 or more");
        }
        None
    }
}

fn is_variable(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    !name.is_empty() && name.len() <= 64 && name.chars().all(fits) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// The first thing that is wrong with the models: which, which key, and a sentence.
pub(super) fn first_wrong(models: &BTreeMap<String, Profile>) -> Option<(&str, &'static str, String)> {
    models.iter().find_map(|(name, profile)| {
        if let Some((key, said)) = profile.wrong() {
            return Some((name.as_str(), key, said));
        }
        chain(models, name).err().map(|said| (name.as_str(), "fallback", said))
    })
}

/// A model and those behind it, in the order in which they are asked.
///
/// # Errors
/// A sentence, if one is not there, or stands behind itself.
pub fn chain<'a>(models: &'a BTreeMap<String, Profile>, name: &str) -> Result<Vec<(&'a str, &'a Profile)>, String> {
    let mut chain: Vec<(&str, &Profile)> = Vec::new();
    let mut next = Some(name);
    while let Some(name) = next {
        let Some((name, profile)) = models.get_key_value(name) else {
            let known: Vec<&str> = models.keys().map(String::as_str).collect();
            let known = if known.is_empty() {
                "there is none yet".to_owned()
            } else {
                format!("there are: {}", known.join(", "))
            };
            return Err(format!("no model is called `{name}`; {known}"));
        };
        if chain.iter().any(|(have, _)| have == name) {
            return Err(format!("`{name}` stands behind itself; end the chain with a model that has no fallback"));
        }
        if chain.len() == CHAIN {
            return Err(format!("more than {CHAIN} models stand behind one another; leave some out"));
        }
        chain.push((name, profile));
        next = profile.fallback.as_deref();
    }
    Ok(chain)
}
