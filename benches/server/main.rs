//! The server over real sockets, each figure beside what it is measured against, in the same run.
//!
//! `cargo bench --bench server` prints the table; a word behind `--` picks one part: `durable`, `reach`, `fanout`, `start`,
//! `idle`, `customers` (numbers behind it: for how many seconds, how many messages a second). Each part has a folder of its
//! own under the system's temporary folder. Deliberately not here: the console, and absolute limits of a machine; on a
//! shared one only ratios travel.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity,
    dead_code,
    reason = "figures are rounded for people, and each bench uses a part of what they share"
)]

mod customers;
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
    let (numbers, wanted): (Vec<&str>, Vec<&str>) = said
        .iter()
        .map(String::as_str)
        .filter(|word| !word.starts_with("--"))
        .partition(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let numbers: Vec<u64> = numbers.into_iter().filter_map(|number| number.parse().ok()).collect();
    let mut figures = Figures::default();
    let parts: [(&str, fn(&mut Figures, &Path, &[u64])); 6] = [
        ("durable", |figures, folder, _| work::durable(figures, folder)),
        ("reach", |figures, folder, _| work::reach(figures, folder)),
        ("fanout", |figures, folder, _| work::fan_out(figures, folder)),
        ("start", |figures, folder, _| memory::start(figures, folder)),
        ("idle", |figures, folder, _| memory::idle(figures, folder)),
        ("customers", customers::customers),
    ];
    for (name, part) in parts {
        if wanted.is_empty() || wanted.contains(&name) {
            eprintln!("{name}");
            let folder = tempfile::tempdir().expect("a temporary folder");
            part(&mut figures, folder.path(), &numbers);
        }
    }
    figures.print("server: over real sockets, beside what it is measured against");
}
