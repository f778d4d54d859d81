//! What a command prints: tables and sentences for people, JSON lines for scripts, and nothing that could move a cursor.
//!
//! Everything passes here, so everything passes the sanitiser. JSON is kept lossless: what must not reach a terminal is
//! written as `\uXXXX`. A table is drawn only on a terminal; into a pipe go bare lines with tabs, for `cut` and `awk`.

use super::exit::Failure;
use crate::domain::text::SafeText;
use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What decides about colour: four facts that each are so or not.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools)]
pub struct ColourFacts {
    /// `NO_COLOR` is set and not empty, or `CLICOLOR` is 0.
    pub refused: bool,
    /// `CLICOLOR_FORCE` or `FORCE_COLOR` is set, not empty and not 0.
    pub forced: bool,
    /// `TERM` is `dumb` or not set.
    pub dumb: bool,
    /// Standard output is a terminal.
    pub tty: bool,
}

impl Colour {
    /// Whether to colour: the flag wins over the environment, the environment over what is detected.
    #[must_use]
    pub fn decide(self, facts: ColourFacts) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if facts.refused => false,
            Self::Auto => facts.forced || (facts.tty && !facts.dumb),
        }
    }
}

/// How the output looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Tables and sentences, at most so many cells wide.
    Terminal {
        /// Cells in a line.
        columns: usize,
        /// Whether to use colour.
        coloured: bool,
    },
    /// Lines with tabs, without a head.
    Lines,
    /// One JSON value a line.
    Json,
}

/// Where a command's words go.
pub struct Output {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    format: Format,
    quiet: bool,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("format", &self.format).field("quiet", &self.quiet).finish_non_exhaustive()
    }
}

