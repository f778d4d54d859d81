//! Tools at a desk: the real server, the real driver, a real tool server in a process of its own, also a broken one.
//!
//! Whatever a tool server does, the customer's matter ends in an answer or at a person, in time, with the reason where
//! people look; and nothing is done that nobody allowed. Deliberately not here: the rules alone (`domain`), and a model
//! that wants harm (see [`hostile_tools`](super::hostile_tools)).

use super::support::{Peer, TestDesk};
use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::post};
use centaur::{
    ai::{
        driver::{Driver, DriverOptions, Pace},
        knowledge::Knowledge,
        tools::{Errand, Key, LOOK_AFTER, Offer, Place, Setup, Toolbox, runner::Runner},
    },
    domain::{
        card::Card,
        command::Command,
        event::Event,
        holder::Holder,
        ids::{ConversationId, LogId},
        policy::Policy,
        teammate::Role,
        tool::{Fate, LONGEST_DATA, ToolDecision, ToolEnding},
    },
    protocol::{Page, Query, Scope, ToPeer},
    store::MemoryLog,
};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

const LONG: Duration = Duration::from_mins(1);
const WITHIN: Duration = Duration::from_secs(2);

fn policy() -> Policy {
    toml::from_str(include_str!("../../assets/demo/policy.toml")).unwrap()
}

fn setup(fault: Option<&str>) -> Setup {
    let arguments = ["demo-tools"].into_iter().chain(fault.iter().flat_map(|fault| ["--fault", fault]));
    let program = env!("CARGO_BIN_EXE_centaur").into();
    let place = Place::Program { program, arguments: arguments.map(str::to_owned).collect(), environment: [].into() };
    Setup { name: "shop".into(), place, within: WITHIN, look_after: LOOK_AFTER }
}

/// A desk with the demo's policy, an AI that quotes, who runs these tools, a connector and a supervisor.
struct House {
    _desk: TestDesk,
    web: Peer,
    mira: Peer,
    ai: JoinHandle<()>,
    runner: JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.ai.abort();
        self.runner.abort();
    }
}

async fn house(tools: Toolbox) -> House {
    let desk = TestDesk::over(Box::new(MemoryLog::new(LogId(7))), policy()).await;
    desk.join("Aria", Role::Ai, Scope::None).await.caller.close().await;
    let web = desk.join("web", Role::Connector, Scope::Carried).await;
    let mira = desk.join("mira", Role::Agent, Scope::All).await;
    let settle = Duration::from_millis(5);
    desk.join("tools", Role::Tools, Scope::None).await.caller.close().await;
    let heard = !tools.all().is_empty();
    let dial = Arc::clone(&desk.dial);
    let runner = tokio::spawn(async move {
        let ended = Runner::run(dial, "cen_token-of-tools".into(), tools).await;
        panic!("who runs tools ended: {ended:?}");
    });
    // What servers offer is on the desk before anybody asks for it.
    while heard && desk.running.office().offers.is_empty() {
        tokio::task::yield_now().await;
    }
    let options = DriverOptions { pace: Pace::Instant, settle, ..DriverOptions::default() };
    let dial = Arc::clone(&desk.dial);
    let file = "---\ntitle: Opening\nlocale: en\n---\n## When is the shop open?\nThe shop is open from 9 to 17.";
    let (knowledge, _) = Knowledge::from_files([("open.md", file)]);
    let ai = tokio::spawn(async move {
        let ended = Driver::run(dial, "cen_token-of-Aria".into(), Arc::new(knowledge), options).await;
        panic!("the AI ended: {ended:?}");
    });
    House { _desk: desk, web, mira, ai, runner }
}

