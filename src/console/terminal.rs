//! The terminal, and the only writer to it while the console is open: raw mode, the alternate screen, pasting, focus,
//! suspending, and putting everything back however the program ends.
//!
//! [`Seat`] is what the loop needs of a place where somebody sits, so that tests have one without a terminal.
//! Deliberately not here: what is drawn (`view`) and how cells become bytes (`paint`).

mod keys;
mod watch;

use super::{input::Input, paint::Paint};
use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, EventStream},
    execute,
    style::ResetColor,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use futures_util::{Stream, StreamExt};
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
    thread::ThreadId,
};

/// What comes in.
pub type Inputs = Pin<Box<dyn Stream<Item = Input> + Send>>;

/// A screen whose size is told to it and that can be made to write everything again.
pub trait Screen: Backend {
    /// The terminal has another size now.
    fn set_size(&mut self, size: Size);
    /// Somebody else wrote on the screen.
    fn forget(&mut self);
}

impl<W: Write> Screen for Paint<W> {
    fn set_size(&mut self, size: Size) {
        Self::set_size(self, size);
    }

    fn forget(&mut self) {
        Self::forget(self);
    }
}

impl Screen for TestBackend {
    fn set_size(&mut self, size: Size) {
        self.resize(size.width, size.height);
    }

    fn forget(&mut self) {}
}

/// The place where somebody sits.
pub trait Seat: Send {
    /// What comes in from now on. An earlier stream must have been dropped.
    fn inputs(&mut self) -> Inputs;
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
    /// Columns and rows, if they can be asked for.
    fn size(&self) -> Option<(u16, u16)>;
}

/// The terminal of this process.
#[derive(Debug)]
pub struct Terminal {
    /// Whether the screen is ours. Shared with the panic hook.
    open: Arc<AtomicBool>,
    watchdog: Option<watch::Watchdog>,
}

impl Terminal {
    /// The terminal on standard input and output. From now on a panic puts it back before it is reported.
    #[must_use]
    pub fn new() -> Self {
        let open = Arc::new(AtomicBool::new(false));
        hook_panics(open.clone(), std::thread::current().id());
        Self { open, watchdog: None }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl Seat for Terminal {
    fn inputs(&mut self) -> Inputs {
        let (gone, signals) = watch::endings();
        self.watchdog = Some(watch::Watchdog::start(gone));
        let keys = EventStream::new().filter_map(|event| {
            std::future::ready(match event {
                Ok(event) => keys::input(event),
                // The terminal cannot be read any more.
                Err(_) => Some(Input::Ending),
            })
        });
        Box::pin(futures_util::stream::select(keys, signals))
    }

    fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        self.open.store(true, Ordering::SeqCst);
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange)
    }

    fn leave(&mut self) -> io::Result<()> {
        self.watchdog = None;
        if self.open.swap(false, Ordering::SeqCst) { restore() } else { Ok(()) }
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

/// Puts the terminal back as it was.
fn restore() -> io::Result<()> {
    let screen =
        execute!(io::stdout(), DisableFocusChange, DisableBracketedPaste, ResetColor, LeaveAlternateScreen, Show);
    disable_raw_mode().and(screen)
}

/// A panic of the thread that draws puts the terminal back first, then is reported as before. A panic of another thread
/// does not end the console and must not write over it: it goes to the program's log.
fn hook_panics(open: Arc<AtomicBool>, drawing: ThreadId) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == drawing {
            if open.swap(false, Ordering::SeqCst) {
                let _ = restore();
            }
            before(panic);
        } else if open.load(Ordering::SeqCst) {
            tracing::error!("{panic}");
        } else {
            before(panic);
        }
    }));
}
