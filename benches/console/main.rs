//! The console without a terminal: the model of a large desk, `update`, `draw`, and the painter into a counter of bytes.
//!
//! Beside it, in the same run, a bare ratatui list of the same rows. Run with `cargo bench --bench console`; words behind `--`
//! pick parts: `memory`, `j`, `k`, `page`, `filter`, `growing`; numbers, how many cards. Deliberately not here: what a terminal makes of it (see `benches/floor.sh`), and the line (see `src/console/paint`).

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity,
    dead_code,
    reason = "figures are rounded for people, and each bench uses a part of what they share"
)]

#[allow(dead_code, reason = "shared with the other benches")]
#[path = "../common/desk.rs"]
mod desk;
#[allow(dead_code, reason = "shared with the other benches")]
#[path = "../common/figures.rs"]
mod figures;
#[path = "peer.rs"]
mod peer;
mod seat;

use centaur::domain::time::Span;
use figures::{Figures, Spread, resident};
use seat::Seat;
use std::time::{Duration, Instant};

/// Presses of a key in one measurement; so many pages are on the smallest desk.
const PRESSES: usize = 250;

fn main() {
    // `cargo bench` says `--bench`; `cargo test --benches` says nothing, and must not take minutes.
    let said: Vec<String> = std::env::args().skip(1).collect();
    if !said.iter().any(|said| said == "--bench") {
        return;
    }
    let mut figures = Figures::default();
    let words: Vec<&str> = said.iter().map(String::as_str).filter(|said| !said.starts_with("--")).collect();
    let counts: Vec<u64> = words.iter().filter_map(|said| said.parse().ok()).collect();
    let parts: Vec<&str> = words.into_iter().filter(|said| said.parse::<u64>().is_err()).collect();
    for count in if counts.is_empty() { vec![10_000, 100_000] } else { counts } {
        floor(&mut figures, count, &parts);
    }
    figures.print("console: key to frame, bytes, filter, growing answers, memory");
}

/// The wanted parts on a desk of `count` cards; all where none is named.
fn floor(figures: &mut Figures, count: u64, parts: &[&str]) {
    let wants = |part| parts.is_empty() || parts.contains(&part);
    let cards = seat::cards(count);
    let names: Vec<String> = cards.iter().map(seat::line).collect();
    let before = resident(None);
    let mut seat = Seat::at(cards);
    let taken = resident(None).saturating_sub(before);
    // The cards' own memory was there before and is now the model's.
    let model = taken + seat.given_kib;
    if wants("memory") {
        figures.goal(
            &format!("{count} cards: memory of the model"),
            format!("{:.1} MiB", model as f64 / 1024.0),
            format!("{:.0} bytes a card", model as f64 * 1024.0 / count as f64),
            "<= 80 MiB",
            model <= 80 * 1024,
        );
    }
    let mut bare = peer::BareList::new(names);
    let page = isize::try_from(seat.rows()).unwrap_or(30);
    for (part, key, by, goal) in [("j", "j", 1, 260), ("k", "k", -1, 260), ("page", "pagedown", page, 2_008)] {
        if wants(part) {
            motion(figures, count, key, &mut seat, &mut bare, by, goal);
        }
    }
    if wants("filter") {
        filter(figures, count, &mut seat);
    }
    if wants("growing") {
        growing(figures, count, &mut seat);
    }
}

/// One key many times; `goal` is what the best peer writes for it.
fn motion(
    figures: &mut Figures,
    count: u64,
    key: &str,
    seat: &mut Seat,
    bare: &mut peer::BareList,
    by: isize,
    goal: usize,
) {
    let start = seat.bytes();
    let mut ours = Vec::with_capacity(PRESSES);
    for _ in 0..PRESSES {
        // Faster than the talk follows, as a person runs down a list.
        seat.pass(Span(80));
        let at = Instant::now();
        seat.press(key);
        seat.draw();
        ours.push(at.elapsed());
    }
    let bytes = (seat.bytes() - start) / PRESSES;
    let start = bare.bytes();
    let theirs = (0..PRESSES).map(|_| timed(|| bare.step(by))).collect();
    let bare_bytes = (bare.bytes() - start) / PRESSES;
    let (ours, theirs) = (Spread::of(ours), Spread::of(theirs));
    let ratio = ours.ms(50.0) / theirs.ms(50.0);
    figures.goal(
        &format!("{count} cards: `{key}` to frame"),
        ours.text(),
        format!("bare list {}; ratio {ratio:.2}", theirs.text()),
        "p99 <= 5 ms, p50 ratio <= 1.5",
        ours.ms(99.0) <= 5.0 && ratio <= 1.5,
    );
    figures.goal(
        &format!("{count} cards: `{key}` bytes a key"),
        format!("{bytes}"),
        format!("bare list {bare_bytes}"),
        format!("<= {goal} (neomutt)"),
        bytes <= goal,
    );
}

/// `/` and a name, letter by letter, taken back again.
fn filter(figures: &mut Figures, count: u64, seat: &mut Seat) {
    let (mut first, mut all) = (Vec::new(), Vec::new());
    for word in ["novak", "tanaka", "haddad 9", "is:waiting", "zzzz"] {
        seat.press("/");
        seat.draw();
        for letter in word.chars() {
            seat.pass(Span(120));
            let at = Instant::now();
            let key = if letter == ' ' { "space".to_owned() } else { letter.to_string() };
            seat.press(&key);
            seat.draw();
            first.push(at.elapsed());
            while seat.scan_on() {}
            seat.draw();
            all.push(at.elapsed());
        }
        seat.press("esc");
        seat.press("esc");
        seat.draw();
    }
    let (first, all) = (Spread::of(first), Spread::of(all));
    figures.goal(
        &format!("{count} cards: filter, first result"),
        first.text(),
        "",
        "p99 <= 16 ms",
        first.ms(99.0) <= 16.0,
    );
    figures.note(&format!("{count} cards: filter, all looked at"), all.text());
}

/// 1,000 pieces a second over 50 talks, one of them open, at 60 frames a second; 10 seconds of it.
fn growing(figures: &mut Figures, count: u64, seat: &mut Seat) {
    seat.open_talk();
    let start = seat.bytes();
    let mut spent = Duration::ZERO;
    let seconds = 10_u32;
    let mut grown = 0_u64;
    for frame in 0..seconds * 60 {
        seat.pass(Span(16));
        let due = u64::from(frame + 1) * 1_000 / 60;
        let pieces: Vec<_> = (grown..due).map(|n| seat.piece(n % 50, n / 50)).collect();
        grown = due;
        spent += timed(|| {
            for piece in pieces {
                seat.hear(piece);
            }
            seat.draw();
        });
    }
    let share = spent.as_secs_f64() / f64::from(seconds);
    let bytes = (seat.bytes() - start) / seconds as usize;
    figures.goal(
        &format!("{count} cards: 1,000 pieces a second on 50 talks"),
        format!("{:.2} % of a core", share * 100.0),
        format!("{bytes} bytes a second"),
        "<= 10 %",
        share <= 0.1,
    );
}

fn timed(act: impl FnOnce()) -> Duration {
    let at = Instant::now();
    act();
    at.elapsed()
}
