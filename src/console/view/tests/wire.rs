//! What the real painter writes to the line: little for a key, and for an answer that grows what came.

use super::*;

/// What the real painter writes for a model, after it showed others.
pub(super) struct Shot {
    terminal: Terminal<Paint<Vec<u8>>>,
    look: Look,
    /// The cells of the last frame.
    pub(super) cells: Buffer,
}

impl Shot {
    pub(super) fn new(model: &Model) -> Self {
        Self::begun(model).0
    }

    /// One that has shown its first frame, and the bytes of that.
    pub(super) fn begun(model: &Model) -> (Self, Vec<u8>) {
        let size = ratatui::layout::Size::new(model.size.0, model.size.1);
        let terminal = Terminal::new(Paint::new(Vec::new(), size, ColorLevel::True)).unwrap();
        let mut screen = Self { terminal, look: Look::default(), cells: Buffer::default() };
        let bytes = screen.show(model);
        (screen, bytes)
    }

    /// The bytes of the frame.
    pub(super) fn show(&mut self, model: &Model) -> Vec<u8> {
        let Self { terminal, look, cells } = self;
        cells.clone_from(terminal.draw(|frame| draw(frame, model, look)).unwrap().buffer);
        std::mem::take(terminal.backend_mut().out())
    }
}

#[test]
fn moving_the_selection_costs_little_on_the_wire() {
    let mut model = fixture::talk(120, 40, 99);
    model.floor.go(9);
    let mut screen = Shot::new(&model);
    let mut most = 0;
    for row in 10..30 {
        model.floor.go(row);
        most = most.max(screen.show(&model).len());
    }
    assert!(most <= 260, "{most} bytes for a row");
    model.floor.go(0);
    screen.show(&model);
    model.floor.fit(20);
    model.floor.go(25);
    let page = screen.show(&model).len();
    assert!(page <= 2_500, "{page} bytes for a page");
    assert!(screen.show(&model).is_empty(), "a frame without a change says nothing");
}

#[test]
fn an_answer_that_grows_costs_what_came() {
    let mut text = "Of course, let me look into this".to_owned();
    let mut screen = Shot::new(&fixture::growing(120, 40, &text));
    text.push_str(" with");
    let bytes = screen.show(&fixture::growing(120, 40, &text)).len();
    assert!(bytes <= 80, "{bytes} bytes");
}
