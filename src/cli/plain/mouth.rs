//! How a line gets out: whole, without controls, and in ASCII if wanted.
//!
//! The last guard of the plain console: whatever is written, nothing but text and line ends comes out here. Deliberately
//! not here: what is said; and cleaning what comes from outside, which [`SafeText`](crate::domain::text::SafeText) does.

use crate::cli::output::{Format, Output};
use std::io::{self, Write};
use unicode_normalization::UnicodeNormalization;

/// An output whose words and failures both go to `open`'s writers, which are one place.
pub fn output(ascii: bool, open: impl Fn() -> Box<dyn Write + Send>) -> Output {
    let mouth = || Box::new(Mouth { out: open(), ascii, line: Vec::new() });
    Output::new(mouth(), mouth(), Format::Lines, false)
}

/// A writer of whole lines.
struct Mouth {
    out: Box<dyn Write + Send>,
    ascii: bool,
    line: Vec<u8>,
}

impl Write for Mouth {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if self.line.last() == Some(&b'\n') {
                let line = spoken(&String::from_utf8_lossy(&self.line), self.ascii);
                self.line.clear();
                self.out.write_all(format!("{line}\n").as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A line without controls and spaces around it; in ASCII if wanted.
pub fn spoken(line: &str, ascii: bool) -> String {
    let clean: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    if ascii && !clean.is_ascii() { in_ascii(clean) } else { clean.to_owned() }
}

/// The nearest in ASCII: our signs by their twins, letters without their marks, the rest as `?`.
fn in_ascii(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        let twin = match c {
            '·' | '•' | '–' | '—' => "-",
            '→' => "->",
            '…' => "...",
            '‘' | '’' | '´' => "'",
            '“' | '”' | '„' | '«' | '»' => "\"",
            '§' => "section",
            'ß' => "ss",
            'ø' => "o",
            'Ø' => "O",
            'æ' => "ae",
            'Æ' => "AE",
            'ł' => "l",
            'Ł' => "L",
            '€' => "EUR",
            '\u{a0}' => " ",
            _ => "",
        };
        if !twin.is_empty() {
            out.push_str(twin);
            continue;
        }
        let before = out.len();
        out.extend(std::iter::once(c).nfkd().filter(char::is_ascii));
        // A mark that was put onto the letter before it goes without a sign.
        if out.len() == before && !unicode_normalization::char::is_combining_mark(c) {
            out.push('?');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::caught::Caught;
    use proptest::prelude::*;

    #[test]
    fn ascii_keeps_what_can_be_read() {
        assert_eq!(spoken("Zoë · „grüße“ → 王 …", true), "Zoe - \"grusse\" -> ? ...");
        assert_eq!(spoken(" Zoë\t· 王\u{7} ", false), "Zoë · 王");
    }

    proptest! {
        #[test]
        fn nothing_but_text_and_line_ends_comes_out(said in any::<String>(), ascii in any::<bool>()) {
            let caught = Caught::default();
            let seen = caught.clone();
            let mut out = output(ascii, || Box::new(caught.clone()));
            out.raw(said.as_bytes()).unwrap();
            out.raw(b"\n").unwrap();
            let text = seen.text();
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
            prop_assert!(!ascii || text.is_ascii(), "{text:?}");
        }
    }
}
