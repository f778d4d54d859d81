//! How a simulated afternoon goes, and what came of it.

use super::afternoon::OPENING_BURST;
use std::time::Duration;

/// How much faster than life the head start goes.
pub const HURRY: f64 = 30.0;

/// How the afternoon goes.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatorOptions {
    /// What all of it follows from.
    pub seed: u64,
    /// How many customers come a minute, after an opening burst.
    pub rate: f64,
    /// How many are there at once, at most.
    pub conversations: usize,
    /// How many come in all; none: without end.
    pub total: Option<u64>,
    /// How much faster than life: 2 halves all times. Between 0.01 and 1000; anything else counts as 1.
    pub speed: f64,
    /// How many come in the opening burst.
    pub opening: usize,
    /// For so long after the beginning everything goes [`HURRY`] times faster than life: then the afternoon is under way.
    pub head_start: Duration,
}

impl Default for SimulatorOptions {
    fn default() -> Self {
        Self {
            seed: 7,
            rate: 20.0,
            conversations: 40,
            total: None,
            speed: 1.0,
            opening: OPENING_BURST,
            head_start: Duration::ZERO,
        }
    }
}

/// What came of a whole afternoon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Customers who came.
    pub customers: u64,
    /// Messages that they sent, the first ones too.
    pub messages: u64,
    /// Messages that they read.
    pub read: u64,
    /// Ratings that they gave.
    pub ratings: u64,
    /// What the desk refused for good.
    pub refused: u64,
}

/// The desk showed the simulator the door, or it cannot play.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the simulated customers are gone: {why}")]
pub struct SimulatorEnded {
    /// Why, for people.
    pub why: String,
}
