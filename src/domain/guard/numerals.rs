//! Numbers in words, in the desk's languages: `five`, `zwanzig`, `treinta y cinco`, `三百`, `خمسة عشر`.
//!
//! From two on: one is an article in most of them. A sum of its parts, which is what people say. Deliberately not here:
//! whether a number claims something, and fractions.

use super::words::is_han;

/// Every number in words: where it begins, how long it is, its value.
pub(super) fn each(text: &str, take: &mut dyn FnMut(usize, usize, u32)) {
    let mut number = Number::default();
    for (at, word) in words(text) {
        let between = text.get(number.end..at).unwrap_or_default();
        if number.is_begun() && !between.chars().all(|c| matches!(c, ' ' | '-' | '\u{a0}')) {
            number.finish(take);
        }
        let lower = word.to_lowercase();
        match value(&lower) {
            Some(value) => number.add(at, word.len(), value),
            // `treinta y cinco`, `two hundred and fifty`
            None if number.is_begun() && matches!(lower.as_str(), "y" | "and" | "und") => number.end = at + word.len(),
            None => number.finish(take),
        }
    }
    number.finish(take);
    han(text, take);
}

/// Arabic words that say two of something by their form.
pub(super) fn duals(text: &str, take: &mut dyn FnMut(usize, usize)) {
    for (at, word) in words(text) {
        if matches!(
            word,
            "يومين"
                | "يومان"
                | "يومي"
                | "أسبوعين"
                | "اسبوعين"
                | "أسبوعان"
                | "شهرين"
                | "شهران"
                | "ساعتين"
                | "ساعتان"
                | "سنتين"
                | "دقيقتين"
        ) {
            take(at, word.len());
        }
    }
}

/// Words of letters, with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let from = at + rest.find(char::is_alphabetic)?;
        let word = text.get(from..)?;
        let length = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
        at = from + length;
        Some((from, word.get(..length)?))
    })
}

/// A number as it is put together.
#[derive(Default)]
struct Number {
    at: usize,
    /// Behind its last word, or behind the *and* after that.
    end: usize,
    length: usize,
    thousands: u32,
    rest: u32,
}

impl Number {
    fn is_begun(&self) -> bool {
        self.length > 0
    }

    fn add(&mut self, at: usize, length: usize, value: u32) {
        if !self.is_begun() {
            self.at = at;
        }
        match value {
            1_000 => {
                self.thousands = self.thousands.saturating_add(self.rest.max(1).saturating_mul(1_000));
                self.rest = 0;
            }
            100 => self.rest = self.rest.max(1).saturating_mul(100),
            value => self.rest = self.rest.saturating_add(value),
        }
        self.end = at + length;
        self.length = self.end - self.at;
    }

    fn finish(&mut self, take: &mut dyn FnMut(usize, usize, u32)) {
        let value = self.thousands.saturating_add(self.rest);
        if value > 1 {
            take(self.at, self.length, value);
        }
        *self = Self::default();
    }
}

/// The value of a word, in lower case.
fn value(word: &str) -> Option<u32> {
    // The Arabic *and* grows onto its word.
    let word = word.strip_prefix('و').filter(|rest| rest.chars().count() > 2).unwrap_or(word);
    simple(word).or_else(|| {
        // `fünfundzwanzig`, `veinticinco`
        let (one, ten) = word.split_once("und").or_else(|| word.strip_prefix("veinti").map(|one| (one, "veinte")))?;
        let one = if matches!(one, "ein" | "uno" | "ún") { 1 } else { simple(one)? };
        let ten = simple(ten).filter(|ten| (20..100).contains(ten))?;
        (one < 10).then_some(one + ten)
    })
}

