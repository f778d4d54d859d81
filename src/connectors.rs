//! Doors to customers: each is a peer with the role *connector*, judged by the server like any other.
//!
//! A connector brings what customers say and takes out what is said to them. What goes out is claimed first: the server
//! compares the term in the same transaction, and only then hands the text over. What that means for every door stands in
//! [`deliveries`], a pure machine; [`keys`] makes the command ids. [`web`] is the HTTP channel, [`simulator`] plays the
//! customers of the demo and of load tests. Deliberately not here: who answers, and whether an answer may be sent.

pub mod deliveries;
pub mod keys;
pub mod recent;
pub mod simulator;
#[cfg(test)]
mod stage;
pub mod web;
