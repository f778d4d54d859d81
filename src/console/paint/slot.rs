//! A grid of what stands in each cell of the screen, wide characters and their second halves included.

use super::pen::Pen;
use ratatui::{buffer::Cell, layout::Size};
use unicode_width::UnicodeWidthChar as _;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// The cluster in ratatui's small string; its style is not used.
    cell: Cell,
    pub(super) pen: Pen,
    pub(super) width: Width,
}

/// How a cell takes part in a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// What a wide cluster before it covers.
    Trail,
    One,
    Two,
    /// So many columns by our tables; terminals disagree, so the cursor is set anew after it.
    Doubtful(u8),
}

impl Width {
    pub(super) fn columns(self) -> u16 {
        match self {
            Self::Trail => 0,
            Self::One => 1,
            Self::Two => 2,
            Self::Doubtful(columns) => u16::from(columns),
        }
    }
}

impl Slot {
    fn blank(pen: Pen) -> Self {
        Self { cell: Cell::EMPTY, pen, width: Width::One }
    }

    pub(super) fn symbol(&self) -> &str {
        self.cell.symbol()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.width == Width::One && self.symbol() == " "
    }

    /// A blank with nothing to see: what erasing leaves behind.
    pub(super) fn is_erased(&self) -> bool {
        self.is_blank() && self.pen.looks_blank_as(Pen::default())
    }

    /// Whether both look the same on the screen.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        if self.is_blank() && other.is_blank() { self.pen.looks_blank_as(other.pen) } else { self == other }
    }
}

/// The cells of a screen, row by row.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    width: u16,
    height: u16,
    slots: Vec<Slot>,
    /// Rows that were put to since they were last taken over: only those can differ from what is shown.
    touched: Vec<bool>,
}

impl Grid {
    pub(super) fn blank(size: Size) -> Self {
        let cells = usize::from(size.width) * usize::from(size.height);
        let slots = vec![Slot::blank(Pen::default()); cells];
        Self { width: size.width, height: size.height, slots, touched: vec![false; usize::from(size.height)] }
    }

    /// Whether a row was put to since it was last taken over.
    pub(super) fn is_touched(&self, y: u16) -> bool {
        self.touched.get(usize::from(y)).is_some_and(|touched| *touched)
    }

    /// Nothing is known of the other side: every row counts as touched.
    pub(super) fn touch_all(&mut self) {
        self.touched.fill(true);
    }

    /// Becomes like `other`, of the same size, by its touched rows.
    pub(super) fn take_over(&mut self, other: &mut Self) {
        let width = usize::from(self.width).max(1);
        let rows = self.slots.chunks_mut(width).zip(other.slots.chunks(width));
        for ((mine, theirs), touched) in rows.zip(&mut other.touched) {
            if std::mem::take(touched) {
                mine.clone_from_slice(theirs);
            }
        }
    }

    pub(super) fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }

    /// The cells of a row; none below the last.
    pub(super) fn row(&self, y: u16) -> &[Slot] {
        let start = usize::from(y) * usize::from(self.width);
        self.slots.get(start..start + usize::from(self.width)).unwrap_or(&[])
    }

    fn index(&self, x: u16, y: u16) -> Option<usize> {
        (x < self.width && y < self.height).then(|| usize::from(y) * usize::from(self.width) + usize::from(x))
    }

    /// Puts a cluster of `columns` at a cell. What it cuts in half becomes blank; what does not fit becomes a blank.
    pub(super) fn put(&mut self, x: u16, y: u16, symbol: &str, columns: u16, pen: Pen) {
        let Some(at) = self.index(x, y) else { return };
        if let Some(touched) = self.touched.get_mut(usize::from(y)) {
            *touched = true;
        }
        let fits = (1..=9).contains(&columns) && x + columns <= self.width;
        let (symbol, columns) = if fits { (symbol, columns) } else { (" ", 1) };
        for offset in 0..usize::from(columns) {
            self.part(at + offset);
        }
        let Some(slot) = self.slots.get_mut(at) else { return };
        slot.pen = pen;
        let mut only = [0; 4];
        let (symbol, columns) = if symbol.chars().any(char::is_control) {
            // A cell must not speak to the terminal, whoever filled it.
            ("\u{fffd}", 1)
        } else if usize::from(x) + widest(symbol) > usize::from(self.width) {
            // A terminal that knows no clusters would break the line here: its first part must do.
            match symbol.chars().next().filter(|c| c.width() == Some(usize::from(columns))) {
                Some(first) => (&*first.encode_utf8(&mut only), columns),
                None => ("?", 1),
            }
        } else {
            (symbol, columns)
        };
        slot.cell.set_symbol(symbol);
        slot.width = width_of(symbol, columns);
        for behind in self.slots.iter_mut().skip(at + 1).take(usize::from(columns) - 1) {
            *behind = Slot::blank(pen);
            behind.width = Width::Trail;
        }
    }

    /// Takes apart the wide cluster that a cell belongs to, if any.
    fn part(&mut self, at: usize) {
        let trails = |slot: &Slot| slot.width == Width::Trail;
        let Some(head) = self.slots.get(..=at).and_then(|before| before.iter().rposition(|slot| !trails(slot))) else {
            return;
        };
        let behind = self.slots.iter().skip(head + 1).take_while(|slot| trails(slot)).count();
        if behind > 0 {
            // What widgets leave under the rest is blanks that look like the head, and ratatui does not always say so.
            for part in self.slots.iter_mut().skip(head).take(1 + behind) {
                *part = Slot::blank(part.pen);
            }
        }
    }
}

/// How many columns a cluster takes on a terminal that knows no clusters.
pub(super) fn widest(symbol: &str) -> usize {
    symbol.chars().map(|c| c.width().unwrap_or(0).max(usize::from(c == '\u{fe0f}'))).sum()
}

/// One or two columns where all terminals agree, else doubtful: clusters of several scalars (joiners, selectors, marks,
/// flags), and scalars whose width changed between versions of Unicode.
fn width_of(symbol: &str, columns: u16) -> Width {
    let mut chars = symbol.chars();
    let settled = chars.next().is_some_and(|c| !is_unsettled(c)) && chars.next().is_none();
    match (settled, columns) {
        (true, 1) => Width::One,
        (true, 2) => Width::Two,
        _ => Width::Doubtful(u8::try_from(columns).unwrap_or(1)),
    }
}

/// Flags' letters, skin tones, jamo, spacing marks that stand alone, emoji newer than 2016, and the sign for what is no
/// character, which some leave out.
fn is_unsettled(c: char) -> bool {
    matches!(u32::from(c),
        0x0903..=0x0dff | 0x1000..=0x109f | 0x1160..=0x11ff | 0x1780..=0x17ff | 0x1f1e6..=0x1f1ff | 0x1f3fb..=0x1f3ff
        | 0x1f900..=0x1faff | 0xff9e..=0xff9f | 0xfffd)
}
