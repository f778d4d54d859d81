//! How far two texts are from each other, and in which words: what a person changed of what an AI wrote.
//!
//! Words are compared, not letters: a changed word is one change however long it is. Where words are not parted by spaces
//! each character counts as one. Deliberately not here: meaning; two texts that say the same in other words are far apart.

use serde::{Deserialize, Serialize};

/// Words of each text that are compared at most: a bound on the work, four times what an answer has.
const MOST: usize = 1_000;

/// How far two texts are apart, in thousandths: 0 the same words, 1000 nothing in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Distance(pub u16);

impl Distance {
    /// Up to this far apart, two texts count as alike: one word in five is another one.
    pub const ALIKE: Self = Self(200);

    /// Between two texts: words to insert, delete or replace (V. I. Levenshtein, *Binary codes capable of correcting
    /// deletions, insertions, and reversals*, Soviet Physics Doklady 10, 1966), as a share of the words of the longer one.
    /// Spaces do not count.
    #[must_use]
    pub fn between(one: &str, other: &str) -> Self {
        let (one, other) = (words(one), words(other));
        let longer = one.len().max(other.len());
        if longer == 0 {
            return Self(0);
        }
        let mut row: Vec<usize> = (0..=other.len()).collect();
        for (at, word) in one.iter().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], at + 1);
            for (column, against) in other.iter().enumerate() {
                let replaced = diagonal + usize::from(word != against);
                diagonal = row[column + 1];
                row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
            }
        }
        let edits = row.last().copied().unwrap_or(0);
        Self(u16::try_from(edits * 1000 / longer).unwrap_or(1000).min(1000))
    }

    /// `26 %`
    #[must_use]
    pub fn percent(self) -> String {
        super::evidence::percent(f64::from(self.0) / 1_000.0)
    }

    /// Whether the texts count as alike.
    #[must_use]
    pub fn is_alike(self) -> bool {
        self <= Self::ALIKE
    }
}

/// A stretch of what was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "words", rename_all = "snake_case")]
pub enum Change {
    /// In both.
    Kept(String),
    /// Only in the first.
    Dropped(String),
    /// Only in the second.
    Added(String),
}

/// What must be dropped and added to come from one text to the other, in reading order: a longest common sequence of words
/// is kept. Texts of more than a thousand words are compared up to there, the rest counts as dropped and added.
#[must_use]
pub fn changes(from: &str, to: &str) -> Vec<Change> {
    let (from_all, to_all) = (pieces(from), pieces(to));
    let (old, new) = (head(&from_all), head(&to_all));
    // Lengths of the longest common sequences of what is left of each.
    let mut longest = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i][j] = if old[i].trim() == new[j].trim() {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let same = i < old.len() && j < new.len() && old[i].trim() == new[j].trim();
        if same {
            push(&mut found, Change::Kept(new[j].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j >= new.len() || (i < old.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            push(&mut found, Change::Dropped(old[i].to_owned()));
            i += 1;
        } else {
            push(&mut found, Change::Added(new[j].to_owned()));
            j += 1;
        }
    }
    for rest in from_all.iter().skip(old.len()) {
        push(&mut found, Change::Dropped((*rest).to_owned()));
    }
    for rest in to_all.iter().skip(new.len()) {
        push(&mut found, Change::Added((*rest).to_owned()));
    }
    found
}

/// The text without the numbers of sources, as in `[1]`, which are for the team.
#[must_use]
pub fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, after) = rest.split_at(at);
        let end = after
            .find(']')
            .filter(|end| *end > 1 && after.get(1..*end).is_some_and(|n| n.chars().all(|c| c.is_ascii_digit())));
        if let Some(end) = end {
            out.push_str(before.trim_end());
            rest = after.get(end + 1..).unwrap_or_default();
        } else {
            out.push_str(before);
            out.push('[');
            rest = after.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// Joins with the stretch before, if that is of the same kind.
fn push(found: &mut Vec<Change>, change: Change) {
    match (found.last_mut(), &change) {
        (Some(Change::Kept(before)), Change::Kept(more))
        | (Some(Change::Dropped(before)), Change::Dropped(more))
        | (Some(Change::Added(before)), Change::Added(more)) => before.push_str(more),
        _ => found.push(change),
    }
}

fn head<'a, 'b>(pieces: &'b [&'a str]) -> &'b [&'a str] {
    pieces.get(..MOST).unwrap_or(pieces)
}

fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = pieces(text).into_iter().map(str::trim).filter(|word| !word.is_empty()).collect();
    words.truncate(MOST);
    words
}

/// The text in words, each with the space after it; where words are not parted, in characters. Together they are the text.
fn pieces(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut spaced = false;
    for (at, c) in text.char_indices() {
        let alone = is_unparted(c);
        let begins = !c.is_whitespace() && (spaced || alone);
        if begins && at > from {
            found.extend(text.get(from..at));
            from = at;
        }
        spaced = c.is_whitespace() || alone;
    }
    found.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    found
}

/// Han, Hiragana, Katakana, Thai and their like.
fn is_unparted(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn side(changes: &[Change], drop: bool) -> String {
        let of = |change: &Change| match change {
            Change::Kept(words) => words.clone(),
            Change::Dropped(words) if drop => words.clone(),
            Change::Added(words) if !drop => words.clone(),
            _ => String::new(),
        };
        changes.iter().map(of).collect()
    }

    #[test]
    fn the_numbers_of_sources_are_not_for_the_customer() {
        assert_eq!(without_numbers("It left [1]. See [a] and [2] [3] now ["), "It left. See [a] and now [");
    }

    #[test]
    fn a_word_in_five_is_still_alike() {
        assert_eq!(Distance::between("it comes on friday morning", "it comes on monday morning"), Distance(200));
        assert!(Distance(200).is_alike() && !Distance(201).is_alike());
        assert_eq!(Distance::between("", " \n"), Distance(0));
        assert_eq!(Distance::between("", "yes"), Distance(1000));
        assert_eq!(Distance::between("我的包裹在哪里", "我的包裹在这里"), Distance(142));
    }

    #[test]
    fn what_was_changed_is_told_in_reading_order() {
        let kept = |words: &str| Change::Kept(words.into());
        assert_eq!(
            changes("It left on Tuesday and comes soon.", "It left on Monday and comes tomorrow."),
            [
                kept("It left on "),
                Change::Dropped("Tuesday ".into()),
                Change::Added("Monday ".into()),
                kept("and comes "),
                Change::Dropped("soon.".into()),
                Change::Added("tomorrow.".into()),
            ]
        );
    }

    proptest! {
        #[test]
        fn a_distance_is_one_way_as_the_other_and_none_between_the_same(
            a in "[ab ]{0,30}|\\PC{0,30}", b in "[ab ]{0,30}|\\PC{0,30}", c in "[ab ]{0,12}",
        ) {
            let d = Distance::between(&a, &b);
            prop_assert_eq!(d, Distance::between(&b, &a));
            prop_assert!(d.0 <= 1000);
            prop_assert_eq!(Distance::between(&a, &a), Distance(0));
            if d == Distance(0) && words(&a).len() < 900 {
                prop_assert_eq!(words(&a), words(&b));
            }
            // By words it obeys the triangle inequality before the share is taken; here only that it is bounded.
            prop_assert!(Distance::between(&a, &c).0 <= 1000);
        }

        #[test]
        fn both_texts_can_be_read_off_their_changes_but_for_spaces(a in "\\PC{0,60}", b in "\\PC{0,60}") {
            let changes = changes(&a, &b);
            prop_assert_eq!(side(&changes, false), b);
            let tight = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(tight(&side(&changes, true)), tight(&a));
        }
    }
}
