//! The laws of the checks: they are total, they tell where they found what, and they compare what is alike.

use super::{
    Approved, Finds, Heed, Rule, Settings, Stage, coming_in, figures, going_out,
    personal::{self, Kind as K},
    words::{Folded, Phrases, sentences},
};
use crate::domain::{
    card::Card,
    ids::ConversationId,
    text::SafeText,
    time::{Span, Timestamp},
    turn::{Answer, Grounding, Source, Trace},
};
use proptest::prelude::*;

fn answer(text: &str, passage: &str) -> Answer {
    let source = Source { number: 1, document: "k.md".into(), heading: String::new(), passage: passage.into() };
    Answer { text: text.into(), sources: vec![source], grounding: Grounding(900), trace: Trace::default() }
}

fn card() -> Card {
    Card::quiet(ConversationId(1), Timestamp(0))
}

/// Texts with much in them that checks look for.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[0-9 .,+()/-]{0,24}",
        "[a-z0-9.@/:-]{0,24}",
        proptest::sample::select(vec![
            "https://",
            "www.",
            "![",
            "](",
            "@",
            "password: ",
            "sk-",
            "we guarantee",
            "保证",
            "نضمن",
            "\u{202e}",
            "İ",
            "ß",
            "٤٫٩٠",
            "DE89",
            "4111 1111 1111 1111",
            "-----BEGIN ",
            "<img",
            "？",
            "\n1. ",
            "[1]",
            "€",
            "天",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_text_is_looked_at_and_every_verdict_names_a_place_in_it(text in text(), passage in text(), at in any::<i64>()) {
        let mut heed = Heed::default();
        heed.hear(&passage, Timestamp(at));
        heed.answer(&text);
        let out = going_out(&Settings::default(), &Approved::default(), &card(), &heed, &answer(&text, &passage));
        let coming = coming_in(&Settings::default(), &heed, &text, Timestamp(at));
        for verdict in out.iter().chain(&coming) {
            prop_assert!(text.is_char_boundary(verdict.offset as usize), "{verdict:?}");
            prop_assert!(verdict.words.len() <= 160);
            let said = verdict.sentence();
            let again = SafeText::message(said.as_str());
            prop_assert_eq!(again.as_str(), said.as_str());
        }
        let kept: Heed = serde_json::from_str(&serde_json::to_string(&heed).unwrap()).unwrap();
        prop_assert_eq!(kept, heed);
    }

    #[test]
    fn a_text_that_a_source_has_word_for_word_claims_no_figure_and_no_promise_of_its_own(text in text()) {
        let found = going_out(&Settings::default(), &Approved::default(), &card(), &Heed::default(), &answer(&text, &text));
        let own = |rule| found.iter().any(|verdict| verdict.rule == rule);
        prop_assert!(!own(Rule::Figure), "{found:?}");
    }

    #[test]
    fn a_figure_is_the_same_however_it_is_written(whole in 1_u32..100_000, cents in 1_u32..100) {
        let read = |text: String| {
            let mut all = Vec::new();
            figures::each(&text, &mut |figure| all.push(figure.digits));
            all
        };
        let plain = read(format!("{whole}.{cents:02}"));
        prop_assert_eq!(plain.len(), 1);
        prop_assert_eq!(&read(format!("EUR {whole},{cents:02}")), &plain);
        let arabic: String = format!("{whole}\u{66b}{cents:02}").chars()
            .map(|c| c.to_digit(10).and_then(|d| char::from_u32(0x660 + d)).unwrap_or(c)).collect();
        prop_assert_eq!(&read(arabic), &plain);
        prop_assert_eq!(read(format!("{whole}.00")), read(whole.to_string()));
    }

    #[test]
    fn sentences_together_are_the_text(text in text()) {
        let parts: String = sentences(&text).map(|(_, part)| part).collect();
        prop_assert_eq!(&parts, &text);
        for (at, part) in sentences(&text) {
            prop_assert_eq!(text.get(at..at + part.len()), Some(part));
        }
    }

    #[test]
    fn phrases_are_found_together_where_each_is_found_alone(text in "[ab退 ]{0,40}", phrases in proptest::collection::vec("[ab退 ]{3,5}", 0..40)) {
        let phrases: Vec<&str> = phrases.iter().map(String::as_str).collect();
        let mut together = Vec::new();
        Phrases::of(&phrases).each(&text, &mut |phrase, at| together.push((at, phrase)));
        let (text, phrases) = (text.as_str(), phrases.as_slice());
        let alone = (0..text.len()).filter(|at| text.is_char_boundary(*at));
        let mut alone: Vec<(usize, &str)> = alone
            .flat_map(|at| phrases.iter().filter(move |phrase| text[at..].starts_with(**phrase)).map(move |phrase| (at, *phrase)))
            .collect();
        together.sort_unstable();
        alone.sort_unstable();
        prop_assert_eq!(together, alone);
    }

    #[test]
    fn a_phrase_is_found_where_it_stands(before in "[a-z .]{0,20}", after in "[ .!][a-zA-Z ]{0,20}") {
        let text = format!("{before} WE Guarantee{after}");
        let place = Folded::of(&text).place(" we guarantee").unwrap();
        prop_assert!(text[place].to_lowercase().starts_with("we guarant"));
    }
}

#[test]
fn personal_data_is_told_by_its_check_digits() {
    let kinds = |text: &str| {
        let mut all = Vec::new();
        personal::each(text, &mut |found| all.push(found.kind));
        all
    };
    assert_eq!(kinds("4111 1111 1111 1111"), [K::Card]);
    assert_eq!(kinds("4111 1111 1111 1112"), []);
    assert_eq!(kinds("DE89 3704 0044 0532 0130 00."), [K::Account]);
    assert_eq!(kinds("DE88 3704 0044 0532 0130 00"), []);
    assert_eq!(kinds("order BW-20417 of 2026-11-23, 14:30, 23.11.2026"), []);
    assert_eq!(kinds("Monday to Friday 8:00 to 20:00, EUR 1.204,50"), []);
    assert_eq!(kinds("+49 170 1234567"), [K::Phone]);
    assert_eq!(kinds("a@b, @all, x@y.org"), [K::Mail]);
}

#[test]
fn nearly_the_same_again_is_noticed_and_another_answer_is_not() {
    let first =
        "Refunds are made within a few working days after the parcel has reached us, to the payment method you used.";
    let mut heed = Heed::default();
    heed.answer(first);
    assert_eq!(heed.likeness(first), 100);
    assert!(
        heed.likeness("Your machine shows E3: run hot water for half a minute, and see that the tank is seated.") < 60
    );
    for _ in 0..3 {
        heed.answer("Your machine shows E3: run hot water for half a minute, and see that the tank is seated.");
    }
    assert!(heed.likeness(first) < 60, "it is forgotten after three others");
    heed.answer("Hello!");
    assert_eq!(heed.likeness("Hello!"), 0, "a few words are like nothing");
}

#[test]
fn questions_in_a_row_are_counted_until_an_answer_or_a_person() {
    let settings = Settings::default();
    let mut heed = Heed::default();
    let asks = |heed: &Heed| {
        let found = going_out(&settings, &Approved::default(), &card(), heed, &answer("Which one do you mean?", ""));
        found.iter().any(|verdict| verdict.rule == Rule::Questions)
    };
    for n in 0..3 {
        assert!(!asks(&heed), "{n}");
        heed.answer(&format!("And number {n}?"));
    }
    assert!(asks(&heed));
    heed.meet_person("It is the grinder.");
    assert!(!asks(&heed));
}

#[test]
fn more_than_so_many_messages_in_a_minute_are_a_flood() {
    let settings = Settings::default();
    let mut heed = Heed::default();
    let flood = |heed: &Heed, at| coming_in(&settings, heed, "hi", at).iter().any(|verdict| verdict.rule == Rule::Rate);
    for n in 0..20 {
        let at = Timestamp(n * 1_000);
        assert!(!flood(&heed, at), "{n}");
        heed.hear("hi", at);
    }
    assert!(flood(&heed, Timestamp(21_000)));
    assert!(!flood(&heed, Timestamp(0).plus(Span::minutes(1))));
}

#[test]
fn one_of_each_rule_and_place_is_kept_and_no_more_than_a_few() {
    let many = "https://a.example https://b.example ".repeat(20);
    let mut finds = Finds::new(&many, Stage::Out);
    super::links::find(&mut finds, &std::collections::BTreeSet::new());
    assert_eq!(finds.verdicts.len(), super::VERDICTS);
}
