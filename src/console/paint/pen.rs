//! What a cell looks like apart from its text, and the shortest way from one look to the next.

use ratatui::{
    buffer::Cell,
    style::{Color, Modifier},
};
use std::io::Write;

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorLevel {
    /// None, by wish (`NO_COLOR`) or by nature.
    None,
    /// The sixteen with names.
    Sixteen,
    /// The cube and the greys.
    Indexed,
    /// All.
    #[default]
    True,
}

/// Colours and attributes, already within what the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) marks: Modifier,
}

/// Attributes that show on a blank cell.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK);

/// Finds pens for cells. Remembers the colours that it looked up: there are few on a screen, and the nearest one of 256 is
/// dear to find.
#[derive(Debug)]
pub(super) struct Palette {
    level: ColorLevel,
    /// Asked and found; [`KNOWN`] at most, then it begins anew.
    known: Vec<(Color, Color)>,
}

/// Colours that are remembered: more than any theme has.
const KNOWN: usize = 64;

impl Palette {
    pub(super) fn new(level: ColorLevel) -> Self {
        Self { level, known: Vec::new() }
    }

    pub(super) fn level(&self) -> ColorLevel {
        self.level
    }

    /// The pen of a cell.
    pub(super) fn pen_of(&mut self, cell: &Cell) -> Pen {
        Pen { fg: self.nearest(cell.fg), bg: self.nearest(cell.bg), marks: Pen::marks_of(cell) }
    }

    fn nearest(&mut self, asked: Color) -> Color {
        if self.level == ColorLevel::True || !matches!(asked, Color::Rgb(..) | Color::Indexed(_)) {
            return within(asked, self.level);
        }
        if let Some((_, found)) = self.known.iter().find(|(known, _)| *known == asked) {
            return *found;
        }
        let found = within(asked, self.level);
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        self.known.push((asked, found));
        found
    }
}

impl Pen {
    fn marks_of(cell: &Cell) -> Modifier {
        // Nothing blinks here, and hidden text would be a lie.
        let mut marks = cell.modifier.difference(Modifier::SLOW_BLINK | Modifier::RAPID_BLINK | Modifier::HIDDEN);
        if marks.contains(Modifier::BOLD) {
            // Terminals differ in what both at once are.
            marks.remove(Modifier::DIM);
        }
        marks
    }

    /// Whether blanks in both pens look the same.
    pub(super) fn looks_blank_as(self, other: Self) -> bool {
        let seen = self.marks & SEEN_ON_BLANK;
        self.bg == other.bg && seen == other.marks & SEEN_ON_BLANK && (seen.is_empty() || self.fg == other.fg)
    }

    /// Writes what turns `from` (unknown: anything) into `self`.
    pub(super) fn take_up(self, out: &mut Vec<u8>, from: Option<Self>) {
        if from == Some(self) {
            return;
        }
        if self == Self::default() {
            out.extend_from_slice(b"\x1b[m");
            return;
        }
        out.extend_from_slice(b"\x1b[");
        let start = out.len();
        if let Some(from) = from {
            self.params(out, from);
        }
        let middle = out.len();
        out.extend_from_slice(b"0;");
        self.params(out, Self::default());
        if from.is_some() && middle - start <= out.len() - middle {
            out.truncate(middle);
        } else {
            out.drain(start..middle);
        }
        // The last semicolon becomes the end.
        out.pop();
        out.push(b'm');
    }

    /// The parameters that change `from` into `self`, each with a semicolon after it.
    fn params(self, out: &mut Vec<u8>, from: Self) {
        let gone = from.marks.difference(self.marks);
        let mut come = self.marks.difference(from.marks);
        if gone.intersects(Modifier::BOLD | Modifier::DIM) {
            // One code ends both.
            out.extend_from_slice(b"22;");
            come |= self.marks & (Modifier::BOLD | Modifier::DIM);
        }
        for (mark, on, off) in [
            (Modifier::BOLD, "1;", ""),
            (Modifier::DIM, "2;", ""),
            (Modifier::ITALIC, "3;", "23;"),
            (Modifier::UNDERLINED, "4;", "24;"),
            (Modifier::REVERSED, "7;", "27;"),
            (Modifier::CROSSED_OUT, "9;", "29;"),
        ] {
            if come.contains(mark) {
                out.extend_from_slice(on.as_bytes());
            } else if gone.contains(mark) {
                out.extend_from_slice(off.as_bytes());
            }
        }
        if self.fg != from.fg {
            colour(out, self.fg, 30);
        }
        if self.bg != from.bg {
            colour(out, self.bg, 40);
        }
    }
}

/// The parameter for a colour; `base` is 30 for text, 40 for ground. Writing to a `Vec` cannot fail.
fn colour(out: &mut Vec<u8>, colour: Color, base: u8) {
    let _ = match (colour, named(colour)) {
        (_, Some(n @ 0..8)) => write!(out, "{};", base + n),
        (_, Some(n)) => write!(out, "{};", base + 52 + n),
        (Color::Indexed(n), None) => write!(out, "{};5;{n};", base + 8),
        (Color::Rgb(r, g, b), None) => write!(out, "{};2;{r};{g};{b};", base + 8),
        (_, None) => write!(out, "{};", base + 9),
    };
}

/// The number of a colour among the sixteen.
fn named(colour: Color) -> Option<u8> {
    Some(match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(n @ 0..16) => n,
        _ => return None,
    })
}

/// The nearest colour that the terminal has.
fn within(colour: Color, level: ColorLevel) -> Color {
    match (level, colour) {
        (ColorLevel::None, _) | (_, Color::Reset) => Color::Reset,
        (ColorLevel::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(nearest(r, g, b, 16..=255)),
        (ColorLevel::Sixteen, Color::Rgb(r, g, b)) => Color::Indexed(nearest(r, g, b, 0..=15)),
        (ColorLevel::Sixteen, Color::Indexed(n @ 16..)) => {
            let (r, g, b) = rgb(n);
            Color::Indexed(nearest(r, g, b, 0..=15))
        }
        _ => named(colour).map_or(colour, Color::Indexed),
    }
}

fn nearest(r: u8, g: u8, b: u8, among: std::ops::RangeInclusive<u8>) -> u8 {
    let far = |n: u8| {
        let (r2, g2, b2) = rgb(n);
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        // Eyes see green best and blue least.
        3 * square(r, r2) + 4 * square(g, g2) + 2 * square(b, b2)
    };
    among.min_by_key(|n| far(*n)).unwrap_or(7)
}

/// The usual values of the 256 colours, by xterm's formula.
pub(super) fn rgb(n: u8) -> (u8, u8, u8) {
    const NAMED: [(u8, u8, u8); 16] = [
        (0, 0, 0),
        (205, 0, 0),
        (0, 205, 0),
        (205, 205, 0),
        (0, 0, 238),
        (205, 0, 205),
        (0, 205, 205),
        (229, 229, 229),
        (127, 127, 127),
        (255, 0, 0),
        (0, 255, 0),
        (255, 255, 0),
        (92, 92, 255),
        (255, 0, 255),
        (0, 255, 255),
        (255, 255, 255),
    ];
    match n {
        0..16 => NAMED.get(usize::from(n)).copied().unwrap_or_default(),
        16..232 => {
            let part = |i: u8| if i == 0 { 0 } else { 55 + 40 * i };
            let n = n - 16;
            (part(n / 36), part(n / 6 % 6), part(n % 6))
        }
        232.. => {
            let grey = 8 + 10 * (n - 232);
            (grey, grey, grey)
        }
    }
}
