//! Customers who write through HTTP, a thousand a second: what is taken, what is lost, and how far a console is behind.
//!
//! The server is `centaur serve` in a process of its own, on a fresh folder and without an AI; the customers are keep-alive
//! connections of this process, each with a place in a fixed timetable, so that a slow answer never thins the load. Every
//! second message opens a chat, the next one is said in it. At the end the server is stopped in order, and what it
//! acknowledged is looked up in its log. Deliberately not here: pictures of single requests, and customers who listen.

use crate::{
    figures::{Figures, Spread},
    line::{Line, is},
};
use centaur::{
    domain::{
        event::Event,
        ids::{ConversationId, EntryNo, Seq},
    },
    store::{LogReader, SqliteReader},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    cell::RefCell,
    collections::HashMap,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::LocalSet,
};

/// Messages a second, where nothing else is said.
const RATE: u64 = 1_000;
/// For how long, where nothing else is said.
const SECONDS: u64 = 60;
/// Connections among which the messages go round, as a proxy in front would hold them.
const CONNECTIONS: u64 = 250;
/// How long an answer may take before it counts as refused.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long the console may take to be current after the last answer; the run ends then in any case.
const CATCH_UP: Duration = Duration::from_secs(15);

/// A message: its chat and its number there.
type Place = (u64, u32);

/// What happened so far.
#[derive(Default)]
struct Told {
    offered: u64,
    refused: u64,
    /// From the time in the timetable to the answer.
    waits: Vec<Duration>,
    /// What was acknowledged, with the number by which the text is known.
    accepted: HashMap<Place, u64>,
    /// Acknowledged and not yet on the console.
    unseen: HashMap<u64, Vec<(u32, Instant)>>,
    /// How far the console has each chat.
    seen: HashMap<u64, u32>,
    /// From the acknowledgement to the console; nothing if the console was first.
    lags: Vec<Duration>,
    /// Up to which event the console was told that it is current.
    current: u64,
}

impl Told {
    fn acknowledged(&mut self, place: Place, number: u64) {
        self.accepted.insert(place, number);
        let (chat, n) = place;
        if self.seen.get(&chat).is_some_and(|seen| *seen >= n) {
            self.lags.push(Duration::ZERO);
        } else {
            self.unseen.entry(chat).or_default().push((n, Instant::now()));
        }
    }

    fn shown(&mut self, chat: u64, n: u32) {
        self.seen.insert(chat, n);
        if let Some(waiting) = self.unseen.get_mut(&chat) {
            let lags = &mut self.lags;
            waiting.retain(|(one, since)| {
                if *one <= n {
                    lags.push(since.elapsed());
                }
                *one > n
            });
            if waiting.is_empty() {
                self.unseen.remove(&chat);
            }
        }
    }
}

/// The server's process; killed if this one does not come to its end.
struct Served {
    child: Child,
    at: SocketAddr,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_centaur"));
        program.env_clear().env("HOME", folder).args(["serve", "--listen", "127.0.0.1:0", "--no-ai", "--data"]);
        program.arg(folder.join("desk")).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = program.spawn().expect("the program can be started");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut said).expect("it says where it listens");
        let at = said.trim().rsplit('/').next().and_then(|at| at.parse().ok()).expect("an address");
        Self { child, at }
    }

    /// Ends it in order, so that its log can be read whole.
    fn stop(&mut self) {
        let id = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(id), Signal::SIGTERM).expect("the server is there");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "the server ended badly: {status}");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the part; `said` may name how many seconds, and how many messages a second.
