//! The end of a shift: the sheet for whoever comes next, and where what one holds goes.
//!
//! Everything is read from cards, talks and briefs; nothing is decided here (the commands are, one by one). What was
//! promised is found in briefs, and guessed from replies as [`Brief::begun`] does: the sheet says which. Deliberately not
//! here: clocks and time zones, and how the facts are read.

mod sheet;
#[cfg(test)]
mod tests;

pub use sheet::{Facts, Item, Sheet};

use super::{
    brief::Brief,
    card::{Card, Status},
    desk::Office,
    holder::Holder,
    ids::TeammateId,
    thread::Thread,
};

/// Where what one holds is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum To {
    /// To the AI, where it may hold it, else to the queue.
    Ai,
    /// To the queue.
    Queue,
}

/// Where a conversation goes, or why it stays.
///
/// What sleeps goes to the queue, where it sleeps on: an AI would be woken by it.
///
/// # Errors
/// Why it is left alone, in two words.
pub fn goes(card: &Card, to: To, me: TeammateId, office: &Office) -> Result<Holder, &'static str> {
    if !card.holder.is_human(me) {
        return Err("not yours");
    }
    match card.status {
        Status::Resolved { .. } => Err("resolved already"),
        Status::Open if to == To::Ai => {
            Ok(office.front_ai().filter(|ai| may_hold(card, *ai, office)).map_or(Holder::Queue, Holder::Ai))
        }
        Status::Open | Status::Snoozed { .. } => Ok(Holder::Queue),
    }
}

/// As the rules of a hand-back say, as far as the card tells. The server has the last word.
fn may_hold(card: &Card, ai: TeammateId, office: &Office) -> bool {
    card.mode.lets_ai_hold()
        && card.signs.hand_offs < office.policy.hand_offs
        && office.stopped(card, Some(ai)).is_none()
}

/// The brief that goes with it: begun from the talk, or the bare fact where the talk says nothing. Never empty.
#[must_use]
pub fn brief(thread: Option<&Thread>, me: TeammateId, office: &Office) -> Brief {
    let begun = thread.map(|thread| Brief::begun(thread, me)).unwrap_or_default();
    if begun.is_empty() {
        Brief { done: format!("{}'s shift has ended", office.name_of(me)), ..Brief::default() }
    } else {
        begun
    }
}

/// The note for the team where no AI reads the brief.
#[must_use]
pub fn note(brief: &Brief) -> String {
    let parts = brief.parts();
    let said: Vec<String> = parts
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(title, text)| format!("{title}: {}", text.trim()))
        .collect();
    format!("left at the end of a shift\n{}", said.join("\n"))
}