fn simple(word: &str) -> Option<u32> {
    Some(match word {
        "two" | "zwei" | "dos" | "dós" | "اثنين" | "اثنان" => 2,
        "three" | "drei" | "tres" | "trés" | "ثلاثة" | "ثلاث" => 3,
        "four" | "vier" | "cuatro" | "أربعة" | "أربع" | "اربعة" => 4,
        "five" | "fünf" | "cinco" | "خمسة" | "خمس" => 5,
        "six" | "sechs" | "seis" | "séis" | "ستة" | "ست" => 6,
        "seven" | "sieben" | "siete" | "سبعة" | "سبع" => 7,
        "eight" | "acht" | "ocho" | "ثمانية" | "ثماني" | "ثمان" => 8,
        "nine" | "neun" | "nueve" | "تسعة" | "تسع" => 9,
        "ten" | "zehn" | "diez" | "عشرة" | "عشر" => 10,
        "eleven" | "elf" | "once" => 11,
        "twelve" | "zwölf" | "doce" => 12,
        "thirteen" | "dreizehn" | "trece" => 13,
        "fourteen" | "vierzehn" | "catorce" => 14,
        "fifteen" | "fünfzehn" | "quince" => 15,
        "sixteen" | "sechzehn" | "dieciséis" => 16,
        "seventeen" | "siebzehn" | "diecisiete" => 17,
        "eighteen" | "achtzehn" | "dieciocho" => 18,
        "nineteen" | "neunzehn" | "diecinueve" => 19,
        "twenty" | "zwanzig" | "veinte" | "عشرين" | "عشرون" => 20,
        "thirty" | "dreißig" | "dreissig" | "treinta" | "ثلاثين" | "ثلاثون" => 30,
        "forty" | "vierzig" | "cuarenta" | "أربعين" | "أربعون" => 40,
        "fifty" | "fünfzig" | "cincuenta" | "خمسين" | "خمسون" => 50,
        "sixty" | "sechzig" | "sesenta" | "ستين" | "ستون" => 60,
        "seventy" | "siebzig" | "setenta" | "سبعين" | "سبعون" => 70,
        "eighty" | "achtzig" | "ochenta" | "ثمانين" | "ثمانون" => 80,
        "ninety" | "neunzig" | "noventa" | "تسعين" | "تسعون" => 90,
        "hundred" | "hundert" | "einhundert" | "cien" | "ciento" | "مئة" | "مائة" => 100,
        "zweihundert" | "doscientos" | "مئتين" | "مائتين" | "مئتا" => 200,
        "dreihundert" | "trescientos" => 300,
        "fünfhundert" | "quinientos" => 500,
        "thousand" | "tausend" | "eintausend" | "mil" | "ألف" => 1_000,
        _ => return None,
    })
}

/// Chinese numerals, as `十五`, `二十`, `三百五十`, `两`.
fn han(text: &str, take: &mut dyn FnMut(usize, usize, u32)) {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !is_han(c) || !is_numeral(c) {
            continue;
        }
        let (mut number, mut digit, mut end) = (Number::default(), None, at);
        let mut next = Some((at, c));
        while let Some((place, c)) = next {
            end = place + c.len_utf8();
            match numeral(c) {
                Some(place @ (10 | 100 | 1_000)) => {
                    number.rest = number.rest.saturating_add(digit.take().unwrap_or(1) * place);
                }
                Some(10_000) => {
                    let so_far = number.rest.saturating_add(digit.take().unwrap_or(0)).max(1);
                    (number.thousands, number.rest) = (so_far.saturating_mul(10_000), 0);
                }
                one => digit = one,
            }
            next = chars.next_if(|(_, c)| is_numeral(*c));
        }
        number.rest = number.rest.saturating_add(digit.unwrap_or(0));
        (number.at, number.length) = (at, end - at);
        number.finish(take);
    }
}

fn is_numeral(c: char) -> bool {
    numeral(c).is_some()
}

fn numeral(c: char) -> Option<u32> {
    Some(match c {
        '零' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_words_is_read_in_each_language() {
        let read = |text: &str| {
            let mut all = Vec::new();
            each(text, &mut |at, length, value| all.push((&text[at..at + length], value)));
            all.iter().map(|(words, value)| (words.to_string(), *value)).collect::<Vec<_>>()
        };
        for (text, words, value) in [
            ("in five days", "five", 5),
            ("twenty-five euros", "twenty-five", 25),
            ("two hundred and fifty euros", "two hundred and fifty", 250),
            ("binnen fünfundzwanzig Tagen", "fünfundzwanzig", 25),
            ("en treinta y cinco días", "treinta y cinco", 35),
            ("veinticinco euros", "veinticinco", 25),
            ("三百五十欧元", "三百五十", 350),
            ("十五天", "十五", 15),
            ("两个工作日", "两", 2),
            ("خمسة عشر يوما", "خمسة عشر", 15),
            ("خمسة وعشرين يوما", "خمسة وعشرين", 25),
            ("three thousand dollars", "three thousand", 3_000),
        ] {
            assert_eq!(read(text), [(words.to_owned(), value)], "{text}");
        }
        for none in ["one day", "eine Woche", "un día", "一天", "we and you", "十", "hundreds"] {
            assert!(read(none).iter().all(|(_, value)| *value == 10), "{none}");
        }
    }
}
