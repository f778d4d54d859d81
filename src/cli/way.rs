//! A way to a desk that is known already, as the demo and `--embed` have it.
//!
//! Deliberately not here: finding a server by its address (see `cli::desk`).

use crate::client::Dial;
use std::sync::Arc;

/// A way to a desk, with who goes it.
#[derive(Clone)]
pub struct Way {
    /// The way.
    pub dial: Arc<dyn Dial>,
    /// The token.
    pub token: String,
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Way").field("place", &self.dial.place()).finish_non_exhaustive()
    }
}
