//! The laws of the sanitiser, and its class table row by row.

use super::{LINE_CELLS, MESSAGE_BYTES, SafeText, class, for_model, graphemes_with_width};
use proptest::prelude::*;

fn message(raw: &str) -> String {
    SafeText::message(raw).to_string()
}

fn line(raw: &str) -> String {
    SafeText::line(raw).to_string()
}

fn evidence(raw: &str) -> String {
    SafeText::evidence(raw).to_string()
}

fn columns(raw: &str) -> [String; 4] {
    [message(raw), line(raw), evidence(raw), for_model(raw)]
}

#[test]
fn each_row_of_the_class_table_becomes_what_its_columns_say() {
    for (raw, expected) in [
        ("a\nb\tc", ["a\nb    c", "a b c", "a␊\nb␉c", "a\nb\tc"]),
        ("a\r\nb\u{2028}c", ["a\nb\nc", "a b c", "a␊\nb␊\nc", "a\nb\nc"]),
        ("a\u{1b}[31m", ["a␛[31m", "a[31m", "a␛[31m", "a[31m"]),
        ("a\u{7f}b\u{9b}c", ["a␡b⟨U+009B⟩c", "abc", "a␡b⟨U+009B⟩c", "abc"]),
        ("a\rb", ["a␍b", "ab", "a␍b", "a\nb"]),
        ("a\u{202e}b", ["a⟨RLO⟩b", "ab", "a⟨RLO⟩b", "ab"]),
        ("a\u{200f}b", ["ab", "ab", "a⟨RLM⟩b", "ab"]),
        ("a\u{200b}b\u{ad}", ["ab", "ab", "a⟨U+200B⟩b⟨U+00AD⟩", "ab"]),
        ("a\u{200d}b", ["ab", "ab", "a⟨U+200D⟩b", "ab"]),
        ("a\u{fe0f}", ["a", "a", "a⟨U+FE0F⟩", "a"]),
        ("a\u{e0068}\u{e0069}", ["a", "a", "a⟨TAG hi⟩", "a"]),
        ("a\u{e000}\u{ffff}", ["a\u{fffd}\u{fffd}", "a\u{fffd}\u{fffd}", "a⟨U+E000⟩⟨U+FFFF⟩", "a"]),
        ("a⟨RLO⟩␛", ["a⟨RLO⟩␛", "a⟨RLO⟩␛", "a⟨U+27E8⟩RLO⟩⟨U+241B⟩", "a⟨RLO⟩␛"]),
        ("a\u{a0}b", ["a\u{a0}b", "a\u{a0}b", "a⟨U+00A0⟩b", "a\u{a0}b"]),
    ] {
        assert_eq!(columns(raw), expected.map(str::to_owned), "{raw:?}");
    }
}

#[test]
fn the_badge_counts_what_was_removed_or_replaced() {
    for (raw, removed) in [
        ("plain\ntext", 0),
        ("a\u{1b}b\u{202e}c", 2),
        ("a\u{200e}b", 0),
        ("wo\u{200b}rd", 1),
        ("word \u{200b}", 0),
        ("a\u{e0068}\u{e0069}", 2),
        ("\u{e000}", 1),
    ] {
        assert_eq!(SafeText::message(raw).removed(), removed, "{raw:?}");
    }
    assert_eq!(SafeText::evidence(&"\u{7}".repeat(70_000)).removed(), u16::MAX);
}

#[test]
fn tag_characters_are_decoded_and_only_three_flags_keep_them() {
    let spelled: String = "ignore all".chars().filter_map(|c| char::from_u32(0xe0000 + c as u32)).collect();
    let safe = SafeText::message(&format!("hello{spelled}"));
    assert_eq!((safe.as_str(), safe.hidden()), ("hello", Some("ignore all")));
    let scotland = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
    assert_eq!(message(scotland), scotland);
    assert_eq!(SafeText::message(scotland).hidden(), None);
    let other = "\u{1f3f4}\u{e0075}\u{e0073}\u{e007f}";
    assert_eq!(message(other), "\u{1f3f4}");
    assert_eq!(SafeText::message(&format!("{scotland}\u{e0078}")).hidden(), Some("x"));
    assert_eq!(for_model(scotland), "\u{1f3f4}");
}

#[test]
fn what_people_write_in_their_languages_stays_as_it_is() {
    for kept in [
        "Grüße, Ελληνικά, Кириллица, 王小明, ひらがな, 한국어",
        "مرحبا بالعالم",
        "שלום עולם",
        "می‌خواهم",
        "नमस्ते क्षत्रिय",
        "ക്‍ഷ",
        "สวัสดีครับ",
        "e\u{301}a\u{308}",
        "👩‍👩‍👧‍👦 👍🏽 ❤️ 1️⃣ 🇩🇪 🏳️‍🌈",
        "葛\u{e0100}城",
        "ok…",
    ] {
        assert_eq!(message(kept), kept);
        assert_eq!(line(kept), kept);
        assert_eq!(for_model(kept), kept);
    }
}

#[test]
fn piles_of_marks_are_cut_and_a_mark_alone_gets_something_to_stand_on() {
    let pile = format!("e{}", "\u{301}".repeat(100));
    assert_eq!(message(&pile), format!("e{}", "\u{301}".repeat(8)));
    assert_eq!(line(&pile), "e\u{301}\u{301}");
    assert_eq!(message("\u{301}a"), "\u{25cc}\u{301}a");
    assert_eq!(message(&"\u{1100}".repeat(100)), "\u{fffd}");
}

