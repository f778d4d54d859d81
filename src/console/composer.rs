//! A small text editor as a value: text, caret, undo, one cut text. Pure; the view draws it, `update` moves it.
//!
//! The caret always stands between two grapheme clusters, so that what one sees as a character is moved over and
//! deleted whole. Deliberately not here: wrapping, keys, sending.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// The most that an editor holds, in bytes. What does not fit is not taken, and said.
pub const LONGEST: usize = 256 * 1024;
/// How many steps can be undone.
const STEPS: usize = 100;

/// What an editor was before a change.
#[derive(Clone, Debug, PartialEq)]
struct Before {
    text: String,
    caret: usize,
}

/// Changes that follow on each other and are undone as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Typing,
    Deleting,
    Other,
}

/// Whether an insertion was taken whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// All of it.
    Whole,
    /// The editor is full: the end is missing.
    Cut,
}

/// A text with a caret.
#[derive(Clone, Debug, PartialEq)]
pub struct Editor {
    text: String,
    caret: usize,
    many_lines: bool,
    undo: Vec<Before>,
    redo: Vec<Before>,
    run: Run,
    cut: String,
    /// The column that up and down keep, in clusters.
    column: Option<usize>,
}

impl Default for Editor {
    fn default() -> Self {
        Self::line("")
    }
}

impl Editor {
    fn with(text: &str, many_lines: bool) -> Self {
        let mut editor = Self {
            text: String::new(),
            caret: 0,
            many_lines,
            undo: Vec::new(),
            redo: Vec::new(),
            run: Run::Other,
            cut: String::new(),
            column: None,
        };
        editor.insert(text);
        editor.undo.clear();
        editor.run = Run::Other;
        editor
    }

    /// One that holds a single line; line breaks become spaces. The caret stands at the end.
    #[must_use]
    pub fn line(text: &str) -> Self {
        Self::with(text, false)
    }

    /// One that holds many lines. The caret stands at the end.
    #[must_use]
    pub fn many_lines(text: &str) -> Self {
        Self::with(text, true)
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the caret stands, in bytes of the text; always at the edge of a cluster.
    #[must_use]
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// Whether nothing but white space is in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The lines, without their ends; at least one.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.split('\n')
    }

