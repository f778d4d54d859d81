//! The server over real sockets, each figure beside what it is measured against, in the same run.
//!
//! `cargo bench --bench server` prints the table; a word behind `--` picks one part: `durable`, `reach`, `fanout`, `start`,
//! `idle`. Each part has a folder of its own under the system's temporary folder. Deliberately not here: the console, and
//! absolute limits of a machine; on a shared one only ratios travel.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity,
    dead_code,
    reason = "figures are rounded for people, and each bench uses a part of what they share"
)]

#[path = "../common/desk.rs"]
#[allow(dead_code, reason = "shared with the other benches")]
mod desk;
mod disk;
#[path = "../common/figures.rs"]
#[allow(dead_code, reason = "shared with the other benches")]
mod figures;
mod line;
mod memory;
mod plain;
#[path = "desk.rs"]
mod running;
mod work;

use figures::Figures;
use std::path::Path;

fn main() {
    let said: Vec<String> = std::env::args().skip(1).collect();
    // This program starts itself where memory is counted: a process for each figure.
    if let Some(("measure", rest)) = said.first().map(String::as_str).zip(said.get(1..)) {
        return memory::measure(rest);
    }
    // `cargo test --benches` says nothing, and must not take minutes.
    if !said.iter().any(|word| word == "--bench") {
        return;
    }
    let wanted: Vec<&str> = said.iter().map(String::as_str).filter(|word| !word.starts_with("--")).collect();
    let mut figures = Figures::default();
    let parts: [(&str, fn(&mut Figures, &Path)); 5] = [
        ("durable", work::durable),
        ("reach", work::reach),
        ("fanout", work::fan_out),
        ("start", memory::start),
        ("idle", memory::idle),
    ];
    for (name, part) in parts {
        if wanted.is_empty() || wanted.contains(&name) {
            eprintln!("{name}");
            let folder = tempfile::tempdir().expect("a temporary folder");
            part(&mut figures, folder.path());
        }
    }
    figures.print("server: over real sockets, beside what it is measured against");
}
