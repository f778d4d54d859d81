//! Safe words onto cells. The one place where text becomes symbols of the buffer.
//!
//! Every cell of a wide cluster gets the style of the whole, so that a change of it is a change of all its cells.

use crate::{
    console::{
        theme::{Role, Theme},
        widgets::Glyphs,
        wrap,
    },
    domain::text::{SafeText, graphemes_with_width},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use std::ops::Range;

/// As many cells a cluster may take that is looked for where something is laid over it; wider ones are never drawn.
const WIDEST: u16 = 10;

/// Words that may be shown: of a [`SafeText`], or our own from the source.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    /// A part of a text; nothing if the range is not within it.
    #[must_use]
    pub fn part(text: &'a SafeText, at: Range<usize>) -> Self {
        Self(text.as_str().get(at).unwrap_or_default())
    }

    /// How many cells they take.
    #[must_use]
    pub fn width(self) -> u16 {
        u16::try_from(wrap::width(self.0)).unwrap_or(u16::MAX)
    }
}

impl<'a> From<&'a SafeText> for Words<'a> {
    fn from(text: &'a SafeText) -> Self {
        Self(text.as_str())
    }
}

impl From<&'static str> for Words<'static> {
    /// Our own words: string constants of the source.
    fn from(own: &'static str) -> Self {
        Self(own)
    }
}

/// A buffer with what is needed to draw on it.
#[derive(Debug)]
pub struct Ink<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// Styles by role.
    pub theme: &'a Theme,
    /// Signs.
    pub glyphs: &'a Glyphs,
}

impl Ink<'_> {
    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Writes from `x` up to `right` (exclusive). What does not fit is left out. The column after the last cell written.
    pub fn put<'w>(&mut self, x: u16, y: u16, right: u16, words: impl Into<Words<'w>>, style: Style) -> u16 {
        let area = self.buffer.area;
        let right = right.min(area.right());
        if y < area.top() || y >= area.bottom() || x < area.left() {
            return x;
        }
        let mut at = x;
        for (cluster, _) in graphemes_with_width(words.into().0) {
            // A message keeps its line breaks; on one line each is a blank.
            let cluster = if cluster.as_bytes().first().is_some_and(u8::is_ascii_control) { " " } else { cluster };
            let cells = wrap::cells(cluster);
            let Ok(next) = u16::try_from(usize::from(at) + cells) else { break };
            if next > right {
                break;
            }
            for (offset, column) in (at..next).enumerate() {
                if let Some(cell) = self.buffer.cell_mut((column, y)) {
                    cell.set_symbol(if offset == 0 { self.glyphs.shown(cluster) } else { " " });
                    cell.set_style(style);
                }
            }
            at = next;
        }
        at
    }

    /// The same, and where it does not fit it ends in `…`.
    pub fn put_cut<'w>(&mut self, x: u16, y: u16, right: u16, words: impl Into<Words<'w>>, style: Style) -> u16 {
        let words = words.into();
        if words.width() <= right.saturating_sub(x) {
            return self.put(x, y, right, words, style);
        }
        let end = self.put(x, y, right.saturating_sub(1), words, style);
        let more = self.glyphs.more;
        self.put(end, y, right, more, style)
    }

    /// The same, ending at `right` instead of beginning at `x`. The column where it begins.
    pub fn put_right<'w>(&mut self, left: u16, y: u16, right: u16, words: impl Into<Words<'w>>, style: Style) -> u16 {
        let words = words.into();
        let from = right.saturating_sub(words.width()).max(left);
        self.put_cut(from, y, right, words, style);
        from
    }

    /// Repeats a sign of one cell from `x` to `right`.
    pub fn fill(&mut self, x: u16, y: u16, right: u16, sign: &'static str, style: Style) {
        let area = self.buffer.area;
        let right = right.min(area.right());
        let cells = u16::try_from(wrap::cells(sign)).unwrap_or(u16::MAX);
        if y < area.top() || y >= area.bottom() || x < area.left() || cells != 1 {
            return;
        }
        let sign = self.glyphs.shown(sign);
        for column in x..right {
            if let Some(cell) = self.buffer.cell_mut((column, y)) {
                cell.set_symbol(sign);
                cell.set_style(style);
            }
        }
    }

    /// Blanks an area, and gives it a style.
    pub fn clear(&mut self, area: Rect, style: Style) {
        for y in area.top()..area.bottom() {
            // A wide cluster that would reach into the area is cut off before it; some are wider than two cells.
            for back in 1..WIDEST {
                let Some(x) = area.left().checked_sub(back) else { break };
                if let Some(cell) = self.buffer.cell_mut((x, y))
                    && wrap::cells(cell.symbol()) > usize::from(back)
                {
                    cell.set_symbol(" ");
                }
            }
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Lays a style over an area.
    pub fn tint(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{paint::ColorLevel, widgets::glyphs};

    #[test]
    fn nothing_of_a_wide_cluster_reaches_under_what_is_laid_over_it() {
        let theme = Theme::built_in("dark", ColorLevel::True).unwrap();
        // Two, three and two cells.
        for cluster in ["\u{738b}", "\u{2764}\u{fe0e}\u{1f3fd}", "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}"] {
            let cells = u16::try_from(wrap::cells(cluster)).unwrap();
            for over in 1..=cells {
                let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
                let mut ink = Ink { buffer: &mut buffer, theme: &theme, glyphs: &glyphs::UNICODE };
                let text = SafeText::line(&format!("ab{cluster}"));
                assert_eq!(ink.put(0, 0, 12, &text, Style::new()), 2 + cells);
                ink.clear(Rect::new(2 + over, 0, 4, 1), Style::new());
                let kept = if over < cells { " " } else { cluster };
                assert_eq!((buffer[(1, 0)].symbol(), buffer[(2, 0)].symbol()), ("b", kept), "{cluster} {over}");
            }
        }
    }
}
