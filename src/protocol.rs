//! The wire between a peer and the server, on one page.
//!
//! Text frames, each one JSON object with a `type`. Unknown fields are ignored. A peer says [`Hello`](ToServer::Hello),
//! the server says [`Welcome`](ToPeer::Welcome) or [`Bye`](ToPeer::Bye). Down goes [`Ask`](ToServer::Ask), up come
//! [`Accepted`](ToPeer::Accepted) or [`Refused`](ToPeer::Refused), and what follows from it: cards (state, newest wins)
//! and the events of watched conversations (numbered, without a gap). Ephemeral frames may be lost.
//!
//! Every frame has one golden example under `tests/data/frames`. Deliberately not here: sockets.

pub mod codec;
pub mod frame;
pub mod guidance;
pub mod limits;
pub mod query;

pub use codec::{decode, decode_to_peer, encode};
pub use frame::{Answer, ByeCode, Present, Resume, Run, Scope, ToPeer, ToServer, Typist};
pub use query::{Page, Query};

/// The version of the wire. A peer with another one is told so and shown the door.
pub const VERSION: u16 = 1;
