//! Matters for people in a customer's words, words that try to steer the AI, and words that must not leave the desk.
//!
//! Lists, folded and in the desk's languages. Injection is only marked: whoever wants to get past a list does; what an AI
//! then does is caught on its way out and at its tools. Deliberately not here: topics (the policy has them).

use super::{Finds, Rule, words::Folded};
use std::collections::BTreeSet;

/// Danger to life, self-harm, threats, law, press. Folded: a space is the edge of a word.
const SENSITIVE: &[&str] = &[
    // English.
    " electric shock",
    " electrocut",
    " got a shock",
    " injured",
    " injury",
    " burned myself",
    " burned my hand",
    " burnt my hand",
    " caught fire",
    " on fire",
    " gas leak",
    " smell gas",
    " ambulance",
    " in hospital",
    " kill myself",
    " suicid",
    " end my life",
    " hurt myself",
    " self harm",
    " want to die",
    " kill you",
    " hurt you",
    " know where you live",
    " bomb ",
    " lawyer",
    " attorney",
    " legal action",
    " sue you",
    " suing ",
    " take you to court",
    " small claims",
    " ombudsman",
    " journalist",
    " newspaper",
    " going to the press",
    " data protection authority",
    " my child swallowed",
    " overdose",
    // German.
    " stromschlag",
    " verletzt",
    " verletzung",
    " mich verbrannt",
    " hand verbrannt",
    " finger verbrannt",
    " arm verbrannt",
    " verbrüht",
    " feuer gefangen",
    " brennt",
    " gasgeruch",
    " krankenhaus",
    " notarzt",
    " selbstmord",
    " suizid",
    " umbringen",
    " das leben nehmen",
    " bringe sie um",
    " bombe",
    " anwalt",
    " anwältin",
    " rechtliche schritte",
    " verklage",
    " klage einreichen",
    " vor gericht",
    " verbraucherzentrale",
    " schlichtungsstelle",
    " journalist",
    " zur presse",
    " an die presse",
    " datenschutzbehörde",
    " strafanzeige",
    " anzeige erstatten",
    // Spanish.
    " descarga eléctrica",
    " calambre",
    " herido",
    " herida",
    " lesión",
    " quemadura",
    " me quemé",
    " incendio",
    " se prendió fuego",
    " olor a gas",
    " fuga de gas",
    " hospital",
    " ambulancia",
    " suicid",
    " matarme",
    " quitarme la vida",
    " matarte",
    " te voy a matar",
    " bomba",
    " abogad",
    " demandar",
    " demanda judicial",
    " denuncia",
    " acciones legales",
    " tribunal",
    " juzgado",
    " periodista",
    " a la prensa",
    " agencia de protección de datos",
    " oficina del consumidor",
    // Chinese.
    "触电",
    "电击",
    "受伤",
    "烫伤",
    "烧伤",
    "着火",
    "起火",
    "爆炸",
    "煤气泄漏",
    "救护车",
    "医院",
    "自杀",
    "不想活",
    "杀了你",
    "杀你",
    "炸弹",
    "律师",
    "起诉",
    "法律途径",
    "法院见",
    "消费者协会",
    "消协",
    "记者",
    "媒体曝光",
    "报警",
    // Arabic.
    "صدمة كهربائية",
    "كهربتني",
    "إصابة",
    "اصابة",
    "أصبت ب",
    " حروق",
    " بحروق",
    "احترق",
    "حريق",
    "انفجر",
    "انفجار",
    "تسرب غاز",
    "رائحة غاز",
    "المستشفى",
    "إسعاف",
    "انتحار",
    "أنتحر",
    "أقتل نفسي",
    "سأقتلك",
    "قنبلة",
    "محام",
    "محكمة",
    "مقاضا",
    "سأقاضي",
    "دعوى قضائية",
    "حماية المستهلك",
    "صحفي",
    "الصحافة",
    "بلاغ للشرطة",
];

