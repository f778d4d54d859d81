//! When a person should answer instead.
//!
//! Word lists and comparisons, no guessing. Where in doubt, a person. Deliberately not here: the desk's own rules, and what to
//! tell the person (see `summary`).

use crate::{
    ai::{model::Composed, view::View, words::terms},
    domain::{escalation::Reason, policy::Policy, signals::WordSet},
};
use std::collections::BTreeSet;

/// Answers of its own that a new one is compared with.
const COMPARED: usize = 3;
/// So like an earlier answer, in hundredths of shared words, is the same again.
const SAME: u8 = 90;

/// Words of danger to life, matched on lower-case text from the beginning of a word.
const DANGER: &[&str] = &[
    "electric shock",
    "electrocut",
    "got a shock",
    "injur",
    "burned my",
    "burnt my",
    "burned myself",
    "caught fire",
    "on fire",
    "smoke",
    "smoking",
    "sparks",
    "explod",
    "gas leak",
    "smell gas",
    "smells of gas",
    "ambulance",
    "hospital",
    "stromschlag",
    "verletzt",
    "verletzung",
    "verbrannt",
    "brennt",
    "feuer",
    "rauch",
    "qualm",
    "funken",
    "explodiert",
    "gasgeruch",
    "krankenhaus",
    "descarga eléctrica",
    "descarga electrica",
    "calambre",
    "herid",
    "lesion",
    "lesión",
    "quemadura",
    "me quemé",
    "me queme",
    "incendio",
    "fuego",
    "humo",
    "chispas",
    "explot",
    "olor a gas",
    "fuga de gas",
    "触电",
    "电击",
    "受伤",
    "烫伤",
    "烧伤",
    "着火",
    "起火",
    "冒烟",
    "火花",
    "爆炸",
    "煤气",
    "صدمة كهربائية",
    "كهربتني",
    "إصابة",
    "اصابة",
    "أصبت",
    "حروق",
    "احترق",
    "حريق",
    "دخان",
    "شرر",
    "انفجر",
    "انفجار",
    "تسرب غاز",
    "رائحة غاز",
];
/// Words of the law, matched anywhere in lower-case text.
const LAW: &[&str] = &[
    "lawyer",
    "my attorney",
    "legal action",
    "sue you",
    "take you to court",
    "anwalt",
    "rechtliche schritte",
    "verklage",
    "abogado",
    "demandar",
    "denuncia",
    "律师",
    "起诉",
    "法律途径",
    "محام",
    "المحكمة",
    "مقاضا",
];

/// Why a person should answer before anything is looked up.
pub(super) fn at_once(view: &View, policy: &Policy) -> Option<(Reason, String)> {
    if is_danger(&view.said) {
        return Some((Reason::TopicForHumans, "words of danger".to_owned()));
    }
    let said = view.said.join("\n").to_lowercase();
    if let Some(line) = view.brief.as_ref().and_then(|brief| condition_met(&brief.back_when, &said)) {
        return Some((Reason::ReturnCondition, format!("the brief says to come back on: {}", clean(&line, 120))));
    }
    if view.asks_human {
        return Some((Reason::AskedForHuman, "the customer asked for a person".to_owned()));
    }
    if LAW.iter().any(|word| said.contains(word)) {
        return Some((Reason::TopicForHumans, "words of law".to_owned()));
    }
    // Whoever hands such a topic back with a brief has decided that the AI may go on.
    if view.brief.is_none() && view.topic.as_ref().is_some_and(|topic| policy.human_topics.contains(topic)) {
        return Some((Reason::TopicForHumans, "the desk keeps this topic for people".to_owned()));
    }
    None
}

/// Whether life or limb may be in danger.
pub(super) fn is_danger(said: &[String]) -> bool {
    let said = said.join("\n").to_lowercase();
    DANGER.iter().any(|word| begins(&said, word))
}

/// Whether a word of the text begins so: "brauche" holds no "rauch". Where words are not parted, or grow in front (Han,
/// Arabic), it may stand anywhere.
fn begins(text: &str, word: &str) -> bool {
    let parted = word.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        !parted || before.is_none_or(|c| !c.is_alphabetic())
    })
}

/// The first condition that occurs in the customer's words: as it stands, or all of its terms.
fn condition_met(conditions: &str, said: &str) -> Option<String> {
    let words: BTreeSet<String> = terms(said).into_iter().collect();
    let lines = conditions.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .filter(|line| {
            let wanted = terms(line);
            said.contains(&line.to_lowercase())
                || (!wanted.is_empty() && wanted.iter().all(|term| words.contains(term)))
        })
        .map(ToOwned::to_owned)
        .next()
}

/// Whether an answer says again what one of the last said. Small talk may.
pub(super) fn repeats(composed: &Composed, own: &[String]) -> bool {
    if composed.claims.is_empty() {
        return false;
    }
    let words = WordSet::of(&composed.text);
    // A sentence of a longer answer, alone, is what is asked for now: once.
    let told: usize = composed.claims.iter().map(String::len).sum();
    own.iter().rev().take(COMPARED).any(|earlier| {
        WordSet::of(earlier).likeness(&words) >= SAME
            || (composed.claims.iter().all(|claim| earlier.contains(claim.as_str())) && earlier.len() < 2 * told)
    })
}

/// One line without control, bidi and invisible characters, `most` characters at most.
pub(in crate::ai) fn clean(text: &str, most: usize) -> String {
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    let visible: String = text.chars().filter(|c| !hidden(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}
