//! The model against our own endpoint, over real HTTP on the loopback.

use super::*;
use crate::{
    ai::{
        knowledge::Knowledge,
        openai::profile::{Key, Price},
        retrieval::Passage,
        scripted::{Script, Scripted, Seen, Trouble},
    },
    domain::turn::Grounding,
};
use std::time::Duration;

const HERE: std::net::SocketAddr = std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

fn knowledge() -> Knowledge {
    let file = "---\ntitle: Refunds\nlocale: en\n---\n## How long does a refund take?\nA refund takes 5 working days.";
    let (knowledge, report) = Knowledge::from_files([("refunds.md", file)]);
    assert!(report.is_clean());
    knowledge
}

async fn endpoint(troubles: &[Trouble], key: Option<&str>) -> Scripted {
    let script = Script { troubles: troubles.to_vec(), pace: None, key: key.map(str::to_owned) };
    Scripted::start(HERE, knowledge(), script).await.unwrap()
}

/// A profile with time-outs that are long where something must come, and short where nothing will.
fn profile(name: &str, endpoint: &Scripted) -> Profile {
    Profile {
        first_token: Duration::from_secs(20),
        stall: Duration::from_secs(20),
        price: Some(Price { read: 1.0, written: 2.0 }),
        ..Profile::new(name, &endpoint.url(), "demo")
    }
}

fn prompt() -> Prompt {
    Prompt {
        said: vec!["how long does a refund take?".into()],
        passages: vec![Passage::of_refunds()],
        ..Prompt::default()
    }
}

async fn ask(model: &OpenAi) -> (Vec<Piece>, Result<Composed, ModelError>) {
    let (pieces, mut came) = mpsc::channel(4);
    let taking = async {
        let mut all = Vec::new();
        while let Some(piece) = came.recv().await {
            all.push(piece);
        }
        all
    };
    let (result, all) = tokio::join!(model.compose(prompt(), pieces), taking);
    (all, result)
}

fn shown(pieces: &[Piece]) -> String {
    pieces.iter().fold(String::new(), |shown, piece| match piece {
        Piece::Text(text) => shown + text,
        Piece::Anew => String::new(),
    })
}

#[tokio::test]
async fn an_answer_comes_in_pieces_with_its_sources_its_grounding_and_its_cost() {
    let endpoint = endpoint(&[], None).await;
    let model = OpenAi::new(profile("local", &endpoint), vec![]).unwrap();
    let (pieces, composed) = ask(&model).await;
    let composed = composed.unwrap();
    assert!(composed.text.contains("A refund takes 5 working days. [1]"), "{composed:?}");
    assert_eq!(shown(&pieces), composed.text);
    assert_eq!(composed.sources.iter().map(|it| it.document.as_str()).collect::<Vec<_>>(), ["refunds.md"]);
    assert_eq!((composed.grounding, composed.known), (Grounding(1000), true));
    assert_eq!(composed.model.as_deref(), Some("demo (local)"));
    let (read, written) = composed.spent.tokens.unwrap();
    assert_eq!(composed.spent.cost_micros, Some(u64::from(read) + 2 * u64::from(written)));
    assert!(read > 300 && written > 3, "{read} {written}");
}

#[tokio::test]
async fn what_failed_before_the_first_word_is_tried_again_and_what_failed_after_it_elsewhere() {
    let endpoint = endpoint(&[Trouble::Broken, Trouble::Cut(0), Trouble::None], None).await;
    let model = OpenAi::new(profile("local", &endpoint), vec![]).unwrap();
    let (pieces, composed) = ask(&model).await;
    assert!(composed.unwrap().steps[0].detail.contains("attempt 3"));
    assert!(!pieces.contains(&Piece::Anew));

    let cut = self::endpoint(&[Trouble::Cut(3)], None).await;
    let second = self::endpoint(&[], None).await;
    let model = OpenAi::new(profile("first", &cut), vec![profile("second", &second)]).unwrap();
    let (pieces, composed) = ask(&model).await;
    let composed = composed.unwrap();
    assert_eq!(composed.model.as_deref(), Some("demo (second)"));
    assert_eq!(composed.steps[0].detail, "first: the answer was cut after 3 pieces");
    assert_eq!(pieces.iter().filter(|piece| **piece == Piece::Anew).count(), 1);
    assert_eq!((shown(&pieces), cut.seen().borrow().requests), (composed.text, 1));
}

