//! Laws of the editor.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Stroke {
    Insert(String),
    Move(u8),
    Delete(u8),
    Undo,
    Redo,
    Yank,
    YankBefore,
    Paste(usize),
    Fold,
    Replace(String),
}

fn stroke() -> impl Strategy<Value = Stroke> {
    prop_oneof![
        4 => "[a-zä \n\r\te\u{301}👩‍👩‍👧🇩🇪王नमस्ते\u{200d}]{0,6}".prop_map(Stroke::Insert),
        3 => (0u8..12).prop_map(Stroke::Move),
        3 => (0u8..6).prop_map(Stroke::Delete),
        1 => Just(Stroke::Undo),
        1 => Just(Stroke::Redo),
        1 => Just(Stroke::Yank),
        1 => Just(Stroke::YankBefore),
        1 => (9usize..13).prop_map(Stroke::Paste),
        1 => Just(Stroke::Fold),
        1 => "[a-c\n]{0,4}".prop_map(Stroke::Replace),
    ]
}

fn play(editor: &mut Editor, stroke: &Stroke) {
    match stroke {
        Stroke::Insert(text) => {
            editor.insert(text);
        }
        Stroke::Move(0) => editor.left(),
        Stroke::Move(1) => editor.right(),
        Stroke::Move(2) => editor.word_left(),
        Stroke::Move(3) => editor.word_right(),
        Stroke::Move(4) => editor.line_start(),
        Stroke::Move(5) => editor.line_end(),
        Stroke::Move(6) => editor.text_start(),
        Stroke::Move(7) => editor.text_end(),
        Stroke::Move(8 | 9) => editor.line_up(),
        Stroke::Move(_) => editor.line_down(),
        Stroke::Delete(0) => editor.delete_back(),
        Stroke::Delete(1) => editor.delete_forward(),
        Stroke::Delete(2) => editor.delete_word(),
        Stroke::Delete(3) => editor.delete_word_forward(),
        Stroke::Delete(4) => editor.kill_start(),
        Stroke::Delete(_) => editor.kill_end(),
        Stroke::Undo => {
            editor.undo();
        }
        Stroke::Redo => {
            editor.redo();
        }
        Stroke::Yank => {
            editor.yank();
        }
        Stroke::YankBefore => {
            editor.yank_before();
        }
        Stroke::Paste(lines) => {
            editor.paste(&"\u{301}x\r\n".repeat(*lines));
        }
        Stroke::Fold => {
            editor.switch_folds();
        }
        Stroke::Replace(text) => {
            editor.replace(text);
        }
    }
}

proptest! {
    #[test]
    fn the_caret_always_stands_between_two_clusters(strokes in prop::collection::vec(stroke(), 0..40), many in any::<bool>()) {
        let mut editor = if many { Editor::many_lines("") } else { Editor::line("") };
        for stroke in &strokes {
            play(&mut editor, stroke);
            let edges: Vec<usize> = editor.text().grapheme_indices(true).map(|(at, _)| at).chain([editor.text().len()]).collect();
            prop_assert!(edges.contains(&editor.caret()), "{:?} at {} after {:?}", editor.text(), editor.caret(), stroke);
            prop_assert!(many || !editor.text().contains('\n'));
            prop_assert!(!editor.text().contains('\r'));
            let folds = editor.folds();
            prop_assert!(folds.iter().all(|fold| edges.contains(&fold.start) && edges.contains(&fold.end)));
            prop_assert!(folds.iter().all(|fold| editor.caret() <= fold.start || fold.end <= editor.caret()));
            prop_assert!(folds.windows(2).all(|two| two[0].end <= two[1].start));
        }
    }

    #[test]
    fn undoing_everything_brings_the_first_text_back_and_redoing_the_last(strokes in prop::collection::vec(stroke(), 0..40)) {
        let mut editor = Editor::many_lines("begun");
        for stroke in strokes.iter().filter(|s| !matches!(s, Stroke::Undo | Stroke::Redo)) {
            play(&mut editor, stroke);
        }
        let last = editor.text().to_owned();
        while editor.undo() {}
        prop_assert_eq!(editor.text(), "begun");
        while editor.redo() {}
        prop_assert_eq!(editor.text(), last);
    }
}

