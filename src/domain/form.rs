//! Forms that people edit as text: a `title:` line for each part, what follows belongs to it. Briefs, tasks and guidance are
//! written so.
//!
//! Deliberately not here: which parts there are and what may stand in them.

/// Where titles are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Titles {
    /// In any order; a part that comes twice goes on.
    Anywhere,
    /// Each once, in its order: for parts whose text may hold words with a colon.
    InOrder,
}

/// The form.
pub(super) fn written<'a>(parts: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    parts.into_iter().flat_map(|(title, text)| [title, ": ", text.trim(), "\n"]).collect()
}

/// The parts, trimmed. Lines before the first title belong to the part at `first`.
pub(super) fn read<const N: usize>(form: &str, titles: &[&str; N], first: usize, how: Titles) -> [String; N] {
    let mut parts = [const { String::new() }; N];
    let (mut here, mut next) = (first, 0);
    for line in form.lines() {
        let titled = line.split_once(':').and_then(|(title, rest)| {
            let title = title.trim().to_lowercase();
            titles.iter().skip(next).position(|one| *one == title).map(|at| (at + next, rest))
        });
        let text = match titled {
            Some((at, rest)) => {
                here = at;
                if how == Titles::InOrder {
                    next = at + 1;
                }
                rest
            }
            None => line,
        };
        if let Some(part) = parts.get_mut(here) {
            if !part.is_empty() {
                part.push('\n');
            }
            part.push_str(text.trim());
        }
    }
    parts.map(|part| part.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_taken_anywhere_or_each_once_in_its_order() {
        let titles = ["a", "b"];
        let form = "x\n B : one\ntwo\na: three: four\nb: five";
        assert_eq!(read(form, &titles, 0, Titles::Anywhere), ["x\nthree: four", "one\ntwo\nfive"]);
        assert_eq!(read(form, &titles, 0, Titles::InOrder), ["x", "one\ntwo\na: three: four\nb: five"]);
        assert_eq!(read("", &titles, 1, Titles::Anywhere), ["", ""]);
        let parts = ["one\ntwo", "three"];
        let form = written(titles.into_iter().zip(parts));
        assert_eq!(read(&form, &titles, 0, Titles::InOrder), parts);
    }
}
