//! The demo's talks as a whole: the real server, the AI on the demo's knowledge, and the simulated customers.
//!
//! Virtual time, so an afternoon passes in a moment. `CENTAUR_TALKS=30` prints so many talks to be read by a person.
//! Deliberately not here: what one part can prove of itself.

use super::support::{ADMIN, TestDesk};
use centaur::{
    ai::{
        driver::{Driver, DriverError, DriverOptions, Pace},
        knowledge::Knowledge,
    },
    cli::assets,
    client::{Caller, Dial},
    connectors::simulator::{self, Scenario, SimulatorOptions, colleague},
    domain::{
        approval::Why,
        card::Card,
        command::Command,
        guard::{Rule, Settings},
        holder::Holder,
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
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// The longest step of virtual time.
const STEP: Duration = Duration::from_millis(10);

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

type Ai = tokio::task::JoinHandle<Result<(), DriverError>>;

/// The demo's desk in virtual time with its AI, in a hurry for so long; the way to it.
async fn demo_desk(policy: Policy, hurry: Duration) -> (Arc<dyn Dial>, Ai) {
    // The log has a thread of its own, of which virtual time knows nothing: while all wait for it, time would jump to
    // whatever is due next. So it goes in small steps, and after each another thread has its turn, while time stands.
    tokio::spawn(async {
        let mut steps = tokio::time::interval(STEP);
        loop {
            steps.tick().await;
            let _ = tokio::task::spawn_blocking(std::thread::yield_now).await;
        }
    });
    let clock: Arc<dyn Clock> = Arc::new(Virtual(Instant::now()));
    let (knowledge, report) = Knowledge::from_files(assets::knowledge());
    assert!(report.is_clean(), "{report:?}");
    let shelf = Some(Arc::new(knowledge.shelf()));
    let (running, dial) = TestDesk::knowing(shelf, Box::new(MemoryLog::new(LogId(7))), policy, clock).await;
    for (name, role) in [("Aria", Role::Ai), ("Lena", Role::Agent), ("simulator", Role::Connector)] {
        let token = server::digest(&token_of(name));
        running.by_desk(Command::Invite { name: name.into(), role, token }).await.unwrap().unwrap();
    }
    let options = DriverOptions { pace: Pace::Instant, at_once: 32, hurry, ..DriverOptions::default() };
    let ai = tokio::spawn(Driver::run(Arc::clone(&dial), token_of("Aria"), Arc::new(knowledge), options));
    (dial, ai)
}

fn token_of(name: &str) -> String {
    format!("cen_token-of-{name}")
}

async fn look(dial: &Arc<dyn Dial>) -> (Caller, Vec<Card>) {
    let mut admin = Caller::open(Arc::clone(dial), ADMIN.into(), Scope::None, "test".into()).await.unwrap();
    let Page::Cards { cards, .. } = admin.query(Query::Cards { before: None, limit: 200 }).await.unwrap() else {
        panic!("no cards")
    };
    (admin, cards)
}

/// Plays these to their end, each once, with every topic in the mode `auto`.
async fn afternoon(seed: u64, scenarios: Vec<Scenario>) -> Vec<Talk> {
    guarded_afternoon(seed, scenarios, |_| ()).await
}

/// The same, with checks as somebody else would set them.
async fn guarded_afternoon(seed: u64, mut scenarios: Vec<Scenario>, set: impl Fn(&mut Settings)) -> Vec<Talk> {
    for scenario in &mut scenarios {
        scenario.often = 1;
    }
    let customers = scenarios.len() as u64;
    let mut policy: Policy = toml::from_str(assets::policy()).unwrap();
    set(&mut policy.guard);
    policy.topics.clear();
    let (dial, ai) = demo_desk(policy, Duration::ZERO).await;
    let options = SimulatorOptions {
        seed,
        rate: 30.0,
        conversations: 100,
        total: Some(customers),
        ..SimulatorOptions::default()
    };
    let played = simulator::run(Arc::clone(&dial), token_of("simulator"), &scenarios, &options).await.unwrap();
    assert_eq!(played.customers, customers);
    sleep_until(Instant::now() + Duration::from_secs(30)).await;
    let (mut admin, cards) = look(&dial).await;
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

/// Thanks and nothing else, in the words of simulated customers.
const CLOSINGS: &[&str] = &[
    "Prima, vielen lieben Dank und einen schönen Tag noch! 🌻",
    "Genial, muchas gracias por todo 😊",
    "明白了，谢谢！",
    "Alles klar, danke.",
];

#[tokio::test(start_paused = true)]
async fn no_closing_is_handed_off_and_each_hand_off_says_what_is_wanted() {
    let mut hard = simulator::parse(&assets::customers()).unwrap();
    hard.retain(|scenario| !scenario.is_everyday());
    let talks = afternoon(7, hard).await;
    for talk in talks.iter().take(printed()) {
        print(talk);
    }
    assert_eq!(talks.len(), 85);
    for talk in &talks {
        let mut said = "";
        let mut answered = false;
        for entry in &talk.entries {
            match &entry.what {
                What::Customer { text, .. } => said = text,
                What::Answer { .. } => answered = true,
                What::Escalation { summary, trace: Some(_), .. } => {
                    assert!(!(answered && CLOSINGS.contains(&said)), "{}: {said}", talk.card.id);
                    assert!(summary.starts_with("Wants: ") && summary.chars().count() < 400, "{summary}");
                    assert!(summary.contains(" Tried: ") && summary.contains(" Missing: "), "{summary}");
                }
                _ => {}
            }
        }
    }
    let settled = talks.iter().filter(|talk| talk.card.status.is_resolved()).count();
    println!("{settled} of the hard talks were settled by the AI");
    assert!(settled >= 12, "{settled} talks were settled by the AI");
}

/// How many talks are to be printed, for people who read them.
fn printed() -> usize {
    std::env::var("CENTAUR_TALKS").ok().and_then(|many| many.parse().ok()).unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn most_everyday_matters_end_without_a_person_and_no_answer_to_them_is_from_another_topic() {
    let (knowledge, _) = Knowledge::from_files(assets::knowledge());
    let topic_of =
        |path: &str| knowledge.documents().iter().find(|one| one.path == path).and_then(|one| one.topic.clone());
    let policy: Policy = toml::from_str(assets::policy()).unwrap();
    let mut everyday = simulator::parse(&assets::customers()).unwrap();
    // But for what the desk keeps for people whatever it is.
    everyday.retain(|scenario| scenario.is_everyday() && !policy.human_topics.contains(&scenario.topic));
    assert!(everyday.len() >= 70, "{}", everyday.len());
    let talks = afternoon(11, everyday).await;
    let (mut alone, mut astray) = (0, Vec::new());
    for talk in &talks {
        let by_people =
            talk.entries.iter().any(|entry| matches!(entry.what, What::Escalation { .. } | What::Draft { .. }));
        let ended = talk.card.status.is_resolved() && !by_people;
        alone += usize::from(ended);
        let mut strays = Vec::new();
        for entry in &talk.entries {
            if let What::Answer { answer, .. } = &entry.what {
                let others = answer
                    .sources
                    .iter()
                    .filter(|source| topic_of(&source.document).as_deref() != talk.card.topic.as_deref());
                strays.extend(others.map(|source| format!("{}: {}", talk.card.customer.name, source.document)));
            }
        }
        if printed() > 0 && !(ended && strays.is_empty()) {
            print(talk);
        }
        astray.extend(strays);
    }
    println!("{alone} of {} ended without a person; astray: {astray:#?}", talks.len());
    assert_eq!(astray, Vec::<String>::new());
    assert!(alone * 4 >= talks.len() * 3, "only {alone} of {} ended without a person", talks.len());
}

#[tokio::test(start_paused = true)]
async fn the_checks_let_ordinary_answers_through_and_hold_back_what_they_should() {
    let mut counts = Vec::new();
    for marks_only in [true, false] {
        let talks = guarded_afternoon(11, simulator::parse(&assets::customers()).unwrap(), |guard| {
            if marks_only {
                guard.mark_only = Rule::ALL.into_iter().filter(|rule| *rule != Rule::Unchecked).collect();
            }
        })
        .await;
        let entries = || talks.iter().flat_map(|talk| &talk.entries);
        let sent = entries().filter(|entry| matches!(entry.what, What::Answer { .. })).count();
        let held = entries().filter(|entry| matches!(entry.what, What::Draft { why: Why::Guard { .. }, .. })).count();
        let found: Vec<String> = entries()
            .flat_map(Entry::verdicts)
            .map(|verdict| format!("{:?} {}", verdict.stage, verdict.sentence()))
            .collect();
        let label = if marks_only { "only marking" } else { "holding back" };
        println!("{label}: {sent} answers sent, {held} held back, {} verdicts: {found:#?}", found.len());
        let foreign = entries().flat_map(Entry::verdicts).filter(|verdict| verdict.rule == Rule::Source).count();
        assert_eq!(foreign, 0, "what our own AI cites is the desk's");
        counts.push((sent, held));
    }
    let [(all, none), (sent, held)] = counts.as_slice() else { panic!("two afternoons") };
    assert_eq!(*none, 0);
    assert!(*held >= 1 && held * 100 <= (sent + held) * 5, "{held} of {} are held back", sent + held);
    assert!(sent * 100 >= all * 93, "{sent} of {all} are sent");
}

#[tokio::test(start_paused = true)]
async fn the_demos_floor_is_full_within_two_seconds() {
    let policy: Policy = toml::from_str(assets::policy()).unwrap();
    let hurry = Duration::from_secs(1);
    let (dial, ai) = demo_desk(policy, hurry).await;
    let manner = colleague::manner(assets::colleague()).unwrap();
    let lena = tokio::spawn(colleague::run(Arc::clone(&dial), token_of("Lena"), manner, 5));
    let scenarios = simulator::parse(&assets::customers()).unwrap();
    let options = SimulatorOptions { rate: 20.0, opening: 28, head_start: hurry, ..SimulatorOptions::default() };
    let to = Arc::clone(&dial);
    let customers = tokio::spawn(async move { simulator::run(to, token_of("simulator"), &scenarios, &options).await });
    sleep_until(Instant::now() + Duration::from_secs(2)).await;
    let (_admin, cards) = look(&dial).await;
    let count = |wanted: &dyn Fn(&Card) -> bool| cards.iter().filter(|card| wanted(card)).count();
    let languages: BTreeSet<_> = cards.iter().map(|card| card.customer.locale.clone()).collect();
    let counts = [
        ("talks", cards.len(), 24),
        ("languages", languages.len(), 4),
        ("drafts", count(&|card| card.draft.is_some()), 1),
        ("in the queue", count(&|card| card.holder == Holder::Queue), 2),
        ("held by a person", count(&|card| matches!(card.holder, Holder::Human(_))), 2),
        ("held by the AI", count(&|card| card.holder.is_ai()), 5),
    ];
    assert!(counts.iter().all(|(_, are, least)| are >= least) && cards.len() <= 40, "{counts:?}");
    customers.abort();
    lena.abort();
    ai.abort();
}