#[tokio::test]
async fn when_all_fail_the_reason_names_each_and_a_person_is_asked_for() {
    let first = endpoint(&[Trouble::Unauthorized], None).await;
    let second = endpoint(&[Trouble::TooMany(Some(600))], None).await;
    let gone = Profile::new("gone", "http://127.0.0.1:9/v1", "x");
    let model = OpenAi::new(profile("first", &first), vec![profile("second", &second), gone]).unwrap();
    let (_, failed) = ask(&model).await;
    let ModelError { why, remedy, steps, .. } = failed.unwrap_err();
    assert_eq!((remedy, steps.len()), (Remedy::Person, 3));
    for part in [
        "first: it answered 401",
        "second: it answered 429",
        "come back in 600 s",
        "gone, 3 attempts: it cannot be reached",
    ] {
        assert!(why.contains(part), "{why}");
    }
}

#[tokio::test]
async fn a_key_goes_into_the_request_and_into_no_word_of_ours() {
    let secret = "sk-0123456789-very-secret";
    let endpoint = endpoint(&[], Some(secret)).await;
    let with = |key: Option<Result<Key, String>>| {
        let profile = Profile { key, ..profile("hosted", &endpoint) };
        OpenAi::new(profile, vec![]).unwrap()
    };
    assert!(ask(&with(Some(Ok(Key::new(secret).unwrap())))).await.1.is_ok());
    let wrong = "sk-wrong-and-also-secret";
    let failed = ask(&with(Some(Ok(Key::new(wrong).unwrap())))).await.1.unwrap_err();
    assert!(failed.why.contains("Incorrect API key provided: …") && failed.why.contains("check the key"), "{failed:?}");
    assert!(!format!("{failed:?}").contains(wrong));
    let seen = endpoint.seen().borrow().clone();
    let none = ask(&with(Some(Err("the variable X is not set; set it".into())))).await.1.unwrap_err();
    assert!(none.why.contains("the variable X is not set; set it"), "{none:?}");
    assert_eq!(*endpoint.seen().borrow(), seen, "nothing was sent");
    assert!(!seen.last.contains("sk-"));
}

#[tokio::test]
async fn cancelling_drops_the_body_and_what_was_on_its_way_goes_nowhere() {
    let endpoint = endpoint(&[Trouble::Stall(2)], None).await;
    let model = OpenAi::new(profile("local", &endpoint), vec![]).unwrap();
    let (pieces, mut came) = mpsc::channel(4);
    let composing = model.compose(prompt(), pieces);
    tokio::select! {
        _ = composing => panic!("it cannot end"),
        piece = came.recv() => assert!(matches!(piece, Some(Piece::Text(_)))),
    }
    while came.recv().await.is_some() {}
    let mut seen = endpoint.seen();
    let dropped = tokio::time::timeout(Duration::from_secs(20), seen.wait_for(|seen| seen.dropped == 1)).await;
    assert_eq!(dropped.unwrap().unwrap().finished, 0);
}

#[tokio::test]
async fn what_keeps_failing_rests_and_no_request_is_made_meanwhile() {
    let endpoint = endpoint(&[Trouble::Unauthorized], None).await;
    let model = OpenAi::new(profile("local", &endpoint), vec![]).unwrap();
    for _ in 0..breaker::IN_A_ROW {
        assert!(ask(&model).await.1.is_err());
    }
    let resting = ask(&model).await.1.unwrap_err();
    assert!(resting.why.contains("rests for"), "{resting:?}");
    let Seen { requests, .. } = *endpoint.seen().borrow();
    assert_eq!(requests, u64::from(breaker::IN_A_ROW));
}

#[tokio::test]
async fn what_is_longer_than_a_turn_may_be_is_not_sent() {
    let endpoint = endpoint(&[], None).await;
    let profile = Profile { turn_tokens: 2_000, answer_tokens: 1_000, ..profile("local", &endpoint) };
    let model = OpenAi::new(profile, vec![]).unwrap();
    let prompt = Prompt { said: vec!["why? ".repeat(700)], ..prompt() };
    let failed = model.compose(prompt, mpsc::channel(1).0).await.unwrap_err();
    assert!(failed.why.contains("`turn_tokens` leaves 400; raise it"), "{failed:?}");
    assert_eq!((endpoint.seen().borrow().requests, failed.spent), (0, Spent::default()));
}

