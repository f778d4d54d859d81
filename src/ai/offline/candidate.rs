//! A passage that may answer: its terms, and how much of a question it covers.
//!
//! A term counts wholly where a sentence holds it, less where only heading or title do, and less where the words met by
//! chance: in a passage about something else, or from another topic. Pure. Deliberately not here: choosing among passages.

use super::{asked::Asked, guided::Guided};
use crate::{
    ai::{
        knowledge::Knowledge, measure::Measure, model::Prompt, retrieval::Passage, sentences::sentences, words::terms,
    },
    domain::brief::Brief,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a term counts that only the heading, or only title and tags, hold.
const IN_HEADING: f64 = 0.8;
const IN_TITLE: f64 = 0.5;
/// What a passage counts whose title, tags and heading hold nothing of the question: the words met by chance.
const ASIDE: f64 = 0.6;
/// What a passage counts that is from another topic than the talk: the words met by chance, unless nearly all of them do.
const ASTRAY: f64 = 0.6;
/// What a term counts where an article says another word for it.
const OTHER_WORD: f64 = 0.9;
/// The document by which lines of the brief are cited.
pub(super) const BRIEF: &str = "brief";

/// A passage with its terms.
pub(super) struct Candidate {
    pub(super) passage: Passage,
    pub(super) heading: BTreeSet<String>,
    title: BTreeSet<String>,
    pub(super) sentences: Vec<(String, BTreeSet<String>)>,
    /// Whether it is from another topic than the talk.
    pub(super) is_astray: bool,
    /// How far its heading asks what is asked, and nothing else, 0 to 1.
    pub(super) aim: f64,
    /// Whether all of it was told before.
    pub(super) is_told: bool,
    /// Whether guidance says to quote it rather than others.
    pub(super) is_preferred: bool,
}

/// What passages are looked at for.
pub(super) struct Search<'a> {
    pub(super) prompt: &'a Prompt,
    pub(super) knowledge: &'a Knowledge,
    pub(super) asked: &'a Asked,
    pub(super) avoid: &'a BTreeSet<String>,
    pub(super) guided: &'a Guided<'a>,
}

impl Candidate {
    pub(super) fn of(passage: Passage, search: &Search<'_>) -> Self {
        let set = |text: &str| terms(text).into_iter().collect::<BTreeSet<String>>();
        let sentences = passage.sentences.iter().map(|sentence| (sentence.clone(), set(sentence)));
        let sentences = sentences.filter(|(_, terms)| terms.is_disjoint(search.avoid)).collect();
        let title = set(&format!("{} , {}", passage.title, passage.tags.join(" , ")));
        let heading = set(&passage.heading);
        let topic = search.prompt.topic.as_ref();
        let is_astray = topic.is_some() && passage.topic.is_some() && passage.topic.as_ref() != topic;
        let aim = search.asked.likeness(&heading, search.knowledge);
        let told = |(sentence, _): &(String, BTreeSet<String>)| {
            search.prompt.answered.iter().any(|answer| answer.contains(sentence.as_str()))
        };
        let sentences: Vec<(String, BTreeSet<String>)> = sentences;
        let is_told = sentences.iter().all(told);
        let is_preferred = search.guided.prefers(&passage.document);
        Self { passage, heading, title, sentences, is_astray, aim, is_told, is_preferred }
    }

    /// Without what was answered before: whoever goes on wants to hear more.
    pub(super) fn unsaid(mut self, answered: &[String]) -> Self {
        self.sentences.retain(|(sentence, _)| !answered.iter().any(|answer| answer.contains(sentence.as_str())));
        self
    }

    /// Whether one of its sentences says this measure.
    pub(super) fn says(&self, measure: Measure) -> bool {
        self.sentences.iter().any(|(sentence, _)| measure.is_said_in(sentence))
    }

    /// How much of the question a choice of its sentences covers, by term.
    pub(super) fn cover(&self, chosen: &[usize], question: &Asked) -> BTreeMap<String, f64> {
        let held = |term: &String| {
            chosen.iter().filter_map(|at| self.sentences.get(*at)).any(|(_, terms)| terms.contains(term))
        };
        let alone = |term: &String| {
            if held(term) {
                1.0
            } else if self.heading.contains(term) {
                IN_HEADING
            } else if self.title.contains(term) {
                IN_TITLE
            } else {
                0.0
            }
        };
        let share = |term: &String| {
            let others = question.others(term).map(|other| other.iter().map(alone).fold(1.0, f64::min) * OTHER_WORD);
            others.fold(alone(term), f64::max)
        };
        let aside = if self.is_about(question) { 1.0 } else { ASIDE } * if self.is_astray { ASTRAY } else { 1.0 };
        let covered = question.weights.keys().map(|term| (term.clone(), share(term) * aside));
        covered.filter(|(_, share)| *share > 0.0).collect()
    }

    /// Whether it has the term itself, in the chosen sentences or above them.
    pub(super) fn holds(&self, chosen: &[usize], term: &String) -> bool {
        self.names(term)
            || chosen.iter().filter_map(|at| self.sentences.get(*at)).any(|(_, terms)| terms.contains(term))
    }

    /// Whether title, tags or heading hold the term.
    pub(super) fn names(&self, term: &String) -> bool {
        self.heading.contains(term) || self.title.contains(term)
    }

    /// Whether title, tags or heading hold something of the question. Lines of the brief are about the talk itself.
    fn is_about(&self, question: &Asked) -> bool {
        let named = |term: &String| self.names(term);
        self.passage.document == BRIEF
            || question
                .weights
                .keys()
                .any(|term| named(term) || question.others(term).any(|other| other.iter().any(named)))
    }
}

/// The lines of a brief, as passages. Its return conditions are not for the customer.
pub(super) fn briefed(brief: Option<&Brief>) -> Vec<Passage> {
    let parts = brief.map(Brief::parts).into_iter().flatten().filter(|(title, _)| *title != "back when");
    parts
        .map(|(title, text)| Passage {
            document: BRIEF.to_owned(),
            title: String::new(),
            tags: Vec::new(),
            heading: title.to_owned(),
            locale: None,
            topic: None,
            sentences: sentences(text),
            score: 0.0,
        })
        .filter(|passage| !passage.sentences.is_empty())
        .collect()
}
