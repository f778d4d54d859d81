//! What may come next while somebody types a filter: keys, then the values of a key.

use super::{
    Key,
    matching::fold,
    parse::{example, values},
    write::written,
};
use std::{borrow::Cow, ops::Range};

/// What the desk has, to complete values from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known<'a> {
    /// The names of teammates.
    pub names: Vec<&'a str>,
    /// Tags in use.
    pub tags: Vec<&'a str>,
    /// Topics in use.
    pub topics: Vec<&'a str>,
    /// Channels in use.
    pub channels: Vec<&'a str>,
    /// Language tags in use.
    pub locales: Vec<&'a str>,
}

/// The bytes of the condition at the cursor: what a completion replaces. A cursor inside a character counts before it.
#[must_use]
pub fn token_at(partial: &str, cursor: usize) -> Range<usize> {
    let mut cursor = cursor.min(partial.len());
    while !partial.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let (mut start, mut in_quotes, mut escaped) = (0, false, false);
    for (at, c) in partial.get(..cursor).unwrap_or_default().char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_quotes => escaped = true,
            '"' => in_quotes = !in_quotes,
            _ if !in_quotes && c.is_whitespace() => start = at + c.len_utf8(),
            _ => {}
        }
    }
    let rest = partial.get(cursor..).unwrap_or_default();
    let end = if in_quotes { rest.find('"').map(|at| at + 1) } else { rest.find(char::is_whitespace) };
    start..cursor + end.unwrap_or(rest.len())
}

/// Whole conditions that may replace the one at the cursor (see [`token_at`]), the likeliest first, 50 at most. A key ends
/// in its colon; values follow when it stands.
#[must_use]
pub fn completions(partial: &str, cursor: usize, known: &Known) -> Vec<String> {
    let token = token_at(partial, cursor);
    let typed = partial.get(token.start..cursor.clamp(token.start, token.end)).unwrap_or_default();
    let (sign, body) = typed.strip_prefix('-').map_or(("", typed), |body| ("-", body));
    let Some((word, value)) = body.split_once(':') else {
        let body = fold(body);
        let keys = Key::ALL.into_iter().filter(|key| key.word().starts_with(&body));
        return keys.map(|key| format!("{sign}{}:", key.word())).collect();
    };
    let folded = fold(word);
    let Some(key) = Key::ALL.into_iter().find(|key| key.word() == folded) else { return Vec::new() };
    // What stands before the last `|` is settled; signs of comparison stay.
    let split = value.rfind('|').map_or(0, |at| at + 1);
    let (settled, open) = value.split_at(split);
    let open_word = open.trim_start_matches(['<', '>', '=']);
    let order = open.get(..open.len() - open_word.len()).unwrap_or_default();
    let wanted = fold(open_word.trim_start_matches('"'));
    let fixed = values(key);
    let given = match key {
        Key::Holder => known.names.as_slice(),
        Key::Tag => &known.tags,
        Key::Topic => &known.topics,
        Key::Channel => &known.channels,
        Key::Locale => &known.locales,
        Key::Mode | Key::Is | Key::Needs | Key::Priority | Key::Attention | Key::Waiting => &[],
    };
    let ours = fixed.iter().map(|&word| (word, Cow::Borrowed(word)));
    // A teammate may have the name of a kind of holder: in quotes it is the name.
    let theirs = given.iter().map(|&word| match fold(word) {
        folded if fixed.contains(&folded.as_str()) => (word, Cow::Owned(format!("\"{word}\""))),
        _ => (word, written(word)),
    });
    let hint = (fixed.is_empty() && given.is_empty() && open.is_empty()).then(|| example(key));
    let is_settled = |written: &str| settled.split('|').any(|it| fold(it) == fold(written));
    ours.chain(theirs)
        .chain(hint.map(|hint| (hint, Cow::Borrowed(hint))))
        .filter(|(word, written)| fold(word).starts_with(&wanted) && !is_settled(written))
        .take(50)
        .map(|(_, written)| format!("{sign}{}:{settled}{order}{written}", key.word()))
        .collect()
}
