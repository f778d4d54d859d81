//! Tests of the whole, one file per area. Deliberately not here: what one module can prove of itself.

mod rooms;
mod source;
