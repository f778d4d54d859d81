//! Customers with a life of their own, for the demo and for load.
//!
//! [`scenario`] reads who they are, [`customer`] is the pure machine of one, [`afternoon`] says when which one comes, and
//! [`driver`] is the peer that brings them to the desk; [`colleague`] is a person at the desk who takes some, [`reviewer`] one who
//! judges what the AI said. All of it follows from a seed and from what the desk says.
//! Deliberately not here: anything that knows how the desk answers.

pub mod afternoon;
pub mod colleague;
pub mod customer;
pub mod driver;
pub mod options;
pub mod random;
pub mod reviewer;
pub mod scenario;

pub use driver::run;
pub use options::{SimulatorEnded, SimulatorOptions};
pub use scenario::{Scenario, ScenarioError, parse};
