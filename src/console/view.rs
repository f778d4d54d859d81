//! Draws the model. To come; until then, nothing is drawn.

use super::model::{Measured, Model};

/// What drawing keeps between two frames: theme and caches. Reads the model, changes nothing in it.
#[derive(Debug, Default)]
pub struct Look {
    /// What only drawing can know; the loop hands it back to the model as `Msg::Measured`.
    pub measured: Measured,
}

/// Draws one frame.
pub fn draw(_frame: &mut ratatui::Frame<'_>, _model: &Model, _look: &mut Look) {}
