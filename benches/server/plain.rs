//! What the server is measured against: axum's WebSocket with nothing behind it, an echo and a broadcast.

use crate::line::Line;
use axum::{
    Router,
    extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    routing::get,
};
use futures_util::{SinkExt, StreamExt};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::broadcast, task::JoinSet};

/// Events that the bare broadcast holds for a peer that lags.
const HELD: usize = 4_096;

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
    let at = listener.local_addr().expect("its address");
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream: &mut tokio::net::TcpStream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    at
}

/// Says back what it hears.
pub async fn echo() -> SocketAddr {
    let back = |upgrade: WebSocketUpgrade| async {
        upgrade.on_upgrade(async |mut socket: WebSocket| {
            while let Some(Ok(Message::Text(text))) = socket.next().await {
                if socket.send(Message::Text(text)).await.is_err() {
                    break;
                }
            }
        })
    };
    serve(Router::new().route("/", get(back))).await
}

/// How long each of so many echoes takes, one after the other.
pub async fn echoes(at: SocketAddr, times: usize, pause: Duration) -> Vec<Duration> {
    let mut line = Line::open(at, "/").await;
    let text = "x".repeat(200);
    let mut waits = Vec::with_capacity(times);
    for _ in 0..times {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let said_at = Instant::now();
        line.say(text.clone()).await;
        line.hear().await;
        waits.push(said_at.elapsed());
    }
    waits
}

/// Tells all who connect what is sent into the channel.
pub async fn broadcast() -> (SocketAddr, broadcast::Sender<Utf8Bytes>) {
    // Bounded; the sender below never runs so far ahead that a peer loses anything.
    let (tell, _) = broadcast::channel::<Utf8Bytes>(HELD);
    let listens = tell.clone();
    let route = move |upgrade: WebSocketUpgrade| {
        let mut told = listens.subscribe();
        async move {
            upgrade.on_upgrade(async move |mut socket: WebSocket| {
                while let Ok(text) = told.recv().await {
                    if socket.feed(Message::Text(text)).await.is_err() {
                        break;
                    }
                    // As our server does: what is there is gathered, then written.
                    while let Ok(text) = told.try_recv() {
                        if socket.feed(Message::Text(text)).await.is_err() {
                            return;
                        }
                    }
                    if socket.flush().await.is_err() {
                        break;
                    }
                }
            })
        }
    };
    (serve(Router::new().route("/", get(route))).await, tell)
}

/// Deliveries a second to so many peers, with `window` events under way.
pub async fn received(
    at: SocketAddr,
    peers: usize,
    tell: broadcast::Sender<Utf8Bytes>,
    body: String,
    window: u64,
    lasts: Duration,
) -> f64 {
    let heard = Arc::new(AtomicU64::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let mut lines = JoinSet::new();
    for _ in 0..peers {
        let mut line = Line::open(at, "/").await;
        let (heard, over) = (Arc::clone(&heard), Arc::clone(&over));
        lines.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                if tokio::time::timeout(Duration::from_millis(500), line.hear()).await.is_ok() {
                    heard.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    while tell.receiver_count() < peers {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let body = Utf8Bytes::from(body);
    let started = Instant::now();
    let mut sent = 0;
    while started.elapsed() < lasts {
        if sent < heard.load(Ordering::Relaxed) / peers as u64 + window {
            let _ = tell.send(body.clone());
            sent += 1;
        } else {
            tokio::task::yield_now().await;
        }
    }
    let rate = heard.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    lines.join_all().await;
    rate
}
