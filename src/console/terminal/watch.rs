//! How a console is told to end: by signals, or since its terminal is gone.
//!
//! crossterm's reading thread spins once the terminal is gone and tells nobody, so an own thread looks for it, and ends the
//! process itself if the loop does not. Deliberately not here: what is saved before the end.

use crate::console::input::Input;
use futures_util::{Stream, StreamExt, stream};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{getpid, getppid, getsid},
};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// How often it is looked whether the terminal is still there.
const LOOK_EVERY: Timespec = Timespec { tv_sec: 0, tv_nsec: 250_000_000 };
/// How long the loop may take to end by itself after its terminal is gone.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// The exit status of a program whose terminal hung up: 128 + SIGHUP.
const HUNG_UP: i32 = 129;

/// The end of the watchdog's line, and a stream of endings by signal and by watchdog.
pub(super) fn endings() -> (mpsc::Sender<Input>, impl Stream<Item = Input> + Send) {
    // One ending is enough; when full, the loop has been told.
    let (gone, told) = mpsc::channel(1);
    let mut all: Vec<stream::BoxStream<'static, Input>> = vec![ReceiverStream::new(told).boxed()];
    for (kind, means) in [
        (SignalKind::terminate(), Input::Ending),
        (SignalKind::hangup(), Input::Ending),
        (SignalKind::interrupt(), Input::Ending),
    ] {
        // Without a handler the signal ends the process at once, which loses a second of typing at most.
        if let Ok(signals) = signal(kind) {
            let signals =
                stream::unfold(signals, |mut signals| async move { signals.recv().await.map(|()| ((), signals)) });
            all.push(signals.map(move |()| means.clone()).boxed());
        }
    }
    (gone, stream::select_all(all))
}

/// Looks after the terminal until it is dropped.
#[derive(Debug)]
pub(super) struct Watchdog {
    over: Arc<AtomicBool>,
}

impl Watchdog {
    pub(super) fn start(gone: mpsc::Sender<Input>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let seen = over.clone();
        // Without the thread a lost terminal is told by SIGHUP alone, as for any other program.
        let _ = thread::Builder::new().name("watchdog".to_owned()).spawn(move || watch(&seen, &gone));
        Self { over }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

fn watch(over: &AtomicBool, gone: &mpsc::Sender<Input>) {
    while !over.load(Ordering::SeqCst) {
        if is_gone() {
            // Full or closed: the loop knows.
            let _ = gone.try_send(Input::Ending);
            thread::sleep(PATIENCE);
            if !over.load(Ordering::SeqCst) {
                std::process::exit(HUNG_UP);
            }
            return;
        }
    }
}

/// Waits for a step at most; whether the terminal is gone.
fn is_gone() -> bool {
    let input = io::stdin();
    let mut asked = [PollFd::new(&input, PollFlags::empty())];
    match poll(&mut asked, Some(&LOOK_EVERY)) {
        Ok(_) => asked.iter().any(|fd| fd.revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)),
        Err(_) => {
            thread::sleep(Duration::from_millis(250));
            false
        }
    }
}

/// Whether a shell with job control started us: it is not our own session, and our parent is in it.
pub(super) fn has_shell() -> bool {
    let ours = getsid(None);
    let parents = getppid().map(|parent| getsid(Some(parent)));
    match (ours, parents) {
        (Ok(ours), Some(Ok(parents))) => ours != getpid() && ours == parents,
        _ => false,
    }
}
