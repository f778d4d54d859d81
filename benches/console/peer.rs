//! The peer to compare with: a bare ratatui list of the same rows with a cursor, drawn by ratatui's own backend, and
//! nothing else.

use crate::seat::{Counter, SIZE};
use ratatui::{
    Terminal, TerminalOptions, Viewport,
    backend::CrosstermBackend,
    layout::Rect,
    style::{Modifier, Style},
    text::Line,
    widgets::{Block, List, ListState},
};

/// A list and nothing else.
pub struct BareList {
    rows: Vec<String>,
    state: ListState,
    screen: Terminal<CrosstermBackend<Counter>>,
    written: Counter,
}

impl BareList {
    /// A list of these rows, drawn once.
    pub fn new(rows: Vec<String>) -> Self {
        let written = Counter::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, SIZE.width, SIZE.height));
        let screen = Terminal::with_options(CrosstermBackend::new(written.clone()), TerminalOptions { viewport })
            .expect("a fixed screen asks nothing");
        let mut list = Self { rows, state: ListState::default().with_selected(Some(0)), screen, written };
        list.step(0);
        list
    }

    /// How many bytes were written so far.
    pub fn bytes(&self) -> usize {
        self.written.0.get()
    }

    /// Moves the cursor by so many rows, and draws what is in sight.
    pub fn step(&mut self, by: isize) {
        let at = self.state.selected().unwrap_or(0).saturating_add_signed(by).min(self.rows.len().saturating_sub(1));
        let height = usize::from(SIZE.height) - 2;
        let top = self.state.offset().clamp((at + 1).saturating_sub(height), at);
        *self.state.offset_mut() = top;
        self.state.select(Some(at));
        let (rows, written) = (&self.rows, top);
        self.screen
            .draw(|frame| {
                let lines = rows.iter().skip(written).take(height).map(|row| Line::raw(row.as_str()));
                let list = List::new(lines)
                    .block(Block::bordered().title("list"))
                    .highlight_style(Style::new().add_modifier(Modifier::REVERSED));
                let mut here = ListState::default().with_selected(Some(at - written));
                frame.render_stateful_widget(list, frame.area(), &mut here);
            })
            .expect("a counter takes everything");
    }
}
