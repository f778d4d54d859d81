//! What a terminal's bytes mean: keys, and answers to what we asked.
//!
//! The bytes of a key are a library's business; which of its keys we know, and what an answer tells, is said here.
//! Deliberately not here: where one key ends and the next begins (`units`).

use super::units::{Unit, is_answer};
use crate::console::input::{Answer, Code, Input, Key, Mouse, MouseAct};
use termina::{
    Event, Parser,
    escape::{
        csi::{self, Csi},
        osc::{ColorOrQuery, DynamicColorNumber, Osc},
    },
    event::{KeyCode, KeyEvent, KeyEventKind, Modifiers, MouseButton, MouseEventKind},
};

/// What one thing that came in means to us; nothing for what we do not know.
pub(super) fn inputs(unit: Unit) -> Vec<Input> {
    match unit {
        Unit::Pasted(text) => vec![Input::Pasted(text)],
        Unit::Whole { escaped: false, bytes } => read(&bytes).into_iter().collect(),
        // Alt with a key, or Escape and then something else.
        Unit::Whole { escaped: true, bytes } => match read(&bytes) {
            Some(Input::Key(key)) if may_be_alt(&bytes) => vec![Input::Key(Key { alt: true, ..key })],
            other => std::iter::once(Input::Key(Key::plain(Code::Esc))).chain(other).collect(),
        },
    }
}

fn may_be_alt(bytes: &[u8]) -> bool {
    match bytes {
        [0x1b, b'[' | b'O', _, ..] => !is_answer(bytes),
        [0x1b, ..] => false,
        _ => true,
    }
}

fn read(bytes: &[u8]) -> Option<Input> {
    if bytes == b"\x1b[0n" || bytes == b"\x1b[3n" {
        return Some(Input::Answered(Answer::Shown));
    }
    // Alt with a character that begins sequences, let go by time.
    if let [0x1b, begins @ (b'[' | b'O' | b']' | b'P' | b'^' | b'_' | b'X')] = bytes {
        return Some(Input::Key(Key::alt(Code::Char(char::from(*begins)))));
    }
    let mut parser = Parser::default();
    parser.parse(bytes, false);
    match parser.pop()? {
        Event::Key(key) => pressed(key).map(Input::Key),
        Event::Mouse(mouse) => {
            moved(mouse.kind).map(|act| Input::Mouse(Mouse { act, column: mouse.column, row: mouse.row }))
        }
        Event::FocusIn => Some(Input::Focus { here: true }),
        Event::FocusOut => Some(Input::Focus { here: false }),
        Event::Csi(told) => answered(&told).map(Input::Answered),
        Event::Osc(Osc::ChangeDynamicColors(DynamicColorNumber::TextBackgroundColor, colors)) => match colors.first() {
            Some(ColorOrQuery::Color(color)) => {
                Some(Input::Answered(Answer::Background { red: color.red, green: color.green, blue: color.blue }))
            }
            _ => None,
        },
        _ => None,
    }
}

fn moved(kind: MouseEventKind) -> Option<MouseAct> {
    match kind {
        MouseEventKind::Down(MouseButton::Left) => Some(MouseAct::Press),
        MouseEventKind::Drag(MouseButton::Left) => Some(MouseAct::Drag),
        MouseEventKind::Up(MouseButton::Left) => Some(MouseAct::Release),
        MouseEventKind::ScrollDown => Some(MouseAct::WheelDown),
        MouseEventKind::ScrollUp => Some(MouseAct::WheelUp),
        _ => None,
    }
}

fn answered(told: &Csi) -> Option<Answer> {
    match told {
        Csi::Device(csi::Device::DeviceAttributes(())) => Some(Answer::Attributes),
        Csi::Keyboard(csi::Keyboard::ReportFlags(_)) => Some(Answer::TellsKeysApart),
        Csi::Mode(csi::Mode::ReportDecPrivateMode {
            mode: csi::DecPrivateMode::Code(csi::DecPrivateModeCode::SynchronizedOutput),
            setting,
        }) => {
            let known = matches!(setting, csi::DecModeSetting::Set | csi::DecModeSetting::Reset);
            Some(Answer::Synchronizes(known))
        }
        _ => None,
    }
}

