//! HTTP/1.1 as a customer's program speaks it, small and by hand, so that also what is wrong can be sent.

use crate::house::soon;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The code of an error.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A connection that is kept.
pub struct Http {
    stream: BufReader<TcpStream>,
}

impl Http {
    pub async fn open(at: SocketAddr) -> Self {
        let stream = soon("a connection", TcpStream::connect(at)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Sends a request and takes the head of its answer.
    async fn begin(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: desk\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        // A server that has answered before all was sent may have closed its side.
        let _ = self.stream.write_all(&request).await;
        let mut line = String::new();
        soon("an answer", self.stream.read_line(&mut line)).await.unwrap();
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut reply =
            Reply { status: status.unwrap_or_else(|| panic!("{line:?}")), headers: Vec::new(), body: String::new() };
        loop {
            let mut line = String::new();
            soon("a header", self.stream.read_line(&mut line)).await.unwrap();
            match line.trim().split_once(':') {
                Some((name, value)) => reply.headers.push((name.to_lowercase(), value.trim().to_owned())),
                None => return reply,
            }
        }
    }

    /// Sends a request and takes its whole answer.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut reply = self.begin(method, path, headers, body).await;
        let length = reply.header("content-length").map_or(0, |said| said.parse().unwrap());
        let mut bytes = vec![0; length];
        soon("a body", self.stream.read_exact(&mut bytes)).await.unwrap();
        reply.body = String::from_utf8(bytes).unwrap();
        reply
    }

    /// Posts JSON, with a secret if there is one.
    pub async fn post(&mut self, path: &str, secret: &str, body: &Value) -> Reply {
        let bearer = format!("Bearer {secret}");
        let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
        self.send("POST", path, &headers, body.to_string().as_bytes()).await
    }

    /// Gets a path with a secret.
    pub async fn get(&mut self, path: &str, secret: &str) -> Reply {
        self.send("GET", path, &[("Authorization", &format!("Bearer {secret}"))], b"").await
    }

    /// Opens a chat.
    pub async fn chat(&mut self, text: &str) -> Chat {
        let reply = self.post("/v1/chats", "", &json!({ "customer": { "name": "Jana" }, "text": text })).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let word = |key: &str| reply.json()[key].as_str().unwrap().to_owned();
        Chat { chat: word("chat"), secret: word("secret") }
    }

    /// All messages of a chat after number `after`, over all pages.
    pub async fn messages(&mut self, chat: &Chat, after: u64) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let last = all.last().map_or(after, |message| message["n"].as_u64().unwrap());
            let reply = self.get(&chat.path(&format!("messages?after={last}")), &chat.secret).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            let page = reply.json()["messages"].as_array().unwrap().clone();
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }
}

/// A chat, as its customer knows it.
#[derive(Clone, Debug)]
pub struct Chat {
    pub chat: String,
    pub secret: String,
}

impl Chat {
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/chats/{}/{rest}", self.chat)
    }
}

/// The texts of the AI among messages.
pub fn by_ai(messages: &[Value]) -> Vec<String> {
    let ai = messages.iter().filter(|message| message["from"]["kind"] == "ai");
    ai.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

/// A live stream of a chat.
pub struct Stream {
    http: Http,
    raw: String,
}

/// One event of a stream.
#[derive(Clone, Debug)]
pub struct Happened {
    pub id: Option<u64>,
    pub kind: String,
    pub data: Value,
}

impl Stream {
    pub async fn open(at: SocketAddr, chat: &Chat, last: Option<u64>) -> Self {
        let mut http = Http::open(at).await;
        let bearer = format!("Bearer {}", chat.secret);
        let last = last.map(|n| n.to_string());
        let mut headers = vec![("Authorization", bearer.as_str()), ("Accept", "text/event-stream")];
        headers.extend(last.as_deref().map(|last| ("Last-Event-ID", last)));
        let reply = http.begin("GET", &chat.path("events"), &headers, b"").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/event-stream")));
        Self { http, raw: String::new() }
    }

    /// The next event; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Happened> {
        loop {
            while let Some((event, rest)) = self.raw.split_once("\n\n") {
                let event = event.to_owned();
                let rest = rest.to_owned();
                self.raw = rest;
                let field = |name: &str| {
                    let of = |line: &str| line.strip_prefix(name)?.strip_prefix(':').map(|said| said.trim().to_owned());
                    event.lines().find_map(of)
                };
                if let (Some(kind), Some(data)) = (field("event"), field("data")) {
                    let id = field("id").map(|id| id.parse().unwrap());
                    return Some(Happened { id, kind, data: serde_json::from_str(&data).unwrap() });
                }
            }
            let mut size = String::new();
            let read = soon("a piece of the stream", self.http.stream.read_line(&mut size)).await;
            let size = read.ok().and_then(|_| usize::from_str_radix(size.trim(), 16).ok()).filter(|size| *size > 0)?;
            let mut bytes = vec![0; size + 2];
            soon("the rest of a piece", self.http.stream.read_exact(&mut bytes)).await.ok()?;
            self.raw.push_str(std::str::from_utf8(&bytes[..size]).unwrap());
        }
    }

    /// The next message, whoever types meanwhile.
    pub async fn message(&mut self) -> Option<Happened> {
        loop {
            let event = self.next().await?;
            if event.kind == "message" {
                return Some(event);
            }
        }
    }
}
