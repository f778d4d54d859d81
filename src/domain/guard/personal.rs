//! Personal data: mail addresses, phone numbers, payment cards and bank accounts that are not this customer's.
//!
//! What the customer said, what stands in the customer's record and what a cited source states may be said. A card or account
//! may not be said even so: nobody needs it read back whole. Deliberately not here: names, which cannot be told from words.

use super::{
    Finds, Material, Rule,
    words::{digit, hash_of},
};

/// What kind of datum it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Mail,
    Phone,
    Card,
    Account,
}

/// A datum in a text.
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) at: usize,
    pub(super) length: usize,
    /// In the one form in which it is compared.
    pub(super) canonical: String,
}

pub(super) fn find(finds: &mut Finds<'_>, material: &Material<'_>) {
    let own = material.card.customer.email.as_deref().map(str::to_lowercase);
    let mut found = Vec::new();
    each(finds.text, &mut |one| {
        let said = material.has(hash_of(&one.canonical)) || own.as_deref() == Some(one.canonical.as_str());
        let whole = matches!(one.kind, Kind::Card | Kind::Account);
        if whole || !said {
            found.push((one.at, one.length));
        }
    });
    for (at, length) in found {
        finds.add(Rule::Personal, at, length);
    }
}

/// Every such datum of a text.
pub(super) fn each(text: &str, take: &mut dyn FnMut(Found)) {
    mails(text, take);
    accounts(text, take);
    numbers(text, take);
    cards(text, take);
}

fn mails(text: &str, take: &mut dyn FnMut(Found)) {
    let local = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    let host = |c: char| c.is_alphanumeric() || ".-".contains(c);
    for (at, _) in text.match_indices(['@', '＠']) {
        let before = text.get(..at).unwrap_or_default();
        let sign = text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        let after = text.get(at + sign..).unwrap_or_default();
        let name = before.len() - before.trim_end_matches(local).len();
        let place = after.len() - after.trim_start_matches(host).len();
        let place = after.get(..place).unwrap_or_default().trim_end_matches(['.', '-']);
        if name == 0 || !place.contains('.') {
            continue;
        }
        let from = at - name;
        let canonical = format!("{}@{place}", text.get(from..at).unwrap_or_default()).to_lowercase();
        take(Found { kind: Kind::Mail, at: from, length: name + sign + place.len(), canonical });
    }
}

/// International bank account numbers, proved by their check digits (ISO 13616: modulo 97).
fn accounts(text: &str, take: &mut dyn FnMut(Found)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let boundary = at == 0 || bytes.get(at - 1).is_none_or(|b| !b.is_ascii_alphanumeric());
        if !boundary || !first.is_ascii_alphabetic() || !begins_account(&bytes[at..]) {
            at += 1;
            continue;
        }
        let mut canonical = String::new();
        let mut end = at;
        for (offset, byte) in bytes.iter().enumerate().skip(at) {
            match byte {
                b' ' | b'-' | b'.' | b'_' | b'/' | 0x80.. if !canonical.is_empty() => {}
                byte if byte.is_ascii_alphanumeric() && canonical.len() < 34 => {
                    canonical.push(byte.to_ascii_uppercase() as char);
                    end = offset + 1;
                    if canonical.len() >= 15
                        && is_account(&canonical)
                        && bytes.get(end).is_none_or(|b| !b.is_ascii_alphanumeric())
                    {
                        break;
                    }
                }
                _ => break,
            }
        }
        if is_account(&canonical) {
            take(Found { kind: Kind::Account, at, length: end - at, canonical });
            at = end;
        } else {
            at += 1;
        }
    }
}

/// Two letters and two digits, in parts or not: what every account begins with.
fn begins_account(bytes: &[u8]) -> bool {
    let mut said = bytes.iter().filter(|byte| !matches!(byte, b' ' | b'-' | b'.' | b'_' | b'/' | 0x80..));
    let mut next = |fits: fn(&u8) -> bool| said.next().is_some_and(fits);
    next(u8::is_ascii_alphabetic)
        && next(u8::is_ascii_alphabetic)
        && next(u8::is_ascii_digit)
        && next(u8::is_ascii_digit)
}

fn is_account(said: &str) -> bool {
    let (Some(country), Some(check), Some(rest)) = (said.get(..2), said.get(2..4), said.get(4..)) else { return false };
    if said.len() < 15 || !country.bytes().all(|b| b.is_ascii_uppercase()) || !check.bytes().all(|b| b.is_ascii_digit())
    {
        return false;
    }
    let moved = rest.chars().chain(country.chars()).chain(check.chars());
    let rest = moved.fold(0_u32, |rest, c| match c.to_digit(36) {
        Some(value) if value >= 10 => (rest * 100 + value) % 97,
        Some(value) => (rest * 10 + value) % 97,
        None => rest,
    });
    rest == 1
}

