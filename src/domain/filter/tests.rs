//! The laws of the filter: what is written reads the same again, mistakes are pointed at, and each key does its work.

use super::*;
use crate::domain::{
    card::{Card, LastLine, Speaker, Status},
    customer::Customer,
    escalation::{Escalation, Reason},
    holder::Holder,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_000_000_000);

fn context() -> Context<'static> {
    fn name(id: TeammateId) -> Option<&'static str> {
        match id.0 {
            2 => Some("Aria"),
            3 => Some("Mira"),
            4 => Some("Me"),
            _ => None,
        }
    }
    Context { at: NOW, me: Some(TeammateId(3)), name: &name }
}

fn card() -> Card {
    Card {
        customer: Customer { name: "Jana Nováková".into(), email: None, locale: Some("de-AT".into()) },
        topic: Some("order late".into()),
        holder: Holder::Ai(TeammateId(2)),
        priority: Priority::High,
        tags: vec!["VIP".to_owned(), "late parcel".to_owned()].into(),
        escalation: Some(Box::new(Escalation { reason: Reason::AskedForHuman, summary: String::new(), at: NOW })),
        waiting_since: Some(Timestamp(NOW.0 - 150_000)),
        last: Some(LastLine {
            at: NOW,
            speaker: Speaker::Customer,
            text: "My PARCEL says delivered, ΣΊΣΥΦΟΣ! 我的包裹".into(),
        }),
        ..Card::quiet(ConversationId(1_042), NOW)
    }
}

#[test]
fn each_key_picks_what_it_says() {
    // The card's attention is 40 for asking, 12 for waiting, 10 for its priority.
    for (said, passes) in [
        ("", true),
        ("holder:ai", true),
        ("holder:human", false),
        ("holder:human|ai", true),
        ("-holder:queue", true),
        ("holder:ARIA", true),
        ("holder:mira", false),
        ("holder:me", false),
        ("mode:auto", true),
        ("mode:off|draft", false),
        ("tag:vip", true),
        ("tag:\"Late Parcel\"", true),
        ("tag:late", false),
        ("topic:\"order late\"", true),
        ("channel:WEB -channel:mail", true),
        ("locale:de", true),
        ("locale:de-at", true),
        ("locale:d", false),
        ("is:open", true),
        ("is:snoozed|resolved", false),
        ("is:waiting is:escalated", true),
        ("is:paused", false),
        ("is:writing", false),
        ("-is:needs", true),
        ("-needs:me|anyone", true),
        ("priority:high", true),
        ("priority:>high", false),
        ("priority:>=high", true),
        ("priority:<=normal|urgent", false),
        ("attention:>50", true),
        ("attention:62", true),
        ("attention:=62", true),
        ("attention:<62", false),
        ("waiting:>2m", true),
        ("waiting:2m", true),
        ("waiting:>150s", false),
        ("waiting:<1h", true),
        ("#1042", true),
        ("#1|#1042", true),
        ("-#1042", false),
        ("jana", true),
        ("NOVÁK", true),
        ("parcel", true),
        ("σίσυ", true),
        ("包裹", true),
        ("vip", true),
        ("\"says delivered\"", true),
        ("\"delivered says\"", false),
        ("104", true),
        ("nobody|jana", true),
        ("jana -parcel", false),
        ("  jana   holder:ai ", true),
    ] {
        let filter = Filter::parse(said).unwrap();
        assert_eq!(filter.matches(&card(), &context()), passes, "{said}");
        assert_eq!(filter.matches_key(&card(), &SearchKey::of(&card()), &context()), passes, "{said} with its key");
    }
}

#[test]
fn me_is_whoever_asks_and_a_teammate_of_that_name_is_quoted() {
    let mine = Card { holder: Holder::Human(TeammateId(3)), ..card() };
    let theirs = Card { holder: Holder::Human(TeammateId(4)), ..card() };
    let passes = |said: &str, card: &Card| Filter::parse(said).unwrap().matches(card, &context());
    assert!(passes("holder:me", &mine) && !passes("holder:me", &theirs));
    assert!(!passes("holder:\"me\"", &mine) && passes("holder:\"me\"", &theirs));
    assert!(passes("holder:human", &mine));
}

#[test]
fn a_sleeper_is_open_again_when_its_time_comes() {
    let until = |ms: i64| Card { status: Status::Snoozed { until: Timestamp(NOW.0 + ms) }, ..card() };
    let passes = |said: &str, card: &Card| Filter::parse(said).unwrap().matches(card, &context());
    assert!(passes("is:snoozed -is:open", &until(1)));
    assert!(passes("is:open -is:snoozed", &until(0)));
}

