//! Lines that were wrapped once and are drawn many times: an entry of a talk, a part of the inspector.
//!
//! A block owns its texts; a line is a list of stretches of them, each with its column and style. Deliberately not here:
//! which block belongs to what, and for how long it is good.

use super::ink::{Ink, Words};
use crate::{
    console::{
        markdown::{Face, Styled},
        theme::{Role, Theme},
        wrap,
    },
    domain::text::SafeText,
};
use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};
use std::ops::Range;

/// A stretch of a text on a line.
#[derive(Clone, Debug)]
struct Stretch {
    x: u16,
    text: usize,
    at: Range<usize>,
    style: Style,
}

/// Lines to draw.
#[derive(Clone, Debug, Default)]
pub struct Block {
    texts: Vec<SafeText>,
    lines: Vec<Vec<Stretch>>,
    width: u16,
}

impl Block {
    /// An empty one, `width` cells wide.
    #[must_use]
    pub fn new(width: u16) -> Self {
        Self { width, ..Self::default() }
    }

    /// How many lines it has.
    #[must_use]
    pub fn height(&self) -> usize {
        self.lines.len()
    }

    /// How wide it may be.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Begins a new line.
    pub fn line(&mut self) -> &mut Self {
        self.lines.push(Vec::new());
        self
    }

    /// Writes on the last line at a column; what does not fit is cut with `…`. The column after it.
    pub fn at(&mut self, x: u16, text: SafeText, style: Style) -> u16 {
        let room = self.width.saturating_sub(x);
        let width = u16::try_from(text.width()).unwrap_or(u16::MAX);
        let text = if width > room { text.within(usize::from(room)) } else { text };
        let width = u16::try_from(text.width()).unwrap_or(u16::MAX);
        self.push(x, text, style);
        x.saturating_add(width)
    }

    /// Our own words on the last line. The column after them.
    pub fn own(&mut self, x: u16, words: &'static str, style: Style) -> u16 {
        self.at(x, SafeText::from_own(words), style)
    }

    fn push(&mut self, x: u16, text: SafeText, style: Style) {
        let at = 0..text.as_str().len();
        let stretch = Stretch { x, text: self.texts.len(), at, style };
        self.texts.push(text);
        match self.lines.last_mut() {
            Some(line) => line.push(stretch),
            None => self.lines.push(vec![stretch]),
        }
    }

    /// Wraps a text into the columns from `x` on, beginning on the last line if that is empty there, else on a new one.
    pub fn wrapped(&mut self, x: u16, text: Styled, style: Style, theme: &Theme) {
        let width = usize::from(self.width.saturating_sub(x));
        let lines = wrap::wrap(text.text.as_str(), width);
        self.lines_of(x, text, &lines, style, theme);
    }

    /// The same with lines that are known. A text is kept once, however many lines it has.
    pub fn lines_of(&mut self, x: u16, text: Styled, lines: &[Range<usize>], style: Style, theme: &Theme) {
        let id = self.texts.len();
        let mut faces = text.faces.iter().peekable();
        for (number, line) in lines.iter().enumerate() {
            if number > 0 || self.lines.is_empty() {
                self.line();
            }
            let Some(stretches) = self.lines.last_mut() else { continue };
            let mut column = x;
            let mut at = line.start;
            while at < line.end {
                while faces.peek().is_some_and(|(face, _)| face.end <= at) {
                    faces.next();
                }
                let (end, style) = match faces.peek() {
                    Some((range, face)) if range.start <= at => (range.end.min(line.end), faced(style, *face, theme)),
                    Some((range, _)) => (range.start.min(line.end), style),
                    None => (line.end, style),
                };
                stretches.push(Stretch { x: column, text: id, at: at..end, style });
                column = column.saturating_add(Words::part(&text.text, at..end).width());
                at = end;
            }
        }
        self.texts.push(text.text);
    }

    /// Puts a line above all others.
    pub fn above(&mut self, words: SafeText, style: Style) {
        let at = 0..words.as_str().len();
        self.lines.insert(0, vec![Stretch { x: 0, text: self.texts.len(), at, style }]);
        self.texts.push(words);
    }

    /// Puts a sign before each line from `first` on.
    pub fn beside(&mut self, first: usize, x: u16, sign: &'static str, style: Style) {
        let id = self.texts.len();
        self.texts.push(SafeText::from_own(sign));
        for line in self.lines.iter_mut().skip(first) {
            line.insert(0, Stretch { x, text: id, at: 0..sign.len(), style });
        }
    }

    /// Puts two blocks below, side by side: the second from column `at` on, with a line before it.
    pub fn side_by_side(&mut self, left: &Self, right: &Self, at: u16, (line, style): (&'static str, Style)) {
        let sign = self.texts.len();
        self.texts.push(SafeText::from_own(line));
        let starts = [left, right].map(|block| {
            let start = self.texts.len();
            self.texts.extend(block.texts.iter().cloned());
            start
        });
        for row in 0..left.height().max(right.height()) {
            let mut stretches = vec![Stretch { x: at.saturating_sub(2), text: sign, at: 0..line.len(), style }];
            for ((block, start), x) in [left, right].into_iter().zip(starts).zip([0, at]) {
                let own = block.lines.get(row).into_iter().flatten();
                stretches.extend(own.map(|one| Stretch { x: one.x + x, text: one.text + start, ..one.clone() }));
            }
            self.lines.push(stretches);
        }
    }

    /// The column after the last stretch of the last line.
    #[must_use]
    pub fn end(&self) -> u16 {
        let last = self.lines.last().and_then(|line| line.last());
        last.map_or(0, |stretch| {
            let words = self.texts.get(stretch.text).map(|text| Words::part(text, stretch.at.clone()));
            stretch.x.saturating_add(words.map_or(0, Words::width))
        })
    }

    /// Draws lines from `first` on into an area. How many were drawn.
    pub fn draw(&self, ink: &mut Ink<'_>, area: Rect, first: usize) -> u16 {
        let mut y = area.top();
        for line in self.lines.iter().skip(first) {
            if y >= area.bottom() {
                break;
            }
            for stretch in line {
                if let Some(text) = self.texts.get(stretch.text) {
                    let words = Words::part(text, stretch.at.clone());
                    ink.put(area.x.saturating_add(stretch.x), y, area.right(), words, stretch.style);
                }
            }
            y += 1;
        }
        y - area.top()
    }
}

fn faced(style: Style, face: Face, theme: &Theme) -> Style {
    let mut style = style;
    if face.code {
        style = style.patch(theme.style(Role::Code));
    }
    if face.link {
        style = style.patch(theme.style(Role::Link));
    }
    if face.bold {
        style = style.add_modifier(Modifier::BOLD);
    }
    if face.italic {
        style = style.add_modifier(Modifier::ITALIC);
    }
    style
}