impl Output {
    /// To the process's own output and error.
    #[must_use]
    pub fn standard(json: bool, quiet: bool, colour: Colour) -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let yes = |name: &str| set(name).is_some_and(|value| value != "0");
        let tty = io::stdout().is_terminal();
        let coloured = colour.decide(ColourFacts {
            refused: set("NO_COLOR").is_some() || set("CLICOLOR").is_some_and(|value| value == "0"),
            forced: yes("CLICOLOR_FORCE") || yes("FORCE_COLOR"),
            dumb: set("TERM").is_none_or(|term| term == "dumb"),
            tty,
        });
        let format = match (json, tty) {
            (true, _) => Format::Json,
            (false, false) => Format::Lines,
            (false, true) => {
                let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns)).max(20);
                Format::Terminal { columns, coloured }
            }
        };
        Self::new(Box::new(io::stdout()), Box::new(io::stderr()), format, quiet)
    }

    /// To any two writers.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>, format: Format, quiet: bool) -> Self {
        Self { out, err, format, quiet }
    }

    /// Whether nothing is wanted but what was asked for.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether JSON is wanted.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// The cells of a line, where it is drawn for people.
    #[must_use]
    pub fn columns(&self) -> Option<usize> {
        match self.format {
            Format::Terminal { columns, .. } => Some(columns),
            Format::Lines | Format::Json => None,
        }
    }

    /// One JSON value on a line of its own.
    ///
    /// # Errors
    /// [`Failure::Unheard`] if nobody reads any more; as the system says.
    pub fn json<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        let line = escaped(&serde_json::to_string(value)?);
        writeln!(self.out, "{line}")?;
        Ok(self.out.flush()?)
    }

    /// Lines for people. `--quiet` does not silence what was asked for.
    ///
    /// # Errors
    /// As for [`json`](Self::json).
    pub fn text(&mut self, text: &SafeText) -> Result<(), Failure> {
        writeln!(self.out, "{}", text.as_str())?;
        Ok(self.out.flush()?)
    }

    /// A line of our own words, whatever the format: for what scripts wait for, as in the first line of `serve`.
    ///
    /// # Errors
    /// As for [`json`](Self::json).
    pub fn say(&mut self, sentence: &str) -> Result<(), Failure> {
        self.text(&SafeText::own(sentence))
    }

    /// Something that is not as it should be and does not stop the command: to standard error, also with `--quiet`.
    pub fn warn(&mut self, sentence: &str) {
        // Nobody to tell that nobody can be told.
        let _ = writeln!(self.err, "centaur: {}", SafeText::own(sentence).as_str());
    }

    /// Text that other programs read as it is: a man page, a completion script. Ours, never from outside.
    ///
    /// # Errors
    /// As for [`json`](Self::json).
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes)?;
        Ok(self.out.flush()?)
    }

    /// What was done: `value` for scripts, `sentence` for people unless `--quiet`.
    ///
    /// # Errors
    /// As for [`json`](Self::json).
    pub fn done<T: Serialize>(&mut self, value: &T, sentence: &str) -> Result<(), Failure> {
        if self.is_json() {
            self.json(value)
        } else if self.quiet {
            Ok(())
        } else {
            self.text(&SafeText::own(sentence))
        }
    }

    /// A remark beside the output, to standard error, unless `--quiet`.
    pub fn remark(&mut self, sentence: &str) {
        if !self.quiet {
            // Nobody to tell that nobody can be told.
            let _ = writeln!(self.err, "{}", SafeText::own(sentence).as_str());
        }
    }

    /// What went wrong, to standard error: a sentence, or with `--json` an object with `error` and `message`.
    pub fn failure(&mut self, failure: &Failure) {
        if failure.sentence().is_empty() {
            return;
        }
        let line = if self.is_json() {
            escaped(&serde_json::json!({ "error": failure.word(), "message": failure.sentence() }).to_string())
        } else {
            format!("centaur: {}", SafeText::own(failure.sentence()).as_str())
        };
        let _ = writeln!(self.err, "{line}");
    }

    /// Rows under a head. The last column takes what is left of the line.
    ///
    /// # Errors
    /// As for [`json`](Self::json).
    pub fn table(&mut self, head: &[&'static str], rows: &[Vec<SafeText>]) -> Result<(), Failure> {
        let Format::Terminal { columns, coloured } = self.format else {
            for row in rows {
                let cells: Vec<&str> = row.iter().map(SafeText::as_str).collect();
                writeln!(self.out, "{}", cells.join("\t"))?;
            }
            return Ok(self.out.flush()?);
        };
        let last = head.len().saturating_sub(1);
        let widths: Vec<usize> = (0..head.len())
            .map(|at| {
                let widest = rows.iter().filter_map(|row| row.get(at)).map(SafeText::width).max().unwrap_or(0);
                // No column but the last is wider than 24 cells, so that a long name cannot push the rest away.
                widest.min(24).max(head.get(at).map_or(0, |title| title.len()))
            })
            .collect();
        let before: usize = widths.iter().take(last).map(|width| width + 2).sum();
        let rest = columns.saturating_sub(before).max(8);
        let line = |cells: &[SafeText]| {
            let mut line = String::new();
            for (at, cell) in cells.iter().enumerate() {
                let room = if at == last { rest } else { widths.get(at).copied().unwrap_or(0) };
                let cell = cell.within(room);
                line.push_str(cell.as_str());
                if at != last {
                    line.extend(std::iter::repeat_n(' ', room.saturating_sub(cell.width()) + 2));
                }
            }
            line.trim_end().to_owned()
        };
        let titles: Vec<SafeText> = head.iter().map(|title| SafeText::from_own(title)).collect();
        let (bold, plain) = if coloured { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        writeln!(self.out, "{bold}{}{plain}", line(&titles))?;
        for row in rows {
            writeln!(self.out, "{}", line(row))?;
        }
        Ok(self.out.flush()?)
    }
}

/// JSON in which everything that a terminal could obey, or an eye could miss, stands as `\uXXXX`. The value is the same:
/// such characters can only stand inside of strings.
#[must_use]
pub fn escaped(json: &str) -> String {
    let odd = |c: char| {
        matches!(c, '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    if !json.contains(odd) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if odd(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = std::fmt::Write::write_fmt(&mut out, format_args!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Output into memory, for the tests of the command line.
/// `1 file`, `3 files`.
#[must_use]
pub fn several(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
#[allow(clippy::missing_panics_doc, clippy::must_use_candidate)]
pub mod caught {
    use super::{Format, Output};
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    /// What was written.
    #[derive(Clone, Debug, Default)]
    pub struct Caught(Arc<Mutex<Vec<u8>>>);

    impl Caught {
        /// As text.
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Caught {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// An output, and what it wrote to standard output and standard error.
    pub fn output(format: Format) -> (Output, Caught, Caught) {
        let (out, err) = (Caught::default(), Caught::default());
        (Output::new(Box::new(out.clone()), Box::new(err.clone()), format, false), out, err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_and_moves_no_cursor() {
        let said = "a\u{1b}[2J\u{9b}31m\u{202e}evil\u{200b}\u{e0041} 王 é";
        let line = escaped(&serde_json::to_string(said).unwrap());
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), said);
        assert_eq!(line, r#""a\u001b[2J\u009b31m\u202eevil\u200b\udb40\udc41 王 é""#);
    }

    #[test]
    fn a_table_fits_the_terminal_and_lines_have_tabs() {
        let rows = vec![vec![SafeText::line("#1"), SafeText::line("王小明"), SafeText::line("where is my parcel")]];
        let (mut output, out, _) = caught::output(Format::Terminal { columns: 24, coloured: false });
        output.table(&["id", "customer", "last"], &rows).unwrap();
        assert_eq!(out.text(), "id  customer  last\n#1  王小明    where is …\n");
        let (mut output, out, _) = caught::output(Format::Lines);
        output.table(&["id", "customer", "last"], &rows).unwrap();
        assert_eq!(out.text(), "#1\t王小明\twhere is my parcel\n");
    }

    #[test]
    fn failures_are_told_on_standard_error_in_the_wanted_form() {
        let failure = Failure::NotFound("there is no \u{1b}[1mteammate".into());
        let (mut output, out, err) = caught::output(Format::Json);
        output.failure(&failure);
        assert_eq!(err.text(), "{\"error\":\"not_found\",\"message\":\"there is no \\u001b[1mteammate\"}\n");
        assert_eq!(out.text(), "");
        let (mut output, _, err) = caught::output(Format::Lines);
        output.failure(&failure);
        assert!(!err.text().contains('\u{1b}'), "{}", err.text());
    }

    #[test]
    fn the_flag_wins_over_the_environment_and_that_over_the_terminal() {
        let facts = ColourFacts { refused: true, forced: true, dumb: false, tty: true };
        assert!(Colour::Always.decide(facts));
        assert!(!Colour::Auto.decide(facts));
        assert!(Colour::Auto.decide(ColourFacts { refused: false, tty: false, ..facts }));
        assert!(!Colour::Auto.decide(ColourFacts { refused: false, forced: false, dumb: true, ..facts }));
        assert!(!Colour::Never.decide(ColourFacts { refused: false, ..facts }));
    }
}
