//! Bytes of a terminal, cut where one key, paste or answer ends and the next begins.
//!
//! A pure machine with its time told to it, so that every split of every sequence can be tried. It decides what an Escape
//! is that nothing follows, where a paste ends that claims to end early, and drops what would never end. Deliberately not
//! here: what a key's bytes mean (`decode`), and reading (`reader`).

use std::time::Duration;

/// How long an Escape waits for what may follow it.
pub(super) const ESCAPE: Duration = Duration::from_millis(50);
/// The same while the terminal owes an answer, which may come in pieces over a slow line.
pub(super) const OWED: Duration = Duration::from_millis(500);
/// How long the bytes after a paste may still turn out to belong to it.
pub(super) const AFTER_PASTE: Duration = Duration::from_millis(60);
/// So many bytes within [`AFTER_PASTE`] are not typed by hand.
const BY_MACHINE: usize = 16;
/// The longest control sequence and the longest string of a terminal, in bytes; what is longer is dropped.
const LONGEST_SEQUENCE: usize = 64;
const LONGEST_STRING: usize = 4_096;
/// A paste longer than this, in bytes, comes in pieces.
pub(super) const LONGEST_PASTE: usize = 1024 * 1024;

const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// One thing that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// The bytes of one key press or of one answer, and whether an Escape came right before.
    Whole {
        /// An Escape came before, which may mean Alt.
        escaped: bool,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A pasted text.
    Pasted(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ground,
    /// More bytes of a character are to come.
    Character(usize),
    Escape,
    Sequence,
    /// A function key of older terminals: one byte more.
    Shifted,
    /// A string that ends with ST or BEL; whether its ST has begun.
    Text {
        ending: bool,
    },
    Paste,
    /// A paste has ended, as it says.
    AfterPaste,
}

/// The cutter.
#[derive(Debug)]
pub(super) struct Units {
    state: State,
    held: Vec<u8>,
    escaped: bool,
    /// Since when it waits.
    since: Duration,
    /// Whether the terminal owes an answer.
    owed: bool,
    /// An Escape was let go while an answer was owed: what follows may be the rest of that answer.
    torn: bool,
    out: Vec<Unit>,
}

impl Units {
    pub(super) fn new() -> Self {
        Self {
            state: State::Ground,
            held: Vec::new(),
            escaped: false,
            since: Duration::ZERO,
            owed: false,
            torn: false,
            out: Vec::new(),
        }
    }

    /// Whether the terminal owes an answer from now on.
    pub(super) fn owes(&mut self, owed: bool) {
        self.owed = owed;
    }

    /// Takes bytes that came at `now`; what is whole.
    pub(super) fn feed(&mut self, bytes: &[u8], now: Duration) -> Vec<Unit> {
        for &byte in bytes {
            self.take(byte, now);
        }
        if self.state != State::AfterPaste && self.state != State::Ground {
            self.since = now;
        }
        std::mem::take(&mut self.out)
    }

    /// When [`expire`](Self::expire) is due, if it is to be called at all.
    pub(super) fn due(&self) -> Option<Duration> {
        let wait = match self.state {
            // A paste ends when it says so, however slow the line.
            State::Ground | State::Paste => return None,
            State::AfterPaste => AFTER_PASTE,
            State::Text { .. } | State::Character(_) => OWED,
            State::Escape | State::Sequence | State::Shifted => {
                if self.owed {
                    OWED
                } else {
                    ESCAPE
                }
            }
        };
        Some(self.since + wait)
    }

    /// Lets go of what has waited long enough.
    pub(super) fn expire(&mut self, now: Duration) -> Vec<Unit> {
        if self.due().is_none_or(|due| now < due) {
            return Vec::new();
        }
        match std::mem::replace(&mut self.state, State::Ground) {
            State::AfterPaste => self.go_on(now),
            State::Escape => {
                self.torn = self.owed;
                self.whole();
            }
            // Alt with one of the characters that begin sequences.
            State::Sequence | State::Shifted | State::Text { .. } if self.held.len() == 2 && !self.torn => self.whole(),
            _ if self.torn => self.typed(),
            _ => self.drop_it(),
        }
        std::mem::take(&mut self.out)
    }

    fn take(&mut self, byte: u8, now: Duration) {
        match self.state {
            State::Ground => self.begin(byte),
            State::Character(missing) => {
                if byte & 0xc0 != 0x80 {
                    self.drop_it();
                    return self.begin(byte);
                }
                self.held.push(byte);
                if missing == 1 { self.whole() } else { self.state = State::Character(missing - 1) }
            }
            State::Escape => self.after_escape(byte),
            State::Sequence => self.in_sequence(byte),
            State::Shifted if byte.is_ascii_graphic() => {
                self.held.push(byte);
                self.whole();
            }
            State::Shifted => self.begin_again(byte),
            State::Text { ending } => self.in_text(byte, ending),
            State::Paste => self.in_paste(byte, now),
            State::AfterPaste => {
                self.held.push(byte);
                if self.held.ends_with(PASTE_ENDS) {
                    // It had not ended: what came since is a part of it.
                    let text = self.held[..self.held.len() - PASTE_ENDS.len()].to_vec();
                    self.pasted(&text);
                    self.held.clear();
                    self.since = now;
                } else if self.held.len() >= BY_MACHINE {
                    self.since = now;
                }
                if self.held.len() > LONGEST_PASTE {
                    self.state = State::Ground;
                    self.go_on(now);
                }
            }
        }
    }

    fn begin(&mut self, byte: u8) {
        let torn = std::mem::take(&mut self.torn);
        self.held.push(byte);
        match byte {
            b'[' if torn => {
                self.torn = true;
                self.held.insert(0, 0x1b);
                self.state = State::Sequence;
            }
            b']' if torn => {
                self.torn = true;
                self.held.insert(0, 0x1b);
                self.state = State::Text { ending: false };
            }
            0x1b => self.state = State::Escape,
            0xc2..=0xdf => self.state = State::Character(1),
            0xe0..=0xef => self.state = State::Character(2),
            0xf0..=0xf4 => self.state = State::Character(3),
            0x80.. => self.drop_it(),
            _ => self.whole(),
        }
    }

    fn after_escape(&mut self, byte: u8) {
        match byte {
            // The Escape before is a key by itself, or Alt of what this one begins.
            0x1b => {
                if std::mem::replace(&mut self.escaped, true) {
                    self.out.push(Unit::Whole { escaped: false, bytes: vec![0x1b] });
                }
            }
            b'[' => self.on_with(byte, State::Sequence),
            b'O' => self.on_with(byte, State::Shifted),
            b']' | b'P' | b'^' | b'_' | b'X' => self.on_with(byte, State::Text { ending: false }),
            0xc2..=0xf4 => {
                // Alt with a character of several bytes.
                self.held.clear();
                if std::mem::replace(&mut self.escaped, true) {
                    self.out.push(Unit::Whole { escaped: false, bytes: vec![0x1b] });
                }
                self.begin(byte);
            }
            0x80.. => self.drop_it(),
            _ => {
                self.held.push(byte);
                self.whole();
            }
        }
    }

    fn on_with(&mut self, byte: u8, state: State) {
        self.held.push(byte);
        self.state = state;
    }

    fn in_sequence(&mut self, byte: u8) {
        // Function keys of the Linux console have a second bracket.
        let second = self.held.len() == 2 && byte == b'[';
        match byte {
            0x20..=0x3f => self.held.push(byte),
            b'[' if second => self.held.push(byte),
            0x40..=0x7e => {
                self.held.push(byte);
                if self.held.len() > LONGEST_SEQUENCE {
                    self.drop_it();
                } else if self.held == b"\x1b[200~" {
                    self.drop_it();
                    self.state = State::Paste;
                } else if self.held == PASTE_ENDS {
                    self.drop_it();
                } else {
                    self.whole();
                }
            }
            _ => return self.begin_again(byte),
        }
        // Dropped at its end: no more of it need be kept.
        self.held.truncate(LONGEST_SEQUENCE + 1);
    }

    fn in_text(&mut self, byte: u8, ending: bool) {
        match (byte, ending) {
            (0x07, _) | (b'\\', true) => {
                if ending {
                    self.held.push(0x1b);
                }
                self.held.push(byte);
                if self.held.len() > LONGEST_STRING { self.drop_it() } else { self.whole() }
            }
            (0x1b, _) => self.state = State::Text { ending: true },
            // The string was given up, and another sequence has begun.
            (_, true) => {
                self.drop_it();
                self.begin(0x1b);
                self.take(byte, self.since);
            }
            _ => {
                self.held.push(byte);
                self.held.truncate(LONGEST_STRING + 1);
            }
        }
    }

    fn in_paste(&mut self, byte: u8, now: Duration) {
        self.held.push(byte);
        if self.held.ends_with(PASTE_ENDS) {
            let text = self.held[..self.held.len() - PASTE_ENDS.len()].to_vec();
            self.pasted(&text);
            self.held.clear();
            self.state = State::AfterPaste;
            self.since = now;
        } else if self.held.len() >= LONGEST_PASTE && byte < 0x80 && byte != 0x1b && !self.held.ends_with(b"\x1b[") {
            let tail =
                self.held.iter().rev().take(PASTE_ENDS.len()).position(|&byte| byte == 0x1b).map_or(0, |at| at + 1);
            let text = self.held.drain(..self.held.len() - tail).collect::<Vec<_>>();
            self.pasted(&text);
        }
    }

    /// What was held after a paste is ordinary input.
    fn go_on(&mut self, now: Duration) {
        let held = std::mem::take(&mut self.held);
        for byte in held {
            self.take(byte, now);
        }
        if self.state != State::Ground {
            self.since = now;
        }
    }

    fn pasted(&mut self, text: &[u8]) {
        if !text.is_empty() {
            self.out.push(Unit::Pasted(String::from_utf8_lossy(text).into_owned()));
        }
    }

    fn begin_again(&mut self, byte: u8) {
        self.drop_it();
        self.begin(byte);
    }

    fn whole(&mut self) {
        let (bytes, escaped) = (std::mem::take(&mut self.held), std::mem::take(&mut self.escaped));
        if self.torn && self.state != State::Ground && !is_answer(&bytes) {
            self.held = bytes;
            return self.typed();
        }
        if self.state != State::Ground && self.state != State::Escape {
            self.torn = false;
        }
        self.state = State::Ground;
        self.out.push(Unit::Whole { escaped, bytes });
    }

    /// What looked like the rest of an answer was typed by hand.
    fn typed(&mut self) {
        (self.state, self.torn, self.escaped) = (State::Ground, false, false);
        let held = std::mem::take(&mut self.held);
        for &byte in held.iter().skip(1) {
            self.begin(byte);
        }
    }

    fn drop_it(&mut self) {
        self.held.clear();
        (self.state, self.escaped) = (State::Ground, false);
    }
}

/// Whether only a terminal says this, and no key.
pub(super) fn is_answer(bytes: &[u8]) -> bool {
    match bytes {
        [0x1b, b']' | b'P' | b'_' | b'^' | b'X', _, ..] => true,
        [0x1b, b'[', b'?' | b'>', .., last] => matches!(last, b'c' | b'n' | b'u' | b'y' | b'q'),
        [0x1b, b'[', .., last] => matches!(last, b'n' | b'R'),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
