//! How a console calls its person: by rule, once for many, and with the terminal's title given back.

use super::sitting::{PATIENCE, Sitting};

const KEEP: &[u8] = b"\x1b[22;2t";
const GIVE_BACK: &[u8] = b"\x1b]2;\x1b\\\x1b[23;2t";

/// The console of a demo with these settings and this before it in the shell.
fn at_demo(settings: &str, before: &str) -> Sitting {
    let script = format!(
        "mkdir -p config/centaur bin && printf '{settings}' > config/centaur/config.toml; {before} exec {} demo --seed 7 --rate 120",
        env!("CARGO_BIN_EXE_centaur")
    );
    let mut sitting = Sitting::run("/bin/sh", &["-c", &script], 100, 30);
    sitting.until("the floor", |screen| screen.contains("live") && screen.contains("Floor"));
    sitting
}

fn count(raw: &[u8], part: &[u8]) -> usize {
    raw.windows(part.len()).filter(|window| *window == part).count()
}

/// What it said outside of the screen, by `OSC 9`.
fn notifications(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw).into_owned();
    let parts = text.split("\u{1b}]9;").skip(1);
    parts.map(|part| part.split('\u{1b}').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn without_a_rule_only_the_title_tells_and_it_is_given_back() {
    let mut sitting = at_demo("", "");
    sitting.until_written(b" need you \xc2\xb7 Brindlewick\x1b\\", 0);
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!((count(&sitting.raw, KEEP), count(&sitting.raw, GIVE_BACK)), (1, 1));
    assert_eq!(super::bytes::foreign(&sitting.raw), None);
    let mut sitting = at_demo("title = false\\n", "");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(count(&sitting.raw, b"\x1b]2;"), 0);
}

#[test]
fn a_rule_rings_once_for_many_and_notifies_who_looks_elsewhere() {
    let mut sitting = at_demo("[[alert]]\\nwhen = \"needs:me\"\\n", "");
    sitting.until_written(b"\x07", 0);
    let said = notifications(&sitting.raw);
    assert!(said.first().is_some_and(|said| said.starts_with("centaur #")), "{said:?}");
    // Who looks at it is rung for and sees the notice, and no window beside it.
    sitting.types("\u{1b}[I");
    let (rung, said) = (count(&sitting.raw, b"\x07"), said.len());
    assert!(rung <= 2, "{rung} rings for one afternoon's beginning");
    let from = sitting.raw.len();
    sitting.until_written(b"\x07", from);
    assert_eq!(notifications(&sitting.raw).len(), said);
    sitting.types(":alert off\r");
    sitting.sees("nothing calls you until :alert on");
    sitting.types(":alert tag:vip\r");
    sitting.sees("called for: needs:me");
    sitting.types(":alert needs:you\r");
    sitting.sees("does not know `you`");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}

#[test]
fn the_desktop_is_told_where_it_is_and_not_over_ssh() {
    let told = "printf '#!/bin/sh\\necho \"$@\" >> told\\n' > bin/notify-send; chmod +x bin/notify-send; \
                export PATH=$PWD/bin:$PATH DISPLAY=:0;";
    let rule = "[[alert]]\\nwhen = \"needs:me\"\\nby = [\"bell\", \"notification\"]\\n";
    for (ssh, desktop) in [("", true), ("export SSH_CONNECTION=x;", false)] {
        let mut sitting = at_demo(rule, &format!("{told} {ssh}"));
        sitting.until_written(b"\x07", 0);
        let file = sitting.folder.path().join("told");
        if desktop {
            let end = std::time::Instant::now() + PATIENCE;
            let heard = loop {
                match std::fs::read_to_string(&file) {
                    Ok(text) if text.ends_with('\n') => break text,
                    _ => assert!(std::time::Instant::now() < end, "the desktop heard nothing"),
                }
                // What is drawn meanwhile is read.
                sitting.looks_anew();
            };
            assert!(heard.starts_with("--app-name=centaur -- centaur #"), "{heard}");
            assert_eq!(notifications(&sitting.raw), Vec::<String>::new());
        } else {
            assert!(!notifications(&sitting.raw).is_empty());
        }
        sitting.types("q");
        assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
        assert_eq!(file.exists(), desktop);
    }
}
