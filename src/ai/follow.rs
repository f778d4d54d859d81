//! Whether a message goes on from what was said before, and from what.
//!
//! "and how long does that take?" asks about the matter before it. Small words tell: what points back, and what only asks.
//! Deliberately not here: understanding. Where it errs, the answer stands on less, and a person looks at it.

use super::words::terms;
use std::collections::BTreeSet;

/// The customer's messages before that are read along at most, from the end.
const READ_ALONG: usize = 3;
/// A message with more terms of its own than these stands by itself, whatever it points back to.
const OWN: usize = 2;

/// Words that ask without saying about what.
const ASKING: &str = "long take takes last much many more often cost costs soon day days hour hours week weeks month time times exactly \
                      expect happen happens mean means work works possible else next then sure difference make does show \
                      dauert dauern kostet teuer viel viele tage tag stunden wochen zeit genau passiert bedeutet heißt geht funktioniert \
                      möglich sonst dann unterschied ungefähr etwa bekomme \
                      tarda tardar dura cuesta cuánto cuánta cuántos días horas semanas tiempo exactamente pasa significa funciona posible entonces diferencia \
                      多久 多少 多长 时间 几天 天 钱 然后 如果 意思 \
                      يستغرق تستغرق مدة مدته مدتها يكلف تكلف تكلفة يوم أيام وقت ساعة بالضبط يحدث يعني ممكن بعدها كم";
/// Words that point back, folded.
const BACK: &[&str] = &[
    "that", "it", "this", "those", "them", "these", "one", "das", "dies", "es", "dafür", "davon", "damit", "dazu",
    "darauf", "so", "sowas", "eso", "esto", "ello", "lo", "esa", "ese", "هذا", "ذلك", "هذه", "تلك",
];
/// Words with which a message goes on.
const ON: &[&str] = &["and", "but", "so", "und", "aber", "oder", "also", "y", "e", "pero", "entonces", "or", "then"];
/// The same, where words are not parted.
const ON_HAN: &[&str] = &["那", "这", "如果", "还有", "然后"];

/// Of what the open messages go on from, the newest last; empty if they stand by themselves.
#[must_use]
pub fn context(said: &[String], earlier: &[String]) -> Vec<String> {
    if earlier.is_empty() || !goes_on(said) {
        return Vec::new();
    }
    let told: Vec<&String> = earlier.iter().filter(|line| !own_terms(line).is_empty()).collect();
    told.iter().skip(told.len().saturating_sub(READ_ALONG)).map(|line| (*line).clone()).collect()
}

/// What a text says beyond asking.
#[must_use]
pub fn own_terms(text: &str) -> BTreeSet<String> {
    let asking: BTreeSet<String> = terms(ASKING).into_iter().collect();
    terms(text).into_iter().filter(|term| !asking.contains(term)).collect()
}

fn goes_on(said: &[String]) -> bool {
    let text = said.join("\n").to_lowercase();
    let own = own_terms(&text);
    // An error code names its matter.
    if own.iter().any(|term| term.chars().any(|c| c.is_ascii_digit())) {
        return false;
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let first = words.first().copied().unwrap_or_default();
    let on = ON.contains(&first)
        || ON_HAN.iter().any(|on| text.trim_start().starts_with(on))
        || (first.starts_with('و') && first.chars().count() > 2);
    let points_back = on || words.iter().any(|word| BACK.contains(word));
    own.is_empty() || (points_back && own.len() <= OWN) || terms(&text).len() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_points_back_or_only_asks_goes_on_and_one_with_its_own_matter_does_not() {
        let earlier = ["Can I get my money back for the kettle?".to_owned()];
        for said in [
            "and how long does that take?",
            "how much is it?",
            "Und wie lange dauert so etwas bei Ihnen?",
            "y cuánto tarda?",
            "那要多久？",
            "وكم يستغرق ذلك؟",
            "to my card?",
        ] {
            assert_eq!(context(&[said.to_owned()], &earlier), earlier, "{said}");
        }
        for said in [
            "my grinder is blocked since yesterday evening and makes a strange noise",
            "the machine shows E5 now",
            "Do you deliver to Norway and who pays the customs there?",
        ] {
            assert_eq!(context(&[said.to_owned()], &earlier), Vec::<String>::new(), "{said}");
        }
        assert_eq!(context(&["and how long?".to_owned()], &[]), Vec::<String>::new());
    }
}
