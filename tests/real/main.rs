//! The real program on real sockets: started, killed, drained, asked by customers, and badly begun.
//!
//! Short forms run everywhere; `CENTAUR_TAKEOVERS=10000` and `CENTAUR_KILLS=200` run the long ones (with
//! `--nocapture` the figures are shown). Nothing waits for time to pass: everything waits for a fact, within a limit.
//! Deliberately not here: the desk in memory (see `suite`) and all interleavings of its rules (see `model`).

mod agents;
mod customers;
mod dice;
mod drain;
mod erase;
mod house;
mod http;
mod kills;
mod load;
mod starts;
mod stops;
mod takeovers;
