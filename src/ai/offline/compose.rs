//! Choosing sentences, and saying how well they stand.
//!
//! Deliberately not here: what is asked (see `asked`), what a passage holds of it (see `candidate`), and small talk.

use super::{
    asked::{Asked, weigh},
    candidate::{BRIEF, Candidate, Search, briefed},
    guided::{GUIDANCE, Guided},
    small::small_talk,
    told::told,
    whisper::Reading,
};
use crate::{
    ai::{
        follow,
        knowledge::Knowledge,
        measure::Measure,
        model::{Composed, Prompt},
        phrases::{Phrase, phrase},
        retrieval::Passage,
        words::terms,
    },
    domain::turn::{Grounding, Source, Step},
};
use std::collections::{BTreeMap, BTreeSet};

/// Below this share of the question covered, it does not know. Lower than the desk's usual threshold for sending (0.35):
/// what lies between is offered as a draft to a person.
pub(super) const KNOWN: f64 = 0.22;
/// One lone term that is met makes an answer only of a question of so few terms that a title or heading names, or if it has
/// a digit, as error codes have.
const FEW_TERMS: usize = 3;
/// A second passage joins if it covers so much of the question that the first does not, and is about it.
const SECOND: f64 = 0.25;
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
/// How much more a passage is worth that guidance says to prefer.
const PREFERRED: f64 = 1.0;
/// What a line of the team's own stands on at least.
const OWN_WORD: f64 = 0.5;
/// Sentences quoted at most, and from one passage.
const QUOTED: usize = 3;
/// Passages looked at.
const LOOKED_AT: usize = 12;

/// What is asked now, and what it goes on from.
struct AskedNow {
    /// The message itself.
    question: Asked,
    /// What it goes on from; empty if it stands by itself.
    before: Asked,
    /// Both.
    whole: Asked,
    /// Both, with what whispers seek.
    sought: Asked,
    goes_on: bool,
    /// As in "and how long?": it has nothing of its own that must be met beside.
    only_asks: bool,
}

/// Passages with the sentences to quote; none if that would not be an answer.
struct Choice<'a> {
    quotes: Vec<(&'a Candidate, Vec<usize>)>,
    /// The share of what is asked that they cover.
    coverage: f64,
}

/// What needs no passage: what a tool says, and small talk.
fn beside(prompt: &Prompt, knowledge: &Knowledge, guided: &Guided<'_>) -> Option<Composed> {
    if let Some(composed) = super::tools::with_tools(prompt) {
        let (told, unfollowed) = guided.idle("not followed: a tool's result is told");
        let steps = composed.steps.iter().cloned().chain(told).collect();
        return Some(Composed { steps, unfollowed, ..composed });
    }
    let (talk, settled) = small_talk(prompt, knowledge)?;
    let text = phrase(talk, prompt.locale, &prompt.said.join("\n")).to_owned();
    let mut steps = vec![step("compose", format!("small talk: {talk:?}"))];
    steps.extend(prompt.whispers.iter().map(|_| step("whisper", "nothing to change in small talk".to_owned())));
    let (told, unfollowed) = guided.idle("nothing to change in small talk");
    steps.extend(told);
    let grounding = Grounding(1000);
    Some(Composed { text, grounding, known: true, settled, steps, unfollowed, ..Composed::default() })
}

