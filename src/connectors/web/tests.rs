use super::*;
use crate::{
    client::{memory::MemoryDial, session::Order},
    connectors::{
        keys,
        stage::{Cue, Stage},
    },
    domain::{
        delivery::Report,
        ids::{EntryNo, Seq, Term},
    },
    protocol::{ToPeer, ToServer, decode, encode},
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::{TcpListener, TcpStream},
};

/// A web channel on the loopback, before a desk on a stage.
async fn stage() -> (Stage, SocketAddr) {
    let (stage, peer, news) = Stage::open(|_| None);
    let door = WebDoor::over(peer, news);
    assert!(door.ready().await);
    (stage, serve(door).await)
}

async fn serve(door: WebDoor) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router(door)).await });
    place
}

struct Heard {
    status: u16,
    head: String,
    body: Value,
}

async fn send(place: SocketAddr, head: &str, body: &[u8]) -> Heard {
    let mut line = TcpStream::connect(place).await.unwrap();
    let head = format!("{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    line.write_all(head.as_bytes()).await.unwrap();
    // The server may have answered and closed before it read all of a body that is too long.
    let _ = line.write_all(body).await;
    let mut bytes = Vec::new();
    let _ = line.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Heard { status, head: head.to_lowercase(), body: serde_json::from_str(body).unwrap_or_default() }
}

async fn post(place: SocketAddr, path: &str, secret: &str, body: Value) -> Heard {
    let head = format!("POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {secret}");
    send(place, &head, body.to_string().as_bytes()).await
}

async fn get(place: SocketAddr, path: &str, secret: &str) -> Heard {
    send(place, &format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer {secret}"), b"").await
}

/// Opens a chat; its number and its secret.
async fn open(place: SocketAddr) -> (ConversationId, String) {
    let body = json!({"customer": {"name": "Jana"}, "text": "Where is it?", "topic": "delivery", "locale": "en"});
    let opened = post(place, "/v1/chats", "", body).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    let secret = opened.body["secret"].as_str().unwrap().to_owned();
    (opened.body["chat"].as_str().unwrap().parse().unwrap(), secret)
}

fn texts(heard: &Heard) -> Vec<(u64, &str, &str)> {
    let all = heard.body["messages"].as_array().unwrap().iter();
    all.map(|one| (one["n"].as_u64().unwrap(), one["from"]["kind"].as_str().unwrap(), one["text"].as_str().unwrap()))
        .collect()
}

/// Waits for what the hub and the stage do on their own. Gives way to other tasks, without a clock.
async fn until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..100_000 {
        if is_so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never came");
}

struct Events(Lines<BufReader<TcpStream>>);

impl Events {
    async fn of(place: SocketAddr, path: &str, secret: &str, more: &str) -> Self {
        let mut line = TcpStream::connect(place).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n{more}\r\n");
        line.write_all(head.as_bytes()).await.unwrap();
        Self(BufReader::new(line).lines())
    }

    /// The next event: its name, its id and its data.
    async fn next(&mut self) -> (String, Option<String>, Value) {
        let (mut name, mut id) = (String::new(), None);
        while let Some(line) = self.0.next_line().await.unwrap() {
            if let Some(said) = line.strip_prefix("event: ") {
                said.clone_into(&mut name);
            } else if let Some(said) = line.strip_prefix("id: ") {
                id = Some(said.to_owned());
            } else if let Some(said) = line.strip_prefix("data: ") {
                // The id follows the data, or comes before it: both are lines of the same event.
                let data = serde_json::from_str(said).unwrap();
                while let Some(rest) = self.0.next_line().await.unwrap().filter(|rest| !rest.is_empty()) {
                    if let Some(said) = rest.strip_prefix("id: ") {
                        id = Some(said.to_owned());
                    }
                }
                return (name, id, data);
            }
        }
        panic!("the stream ended");
    }

    async fn next_text(&mut self) -> (String, String) {
        loop {
            let (name, id, data) = self.next().await;
            if name == "message" {
                return (id.unwrap(), data["text"].as_str().unwrap().to_owned());
            }
        }
    }
}

#[tokio::test]
async fn a_chat_is_opened_continued_read_and_rated() {
    let (stage, place) = stage().await;
    let (chat, secret) = open(place).await;
    let path = format!("/v1/chats/{chat}/messages");
    let said = post(place, &path, &secret, json!({"id": "a", "text": "Hello?"})).await;
    assert_eq!((said.status, said.body), (202, json!({})));
    stage.cue(Cue::Ai(chat, "It is with the neighbour.".to_owned())).await.unwrap();
    until(|| stage.reports().len() == 1).await;
    let all = get(place, &path, &secret).await;
    assert_eq!(
        texts(&all),
        [(1, "customer", "Where is it?"), (2, "customer", "Hello?"), (3, "ai", "It is with the neighbour.")]
    );
    assert_eq!(all.body["messages"][2]["from"]["name"], "Aria");
    assert_eq!(all.body["messages"][2]["at"], "1970-01-01T00:00:00.000Z");
    let rated = post(place, &format!("/v1/chats/{chat}/rating"), &secret, json!({"score": 5, "comment": "good"})).await;
    let typed = post(place, &format!("/v1/chats/{chat}/typing"), &secret, json!({})).await;
    assert_eq!((rated.status, typed.status), (202, 202));
}

#[tokio::test]
async fn a_message_under_the_same_id_has_no_second_effect() {
    let (_stage, place) = stage().await;
    let (chat, secret) = open(place).await;
    let path = format!("/v1/chats/{chat}/messages");
    let first = post(place, &path, &secret, json!({"id": "a", "text": "Hello?"})).await;
    let again = post(place, &path, &secret, json!({"id": "a", "text": "Hello?"})).await;
    let other = post(place, &path, &secret, json!({"id": "a", "text": "Something else"})).await;
    assert_eq!((first.status, again.status, other.status), (202, 202, 202));
    assert_eq!((&again.body, &other.body), (&first.body, &json!({"repeated": true})));
    assert_eq!(texts(&get(place, &format!("{path}?after=1"), &secret).await), [(2, "customer", "Hello?")]);
}

#[tokio::test]
async fn a_message_is_sent_when_claimed_and_delivered_once_when_fetched() {
    let (stage, place) = stage().await;
    let (chat, secret) = open(place).await;
    let path = format!("/v1/chats/{chat}/messages");
    stage.cue(Cue::Ai(chat, "Look at the neighbour's.".to_owned())).await.unwrap();
    until(|| stage.reports().len() == 1).await;
    assert!(matches!(stage.reports().as_slice(), [(_, Report::Sent)]));
    get(place, &path, &secret).await;
    until(|| stage.reports().len() == 2).await;
    get(place, &path, &secret).await;
    open(place).await;
    assert!(matches!(stage.reports().as_slice(), [(_, Report::Sent), (_, Report::Delivered)]));
}

#[tokio::test]
async fn what_waits_when_a_human_takes_over_never_reaches_the_customer() {
    let (stage, place) = stage().await;
    let (chat, secret) = open(place).await;
    stage.reply(chat, Term(1), "Lena here.").await.unwrap();
    stage.cue(Cue::Human(Command::Note { conversation: chat, text: "a note".to_owned() })).await.unwrap();
    stage.cue(Cue::Human(Command::Whisper { conversation: chat, text: "a whisper".to_owned() })).await.unwrap();
    until(|| stage.reports().len() == 1).await;
    let all = get(place, &format!("/v1/chats/{chat}/messages"), &secret).await;
    assert_eq!(texts(&all), [(1, "customer", "Where is it?"), (2, "human", "Lena here.")]);
}

#[tokio::test]
async fn a_stream_has_what_was_said_and_what_is_said_and_resumes_without_gap_or_repeat() {
    let (stage, place) = stage().await;
    let (chat, secret) = open(place).await;
    let (path, messages) = (format!("/v1/chats/{chat}/events"), format!("/v1/chats/{chat}/messages"));
    let mut events = Events::of(place, &path, &secret, "").await;
    assert_eq!(events.next_text().await, ("1".to_owned(), "Where is it?".to_owned()));
    stage.cue(Cue::Ai(chat, "With the neighbour.".to_owned())).await.unwrap();
    assert_eq!(events.next_text().await, ("2".to_owned(), "With the neighbour.".to_owned()));
    until(|| !stage.reports().is_empty()).await;
    assert!(matches!(stage.reports().as_slice(), [(_, Report::Delivered)]));
    for id in 0..5 {
        post(place, &messages, &secret, json!({"id": id.to_string(), "text": format!("line {id}")})).await;
    }
    for n in 3..8 {
        assert_eq!(events.next_text().await, (n.to_string(), format!("line {}", n - 3)));
    }
    // By header, and by address; the header is newer.
    let mut resumed = Events::of(place, &format!("{path}?after=1"), &secret, "Last-Event-ID: 6\r\n").await;
    assert_eq!(resumed.next_text().await, ("7".to_owned(), "line 4".to_owned()));
    let mut resumed = Events::of(place, &format!("{path}?after=1"), &secret, "").await;
    assert_eq!(resumed.next_text().await, ("2".to_owned(), "With the neighbour.".to_owned()));
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_chat_are_answered_alike() {
    let (_stage, place) = stage().await;
    let (chat, secret) = open(place).await;
    let wrong = get(place, &format!("/v1/chats/{chat}/messages"), "centaur_chat_x").await;
    let unknown = get(place, "/v1/chats/999/messages", &secret).await;
    let odd = get(place, "/v1/chats/%FF/messages", &secret).await;
    let none = send(place, &format!("GET /v1/chats/{chat}/messages HTTP/1.1"), b"").await;
    for heard in [&wrong, &unknown, &odd, &none] {
        assert_eq!((heard.status, &heard.body), (401, &wrong.body));
    }
    assert_eq!(wrong.body["error"]["code"], "unauthorized");
}

#[tokio::test]
async fn every_fault_is_told_as_json_with_its_status() {
    let (_stage, place) = stage().await;
    let (chat, secret) = open(place).await;
    let json_head = "POST /v1/chats HTTP/1.1\r\nContent-Type: application/json";
    let long = vec![b' '; BODY + 1];
    let bearer = format!("\r\nAuthorization: Bearer {secret}");
    let cases: Vec<(u16, &str, String, &[u8])> = vec![
        (400, "bad_request", json_head.to_owned(), b"{"),
        (400, "bad_request", json_head.to_owned(), b"\xff"),
        (413, "too_large", json_head.to_owned(), &long),
        (415, "unsupported_media_type", "POST /v1/chats HTTP/1.1".to_owned(), b"{}"),
        (404, "not_found", "GET /v1/nothing HTTP/1.1".to_owned(), b""),
        (405, "method_not_allowed", "DELETE /v1/chats HTTP/1.1".to_owned(), b""),
        (400, "bad_request", format!("GET /v1/chats/{chat}/messages?after=x HTTP/1.1{bearer}"), b""),
        (400, "bad_request", format!("GET /v1/chats/{chat}/events HTTP/1.1{bearer}\r\nLast-Event-ID: x"), b""),
    ];
    for (status, code, head, body) in cases {
        let heard = send(place, &head, body).await;
        assert_eq!((heard.status, heard.body["error"]["code"].as_str()), (status, Some(code)), "{head}");
        assert!(heard.body["error"]["message"].as_str().is_some_and(|said| said.len() > 20));
    }
}

#[tokio::test]
async fn while_the_desk_is_away_customers_are_told_to_come_again() {
    let (stage, place) = stage().await;
    let (chat, secret) = open(place).await;
    stage.cue(Cue::News(News::Lost { why: "cut".to_owned(), retry_in_ms: 1_000 })).await.unwrap();
    let path = format!("/v1/chats/{chat}/messages");
    // The hub hears of the cut in its own time.
    let mut heard = get(place, &path, &secret).await;
    while heard.status == 200 {
        heard = get(place, &path, &secret).await;
    }
    assert_eq!((heard.status, heard.head.contains("retry-after: 5")), (503, true));
    let (peer, _orders) = Peer::held(1);
    let (tell, news) = mpsc::channel(1);
    tell.send(News::Ended { code: None, why: "over".to_owned() }).await.unwrap();
    let place = serve(WebDoor::over(peer, news)).await;
    let body = json!({"customer": {"name": "Jana"}, "text": "Hi"});
    assert_eq!(post(place, "/v1/chats", "", body).await.status, 503);
}

#[tokio::test]
async fn a_busy_desk_is_told_as_429_with_when_to_come_again() {
    let (peer, mut orders) = Peer::held(8);
    let (tell, news) = mpsc::channel(8);
    let (stage, _peer, mut welcome) = Stage::open(|_| None);
    tell.send(welcome.recv().await.unwrap()).await.unwrap();
    let door = WebDoor::over(peer, news);
    assert!(door.ready().await);
    let place = serve(door).await;
    tokio::spawn(async move {
        while let Some(order) = orders.recv().await {
            if let Order::Ask(id, _) = order {
                tell.send(News::Answered { id, result: Err(Refusal::Busy) }).await.unwrap();
            }
        }
    });
    let heard = post(place, "/v1/chats", "", json!({"customer": {"name": "Jana"}, "text": "Hi"})).await;
    assert_eq!((heard.status, heard.head.contains("retry-after: 1")), (429, true));
    drop(stage);
}

#[tokio::test]
async fn a_reader_who_is_too_slow_is_closed_and_costs_no_more_than_its_queue() {
    let (stage, peer, news) = Stage::open(|_| None);
    let door = WebDoor::over(peer, news);
    assert!(door.ready().await);
    let place = serve(door.clone()).await;
    let (chat, secret) = open(place).await;
    let mut live = door.listen(chat).await.unwrap();
    for id in 0..100 {
        let body = json!({"id": id.to_string(), "text": "again"});
        post(place, &format!("/v1/chats/{chat}/messages"), &secret, body).await;
    }
    let mut taken = 0;
    while live.recv().await.is_some() {
        taken += 1;
    }
    assert!(taken <= 64, "{taken}");
    drop(stage);
}

#[tokio::test]
async fn the_door_greets_as_a_connector_and_brings_a_customer_over_the_wire() {
    let (lines, mut dialled) = mpsc::channel(1);
    let door = WebDoor::open(Arc::new(MemoryDial::new(lines)), "token".to_owned());
    let mut line = dialled.recv().await.unwrap();
    let hello = decode(&line.from_peer.recv().await.unwrap()).unwrap();
    assert!(matches!(hello, ToServer::Hello { token, cards: Scope::Carried, .. } if token == "token"));
    let (stage, _peer, mut news) = Stage::open(|_| None);
    let Some(News::Frame(welcome)) = news.recv().await else { panic!("no welcome") };
    line.to_peer.send(encode(&*welcome)).await.unwrap();
    assert!(door.ready().await);
    let place = serve(door).await;
    let asked = tokio::spawn(async move {
        let ToServer::Ask { id, command } = decode(&line.from_peer.recv().await.unwrap()).unwrap() else { panic!() };
        let answer = Answer { seq: Seq(1), conversation: Some(ConversationId(42)), n: EntryNo(1) };
        line.to_peer.send(encode(&ToPeer::Accepted { id, answer })).await.unwrap();
        (command, line)
    });
    let (chat, secret) = open(place).await;
    let Command::OpenConversation { channel, external_ref, .. } = asked.await.unwrap().0 else { panic!() };
    let kept = Some(keys::digest(secret.as_bytes()).to_string());
    assert_eq!((chat, channel.as_str(), external_ref), (ConversationId(42), "web", kept));
    drop(stage);
}
