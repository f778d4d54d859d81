//! To come.

pub mod paint;
pub mod theme;
