//! The checks on labelled texts in five languages: what may leave and what may not, what of a customer's is found.
//!
//! The texts are in `tests/data/guard`. A line fails if another verdict comes than the one it names, and prints its text.

use centaur::domain::{
    card::{Card, Priority, Signs, Status},
    customer::Customer,
    guard::{self, Approved, Heed, Rule, Settings},
    holder::Holder,
    ids::{ConversationId, EntryNo, Seq, TeammateId, Term},
    mode::Mode,
    seldom::Seldom,
    time::{Span, Timestamp},
    turn::{Answer, Grounding, Source, Trace},
};
use std::collections::BTreeMap;

const SETS: [(&str, &str); 5] = [
    ("en", include_str!("../data/guard/en.txt")),
    ("de", include_str!("../data/guard/de.txt")),
    ("es", include_str!("../data/guard/es.txt")),
    ("zh", include_str!("../data/guard/zh.txt")),
    ("ar", include_str!("../data/guard/ar.txt")),
];

fn card(locale: &str) -> Card {
    Card {
        id: ConversationId(1),
        seq: Seq(1),
        n: EntryNo(2),
        opened_at: Timestamp(0),
        channel: "web".into(),
        connector: TeammateId(3),
        customer: Customer { name: "Jana".into(), email: Some("jana@example.org".into()), locale: Some(locale.into()) },
        topic: None,
        holder: Holder::Ai(TeammateId(2)),
        term: Term(1),
        held_since: Timestamp(0),
        mode: Mode::Auto,
        own_mode: None,
        paused_until: None.into(),
        status: Status::Open,
        priority: Priority::Normal,
        tags: Seldom::new(),
        escalation: None,
        draft: None.into(),
        tool: None,
        ready: centaur::domain::seldom::Seldom::new(),
        writing: None.into(),
        waiting_since: None,
        asked: EntryNo(2),
        signs: Signs::default(),
        last: None,
        on_its_way: Seldom::new(),
        tasks: Default::default(),
    }
}

fn answer(text: &str, passage: &str) -> Answer {
    let source = Source { number: 1, document: "k.md".into(), heading: "Facts".into(), passage: passage.to_owned() };
    let sources = if passage.is_empty() { Vec::new() } else { vec![source] };
    Answer { text: text.to_owned(), sources, grounding: Grounding(900), trace: Trace::default() }
}

/// `\n` and `\u{…}` in a line stand for what they say.
fn unescaped(line: &str) -> String {
    let mut out = line.replace("\\n", "\n");
    while let Some(at) = out.find("\\u{") {
        let end = out[at..].find('}').unwrap() + at;
        let code = u32::from_str_radix(&out[at + 3..end], 16).unwrap();
        out.replace_range(at..=end, &char::from_u32(code).unwrap().to_string());
    }
    out
}

fn rules(verdicts: &[guard::Verdict]) -> Vec<Rule> {
    verdicts.iter().map(|verdict| verdict.rule).collect()
}

