//! A desk in memory with a clock of its own, and peers on in-memory lines: the real server, the real wire.

use centaur::{
    cli::{
        self, Cli, Context, Environment,
        exit::Failure,
        output::{Format, Output},
    },
    client::{Caller, Dial, MemoryDial, memory},
    config::Config,
    domain::{
        command::Command,
        customer::Customer,
        ids::{ConversationId, Digest, EntryNo, LogId, TeammateId, Term},
        policy::Policy,
        shelf::Shelf,
        teammate::Role,
        time::Timestamp,
        turn::{Answer as AiAnswer, Grounding, Outcome, Trace},
    },
    paths::Paths,
    protocol::{Answer, Scope},
    server::{self, Clock, Founding, ManualClock, MemoryLine, Options, Running, Server},
    store::{EventLog, MemoryLog},
};
use clap::Parser as _;
use serde_json::Value;
use std::{
    io,
    sync::{Arc, Mutex},
};
use tokio::sync::mpsc;

/// The token of the first admin.
pub const ADMIN: &str = "cen_admin-token-for-tests";

/// A desk for a test.
pub struct TestDesk {
    pub running: Running,
    pub dial: Arc<dyn Dial>,
    pub clock: Arc<ManualClock>,
}

impl TestDesk {
    /// A desk founded in memory.
    pub async fn new() -> Self {
        Self::over(Box::new(MemoryLog::new(LogId(7))), Policy::default()).await
    }

    /// A desk on this log.
    pub async fn over(log: Box<dyn EventLog>, policy: Policy) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp(1_800_000_000_000)));
        Self::at(log, policy, clock).await
    }

    /// A desk on this log with this clock.
    pub async fn at(log: Box<dyn EventLog>, policy: Policy, clock: Arc<ManualClock>) -> Self {
        let (running, dial) = Self::open(log, policy, Arc::clone(&clock) as Arc<dyn Clock>).await;
        Self { running, dial, clock }
    }

    /// A server on this log, and the way to it.
    pub async fn open(log: Box<dyn EventLog>, policy: Policy, clock: Arc<dyn Clock>) -> (Running, Arc<dyn Dial>) {
        Self::knowing(None, log, policy, clock).await
    }

    /// The same, with knowledge that may be cited.
    pub async fn knowing(
        shelf: Option<Arc<Shelf>>,
        log: Box<dyn EventLog>,
        policy: Policy,
        clock: Arc<dyn Clock>,
    ) -> (Running, Arc<dyn Dial>) {
        let founding = Founding { name: "Test".into(), admin: "root".into(), token: server::digest(ADMIN), policy };
        let running = Server::start(Options { log, founding, clock, rewound: false, shelf }).await.unwrap();
        let (door, mut lines) = mpsc::channel::<memory::MemoryLine>(16);
        let joins = running.clone();
        tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                joins.join(MemoryLine { from_peer: line.from_peer, to_peer: line.to_peer });
            }
        });
        (running, Arc::new(MemoryDial::new(door)))
    }

    /// Somebody joins; returns its line and id.
    pub async fn join(&self, name: &str, role: Role, cards: Scope) -> Peer {
        let token = format!("cen_token-of-{name}");
        let command = Command::Invite { name: name.into(), role, token: server::digest(&token) };
        self.running.by_desk(command).await.unwrap().unwrap();
        self.call(&token, cards).await
    }

    /// Connects with a token.
    pub async fn call(&self, token: &str, cards: Scope) -> Peer {
        let caller = Caller::open(Arc::clone(&self.dial), token.into(), cards, "test".into()).await.unwrap();
        let id = caller.welcome().you.id;
        Peer { caller, id }
    }
}

/// A teammate with its line.
pub struct Peer {
    pub caller: Caller,
    pub id: TeammateId,
}

impl Peer {
    /// Asks, and expects yes.
    pub async fn must(&mut self, command: Command) -> Answer {
        let said = format!("{command:?}");
        self.caller.call(command).await.unwrap().unwrap_or_else(|why| panic!("{said} was refused: {why:?}"))
    }

    /// Asks, and expects no.
    pub async fn must_not(&mut self, command: Command) -> centaur::domain::refusal::Refusal {
        let said = format!("{command:?}");
        match self.caller.call(command).await.unwrap() {
            Ok(answer) => panic!("{said} was accepted: {answer:?}"),
            Err(why) => why,
        }
    }

    /// Opens a conversation, as a connector.
    pub async fn open(&mut self, text: &str) -> ConversationId {
        let command = Command::OpenConversation {
            channel: "web".into(),
            customer: Customer { name: "Jana".into(), ..Customer::default() },
            topic: None,
            text: text.into(),
            external_ref: None,
        };
        self.must(command).await.conversation.unwrap()
    }
}

/// An answer that stands on something.
pub fn answer(text: &str) -> Outcome {
    Outcome::Answer {
        answer: Box::new(AiAnswer {
            text: text.into(),
            sources: Vec::new(),
            grounding: Grounding(900),
            trace: Trace::default(),
        }),
        settled: false,
    }
}

/// The first term.
pub const FIRST: Term = Term(1);

/// No entry.
pub const NONE: EntryNo = EntryNo(0);

/// A digest that belongs to nobody.
pub fn nobody() -> Digest {
    Digest([9; 32])
}

/// What a command line prints.
#[derive(Clone, Default)]
struct Caught(Arc<Mutex<Vec<u8>>>);

impl io::Write for Caught {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Does what a command line says, in this process and with no settings, after `prepared` has seen to its context. How it
/// ended, and its output as JSON lines, in which nothing steers a terminal.
pub async fn command_line(
    words: &[&str],
    paths: Paths,
    env: Environment,
    prepared: impl FnOnce(&mut Context),
) -> (Result<(), Failure>, Vec<Value>) {
    let all = ["centaur", "--json", "--no-input"].into_iter().chain(words.iter().copied());
    let cli = Cli::try_parse_from(all).unwrap();
    let out = Caught::default();
    let mut context = Context {
        global: cli.global,
        config: Config::default(),
        config_fault: None,
        paths,
        env,
        out: Output::new(Box::new(out.clone()), Box::new(io::sink()), Format::Json, false),
        way: None,
    };
    prepared(&mut context);
    let done = cli::perform(cli.act.unwrap(), &mut context).await;
    let said = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
    assert!(!said.contains('\u{1b}'), "{said}");
    (done, said.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}
