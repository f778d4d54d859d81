//! The map of centaur: a console for teams in which an AI answers most customers and people supervise it.
//!
//! *A desk has rules; peers speak about it in frames; the server keeps it; the console, the AI teammates and the
//! connectors are all peers; the command line puts them together.*
//!
//! * [`domain`]: what a desk is. `decide` says what may happen, `apply` says what follows. No clock, no IO, no async.
//! * [`protocol`]: the wire between a peer and the server, on one page.
//! * [`store`]: the log that is the truth, and what is read from it.
//! * [`server`]: the one place where the desk changes: decide, append, apply, publish.
//! * [`client`]: a peer's end of the wire: connect, resume, retry.
//! * [`ai`]: AI teammates: a pure machine for one turn, a driver, retrieval, the offline model.
//! * [`connectors`]: doors to customers: the web channel and the simulator.
//! * [`console`]: the terminal program that people look at.
//! * [`config`], [`paths`], [`log`]: files, folders and the program's own log.
//! * [`cli`]: the command line; one file per subcommand.
//!
//! Who may import whom: `domain` nothing of ours; `protocol` and `store` only `domain`; `server` `domain protocol store`;
//! `client` `domain protocol`; `ai` and `connectors` `domain protocol client`; `console` `domain protocol client config`;
//! `cli` and `main` all. `tests/suite/rooms.rs` reads `src/` and holds us to it.

#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::todo, clippy::unimplemented)]
#![deny(clippy::dbg_macro, clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::print_stdout,
        reason = "a test fails by panicking, and a measurement is printed"
    )
)]

pub mod ai;
pub mod cli;
pub mod client;
pub mod config;
pub mod connectors;
pub mod console;
pub mod domain;
pub mod log;
pub mod paths;
pub mod protocol;
pub mod server;
pub mod store;
