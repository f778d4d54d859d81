//! Guardrails outside the model: what is looked at before words of an AI may leave, and when a customer's words come in.
//!
//! Pure checks that `decide` calls; nothing here relies on what an AI says of itself. A check that finds something makes
//! a [`Verdict`] with its rule, the version of the rules and the words; an answer with a verdict becomes a draft with the
//! reason on top. A check that cannot look makes a verdict too ([`Rule::Unchecked`]): nothing goes out unlooked at.
//!
//! Word lists and comparisons in the desk's five languages, no guessing. They miss what they do not know: a promise in other
//! words or in a sixth language, a name, a source that is itself wrong. Deliberately not here: what follows from a verdict (see
//! `decide`), and tools.

mod cited;
mod figures;
mod known;
pub mod language;
mod links;
mod numerals;
mod personal;
mod promise;
mod secret;
mod sensitive;
#[cfg(test)]
mod tests;
mod words;

use super::{
    card::Card,
    ids::EntryNo,
    text::SafeText,
    thread::{Entry, Thread, What},
    time::{Span, Timestamp},
    turn::{Answer, Grounding, Source, Trace},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use cited::Approved;
pub use known::Heed;
pub use language::Tongue;
pub(in crate::domain) use words::sentences;

/// The version of the rules. Grows with every change of what they find.
pub const VERSION: u16 = 3;
/// The most bytes that are looked at; an answer that is longer is not checked and so not sent.
const MOST: usize = 64 * 1024;
/// The most bytes of sources that an answer is compared with.
const MOST_SOURCES: usize = 256 * 1024;
/// So many verdicts are kept of one look.
const VERDICTS: usize = 8;
/// So many bytes of evidence.
const EVIDENCE: usize = 160;

/// What a check looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Control, bidi or invisible characters.
    Hidden,
    /// A customer's message that is larger than allowed.
    Size,
    /// An answer that is longer than allowed.
    Length,
    /// More messages in a minute than allowed.
    Rate,
    /// Words that try to steer the AI. Only marked: no word list finds them all.
    Injection,
    /// A matter for people: danger, law, self-harm, threats, press.
    Sensitive,
    /// Somebody's mail address, phone number, card or account that the customer did not name.
    Personal,
    /// A key, token or password.
    Secret,
    /// A link that is not on the desk's list.
    Link,
    /// A picture that the channel would fetch.
    Image,
    /// A promise that stands in no cited source.
    Promise,
    /// A price, date or figure that neither a cited source nor the talk has.
    Figure,
    /// Another language than the customer's.
    Language,
    /// Nearly one of the last three answers again.
    Similar,
    /// One question of the AI after the other.
    Questions,
    /// The customer asked for a person: no AI is to argue.
    Person,
    /// Words that must not leave the desk, as those of the prompt.
    Internal,
    /// A source that the desk's knowledge, its people and its tools know nothing of.
    Source,
    /// A check could not look.
    Unchecked,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Hidden,
        Self::Size,
        Self::Length,
        Self::Rate,
        Self::Injection,
        Self::Sensitive,
        Self::Personal,
        Self::Secret,
        Self::Link,
        Self::Image,
        Self::Promise,
        Self::Figure,
        Self::Language,
        Self::Similar,
        Self::Questions,
        Self::Person,
        Self::Internal,
        Self::Source,
        Self::Unchecked,
    ];

    /// Its name in a policy.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Size => "size",
            Self::Length => "length",
            Self::Rate => "rate",
            Self::Injection => "injection",
            Self::Sensitive => "sensitive",
            Self::Personal => "personal",
            Self::Secret => "secret",
            Self::Link => "link",
            Self::Image => "image",
            Self::Promise => "promise",
            Self::Figure => "figure",
            Self::Language => "language",
            Self::Similar => "similar",
            Self::Questions => "questions",
            Self::Person => "person",
            Self::Internal => "internal",
            Self::Source => "source",
            Self::Unchecked => "unchecked",
        }
    }

    /// What was found, in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Hidden => "hidden characters",
            Self::Size => "a large message",
            Self::Length => "too long",
            Self::Rate => "too many messages",
            Self::Injection => "tries to steer the AI",
            Self::Sensitive => "a matter for people",
            Self::Personal => "somebody else's data",
            Self::Secret => "a secret",
            Self::Link => "a link not on the list",
            Self::Image => "a picture",
            Self::Promise => "a promise in no source",
            Self::Figure => "a figure in no source",
            Self::Language => "not the customer's language",
            Self::Similar => "says the same again",
            Self::Questions => "only asks back",
            Self::Person => "the customer asked for a person",
            Self::Internal => "internal words",
            Self::Source => "a source that is not the desk's",
            Self::Unchecked => "could not be checked",
        }
    }
}

