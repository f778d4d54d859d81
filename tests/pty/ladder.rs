//! The ladder, as typed: from looking to answering, at each size that is promised.

use super::sitting::{PATIENCE, Sitting};

/// Shows only what matches, and goes to the first of them.
fn filter(sitting: &mut Sitting, words: &str) {
    sitting.types(&format!(":filter {words}\r"));
    sitting.sees(&format!("/{words}"));
    sitting.types(".gg");
    sitting.looks_anew();
}

#[test]
fn one_looks_about() {
    let mut sitting = Sitting::at_demo(80, 24);
    sitting.types("jjk");
    sitting.types("\r");
    sitting.types("i");
    sitting.sees("attention");
    sitting.sees("holder");
    sitting.types("i");
    sitting.sees_no("attention");
    sitting.types("\t");
    sitting.types("?");
    sitting.sees("on the floor");
    sitting.types("?");
    sitting.sees_no("on the floor");
    sitting.types(":");
    sitting.sees("commands");
    sitting.types("help\r");
    sitting.sees("on the floor");
    sitting.types("\u{1b}");
    sitting.sees_no("on the floor");
    sitting.types("/holdr:me");
    sitting.sees("did you mean `holder`");
    sitting.types("\u{1b}");
    sitting.sees_no("did you mean");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
}

#[test]
fn one_judges_corrects_and_whispers() {
    let mut sitting = Sitting::at_demo(140, 40);
    sitting.sees("draft waits");
    filter(&mut sitting, "is:draft");
    sitting.sees("y approve");
    sitting.types_until("y", "approval", |screen| screen.contains("approved by you"));
    sitting.types_until("+", "mark", |screen| screen.contains("+ good (you)"));
    sitting.types("-");
    sitting.sees("what was wrong?");
    sitting.types("f");
    sitting.sees("wrong fact (you)");
    sitting.types("c");
    sitting.sees("what the AI should have said");
    sitting.types("It is at the depot.\r");
    sitting.sees_no("what the AI should have said");
    sitting.sees("better:");
    sitting.types("whello");
    sitting.sees("whisper to Aria");
    sitting.types("\r");
    sitting.sees("whisper: hello");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
}

#[test]
fn one_decides_on_drafts() {
    for (key, asks, words, shown) in [
        ("y", "you approved the draft", "", "approved by you"),
        ("x", "why not? the AI reads it", "wrong date\r", "draft rejected by you: wrong date"),
        ("e", "instead of the", "Edited: \r", "you sent another text than the draft"),
    ] {
        let mut sitting = Sitting::at_demo(140, 40);
        sitting.sees("draft waits");
        filter(&mut sitting, "is:draft");
        sitting.sees("y approve");
        sitting.types_until(key, asks, |screen| screen.contains(asks));
        sitting.types(words);
        sitting.sees(shown);
        sitting.types("q");
        assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    }
}

#[test]
fn one_takes_over_answers_and_hands_back_at_each_size() {
    for (columns, rows) in [(80, 24), (60, 20)] {
        let mut sitting = Sitting::at_demo(columns, rows);
        sitting.types("\r");
        // Somebody may be faster: the customer who settles it, or Lena.
        sitting.types_until("t", "take-over", |screen| screen.contains("you took over"));
        // The row and the hints follow the talk by a moment.
        sitting.sees("r reply");
        sitting.types("r");
        sitting.sees("enter send");
        sitting.types("Hello, this is Mira.");
        sitting.sees("Hello, this is Mira.");
        sitting.types("\r");
        sitting.sees_no("enter send");
        sitting.sees("· delivered");
        sitting.types("b");
        sitting.sees("hand back with this brief");
        sitting.sees("done: told the customer: Hello");
        sitting.sees("promised:");
        sitting.types("\r");
        sitting.sees("you handed back to Aria");
        sitting.types("q");
        assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
        assert_eq!(super::bytes::foreign(&sitting.raw), None);
    }
}

#[test]
fn one_sets_the_state_of_things_and_undoes_it() {
    let mut sitting = Sitting::at_demo(140, 40);
    sitting.types("t");
    sitting.sees("you took over");
    sitting.types("m");
    sitting.sees("ow far may the AI go");
    sitting.types("d");
    sitting.sees("mode to draft");
    sitting.types("p");
    sitting.sees("ause the AI here");
    sitting.types("1");
    sitting.sees("paused");
    sitting.types("#");
    sitting.sees("a word adds");
    sitting.types("vip\r");
    sitting.sees("vip");
    sitting.types("u");
    sitting.sees("undid");
    sitting.types("z");
    sitting.sees("et it sleep");
    sitting.types("1");
    sitting.sees("sleeps");
    sitting.types("a");
    sitting.sees("ho answers from now on");
    sitting.types("q");
    sitting.sees("the queue");
    sitting.types("R");
    sitting.sees("resolved");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
}

#[test]
fn one_gives_a_task_and_stops_the_ai() {
    let mut sitting = Sitting::at_demo(140, 40);
    sitting.sees("draft waits");
    sitting.types("T");
    sitting.sees("task for the AI");
    // The caret stands where the goal goes.
    sitting.types("find out the order number\r");
    sitting.sees("task: ");
    sitting.sees("find out the");
    sitting.types("!");
    sitting.sees("stop every AI, everywhere");
    sitting.types("a");
    sitting.sees("what becomes of ");
    sitting.types("h");
    sitting.sees("AI STOPPED");
    // One key lifts it, with a reason.
    sitting.types("!1");
    sitting.sees("why may the AI go on");
    sitting.types("it was a drill\r");
    sitting.sees_no("AI STOPPED");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(super::bytes::foreign(&sitting.raw), None);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}
