//! Moving the caret: by characters, words and lines. Nothing here changes the text.

use super::Editor;
use unicode_segmentation::UnicodeSegmentation;

impl Editor {
    /// One character to the left.
    pub fn left(&mut self) {
        self.go_back(self.edge_before(self.caret));
    }

    /// One character to the right.
    pub fn right(&mut self) {
        self.go_on(self.edge_after(self.caret));
    }

    /// To the beginning of the word.
    pub fn word_left(&mut self) {
        let to = self.word_start_of(self.caret);
        self.go_back(self.edge_at_or_before(to));
    }

    /// To the end of the word.
    pub fn word_right(&mut self) {
        self.go_on(self.word_end_of(self.caret));
    }

    /// To the beginning of the line.
    pub fn line_start(&mut self) {
        self.go_back(self.line_start_of(self.caret));
    }

    /// To the end of the line.
    pub fn line_end(&mut self) {
        self.go_on(self.line_end_of(self.caret));
    }

    /// To a byte of the text, or to the edge before it.
    pub fn go_to(&mut self, at: usize) {
        let at = self.edge_at_or_before(at.min(self.text.len()));
        if at < self.caret { self.go_back(at) } else { self.go_on(at) }
    }

    /// To the beginning of the text.
    pub fn text_start(&mut self) {
        self.go_back(0);
    }

    /// To the end of the text.
    pub fn text_end(&mut self) {
        self.go_on(self.text.len());
    }

    /// One line up, keeping the column; at the first line to its beginning.
    pub fn line_up(&mut self) {
        let start = self.line_start_of(self.caret);
        let column = self.column_from(start);
        if start == 0 {
            self.go_back(0);
        } else {
            self.go_back(self.at_column(self.line_start_of(start - 1), column));
        }
        self.column = Some(column);
    }

    /// One line down, keeping the column; at the last line to its end.
    pub fn line_down(&mut self) {
        let start = self.line_start_of(self.caret);
        let column = self.column_from(start);
        let end = self.line_end_of(self.caret);
        if end == self.text.len() {
            self.go_on(end);
        } else {
            self.go_on(self.at_column(end + 1, column));
        }
        self.column = Some(column);
    }

    fn column_from(&self, start: usize) -> usize {
        self.column.unwrap_or_else(|| self.text[start..self.caret].graphemes(true).count())
    }

    fn at_column(&self, start: usize, column: usize) -> usize {
        let end = self.line_end_of(start);
        let to = self.text[start..end].grapheme_indices(true).nth(column).map_or(end, |(at, _)| start + at);
        self.edge_at_or_before(to)
    }
}
