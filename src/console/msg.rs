//! What happened, as the pure core hears it. Each message carries the time, so the core needs no clock.

use super::{
    input::{Key, Mouse},
    model::{DraftKey, Measured, Saved},
};
use crate::{
    client::News,
    domain::{refusal::Refusal, time::Timestamp},
    protocol::Answer,
};

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Msg {
    /// When, by the local clock.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A key was pressed.
    Key(Key),
    /// A text was pasted: one insertion, never commands.
    Pasted(String),
    /// The mouse did something.
    Mouse(Mouse),
    /// The terminal has another size.
    Resized(u16, u16),
    /// The terminal got the focus, or lost it.
    Focus {
        /// Whether it has it now.
        here: bool,
    },
    /// The session told something, but for answers.
    News(News),
    /// The server answered what an `Effect::Ask` asked.
    Answered {
        /// The ticket of the effect.
        ticket: u64,
        /// What came of it.
        result: Result<Answer, Refusal>,
    },
    /// An `Effect::Ask` could not be given to the session.
    NotAsked {
        /// The ticket of the effect.
        ticket: u64,
        /// Why, for people.
        why: String,
    },
    /// The time that `Effect::WakeAt` asked for has come.
    Woke,
    /// A filter has more to look at.
    ScanOn,
    /// Drawing found something out.
    Measured(Measured),
    /// `$EDITOR` came back: the new text, none if it was given up, or why it failed.
    Edited(Result<Option<String>, String>),
    /// Texts that an earlier run kept.
    Restored(Vec<(DraftKey, String)>),
    /// The saved filters of an earlier run.
    Saved(Vec<Saved>),
    /// The sheet of a shift's end is in this file, or why not.
    SheetKept(Result<String, String>),
    /// Something beside the desk went wrong, as keeping a text on disk: one sentence.
    Trouble(String),
    /// The program came back to the foreground, or is asked to paint all.
    Resumed,
    /// The program is asked to end: SIGTERM, SIGHUP.
    Ending,
}
