//! The server's own HTTP: the teammates' WebSocket and its health. What customers use is a connector's, merged in by
//! whoever listens.

use super::{
    line::{Incoming, Outgoing},
    peer::Hub,
};
use crate::protocol::limits;
use axum::{
    Json, Router,
    extract::{State, ws::WebSocketUpgrade},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::StreamExt;
use serde_json::json;
use std::sync::Arc;
use tokio::sync::watch;

/// Bytes read at once from a socket. Commands are short, and the buffer is cleared for each read.
const READ: usize = 2 * 1024;
/// Bytes gathered before they are written. Room is taken only for what is gathered.
const WRITE: usize = 32 * 1024;

/// The server's routes.
pub(super) fn routes(hub: Arc<Hub>, refused: watch::Receiver<Option<String>>) -> Router {
    let health = Router::new().route("/healthz", get(health)).with_state((Arc::clone(&hub), refused));
    Router::new().route("/v1/desk", get(desk)).with_state(hub).merge(health)
}

/// What whoever watches the server is told: 503 where it takes nothing in. Why is in its log, and told to who asks something
/// of it: this is for everybody.
async fn health(State((hub, refused)): State<(Arc<Hub>, watch::Receiver<Option<String>>)>) -> Response {
    let (status, word) = match (hub.is_draining(), refused.borrow().is_some()) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        (false, true) => (StatusCode::SERVICE_UNAVAILABLE, "read_only"),
        (false, false) => (StatusCode::OK, "ok"),
    };
    let said = json!({
        "status": word,
        "version": env!("CARGO_PKG_VERSION"),
        "seq": hub.feed.head(),
        "conversations": hub.feed.count(),
    });
    (status, Json(said)).into_response()
}

async fn desk(State(hub): State<Arc<Hub>>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    // Consoles send no Origin. A browser does, and no page has any business here: the token would be the page's to steal.
    if headers.contains_key(header::ORIGIN) {
        return (StatusCode::FORBIDDEN, "this socket is for centaur's programs, not for web pages\n").into_response();
    }
    upgrade
        .read_buffer_size(READ)
        .write_buffer_size(WRITE)
        .max_write_buffer_size(limits::FRAME_OUT * 4)
        .max_message_size(limits::FRAME_IN + 1)
        .max_frame_size(limits::FRAME_IN + 1)
        .on_upgrade(move |socket| async move {
            let (outgoing, incoming) = socket.split();
            hub.serve(Incoming::Socket(incoming), Outgoing::Socket(outgoing)).await;
        })
}
