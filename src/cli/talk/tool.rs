//! A tool call in lines, on the command line: everything that a person must see before deciding.
//!
//! Deliberately not here: deciding (see `approve` and `reject`).

use crate::domain::{desk::Office, teammate::Actor, text::SafeText, thread::Used};

/// How it stands in a few words, and its facts.
pub(super) fn told(used: &Used, office: &Office) -> (String, Option<String>) {
    let by = match used.ending.as_ref().map(|(_, by)| *by) {
        Some(Actor::Teammate(id)) => format!(", decided by {}", office.name_of(id)),
        Some(Actor::Desk) | None => String::new(),
    };
    let lead = if used.is_question() { "asks a person" } else { "tool call" };
    let mut lines: Vec<String> = used.facts().into_iter().map(|(name, words)| format!("{name:<8}{words}")).collect();
    if let Some((_, result)) = &used.ran {
        lines.push(format!("result  {}", SafeText::message(result)));
    }
    (format!("{lead}, {}{by}", used.state()), Some(lines.join("\n")))
}
