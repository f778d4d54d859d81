//! What the views draw with: signs, safe words on cells, blocks of wrapped lines, boxes.
//!
//! Deliberately not here: anything that knows a conversation.

pub mod block;
pub mod frame;
pub mod glyphs;
pub mod ink;

pub use block::Block;
pub use glyphs::Glyphs;
pub use ink::{Ink, Words};
