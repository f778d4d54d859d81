//! A desk in this program, lines in, lines out.

use super::*;
use crate::{
    cli::{
        Environment, Global,
        embed::{Embedded, Plan},
        output::caught::Caught,
    },
    client::Caller,
    config::Config,
    domain::{command::Command, customer::Customer, ids::ConversationId, policy::Policy, teammate::Role},
    paths::Paths,
};
use std::{io::Write, sync::Arc};
use tokio::task::LocalSet;

const SOON: Duration = Duration::from_secs(20);

/// Sends whole lines.
struct Teller(mpsc::Sender<String>, Vec<u8>);

impl Write for Teller {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            if *byte == b'\n' {
                self.0.try_send(String::from_utf8(std::mem::take(&mut self.1)).unwrap()).unwrap();
            } else {
                self.1.push(*byte);
            }
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Stage {
    _folder: tempfile::TempDir,
    desk: Embedded,
    web: Caller,
    say: mpsc::Sender<Heard>,
    said: mpsc::Receiver<String>,
    rung: Caught,
    talk: tokio::task::JoinHandle<Result<(), Failure>>,
}

impl Stage {
    /// A desk without an AI and with one customer, who waits.
    async fn set(ascii: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan { name: "Test desk".into(), admin: "mira".into(), policy: Policy::default(), shelf: None };
        let desk = Embedded::open(&folder.path().join("desk"), plan).await.unwrap();
        let (_, token) = desk.local("web", Role::Connector).await.unwrap();
        let mut web = Caller::open(Arc::clone(&desk.dial), token, Scope::None, "test".into()).await.unwrap();
        open(&mut web, "my parcel is\u{1b}[2J late").await;
        let context = Context {
            global: Global::default(),
            paths: Paths::under(folder.path()),
            config: Config::read("[[alert]]\nwhen = \"needs:me\"\n", "config.toml").unwrap(),
            config_fault: None,
            env: Environment::default(),
            out: mouth::output(false, || Box::new(io::sink())),
            way: None,
        };
        let way = Way { dial: Arc::clone(&desk.dial), token: desk.admin_token().unwrap() };
        let (tell, said) = mpsc::channel(200);
        let out = mouth::output(ascii, || Box::new(Teller(tell.clone(), Vec::new())));
        let rung = Caught::default();
        let bell = Box::new(rung.clone());
        let (say, lines) = mpsc::channel(16);
        let talk = tokio::task::spawn_local(converse(inner(&context, way, out), lines, Some(bell)));
        Self { _folder: folder, desk, web, say, said, rung, talk }
    }

    async fn types(&self, line: &str) {
        self.say.send(Heard::Line(line.to_owned())).await.unwrap();
    }

    async fn next(&mut self) -> String {
        let line = timeout(SOON, self.said.recv()).await.expect("nothing was said").expect("it has ended");
        assert!(!line.contains(char::is_control), "{line:?}");
        line
    }

    /// The lines up to the one that begins so.
    async fn until(&mut self, beginning: &str) -> Vec<String> {
        let mut lines = vec![self.next().await];
        while !lines.last().unwrap().starts_with(beginning) {
            lines.push(self.next().await);
        }
        lines
    }

    async fn ends(mut self, line: Heard) -> Result<(), Failure> {
        self.say.send(line).await.unwrap();
        let result = timeout(SOON, &mut self.talk).await.unwrap().unwrap();
        self.desk.close().await;
        result
    }
}

async fn open(web: &mut Caller, text: &str) -> ConversationId {
    let open = Command::OpenConversation {
        channel: "web".into(),
        customer: Customer { name: "Zoë\u{1b}]0;x\u{7}".into(), ..Customer::default() },
        topic: None,
        text: text.into(),
        external_ref: None,
    };
    web.call(open).await.unwrap().unwrap().conversation.unwrap()
}

#[tokio::test]
async fn a_talk_is_found_taken_answered_and_heard_without_a_screen() {
    LocalSet::new()
        .run_until(async {
            let mut stage = Stage::set(false).await;
            assert_eq!(
                stage.next().await,
                "Test desk, signed in as mira. 1 needs you. help tells the words, next goes to what needs you, quit leaves."
            );

            stage.types("next").await;
            let read = stage.until("3 ").await;
            assert!(read[0].starts_with("#1 Zoë") && read[0].contains("held by queue"), "{read:?}");
            assert!(read.iter().any(|line| line.contains(" / my parcel is")), "{read:?}");

            // What comes is said without being asked.
            open(&mut stage.web, "hello?").await;
            let needs = stage.next().await;
            assert!(
                needs.starts_with("#2 needs you: it waits in the queue. Zoë") && needs.ends_with("hello?"),
                "{needs}"
            );

            // The bell rings for what came, not for what stood there.
            assert_eq!(stage.rung.text(), "\u{7}");

            stage.types("take it").await;
            assert_eq!(stage.next().await, "#1 is yours; nothing of the AI is on its way to the customer");
            stage.types("say 1 I don't know yet").await;
            assert_eq!(stage.next().await, "#1 said; `show` tells when it is delivered");
            stage.types("say 2 hello").await;
            assert!(stage.next().await.starts_with("not done: "));

            let again = Command::CustomerSaid { conversation: ConversationId(1), text: "and now?".into() };
            stage.web.call(again).await.unwrap().unwrap();
            let wrote = stage.next().await;
            assert!(
                wrote.starts_with("#1 is yours, and the customer wrote. ") && wrote.ends_with("and now?"),
                "{wrote}"
            );

            stage.types("ls holder:me").await;
            let list = stage.until("1 conversation").await;
            assert!(list.len() == 2 && list[0].starts_with("#1 attention "), "{list:?}");
            stage.types("fly away").await;
            assert_eq!(stage.next().await, "no such word; help tells those there are");
            stage.types("undo 2").await;
            assert!(stage.next().await.starts_with("not done: cannot be undone"));
            assert_eq!(stage.ends(Heard::Line("quit".into())).await, Ok(()));
        })
        .await;
}

#[tokio::test]
async fn a_script_ends_with_its_last_line_and_ascii_is_ascii() {
    LocalSet::new()
        .run_until(async {
            let mut stage = Stage::set(true).await;
            stage.next().await;
            stage.types("show 1").await;
            for line in stage.until("3 ").await {
                assert!(line.is_ascii(), "{line}");
            }
            stage.types("resolve 1").await;
            stage.types("next").await;
            assert_eq!(stage.next().await, "#1 resolved; it opens again when the customer writes");
            assert_eq!(stage.ends(Heard::Silence).await, Ok(()));
        })
        .await;
}
