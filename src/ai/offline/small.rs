//! Small talk: a greeting, thanks, or the customer's word that the matter is settled.
//!
//! Only where nothing is asked. Deliberately not here: conversation.

use crate::ai::phrases::Phrase;

const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "good",
    "morning",
    "afternoon",
    "evening",
    "there",
    "dear",
    "hallo",
    "guten",
    "tag",
    "moin",
    "servus",
    "abend",
    "grüß",
    "gruss",
    "gott",
    "hola",
    "buenas",
    "buenos",
    "días",
    "dias",
    "tardes",
    "noches",
    "你好",
    "您好",
    "早上好",
    "嗨",
    "在吗",
    "مرحبا",
    "مرحبًا",
    "السلام",
    "عليكم",
    "أهلا",
    "اهلا",
    "أهلاً",
    "صباح",
    "مساء",
    "الخير",
    "aria",
];
const THANKS: &[&str] = &[
    "thanks",
    "thank",
    "you",
    "thx",
    "ty",
    "cheers",
    "great",
    "perfect",
    "ok",
    "okay",
    "very",
    "much",
    "so",
    "a",
    "lot",
    "nice",
    "cool",
    "danke",
    "schön",
    "vielen",
    "dank",
    "super",
    "dankeschön",
    "perfekt",
    "alles",
    "klar",
    "sehr",
    "gracias",
    "muchas",
    "mil",
    "perfecto",
    "vale",
    "谢谢",
    "多谢",
    "感谢",
    "好的",
    "好",
    "谢谢你",
    "谢谢您",
    "شكرا",
    "شكرًا",
    "جزيلا",
    "جزيلًا",
    "لك",
    "ممتاز",
    "حسنا",
    "حسنًا",
    "aria",
];
const CORE_THANKS: &[&str] = &["thank", "thx", "cheers", "dank", "gracias", "谢", "شكر"];

/// Which small talk the messages are, if they are nothing else.
pub(super) fn small_talk(said: &[String], settled: bool) -> Option<Phrase> {
    let all = said.join(" ").to_lowercase();
    if all.contains(['?', '？', '؟', '¿']) {
        return None;
    }
    if settled {
        return Some(Phrase::Settled);
    }
    let words: Vec<&str> = all
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\u{64b}'..='\u{652}'))
        .filter(|w| !w.is_empty())
        .collect();
    let known = |list: &[&str], word: &&&str| list.contains(*word);
    if words.is_empty() || words.len() > 12 {
        return None;
    }
    if words.iter().all(|word| known(GREETINGS, &word)) {
        return Some(Phrase::Greeting);
    }
    let thanks = CORE_THANKS.iter().any(|core| all.contains(core));
    let polite = words.iter().all(|word| known(THANKS, &word) || known(GREETINGS, &word));
    (thanks && polite).then_some(Phrase::Thanks)
}
