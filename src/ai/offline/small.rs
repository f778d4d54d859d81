//! Small talk: a greeting, thanks, or the customer's word that an answer is accepted and the matter settled.
//!
//! Only where nothing is asked, denied or added: whoever thanks and goes on to another matter gets an answer to that.
//! Deliberately not here: conversation.

use crate::ai::{
    follow,
    knowledge::Knowledge,
    model::Prompt,
    phrases::Phrase,
    words::{Language, terms},
};
use std::collections::BTreeSet;

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
    "hiya",
    "heya",
    "howdy",
    "hallöchen",
    "grüezi",
    "qué",
    "tal",
    "ola",
    "哈喽",
    "嗨嗨",
    "aria",
];
/// Words of greetings that by themselves are none.
const BESIDE: &[&str] = &[
    "good",
    "there",
    "dear",
    "morning",
    "afternoon",
    "evening",
    "tag",
    "abend",
    "gott",
    "días",
    "dias",
    "tardes",
    "noches",
    "qué",
    "tal",
    "الخير",
    "عليكم",
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
/// Beginnings of words that thank.
const CORE_THANKS: &[&str] = &["thank", "thx", "cheers", "grazie", "merci", "dank", "gracias", "谢", "شكر"];
/// Words with which an answer is accepted, each with a space before and behind in folded text.
const ACCEPTS: &[&str] = &[
    " ok ",
    " okay ",
    " okey ",
    " perfect ",
    " great ",
    " brilliant ",
    " lovely ",
    " excellent ",
    " wonderful ",
    " awesome ",
    " alright ",
    " got it ",
    " understood ",
    " makes sense ",
    " that helps ",
    " helps a lot ",
    " helped ",
    " sounds good ",
    " all good ",
    " good to know ",
    " will do ",
    " works now ",
    " it works ",
    " solved ",
    " sorted ",
    " found it ",
    " thats all ",
    " there it is ",
    " you saved ",
    " fine ",
    " clear ",
    " works ",
    " worked ",
    " fixed ",
    " registered ",
    " found both ",
    " back to normal ",
    " fair enough ",
    " that is fair ",
    " klappt ",
    " gefunden ",
    " bestens ",
    " klasse ",
    " sehr gut ",
    " muy claro ",
    " ya entro ",
    " ya lo tengo ",
    " perfekt ",
    " super ",
    " prima ",
    " wunderbar ",
    " verstanden ",
    " alles klar ",
    " passt ",
    " hilft mir ",
    " das hilft ",
    " geholfen ",
    " erledigt ",
    " geklappt ",
    " funktioniert jetzt ",
    " in ordnung ",
    " gut zu wissen ",
    " vale ",
    " perfecto ",
    " genial ",
    " estupendo ",
    " entendido ",
    " de acuerdo ",
    " me sirve ",
    " me ayuda ",
    " listo ",
    " solucionado ",
    " ya funciona ",
    " claro ",
    " muy bien ",
    " qué bien ",
    " تمام ",
    " ممتاز ",
    " حسنا ",
    " حسنًا ",
    " فهمت ",
    " واضح ",
    " رائع ",
    " تم ",
    " جيد ",
];
/// Words with which a trouble is over, folded as above.
const DONE: &[&str] = &[
    " works ",
    " worked ",
    " it works ",
    " works now ",
    " solved ",
    " fixed ",
    " sorted ",
    " found it ",
    " klappt ",
    " geklappt ",
    " funktioniert jetzt ",
    " gefunden ",
    " ya funciona ",
    " solucionado ",
    " 解决了 ",
    " 好了 ",
    " اشتغلت ",
    " تم ",
];
/// The same, where words are not parted.
const ACCEPTS_HAN: &[&str] =
    &["明白", "知道了", "好的", "清楚了", "了解", "收到", "解决了", "没问题", "可以了", "太好了", "行了"];
/// Words that deny, ask or add: then it is no closing. Folded.
const GOES_ON: &[&str] = &[
    "not",
    "no",
    "dont",
    "doesnt",
    "didnt",
    "cant",
    "couldnt",
    "wont",
    "isnt",
    "wasnt",
    "arent",
    "still",
    "but",
    "however",
    "nothing",
    "never",
    "need",
    "want",
    "how",
    "when",
    "where",
    "why",
    "who",
    "which",
    "can",
    "could",
    "also",
    "another",
    "unless",
    "yet",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "aber",
    "jedoch",
    "trotzdem",
    "wie",
    "wann",
    "wo",
    "warum",
    "wieso",
    "wer",
    "welche",
    "brauche",
    "möchte",
    "nie",
    "leider",
    "pero",
    "cómo",
    "como",
    "cuándo",
    "cuando",
    "dónde",
    "cuánto",
    "necesito",
    "quiero",
    "todavía",
    "aún",
    "tampoco",
    "nunca",
    "nada",
    "sin",
    "لا",
    "لم",
    "لن",
    "لكن",
    "ليس",
    "كيف",
    "متى",
    "أين",
    "اين",
    "هل",
    "أريد",
    "اريد",
    "ولكن",
    "لماذا",
];
const GOES_ON_HAN: &[&str] =
    &["不", "没", "但", "怎么", "什么", "哪", "吗", "多久", "多少", "几", "还要", "另外", "想要"];
/// So few words that thank and accept say nothing beside.
const FEW: usize = 6;
/// A closing has at most so many words.
const LONGEST: usize = 24;

/// Which small talk the messages are, if they are nothing else, and whether they settle the matter.
pub(super) fn small_talk(prompt: &Prompt, knowledge: &Knowledge) -> Option<(Phrase, bool)> {
    let all = prompt.said.join(" ").to_lowercase();
    if all.contains(['?', '？', '؟', '¿']) {
        return None;
    }
    let folded: String = all.replace(['\'', '’'], "");
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\u{64b}'..='\u{652}'))
        .filter(|w| !w.is_empty())
        .collect();
    let known = |list: &[&str], word: &&&str| list.contains(*word);
    if words.is_empty() || words.len() > LONGEST {
        return None;
    }
    if words.iter().all(|word| known(GREETINGS, &word)) && !words.iter().all(|word| known(BESIDE, &word)) {
        return Some((Phrase::Greeting, false));
    }
    let line = format!(" {} ", words.join(" "));
    let thanks = CORE_THANKS.iter().any(|core| line.contains(core));
    let accepts = prompt.settled
        || ACCEPTS.iter().any(|word| line.contains(word))
        || ACCEPTS_HAN.iter().any(|word| line.contains(word));
    let answered = !prompt.answered.is_empty();
    let polite = words.iter().all(|word| known(THANKS, &word) || known(GREETINGS, &word));
    if polite && thanks {
        return Some((if accepts && answered { Phrase::Settled } else { Phrase::Thanks }, answered || prompt.settled));
    }
    // What settles something needs something to settle: an answer, or the customer's plain word for it.
    // "The tank was not seated. Works, thanks": how it was before denies nothing.
    let last = all.split(['.', '!', ',', ';', '。', '！', '，', '،']).map(|clause| format!(" {} ", clause.trim()));
    let ended = thanks
        && last.filter(|clause| DONE.iter().any(|word| clause.contains(word))).any(|clause| {
            let words: Vec<&str> = clause.split_whitespace().collect();
            !goes_on(&clause, &words, prompt)
        });
    if ended && answered {
        return Some((Phrase::Settled, true));
    }
    if !(thanks || accepts) || !(answered || prompt.settled) || goes_on(&line, &words, prompt) {
        return None;
    }
    // "Lovely present, thank you": who both thanks and accepts, in few words, has done with it.
    let brief = thanks && accepts && words.len() <= FEW;
    if (prompt.locale == Language::De && words.contains(&"will")) || (!brief && adds(prompt, knowledge)) {
        return None;
    }
    Some((if accepts { Phrase::Settled } else { Phrase::Thanks }, true))
}

/// Whether a message greets or thanks and says nothing else.
pub(in crate::ai) fn is_courtesy(text: &str) -> bool {
    let folded = text.to_lowercase().replace(['\'', '’'], "");
    let words = folded.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\u{64b}'..='\u{652}'));
    words.filter(|word| !word.is_empty()).all(|word| THANKS.contains(&word) || GREETINGS.contains(&word))
}

fn goes_on(line: &str, words: &[&str], prompt: &Prompt) -> bool {
    // A figure that was answered is taken, not asked for.
    let told = |word: &str| prompt.answered.last().is_some_and(|answer| answer.contains(word));
    let han = ACCEPTS_HAN.iter().fold(line.to_owned(), |line, accepted| line.replace(accepted, ""));
    words.iter().any(|word| GOES_ON.contains(word))
        || GOES_ON_HAN.iter().any(|word| han.contains(word))
        || words.iter().any(|word| word.chars().any(char::is_numeric) && !told(word))
}

/// Whether a matter of the knowledge is named that the talk did not hold before.
fn adds(prompt: &Prompt, knowledge: &Knowledge) -> bool {
    let set = |texts: &[String]| terms(&texts.join("\n")).into_iter().collect::<BTreeSet<String>>();
    let (answered, earlier) = (set(&prompt.answered), set(&prompt.earlier));
    let polite: BTreeSet<String> =
        terms(&[THANKS, GREETINGS, ACCEPTS, ACCEPTS_HAN].concat().join(" ")).into_iter().collect();
    follow::own_terms(&prompt.said.join("\n")).iter().any(|term| {
        knowledge.is_about(term) && !polite.contains(term) && !answered.contains(term) && !earlier.contains(term)
    })
}
