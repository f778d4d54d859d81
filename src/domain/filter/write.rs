//! A filter as text again, so that reading it gives the same filter.

use super::{Bound, Filter, Key, Needle, Test, Who};
use crate::domain::time::Span;
use std::{
    borrow::Cow,
    fmt::{self, Display, Formatter},
};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, condition) in self.conditions.iter().enumerate() {
            let gap = if at > 0 { " " } else { "" };
            let sign = if condition.negated { "-" } else { "" };
            write!(f, "{gap}{sign}")?;
            match &condition.test {
                Test::Holder(them) => either(f, Some(Key::Holder), them, who),
                Test::Mode(them) => either(f, Some(Key::Mode), them, |f, mode| f.write_str(mode.word())),
                Test::Tag(them) => either(f, Some(Key::Tag), them, needle),
                Test::Topic(them) => either(f, Some(Key::Topic), them, needle),
                Test::Channel(them) => either(f, Some(Key::Channel), them, needle),
                Test::Locale(them) => either(f, Some(Key::Locale), them, needle),
                Test::Is(them) => either(f, Some(Key::Is), them, |f, is| f.write_str(is.word())),
                Test::Needs(them) => either(f, Some(Key::Needs), them, |f, needs| f.write_str(needs.word())),
                Test::Priority(them) => {
                    either(f, Some(Key::Priority), them, |f, it| write!(f, "{}{}", it.order.sign(), it.value.word()))
                }
                Test::Attention(them) => {
                    either(f, Some(Key::Attention), them, |f, it| write!(f, "{}{}", it.order.sign(), it.value))
                }
                Test::Waiting(them) => either(f, Some(Key::Waiting), them, waiting),
                Test::Number(them) => either(f, None, them, |f, id| write!(f, "#{id}")),
                Test::Text(them) => either(f, None, them, needle),
            }?;
        }
        Ok(())
    }
}

fn either<T>(
    f: &mut Formatter<'_>,
    key: Option<Key>,
    them: &[T],
    one: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    if let Some(key) = key {
        write!(f, "{}:", key.word())?;
    }
    for (at, it) in them.iter().enumerate() {
        if at > 0 {
            f.write_str("|")?;
        }
        one(f, it)?;
    }
    Ok(())
}

fn who(f: &mut Formatter<'_>, who: &Who) -> fmt::Result {
    match who {
        Who::Named(name) if Who::KINDS.iter().any(|kind| kind.word() == name.0) => write!(f, "\"{}\"", name.0),
        Who::Named(name) => needle(f, name),
        kind => f.write_str(kind.word()),
    }
}

fn needle(f: &mut Formatter<'_>, Needle(text): &Needle) -> fmt::Result {
    f.write_str(&written(text))
}

/// The words as they must be written to be read as they are: in quotes, if anything in them has a meaning.
#[must_use]
pub fn written(text: &str) -> Cow<'_, str> {
    let needs_quotes = text.is_empty()
        || text.starts_with(['-', '#'])
        || text.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '|' | ':' | '\\'));
    if needs_quotes { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")).into() } else { text.into() }
}

/// In the largest unit that is exact; what is read has whole seconds.
fn waiting(f: &mut Formatter<'_>, bound: &Bound<Span>) -> fmt::Result {
    let seconds = bound.value.whole_seconds();
    let (number, unit) = match seconds {
        0 => (0, 's'),
        _ if seconds.is_multiple_of(86_400) => (seconds / 86_400, 'd'),
        _ if seconds.is_multiple_of(3_600) => (seconds / 3_600, 'h'),
        _ if seconds.is_multiple_of(60) => (seconds / 60, 'm'),
        _ => (seconds, 's'),
    };
    write!(f, "{}{number}{unit}", bound.order.sign())
}
