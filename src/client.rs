//! A peer's end of the wire: connect, resume, retry.
//!
//! A [`session`] keeps one connection to a server alive: it greets, repeats what was not answered, watches again what was
//! watched, and tells its owner in [`News`](session::News). How bytes travel is a [`wire::Dial`]: a socket, or memory.
//! Deliberately not here: what anybody does with the news.

pub mod backoff;
pub mod caller;
pub mod memory;
pub mod session;
pub mod socket;
pub mod wire;

pub use caller::{CallError, Caller};
pub use memory::{MemoryDial, MemoryLine};
pub use session::{News, Options, Peer, Session};
pub use socket::Socket;
pub use wire::{Dial, DialError, Wire};
