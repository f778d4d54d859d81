//! The end of a shift at a terminal: the sheet in sight and on disk, all that one holds returned, and taken back.

use super::sitting::{PATIENCE, Sitting};

#[test]
fn the_sheet_is_made_and_what_one_holds_is_returned_and_taken_back() {
    let mut sitting = Sitting::at_demo(140, 40);
    // A colleague sits at the demo's desk.
    sitting.sees("you (admin) with Lena");
    // One who writes little: what is said to him stays in sight.
    sitting.types(":filter gareth\r");
    sitting.sees("/gareth");
    sitting.until("him", |screen| screen.contains("Gareth Bowen"));
    sitting.types(".gg\r");
    sitting.types_until("t", "take-over", |screen| screen.contains("you took over"));
    sitting.types("r");
    sitting.sees("enter send");
    sitting.types("I will write to you by Friday.\r");
    sitting.sees_no("enter send");

    // The server's word counts: what is still on its way to it is on the next sheet.
    for _ in 0..20 {
        sitting.types(":handover\r");
        sitting.sees("# Handover: Brindlewick");
        sitting.sees("## Holding (1)");
        if sitting.shown().contains(": I will write to you by Friday.") {
            break;
        }
        sitting.types("\u{1b}");
        sitting.sees_no("# Handover");
    }
    sitting.sees(": I will write to you by Friday.");
    sitting.until("where it was written", |screen| screen.contains("/handover-2"));
    let folder = sitting.folder.path().join("state/centaur/handover");
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# Handover: Brindlewick\n") && text.contains("by Friday"), "{text}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    sitting.types("\u{1b}");
    sitting.sees_no("# Handover");

    sitting.types(":sweep\r");
    sitting.sees("where does the one you hold go?");
    sitting.types("q");
    sitting.sees("return what is yours");
    sitting.sees("to the queue: I will write to you by Friday.");
    sitting.types("1\r");
    sitting.sees("left at the end of a shift");
    sitting.sees("1 of 1 done; u undoes it");
    sitting.types("u");
    sitting.sees("undo: sweep: 1 of 1 done");
    // The card follows the server's word by a moment.
    sitting.until("his talk to be one's own again", |screen| screen.contains("your turn") || screen.contains("yours"));
    sitting.types(":sweep\r");
    sitting.sees("where does the one you hold go?");
    sitting.types("\u{1b}");
    sitting.sees_no("where does the one");
    sitting.types("q");
    assert_eq!(sitting.end(PATIENCE).exit_code(), 0);
    assert_eq!(super::bytes::foreign(&sitting.raw), None);
    assert_eq!(sitting.crashes(), Vec::<String>::new());
}
