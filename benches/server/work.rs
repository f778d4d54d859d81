//! Commands until they are on disk, an event's way to somebody else, and events to many.
//!
//! Peers run in a thread of their own with one reactor, so that the load is the same for us and for what we are measured
//! against.

use crate::{
    disk,
    figures::{Figures, Spread, spent},
    line::{Keys, Line, is},
    plain,
    running::Desk,
};
use centaur::domain::ids::ConversationId;
use std::{
    collections::VecDeque,
    future::Future,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{runtime, task::JoinSet};

/// Peers that ask at once.
const PEERS: usize = 64;
/// How long a rate is measured.
const LASTS: Duration = Duration::from_secs(5);
/// Peers that watch.
const WATCHERS: usize = 100;
/// The names of the server's threads, as it gives them.
const SERVER: &[&str] = &["tokio-rt-worker", "log"];
const NOTE: &str = "The carrier called back: it is on its way again.";

/// The server's reactor, as `centaur serve` has it.
pub fn server_runtime() -> runtime::Runtime {
    runtime::Builder::new_multi_thread().enable_all().build().expect("threads")
}

/// Runs peers to their end in a thread of their own.
fn in_a_thread<T: Send>(peers: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope
            .spawn(|| runtime::Builder::new_current_thread().enable_all().build().expect("a reactor").block_on(peers));
        thread.join().expect("the peers come to their end")
    })
}

/// Durable commands a second.
pub fn durable(figures: &mut Figures, folder: &Path) {
    let server = server_runtime();
    let desk = server.block_on(Desk::seeded(&folder.join("desk"), (PEERS * 8) as u64));
    let tokens: Vec<String> = (0..PEERS).map(|n| server.block_on(desk.invite(&format!("peer {n}"))).1).collect();
    for window in [1, 8] {
        let (bare, waits) = disk::bare(folder, PEERS, window, LASTS);
        figures.note(
            &format!("bare rusqlite group commit, {PEERS} writers x {window}"),
            format!("{bare:.0} rows a second ({})", Spread::of(waits).text()),
        );
        let (log, waits) = disk::ours(folder, PEERS, window, LASTS);
        figures.note(
            &format!("our log, the same loop, {PEERS} writers x {window}"),
            format!("{log:.0} entries a second ({})", Spread::of(waits).text()),
        );
        let before = spent(SERVER);
        let waits = in_a_thread(asking(desk.at, tokens.clone(), window));
        let rate = waits.len() as f64 / LASTS.as_secs_f64();
        let each = spent(SERVER).saturating_sub(before).as_secs_f64() * 1e6 / waits.len() as f64;
        figures.note("processor time of the server for each of the next", format!("{each:.1} us"));
        figures.goal(
            &format!("durable commands, {PEERS} peers x {window} under way"),
            format!("{rate:.0} a second ({})", Spread::of(waits).text()),
            format!("{:.2} of our log's loop, {:.2} of bare rusqlite", rate / log, rate / bare),
            ">= 20,000 and >= 0.35",
            rate >= 20_000.0 && rate / log >= 0.35,
        );
    }
    server.block_on(desk.running.drain());
}

/// All peers ask as fast as they are answered; how long each command took.
async fn asking(at: SocketAddr, tokens: Vec<String>, window: usize) -> Vec<Duration> {
    let mut peers = JoinSet::new();
    let mut lines = Vec::new();
    for token in tokens {
        lines.push(Line::join(at, &token, "none").await);
    }
    let until = Instant::now() + LASTS;
    for (number, mut line) in (0_u64..).zip(lines) {
        peers.spawn(async move {
            let mut keys = Keys::of(number + 1);
            let first = number * window as u64 + 1;
            let mut under_way = VecDeque::new();
            let mut waits = Vec::with_capacity(4_096);
            let mut turn = 0_u64;
            for _ in 0..window {
                line.feed(keys.note(ConversationId(first + turn % window as u64), NOTE)).await;
                under_way.push_back(Instant::now());
                turn += 1;
            }
            line.flush().await;
            while Instant::now() < until {
                let frame = line.hear().await;
                assert!(!is(&frame, "refused") && !is(&frame, "bye"), "{frame}");
                if !is(&frame, "accepted") {
                    continue;
                }
                if let Some(asked_at) = under_way.pop_front() {
                    waits.push(asked_at.elapsed());
                }
                line.say(keys.note(ConversationId(first + turn % window as u64), NOTE)).await;
                under_way.push_back(Instant::now());
                turn += 1;
            }
            waits
        });
    }
    peers.join_all().await.into_iter().flatten().collect()
}

/// A command of one peer, until another has it, on a server with nothing else to do.
///
/// A commit costs more after a pause than in a loop that keeps the disk and the core awake, and so does an echo: all three
/// are measured in the same rhythm, once one right after the other, once with a pause before each.
pub fn reach(figures: &mut Figures, folder: &Path) {
    const TIMES: usize = 1_500;
    let server = server_runtime();
    let echo = server.block_on(plain::echo());
    let desk = server.block_on(Desk::seeded(&folder.join("desk"), 8));
    let asks = server.block_on(desk.invite("asks")).1;
    let sees = server.block_on(desk.invite("sees")).1;
    for (number, rhythm, pause) in
        [(1_000, "one right after the other", Duration::ZERO), (1_001, "2 ms before each", Duration::from_millis(2))]
    {
        let commits = Spread::of(disk::paced(folder, &format!("paced-{number}"), TIMES, pause));
        let echoes = Spread::of(in_a_thread(plain::echoes(echo, TIMES, pause)));
        let waits = Spread::of(in_a_thread(reaching(desk.at, &asks, &sees, number, TIMES, pause)));
        figures.note(&format!("bare commit, one writer, {rhythm}"), commits.text());
        figures.note(&format!("bare WebSocket echo, axum and tokio-tungstenite, {rhythm}"), echoes.text());
        let sum = commits.ms(50.0) + echoes.ms(50.0);
        let ratio = waits.ms(50.0) / sum;
        figures.goal(
            &format!("command to another peer's socket, {rhythm}"),
            waits.text(),
            format!("{ratio:.2} of commit + echo ({sum:.3} ms)"),
            "p50 <= 2 x, p99 <= 20 ms",
            ratio <= 2.0 && waits.ms(99.0) <= 20.0,
        );
    }
    server.block_on(desk.running.drain());
}

