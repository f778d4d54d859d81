//! The thread that owns the log: it commits what was decided, in groups, and brings the index forward when there is time.
//!
//! A group is whatever waits when the disk is ready, so a quiet server commits at once and a busy one in batches. The index
//! waits for a moment of rest: those who were just told of a commit need the processor first.
//! Deliberately not here: deciding anything.

use super::ServerError;
use crate::{
    domain::{event::Event, ids::CommandId},
    store::{Checkpoint, Entry, EventLog, StoreError},
};
use std::{
    sync::mpsc::{self as queue, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};

/// Jobs that may wait. The sequencer never has more commands under way than this, so it never waits for a place.
pub(super) const JOBS: usize = 2_048;
/// The most commands in one transaction.
const GROUP: usize = 256;
/// Events indexed between two looks at the jobs.
const CHUNK: usize = 64;
/// Groups after which the index gets a turn although commands wait.
const PATIENCE: u32 = 32;

/// How long nothing must be asked before the index is brought forward.
const REST: Duration = Duration::from_millis(1);
/// How long the end may wait for the index. What is left is indexed at the next start.
const LAST_INDEXING: Duration = Duration::from_millis(500);

/// What the sequencer wants done.
pub(super) enum Job {
    /// Append; part of a generation, which ends with the first failure.
    Append { generation: u64, entry: Entry },
    /// Keep states for the next start.
    Save(Box<Checkpoint>),
    /// Forget keys older than this.
    Purge(CommandId),
}

/// What became of the next `count` commands of a generation.
#[derive(Debug)]
pub(super) struct Committed {
    pub(super) generation: u64,
    pub(super) count: usize,
    /// Why not, in a sentence.
    pub(super) result: Result<(), String>,
}

/// The sequencer's ends of the two channels.
pub(super) struct Writer {
    pub(super) jobs: queue::SyncSender<Job>,
    pub(super) committed: mpsc::Receiver<Committed>,
    pub(super) thread: thread::JoinHandle<()>,
}

/// Looks through a log that was too large for it at the start, beside everything else. What it finds goes to `damage`, in a
/// sentence; from then on nothing is recorded.
pub(super) fn check(log: &dyn EventLog, damage: watch::Sender<Option<String>>) -> Result<(), ServerError> {
    if log.is_checked() {
        return Ok(());
    }
    let reader = log.reader()?;
    let look = move || match reader.check() {
        Ok(()) => tracing::info!("the database was looked through, and is sound"),
        Err(error @ StoreError::Damaged { .. }) => {
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            tracing::error!(%error, source, "nothing more is recorded");
            damage.send_replace(Some(error.to_string()));
        }
        Err(error) => tracing::warn!(%error, "the database could not be looked through"),
    };
    thread::Builder::new().name("check".into()).spawn(look).map_err(ServerError::Thread)?;
    Ok(())
}

/// Starts the thread. Nothing is recorded any more once `damage` holds a sentence. `refusal` holds why the last command
/// could not be recorded, and nothing while all is well.
pub(super) fn start(
    log: Box<dyn EventLog>,
    damage: watch::Receiver<Option<String>>,
    refusal: watch::Sender<Option<String>>,
) -> std::io::Result<Writer> {
    // Bounded by the sequencer's window, see JOBS.
    let (jobs, todo) = queue::sync_channel(JOBS);
    // Bounded likewise: at most one report for each command under way.
    let (reports, committed) = mpsc::channel(JOBS);
    let thread =
        thread::Builder::new().name("log".into()).spawn(move || run(log, &todo, &reports, &damage, &refusal))?;
    Ok(Writer { jobs, committed, thread })
}

fn run(
    mut log: Box<dyn EventLog>,
    todo: &queue::Receiver<Job>,
    reports: &mpsc::Sender<Committed>,
    damage: &watch::Receiver<Option<String>>,
    refusal: &watch::Sender<Option<String>>,
) {
    let mut failed_generation = None;
    let mut indexed = false;
    let mut rest = Duration::ZERO;
    let mut groups = 0_u32;
    loop {
        let first = if indexed { todo.recv().map_err(RecvTimeoutError::from) } else { todo.recv_timeout(rest) };
        let first = match first {
            Ok(job) => job,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                rest = Duration::ZERO;
                indexed = index(log.as_mut());
                continue;
            }
        };
        let mut group = Vec::new();
        let mut generation = 0;
        let mut other = None;
        let mut next = Some(first);
        while let Some(job) = next.take() {
            match job {
                Job::Append { generation: of, .. } if failed_generation == Some(of) => {}
                Job::Append { generation: of, entry } => {
                    generation = of;
                    group.push(entry);
                }
                job => {
                    other = Some(job);
                    break;
                }
            }
            if group.len() < GROUP {
                next = todo.try_recv().ok();
            }
        }
        if !group.is_empty() {
            let damaged = damage.borrow().clone();
            let result = damaged.map_or(Ok(()), Err).and_then(|()| {
                log.append(&group).map(|_| ()).map_err(|error| {
                    tracing::error!(%error, "the log could not be written");
                    error.to_string()
                })
            });
            if result.is_err() {
                failed_generation = Some(generation);
            }
            refusal.send_if_modified(|told| {
                let why = result.clone().err();
                let is_news = *told != why;
                *told = why;
                is_news
            });
            indexed = false;
            // Judgements are few, and whoever made one may ask for them at once.
            rest = if group.iter().any(judges) { Duration::ZERO } else { REST };
            groups += 1;
            // There is a place for each command under way, so this never waits; an end that is gone is the end.
            if reports.try_send(Committed { generation, count: group.len(), result }).is_err() {
                break;
            }
            log.mark();
        }
        if groups >= PATIENCE {
            groups = 0;
            indexed = index(log.as_mut());
        }
        match other {
            Some(Job::Save(checkpoint)) => {
                if let Err(error) = log.save(&checkpoint) {
                    tracing::warn!(%error, "states could not be saved; the next start replays more");
                }
            }
            Some(Job::Purge(before)) => {
                if let Err(error) = log.purge_keys(before) {
                    tracing::warn!(%error, "old keys could not be forgotten");
                }
            }
            Some(Job::Append { .. }) | None => {}
        }
    }
    let closing = Instant::now();
    while !indexed && closing.elapsed() < LAST_INDEXING {
        indexed = index(log.as_mut());
    }
    tracing::debug!("the log is closed");
}

