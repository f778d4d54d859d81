//! Canned replies: Markdown files with a head of their own, variables in braces, and how one finds them. Pure.
//!
//! ```text
//! +++
//! title = "Refund under way"
//! tags = ["money", "return"]
//! +++
//! Hello {customer}, your money for {order} is on its way. {me}
//! ```
//! The head may be left out. A variable that nobody knows stays as it is, for the person to fill in. Deliberately not here:
//! reading files (the command line does), inserting.

use serde::Deserialize;
use std::{fmt, ops::Range};

/// What begins and ends the head.
const FENCE: &str = "+++";

/// A reply that was written before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canned {
    /// Its file's name without the ending.
    pub name: String,
    /// What it is; the name if the file does not say.
    pub title: String,
    /// More words to find it by.
    pub tags: Vec<String>,
    /// The text, variables included.
    pub text: String,
}

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The key in the head, if it is about one.
    pub key: Option<String>,
    /// What is wrong.
    pub said: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.path, self.line)?;
        match &self.key {
            Some(key) => write!(f, "`{key}`: {}", self.said),
            None => f.write_str(&self.said),
        }
    }
}

impl std::error::Error for Mistake {}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Head {
    title: Option<String>,
    tags: Vec<String>,
}

impl Canned {
    /// Reads a file's text; `name` is the file's without its ending, `path` is for what is wrong.
    ///
    /// # Errors
    /// A head without an end or with wrong keys, or no text.
    pub fn read(name: &str, text: &str, path: &str) -> Result<Self, Mistake> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let mistake = |line, key, said: &str| Mistake { path: path.to_owned(), line, key, said: said.to_owned() };
        let (head, body) = match text.strip_prefix("+++\n") {
            None => ("", text.as_str()),
            Some(rest) => {
                let end = rest.split_inclusive('\n').scan(0, |at, line| {
                    let start = *at;
                    *at += line.len();
                    Some((start, line))
                });
                let Some((at, line)) = end.into_iter().find(|(_, line)| line.trim_end() == FENCE) else {
                    return Err(mistake(1, None, "the head that begins with +++ has no end: another line +++"));
                };
                (&rest[..at], &rest[at + line.len()..])
            }
        };
        let head: Head = toml::from_str(head).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let before = head.get(..at).unwrap_or_default();
            let number = before.matches('\n').count();
            let key = head.lines().nth(number).and_then(|line| line.split_once('=')).map(|(key, _)| key.trim());
            // One line more for the fence above.
            mistake(number + 2, key.map(str::to_owned), error.message().lines().next().unwrap_or_default())
        })?;
        let body = body.trim();
        if body.is_empty() {
            return Err(mistake(text.lines().count().max(1), None, "there is no text to send"));
        }
        let title = head.title.unwrap_or_else(|| name.replace(['-', '_'], " "));
        Ok(Self { name: name.to_owned(), title, tags: head.tags, text: body.to_owned() })
    }

    /// How well it fits what was typed: less is better; none: not at all.
    fn rank(&self, typed: &str) -> Option<usize> {
        let title = self.title.to_lowercase();
        let name = self.name.to_lowercase();
        if title.starts_with(typed) || name.starts_with(typed) {
            return Some(0);
        }
        if title.contains(typed) || name.contains(typed) {
            return Some(1);
        }
        if self.tags.iter().any(|tag| tag.to_lowercase().starts_with(typed)) {
            return Some(2);
        }
        let mut rest = title.chars();
        if typed.chars().filter(|c| !c.is_whitespace()).all(|wanted| rest.any(|c| c == wanted)) {
            return Some(3);
        }
        self.text.to_lowercase().contains(typed).then_some(4)
    }
}

/// Those that fit what was typed, best first; all of them, in order, where nothing is typed.
#[must_use]
pub fn fitting(all: &[Canned], typed: &str) -> Vec<Canned> {
    let typed = typed.trim().to_lowercase();
    let mut found: Vec<(usize, &Canned)> =
        all.iter().filter_map(|one| one.rank(&typed).map(|rank| (rank, one))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, one)| one.clone()).collect()
}