/// How long each of so many commands of one peer took to the socket of another, one after the other.
async fn reaching(at: SocketAddr, asks: &str, sees: &str, number: u64, times: usize, pause: Duration) -> Vec<Duration> {
    let mut asks = Line::join(at, asks, "none").await;
    let mut sees = Line::join(at, sees, "none").await;
    sees.say(r#"{"type":"watch","conversation":1}"#.to_owned()).await;
    sees.hear_a("thread").await;
    let mut keys = Keys::of(number);
    let mut waits = Vec::with_capacity(times);
    for _ in 0..times {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let asked_at = Instant::now();
        asks.say(keys.note(ConversationId(1), NOTE)).await;
        sees.hear_a("events").await;
        waits.push(asked_at.elapsed());
        asks.hear_a("accepted").await;
    }
    waits
}

/// Events to a hundred watching peers.
pub fn fan_out(figures: &mut Figures, folder: &Path) {
    let server = server_runtime();
    let desk = server.block_on(Desk::seeded(&folder.join("desk"), 8));
    let asks = server.block_on(desk.invite("asks")).1;
    let sees: Vec<String> = (0..WATCHERS).map(|n| server.block_on(desk.invite(&format!("sees {n}"))).1).collect();
    let (bare_one, bare_many) = {
        let body = format!(r#"{{"type":"events","conversation":1,"events":[{}]}}"#, "x".repeat(230));
        let (at, tell) = server.block_on(plain::broadcast());
        (
            in_a_thread(plain::received(at, WATCHERS, tell.clone(), body.clone(), 1, LASTS)),
            in_a_thread(plain::received(at, WATCHERS, tell, body, 64, LASTS)),
        )
    };
    for (window, bare) in [(1, bare_one), (64, bare_many)] {
        figures.note(
            &format!("bare axum broadcast to {WATCHERS}, {window} under way"),
            format!("{bare:.0} deliveries a second"),
        );
        let before = spent(SERVER);
        let rate = in_a_thread(watching(desk.at, asks.clone(), sees.clone(), window));
        let each = spent(SERVER).saturating_sub(before).as_secs_f64() * 1e6 / (rate * LASTS.as_secs_f64());
        figures.note("processor time of the server for each of the next", format!("{each:.2} us"));
        figures.goal(
            &format!("durable events to {WATCHERS} watching peers, {window} under way"),
            format!("{rate:.0} deliveries a second"),
            format!("{:.2} of bare", rate / bare),
            if window > 1 { ">= 0.5" } else { "(a commit for each)" },
            window == 1 || rate / bare >= 0.5,
        );
    }
    server.block_on(desk.running.drain());
}

/// The number of the last event in a frame. Looked for from its end: the listeners are to cost as little as those of the bare
/// one, which read nothing.
fn last_number(frame: &str) -> Option<u64> {
    let (_, behind) = frame.rsplit_once(r#","n":"#)?;
    behind.split(',').next()?.parse().ok()
}

async fn watching(at: SocketAddr, asks: String, sees: Vec<String>, window: u64) -> f64 {
    let mut peers = JoinSet::new();
    let heard = Arc::new(AtomicU64::new(0));
    let over = Arc::new(AtomicBool::new(false));
    for token in sees {
        let mut line = Line::join(at, &token, "none").await;
        line.say(r#"{"type":"watch","conversation":1}"#.to_owned()).await;
        line.hear_a("thread").await;
        let (heard, over) = (Arc::clone(&heard), Arc::clone(&over));
        peers.spawn(async move {
            let mut seen = 0;
            while !over.load(Ordering::Relaxed) {
                let Ok(frame) = tokio::time::timeout(Duration::from_millis(500), line.hear()).await else { continue };
                if is(&frame, "events") {
                    // Events of a talk are numbered without a gap; several may come in a frame.
                    let last = last_number(&frame).expect("events are numbered");
                    let first = if seen == 0 { last - frame.matches(r#"{"seq":"#).count() as u64 } else { seen };
                    heard.fetch_add(last - first, Ordering::Relaxed);
                    seen = last;
                }
            }
        });
    }
    let mut asks = Line::join(at, &asks, "none").await;
    let mut keys = Keys::of(2_000 + window);
    let started = Instant::now();
    let mut asked = 0;
    let mut answered = 0;
    while started.elapsed() < LASTS {
        // As many events under way as the bare one has: neither runs ahead of those who listen.
        let slowest = heard.load(Ordering::Relaxed) / WATCHERS as u64;
        if asked < slowest.min(answered) + window {
            asks.say(keys.note(ConversationId(1), NOTE)).await;
            asked += 1;
        } else if answered < asked {
            asks.hear_a("accepted").await;
            answered += 1;
        } else {
            tokio::task::yield_now().await;
        }
    }
    let rate = heard.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    peers.join_all().await;
    rate
}
