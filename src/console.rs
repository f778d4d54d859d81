//! To come.

pub mod paint;
