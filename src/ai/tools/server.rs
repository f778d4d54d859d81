//! One tool server: connected, looked at, called; and connected anew when it is gone.
//!
//! One task owns the line; calls run beside it, each with its own end. Before each call the definition is looked at again:
//! what is not what the desk knows is not called. Now and then it is looked at without a call, so that what is new or has
//! changed is known before it is asked for. Deliberately not here: the wire (see [`line`](super::line)).

use super::{
    Errand, Offer, Ran, Setup, cut,
    line::{CallFault, Line},
};
use crate::domain::tool::Fate;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::{JoinHandle, spawn},
    time::{Instant, timeout, timeout_at},
};

/// Calls that may wait to be begun. When they are as many, who asks waits, within its own time.
const JOBS: usize = 64;
/// How long connecting may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How often a line is looked at whether it is still there.
const GLANCE: Duration = Duration::from_secs(5);
/// How long a server rests after it failed, at first and at most.
const REST: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));

/// A call to be made.
pub(super) struct Job {
    pub(super) errand: Errand,
    pub(super) done: oneshot::Sender<Ran>,
}

/// A server's owner.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) offers: watch::Receiver<Vec<Offer>>,
    pub(super) jobs: mpsc::Sender<Job>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Whether the tool is this server's, by its name.
    pub(super) fn runs(&self, tool: &str) -> bool {
        tool.strip_prefix(&self.name).is_some_and(|rest| rest.starts_with('.'))
    }

    pub(super) fn start(setup: Setup, news: Arc<Notify>) -> Self {
        let (jobs, inbox) = mpsc::channel(JOBS);
        let (told, offers) = watch::channel(Vec::new());
        let name = setup.name.clone();
        let told = Arc::new(Told { offers: told, news });
        let now = Instant::now();
        let keeper = Keeper { setup, told, line: None, rest: REST.0, again: now, look_at: now, why: String::new() };
        Self { name, offers, jobs, task: spawn(keeper.run(inbox)) }
    }
}

/// Tells what is offered, to whoever looks and to whoever waits.
struct Told {
    offers: watch::Sender<Vec<Offer>>,
    news: Arc<Notify>,
}

impl Told {
    fn tell(&self, offers: &[Offer]) {
        let changed = self.offers.send_if_modified(|known| {
            let changed = known != offers;
            if changed {
                offers.clone_into(known);
            }
            changed
        });
        if changed {
            self.news.notify_one();
        }
    }
}

struct Keeper {
    setup: Setup,
    told: Arc<Told>,
    line: Option<Arc<Line>>,
    rest: Duration,
    /// Not before then a connection is tried again.
    again: Instant,
    /// When it is looked at without a call.
    look_at: Instant,
    /// Why there is none.
    why: String,
}

impl Keeper {
    async fn run(mut self, mut inbox: mpsc::Receiver<Job>) {
        loop {
            let gone = self.line.as_ref().is_none_or(|line| line.is_closed());
            tokio::select! {
                job = inbox.recv() => match job {
                    Some(job) => self.take(job).await,
                    None => return,
                },
                // A server that is gone is looked for again, so that what it offers is known before it is needed.
                () = tokio::time::sleep_until(self.again), if gone => drop(self.connected().await),
                () = tokio::time::sleep_until(self.look_at.min(Instant::now() + GLANCE)), if !gone => self.look(),
            }
        }
    }

    /// Looks what is offered, if it is time. Beside the loop: who is silent holds up nothing.
    fn look(&mut self) {
        let Some(line) = self.line.clone().filter(|_| Instant::now() >= self.look_at) else { return };
        self.look_at = Instant::now() + self.setup.look_after;
        let (name, told) = (self.setup.name.clone(), Arc::clone(&self.told));
        spawn(async move {
            // What fails here fails at the next call too, and is told there.
            if let Ok(Ok(offers)) = timeout(CONNECT_WITHIN, line.offers(&name)).await {
                told.tell(&offers);
            }
        });
    }

