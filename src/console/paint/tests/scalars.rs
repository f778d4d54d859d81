//! Every Unicode scalar in five contexts, from the sanitiser through the painter to a terminal.
//!
//! Each case stands between two fences. What it is must not leave its place: nothing but our own sequences is written,
//! and each fence is where it was put. All 5.56 million cases take minutes: `CENTAUR_SCALARS=all` runs them, else each
//! 61st scalar and all of the first 12,288 are tried.

use super::super::judge::Judges;
use super::{show, terminal};
use crate::{
    console::{
        paint::ColorLevel,
        theme::{Role, Theme},
        widgets::{Ink, frame, glyphs},
    },
    domain::text::SafeText,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// The columns of a case with its fences.
const PLACE: u16 = 20;
const PLACES: u16 = 12;
const ROWS: u16 = 40;
const FENCE: &str = "|";

fn scalars() -> Box<dyn Iterator<Item = char>> {
    let all = (0..=0x0010_ffff).filter_map(char::from_u32);
    match std::env::var("CENTAUR_SCALARS").as_deref() {
        Ok("all") => Box::new(all),
        _ => Box::new(all.enumerate().filter(|(n, _)| *n < 0x3000 || n % 61 == 0).map(|(_, c)| c)),
    }
}

/// Draws one case from `x` on.
fn put(ink: &mut Ink<'_>, x: u16, y: u16, c: char, context: usize) {
    let (from, right) = (x + 1, x + PLACE - 1);
    let style = ink.style(Role::Text);
    ink.put(x, y, x + 1, FENCE, style);
    ink.put(right, y, right + 1, FENCE, style);
    let raw = match context {
        0 => c.to_string(),
        1 => format!("wo{c}rd"),
        2 => format!("end{c}"),
        3 => format!("\u{1f600}{c}x"),
        _ => format!("a{c}b"),
    };
    if context == 4 {
        frame::title(ink, from, y, right, &SafeText::line(&raw), Role::Title);
        return;
    }
    // A message may have become several lines; the first stands in for each.
    let line = SafeText::message(&raw).within(usize::from(PLACE) - 2);
    if context == 2 {
        ink.put_right(from, y, right, &line, style);
    } else {
        ink.put_cut(from, y, right, &line, style);
    }
}

#[test]
fn no_scalar_in_any_context_leaves_its_place_on_a_terminal() {
    let theme = Theme::built_in("dark", ColorLevel::True).unwrap();
    let area = Rect::new(0, 0, PLACE * PLACES, ROWS);
    let mut screen = terminal(area.width, area.height, ColorLevel::True);
    let mut judges = Judges::new(area.width, area.height);
    let mut cases = scalars().flat_map(|c| (0..5).map(move |context| (c, context))).peekable();
    let mut count = 0;
    while cases.peek().is_some() {
        let mut buffer = Buffer::empty(area);
        let mut ink = Ink { buffer: &mut buffer, theme: &theme, glyphs: &glyphs::UNICODE };
        let places = (0..ROWS).flat_map(|y| (0..PLACES).map(move |at| (at * PLACE, y)));
        let drawn: Vec<_> = places.zip(&mut cases).collect();
        for ((x, y), (c, context)) in &drawn {
            put(&mut ink, *x, *y, *c, *context);
        }
        count += drawn.len();
        let foreign = judges.see(&show(&mut screen, &buffer, None));
        let first = drawn.first().map(|(_, (c, _))| u32::from(*c)).unwrap_or_default();
        assert_eq!(foreign, Vec::<String>::new(), "in the frame from U+{first:04X} on");
        let moved = judges.out_of_place(&buffer, |symbol| symbol == FENCE);
        assert_eq!(moved, None, "in the frame from U+{first:04X} on");
    }
    println!("{count} cases on a terminal, 0 out of place");
    assert!(count >= 100_000, "{count}");
}

#[test]
fn the_judges_find_what_is_not_ours_and_what_was_moved() {
    let mut judges = Judges::new(20, 2);
    for bad in [
        &b"\x1b]0;owned\x07"[..],
        b"\x1b]52;c;aGk=\x1b\\",
        b"\x07",
        b"\x1b[6n",
        b"\x1b[?1000h",
        b"\x1bc",
        b"\x1bP$q\x1b\\",
        b"\x1b[21t",
        "\u{202e}".as_bytes(),
        "\u{9b}2J".as_bytes(),
    ] {
        assert!(!judges.see(bad).is_empty(), "{bad:?}");
    }
    let mut judges = Judges::new(20, 2);
    assert_eq!(judges.see("\x1b[?2026h\x1b[m\x1b[H\x1b[2Ja|\r\nb\x1b[?2026l\x1b[5n".as_bytes()), Vec::<String>::new());
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 2));
    buffer[(1, 0)].set_symbol("|");
    assert_eq!(judges.out_of_place(&buffer, |symbol| symbol == FENCE), None);
    buffer[(2, 0)].set_symbol("|");
    assert!(judges.out_of_place(&buffer, |symbol| symbol == FENCE).is_some());
}