fn pressed(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let held = event.modifiers;
    let ctrl = held.contains(Modifiers::CONTROL);
    let mut shift = held.contains(Modifiers::SHIFT);
    let code = match event.code {
        // With Ctrl the case is not told apart by terminals.
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) if shift => Code::Char(c.to_uppercase().next().unwrap_or(c)),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Escape => Code::Esc,
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
        KeyCode::Function(n) => Code::F(n),
        _ => return None,
    };
    if matches!(code, Code::Char(_) | Code::BackTab) {
        shift = false;
    }
    Some(Key { code, ctrl, alt: held.contains(Modifiers::ALT), shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> String {
        let unit = Unit::Whole { escaped: false, bytes: bytes.to_vec() };
        inputs(unit)
            .into_iter()
            .map(|input| match input {
                Input::Key(key) => key.to_string(),
                other => format!("{other:?}"),
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn keys_are_told_as_a_keymap_writes_them() {
        for (bytes, name) in [
            (&b"G"[..], "G"),
            (b"\x03", "ctrl-c"),
            (b"\x1b\r", "alt-enter"),
            (b"\x1b[Z", "backtab"),
            (b"\x1b[1;5H", "ctrl-home"),
            (b"\x1bOP", "f1"),
            (b"\x1b[[A", "f1"),
            (b"\x1b[3~", "delete"),
            (b"\x1b[5~", "pageup"),
            (b"\x1bb", "alt-b"),
            (b"\x1b", "esc"),
            (b"\x1b[", "alt-["),
            (b"\x1b[27u", "esc"),
            (b"\x1b[97;2u", "A"),
            (b"\x1b[99;5u", "ctrl-c"),
            (b"\x1b[13;3u", "alt-enter"),
            (b"\x1b[97;1:3u", ""),
            ("é".as_bytes(), "é"),
            ("消".as_bytes(), "消"),
            (b" ", "space"),
        ] {
            assert_eq!(told(bytes), name, "{bytes:?}");
        }
    }

    #[test]
    fn the_mouse_is_told_from_keys() {
        for (bytes, name) in [
            (&b"\x1b[<0;10;5M"[..], "Mouse(Mouse { act: Press, column: 9, row: 4 })"),
            (b"\x1b[<32;11;5M", "Mouse(Mouse { act: Drag, column: 10, row: 4 })"),
            (b"\x1b[<0;11;5m", "Mouse(Mouse { act: Release, column: 10, row: 4 })"),
            (b"\x1b[<65;1;1M", "Mouse(Mouse { act: WheelDown, column: 0, row: 0 })"),
            (b"\x1b[<64;1;1M", "Mouse(Mouse { act: WheelUp, column: 0, row: 0 })"),
            (b"\x1b[<2;1;1M", ""),
        ] {
            assert_eq!(told(bytes), name, "{bytes:?}");
        }
    }

    #[test]
    fn answers_are_no_keys() {
        for (bytes, name) in [
            (&b"\x1b[0n"[..], "Answered(Shown)"),
            (b"\x1b]11;rgb:ffff/8080/0000\x1b\\", "Answered(Background { red: 255, green: 128, blue: 0 })"),
            (b"\x1b[?62;22c", "Answered(Attributes)"),
            (b"\x1b[?0u", "Answered(TellsKeysApart)"),
            (b"\x1b[?2026;2$y", "Answered(Synchronizes(true))"),
            (b"\x1b[?2026;0$y", "Answered(Synchronizes(false))"),
            (b"\x1b]0;a title\x07", ""),
            (b"\x1bP>|some terminal\x1b\\", ""),
            (b"\x1b[>1;2;3c", ""),
        ] {
            assert_eq!(told(bytes), name, "{bytes:?}");
        }
    }
}
