//! Keys as the pure core knows them, with names that people write in a keymap.
//!
//! Only keys that a plain xterm over SSH can send. Deliberately not here: what a key does (see `keymap`), and the
//! terminal's own events (see `terminal`, which turns them into these).

use std::{fmt, str::FromStr};

/// Which key, without what was held down beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character; capital letters come as such, without shift.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// A function key, from 1.
    F(u8),
}

/// A key with what was held down beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
    /// With Shift; never for characters.
    pub shift: bool,
}

impl Key {
    /// A key alone.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// A character alone.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A character with Ctrl.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// A key with Alt.
    #[must_use]
    pub const fn alt(code: Code) -> Self {
        Self { code, ctrl: false, alt: true, shift: false }
    }

    /// The text that typing this key gives, if any.
    #[must_use]
    pub fn types(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt && !c.is_control() => Some(c),
            _ => None,
        }
    }
}

const NAMES: [(&str, Code); 17] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backtab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("space", Code::Char(' ')),
    ("minus", Code::Char('-')),
];

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        if self.shift {
            f.write_str("shift-")?;
        }
        let held = self.ctrl || self.alt || self.shift;
        match self.code {
            Code::Char('-') if !held => f.write_str("-"),
            Code::F(n) => write!(f, "f{n}"),
            code => match (NAMES.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => f.write_str(name),
                (None, Code::Char(c)) => write!(f, "{c}"),
                (None, _) => Ok(()),
            },
        }
    }
}

impl FromStr for Key {
    type Err = String;

    /// `t`, `G`, `ctrl-u`, `alt-enter`, `space`, `f1`.
    fn from_str(said: &str) -> Result<Self, Self::Err> {
        let mut rest = said;
        let mut key = Self::plain(Code::Esc);
        while let Some((held, after)) = rest.split_once('-').filter(|(_, after)| !after.is_empty()) {
            match held {
                "ctrl" => key.ctrl = true,
                "alt" => key.alt = true,
                "shift" => key.shift = true,
                _ => return Err(format!("`{said}` is not a key: `{held}` is none of ctrl, alt, shift")),
            }
            rest = after;
        }
        let mut chars = rest.chars();
        key.code = match (chars.next(), chars.next()) {
            (Some(c), None) => Code::Char(c),
            _ => match NAMES.iter().find(|(name, _)| *name == rest) {
                Some((_, code)) => *code,
                None => rest
                    .strip_prefix('f')
                    .and_then(|n| n.parse().ok())
                    .filter(|n| (1..=12).contains(n))
                    .map(Code::F)
                    .ok_or_else(|| {
                        format!("`{said}` is not a key: write it like t, G, ctrl-u, alt-enter, space or f1")
                    })?,
            },
        };
        if key.shift && key.code == Code::Tab {
            key = Self { code: Code::BackTab, shift: false, ..key };
        }
        if key.shift && matches!(key.code, Code::Char(_)) {
            return Err(format!("`{said}` is not a key: write the capital letter instead of shift"));
        }
        Ok(key)
    }
}

/// What the mouse did, with its main button or its wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseAct {
    /// Pressed.
    Press,
    /// Moved while pressed.
    Drag,
    /// Let go.
    Release,
    /// Turned towards the person.
    WheelDown,
    /// Turned away.
    WheelUp,
}

/// What the mouse did, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub act: MouseAct,
    /// The column, from 0.
    pub column: u16,
    /// The row, from 0.
    pub row: u16,
}

/// What comes in beside the session's news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// A pasted text.
    Pasted(String),
    /// The mouse, where it is ours.
    Mouse(Mouse),
    /// The terminal has another size: columns and rows.
    Resized(u16, u16),
    /// The terminal got or lost the focus.
    Focus {
        /// Whether it has it now.
        here: bool,
    },
    /// Back in the foreground after somebody stopped the program.
    Resumed,
    /// The terminal has answered.
    Answered(Answer),
    /// The program is asked to end, or its terminal is gone.
    Ending(Ending),
}

/// What a terminal answers to what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It has shown everything that was written before the question.
    Shown,
    /// The colour behind its text, each part from 0 to 255.
    Background {
        /// Red.
        red: u8,
        /// Green.
        green: u8,
        /// Blue.
        blue: u8,
    },
    /// It can tell keys apart that look alike otherwise: the keyboard protocol of kitty.
    TellsKeysApart,
    /// Whether it shows a frame at once when it is told where the frame ends.
    Synchronizes(bool),
    /// What it is. Asked last, so that whatever was not answered before will not be.
    Attributes,
}

impl Answer {
    /// Whether the terminal says that it is light.
    #[must_use]
    pub fn is_light(self) -> bool {
        match self {
            // The eye sees green best and blue least.
            Self::Background { red, green, blue } => {
                2 * u32::from(red) + 5 * u32::from(green) + u32::from(blue) > 8 * 128
            }
            _ => false,
        }
    }
}

/// Why the program is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// SIGTERM.
    Terminated,
    /// SIGHUP, or a terminal that is gone.
    HungUp,
    /// SIGINT.
    Interrupted,
}

impl Ending {
    /// The exit status that says so: 128 and the number of the signal.
    #[must_use]
    pub const fn status(self) -> u8 {
        match self {
            Self::Terminated => 143,
            Self::HungUp => 129,
            Self::Interrupted => 130,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_it_is_written() {
        for name in
            ["t", "G", "ctrl-u", "alt-enter", "space", "f1", "-", "+", "/", "backtab", "pageup", "#", "ctrl-minus"]
        {
            let key: Key = name.parse().unwrap();
            assert_eq!(key.to_string(), name);
        }
        for wrong in ["", "hyper-x", "f13", "shift-a", "ctrl-", "nokey"] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong}");
        }
    }
}
