//! Choosing sentences, and saying how well they stand.

use super::{small::small_talk, whisper::Reading};
use crate::{
    ai::{
        knowledge::Knowledge,
        model::{Composed, Prompt},
        phrases::{Phrase, phrase},
        retrieval::Passage,
        sentences::sentences,
        words::terms,
    },
    domain::{
        brief::Brief,
        turn::{Grounding, Source, Step},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Below this share of the question covered, it does not know. Lower than the desk's usual threshold for sending (0.35):
/// what lies between is offered as a draft to a person.
pub(super) const KNOWN: f64 = 0.22;
/// What a term that no section holds weighs, as a share of the rarest known term: names and slips of the pen are no question.
const UNKNOWN_TERM: f64 = 0.35;
/// One lone term that is met makes an answer only of a question of so few terms, or if it has a digit, as error codes have.
const FEW_TERMS: usize = 3;
/// What a term counts that only the heading, or only title and tags, hold.
const IN_HEADING: f64 = 0.8;
const IN_TITLE: f64 = 0.5;
/// A second passage joins if it covers so much of the question that the first does not.
const SECOND: f64 = 0.22;
/// Sentences quoted at most, and from one passage.
const QUOTED: usize = 3;
/// The document by which lines of the brief are cited.
const BRIEF: &str = "brief";
/// Passages looked at.
const LOOKED_AT: usize = 12;

/// A passage with its terms.
struct Candidate {
    passage: Passage,
    heading: BTreeSet<String>,
    title: BTreeSet<String>,
    sentences: Vec<(String, BTreeSet<String>)>,
}

impl Candidate {
    fn of(passage: Passage, avoid: &BTreeSet<String>) -> Self {
        let set = |text: &str| terms(text).into_iter().collect::<BTreeSet<String>>();
        let sentences = passage.sentences.iter().map(|sentence| (sentence.clone(), set(sentence)));
        let sentences = sentences.filter(|(_, terms)| terms.is_disjoint(avoid)).collect();
        let title = set(&format!("{} , {}", passage.title, passage.tags.join(" , ")));
        Self { heading: set(&passage.heading), title, sentences, passage }
    }

    /// How much of the question a choice of its sentences covers, by term.
    fn cover(&self, chosen: &[usize], question: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
        let held = |term: &String| {
            chosen.iter().filter_map(|at| self.sentences.get(*at)).any(|(_, terms)| terms.contains(term))
        };
        let share = |term: &String| {
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
        question.keys().map(|term| (term.clone(), share(term))).filter(|(_, share)| *share > 0.0).collect()
    }
}

/// Composes an answer to the prompt.
pub(super) fn compose(prompt: &Prompt, knowledge: &Knowledge) -> Composed {
    let said = prompt.said.join("\n");
    let readings: Vec<Reading> = prompt.whispers.iter().map(|whisper| Reading::of(whisper)).collect();
    let says: Vec<&str> = readings.iter().filter_map(|reading| reading.say.as_deref()).collect();
    if let Some(talk) = small_talk(&prompt.said, prompt.settled).filter(|_| says.is_empty()) {
        let text = phrase(talk, prompt.locale, &said).to_owned();
        let mut steps = vec![step("compose", format!("small talk: {talk:?}"))];
        steps.extend(prompt.whispers.iter().map(|_| step("whisper", "nothing to change in small talk".to_owned())));
        let settled = talk == Phrase::Settled;
        return Composed { text, grounding: Grounding(1000), known: true, settled, steps, ..Composed::default() };
    }
    let avoid: BTreeSet<String> = readings.iter().flat_map(|reading| reading.avoid.iter().cloned()).collect();
    let question = weigh(&said, knowledge);
    let mut sought = question.clone();
    for term in readings.iter().flat_map(|reading| &reading.seek) {
        sought.entry(term.clone()).or_insert_with(|| knowledge.weight(term).max(1.0));
    }
    let candidates: Vec<Candidate> = briefed(prompt.brief.as_ref())
        .into_iter()
        .chain(
            prompt
                .passages
                .iter()
                .filter(|p| p.locale.is_none_or(|locale| locale == prompt.locale))
                .take(LOOKED_AT)
                .cloned(),
        )
        .map(|passage| Candidate::of(passage, &avoid))
        .collect();
    let quotes = choose(&candidates, &sought);
    let mut steps = vec![step("retrieve", found(&prompt.passages))];

    let mut covered: BTreeMap<String, f64> = BTreeMap::new();
    for (candidate, chosen) in &quotes {
        merge(&mut covered, candidate.cover(chosen, &question));
    }
    let coverage = share(&covered, &question);
    let met = covered.len() >= 2
        || question.len() <= FEW_TERMS
        || covered.keys().any(|term| term.chars().any(|c| c.is_ascii_digit()));
    let quotable = coverage >= KNOWN && met && !quotes.is_empty();
    let known = !says.is_empty() || quotable;
    let mut sources = Vec::new();
    let mut claims = Vec::new();
    let mut parts = Vec::new();
    let mut cite = |document: &str, heading: &str, quoted: &[&str], parts: &mut Vec<String>| {
        let number = u8::try_from(sources.len() + 1).unwrap_or(u8::MAX);
        parts.push(format!("{} [{number}]", quoted.join(" ")));
        claims.extend(quoted.iter().map(|sentence| (*sentence).to_owned()));
        sources.push(Source {
            number,
            document: document.to_owned(),
            heading: heading.to_owned(),
            passage: quoted.join(" "),
        });
    };
    for line in &says {
        cite("whisper", "said by the team", &[line], &mut parts);
    }
    if quotable {
        for (candidate, chosen) in &quotes {
            let quoted: Vec<&str> = chosen
                .iter()
                .filter_map(|at| candidate.sentences.get(*at))
                .map(|(sentence, _)| sentence.as_str())
                .collect();
            cite(&candidate.passage.document, &candidate.passage.heading, &quoted, &mut parts);
        }
    }
    // Every claim here has a source, so that share is one; a line of the team's own stands by itself.
    let coverage = if quotable { coverage } else { 0.0 };
    let grounding = if says.is_empty() { coverage } else { coverage.max(0.5) };
    steps.push(step(
        "compose",
        format!("{} sentences from {} sources, {:.0} % of the question", claims.len(), sources.len(), coverage * 100.0),
    ));
    steps.extend(readings.iter().map(|reading| step("whisper", applied(reading, prompt, &quotes))));
    if !known {
        return Composed {
            text: phrase(Phrase::Unknown, prompt.locale, &said).to_owned(),
            steps,
            ..Composed::default()
        };
    }
    let opening = prompt.answered.is_empty().then(|| phrase(Phrase::Opening, prompt.locale, &said).to_owned());
    let text = opening.into_iter().chain(parts).collect::<Vec<_>>().join(" ");
    let grounding = Grounding::from_share(grounding);
    Composed { text, sources, grounding, known, claims, steps, ..Composed::default() }
}

/// The terms of the question with what each tells.
fn weigh(said: &str, knowledge: &Knowledge) -> BTreeMap<String, f64> {
    let mut weights: BTreeMap<String, f64> =
        terms(said).into_iter().map(|term| (term.clone(), knowledge.weight(&term))).collect();
    let most = weights.values().copied().fold(0.0, f64::max);
    let unknown = if most > 0.0 { most * UNKNOWN_TERM } else { 1.0 };
    weights.values_mut().filter(|weight| **weight <= 0.0).for_each(|weight| *weight = unknown);
    weights
}

/// The share of the question's weight that is covered, 0 to 1.
fn share(covered: &BTreeMap<String, f64>, question: &BTreeMap<String, f64>) -> f64 {
    let all: f64 = question.values().sum();
    let got: f64 = question.iter().map(|(term, weight)| weight * covered.get(term).copied().unwrap_or(0.0)).sum();
    if all > 0.0 { got / all } else { 0.0 }
}

fn merge(covered: &mut BTreeMap<String, f64>, more: BTreeMap<String, f64>) {
    for (term, share) in more {
        let had = covered.entry(term).or_insert(0.0);
        *had = had.max(share);
    }
}

/// The lines of a brief, as passages. Its return conditions are not for the customer.
fn briefed(brief: Option<&Brief>) -> Vec<Passage> {
    let parts = brief.map(Brief::parts).into_iter().flatten().filter(|(title, _)| *title != "back when");
    parts
        .map(|(title, text)| Passage {
            document: BRIEF.to_owned(),
            title: String::new(),
            tags: Vec::new(),
            heading: title.to_owned(),
            locale: None,
            sentences: sentences(text),
            score: 0.0,
        })
        .filter(|passage| !passage.sentences.is_empty())
        .collect()
}

/// One or two passages with the sentences to quote, in order.
fn choose<'a>(candidates: &'a [Candidate], question: &BTreeMap<String, f64>) -> Vec<(&'a Candidate, Vec<usize>)> {
    let best_score = candidates.iter().map(|candidate| candidate.passage.score).fold(0.0, f64::max);
    let all = |candidate: &Candidate| (0..candidate.sentences.len()).collect::<Vec<_>>();
    // Retrieval ranks within the language and topic; coverage tells how much of the question is met.
    let worth = |candidate: &Candidate, covered: &BTreeMap<String, f64>| {
        let mut with = covered.clone();
        merge(&mut with, candidate.cover(&all(candidate), question));
        let gain = share(&with, question) - share(covered, question);
        let rank = if best_score > 0.0 { candidate.passage.score / best_score } else { 0.0 };
        (gain, gain + rank * 0.5)
    };
    let usable = || candidates.iter().filter(|candidate| !candidate.sentences.is_empty());
    let mut covered = BTreeMap::new();
    // What the team wrote for this very talk comes before what the files say, if it meets the question at all.
    let own = usable()
        .filter(|candidate| candidate.passage.document == BRIEF && worth(candidate, &covered).0 >= KNOWN)
        .max_by(|a, b| worth(a, &covered).0.total_cmp(&worth(b, &covered).0));
    let best = || usable().max_by(|a, b| worth(a, &covered).1.total_cmp(&worth(b, &covered).1));
    let Some(first) = own.or_else(best) else { return Vec::new() };
    if worth(first, &covered).0 <= 0.0 {
        return Vec::new();
    }
    merge(&mut covered, first.cover(&all(first), question));
    let second = usable()
        .filter(|other| !std::ptr::eq(*other, first))
        .max_by(|a, b| worth(a, &covered).0.total_cmp(&worth(b, &covered).0))
        .filter(|other| worth(other, &covered).0 >= SECOND);
    match second {
        Some(second) => vec![(first, pick(first, question, QUOTED - 1)), (second, pick(second, question, 1))],
        None => vec![(first, pick(first, question, QUOTED))],
    }
}

/// The run of sentences, `most` at most, that meets the question best; earlier and longer runs win where nothing tells.
fn pick(candidate: &Candidate, question: &BTreeMap<String, f64>, most: usize) -> Vec<usize> {
    let count = candidate.sentences.len();
    let length = most.min(count);
    let runs = (0..=count - length).map(|from| (from..from + length).collect::<Vec<_>>());
    let worth = |run: &[usize]| -> f64 {
        let held = |term: &String| {
            run.iter().filter_map(|at| candidate.sentences.get(*at)).filter(|(_, terms)| terms.contains(term)).count()
        };
        question.iter().map(|(term, weight)| if held(term) > 0 { *weight } else { 0.0 }).sum()
    };
    let mut best = (f64::MIN, Vec::new());
    for run in runs {
        let value = worth(&run);
        if value > best.0 {
            best = (value, run);
        }
    }
    best.1
}

fn step(name: &str, detail: String) -> Step {
    Step { name: name.to_owned(), detail, ms: 0 }
}

fn found(passages: &[Passage]) -> String {
    match passages.first() {
        Some(best) => format!("{} passages, first {} § {}", passages.len(), best.document, best.heading),
        None => "nothing found".to_owned(),
    }
}

/// How a whisper was applied.
fn applied(reading: &Reading, prompt: &Prompt, quotes: &[(&Candidate, Vec<usize>)]) -> String {
    if reading.say.is_some() {
        return "said word for word".to_owned();
    }
    let mut did = Vec::new();
    let all = || prompt.passages.iter().flat_map(|passage| &passage.sentences);
    let avoided = all().filter(|sentence| terms(sentence).iter().any(|term| reading.avoid.contains(term))).count();
    if avoided > 0 {
        did.push(format!("left out {avoided} sentences"));
    }
    let quoted = |term: &String| {
        quotes.iter().any(|(candidate, chosen)| {
            candidate.heading.contains(term)
                || chosen.iter().filter_map(|at| candidate.sentences.get(*at)).any(|(_, terms)| terms.contains(term))
        })
    };
    let met: Vec<&str> = reading.seek.iter().filter(|term| quoted(term)).map(String::as_str).collect();
    if !met.is_empty() {
        did.push(format!("looked for and quoted: {}", met.join(", ")));
    }
    if did.is_empty() { "found nothing to change".to_owned() } else { did.join("; ") }
}
