//! Choosing sentences, and saying how well they stand.

use super::{small::small_talk, whisper::Reading};
use crate::{
    ai::{
        follow,
        knowledge::Knowledge,
        model::{Composed, Prompt},
        phrases::{Phrase, phrase},
        retrieval::Passage,
        sentences::sentences,
        words::{Language, terms},
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
/// A second passage joins if it covers so much of the question that the first does not, and is about it.
const SECOND: f64 = 0.25;
/// What a passage counts whose title, tags and heading hold nothing of the question: the words met by chance.
const ASIDE: f64 = 0.6;
/// What a term counts where an article says another word for it.
const OTHER_WORD: f64 = 0.9;
/// What the matter before counts in a message that goes on from it, beside the message's own words.
const BEFORE: f64 = 0.6;
/// Terms of the matter before that count, the most telling first.
const BEFORE_TERMS: usize = 6;
/// How much more a term with a digit tells, as an error code: it names its matter.
const CODE: f64 = 1.5;
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
    fn cover(&self, chosen: &[usize], question: &Asked) -> BTreeMap<String, f64> {
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
        let aside = if self.is_about(question) { 1.0 } else { ASIDE };
        let covered = question.weights.keys().map(|term| (term.clone(), share(term) * aside));
        covered.filter(|(_, share)| *share > 0.0).collect()
    }

    /// Whether title, tags or heading hold something of the question. Lines of the brief are about the talk itself.
    fn is_about(&self, question: &Asked) -> bool {
        let named = |term: &String| self.heading.contains(term) || self.title.contains(term);
        self.passage.document == BRIEF
            || question
                .weights
                .keys()
                .any(|term| named(term) || question.others(term).any(|other| other.iter().any(named)))
    }
}

/// What is asked: terms with what each tells, and what articles say for them.
#[derive(Clone, Debug, Default)]
struct Asked {
    weights: BTreeMap<String, f64>,
    others: BTreeMap<String, Vec<Vec<String>>>,
}

impl Asked {
    fn others(&self, term: &str) -> impl Iterator<Item = &Vec<String>> {
        self.others.get(term).into_iter().flatten()
    }

    /// The share of its weight that is covered, 0 to 1.
    fn share(&self, covered: &BTreeMap<String, f64>) -> f64 {
        let all: f64 = self.weights.values().sum();
        let got: f64 =
            self.weights.iter().map(|(term, weight)| weight * covered.get(term).copied().unwrap_or(0.0)).sum();
        if all > 0.0 { got / all } else { 0.0 }
    }

    /// With the matter that it goes on from.
    fn after(&self, before: &Self) -> Self {
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

/// Composes an answer to the prompt.
pub(super) fn compose(prompt: &Prompt, knowledge: &Knowledge) -> Composed {
    let said = prompt.said.join("\n");
    let readings: Vec<Reading> = prompt.whispers.iter().map(|whisper| Reading::of(whisper)).collect();
    let says: Vec<&str> = readings.iter().filter_map(|reading| reading.say.as_deref()).collect();
    if let Some(composed) = super::tools::with_tools(prompt).filter(|_| says.is_empty()) {
        return composed;
    }
    if let Some((talk, settled)) = small_talk(prompt, knowledge).filter(|_| says.is_empty()) {
        let text = phrase(talk, prompt.locale, &said).to_owned();
        let mut steps = vec![step("compose", format!("small talk: {talk:?}"))];
        steps.extend(prompt.whispers.iter().map(|_| step("whisper", "nothing to change in small talk".to_owned())));
        return Composed { text, grounding: Grounding(1000), known: true, settled, steps, ..Composed::default() };
    }
    let avoid: BTreeSet<String> = readings.iter().flat_map(|reading| reading.avoid.iter().cloned()).collect();
    let question = weigh(&said, prompt.locale, knowledge);
    // What the message goes on from is asked with it: an answer must stand on both.
    let context = follow::context(&prompt.said, &prompt.earlier);
    let goes_on = !context.is_empty();
    let before = weigh(&context.join("\n"), prompt.locale, knowledge);
    let whole = if goes_on { question.after(&before) } else { question.clone() };
    let mut sought = whole.clone();
    for term in readings.iter().flat_map(|reading| &reading.seek) {
        sought.weights.entry(term.clone()).or_insert_with(|| knowledge.weight(term).max(1.0));
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
        .map(|passage| Candidate::of(if goes_on { unsaid(passage, &prompt.answered) } else { passage }, &avoid))
        .collect();
    let mut quotes = choose(&candidates, &sought);
    if goes_on {
        // It asks about one matter: a second passage is about that, too.
        let about = quotes.first().map(|(first, _)| first.passage.document.clone());
        quotes.retain(|(candidate, _)| Some(&candidate.passage.document) == about.as_ref());
    }
    let mut steps = vec![step("retrieve", found(&prompt.passages))];

    let mut covered: BTreeMap<String, f64> = BTreeMap::new();
    for (candidate, chosen) in &quotes {
        merge(&mut covered, candidate.cover(chosen, &whole));
    }
    // Whoever goes on asks both: what is new, and of what it is. The answer stands on the lesser of the two, and on nothing
    // if it is about something else than what was spoken of.
    // One that only asks, as in "and how long?", has nothing of its own that must be met beside.
    let only_asks = goes_on && follow::own_terms(&said).is_empty();
    let own = if only_asks { 1.0 } else { question.share(&covered) };
    let of_before = if goes_on { (before.share(&covered) * 2.0).min(1.0) } else { 1.0 };
    let coverage = own.min(whole.share(&covered)).min(of_before);
    let met = covered.len() >= 2
        || whole.weights.len() <= FEW_TERMS
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

/// The terms of a text with what each tells, and what articles say for them.
fn weigh(said: &str, locale: Language, knowledge: &Knowledge) -> Asked {
    let all: BTreeSet<String> = terms(said).into_iter().collect();
    let mut others: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for synonym in knowledge.synonyms().iter().filter(|synonym| synonym.is_said(locale, &all)) {
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
    let unknown = if most > 0.0 { most * UNKNOWN_TERM } else { 1.0 };
    weights.values_mut().filter(|weight| **weight <= 0.0).for_each(|weight| *weight = unknown);
    Asked { weights, others }
}

/// The passage without what was answered before: whoever goes on wants to hear more.
fn unsaid(passage: Passage, answered: &[String]) -> Passage {
    let is_new = |sentence: &&String| !answered.iter().any(|answer| answer.contains(sentence.as_str()));
    let left: Vec<String> = passage.sentences.iter().filter(is_new).cloned().collect();
    Passage { sentences: left, ..passage }
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
fn choose<'a>(candidates: &'a [Candidate], question: &Asked) -> Vec<(&'a Candidate, Vec<usize>)> {
    let best_score = candidates.iter().map(|candidate| candidate.passage.score).fold(0.0, f64::max);
    let all = |candidate: &Candidate| (0..candidate.sentences.len()).collect::<Vec<_>>();
    // Retrieval ranks within the language and topic; coverage tells how much of the question is met.
    let worth = |candidate: &Candidate, covered: &BTreeMap<String, f64>| {
        let mut with = covered.clone();
        merge(&mut with, candidate.cover(&all(candidate), question));
        let gain = question.share(&with) - question.share(covered);
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
        .filter(|other| worth(other, &covered).0 >= SECOND && names_more(other, first, question));
    match second {
        Some(second) => vec![(first, pick(first, question, QUOTED - 1)), (second, pick(second, question, 1))],
        None => vec![(first, pick(first, question, QUOTED))],
    }
}

/// Whether title, tags or heading of `other` name something of the question that those of `first` do not.
fn names_more(other: &Candidate, first: &Candidate, question: &Asked) -> bool {
    let names = |of: &Candidate, term: &String| of.heading.contains(term) || of.title.contains(term);
    let new = |term: &String| names(other, term) && !names(first, term);
    question.weights.keys().any(|term| new(term) || question.others(term).any(|meant| meant.iter().any(new)))
}

/// The run of sentences, `most` at most, that meets the question best; earlier and longer runs win where nothing tells.
fn pick(candidate: &Candidate, question: &Asked, most: usize) -> Vec<usize> {
    let count = candidate.sentences.len();
    let length = most.min(count);
    let runs = (0..=count - length).map(|from| (from..from + length).collect::<Vec<_>>());
    let worth = |run: &[usize]| -> f64 {
        let held = |term: &String| {
            run.iter().filter_map(|at| candidate.sentences.get(*at)).filter(|(_, terms)| terms.contains(term)).count()
        };
        let met = |term: &String| {
            held(term) > 0 || question.others(term).any(|other| other.iter().all(|term| held(term) > 0))
        };
        question.weights.iter().map(|(term, weight)| if met(term) { *weight } else { 0.0 }).sum()
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

pub(super) fn step(name: &str, detail: String) -> Step {
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
