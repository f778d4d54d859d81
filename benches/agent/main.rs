//! What we add to a language model: from the customer's message to the request, from the last token to the message sent,
//! and many answers that stream at once.
//!
//! `cargo bench --bench agent` prints the table; a word behind `--` picks one part: `turn`, `crowd`, `herd`. The desk is on disk, the
//! server, the AI teammate and the endpoint are in this process, HTTP goes over the loopback. The wait for the end of a
//! burst, which is meant, is set to nothing. Deliberately not here: what a model takes, and what its words are worth.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    dead_code,
    reason = "figures are rounded for people, and each bench uses a part of what they share"
)]

mod endpoint;
#[path = "../common/figures.rs"]
#[allow(dead_code, reason = "shared with the other benches")]
mod figures;

use centaur::{
    ai::{
        driver::{Driver, DriverOptions, Pace},
        knowledge::Knowledge,
        openai::{OpenAi, profile::Profile},
    },
    client::{Caller, Dial, MemoryDial, memory},
    domain::{
        card::Speaker,
        command::Command,
        customer::Customer,
        ids::{ConversationId, LogId},
        policy::Policy,
        teammate::Role,
    },
    protocol::{Scope, ToPeer},
    server::{self, Clock, Founding, MemoryLine, Options, Running, Server, SystemClock},
    store::SqliteLog,
};
use endpoint::Endpoint;
use figures::{Figures, Spread};
use std::{
    collections::HashMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Turns that are measured one by one.
const TURNS: usize = 400;
/// Answers that stream at once.
const CROWD: usize = 200;
/// How far apart the customers of the crowd come: all of them wait for an answer at once in the middle.
const APART: Duration = Duration::from_millis(20);
/// Tokens a second of each.
const PACE: u32 = 50;
/// Tokens of each answer in the crowd.
const TOKENS: usize = 300;
/// How long anything may take to happen.
const SOON: Duration = Duration::from_mins(1);
const ARTICLE: &str =
    "---\ntitle: Refunds\nlocale: en\n---\n## How long does a refund take?\nA refund takes 5 working days.";

/// A desk with an AI teammate who answers by HTTP, a connector, and somebody who looks on.
struct Scene {
    running: Running,
    web: Caller,
    /// The door to customers: told at once of what is on its way to them.
    door: Caller,
    ai: tokio::task::JoinHandle<()>,
}

impl Scene {
    async fn open(folder: &Path, endpoint: &Endpoint) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (log, _) = SqliteLog::open(folder, clock.now(), LogId(1)).expect("the folder can be opened");
        let token = "cen_admin-token-for-benches";
        let founding = Founding {
            name: "Bench".into(),
            admin: "mira".into(),
            token: server::digest(token),
            policy: Policy::default(),
        };
        let shelf = Some(Arc::new(knowledge().shelf()));
        let options = Options { log: Box::new(log), founding, clock, rewound: false, shelf };
        let running = Server::start(options).await.expect("the server starts");
        let (door, mut lines) = mpsc::channel::<memory::MemoryLine>(16);
        let joins = running.clone();
        tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                joins.join(MemoryLine { from_peer: line.from_peer, to_peer: line.to_peer });
            }
        });
        let dial: Arc<dyn Dial> = Arc::new(MemoryDial::new(door));
        for (name, role) in [("Aria", Role::Ai), ("web", Role::Connector)] {
            let command = Command::Invite { name: name.into(), role, token: server::digest(&of(name)) };
            running.by_desk(command).await.expect("the server runs").expect("the desk takes one more");
        }
        let call = async |token: String, cards| {
            Caller::open(Arc::clone(&dial), token, cards, "bench".into()).await.expect("the desk answers").within(SOON)
        };
        let (web, door) = (call(of("web"), Scope::None).await, call(of("web"), Scope::Carried).await);
        let profile = Profile { answer_tokens: 4_000, ..Profile::new("bench", &endpoint.url, "bench") };
        let model = Arc::new(OpenAi::new(profile, vec![]).expect("a model"));
        let options =
            DriverOptions { pace: Pace::Instant, settle: Duration::ZERO, at_once: CROWD, ..DriverOptions::default() };
        let ai = tokio::spawn(async move {
            let ended = Driver::run_with(dial, of("Aria"), Arc::new(knowledge()), model, options).await;
            eprintln!("the AI ended: {ended:?}");
        });
        Self { running, web, door, ai }
    }

    /// The customer's first message; when it was sent, and where.
    async fn ask(&mut self, n: usize) -> (Instant, ConversationId) {
        let command = Command::OpenConversation {
            channel: "web".into(),
            customer: Customer { name: "Jana".into(), ..Customer::default() },
            topic: None,
            text: format!("case number-{n}: how long does a refund take?"),
            external_ref: None,
        };
        let began = Instant::now();
        let answer = self.web.call(command).await.expect("the desk answers").expect("it is opened");
        (began, answer.conversation.expect("a conversation"))
    }

    /// Waits until the AI's answers to all of these are sent; when each was seen.
    async fn answered(&mut self, talks: &[ConversationId]) -> HashMap<ConversationId, Instant> {
        let mut seen = HashMap::new();
        while talks.iter().any(|talk| !seen.contains_key(talk)) {
            let ToPeer::Cards { cards, .. } = self.door.next_frame(SOON).await.expect("cards come") else { continue };
            for card in cards {
                assert!(card.escalation.is_none() && card.draft.is_none(), "no answer: {card:?}");
                if card.last.as_ref().is_some_and(|last| last.speaker == Speaker::Ai) || !card.on_its_way.is_empty() {
                    seen.entry(card.id).or_insert_with(Instant::now);
                }
            }
        }
        seen
    }

    async fn close(self) {
        self.ai.abort();
        self.running.drain().await;
    }
}

