//! What the person who takes over reads first: what the customer wants, what was tried, what is missing.
//!
//! Three short parts, in the customer's words where there are any. Quoted mail, headers and signatures are left out: they
//! are somebody else's words. Deliberately not here: any judgement of the customer.

use super::reasons::clean;
use crate::{
    ai::{follow::own_terms, view::View, words::terms},
    domain::{escalation::Reason, signals},
};

/// What the customer wants, in characters at most.
const WANTS: usize = 140;
/// A heading of the knowledge, in characters at most.
const HEADING: usize = 60;
/// Why an AI failed, in characters.
const WHY: usize = 300;

/// Beginnings of lines that mail programs write, lower case.
const HEADERS: &[&str] = &[
    "from:",
    "to:",
    "cc:",
    "date:",
    "sent:",
    "subject:",
    "von:",
    "an:",
    "gesendet:",
    "datum:",
    "betreff:",
    "de:",
    "para:",
    "fecha:",
    "enviado:",
    "asunto:",
    "发件人",
    "收件人",
    "日期",
    "主题",
    "من:",
    "إلى:",
    "التاريخ:",
    "الموضوع:",
    "sent from my",
    "von meinem ",
    "gesendet von mein",
    "enviado desde mi",
    "get outlook",
    "发自我的",
];
/// Ends of lines after which others are quoted, lower case.
const QUOTES: &[&str] = &["wrote:", "schrieb:", "escribió:", "写道：", "写道:", "كتب:"];

/// The summary of a talk that is handed to a person; `detail` is what the reason names.
pub(super) fn of(view: &View, reason: Reason, detail: &str) -> String {
    let wants = match wants(view) {
        wants if wants.is_empty() => "nothing that can be read".to_owned(),
        wants => format!("“{wants}”"),
    };
    format!("Wants: {wants}. Tried: {}. Missing: {}.", tried(view), missing(reason, detail))
}

/// The matter in the customer's words: the open messages, and what they go on from where they say little.
fn wants(view: &View) -> String {
    let telling = |said: &String| {
        let own = own_words(said);
        let only_asks_human = signals::look(&own, &signals::Said::default()).asks_human && terms(&own).len() <= 6;
        (!own_terms(&own).is_empty() && !only_asks_human).then_some(own)
    };
    let open: Vec<String> = view.said.iter().filter_map(telling).collect();
    let mut parts = open;
    if terms(&parts.join(" ")).len() <= 3
        && let Some(before) = view.earlier.iter().rev().find_map(telling)
    {
        parts.insert(0, clean(&before, WANTS / 2));
    }
    parts.dedup();
    if parts.is_empty() {
        parts.extend(view.said.last().map(|said| own_words(said)));
    }
    clean(&parts.join(" · "), WANTS)
}

fn tried(view: &View) -> String {
    let answers = match view.answered.len() {
        0 => return "nothing yet".to_owned(),
        1 => "1 answer".to_owned(),
        several => format!("{several} answers"),
    };
    match &view.quoted {
        // The heading of what a tool found are its arguments: no words for people.
        Some((tool, heading)) if heading.starts_with('{') || view.used.iter().any(|past| past.tool == *tool) => {
            format!("{answers}, last from what {} found", clean(tool, HEADING))
        }
        Some((_, heading)) => format!("{answers}, last from “{}”", clean(heading, HEADING)),
        None => answers,
    }
}

fn missing(reason: Reason, detail: &str) -> String {
    if reason == Reason::AiFailed {
        return format!("an answer; the AI could not give one: {}", clean(detail, WHY));
    }
    let detail = clean(detail, HEADING * 2);
    match reason {
        Reason::Ungrounded if detail.is_empty() => "the knowledge holds nothing about it".to_owned(),
        Reason::Ungrounded => format!("no passage answers it; the nearest is “{detail}”"),
        Reason::Guidance => format!("a person, by the team's guidance {detail}"),
        Reason::Repeats => "another answer; the same passage came again".to_owned(),
        Reason::AskedForHuman => "a person, as asked".to_owned(),
        _ if detail.is_empty() => "a person".to_owned(),
        _ => format!("a person: {detail}"),
    }
}

