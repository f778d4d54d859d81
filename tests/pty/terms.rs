//! Every kind of terminal that the program may meet, as far as its name tells: colours, signs, and what is not said to those
//! who would print it.

use super::sitting::{PATIENCE, Sitting};

/// A demo in such an environment, to the first floor and away again.
fn visit(environment: &str, flags: &str) -> Sitting {
    let script =
        format!("{environment} exec {} demo --seed 7 --speed 0.2 --rate 120 {flags}", env!("CARGO_BIN_EXE_centaur"));
    let mut sitting = Sitting::run("/bin/sh", &["-c", &script], 80, 24);
    sitting.until("a talk", |screen| screen.contains("live") && screen.contains(" simulator "));
    sitting.types("?");
    sitting.sees("on the floor");
    sitting.types("?");
    sitting.sees_no("on the floor");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert!(!sitting.screen.screen().alternate_screen());
    assert_eq!(sitting.settings(), sitting.before);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
    sitting
}

/// How colours are set: none, the sixteen, the cube, all.
fn colours(raw: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(raw);
    let params = text.split("\u{1b}[").filter_map(|part| part.split_once('m')).map(|(params, _)| params);
    let params: Vec<&str> = params.filter(|params| params.bytes().all(|b| b.is_ascii_digit() || b == b';')).collect();
    let any = |sign: &str| params.iter().any(|params| params.contains(sign));
    let named = |params: &&str| {
        let codes = params.split(';').filter_map(|code| code.parse::<u8>().ok());
        codes.into_iter().any(|code| matches!(code, 30..=37 | 40..=47 | 90..=97 | 100..=107))
    };
    match () {
        () if any("8;2;") => "all",
        () if any("8;5;") => "the cube",
        () if params.iter().any(named) => "sixteen",
        () => "none",
    }
}

#[test]
fn each_terminal_gets_the_colours_that_it_has() {
    for (environment, expected) in [
        ("TERM=xterm-256color COLORTERM=truecolor", "all"),
        ("TERM=xterm-256color", "the cube"),
        ("TERM=tmux-256color", "the cube"),
        ("TERM=screen-256color", "the cube"),
        ("TERM=screen", "sixteen"),
        ("TERM=xterm", "sixteen"),
        ("TERM=linux", "sixteen"),
        ("TERM=vt220", "none"),
        ("TERM=vt220 CLICOLOR_FORCE=1", "sixteen"),
        ("TERM=xterm-256color COLORTERM=truecolor NO_COLOR=1", "none"),
        ("TERM=xterm-256color CLICOLOR=0", "none"),
    ] {
        let sitting = visit(environment, "");
        assert_eq!(colours(&sitting.raw), expected, "{environment}");
        if environment == "TERM=linux" {
            // It prints the strings that it does not know.
            let strings = sitting.raw.windows(3).filter(|part| *part == b"\x1b]1").count();
            assert_eq!(strings, 0, "it was asked by a string");
        } else {
            assert_eq!(super::bytes::foreign(&sitting.raw), None, "{environment}");
        }
    }
}

#[test]
fn without_unicode_signs_no_line_and_no_sign_of_ours_is_sent() {
    let sitting = visit("TERM=vt220", "--ascii");
    let text = String::from_utf8_lossy(&sitting.raw);
    let ours = text.chars().find(|c| matches!(c, '\u{2190}'..='\u{2bff}'));
    assert_eq!(ours, None);
    assert!(sitting.raw.windows(3).any(|part| part == b"+--"), "a frame of plain signs");
}
