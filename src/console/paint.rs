//! The screen as bytes: a ratatui backend that says as little as possible, once a frame.
//!
//! It remembers what the terminal shows (`shown`) and what it should show (`wanted`); [`flush`](Backend::flush) writes the
//! difference as one buffer inside a synchronized update, and nothing at all when there is none. How a difference becomes
//! bytes is `plan`; what a style costs is `pen`. It never asks the terminal anything: its size is told to it, and it knows
//! where it left the cursor.
//!
//! Invariants: no control character of a cell ever reaches the terminal; whatever was not written since
//! [`forget`](Paint::forget) is written again; widths that terminals disagree about never move what stands beside them.
//! Deliberately not here: raw mode, the alternate screen, titles, bells (see `terminal`).

#[cfg(test)]
pub(in crate::console) mod judge;
mod pen;
mod plan;
mod slot;

pub use pen::ColorLevel;

use pen::{Palette, Pen};
use plan::Plan;
use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::{Cell, CellWidth},
    layout::{Position, Size},
};
use slot::Grid;
use std::io;

/// A backend that writes compact bytes into `W`, a frame at a time.
#[derive(Debug)]
pub struct Paint<W> {
    out: W,
    palette: Palette,
    /// What the terminal shows, as far as we wrote it.
    shown: Grid,
    /// What it should show.
    wanted: Grid,
    /// Whether nothing is known of what the terminal shows.
    forgotten: bool,
    cursor: Cursor,
    /// Where the cursor should be left, and whether it should be seen.
    rest: Position,
    visible: bool,
    question: Question,
    /// Whether a frame is wrapped into a synchronized update.
    synchronizes: bool,
    /// Both ways to write a frame; kept for their capacity.
    plans: [Plan; 2],
    last_frame: usize,
}

/// When a frame ends by asking the terminal for a sign of life (`CSI 5 n`).
#[derive(Clone, Copy, Debug, Default)]
struct Question {
    /// After how many bytes since the last one; `None` never.
    after: Option<usize>,
    /// How many bytes were written since.
    unasked: usize,
    /// Whether the last frame ended with it.
    asked: bool,
}

/// What is known of the terminal's cursor and pen.
#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    at: Option<(u16, u16)>,
    pen: Option<Pen>,
    visible: Option<bool>,
}

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

impl<W: io::Write> Paint<W> {
    /// A painter of `size` cells. The first frame clears the screen.
    pub fn new(out: W, size: Size, level: ColorLevel) -> Self {
        Self {
            out,
            palette: Palette::new(level),
            shown: Grid::blank(size),
            wanted: Grid::blank(size),
            forgotten: true,
            cursor: Cursor::default(),
            rest: Position::ORIGIN,
            visible: false,
            question: Question::default(),
            synchronizes: true,
            plans: [Plan::default(), Plan::default()],
            last_frame: 0,
        }
    }

    /// The terminal has another size now: everything is drawn anew.
    pub fn set_size(&mut self, size: Size) {
        if size != self.wanted.size() {
            self.shown = Grid::blank(size);
            self.wanted = Grid::blank(size);
            self.rest = Position::ORIGIN;
            self.forget();
        }
    }

    /// How many colours may be used from the next frame on; everything is drawn anew.
    pub fn set_level(&mut self, level: ColorLevel) {
        if level != self.palette.level() {
            self.palette = Palette::new(level);
            self.forget();
        }
    }

    /// Somebody else wrote on the screen: the next frame clears it and writes all of it.
    pub fn forget(&mut self) {
        self.forgotten = true;
        self.cursor = Cursor::default();
    }

    /// A frame ends with a request for the terminal's status, `CSI 5 n`, once so many bytes were written since the last one.
    /// The terminal answers when it has shown the frame: the only way to know how far behind a slow line is.
    pub fn ask_after(&mut self, bytes: Option<usize>) {
        self.question.after = bytes;
    }

    /// Whether the terminal knows synchronized updates. Until it is told it is believed: who does not know them ignores them.
    pub fn synchronizes(&mut self, known: bool) {
        self.synchronizes = known;
    }

