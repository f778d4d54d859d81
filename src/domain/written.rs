//! Times, shares and money of a policy as people write them: in quotes, as in `"10m"`, `"0.35"` and `"200.00"`.
//!
//! A bare number is what the desk keeps: milliseconds, thousandths, hundredths, millionths. What is written here is read
//! here, to the last digit. Deliberately not here: files (see `cli::policy`), and whether a policy is in order.

use super::{time::Span, turn::Grounding};
use serde::{
    Deserializer,
    de::{Error, Visitor},
};
use std::{fmt, marker::PhantomData};

/// A thing that stands in quotes, or as a bare number.
trait Written: Sized {
    /// How it is written, for who did not.
    const HOW: &'static str;
    fn of_number(number: u64) -> Option<Self>;
    fn read(said: &str) -> Option<Self>;
}

impl Written for Span {
    const HOW: &'static str = "a length of time in quotes, as in \"90s\", \"10m\" or \"4h\"";
    fn of_number(number: u64) -> Option<Self> {
        Some(Self(number))
    }
    fn read(said: &str) -> Option<Self> {
        Self::parse(said, Self(1)).ok()
    }
}

impl Written for Grounding {
    const HOW: &'static str = "a share in quotes, from \"0\" to \"1\"";
    fn of_number(number: u64) -> Option<Self> {
        u16::try_from(number).ok().map(Self)
    }
    fn read(said: &str) -> Option<Self> {
        decimal(said, 3).and_then(Self::of_number)
    }
}

/// Millionths of the desk's currency.
struct Micros(u64);

impl Written for Micros {
    const HOW: &'static str = "money in quotes, as in \"2.50\"";
    fn of_number(number: u64) -> Option<Self> {
        Some(Self(number))
    }
    fn read(said: &str) -> Option<Self> {
        decimal(said, 6).map(Self)
    }
}

/// Hundredths of the desk's currency.
struct Hundredths(u64);

impl Written for Hundredths {
    const HOW: &'static str = "an amount in quotes, as in \"200.00\"";
    fn of_number(number: u64) -> Option<Self> {
        Some(Self(number))
    }
    fn read(said: &str) -> Option<Self> {
        decimal(said, 2).map(Self)
    }
}

struct Reader<T>(PhantomData<T>);

impl<T: Written> Visitor<'_> for Reader<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::HOW)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        T::of_number(number).map(Some).ok_or_else(|| E::custom(format!("`{number}` cannot be: write {}", T::HOW)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::custom(format!("`{number}` cannot be: write {}", T::HOW))),
        }
    }

    fn visit_str<E: Error>(self, said: &str) -> Result<Self::Value, E> {
        T::read(said.trim()).map(Some).ok_or_else(|| E::custom(format!("`{said}` cannot be read: write {}", T::HOW)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

fn maybe<'de, T: Written, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    from.deserialize_any(Reader::<T>(PhantomData))
}

fn sure<'de, T: Written, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    maybe(from)?.ok_or_else(|| D::Error::custom(format!("write {}", T::HOW)))
}

pub(super) fn span<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
    sure(from)
}

pub(super) fn maybe_span<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Span>, D::Error> {
    maybe(from)
}

pub(super) fn share<'de, D: Deserializer<'de>>(from: D) -> Result<Grounding, D::Error> {
    sure(from)
}

pub(super) fn maybe_micros<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Ok(maybe::<Micros, D>(from)?.map(|Micros(micros)| micros))
}

pub(super) fn maybe_hundredths<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Ok(maybe::<Hundredths, D>(from)?.map(|Hundredths(hundredths)| hundredths))
}

/// Reads a number with so many decimals at most, in units of the last.
fn decimal(said: &str, decimals: usize) -> Option<u64> {
    let (whole, part) = said.split_once('.').unwrap_or((said, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > decimals || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

/// Writes a number of units of the last of so many decimals; zeros beyond `shown` decimals are left out.
#[must_use]
pub fn in_decimals(number: u64, decimals: u32, shown: usize) -> String {
    let unit = 10_u64.saturating_pow(decimals);
    let width = usize::try_from(decimals).unwrap_or(0);
    let mut text = format!("{}.{:0width$}", number / unit, number % unit);
    let least = text.len() - width + shown;
    while text.len() > least && text.ends_with('0') {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_number_of_its_kind_is_refused() {
        for wrong in ["", ".5", "1.2.3", "-1", "1,5", "0.0001", "1e3", "99999999999999999999"] {
            assert_eq!(decimal(wrong, 3), None, "{wrong}");
        }
        assert_eq!((decimal("0.35", 3), decimal("1", 3), decimal("200.", 2)), (Some(350), Some(1_000), Some(20_000)));
        assert_eq!(in_decimals(2_500_000, 6, 2), "2.50");
        assert_eq!((in_decimals(350, 3, 1), in_decimals(1_000, 3, 1)), ("0.35".into(), "1.0".into()));
        assert_eq!(Span::parse("1500ms", Span(1)), Ok(Span(1_500)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_to_the_last_digit(number in 0..u64::MAX / 2, decimals in 1_u32..=6) {
            let text = in_decimals(number, decimals, 1);
            prop_assert_eq!(decimal(&text, usize::try_from(decimals).unwrap()), Some(number));
            prop_assert_eq!(Span::parse(&Span(number).exact(), Span(1)), Ok(Span(number)));
        }
    }
}
