//! How well an answer stands on what it cites: computed here, from words, never asked of a model.
//!
//! Each sentence that states something is a claim. It cites the passages whose numbers stand at its end, or at the end of
//! what follows in its paragraph. A claim's support is the share of its terms, weighed by nothing but their number, that
//! those passages hold; a figure that no cited passage holds leaves it without support. Words of the customer's own and of
//! the team's guidance count for nothing either way. Grounding is the mean support, by terms. Pure. Deliberately not here:
//! meaning; a claim that turns its source around with the same words is for the people who review.

use super::{
    sentences::sentences,
    words::{Language, terms},
};
use crate::domain::turn::Grounding;
use std::collections::{BTreeMap, BTreeSet};

/// So many terms of its own make a sentence a claim, or one figure.
const CLAIM: usize = 3;
/// An answer without any claim may be so long, in characters: small talk.
const SMALL_TALK: usize = 240;

/// A passage that may be cited.
#[derive(Clone, Copy, Debug)]
pub struct Citable<'a> {
    /// Its number.
    pub id: u8,
    /// Its heading, which counts as part of it.
    pub heading: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// How an answer stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// How well.
    pub grounding: Grounding,
    /// Its claims, without source numbers.
    pub claims: Vec<String>,
    /// Claims that stand: half of their terms and all of their figures are in what they cite.
    pub stand: usize,
    /// The passages cited, in order of their numbers.
    pub cited: BTreeSet<u8>,
    /// Numbers that name no passage.
    pub wrong: BTreeSet<u32>,
    /// Figures that no cited passage holds.
    pub odd_figures: Vec<String>,
}

/// Computes how `text` stands on `passages`. `neutral`: what the customer and the team said.
#[must_use]
pub fn standing<'a>(text: &str, passages: &[Citable<'a>], neutral: impl IntoIterator<Item = &'a str>) -> Standing {
    let neutral: BTreeSet<String> = neutral.into_iter().flat_map(terms).collect();
    let mut read: BTreeMap<u8, BTreeSet<String>> = BTreeMap::new();
    let mut out = Standing::default();
    let (mut all, mut got) = (0.0, 0.0);
    // Of what is no claim: all of its terms, and those that it stands on.
    let (mut small, mut stands) = (0, 0);
    for paragraph in text.split("\n\n") {
        let said: Vec<(String, Vec<u32>)> = parted(paragraph);
        for (at, (sentence, _)) in said.iter().enumerate() {
            // Its own numbers, or those that follow next.
            let numbers = said[at..].iter().map(|(_, numbers)| numbers).find(|numbers| !numbers.is_empty());
            let whole: BTreeSet<String> = terms(sentence).into_iter().collect();
            let own: BTreeSet<String> = whole.difference(&neutral).cloned().collect();
            let figures: Vec<&String> = own.iter().filter(|term| term.chars().any(char::is_numeric)).collect();
            let asks = sentence.trim_end().ends_with(['?', '？', '؟']);
            let is_claim = !figures.is_empty() || (own.len() >= CLAIM && !asks);
            // The passages that it cites.
            let mut held = BTreeSet::new();
            for number in numbers.into_iter().flatten() {
                match passages.iter().find(|passage| u32::from(passage.id) == *number) {
                    Some(passage) => {
                        out.cited.insert(passage.id);
                        let both = || terms(passage.heading).into_iter().chain(terms(passage.text)).collect();
                        read.entry(passage.id).or_insert_with(both);
                        held.insert(passage.id);
                    }
                    None => drop(out.wrong.insert(*number)),
                }
            }
            let is_held = |term: &String| held.iter().filter_map(|id| read.get(id)).any(|words| words.contains(term));
            if !is_claim {
                small += whole.len();
                stands += whole.iter().filter(|term| is_held(term)).count();
                continue;
            }
            let odd: Vec<String> = figures.into_iter().filter(|figure| !is_held(figure)).cloned().collect();
            let share =
                if odd.is_empty() { ratio(own.iter().filter(|term| is_held(term)).count(), own.len()) } else { 0.0 };
            all += count(own.len());
            got += count(own.len()) * share;
            out.stand += usize::from(share >= 0.5);
            out.odd_figures.extend(odd);
            out.claims.push(sentence.clone());
        }
    }
    let share = if out.claims.is_empty() {
        // Nothing is claimed: fine for a friendly word. A page says something all the same, if only in the customer's words.
        if text.chars().count() <= SMALL_TALK { 1.0 } else { count(stands) / count(small.max(1)) }
    } else {
        got / all
    };
    // Who cites what is not there may have invented more.
    let share = if out.wrong.is_empty() { share } else { share.min(0.2) };
    out.grounding = Grounding::from_share(share);
    out
}

