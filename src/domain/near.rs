//! The word that was probably meant, for *did you mean*: in filters, keys, themes, settings and policies alike.
//!
//! Deliberately not here: who asks, and the sentence around it.

/// The longest word that is compared, in characters: longer ones are no slip of a finger.
const LONGEST: usize = 64;

/// The one of `known` that is nearest to `said`, if it is near: it begins so, or at most a third of its letters and one
/// more must be put in, left out, changed or swapped with their neighbour.
#[must_use]
pub fn nearest<'a>(said: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = said.chars().take(LONGEST).collect();
    let distance_to =
        |word: &str| if !said.is_empty() && word.starts_with(said) { 1 } else { distance(&letters, word) };
    known
        .into_iter()
        .map(|word| (distance_to(word), word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The optimal string alignment distance (Damerau and Levenshtein, no letter moved twice).
fn distance(said: &[char], word: &str) -> usize {
    let word: Vec<char> = word.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    for (row, a) in said.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, b) in word.iter().enumerate() {
            let cost = usize::from(a != b);
            let mut best = (last[column] + cost).min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && said[row - 1] == *b && word[column - 1] == *a {
                best = best.min(before[column - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(said.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word_and_another_word_finds_none() {
        let known = ["server", "theme", "keys", "mouse", "tool_server"];
        let table = [
            ("kyes", Some("keys")),
            ("them", Some("theme")),
            ("servre", Some("server")),
            ("tool", Some("tool_server")),
            ("mose", Some("mouse")),
            ("colour", None),
            ("", None),
        ];
        for (said, expected) in table {
            assert_eq!(nearest(said, known), expected, "{said}");
        }
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }
}
