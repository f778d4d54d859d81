//! Keys, tokens and passwords: by the beginnings that their makers gave them, and by the word before them.
//!
//! Deliberately not here: looking for randomness, which order numbers have too.

use super::{Finds, Rule};

/// How a secret begins, and how many letters, digits and `_-.` follow at least.
const BEGINNINGS: &[(&str, usize)] = &[
    ("sk-", 16),
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("pk_live_", 8),
    ("whsec_", 8),
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xapp-", 10),
    ("AIza", 30),
    ("ya29.", 20),
    ("eyJ", 40),
    ("hf_", 20),
    ("npm_", 20),
    ("dop_v1_", 20),
    ("SG.", 20),
    ("cen_", 16),
    ("rk_test_", 8),
    ("ghu_", 20),
    ("ghr_", 20),
    ("shpat_", 20),
    ("xoxa-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
];
/// Words that a secret follows.
const WORDS: &[&str] = &[
    "password",
    "passwort",
    "kennwort",
    "contraseña",
    "passphrase",
    "api key",
    "api-key",
    "apikey",
    "api_key",
    "secret key",
    "client secret",
    "access token",
    "bearer",
    "basic",
    "pwd",
    "passcode",
    "credentials",
    "zugangsdaten",
    "clave",
    "密码",
    "口令",
    "كلمة المرور",
    "كلمة السر",
];

pub(super) fn find(finds: &mut Finds<'_>) {
    let text = finds.text;
    for (at, beginning) in BEGINNINGS.iter().flat_map(|(start, _)| text.match_indices(start)) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let body = text.get(at + beginning.len()..).unwrap_or_default();
        let length = body.len() - body.trim_start_matches(of_token).len();
        let least = BEGINNINGS.iter().find(|(start, _)| *start == beginning).map_or(0, |(_, least)| *least);
        if length >= least && before.is_none_or(|c| !c.is_alphanumeric()) {
            finds.add(Rule::Secret, at, beginning.len() + length);
        }
    }
    for (at, _) in text.match_indices("-----BEGIN ") {
        if text.get(at..).unwrap_or_default().lines().next().is_some_and(|line| line.contains("PRIVATE KEY")) {
            finds.add(Rule::Secret, at, 40);
        }
    }
    after_words(finds, text);
}

fn of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.".contains(c)
}

/// `password: hunter2-Blue`: a word, a sign, and then one that nobody would write as a word.
fn after_words(finds: &mut Finds<'_>, text: &str) {
    let lower = text.to_lowercase();
    // Lower case may be longer; then the places are only near, which is enough to show.
    for word in WORDS {
        for (at, _) in lower.match_indices(word) {
            let rest = lower.get(at + word.len()..).unwrap_or_default();
            let Some(said) = value(rest, matches!(*word, "bearer" | "basic")) else { continue };
            let digits = said.chars().filter(char::is_ascii_digit).count();
            let letters = said.chars().filter(char::is_ascii_alphabetic).count();
            if said.len() >= 6 && digits > 0 && letters > 0 {
                let length = word.len() + rest.find(said).unwrap_or(0) + said.len();
                finds.add(Rule::Secret, at.min(text.len()), length);
            }
        }
    }
}

/// What a sign points at: after `:`, `=`, `is`, `ist`, `es`, `是`, `هي`.
fn value(rest: &str, bare: bool) -> Option<&str> {
    let rest = rest.trim_start_matches([' ', '"', '`', '*']);
    let signs = [
        ":",
        "=",
        "：",
        "->",
        "→",
        "is ",
        "is now ",
        "was set to ",
        "has been set to ",
        "are ",
        "ist ",
        "ist jetzt ",
        "lautet ",
        "lautet jetzt ",
        "sind ",
        "es ",
        "es ahora ",
        "是",
        "为",
        "هي ",
        "هو ",
    ];
    let signs = {
        let mut longest_first = signs;
        longest_first.sort_unstable_by_key(|sign| std::cmp::Reverse(sign.len()));
        longest_first
    };
    let after = signs.iter().find_map(|sign| rest.strip_prefix(sign)).or(bare.then_some(rest))?;
    let after = after.trim_start_matches([' ', '"', '`', '\'', '*', '“', '«']);
    let length = after.find(|c: char| c.is_whitespace() || "\"`'”»,;。，".contains(c)).unwrap_or(after.len());
    after.get(..length).map(|said| said.trim_end_matches(['.', '!', '*']))
}