/// What people put between the groups of a card's digits, beside what parts a phone's: it hides none.
fn parts_card(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '_' | '.' | '·' | '•' | '*' | '/' | ',' | '|' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Cards that are not written as [`numbers`] reads them: up to three characters between groups of their digits.
fn cards(text: &str, take: &mut dyn FnMut(Found)) {
    let all: Vec<(usize, char)> = text.char_indices().collect();
    let mut from = 0;
    while let Some((at, c)) = all.get(from).copied() {
        let alone = from == 0 || all.get(from - 1).is_none_or(|(_, before)| !before.is_alphanumeric());
        if digit(c).is_none() || !alone {
            from += 1;
            continue;
        }
        let (mut digits, mut gap, mut odd, mut end, mut next) = (String::new(), 0, false, at, from);
        while let Some((place, c)) = all.get(next).copied() {
            if let Some(one) = digit(c) {
                digits.push(one);
                (gap, end) = (0, place + c.len_utf8());
            } else if parts_card(c) && gap < 3 {
                odd |= !matches!(c, ' ' | '-' | '/' | '\u{a0}' | '\u{202f}');
                gap += 1;
            } else {
                break;
            }
            next += 1;
        }
        // Groups as they stand on cards, so that a list of figures is none.
        let shown = text.get(at..end).unwrap_or_default();
        let groups: Vec<usize> = shown
            .split(|c: char| digit(c).is_none())
            .map(|group| group.chars().count())
            .filter(|count| *count > 0)
            .collect();
        let as_printed = matches!(groups.as_slice(), [4, 4, 4, 1..=7] | [4, 6, 4 | 5]);
        if odd && as_printed && passes_luhn(&digits) {
            take(Found { kind: Kind::Card, at, length: end - at, canonical: digits });
        }
        from = next.max(from + 1);
    }
}

/// Long numbers: cards by their check digit (ISO 7812, Luhn), phones by how people write them.
fn numbers(text: &str, take: &mut dyn FnMut(Found)) {
    let mut rest = text.char_indices().peekable();
    let mut before: Option<char> = None;
    while let Some((at, c)) = rest.next() {
        let plus = matches!(c, '+' | '＋');
        let starts = plus || c == '(' || digit(c).is_some();
        if !starts || before.is_some_and(|b| b.is_alphanumeric() || b == '-') {
            before = Some(c);
            continue;
        }
        let mut digits: String = digit(c).into_iter().collect();
        let (mut end, mut parts, mut odd) = (at + c.len_utf8(), 0, false);
        let mut last = c;
        while let Some((next, c)) = rest.peek().copied() {
            if let Some(more) = digit(c) {
                digits.push(more);
                end = next + c.len_utf8();
            } else if matches!(c, ' ' | '-' | '/' | '(' | ')' | '\u{a0}' | '\u{202f}')
                && (digit(last).is_some() || matches!(last, ')' | '(' | ' ' | '+' | '/'))
            {
                parts += usize::from(digit(last).is_some());
            } else if c == '.'
                && digit(last).is_some()
                && text.get(next + 1..).and_then(|t| t.chars().next()).is_some_and(|c| digit(c).is_some())
            {
                parts += 1;
                odd = true;
            } else {
                break;
            }
            last = c;
            rest.next();
        }
        let shown = text.get(at..end).unwrap_or_default();
        let parts = parts.saturating_sub(usize::from(!shown.ends_with(last)));
        if (13..=19).contains(&digits.len()) && !plus && passes_luhn(&digits) {
            take(Found { kind: Kind::Card, at, length: end - at, canonical: digits });
        } else if is_phone(&digits, plus, parts, odd) && !is_date(shown) {
            // Country codes and leading zeros differ in how one number is written: its end tells.
            let from = digits.len().saturating_sub(8);
            let canonical = format!("tel{}", digits.get(from..).unwrap_or_default());
            take(Found { kind: Kind::Phone, at, length: end - at, canonical });
        }
        before = shown.chars().next_back();
    }
}

/// With a plus 8 digits and more; without it 9 and more that begin with 0, or in parts as only phone numbers are written.
fn is_phone(digits: &str, plus: bool, parts: usize, odd: bool) -> bool {
    let count = digits.len();
    let zero = digits.starts_with('0');
    (8..=15).contains(&count)
        && (plus || (zero && count >= 9) || (parts >= 2 && count >= 9 && !odd) || (zero && parts >= 1 && count >= 8))
}

/// `2026-11-23`, `23.11.2026`, `8-20 9-14`.
fn is_date(shown: &str) -> bool {
    let parts: Vec<&str> = shown.split(['-', '.', '/']).map(str::trim).collect();
    matches!(parts.as_slice(), [a, b, c] if a.len() + b.len() + c.len() <= 8 && (a.len() == 4 || c.len() == 4))
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(at, value)| if at % 2 == 1 { value * 2 / 10 + value * 2 % 10 } else { value })
        .sum();
    sum.is_multiple_of(10) && digits.bytes().any(|b| b != b'0')
}
