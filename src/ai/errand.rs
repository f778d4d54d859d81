//! What an AI does beside the person who answers: sum up, find what is missing, come back to the customer, all from the talk
//! itself.
//!
//! Pure, in the customer's words where there are any. Deliberately not here: drafting a reply (that is an answer like any
//! other, see the models), and sending anything.

use super::{
    asking::asks,
    model::{Composed, Prompt},
    offline::is_courtesy,
    sentences::sentences,
    words::{Language, terms},
};
use crate::domain::{
    task::Kind,
    turn::{Grounding, Source, Step},
};
use std::collections::BTreeSet;

/// What is asked of a model beside an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// What kind of job.
    pub kind: Kind,
    /// What is to be reached.
    pub goal: String,
    /// What the team says is so.
    pub facts: String,
}

/// The longest quotation, in characters.
const QUOTED: usize = 160;
/// Open questions told at most.
const QUESTIONS: usize = 6;

/// What the talk is about, what was said, what is open; in three sentences at most.
#[must_use]
pub fn summary(prompt: &Prompt) -> String {
    let first = prompt.earlier.first().or(prompt.said.first());
    let newest = prompt.said.last().filter(|newest| Some(*newest) != first);
    let mut parts = Vec::new();
    if let Some(first) = first {
        parts.push(format!("Began with: “{}”.", quoted(first)));
    }
    match prompt.answered.as_slice() {
        [] => parts.push("Not answered yet.".to_owned()),
        [only] => parts.push(format!("Answered once: “{}”.", quoted(only))),
        [.., last] => parts.push(format!("Answered {} times, last: “{}”.", prompt.answered.len(), quoted(last))),
    }
    if let Some(newest) = newest {
        parts.push(format!("Now: “{}”.", quoted(newest)));
    }
    parts.join(" ")
}

/// What the customer asked since the last answer; the newest message where nothing is put as a question. Thanks, and the word
/// that the matter is settled, leave nothing open.
#[must_use]
pub fn questions(prompt: &Prompt) -> Vec<String> {
    let telling = || prompt.said.iter().filter(|said| !is_courtesy(said));
    let mut found: Vec<String> = telling()
        .flat_map(|said| sentences(said))
        .filter(|sentence| asks(sentence) && !is_courtesy(sentence))
        .map(|line| quoted(&line))
        .collect();
    found.dedup();
    if found.is_empty() && !prompt.settled {
        found.extend(telling().next_back().map(|said| quoted(said)));
    }
    found.truncate(QUESTIONS);
    found
}

/// What an answer left open of the matter that it was on: the questions of which it names less than half of the words that
/// carry meaning. A guess to read, and no judgement of the answer.
#[must_use]
pub fn left_open(prompt: &Prompt) -> Vec<String> {
    let said: BTreeSet<String> =
        prompt.answered.last().map(|last| terms(last)).unwrap_or_default().into_iter().collect();
    let mut open = questions(prompt);
    open.retain(|question| {
        let asked: BTreeSet<String> = terms(question).into_iter().collect();
        let named = asked.iter().filter(|term| said.contains(*term)).count();
        named * 2 < asked.len()
    });
    open
}

/// The facts that the goal names and the talk does not hold.
#[must_use]
pub fn missing(prompt: &Prompt, errand: &Errand) -> Vec<String> {
    let talk = prompt.earlier.iter().chain(&prompt.said).map(String::as_str).collect::<Vec<_>>().join("\n");
    let words: BTreeSet<String> = terms(&talk).into_iter().chain(terms(&errand.facts)).collect();
    wanted(&errand.goal).into_iter().filter(|fact| !is_known(fact, &talk, &words)).collect()
}

/// What a goal such as `collect: order number, address` names.
fn wanted(goal: &str) -> Vec<String> {
    let list = goal.split_once([':', '：']).map_or(goal, |(_, list)| list);
    let parts = list.split([',', ';', '\n', '，', '；', '、', '،']).map(str::trim);
    parts.filter(|fact| !fact.is_empty()).map(str::to_owned).collect()
}

/// Whether the talk tells it: by its kind, where that can be seen, else by its words.
fn is_known(fact: &str, talk: &str, words: &BTreeSet<String>) -> bool {
    let lower = fact.to_lowercase();
    let says = |kinds: &[&str]| kinds.iter().any(|kind| lower.contains(kind));
    let tokens = || talk.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'));
    let digits = |token: &str| token.chars().filter(char::is_ascii_digit).count();
    if says(&["mail"]) {
        return tokens().any(|token| token.contains('@') && token.contains('.'));
    }
    if says(&["order", "bestell", "pedido", "订单", "طلب", "parcel", "invoice", "rechnung", "factura"])
        && says(&["number", "no.", "nummer", "número", "numero", "号", "رقم"])
    {
        return tokens().any(|token| digits(token) >= 4);
    }
    if says(&["phone", "telefon", "teléfono", "电话", "هاتف"]) {
        return tokens().any(|token| digits(token) >= 7);
    }
    let wanted = terms(fact);
    !wanted.is_empty() && wanted.iter().all(|term| words.contains(term))
}

/// What can be done without a language model; none where it takes one, or where it is an answer like any other.
#[must_use]
pub fn without_model(prompt: &Prompt, errand: &Errand) -> Option<Composed> {
    let whole = |text: String, sources: Vec<Source>| {
        let steps = vec![Step { name: "compose".to_owned(), detail: errand.kind.word().to_owned(), ms: 0 }];
        Composed { text, sources, grounding: Grounding(1000), known: true, steps, ..Composed::default() }
    };
    match errand.kind {
        Kind::Summarise => Some(whole(summary(prompt), Vec::new())),
        Kind::Collect => {
            let missing = missing(prompt, errand);
            if missing.is_empty() {
                return Some(whole("Nothing is missing: the talk holds all of it.".to_owned(), Vec::new()));
            }
            Some(whole(format!("{}{}", please_tell(prompt.locale), missing.join(", ")), Vec::new()))
        }
        Kind::FollowUp => Some(follow_up(prompt, errand, &whole)),
        // It quotes; it cannot put words into another language.
        Kind::Translate => Some(Composed::default()),
        Kind::Handle | Kind::Draft => None,
    }
}