/// On which way it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// In what a customer wrote.
    In,
    /// In what an AI would send.
    Out,
}

/// Something was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Verdict {
    /// By which rule.
    pub rule: Rule,
    /// Of which version of the rules.
    pub version: u16,
    /// On which way.
    pub stage: Stage,
    /// The words that were found, as they stood; text from outside. At most 160 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Where they begin in the text, in bytes.
    #[serde(default)]
    pub offset: u32,
}

impl Verdict {
    /// `a link not on the list: “evil.example/pay” (link v1)`. For a terminal: what was found is shown with every odd
    /// character visible.
    #[must_use]
    pub fn sentence(&self) -> SafeText {
        let rule = self.rule;
        let words = SafeText::evidence(&self.words);
        let words = if self.words.is_empty() { String::new() } else { format!(": “{words}”") };
        SafeText::own(format!("{}{words} ({} v{})", rule.words(), rule.name(), self.version).replace('\n', " "))
    }
}

/// What a desk sets of the checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Rules that only mark: what they find is on record and stops nothing.
    pub mark_only: BTreeSet<Rule>,
    /// Hosts that an answer may link to, their subdomains too.
    pub links: BTreeSet<String>,
    /// Words that must never leave, beside those of our own prompts.
    pub never: BTreeSet<String>,
    /// Words in a customer's message that make it a matter for people, beside the built-in ones.
    pub sensitive: BTreeSet<String>,
    /// The longest answer, in characters.
    pub longest_answer: u32,
    /// The largest message of a customer, in bytes.
    pub largest_message: u32,
    /// Messages of a customer in a minute.
    pub messages_a_minute: u8,
    /// From this likeness on an answer is the same again, in hundredths.
    pub similar: u8,
    /// Answers in a row that only ask back.
    pub questions: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mark_only: [Rule::Injection, Rule::Size].into(),
            links: BTreeSet::new(),
            never: BTreeSet::new(),
            sensitive: BTreeSet::new(),
            longest_answer: 3_000,
            largest_message: 8 * 1024,
            messages_a_minute: 20,
            similar: 90,
            questions: 3,
        }
    }
}

impl Settings {
    /// What is wrong with them, and what would be right.
    ///
    /// # Errors
    /// The field, and a sentence.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let within = |field, value: u32, least: u32, most: u32| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err((field, format!("is between {least} and {most}")))
            }
        };
        within("guard.longest_answer", self.longest_answer, 100, 16_000)?;
        within("guard.largest_message", self.largest_message, 256, 16 * 1024)?;
        within("guard.messages_a_minute", self.messages_a_minute.into(), 1, 200)?;
        within("guard.similar", self.similar.into(), 50, 100)?;
        within("guard.questions", self.questions.into(), 1, 20)?;
        if self.mark_only.contains(&Rule::Unchecked) {
            return Err(("guard.mark_only", "may not hold `unchecked`: what was not looked at is not sent".to_owned()));
        }
        for (field, list) in
            [("guard.links", &self.links), ("guard.never", &self.never), ("guard.sensitive", &self.sensitive)]
        {
            if list.len() > 500 || list.iter().any(|one| one.trim().len() < 3 || one.len() > 200) {
                return Err((field, "are 500 at most, of 3 to 200 bytes each".to_owned()));
            }
        }
        if let Some(one) = self.links.iter().find(|one| one.contains(['/', ':', '@', '*']) || !one.contains('.')) {
            return Err(("guard.links", format!("are hosts, as in shop.example; `{one}` is none")));
        }
        Ok(())
    }

    /// Whether a rule stops what it finds.
    #[must_use]
    pub fn stops(&self, rule: Rule) -> bool {
        !self.mark_only.contains(&rule)
    }

    /// The first of the verdicts that stops what it was found in.
    #[must_use]
    pub fn stop(&self, verdicts: &[Verdict]) -> Option<Rule> {
        verdicts.iter().map(|verdict| verdict.rule).find(|rule| self.stops(*rule))
    }
}

