//! The welcome of `centaur` alone, before a desk is open: what one can do, then address and token of a server.
//!
//! Calm, in the middle. A token is never shown, only how long it is. Deliberately not here: what a key does (see
//! `console::welcome`).

use super::{Look, filter};
use crate::{
    console::{
        composer::Editor,
        theme::Role,
        welcome::{ITEMS, Step, Welcome},
        widgets::Ink,
        wrap,
    },
    domain::text::SafeText,
};
use ratatui::{
    Frame,
    layout::{Position, Rect},
};

/// How wide the welcome is at most.
const WIDEST: u16 = 72;
/// Rows of the welcome: the title, a blank, the body, a blank, the warning.
const ROWS: u16 = 3 + BODY + 3;
/// Rows between title and warning: three for each item, the last without a blank.
const BODY: u16 = 14;

/// Draws the welcome.
pub fn draw(frame: &mut Frame<'_>, welcome: &Welcome, look: &Look) {
    let whole = frame.area();
    let mut ink = Ink { buffer: frame.buffer_mut(), theme: &look.theme, glyphs: &look.glyphs };
    ink.clear(whole, ink.style(Role::Text));
    let (width, height) = (whole.width.saturating_sub(4).min(WIDEST), whole.height.min(ROWS));
    let area = Rect { x: whole.x + (whole.width - width) / 2, y: whole.y + (whole.height - height) / 2, width, height };
    ink.put(area.x, area.y, area.right(), "centaur", ink.theme.bold(Role::Accent));
    ink.put_cut(area.x, area.y + 1, area.right(), "people and AIs, answering as one", ink.style(Role::Dim));
    let body = Rect { y: area.y + 3, height: BODY.min(area.height.saturating_sub(3)), ..area };
    let caret = match &welcome.step {
        Step::Menu => {
            menu(&mut ink, body, welcome.cursor);
            None
        }
        Step::Url(typed) => Some(question(&mut ink, body, "The server's address", typed)),
        Step::Token { url, input } => {
            let at = SafeText::line(&format!("Your token for {url}"));
            ink.put_cut(body.x, body.y, body.right(), &at, ink.style(Role::Title));
            Some(answer(&mut ink, body, &dots(input)))
        }
    };
    if let Some(why) = &welcome.warning {
        warning(
            &mut ink,
            Rect { y: body.bottom() + 1, height: whole.bottom().saturating_sub(body.bottom() + 1), ..area },
            why,
        );
    }
    if let Some(at) = caret {
        frame.set_cursor_position(at);
    }
}

fn menu(ink: &mut Ink<'_>, body: Rect, cursor: usize) {
    for (at, (item, y)) in ITEMS.iter().zip((body.y..body.bottom()).step_by(3)).enumerate() {
        let chosen = at == cursor;
        if chosen {
            ink.put(body.x, y, body.right(), ink.glyphs.bar, ink.style(Role::Accent));
        }
        let letter = SafeText::own(item.letter.to_string());
        let x = ink.put(body.x + 2, y, body.right(), &letter, ink.style(Role::Key));
        let title = if chosen { ink.theme.bold(Role::Strong) } else { ink.style(Role::Text) };
        ink.put_cut(x + 2, y, body.right(), item.title, title);
        if y + 1 < body.bottom() {
            ink.put_cut(x + 2, y + 1, body.right(), item.help, ink.style(Role::Dim));
        }
    }
}

fn question(ink: &mut Ink<'_>, body: Rect, title: &'static str, typed: &Editor) -> Position {
    ink.put_cut(body.x, body.y, body.right(), title, ink.style(Role::Title));
    answer(ink, body, typed)
}

/// The line that is typed, and what its keys do.
fn answer(ink: &mut Ink<'_>, body: Rect, typed: &Editor) -> Position {
    let caret = filter::line(ink, Rect { y: body.y + 2, height: 1, ..body }, typed);
    let x = ink.put(body.x, body.y + 4, body.right(), "enter", ink.style(Role::Key));
    let x = ink.put(x, body.y + 4, body.right(), " goes on   ", ink.style(Role::Dim));
    let x = ink.put(x, body.y + 4, body.right(), "esc", ink.style(Role::Key));
    ink.put(x, body.y + 4, body.right(), " goes back", ink.style(Role::Dim));
    caret
}

/// A dot for each cluster of the token, the caret where it is.
fn dots(token: &Editor) -> Editor {
    let (before, after) = token.text().split_at_checked(token.caret()).unwrap_or((token.text(), ""));
    let count = |text: &str| crate::domain::text::graphemes_with_width(text).count();
    let mut dots = Editor::line(&"•".repeat(count(before) + count(after)));
    for _ in 0..count(after) {
        dots.left();
    }
    dots
}

fn warning(ink: &mut Ink<'_>, area: Rect, why: &str) {
    let why = SafeText::line(why);
    let room = usize::from(area.width.saturating_sub(2));
    for (row, (y, at)) in (area.y..area.bottom()).zip(wrap::wrap(why.as_str(), room)).enumerate() {
        if row == 0 {
            ink.put(area.x, y, area.right(), ink.glyphs.warn, ink.style(Role::Warn));
        }
        let line = SafeText::own(why.as_str().get(at).unwrap_or_default());
        ink.put(area.x + 2, y, area.right(), &line, ink.style(Role::Warn));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::input::{Code, Key};
    use ratatui::{Terminal, backend::TestBackend};

    fn shown(welcome: &Welcome, columns: u16, rows: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| draw(frame, welcome, &Look::default())).unwrap();
        let buffer = terminal.backend().buffer();
        let line = |y| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..rows).map(line).collect::<Vec<_>>().join("\n")
    }

    fn at_the_token() -> Welcome {
        let mut welcome = Welcome::default();
        welcome.key(Key::char('c'));
        welcome.paste("desk.example:8722");
        welcome.key(Key::plain(Code::Enter));
        welcome.paste("cen_secret");
        welcome
    }

    #[test]
    fn the_menu_stands_in_the_middle() {
        let menu = shown(&Welcome::default(), 80, 24);
        assert!(ITEMS.iter().all(|item| menu.contains(item.title)), "{menu}");
        let again = Welcome::again(
            "cannot connect to desk.example port 8722; check the address, and that `centaur serve` runs there".into(),
        );
        let small = shown(&again, 60, 20);
        assert!(ITEMS.iter().all(|item| small.contains(item.title)) && small.contains("cannot connect"), "{small}");
    }

    #[test]
    fn an_address_is_shown_and_a_token_is_not() {
        let mut welcome = Welcome::default();
        welcome.key(Key::char('c'));
        let address = shown(&welcome, 60, 20);
        assert!(address.contains("http://"), "{address}");
        let token = shown(&at_the_token(), 80, 24);
        assert!(!token.contains("cen_secret") && token.contains(&"•".repeat(10)), "{token}");
    }

    #[test]
    fn no_size_breaks_the_welcome() {
        for (columns, rows) in [(1, 1), (3, 2), (10, 5), (60, 4), (200, 60)] {
            shown(&Welcome::again("x".repeat(300)), columns, rows);
            shown(&at_the_token(), columns, rows);
        }
    }
}
