//! AI teammates in processes of their own: the example in Python, and `centaur agent` with a model over HTTP, several at
//! once. Of all that begin a turn exactly one is let.
//!
//! Deliberately not here: what they answer (see `ai`), and endpoints that fail (see `suite::models`).

use crate::house::{House, SOON, program, soon};
use centaur::{
    cli::token::write_secret,
    client::Caller,
    domain::{
        card::Card,
        command::Command,
        customer::Customer,
        event::Event,
        guard::Rule,
        holder::Holder,
        ids::ConversationId,
        teammate::Role,
        turn::{Answer, Grounding, Outcome, Source, Trace},
    },
    protocol::{Scope, ToPeer},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command as Program},
};

/// Starts a program and waits for its first line.
async fn start(mut program: Program) -> (Child, String) {
    let mut child = program.stderr(Stdio::inherit()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    soon("the first line", out.read_line(&mut said)).await.unwrap();
    tokio::spawn(async move { tokio::io::copy(&mut out, &mut tokio::io::sink()).await });
    (child, said.trim().to_owned())
}

fn token_file(house: &House, name: &str, token: &str) -> PathBuf {
    let path = house.folder().join(format!("{name}.token"));
    write_secret(&path, token).unwrap();
    path
}

async fn open(web: &mut Caller, text: &str) -> ConversationId {
    let customer = Customer { name: "Jana".into(), ..Customer::default() };
    let open = Command::OpenConversation {
        channel: "web".into(),
        customer,
        topic: None,
        text: text.into(),
        external_ref: None,
    };
    web.call(open).await.unwrap().unwrap().conversation.unwrap()
}

/// Waits until the cards of all of `talks` are as they should be. `seen`: the newest card of each, also of others.
async fn until(
    admin: &mut Caller,
    seen: &mut BTreeMap<ConversationId, Card>,
    talks: &[ConversationId],
    fits: impl Fn(&Card) -> bool,
) {
    while !talks.iter().all(|talk| seen.get(talk).is_some_and(&fits)) {
        if let ToPeer::Cards { cards, .. } = admin.next_frame(SOON).await.unwrap() {
            seen.extend(cards.into_iter().map(|card| (card.id, card)));
        }
    }
}

/// Python, or a loud failure: the example is proved on every machine or the test is no proof.
fn python() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("python3")).find(|file| file.is_file());
    found.expect("python3 is not on this machine: the Python example in assets/examples cannot be proved. Install it.")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_in_python_answers_and_hands_off_at_a_real_desk() {
    // What the example quotes is this desk's knowledge: else nothing of it would be sent unseen.
    let knowledge = tempfile::tempdir().unwrap();
    let article = "---\ntitle: Shop\nlocale: en\n---\n# Shop\n\n## How long does a refund take?\n\nA refund takes 5 working days.\n\n\
                   ## When is the shop open?\n\nThe shop is open from 9 to 17 on weekdays.\n";
    std::fs::write(knowledge.path().join("shop.md"), article).unwrap();
    let house = House::open(&["--no-ai", "--knowledge", knowledge.path().to_str().unwrap()]).await;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/examples/agent.py");
    let lines = std::fs::read_to_string(&example).unwrap().lines().count();
    assert!(lines <= 120, "the example has {lines} lines");
    let token = house.invite("Pia", Role::Ai).await;
    let file = token_file(&house, "pia", &token);
    let web = house.invite("door", Role::Connector).await;
    let mut web = house.call(&web, Scope::Carried).await;
    let mut admin = house.call(&house.token("admin"), Scope::All).await;

    let mut program = Program::new(python());
    program.arg(&example).env("CENTAUR_SERVER", format!("http://{}", house.at)).env("CENTAUR_TOKEN_FILE", file);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let (mut pia, said) = start(program).await;
    assert_eq!(said, "Pia works at My desk");

    let (mut known, mut seen) = (Vec::new(), BTreeMap::new());
    for _ in 0..20 {
        known.push(open(&mut web, "How long does a refund take?").await);
    }
    let unknown = open(&mut web, "What is the capital of Mongolia? 🐎").await;
    until(&mut admin, &mut seen, &known, |card| card.waiting_since.is_none()).await;
    until(&mut admin, &mut seen, &[unknown], |card| card.holder == Holder::Queue && card.escalation.is_some()).await;
    // The customer writes again, in a talk that the desk knows well.
    let again = Command::CustomerSaid { conversation: known[0], text: "And when are you open?".into() };
    web.call(again).await.unwrap().unwrap();
    until(&mut admin, &mut seen, &known[..1], |card| {
        card.last.as_ref().is_some_and(|last| last.text.contains("from 9 to 17"))
    })
    .await;
    pia.kill().await.unwrap();

    let answers = answers(&house);
    println!("python: {} conversations, {} answers, 1 hand-off", known.len() + 1, answers.len());
    assert_eq!(answers.len(), known.len() + 1);
    assert!(answers.iter().all(|(_, text)| text.ends_with("[1]")), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_lies_about_its_sources_sends_nothing_unseen() {
    let knowledge = tempfile::tempdir().unwrap();
    let article = "---\ntitle: Refunds\nlocale: en\n---\n# Refunds\n\n## How long?\n\nA refund takes 5 working days.\n";
    std::fs::write(knowledge.path().join("refunds.md"), article).unwrap();
    let house = House::open(&["--no-ai", "--knowledge", knowledge.path().to_str().unwrap()]).await;
    let token = house.invite("Liar", Role::Ai).await;
    let mut liar = house.call(&token, Scope::Mine).await;
    let web = house.invite("door", Role::Connector).await;
    let mut web = house.call(&web, Scope::Carried).await;
    let lie = "We guarantee you a refund of 500 euros within 1 day.";
    let mut sent = Vec::new();
    for (document, passage) in [
        ("refunds.md", lie),
        ("refunds.md", "A refund takes 5 working days. We guarantee you a refund of 500 euros within 1 day."),
        ("refunds.md", "A refund takes 1 working day."),
        ("made-up.md", lie),
        ("brief", lie),
        ("guidance", lie),
        ("shop.refund.make", lie),
        ("refunds.md", "A refund takes 5 working days."),
    ] {
        let conversation = open(&mut web, "How long does a refund take, please?").await;
        let term = centaur::domain::ids::Term(1);
        let turn = liar.call(Command::BeginTurn { conversation, term }).await.unwrap().unwrap().n;
        let source = Source { number: 1, document: document.into(), heading: lie.into(), passage: passage.into() };
        let answer = Answer {
            text: format!("{passage} [1]"),
            sources: vec![source],
            grounding: Grounding(1000),
            trace: Trace::default(),
        };
        let outcome = Outcome::Answer { answer: Box::new(answer), settled: false };
        liar.call(Command::FinishTurn { conversation, turn, term, outcome }).await.unwrap().unwrap();
        sent.push((conversation, passage));
    }
    let answers = answers(&house);
    let (honest, _) = sent.last().unwrap();
    println!("a liar: {} lies, {} of them sent", sent.len() - 1, answers.len() - 1);
    assert_eq!(answers, [(*honest, "A refund takes 5 working days. [1]".to_owned())]);
    let log = house.log();
    let found = |talk: &ConversationId| {
        log.iter()
            .filter(|one| one.conversation == Some(*talk))
            .any(|one| matches!(&one.event, Event::Guarded { verdicts, .. } if verdicts[0].rule == Rule::Source))
    };
    assert!(sent[..sent.len() - 1].iter().all(|(talk, _)| found(talk)));
}

/// All that was answered, in order.
fn answers(house: &House) -> Vec<(ConversationId, String)> {
    let log = house.log();
    let answered = log.into_iter().filter_map(|recorded| match recorded.event {
        Event::Answered { answer, .. } => Some((recorded.conversation.unwrap(), answer.text)),
        _ => None,
    });
    answered.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_agents_with_one_token_answer_each_conversation_once_with_a_model_over_http() {
    let house = House::open(&["--no-ai"]).await;
    let home = tempfile::tempdir().unwrap();
    let mut model = program(home.path());
    model.args(["demo-model", "--listen", "127.0.0.1:0", "--pace", "0"]);
    let (_model, said) = start(model).await;
    let url = said.strip_prefix("listening on ").unwrap();
    let settings = format!("[models.demo]\nurl = \"{url}\"\nmodel = \"demo\"\n");
    let folder = home.path().join(".config/centaur");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), settings).unwrap();

    let token = house.invite("Aria", Role::Ai).await;
    let file = token_file(&house, "aria", &token);
    let server = format!("http://{}", house.at);
    let agent = |token: &Path| {
        let mut agent = program(home.path());
        agent.args(["agent", "--profile", "demo", "--server", &server, "--token-file"]).arg(token);
        agent
    };
    let mut agents = Vec::new();
    for _ in 0..3 {
        let (child, said) = start(agent(&file)).await;
        assert_eq!(said, "Aria works at My desk with demo; Ctrl-C ends it");
        agents.push(child);
    }
    let web = house.invite("door", Role::Connector).await;
    let mut web = house.call(&web, Scope::Carried).await;
    let mut admin = house.call(&house.token("admin"), Scope::All).await;
    let mut talks = Vec::new();
    for _ in 0..60 {
        talks.push(open(&mut web, "How do I descale my Brindle One?").await);
    }
    until(&mut admin, &mut BTreeMap::new(), &talks, |card| card.waiting_since.is_none()).await;
    let answers = answers(&house);
    let mut once: Vec<ConversationId> = answers.iter().map(|(talk, _)| *talk).collect();
    once.sort_unstable();
    println!("agents: 3 processes, {} conversations, {} answers", talks.len(), answers.len());
    assert_eq!(once, talks);
    assert!(answers.iter().all(|(_, text)| text.contains('[')), "{answers:?}");

    // The doctor tries the endpoint; there is no server for it here, which is another finding.
    let doctor = soon("the doctor", program(home.path()).args(["doctor", "--json"]).output()).await.unwrap();
    let said = String::from_utf8(doctor.stdout).unwrap();
    let found = said.lines().find(|line| line.contains("\"model demo\"")).unwrap_or_else(|| panic!("{said}"));
    assert!(found.contains("\"good\"") && found.contains("first word after"), "{found}");

    // A person's token is turned away at once, with what to do.
    let admin_file = house.folder().join("admin.token");
    let output = soon("the end", agent(&admin_file).output()).await.unwrap();
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(3) && why.contains("centaur invite NAME --role ai"), "{why}");
    let unknown = soon("the end", program(home.path()).args(["agent", "--profile", "gpt"]).output()).await.unwrap();
    let why = String::from_utf8(unknown.stderr).unwrap();
    assert!(unknown.status.code() == Some(2) && why.contains("there are: demo"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_take_over_from_a_shell_prints_what_the_ai_has_for_whoever_answers_now() {
    let house = House::open(&[]).await;
    let web = house.invite("door", Role::Connector).await;
    let mut web = house.call(&web, Scope::Carried).await;
    let file = house.folder().join("admin.token");
    let talk = open(&mut web, "I want a person. How long does a refund take?").await;
    let (url, number) = (format!("http://{}", house.at), talk.to_string());
    let take = |bare: bool| {
        let mut shell = program(house.folder().as_path());
        shell.args(["--server", &url, "--token-file", file.to_str().unwrap(), "take", &number]);
        shell.args(bare.then_some("--bare")).stdin(Stdio::null());
        shell
    };
    let done = soon("the take-over", take(false).output()).await.unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{said} {}", String::from_utf8_lossy(&done.stderr));
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with(&format!("#{talk} is yours; ")), "first of all it is said that it is theirs: {said}");
    assert!(lines.iter().any(|line| line.starts_with("about   ")), "{said}");
    assert!(lines.iter().any(|line| line.starts_with("open    ") && line.contains("refund")), "{said}");
    assert!(lines.iter().any(|line| line.starts_with("reply   ")) && said.contains("5 working days"), "{said}");
    // What was read there is no result that waits for somebody, and nothing of it reached the customer.
    let mut admin = house.call(&house.token("admin"), Scope::All).await;
    let mut seen = BTreeMap::new();
    until(&mut admin, &mut seen, &[talk], |card| card.tasks.is_empty() && card.waiting_since.is_some()).await;
    let again = soon("the second", take(true).output()).await.unwrap();
    assert_eq!(String::from_utf8(again.stdout).unwrap().lines().count(), 1);
}
