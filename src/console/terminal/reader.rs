//! The thread that reads the terminal: bytes to inputs, and the end when the terminal is gone.
//!
//! A thread, since a terminal cannot be read without blocking while the screen is written through the same open file. It
//! sleeps in one `poll` for keys, for being told to stop and for what [`units`](super::units) waits for. When the terminal
//! is gone it says so, and ends the process itself if the loop does not. Deliberately not here: what bytes mean.

use super::{decode, units::Units};
use crate::console::input::{Ending, Input};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use std::{
    io::{self, PipeReader, PipeWriter},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Inputs that wait for the loop; when full, the terminal keeps what was typed.
const WAITING: usize = 256;
/// Bytes that are read at once.
const AT_ONCE: usize = 4_096;
/// How long the loop may take to end by itself after its terminal is gone.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The reading thread, as long as it is kept.
#[derive(Debug)]
pub(super) struct Reader {
    /// Closed to have the thread stop.
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Starts to read standard input. `owed` tells whether the terminal owes an answer.
    ///
    /// # Errors
    /// If there is no pipe or no thread to be had.
    pub(super) fn start(owed: Arc<AtomicBool>) -> io::Result<(Self, mpsc::Receiver<Input>)> {
        let (stopped, stop) = io::pipe()?;
        let (tell, told) = mpsc::channel(WAITING);
        let thread = thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || read(&stopped, &tell, &owed, Instant::now()))?;
        Ok((Self { stop: Some(stop), thread: Some(thread) }, told))
    }
}

impl Drop for Reader {
    /// Waits for the thread, so that an editor or a shell has the keys to itself. The receiver must be dropped before.
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It does not panic; if it did, it was reported.
            let _ = thread.join();
        }
    }
}

/// What a wait found.
enum Found {
    Keys,
    Nothing,
    Stop,
    Gone,
}

fn read(stopped: &PipeReader, tell: &mpsc::Sender<Input>, owed: &AtomicBool, start: Instant) {
    let mut units = Units::new();
    let mut bytes = [0; AT_ONCE];
    loop {
        units.owes(owed.load(Ordering::SeqCst));
        let left = units.due().map(|due| due.saturating_sub(start.elapsed()));
        let came = match wait(stopped, left) {
            Found::Stop => return,
            Found::Gone => return gone(stopped, tell),
            Found::Nothing => units.expire(start.elapsed()),
            Found::Keys => match rustix::io::read(io::stdin(), &mut bytes) {
                Ok(0) => return gone(stopped, tell),
                Ok(n) => units.feed(bytes.get(..n).unwrap_or_default(), start.elapsed()),
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Err(_) => return gone(stopped, tell),
            },
        };
        for input in came.into_iter().flat_map(decode::inputs) {
            if tell.blocking_send(input).is_err() {
                return;
            }
        }
    }
}

fn wait(stopped: &PipeReader, left: Option<Duration>) -> Found {
    let input = io::stdin();
    let mut asked = [PollFd::new(stopped, PollFlags::IN), PollFd::new(&input, PollFlags::IN)];
    let left = left.and_then(|left| Timespec::try_from(left).ok());
    match poll(&mut asked, left.as_ref()) {
        Err(Errno::INTR) => return Found::Nothing,
        Err(_) => return Found::Gone,
        Ok(_) => {}
    }
    let [stop, keys] = asked.map(|fd| fd.revents());
    if !stop.is_empty() {
        Found::Stop
    } else if keys.contains(PollFlags::IN) {
        Found::Keys
    } else if keys.is_empty() {
        Found::Nothing
    } else {
        Found::Gone
    }
}

/// Whether the terminal has hung up.
pub(super) fn is_gone() -> bool {
    let input = io::stdin();
    let mut asked = [PollFd::new(&input, PollFlags::empty())];
    let now = Timespec::try_from(Duration::ZERO).ok();
    matches!(poll(&mut asked, now.as_ref()), Ok(1))
}

/// Tells the loop, and ends the process if the loop does not.
fn gone(stopped: &PipeReader, tell: &mpsc::Sender<Input>) {
    // Full or closed: it will see the end of the line.
    let _ = tell.try_send(Input::Ending(Ending::HungUp));
    let mut asked = [PollFd::new(stopped, PollFlags::IN)];
    let patience = Timespec::try_from(PATIENCE).ok();
    if matches!(poll(&mut asked, patience.as_ref()), Ok(0)) {
        std::process::exit(i32::from(Ending::HungUp.status()));
    }
}