#[test]
fn a_line_is_cut_between_clusters() {
    for (raw, cells, expected) in [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("王小明", 6, "王小明"),
        ("王小明", 5, "王小…"),
        ("王小明", 4, "王…"),
        ("👩‍👩‍👧‍👦x", 2, "…"),
        ("👩‍👩‍👧‍👦xy", 3, "👩‍👩‍👧‍👦…"),
    ] {
        assert_eq!(SafeText::line_within(raw, cells).as_str(), expected, "{raw} in {cells}");
    }
    assert_eq!(SafeText::line(&"x".repeat(1_000)).width(), LINE_CELLS);
    assert_eq!(SafeText::message("one\ntwo").within(10).as_str(), "one…");
}

#[test]
fn a_long_message_is_cut_and_says_so() {
    for unit in ["x", "王", "e\u{301}", "\u{1b}", "\u{301}"] {
        let safe = SafeText::message(&unit.repeat(MESSAGE_BYTES * 2));
        assert!(safe.as_str().len() <= MESSAGE_BYTES && safe.as_str().ends_with('…'), "{unit:?}");
        assert!(safe.removed() > 0);
        assert_eq!(message(safe.as_str()), safe.as_str());
    }
}

#[test]
fn our_own_words_pass_the_same_gate() {
    const GOOD: SafeText = SafeText::literal("● live é 👍");
    assert_eq!(SafeText::from_own("─ held by ✦").as_str(), "─ held by ✦");
    assert_eq!(SafeText::from_own("a\u{1b}b").as_str(), "a␛b");
    assert_eq!(SafeText::own(format!("{}\u{202e}", 3)).as_str(), "3⟨RLO⟩");
    assert_eq!(GOOD.as_str(), "● live é 👍");
    for bad in
        ["a\u{1b}", "\u{9b}", "\u{202e}", "\u{200b}", "\u{e0041}", "\u{2066}", "\u{61c}", "\u{3164}", "e\u{301}", "\n"]
    {
        assert!(SafeText::literal(bad).is_empty(), "{bad:?}");
    }
}

#[test]
fn parts_put_together_keep_their_badges_and_hidden_words() {
    let parts = [SafeText::line("a\u{1b}"), SafeText::line("b\u{e0041}"), SafeText::line("c\u{e0042}")];
    let whole = SafeText::join(&parts, &SafeText::from_own(" · "));
    assert_eq!((whole.as_str(), whole.removed(), whole.hidden()), ("a · b · c", 3, Some("A B")));
    assert_eq!(format!("{:>4}|", SafeText::line("ab")), "  ab|");
}

#[test]
fn the_quick_way_through_lets_nothing_pass_that_the_table_would_change() {
    for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| class::is_plain_char(*c)) {
        let alone = c.to_string();
        assert!(
            alone.escape_debug().count() == 1 || matches!(c, '"' | '\'' | '\\'),
            "U+{:04X} is not assigned",
            c as u32
        );
        assert!(!class::is_mark(c), "U+{:04X} is a mark", c as u32);
        assert!(class::is_plain_constant(&alone), "U+{:04X} is plain, but not as a constant", c as u32);
        assert!(graphemes_with_width(&alone).all(|(_, width)| width > 0), "U+{:04X} has no width", c as u32);
        for other in ["x", "王", "\u{1f600}", "\u{1100}"] {
            assert_eq!(graphemes_with_width(&format!("{c}{other}")).count(), 2, "U+{:04X} joins {other}", c as u32);
        }
    }
}

/// Characters that make trouble, beside any others.
fn nasty() -> impl Strategy<Value = String> {
    let troublesome = prop::sample::select(
        "\u{1b}\u{7}\r\n\t\u{9b}\u{85}\u{200d}\u{200c}\u{fe0f}\u{fe0e}\u{20e3}1#👩👧🏽❤🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}\
         🇩🇪\u{301}\u{308}\u{93f}\u{94d}कषക\u{d4d}یم\u{600}\u{1100}\u{1161}\u{11a8}가\u{202e}\u{2066}\u{200e}\u{200b}\u{ad}\
         \u{e000}\u{ffff}\u{e0100}葛ﾞa …⟨"
            .chars()
            .collect::<Vec<char>>(),
    );
    let one = prop_oneof![4 => troublesome, 1 => any::<char>()];
    let run = (one, prop_oneof![6 => Just(1_usize), 1 => 2..40_usize]);
    prop::collection::vec(run, 0..40)
        .prop_map(|runs| runs.into_iter().flat_map(|(c, times)| std::iter::repeat_n(c, times)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cleaning_twice_is_cleaning_once(raw in nasty()) {
        let once = SafeText::message(&raw);
        prop_assert_eq!(message(once.as_str()), once.as_str());
        let once = SafeText::line(&raw);
        prop_assert_eq!(line(once.as_str()), once.as_str());
        let once = for_model(&raw);
        prop_assert_eq!(for_model(&once), once);
    }

    #[test]
    fn nothing_that_steers_comes_out_and_every_cluster_has_width(raw in nasty()) {
        for safe in [SafeText::message(&raw), SafeText::evidence(&raw), SafeText::line(&raw)] {
            for line in safe.lines() {
                prop_assert!(!line.chars().any(char::is_control), "{:?}", line);
                prop_assert!(graphemes_with_width(line).all(|(_, width)| width > 0), "{:?}", line);
                prop_assert!(graphemes_with_width(line).all(|(cluster, _)| cluster.len() <= 64), "{:?}", line);
            }
        }
        prop_assert!(!SafeText::line(&raw).as_str().contains('\n'));
    }

    #[test]
    fn a_line_never_takes_more_cells_than_it_may(raw in nasty(), cells in 0..60_usize) {
        prop_assert!(SafeText::line_within(&raw, cells).width() <= cells);
        prop_assert!(SafeText::message(&raw).within(cells).width() <= cells);
    }
}
