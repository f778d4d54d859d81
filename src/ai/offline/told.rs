//! The one sentence of an earlier answer that a question is about.
//!
//! Whoever is told three sentences and asks about one of them gets that one again, alone, rather than something else that
//! was not said yet. Only what was really told, in a passage at hand, and only where it meets most of what is asked.
//! Deliberately not here: saying a whole answer again; that is for a person.

use super::{asked::Asked, candidate::Candidate};
use crate::ai::measure::Measure;

/// So much of the question must be met, and so many of its terms by the sentence itself.
const MET: (f64, usize) = (0.5, 2);
/// Answers looked at, from the end.
const LAST: usize = 3;

/// The passage, the place of the sentence in it, and the share of the question that it meets.
pub(super) struct Told<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) at: usize,
    pub(super) share: f64,
}

/// The sentence that was told and is asked for. `question`: what the message asks with what it goes on from, if it only
/// asks; `measure`: what it must say.
pub(super) fn told<'a>(
    candidates: &'a [Candidate],
    question: &Asked,
    measure: Option<Measure>,
    answered: &[String],
) -> Option<Told<'a>> {
    let last = answered.len().saturating_sub(LAST);
    let was_told = |sentence: &str| {
        // As a part of more: what was told alone was told for this.
        answered.iter().skip(last).any(|answer| answer.contains(sentence) && answer.len() > 2 * sentence.len())
            && !answered.iter().any(|answer| answer.starts_with(sentence))
    };
    let mut best: Option<Told<'a>> = None;
    for candidate in candidates {
        for (at, (sentence, terms)) in candidate.sentences.iter().enumerate() {
            let says = measure.is_none_or(|measure| measure.is_said_in(sentence));
            if !says || !was_told(sentence) || question.met_by(terms) < MET.1 {
                continue;
            }
            let share = question.share_met(terms);
            if share >= MET.0 && best.as_ref().is_none_or(|best| share > best.share) {
                best = Some(Told { candidate, at, share });
            }
        }
    }
    best
}
