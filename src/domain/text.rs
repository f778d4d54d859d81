//! The one sanitiser: text from outside becomes [`SafeText`], the only text that may reach a terminal.
//!
//! Customers, AIs, tools, names, files and errors that carry such can hold escape sequences, bidi overrides, invisible
//! and tag characters, or piles of combining marks. [`SafeText`] has a private field and no way in but the class table
//! in `text/class.rs`, so whoever holds one may show it. The original is kept as received elsewhere; this is a view of it.
//! Deliberately not here: wrapping, colour and links; normalising (the channel's edge does it).

mod class;
mod clean;
mod confusable;
#[cfg(test)]
mod exhaustive;
mod measure;
#[cfg(test)]
mod tests;

use clean::{Cleaned, Target};
use std::{borrow::Cow, fmt};

pub use measure::graphemes_with_width;

/// Whether a character takes no room and shows nothing, or steers the direction of others.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    use class::Class as K;
    matches!(class::class(c), K::Invisible | K::Joiner | K::Direction(_) | K::Bidi(_) | K::Tag | K::Variation)
}

/// The most bytes of a message; what is beyond is cut with `…` and counted.
pub const MESSAGE_BYTES: usize = 64 * 1024;
/// The most cells of a line; what is beyond is cut with `…`, which is not counted: it shows.
pub const LINE_CELLS: usize = 256;

/// Text that may be shown on a terminal: no control but the line break, no bidi control, nothing invisible.
///
/// Letters that run from right to left are kept; only the controls go. Every cluster but the line break is at least
/// one cell wide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SafeText {
    text: Cow<'static, str>,
    removed: u16,
    hidden: Option<Box<str>>,
}

impl SafeText {
    /// A message: line breaks are kept, a tab is four spaces, other controls are shown as pictures (`␛`), bidi controls
    /// as markers (`⟨RLO⟩`), what is invisible goes. At most [`MESSAGE_BYTES`].
    ///
    /// `message(message(x))` is the same text as `message(x)`.
    #[must_use]
    pub fn message(raw: &str) -> Self {
        if raw.len() <= MESSAGE_BYTES && class::is_plain(raw, class::Breaks::Kept) {
            return Self::plain(raw.to_owned());
        }
        Self::cleaned(clean::clean(raw, Target::Message))
    }

    /// One line, as for names, titles and rows: a break becomes a space, controls and markers go. At most
    /// [`LINE_CELLS`].
    #[must_use]
    pub fn line(raw: &str) -> Self {
        Self::line_within(raw, LINE_CELLS)
    }

    /// One line of at most `cells` cells; if it is longer, it is cut between clusters and ends in `…`.
    #[must_use]
    pub fn line_within(raw: &str, cells: usize) -> Self {
        let cells = cells.min(LINE_CELLS);
        let whole = if raw.len() <= 4 * MESSAGE_BYTES && class::is_plain(raw, class::Breaks::Refused) {
            Self::plain(raw.to_owned())
        } else {
            Self::cleaned(clean::clean(raw, Target::Line))
        };
        whole.cut(cells)
    }

    /// Evidence, as in approvals: every odd code point is visible, a break too (`␊` and then the break). Never cut.
    ///
    /// So are letters that pose as Latin ones, as a Cyrillic `а` in a Latin word.
    ///
    /// Markers cannot be forged: a `⟨` or a control picture in the text itself is shown by its code.
    #[must_use]
    pub fn evidence(raw: &str) -> Self {
        Self::cleaned(clean::clean(raw, Target::Evidence))
    }

    /// Our own words that were put together at run time. Cleaned like a message, so a careless `format!` opens no door.
    #[must_use]
    pub fn own(words: impl AsRef<str>) -> Self {
        Self::message(words.as_ref())
    }

    /// Our own words from the source. Cleaned too; costs one scan and no allocation where they are clean, as they are.
    #[must_use]
    pub fn from_own(words: &'static str) -> Self {
        if class::is_plain(words, class::Breaks::Kept) {
            Self { text: Cow::Borrowed(words), removed: 0, hidden: None }
        } else {
            Self::message(words)
        }
    }

    /// A constant of our own, checked where it is made: empty if a character of it could join, combine, hide or steer.
    #[must_use]
    pub const fn literal(words: &'static str) -> Self {
        let words = if class::is_plain_constant(words) { words } else { "" };
        Self { text: Cow::Borrowed(words), removed: 0, hidden: None }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many cells its widest line takes: the sum over its grapheme clusters.
    #[must_use]
    pub fn width(&self) -> usize {
        self.text.split('\n').map(measure::width).max().unwrap_or(0)
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// How many characters were removed or replaced: the badge. Stops at 65,535.
    #[must_use]
    pub fn removed(&self) -> u16 {
        self.removed
    }

    /// What tag characters spelled, invisible to people and read by models.
    #[must_use]
    pub fn hidden(&self) -> Option<&str> {
        self.hidden.as_deref()
    }

    /// Its lines, each safe in itself. The badge stays with the whole.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.split('\n')
    }

    /// Adds `more` at the end, its badge and hidden text too.
    pub fn push(&mut self, more: &Self) {
        if !more.text.is_empty() {
            self.text.to_mut().push_str(&more.text);
        }
        self.removed = self.removed.saturating_add(more.removed);
        if let Some(more) = &more.hidden {
            self.hidden = Some(match self.hidden.take() {
                Some(so_far) => format!("{so_far} {more}").into(),
                None => more.clone(),
            });
        }
    }

    /// The parts with `between` between them.
    #[must_use]
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a Self>, between: &Self) -> Self {
        let mut whole = Self::default();
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                whole.push(between);
            }
            whole.push(part);
        }
        whole
    }

    /// The same within `cells` cells: cut between clusters, with `…` at the end. Lines after the first go.
    #[must_use]
    pub fn within(&self, cells: usize) -> Self {
        let mut line = self.clone();
        if let Some(at) = line.text.find('\n') {
            line.text = Cow::Owned(format!("{}…", line.text.get(..at).unwrap_or_default()));
        }
        line.cut(cells)
    }

    fn plain(text: String) -> Self {
        Self { text: Cow::Owned(text), removed: 0, hidden: None }
    }

    fn cleaned(cleaned: Cleaned) -> Self {
        let hidden = (!cleaned.hidden.is_empty()).then(|| cleaned.hidden.into_boxed_str());
        Self { text: Cow::Owned(cleaned.text), removed: cleaned.removed, hidden }
    }

    fn cut(mut self, cells: usize) -> Self {
        // A cell takes at least a byte, so a text this short needs no measuring.
        if self.text.len() > cells
            && let Some(at) = measure::cut_at(&self.text, cells)
        {
            let mut short = self.text.get(..at).unwrap_or_default().to_owned();
            clean::end_with_ellipsis(&mut short, cells > 0);
            self.text = Cow::Owned(short);
        }
        self
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl AsRef<str> for SafeText {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// Text for an AI: without tag characters, bidi controls, zero width, private code points and controls other than
/// line break and tab. Joiners stay where a script or an emoji needs them.
#[must_use]
pub fn for_model(raw: &str) -> String {
    if class::is_plain(raw, class::Breaks::Kept) {
        return raw.to_owned();
    }
    clean::clean(raw, Target::Model).text
}