    /// The line of the caret, and where in it, in bytes.
    #[must_use]
    pub fn caret_in_line(&self) -> (usize, usize) {
        let before = &self.text[..self.caret];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count(), self.caret - start)
    }

    fn remember(&mut self, run: Run) {
        self.column = None;
        if run == Run::Other || self.run != run {
            self.undo.push(Before { text: self.text.clone(), caret: self.caret });
            if self.undo.len() > STEPS {
                self.undo.remove(0);
            }
        }
        self.run = run;
        self.redo.clear();
    }

    /// Inserts at the caret. Line breaks of any kind become `\n`, tabs spaces; other control characters are left out.
    pub fn insert(&mut self, what: &str) -> Taken {
        let mut clean = String::with_capacity(what.len());
        let mut chars = what.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\r' | '\n' => {
                    if c == '\r' && chars.peek() == Some(&'\n') {
                        chars.next();
                    }
                    clean.push(if self.many_lines { '\n' } else { ' ' });
                }
                '\t' => clean.push(' '),
                c if c.is_control() => {}
                c => clean.push(c),
            }
        }
        let mut taken = Taken::Whole;
        let room = LONGEST.saturating_sub(self.text.len());
        if clean.len() > room {
            let mut end = room;
            while !clean.is_char_boundary(end) {
                end -= 1;
            }
            clean.truncate(end);
            taken = Taken::Cut;
        }
        if clean.is_empty() {
            return taken;
        }
        let mut letters = clean.chars();
        let typing = matches!((letters.next(), letters.next()), (Some(c), None) if !c.is_whitespace());
        self.remember(if typing { Run::Typing } else { Run::Other });
        self.text.insert_str(self.caret, &clean);
        self.caret = self.edge_at_or_after(self.caret + clean.len());
        taken
    }

    /// Puts another text in place of all of it, in one step that can be undone.
    pub fn replace(&mut self, text: &str) -> Taken {
        self.remember(Run::Other);
        self.text.clear();
        self.caret = 0;
        let before = self.undo.len();
        let taken = self.insert(text);
        self.undo.truncate(before);
        self.run = Run::Other;
        taken
    }

    fn edge_at_or_after(&self, at: usize) -> usize {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        match cursor.is_boundary(&self.text, 0) {
            Ok(true) => at,
            _ => self.edge_after(at),
        }
    }

    fn edge_after(&self, at: usize) -> usize {
        GraphemeCursor::new(at, self.text.len(), true)
            .next_boundary(&self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(self.text.len())
    }

    fn edge_before(&self, at: usize) -> usize {
        GraphemeCursor::new(at, self.text.len(), true).prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0)
    }

    fn line_start_of(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |found| found + 1)
    }

    fn line_end_of(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |found| at + found)
    }

    fn word_start_of(&self, at: usize) -> usize {
        self.text[..at]
            .unicode_word_indices()
            .next_back()
            .map_or(0, |(start, _)| start)
            .max(if at > 0 && self.text[..at].ends_with('\n') { at - 1 } else { 0 })
    }

    fn word_end_of(&self, at: usize) -> usize {
        self.text[at..]
            .unicode_word_indices()
            .next()
            .map_or(self.text.len(), |(start, word)| self.edge_at_or_after(at + start + word.len()))
    }

    fn go(&mut self, to: usize) {
        self.caret = to;
        self.run = Run::Other;
        self.column = None;
    }

    /// One character to the left.
    pub fn left(&mut self) {
        self.go(self.edge_before(self.caret));
    }

    /// One character to the right.
    pub fn right(&mut self) {
        self.go(self.edge_after(self.caret));
    }

    /// To the beginning of the word.
    pub fn word_left(&mut self) {
        let to = self.word_start_of(self.caret);
        self.go(self.edge_at_or_before(to));
    }

    /// To the end of the word.
    pub fn word_right(&mut self) {
        self.go(self.word_end_of(self.caret));
    }

    /// To the beginning of the line.
    pub fn line_start(&mut self) {
        self.go(self.line_start_of(self.caret));
    }

    /// To the end of the line.
    pub fn line_end(&mut self) {
        self.go(self.line_end_of(self.caret));
    }

    /// To the beginning of the text.
    pub fn text_start(&mut self) {
        self.go(0);
    }

    /// To the end of the text.
    pub fn text_end(&mut self) {
        self.go(self.text.len());
    }

    /// One line up, keeping the column; at the first line to its beginning.
    pub fn line_up(&mut self) {
        let start = self.line_start_of(self.caret);
        let column = self.column_from(start);
        if start == 0 {
            self.go(0);
        } else {
            self.go_to_column(self.line_start_of(start - 1), column);
        }
        self.column = Some(column);
    }

    /// One line down, keeping the column; at the last line to its end.
    pub fn line_down(&mut self) {
        let start = self.line_start_of(self.caret);
        let column = self.column_from(start);
        let end = self.line_end_of(self.caret);
        if end == self.text.len() {
            self.go(end);
        } else {
            self.go_to_column(end + 1, column);
        }
        self.column = Some(column);
    }

    fn column_from(&self, start: usize) -> usize {
        self.column.unwrap_or_else(|| self.text[start..self.caret].graphemes(true).count())
    }

    fn go_to_column(&mut self, start: usize, column: usize) {
        let end = self.line_end_of(start);
        let to = self.text[start..end].grapheme_indices(true).nth(column).map_or(end, |(at, _)| start + at);
        self.go(self.edge_at_or_before(to));
    }

    fn edge_at_or_before(&self, at: usize) -> usize {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        if cursor.is_boundary(&self.text, 0) == Ok(true) { at } else { self.edge_before(at) }
    }

    fn remove(&mut self, from: usize, to: usize, run: Run) {
        if from >= to {
            return;
        }
        self.remember(run);
        if run == Run::Other {
            self.cut = self.text[from..to].to_owned();
        }
        self.text.replace_range(from..to, "");
        // What stands on both sides may have become one cluster.
        self.caret = self.edge_at_or_after(from);
    }

    /// Deletes the character before the caret.
    pub fn delete_back(&mut self) {
        self.remove(self.edge_before(self.caret), self.caret, Run::Deleting);
    }

    /// Deletes the character at the caret.
    pub fn delete_forward(&mut self) {
        self.remove(self.caret, self.edge_after(self.caret), Run::Deleting);
    }

    /// Cuts the word before the caret.
    pub fn delete_word(&mut self) {
        self.remove(self.edge_at_or_before(self.word_start_of(self.caret)), self.caret, Run::Other);
    }

    /// Cuts the word after the caret.
    pub fn delete_word_forward(&mut self) {
        self.remove(self.caret, self.word_end_of(self.caret), Run::Other);
    }

    /// Cuts from the beginning of the line; at the beginning, the line break before it.
    pub fn kill_start(&mut self) {
        let start = self.line_start_of(self.caret);
        let from = if start == self.caret { self.edge_before(self.caret) } else { start };
        self.remove(from, self.caret, Run::Other);
    }

    /// Cuts to the end of the line; at the end, the line break.
    pub fn kill_end(&mut self) {
        let end = self.line_end_of(self.caret);
        let to = if end == self.caret { self.edge_after(self.caret) } else { end };
        self.remove(self.caret, to, Run::Other);
    }

    /// Inserts what was cut last.
    pub fn yank(&mut self) -> Taken {
        let cut = self.cut.clone();
        self.run = Run::Other;
        self.insert(&cut)
    }

    /// Takes back the last change. Says whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.undo.pop() else { return false };
        self.redo.push(Before { text: std::mem::replace(&mut self.text, before.text), caret: self.caret });
        self.go(before.caret);
        true
    }

    /// Brings the change again. Says whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.redo.pop() else { return false };
        self.undo.push(Before { text: std::mem::replace(&mut self.text, after.text), caret: self.caret });
        self.go(after.caret);
        true
    }
}

#[cfg(test)]
mod tests;
