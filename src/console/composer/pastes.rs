//! Which parts of a text are long pastes: ranges that follow the text as it changes. They are shown as one short line
//! while they are folded; what is sent is always the whole. Deliberately not here: the text itself, drawing.

use std::ops::Range;

/// A paste of more lines than this is shown folded.
const LINES: usize = 10;
/// So is one of more characters than this.
const CHARACTERS: usize = 2_000;

/// Whether a pasted text is long.
pub(super) fn is_long(text: &str) -> bool {
    text.lines().count() > LINES || text.chars().nth(CHARACTERS).is_some()
}

/// Long pastes, in order, none over another; in bytes of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pastes(Vec<Range<usize>>);

impl Pastes {
    pub(super) fn all(&self) -> &[Range<usize>] {
        &self.0
    }

    /// The paste that this place is within, its ends left out.
    pub(super) fn around(&self, at: usize) -> Option<&Range<usize>> {
        self.0.iter().find(|one| one.start < at && at < one.end)
    }

    /// Adds one; within another it is part of that.
    pub(super) fn add(&mut self, new: Range<usize>) {
        if !self.0.iter().any(|one| one.start < new.end && new.start < one.end) {
            self.0.push(new);
            self.0.sort_by_key(|one| one.start);
        }
    }

    /// So many bytes were inserted here.
    pub(super) fn inserted(&mut self, at: usize, len: usize) {
        for one in &mut self.0 {
            if one.start >= at {
                one.start += len;
            }
            if one.end > at {
                one.end += len;
            }
        }
    }

    /// These bytes were removed.
    pub(super) fn removed(&mut self, gone: &Range<usize>) {
        let after = |at: usize| if at >= gone.end { at - gone.len() } else { at.min(gone.start) };
        for one in &mut self.0 {
            *one = after(one.start)..after(one.end);
        }
        self.0.retain(|one| !one.is_empty());
    }

    /// Forgets those whose ends do not stand between two characters any more: they are shown whole from now on.
    pub(super) fn retain_whole(&mut self, is_edge: impl Fn(usize) -> bool) {
        self.0.retain(|one| is_edge(one.start) && is_edge(one.end));
    }

    /// The range with every paste that it touches.
    pub(super) fn widened(&self, range: Range<usize>) -> Range<usize> {
        self.0
            .iter()
            .filter(|one| one.start < range.end && range.start < one.end)
            .fold(range.clone(), |wide, one| wide.start.min(one.start)..wide.end.max(one.end))
    }
}
