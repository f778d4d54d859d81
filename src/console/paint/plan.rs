//! From a difference to bytes: which cells to write, in which order, and the cheapest way between them.
//!
//! A frame is a list of operations, each a stretch of changed cells in one pen on one row. They are encoded twice, in the
//! order of rows and gathered by pen, and the shorter one is sent: a changed list costs most by rows of many colours, and
//! those repeat from row to row.

use super::{
    Cursor,
    pen::Pen,
    slot::{Grid, Slot, Width, widest},
};
use ratatui::layout::Size;
use std::{cmp::Ordering, io::Write};

/// A stretch of cells of one row to be written in one pen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    y: u16,
    start: u16,
    /// The first column after it.
    end: u16,
    pen: Pen,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Clusters.
    Text,
    /// Nothing but blanks from here to the end of the row.
    EraseRest,
    /// A stretch of blanks long enough to be erased instead of written.
    Erase,
    /// Text on a row where widths are in doubt: such rows are written from left to right, before all others.
    Ordered,
}

/// The shortest stretch for which erasing (and moving past it) is cheaper than writing blanks.
const WORTH_ERASING: usize = 9;

/// What must be written: in rows that were not touched nothing can have changed.
pub(super) fn ops(shown: &Grid, wanted: &Grid) -> Vec<Op> {
    let mut ops = Vec::new();
    for y in (0..wanted.size().height).filter(|y| wanted.is_touched(*y)) {
        row_ops(&mut ops, y, shown.row(y), wanted.row(y));
    }
    ops
}

fn row_ops(ops: &mut Vec<Op>, y: u16, shown: &[Slot], wanted: &[Slot]) {
    let changed = |x: usize| shown.get(x).zip(wanted.get(x)).is_some_and(|(old, new)| !old.looks_like(new));
    let width = wanted.len();
    let Some(first) = (0..width).find(|x| changed(*x)) else { return };
    let last = (first..width).rfind(|x| changed(*x)).unwrap_or(first);
    let filled = wanted.iter().rposition(|slot| !slot.is_erased()).map_or(0, |x| x + 1);
    let from = ops.len();
    let mut doubtful = false;
    // What was shown may be doubtful too: the terminal may have it wider than we think.
    let mut spill_to = 0;
    let mut x = first;
    while x <= last.max(spill_to).min(width.saturating_sub(1)) {
        if x >= filled && last - x.min(last) >= 3 {
            push(ops, y, x, width, Pen::default(), Kind::EraseRest);
            break;
        }
        let Some(slot) = wanted.get(x) else { break };
        let columns = usize::from(slot.width.columns()).max(1);
        let touched = (x..x + columns).any(changed) || x < spill_to;
        if !touched || slot.width == Width::Trail {
            if let Some(Slot { width: Width::Doubtful(_), .. }) = shown.get(x).filter(|_| touched) {
                doubtful = true;
            }
            x += 1;
            continue;
        }
        for old in [shown.get(x), Some(slot)].into_iter().flatten() {
            if let Width::Doubtful(_) = old.width {
                doubtful = true;
                spill_to = spill_to.max(x + widest(old.symbol()));
            }
        }
        if slot.is_erased() {
            let stretch = (x..=last).take_while(|x| changed(*x) && wanted.get(*x).is_some_and(Slot::is_erased)).count();
            if stretch >= WORTH_ERASING && x >= spill_to {
                push(ops, y, x, x + stretch, Pen::default(), Kind::Erase);
                x += stretch;
                continue;
            }
        }
        match ops.last_mut().filter(|op| op.y == y && usize::from(op.end) == x && op.kind == Kind::Text) {
            Some(op) if op.pen == slot.pen || (slot.is_blank() && op.pen.looks_blank_as(slot.pen)) => {
                op.end = column(x + columns);
            }
            _ => push(ops, y, x, x + columns, slot.pen, Kind::Text),
        }
        x += columns;
    }
    if doubtful {
        for op in ops.iter_mut().skip(from).filter(|op| op.kind == Kind::Text) {
            op.kind = Kind::Ordered;
        }
    }
}

fn push(ops: &mut Vec<Op>, y: u16, start: usize, end: usize, pen: Pen, kind: Kind) {
    ops.push(Op { y, start: column(start), end: column(end), pen, kind });
}

fn column(x: usize) -> u16 {
    u16::try_from(x).unwrap_or(u16::MAX)
}

/// The same operations, gathered by pen; rows with doubtful widths stay first and in order.
pub(super) fn sorted_by_pen(mut ops: Vec<Op>) -> Vec<Op> {
    let mut pens: Vec<Pen> = Vec::new();
    for op in &ops {
        if !pens.contains(&op.pen) {
            pens.push(op.pen);
        }
    }
    let ordered: Vec<u16> = ops.iter().filter(|op| op.kind == Kind::Ordered).map(|op| op.y).collect();
    ops.sort_by_key(|op| match ordered.binary_search(&op.y) {
        Ok(_) => 0,
        Err(_) => 1 + pens.iter().position(|pen| *pen == op.pen).unwrap_or(0),
    });
    ops
}

/// Bytes, and where they leave the terminal.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) bytes: Vec<u8>,
    pub(super) cursor: Cursor,
}

impl Plan {
    /// Encodes `ops`, beginning with the cursor as given.
    pub(super) fn encode(&mut self, ops: &[Op], wanted: &Grid, cursor: Cursor) {
        self.bytes.clear();
        self.cursor = cursor;
        let size = wanted.size();
        for op in ops {
            let row = wanted.row(op.y);
            self.approach(op, row);
            match op.kind {
                Kind::EraseRest => {
                    self.blank_pen();
                    self.bytes.extend_from_slice(b"\x1b[K");
                }
                Kind::Erase => {
                    self.blank_pen();
                    let _ = write!(self.bytes, "\x1b[{}X", op.end - op.start);
                }
                Kind::Text | Kind::Ordered => self.text(op, row, size),
            }
        }
    }

