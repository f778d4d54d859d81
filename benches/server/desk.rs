//! The desk under measurement: the real server on a real folder, on a port of the loopback.

use crate::desk::{self, ADMIN};
use centaur::{
    domain::{
        command::Command,
        ids::{LogId, TeammateId},
        policy::Policy,
        teammate::Role,
    },
    server::{self, Clock, Founding, Options, Running, Server, SystemClock},
    store::SqliteLog,
};
use std::{net::SocketAddr, path::Path, sync::Arc};

/// A running desk.
pub struct Desk {
    /// The server.
    pub running: Running,
    /// Where it listens.
    pub at: SocketAddr,
}

impl Desk {
    /// Starts the server on what is in `folder`.
    pub async fn start(folder: &Path) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (log, _) = SqliteLog::open(folder, clock.now(), LogId(1)).expect("the folder can be opened");
        let founding = Founding {
            name: "Bench".into(),
            admin: "mira".into(),
            token: server::digest(ADMIN),
            policy: Policy::default(),
        };
        let options = Options { log: Box::new(log), founding, clock, rewound: false, shelf: None };
        let running = Server::start(options).await.expect("the server starts");
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let at = running.listen(here, axum::Router::new()).await.expect("a port is free");
        Self { running, at }
    }

    /// A new folder with `count` conversations, and a server on it.
    pub async fn seeded(folder: &Path, count: u64) -> Self {
        desk::seed(folder, count, SystemClock.now());
        Self::start(folder).await
    }

    /// Somebody of the team joins; returns its token.
    pub async fn invite(&self, name: &str) -> (TeammateId, String) {
        let token = format!("cen_token-for-benches-of-{name}");
        let command = Command::Invite { name: name.into(), role: Role::Agent, token: server::digest(&token) };
        self.running.by_desk(command).await.expect("the server runs").expect("the desk takes one more");
        let office = self.running.office();
        let id = office.teammates.values().find(|mate| mate.name == name).map(|mate| mate.id).unwrap_or_default();
        (id, token)
    }
}
