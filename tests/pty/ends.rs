//! However the console ends, the terminal is as it was and nothing is left running.

use super::sitting::{PATIENCE, Sitting};
use nix::sys::signal::Signal;
use std::time::Duration;

/// What a console must have said at its end, each after what it undoes.
const RESTORED: [(&[u8], &[u8]); 4] = [
    (b"\x1b[22;2t", b"\x1b[23;2t"),
    (b"\x1b[?1049h", b"\x1b[?1049l"),
    (b"\x1b[?2004h", b"\x1b[?2004l"),
    (b"\x1b[?1004h", b"\x1b[?1004l"),
];
/// How soon a console that was told to go is gone: promised are 3 s on a machine that does nothing else.
const SOON: Duration = Duration::from_secs(15);

fn last(raw: &[u8], part: &[u8]) -> Option<usize> {
    raw.windows(part.len()).rposition(|window| window == part)
}

#[track_caller]
fn is_restored(sitting: &Sitting) {
    for (on, off) in RESTORED {
        let (on, off) = (last(&sitting.raw, on), last(&sitting.raw, off));
        assert!(on.is_some() && off > on, "{on:?} {off:?}");
    }
    assert!(!sitting.screen.screen().alternate_screen());
    assert!(!sitting.screen.screen().hide_cursor());
    assert!(!sitting.screen.screen().bracketed_paste());
    assert_eq!(sitting.settings(), sitting.before);
    assert_eq!(super::bytes::foreign(&sitting.raw), None);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}

#[test]
fn q_leaves_with_success() {
    let mut sitting = Sitting::at_demo(80, 24);
    assert_ne!(sitting.settings(), sitting.before);
    sitting.types("q");
    assert_eq!(sitting.end(SOON).exit_code(), 0);
    is_restored(&sitting);
}

#[test]
fn ctrl_c_twice_leaves() {
    let mut sitting = Sitting::at_demo(80, 24);
    sitting.types("\u{3}\u{3}");
    let status = sitting.end(SOON);
    assert_eq!(status.exit_code(), 0, "{status:?}");
    is_restored(&sitting);
}

#[test]
fn a_signal_to_end_leaves_the_terminal_as_it_was() {
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGHUP, 129), (Signal::SIGINT, 130)] {
        let mut sitting = Sitting::at_demo(80, 24);
        sitting.types("r");
        sitting.signal(signal);
        let status = sitting.end(SOON);
        assert_eq!(status.exit_code(), code, "{status:?}");
        is_restored(&sitting);
    }
}

#[test]
fn a_console_whose_terminal_is_gone_is_gone_too() {
    let mut sitting = Sitting::at_demo(80, 24);
    let status = sitting.close(SOON);
    assert_eq!(status.exit_code(), 129, "{status:?}");
    assert!(!std::path::Path::new(&format!("/proc/{}", sitting.pid)).exists());
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}

#[test]
fn what_was_typed_outlives_a_console_that_is_killed() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("desk").display().to_string();
    let words = [
        "-c",
        &format!(
            "XDG_STATE_HOME={0}/state exec {1} demo --seed 7 --speed 0.2 --rate 120 --data {2}",
            home.path().display(),
            env!("CARGO_BIN_EXE_centaur"),
            data
        ),
    ];
    let mut sitting = Sitting::run("/bin/sh", &words, 100, 30);
    sitting.sees("needs you");
    sitting.sees("· simulator ·");
    sitting.types("n");
    sitting.sees("enter send");
    sitting.types("the warehouse calls back");
    sitting.sees("the warehouse calls back");
    // At most two seconds of typing may be lost: it is waited for the disk, not for a time.
    let kept = || {
        walk(home.path()).iter().any(|file| {
            std::fs::read(file).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains("the warehouse calls back"))
        })
    };
    let end = std::time::Instant::now() + PATIENCE;
    while !kept() {
        assert!(std::time::Instant::now() < end, "not on disk");
        sitting.looks_anew();
    }
    sitting.signal(Signal::SIGKILL);
    assert!(!sitting.end(SOON).success());
    // The terminal is as the killed one left it, and the next console restores it at its own end.
    let mut sitting = Sitting::run("/bin/sh", &words, 100, 30);
    sitting.sees("1 unsent text was kept from before");
    sitting.types("q");
    assert_eq!(sitting.end(SOON).exit_code(), 0);
    is_restored(&sitting);
}

