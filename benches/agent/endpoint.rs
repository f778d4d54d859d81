//! An endpoint that notes when it was asked and when it gave its last token. Its answer quotes the one article there is.

use axum::{
    Router, body::Body, extract::State, http::header, response::IntoResponse, routing::post, serve::ListenerExt as _,
};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::sleep_until;

/// The words of the article, over and over: an answer that stands on its source, as long as is wanted.
const SENTENCE: [&str; 6] = ["A ", "refund ", "takes ", "5 ", "working ", "days [1]. "];

/// When what happened to a turn.
#[derive(Clone, Copy)]
pub struct Times {
    /// The request was here.
    pub requested: Instant,
    /// The last token was given.
    pub last_token: Instant,
    /// How much later that was than the pace asked for.
    pub late: Duration,
}

struct Notes {
    tokens: usize,
    pace: Option<u32>,
    times: Mutex<HashMap<usize, Times>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

/// The endpoint, for the rest of the process.
pub struct Endpoint {
    /// Its base URL.
    pub url: String,
    notes: Arc<Notes>,
}

impl Endpoint {
    /// Starts it: answers of so many tokens, at so many a second.
    pub async fn start(tokens: usize, pace: Option<u32>) -> Self {
        let notes = Arc::new(Notes {
            tokens,
            pace,
            times: Mutex::default(),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let router = Router::new().route("/v1/chat/completions", post(complete)).with_state(Arc::clone(&notes));
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, notes }
    }

    /// The times of a case.
    pub fn times(&self, n: usize) -> Times {
        self.notes.times.lock().expect("notes")[&n]
    }

    /// The most answers that streamed at once.
    pub fn most(&self) -> usize {
        self.notes.most.load(Ordering::Relaxed)
    }
}

async fn complete(State(notes): State<Arc<Notes>>, body: String) -> impl IntoResponse {
    let requested = Instant::now();
    let rest = body.rsplit("number-").next().unwrap_or_default();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let n: usize = digits.parse().expect("the case's number");
    let now = notes.now.fetch_add(1, Ordering::Relaxed) + 1;
    notes.most.fetch_max(now, Ordering::Relaxed);
    let began = tokio::time::Instant::now();
    let frames = futures_util::stream::unfold(0, move |at| {
        let notes = Arc::clone(&notes);
        async move {
            let due = notes.pace.map_or(began, |pace| began + Duration::from_secs(1) / pace * at as u32);
            if notes.pace.is_some() {
                sleep_until(due).await;
            }
            let chunk = |delta: serde_json::Value, finish: Option<&str>| {
                format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}))
            };
            let frame = match at {
                at if at < notes.tokens => chunk(json!({ "content": SENTENCE[at % SENTENCE.len()] }), None),
                at if at == notes.tokens => {
                    let late = tokio::time::Instant::now().saturating_duration_since(due);
                    let times = Times { requested, last_token: Instant::now(), late };
                    notes.times.lock().expect("notes").insert(n, times);
                    notes.now.fetch_sub(1, Ordering::Relaxed);
                    chunk(json!({ "content": "" }), Some("stop")) + "data: [DONE]\n\n"
                }
                _ => return None,
            };
            Some((Ok::<_, std::io::Error>(frame), at + 1))
        }
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(frames))
}
