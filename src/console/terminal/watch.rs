//! What the system tells a console: to end, and that its terminal has another size.
//!
//! Deliberately not here: keys (`reader`), and what is saved before the end.

use crate::console::input::{Ending, Input};
use futures_util::{Stream, StreamExt, stream};
use rustix::process::{getpid, getppid, getsid};
use tokio::signal::unix::{SignalKind, signal};

/// What signals mean.
pub(super) fn signals() -> impl Stream<Item = Input> + Send {
    let endings = [
        (SignalKind::terminate(), Ending::Terminated),
        (SignalKind::hangup(), Ending::HungUp),
        (SignalKind::interrupt(), Ending::Interrupted),
    ];
    let mut all: Vec<stream::BoxStream<'static, Input>> = Vec::new();
    for (kind, ending) in endings {
        all.push(arrivals(kind).map(move |()| Input::Ending(ending)).boxed());
    }
    // The size is asked for when the signal is heard, so that the last one told is the one that it has.
    let resized = arrivals(SignalKind::window_change())
        .filter_map(|()| std::future::ready(crossterm::terminal::size().ok()))
        .map(|(columns, rows)| Input::Resized(columns, rows));
    all.push(resized.boxed());
    stream::select_all(all)
}

fn arrivals(kind: SignalKind) -> stream::BoxStream<'static, ()> {
    match signal(kind) {
        Ok(signals) => {
            stream::unfold(signals, |mut signals| async move { signals.recv().await.map(|()| ((), signals)) }).boxed()
        }
        // Without a handler the signal ends the process at once, which loses a second of typing at most.
        Err(_) => stream::empty().boxed(),
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