/// Composes an answer to the prompt.
pub(super) fn compose(prompt: &Prompt, knowledge: &Knowledge) -> Composed {
    let said = prompt.said.join("\n");
    let readings: Vec<Reading> = prompt.whispers.iter().map(|whisper| Reading::of(whisper)).collect();
    let says: Vec<&str> = readings.iter().filter_map(|reading| reading.say.as_deref()).collect();
    let guided = Guided::of(prompt);
    let instead = if says.is_empty() { guided.instead(&prompt.answered) } else { Vec::new() };
    let is_told = !says.is_empty() || !instead.is_empty();
    if !is_told && let Some(composed) = beside(prompt, knowledge, &guided) {
        return composed;
    }
    let avoided = readings.iter().flat_map(|reading| &reading.avoid).chain(guided.avoid());
    let avoid: BTreeSet<String> = avoided.cloned().collect();
    let question = weigh(&said, prompt.locale, knowledge);
    // What the message goes on from is asked with it: an answer must stand on both.
    let context = follow::context(&prompt.said, &prompt.earlier);
    let goes_on = !context.is_empty();
    let before = weigh(&context.join("\n"), prompt.locale, knowledge);
    let whole = if goes_on { question.after(&before) } else { question.clone() };
    let mut sought = whole.clone();
    for term in readings.iter().flat_map(|reading| &reading.seek).chain(guided.seek()) {
        sought.weights.entry(term.clone()).or_insert_with(|| knowledge.weight(term).max(1.0));
    }
    let asked = AskedNow {
        only_asks: goes_on && follow::own_terms(&said).is_empty(),
        question,
        before,
        whole,
        sought,
        goes_on,
    };
    let search = Search { prompt, knowledge, asked: &asked.sought, avoid: &avoid, guided: &guided };
    let found_here = || {
        let locale = |passage: &&Passage| passage.locale.is_none_or(|locale| locale == prompt.locale);
        let passages = prompt.passages.iter().filter(locale).take(LOOKED_AT).cloned();
        briefed(prompt.brief.as_ref()).into_iter().chain(passages).map(|passage| Candidate::of(passage, &search))
    };
    let candidates: Vec<Candidate> = if goes_on {
        // "and how long?" is answered by a time: what says none answers something else.
        let answers = |candidate: &Candidate| asked.question.measure.is_none_or(|measure| candidate.says(measure));
        found_here().map(|candidate| candidate.unsaid(&prompt.answered)).filter(answers).collect()
    } else {
        found_here().collect()
    };
    let as_it_was: Vec<Candidate> = found_here().collect();
    let mut steps = vec![step("retrieve", found(&prompt.passages))];
    let Choice { quotes, coverage } = if instead.is_empty() {
        quote(&asked, &candidates, &as_it_was, prompt, knowledge)
    } else {
        // It was written for just such words: nothing else is needed.
        let own = instead.iter().flat_map(|(piece, line)| terms(&format!("{}\n{line}", piece.instruction.when)));
        Choice { quotes: Vec::new(), coverage: asked.question.share_met(&own.collect()) }
    };
    let known = is_told || !quotes.is_empty();
    let besides = if known { guided.besides(&prompt.answered) } else { Vec::new() };
    let lines: Vec<_> = instead.iter().chain(&besides).copied().collect();
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
    for (candidate, chosen) in &quotes {
        let sentences = chosen.iter().filter_map(|at| candidate.sentences.get(*at));
        let quoted: Vec<&str> = sentences.map(|(sentence, _)| sentence.as_str()).collect();
        cite(&candidate.passage.document, &candidate.passage.heading, &quoted, &mut parts);
    }
    for (piece, line) in &lines {
        cite(GUIDANCE, &piece.label(), &[line], &mut parts);
    }
    // Every claim here has a source, so that share is one; a line of the team's own stands by itself.
    let grounding = if is_told { coverage.max(OWN_WORD) } else { coverage };
    steps.push(step(
        "compose",
        format!("{} sentences from {} sources, {:.0} % of the question", claims.len(), sources.len(), coverage * 100.0),
    ));
    steps.extend(readings.iter().map(|reading| step("whisper", applied(reading, prompt, &quotes))));
    let (told, unfollowed) = guided.told(prompt, &lines, &quotes);
    steps.extend(told);
    if !known {
        let text = phrase(Phrase::Unknown, prompt.locale, &said).to_owned();
        return Composed { text, steps, unfollowed, ..Composed::default() };
    }
    let opening = prompt.answered.is_empty().then(|| phrase(Phrase::Opening, prompt.locale, &said).to_owned());
    let text = opening.into_iter().chain(parts).collect::<Vec<_>>().join(" ");
    let grounding = Grounding::from_share(grounding);
    Composed { text, sources, grounding, known, claims, steps, unfollowed, ..Composed::default() }
}

