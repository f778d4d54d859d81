//! Tokens: where they come from, how they are made and kept. Never on the command line, where every process can read
//! them.
//!
//! Looked for in this order: `--token-file`, `CENTAUR_TOKEN`, `CENTAUR_TOKEN_FILE`, the saved one for this server, a
//! prompt. Deliberately not here: who a token belongs to; the server knows.

use super::{Context, exit::Failure};
use crate::{client::Socket, log, server};
use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

pub use crate::server::digest;

/// A fresh token: 32 random bytes.
///
/// # Errors
/// If the system has no randomness.
pub fn mint() -> Result<String, Failure> {
    server::mint().map_err(|error| Failure::Failed(format!("no randomness from the system: {error}")))
}

/// The token for the server, from wherever it is first found.
///
/// # Errors
/// [`Failure::NotSignedIn`] if there is none; [`Failure::Usage`] if one is named that cannot be used.
pub fn find(context: &Context) -> Result<String, Failure> {
    match without_asking(context) {
        Err(Failure::NotSignedIn(_)) if can_prompt(context) && !is_given(context) => prompt(context),
        found => found,
    }
}

/// Whether a token was named, well or badly: then nobody is asked for another one.
#[must_use]
pub fn is_given(context: &Context) -> bool {
    context.global.token_file.is_some() || context.env.token.is_some() || context.env.token_file.is_some()
}

/// As [`find`], but for the prompt.
///
/// # Errors
/// As [`find`].
pub fn without_asking(context: &Context) -> Result<String, Failure> {
    let env = &context.env;
    if let Some(path) = &context.global.token_file {
        return read_secret(path);
    }
    if let Some(token) = &env.token {
        return usable(token, "CENTAUR_TOKEN");
    }
    if let Some(path) = &env.token_file {
        return read_secret(path);
    }
    let saved = saved_at(context)?;
    if saved.exists() {
        return read_secret(&saved);
    }
    Err(Failure::NotSignedIn(format!(
        "no token for {}: set CENTAUR_TOKEN, use --token-file FILE, or save one with `centaur login`",
        context.server()
    )))
}

/// Whether somebody is there to be asked.
#[must_use]
pub fn can_prompt(context: &Context) -> bool {
    !context.global.no_input && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a token without showing it.
///
/// # Errors
/// If nothing usable is typed.
pub fn prompt(context: &Context) -> Result<String, Failure> {
    let question = crate::domain::text::SafeText::line(&format!("Token for {}: ", context.server()));
    let said = rpassword::prompt_password(question.as_str())?;
    usable(&said, "what you typed")
}

/// Where the token for this server is saved.
///
/// # Errors
/// If the server's address is no address.
pub fn saved_at(context: &Context) -> Result<PathBuf, Failure> {
    let socket = Socket::new(context.server())?;
    let place = socket.url().trim_start_matches("ws://").trim_end_matches("/v1/desk");
    let name: String =
        place.chars().map(|c| if c.is_ascii_alphanumeric() || ".-".contains(c) { c } else { '_' }).collect();
    Ok(context.paths.tokens().join(name))
}

/// Reads a secret from a file that only its owner can read.
///
/// # Errors
/// [`Failure::Usage`] with what to do; never with what is in the file.
pub fn read_secret(path: &Path) -> Result<String, Failure> {
    let place = path.display();
    let file = fs::File::open(path).map_err(|error| {
        let why = format!("cannot read the token in {place}: {error}; name a file of yours that holds one");
        Failure::Usage(why)
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let facts = file.metadata()?;
        if facts.is_file() && facts.permissions().mode() & 0o077 != 0 {
            return Err(Failure::Usage(format!(
                "others can read the token in {place}; make it yours alone with `chmod 600 {place}`, and replace the token if others may have seen it"
            )));
        }
    }
    let mut text = String::new();
    io::Read::read_to_string(&mut io::Read::take(file, 4096), &mut text)
        .map_err(|_| Failure::Usage(format!("{place} holds no token: it is not text")))?;
    usable(&text, &place.to_string())
}

/// Writes a secret to a file that only its owner can read, whole or not at all.
///
/// # Errors
/// As the system says.
pub fn write_secret(path: &Path, secret: &str) -> Result<(), Failure> {
    let wrong = |error: io::Error| {
        // The system's words name a file in between, which nobody asked for.
        let why = if error.raw_os_error().is_some() { error } else { io::Error::from(error.kind()) };
        Failure::Failed(format!("cannot write {}: {why}; free space or rights there, and run it again", path.display()))
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    log::private_folder(folder).map_err(wrong)?;
    // A temporary file is 0600 from its first byte on.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
    writeln!(file, "{secret}").and_then(|()| file.as_file().sync_all()).map_err(wrong)?;
    file.persist(path).map_err(|error| wrong(error.error))?;
    Ok(())
}

fn usable(said: &str, place: &str) -> Result<String, Failure> {
    let token = said.trim();
    let fits = !token.is_empty() && token.len() <= 512 && token.chars().all(|c| c.is_ascii_graphic());
    if fits { Ok(token.to_owned()) } else { Err(Failure::NotSignedIn(format!("{place} holds no token"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_random_and_recognised() {
        let (one, other) = (mint().unwrap(), mint().unwrap());
        assert_eq!(one.len(), 4 + 43);
        assert_ne!(one, other);
        assert_eq!(log::redact(&one), "cen_…");
    }

    #[test]
    fn the_desk_keeps_the_sha_256_of_a_token() {
        assert_eq!(digest("abc").to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_secret_file_is_for_its_owner_alone_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/token");
        write_secret(&path, "cen_abc").unwrap();
        assert_eq!(read_secret(&path).unwrap(), "cen_abc");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            let refused = read_secret(&path).unwrap_err();
            assert!(refused.sentence().contains("chmod 600"), "{refused:?}");
            assert!(!refused.sentence().contains("cen_abc"));
        }
    }
}
