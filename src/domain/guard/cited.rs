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
use std::cell::OnceCell;

/// The sentences of guidance, cut when the first source asks for them: once for one answer.
pub(super) type Guides = OnceCell<Vec<Sentences>>;

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
    pub(super) fn says(&self, heed: &Heed, source: &Source, text: &str, guides: &Guides) -> bool {
        let Some(shelf) = self.shelf else { return true };
        if shelf.has(&source.document) {
            return shelf.says(&source.document, text);
        }
        heed.was_told(text) || guides.get_or_init(|| self.guides()).iter().any(|piece| piece.make(text))
    }

    /// The sentences of each published piece of guidance.
    fn guides(&self) -> Vec<Sentences> {
        let published = self.guidance.iter().filter_map(|piece| piece.published.as_ref());
        let cut = published.map(|version| {
            let mut sentences = Sentences::default();
            sentences.add(&version.instruction.then);
            sentences
        });
        cut.collect()
    }
}
