//! Start and memory: each counted in a process of its own, since a heap remembers what came before.

use crate::{
    desk,
    figures::{Figures, resident},
    line::Line,
    running::Desk,
    work::server_runtime,
};
use centaur::server::{Clock, SystemClock};
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

/// Conversations on a large desk.
const LARGE: u64 = 100_000;
/// Consoles that do nothing.
const CONSOLES: u64 = 1_000;

/// A process of this program that measures or serves.
struct Other {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Other {
    fn start(what: &str, folder: &Path) -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        let mut child = Command::new(program)
            .args(["measure", what])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can be started");
        let said = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, said }
    }

    fn line(&mut self) -> Vec<String> {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("the other process speaks");
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn end(mut self) {
        // It ends with its input.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Start with a large desk: from the start of the server to the first cards at a console; memory for each card.
pub fn start(figures: &mut Figures, folder: &Path) {
    let folder = folder.join("desk");
    let at = Instant::now();
    desk::seed(&folder, LARGE, SystemClock.now());
    eprintln!("  seeded {LARGE} conversations in {:.1} s", at.elapsed().as_secs_f64());
    let mut best = f64::MAX;
    let mut bytes = f64::MAX;
    for _ in 0..3 {
        let mut other = Other::start("start", &folder);
        let said: Vec<f64> = other.line().iter().filter_map(|word| word.parse().ok()).collect();
        let [loaded, first, before, after] = said[..] else { panic!("not what was asked: {said:?}") };
        eprintln!("  loaded after {loaded:.0} ms, first cards after {first:.0} ms, {before:.0} to {after:.0} KiB");
        best = best.min(first);
        bytes = bytes.min((after - before) * 1_024.0 / LARGE as f64);
        other.end();
    }
    figures.goal(
        "start with 100,000 conversations, to the first cards",
        format!("{best:.0} ms (best of 3)"),
        "",
        "<= 2,000 ms",
        best <= 2_000.0,
    );
    figures.goal("server memory for a card", format!("{bytes:.0} bytes"), "", "<= 1,024 bytes", bytes <= 1_024.0);
}

/// Memory of consoles that only listen.
pub fn idle(figures: &mut Figures, folder: &Path) {
    let folder = folder.join("desk");
    desk::seed(&folder, 200, SystemClock.now());
    let mut other = Other::start("serve", &folder);
    let said = other.line();
    let [at] = &said[..] else { panic!("not what was asked: {said:?}") };
    let at = at.parse().expect("an address");
    let id = other.child.id();
    let before = resident(Some(id));
    let reactor = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a reactor");
    let kib = reactor.block_on(async {
        let mut lines = Vec::new();
        for _ in 0..CONSOLES {
            let mut line = Line::join(at, desk::ADMIN, "all").await;
            line.hear_a("cards").await;
            lines.push(line);
        }
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        (resident(Some(id)).saturating_sub(before)) as f64 / CONSOLES as f64
    });
    other.end();
    let goal = 1_024.0 * 1_024.0 / 10_000.0;
    figures.goal(
        "server memory for an idle console",
        format!("{kib:.1} KiB"),
        format!("10,000 are {:.0} MiB", kib * 10_000.0 / 1_024.0),
        format!("<= {goal:.0} KiB"),
        kib <= goal,
    );
}

/// What the other process does: says its figures, and stays until its input ends.
pub fn measure(said: &[String]) {
    let [what, folder] = said else { return };
    let folder = Path::new(folder);
    let server = server_runtime();
    server.block_on(async {
        let before = resident(None);
        let begun = Instant::now();
        let desk = Desk::start(folder).await;
        if what == "start" {
            let loaded = begun.elapsed();
            let after = resident(None);
            let mut line = Line::join(desk.at, desk::ADMIN, "all").await;
            line.hear_a("cards").await;
            let first = begun.elapsed();
            println!("{} {} {before} {after}", loaded.as_secs_f64() * 1e3, first.as_secs_f64() * 1e3);
        } else {
            println!("{}", desk.at);
        }
        let mut rest = Vec::new();
        let _ = tokio::task::spawn_blocking(move || std::io::stdin().read_to_end(&mut rest)).await;
        desk.running.drain().await;
    });
}