    /// Erasing leaves the pen's ground behind on some terminals and not on others: only ever with the default one.
    fn blank_pen(&mut self) {
        if !self.cursor.pen.is_some_and(|pen| pen.looks_blank_as(Pen::default())) {
            self.bytes.extend_from_slice(b"\x1b[m");
            self.cursor.pen = Some(Pen::default());
        }
    }

    /// Moves to the start of `op`; over a short gap in the present pen by writing it again.
    fn approach(&mut self, op: &Op, row: &[Slot]) {
        let to = (op.start, op.y);
        if self.cursor.at == Some(to) {
            return;
        }
        if let Some((x, y)) = self.cursor.at
            && y == op.y
            && x < op.start
        {
            let gap = row.get(usize::from(x)..usize::from(op.start)).unwrap_or(&[]);
            let price = move_price(op.start - x);
            let same = |slot: &Slot| match slot.width {
                Width::One if slot.is_blank() => self.cursor.pen.is_some_and(|pen| pen.looks_blank_as(slot.pen)),
                Width::One | Width::Two => self.cursor.pen == Some(slot.pen),
                Width::Trail => true,
                Width::Doubtful(_) => false,
            };
            let whole = gap.first().is_some_and(|slot| slot.width != Width::Trail)
                && gap.last().is_some_and(|slot| slot.width.columns() < 2);
            let bytes: usize = gap.iter().filter(|s| s.width != Width::Trail).map(|s| s.symbol().len()).sum();
            if whole && bytes <= price && gap.iter().all(same) {
                for slot in gap.iter().filter(|slot| slot.width != Width::Trail) {
                    self.bytes.extend_from_slice(slot.symbol().as_bytes());
                }
                self.cursor.at = Some(to);
                return;
            }
        }
        go_to(&mut self.bytes, self.cursor.at, to);
        self.cursor.at = Some(to);
    }

    fn text(&mut self, op: &Op, row: &[Slot], size: Size) {
        let mut x = op.start;
        for slot in row.get(usize::from(op.start)..usize::from(op.end)).unwrap_or(&[]) {
            let columns = slot.width.columns();
            if columns == 0 {
                continue;
            }
            let to = (x, op.y);
            if self.cursor.at != Some(to) {
                go_to(&mut self.bytes, self.cursor.at, to);
            }
            let keeps = slot.is_blank() && self.cursor.pen.is_some_and(|pen| pen.looks_blank_as(slot.pen));
            if !keeps {
                slot.pen.take_up(&mut self.bytes, self.cursor.pen);
                self.cursor.pen = Some(slot.pen);
            }
            if let Width::Doubtful(columns) = slot.width {
                // Clear all of it first, should the terminal take fewer columns than we do.
                if columns > 1 {
                    self.bytes.extend(std::iter::repeat_n(b' ', usize::from(columns)));
                    self.bytes.push(b'\r');
                    self.cursor.at = Some((0, op.y));
                    go_to(&mut self.bytes, self.cursor.at, to);
                }
            }
            self.bytes.extend_from_slice(slot.symbol().as_bytes());
            x += columns;
            // After the last column terminals differ in where the cursor is; after a doubtful cluster too.
            let sure = !matches!(slot.width, Width::Doubtful(_)) && x < size.width;
            self.cursor.at = sure.then_some((x, op.y));
        }
    }
}

/// What moving right by so many columns costs.
fn move_price(columns: u16) -> usize {
    if columns == 1 { 3 } else { 3 + digits(columns) }
}

fn digits(n: u16) -> usize {
    match n {
        0..10 => 1,
        10..100 => 2,
        100..1_000 => 3,
        _ => 4,
    }
}

/// Moves the cursor by the shortest sequence of CUP, CUF, CR, LF and backspace. LF keeps the column: the console's
/// terminal is raw.
pub(super) fn go_to(out: &mut Vec<u8>, from: Option<(u16, u16)>, to: (u16, u16)) {
    let (x, y) = to;
    let absolute = match (x, y) {
        (0, 0) => 3,
        (0, _) => 3 + digits(y + 1),
        _ => 4 + digits(x + 1) + digits(y + 1),
    };
    if let Some((from_x, from_y)) = from
        && from_y <= y
        && y - from_y <= 3
    {
        let across = |from_x: u16| match x.cmp(&from_x) {
            Ordering::Less => usize::from(from_x - x),
            Ordering::Equal => 0,
            Ordering::Greater => move_price(x - from_x),
        };
        let down = usize::from(y - from_y);
        let (straight, returned) = (down + across(from_x), 1 + down + across(0));
        if straight.min(returned) < absolute {
            let mut at = from_x;
            if returned < straight {
                out.push(b'\r');
                at = 0;
            }
            out.extend(std::iter::repeat_n(b'\n', down));
            // Writing to a `Vec` cannot fail.
            let _ = match x.checked_sub(at) {
                Some(0) => Ok(()),
                Some(1) => write!(out, "\x1b[C"),
                Some(columns) => write!(out, "\x1b[{columns}C"),
                None => {
                    out.extend(std::iter::repeat_n(8, usize::from(at - x)));
                    Ok(())
                }
            };
            return;
        }
    }
    let _ = match (x, y) {
        (0, 0) => write!(out, "\x1b[H"),
        (0, _) => write!(out, "\x1b[{}H", y + 1),
        _ => write!(out, "\x1b[{};{}H", y + 1, x + 1),
    };
}