/// Where names in braces stand: `{order}`. A name is small letters and `_`.
#[must_use]
pub fn blanks(text: &str) -> Vec<Range<usize>> {
    text.match_indices('{')
        .filter_map(|(at, _)| {
            let name = text[at + 1..].split_once('}')?.0;
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            is_name.then(|| at..at + name.len() + 2)
        })
        .collect()
}

/// The text with every name that `known` knows in place of its braces; what it says is not looked at again.
#[must_use]
pub fn filled(text: &str, known: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut from = 0;
    for at in blanks(text) {
        filled.push_str(&text[from..at.start]);
        match known(&text[at.start + 1..at.end - 1]) {
            Some(said) => filled.push_str(&said),
            None => filled.push_str(&text[at.clone()]),
        }
        from = at.end;
    }
    filled.push_str(&text[from..]);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canned(name: &str, text: &str) -> Canned {
        Canned::read(name, text, "r.md").unwrap()
    }

    #[test]
    fn a_file_is_a_head_and_a_text_or_a_text_alone() {
        let one = canned(
            "refund",
            "+++\r\ntitle = \"Money back\"\r\ntags = [\"return\"]\r\n+++\r\n\r\nHello {customer},\r\nbye.\r\n",
        );
        let expected = Canned {
            name: "refund".into(),
            title: "Money back".into(),
            tags: vec!["return".into()],
            text: "Hello {customer},\nbye.".into(),
        };
        assert_eq!(one, expected);
        assert_eq!(canned("new-parcel", "It is sent.").title, "new parcel");
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_and_key() {
        let said = |text: &str| Canned::read("r", text, "replies/r.md").unwrap_err().to_string();
        let wrong = said("+++\ntags = []\ntitel = \"x\"\n+++\nhello");
        assert!(wrong.starts_with("replies/r.md:3: `titel`: unknown field"), "{wrong}");
        let wrong = said("+++\ntitle = 3\n+++\nhello");
        assert!(wrong.starts_with("replies/r.md:2: `title`: invalid type"), "{wrong}");
        assert!(said("+++\ntitle = \"x\"\nhello").starts_with("replies/r.md:1: the head"));
        assert_eq!(said("+++\n+++\n\n"), "replies/r.md:3: there is no text to send");
    }

    #[test]
    fn known_variables_are_filled_in_and_unknown_ones_stay() {
        let known = |name: &str| (name == "customer").then(|| "Jana {me}".to_owned());
        assert_eq!(filled("Hello {customer}: {order} {Not} {}", known), "Hello Jana {me}: {order} {Not} {}");
        assert_eq!(blanks("a {order} b"), std::slice::from_ref(&(2..9)));
    }

    #[test]
    fn a_few_letters_find_a_reply_by_title_name_tag_or_text() {
        let all = [
            canned("a", "Dear customer"),
            canned("refund", "+++\ntags=[\"money\"]\n+++\nx"),
            canned("parcel-lost", "y"),
        ];
        let names = |typed| fitting(&all, typed).into_iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(""), ["a", "refund", "parcel-lost"]);
        assert_eq!(names("ref"), ["refund"]);
        assert_eq!(names("mon"), ["refund"]);
        assert_eq!(names("pclst"), ["parcel-lost"]);
        assert_eq!(names("dear"), ["a"]);
        assert_eq!(names("xyzzy"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn what_knows_nothing_changes_nothing(text in "[a-z{}_ ä\n]{0,40}") {
            prop_assert_eq!(filled(&text, |_| None), text);
        }

        #[test]
        fn no_file_breaks_the_reader(text in "(\\+\\+\\+\n)?[a-z=\\[\\]\"+\n ]{0,60}") {
            if let Ok(one) = Canned::read("x", &text, "x.md") {
                prop_assert!(!one.text.is_empty());
            }
        }
    }
}
