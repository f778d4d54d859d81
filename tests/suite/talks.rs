//! The demo's talks as a whole: the real server, the AI on the demo's knowledge, and the simulated customers.
//!
//! Virtual time, so an afternoon passes in a moment. `CENTAUR_TALKS=30` prints so many talks to be read by a person.
//! Deliberately not here: what one part can prove of itself.

use super::support::{ADMIN, TestDesk};
use centaur::{
    ai::{
        driver::{Driver, DriverOptions, Pace},
        knowledge::Knowledge,
    },
    cli::assets,
    client::Caller,
    connectors::simulator::{self, SimulatorOptions},
    domain::{
        card::Card,
        command::Command,
        ids::LogId,
        policy::Policy,
        teammate::Role,
        thread::{Entry, Thread, What},
        time::Timestamp,
    },
    protocol::{Page, Query, Scope},
    server::{self, Clock},
    store::MemoryLog,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// A clock that goes with the virtual time.
struct Virtual(Instant);

impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        let since = i64::try_from(self.0.elapsed().as_millis()).unwrap_or(0);
        Timestamp(1_800_000_000_000 + since)
    }
}

/// A talk that was played.
struct Talk {
    card: Card,
    entries: Vec<Entry>,
}

async fn afternoon(seed: u64, customers: u64, mode: Option<&str>) -> Vec<Talk> {
    let mut policy: Policy = toml::from_str(assets::policy()).unwrap();
    if let Some(mode) = mode {
        policy.topics.clear();
        policy.mode = serde_json::from_value(mode.into()).unwrap();
    }
    let clock: Arc<dyn Clock> = Arc::new(Virtual(Instant::now()));
    let (running, dial) = TestDesk::open(Box::new(MemoryLog::new(LogId(7))), policy, clock).await;
    for (name, role) in [("Aria", Role::Ai), ("simulator", Role::Connector)] {
        let token = server::digest(&format!("cen_token-of-{name}"));
        running.by_desk(Command::Invite { name: name.into(), role, token }).await.unwrap().unwrap();
    }
    let (knowledge, report) = Knowledge::from_files(assets::knowledge());
    assert!(report.is_clean(), "{report:?}");
    let options = DriverOptions { pace: Pace::Instant, at_once: 32, ..DriverOptions::default() };
    let ai = tokio::spawn(Driver::run(Arc::clone(&dial), "cen_token-of-Aria".into(), Arc::new(knowledge), options));
    let scenarios = simulator::parse(&assets::customers()).unwrap();
    let options = SimulatorOptions { seed, rate: 30.0, conversations: 100, total: Some(customers), speed: 1.0 };
    let played =
        simulator::run(Arc::clone(&dial), "cen_token-of-simulator".into(), &scenarios, &options).await.unwrap();
    assert_eq!(played.customers, customers);
    sleep_until(Instant::now() + Duration::from_secs(30)).await;
    let mut admin = Caller::open(Arc::clone(&dial), ADMIN.into(), Scope::None, "test".into()).await.unwrap();
    let Page::Cards { cards, .. } = admin.query(Query::Cards { before: None, limit: 200 }).await.unwrap() else {
        panic!("no cards")
    };
    let mut talks = Vec::new();
    for card in cards {
        let history = Query::History { conversation: card.id, before: None, limit: 500 };
        let Page::History { events, .. } = admin.query(history).await.unwrap() else { panic!("no history") };
        let mut thread = Thread::new(card.id);
        for event in &events {
            thread.apply(event).unwrap();
        }
        talks.push(Talk { card, entries: thread.entries.into_iter().collect() });
    }
    ai.abort();
    talks.sort_by_key(|talk| talk.card.id);
    talks
}

fn print(talk: &Talk) {
    let card = &talk.card;
    println!(
        "\n=== {} {} [{:?}] {:?} {:?} {:?}",
        card.id, card.customer.name, card.topic, card.mode, card.holder, card.status
    );
    for entry in &talk.entries {
        match &entry.what {
            What::Customer { text, .. } => println!("  C: {text}"),
            What::Answer { answer, .. } => {
                let from: Vec<String> =
                    answer.sources.iter().map(|s| format!("{}§{}", s.document, s.heading)).collect();
                println!("  A: {} ({:.2}) {from:?}", answer.text, answer.grounding.share());
            }
            What::Draft { answer, why, .. } => {
                println!("  D({why:?}): {} ({:.2})", answer.text, answer.grounding.share());
            }
            What::Shadow { answer } => println!("  S: {} ({:.2})", answer.text, answer.grounding.share()),
            What::Notice { text, .. } => println!("  N: {text}"),
            What::Escalation { reason, summary, .. } => println!("  ! {reason:?}: {summary}"),
            What::Resolved { .. } | What::Rated { .. } | What::Abandoned { .. } => println!("  - {:?}", entry.what),
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_demos_afternoon() {
    let many: usize = std::env::var("CENTAUR_TALKS").ok().and_then(|many| many.parse().ok()).unwrap_or(0);
    let talks = afternoon(7, 80, Some("auto")).await;
    for talk in talks.iter().take(many) {
        print(talk);
    }
    assert_eq!(talks.len(), 80);
}