    /// Whether the last frame ended with that request.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.question.asked
    }

    /// How many bytes the last flush wrote; 0 if there was nothing to say.
    #[must_use]
    pub fn last_frame(&self) -> usize {
        self.last_frame
    }

    /// Where the bytes go.
    pub fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// The bytes that bring the terminal from what it shows to what it should show.
    fn compose(&mut self) -> Option<Vec<u8>> {
        let mut head = Vec::new();
        if self.forgotten {
            head.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
            self.shown = Grid::blank(self.wanted.size());
            self.wanted.touch_all();
            self.cursor = Cursor { at: Some((0, 0)), pen: Some(Pen::default()), visible: None };
            self.forgotten = false;
        }
        let [by_row, by_pen] = &mut self.plans;
        let ops = plan::ops(&self.shown, &self.wanted);
        by_row.encode(&ops, &self.wanted, self.cursor);
        let mut body = &*by_row;
        if ops.len() > 8 {
            by_pen.encode(&plan::sorted_by_pen(ops), &self.wanted, self.cursor);
            if by_pen.bytes.len() < by_row.bytes.len() {
                body = &*by_pen;
            }
        }
        let mut cursor = body.cursor;
        let mut tail = Vec::new();
        // A cursor that is not seen may be anywhere.
        let rest = (self.rest.x, self.rest.y);
        if self.visible && cursor.at != Some(rest) {
            plan::go_to(&mut tail, cursor.at, rest);
            cursor.at = Some(rest);
        }
        if cursor.visible != Some(self.visible) {
            tail.extend_from_slice(if self.visible { b"\x1b[?25h" } else { b"\x1b[?25l" });
            cursor.visible = Some(self.visible);
        }
        if head.is_empty() && body.bytes.is_empty() && tail.is_empty() {
            return None;
        }
        let mut frame = Vec::with_capacity(head.len() + body.bytes.len() + tail.len() + 24);
        frame.extend_from_slice(if self.synchronizes { BEGIN } else { b"" });
        frame.extend_from_slice(&head);
        frame.extend_from_slice(&body.bytes);
        frame.extend_from_slice(&tail);
        frame.extend_from_slice(if self.synchronizes { END } else { b"" });
        let question = &mut self.question;
        question.unasked += frame.len();
        question.asked = question.after.is_some_and(|bytes| question.unasked >= bytes);
        if question.asked {
            frame.extend_from_slice(b"\x1b[5n");
            question.unasked = 0;
        }
        self.cursor = cursor;
        self.shown.take_over(&mut self.wanted);
        Some(frame)
    }
}

impl<W: io::Write> Backend for Paint<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut head: Option<(u16, u16)> = None;
        for (x, y, cell) in content {
            // ratatui sends a blank after some wide clusters, for terminals that forget to clear there. We clear first.
            if head == Some((x, y)) && cell.symbol() == " " {
                continue;
            }
            let columns = cell.cell_width();
            self.wanted.put(x, y, cell.symbol(), columns, self.palette.pen_of(cell));
            head = (columns > 1).then(|| (x.saturating_add(1), y));
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.visible = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.visible = true;
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.rest)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let size = self.wanted.size();
        let position = position.into();
        self.rest =
            Position::new(position.x.min(size.width.saturating_sub(1)), position.y.min(size.height.saturating_sub(1)));
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// Blanks what is wanted; what that costs is decided with the whole frame.
    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        let Size { width, height } = self.wanted.size();
        let here = self.rest;
        for y in 0..height {
            for x in 0..width {
                let at = (y, x);
                let from = (here.y, here.x);
                let clears = match clear_type {
                    ClearType::All => true,
                    ClearType::AfterCursor => at >= from,
                    ClearType::BeforeCursor => at <= from,
                    ClearType::CurrentLine => y == here.y,
                    ClearType::UntilNewLine => y == here.y && x >= here.x,
                };
                if clears {
                    self.wanted.put(x, y, " ", 1, Pen::default());
                }
            }
        }
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.wanted.size())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.wanted.size(), pixels: Size::ZERO })
    }

    /// Writes the frame. If that fails, the next flush writes everything anew.
    fn flush(&mut self) -> io::Result<()> {
        (self.last_frame, self.question.asked) = (0, false);
        if let Some(frame) = self.compose() {
            self.last_frame = frame.len();
            let written = self.out.write_all(&frame).and_then(|()| self.out.flush());
            if written.is_err() {
                self.forget();
            }
            return written;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
