//! A server process of our own, in a folder of its own, and the ways into it.

use centaur::{
    client::{Caller, Socket},
    domain::{command::Command, teammate::Role},
    protocol::Scope,
    server,
    store::{self, LogReader, SqliteLog, SqliteReader},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command as Program},
    time::timeout,
};

/// How long any single fact may take to come true; far longer than it should.
pub const SOON: Duration = Duration::from_secs(30);

/// Waits for a fact.
pub async fn soon<T>(what: &str, fact: impl Future<Output = T>) -> T {
    timeout(SOON, fact).await.unwrap_or_else(|_| panic!("{what}: not within {SOON:?}"))
}

/// The program, with no home but `home`.
pub fn program(home: &Path) -> Program {
    let mut program = Program::new(env!("CARGO_BIN_EXE_centaur"));
    program.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", home);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    program
}

/// A server process, and the folder that outlives it.
pub struct House {
    _home: TempDir,
    home: PathBuf,
    arguments: Vec<String>,
    child: Option<Child>,
    pub at: SocketAddr,
}

impl House {
    /// Starts a server on a fresh folder, with these arguments besides.
    pub async fn open(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut house = Self {
            home: home.path().to_owned(),
            _home: home,
            arguments: arguments.iter().map(|&said| said.to_owned()).collect(),
            child: None,
            at: "127.0.0.1:0".parse().unwrap(),
        };
        house.start().await;
        house
    }

    /// The desk's folder.
    pub fn folder(&self) -> PathBuf {
        self.home.join("desk")
    }

    /// Starts it again, on the same folder and the same port.
    pub async fn start(&mut self) {
        let mut program = program(&self.home);
        program.arg("serve").arg("--listen").arg(self.at.to_string()).arg("--data").arg(self.folder());
        program.args(&self.arguments);
        let mut child = program.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        soon("the first line", out.read_line(&mut said)).await.unwrap();
        let Some(at) = said.trim().strip_prefix("listening on http://") else {
            let mut why = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut why).await;
            panic!("the server said {said:?} and then: {why}");
        };
        self.at = at.parse().unwrap();
        let mut err = child.stderr.take().unwrap();
        tokio::spawn(async move { tokio::io::copy(&mut out, &mut tokio::io::sink()).await });
        tokio::spawn(async move { tokio::io::copy(&mut err, &mut tokio::io::stderr()).await });
        self.child = Some(child);
    }

    /// Sends a signal and waits for the end.
    pub async fn end(&mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        self.ended().await
    }

    pub fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().and_then(Child::id).expect("it runs");
        kill(Pid::from_raw(i32::try_from(id).unwrap()), signal).unwrap();
    }

    pub async fn ended(&mut self) -> ExitStatus {
        soon("the end", self.child.take().expect("it runs").wait()).await.unwrap()
    }

    /// The way for peers.
    pub fn dial(&self) -> Arc<Socket> {
        Arc::new(Socket::new(&format!("http://{}", self.at)).unwrap())
    }

    /// A token that the server keeps beside its log.
    pub fn token(&self, whose: &str) -> String {
        std::fs::read_to_string(self.folder().join(format!("{whose}.token"))).unwrap().trim().to_owned()
    }

    /// Connects with a token.
    pub async fn call(&self, token: &str, cards: Scope) -> Caller {
        Caller::open(self.dial(), token.to_owned(), cards, "real".to_owned()).await.unwrap().within(SOON)
    }

    /// Has the admin invite somebody; the token is `cen_token-of-NAME`.
    pub async fn invite(&self, name: &str, role: Role) -> String {
        let mut admin = self.call(&self.token("admin"), Scope::None).await;
        let token = format!("cen_token-of-{name}-for-these-tests");
        let invite = Command::Invite { name: name.to_owned(), role, token: server::digest(&token) };
        admin.call(invite).await.unwrap().unwrap();
        admin.close().await;
        token
    }

    /// Everything in the log, after its chain was verified against the mark beside it.
    pub fn log(&self) -> Vec<centaur::domain::event::Recorded> {
        let mark = SqliteLog::mark_in(&self.folder()).unwrap();
        assert!(mark.is_some(), "no mark beside the log");
        let reader = SqliteReader::open(&self.folder()).unwrap();
        store::verify(&reader, mark.as_ref()).unwrap();
        let mut all: Vec<centaur::domain::event::Recorded> = Vec::new();
        loop {
            let after = all.last().map(|event| event.seq).unwrap_or_default();
            let page = reader.events(after, 1_000).unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }
}