#[tokio::test]
async fn a_field_that_is_refused_is_left_out_from_then_on() {
    use axum::{Json, Router, http::StatusCode, response::IntoResponse, routing::post};
    let strict = |body: Json<serde_json::Value>| async move {
        match ["max_tokens", "stream_options"].into_iter().find(|field| body.get(field).is_some()) {
            Some(field) => {
                let error = serde_json::json!({ "error": { "message": format!("Unsupported parameter: '{field}'") } });
                (StatusCode::BAD_REQUEST, Json(error)).into_response()
            }
            None => Json(serde_json::json!({ "choices": [{ "message": { "content": "You are welcome!" } , "finish_reason": "stop"}] }))
                .into_response(),
        }
    };
    let listener = tokio::net::TcpListener::bind(HERE).await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/chat/completions", post(strict));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let model = OpenAi::new(Profile::new("strict", &url, "m"), vec![]).unwrap();
    let composed = ask(&model).await.1.unwrap();
    assert_eq!(composed.text, "You are welcome!");
    server.abort();
}

#[tokio::test]
async fn a_model_that_takes_no_tools_answers_without_them_and_the_steps_say_so() {
    use crate::{ai::tools::Offer, domain::ids::Digest};
    let endpoint = endpoint(&[Trouble::Toolless], None).await;
    let model = OpenAi::new(profile("local", &endpoint), vec![]).unwrap();
    let (tool, schema) = ("shop.order.lookup".to_owned(), serde_json::json!({ "type": "object" }));
    let offer = Offer { tool, description: String::new(), schema, definition: Digest([0; 32]) };
    for requests in [2, 3] {
        let prompt = Prompt { tools: vec![offer.clone()], ..prompt() };
        let composed = model.compose(prompt, mpsc::channel(100).0).await;
        // Nobody takes the pieces: there is room for them.
        let composed = composed.unwrap();
        assert!(composed.text.contains("5 working days"), "{composed:?}");
        assert_eq!(composed.steps[0].detail, "it takes none (this model does not support tools): asked without them");
        assert_eq!(endpoint.seen().borrow().requests, requests);
    }
}

#[tokio::test]
async fn a_line_that_stays_open_behind_a_whole_answer_costs_a_moment_and_its_thoughts_are_taken_back() {
    let endpoint = endpoint(&[Trouble::Open, Trouble::Mutter], None).await;
    let model = OpenAi::new(profile("local", &endpoint), vec![]).unwrap();
    let (pieces, composed) = ask(&model).await;
    assert_eq!(shown(&pieces), composed.unwrap().text);
    let (pieces, composed) = ask(&model).await;
    assert!(pieces.contains(&Piece::Anew));
    assert_eq!(shown(&pieces).trim(), composed.unwrap().text);
}

#[tokio::test]
async fn a_trial_says_what_an_endpoint_can_do() {
    use super::{count::Counted, trial::Tools};
    let with = async |troubles: &[Trouble], first_token| {
        let endpoint = endpoint(troubles, None).await;
        let profile = Profile { first_token: Duration::from_millis(first_token), ..profile("local", &endpoint) };
        trial::run(profile).await
    };
    let good = with(&[], 20_000).await.unwrap();
    assert_eq!((good.counted, good.cites, good.attempts, good.cold), (Counted::There, true, 1, None));
    assert_eq!(good.tools, Tools::Called);
    assert!(good.pieces > 3);
    assert_eq!(with(&[Trouble::Whole], 20_000).await.unwrap().pieces, 1);
    assert_eq!(with(&[Trouble::Usage], 20_000).await.unwrap().counted, Counted::HereForDoubt);
    let toolless = with(&[Trouble::Toolless], 20_000).await.unwrap().tools;
    assert_eq!(toolless, Tools::Refused("this model does not support tools".into()));
    let failed = with(&[Trouble::None, Trouble::Unauthorized], 20_000).await.unwrap().tools;
    assert!(matches!(failed, Tools::Failed(why) if why.contains("401")));
    // A first word that no customer would be waited for is waited for here, and what it is like after that is told, too.
    let slow = with(&[Trouble::Drip(Duration::from_millis(60)), Trouble::None], 1).await.unwrap();
    assert!(slow.cold.is_some_and(|cold| cold > slow.first), "{slow:?}");
    let html = with(&[Trouble::Html], 20_000).await.unwrap_err().to_string();
    assert!(html.contains("text/html instead of JSON; check the URL"), "{html}");
}

#[test]
fn what_is_no_url_of_an_endpoint_gets_a_sentence() {
    for (url, word) in [
        ("localhost:11434", "not http or https"),
        ("", "no URL"),
        ("ftp://x/v1", "ftp"),
        ("http://me:secret@x/v1", "key_env or key_file"),
    ] {
        let error = OpenAi::new(Profile::new("a", url, "m"), vec![]).unwrap_err().to_string();
        assert!(error.contains(word), "{url}: {error}");
    }
}
