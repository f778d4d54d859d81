//! Every split of what a terminal says, answers among keys, and pastes that lie about their end.

use super::*;
use crate::console::{
    input::{Answer, Code, Input, Key},
    terminal::decode,
};
use proptest::prelude::*;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// What comes of these pieces, each `gap` after the one before, and of waiting in the end.
fn heard(pieces: &[&[u8]], gap: Duration, owed: bool) -> Vec<Input> {
    let mut units = Units::new();
    units.owes(owed);
    let (mut now, mut came) = (Duration::ZERO, Vec::new());
    for piece in pieces {
        came.extend(units.feed(piece, now));
        let next = now + gap;
        while let Some(due) = units.due().filter(|due| *due <= next) {
            came.extend(units.expire(due));
        }
        now = next;
    }
    while let Some(due) = units.due() {
        came.extend(units.expire(due));
    }
    came.into_iter().flat_map(decode::inputs).collect()
}

fn named(inputs: &[Input]) -> String {
    let name = |input: &Input| match input {
        Input::Key(key) => key.to_string(),
        Input::Pasted(text) => format!("{text:?}"),
        Input::Answered(Answer::Shown) => "SHOWN".to_owned(),
        other => format!("{other:?}"),
    };
    inputs.iter().map(name).collect::<Vec<_>>().join(" ")
}

const SAID: [(&[u8], &str); 22] = [
    (b"j", "j"),
    (b"\x1b[A", "up"),
    (b"\x1bOP", "f1"),
    (b"\x1b[[A", "f1"),
    (b"\x1b[5~", "pageup"),
    (b"\x1b[1;5H", "ctrl-home"),
    (b"\x1b\r", "alt-enter"),
    (b"\x1bb", "alt-b"),
    (b"\x1b\x1b[A", "alt-up"),
    ("é".as_bytes(), "é"),
    ("消息".as_bytes(), "消 息"),
    ("😀".as_bytes(), "😀"),
    (b"\x1b[0n", "SHOWN"),
    (b"\x1b\x1b[0n", "esc SHOWN"),
    (b"j\x1b[0nk", "j SHOWN k"),
    (b"\x1b]11;rgb:ff/ff/ff\x1b\\", "Answered(Background { red: 255, green: 255, blue: 255 })"),
    (b"\x1b]11;rgb:ff/ff/ff\x07q", "Answered(Background { red: 255, green: 255, blue: 255 }) q"),
    (b"\x1b[?62;c\x1b[0nq", "Answered(Attributes) SHOWN q"),
    (b"\x1bP>|name 1.2\x1b\\j", "j"),
    (b"\x1b[200~two\rlines\x1b[201~", "\"two\\rlines\""),
    (b"\x1b[200~q\x1b[201~q\r\x1b[201~", "\"q\" \"q\\r\""),
    (b"\x1b[200~q\x1b[201~t\rq\x1b[201~R\x1b[201~", "\"q\" \"t\\rq\" \"R\""),
];

#[test]
fn every_split_of_everything_says_the_same() {
    for (bytes, name) in SAID {
        for owed in [false, true] {
            assert_eq!(named(&heard(&[bytes], ms(0), owed)), name, "{bytes:?}");
            for at in 1..bytes.len() {
                let (head, tail) = bytes.split_at(at);
                assert_eq!(named(&heard(&[head, tail], ms(40), owed)), name, "{head:?} {tail:?}");
            }
            let each: Vec<_> = bytes.chunks(1).collect();
            assert_eq!(named(&heard(&each, ms(5), owed)), name, "{bytes:?} byte by byte");
        }
    }
}

#[test]
fn an_escape_alone_is_a_key_soon() {
    let mut units = Units::new();
    assert_eq!(units.feed(b"\x1b", ms(100)), []);
    assert_eq!(units.due(), Some(ms(100) + ESCAPE));
    assert_eq!(units.expire(ms(149)), []);
    assert_eq!(units.expire(ms(150)), [Unit::Whole { escaped: false, bytes: vec![0x1b] }]);
    assert_eq!(units.due(), None);
    assert_eq!(named(&heard(&[b"\x1b", b"j"], ms(60), false)), "esc j");
    assert_eq!(named(&heard(&[b"\x1b", b"\x1b"], ms(60), false)), "esc esc");
    assert_eq!(named(&heard(&[b"\x1b["], ms(60), false)), "alt-[");
}

