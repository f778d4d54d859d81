//! The terminal, and the only writer to it while the console is open: raw mode, the alternate screen, pasting, focus,
//! suspending, and putting everything back however the program ends.
//!
//! [`Seat`] is what the loop needs of a place where somebody sits, so that tests have one without a terminal.
//! Deliberately not here: what is drawn (`view`) and how cells become bytes (`paint`).

mod call;
mod decode;
mod reader;
mod units;
mod watch;

use super::{input::Input, paint::Paint};
use crate::domain::text::SafeText;
pub use call::Means;
use crossterm::{
    clipboard::CopyToClipboard,
    cursor::Show,
    event::{
        DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, KeyboardEnhancementFlags,
        PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
    },
    execute,
    style::ResetColor,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use futures_util::{Stream, stream};
use ratatui::{
    backend::{Backend, TestBackend},
    layout::Size,
};
use std::{
    io::{self, Write},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    thread::ThreadId,
};
use tokio::sync::mpsc;

/// What comes in.
pub type Inputs = Pin<Box<dyn Stream<Item = Input> + Send>>;

/// A screen whose size is told to it and that can be made to write everything again.
pub trait Screen: Backend {
    /// The terminal has another size now.
    fn set_size(&mut self, size: Size);
    /// Somebody else wrote on the screen.
    fn forget(&mut self);
    /// From the next frame on a frame ends by asking the terminal whether it has shown it, once so many bytes were
    /// written since the last question; `None` asks nothing.
    fn ask_after(&mut self, bytes: Option<usize>);
    /// Whether the last frame ended with that question.
    fn asked(&self) -> bool;
    /// Whether the terminal shows a frame at once when it is told where it begins and ends.
    fn synchronizes(&mut self, known: bool);
}

impl<W: Write> Screen for Paint<W> {
    fn set_size(&mut self, size: Size) {
        Self::set_size(self, size);
    }

    fn forget(&mut self) {
        Self::forget(self);
    }

    fn ask_after(&mut self, bytes: Option<usize>) {
        Self::ask_after(self, bytes);
    }

    fn asked(&self) -> bool {
        Self::asked(self)
    }

    fn synchronizes(&mut self, known: bool) {
        Self::synchronizes(self, known);
    }
}

impl Screen for TestBackend {
    fn set_size(&mut self, size: Size) {
        self.resize(size.width, size.height);
    }

    fn forget(&mut self) {}

    fn ask_after(&mut self, _: Option<usize>) {}

    fn asked(&self) -> bool {
        false
    }

    fn synchronizes(&mut self, _: bool) {}
}

/// What the reader tells, and the reader: it stops when this is dropped, the receiver first.
struct Keys {
    told: mpsc::Receiver<Input>,
    _reader: reader::Reader,
}

impl Stream for Keys {
    type Item = Input;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Input>> {
        self.told.poll_recv(context)
    }
}

/// The place where somebody sits.
pub trait Seat: Send {
    /// What comes in from now on. An earlier stream must have been dropped.
    ///
    /// # Errors
    /// If the terminal cannot be read.
    fn inputs(&mut self) -> io::Result<Inputs>;
    /// Takes the screen and the keys.
    ///
    /// # Errors
    /// If the terminal refuses.
    fn enter(&mut self) -> io::Result<()>;
    /// Gives screen and keys back, as they were.
    ///
    /// # Errors
    /// If the terminal refuses.
    fn leave(&mut self) -> io::Result<()>;
    /// Stops the program until the shell brings it back. Call between `leave` and `enter`.
    ///
    /// # Errors
    /// A sentence, if there is no shell that could bring it back.
    fn suspend(&mut self) -> Result<(), String>;
    /// Whether an editor can be run here.
    fn has_editor(&self) -> bool;
    /// The terminal can tell keys apart that look alike otherwise: it does so from now on, until `leave`.
    fn tell_keys_apart(&mut self);
    /// Takes the mouse, or leaves it to the terminal; until `leave`, and again from `enter` on.
    fn mouse(&mut self, on: bool);
    /// Gives a text to the terminal's clipboard, if it takes it.
    fn copy(&mut self, text: &str);
    /// Whether the terminal owes an answer: what looks like a key may then be a piece of it.
    fn owes(&mut self, owed: bool);
    /// Calls the person: rings, and shows a line outside of the screen, as far as that is possible here.
    fn call(&mut self, rings: bool, says: Option<&SafeText>);
    /// Gives the window a title, until `leave`.
    fn entitle(&mut self, title: &SafeText);
    /// Whether nobody sits there any more.
    fn is_gone(&self) -> bool;
    /// Columns and rows, if they can be asked for.
    fn size(&self) -> Option<(u16, u16)>;
}

/// The terminal of this process.
#[derive(Debug)]
pub struct Terminal {
    /// What of it is ours. Shared with the panic hook.
    taken: Arc<Taken>,
    /// Whether it owes an answer. Shared with the reader.
    owed: Arc<AtomicBool>,
    /// Whether it was asked what it is like; that does not change while the program runs.
    asked: bool,
    /// Whether it can tell keys apart.
    can_tell: bool,
    /// Whether the mouse is wanted.
    wants_mouse: bool,
    /// By what a person is called.
    means: Means,
    /// The title that we gave the window.
    title: Option<SafeText>,
    /// The desktop's program that was started last; it is ended when the next one is started.
    desktop: Option<tokio::process::Child>,
}

/// What of the terminal is ours, to be given back however the program ends.
#[derive(Debug, Default)]
struct Taken {
    /// The screen.
    open: AtomicBool,
    /// It tells keys apart.
    tells_keys_apart: AtomicBool,
    /// The mouse.
    mouse: AtomicBool,
    /// Its window has our title.
    title: AtomicBool,
}

impl Terminal {
    /// The terminal on standard input and output. From now on a panic puts it back before it is reported.
    #[must_use]
    pub fn new() -> Self {
        let taken = Arc::new(Taken::default());
        hook_panics(Arc::clone(&taken), std::thread::current().id());
        Self {
            taken,
            owed: Arc::default(),
            asked: false,
            can_tell: false,
            wants_mouse: false,
            means: Means::default(),
            title: None,
            desktop: None,
        }
    }

    /// The same, that calls by these means.
    #[must_use]
    pub fn calling_by(mut self, means: Means) -> Self {
        self.means = means;
        self
    }

    fn write_title(&mut self) {
        let open = self.taken.open.load(Ordering::SeqCst);
        let Some(title) = self.title.as_ref().filter(|_| self.means.entitles() && open) else { return };
        let before = if self.taken.title.swap(true, Ordering::SeqCst) { "" } else { call::KEEP_TITLE };
        write(&[before, &call::title(title)]);
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl Seat for Terminal {
    fn inputs(&mut self) -> io::Result<Inputs> {
        let (reader, told) = reader::Reader::start(Arc::clone(&self.owed))?;
        Ok(Box::pin(stream::select(Keys { told, _reader: reader }, watch::signals())))
    }

    fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        self.taken.open.store(true, Ordering::SeqCst);
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange)?;
        if !std::mem::replace(&mut self.asked, true) {
            self.owes(true);
            say(questions())?;
        }
        if self.can_tell {
            self.tell_keys_apart();
        }
        self.mouse(self.wants_mouse);
        self.write_title();
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        if self.taken.open.swap(false, Ordering::SeqCst) { restore(&self.taken) } else { Ok(()) }
    }

    fn suspend(&mut self) -> Result<(), String> {
        if !watch::has_shell() {
            return Err("no shell could bring it back: it was started without job control".to_owned());
        }
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP).map_err(|error| error.to_string())
    }

    fn has_editor(&self) -> bool {
        true
    }

    fn tell_keys_apart(&mut self) {
        self.can_tell = true;
        if !self.taken.tells_keys_apart.swap(true, Ordering::SeqCst) {
            let flags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES;
            // Without it keys come as before.
            let _ = execute!(io::stdout(), PushKeyboardEnhancementFlags(flags));
        }
    }

    fn mouse(&mut self, on: bool) {
        self.wants_mouse = on;
        if self.taken.open.load(Ordering::SeqCst) && self.taken.mouse.swap(on, Ordering::SeqCst) != on {
            // Without it everything works by keys.
            let _ = say(if on { MOUSE } else { NO_MOUSE });
        }
    }

    fn copy(&mut self, text: &str) {
        // Whether it was taken no terminal tells.
        let _ = execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text));
    }

    fn owes(&mut self, owed: bool) {
        self.owed.store(owed, Ordering::SeqCst);
    }

    fn call(&mut self, rings: bool, says: Option<&SafeText>) {
        if let (Some(program), Some(words)) = (self.means.desktop(), says) {
            // One that does not come to an end ends when the next one begins.
            self.desktop = call::show_on_desktop(program, words)
                .inspect_err(|error| tracing::warn!(%error, "the desktop cannot be told"))
                .ok();
        }
        write(&[&self.means.bytes(rings, says)]);
    }

    fn entitle(&mut self, title: &SafeText) {
        self.title = Some(title.clone());
        self.write_title();
    }

    fn is_gone(&self) -> bool {
        reader::is_gone()
    }

    fn size(&self) -> Option<(u16, u16)> {
        crossterm::terminal::size().ok()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nothing more can be done if the terminal is gone.
        let _ = self.leave();
    }
}

