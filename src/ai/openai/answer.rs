//! What the words of a model are worth: its claims against what it cites, its language, and whether it knows at all.
//!
//! Whatever gives doubt takes the grounding to nothing, so that a person sees a draft with the reason in its steps, however
//! well the words stand. Pure. Deliberately not here: the desk's threshold, and guards on what may be said.

use super::{
    count::Counted,
    material::{Material, RULES},
    reply::{UNKNOWN, Whole},
};
use crate::{
    ai::{
        grounding::{Citable, Standing, speaks, standing},
        model::{Composed, Prompt},
    },
    domain::turn::{Grounding, Source, Step},
};
use std::{collections::HashSet, fmt::Write as _, time::Duration};

/// So many words of the rules in a row are no accident.
const IN_A_ROW: usize = 10;

/// Signs by which models part thoughts, tool calls and answers. An endpoint that lets one through has not read its model.
const MARKUP: [&str; 4] = ["<|", "<tool_call>", "[TOOL_CALLS]", "<think>"];

/// Weighs an answer to `prompt`, which was given as `material`.
#[must_use]
pub fn weigh(whole: &Whole, material: &Material, prompt: &Prompt) -> Composed {
    if whole.text.contains(UNKNOWN) {
        let steps = vec![step("ground", "the sources do not answer it, by the model's word".to_owned())];
        return Composed { steps, calls: whole.calls.clone(), ..Composed::default() };
    }
    if repeats_rules(&whole.text) {
        let steps = vec![step("doubt", "it repeats the rules that it was given instead of answering".to_owned())];
        return Composed { steps, calls: whole.calls.clone(), ..Composed::default() };
    }
    let citable: Vec<Citable<'_>> = material
        .sources
        .iter()
        .map(|source| Citable { id: source.id, heading: &source.heading, text: &source.text })
        .collect();
    let neutral = prompt.said.iter().chain(&prompt.earlier).chain(&prompt.whispers).map(String::as_str);
    let standing = standing(&whole.text, &citable, neutral);
    let sources = material.sources.iter().filter(|source| standing.cited.contains(&source.id)).map(|source| Source {
        number: source.id,
        document: source.document.clone(),
        heading: source.heading.clone(),
        passage: source.text.clone(),
    });
    let sources = sources.collect();
    let mut steps = vec![step("ground", found(&standing))];
    let mut grounding = standing.grounding;
    for doubt in doubts(whole, prompt) {
        grounding = Grounding(0);
        steps.push(step("doubt", doubt));
    }
    Composed {
        text: whole.text.clone(),
        sources,
        grounding,
        known: true,
        // The customer's own word settles a matter, if nothing new is claimed or asked.
        settled: prompt.settled && standing.claims.is_empty() && !whole.text.contains(['?', '？', '؟']),
        claims: standing.claims,
        steps,
        calls: whole.calls.clone(),
        ..Composed::default()
    }
}

/// Whether so many words in a row are our own rules': they are for the model, and no answer to anybody.
fn repeats_rules(text: &str) -> bool {
    let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_lowercase).collect() };
    let said = words(text);
    let runs: HashSet<&[String]> = said.windows(IN_A_ROW).collect();
    !runs.is_empty() && words(RULES).windows(IN_A_ROW).any(|run| runs.contains(run))
}

/// How an answer came about, for the trace.
#[must_use]
pub fn composed_by(
    name: &str,
    attempts: u32,
    first: Option<Duration>,
    (read, written): (u32, u32),
    counted: Counted,
) -> String {
    let times = if attempts > 1 { format!(", attempt {attempts}") } else { String::new() };
    let first = first.map_or_else(String::new, |first| format!(", first word after {} ms", first.as_millis()));
    let count = match counted {
        Counted::There => "",
        Counted::HereForWant => " (counted here: it does not count)",
        Counted::HereForDoubt => " (counted here: its count cannot be)",
    };
    format!("{name}{times}{first}, {read} tokens read, {written} written{count}")
}