/// Collects what is found in one text.
struct Finds<'a> {
    text: &'a str,
    stage: Stage,
    verdicts: Vec<Verdict>,
}

impl<'a> Finds<'a> {
    fn new(text: &'a str, stage: Stage) -> Self {
        Self { text, stage, verdicts: Vec::new() }
    }

    /// Something is found from `offset` on, `length` bytes long.
    fn add(&mut self, rule: Rule, offset: usize, length: usize) {
        let from = self.text.floor_char_boundary(offset.min(self.text.len()));
        let to = self.text.floor_char_boundary(from.saturating_add(length.min(EVIDENCE)).min(self.text.len()));
        let words = self.text.get(from..to).unwrap_or_default().to_owned();
        self.say(rule, words, from);
    }

    fn say(&mut self, rule: Rule, mut words: String, offset: usize) {
        words.truncate(words.floor_char_boundary(EVIDENCE));
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let verdict = Verdict { rule, version: VERSION, stage: self.stage, words, offset };
        // One of each rule and place tells enough.
        let again = |one: &Verdict| (one.rule, one.offset) == (rule, offset);
        if self.verdicts.len() < VERDICTS && !self.verdicts.iter().any(again) {
            self.verdicts.push(verdict);
        }
    }
}

/// Looks at what an AI would send, with what the talk knows and what the desk lets be cited. No verdict: every check looked
/// and found nothing.
#[must_use]
pub fn going_out(
    settings: &Settings,
    approved: &Approved<'_>,
    card: &Card,
    heed: &Heed,
    answer: &Answer,
) -> Vec<Verdict> {
    let text = answer.text.as_str();
    let mut finds = Finds::new(text, Stage::Out);
    if heed.sensitive {
        finds.say(Rule::Sensitive, "the customer's message".to_owned(), 0);
    }
    if card.signs.asked_human {
        finds.say(Rule::Person, String::new(), 0);
    }
    said(&mut finds, settings, approved, card, heed, answer);
    if heed.likeness(text) >= settings.similar {
        finds.add(Rule::Similar, 0, EVIDENCE);
    }
    if words::asks_back(text) && heed.questions >= settings.questions {
        finds.say(Rule::Questions, format!("{} answers before it asked back too", heed.questions), 0);
    }
    finds.verdicts
}

/// Looks at what an AI would tell the customer while people are called: its words, and not whether it is a person's turn.
#[must_use]
pub fn telling(settings: &Settings, approved: &Approved<'_>, card: &Card, heed: &Heed, notice: &str) -> Vec<Verdict> {
    let answer = Answer {
        text: notice.to_owned(),
        sources: Vec::new(),
        grounding: Grounding::default(),
        trace: Trace::default(),
    };
    let mut finds = Finds::new(notice, Stage::Out);
    said(&mut finds, settings, approved, card, heed, &answer);
    finds.verdicts
}

/// What is found in the words themselves.
fn said(
    finds: &mut Finds<'_>,
    settings: &Settings,
    approved: &Approved<'_>,
    card: &Card,
    heed: &Heed,
    answer: &Answer,
) {
    let text = finds.text;
    let sources: usize = answer.sources.iter().map(|source| source.passage.len() + source.heading.len()).sum();
    if text.len() > MOST || sources > MOST_SOURCES {
        finds.say(Rule::Unchecked, format!("{} bytes with {sources} bytes of sources", text.len()), 0);
        return;
    }
    let material = Material::new(approved, card, heed, answer);
    if let Some(source) = material.foreign {
        finds.say(Rule::Source, format!("{}: {}", source.document, source.passage), 0);
    }
    secret::find(finds);
    sensitive::internal(finds, &settings.never);
    personal::find(finds, &material);
    links::find(finds, &settings.links);
    promise::find(finds, &material);
    figures::find(finds, &material);
    hidden(finds);
    if let Some((at, _)) = text.char_indices().nth(settings.longest_answer as usize) {
        finds.add(Rule::Length, at, EVIDENCE);
    }
    language::find(finds, card, heed);
}