/// Whether an answer is in the language it should be in, as far as its words tell.
#[must_use]
pub fn speaks(text: &str, language: Language) -> bool {
    // Of many words the small ones tell the language; few are looked at more closely.
    (text.split_whitespace().count() < 4 * CLAIM && terms(text).len() < CLAIM)
        || Language::of(&parted(text).into_iter().map(|(words, _)| words + " ").collect::<String>(), language)
            == language
}

/// The sentences of a paragraph without their source numbers, and the numbers.
fn parted(paragraph: &str) -> Vec<(String, Vec<u32>)> {
    let mut out: Vec<(String, Vec<u32>)> = Vec::new();
    for piece in marked(paragraph) {
        match piece {
            Piece::Words(words) => out.extend(sentences(words).into_iter().map(|sentence| (sentence, Vec::new()))),
            Piece::Numbers(numbers) => match out.last_mut() {
                Some((_, have)) => have.extend(numbers),
                None => out.push((String::new(), numbers)),
            },
        }
    }
    out
}

/// Words between source numbers, and the numbers.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    Numbers(Vec<u32>),
}

fn marked(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().map_or(1, char::len_utf8);
        match numbers_at(rest) {
            Some((length, numbers)) => {
                pieces.extend(text.get(from..at).filter(|words| !words.is_empty()).map(Piece::Words));
                pieces.push(Piece::Numbers(numbers));
                at += length;
                // A mark behind the number belongs to the sentence before it.
                let mark = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| ".!。".contains(*c));
                at += mark.map_or(0, char::len_utf8);
                from = at;
            }
            None => at += first,
        }
    }
    pieces.extend(text.get(from..).filter(|words| !words.is_empty()).map(Piece::Words));
    pieces
}

