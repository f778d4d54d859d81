//! The language models of the settings, with their keys: from the environment, a file, or a key ring's program, never from
//! the command line.
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
use std::{
    io::Read as _,
    process,
    sync::{Arc, mpsc},
    time::Duration,
};

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
    if !settings.key_command.is_empty() {
        let printed = printed(&settings.key_command, KEY_WITHIN);
        return Some(printed.and_then(|said| {
            Key::new(said.trim()).ok_or_else(|| format!("`{}` printed no key", settings.key_command.join(" ")))
        }));
    }
    let path = settings.key_file.as_ref()?;
    let read = token::read_secret(path).map_err(|failure| failure.sentence().replace("the token", "the key"));
    Some(read.and_then(|said| Key::new(&said).ok_or_else(|| format!("{} holds no key", path.display()))))
}

/// How long a key ring may take: it may ask a person to unlock it.
const KEY_WITHIN: Duration = Duration::from_secs(30);
/// So much of what is printed is read, in bytes.
const KEY_LENGTH: u64 = 4_096;

/// What a program prints, without a shell: its arguments are as they stand. It may ask on the terminal; it is ended if it
/// takes too long. Nothing that it prints is shown.
fn printed(command: &[String], within: Duration) -> Result<String, String> {
    let said = command.join(" ");
    let (program, arguments) = command.split_first().ok_or("the key's program is missing")?;
    let mut child = process::Command::new(program)
        .args(arguments)
        .stdout(process::Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{program}` cannot be started: {error}"))?;
    let Some(out) = child.stdout.take() else { return Err(format!("`{said}` has no output")) };
    // Bounded: one message, and whoever waits for it.
    let (tell, told) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = out.take(KEY_LENGTH).read_to_string(&mut text).map(|_| text);
        // Fails only when nobody waits any more.
        let _ = tell.send(read);
    });
    let read = told.recv_timeout(within);
    if read.is_err() {
        let _ = child.kill();
    }
    let ended = child.wait().map_err(|error| format!("`{said}`: {error}"))?;
    match read {
        Err(_) => Err(format!("`{said}` printed no key within {} s", within.as_secs())),
        Ok(Err(_)) => Err(format!("`{said}` printed no text")),
        Ok(Ok(_)) if !ended.success() => Err(format!("`{said}` failed ({ended}); try it in a shell")),
        Ok(Ok(text)) => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &[&str], within: u64) -> Result<String, String> {
        let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
        printed(&command, Duration::from_millis(within))
    }

    #[test]
    fn a_key_ring_s_program_is_asked_without_a_shell_and_ended_in_time() {
        assert_eq!(of(&["printf", "sk-1\n"], 20_000).as_deref(), Ok("sk-1\n"));
        assert_eq!(of(&["echo", "$HOME; rm -rf /"], 20_000).as_deref(), Ok("$HOME; rm -rf /\n"));
        assert!(of(&["false"], 20_000).unwrap_err().contains("failed"));
        assert!(of(&["/no/such/program"], 20_000).unwrap_err().contains("cannot be started"));
        assert!(of(&["sleep", "600"], 50).unwrap_err().contains("printed no key within"));
    }

    #[test]
    fn a_profile_takes_its_key_from_what_a_program_prints() {
        let settings = |command: &[&str]| models::Profile {
            key_command: command.iter().map(|&word| word.to_owned()).collect(),
            ..models::Profile::default()
        };
        assert!(matches!(key(&settings(&["echo", "sk-2"])), Some(Ok(_))));
        assert!(matches!(key(&settings(&["echo", ""])), Some(Err(why)) if why.contains("printed no key")));
    }
}
