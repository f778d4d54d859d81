mod scalars;

use super::*;
use proptest::prelude::*;
use ratatui::{
    Terminal,
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};

const WIDE: u16 = 24;
const HIGH: u16 = 6;

fn terminal(width: u16, height: u16, level: ColorLevel) -> Terminal<Paint<Vec<u8>>> {
    Terminal::new(Paint::new(Vec::new(), Size::new(width, height), level)).unwrap()
}

/// Shows `buffer` and gives the bytes it took.
fn show(terminal: &mut Terminal<Paint<Vec<u8>>>, buffer: &Buffer, cursor: Option<Position>) -> Vec<u8> {
    terminal
        .draw(|frame| {
            frame.buffer_mut().clone_from(buffer);
            if let Some(at) = cursor {
                frame.set_cursor_position(at);
            }
        })
        .unwrap();
    std::mem::take(terminal.backend_mut().out())
}

fn seen(colour: vt100::Color) -> Color {
    match colour {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Idx(n) => Color::Indexed(n),
        vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

/// What differs between a screen and the buffer it should show; `settled` columns only.
fn difference(screen: &vt100::Screen, buffer: &Buffer, level: ColorLevel, doubtful: bool) -> Option<String> {
    for y in 0..buffer.area.height {
        let mut x = 0;
        while x < buffer.area.width {
            let cell = &buffer[(x, y)];
            let width = cell.cell_width().max(1);
            let pen = pen::Palette::new(level).pen_of(cell);
            let there = screen.cell(y, x).unwrap();
            let unsure = doubtful && cell.symbol().chars().count() > 1;
            let text = if there.contents().is_empty() { " " } else { there.contents() };
            let blank = cell.symbol() == " ";
            let marks = [
                (Modifier::BOLD, there.bold(), false),
                (Modifier::DIM, there.dim(), false),
                (Modifier::ITALIC, there.italic(), false),
                (Modifier::UNDERLINED, there.underline(), true),
                (Modifier::REVERSED, there.inverse(), true),
            ];
            let marked =
                marks.iter().all(|(mark, is, on_blank)| (blank && !on_blank) || pen.marks.contains(*mark) == *is);
            let ground = seen(there.bgcolor()) == pen.bg;
            let inked = blank && !pen.marks.contains(Modifier::REVERSED) && !pen.marks.contains(Modifier::UNDERLINED);
            let ink = inked || seen(there.fgcolor()) == pen.fg;
            if !unsure && (text != cell.symbol() || !marked || !ground || !ink) {
                return Some(format!("at {x},{y}: wanted {cell:?}, shown {text:?} {there:?}"));
            }
            x += width;
        }
    }
    None
}

fn style() -> impl Strategy<Value = Style> {
    let colour = prop_oneof![
        4 => Just(Color::Reset),
        2 => (0_u8..16).prop_map(Color::Indexed),
        1 => (16_u8..=255).prop_map(Color::Indexed),
        1 => any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
    ];
    let marks = prop_oneof![
        3 => Just(Modifier::empty()),
        1 => (0_u16..32).prop_map(|bits| Modifier::from_bits_truncate(bits & 0b1111) | if bits & 16 > 0 { Modifier::REVERSED } else { Modifier::empty() }),
    ];
    (colour.clone(), colour, marks).prop_map(|(fg, bg, marks)| Style::new().fg(fg).bg(bg).add_modifier(marks))
}

fn word(doubtful: bool) -> BoxedStrategy<String> {
    let sure =
        prop_oneof!["[a-z ]{1,12}", "[ ]{1,20}", "[王小明的我a]{1,6}", "[─│é ]{1,4}", "[اهلبحد]{1,5}", "[가나다]{1,4}"];
    if doubtful {
        let odd = prop::sample::select(vec!["👩‍👩‍👧", "❤️", "🇩🇪", "e\u{301}", "👍🏽", "🤌", "क्षि"]).prop_map(str::to_owned);
        prop_oneof![3 => sure, 1 => odd].boxed()
    } else {
        sure.boxed()
    }
}

type Scrap = (u16, u16, String, Style);
/// Whether the screen is cleaned first, and what is put on it.
type Step = (bool, Vec<Scrap>);

/// Scraps of styled text here and there, on top of what was there or on a clean screen.
fn scraps(doubtful: bool) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(
        (any::<bool>(), prop::collection::vec((0..WIDE, 0..HIGH, word(doubtful), style()), 0..12)),
        1..6,
    )
}

fn play(frames: Vec<Step>, level: ColorLevel, doubtful: bool) -> Result<(), TestCaseError> {
    let mut terminal = terminal(WIDE, HIGH, level);
    let mut parser = vt100::Parser::new(HIGH, WIDE, 0);
    let mut buffer = Buffer::empty(Rect::new(0, 0, WIDE, HIGH));
    for (fresh, scraps) in frames {
        if fresh {
            buffer.reset();
        }
        for (x, y, text, style) in &scraps {
            buffer.set_string(*x, *y, text, *style);
            // What ratatui's own text does never leaves half of a wide cluster; our scraps may.
            mend(&mut buffer, *y);
        }
        let at = scraps.first().map(|(x, y, ..)| Position::new(*x, *y));
        let bytes = show(&mut terminal, &buffer, at);
        parser.process(&bytes);
        if let Some(difference) = difference(parser.screen(), &buffer, level, doubtful) {
            return Err(TestCaseError::fail(difference));
        }
        if let Some(at) = at {
            prop_assert_eq!(parser.screen().cursor_position(), (at.y, at.x));
        }
        prop_assert!(show(&mut terminal, &buffer, at).is_empty());
    }
    Ok(())
}

/// Blanks the cells behind wide clusters, and heads that lost their second half.
fn mend(buffer: &mut Buffer, y: u16) {
    let mut x = 0;
    while x < buffer.area.width {
        let width = buffer[(x, y)].cell_width().max(1);
        if x + width > buffer.area.width {
            buffer[(x, y)].set_symbol(" ");
        }
        let style = buffer[(x, y)].style();
        for behind in x + 1..(x + width).min(buffer.area.width) {
            buffer[(behind, y)].set_symbol(" ").set_style(style);
            buffer[(behind, y)].modifier = style.add_modifier;
        }
        x += width;
    }
}

proptest! {
    #[test]
    fn the_screen_shows_the_buffer_whatever_came_before(frames in scraps(false)) {
        play(frames, ColorLevel::True, false)?;
    }

    #[test]
    fn with_fewer_colours_the_screen_shows_the_nearest(frames in scraps(false)) {
        play(frames.clone(), ColorLevel::Sixteen, false)?;
        play(frames, ColorLevel::None, false)?;
    }

    #[test]
    fn clusters_of_doubtful_width_move_nothing_beside_them(frames in scraps(true)) {
        play(frames, ColorLevel::Indexed, true)?;
    }
}

#[test]
fn a_frame_without_a_change_is_not_written() {
    let mut terminal = terminal(20, 3, ColorLevel::True);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 3));
    buffer.set_string(2, 1, "hello", Style::new().fg(Color::Red));
    assert!(show(&mut terminal, &buffer, None).starts_with(b"\x1b[?2026h\x1b[m\x1b[H\x1b[2J"));
    assert!(show(&mut terminal, &buffer, None).is_empty());
    assert_eq!(terminal.backend_mut().last_frame(), 0);
    terminal.backend_mut().forget();
    assert!(show(&mut terminal, &buffer, None).ends_with(b"\x1b[H\x1b[2J\n\x1b[2C\x1b[31mhello\x1b[?25l\x1b[?2026l"));
}

