//! Prices, dates and figures: each must stand in a cited source or have been said in the talk.
//!
//! A figure is compared by its digits alone, so that `4.90`, `4,90` and `٤٫٩٠` are one. A single digit counts only beside a
//! unit: `3 steps` claims nothing, `3 days` does. A number in words (see [`numerals`]) counts only before a unit, and is the
//! same figure as its digits. Deliberately not here: numbers in words without a unit.

use super::{
    Finds, Material, Rule, numerals, personal,
    words::{digit, hash_of},
};

/// A figure in a text.
pub(super) struct Figure {
    /// Where it begins, in bytes.
    pub(super) at: usize,
    /// How long it is, in bytes.
    pub(super) length: usize,
    /// Its digits, without leading zeros and without cents that are none.
    pub(super) digits: String,
    /// Whether it stands in words.
    pub(super) worded: bool,
}

/// Units that make a figure of a single digit: after it, or before it as currencies stand. A word may have an ending more.
const UNITS: &[&str] = &[
    "percent",
    "prozent",
    "euro",
    "dollar",
    "day",
    "working",
    "business",
    "hour",
    "week",
    "month",
    "year",
    "minute",
    "eur",
    "usd",
    "tag",
    "werktag",
    "arbeitstag",
    "stunde",
    "woche",
    "monat",
    "jahr",
    "día",
    "dia",
    "hora",
    "semana",
    "mes",
    "año",
    "minuto",
];
/// The endings.
const ENDINGS: &[&str] = &["", "s", "e", "n", "en", "es"];
/// Units that stand so and not otherwise: currencies by their codes, months, times of day.
const WHOLE: &[&str] = &[
    "gbp",
    "chf",
    "jan",
    "january",
    "januar",
    "enero",
    "feb",
    "february",
    "februar",
    "febrero",
    "mar",
    "march",
    "märz",
    "marzo",
    "apr",
    "april",
    "abril",
    "may",
    "mai",
    "mayo",
    "jun",
    "june",
    "juni",
    "junio",
    "jul",
    "july",
    "juli",
    "julio",
    "aug",
    "august",
    "agosto",
    "sep",
    "sept",
    "september",
    "septiembre",
    "oct",
    "october",
    "okt",
    "oktober",
    "octubre",
    "nov",
    "november",
    "noviembre",
    "dec",
    "december",
    "dez",
    "dezember",
    "diciembre",
    "pm",
    "am",
    "uhr",
];
/// Units of scripts that part no words, or let them grow, and signs.
const SIGNS: &[&str] = &[
    "%",
    "٪",
    "€",
    "$",
    "£",
    "¥",
    "￥",
    "天",
    "日",
    "周",
    "星期",
    "个月",
    "个工作日",
    "个小时",
    "个星期",
    "个自然日",
    "工作日",
    "小时",
    "年",
    "月",
    "分钟",
    "元",
    "欧",
    "美元",
    "倍",
    "يوم",
    "أيام",
    "ايام",
    "ساع",
    "أسبوع",
    "اسبوع",
    "أسابيع",
    "شهر",
    "أشهر",
    "سنة",
    "سنوات",
    "دقيقة",
    "دقائق",
    "يورو",
    "دولار",
];

pub(super) fn find(finds: &mut Finds<'_>, material: &Material<'_>) {
    let text = finds.text;
    // A mail address, phone number or card is judged as a whole, by another rule.
    let mut whole = Vec::new();
    personal::each(text, &mut |one| whole.push(one.at..one.at + one.length));
    let mut found = Vec::new();
    each(text, &mut |figure| {
        let part = whole.iter().any(|place| place.contains(&figure.at));
        if !part && counts(text, &figure) && !material.has(hash_of(&figure.digits)) {
            found.push((figure.at, figure.length));
        }
    });
    for (at, length) in found {
        finds.add(Rule::Figure, at, length);
    }
}

