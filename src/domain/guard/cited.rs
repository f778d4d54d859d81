//! Which of the sources that an AI names are the desk's.
//!
//! A document of the knowledge must say what is cited, word for word, sentence by sentence. Whatever else is cited (a brief,
//! a whisper, a task, what a tool found, guidance) must have been said so in this talk, by a person or a tool, or stand in the
//! team's guidance. A desk that has no knowledge of its own cannot tell, and believes what its AIs say of theirs.
//! Deliberately not here: whether the answer says what its sources do (see the other rules, and `ai::grounding`).

use super::Heed;
use crate::domain::{
    guidance::Guidance,
    shelf::{Sentences, Shelf},
    turn::Source,
};

/// What the desk lets be cited.
#[derive(Clone, Copy, Debug, Default)]
pub struct Approved<'a> {
    /// Its knowledge; none: the server was given none.
    pub shelf: Option<&'a Shelf>,
    /// Its guidance.
    pub guidance: &'a [Guidance],
}

impl Approved<'_> {
    /// Whether the source that is named says this.
    pub(super) fn says(&self, heed: &Heed, source: &Source, text: &str) -> bool {
        let Some(shelf) = self.shelf else { return true };
        if shelf.has(&source.document) {
            return shelf.says(&source.document, text);
        }
        heed.was_told(text) || self.guides(text)
    }

    /// Whether published guidance says this.
    fn guides(&self, text: &str) -> bool {
        self.guidance.iter().filter_map(|piece| piece.published.as_ref()).any(|version| {
            let mut sentences = Sentences::default();
            sentences.add(&version.instruction.then);
            sentences.make(text)
        })
    }
}
