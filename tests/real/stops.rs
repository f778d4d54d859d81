//! The stop switch from a shell, while the AI's process hangs in the middle of an answer, and over a crash of the server.
//!
//! The customer's connector would deliver whatever it is let: nothing of the AI comes.

use crate::house::{House, SOON, program, soon};
use centaur::{
    cli::token::write_secret,
    client::Caller,
    domain::{
        card::Card, command::Command, customer::Customer, event::Event, holder::Holder, ids::ConversationId,
        teammate::Role,
    },
    protocol::{Scope, ToPeer},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{collections::BTreeMap, process::Stdio, time::Instant};
use tokio::io::{AsyncBufReadExt, BufReader};

/// Talks in which the AI is stopped at once.
const TALKS: usize = 1_000;

async fn open(web: &mut Caller, text: &str) -> ConversationId {
    let customer = Customer { name: "Jana".into(), ..Customer::default() };
    let open = Command::OpenConversation {
        channel: "web".into(),
        customer,
        topic: None,
        text: text.into(),
        external_ref: None,
    };
    web.call(open).await.unwrap().unwrap().conversation.unwrap()
}

async fn until(
    admin: &mut Caller,
    seen: &mut BTreeMap<ConversationId, Card>,
    what: &str,
    fits: impl Fn(&Card) -> bool,
) {
    while seen.is_empty() || !seen.values().all(&fits) {
        if let ToPeer::Cards { cards, .. } = soon(what, admin.next_frame(SOON)).await.unwrap() {
            seen.extend(cards.into_iter().map(|card| (card.id, card)));
        }
    }
}

async fn centaur(house: &House, arguments: &[&str]) -> String {
    let mut program = program(&house.folder());
    let token = house.folder().join("admin.token");
    program.arg("stop").args(arguments).args(["--server", &format!("http://{}", house.at), "--token-file"]).arg(token);
    let output = soon("the command's end", program.output()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_holds_while_the_ai_hangs_and_after_a_crash_until_it_is_lifted() {
    let mut house = House::open(&["--no-ai"]).await;
    let web = house.invite("door", Role::Connector).await;
    let token = house.invite("Aria", Role::Ai).await;
    let file = house.folder().join("aria.token");
    write_secret(&file, &token).unwrap();
    let server = format!("http://{}", house.at);
    let mut agent = program(&house.folder());
    agent.args(["agent", "--server", &server, "--token-file"]).arg(&file).stderr(Stdio::inherit());
    let mut agent = agent.spawn().unwrap();
    let mut said = String::new();
    let mut out = BufReader::new(agent.stdout.take().unwrap());
    soon("the agent", out.read_line(&mut said)).await.unwrap();
    let pid = Pid::from_raw(i32::try_from(agent.id().unwrap()).unwrap());

    let mut door = house.call(&web, Scope::Carried).await;
    let mut admin = house.call(&house.token("admin"), Scope::All).await;
    let mut seen = BTreeMap::new();
    open(&mut door, "How long does a refund take?").await;
    until(&mut admin, &mut seen, "the AI writes", |card| card.writing.is_some() || card.waiting_since.is_none()).await;
    // It hangs: whatever it was about to say, it says much later.
    kill(pid, Signal::SIGSTOP).unwrap();
    let said = centaur(&house, &["--all", "--then", "human", "--reason", "wrong prices", "--until-lifted"]).await;
    assert!(said.starts_with("stopped until it is lifted: all AI"), "{said}");
    until(&mut admin, &mut seen, "the queue", |card| card.holder == Holder::Queue && card.writing.is_none()).await;
    let stopped_at = house.log().len();
    kill(pid, Signal::SIGCONT).unwrap();

    house.end(Signal::SIGKILL).await;
    house.start().await;
    let mut door = house.call(&web, Scope::Carried).await;
    let mut admin = house.call(&house.token("admin"), Scope::All).await;
    assert_eq!(admin.welcome().office.stops.len(), 1, "it does not stand after a crash");
    let late = open(&mut door, "How long does a refund take?").await;
    let mut seen = BTreeMap::new();
    while !seen.contains_key(&late) {
        if let ToPeer::Cards { cards, .. } = admin.next_frame(SOON).await.unwrap() {
            seen.extend(cards.into_iter().map(|card| (card.id, card)));
        }
    }
    until(&mut admin, &mut seen, "people", |card| card.holder == Holder::Queue).await;
    let said = centaur(&house, &[]).await;
    assert!(said.contains("wrong prices"), "{said}");
    let after: Vec<_> = house.log().split_off(stopped_at);
    let of_ai = after.iter().filter(|one| {
        matches!(
            one.event,
            Event::TurnBegan { .. } | Event::Answered { .. } | Event::Notified { .. } | Event::DraftProposed { .. }
        )
    });
    assert_eq!(of_ai.count(), 0, "{after:?}");

    centaur(&house, &["--lift", "--reason", "the page is mended"]).await;
    let term = seen.get(&late).map(|card| card.term).unwrap();
    let ai = admin.welcome().office.teammates.values().find(|mate| mate.name == "Aria").unwrap().id;
    let give = Command::Assign { conversation: late, term, to: Holder::Ai(ai) };
    admin.call(give).await.unwrap().unwrap();
    seen.retain(|id, _| *id == late);
    while seen.get(&late).is_none_or(|card| card.waiting_since.is_some()) {
        if let ToPeer::Cards { cards, .. } = soon("the answer", admin.next_frame(SOON)).await.unwrap() {
            seen.extend(cards.into_iter().map(|card| (card.id, card)));
        }
    }
    agent.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_of_a_thousand_talks_is_on_disk_within_a_second() {
    let house = House::open(&["--no-ai"]).await;
    house.invite("Aria", Role::Ai).await;
    let web = house.invite("door", Role::Connector).await;
    let mut door = house.call(&web, Scope::None).await;
    for _ in 0..TALKS {
        open(&mut door, "Where is my parcel?").await;
    }
    let mut admin = house.call(&house.token("admin"), Scope::None).await;
    let stop = Command::Stop {
        scope: centaur::domain::stop::Scope::All,
        then: centaur::domain::stop::Then::Queue,
        span: None,
        reason: String::new(),
    };
    let began = Instant::now();
    admin.call(stop).await.unwrap().unwrap();
    let took = began.elapsed();
    println!("stop of {TALKS} talks: {took:?}");
    let moved = house.log().iter().filter(|one| matches!(one.event, Event::Escalated { .. })).count();
    assert_eq!(moved, TALKS);
    assert!(took.as_millis() < 1_000, "{took:?}");
}
