//! Every Unicode scalar in five contexts through the sanitiser, and a sample of them through a terminal.

use super::{SafeText, for_model, graphemes_with_width};
use std::ops::RangeInclusive;

/// Every scalar there is.
const SCALARS: [RangeInclusive<u32>; 2] = [0..=0xd7ff, 0xe000..=0x10_ffff];

/// What must never come out: controls, bidi controls and marks, zero width, tags outside flags.
fn steers_or_hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn judge(safe: &SafeText, breaks: bool, c: char, context: &str) {
    let text = safe.as_str();
    assert!(
        !text.chars().any(|out| steers_or_hides(out) && !(breaks && out == '\n')),
        "U+{:04X} {context}: {text:?}",
        u32::from(c)
    );
    let mut widest = 0;
    for line in text.split('\n') {
        let mut sum = 0;
        for (cluster, width) in graphemes_with_width(line) {
            assert!(width > 0, "U+{:04X} {context}: {cluster:?} of {text:?} has no width", u32::from(c));
            assert!(cluster.len() <= 64, "U+{:04X} {context}: {cluster:?} is too long", u32::from(c));
            sum += width;
        }
        widest = widest.max(sum);
    }
    assert_eq!(safe.width(), widest, "U+{:04X} {context}", u32::from(c));
}

fn judge_scalar(c: char, raw: &mut String) {
    let contexts =
        [("", "", "alone"), ("wo", "rd", "in a word"), ("end", "", "at the end"), ("\u{1f600}", "x", "after an emoji")];
    for (before, after, context) in contexts {
        raw.clear();
        raw.push_str(before);
        raw.push(c);
        raw.push_str(after);
        let message = SafeText::message(raw);
        judge(&message, true, c, context);
        if message.as_str() != raw {
            assert_eq!(SafeText::message(message.as_str()).as_str(), message.as_str(), "U+{:04X} {context}", c as u32);
        }
    }
    raw.clear();
    raw.push('a');
    raw.push(c);
    raw.push('b');
    judge(&SafeText::line(raw), false, c, "as a line");
}

fn scalars() -> impl Iterator<Item = char> {
    SCALARS.into_iter().flatten().filter_map(char::from_u32)
}

#[test]
fn no_scalar_in_any_context_steers_a_terminal_or_hides() {
    assert_eq!(scalars().count(), 1_112_064);
    std::thread::scope(|scope| {
        for part in 0..2 {
            scope.spawn(move || {
                let mut raw = String::new();
                scalars().skip(part).step_by(2).for_each(|c| judge_scalar(c, &mut raw));
            });
        }
    });
}

/// Counts whatever a terminal does beside showing characters.
#[derive(Default)]
struct Alarms(usize);

impl vt100::Callbacks for Alarms {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.0 += 1;
    }
    fn visual_bell(&mut self, _: &mut vt100::Screen) {
        self.0 += 1;
    }
    fn resize(&mut self, _: &mut vt100::Screen, _: (u16, u16)) {
        self.0 += 1;
    }
    fn set_window_icon_name(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.0 += 1;
    }
    fn set_window_title(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.0 += 1;
    }
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], _: &[u8]) {
        self.0 += 1;
    }
    fn paste_from_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.0 += 1;
    }
    fn unhandled_control(&mut self, _: &mut vt100::Screen, _: u8) {
        self.0 += 1;
    }
    fn unhandled_escape(&mut self, _: &mut vt100::Screen, _: Option<u8>, _: Option<u8>, _: u8) {
        self.0 += 1;
    }
    fn unhandled_csi(&mut self, _: &mut vt100::Screen, _: Option<u8>, _: Option<u8>, _: &[&[u16]], _: char) {
        self.0 += 1;
    }
    fn unhandled_osc(&mut self, _: &mut vt100::Screen, _: &[&[u8]]) {
        self.0 += 1;
    }
}

/// Draws a text line by line, as a widget does, and says what the terminal did beside it.
fn draw(safe: &SafeText) -> (vt100::Parser<Alarms>, Vec<(u16, u16)>) {
    let mut terminal = vt100::Parser::new_with_callbacks(24, 200, 0, Alarms::default());
    let mut ends = Vec::new();
    for line in safe.lines().take(20) {
        terminal.process(line.as_bytes());
        ends.push(terminal.screen().cursor_position());
        terminal.process(b"\r\n");
    }
    (terminal, ends)
}

fn judge_on_terminal(raw: &str) {
    for safe in [SafeText::message(raw), SafeText::line_within(raw, 80), SafeText::evidence(raw)] {
        let (terminal, ends) = draw(&safe);
        assert_eq!(terminal.callbacks().0, 0, "{raw:?} became {safe:?}");
        for (row, (line, end)) in safe.lines().zip(&ends).enumerate() {
            assert_eq!(usize::from(end.0), row, "{raw:?} moved off its row as {safe:?}");
            // This terminal measures by character, and drops U+FFFD.
            let by_character = line.chars().count() == graphemes_with_width(line).count();
            if by_character && !line.contains('\u{fffd}') {
                let width: usize = graphemes_with_width(line).map(|(_, width)| width).sum();
                assert_eq!(usize::from(end.1), width, "{raw:?} has another width as {safe:?}");
            }
        }
        assert!(!terminal.screen().bold() && !terminal.screen().inverse() && !terminal.screen().alternate_screen());
    }
}

#[test]
fn a_terminal_stays_on_its_row_for_a_sample_of_scalars_and_for_known_attacks() {
    let sample = (0..0x300).filter_map(char::from_u32).chain(scalars().step_by(997));
    for c in sample {
        judge_on_terminal(&format!("a{c}b"));
    }
    for attack in [
        "\u{1b}[2J\u{1b}[H\u{1b}]0;owned\u{7}",
        "\u{1b}]52;c;cm0gLXJm\u{7}\u{1b}]8;;http://evil\u{1b}\\click",
        "\u{9b}31m\u{9d}0;title\u{9c}\u{90}q\u{9c}",
        "fine\rforged line\u{8}\u{8}\u{8}",
        "\u{1b}P$q\"p\u{1b}\\\u{1b}[6n\u{1b}[c\u{1b}[21t",
        "cut \u{1b}[",
        "cut \u{1b}]0;",
        "\u{202e}gnp.exe\u{202c}\u{2066}",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "\u{1b}[201~rm -rf /\n\u{1b}[?1049h",
        "a\u{b}b\u{c}c\u{84}d\u{85}e\u{8d}f",
    ] {
        judge_on_terminal(attack);
    }
}

#[test]
fn no_scalar_that_hides_reaches_a_model() {
    for c in scalars() {
        let seen = for_model(&format!("a{c}b"));
        assert!(
            !seen.chars().any(|out| steers_or_hides(out) && !matches!(out, '\n' | '\t')),
            "U+{:04X} became {seen:?}",
            u32::from(c)
        );
    }
}
