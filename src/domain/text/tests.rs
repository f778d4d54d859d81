//! The laws of it. To come.