/// What a terminal is asked once. The last question is one that all answer, so that there is an end to waiting.
fn questions() -> &'static str {
    // The Linux console prints strings that it does not know.
    if std::env::var("TERM").is_ok_and(|term| term == "linux") {
        return "\x1b[c";
    }
    "\x1b]11;?\x1b\\\x1b[?2026$p\x1b[?u\x1b[c"
}

/// Clicks, drags and the wheel, in the one encoding without a bound to the columns.
const MOUSE: &str = "\x1b[?1002h\x1b[?1006h";
/// No mouse.
const NO_MOUSE: &str = "\x1b[?1006l\x1b[?1002l";

fn say(words: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(words.as_bytes()).and_then(|()| out.flush())
}

/// Writes what is no part of a frame. A terminal that refuses is noticed by the next frame.
fn write(parts: &[&str]) {
    let whole = parts.concat();
    if !whole.is_empty() {
        let _ = say(&whole);
    }
}

/// Puts the terminal back as it was: each part of it, also if another fails.
fn restore(taken: &Taken) -> io::Result<()> {
    let mouse = if taken.mouse.swap(false, Ordering::SeqCst) { say(NO_MOUSE) } else { Ok(()) };
    let keys = if taken.tells_keys_apart.swap(false, Ordering::SeqCst) {
        execute!(io::stdout(), PopKeyboardEnhancementFlags)
    } else {
        Ok(())
    };
    if taken.title.swap(false, Ordering::SeqCst) {
        write(&[call::GIVE_TITLE_BACK]);
    }
    let screen =
        execute!(io::stdout(), DisableFocusChange, DisableBracketedPaste, ResetColor, LeaveAlternateScreen, Show);
    disable_raw_mode().and(screen).and(keys).and(mouse)
}

/// A panic of the thread that draws puts the terminal back first, then is reported as before. A panic of another thread
/// does not end the console and must not write over it: it goes to the program's log.
fn hook_panics(taken: Arc<Taken>, drawing: ThreadId) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == drawing {
            if taken.open.swap(false, Ordering::SeqCst) {
                let _ = restore(&taken);
            }
            before(panic);
        } else if taken.open.load(Ordering::SeqCst) {
            tracing::error!("{panic}");
        } else {
            before(panic);
        }
    }));
}
