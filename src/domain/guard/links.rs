//! Links to hosts that are not on the desk's list, and pictures, which a channel would fetch.
//!
//! Found as a customer's program would find them: with a scheme, with `www.`, in Markdown, and bare names with a well-known
//! ending or a path, in any script. Deliberately not here: whether a link works.

use super::{Finds, Rule};
use std::collections::BTreeSet;

/// Endings by which a bare name is taken for a link.
const ENDINGS: &[&str] = &[
    "com",
    "net",
    "org",
    "io",
    "co",
    "info",
    "biz",
    "me",
    "ly",
    "app",
    "dev",
    "xyz",
    "top",
    "site",
    "online",
    "shop",
    "store",
    "link",
    "click",
    "de",
    "es",
    "eu",
    "uk",
    "ch",
    "at",
    "fr",
    "it",
    "nl",
    "cn",
    "ru",
    "us",
    "ai",
    "gg",
    "to",
    "cc",
    "tk",
    "ae",
    "sa",
    "eg",
    "example",
    "test",
    "invalid",
    "pro",
    "live",
    "support",
    "help",
    "cloud",
    "page",
    "website",
    "space",
    "tech",
    "icu",
    "vip",
    "club",
    "cyou",
    "buzz",
    "life",
    "world",
    "today",
    "email",
    "chat",
    "pay",
    "money",
    "bank",
    "finance",
    "zone",
    "center",
    "services",
    "solutions",
    "digital",
    "agency",
    "company",
    "ltd",
    "one",
    "fun",
    "win",
    "bid",
    "loan",
    "gift",
    "gifts",
    "sale",
    "deals",
    "in",
    "br",
    "pl",
    "se",
    "no",
    "fi",
    "dk",
    "be",
    "ca",
    "jp",
    "kr",
    "tw",
    "hk",
    "sg",
    "au",
    "nz",
    "mx",
    "ar",
    "cl",
    "pe",
    "pt",
    "gr",
    "tr",
    "ua",
    "cz",
    "ro",
    "hu",
    "ir",
    "za",
    "ng",
    "ke",
    "ws",
    "su",
    "la",
    "im",
    "is",
    "st",
    "sh",
    "tv",
    "fm",
    "mobi",
    "asia",
    "рф",
    "中国",
    "公司",
    "网络",
];
/// Endings that are words too: where one begins the next sentence, a space was forgotten.
const WORDS: &[&str] = &[
    "it", "at", "to", "me", "us", "in", "is", "no", "be", "so", "im", "one", "help", "page", "support", "today", "pay",
    "la", "es", "de", "se", "pro", "link", "shop", "store", "site", "online", "info",
];

pub(super) fn find(finds: &mut Finds<'_>, allowed: &BTreeSet<String>) {
    let text = finds.text;
    let lower = text.to_ascii_lowercase();
    for (at, _) in lower.match_indices("![") {
        if lower.get(at..).and_then(|rest| rest.find("](")).is_some_and(|close| close < 300) {
            finds.add(Rule::Image, at, 80);
        }
    }
    for (at, _) in
        ["<img", "<iframe", "<script", "<object", "<embed", "<svg"].iter().flat_map(|tag| lower.match_indices(tag))
    {
        finds.add(Rule::Image, at, 80);
    }
    for scheme in ["javascript:", "data:text", "data:image", "vbscript:", "file:/"] {
        for (at, _) in lower.match_indices(scheme) {
            finds.add(Rule::Link, at, 60);
        }
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, sign) in lower.match_indices("//") {
        let before = lower.get(..at).unwrap_or_default();
        let scheme =
            before.len() - before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "+.-:".contains(c)).len();
        found.push((at - scheme, at + sign.len()));
    }
    for (at, sign) in lower.match_indices("www.") {
        found.push((at, at + sign.len()));
    }
    found.extend(bare(text).into_iter().map(|at| (at, at)));
    found.sort_unstable();
    let mut until = 0;
    for (from, host_at) in found {
        if from < until {
            continue;
        }
        let rest = lower.get(host_at..).unwrap_or_default();
        let length = rest.find(|c: char| c.is_whitespace() || "\"'<>)]}，。；、".contains(c)).unwrap_or(rest.len());
        let whole = rest.get(..length).unwrap_or_default().trim_end_matches(['.', ',', ';', ':', '!', '?']);
        until = host_at + whole.len();
        if whole.is_empty() {
            continue;
        }
        if !host(whole).is_some_and(|host| is_allowed(host, allowed)) {
            finds.add(Rule::Link, from, until - from);
        }
    }
}

/// The host of an address without its scheme; none if it is not plainly one, as with a user before it.
fn host(address: &str) -> Option<&str> {
    let end = address.find(['/', '?', '#', '\\']).unwrap_or(address.len());
    let authority = address.get(..end)?;
    if authority.contains('@') || address.contains('\\') || !authority.is_ascii() {
        return None;
    }
    let host = authority.split(':').next()?;
    Some(host.strip_prefix("www.").unwrap_or(host)).filter(|host| host.contains('.'))
}

fn is_allowed(host: &str, allowed: &BTreeSet<String>) -> bool {
    allowed.iter().any(|one| {
        let one = one.trim().trim_start_matches("www.").to_ascii_lowercase();
        host == one || host.strip_suffix(&one).is_some_and(|before| before.ends_with('.'))
    })
}

/// What parts a name as a point does, to the programs that open links.
fn is_point(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// Where names like `evil.example/pay`, `bit.ly/x` or `10.0.0.1/x` begin: with a known ending, or with a path. What follows
/// an `@` is a mail address.
fn bare(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let start = rest.find(char::is_alphanumeric).unwrap_or(rest.len());
        let from = at + start;
        let word = text.get(from..).unwrap_or_default();
        // A full stop of Chinese parts a name only where letters of ours follow.
        let part_of = |(at, c): &(usize, char)| {
            let latin = || {
                word.get(at + c.len_utf8()..).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_alphanumeric()))
            };
            c.is_alphanumeric() || *c == '-' || *c == '.' || (is_point(*c) && latin())
        };
        let length = word.char_indices().find(|place| !part_of(place)).map_or(word.len(), |(end, _)| end);
        let name = word.get(..length).unwrap_or_default().trim_end_matches(['.', '-']);
        at = from + length.max(word.chars().next().map_or(1, char::len_utf8));
        let before = text.get(..from).and_then(|text| text.chars().next_back());
        let path = word.get(name.len()..).is_some_and(|rest| {
            rest.strip_prefix('/')
                .is_some_and(|path| path.starts_with(|c: char| c.is_ascii_alphanumeric() || "?#".contains(c)))
        });
        if !before.is_some_and(|c| matches!(c, '@' | '＠')) && names_host(name, path) {
            found.push(from);
        }
    }
    found
}

fn names_host(name: &str, path: bool) -> bool {
    let parts: Vec<&str> = name.split(is_point).collect();
    let [first, .., last] = parts.as_slice() else { return false };
    if parts.iter().any(|part| part.is_empty()) {
        return false;
    }
    // `192.168.0.1/login`
    if parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok()) {
        return path;
    }
    let ending = last.to_lowercase();
    let begins_sentence = last.starts_with(char::is_uppercase) && !last.chars().skip(1).any(char::is_uppercase);
    if !first.chars().any(char::is_alphabetic) || (begins_sentence && !path && WORDS.contains(&ending.as_str())) {
        return false;
    }
    ENDINGS.contains(&ending.as_str())
        || (path && ending.len() >= 2 && ending.bytes().all(|byte| byte.is_ascii_alphabetic()))
}
