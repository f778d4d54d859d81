//! The log that is the truth, and what is read from it.
//!
//! [`EventLog`] is the only seam: one implementation keeps a desk in one SQLite file ([`SqliteLog`]), one in memory
//! ([`MemoryLog`]), and the same story test runs on both. Everything here is synchronous; whoever owns the log runs it
//! on a thread of its own. Deliberately not here: rules (`domain`), threads, channels and peers (`server`).
//!
//! Events, with the keys and answers of the commands that made them, are kept for ever (keys for seven days).
//! All else can be rebuilt from them: saved states, so that a start need not replay years, and the search index.

#![allow(clippy::doc_markdown, reason = "SQLite is a name, not an item")]

mod chain;
mod erase;
mod error;
mod guidance;
mod headfile;
mod index;
mod log;
mod memory;
mod outputs;
mod reader;
mod schema;
mod sqlite;
mod upcast;
mod words;

#[cfg(test)]
pub(crate) mod tests;

pub use chain::{Broken, Flaw, GENESIS, Verified, link, verify};
pub use error::StoreError;
pub use guidance::{GuidanceRow, NamedAt};
pub use headfile::Mark;
pub use log::{
    Checkpoint, Corrected, Done, Entry, EventLog, Found, Head, Key, Link, LogReader, Reviewed, Seal, State, States,
    Stored,
};
pub use memory::MemoryLog;
pub use outputs::Ended;
pub use reader::SqliteReader;
pub use sqlite::{Opened, SqliteLog};
