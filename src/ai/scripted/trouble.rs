//! The troubles that our own endpoint can make, and how they are written on a command line.

use std::{fmt, str::FromStr, time::Duration};

/// What goes wrong with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// 401, with the key in the words.
    Unauthorized,
    /// 429, and after how many seconds to come back, if it says.
    TooMany(Option<u32>),
    /// 500.
    Broken,
    /// A web page.
    Html,
    /// A stream that is no JSON.
    Garbled,
    /// Silence after so many pieces, for ever.
    Stall(u32),
    /// The line breaks after so many pieces.
    Cut(u32),
    /// An orderly end after so many pieces, without the sign for it.
    End(u32),
    /// Every piece twice.
    Duplicate,
    /// Every piece twice, with the ids of events that tell so.
    Repeat,
    /// Bytes one by one, lines ended in other ways, comments in between.
    Split,
    /// A count of tokens that cannot be.
    Usage,
    /// So long between pieces.
    Drip(Duration),
    /// It never stops.
    Endless,
    /// It cites what is not there, and invents a figure.
    Lie,
    /// It wants a tool.
    Tool,
    /// It thinks aloud before it answers.
    Think,
    /// It thinks aloud, and only the end of that is marked.
    Mutter,
    /// It does not stream.
    Whole,
    /// The line stays open behind a whole answer.
    Open,
    /// It tells an error after so many pieces.
    Fail(u32),
    /// It refuses requests that offer tools.
    Toolless,
}

impl Trouble {
    /// One of each, with the numbers that tests use, and none.
    pub const ALL: [Self; 29] = [
        Self::None,
        Self::Unauthorized,
        Self::TooMany(None),
        Self::TooMany(Some(1)),
        Self::TooMany(Some(600)),
        Self::Broken,
        Self::Html,
        Self::Garbled,
        Self::Stall(0),
        Self::Stall(3),
        Self::Cut(0),
        Self::Cut(3),
        Self::End(0),
        Self::End(3),
        Self::Duplicate,
        Self::Repeat,
        Self::Split,
        Self::Usage,
        Self::Drip(Duration::from_millis(700)),
        Self::Endless,
        Self::Lie,
        Self::Tool,
        Self::Think,
        Self::Mutter,
        Self::Whole,
        Self::Open,
        Self::Fail(0),
        Self::Fail(3),
        Self::Toolless,
    ];
}

/// How troubles are written.
pub const FORMS: &str = "none, 401, 429, 429:SECONDS, 500, html, garbled, stall@N, cut@N, end@N, duplicate, repeat, \
                         split, usage, drip:MILLISECONDS, endless, lie, tool, think, mutter, whole, open, fail@N, toolless";

impl FromStr for Trouble {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, String> {
        let wrong = || format!("`{said}` is no trouble; these are: {FORMS}");
        let (word, number) = match said.split_once(['@', ':']) {
            Some((word, number)) => (word, Some(number.parse::<u32>().map_err(|_| wrong())?)),
            None => (said, None),
        };
        Ok(match (word, number) {
            ("none", None) => Self::None,
            ("401", None) => Self::Unauthorized,
            ("429", after) => Self::TooMany(after),
            ("500", None) => Self::Broken,
            ("html", None) => Self::Html,
            ("garbled", None) => Self::Garbled,
            ("stall", Some(n)) => Self::Stall(n),
            ("cut", Some(n)) => Self::Cut(n),
            ("end", Some(n)) => Self::End(n),
            ("duplicate", None) => Self::Duplicate,
            ("repeat", None) => Self::Repeat,
            ("split", None) => Self::Split,
            ("usage", None) => Self::Usage,
            ("drip", Some(ms)) => Self::Drip(Duration::from_millis(u64::from(ms))),
            ("endless", None) => Self::Endless,
            ("lie", None) => Self::Lie,
            ("tool", None) => Self::Tool,
            ("think", None) => Self::Think,
            ("mutter", None) => Self::Mutter,
            ("whole", None) => Self::Whole,
            ("open", None) => Self::Open,
            ("fail", Some(n)) => Self::Fail(n),
            ("toolless", None) => Self::Toolless,
            _ => return Err(wrong()),
        })
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Unauthorized => f.write_str("401"),
            Self::TooMany(None) => f.write_str("429"),
            Self::TooMany(Some(after)) => write!(f, "429:{after}"),
            Self::Broken => f.write_str("500"),
            Self::Html => f.write_str("html"),
            Self::Garbled => f.write_str("garbled"),
            Self::Stall(n) => write!(f, "stall@{n}"),
            Self::Cut(n) => write!(f, "cut@{n}"),
            Self::End(n) => write!(f, "end@{n}"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::Repeat => f.write_str("repeat"),
            Self::Split => f.write_str("split"),
            Self::Usage => f.write_str("usage"),
            Self::Drip(wait) => write!(f, "drip:{}", wait.as_millis()),
            Self::Endless => f.write_str("endless"),
            Self::Lie => f.write_str("lie"),
            Self::Tool => f.write_str("tool"),
            Self::Think => f.write_str("think"),
            Self::Mutter => f.write_str("mutter"),
            Self::Whole => f.write_str("whole"),
            Self::Open => f.write_str("open"),
            Self::Fail(n) => write!(f, "fail@{n}"),
            Self::Toolless => f.write_str("toolless"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_read_as_it_is_written() {
        for trouble in Trouble::ALL {
            assert_eq!(trouble.to_string().parse(), Ok(trouble));
            assert!(FORMS.contains(trouble.to_string().split(['@', ':']).next().unwrap()), "{trouble}");
        }
        for wrong in ["", "stall", "stall@x", "500@1", "fire"] {
            assert!(wrong.parse::<Trouble>().unwrap_err().contains("these are: none, 401"), "{wrong}");
        }
    }
}
