//! The real program in a real pseudo-terminal: what a person sees and types, how it ends, and which bytes it writes.
//!
//! Waiting is reading until the screen shows what is meant; nothing here sleeps. Deliberately not here: what each screen
//! looks like (the snapshots of `view` hold that).

mod alerts;
mod bytes;
mod ends;
mod keys;
mod ladder;
mod noise;
mod plain;
mod shift;
mod sitting;
mod terms;
