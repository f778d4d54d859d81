//! What the disk allows, without a server: a thread that commits what waits, and writers that wait for it.

use centaur::{
    domain::{
        event::{Event, Recorded},
        ids::{CommandId, ConversationId, EntryNo, LogId, Seq, TeammateId},
        teammate::Actor,
        time::Timestamp,
    },
    store::{Done, Entry, EventLog, Key, SqliteLog, Stored},
};
use std::{
    path::Path,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// A loop of group commits: `writers` threads of control, each with `window` rows under way; rows a second, and how long
/// each waited. `commit` gets the number of the first row and how many.
///
/// The writers live in one thread that answers an acknowledgement with the next row: they cost nothing.
fn group_loop(
    writers: usize,
    window: usize,
    lasts: Duration,
    mut commit: impl FnMut(u64, usize) + Send,
) -> (f64, Vec<Duration>) {
    let under_way = writers * window;
    // Both bounded by the rows under way: neither side ever waits for a place.
    let (ask, asked) = mpsc::sync_channel::<Instant>(under_way);
    let (tell, told) = mpsc::sync_channel::<Vec<Instant>>(under_way);
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut next = 1;
            while let Ok(first) = asked.recv() {
                let mut group = vec![first];
                while group.len() < 256
                    && let Ok(one) = asked.try_recv()
                {
                    group.push(one);
                }
                commit(next, group.len());
                next += group.len() as u64;
                if tell.send(group).is_err() {
                    break;
                }
            }
        });
        let started = Instant::now();
        for _ in 0..under_way {
            let _ = ask.send(Instant::now());
        }
        let mut waits = Vec::new();
        let mut open = under_way;
        while open > 0 {
            let Ok(group) = told.recv() else { break };
            for asked_at in group {
                waits.push(asked_at.elapsed());
                if started.elapsed() < lasts && ask.send(Instant::now()).is_ok() {
                    continue;
                }
                open -= 1;
            }
        }
        drop(ask);
        (waits.len() as f64 / started.elapsed().as_secs_f64(), waits)
    })
}

/// One row after the other with a pause before each: how long each took until it was on disk.
pub fn paced(folder: &Path, name: &str, times: usize, pause: Duration) -> Vec<Duration> {
    let mut commit = rows(folder, name);
    // Both bounded by the one row under way.
    let (ask, asked) = mpsc::sync_channel::<u64>(1);
    let (tell, told) = mpsc::sync_channel::<()>(1);
    thread::scope(|scope| {
        scope.spawn(move || {
            while let Ok(first) = asked.recv() {
                commit(first, 1);
                if tell.send(()).is_err() {
                    break;
                }
            }
        });
        let waits = (1..=times as u64).map(|number| {
            if !pause.is_zero() {
                thread::sleep(pause);
            }
            let asked_at = Instant::now();
            let _ = ask.send(number);
            let _ = told.recv();
            asked_at.elapsed()
        });
        let waits = waits.collect();
        drop(ask);
        waits
    })
}

/// Bare rusqlite, committed in groups.
pub fn bare(folder: &Path, writers: usize, window: usize, lasts: Duration) -> (f64, Vec<Duration>) {
    group_loop(writers, window, lasts, rows(folder, &format!("bare-{writers}-{window}")))
}

/// Bare rusqlite: one table, rows of 256 bytes, WAL, `synchronous = FULL`. Commits so many rows from a number on.
fn rows(folder: &Path, name: &str) -> impl FnMut(u64, usize) + Send + use<> {
    let mut connection = rusqlite::Connection::open(folder.join(format!("{name}.db"))).expect("a file");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE log (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);",
        )
        .expect("a table");
    let body = [7_u8; 256];
    move |first, count| {
        let transaction = connection.transaction().expect("a transaction");
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO log (seq, body) VALUES (?, ?)").expect("a statement");
            for seq in first..first + count as u64 {
                insert.execute(rusqlite::params![seq.cast_signed(), body]).expect("a row");
            }
        }
        transaction.commit().expect("on disk");
    }
}

/// The same loop through our own log: an event with its key, chained, as a note is.
pub fn ours(folder: &Path, writers: usize, window: usize, lasts: Duration) -> (f64, Vec<Duration>) {
    let folder = folder.join(format!("log-{writers}-{window}"));
    let (mut log, _) = SqliteLog::open(&folder, Timestamp(1), LogId(1)).expect("a desk");
    let by = TeammateId(1);
    group_loop(writers, window, lasts, move |first, count| {
        let entries: Vec<Entry> = (first..first + count as u64)
            .map(|seq| {
                let n = EntryNo(u32::try_from(seq / 512 + 1).unwrap_or(1));
                let conversation = Some(ConversationId(seq % 512 + 1));
                let event = Event::Noted { text: "The carrier called back: it is on its way again.".into() };
                let at = Timestamp(1_795_000_000_000);
                let recorded = Recorded { seq: Seq(seq), at, by: Actor::Teammate(by), conversation, n, event };
                Entry {
                    key: Some(Key { by, id: CommandId(u128::from(seq) << 40), digest: seq }),
                    done: Done { seq: Seq(seq), conversation, n },
                    events: vec![Stored::new(recorded).expect("an event")],
                }
            })
            .collect();
        log.append(&entries).expect("on disk");
        log.mark();
    })
}
