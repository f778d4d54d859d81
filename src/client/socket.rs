//! A line over a WebSocket: `ws://` for now.
//!
//! Bounded in both directions, without Nagle's delay, and never following a redirect: a token is only ever said to the
//! place that was named. Deliberately not here: TLS (a proxy or a tunnel does it until it is), retries, frames' meaning.

use super::wire::{Dial, DialError, Later, Wire};
use crate::protocol::limits::FRAME_OUT;
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message,
        http::{Uri, header::LOCATION},
        protocol::WebSocketConfig,
    },
};

/// Where a desk listens for peers.
const PATH: &str = "/v1/desk";
/// How long connecting and the handshake may take, each.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// The longest message taken: a page, and a single long event with what JSON makes of it.
const LONGEST: usize = 2 * FRAME_OUT;

/// The way to a server over TCP.
#[derive(Clone, Debug)]
pub struct Socket {
    url: String,
    host: String,
    port: u16,
}

impl Socket {
    /// A way to `url`: `ws://host:port/v1/desk`, or short `http://host:port`.
    ///
    /// # Errors
    /// [`DialError`] with a sentence, if it is no such URL, or wants TLS.
    pub fn new(url: &str) -> Result<Self, DialError> {
        let wrong = |why: String| DialError { place: url.to_owned(), why };
        let uri: Uri = url
            .trim()
            .parse()
            .map_err(|_| wrong("this is not a URL; write it as in http://localhost:4170".to_owned()))?;
        match uri.scheme_str() {
            Some("ws" | "http") => {}
            Some("wss" | "https") => {
                return Err(wrong(
                    "TLS is not there yet; put a TLS proxy or an SSH tunnel in front and use http://localhost:… of it"
                        .to_owned(),
                ));
            }
            Some(other) => return Err(wrong(format!("`{other}:` leads to no desk; use http:// or ws://"))),
            None => return Err(wrong("the beginning is missing; write http:// before it".to_owned())),
        }
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| wrong("the host is missing; write it as in http://localhost:4170".to_owned()))?;
        let port = uri.port_u16().unwrap_or(80);
        let path = match uri.path_and_query().map(ToString::to_string) {
            Some(path) if path != "/" => path,
            _ => PATH.to_owned(),
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { url: format!("ws://{host}:{port}{path}"), host: bare, port })
    }

    /// The URL that is dialled.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    fn wrong(&self, why: String) -> DialError {
        DialError { place: self.url.clone(), why }
    }

    async fn open(&self) -> Result<Line, DialError> {
        let (host, port) = (self.host.as_str(), self.port);
        let late = |what: &str| {
            let within = CONNECT_WITHIN.as_secs();
            self.wrong(format!(
                "{host} port {port} {what} within {within} s; check the network, or whether a firewall drops it"
            ))
        };
        let stream = timeout(CONNECT_WITHIN, TcpStream::connect((host, port)))
            .await
            .map_err(|_| late("did not answer"))?
            .map_err(|error| {
                self.wrong(format!(
                    "cannot connect to {host} port {port} ({error}); check the address, and that `centaur serve` runs there"
                ))
            })?;
        stream.set_nodelay(true).map_err(|error| self.wrong(format!("the line broke at once ({error}); try again")))?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(LONGEST))
            .max_frame_size(Some(LONGEST))
            .write_buffer_size(16 * 1024)
            // One frame is written at a time, so this is never reached; past it, sending fails.
            .max_write_buffer_size(LONGEST);
        let handshake = client_async_with_config(self.url.as_str(), stream, Some(config));
        match timeout(CONNECT_WITHIN, handshake).await {
            Err(_) => Err(late("took the connection but said nothing")),
            Ok(Err(error)) => Err(self.wrong(refused(&error, host, port))),
            Ok(Ok((stream, _))) => Ok(Line { stream, url: self.url.clone() }),
        }
    }
}

/// Why a server did not make a WebSocket of the connection, and what to do.
fn refused(error: &Error, host: &str, port: u16) -> String {
    let Error::Http(response) = error else {
        return format!("{host} port {port} does not speak centaur's protocol ({error}); check host and port");
    };
    let status = response.status();
    if status.is_redirection() {
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("another place");
        return format!(
            "{host} redirects to {to}, and redirects are not followed; if you trust it, use that URL itself"
        );
    }
    match status.as_u16() {
        404 => format!("{host} port {port} has no desk at this path (404); use http://{host}:{port} without a path"),
        401 | 403 => format!("{host} port {port} lets nobody in at this path ({status}); ask who runs the proxy there"),
        429 | 503 => format!("{host} port {port} is too busy ({status}); try again in a moment"),
        _ => format!("{host} port {port} answered {status} instead of a desk; check host and port"),
    }
}

impl Dial for Socket {
    fn dial(&self) -> Later<'_, Result<Box<dyn Wire>, DialError>> {
        Box::pin(async { Ok(Box::new(self.open().await?) as Box<dyn Wire>) })
    }

    fn place(&self) -> String {
        self.url.clone()
    }
}

struct Line {
    stream: WebSocketStream<TcpStream>,
    url: String,
}

impl Wire for Line {
    fn send(&mut self, frame: String) -> Later<'_, Result<(), DialError>> {
        Box::pin(async move {
            self.stream
                .send(Message::text(frame))
                .await
                .map_err(|error| DialError { place: self.url.clone(), why: format!("the line broke ({error})") })
        })
    }

    fn receive(&mut self) -> Later<'_, Option<String>> {
        Box::pin(async {
            loop {
                match self.stream.next().await? {
                    Ok(Message::Text(text)) => return Some(text.as_str().to_owned()),
                    // Answered by the library with the next write.
                    Ok(Message::Ping(_) | Message::Pong(_)) => {}
                    // Binary frames are not of this protocol; after an error the stream is over.
                    Ok(_) => return None,
                    Err(error) => {
                        tracing::debug!(%error, "the line broke");
                        return None;
                    }
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{io::AsyncWriteExt, net::TcpListener};

    #[test]
    fn short_addresses_lead_to_the_desk_and_wrong_ones_get_a_sentence() {
        let url = |said: &str| Socket::new(said).map(|socket| socket.url);
        assert_eq!(url("http://localhost:4170"), Ok("ws://localhost:4170/v1/desk".into()));
        assert_eq!(url("ws://desk.example/v1/desk"), Ok("ws://desk.example:80/v1/desk".into()));
        assert_eq!(url("http://[::1]:9/"), Ok("ws://[::1]:9/v1/desk".into()));
        for (said, word) in [
            ("https://desk.example", "TLS is not there yet"),
            ("localhost:4170", "http"),
            ("ftp://x", "ftp"),
            ("", "URL"),
            ("http:///x", "URL"),
        ] {
            let error = url(said).unwrap_err();
            assert!(error.why.contains(word), "{said}: {error}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_refused_and_named() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let error = Socket::new(&format!("http://127.0.0.1:{port}")).unwrap().dial().await.err().unwrap();
        assert!(error.why.contains("elsewhere.example"), "{error}");
        server.await.unwrap();
    }

    #[tokio::test]
    async fn frames_travel_over_a_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            let heard = socket.next().await.unwrap().unwrap();
            socket.send(heard).await.unwrap();
            socket.close(None).await.unwrap();
        });
        let mut wire = Socket::new(&format!("http://127.0.0.1:{port}")).unwrap().dial().await.unwrap();
        wire.send("héllo".to_owned()).await.unwrap();
        assert_eq!((wire.receive().await, wire.receive().await), (Some("héllo".into()), None));
        server.await.unwrap();
    }
}