    /// The line, connected anew if it is gone and has rested.
    async fn connected(&mut self) -> Result<Arc<Line>, String> {
        if let Some(line) = self.line.as_ref().filter(|line| !line.is_closed()) {
            return Ok(Arc::clone(line));
        }
        self.line = None;
        if Instant::now() + REST.0 < self.again {
            return Err(self.why.clone());
        }
        // A short rest is waited for: who just ended may be back.
        tokio::time::sleep_until(self.again).await;
        let name = self.setup.name.clone();
        let connecting = async {
            let line = Line::connect(&self.setup.place).await?;
            let offers = line.offers(&name).await?;
            Ok::<_, String>((line, offers))
        };
        let result = match timeout(CONNECT_WITHIN, connecting).await {
            Ok(result) => result,
            Err(_) => Err(format!("no greeting within {} s", CONNECT_WITHIN.as_secs())),
        };
        match result {
            Ok((line, offers)) => {
                tracing::info!(server = %self.setup.name, tools = offers.len(), "a tool server is there");
                self.told.tell(&offers);
                self.rest = REST.0;
                // One that comes and goes is not connected to without a pause.
                self.again = Instant::now() + REST.0;
                self.look_at = Instant::now() + self.setup.look_after;
                let line = Arc::new(line);
                self.line = Some(Arc::clone(&line));
                Ok(line)
            }
            Err(why) => {
                self.why = format!("the tool server {} cannot be reached: {why}", self.setup.name);
                tracing::warn!(server = %self.setup.name, why = %why.escape_debug(), "a tool server is not there");
                self.again = Instant::now() + self.rest;
                self.rest = (self.rest * 2).min(REST.1);
                Err(self.why.clone())
            }
        }
    }

    async fn take(&mut self, Job { errand, done }: Job) {
        let within = self.setup.within;
        let until = Instant::now() + within;
        match self.connected().await {
            Err(why) => drop(done.send(Ran::failed(why))),
            Ok(line) => {
                let (name, told) = (self.setup.name.clone(), Arc::clone(&self.told));
                spawn(async move {
                    // Nobody waits for it any more only if the AI ends: then what runs may end as it will.
                    let _ = done.send(call(&line, &name, &errand, (until, within), &told).await);
                });
            }
        }
    }
}

/// One call, with its end in time.
async fn call(line: &Line, server: &str, errand: &Errand, (until, within): (Instant, Duration), told: &Told) -> Ran {
    let seconds = within.as_secs_f32();
    let offers = match timeout_at(until, line.offers(server)).await {
        Ok(Ok(offers)) => offers,
        Ok(Err(why)) => return Ran::failed(format!("the tool server {server} failed before the call: {why}")),
        Err(_) => {
            return Ran::failed(format!("the tool server {server} was silent for {seconds} s; nothing was called"));
        }
    };
    told.tell(&offers);
    let Some(offer) = offers.iter().find(|offer| offer.tool == errand.tool) else {
        return Ran::failed(format!("the tool server {server} has {} no more", errand.tool));
    };
    if offer.definition != errand.definition {
        return Ran::failed(format!("{} is not what it was: its definition changed; nothing was called", errand.tool));
    }
    let name = errand.tool.get(server.len() + 1..).unwrap_or_default();
    match timeout_at(until, line.call(name, &errand.arguments, &errand.key)).await {
        Ok(Ok((false, words))) => Ran { fate: Fate::Done, result: cut(&words) },
        Ok(Ok((true, words))) => Ran { fate: Fate::Failed, result: cut(&words) },
        Ok(Err(CallFault::Refused(why))) => Ran::failed(format!("the tool server refused it: {why}")),
        Ok(Err(CallFault::Broken(why))) => {
            let result = cut(&format!("the tool server {server} broke off under way ({why})"));
            Ran { fate: Fate::Unknown, result }
        }
        Err(_) => Ran { fate: Fate::Unknown, result: format!("no answer of {} within {seconds} s", errand.tool) },
    }
}

pub(super) async fn try_out(setup: &Setup) -> Result<Vec<Offer>, String> {
    let trying = async { Line::connect(&setup.place).await?.offers(&setup.name).await };
    timeout(CONNECT_WITHIN, trying)
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {} s", CONNECT_WITHIN.as_secs())))
}