/// Chooses what to quote. `candidates`: what may be new; `as_it_was`: the same with all that was said before.
fn quote<'a>(
    asked: &AskedNow,
    candidates: &'a [Candidate],
    as_it_was: &'a [Candidate],
    prompt: &Prompt,
    knowledge: &Knowledge,
) -> Choice<'a> {
    let AskedNow { question, whole, goes_on, only_asks, .. } = asked;
    let fresh = newly(asked, candidates);
    let is_said = |(candidate, chosen): &(&Candidate, Vec<usize>)| {
        let mut sentences = chosen.iter().filter_map(|at| candidate.sentences.get(*at));
        sentences.all(|(sentence, _)| prompt.answered.iter().any(|answer| answer.contains(sentence.as_str())))
    };
    // "And what does the delivery cost?" names its own matter.
    let mut alone = if *goes_on && !only_asks { choose(as_it_was, question) } else { Vec::new() };
    alone.retain(|quote| !is_said(quote));
    let alone_covers = alone.first().map_or(0.0, |(first, chosen)| {
        let aim = question.likeness(&first.heading, knowledge);
        let met = question.share(&first.cover(chosen, question));
        if aim >= BY_ITSELF.0 && met >= BY_ITSELF.1 && !first.is_astray { met } else { 0.0 }
    });
    let choice = if alone_covers > fresh.coverage {
        Choice { quotes: alone.into_iter().take(1).collect(), coverage: alone_covers }
    } else {
        fresh
    };
    // One sentence of what was told, if that is what is asked: rather than the whole again, or something else.
    let asked_again = if *only_asks { whole } else { question };
    let again = told(as_it_was, asked_again, question.measure, &prompt.answered)
        .filter(|_| !only_asks || question.measure.is_some())
        .filter(|told| choice.quotes.iter().all(is_said) || told.share > choice.coverage + BETTER);
    match again {
        Some(told) => Choice { quotes: vec![(told.candidate, vec![told.at])], coverage: told.share },
        None => choice,
    }
}

/// Chooses from what may be new.
fn newly<'a>(asked: &AskedNow, candidates: &'a [Candidate]) -> Choice<'a> {
    let AskedNow { question, before, whole, sought, goes_on, only_asks } = asked;
    let mut quotes = choose(candidates, sought);
    if *goes_on {
        // It asks about one matter: a second passage is about that, too.
        let about = quotes.first().map(|(first, _)| first.passage.document.clone());
        quotes.retain(|(candidate, _)| Some(&candidate.passage.document) == about.as_ref());
    }
    let mut covered: BTreeMap<String, f64> = BTreeMap::new();
    for (candidate, chosen) in &quotes {
        merge(&mut covered, candidate.cover(chosen, whole));
    }
    // Whoever goes on asks both: what is new, and of what it is. The answer stands on the lesser of the two, and on nothing
    // if it is about something else than what was spoken of.
    let own = if *only_asks { 1.0 } else { question.share(&covered) };
    let of_before = if *goes_on { (before.share(&covered) * 2.0).min(1.0) } else { 1.0 };
    let coverage = own.min(whole.share(&covered)).min(of_before);
    let all = covered.len() == whole.weights.len();
    let named = || covered.keys().any(|term| quotes.iter().any(|(candidate, _)| candidate.names(term)));
    let met = all
        || covered.len() >= 2
        || (whole.weights.len() <= FEW_TERMS && named())
        || covered.keys().any(|term| term.chars().any(|c| c.is_ascii_digit()));
    // Another word alone tells where or of what, not what is asked: "the capital of Italy" is not asked of deliveries.
    let direct =
        all || covered.keys().any(|term| quotes.iter().any(|(candidate, chosen)| candidate.holds(chosen, term)));
    if coverage >= KNOWN && met && direct {
        Choice { quotes, coverage }
    } else {
        Choice { quotes: Vec::new(), coverage: 0.0 }
    }
}

fn merge(covered: &mut BTreeMap<String, f64>, more: BTreeMap<String, f64>) {
    for (term, share) in more {
        let had = covered.entry(term).or_insert(0.0);
        *had = had.max(share);
    }
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
        let preferred = if candidate.is_preferred && gain > 0.0 { PREFERRED } else { 0.0 };
        (gain, gain + rank * 0.5 + candidate.aim * AIM + preferred + if measured { MEASURED } else { 0.0 } - told)
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
    let new = |term: &String| other.names(term) && !first.names(term);
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
