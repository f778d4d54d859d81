//! Lines from a reader that blocks: a terminal, a pipe, a file. On a thread of its own, which nobody waits for.
//!
//! Deliberately not here: what a line means.

use super::Heard;
use std::{
    io::{self, BufRead, BufReader, Read},
    thread,
};
use tokio::sync::mpsc;

/// The longest line, in bytes: a message at its longest, with its command.
const LONGEST: u64 = 32 * 1024;
/// Lines that wait. When they are as many, the thread waits, and whoever pipes into it.
const WAITING: usize = 16;

/// Listens to `from` until its end.
///
/// # Errors
/// If the system gives no thread.
pub fn listen(from: impl Read + Send + 'static) -> io::Result<mpsc::Receiver<Heard>> {
    let (tell, lines) = mpsc::channel(WAITING);
    thread::Builder::new().name("ear".to_owned()).spawn(move || {
        let mut from = BufReader::new(from);
        loop {
            // What cannot be read is as if nothing came: there is no other way to hear.
            let heard = line(&mut from).unwrap_or(Heard::Silence);
            let last = heard == Heard::Silence;
            if tell.blocking_send(heard).is_err() || last {
                return;
            }
        }
    })?;
    Ok(lines)
}

/// The next line. Bytes that are no UTF-8 are replaced.
fn line(from: &mut impl BufRead) -> io::Result<Heard> {
    let mut bytes = Vec::new();
    from.by_ref().take(LONGEST + 1).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(Heard::Silence);
    }
    if bytes.len() as u64 > LONGEST {
        while bytes.last() != Some(&b'\n') {
            bytes.clear();
            if from.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
        }
        return Ok(Heard::TooLong);
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Heard::Line(text.trim_end_matches(['\n', '\r']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_and_one_that_is_too_long_comes_as_such() {
        let long = "x".repeat(40_000);
        let said = format!("ls\r\n{long}\nshow 42\n\nquit");
        let mut from = BufReader::new(said.as_bytes());
        let mut heard = Vec::new();
        while heard.last() != Some(&Heard::Silence) {
            heard.push(line(&mut from).unwrap());
        }
        let said = |line: &str| Heard::Line(line.to_owned());
        assert_eq!(heard, [said("ls"), Heard::TooLong, said("show 42"), said(""), said("quit"), Heard::Silence]);
    }
}
