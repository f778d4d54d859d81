//! Choosing sentences, and saying how well they stand.

use super::{small::small_talk, told::told, whisper::Reading};
use crate::{
    ai::{
        asking::asking_part,
        follow,
        knowledge::Knowledge,
        measure::Measure,
        model::{Composed, Prompt},
        phrases::{Phrase, phrase},
        retrieval::Passage,
        sentences::sentences,
        words::{Language, is_han, terms},
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
/// The same for a pair of Han characters: most that no section holds are the seam of two words.
const UNKNOWN_PAIR: f64 = 0.12;
/// One lone term that is met makes an answer only of a question of so few terms that a title or heading names, or if it has
/// a digit, as error codes have.
const FEW_TERMS: usize = 3;
/// What a term counts that only the heading, or only title and tags, hold.
const IN_HEADING: f64 = 0.8;
const IN_TITLE: f64 = 0.5;
/// A second passage joins if it covers so much of the question that the first does not, and is about it.
const SECOND: f64 = 0.25;
/// What a passage counts whose title, tags and heading hold nothing of the question: the words met by chance.
const ASIDE: f64 = 0.6;
/// What a passage counts that is from another topic than the talk: the words met by chance, unless nearly all of them do.
const ASTRAY: f64 = 0.6;
/// How much more a passage is worth whose heading asks the same and nothing else.
const AIM: f64 = 0.6;
/// What a passage loses of its worth that was told whole before.
const TOLD: f64 = 0.3;
/// A message that could go on from another stands by itself where a heading asks it so far, and so much of it is met.
const BY_ITSELF: (f64, f64) = (0.4, 0.7);
/// By so much one sentence that was told must meet more of the question than what is new.
const BETTER: f64 = 0.15;
/// How much more a passage is worth that says a time where one is asked for a time, or money for money.
const MEASURED: f64 = 0.25;
/// What a term counts where an article says another word for it.
const OTHER_WORD: f64 = 0.9;
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
/// Sentences quoted at most, and from one passage.
const QUOTED: usize = 3;
/// The document by which lines of the brief are cited.
const BRIEF: &str = "brief";
/// Passages looked at.
const LOOKED_AT: usize = 12;

/// A passage with its terms.
pub(super) struct Candidate {
    pub(super) passage: Passage,
    heading: BTreeSet<String>,
    title: BTreeSet<String>,
    pub(super) sentences: Vec<(String, BTreeSet<String>)>,
    /// Whether it is from another topic than the talk.
    is_astray: bool,
    /// How far its heading asks what is asked, and nothing else, 0 to 1.
    aim: f64,
    /// Whether all of it was told before.
    is_told: bool,
}

/// What passages are looked at for.
struct Search<'a> {
    prompt: &'a Prompt,
    knowledge: &'a Knowledge,
    asked: &'a Asked,
    avoid: &'a BTreeSet<String>,
}

impl Candidate {
    fn of(passage: Passage, search: &Search<'_>) -> Self {
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
        Self { heading, title, sentences, passage, is_astray, aim, is_told }
    }

    /// Without what was answered before: whoever goes on wants to hear more.
    fn unsaid(mut self, answered: &[String]) -> Self {
        self.sentences.retain(|(sentence, _)| !answered.iter().any(|answer| answer.contains(sentence.as_str())));
        self
    }

    /// Whether one of its sentences says this measure.
    fn says(&self, measure: Measure) -> bool {
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
    fn holds(&self, chosen: &[usize], term: &String) -> bool {
        self.heading.contains(term)
            || self.title.contains(term)
            || chosen.iter().filter_map(|at| self.sentences.get(*at)).any(|(_, terms)| terms.contains(term))
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
pub(super) struct Asked {
    weights: BTreeMap<String, f64>,
    others: BTreeMap<String, Vec<Vec<String>>>,
    /// What is to be measured.
    measure: Option<Measure>,
}

impl Asked {
    fn others(&self, term: &str) -> impl Iterator<Item = &Vec<String>> {
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
    fn likeness(&self, heading: &BTreeSet<String>, knowledge: &Knowledge) -> f64 {
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
    let search = Search { prompt, knowledge, asked: &sought, avoid: &avoid };
    let found_here = || {
        let locale = |passage: &&Passage| passage.locale.is_none_or(|locale| locale == prompt.locale);
        let passages = prompt.passages.iter().filter(locale).take(LOOKED_AT).cloned();
        briefed(prompt.brief.as_ref()).into_iter().chain(passages).map(|passage| Candidate::of(passage, &search))
    };
    let candidates: Vec<Candidate> = if goes_on {
        // "and how long?" is answered by a time: what says none answers something else.
        let answers = |candidate: &Candidate| question.measure.is_none_or(|measure| candidate.says(measure));
        found_here().map(|candidate| candidate.unsaid(&prompt.answered)).filter(answers).collect()
    } else {
        found_here().collect()
    };
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
    let names =
        |candidate: &Candidate, term: &String| candidate.heading.contains(term) || candidate.title.contains(term);
    let named = || covered.keys().any(|term| quotes.iter().any(|(candidate, _)| names(candidate, term)));
    let met = covered.len() >= 2
        || covered.len() == whole.weights.len()
        || (whole.weights.len() <= FEW_TERMS && named())
        || covered.keys().any(|term| term.chars().any(|c| c.is_ascii_digit()));
    // Another word alone tells where or of what, not what is asked: "the capital of Italy" is not asked of deliveries.
    let direct = covered.len() == whole.weights.len()
        || covered.keys().any(|term| quotes.iter().any(|(candidate, chosen)| candidate.holds(chosen, term)));
    let quotable = coverage >= KNOWN && met && direct && !quotes.is_empty();
    // One sentence of what was told, if that is what is asked: rather than the whole again, or something else.
    let as_it_was: Vec<Candidate> = found_here().collect();
    let asked_again = if only_asks { &whole } else { &question };
    let is_said = |(candidate, chosen): &(&Candidate, Vec<usize>)| {
        let mut sentences = chosen.iter().filter_map(|at| candidate.sentences.get(*at));
        sentences.all(|(sentence, _)| prompt.answered.iter().any(|answer| answer.contains(sentence.as_str())))
    };
    // "And what does the delivery cost?" names its own matter.
    let mut alone = if goes_on && !only_asks { choose(&as_it_was, &question) } else { Vec::new() };
    alone.retain(|quote| !is_said(quote));
    let alone_covers = alone.first().map_or(0.0, |(first, chosen)| {
        let (aim, met) =
            (question.likeness(&first.heading, knowledge), question.share(&first.cover(chosen, &question)));
        if aim >= BY_ITSELF.0 && met >= BY_ITSELF.1 && !first.is_astray { met } else { 0.0 }
    });
    let (quotable, coverage) = if alone_covers > coverage {
        quotes = alone.into_iter().take(1).collect();
        (true, alone_covers)
    } else {
        (quotable, coverage)
    };
    let again = told(&as_it_was, asked_again, question.measure, &prompt.answered)
        .filter(|told| !only_asks || (question.measure.is_some() && told.share >= KNOWN))
        .filter(|told| !quotable || quotes.iter().all(is_said) || told.share > coverage + BETTER);
    let (quotable, coverage) = match &again {
        Some(told) => {
            quotes = vec![(told.candidate, vec![told.at])];
            (true, told.share)
        }
        None => (quotable, coverage),
    };
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
    for (term, weight) in weights.iter_mut().filter(|(_, weight)| **weight <= 0.0) {
        let share = if term.chars().all(is_han) { UNKNOWN_PAIR } else { UNKNOWN_TERM };
        *weight = if most > 0.0 { most * share } else { 1.0 };
    }
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
    Asked { weights, others, measure: Measure::asked_in(said) }
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
            topic: None,
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
        let measured = question.measure.is_some_and(|measure| candidate.says(measure));
        let told = if candidate.is_told { TOLD } else { 0.0 };
        (gain, gain + rank * 0.5 + candidate.aim * AIM + if measured { MEASURED } else { 0.0 } - told)
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
        .filter(|other| worth(other, &covered).0 >= SECOND && names_more(other, first, question))
        // Beside an answer from the talk's topic one from another is chance.
        .filter(|other| !other.is_astray || other.passage.topic == first.passage.topic);
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
        let met: f64 = question.weights.iter().map(|(term, weight)| if met(term) { *weight } else { 0.0 }).sum();
        let said = |measure: Measure| {
            run.iter().filter_map(|at| candidate.sentences.get(*at)).any(|(sentence, _)| measure.is_said_in(sentence))
        };
        let most: f64 = question.weights.values().sum();
        met + if question.measure.is_some_and(said) { most * MEASURED } else { 0.0 }
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
