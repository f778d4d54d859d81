//! What the offline model makes of the team's guidance: lines to say, articles to prefer, words to avoid or to look for.
//!
//! It tells of each piece in a step how it followed it, or that it cannot; what it could not follow is not named as used.
//! Deliberately not here: which pieces apply, and asking a person (the turn does that for every model).

use super::{candidate::Candidate, compose::step};
use crate::{
    ai::{
        guidance::{Reading, Standing},
        model::Prompt,
        words::terms,
    },
    domain::{guidance::Named, turn::Step},
};
use std::collections::BTreeSet;

/// The document by which a line of guidance is cited.
pub(super) const GUIDANCE: &str = "guidance";

/// What is said of a piece that takes understanding.
const CANNOT: &str = "not followed; the offline AI quotes: it can say a line (say: …), prefer an article, leave words out or ask \
                      a person";

/// The guidance that applies, read.
pub(super) struct Guided<'a> {
    pieces: Vec<(&'a Standing, Reading)>,
}

/// A line to say, with the piece that asks for it.
pub(super) type Line<'a> = (&'a Standing, &'a str);

impl<'a> Guided<'a> {
    pub(super) fn of(prompt: &'a Prompt) -> Self {
        Self { pieces: prompt.guidance.iter().map(|piece| (piece, Reading::of(&piece.instruction))).collect() }
    }

    fn lines(&self, answered: &[String], particular: bool) -> Vec<Line<'_>> {
        let of_kind = |piece: &&(&Standing, Reading)| piece.0.instruction.when.trim().is_empty() != particular;
        let lines = self
            .pieces
            .iter()
            .filter(of_kind)
            .flat_map(|(piece, reading)| reading.say.iter().map(move |line| (*piece, line.as_str())));
        // Nobody is told the same twice.
        lines.filter(|(_, line)| !answered.iter().any(|answer| answer.contains(line))).collect()
    }

    /// What is said instead of anything else: lines for just such words. The most particular piece alone.
    pub(super) fn instead(&self, answered: &[String]) -> Vec<Line<'_>> {
        let mut lines = self.lines(answered, true);
        if let Some((first, _)) = lines.first().copied() {
            lines.retain(|(piece, _)| std::ptr::eq(*piece, first));
        }
        lines
    }

    /// What is said beside an answer: lines that always hold.
    pub(super) fn besides(&self, answered: &[String]) -> Vec<Line<'_>> {
        self.lines(answered, false)
    }

    /// Terms whose sentences are left out.
    pub(super) fn avoid(&self) -> impl Iterator<Item = &String> {
        self.pieces.iter().flat_map(|(_, reading)| &reading.avoid)
    }

    /// Terms to look for beside the question.
    pub(super) fn seek(&self) -> impl Iterator<Item = &String> {
        self.pieces.iter().flat_map(|(_, reading)| &reading.seek)
    }

    /// Whether a document is to be quoted rather than others.
    pub(super) fn prefers(&self, document: &str) -> bool {
        self.pieces.iter().any(|(_, reading)| reading.prefers(document))
    }

    /// How each piece was followed, and those that were not.
    pub(super) fn told(
        &self,
        prompt: &Prompt,
        said: &[Line<'_>],
        quotes: &[(&Candidate, Vec<usize>)],
    ) -> (Vec<Step>, Vec<Named>) {
        let mut steps = Vec::new();
        let mut unfollowed = Vec::new();
        for (piece, reading) in &self.pieces {
            let did = did(piece, reading, prompt, said, quotes);
            let detail = if let Some(did) = did {
                format!("{}: {did}", piece.label())
            } else {
                unfollowed.extend(piece.named);
                format!("{}: {CANNOT}", piece.label())
            };
            steps.push(step("guidance", detail));
        }
        (steps, unfollowed)
    }

    /// None of the pieces was followed, and why.
    pub(super) fn idle(&self, why: &str) -> (Vec<Step>, Vec<Named>) {
        let steps = self.pieces.iter().map(|(piece, _)| step("guidance", format!("{}: {why}", piece.label())));
        (steps.collect(), self.pieces.iter().filter_map(|(piece, _)| piece.named).collect())
    }
}

/// What was done for a piece; none if nothing was.
fn did(
    piece: &Standing,
    reading: &Reading,
    prompt: &Prompt,
    said: &[Line<'_>],
    quotes: &[(&Candidate, Vec<usize>)],
) -> Option<String> {
    let mut did = Vec::new();
    if said.iter().any(|(by, _)| std::ptr::eq(*by, piece)) {
        did.push("said word for word".to_owned());
    }
    let preferred = quotes.iter().find(|(quote, _)| reading.prefers(&quote.passage.document));
    if let Some((quote, _)) = preferred {
        did.push(format!("quoted from {}", quote.passage.document));
    }
    let all = || prompt.passages.iter().flat_map(|passage| &passage.sentences);
    let holds = |sentence: &String| terms(sentence).iter().any(|term| reading.avoid.contains(term));
    if !reading.avoid.is_empty() {
        // What holds none of it follows it, too.
        did.push(format!("left out {} sentences", all().filter(|sentence| holds(sentence)).count()));
    }
    let quoted: BTreeSet<&String> = quotes
        .iter()
        .flat_map(|(candidate, chosen)| chosen.iter().filter_map(|at| candidate.sentences.get(*at)))
        .flat_map(|(_, terms)| terms)
        .collect();
    let met: Vec<&str> = reading.seek.iter().filter(|term| quoted.contains(term)).map(String::as_str).collect();
    if !met.is_empty() && did.is_empty() {
        did.push(format!("looked for and quoted: {}", met.join(", ")));
    }
    (!did.is_empty()).then(|| did.join("; "))
}
