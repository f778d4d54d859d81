//! The terminal's events as the console's input.

use crate::console::input::{Code, Input, Key};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What an event means; nothing for the mouse and for releases.
pub(super) fn input(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) => pressed(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Pasted(text)),
        Event::Resize(columns, rows) => Some(Input::Resized(columns, rows)),
        Event::FocusGained => Some(Input::Focus { here: true }),
        Event::FocusLost => Some(Input::Focus { here: false }),
        Event::Mouse(_) => None,
    }
}

fn pressed(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let held = event.modifiers;
    let mut shift = held.contains(KeyModifiers::SHIFT);
    let ctrl = held.contains(KeyModifiers::CONTROL);
    let code = match event.code {
        // With Ctrl the case is not told apart by terminals.
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if shift => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    if matches!(code, Code::Char(_) | Code::BackTab) {
        shift = false;
    }
    Some(Key { code, ctrl, alt: held.contains(KeyModifiers::ALT), shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_as_a_keymap_writes_them() {
        let told = |code, held| {
            input(Event::Key(KeyEvent::new(code, held))).map(|input| match input {
                Input::Key(key) => key.to_string(),
                other => format!("{other:?}"),
            })
        };
        assert_eq!(told(KeyCode::Char('G'), KeyModifiers::SHIFT).as_deref(), Some("G"));
        assert_eq!(told(KeyCode::Char('C'), KeyModifiers::CONTROL).as_deref(), Some("ctrl-c"));
        assert_eq!(told(KeyCode::Enter, KeyModifiers::ALT).as_deref(), Some("alt-enter"));
        assert_eq!(told(KeyCode::BackTab, KeyModifiers::SHIFT).as_deref(), Some("backtab"));
        assert_eq!(told(KeyCode::CapsLock, KeyModifiers::NONE), None);
    }
}
