//! Which bytes the program may write: ours, and no others, whatever customers write.

use super::sitting::Sitting;

/// What the program may say to a terminal beside text: `CSI` with these endings, and these private modes.
const ENDINGS: &[u8] = b"mHJKCX";
const MODES: &[&str] = &["25", "1004", "1049", "2004", "2026"];

/// What the terminal is asked once: its ground, synchronized updates, keys told apart, what it is.
const QUESTIONS: &str = "\u{1b}]11;?\u{1b}\\\u{1b}[?2026$p\u{1b}[?u\u{1b}[c";

/// Before our first title and after our last: the terminal keeps the one it has, and takes it back.
const TITLES: [&str; 2] = ["\u{1b}[22;2t", "\u{1b}]2;\u{1b}\\\u{1b}[23;2t"];

/// The text without our titles: only those that hold nothing but text, and say what ours say.
fn untitled(text: &str) -> String {
    let mut parts = text.split("\u{1b}]2;");
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("\u{1b}\\") {
            Some((title, rest)) if !title.contains(char::is_control) && is_ours(title) => left.push_str(rest),
            _ => left.extend(["\u{1b}]2;", part]),
        }
    }
    left
}

/// Whether a title is one of ours, which hold nothing that a customer wrote.
fn is_ours(title: &str) -> bool {
    ["Brindlewick · centaur", "no line · Brindlewick", "1 needs you · Brindlewick"].contains(&title)
        || title.strip_suffix(" need you · Brindlewick").is_some_and(|n| n.parse::<u16>().is_ok())
}

/// The first thing in `raw` that is not ours; what it is and what is around it.
pub fn foreign(raw: &[u8]) -> Option<String> {
    let around = |at: usize| String::from_utf8_lossy(&raw[at.saturating_sub(40)..raw.len().min(at + 40)]).into_owned();
    // What is read in the middle of a character has no end yet.
    let text = match std::str::from_utf8(raw) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&raw[..error.valid_up_to()]).unwrap(),
        Err(error) => return Some(format!("not UTF-8 at {:?}", around(error.valid_up_to()))),
    };
    let text = untitled(&TITLES.iter().fold(text.replace(QUESTIONS, ""), |text, one| text.replace(one, "")));
    let mut left = text.char_indices().peekable();
    while let Some((at, c)) = left.next() {
        match c {
            '\u{1b}' => {
                match left.next() {
                    Some((_, '[')) => {}
                    None => return None,
                    Some(_) => return Some(format!("an escape that is no CSI: {:?}", around(at))),
                }
                let mut inner = String::new();
                let ending = loop {
                    match left.next() {
                        Some((_, c @ '@'..='~')) => break c,
                        Some((_, c)) => inner.push(c),
                        None => return None,
                    }
                };
                let ours = match inner.strip_prefix('?') {
                    Some(mode) => matches!(ending, 'h' | 'l') && MODES.contains(&mode),
                    // Whether all is shown: asked so that a slow line is never written full.
                    None if ending == 'n' => inner == "5",
                    None => {
                        ENDINGS.contains(&(ending as u8))
                            && inner.bytes().all(|b| b.is_ascii_digit() || b";:".contains(&b))
                    }
                };
                if !ours {
                    return Some(format!("CSI {inner}{ending}: {:?}", around(at)));
                }
            }
            '\r' | '\n' | '\u{8}' => {}
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => return Some(format!("{c:?}: {:?}", around(at))),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                return Some(format!("{c:?}: {:?}", around(at)));
            }
            _ => {}
        }
    }
    None
}

#[test]
fn the_scanner_finds_what_is_not_ours() {
    assert_eq!(foreign("\u{1b}[22;2t\u{1b}]2;3 need you · Brindlewick\u{1b}\\x".as_bytes()), None);
    assert_eq!(foreign("\u{1b}[?2026h\u{1b}[1;31m王\u{1b}[2;3H\u{1b}[K\r\n\u{8}\u{1b}[?2026l".as_bytes()), None);
    for bad in [
        "\u{1b}]0;owned\u{7}",
        "\u{1b}]2;owned\u{1b}\\",
        "\u{1b}]2;3 need you · Brindlewick",
        "\u{1b}[21;2t",
        "\u{1b}]52;c;aGk=\u{7}",
        "\u{7}",
        "\u{9b}31m",
        "\u{1b}[6n",
        "\u{1b}[?1000h",
        "\u{202e}",
        "\u{1b}c",
    ] {
        assert!(foreign(bad.as_bytes()).is_some(), "{bad:?}");
    }
}

#[test]
fn nothing_that_a_customer_writes_reaches_the_terminal_as_more_than_text() {
    let words = &["demo", "--seed", "7", "--rate", "600", "--speed", "20", "--conversations", "700"];
    let mut sitting = Sitting::run(env!("CARGO_BIN_EXE_centaur"), words, 120, 40);
    sitting.sees("hidden text");
    // One who tries is looked for by name.
    sitting.types(":filter tty0wner\r");
    sitting.sees("/tty0wner");
    sitting.types(".gg");
    sitting.until("signs for what must not be sent", |screen| screen.contains(['␛', '␇', '⟨']));
    // One after the other who needs a person is opened.
    let mut seen = 0;
    for _ in 0..60 {
        sitting.types(" ");
        sitting.looks_anew();
        sitting.sees_no("loading…");
        seen += usize::from(sitting.shown().contains(['␛', '␇', '⟨']));
    }
    println!("{seen} screens with signs for what must not be sent, {} bytes", sitting.raw.len());
    sitting.types("q");
    assert!(sitting.end(super::sitting::PATIENCE).success());
    assert_eq!(foreign(&sitting.raw), None);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}
