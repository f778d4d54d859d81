//! How text frames travel, whatever carries them.

use std::{future::Future, pin::Pin};

/// A future that a trait object can return.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A line to the server. Frames are whole texts, in order, each once; a line that fails is dead.
pub trait Wire: Send {
    /// Sends one frame; ready when the line took it.
    fn send(&mut self, frame: String) -> Later<'_, Result<(), DialError>>;
    /// The next frame; `None` when the line is closed. Must be safe to drop half-way.
    fn receive(&mut self) -> Later<'_, Option<String>>;
}

/// A way to a server.
pub trait Dial: Send + Sync + 'static {
    /// Opens a line.
    fn dial(&self) -> Later<'_, Result<Box<dyn Wire>, DialError>>;
    /// Where it leads, for people.
    fn place(&self) -> String;
}

/// A line could not be opened, or broke.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct DialError {
    /// Where it should have led.
    pub place: String,
    /// What went wrong, and what to do.
    pub why: String,
}
