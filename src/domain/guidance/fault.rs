//! Guidance begun from a fault: when the customer writes so, say what a reviewer would have said.
//!
//! Only the beginning of a form; a person reads it and goes on. Deliberately not here: what is a fault (see `annotation`).

use super::{Fault, Form, Instruction, LONGEST_PART, Which, titled};
use crate::domain::{
    annotation::Verdict,
    ids::EntryNo,
    thread::{Entry, Thread, What},
};

impl Form {
    /// The form for a message that was judged bad: that one, or else the last one; none if there is none.
    #[must_use]
    pub fn of_fault(thread: &Thread, topic: Option<&str>, message: Option<EntryNo>) -> Option<Self> {
        let bad = |entry: &Entry| entry.standing().filter(|one| one.judgement.verdict == Verdict::Bad).last().cloned();
        let wanted = |entry: &&Entry| message.is_none_or(|n| n == entry.n);
        let (entry, bad) = thread.entries.iter().rev().filter(wanted).find_map(|entry| Some((entry, bad(entry)?)))?;
        let corrected = bad.judgement.corrected.as_deref().map(|text| format!("say: {}", text.trim()));
        let then = corrected.or(bad.judgement.note).unwrap_or_default();
        let when = asked(thread, entry.n);
        let instruction = Instruction {
            title: titled(&when),
            when,
            then,
            examples: String::new(),
            topics: topic.map(str::to_owned).into_iter().collect(),
        };
        let from = Some(Fault { conversation: thread.conversation, message: entry.n });
        Some(Self { which: Which::New, instruction, from })
    }
}

/// The customer's words that a message answers, a line each; the newest of them, where they are many.
fn asked(thread: &Thread, message: EntryNo) -> String {
    let mut said: Vec<String> = Vec::new();
    for entry in thread.entries.iter().take_while(|entry| entry.n < message) {
        match &entry.what {
            What::Customer { text, .. } => said.push(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            What::Answer { .. } | What::Reply { .. } => said.clear(),
            _ => {}
        }
    }
    let mut room = LONGEST_PART;
    let fits = said.into_iter().rev().take_while(|line| {
        let has_room = line.len() < room;
        room = room.saturating_sub(line.len() + 1);
        has_room
    });
    let mut lines: Vec<String> = fits.collect();
    lines.reverse();
    lines.join("\n")
}
