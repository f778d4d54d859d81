//! Makes a folder with a desk of many conversations, the same each time but for the instant at which it ends:
//! `cargo bench --bench seed -- FOLDER COUNT [MILLISECONDS]`. The admin's token lies in it as `admin.token`.
//!
//! Not a measurement: what `benches/floor.sh` measures needs it.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity,
    dead_code,
    reason = "figures are rounded for people, and each bench uses a part of what they share"
)]

#[allow(dead_code, reason = "shared with the benches that measure")]
#[path = "../common/desk.rs"]
mod desk;
#[allow(dead_code, reason = "shared with the benches that measure")]
#[path = "../common/figures.rs"]
mod figures;

use centaur::{
    domain::time::Timestamp,
    server::{Clock, SystemClock},
};
use std::path::PathBuf;

fn main() {
    let mut said = std::env::args().skip(1).filter(|said| !said.starts_with("--"));
    let Some(folder) = said.next().map(PathBuf::from) else {
        println!("seed: name a folder and a count, as in `cargo bench --bench seed -- /tmp/desk 100000`");
        return;
    };
    let count = said.next().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let now = said.next().and_then(|at| at.parse().ok()).map_or_else(|| SystemClock.now(), Timestamp);
    desk::seed(&folder, count, now);
    println!("{count} conversations in {}", folder.display());
}
