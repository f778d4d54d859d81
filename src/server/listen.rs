//! The port: accepts connections, bounds them, and speaks HTTP/1 on each.

use super::{ServerError, peer::Hub};
use axum::Router;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Semaphore,
};

/// Connections at once. More wait in the kernel's queue until one ends.
const CONNECTIONS: usize = 16_384;
/// Connections that the kernel holds for us.
const BACKLOG: u32 = 1_024;
/// How long the headers of a request may take.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);
/// The longest headers, in bytes.
const HEADERS: usize = 16 * 1024;
/// What the kernel holds of a socket's unsent bytes: little, so that what is urgent does not queue behind what is not.
const UNSENT: u32 = 256 * 1024;

/// A port that is ours. Who connects waits there until a server listens.
#[derive(Debug)]
pub struct Port {
    listener: TcpListener,
    at: SocketAddr,
}

impl Port {
    /// Opens the port, on the runtime that it is awaited on. A server that is to listen there opens it before it founds
    /// anything, so that nothing half-done remains when somebody else has it.
    ///
    /// # Errors
    /// [`ServerError::Listen`] if it cannot be had.
    #[expect(clippy::unused_async, reason = "it needs the runtime that it is awaited on")]
    pub async fn open(addr: SocketAddr) -> Result<Self, ServerError> {
        let failed = |source| ServerError::Listen { addr, source };
        let listener = open(addr).map_err(failed)?;
        let at = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, at })
    }

    /// Its address.
    #[must_use]
    pub fn at(&self) -> SocketAddr {
        self.at
    }
}

/// Serves at the port until the hub drains.
pub(super) fn listen(hub: &Arc<Hub>, port: Port, router: Router) {
    tokio::spawn(accept(Arc::clone(hub), port.listener, router));
}

fn open(addr: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(UNSENT)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

async fn accept(hub: Arc<Hub>, listener: TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut drain = hub.drain();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = async { drop(drain.wait_for(|draining| *draining).await) } => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let service = TowerToHyperService::new(router.clone());
                let mut drain = hub.drain();
                tokio::spawn(async move {
                    let drained = async move { drop(drain.wait_for(|draining| *draining).await) };
                    serve(stream, service, drained).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: those who are here go on, and one more may fit soon.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, service: TowerToHyperService<Router>, drained: impl Future<Output = ()>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "nodelay was refused");
    }
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        result = connection.as_mut() => {
            if let Err(error) = result {
                tracing::debug!(%error, "a connection ended early");
            }
        }
        () = drained => {
            // Requests under way are answered; the line is closed then.
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(Duration::from_secs(5), connection).await;
        }
    }
}
