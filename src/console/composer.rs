//! A small text editor as a value: text, caret, undo, what was cut, what was pasted. Pure; the view draws it, `update`
//! moves it.
//!
//! The caret always stands between two grapheme clusters, so that what one sees as a character is moved over and
//! deleted whole; a long paste counts as one character while it is folded. Deliberately not here: wrapping, keys, sending.

pub mod canned;
pub mod form;
mod motion;
mod pastes;
mod ring;

use pastes::Pastes;
use ring::{Ring, Side};
use std::ops::Range;
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
    pastes: Pastes,
}

/// Changes that follow on each other and are undone as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Typing,
    Deleting,
    /// Each is undone alone, but all of them are one text to insert again.
    Cutting,
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
    ring: Ring,
    /// What was inserted from the ring just now, and how far back in it that was.
    yanked: Option<(Range<usize>, usize)>,
    pastes: Pastes,
    folded: bool,
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
            ring: Ring::default(),
            yanked: None,
            pastes: Pastes::default(),
            folded: true,
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

    /// The long pastes that are shown folded, in bytes of the text, in order.
    #[must_use]
    pub fn folds(&self) -> &[Range<usize>] {
        if self.folded { self.pastes.all() } else { &[] }
    }

    /// Shows long pastes whole, or folds them again. Whether there are any.
    pub fn switch_folds(&mut self) -> bool {
        let any = !self.pastes.all().is_empty();
        if any {
            self.folded = !self.folded;
            self.go_on(self.caret);
        }
        any
    }

    fn here(&self) -> Before {
        Before { text: self.text.clone(), caret: self.caret, pastes: self.pastes.clone() }
    }

    fn remember(&mut self, run: Run) {
        self.column = None;
        self.yanked = None;
        if !matches!(run, Run::Typing | Run::Deleting) || self.run != run {
            self.undo.push(self.here());
            if self.undo.len() > STEPS {
                self.undo.remove(0);
            }
        }
        self.run = run;
        self.redo.clear();
    }

    /// What of a text is taken: line breaks of any kind become `\n`, tabs spaces; other control characters are left out,
    /// and what there is no room for.
    fn cleaned(&self, what: &str, room: usize) -> (String, Taken) {
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
        if clean.len() <= room {
            return (clean, Taken::Whole);
        }
        let mut end = room;
        while !clean.is_char_boundary(end) {
            end -= 1;
        }
        clean.truncate(end);
        (clean, Taken::Cut)
    }

    /// Puts a clean text at the caret, behind which the caret then stands.
    fn put(&mut self, clean: &str) {
        let at = self.caret;
        self.text.insert_str(at, clean);
        self.pastes.inserted(at, clean.len());
        self.mind_the_pastes();
        self.caret = self.edge_at_or_after(at + clean.len());
    }

    /// Takes bytes away; the caret stands where they were.
    fn take_away(&mut self, gone: &Range<usize>) {
        self.text.replace_range(gone.clone(), "");
        self.pastes.removed(gone);
        self.mind_the_pastes();
        // What stands on both sides may have become one cluster.
        self.caret = self.edge_at_or_after(gone.start);
    }

    fn mind_the_pastes(&mut self) {
        if !self.pastes.all().is_empty() {
            let text = &self.text;
            self.pastes.retain_whole(|at| is_edge(text, at));
        }
    }

    fn room(&self) -> usize {
        LONGEST.saturating_sub(self.text.len())
    }

    /// Inserts at the caret. Line breaks of any kind become `\n`, tabs spaces; other control characters are left out.
    pub fn insert(&mut self, what: &str) -> Taken {
        let (clean, taken) = self.cleaned(what, self.room());
        if !clean.is_empty() {
            let mut letters = clean.chars();
            let typing = matches!((letters.next(), letters.next()), (Some(c), None) if !c.is_whitespace());
            self.remember(if typing { Run::Typing } else { Run::Other });
            self.put(&clean);
        }
        taken
    }

    /// Inserts what was pasted. A long one is folded: shown as one short line, which the caret steps over whole.
    pub fn paste(&mut self, what: &str) -> Taken {
        let from = self.caret;
        let before = self.text.len();
        let taken = self.insert(what);
        let range = from..from + (self.text.len() - before);
        if self.many_lines && self.text.get(range.clone()).is_some_and(pastes::is_long) {
            self.pastes.add(range);
            self.mind_the_pastes();
            self.folded = true;
            // It may stand within one that was shown whole and is folded again with it.
            self.go_on(self.caret);
        }
        taken
    }

    /// Puts another text in place of all of it, in one step that can be undone.
    pub fn replace(&mut self, text: &str) -> Taken {
        self.remember(Run::Other);
        self.take_away(&(0..self.text.len()));
        let (clean, taken) = self.cleaned(text, LONGEST);
        self.put(&clean);
        taken
    }

    fn edge_at_or_after(&self, at: usize) -> usize {
        if is_edge(&self.text, at) { at } else { self.edge_after(at) }
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

    /// Moves the caret towards the end; out of a folded paste behind it.
    fn go_on(&mut self, to: usize) {
        let fold = self.pastes.around(to).filter(|_| self.folded);
        self.caret = fold.map_or(to, |fold| fold.end);
        self.rest();
    }

    /// Moves the caret towards the beginning; out of a folded paste before it.
    fn go_back(&mut self, to: usize) {
        let fold = self.pastes.around(to).filter(|_| self.folded);
        self.caret = fold.map_or(to, |fold| fold.start);
        self.rest();
    }

    fn rest(&mut self) {
        self.run = Run::Other;
        self.column = None;
        self.yanked = None;
    }

    fn edge_at_or_before(&self, at: usize) -> usize {
        if is_edge(&self.text, at) { at } else { self.edge_before(at) }
    }

    fn delete(&mut self, from: usize, to: usize) {
        let gone = self.whole(from, to);
        if !gone.is_empty() {
            self.remember(Run::Deleting);
            self.take_away(&gone);
        }
    }

    fn cut(&mut self, from: usize, to: usize, side: Side) {
        let gone = self.whole(from, to);
        if !gone.is_empty() {
            let follows = self.run == Run::Cutting;
            self.remember(Run::Cutting);
            self.ring.take(&self.text[gone.clone()], side, follows);
            self.take_away(&gone);
        }
    }

    /// The range with every folded paste that it touches: those are taken whole or not at all.
    fn whole(&self, from: usize, to: usize) -> Range<usize> {
        let range = from..to.max(from);
        if self.folded && !range.is_empty() { self.pastes.widened(range) } else { range }
    }

    /// Deletes the character before the caret.
    pub fn delete_back(&mut self) {
        self.delete(self.edge_before(self.caret), self.caret);
    }

    /// Deletes the character at the caret.
    pub fn delete_forward(&mut self) {
        self.delete(self.caret, self.edge_after(self.caret));
    }

    /// Cuts the word before the caret.
    pub fn delete_word(&mut self) {
        self.cut(self.edge_at_or_before(self.word_start_of(self.caret)), self.caret, Side::Before);
    }

    /// Cuts the word after the caret.
    pub fn delete_word_forward(&mut self) {
        self.cut(self.caret, self.word_end_of(self.caret), Side::After);
    }

    /// Cuts from the beginning of the line; at the beginning, the line break before it.
    pub fn kill_start(&mut self) {
        let start = self.line_start_of(self.caret);
        let from = if start == self.caret { self.edge_before(self.caret) } else { start };
        self.cut(from, self.caret, Side::Before);
    }

    /// Cuts to the end of the line; at the end, the line break.
    pub fn kill_end(&mut self) {
        let end = self.line_end_of(self.caret);
        let to = if end == self.caret { self.edge_after(self.caret) } else { end };
        self.cut(self.caret, to, Side::After);
    }

    /// Inserts what was cut last.
    pub fn yank(&mut self) -> Taken {
        self.yank_back(0)
    }

    /// After [`Editor::yank`]: puts what was cut before in its place, and so on; else the same as that.
    pub fn yank_before(&mut self) -> Taken {
        let Some((place, steps)) = self.yanked.take() else { return self.yank() };
        self.remember(Run::Other);
        self.take_away(&place);
        // Where it was inserted a character may have been joined to it.
        self.caret = place.start;
        self.yank_in(steps + 1)
    }

    fn yank_back(&mut self, steps: usize) -> Taken {
        if self.ring.back(steps).is_none() {
            return Taken::Whole;
        }
        self.remember(Run::Other);
        self.yank_in(steps)
    }

    fn yank_in(&mut self, steps: usize) -> Taken {
        let (clean, taken) = self.cleaned(self.ring.back(steps).unwrap_or_default(), self.room());
        let place = self.caret..self.caret + clean.len();
        self.put(&clean);
        self.yanked = Some((place, steps));
        taken
    }

    /// Takes back the last change. Says whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.undo.pop() else { return false };
        let now = self.here();
        self.redo.push(now);
        self.be(before);
        true
    }

    /// Brings the change again. Says whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.redo.pop() else { return false };
        let now = self.here();
        self.undo.push(now);
        self.be(after);
        true
    }

    fn be(&mut self, other: Before) {
        self.text = other.text;
        self.pastes = other.pastes;
        self.go_on(other.caret);
    }
}

/// Whether a place is between two clusters, or at an end.
fn is_edge(text: &str, at: usize) -> bool {
    GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0) == Ok(true)
}

#[cfg(test)]
mod tests;
