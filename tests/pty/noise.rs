//! What no person types: windows dragged about, pastes that look like keys.

use super::sitting::{PATIENCE, Sitting};

#[test]
fn a_storm_of_sizes_leaves_a_console_that_works() {
    let mut sitting = Sitting::at_demo(80, 24);
    for step in 0..100_u16 {
        // From 20x5 to 200x60 in leaps that go to and fro.
        sitting.resize(20 + (step * 67) % 181, 5 + (step * 23) % 56);
    }
    sitting.resize(20, 5);
    sitting.resize(100, 30);
    let from = sitting.raw.len();
    sitting.types("\u{c}");
    sitting.until_written(b"\x1b[2J", from);
    sitting.until("the floor", |screen| screen.contains("Floor") && screen.contains("needs you"));
    sitting.types("?");
    sitting.sees("keys");
    sitting.types("q");
    sitting.sees("Floor");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(super::bytes::foreign(&sitting.raw), None);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}

#[test]
fn a_paste_presses_no_key_and_sends_nothing() {
    let mut sitting = Sitting::at_demo(100, 30);
    // Into the list: t would take over, q would quit, the end of a paste within the paste would let keys through.
    for text in ["t\r\nq\nR\n", "t", "q\r", "y\u{1b}[201~"] {
        sitting.pastes(text);
    }
    let from = sitting.raw.len();
    sitting.types("\u{c}");
    sitting.until_written(b"\x1b[2J", from);
    sitting.until("the floor", |screen| screen.contains("Floor") && screen.contains("needs you"));
    assert!(!sitting.shown().contains("you took over"), "{}", sitting.shown());

    // Into the composer: line breaks are part of the text, and nothing is sent.
    sitting.types("n");
    sitting.sees("note");
    sitting.sees("enter send");
    sitting.pastes("first line\r\nsecond line\nthird line");
    sitting.until("three lines", |screen| {
        ["first line", "second line", "third line", "enter send"].iter().all(|part| screen.contains(part))
    });
    sitting.types("\u{1b}");
    sitting.sees_no("enter send");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}
