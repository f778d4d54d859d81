//! An AI teammate that only streams, for measuring what the console makes of it over a thin line:
//! `cargo bench --bench stream -- URL TOKEN_FILE TALKS A_SECOND SECONDS FOLDER`.
//!
//! It opens so many talks, says `ready`, waits until there is a file `go` in the folder, begins an answer in each, and lets
//! the answers grow by `A_SECOND` pieces a second in all, round robin, until there is a file `stop`. Each piece is `T` and the Unix time in milliseconds, so
//! that whoever sees the screen knows how old it is. Not a measurement by itself: `benches/thin.sh` reads the screen.

#![allow(dead_code, reason = "a bench uses a part of what all share")]

use centaur::{
    client::{Caller, Dial, Socket},
    domain::{
        command::Command,
        customer::Customer,
        ids::{ConversationId, EntryNo, Term},
        teammate::Role,
    },
    protocol::{Page, Query, Scope, ToServer},
    server,
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const SOON: Duration = Duration::from_secs(20);

struct Said {
    url: String,
    token: String,
    talks: usize,
    a_second: u32,
    seconds: u32,
    folder: PathBuf,
}

impl Said {
    fn read() -> Option<Self> {
        let mut said = std::env::args().skip(1).filter(|said| !said.starts_with("--"));
        let (url, token) = (said.next()?, said.next()?);
        let token = std::fs::read_to_string(token).ok()?.trim().to_owned();
        let mut number = || said.next()?.parse::<u32>().ok();
        let (talks, a_second, seconds) = (number()? as usize, number()?.max(1), number()?);
        Some(Self { url, token, talks, a_second, seconds, folder: said.next()?.into() })
    }
}

fn main() -> ExitCode {
    let Some(said) = Said::read() else {
        println!("stream: URL TOKEN_FILE TALKS A_SECOND SECONDS FOLDER, as `benches/thin.sh` calls it");
        return ExitCode::SUCCESS;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(&said));
    ExitCode::SUCCESS
}

async fn run(said: &Said) {
    let dial: Arc<dyn Dial> = Arc::new(Socket::new(&said.url).expect("a server's address"));
    let call = async |token: &str| {
        let caller = Caller::open(Arc::clone(&dial), token.to_owned(), Scope::None, "stream".into()).await;
        caller.expect("the desk answers").within(SOON)
    };
    let mut admin = call(&said.token).await;
    for (name, role) in [("Aria", Role::Ai), ("street", Role::Connector)] {
        let invite = Command::Invite { name: name.into(), role, token: server::digest(&token(name)) };
        admin.call(invite).await.expect("the desk answers").expect("the desk takes one more");
    }
    let (mut door, mut ai) = (call(&token("street")).await, call(&token("Aria")).await);
    let mut opened = Vec::new();
    for at in 0..said.talks {
        opened.push(open(&mut door, at).await);
    }
    let Page::Cards { cards, .. } =
        admin.query(Query::Cards { before: None, limit: 200 }).await.expect("the desk answers")
    else {
        panic!("no cards")
    };
    println!("ready");
    wait_for(&said.folder.join("go")).await;
    let mut growing = Vec::new();
    for card in cards.iter().filter(|card| opened.contains(&card.id)) {
        growing.push(((card.id, begin(&mut ai, card.id, card.term).await), 0_u32));
    }
    let stop = said.folder.join("stop");
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / said.a_second);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    for piece in 0..(said.a_second as usize * said.seconds as usize) {
        ticks.tick().await;
        if piece % 8 == 0 && stop.exists() {
            break;
        }
        let at = piece % growing.len();
        let Some(((conversation, turn), offset)) = growing.get_mut(at) else { return };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
        let text = format!("T{now} ");
        let grown = u32::try_from(text.len()).expect("it is short");
        let frame = ToServer::DraftGrew { conversation: *conversation, turn: *turn, offset: *offset, text };
        ai.peer().tell(frame).await;
        *offset += grown;
    }
    // What was told must leave before the line closes.
    ai.query(Query::Cards { before: None, limit: 1 }).await.expect("the desk answers");
    println!("over");
}

fn token(name: &str) -> String {
    format!("cen_token-of-{name}-who-streams")
}

async fn open(door: &mut Caller, at: usize) -> ConversationId {
    let open = Command::OpenConversation {
        channel: "web".into(),
        customer: Customer { name: format!("Customer {at}").into(), ..Customer::default() },
        topic: None,
        text: "How long does it take?".into(),
        external_ref: None,
    };
    let opened = door.call(open).await.expect("the desk answers").expect("it is opened");
    opened.conversation.expect("a conversation")
}

async fn begin(ai: &mut Caller, conversation: ConversationId, term: Term) -> EntryNo {
    let begin = Command::BeginTurn { conversation, term };
    ai.call(begin).await.expect("the desk answers").expect("the turn begins").n
}

async fn wait_for(go: &Path) {
    while !go.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
