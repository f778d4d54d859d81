//! Text to sentences, in the desk's five languages.
//!
//! A sentence ends with its mark; a point after a number or a known abbreviation ends nothing. Deliberately not here:
//! grammar. Where it errs, two sentences stay together, which quotes more rather than less.

/// Abbreviations whose point ends no sentence.
const SHORT: &[&str] = &[
    "no", "nr", "mr", "mrs", "dr", "bzw", "ca", "vgl", "inkl", "zzgl", "ej", "sr", "sra", "núm", "num", "approx", "vs",
    "st", "usw", "max", "min",
];

/// The sentences of a text, trimmed, none empty. A line break ends a sentence too.
#[must_use]
pub fn sentences(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.lines() {
        let mut from = 0;
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let end = at + c.len_utf8();
            let ends = match c {
                '。' | '！' | '？' => true,
                '.' | '!' | '?' | '؟' | '…' => {
                    let next = chars.peek().map(|(_, next)| *next);
                    next.is_none_or(char::is_whitespace)
                        && !(c == '.' && (is_short(&line[from..at]) || continues(&line[end..])))
                }
                _ => false,
            };
            if ends {
                push(&mut out, &line[from..end]);
                from = end;
            }
        }
        push(&mut out, &line[from..]);
    }
    out
}

fn push(out: &mut Vec<String>, sentence: &str) {
    let sentence = sentence.trim();
    if sentence.chars().any(char::is_alphanumeric) {
        out.push(sentence.to_owned());
    }
}

/// Whether the last word before a point is an abbreviation or one letter.
fn is_short(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '.' || c == '(').next().unwrap_or_default();
    let letters = word.chars().count();
    (letters == 1 && word.chars().all(char::is_alphabetic)) || SHORT.contains(&word.to_lowercase().as_str())
}

/// Whether what follows a point goes on in lower case, so that no sentence ended.
fn continues(after: &str) -> bool {
    after.trim_start().chars().next().is_some_and(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_with_their_marks_in_each_language() {
        for (text, expected) in [
            (
                "The Kettle No. 3 costs EUR 89. It holds 60 degrees!",
                &["The Kettle No. 3 costs EUR 89.", "It holds 60 degrees!"][..],
            ),
            ("Das dauert z. B. drei Tage. Und dann?", &["Das dauert z. B. drei Tage.", "Und dann?"]),
            ("所有订单都会发货。运费为 4.90 欧元。", &["所有订单都会发货。", "运费为 4.90 欧元。"]),
            ("نشحن كل طلب. كم المدة؟ يومان", &["نشحن كل طلب.", "كم المدة؟", "يومان"]),
            ("one\n\n  \ntwo", &["one", "two"]),
            ("...", &[]),
        ] {
            assert_eq!(sentences(text), expected, "{text}");
        }
    }
}
