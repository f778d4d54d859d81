//! Two texts with what is only in one of them standing out: what a trial changes, and what a person changed.
//!
//! Deliberately not here: where they stand.

use crate::{
    console::markdown::{Face, Styled},
    domain::{
        edit::{Change, changes},
        text::SafeText,
    },
};

/// The words of both sides; those that the other one has not are bold.
pub(super) fn sides(before: &str, after: &str) -> (Styled, Styled) {
    let changes = changes(before, after);
    let side = |own: fn(&Change) -> Option<(&str, bool)>| {
        let mut styled = Styled::plain(SafeText::default());
        for (words, is_own) in changes.iter().filter_map(own) {
            let start = styled.text.as_str().len();
            styled.text.push(&SafeText::message(words));
            let end = styled.text.as_str().len();
            if is_own {
                styled.faces.push((start..end, Face { bold: true, ..Face::default() }));
            }
        }
        styled
    };
    let before = side(|change| match change {
        Change::Kept(words) => Some((words, false)),
        Change::Dropped(words) => Some((words, true)),
        Change::Added(_) => None,
    });
    let after = side(|change| match change {
        Change::Kept(words) => Some((words, false)),
        Change::Added(words) => Some((words, true)),
        Change::Dropped(_) => None,
    });
    (before, after)
}