fn follow_up(prompt: &Prompt, errand: &Errand, whole: &dyn Fn(String, Vec<Source>) -> Composed) -> Composed {
    let matter = prompt.said.first().or(prompt.earlier.last()).map(|said| quoted(said)).unwrap_or_default();
    let (open, close) = coming_back(prompt.locale);
    let facts = errand.facts.split_whitespace().collect::<Vec<_>>().join(" ");
    if facts.is_empty() {
        return whole(format!("{open} “{matter}”. {close}"), Vec::new());
    }
    let source = Source {
        number: 1,
        document: "task".to_owned(),
        heading: "facts of the team".to_owned(),
        passage: facts.clone(),
    };
    whole(format!("{open} “{matter}”. {facts} [1] {close}"), vec![source])
}

fn please_tell(language: Language) -> &'static str {
    match language {
        Language::En => "Could you please tell us: ",
        Language::De => "Könnten Sie uns bitte noch nennen: ",
        Language::Es => "¿Podría indicarnos, por favor: ",
        Language::Zh => "请您告诉我们：",
        Language::Ar => "هل يمكنك إخبارنا بما يلي: ",
    }
}

fn coming_back(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::En => ("We come back to you about", "Is anything still open?"),
        Language::De => ("Wir melden uns noch einmal zu", "Ist noch etwas offen?"),
        Language::Es => ("Volvemos a escribirle sobre", "¿Queda algo pendiente?"),
        Language::Zh => ("我们就此再次联系您：", "还有其他问题吗？"),
        Language::Ar => ("نعود إليك بخصوص", "هل بقي شيء ما؟"),
    }
}

/// One line of a text, without what cannot be seen.
fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let visible: String = line.chars().filter(|c| !c.is_control()).collect();
    match visible.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", visible.get(..at).unwrap_or_default().trim_end()),
        None => visible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(earlier: &[&str], said: &[&str], answered: &[&str]) -> Prompt {
        let list = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        Prompt { earlier: list(earlier), said: list(said), answered: list(answered), ..Prompt::default() }
    }

    fn errand(kind: Kind, goal: &str) -> Errand {
        Errand { kind, goal: goal.into(), facts: String::new() }
    }

    #[test]
    fn a_summary_tells_the_beginning_the_answers_and_what_is_open() {
        let prompt = prompt(&["my parcel is late"], &["hello? Where is it?"], &["It left on Monday.", "Sorry."]);
        assert_eq!(
            summary(&prompt),
            "Began with: “my parcel is late”. Answered 2 times, last: “Sorry.”. Now: “hello? Where is it?”."
        );
        assert_eq!(questions(&prompt), ["Where is it?"]);
    }

    #[test]
    fn thanks_leave_no_question_open_and_a_question_without_its_mark_does() {
        for (said, open) in [
            (&["thanks"][..], &[][..]),
            (&["Danke schön!"], &[]),
            (&["谢谢"], &[]),
            (&["where is my parcel", "thanks"], &["where is my parcel"]),
            (&["my parcel is late", "thank you very much"], &["my parcel is late"]),
            (&["Thank you. How long does it take?"], &["How long does it take?"]),
        ] {
            assert_eq!(questions(&prompt(&[], said, &[])), open, "{said:?}");
        }
        let settled = Prompt { settled: true, ..prompt(&[], &["Thanks, that solved it."], &[]) };
        assert_eq!(questions(&settled), Vec::<String>::new());
    }

    #[test]
    fn what_the_last_answer_was_on_is_not_open_any_more_and_what_it_left_out_is() {
        let told = "You can change an order until it is packed.";
        let both = prompt(&[], &["Can I change my order? And how do I get an invoice?"], &[told]);
        assert_eq!(left_open(&both), ["And how do I get an invoice?"]);
        assert_eq!(left_open(&prompt(&[], &["Can I change my order?"], &[told])), Vec::<String>::new());
    }

    #[test]
    fn what_the_talk_holds_is_not_asked_for_again() {
        let errand = errand(Kind::Collect, "collect: order number, delivery address, phone");
        let prompt = prompt(&["order BW-20417 is late"], &["call me at 0301234567"], &[]);
        assert_eq!(missing(&prompt, &errand), ["delivery address"]);
        let made = without_model(&prompt, &errand).unwrap();
        assert_eq!(made.text, "Could you please tell us: delivery address");
    }

    #[test]
    fn a_follow_up_says_what_it_is_about_and_quotes_the_facts() {
        let errand =
            Errand { facts: "The new parcel left today.".into(), ..errand(Kind::FollowUp, "say that it left") };
        let made = without_model(&prompt(&[], &["where is it?"], &[]), &errand).unwrap();
        assert_eq!(
            made.text,
            "We come back to you about “where is it?”. The new parcel left today. [1] Is anything still open?"
        );
        assert_eq!(made.sources[0].passage, "The new parcel left today.");
    }

    #[test]
    fn what_takes_a_language_model_is_not_pretended() {
        let made = without_model(&prompt(&[], &["¿dónde está?"], &[]), &errand(Kind::Translate, "into English"));
        assert!(!made.unwrap().known);
        assert_eq!(without_model(&prompt(&[], &["hi"], &[]), &errand(Kind::Draft, "answer")), None);
    }
}
