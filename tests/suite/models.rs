//! Language models at a desk: whatever an endpoint does, the customer's matter ends in a right answer, a draft or a person,
//! in time and with the reason where people look.
//!
//! The real server, the real driver, real HTTP to an endpoint of our own that makes trouble. Deliberately not here: the pure
//! parts (see `ai::openai`) and processes (see `real::agents`).

use super::support::{Peer, TestDesk};
use centaur::{
    ai::{
        driver::{Driver, DriverOptions, Pace},
        knowledge::Knowledge,
        openai::{OpenAi, profile::Profile},
        scripted::{Script, Scripted, Trouble},
    },
    domain::{card::Card, command::Command, escalation::Reason, event::Event, ids::ConversationId, teammate::Role},
    protocol::{self, Page, Query, Scope, ToPeer, ToServer},
};
use futures_util::future::join_all;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

const LONG: Duration = Duration::from_secs(30);
const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn knowledge() -> Knowledge {
    let file = "---\ntitle: Refunds\nlocale: en\n---\n## How long does a refund take?\nA refund takes 5 working days. \
                Cards may show the refund 3 days later.\n## Where is my parcel?\nThe parcel is with the carrier.";
    let (knowledge, report) = Knowledge::from_files([("refunds.md", file)]);
    assert!(report.is_clean());
    knowledge
}

async fn endpoint(troubles: Vec<Trouble>) -> Scripted {
    Scripted::start(HERE, knowledge(), Script { troubles, pace: None, key: None }).await.unwrap()
}

/// A desk with an AI that has this model, a connector and a supervisor.
struct House {
    desk: TestDesk,
    web: Peer,
    mira: Peer,
    ai: JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.ai.abort();
    }
}

async fn house(model: OpenAi) -> House {
    let desk = TestDesk::new().await;
    let aria = desk.join("Aria", Role::Ai, Scope::None).await;
    aria.caller.close().await;
    let web = desk.join("web", Role::Connector, Scope::Carried).await;
    let mira = desk.join("mira", Role::Agent, Scope::All).await;
    let options = DriverOptions { pace: Pace::Instant, settle: Duration::from_millis(5), ..DriverOptions::default() };
    let dial = Arc::clone(&desk.dial);
    let ai = tokio::spawn(async move {
        let ended =
            Driver::run_with(dial, "cen_token-of-Aria".into(), Arc::new(knowledge()), Arc::new(model), options).await;
        panic!("the AI ended: {ended:?}");
    });
    House { desk, web, mira, ai }
}

impl House {
    /// Waits for a card of `talk` that fits.
    async fn card(&mut self, talk: ConversationId, fits: impl Fn(&Card) -> bool) -> Card {
        loop {
            if let ToPeer::Cards { cards, .. } = self.mira.caller.next_frame(LONG).await.unwrap()
                && let Some(card) = cards.into_iter().find(|card| card.id == talk && fits(card))
            {
                return card;
            }
        }
    }

    async fn events(&mut self, talk: ConversationId) -> Vec<Event> {
        let query = Query::History { conversation: talk, before: None, limit: 100 };
        let Page::History { events, .. } = self.mira.caller.query(query).await.unwrap() else { panic!("no history") };
        events.into_iter().map(|recorded| recorded.event).collect()
    }
}

/// How a customer's matter ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Answer,
    Draft,
    Person,
}

/// A case: what goes wrong, how it ends, and words of the reason.
struct Case {
    troubles: Vec<Trouble>,
    ends: Ended,
    says: &'static str,
}