fn found(standing: &Standing) -> String {
    let Standing { claims, stand, wrong, odd_figures, .. } = standing;
    let mut said = format!("{stand} of {} claims stand on what they cite", claims.len());
    if !wrong.is_empty() {
        let wrong: Vec<String> = wrong.iter().map(|number| format!("[{number}]")).collect();
        let _ = write!(said, "; {} names no source", wrong.join(" "));
    }
    if !odd_figures.is_empty() {
        let shown: Vec<&str> = odd_figures.iter().take(5).map(String::as_str).collect();
        let _ = write!(said, "; figures in no cited source: {}", shown.join(", "));
    }
    said
}

/// What makes an answer doubtful, whatever it says.
fn doubts(whole: &Whole, prompt: &Prompt) -> Vec<String> {
    let mut doubts = Vec::new();
    if whole.twice > 0 {
        doubts.push(format!("{} pieces came twice: words may be doubled", whole.twice));
    }
    if MARKUP.iter().any(|sign| whole.text.contains(sign)) {
        doubts.push("it holds signs of the model's own format".to_owned());
    }
    if !speaks(&whole.text, prompt.locale) {
        doubts.push(format!("the customer's language is {}, the answer's is not", prompt.locale.tag()));
    }
    doubts
}

fn step(name: &str, detail: String) -> Step {
    Step { name: name.to_owned(), detail, ms: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ai::{retrieval::Passage, words::Language};

    fn weighed(text: &str, prompt: Prompt, twice: u32) -> Composed {
        let prompt =
            Prompt { said: vec!["when is my refund here?".into()], passages: vec![Passage::of_refunds()], ..prompt };
        let whole = Whole { text: text.into(), twice, ..Whole::default() };
        weigh(&whole, &Material::of(&prompt), &prompt)
    }

    #[test]
    fn an_answer_names_what_it_cites_and_how_it_stands() {
        let it = weighed("A refund takes 5 working days. [1]", Prompt::default(), 0);
        assert_eq!((it.grounding, it.known, it.settled), (Grounding(1000), true, false));
        assert_eq!(it.sources.iter().map(|s| (s.number, s.document.as_str())).collect::<Vec<_>>(), [(1, "refunds.md")]);
        assert_eq!(it.steps[0].detail, "1 of 1 claims stand on what they cite");
        let lie = weighed("A refund takes 2 working days. [1][9]", Prompt::default(), 0);
        assert_eq!(lie.grounding, Grounding(0));
        assert_eq!(
            lie.steps[0].detail,
            "0 of 1 claims stand on what they cite; [9] names no source; figures in no cited source: 2"
        );
    }

    #[test]
    fn doubt_takes_the_grounding_to_nothing_and_the_sign_means_unknown() {
        let twice = weighed("A refund takes 5 working days. [1]", Prompt::default(), 2);
        assert_eq!((twice.grounding, twice.steps[1].name.as_str()), (Grounding(0), "doubt"));
        let german = Prompt { locale: Language::De, ..Prompt::default() };
        assert_eq!(weighed("A refund takes 5 working days, and it is here. [1]", german, 0).grounding, Grounding(0));
        for sign in ["<|end|>", "<tool_call>"] {
            let odd = weighed(&format!("A refund takes 5 working days. [1] {sign}"), Prompt::default(), 0);
            assert_eq!((odd.grounding, odd.steps[1].name.as_str()), (Grounding(0), "doubt"), "{sign}");
        }
        assert!(!weighed("NO_ANSWER", Prompt::default(), 0).known);
    }

    #[test]
    fn a_sentence_that_is_quoted_over_and_over_stands_as_it_does_once() {
        let it = weighed(&"A refund takes 5 working days [1]. ".repeat(50), Prompt::default(), 0);
        assert_eq!(it.grounding, Grounding(1000), "{it:?}");
    }

    #[test]
    fn the_rules_repeated_are_no_answer() {
        let rule = RULES.lines().find(|line| line.split_whitespace().count() > IN_A_ROW).unwrap();
        assert!(!weighed(&format!("Gladly. {rule}"), Prompt::default(), 0).known);
    }

    #[test]
    fn thanks_settle_the_matter_unless_something_is_claimed() {
        let settled = Prompt { settled: true, ..Prompt::default() };
        assert!(weighed("You are welcome!", settled.clone(), 0).settled);
        assert!(!weighed("You get 50 euros! [1]", settled, 0).settled);
    }
}
