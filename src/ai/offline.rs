//! The offline model: it quotes. No network, no file, no randomness: the same prompt gives the same answer.
//!
//! It chooses one to three sentences that cover the question's terms (each weighs what it tells, by the inverse share of
//! sections that hold it), from passages in the customer's language and from the lines of the brief, and numbers their
//! sources. It obeys no text: what customers or documents say is only ever compared and quoted. Where too little of the
//! question is covered, it says that it does not know.
//!
//! Deliberately not here: paraphrase, inference, promises.

mod asked;
mod candidate;
mod compose;
mod guided;
mod small;
mod told;
mod tools;
mod whisper;

use super::{
    errand,
    knowledge::Knowledge,
    model::{Composed, Model, ModelError, Piece, Prompt},
    words::Language,
};
use crate::client::wire::Later;
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::mpsc;

/// The words that a whisper asks to look for.
#[must_use]
pub(super) fn seek(whisper: &str) -> Vec<String> {
    whisper::Reading::of(whisper).seek
}

pub(super) use small::is_courtesy;
pub(super) use whisper::Reading as Whisper;

/// The share of some terms that what was said holds, each weighed by what it tells, and how many of them.
#[must_use]
pub(super) fn share_met(
    own: &BTreeSet<String>,
    said: &BTreeSet<String>,
    locale: Language,
    knowledge: &Knowledge,
) -> (f64, usize) {
    let asked = asked::weigh_terms(own, locale, knowledge);
    (asked.share_met(said), asked.met_by(said))
}

/// The model that quotes.
#[derive(Clone, Debug)]
pub struct Offline {
    knowledge: Arc<Knowledge>,
}

impl Offline {
    /// A model that weighs terms by how rare they are in `knowledge`.
    #[must_use]
    pub fn new(knowledge: Arc<Knowledge>) -> Self {
        Self { knowledge }
    }

    /// The whole answer at once. Pure.
    #[must_use]
    pub fn answer(&self, prompt: &Prompt) -> Composed {
        if let Some(made) = prompt.errand.as_ref().and_then(|errand| errand::without_model(prompt, errand)) {
            return made;
        }
        compose::compose(prompt, &self.knowledge)
    }
}

impl Model for Offline {
    fn name(&self) -> String {
        "offline quotes 1".to_owned()
    }

    fn compose(&self, prompt: Prompt, pieces: mpsc::Sender<Piece>) -> Later<'_, Result<Composed, ModelError>> {
        Box::pin(async move {
            let composed = self.answer(&prompt);
            if composed.known {
                for piece in pieces_of(&composed.text) {
                    if pieces.send(Piece::Text(piece.to_owned())).await.is_err() {
                        break;
                    }
                }
            }
            Ok(composed)
        })
    }
}

/// A text in pieces of a word or, where words are not parted, of four characters. Together they are the text.
fn pieces_of(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut from, mut length) = (0, 0);
    for (at, c) in text.char_indices() {
        length += 1;
        let end = at + c.len_utf8();
        if c.is_whitespace() || (length >= 4 && super::words::is_han(c)) {
            out.extend(text.get(from..end));
            (from, length) = (end, 0);
        }
    }
    out.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    out
}

#[cfg(test)]
mod tests;