#[test]
fn what_looks_like_one_character_is_deleted_whole() {
    let mut editor = Editor::line("ok 👩‍👩‍👧");
    editor.delete_back();
    assert_eq!(editor.text(), "ok ");
    editor.insert("e\u{301}");
    editor.delete_back();
    assert_eq!(editor.text(), "ok ");
}

#[test]
fn words_are_cut_and_inserted_again() {
    let mut editor = Editor::line("a new parcel");
    editor.delete_word();
    assert_eq!(editor.text(), "a new ");
    editor.text_start();
    editor.yank();
    assert_eq!(editor.text(), "parcela new ");
    editor.word_right();
    assert_eq!(editor.caret(), "parcela".len());
}

#[test]
fn up_and_down_keep_the_column() {
    let mut editor = Editor::many_lines("long line\nx\nanother");
    editor.line_up();
    assert_eq!(editor.caret_in_line(), (1, 1));
    editor.line_up();
    assert_eq!(editor.caret_in_line(), (0, 7));
    editor.line_down();
    editor.line_down();
    assert_eq!(editor.caret_in_line(), (2, 7));
}

#[test]
fn a_paste_is_taken_with_its_line_breaks_and_without_control_characters() {
    let mut editor = Editor::many_lines("");
    assert_eq!(editor.insert("one\r\ntwo\rthree\u{1b}[31m\u{7}"), Taken::Whole);
    assert_eq!(editor.text(), "one\ntwo\nthree[31m");
    assert_eq!(Editor::line("a\nb").text(), "a b");
    assert_eq!(editor.insert(&"x".repeat(LONGEST)), Taken::Cut);
    assert_eq!(editor.text().len(), LONGEST);
}

#[test]
fn cuts_that_follow_on_each_other_come_back_as_one_and_older_ones_in_turn() {
    let mut editor = Editor::line("one two three four");
    editor.delete_word();
    editor.delete_word();
    assert_eq!(editor.text(), "one two ");
    editor.text_start();
    editor.delete_word_forward();
    assert_eq!(editor.text(), " two ");
    editor.text_end();
    editor.yank();
    assert_eq!(editor.text(), " two one");
    editor.yank_before();
    assert_eq!(editor.text(), " two three four");
    editor.yank_before();
    assert_eq!(editor.text(), " two one");
    editor.undo();
    assert_eq!(editor.text(), " two three four");
}

#[test]
fn a_long_paste_is_folded_stepped_over_taken_whole_and_never_shortened() {
    let lines = "line\r\n".repeat(34);
    let mut editor = Editor::many_lines("see: ");
    editor.paste(&lines);
    assert_eq!(editor.text(), format!("see: {}", "line\n".repeat(34)));
    let end = editor.text().len();
    assert_eq!(editor.folds(), std::slice::from_ref(&(5..end)));
    editor.left();
    assert_eq!(editor.caret(), 5);
    editor.right();
    assert_eq!(editor.caret(), end);
    editor.switch_folds();
    editor.left();
    assert_eq!((editor.folds(), editor.caret()), (&[][..], end - 1));
    editor.switch_folds();
    assert_eq!(editor.caret(), end);
    editor.delete_back();
    assert_eq!(editor.text(), "see: ");
    editor.undo();
    assert_eq!(editor.folds(), std::slice::from_ref(&(5..end)));
}

#[test]
fn only_a_long_paste_is_folded() {
    for (text, folded) in
        [("a\n".repeat(10), false), ("a\n".repeat(11), true), ("b".repeat(2_000), false), ("b".repeat(2_001), true)]
    {
        let mut editor = Editor::many_lines("");
        editor.paste(&text);
        assert_eq!(!editor.folds().is_empty(), folded, "{}", text.len());
    }
    let mut line = Editor::line("");
    line.paste(&"b".repeat(2_001));
    assert!(line.folds().is_empty());
}