pub fn customers(figures: &mut Figures, folder: &Path, said: &[u64]) {
    let seconds = said.first().copied().unwrap_or(SECONDS).clamp(1, 600);
    let rate = said.get(1).copied().unwrap_or(RATE).clamp(CONNECTIONS, 20_000);
    let mut served = Served::start(folder);
    let token = std::fs::read_to_string(folder.join("desk/admin.token")).expect("the admin's token lies there");
    let told = Rc::new(RefCell::new(Told::default()));
    let reactor = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a reactor");
    let current_after = LocalSet::new().block_on(&reactor, run(served.at, token.trim(), &told, seconds, rate));
    served.stop();
    let told = told.take();
    let (lost, doubled) = look_up(&folder.join("desk"), &told.accepted);
    let accepted = told.accepted.len() as u64;
    figures.note(
        &format!("customers: {rate} messages a second for {seconds} s, half of them open a chat"),
        format!("offered {}, accepted {accepted}, {}", told.offered, Spread::of(told.waits).text()),
    );
    figures.goal(
        "refused, lost, doubled",
        format!("{}, {lost}, {doubled}", told.refused),
        "answers of the server; its log afterwards",
        "0, 0, 0",
        told.refused == 0 && lost == 0 && doubled == 0 && accepted == told.offered,
    );
    figures.goal(
        "a console behind the acknowledgement",
        Spread::of(told.lags).text(),
        "cards are gathered for 50 ms",
        "current at the end",
        current_after.is_some(),
    );
    let end =
        current_after.map_or("not within 15 s".to_owned(), |after| format!("{:.0} ms", after.as_secs_f64() * 1e3));
    figures.note("current after the last acknowledgement", end);
}