fn case(trouble: Trouble) -> Case {
    use Ended::{Answer, Draft, Person};
    let (ends, says) = match trouble {
        Trouble::None
        | Trouble::Split
        | Trouble::Repeat
        | Trouble::Whole
        | Trouble::Think
        | Trouble::Mutter
        | Trouble::Open
        | Trouble::Toolless => (Answer, "tokens read"),
        Trouble::Usage => (Answer, "its count cannot be"),
        Trouble::TooMany(Some(1)) => (Answer, "attempt 2"),
        Trouble::Duplicate => (Draft, "came twice"),
        Trouble::Lie => (Draft, "[77] names no source; figures in no cited source"),
        Trouble::Unauthorized => (Person, "it answered 401 (“Incorrect API key provided"),
        Trouble::TooMany(None) => (Person, "3 attempts: it answered 429"),
        Trouble::TooMany(_) => (Person, "come back in 600 s"),
        Trouble::Broken => (Person, "3 attempts: it failed with 500 (“the model fell over”); look at its log"),
        Trouble::Html => (Person, "it answered text/html instead of JSON; check the URL"),
        Trouble::Garbled => (Person, "it sent what cannot be read"),
        Trouble::Stall(0) => (Person, "no first word within 0.4 s"),
        // On a slow machine the first word may be what is late.
        Trouble::Stall(_) => (Person, "0.4 s"),
        Trouble::Cut(0) | Trouble::End(0) => (Person, "the answer was cut after 0 pieces"),
        Trouble::Cut(_) | Trouble::End(_) => (Person, "the answer was cut after 3 pieces"),
        Trouble::Fail(0) => (Person, "3 attempts: it failed half-way (“the model ran out of memory”); look at its log"),
        Trouble::Fail(_) => (Person, "first: it failed half-way (“the model ran out of memory”); look at its log"),
        Trouble::Drip(_) => (Person, "it was not done within"),
        Trouble::Endless => (Person, "and was stopped"),
        Trouble::Tool => (Person, "it wants to use the tool “refund”, and has none to use"),
    };
    let mut troubles = vec![trouble];
    if trouble == Trouble::TooMany(Some(1)) {
        troubles.push(Trouble::None);
    }
    Case { troubles, ends, says }
}

/// A profile whose time-outs are short only where nothing more will come.
fn profile(name: &str, endpoint: &Scripted, trouble: Trouble, turn: Duration) -> Profile {
    let waits = if matches!(trouble, Trouble::Stall(_)) { Duration::from_millis(400) } else { Duration::from_secs(20) };
    Profile { first_token: waits, stall: waits, turn, ..Profile::new(name, &endpoint.url(), "demo") }
}