/// Looks at what a customer wrote.
#[must_use]
pub fn coming_in(settings: &Settings, heed: &Heed, text: &str, at: Timestamp) -> Vec<Verdict> {
    let mut finds = Finds::new(text, Stage::In);
    sensitive::find(&mut finds, &settings.sensitive);
    hidden(&mut finds);
    sensitive::injection(&mut finds);
    if text.len() > settings.largest_message as usize {
        finds.say(Rule::Size, format!("{} bytes", text.len()), 0);
    }
    let count = heed.messages_within_a_minute(at).saturating_add(1);
    // Told once a minute: a flood must not flood the log.
    if count == settings.messages_a_minute.saturating_add(1) {
        finds.say(Rule::Rate, format!("{count} messages in a minute"), 0);
    }
    finds.verdicts
}

impl Entry {
    /// What the checks found, if that is what it tells.
    #[must_use]
    pub fn verdicts(&self) -> &[Verdict] {
        if let What::Guarded { verdicts } = &self.what { verdicts } else { &[] }
    }
}

impl Thread {
    /// What the checks found in an AI message: their entry stands just before it.
    #[must_use]
    pub fn verdicts_on(&self, n: EntryNo) -> &[Verdict] {
        let message = self.entry(n).filter(|entry| entry.answer().is_some());
        let before = message.and_then(|_| self.entry(EntryNo(n.0.saturating_sub(1))));
        before.map_or(&[], Entry::verdicts)
    }
}

/// Characters that a reader does not see.
fn hidden(finds: &mut Finds<'_>) {
    let text = finds.text;
    if SafeText::message(text).removed() == 0 {
        return;
    }
    let alone = |c: char| SafeText::message(c.encode_utf8(&mut [0; 4])).removed() > 0;
    let at = text.char_indices().find(|(_, c)| !c.is_ascii_graphic() && alone(*c)).map_or(0, |(at, _)| at);
    finds.add(Rule::Hidden, at, 40);
}

/// What an answer may rely on: the passages it cites, and what was said in the talk.
struct Material<'a> {
    heed: &'a Heed,
    /// Each passage with its heading.
    passages: Vec<String>,
    /// Figures, mails and numbers of the passages.
    stated: known::Facts,
    /// The first source that is not the desk's: nothing may rely on it.
    foreign: Option<&'a Source>,
    card: &'a Card,
}

impl<'a> Material<'a> {
    fn new(approved: &Approved<'_>, card: &'a Card, heed: &'a Heed, answer: &'a Answer) -> Self {
        let mut it = Self { heed, passages: Vec::new(), stated: known::Facts::default(), foreign: None, card };
        let guides = cited::Guides::new();
        for source in &answer.sources {
            if !approved.says(heed, source, &source.passage, &guides) {
                it.foreign = it.foreign.or(Some(source));
                continue;
            }
            // A heading may be the AI's own name for it: then it is no word of the desk's.
            let heading = Some(source.heading.as_str()).filter(|heading| approved.says(heed, source, heading, &guides));
            let passage = format!("{}\n{}", heading.unwrap_or_default(), source.passage);
            it.stated.learn(&passage);
            it.passages.push(passage);
        }
        it
    }

    /// Whether a source or the talk has this fact.
    fn has(&self, fact: u32) -> bool {
        self.stated.has(fact) || self.heed.knows(fact)
    }
}

/// A text with its words alone, as the checks compare it.
pub(in crate::domain) fn folded(text: &str) -> String {
    words::Folded::of(text).text
}

/// How long a minute is, for counting messages.
const MINUTE: Span = Span::minutes(1);