impl House {
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

fn answered(card: &Card) -> bool {
    card.waiting_since.is_none() || card.holder == Holder::Queue
}

#[tokio::test]
async fn a_tool_server_that_breaks_in_any_way_ends_at_a_person_in_time_with_the_reason() {
    let cases = [
        (Some("crash"), "broke off under way"),
        (Some("hang"), "no answer of shop.delivery.status within 2 s"),
        (Some("change"), "its definition changed; nothing was called"),
        (Some("refuse"), "the shop is closed"),
        (Some("huge"), "wants"),
        (None, ""),
    ];
    let (mut ended, mut longest) = (0, Duration::ZERO);
    for (fault, why) in cases {
        let tools = Toolbox::open(vec![setup(fault)]);
        tools.offered().await;
        let mut house = house(tools).await;
        let began = Instant::now();
        let talk = house.web.open("where is my order BW-20417?").await;
        let card = house.card(talk, answered).await;
        longest = longest.max(began.elapsed());
        let events = house.events(talk).await;
        let text = |event: &Event| match event {
            Event::Answered { answer, .. } => Some(answer.text.clone()),
            _ => None,
        };
        let answer = events.iter().find_map(text);
        if fault.is_none() {
            assert!(answer.is_some_and(|text| text.contains("BW-20417")), "{events:?}");
        } else {
            assert_eq!(answer, None, "{fault:?}");
            let summary = card.escalation.map(|call| call.summary).unwrap_or_default();
            assert!(summary.to_lowercase().contains(&why.to_lowercase()), "{fault:?}: {summary}");
        }
        if fault == Some("huge") {
            let kept = events.iter().find_map(|event| match event {
                Event::ToolRan { result, .. } => Some(result.clone()),
                _ => None,
            });
            let kept = kept.unwrap();
            assert!(kept.len() <= LONGEST_DATA && kept.contains("(cut: 1048"), "{}", kept.len());
        }
        ended += 1;
    }
    println!("broken tool servers: {ended} of {} ended in time, the longest after {longest:?}", cases.len());
}

#[tokio::test]
async fn a_tool_server_that_never_comes_leaves_the_ai_without_tools_and_nothing_else() {
    for fault in ["absent", "babble", "mute"] {
        let mut house = house(Toolbox::open(vec![setup(Some(fault))])).await;
        let talk = house.web.open("when is the shop open?").await;
        house.card(talk, |card| card.waiting_since.is_none()).await;
        let events = house.events(talk).await;
        assert!(events.iter().any(|event| matches!(event, Event::Answered { .. })), "{fault}: {events:?}");
    }
}

#[tokio::test]
async fn a_refund_waits_for_a_person_is_done_once_and_told_to_the_customer() {
    let tools = Toolbox::open(vec![setup(None)]);
    tools.offered().await;
    let mut house = house(tools).await;
    let talk = house.web.open("I want my money back for BW-20745 please").await;
    // The desk keeps refunds without a topic for nobody: the tool is not for this talk.
    house.card(talk, answered).await;
    assert!(!house.events(talk).await.iter().any(|event| matches!(event, Event::ToolProposed { .. })));
    let open = Command::OpenConversation {
        channel: "web".into(),
        customer: centaur::domain::customer::Customer { name: "Jana".into(), ..Default::default() },
        topic: Some("returns".into()),
        text: "I want my money back for BW-20745 please".into(),
        external_ref: None,
    };
    let talk = house.web.must(open).await.conversation.unwrap();
    let card = house.card(talk, |card| card.tool_waiting().is_some() && card.writing.is_none()).await;
    let waits = card.tool_waiting().cloned().unwrap();
    let approve = Command::DecideTool {
        conversation: talk,
        call: waits.call,
        digest: waits.digest,
        decision: ToolDecision::Approve,
    };
    house.mira.must(approve.clone()).await;
    house.mira.must_not(approve).await;
    house.card(talk, |card| card.waiting_since.is_none()).await;
    let events = house.events(talk).await;
    let count = |which: &dyn Fn(&Event) -> bool| events.iter().filter(|event| which(event)).count();
    assert_eq!(count(&|event| matches!(event, Event::ToolEnded { ending: ToolEnding::Approved, .. })), 1);
    let paid = |event: &Event| matches!(event, Event::ToolRan { fate: Fate::Done, result, .. } if result.contains("paid back"));
    assert_eq!(count(&paid), 1, "{events:?}");
    // What came of one call is not taken for the word on the next.
    assert_eq!(count(&|event| matches!(event, Event::ToolDenied { .. })), 0, "{events:?}");
    let told = |event: &Event| matches!(event, Event::Answered { answer, .. } if answer.text.contains("EUR 189.00 was paid back"));
    assert_eq!(count(&told), 1, "{events:?}");
}

/// A tool server over HTTP, as small as can be: it answers each request with JSON.
async fn over_http(
    State(key): State<&'static str>,
    headers: axum::http::HeaderMap,
    Json(body): Json<Value>,
) -> axum::response::Response {
    let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if given != format!("Bearer {key}") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let result = match body["method"].as_str().unwrap_or_default() {
        "initialize" => json!({
            "protocolVersion": body["params"]["protocolVersion"], "capabilities": {"tools": {}},
            "serverInfo": {"name": "small", "version": "1"},
        }),
        "tools/list" => {
            json!({"tools": [{"name": "look", "description": "Looks.", "inputSchema": {"type": "object"}}]})
        }
        "tools/call" => json!({"content": [{"type": "text", "text": format!("saw {}", body["params"]["arguments"])}]}),
        _ => return StatusCode::ACCEPTED.into_response(),
    };
    Json(json!({"jsonrpc": "2.0", "id": body["id"], "result": result})).into_response()
}

#[tokio::test]
async fn tools_are_reached_over_http_too_with_a_key() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = Router::new().route("/mcp", post(over_http)).with_state("secret");
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let place = |key: &str| Place::Http { url: url.clone(), key: Some(Key(key.into())) };
    let setup = |key| Setup { name: "small".into(), place: place(key), within: WITHIN, look_after: LOOK_AFTER };
    assert!(centaur::ai::tools::try_out(&setup("wrong")).await.is_err());
    let tools = Toolbox::open(vec![setup("secret")]);
    tools.offered().await;
    let offer = Offer::new("small", "look", "Looks.", json!({"type": "object"}));
    assert_eq!(tools.all(), std::slice::from_ref(&offer));
    let errand = Errand {
        tool: offer.tool,
        arguments: r#"{"at":"the moon"}"#.into(),
        definition: offer.definition,
        key: "k".into(),
    };
    let ran = tools.run(errand).await;
    assert_eq!((ran.fate, ran.result.as_str()), (Fate::Done, r#"saw {"at":"the moon"}"#));
    serving.abort();
}

#[tokio::test]
async fn a_tool_server_that_ended_is_there_again_for_the_next_call() {
    let tools = Toolbox::open(vec![setup(Some("crash"))]);
    tools.offered().await;
    let offer = tools.all().into_iter().find(|offer| offer.tool == "shop.order.lookup").unwrap();
    for n in 0..3 {
        let (tool, arguments) = (offer.tool.clone(), r#"{"order":"BW-20417"}"#.into());
        let ran = tools.run(Errand { tool, arguments, definition: offer.definition, key: format!("k{n}") }).await;
        // Each time it is reached, looked at and called, and only then it ends.
        assert!(ran.fate == Fate::Unknown && ran.result.contains("broke off under way"), "{n}: {ran:?}");
    }
}

#[tokio::test]
async fn a_tool_that_changes_is_noticed_before_it_is_called() {
    let often = Setup { look_after: Duration::from_millis(1), ..setup(Some("change")) };
    let tools = Toolbox::open(vec![often]);
    tools.offered().await;
    let changed = async {
        while !tools.all().iter().all(|offer| offer.description.ends_with("of the customer along.")) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, changed).await.expect("it is looked at again without a call");
}
