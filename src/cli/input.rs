//! Words that a command is given: on the command line, from a file, or from standard input as `-`.

use super::exit::Failure;
use crate::protocol::limits;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The text that `words` mean: `-` alone is standard input, else they are joined by spaces.
///
/// # Errors
/// [`Failure::Usage`] if there is nothing in it, or more than a message may hold; as the system says.
pub fn text(words: &[String], what: &str) -> Result<String, Failure> {
    match words {
        [one] if one == "-" => read(io::stdin().lock(), what),
        words => checked(&words.join(" "), what),
    }
}

/// The text of a file, or of standard input if it is called `-`.
///
/// # Errors
/// As for [`text`].
pub fn file(path: &Path, what: &str) -> Result<String, Failure> {
    if path.as_os_str() == "-" {
        return read(io::stdin().lock(), what);
    }
    let file = File::open(path)
        .map_err(|error| Failure::Usage(format!("cannot read {what} in {}: {error}", path.display())))?;
    read(file, what)
}

fn read(from: impl Read, what: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    // One more than allowed, so that too long is seen and not cut.
    from.take(limits::TEXT as u64 + 1).read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|error| match error.utf8_error().error_len() {
        None => too_long(what),
        Some(_) => Failure::Usage(format!("{what} is not UTF-8 text")),
    })?;
    checked(&text, what)
}

fn checked(text: &str, what: &str) -> Result<String, Failure> {
    if text.len() > limits::TEXT {
        return Err(too_long(what));
    }
    let trimmed = text.trim_end_matches(['\n', '\r']);
    if trimmed.trim().is_empty() {
        return Err(Failure::Usage(format!("{what} is empty; write it, or `-` to read it from standard input")));
    }
    Ok(trimmed.to_owned())
}

fn too_long(what: &str) -> Failure {
    Failure::Usage(format!("{what} is longer than {} bytes; nothing was sent", limits::TEXT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_and_what_is_empty_or_too_long_is_refused() {
        assert_eq!(text(&["hello".into(), "there".into()], "the text"), Ok("hello there".into()));
        assert_eq!(read(&b"two\nlines\n"[..], "the text"), Ok("two\nlines".into()));
        assert_eq!(text(&["  ".into()], "the text").map_err(|f| f.code()), Err(2));
        assert_eq!(read(&b"\xff\xfeno"[..], "the text").map_err(|f| f.code()), Err(2));
        assert!(read("é".repeat(limits::TEXT).as_bytes(), "the text").unwrap_err().sentence().contains("longer"));
    }
}