#[test]
fn an_answer_torn_apart_types_nothing() {
    // Later than any Escape waits: the Escape counts as pressed, the rest is still seen for what it is.
    for bytes in [&b"\x1b[0n"[..], b"\x1b]11;rgb:ff/ff/ff\x1b\\", b"\x1b[?62;22c"] {
        let inputs = heard(&[&bytes[..1], &bytes[1..]], ms(700), true);
        assert_eq!(inputs[0], Input::Key(Key::plain(Code::Esc)));
        assert!(matches!(inputs[1..], [Input::Answered(_)]), "{}", named(&inputs));
    }
    // What a hand types after such an Escape is typed.
    assert_eq!(named(&heard(&[b"\x1b", b"[", b"j"], ms(700), true)), "esc [ j");
    assert_eq!(named(&heard(&[b"\x1b", b"[1x"], ms(700), true)), "esc [ 1 x");
}

#[test]
fn what_never_ends_is_dropped_and_what_follows_is_heard() {
    let mut long = b"\x1b]52;c;".to_vec();
    long.extend(std::iter::repeat_n(b'A', 100_000));
    assert_eq!(named(&heard(&[&long, b"\x07j"], ms(5), false)), "j");
    assert_eq!(named(&heard(&[&long, b"j"], ms(700), false)), "j");
    let mut long = b"\x1b[".to_vec();
    long.extend(std::iter::repeat_n(b'1', 10_000));
    assert_eq!(named(&heard(&[&long, b"mj"], ms(5), false)), "j");
    assert_eq!(named(&heard(&[b"\x1b[12\x03", b"j"], ms(5), false)), "ctrl-c j");
    assert_eq!(named(&heard(&[b"\xff\xc0\xe2\x82j\xe2(k"], ms(5), false)), "j ( k");
}

#[test]
fn a_long_paste_comes_in_pieces_and_loses_nothing() {
    let text: String = ('a'..='z').cycle().take(LONGEST_PASTE * 2 + 12_345).collect();
    let said = format!("\x1b[200~{text}\x1b[201~");
    let inputs = heard(&[said.as_bytes()], ms(0), false);
    let pasted: String = inputs
        .iter()
        .map(|input| match input {
            Input::Pasted(text) => text.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((pasted.len(), pasted == text), (text.len(), true));
}

#[test]
fn keys_typed_after_a_paste_are_keys() {
    assert_eq!(named(&heard(&[b"\x1b[200~x\x1b[201~", b"\r"], ms(200), false)), "\"x\" enter");
    assert_eq!(named(&heard(&[b"\x1b[200~x\x1b[201~j\x1b[A"], ms(0), false)), "\"x\" j up");
}

proptest! {
    /// Whatever comes, in whatever pieces: no panic, nothing is held for ever, and what is typed after is heard.
    #[test]
    fn no_bytes_make_it_deaf(pieces in prop::collection::vec((prop::collection::vec(prop_oneof![
        4 => any::<u8>(), 2 => Just(0x1b), 1 => Just(b'['), 1 => Just(b'~'), 1 => Just(b']')], 0..40), 0_u64..800), 0..12), owed: bool) {
        let mut units = Units::new();
        units.owes(owed);
        let mut now = Duration::ZERO;
        let mut all = Vec::new();
        for (bytes, gap) in &pieces {
            units.feed(bytes, now);
            all.extend_from_slice(bytes);
            now += ms(*gap);
            units.expire(now);
        }
        // A paste that has begun goes on until it says that it ends.
        units.feed(PASTE_ENDS, now);
        while let Some(due) = units.due() {
            now = now.max(due);
            units.expire(now);
        }
        let heard = units.feed(b"j", now + ms(1_000));
        prop_assert_eq!(heard, vec![Unit::Whole { escaped: false, bytes: b"j".to_vec() }], "{:?}", all);
    }
}