#[test]
fn what_may_leave_leaves_and_what_may_not_is_found_in_each_language() {
    let settings = Settings::default();
    let rule = |name: &str| Rule::ALL.into_iter().find(|rule| rule.name() == name).unwrap_or_else(|| panic!("{name}"));
    let (mut counts, mut wrong): (BTreeMap<(&str, &str), usize>, Vec<String>) = (BTreeMap::new(), Vec::new());
    for (language, set) in SETS {
        let (mut source, mut said) = (String::new(), String::new());
        for line in set.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if let Some(passage) = line.strip_prefix("@source") {
                source = passage.trim().to_owned();
                continue;
            }
            if let Some(words) = line.strip_prefix("@said") {
                said = words.trim().to_owned();
                continue;
            }
            let (sign, rest) = line.split_at(1);
            let (named, text) = match sign {
                "+" | ">" => {
                    let (name, text) = rest.split_once('|').unwrap_or_else(|| panic!("{line}"));
                    (Some(rule(name.trim())), unescaped(text.trim()))
                }
                _ => (None, unescaped(rest.trim())),
            };
            let card = card(language);
            let mut heed = Heed::of(&card.customer);
            heed.learn(&said);
            let found = match sign {
                "+" | "-" => guard::going_out(&settings, &Approved::default(), &card, &heed, &answer(&text, &source)),
                _ => guard::coming_in(&settings, &heed, &text, Timestamp(0)),
            };
            let right = match named {
                Some(rule) => rules(&found).contains(&rule),
                None => found.is_empty(),
            };
            let way = match sign {
                "+" => "out, found",
                "-" => "out, passed",
                ">" => "in, found",
                _ => "in, passed",
            };
            *counts.entry((language, way)).or_default() += 1;
            if !right {
                let found: Vec<String> = found.iter().map(|one| one.sentence().to_string()).collect();
                wrong.push(format!("{language} {line}\n    gave {found:?}"));
            }
        }
    }
    println!("labelled texts: {} in all, {counts:?}", counts.values().sum::<usize>());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_prompt_repeated_is_found_whatever_part_of_it() {
    let prompt = include_str!("../../assets/prompts/answer.md");
    let heed = Heed::default();
    let found = |text: &str| {
        rules(&guard::going_out(&Settings::default(), &Approved::default(), &card("en"), &heed, &answer(text, "")))
    };
    assert!(found(prompt).contains(&Rule::Internal));
    let half = prompt.len() / 2;
    let half = prompt.floor_char_boundary(half);
    assert!(found(&prompt[..half]).contains(&Rule::Internal) && found(&prompt[half..]).contains(&Rule::Internal));
}

#[test]
fn what_the_customer_wrote_may_be_said_back_but_never_a_card_or_an_account() {
    let mut heed = Heed::default();
    heed.learn("I am on 0170 1234567, omar@example.com; my card 4111 1111 1111 1111, DE89370400440532013000");
    let found = |text: &str| {
        rules(&guard::going_out(&Settings::default(), &Approved::default(), &card("en"), &heed, &answer(text, "")))
    };
    assert_eq!(found("We have your number +49 170 1234567 and omar@example.com."), []);
    assert_eq!(found("We have your card 4111-1111-1111-1111."), [Rule::Personal]);
    assert_eq!(found("And the account DE89 3704 0044 0532 0130 00."), [Rule::Personal]);
}

#[test]
fn only_hosts_on_the_list_are_linked_to() {
    let links = ["brindlewick.example".to_owned()].into();
    let settings = Settings { links, ..Settings::default() };
    let found = |text: &str| {
        rules(&guard::going_out(&settings, &Approved::default(), &card("en"), &Heed::default(), &answer(text, "")))
    };
    for good in
        ["https://brindlewick.example/returns", "See www.brindlewick.example.", "help.brindlewick.example/a?b#c"]
    {
        assert_eq!(found(good), [], "{good}");
    }
    for bad in [
        "https://brindlewick.example.evil.io/returns",
        "https://evilbrindlewick.example",
        "https://brindlewick.example@evil.io/",
        "//evil.io/x",
        "https://brindlewick.example\\@evil.io",
        "https://brïndlewick.example",
    ] {
        assert!(found(bad).contains(&Rule::Link), "{bad}");
    }
}

#[test]
fn a_flood_a_large_message_and_one_answer_after_the_other_are_noticed() {
    let settings = Settings::default();
    let large = "word ".repeat(1_700);
    assert_eq!(rules(&guard::coming_in(&settings, &Heed::default(), &large, Timestamp(0))), [Rule::Size]);
    assert_eq!(settings.stop(&guard::coming_in(&settings, &Heed::default(), &large, Timestamp(0))), None);
    let long = "A good answer. ".repeat(300);
    assert!(
        rules(&guard::going_out(&settings, &Approved::default(), &card("en"), &Heed::default(), &answer(&long, "")))
            .contains(&Rule::Length)
    );
    let huge = "a".repeat(70_000);
    assert_eq!(
        rules(&guard::going_out(&settings, &Approved::default(), &card("en"), &Heed::default(), &answer(&huge, ""))),
        [Rule::Unchecked]
    );
    assert!(Span::minutes(1) > Span(0));
}