/// Every figure of a text.
pub(super) fn each(text: &str, take: &mut dyn FnMut(Figure)) {
    numerals::each(text, &mut |at, length, value| {
        if measures(&next_words(text.get(at + length..).unwrap_or_default())) {
            take(Figure { at, length, digits: value.to_string(), worded: true });
        }
    });
    numerals::duals(text, &mut |at, length| take(Figure { at, length, digits: "2".to_owned(), worded: true }));
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let Some(first) = digit(c) else { continue };
        let mut digits = String::from(first);
        let mut end = at + c.len_utf8();
        // How many digits came since the last separator, and how many the separator parts off.
        let mut since: Option<usize> = None;
        while let Some((next, c)) = rest.peek().copied() {
            if let Some(more) = digit(c) {
                digits.push(more);
                since = since.map(|count| count + 1);
                end = next + c.len_utf8();
                rest.next();
            } else if is_separator(c)
                && text
                    .get(next + c.len_utf8()..)
                    .and_then(|after| after.chars().next())
                    .is_some_and(|c| digit(c).is_some())
            {
                since = Some(0);
                rest.next();
            } else {
                break;
            }
        }
        // `449.00` is 449.
        if since == Some(2) && digits.ends_with("00") {
            digits.truncate(digits.len() - 2);
        }
        let trimmed = digits.trim_start_matches('0');
        let digits = if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() };
        take(Figure { at, length: end - at, digits, worded: false });
    }
}

/// What stands within a number: points, commas, the Arabic ones, thin and no-break spaces, the Swiss apostrophe.
fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | '\u{66b}' | '\u{66c}' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

/// Whether a figure claims something: not the number of a list or of a source, and not a single digit by itself.
fn counts(text: &str, figure: &Figure) -> bool {
    if figure.worded {
        return true;
    }
    let before = text.get(..figure.at).unwrap_or_default();
    let after = text.get(figure.at + figure.length..).unwrap_or_default();
    if before.ends_with('[') && after.starts_with(']') {
        return false;
    }
    let starts_line = before.trim_end_matches([' ', '\t']).ends_with('\n') || before.trim().is_empty();
    if starts_line && figure.digits.len() <= 2 && after.starts_with(['.', ')', '、', '．']) {
        return false;
    }
    // `E3`, `BW1`: a name and no figure, unless it is a long one.
    let named = before.chars().next_back().is_some_and(|c| c.is_alphabetic() && !super::words::is_han(c));
    if named && figure.digits.len() <= 2 && !has_unit(before, after) {
        return false;
    }
    figure.digits.len() > 1 || has_unit(before, after)
}

fn has_unit(before: &str, after: &str) -> bool {
    let from = before.ceil_char_boundary(before.len().saturating_sub(12));
    let last = before.get(from..).unwrap_or_default().trim_end_matches([' ', '\u{a0}', '\u{202f}']).to_lowercase();
    let currency = ["€", "$", "£", "¥", "￥", "eur", "euro", "usd", "chf", "gbp"];
    let next = next_words(after);
    measures(&next) || WHOLE.contains(&first_word(&next)) || currency.iter().any(|unit| last.ends_with(unit))
}

/// What follows a figure, as it is compared.
fn next_words(after: &str) -> String {
    let head = after.get(..after.floor_char_boundary(40)).unwrap_or_default();
    head.trim_start_matches([' ', '-', '\u{a0}', '\u{202f}']).to_lowercase()
}

fn first_word(text: &str) -> &str {
    text.find(|c: char| !c.is_alphabetic()).map_or(text, |end| text.get(..end).unwrap_or_default())
}

/// Whether a text begins with a unit that is not a date's.
fn measures(next: &str) -> bool {
    let word = first_word(next);
    let grows = |unit: &&str| word.strip_prefix(*unit).is_some_and(|ending| ENDINGS.contains(&ending));
    SIGNS.iter().any(|sign| next.starts_with(sign)) || UNITS.iter().any(grows) || next.starts_with("por ciento")
}
