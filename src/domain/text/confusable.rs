//! Letters that pose as Latin ones: of another script, within a word that is otherwise Latin, or all alone in a text.
//!
//! Who approves `pаypal` must see that its second letter is Cyrillic. What is told is that a script is out of place, so that a
//! text in Russian or Greek stays as it is. Deliberately not here: letters of one script that are alike, as `l` and `I`.

use std::collections::BTreeSet;

/// Scripts with letters that look Latin, and those of their letters.
const SCRIPTS: [(std::ops::RangeInclusive<char>, &str); 4] = [
    ('\u{370}'..='\u{3ff}', "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧικνορυϲϳϹ"),
    ('\u{400}'..='\u{52f}', "АВЕЅІЈКМНОРСТУХҮҺԌԚԜаеѕіјорсухүһԁԛԝӏ"),
    ('\u{530}'..='\u{58f}', "ԼՍՏՕհոսցօք"),
    ('\u{13a0}'..='\u{13fd}', "ᎪᎬᎳᎷᎻᏀᏃᏆᏒᏔᏙᏚᏞᏟᏢᏤᏦ"),
];

/// Where such letters stand, in bytes.
pub(super) fn posing(text: &str) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for (range, alike) in &SCRIPTS {
        let here = |c: char| range.contains(&c);
        if !text.chars().any(here) {
            continue;
        }
        // A text that is in this script has letters of it that look like no other.
        let in_it = text.chars().any(|c| here(c) && c.is_alphabetic() && !alike.contains(c));
        let mut at = 0;
        for word in text.split_inclusive(|c: char| !c.is_alphabetic()) {
            let latin = word.chars().any(|c| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c));
            if latin || !in_it {
                found.extend(word.char_indices().filter(|(_, c)| here(*c)).map(|(place, _)| at + place));
            }
            at += word.len();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::SafeText;

    #[test]
    fn a_letter_that_poses_as_a_latin_one_is_shown_by_its_code_and_a_language_is_left_alone() {
        for (text, shown) in [
            ("p\u{430}ypal", "p⟨U+0430⟩ypal"),
            ("to \u{440}\u{430}\u{443}", "to ⟨U+0440⟩⟨U+0430⟩⟨U+0443⟩"),
            ("Верните деньги за кофе", "Верните деньги за кофе"),
            ("Верните за BW-20417, paypаl", "Верните за BW-20417, payp⟨U+0430⟩l"),
            ("Ωmega και άλλα", "⟨U+03A9⟩mega και άλλα"),
            ("naïve Größe 王小明 مرحبا", "naïve Größe 王小明 مرحبا"),
        ] {
            assert_eq!(SafeText::evidence(text).as_str(), shown, "{text}");
        }
    }
}
