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
        let why = SafeText::line(&self.why);
        let Some(near) = &self.near else { return write!(f, "{why}") };
        // A filter line has room for one row: what was meant comes before all else that could be.
        let near = SafeText::line(near);
        match why.as_str().split_once(": use ") {
            Some((what, all)) => write!(f, "{what}: did you mean `{near}`? Or use {all}"),
            None => write!(f, "{why}: did you mean `{near}`?"),
        }
    }
}

impl std::error::Error for Mistake {}