fn knowledge() -> Knowledge {
    Knowledge::from_files([("refunds.md", ARTICLE)]).0
}

fn of(name: &str) -> String {
    format!("cen_token-for-benches-of-{name}")
}

fn main() {
    let said: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` says nothing, and must not take minutes.
    if !said.iter().any(|word| word == "--bench") {
        return;
    }
    let wanted: Vec<&str> = said.iter().map(String::as_str).filter(|word| !word.starts_with("--")).collect();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let mut figures = Figures::default();
    for name in ["turn", "crowd", "herd"] {
        if wanted.is_empty() || wanted.contains(&name) {
            eprintln!("{name}");
            let folder = tempfile::tempdir().expect("a temporary folder");
            match name {
                "turn" => runtime.block_on(turn(&mut figures, folder.path())),
                "crowd" => runtime.block_on(crowd(&mut figures, folder.path(), APART, "the crowd")),
                _ => runtime.block_on(crowd(&mut figures, folder.path(), Duration::ZERO, "the herd")),
            }
        }
    }
    figures.print("agent: what we add to a language model");
}

/// One turn at a time: what we add before the request and behind the last token.
async fn turn(figures: &mut Figures, folder: &Path) {
    let endpoint = Endpoint::start(12, None).await;
    let mut scene = Scene::open(folder, &endpoint).await;
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    for n in 0..TURNS {
        let (began, talk) = scene.ask(n).await;
        let seen = scene.answered(&[talk]).await[&talk];
        let times = endpoint.times(n);
        // The first turns open connections and warm caches, as a server's first do.
        if n >= 20 {
            before.push(times.requested.duration_since(began));
            behind.push(seen.duration_since(times.last_token));
        }
    }
    scene.close().await;
    for (what, spread) in
        [("customer's message to request", Spread::of(before)), ("last token to message sent", Spread::of(behind))]
    {
        figures.goal(what, spread.text(), "", "p99 20 ms", spread.ms(99.0) <= 20.0);
    }
}

/// Many answers at once, begun so far apart: as customers come, or in the same moment, so that they end in the same moment.
async fn crowd(figures: &mut Figures, folder: &Path, apart: Duration, name: &str) {
    let endpoint = Endpoint::start(TOKENS, Some(PACE)).await;
    let mut scene = Scene::open(folder, &endpoint).await;
    let (mut began, mut talks) = (HashMap::new(), Vec::new());
    let (cpu, started) = (cpu(), Instant::now());
    for (n, due) in (0..CROWD).zip((0_u32..).map(|n| started + apart * n)) {
        tokio::time::sleep_until(due.into()).await;
        let (at, talk) = scene.ask(n).await;
        began.insert(talk, (n, at));
        talks.push(talk);
    }
    let seen = scene.answered(&talks).await;
    let (spent, took) = (self::cpu().saturating_sub(cpu), started.elapsed());
    let most = endpoint.most();
    let times = |talk: &ConversationId| endpoint.times(began[talk].0);
    let before = Spread::of(talks.iter().map(|it| times(it).requested.duration_since(began[it].1)).collect());
    let behind = Spread::of(talks.iter().map(|it| seen[it].duration_since(times(it).last_token)).collect());
    let late = Spread::of(talks.iter().map(|it| times(it).late).collect());
    scene.close().await;
    let all = format!("{most} at once, {} ms apart, {TOKENS} tokens each at {PACE} a second", apart.as_millis());
    figures.goal(&format!("answers that streamed, {name}"), all, "", format!("{CROWD} at once"), most >= CROWD);
    figures.goal(
        &format!("customer's message to request, in {name}"),
        before.text(),
        "",
        "p99 20 ms",
        before.ms(99.0) <= 20.0,
    );
    figures.goal(
        &format!("last token to message sent, in {name}"),
        behind.text(),
        "",
        "p99 20 ms",
        behind.ms(99.0) <= 20.0,
    );
    figures.note(&format!("the endpoint's own lateness, in {name}"), late.text());
    let cores = spent.as_secs_f64() / took.as_secs_f64();
    figures.goal(
        &format!("processor, with server and endpoint, {name}"),
        format!("{:.0} % of a core", cores * 100.0),
        "",
        "150 % of two cores' 200",
        cores <= 1.5,
    );
}

/// Processor time of this process.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
    // User and system time, in hundredths of a second as Linux tells them.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}