#[test]
fn a_mistake_says_what_is_wrong_where_and_what_was_meant() {
    for (said, pointed, sentence) in [
        ("holdr:ai", "holdr", "`holdr` is not a key: did you mean `holder`?"),
        ("mode:auot", "auot", "`mode:` does not know `auot`: did you mean `auto`? Or use off, shadow, draft, auto"),
        ("jana is:", "", "`is:` needs a value, as in is:open"),
        ("a -", "-", "nothing follows the `-`: write what to leave out, as in -channel:web"),
        ("say \"hi", "\"hi", "the quote is not closed: write a `\"` at its end"),
        ("attention:>500", "500", "`500` is not a score: write 0 to 100, as in attention:>50"),
        ("waiting:>soon", "soon", "`soon` is not a length of time: write 90s, 15m, 2h or 3d"),
        ("#12a", "#12a", "`#12a` is not a conversation: write its number, as in #42"),
        ("ab\"c\"", "\"", "a quote in the middle of a word: put a space before it"),
        ("a||b", "", "there is nothing to look for here"),
    ] {
        let mistake = Filter::parse(said).unwrap_err();
        assert_eq!((&said[mistake.at.clone()], mistake.to_string().as_str()), (pointed, sentence), "{said}");
    }
    let unknown = Filter::parse("https://example.org").unwrap_err();
    assert!(unknown.to_string().ends_with("or put the words in quotes"), "{unknown}");
}

#[test]
fn the_pointer_stands_below_the_wrong_part_by_cells_and_steers_nothing() {
    let said = "王 holdr:ai";
    assert_eq!(Filter::parse(said).unwrap_err().pointer(said), "王 holdr:ai\n   ^^^^^");
    let said = "\u{1b}[2J is:";
    assert_eq!(Filter::parse(said).unwrap_err().pointer(said), "[2J is:\n^^^");
    assert_eq!(Filter::parse("b\u{1b}:x").unwrap_err().to_string().matches('\u{1b}').count(), 0);
}

#[test]
fn completions_go_on_from_what_stands_at_the_cursor() {
    let known = Known {
        names: vec!["Aria", "Me"],
        tags: vec!["late parcel", "lost"],
        topics: vec!["returns"],
        channels: vec!["web", "mail"],
        locales: vec!["de"],
    };
    for (partial, expected) in [
        ("ho", vec!["holder:"]),
        ("jana -t", vec!["-tag:", "-topic:"]),
        ("holder:a", vec!["holder:ai", "holder:Aria"]),
        (
            "holder:ai|",
            vec!["holder:ai|human", "holder:ai|queue", "holder:ai|me", "holder:ai|Aria", "holder:ai|\"Me\""],
        ),
        ("tag:l", vec!["tag:\"late parcel\"", "tag:lost"]),
        ("tag:\"late p", vec!["tag:\"late parcel\""]),
        ("priority:>=u", vec!["priority:>=urgent"]),
        ("attention:", vec!["attention:>50"]),
        ("nonsense:", vec![]),
    ] {
        assert_eq!(completions(partial, partial.len(), &known), expected, "{partial}");
    }
    assert_eq!(token_at("one tag:\"a b\" two", 11), 4..13);
    assert_eq!(token_at("one two", 3), 0..3);
    assert_eq!(token_at("", 7), 0..0);
}

/// Text in the shape of filters, and text in none.
fn typed() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "holder",
        "mode",
        "tag",
        "is",
        "priority",
        "attention",
        "waiting",
        "locale",
        ":",
        ":",
        ":",
        "|",
        "-",
        "\"",
        "\\",
        " ",
        " ",
        ">",
        ">=",
        "<",
        "=",
        "#",
        "42",
        "2m",
        "ai",
        "me",
        "open",
        "auto",
        "high",
        "50",
        "Ünï",
        "王",
        "İ",
        "\u{1b}",
        "\u{307}",
        "1d",
        "86400s",
        "0",
        "b",
    ]);
    prop_oneof![4 => prop::collection::vec(pieces, 0..14).prop_map(|all| all.concat()), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_the_same_again_and_mistakes_lie_within(said in typed()) {
        match Filter::parse(&said) {
            Ok(filter) => {
                prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter.clone()), "{}", filter);
                prop_assert_eq!(
                    filter.matches(&card(), &context()),
                    filter.matches_key(&card(), &SearchKey::of(&card()), &context())
                );
            }
            Err(mistake) => {
                prop_assert!(said.get(mistake.at.clone()).is_some(), "{:?} in {:?}", mistake, said);
                prop_assert_eq!(mistake.pointer(&said).lines().count(), 2);
            }
        }
    }

    #[test]
    fn a_part_of_what_the_customer_said_is_found_in_any_case(from in 0..30_usize, length in 1..10_usize) {
        let text: String = card().last.unwrap().text.chars().skip(from).take(length).collect();
        for said in [text.to_uppercase(), text.clone(), text.chars().flat_map(char::to_lowercase).collect()] {
            if text.chars().count() > 0 && said.chars().count() == text.chars().count() {
                let filter = Filter { conditions: vec![Condition {
                    negated: false,
                    test: Test::Text(vec![Needle(matching::fold(&said))])
                }] };
                prop_assert!(filter.matches(&card(), &context()), "{}", said);
            }
        }
    }

    #[test]
    fn a_completed_term_replaces_its_token_and_never_panics(said in typed(), cursor in 0..40_usize) {
        let known = Known { names: vec!["Mira \"x\""], tags: vec!["a|b", ""], ..Known::default() };
        let token = token_at(&said, cursor);
        prop_assert!(said.get(token).is_some());
        let _ = completions(&said, cursor, &known);
    }
}
