//! The laws of `decide` and `apply`, each with the name of its claim.
//!
//! `world` is a desk that people, AIs, connectors and the clock act on at random; the other files hold the laws. Every
//! law runs on `PROPTEST_CASES` random histories. Deliberately not here: interleavings in depth; see `tests/model`.

mod acts;
mod calls;
mod ceiling;
mod clock;
mod drafts;
mod erase;
mod fold;
mod guard;
mod guidance;
mod modes;
mod rights;
mod runners;
mod size;
mod stop;
mod takeover;
mod talks;
mod tasks;
mod tools;
mod total;
mod undo;
mod whispers;
mod world;
