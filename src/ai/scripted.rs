//! An endpoint of our own that speaks `chat/completions` as `OpenAI` does: real HTTP, real streams, answers by quoting.
//!
//! It makes the whole way of a language model work without one: for a try without a key, for tests, for measuring what we
//! add. It can be told to make [`Trouble`]. Deliberately not here: thinking.

mod speech;
mod stream;
pub mod trouble;

use self::{
    speech::{Said, Speaker},
    stream::Stream,
};
use super::{knowledge::Knowledge, openai::material::Message, retrieval::IndexError, tools::Offer};
use crate::domain::ids::Digest;
use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt as _,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, spawn, spawn_blocking},
};
pub use trouble::Trouble;

/// How it behaves.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// What goes wrong, request by request; the last stays. Empty: nothing.
    pub troubles: Vec<Trouble>,
    /// Pieces a second; none: as fast as they are taken.
    pub pace: Option<u32>,
    /// The key that it asks for, if it does.
    pub key: Option<String>,
}

/// What it has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Requests for an answer.
    pub requests: u64,
    /// Answers that went out whole.
    pub finished: u64,
    /// Answers that nobody took to their end.
    pub dropped: u64,
    /// The body of the last request.
    pub last: String,
}

/// It cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port.
    #[error("{at} cannot be listened on ({source}); take another port, or 0 for a free one")]
    Port {
        /// Where.
        at: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The knowledge.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// The endpoint, while it runs. Dropping it closes the port; answers under way go on.
#[derive(Debug)]
pub struct Scripted {
    /// Where it listens.
    pub at: SocketAddr,
    seen: watch::Receiver<Seen>,
    task: JoinHandle<()>,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scripted {
    /// Starts it.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(at: SocketAddr, knowledge: Knowledge, script: Script) -> Result<Self, StartError> {
        let failed = |source| StartError::Port { at, source };
        let speaker = Arc::new(Speaker::new(knowledge)?);
        let listener = TcpListener::bind(at).await.map_err(failed)?;
        let at = listener.local_addr().map_err(failed)?;
        let (told, seen) = watch::channel(Seen::default());
        let door = Arc::new(Door { speaker, script, told });
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models", get(models))
            .with_state(door);
        // Pieces are small and late ones are felt: none waits for company.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let task = spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the demo model ended");
            }
        });
        Ok(Self { at, seen, task })
    }

    /// The base URL for a profile.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.at)
    }

    /// What it has seen, and will see.
    #[must_use]
    pub fn seen(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }

    /// Runs until it fails.
    pub async fn ended(&mut self) {
        let _ = (&mut self.task).await;
    }
}

#[derive(Debug)]
struct Door {
    speaker: Arc<Speaker>,
    script: Script,
    told: watch::Sender<Seen>,
}

impl Door {
    /// Counts a request, and says what goes wrong with it.
    fn admit(&self, body: &str) -> Trouble {
        let mut number = 0;
        self.told.send_modify(|seen| {
            number = seen.requests;
            seen.requests += 1;
            body.clone_into(&mut seen.last);
        });
        let troubles = &self.script.troubles;
        let at = usize::try_from(number).unwrap_or(usize::MAX).min(troubles.len().saturating_sub(1));
        troubles.get(at).copied().unwrap_or_default()
    }
}

/// A request, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Request {
    model: String,
    messages: Vec<Message>,
    stream: bool,
    stream_options: Option<Value>,
    tools: Vec<Value>,
}

/// A tool of a request, as far as it can be read.
fn offer(tool: &Value) -> Option<Offer> {
    let function = tool.get("function")?;
    let name = function.get("name")?.as_str()?;
    let (tool, schema) = (name.to_owned(), function.get("parameters").cloned().unwrap_or_default());
    Some(Offer { tool, description: String::new(), schema, definition: Digest([0; 32]) })
}

async fn models() -> Json<Value> {
    Json(json!({ "object": "list", "data": [{ "id": "demo", "object": "model", "owned_by": "centaur" }] }))
}

async fn complete(State(door): State<Arc<Door>>, headers: HeaderMap, body: String) -> Response {
    let trouble = door.admit(&body);
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = given.strip_prefix("Bearer ").unwrap_or_default();
    let no_key = door.script.key.as_deref().is_some_and(|key| key != given);
    match trouble {
        _ if no_key => return unauthorized(given),
        Trouble::Unauthorized => return unauthorized(given),
        Trouble::TooMany(after) => {
            let refusal = refused(StatusCode::TOO_MANY_REQUESTS, "rate limit reached");
            return match after {
                Some(after) => ([(header::RETRY_AFTER, after.to_string())], refusal).into_response(),
                None => refusal,
            };
        }
        Trouble::Broken => return refused(StatusCode::INTERNAL_SERVER_ERROR, "the model fell over"),
        Trouble::Html => {
            let page = "<!doctype html><title>Welcome</title><h1>It works!</h1>";
            return ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
        }
        _ => {}
    }
    let request: Request = match serde_json::from_str(&body) {
        Ok(request) => request,
        Err(error) => return refused(StatusCode::BAD_REQUEST, &format!("the request cannot be read: {error}")),
    };
    if trouble == Trouble::Toolless && !request.tools.is_empty() {
        return refused(StatusCode::BAD_REQUEST, "this model does not support tools");
    }
    let read = request.messages.iter().map(|message| message.content.len() / 4).sum::<usize>();
    let (speaker, messages) = (Arc::clone(&door.speaker), request.messages);
    let tools = request.tools.iter().filter_map(offer).collect();
    let Ok(said) = spawn_blocking(move || speaker.answer(&messages, tools)).await else {
        return refused(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be made");
    };
    let said = match said {
        Said::Text(text) if trouble == Trouble::Lie => {
            Said::Text(format!("{text} You get EUR 500 within 3 hours. [77]"))
        }
        said => said,
    };
    let counts = request.stream_options.is_some_and(|options| options["include_usage"] == true);
    if !request.stream || trouble == Trouble::Whole {
        door.told.send_modify(|seen| seen.finished += 1);
        let (message, finish) = whole(&said);
        let text = if let Said::Text(text) = &said { text.as_str() } else { "" };
        return Json(json!({
            "id": "demo-1", "object": "chat.completion", "created": 0, "model": request.model,
            "choices": [{
                "index": 0, "message": message, "finish_reason": finish,
            }],
            "usage": { "prompt_tokens": read, "completion_tokens": text.len() / 4, "total_tokens": read + text.len() / 4 },
        }))
        .into_response();
    }
    let stream =
        Stream::new(&said, trouble, &request.model, counts.then_some(read), door.script.pace, door.told.clone());
    let kind = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")];
    (kind, Body::from_stream(stream.frames())).into_response()
}

/// An answer that is not streamed: its message, and how it ended.
fn whole(said: &Said) -> (Value, &'static str) {
    match said {
        Said::Text(text) => (json!({ "role": "assistant", "content": text }), "stop"),
        Said::Calls(calls) => {
            let call = |call: &super::model::ToolCall| {
                let function = json!({ "name": call.name, "arguments": call.arguments });
                json!({ "id": "call-1", "type": "function", "function": function })
            };
            let calls: Vec<Value> = calls.iter().map(call).collect();
            (json!({ "role": "assistant", "content": null, "tool_calls": calls }), "tool_calls")
        }
    }
}

fn refused(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "error": { "message": words, "type": "demo" } }))).into_response()
}

/// As hosted endpoints do it, with the key in the words: nobody should rely on their tact.
fn unauthorized(given: &str) -> Response {
    refused(StatusCode::UNAUTHORIZED, &format!("Incorrect API key provided: {given}"))
}