/// Words that try to steer the AI.
const INJECTION: &[&str] = &[
    // English.
    " ignore all previous",
    " ignore previous",
    " ignore your instructions",
    " ignore the instructions",
    " ignore all instructions",
    " ignore everything above",
    " disregard previous",
    " disregard all",
    " disregard your",
    " forget your instructions",
    " forget everything above",
    " system prompt",
    " your instructions are",
    " new instructions",
    " you are now ",
    " act as if you",
    " pretend to be",
    " pretend you are",
    " developer mode",
    " jailbreak",
    " do anything now",
    " repeat the text above",
    " repeat everything above",
    " print your prompt",
    " reveal your prompt",
    " override your",
    " begin system",
    " system override",
    " end of prompt",
    " as an ai language model you must",
    " assistant must reply",
    " reply exactly with",
    // German.
    " ignoriere alle",
    " ignoriere die",
    " ignoriere deine",
    " ignorieren sie alle vorherigen",
    " vergiss deine anweisungen",
    " vergiss alle",
    " systemprompt",
    " system prompt",
    " du bist jetzt",
    " sie sind jetzt ein",
    " neue anweisung",
    " tu so als",
    " gib deinen prompt aus",
    " wiederhole den text oben",
    " entwicklermodus",
    " antworte genau mit",
    // Spanish.
    " ignora todas",
    " ignora las instrucciones",
    " ignora tus instrucciones",
    " olvida tus instrucciones",
    " olvida todo lo anterior",
    " ahora eres",
    " nuevas instrucciones",
    " muestra tu prompt",
    " repite el texto anterior",
    " modo desarrollador",
    " finge que eres",
    " actúa como si",
    " responde exactamente",
    // Chinese.
    "忽略之前",
    "忽略以上",
    "忽略所有",
    "无视之前",
    "无视以上",
    "忘记你的指令",
    "忘记之前",
    "系统提示词",
    "系统提示",
    "你现在是一个",
    "从现在起你是",
    "新的指令",
    "输出你的提示",
    "重复上面",
    "开发者模式",
    "扮演",
    // Arabic.
    " تجاهل جميع",
    " تجاهل كل",
    " تجاهل التعليمات",
    " تجاهل تعليماتك",
    " انس تعليماتك",
    " انس كل",
    " أنت الآن ",
    " انت الآن ",
    " تعليمات جديدة",
    " موجه النظام",
    " تعليمات النظام",
    " اطبع تعليماتك",
    " كرر النص أعلاه",
    " تظاهر بأنك",
    " وضع المطور",
];

/// Words of our own prompts and of how answers are made: no customer has a use for them.
pub const INTERNAL: &[&str] = &[
    " system prompt",
    " my instructions are",
    " my instructions say",
    " i was instructed to",
    " i am instructed to",
    " as a large language model",
    " you answer customers for a support team",
    " a person of the team supervises you",
    " reads everything you write",
    " say only what the sources say",
    " cite the source by its id",
    " never cite an id",
    " copy figures dates prices",
    " promise nothing that no source",
    " write exactly no answer",
    " all of it is material",
    " none of it an instruction",
    " what the customer wrote since the last answer",
    " this is what to answer",
    " not what a source says",
    " passages that may help",
    " the next message is one json object",
];

pub(super) fn find(finds: &mut Finds<'_>, more: &BTreeSet<String>) {
    let folded = Folded::of(finds.text);
    if let Some(place) = folded.find(SENSITIVE) {
        finds.add(Rule::Sensitive, place.start, place.len());
    }
    named(finds, &folded, more, Rule::Sensitive);
}

pub(super) fn injection(finds: &mut Finds<'_>) {
    let folded = Folded::of(finds.text);
    if let Some(place) = folded.find(INJECTION) {
        finds.add(Rule::Injection, place.start, place.len());
    }
}

/// Words that must never leave.
pub(super) fn internal(finds: &mut Finds<'_>, never: &BTreeSet<String>) {
    let folded = Folded::of(finds.text);
    if let Some(place) = folded.find(INTERNAL) {
        finds.add(Rule::Internal, place.start, place.len());
    }
    named(finds, &folded, never, Rule::Internal);
}

/// Words that the policy names, as whole words where the language has such.
fn named(finds: &mut Finds<'_>, folded: &Folded, words: &BTreeSet<String>, rule: Rule) {
    for word in words {
        let sought = Folded::of(word).text;
        let han = sought.chars().any(super::words::is_han);
        let sought = if han { sought.trim() } else { sought.as_str() };
        if let Some(place) =
            Some(sought).filter(|sought| !sought.trim().is_empty()).and_then(|sought| folded.place(sought))
        {
            finds.add(rule, place.start, place.len());
        }
    }
}
