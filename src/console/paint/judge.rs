//! Two judges of what the painter writes, that share no code with it: one reads the bytes and knows only what we may say,
//! one shows them as a terminal does.

use ratatui::buffer::Buffer;

/// The endings of the `CSI` sequences that are ours.
const ENDINGS: &[char] = &['m', 'H', 'J', 'K', 'C', 'X'];
/// The private modes that a frame sets.
const MODES: &[u16] = &[25, 2026];

/// What steers a terminal or hides from people, where it stands in what is printed.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}')
}

/// What was said that is not ours.
#[derive(Default)]
struct Foreign(Vec<String>);

impl vte::Perform for Foreign {
    fn print(&mut self, c: char) {
        if steers(c) {
            self.0.push(format!("printed U+{:04X}", u32::from(c)));
        }
    }
    fn execute(&mut self, byte: u8) {
        if !matches!(byte, b'\r' | b'\n' | 8) {
            self.0.push(format!("control {byte:#04x}"));
        }
    }
    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        self.0.push(format!("DCS {action}"));
    }
    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        self.0.push(format!("OSC {params:?}"));
    }
    fn csi_dispatch(&mut self, params: &vte::Params, intermediates: &[u8], ignored: bool, action: char) {
        let first = params.iter().next().and_then(|part| part.first()).copied();
        let ours = match (intermediates, action) {
            (b"?", 'h' | 'l') => first.is_some_and(|mode| MODES.contains(&mode)) && params.len() == 1,
            (b"", 'n') => first == Some(5) && params.len() == 1,
            (b"", action) => ENDINGS.contains(&action),
            _ => false,
        };
        if ignored || !ours {
            self.0.push(format!("CSI {params:?} {intermediates:?} {action}"));
        }
    }
    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        self.0.push(format!("ESC {byte:#04x}"));
    }
}

/// A terminal that is shown frame after frame.
pub(in crate::console) struct Judges {
    parser: vte::Parser,
    foreign: Foreign,
    screen: vt100::Parser,
}

impl Judges {
    pub(in crate::console) fn new(width: u16, height: u16) -> Self {
        let screen = vt100::Parser::new(height, width, 0);
        Self { parser: vte::Parser::new(), foreign: Foreign::default(), screen }
    }

    /// Shows the bytes of a frame. What was in it that is not ours.
    pub(in crate::console) fn see(&mut self, bytes: &[u8]) -> Vec<String> {
        self.parser.advance(&mut self.foreign, bytes);
        self.screen.process(bytes);
        std::mem::take(&mut self.foreign.0)
    }

    /// The first of our own signs that does not stand where it was put: lines, corners, and whatever else `is_ours` names.
    pub(in crate::console) fn out_of_place(&self, buffer: &Buffer, is_ours: impl Fn(&str) -> bool) -> Option<String> {
        for y in 0..buffer.area.height {
            for x in 0..buffer.area.width {
                let wanted = buffer[(x, y)].symbol();
                let there = self.screen.screen().cell(y, x).map(vt100::Cell::contents).unwrap_or_default();
                if is_ours(wanted) && there != wanted {
                    return Some(format!("at {x},{y}: {wanted:?} was put, {there:?} is shown"));
                }
            }
        }
        None
    }
}