/// All files below a folder.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn it_stops_and_comes_back_under_a_shell() {
    let mut sitting = Sitting::run("/bin/sh", &["-i"], 80, 24);
    sitting.until("a prompt", |screen| screen.contains(['$', '#']));
    sitting.types(&format!("PS1='ready> '; {} demo --rate 120\r", env!("CARGO_BIN_EXE_centaur")));
    sitting.sees("Floor");
    sitting.sees("needs you");
    let prompts = |screen: &str| screen.lines().filter(|line| line.starts_with("ready>")).count();
    for stops in 1..=2 {
        sitting.types("\u{1a}");
        sitting.until("the shell", |screen| prompts(screen) >= stops);
        assert!(!sitting.screen.screen().alternate_screen());
        assert!(!sitting.screen.screen().hide_cursor());
        let from = sitting.raw.len();
        sitting.types("fg\r");
        sitting.until_written(b"\x1b[2J", from);
        // With the frame after the next the keys are heard again for certain.
        for _ in 0..2 {
            let from = sitting.raw.len();
            sitting.until_written(b"\x1b[?2026l", from);
        }
        sitting.until("the floor again", |screen| screen.contains("Floor") && screen.contains("needs you"));
    }
    sitting.types("?");
    sitting.sees("keys");
    sitting.types("qq");
    sitting.until("the shell", |screen| prompts(screen) >= 3);
    sitting.types("exit\r");
    sitting.end(PATIENCE);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}

#[test]
fn what_cannot_be_used_is_said_before_the_screen_is_taken() {
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8]| {
        std::fs::write(files.path().join(name), text).unwrap();
        files.path().join(name).display().to_string()
    };
    for (path, says) in [
        (file("open.toml", b"[roles\n"), "open.toml:1: this is not TOML"),
        (file("key.toml", b"nonsense = 1\n"), "`nonsense`: there is no key"),
        (file("colour.toml", b"[roles]\ntext = \"blurple\"\n"), "`roles.text`: there is no colour `blurple`"),
        (file("bytes.toml", &[0xff, 0xfe]), "name a theme file that can be read"),
        ("/nowhere/at/all".to_owned(), "is no theme file, and no built-in theme: use dark, light, contrast"),
    ] {
        let mut sitting = Sitting::run(env!("CARGO_BIN_EXE_centaur"), &["demo", "--theme", &path], 200, 24);
        let status = sitting.end(PATIENCE);
        assert_eq!(status.exit_code(), 2, "{}", sitting.shown());
        assert!(sitting.shown().contains(says), "{}", sitting.shown());
        assert_eq!(last(&sitting.raw, b"\x1b[?1049h"), None);
        assert_eq!(sitting.settings(), sitting.before);
        assert_eq!(sitting.crashes(), Vec::<String>::new());
    }
    for term in ["dumb", ""] {
        let words = ["-c", &format!("TERM={term} exec {} demo", env!("CARGO_BIN_EXE_centaur"))];
        let mut sitting = Sitting::run("/bin/sh", &words, 200, 24);
        assert_eq!(sitting.end(PATIENCE).exit_code(), 2, "{}", sitting.shown());
        assert!(sitting.shown().contains("the console needs a terminal that can move its cursor"));
        assert!(sitting.shown().contains("centaur console --plain"), "{}", sitting.shown());
    }
    let keys =
        "mkdir -p config/centaur && printf '[floor]\\nj = \"frobnicate\"\\n' > config/centaur/keymap.toml && exec";
    let words = ["-c", &format!("{keys} {} demo", env!("CARGO_BIN_EXE_centaur"))];
    let mut sitting = Sitting::run("/bin/sh", &words, 200, 24);
    // A broken file of keys is told, and the console starts without what is broken in it.
    sitting.sees("keymap.toml:2");
    sitting.sees("frobnicate");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0, "{}", sitting.shown());
}
