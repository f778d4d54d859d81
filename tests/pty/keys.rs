//! Each key of the floor, typed at the smallest sizes that are promised: it does what the help says.

use super::sitting::{PATIENCE, Sitting};

#[test]
fn each_key_of_the_floor_does_what_its_help_says_where_little_fits() {
    let mut sitting = Sitting::at_demo(80, 24);
    sitting.until("a talk", |screen| screen.contains(" simulator "));
    // Keys, what is then seen, and the keys that go back.
    for (keys, seen, back) in [
        ("?", "on the floor", "\u{1b}"),
        (":", "commands", "\u{1b}"),
        ("'", "show which?", "\u{1b}"),
        ("2", "[2 needs you", "1"),
        ("5", "[5 AI]", "1"),
        ("6", "[6 log]", "1"),
        ("|", "more tiles", "|"),
        ("s", "[6 log]", "\r1"),
        ("i", "attention", "i"),
        ("g", "g to the top", "g"),
        ("v", " marked ─", "\u{1b}"),
        ("V", " marked ─", "\u{1b}"),
        ("m", "how far may the AI go here?", "\u{1b}"),
        ("p", "pause the AI here", "\u{1b}"),
        ("a", "who answers from now on?", "\u{1b}"),
        ("z", "let it sleep", "\u{1b}"),
        ("#", "a word adds", "\u{1b}"),
        ("T", "task for the AI", "\u{1b}"),
        ("n", "note for the team", "\u{1b}"),
        ("!", "stop the AI", "\u{1b}"),
        (":priority\r", "how soon should a person look?", "\u{1b}"),
        (":theme\r", "which colours?", "\u{1b}"),
        (":handover\r", "# Handover", "\u{1b}"),
    ] {
        sitting.types(keys);
        sitting.until(&format!("{seen} after {keys:?}"), |screen| screen.to_lowercase().contains(&seen.to_lowercase()));
        sitting.types(back);
        // The Escape is a key of its own when the floor is there again, and nothing is left of what lay over it.
        sitting.until(&format!("the floor after {keys:?}"), |screen| {
            screen.contains("[1 floor]") && !screen.to_lowercase().contains(&seen.to_lowercase())
        });
    }
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}

#[test]
fn the_tour_is_walked_through_at_the_demo() {
    for (columns, rows) in [(80, 24), (60, 20)] {
        let words = &["demo", "--tour", "--seed", "7", "--rate", "120", "--speed", "0.2"];
        let mut sitting = Sitting::run(env!("CARGO_BIN_EXE_centaur"), words, columns, rows);
        sitting.sees("tour 1/4");
        sitting.until("somebody whom the AI answers", |screen| screen.contains(" auto "));
        // One whose AI answers: where a tool waits for a person there may be nothing yet to judge.
        sitting.types(":filter holder:ai mode:auto -needs:me\r");
        sitting.sees("/holder:ai");
        sitting.types(".gg\r");
        sitting.types_until("t", "the second step", |screen| screen.contains("tour 2/4"));
        sitting.types_until("b", "the brief", |screen| screen.contains("hand back with this brief"));
        sitting.types("looked at it\r");
        sitting.sees("tour 3/4");
        sitting.types_until("+", "the last step", |screen| screen.contains("tour 4/4"));
        sitting.types("u");
        sitting.sees("that was the tour");
        sitting.types("q");
        assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
        assert_eq!(sitting.crashes(), Vec::<String>::new());
    }
}
