mod fixture;

use super::*;
use crate::console::paint::Paint;
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

/// The cells as text, one line a row; what a wide cluster covers is left out.
fn text(buffer: &Buffer) -> String {
    let mut lines = Vec::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(crate::console::wrap::cells(symbol)).unwrap().max(1);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

fn drawn(model: &Model, look: &mut Look) -> (Buffer, Option<Position>) {
    let mut terminal = Terminal::new(TestBackend::new(model.size.0, model.size.1)).unwrap();
    let frame = terminal.draw(|frame| draw(frame, model, look)).unwrap();
    let buffer = frame.buffer.clone();
    (buffer, None)
}

mod shots {
    use super::*;
    #[test]
    fn shots() {
        for (theme, glyphs) in [("dark", glyphs::UNICODE), ("light", glyphs::UNICODE), ("sixteen", glyphs::UNICODE), ("plain", glyphs::ASCII)] {
            for (w, h) in [(60, 20), (80, 24), (120, 36), (200, 50)] {
                for (name, model) in models(w, h) {
                    let mut look = Look::new(Theme::built_in(theme, ColorLevel::True).unwrap(), glyphs, TimeZone::UTC);
                    let mut terminal = Terminal::new(Paint::new(Vec::new(), ratatui::layout::Size::new(w, h), ColorLevel::True)).unwrap();
                    terminal.draw(|frame| draw(frame, &model, &mut look)).unwrap();
                    let bytes = std::mem::take(terminal.backend_mut().out());
                    std::fs::create_dir_all("/tmp/shots").unwrap();
                    std::fs::write(format!("/tmp/shots/{theme}-{w}-{name}.ansi"), bytes).unwrap();
                }
            }
        }
    }

    fn models(w: u16, h: u16) -> Vec<(&'static str, Model)> {
        use crate::console::{composer::Editor, model::*};
        use crate::domain::ids::*;
        let mut list = vec![("floor", fixture::talk(w, h, 99)), ("growing", fixture::growing(w, h, "Of course, let me look into this with the carrier right"))];
        let mut m = fixture::growing(w, h, "Of course");
        m.pane = Pane::Talk;
        m.layer = Layer::Compose(Composer { key: DraftKey { conversation: ConversationId(1042), writing: Writing::Reply }, editor: Editor::many_lines("Hello Jana, this is Mira.\nI send you a new parcel"), warning: None });
        list.push(("reply", m.clone()));
        m.layer = Layer::Compose(Composer { key: DraftKey { conversation: ConversationId(1042), writing: Writing::Whisper }, editor: Editor::many_lines("offer a parcel"), warning: Some("the AI is paused".into()) });
        m.notices.push(Notice { severity: Severity::Bad, text: "#1042 is held by lena since now: take over first".into(), until: None });
        list.push(("whisper", m.clone()));
        m.layer = Layer::Help(Help::default());
        list.push(("help", m.clone()));
        m.layer = Layer::None;
        m.pane = Pane::List;
        m.pending_keys = vec!["g".parse().unwrap()];
        list.push(("pending", m.clone()));
        m.you = None;
        m.pending_keys.clear();
        m.line = Line::Connecting;
        list.push(("welcome", m));
        list
    }
}

/// What the real painter writes for a model, after it showed others.
struct Screen {
    terminal: Terminal<Paint<Vec<u8>>>,
    look: Look,
}

impl Screen {
    fn new(model: &Model) -> Self {
        let size = ratatui::layout::Size::new(model.size.0, model.size.1);
        let terminal = Terminal::new(Paint::new(Vec::new(), size, ColorLevel::True)).unwrap();
        let mut screen = Self { terminal, look: Look::default() };
        screen.show(model);
        screen
    }

    /// The bytes of the frame.
    fn show(&mut self, model: &Model) -> Vec<u8> {
        let Self { terminal, look } = self;
        terminal.draw(|frame| draw(frame, model, look)).unwrap();
        std::mem::take(terminal.backend_mut().out())
    }
}

#[test]
fn moving_the_selection_costs_little_on_the_wire() {
    let mut model = fixture::talk(120, 40, 99);
    model.floor.go(9);
    let mut screen = Screen::new(&model);
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
    let mut screen = Screen::new(&fixture::growing(120, 40, &text));
    text.push_str(" with");
    let bytes = screen.show(&fixture::growing(120, 40, &text)).len();
    assert!(bytes <= 80, "{bytes} bytes");
}