fn judges(entry: &Entry) -> bool {
    entry.events.iter().any(|one| matches!(one.recorded.event, Event::Annotated { .. }))
}

/// Brings the index forward by a chunk. True: it is current, or cannot be brought forward now.
fn index(log: &mut dyn EventLog) -> bool {
    match log.project(CHUNK) {
        Ok(done) => done == 0,
        Err(error) => {
            tracing::warn!(%error, "the search index lags behind");
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ids::{EntryNo, LogId, Seq},
            time::Timestamp,
        },
        store::{Done, SqliteLog, tests::damaged},
    };

    #[tokio::test]
    async fn damage_that_is_found_later_is_named_and_ends_all_recording() {
        let room = tempfile::tempdir().unwrap();
        damaged(room.path());
        let (log, _) = SqliteLog::open_checked(room.path(), Timestamp(0), LogId(0xa1), 0).unwrap();
        let (damage, mut found) = watch::channel(None);
        check(&log, damage).unwrap();
        let sentence = found.wait_for(Option::is_some).await.unwrap().clone().unwrap();
        assert!(sentence.contains("desk.db is damaged. Keep a copy of it"), "{sentence}");
        let (refusal, mut refused) = watch::channel(None);
        let mut writer = start(Box::new(log), found, refusal).unwrap();
        let done = Done { seq: Seq(1), conversation: None, n: EntryNo(0) };
        let entry = Entry { key: None, done, events: Vec::new() };
        assert!(writer.jobs.send(Job::Append { generation: 0, entry }).is_ok());
        assert_eq!(writer.committed.recv().await.unwrap().result, Err(sentence.clone()));
        assert_eq!(*refused.wait_for(Option::is_some).await.unwrap(), Some(sentence));
    }
}
