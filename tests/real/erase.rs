//! What is erased at a real desk: out of every file of it, also after a kill, for the team and for the customer; and the log
//! holds.

use crate::{
    house::{House, program, soon},
    http::{Chat, Http},
};
use centaur::domain::event::Event;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::path::Path;

/// Words of the customer and of the team that must be gone.
const CANARIES: usize = 50;

fn canary(n: usize) -> String {
    format!("canary{n:02}x")
}

/// Where in the files of a folder a canary stands.
fn found(folder: &Path) -> Vec<String> {
    let mut places = Vec::new();
    for file in folder.read_dir().unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            places.extend(found(&path));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        let count = bytes.windows(6).filter(|bytes| *bytes == b"canary").count();
        if count > 0 {
            places.push(format!("{count} in {}", path.display()));
        }
    }
    places
}

/// The command line as the admin of this house: its exit code, what it printed, what it complained of.
async fn centaur(house: &House, words: &[&str]) -> (Option<i32>, String, String) {
    let mut shell = program(house.folder().as_path());
    let (url, token) = (format!("http://{}", house.at), house.folder().join("admin.token"));
    shell.args(["--server", &url, "--token-file", token.to_str().unwrap()]).args(words);
    let done = soon(words[0], shell.output()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

async fn must(house: &House, words: &[&str]) -> String {
    let (code, said, why) = centaur(house, words).await;
    assert_eq!(code, Some(0), "{words:?}: {said} {why}");
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_is_written_out_and_erased_from_every_file_and_the_log_holds() {
    let mut house = House::open(&[]).await;
    let mut http = Http::open(house.at).await;
    let customer = json!({ "name": format!("Jana {}", canary(0)), "email": format!("{}@example.com", canary(1)) });
    let opened = json!({ "customer": customer, "text": format!("How long does delivery take? {}", canary(2)) });
    let reply = http.post("/v1/chats", "", &opened).await;
    let word = |key: &str| reply.json()[key].as_str().unwrap().to_owned();
    let chat = Chat { chat: word("chat"), secret: word("secret") };
    let other = http.chat("How long does delivery to Germany take?").await;
    let number = chat.chat.as_str();
    must(&house, &["take", number, "--bare"]).await;
    for n in 3..30 {
        let said = json!({ "id": format!("m{n}"), "text": format!("and {}", canary(n)) });
        assert_eq!(http.post(&chat.path("messages"), &chat.secret, &said).await.status, 202);
    }
    for n in 30..CANARIES - 2 {
        match n % 3 {
            0 => must(&house, &["say", number, &format!("Dear Jana, {}", canary(n))]).await,
            1 => must(&house, &["note", number, &canary(n)]).await,
            _ => must(&house, &["tag", number, &canary(n)]).await,
        };
    }
    let rating = json!({ "score": 2, "comment": canary(CANARIES - 2) });
    assert_eq!(http.post(&chat.path("rating"), &chat.secret, &rating).await.status, 202);
    must(&house, &["back", number, "--done", &canary(CANARIES - 1)]).await;

    // All of it is written out, by the customer's address in any case.
    let mail = format!("{}@EXAMPLE.com", canary(1).to_uppercase());
    let exported = must(&house, &["customer", "export", &mail]).await;
    let missing: Vec<String> = (0..CANARIES).map(canary).filter(|word| !exported.contains(word)).collect();
    // Tags are of the card, and are told as they came.
    assert_eq!((missing, exported.lines().count()), (Vec::new(), 1), "{exported}");

    // While it is open nothing goes, and without a yes neither.
    assert_eq!(centaur(&house, &["customer", "erase", &mail, "--yes"]).await.0, Some(5));
    let settled = async |house: &House| loop {
        let (code, _, why) = centaur(house, &["customer", "erase", &mail, "--yes"]).await;
        match code {
            Some(0) => break,
            // A message may still be on its way, and an AI at work.
            Some(5) => drop(must(house, &["ls", "--all"]).await),
            _ => panic!("{why}"),
        }
    };
    must(&house, &["resolve", number]).await;
    let planned = must(&house, &["customer", "erase", &mail, "--json"]).await;
    assert_eq!(serde_json::from_str::<Value>(planned.trim()).unwrap()["erased"], json!(false));
    assert!(!found(&house.folder()).is_empty());
    soon("the erasing", settled(&house)).await;

    // For the team: nothing but that it was there. Nobody finds the customer any more.
    let shown = must(&house, &["show", number, "--json"]).await;
    assert!(!shown.contains("canary") && shown.contains("\"erased\""), "{shown}");
    assert_eq!(centaur(&house, &["customer", "export", &mail]).await.0, Some(4));
    assert_eq!(centaur(&house, &["note", number, "later"]).await.0, Some(4));
    // For the customer: the chat opens with its secret until the server forgets it, and is empty; nothing can be written.
    let messages = http.get(&chat.path("messages"), &chat.secret).await;
    assert!(!format!("{messages:?}").contains("canary"), "{messages:?}");
    let more = http.post(&chat.path("messages"), &chat.secret, &json!({ "id": "z", "text": "hello" })).await;
    assert!((400..500).contains(&more.status), "{more:?}");

    // In no file: while the server runs, after it was killed, and after it has ended.
    let gone = async |house: &House, when: &str| {
        soon(when, async {
            while !found(&house.folder()).is_empty() {
                must(house, &["ls", "--all"]).await;
            }
        })
        .await;
    };
    gone(&house, "the files of the running server").await;
    house.end(Signal::SIGKILL).await;
    house.start().await;
    gone(&house, "the files after a kill").await;
    let mut http = Http::open(house.at).await;
    assert_eq!(http.get(&chat.path("messages"), &chat.secret).await.status, 401);
    assert!(!http.messages(&other, 0).await.is_empty());
    house.end(Signal::SIGTERM).await;
    assert_eq!(found(&house.folder()), Vec::<String>::new());

    // The chain holds against the mark, and who did what when is there.
    let log = house.log();
    let of_it: Vec<_> = log.iter().filter(|one| one.conversation.is_some_and(|id| id.to_string() == number)).collect();
    assert!(of_it.len() > CANARIES, "{}", of_it.len());
    assert!(of_it[1..of_it.len() - 1].iter().all(|one| one.event == Event::Blank));
    assert!(matches!(of_it.last().unwrap().event, Event::Erased { .. }));
    println!("canaries written {CANARIES}, found after the erasing 0, events left blank {}", of_it.len() - 2);
}
