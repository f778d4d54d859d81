//! A desk inside this program: the log in a folder, the server, and its own teammates on in-memory lines.
//!
//! The console, the AI and the connectors are peers here as anywhere: they join with a token and a role. Their tokens lie
//! beside the log, readable by the owner alone. Deliberately not here: which of them run; `demo` and `serve` say that.

use super::{exit::Failure, token};
use crate::{
    client::{Dial, MemoryDial, memory},
    domain::{
        command::Command,
        ids::{LogId, TeammateId},
        policy::Policy,
        refusal::Refusal,
        shelf::Shelf,
        teammate::Role,
    },
    server::{self, Clock, Founding, MemoryLine, Running, Server, SystemClock},
    store::{EventLog, Opened, SqliteLog},
};
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::mpsc;

/// Lines that may wait to be taken; the server takes them at once.
const DOORSTEP: usize = 16;

/// A desk in this program.
pub struct Embedded {
    /// The server.
    pub running: Running,
    /// The way to it for peers in this program.
    pub dial: Arc<dyn Dial>,
    /// The folder of the log.
    pub folder: PathBuf,
    /// Whether the desk was founded just now.
    pub fresh: bool,
}

/// What a fresh desk is like.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The desk's name.
    pub name: String,
    /// The first admin's name.
    pub admin: String,
    /// The policy.
    pub policy: Policy,
    /// What AIs may cite of its knowledge; none: they are believed.
    pub shelf: Option<Arc<Shelf>>,
}

/// The file with the token of a teammate who runs in this program.
fn token_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.token"))
}

impl Embedded {
    /// Opens the desk in `folder`, or founds one there.
    ///
    /// # Errors
    /// The folder, the log or the server failed; the sentence says which and what to do.
    pub async fn open(folder: &Path, plan: Plan) -> Result<Self, Failure> {
        fs::create_dir_all(folder)
            .map_err(|error| about(folder, "is no folder and cannot be made one; name another with --data", &error))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let fresh_id = LogId(uuid::Uuid::new_v4().as_u128());
        let (mut log, opened) =
            SqliteLog::open(folder, clock.now(), fresh_id).inspect_err(|error| tracing::error!("{error:?}"))?;
        let rewound = matches!(opened, Opened::Rewound { .. });
        if rewound {
            tracing::warn!(folder = %folder.display(), "the log went back in time; it gets a new identity");
            log.renew_identity(LogId(uuid::Uuid::new_v4().as_u128())).map_err(Failure::of)?;
        }
        let fresh = log.head().seq.0 == 0;
        // The token is on disk before the desk knows its hash: an admin without a token would be locked out.
        let token = if fresh { kept_or_minted(folder, "admin")? } else { String::new() };
        let founding =
            Founding { name: plan.name, admin: plan.admin, token: server::digest(&token), policy: plan.policy };
        let options = server::Options { log: Box::new(log), founding, clock, rewound, shelf: plan.shelf };
        let running = Server::start(options).await.map_err(Failure::of)?;
        // Bounded: whoever dials waits until the line before was taken.
        let (door, lines) = mpsc::channel(DOORSTEP);
        tokio::spawn(take_lines(running.clone(), lines));
        Ok(Self { running, dial: Arc::new(MemoryDial::new(door)), folder: folder.to_owned(), fresh })
    }

    /// The token of the first admin, if it lies here.
    #[must_use]
    pub fn admin_token_file(&self) -> PathBuf {
        token_file(&self.folder, "admin")
    }

    /// The first admin's token.
    ///
    /// # Errors
    /// The file is gone or unreadable.
    pub fn admin_token(&self) -> Result<String, Failure> {
        let path = self.admin_token_file();
        let token = fs::read_to_string(&path).map_err(|error| about(&path, "cannot be read", &error))?;
        Ok(token.trim().to_owned())
    }

    /// The token of a teammate who runs in this program; it joins the desk if it is not there yet.
    ///
    /// # Errors
    /// The folder cannot be used, or the desk refuses.
    pub async fn local(&self, name: &str, role: Role) -> Result<(TeammateId, String), Failure> {
        let token = kept_or_minted(&self.folder, &name.to_lowercase())?;
        let digest = server::digest(&token);
        let office = self.running.office();
        let here = office.teammates.values().find(|mate| !mate.revoked && mate.name == name && mate.role == role);
        let command = match here {
            // The hash is not told to anyone, so it is simply set again.
            Some(mate) => Command::ReplaceToken { teammate: Some(mate.id), token: digest },
            None => Command::Invite { name: name.to_owned(), role, token: digest },
        };
        let id = here.map(|mate| mate.id);
        match self.running.by_desk(command).await.map_err(Failure::of)? {
            Ok(_) => {}
            // It has this token already.
            Err(Refusal::Invalid { field, .. }) if field == "token" => {}
            Err(why) => return Err(Failure::refused(why, &office)),
        }
        let office = self.running.office();
        let joined = office.teammates.values().rev().find(|mate| !mate.revoked && mate.name == name);
        let id = id.or(joined.map(|mate| mate.id)).unwrap_or_default();
        Ok((id, token))
    }

    /// Ends in order.
    pub async fn close(&self) {
        self.running.drain().await;
    }
}

/// Hands in-memory lines to the server.
async fn take_lines(running: Running, mut lines: mpsc::Receiver<memory::MemoryLine>) {
    while let Some(line) = lines.recv().await {
        running.join(MemoryLine { from_peer: line.from_peer, to_peer: line.to_peer });
    }
}

/// The token in the folder, or a fresh one that is written there first.
fn kept_or_minted(folder: &Path, name: &str) -> Result<String, Failure> {
    let path = token_file(folder, name);
    match fs::read_to_string(&path) {
        Ok(token) if token.trim().len() > 20 => return Ok(token.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(about(&path, "cannot be read", &error)),
    }
    let token = server::mint().map_err(|error| Failure::Failed(error.to_string()))?;
    token::write_secret(&path, &token)?;
    Ok(token)
}

fn about(path: &Path, what: &str, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("{} {what}: {error}", path.display()))
}
