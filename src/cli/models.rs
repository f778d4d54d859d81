//! The language models of the settings, with their keys: from the environment or a file, never from the command line.
//!
//! Deliberately not here: what a model does (`ai::openai`), and which settings there are (`config::models`).

use super::{Context, exit::Failure, token};
use crate::{
    ai::{
        knowledge::Knowledge,
        model::Model,
        offline::Offline,
        openai::{
            OpenAi,
            profile::{Key, Price, Profile},
        },
    },
    config::models::{self, Time},
};
use std::{sync::Arc, time::Duration};

/// The model called `name` with those behind it, or the one that quotes `knowledge` if none is named.
///
/// # Errors
/// [`Failure::Usage`]: there is none of that name, its URL is none, or its key is not where the settings say.
pub fn model(context: &Context, name: Option<&str>, knowledge: &Arc<Knowledge>) -> Result<Arc<dyn Model>, Failure> {
    let Some(name) = name else { return Ok(Arc::new(Offline::new(Arc::clone(knowledge)))) };
    let chain = models::chain(&context.config.models, name).map_err(|said| {
        let file = context.paths.config_file();
        Failure::Usage(format!("--profile: {said}; models stand in {} as [models.NAME]", file.display()))
    })?;
    let mut profiles = Vec::new();
    for (name, settings) in chain {
        let profile = profile(name, settings);
        if let Some(Err(why)) = &profile.key {
            return Err(Failure::Usage(format!("models.{name}: {why}")));
        }
        profiles.push(profile);
    }
    let mut profiles = profiles.into_iter();
    let first = profiles.next().ok_or_else(|| Failure::Usage("no model is named".to_owned()))?;
    let model = OpenAi::new(first, profiles.collect()).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Arc::new(model))
}

/// A profile with its key, or why there is none.
#[must_use]
pub fn profile(name: &str, settings: &models::Profile) -> Profile {
    let usual = Profile::new(name, &settings.url, &settings.model);
    let time = |said: Option<Time>, usual: Duration| said.map_or(usual, |Time(time)| time);
    Profile {
        key: key(settings),
        temperature: settings.temperature.or(usual.temperature),
        answer_tokens: settings.answer_tokens.unwrap_or(usual.answer_tokens),
        turn_tokens: settings.turn_tokens.unwrap_or(usual.turn_tokens),
        first_token: time(settings.first_token, usual.first_token),
        stall: time(settings.stall, usual.stall),
        turn: time(settings.turn, usual.turn),
        price: settings.price.map(|price| Price { read: price.read, written: price.written }),
        ..usual
    }
}

fn key(settings: &models::Profile) -> Option<Result<Key, String>> {
    if let Some(name) = &settings.key_env {
        let said = std::env::var(name).unwrap_or_default();
        return Some(Key::new(&said).ok_or_else(|| {
            let what = if said.is_empty() { "is not set" } else { "holds no key" };
            format!("the variable {name} {what}; put the key there")
        }));
    }
    let path = settings.key_file.as_ref()?;
    let read = token::read_secret(path).map_err(|failure| failure.sentence().replace("the token", "the key"));
    Some(read.and_then(|said| Key::new(&said).ok_or_else(|| format!("{} holds no key", path.display()))))
}