/// Lets a customer ask at a desk whose model makes this trouble; how it ended, and all that was told of it.
async fn run(case: &Case, fallback: bool) -> (Ended, String, Duration) {
    let trouble = case.troubles[0];
    let first = endpoint(case.troubles.clone()).await;
    let second = endpoint(vec![]).await;
    let turn = match trouble {
        Trouble::Drip(_) if fallback => Duration::from_secs(8),
        Trouble::Drip(_) => Duration::from_millis(1_500),
        _ => Duration::from_secs(40),
    };
    let behind = if fallback { vec![profile("second", &second, Trouble::None, turn)] } else { vec![] };
    let model = OpenAi::new(profile("first", &first, trouble, turn), behind).unwrap();
    let mut house = house(model).await;
    let began = Instant::now();
    let talk = house.web.open("How long does a refund take?").await;
    let over = |card: &Card| card.draft.is_some() || card.escalation.is_some() || card.waiting_since.is_none();
    let card = house.card(talk, over).await;
    let took = began.elapsed();
    if let Some(escalation) = &card.escalation {
        assert_eq!(escalation.reason, Reason::AiFailed, "{escalation:?}");
        return (Ended::Person, escalation.summary.clone(), took);
    }
    let told = |steps: &[centaur::domain::turn::Step]| {
        steps.iter().map(|step| format!("{}: {}", step.name, step.detail)).collect::<Vec<_>>().join("\n")
    };
    for event in house.events(talk).await {
        match event {
            Event::Answered { answer, .. } => {
                assert!(
                    answer.text.contains("A refund takes 5 working days.") && answer.text.contains("[1]"),
                    "{answer:?}"
                );
                assert!(answer.trace.tokens.is_some_and(|(read, written)| read < 5_000 && written < 500));
                assert!(!answer.text.contains("think") && !answer.text.contains("look at the"), "{answer:?}");
                assert_eq!(answer.sources.len(), 1);
                return (Ended::Answer, told(&answer.trace.steps), took);
            }
            Event::DraftProposed { answer, .. } => return (Ended::Draft, told(&answer.trace.steps), took),
            _ => {}
        }
    }
    panic!("{trouble}: it ended in nothing: {card:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_an_endpoint_ends_in_a_right_answer_a_draft_or_a_person_with_the_reason() {
    let (mut answers, mut drafts, mut persons, mut slowest) = (0, 0, 0, Duration::ZERO);
    for fallback in [false, true] {
        let cases: Vec<Case> = Trouble::ALL.into_iter().map(case).collect();
        // Some at once: each has a desk and endpoints of its own.
        for some in cases.chunks(6) {
            let ran = join_all(some.iter().map(|case| run(case, fallback))).await;
            for (case, (ended, said, took)) in some.iter().zip(ran) {
                let trouble = case.troubles[0];
                // What a first model cannot, a second one does; a tool that is wanted is no failure of the endpoint.
                let helped = fallback && case.ends == Ended::Person && trouble != Trouble::Tool;
                let expected = if helped { Ended::Answer } else { case.ends };
                assert_eq!(ended, expected, "{trouble}, fallback {fallback}: {said}");
                assert!(said.contains(case.says), "{trouble}, fallback {fallback}: `{}` is not in: {said}", case.says);
                assert!(!helped || said.contains("demo (second)"), "{trouble}: {said}");
                assert!(took < LONG, "{trouble}: {took:?}");
                slowest = slowest.max(took);
                match ended {
                    Ended::Answer => answers += 1,
                    Ended::Draft => drafts += 1,
                    Ended::Person => persons += 1,
                }
            }
        }
    }
    let all = 2 * Trouble::ALL.len();
    println!(
        "faulty endpoints: {all} cases, {answers} right answers, {drafts} drafts, {persons} to a person, 0 in silence; \
         slowest {:.1} s",
        slowest.as_secs_f64()
    );
    assert_eq!(answers + drafts + persons, all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_take_over_drops_the_body_of_the_answer_and_nothing_of_it_arrives() {
    let slow = Scripted::start(
        HERE,
        knowledge(),
        Script { troubles: vec![Trouble::Drip(Duration::from_millis(100))], ..Script::default() },
    )
    .await
    .unwrap();
    let model = OpenAi::new(profile("slow", &slow, Trouble::None, Duration::from_secs(40)), vec![]).unwrap();
    let mut house = house(model).await;
    let talk = house.web.open("How long does a refund take?").await;
    house.mira.caller.peer().watch(talk, None).await;
    loop {
        if let ToPeer::DraftGrew { .. } = house.mira.caller.next_frame(LONG).await.unwrap() {
            break;
        }
    }
    let term = super::support::FIRST;
    house.mira.must(Command::TakeOver { conversation: talk, term, reason: None }).await;
    let mut seen = slow.seen();
    let dropped = tokio::time::timeout(LONG, seen.wait_for(|seen| seen.dropped == 1)).await.unwrap().unwrap().clone();
    assert_eq!(dropped.finished, 0);
    let events = house.events(talk).await;
    assert!(events.iter().any(|event| matches!(event, Event::AnswerSuppressed { .. })), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::Answered { .. })), "{events:?}");
    house.desk.running.drain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_used_today_is_told_up_to_the_last_turn() {
    let endpoint = endpoint(vec![]).await;
    let model = OpenAi::new(profile("local", &endpoint, Trouble::None, Duration::from_secs(40)), vec![]).unwrap();
    let mut house = house(model).await;
    for calls in 1..=2 {
        let talk = house.web.open("How long does a refund take?").await;
        house.card(talk, |card| card.waiting_since.is_none()).await;
        let Page::Health { usage, .. } = house.mira.caller.query(Query::Health).await.unwrap() else {
            panic!("no health")
        };
        assert_eq!((usage.spent.calls, usage.levels.len()), (calls, 0));
        assert!(usage.spent.tokens > 300 * calls, "{usage:?}");
    }
}

#[test]
fn every_frame_in_the_protocol_for_ais_is_one() {
    let page = include_str!("../../assets/examples/README.md");
    let mut read = 0;
    for block in page.split("```json\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            let ours = protocol::decode::<ToServer>(line).is_ok();
            let theirs = protocol::decode::<ToPeer>(line).is_ok();
            assert!(ours || theirs, "{line}");
            read += 1;
        }
    }
    assert!(read >= 10, "only {read} frames were found");
}