/// What the customer wrote, without what mail programs add and without what others wrote.
fn own_words(said: &str) -> String {
    let mut own = Vec::new();
    for line in said.lines() {
        let line = line.trim();
        let lower = line.to_lowercase();
        if QUOTES.iter().any(|end| lower.ends_with(end)) || line == "--" || is_divider(&lower) {
            break;
        }
        let letters = line.chars().filter(|c| c.is_alphanumeric()).count();
        let is_drawn = letters * 3 < line.chars().filter(|c| !c.is_whitespace()).count();
        if line.is_empty()
            || line.starts_with('>')
            || is_drawn
            || HEADERS.iter().any(|header| lower.starts_with(header))
        {
            continue;
        }
        own.push(line);
    }
    own.join(" ")
}

/// `----- Original Message -----` and its kin.
fn is_divider(line: &str) -> bool {
    line.starts_with("---") && line.ends_with("---") && line.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(earlier: &[&str], said: &[&str], answered: &[&str], heading: Option<&str>) -> View {
        let list = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        View {
            earlier: list(earlier),
            said: list(said),
            answered: list(answered),
            quoted: heading.map(|heading| ("a.md".to_owned(), heading.to_owned())),
            ..View::default()
        }
    }

    #[test]
    fn a_summary_says_what_is_wanted_what_was_tried_and_what_is_missing() {
        let heading = Some("When will I receive my refund?");
        for (view, reason, detail, expected) in [
            (
                view(&[], &["Hi", "where is my invoice BW-20417?"], &[], None),
                Reason::Ungrounded,
                "",
                "Wants: “where is my invoice BW-20417?”. Tried: nothing yet. Missing: the knowledge holds nothing about it.",
            ),
            (
                view(&["my refund is two weeks late"], &["I want to talk to a person, please."], &["x"], heading),
                Reason::AskedForHuman,
                "",
                "Wants: “my refund is two weeks late”. Tried: 1 answer, last from “When will I receive my refund?”. Missing: a person, as asked.",
            ),
            (
                view(&["can I pay by invoice?"], &["and how long does that take?"], &["x", "y"], heading),
                Reason::Repeats,
                "",
                "Wants: “can I pay by invoice?”. Tried: 2 answers, last from “When will I receive my refund?”. Missing: another answer; the same passage came again.",
            ),
            (
                view(&[], &["the machine is on fire"], &[], None),
                Reason::TopicForHumans,
                "words of danger",
                "Wants: “the machine is on fire”. Tried: nothing yet. Missing: a person: words of danger.",
            ),
        ] {
            assert_eq!(of(&view, reason, detail), expected);
        }
    }

    #[test]
    fn what_a_tool_found_is_named_by_the_tool_and_not_by_its_arguments() {
        let quoted = Some(("shop.order.lookup".to_owned(), "{\"order\":\"BW-20417\"}".to_owned()));
        let view = View { quoted, ..view(&["where is it?"], &["and now?"], &["It is with the carrier."], None) };
        let said = of(&view, Reason::AskedForHuman, "");
        assert!(said.contains("Tried: 1 answer, last from what shop.order.lookup found."), "{said}");
    }

    #[test]
    fn quoted_mail_and_signatures_are_nobodys_wish() {
        let mail = "Please cancel my order.\n\nSent from my tablet\n\nOn Tue, 3 Mar 2026 at 09:14 Brindlewick wrote:\n> Dear Harold,\n> thank you";
        let forwarded = "-------- Forwarded message --------\nFrom: Brindlewick\n> thank you for your order";
        assert_eq!(own_words(mail), "Please cancel my order.");
        assert_eq!(own_words(forwarded), "");
        assert_eq!(own_words("Bitte stornieren\n--\nMit Grüßen\nOle"), "Bitte stornieren");
        let long = format!("cancel {}", "x ".repeat(3_000));
        assert!(of(&view(&[], &[&long], &[], None), Reason::Ungrounded, &long).chars().count() < 340);
    }
}
