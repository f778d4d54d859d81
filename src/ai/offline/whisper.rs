//! What a whisper asks of the next answer: words to look for, words to avoid, a line to say.
//!
//! `say: …` is said word for word. What follows *not*, *no*, *nicht*, *kein*, *不*, *别*, *لا* up to the end of the clause is
//! avoided. The rest is looked for. Deliberately not here: understanding.

use crate::ai::words::terms;
use std::collections::BTreeSet;

/// A whisper, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ai) struct Reading {
    /// Said word for word.
    pub(in crate::ai) say: Option<String>,
    /// Sentences with these are left out.
    pub(in crate::ai) avoid: BTreeSet<String>,
    /// Looked for beside the question.
    pub(in crate::ai) seek: Vec<String>,
}

const NOT: &[&str] = &[
    "not", "no", "dont", "don't", "don’t", "never", "without", "nicht", "kein", "keine", "keinen", "ohne", "nie",
    "sin", "nunca", "لا", "بدون", "لن",
];
/// Said in one word with what follows.
const NOT_HAN: &[&str] = &["不要", "不", "别", "勿"];
/// Words about speaking, which no sentence is left out for.
const SPEAKING: &str = "mention offer say speak talk tell promise quote suggest erwähnen anbieten sagen nennen versprechen mencionar \
                        ofrecer decir hablar prometer 提 说 提供 提到 承诺 答应 提及 تذكر تقل تعرض تعد";

impl Reading {
    /// Reads a whisper.
    pub(in crate::ai) fn of(whisper: &str) -> Self {
        let mut reading = Self::default();
        let trimmed = whisper.trim();
        let head: String = trimmed.chars().take(4).flat_map(char::to_lowercase).collect();
        if (head == "say:" || head == "say：")
            && let Some((_, line)) = trimmed.split_once([':', '：'])
        {
            reading.say = Some(line.trim().to_owned()).filter(|line| !line.is_empty());
            return reading;
        }
        let speaking: BTreeSet<String> = terms(SPEAKING).into_iter().collect();
        for clause in trimmed.split(['.', ',', ';', '\n', '。', '，', '；', '،', '؛', '!', '！']) {
            let (seek, avoid) = part(clause);
            reading.seek.extend(terms(&seek).into_iter().filter(|term| !speaking.contains(term)));
            reading.avoid.extend(terms(&avoid).into_iter().filter(|term| !speaking.contains(term)));
        }
        reading
    }
}

/// A clause before and after its negation.
fn part(clause: &str) -> (String, String) {
    if let Some(at) = NOT_HAN.iter().filter_map(|not| clause.find(not).map(|at| (at, at + not.len()))).min() {
        let cut = |range: Option<&str>| range.unwrap_or_default().to_owned();
        return (cut(clause.get(..at.0)), cut(clause.get(at.1..)));
    }
    let words: Vec<&str> = clause.split_whitespace().collect();
    let at = words.iter().position(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        NOT.contains(&word.as_str())
    });
    match at {
        Some(at) => (words[..at].join(" "), words[at + 1..].join(" ")),
        None => (clause.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whisper_seeks_avoids_or_says() {
        let list = |words: &str| terms(words);
        for (whisper, say, avoid, seek) in [
            ("Say: We are on it.", Some("We are on it."), "", ""),
            ("mention the neighbour, do not promise a refund", None, "refund", "neighbour"),
            ("nicht den Versand erwähnen", None, "Versand", ""),
            ("no ofrecer reembolso", None, "reembolso", ""),
            ("不要提退款", None, "退款", ""),
            ("لا تذكر الاسترداد", None, "الاسترداد", ""),
            ("", None, "", ""),
        ] {
            let reading = Reading::of(whisper);
            assert_eq!(reading.say.as_deref(), say, "{whisper}");
            assert!(list(avoid).iter().all(|term| reading.avoid.contains(term)), "{whisper}: {reading:?}");
            assert_eq!(reading.avoid.is_empty(), avoid.is_empty(), "{whisper}: {reading:?}");
            assert_eq!(reading.seek, list(seek), "{whisper}");
        }
    }
}
