//! Filters that are kept under a name and shown by a letter: some that every desk wants, and a person's own.
//!
//! Deliberately not here: where they are kept (see `drafts`).

use crate::domain::near::nearest;

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// The words of the filter.
    pub words: String,
}

/// What every desk wants, until somebody keeps another under the name.
const BUILT_IN: [(&str, &str); 7] = [
    ("mine", "holder:me"),
    ("queue", "holder:queue"),
    ("drafts", "is:draft"),
    ("hot", "attention:>50"),
    ("waiting", "waiting:>2m"),
    ("people", "holder:human"),
    ("snoozed", "is:snoozed"),
];

/// Own filters kept at most.
pub const MOST: usize = 40;

/// All of them by name, one's own over the built-in ones, each with a letter of its own.
#[must_use]
pub fn all(own: &[Saved]) -> Vec<(Option<char>, Saved)> {
    let built_in = BUILT_IN.iter().map(|(name, words)| Saved { name: (*name).to_owned(), words: (*words).to_owned() });
    let others: Vec<Saved> = built_in.filter(|one| !own.iter().any(|mine| mine.name == one.name)).collect();
    let mut taken = Vec::new();
    others
        .into_iter()
        .chain(own.iter().cloned())
        .map(|one| {
            let lower = one.name.to_lowercase();
            let letter = lower.chars().chain('a'..='z').find(|c| c.is_ascii_alphanumeric() && !taken.contains(c));
            taken.extend(letter);
            (letter, one)
        })
        .collect()
}

/// The one with this name, or what was probably meant.
///
/// # Errors
/// A sentence that names what is not there.
pub fn named(own: &[Saved], name: &str) -> Result<Saved, String> {
    let all = all(own);
    if let Some((_, one)) = all.iter().find(|(_, one)| one.name == name) {
        return Ok(one.clone());
    }
    let near = nearest(name, all.iter().map(|(_, one)| one.name.as_str()));
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(format!("no view is called `{name}`{near}"))
}
