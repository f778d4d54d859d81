//! What is to be done, as the pure core says it. Data only: `perform` and `app` do it.

use super::model::{DraftKey, Saved};
use crate::{
    domain::{
        command::Command,
        ids::{ConversationId, EntryNo},
        text::SafeText,
        time::Timestamp,
    },
    protocol::{Query, ToServer},
};

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the server. The answer comes back as `Answered` with the ticket.
    Ask {
        /// Names it.
        ticket: u64,
        /// What.
        command: Box<Command>,
    },
    /// Watch a conversation, from an entry on.
    Watch(ConversationId, Option<EntryNo>),
    /// Watch it no more.
    Unwatch(ConversationId),
    /// Read something; the page comes back with the number.
    Query(u32, Query),
    /// Send an ephemeral frame, or drop it.
    Tell(Box<ToServer>),
    /// Keep an unsent text on disk; without a text, forget it.
    Keep(DraftKey, Option<String>),
    /// Read the saved filters; they come back as `Saved`.
    ReadSaved,
    /// Keep the saved filters on disk.
    KeepSaved(Vec<Saved>),
    /// Write the sheet of a shift's end to a file of this name; comes back as `SheetKept`.
    KeepSheet(String, String),
    /// Open `$EDITOR` on a text; comes back as `Edited`.
    Edit(String),
    /// Come back at this local time at the latest, as `Woke`; replaces the wake asked for before. None: never.
    WakeAt(Option<Timestamp>),
    /// Come back as soon as keys and news are taken, as `ScanOn`.
    ScanOn,
    /// Call the person: ring, and show this outside of the screen.
    Call {
        /// Whether to ring.
        rings: bool,
        /// What to show, on one line.
        says: Option<SafeText>,
    },
    /// The title of the window from now on.
    Title(SafeText),
    /// Give the terminal to the shell.
    Suspend,
    /// Paint the whole screen anew.
    Repaint,
    /// Draw with the built-in theme of this name; with the one of the start where there is none of that name.
    Theme(String),
    /// Give a text to the terminal's clipboard. It holds nothing that a terminal would obey.
    Copy(String),
    /// Whether the mouse is ours.
    Mouse(bool),
    /// End.
    Quit,
}
