//! What no person types: windows dragged about, pastes that look like keys.

use super::sitting::{PATIENCE, Sitting};

#[test]
fn a_storm_of_sizes_leaves_a_console_that_works() {
    let mut sitting = Sitting::at_demo(80, 24);
    for step in 0..160_u16 {
        // From 1x1 to 400x100 in leaps that go to and fro, and what is promised between them.
        sitting.resize(1 + (step * 167) % 400, 1 + (step * 43) % 100);
        if step % 16 == 0 {
            sitting.resize(60, 20);
            sitting.types("jk");
        }
    }
    for (columns, rows) in [(1, 1), (400, 100), (60, 20)] {
        sitting.resize(columns, rows);
        let from = sitting.raw.len();
        sitting.types("\u{c}");
        sitting.until_written(b"\x1b[2J", from);
    }
    sitting.until("the floor in a small window", |screen| screen.contains("live") && screen.contains("needs you"));
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

    // A paste that ends itself, as copied from a page that wants to press keys, in one piece and in two.
    for (text, then) in [("x\u{1b}[201~t\rq\rR", ""), ("x\u{1b}[201~tR", "q\r")] {
        sitting.types(&format!("\u{1b}[200~{text}"));
        sitting.types(&format!("{then}\u{1b}[201~"));
    }
    sitting.looks_anew();
    sitting.until("the floor", |screen| screen.contains("Floor") && screen.contains("needs you"));
    assert!(!sitting.shown().contains("you took over"), "{}", sitting.shown());
    assert!(!sitting.shown().contains("Enter: do it"), "{}", sitting.shown());

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

#[test]
fn a_terminal_that_answers_nothing_is_served_and_answers_out_of_time_type_nothing() {
    let mut sitting = Sitting::run(env!("CARGO_BIN_EXE_centaur"), super::sitting::DEMO, 100, 30);
    sitting.answers = false;
    sitting.until("a talk", |screen| screen.contains("live") && screen.contains("· simulator ·"));
    // Each key is still answered, and answers that nobody owes are no keys: each of these would be one if it were typed.
    for answer in
        ["\u{1b}[0n", "\u{1b}[0n\u{1b}[0n", "\u{1b}]11;rgb:0000/0000/0000\u{1b}\\", "\u{1b}[?62;22c", "\u{1b}[?0u"]
    {
        sitting.types(answer);
        sitting.types("?");
        sitting.sees("on the floor");
        sitting.types(answer);
        sitting.types("?");
        sitting.sees_no("on the floor");
    }
    sitting.types("n");
    sitting.sees("enter send");
    sitting.types("be\u{1b}[0nfore\u{1b}]11;rgb:ffff/ffff/ffff\u{7}hand");
    sitting.sees("beforehand");
    sitting.types("\u{1b}");
    sitting.sees_no("enter send");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}

#[test]
fn a_terminal_that_says_that_it_is_light_gets_colours_for_that() {
    let ground = |colour: Option<&'static str>| {
        let words = ["-c", concat!("COLORTERM=truecolor exec ", env!("CARGO_BIN_EXE_centaur"), " demo --seed 7")];
        let mut sitting = Sitting::run("/bin/sh", &words, 80, 24);
        sitting.colour = colour;
        sitting.until("the floor", |screen| screen.contains("Floor") && screen.contains("live"));
        let screen = sitting.screen.screen();
        let cells = (0..24).flat_map(|row| (0..80).filter_map(move |column| screen.cell(row, column)));
        let colours: std::collections::BTreeSet<_> = cells.map(|cell| format!("{:?}", cell.fgcolor())).collect();
        sitting.types("q");
        assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
        colours
    };
    let (unknown, dark, light) = (ground(None), ground(Some("rgb:1010/1212/1414")), ground(Some("rgb:ffff/ffff/eeee")));
    assert!(dark.intersection(&unknown).count() > 3, "{dark:?} {unknown:?}");
    // All that they may share is the terminal's own colour.
    assert!(dark.intersection(&light).count() <= 1 && light.len() > 3, "{dark:?} {light:?}");
}