/// Customers and the console, until the timetable ends and the console is current; how long that took.
async fn run(at: SocketAddr, token: &str, told: &Rc<RefCell<Told>>, seconds: u64, rate: u64) -> Option<Duration> {
    let console = Line::join(at, token, "all").await;
    let watching = tokio::task::spawn_local(watch(console, Rc::clone(told)));
    let begin = Instant::now() + Duration::from_millis(200);
    let writing: Vec<_> = (0..CONNECTIONS)
        .map(|one| tokio::task::spawn_local(write(at, Rc::clone(told), begin, one, seconds, rate)))
        .collect();
    for one in writing {
        one.await.expect("a customer comes to its end");
    }
    let ended = Instant::now();
    let head = head(at).await;
    let mut current = None;
    while current.is_none() && ended.elapsed() < CATCH_UP {
        let is_current = told.borrow().unseen.is_empty() && told.borrow().current >= head;
        current = is_current.then(|| ended.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    watching.abort();
    current
}

/// The console: takes cards as they come.
async fn watch(mut console: Line, told: Rc<RefCell<Told>>) {
    let mut spoke = Instant::now();
    loop {
        let frame = console.hear().await;
        // Who is silent for a minute is taken for gone.
        if spoke.elapsed() > Duration::from_secs(10) {
            spoke = Instant::now();
            console.say(r#"{"type":"pong"}"#.to_owned()).await;
        }
        if is(&frame, "cards") {
            let mut told = told.borrow_mut();
            // A card begins with its id, the last event that changed it, and how many entries it has.
            for card in frame.split(r#"{"id":"#).skip(1) {
                let (Some(chat), Some(n)) = (number(card), after(card, r#""n":"#)) else { continue };
                told.shown(chat, u32::try_from(n).unwrap_or(u32::MAX));
            }
            if let Some(seq) = frame.rfind(r#""current":"#).and_then(|from| after(&frame[from..], r#""current":"#)) {
                told.current = seq;
            }
        }
    }
}

/// One connection: the messages `one`, `one + CONNECTIONS`, … of the timetable.
async fn write(at: SocketAddr, told: Rc<RefCell<Told>>, begin: Instant, one: u64, seconds: u64, rate: u64) {
    let mut http = Http::open(at).await;
    let mut chat: Option<(u64, String)> = None;
    for number in (one..seconds * rate).step_by(CONNECTIONS as usize) {
        let due = begin + Duration::from_secs_f64(number as f64 / rate as f64);
        tokio::time::sleep_until(due.into()).await;
        let (request, opens) = match chat.take() {
            None => {
                let body = format!(
                    r#"{{"customer":{{"name":"Customer {number}"}},"text":"Where is my parcel? It is number {number}."}}"#
                );
                (post("/v1/chats", "", &body), None)
            }
            Some((id, secret)) => {
                let body = format!(r#"{{"id":"{number}","text":"It should have come on Monday, number {number}."}}"#);
                let bearer = format!("Authorization: Bearer {secret}\r\n");
                (post(&format!("/v1/chats/{id}/messages"), &bearer, &body), Some(id))
            }
        };
        told.borrow_mut().offered += 1;
        let Ok(Ok(answer)) = tokio::time::timeout(PATIENCE, http.ask(&request)).await else {
            told.borrow_mut().refused += 1;
            http = Http::open(at).await;
            continue;
        };
        let mut told = told.borrow_mut();
        told.waits.push(due.elapsed());
        let place = match (answer.0, opens) {
            (201, None) => {
                let id: Option<u64> = text(&answer.1, r#""chat":""#).and_then(|id| id.parse().ok());
                chat = id.zip(text(&answer.1, r#""secret":""#).map(str::to_owned));
                // An opening is entry 1, what the customer says with it entry 2.
                id.map(|id| (id, 2))
            }
            (202, Some(id)) => after(&answer.1, r#""n":"#).map(|n| (id, u32::try_from(n).unwrap_or(0))),
            _ => None,
        };
        match place {
            Some(place) => told.acknowledged(place, number),
            None => told.refused += 1,
        }
    }
}

/// What was acknowledged and is not in the log as it was said; what is there twice.
fn look_up(folder: &Path, accepted: &HashMap<Place, u64>) -> (u64, u64) {
    let reader = SqliteReader::open(folder).expect("the log can be read");
    let mut said: HashMap<u64, (Place, u64)> = HashMap::new();
    let mut at = Seq(0);
    loop {
        let page = reader.events(at, 10_000).expect("the log can be read");
        let Some(last) = page.last() else { break };
        at = last.seq;
        for event in &page {
            let (Event::CustomerSaid { text, .. }, Some(ConversationId(chat)), EntryNo(n)) =
                (&event.event, event.conversation, event.n)
            else {
                continue;
            };
            if let Some(number) = after(text, "number ") {
                said.entry(number).or_insert(((chat, n), 0)).1 += 1;
            }
        }
    }
    let lost = accepted.iter().filter(|(place, number)| said.get(number).is_none_or(|(at, _)| at != *place)).count();
    let doubled = said.values().filter(|(_, times)| *times > 1).count();
    (lost as u64, doubled as u64)
}

/// The head of the log, as the server's health says it.
async fn head(at: SocketAddr) -> u64 {
    let (_, body) =
        Http::open(at).await.ask("GET /healthz HTTP/1.1\r\nHost: desk\r\n\r\n").await.expect("it is healthy");
    after(&body, r#""seq":"#).expect("the head")
}

fn post(path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// The number with which `said` begins.
fn number(said: &str) -> Option<u64> {
    let end = said.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(said.len());
    said[..end].parse().ok()
}

/// The number behind the first `mark`.
fn after(said: &str, mark: &str) -> Option<u64> {
    said.split_once(mark).and_then(|(_, rest)| number(rest))
}

/// The text behind the first `mark`, up to its quotation mark.
fn text<'a>(said: &'a str, mark: &str) -> Option<&'a str> {
    said.split_once(mark).and_then(|(_, rest)| rest.split_once('"')).map(|(text, _)| text)
}

/// A connection that is kept, and no more HTTP than our server speaks: answers with a `Content-Length`.
struct Http {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Http {
    async fn open(at: SocketAddr) -> Self {
        let stream = TcpStream::connect(at).await.expect("the server listens");
        stream.set_nodelay(true).expect("the loopback takes it");
        Self { stream, read: Vec::with_capacity(1_024) }
    }

    /// One request and its answer: status and body.
    async fn ask(&mut self, request: &str) -> std::io::Result<(u16, String)> {
        self.stream.write_all(request.as_bytes()).await?;
        self.read.clear();
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let said = String::from_utf8_lossy(&self.read);
            let Some((head, body)) = said.split_once("\r\n\r\n") else { continue };
            let length = after(&head.to_ascii_lowercase(), "content-length: ").unwrap_or(0);
            if (body.len() as u64) < length {
                continue;
            }
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
            return Ok((status, body.to_owned()));
        }
    }
}
