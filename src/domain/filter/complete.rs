//! What may come next while somebody types a filter: keys, then the values of a key.

use super::{
    Key,
    matching::fold,
    parse::{example, values},
};
use std::ops::Range;

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

/// The bytes of the term at the cursor: what a completion replaces. A cursor inside a character counts before it.
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

/// Whole terms that may replace the one at the cursor (see [`token_at`]), the likeliest first, 50 at most. A key ends
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
    let mut words: Vec<&str> = values(key);
    words.extend(match key {
        Key::Holder => known.names.as_slice(),
        Key::Tag => &known.tags,
        Key::Topic => &known.topics,
        Key::Channel => &known.channels,
        Key::Locale => &known.locales,
        Key::Mode | Key::Is | Key::Priority | Key::Attention | Key::Waiting => &[],
    });
    if words.is_empty() && open.is_empty() {
        words.push(example(key));
    }
    let taken = |word: &str| settled.split('|').any(|it| fold(it.trim_matches('"')) == fold(word));
    words
        .into_iter()
        .filter(|word| fold(word).starts_with(&wanted) && !taken(word))
        .take(50)
        .map(|word| format!("{sign}{}:{settled}{order}{}", key.word(), in_quotes(word)))
        .collect()
}

fn in_quotes(word: &str) -> String {
    if word.is_empty() || word.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '|' | '\\')) {
        format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        word.to_owned()
    }
}
