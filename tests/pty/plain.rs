//! The console without a screen: lines in, lines out, on a terminal that may be a serial line or a screen reader's.

use super::sitting::{PATIENCE, Sitting};
use nix::sys::signal::Signal;

/// The plain console of a demo in which some need you, with these settings.
fn at_demo(settings: &str) -> Sitting {
    let script = format!(
        "mkdir -p config/centaur && printf '{settings}' > config/centaur/config.toml && exec {} demo --plain --rate 120",
        env!("CARGO_BIN_EXE_centaur")
    );
    let mut sitting = Sitting::run("/bin/sh", &["-c", &script], 200, 50);
    sitting.sees("Brindlewick, signed in as you. ");
    sitting
}

/// What is not text, a line end or a bell.
fn controls(raw: &[u8]) -> Vec<u8> {
    // What the person typed is echoed by the terminal itself.
    raw.iter().copied().filter(|byte| *byte < b' ' && !b"\r\n\x07".contains(byte)).collect()
}

#[test]
fn a_talk_is_taken_and_answered_line_by_line_and_no_escape_is_written() {
    let mut sitting = at_demo("");
    sitting.until("somebody who needs you", |screen| screen.contains("need you") || screen.contains(" needs you: "));
    for (line, answer) in [
        ("next", " · simulator · held by "),
        // Lena may have been faster.
        ("take it --force", " is yours; nothing of the AI is on its way to the customer"),
        ("mode it auto", " mode auto\r\n"),
        ("say it I'm here, one moment", " said; "),
        ("back it --done looked --promised friday", "is with Aria again, with your brief"),
        ("who", "here: you (you), holds "),
        ("handover", "## Approvals waiting ("),
        ("frobnicate", "no such word; help tells those there are"),
    ] {
        // Others are announced meanwhile, so that the answer may have left the screen.
        let from = sitting.raw.len();
        sitting.types(&format!("{line}\r"));
        sitting.until_written(answer.as_bytes(), from);
    }
    sitting.types("quit\r");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(controls(&sitting.raw), Vec::<u8>::new());
    assert!(!sitting.raw.contains(&7), "it rang without a rule");
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}

#[test]
fn it_rings_by_rule_and_ends_as_a_terminal_program_does() {
    for (end, code) in [("\u{4}", 0), ("\u{3}", 130)] {
        let mut sitting = at_demo("[[alert]]\\nwhen = \"needs:anyone\"\\n");
        sitting.until_written(b"\x07", 0);
        sitting.types(end);
        assert_eq!(sitting.end(PATIENCE).exit_code(), code, "{end:?}");
    }
    let mut sitting = at_demo("");
    sitting.signal(Signal::SIGTERM);
    assert_eq!(sitting.end(PATIENCE).exit_code(), 143);
    assert_eq!(sitting.settings(), sitting.before);
}
