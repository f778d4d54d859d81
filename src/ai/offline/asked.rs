//! What is asked: the terms of a message, with what each tells.
//!
//! A term weighs the more the rarer it is in the knowledge; one that no section holds weighs little, and what stands only
//! beside a question less than the question. Pure. Deliberately not here: what answers it.

use crate::ai::{
    asking::asking_part,
    knowledge::Knowledge,
    measure::Measure,
    words::{Language, is_han, terms},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a term that no section holds weighs, as a share of the rarest known term: names and slips of the pen are no question.
const UNKNOWN_TERM: f64 = 0.35;
/// The same for a pair of Han characters: most that no section holds are the seam of two words.
const UNKNOWN_PAIR: f64 = 0.12;
/// What the matter before counts in a message that goes on from it, beside the message's own words.
const BEFORE: f64 = 0.6;
/// Terms of the matter before that count, the most telling first.
const BEFORE_TERMS: usize = 6;
/// What a term counts that stands only beside a question, in what it is about.
const BESIDE: f64 = 0.4;
/// The question must be so much of what is said, that what stands beside it counts less.
const ASKS_ENOUGH: f64 = 0.25;
/// How much more a term with a digit tells, as an error code: it names its matter.
const CODE: f64 = 1.5;

/// What is asked: terms with what each tells, and what articles say for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) weights: BTreeMap<String, f64>,
    others: BTreeMap<String, Vec<Vec<String>>>,
    /// What is to be measured.
    pub(super) measure: Option<Measure>,
}

impl Asked {
    pub(super) fn others(&self, term: &str) -> impl Iterator<Item = &Vec<String>> {
        self.others.get(term).into_iter().flatten()
    }

    /// How many of its terms are among these, or what articles say for them.
    pub(super) fn met_by(&self, held: &BTreeSet<String>) -> usize {
        let met = |term: &&String| {
            held.contains(*term) || self.others(term).any(|other| other.iter().all(|term| held.contains(term)))
        };
        self.weights.keys().filter(met).count()
    }

    /// The share of its weight that these terms hold.
    pub(super) fn share_met(&self, held: &BTreeSet<String>) -> f64 {
        let (mut all, mut met) = (0.0, 0.0);
        for (term, weight) in &self.weights {
            let other = || self.others(term).any(|other| other.iter().all(|term| held.contains(term)));
            all += weight;
            met += if held.contains(term) || other() { *weight } else { 0.0 };
        }
        if all > 0.0 { met / all } else { 0.0 }
    }

    /// How alike it and a heading are: the weight of what both have in that of what either has.
    pub(super) fn likeness(&self, heading: &BTreeSet<String>, knowledge: &Knowledge) -> f64 {
        let mut meant: BTreeSet<&String> = BTreeSet::new();
        let (mut both, mut either) = (0.0, 0.0);
        for (term, weight) in &self.weights {
            either += weight;
            let other = self.others(term).find(|other| other.iter().all(|term| heading.contains(term)));
            if heading.contains(term) {
                both += weight;
            } else if let Some(other) = other {
                meant.extend(other);
                both += weight;
            }
        }
        let only = heading.iter().filter(|term| !self.weights.contains_key(*term) && !meant.contains(term));
        either += only.map(|term| knowledge.weight(term)).sum::<f64>();
        if either > 0.0 { both / either } else { 0.0 }
    }

    /// The share of its weight that is covered, 0 to 1.
    pub(super) fn share(&self, covered: &BTreeMap<String, f64>) -> f64 {
        let all: f64 = self.weights.values().sum();
        let got: f64 =
            self.weights.iter().map(|(term, weight)| weight * covered.get(term).copied().unwrap_or(0.0)).sum();
        if all > 0.0 { got / all } else { 0.0 }
    }

    /// With the matter that it goes on from.
    pub(super) fn after(&self, before: &Self) -> Self {
        let mut both = self.clone();
        let mut telling: Vec<(&String, f64)> = before.weights.iter().map(|(term, weight)| (term, *weight)).collect();
        telling.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        for (term, weight) in telling.into_iter().take(BEFORE_TERMS) {
            both.weights.entry(term.clone()).or_insert(weight * BEFORE);
        }
        for (term, others) in &before.others {
            both.others.entry(term.clone()).or_insert_with(|| others.clone());
        }
        both
    }
}

/// The terms of a text with what each tells, and what articles say for them.
pub(super) fn weigh(said: &str, locale: Language, knowledge: &Knowledge) -> Asked {
    let all: BTreeSet<String> = terms(said).into_iter().collect();
    let mut asked = weigh_terms(&all, locale, knowledge);
    let weights = &mut asked.weights;
    if let Some(part) = asking_part(said) {
        let asking: BTreeSet<String> = terms(&part).into_iter().collect();
        let told = |term: &str| !asking.contains(term);
        let (all, told_only): (f64, f64) = weights.iter().fold((0.0, 0.0), |(all, only), (term, weight)| {
            (all + weight, only + if told(term) { *weight } else { 0.0 })
        });
        // "WHERE IS MY ORDER" beside a whole story asks too little by itself: then all that is told counts.
        if (all - told_only) >= all * ASKS_ENOUGH {
            weights.iter_mut().filter(|(term, _)| told(term)).for_each(|(_, weight)| *weight *= BESIDE);
        }
    }
    asked.measure = Measure::asked_in(said);
    asked
}

/// Terms with what each tells, and what articles say for them; none of them counts more than another for where it stands.
pub(super) fn weigh_terms(all: &BTreeSet<String>, locale: Language, knowledge: &Knowledge) -> Asked {
    let mut others: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for synonym in knowledge.synonyms().iter().filter(|synonym| synonym.is_said(locale, all)) {
        for term in &synonym.said {
            others.entry(term.clone()).or_default().extend(synonym.meant.iter().cloned());
        }
    }
    let known = |term: &String| {
        let other = others.get(term).into_iter().flatten().flatten().map(|term| knowledge.weight(term));
        let weight = other.fold(knowledge.weight(term), f64::max);
        if term.chars().any(|c| c.is_ascii_digit()) && term.chars().any(char::is_alphabetic) {
            weight * CODE
        } else {
            weight
        }
    };
    let mut weights: BTreeMap<String, f64> = all.iter().map(|term| (term.clone(), known(term))).collect();
    let most = weights.values().copied().fold(0.0, f64::max);
    for (term, weight) in weights.iter_mut().filter(|(_, weight)| **weight <= 0.0) {
        let share = if term.chars().all(is_han) { UNKNOWN_PAIR } else { UNKNOWN_TERM };
        *weight = if most > 0.0 { most * share } else { 1.0 };
    }
    Asked { weights, others, measure: None }
}
