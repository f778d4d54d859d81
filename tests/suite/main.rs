//! Tests of the whole, one file per area. Deliberately not here: what one module can prove of itself.

#![allow(
    clippy::zero_sized_map_values,
    clippy::unnecessary_box_returns,
    clippy::default_trait_access,
    reason = "a test says what it means in few words"
)]

mod bad;
mod commands;
mod desk;
mod faults;
mod frames;
mod guards;
mod guidance;
mod hostile;
mod hostile_tools;
mod models;
mod past;
mod readme;
mod rooms;
mod source;
mod stops;
mod support;
mod talks;
mod tools;
