//! The beginning of a brief: what the person said since the take-over, what sounds like a promise, what the customer asked
//! last. Guesses for a person to edit, not facts.

use super::Brief;
use crate::domain::{
    holder::Holder,
    ids::TeammateId,
    thread::{Thread, What},
};

/// Words that promise, in the languages of the demo desk.
const PROMISES: [&str; 16] = [
    "will",
    "i'll",
    "we'll",
    "promise",
    "going to",
    "by tomorrow",
    "werde",
    "werden",
    "verspreche",
    "bis morgen",
    "voy a",
    "vamos a",
    "prometo",
    "会",
    "سوف",
    "سأ",
];
/// The longest a part is begun with, in characters.
const LONGEST: usize = 400;

impl Brief {
    /// The beginning of a brief, from what was said since `me` took over; empty where that says nothing.
    #[must_use]
    pub fn begun(thread: &Thread, me: TeammateId) -> Self {
        begun(thread, me)
    }
}

fn begun(thread: &Thread, me: TeammateId) -> Brief {
    let since = thread
        .entries
        .iter()
        .rposition(|entry| matches!(&entry.what, What::Holder { to, .. } if *to == Holder::Human(me)))
        .map_or(0, |at| at + 1);
    let mut done = Vec::new();
    let mut promised = Vec::new();
    let mut open = None;
    for entry in thread.entries.iter().skip(since) {
        match &entry.what {
            What::Reply { text, .. } if entry.by.teammate() == Some(me) => {
                open = None;
                for sentence in sentences(text) {
                    if promises(sentence) { promised.push(sentence) } else { done.push(sentence) }
                }
            }
            What::Customer { text, .. } => open = Some(text.trim()),
            _ => {}
        }
    }
    let done = if done.is_empty() { String::new() } else { format!("told the customer: {}", done.join(" ")) };
    Brief {
        done: short(&done),
        promised: short(&promised.join(" ")),
        open: short(open.unwrap_or_default()),
        ..Brief::default()
    }
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', '\n', '。', '！', '？', '؟']).map(str::trim).filter(|part| !part.is_empty())
}

fn promises(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    PROMISES.iter().any(|word| {
        if word.is_ascii() {
            lower.match_indices(word).any(|(at, _)| {
                let before = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
                let after = lower[at + word.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
                before && after
            })
        } else {
            lower.contains(word)
        }
    })
}

/// One line of at most so many characters: the form has a line for each part.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
