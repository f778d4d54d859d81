//! The paths of the web channel, and what each does.
//!
//! Deliberately not here: what a body must hold (see `fields`), and how the desk is asked (see `hub`).

use super::{
    BODY, CHANNEL, Trouble, WebDoor,
    fields::{self, Message, Opening, Rating},
    hub::Request as HubRequest,
    reply::Fault,
    secret,
    stream::Reading,
};
use crate::{
    connectors::keys,
    domain::{
        card::Speaker,
        command::Command,
        ids::{ConversationId, PublicNo},
        refusal::Refusal,
        time::Timestamp,
    },
    protocol::query::Public,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Path, RawQuery, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{
        IntoResponse, Response,
        sse::{KeepAlive, Sse},
    },
    routing::{get, post},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take to come.
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// How often a quiet stream shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The web channel as a router, with its own answers to unknown paths and methods.
pub fn router(door: WebDoor) -> Router {
    Router::new()
        .route("/v1/chats", post(open))
        .route("/v1/chats/{chat}/messages", get(read).post(say))
        .route("/v1/chats/{chat}/events", get(events))
        .route("/v1/chats/{chat}/rating", post(rate))
        .route("/v1/chats/{chat}/typing", post(types))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(door)
}

async fn open(State(door): State<WebDoor>, body: JsonBody) -> Result<Response, Fault> {
    let Opening { customer, topic, text } = fields::opening(&body.0)?;
    let secret = secret::mint().map_err(|_| Fault::from(Trouble::Away))?;
    let command = Command::OpenConversation {
        channel: CHANNEL.to_owned(),
        customer,
        topic,
        text,
        external_ref: Some(keys::digest(secret.as_bytes()).to_string()),
    };
    let answer = door.ask(keys::fresh(), command).await?;
    let chat = answer.conversation.ok_or(Trouble::Away)?;
    let body = Json(json!({ "chat": chat.to_string(), "secret": secret }));
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], body).into_response())
}

async fn say(caller: Caller, State(door): State<WebDoor>, body: JsonBody) -> Result<Response, Fault> {
    let Message { id, text } = fields::message(&body.0)?;
    let command = Command::CustomerSaid { conversation: caller.chat, text };
    let body = match door.ask(keys::said(caller.chat, &id), command).await {
        // Its number among the messages is not told here: the desk's answer names the entry in the log, which is another
        // count. The transcript and the stream tell it.
        Ok(_) => json!({}),
        Err(Trouble::Refused(Refusal::KeyReused)) => json!({ "repeated": true }),
        Err(trouble) => return Err(trouble.into()),
    };
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}

async fn read(caller: Caller, State(door): State<WebDoor>, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let after = PublicNo(fields::after(query.as_deref())?.unwrap_or(0));
    let (messages, _) = door.transcript(caller.chat, after).await?;
    let messages: Vec<Value> = messages.iter().map(message).collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({ "messages": messages }))).into_response())
}

async fn events(
    caller: Caller,
    State(door): State<WebDoor>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    // A browser that comes back sends the header with the address it began with: the header is newer.
    let resumed = match headers.get("last-event-id").map(|said| said.to_str().map(str::trim)) {
        None | Some(Ok("")) => None,
        Some(said) => Some(said.ok().and_then(|said| said.parse().ok()).ok_or_else(|| {
            Fault::field("Last-Event-ID", "is not a number; send the id of the last event that you have")
        })?),
    };
    let after = PublicNo(resumed.or(fields::after(query.as_deref())?).unwrap_or(0));
    let live = door.listen(caller.chat).await?;
    let events = Reading::new(door, caller.chat, after, live).events();
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

async fn rate(caller: Caller, State(door): State<WebDoor>, body: JsonBody) -> Result<Response, Fault> {
    let Rating { score, comment } = fields::rating(&body.0)?;
    door.ask(keys::fresh(), Command::Rate { conversation: caller.chat, score, comment }).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({}))).into_response())
}

async fn types(caller: Caller, State(door): State<WebDoor>) -> Response {
    // May be lost: nothing depends on it.
    let _ = door.send(HubRequest::Types { chat: caller.chat });
    (StatusCode::ACCEPTED, Json(json!({}))).into_response()
}

async fn no_such_path() -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path; the web channel begins at /v1/chats")
}

async fn no_such_method() -> Fault {
    Fault::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this path does not take this method; the Allow header names those it takes",
    )
}

/// A message as customers' programs see it.
pub(super) fn message(said: &Public) -> Value {
    json!({
        "n": said.n,
        "at": instant(said.at),
        "from": { "kind": kind(said.speaker), "name": said.name },
        "text": said.text,
    })
}

pub(super) fn kind(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Customer => "customer",
        Speaker::Ai => "ai",
        Speaker::Human => "human",
    }
}

/// RFC 3339 in UTC, with milliseconds.
fn instant(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("{at:.3}")
}

/// Somebody who has the secret of a chat.
struct Caller {
    chat: ConversationId,
}

impl FromRequestParts<WebDoor> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, door: &WebDoor) -> Result<Self, Fault> {
        let chat = Path::<String>::from_request_parts(parts, door).await.ok().and_then(|Path(said)| number(&said));
        let said = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
        let (Some(chat), Some(said)) = (chat, said) else { return Err(Fault::locked()) };
        let kept = door.secret_of(chat).await?;
        if secret::fits(said, kept.as_ref()) { Ok(Self { chat }) } else { Err(Fault::locked()) }
    }
}

fn number(said: &str) -> Option<ConversationId> {
    let plain = said.bytes().all(|byte| byte.is_ascii_digit());
    said.parse().ok().filter(|_| plain).map(ConversationId)
}

fn bearer(said: &str) -> Option<&str> {
    let (scheme, secret) = said.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

/// The bytes of a body that says it is JSON, came in time and is not too long.
struct JsonBody(Bytes);

impl FromRequest<WebDoor> for JsonBody {
    type Rejection = Fault;

    async fn from_request(request: Request, door: &WebDoor) -> Result<Self, Fault> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|said| said.to_str().ok())
            .and_then(|said| said.split(';').next())
            .is_some_and(|said| said.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            return Err(Fault::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Content-Type: is not JSON; send `Content-Type: application/json`",
            ));
        }
        let body = timeout(BODY_WITHIN, Bytes::from_request(request, door)).await.map_err(|_| {
            Fault::new(StatusCode::REQUEST_TIMEOUT, "timeout", "body: did not come in time; send it again")
        })?;
        body.map(Self).map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Fault::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("body: is too long; send {BODY} bytes at most"),
            ),
            _ => Fault::field("body", "broke off; send it again"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc_with_milliseconds() {
        assert_eq!(instant(Timestamp(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(instant(Timestamp(1_763_846_433_007)), "2025-11-22T21:20:33.007Z");
        assert_eq!(instant(Timestamp(i64::MAX)), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn only_plain_numbers_name_a_chat_and_only_bearers_carry_secrets() {
        assert_eq!(
            ["42", "", "+4", "#4", "-1", "x"].map(number),
            [Some(ConversationId(42)), None, None, None, None, None]
        );
        assert_eq!(["Bearer a", "bearer a", "Basic a", "Bearer"].map(bearer), [Some("a"), Some("a"), None, None]);
    }
}
