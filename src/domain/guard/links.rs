//! Links to hosts that are not on the desk's list, and pictures, which a channel would fetch.
//!
//! Found as a customer's program would find them: with a scheme, with `www.`, in Markdown, and bare names with a well-known
//! ending and a path. Deliberately not here: whether a link works.

use super::{Finds, Rule};
use std::collections::BTreeSet;

/// Endings by which a bare name is taken for a link.
const ENDINGS: &[&str] = &[
    "com", "net", "org", "io", "co", "info", "biz", "me", "ly", "app", "dev", "xyz", "top", "site", "online", "shop",
    "store", "link", "click", "de", "es", "eu", "uk", "ch", "at", "fr", "it", "nl", "cn", "ru", "us", "ai", "gg", "to",
    "cc", "tk", "ae", "sa", "eg", "example", "test", "invalid",
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
    for (at, host) in bare(&lower) {
        found.push((at, at));
        let _ = host;
    }
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

/// Names like `evil.example/pay` or `bit.ly/x`, with a known ending; what follows an `@` is a mail address.
fn bare(lower: &str) -> Vec<(usize, &str)> {
    let of_host = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = lower.get(at..).filter(|rest| !rest.is_empty()) {
        let start = rest.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let from = at + start;
        let word = lower.get(from..).unwrap_or_default();
        let length = word.find(|c: char| !of_host(c)).unwrap_or(word.len());
        let name = word.get(..length).unwrap_or_default().trim_end_matches(['.', '-']);
        at = from + length.max(1);
        let before = lower.get(..from).and_then(|text| text.chars().next_back());
        let ending = name.rsplit('.').next().unwrap_or_default();
        let first = name.split('.').next().unwrap_or_default();
        let named = name.contains('.') && !first.is_empty() && first.bytes().any(|b| b.is_ascii_alphabetic());
        if named && ENDINGS.contains(&ending) && !before.is_some_and(|c| c == '@' || c.is_alphanumeric() || c == '/') {
            found.push((from, name));
        }
    }
    found
}