/// Source numbers as models write them: `[1]`, `[1, 2]`, `[^1]`, `【1】`. Their length in bytes, and the numbers.
fn numbers_at(text: &str) -> Option<(usize, Vec<u32>)> {
    let (open, close) = [("[", ']'), ("【", '】')].into_iter().find(|(open, _)| text.starts_with(open))?;
    let inside = text.get(open.len()..)?;
    let end = inside.char_indices().take(24).find(|(_, c)| *c == close).map(|(at, _)| at)?;
    let numbers: Option<Vec<u32>> = inside
        .get(..end)?
        .split([',', ';', '，'])
        .map(|part| part.trim().trim_start_matches(['^', '#']).parse().ok())
        .collect();
    Some((open.len() + end + close.len_utf8(), numbers.filter(|numbers| !numbers.is_empty())?))
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { count(part) / count(whole) }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Replaces each source number in a text by what `to` makes of it; for those who renumber.
#[must_use]
pub fn renumbered(text: &str, to: impl Fn(u32) -> Option<u32>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((length, numbers)) = numbers_at(rest) {
            let numbers: Vec<String> = numbers.into_iter().filter_map(&to).map(|n| n.to_string()).collect();
            if !numbers.is_empty() {
                out.push('[');
                out.push_str(&numbers.join(", "));
                out.push(']');
            }
            at += length;
        } else {
            let first = rest.chars().next().unwrap_or_default();
            out.push(first);
            at += first.len_utf8().max(1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REFUNDS: Citable<'_> = Citable {
        id: 1,
        heading: "How long does a refund take?",
        text: "A refund takes 5 working days. Cards may show the refund 3 days later.",
    };
    const PARCEL: Citable<'_> =
        Citable { id: 2, heading: "Where is my parcel?", text: "The carrier leaves parcels with a neighbour." };

    fn stand(text: &str) -> Standing {
        standing(text, &[REFUNDS, PARCEL], ["how long does it take with my card?"])
    }

    #[test]
    fn what_is_quoted_and_cited_stands_wholly() {
        let it =
            stand("Happy to help! A refund takes 5 working days [1]. The carrier leaves parcels with a neighbour. [2]");
        assert_eq!((it.grounding, it.stand, it.claims.len()), (Grounding(1000), 2, 2), "{it:?}");
        assert_eq!((it.cited, it.wrong.is_empty()), ([1, 2].into(), true));
        let paragraph = stand("A refund takes 5 working days. Cards show the refund 3 days later. [1]");
        assert_eq!((paragraph.grounding, paragraph.claims.len()), (Grounding(1000), 2));
    }

    #[test]
    fn what_is_invented_uncited_or_cited_wrongly_does_not() {
        for (text, most) in [
            ("Refunds arrive by courier on horseback within one moon. [1]", 300),
            ("A refund takes 2 working days. [1]", 0),
            ("A refund takes 5 working days.", 0),
            ("A refund takes 5 working days. [2]", 0),
            ("A refund takes 5 working days. [1][7]", 200),
            ("You get EUR 500 at once!", 0),
        ] {
            let it = stand(text);
            assert!(it.grounding <= Grounding(most), "{text}: {it:?}");
        }
        assert_eq!(stand("A refund takes 2 working days. [1]").odd_figures, ["2"]);
        assert_eq!(stand("See. [1][7]").wrong, [7].into());
    }

    #[test]
    fn a_friendly_word_claims_nothing_and_a_page_without_a_source_is_not_small_talk() {
        assert_eq!(stand("You are welcome! Anything else?").grounding, Grounding(1000));
        assert_eq!(stand(&"So it is. ".repeat(60)).grounding, Grounding(0));
        assert_eq!(stand("您的退款需要 9 个工作日。").grounding, Grounding(0));
    }

    #[test]
    fn a_page_in_the_customers_own_words_stands_on_what_it_cites() {
        let page = |sentence: &str| {
            let said = "case number-5: how long does a refund take, working days?";
            standing(&sentence.repeat(20), &[REFUNDS, PARCEL], [said]).grounding
        };
        assert_eq!(page("A refund takes 5 working days [1]. "), Grounding(1000));
        for lie in ["A refund takes 5 working days. ", "A refund takes 5 working days [2]. "] {
            assert_eq!(page(lie), Grounding(0), "{lie}");
        }
    }

    #[test]
    fn numbers_are_read_as_models_write_them() {
        for (text, length, numbers) in
            [("[1] x", 3, vec![1]), ("[1, 2]", 6, vec![1, 2]), ("[^3]", 4, vec![3]), ("【4】", 7, vec![4])]
        {
            assert_eq!(numbers_at(text), Some((length, numbers)), "{text}");
        }
        for text in ["[a]", "[]", "(1)", "[1", "1]", "[link](x)"] {
            assert_eq!(numbers_at(text), None, "{text}");
        }
        assert_eq!(renumbered("a [1] b [2, 3] é", |n| (n != 2).then_some(n + 4)), "a [5] b [7] é");
    }

    #[test]
    fn the_language_of_an_answer_is_told() {
        assert!(speaks("Die Erstattung dauert 5 Tage. [1]", Language::De));
        assert!(!speaks("The refund takes 5 days and is on the card. [1]", Language::De));
        assert!(!speaks("The refund takes 5 days. [1]", Language::Zh));
    }

    proptest! {
        #[test]
        fn any_text_has_a_standing_and_a_figure_from_nowhere_never_stands(text in "\\PC{0,80}|[a-z \\[\\]0-9,.。]{0,80}", n in 10_000_u32..99_999) {
            let _ = stand(&text);
            let it = standing(&format!("It costs {n} euros in all. [1]"), &[REFUNDS], []);
            prop_assert_eq!(it.grounding, Grounding(0));
        }
    }
}