#[test]
fn a_request_for_a_sign_of_life_ends_the_next_frame_that_says_something() {
    let mut terminal = terminal(20, 3, ColorLevel::True);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 3));
    show(&mut terminal, &buffer, Some(Position::new(3, 2)));
    terminal.backend_mut().ask_after(Some(0));
    assert!(show(&mut terminal, &buffer, Some(Position::new(3, 2))).is_empty());
    buffer.set_string(0, 0, "x", Style::new());
    assert_eq!(show(&mut terminal, &buffer, Some(Position::new(1, 0))), b"\x1b[?2026h\x1b[Hx\x1b[?2026l\x1b[5n");
    terminal.backend_mut().ask_after(Some(60));
    buffer.set_string(0, 0, "y", Style::new());
    assert!(!show(&mut terminal, &buffer, None).ends_with(b"\x1b[5n"));
    buffer.set_string(0, 1, "x".repeat(20), Style::new());
    buffer.set_string(0, 2, "a b c d e f g h i j", Style::new());
    assert!(show(&mut terminal, &buffer, None).ends_with(b"\x1b[5n"), "some frames later it is due");
    terminal.backend_mut().ask_after(None);
    buffer.set_string(0, 1, "y".repeat(20), Style::new());
    assert!(!show(&mut terminal, &buffer, None).ends_with(b"\x1b[5n"));
}

#[test]
fn a_cell_never_speaks_to_the_terminal() {
    let mut terminal = terminal(10, 1, ColorLevel::True);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 1));
    buffer[(1, 0)].set_symbol("a\x1b[2Jb");
    buffer[(4, 0)].set_symbol("x\u{9b}2J");
    let bytes = show(&mut terminal, &buffer, None);
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains('\u{9b}'));
    assert_eq!(text.matches("\x1b[2J").count(), 1, "only our own");
}

#[test]
fn another_size_draws_everything_anew() {
    let mut terminal = terminal(20, 3, ColorLevel::True);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 3));
    buffer.set_string(0, 0, "before", Style::new());
    show(&mut terminal, &buffer, None);
    terminal.backend_mut().set_size(Size::new(12, 2));
    let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
    buffer.set_string(0, 1, "after", Style::new());
    let bytes = show(&mut terminal, &buffer, None);
    let mut parser = vt100::Parser::new(2, 12, 0);
    parser.process(&bytes);
    assert_eq!(difference(parser.screen(), &buffer, ColorLevel::True, false), None);
}
