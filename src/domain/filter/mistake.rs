//! What is wrong in a filter, where, and what was probably meant.

use crate::domain::text::SafeText;
use std::{fmt, ops::Range};

/// A filter that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mistake {
    /// Which bytes of what was said.
    pub at: Range<usize>,
    /// What is wrong and what to do, without a full stop.
    pub why: String,
    /// What was probably meant.
    pub near: Option<String>,
}

impl Mistake {
    /// Two lines: what was said, made safe, and carets below the wrong part.
    #[must_use]
    pub fn pointer(&self, said: &str) -> String {
        let before = SafeText::line(said.get(..self.at.start).unwrap_or(said)).width();
        let wrong = SafeText::line(said.get(self.at.clone()).unwrap_or_default()).width().max(1);
        format!("{}\n{}{}", SafeText::line(said), " ".repeat(before), "^".repeat(wrong))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", SafeText::line(&self.why))?;
        if let Some(near) = &self.near {
            write!(f, ": did you mean `{}`?", SafeText::line(near))?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistake {}

/// The word of `known` that `said` was probably meant to be: a beginning of it, or at most two edits away.
pub(super) fn nearest<'a>(said: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let said: Vec<char> = said.chars().take(24).collect();
    let most = if said.len() < 4 { 1 } else { 2 };
    known
        .into_iter()
        .map(|word| (distance(&said, word), word))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be put in, left out, changed or swapped with their neighbour.
fn distance(said: &[char], word: &str) -> usize {
    let word: Vec<char> = word.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    for (row, a) in said.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, b) in word.iter().enumerate() {
            let cost = usize::from(a != b);
            let mut best = (last[column] + cost).min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && said[row - 1] == *b && word[column - 1] == *a {
                best = best.min(before[column - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(said.len())
}
