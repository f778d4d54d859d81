//! From a fault to a fix: an AI answers, a reviewer judges, guidance is written, tried on that very talk, published, and the
//! next customer gets another answer; with the real server, the real AI and the command line. A trial leaves no trace.

use crate::support::{ADMIN, TestDesk, command_line};
use centaur::{
    ai::{
        driver::{Driver, DriverOptions, Pace},
        knowledge::Knowledge,
    },
    cli::{Environment, exit::Failure, way::Way},
    client::Caller,
    domain::{
        annotation::{Failure as Wrong, Judgement, Verdict},
        command::Command,
        customer::Customer,
        escalation::Reason,
        guidance::{GuidanceId, Instruction, Named},
        ids::{ConversationId, LogId},
        policy::Policy,
        refusal::Refusal,
        teammate::Role,
        thread::{Entry, Thread, What},
    },
    paths::Paths,
    protocol::{Page, Query, Scope, ToPeer, ToServer, guidance::Trial},
    store::MemoryLog,
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinHandle;

const LATE: Duration = Duration::from_mins(1);
const AI: &str = "cen_token-of-Aria";
const CORRECTION: &str = "Refunds are here by Friday.";

/// A desk whose AI knows of refunds.
struct House {
    desk: TestDesk,
    ai: JoinHandle<()>,
}

impl House {
    async fn open() -> Self {
        let policy = Policy { min_grounding: centaur::domain::turn::Grounding(200), ..Policy::default() };
        let desk = TestDesk::over(Box::new(MemoryLog::new(LogId(7))), policy).await;
        for (name, role) in
            [("Aria", Role::Ai), ("Rita", Role::Reviewer), ("Lea", Role::Lead), ("web", Role::Connector)]
        {
            desk.join(name, role, Scope::None).await;
        }
        let ai = Self::hire(&desk);
        Self { desk, ai }
    }

    fn hire(desk: &TestDesk) -> JoinHandle<()> {
        let file =
            "---\ntitle: Refunds\nlocale: en\n---\n## How long does a refund take?\nA refund takes 5 working days.\n";
        let (knowledge, report) = Knowledge::from_files([("refunds.md", file)]);
        assert!(report.is_clean(), "{report:?}");
        let options = DriverOptions { pace: Pace::Instant, settle: Duration::ZERO, ..DriverOptions::default() };
        let dial = Arc::clone(&desk.dial);
        tokio::spawn(async move {
            let _ = Driver::run(dial, AI.into(), Arc::new(knowledge), options).await;
        })
    }

    async fn line(&self, name: &str, cards: Scope) -> Caller {
        let token = if name == "root" { ADMIN.to_owned() } else { format!("cen_token-of-{name}") };
        Caller::open(Arc::clone(&self.desk.dial), token, cards, "test".into()).await.unwrap()
    }

    async fn asks(&self, topic: &str, text: &str) -> ConversationId {
        let open = Command::OpenConversation {
            channel: "web".into(),
            customer: Customer { name: "Jana".into(), ..Customer::default() },
            topic: Some(topic.into()),
            text: text.into(),
            external_ref: None,
        };
        self.line("web", Scope::None).await.call(open).await.unwrap().unwrap().conversation.unwrap()
    }

    async fn entries(line: &mut Caller, conversation: ConversationId) -> Vec<Entry> {
        let history = Query::History { conversation, before: None, limit: 500 };
        let Page::History { events, .. } = line.query(history).await.unwrap() else { panic!("no history") };
        let mut thread = Thread::new(conversation);
        for event in &events {
            thread.apply(event).unwrap();
        }
        thread.entries.into_iter().collect()
    }

    /// Waits until the AI has done with a conversation: the entry of its answer or its call for a person.
    async fn answered(&self, conversation: ConversationId) -> Entry {
        let mut line = self.line("root", Scope::All).await;
        loop {
            let entries = Self::entries(&mut line, conversation).await;
            let done = |entry: &&Entry| matches!(entry.what, What::Answer { .. } | What::Escalation { .. });
            if let Some(entry) = entries.iter().find(done) {
                return entry.clone();
            }
            line.next_frame(LATE).await.unwrap();
        }
    }

    async fn says(&self, who: &str, command: Command) -> Result<centaur::protocol::Answer, Refusal> {
        self.line(who, Scope::None).await.call(command).await.unwrap()
    }

    async fn head(&self) -> u64 {
        let line = self.line("root", Scope::None).await;
        line.welcome().office.seq.0
    }

    /// The command line as somebody, whose lines are JSON.
    async fn cli(&self, who: &str, words: &[&str]) -> (Result<(), Failure>, Vec<Value>) {
        let token = if who == "root" { ADMIN.to_owned() } else { format!("cen_token-of-{who}") };
        let folder = tempfile::tempdir().unwrap();
        let way = Way { dial: Arc::clone(&self.desk.dial), token };
        let env = Environment { token: None, token_file: None };
        command_line(words, Paths::under(folder.path()), env, |context| context.way = Some(way)).await
    }
}

fn answer(entry: &Entry) -> &centaur::domain::turn::Answer {
    entry.answer().unwrap_or_else(|| panic!("no answer: {entry:?}"))
}

fn judgement(corrected: &str) -> Judgement {
    Judgement { verdict: Verdict::Bad, failures: vec![Wrong::WrongFact], corrected: Some(corrected.into()), note: None }
}

#[tokio::test]
async fn a_fault_becomes_guidance_that_is_tried_on_it_published_followed_and_counted() {
    let house = House::open().await;
    let first = house.asks("refunds", "How long does a refund take?").await;
    let fault = house.answered(first).await;
    assert!(answer(&fault).text.contains("5 working days"), "{fault:?}");
    let annotate = Command::Annotate { conversation: first, message: fault.n, judgement: judgement(CORRECTION) };
    house.says("Rita", annotate).await.unwrap();

    // The reviewer makes it guidance; nobody follows it yet.
    let id = first.to_string();
    let (done, said) = house.cli("Rita", &["guidance", "write", "--from", &id]).await;
    done.unwrap();
    assert_eq!((said[0]["guidance"].as_u64(), said[0]["version"].as_u64()), (Some(1), Some(1)));
    let line = house.line("Rita", Scope::None).await;
    let staged = line.welcome().office.guidance[0].staged.clone().unwrap();
    assert_eq!(staged.instruction.then, format!("say: {CORRECTION}"));
    assert_eq!(staged.instruction.when, "How long does a refund take?");
    assert_eq!(staged.instruction.topics, ["refunds"]);
    assert_eq!(staged.from.map(|from| (from.conversation, from.message)), Some((first, fault.n)));
    // What is only staged is no AI's to see.
    assert!(house.line("Aria", Scope::None).await.welcome().office.guidance.is_empty());
    let second = house.asks("refunds", "How long does a refund take?").await;
    assert!(answer(&house.answered(second).await).text.contains("5 working days"));

    // Tried on both past talks, the fault first; nothing is written, and nobody hears of it.
    let head = house.head().await;
    let (done, said) = house.cli("Rita", &["guidance", "try", "1", "--talks", "5"]).await;
    done.unwrap();
    let (over, talks) = said.split_last().unwrap();
    assert_eq!((over["tried"].as_u64(), over["changed"].as_u64()), (Some(2), Some(2)), "{said:?}");
    assert_eq!(talks[0]["turn"]["conversation"].as_u64(), Some(first.0));
    for talk in talks {
        assert!(talk["before"]["text"].as_str().unwrap().contains("5 working days"), "{talk}");
        assert!(talk["after"]["text"].as_str().unwrap().contains(CORRECTION), "{talk}");
        assert_eq!(talk["after"]["guidance"][0]["guidance"].as_u64(), Some(1));
        assert!(talk["before"]["guidance"].is_null());
    }
    assert_eq!(house.head().await, head);

    // A reviewer does not publish; a lead does, and the next customer gets the other answer.
    let (done, _) = house.cli("Rita", &["guidance", "publish", "1"]).await;
    assert_eq!(done.unwrap_err().code(), 3);
    house.cli("Lea", &["guidance", "publish", "1"]).await.0.unwrap();
    let third = house.asks("refunds", "How long does a refund take, please?").await;
    let mended = house.answered(third).await;
    assert!(answer(&mended).text.contains(CORRECTION), "{mended:?}");
    assert_eq!(answer(&mended).trace.guidance, [Named { guidance: GuidanceId(1), version: 1 }]);
    assert_eq!(answer(&mended).sources[0].document, "guidance");
    // In another topic it does not hold.
    let other = house.asks("orders", "How long does a refund take?").await;
    let other = house.answered(other).await;
    assert!(answer(&other).trace.guidance.is_empty() && answer(&other).text.contains("5 working days"));

    // Its uses, and what reviewers say of them.
    let good = Judgement { verdict: Verdict::Good, failures: Vec::new(), corrected: None, note: None };
    house.says("Rita", Command::Annotate { conversation: third, message: mended.n, judgement: good }).await.unwrap();
    let mut line = house.line("Rita", Scope::None).await;
    let shown = loop {
        // The index follows the log by itself, a moment later.
        let (done, said) = house.cli("Rita", &["guidance", "show", "1"]).await;
        done.unwrap();
        if said[0]["tally"]["good"].as_u64() == Some(1) {
            break said;
        }
        let _ = line.query(Query::Health).await.unwrap();
        tokio::task::yield_now().await;
    };
    let tally = &shown[0]["tally"];
    assert_eq!((tally["uses"].as_u64(), tally["reviewed"].as_u64()), (Some(1), Some(1)));
    assert_eq!(shown[0]["uses"][0]["conversation"].as_u64(), Some(third.0));
    assert_eq!(shown[0]["published"].as_u64(), Some(1));

    // Retired it holds no more, and is still in the list of all.
    house.cli("Lea", &["guidance", "retire", "1", "--reason", "the article says it"]).await.0.unwrap();
    let last = house.asks("refunds", "How long does a refund take?").await;
    assert!(answer(&house.answered(last).await).text.contains("5 working days"));
    assert!(house.cli("Lea", &["guidance", "ls"]).await.1.is_empty());
    assert_eq!(house.cli("Lea", &["guidance", "ls", "--all"]).await.1[0]["state"], "retired");
    assert_eq!(house.cli("Lea", &["guidance", "publish", "1"]).await.0.unwrap_err().code(), 4);
    assert_eq!(house.cli("Lea", &["guidance", "show", "9"]).await.0.unwrap_err().code(), 4);
    house.ai.abort();
}

#[tokio::test]
async fn guidance_that_asks_a_person_gives_the_talk_to_one_and_says_by_which_piece() {
    let house = House::open().await;
    let when = "how long does a refund take";
    let write = ["guidance", "write", "--title", "refunds are ours", "--when", when, "--then", "ask a person"];
    house.cli("Lea", &write).await.0.unwrap();
    house.cli("Lea", &["guidance", "publish", "1"]).await.0.unwrap();
    let talk = house.asks("refunds", "How long does a refund take?").await;
    let entry = house.answered(talk).await;
    let What::Escalation { reason: Reason::Guidance, summary, trace: Some(trace) } = &entry.what else {
        panic!("{entry:?}")
    };
    assert!(summary.contains("1 v1 “refunds are ours”"), "{summary}");
    assert_eq!(trace.guidance, [Named { guidance: GuidanceId(1), version: 1 }]);
    house.ai.abort();
}

#[tokio::test]
async fn a_trial_is_for_who_may_write_guidance_takes_an_ai_that_is_here_and_ends_when_that_leaves() {
    let house = House::open().await;
    let instruction =
        Box::new(Instruction { title: "short".into(), then: "be brief".into(), ..Instruction::default() });
    house.says("Lea", Command::WriteGuidance { guidance: None, instruction, from: None }).await.unwrap();
    let tried = |line: Caller, id| async move {
        let mut line = line;
        line.peer().tell(ToServer::Try { id, guidance: GuidanceId(1), talks: 1, ai: None }).await;
        loop {
            if let ToPeer::Tried { id: about, trial } = line.next_frame(LATE).await.unwrap() {
                assert_eq!(about, id);
                return trial;
            }
        }
    };
    // Nothing was ever answered: there is nothing to try it on.
    assert_eq!(tried(house.line("Lea", Scope::None).await, 3).await, Trial::Over { looked: 0, tokens: None });
    for who in ["web", "Aria"] {
        let Trial::Refused { why } = tried(house.line(who, Scope::None).await, 4).await else {
            panic!("{who} may try")
        };
        assert!(why.starts_with("not allowed"), "{why}");
    }
    house.ai.abort();
    let mut presence = house.line("root", Scope::All).await;
    loop {
        if let ToPeer::Presence { present } = presence.next_frame(LATE).await.unwrap()
            && present.iter().all(|one| presence.welcome().office.name_of(one.teammate) != "Aria")
        {
            break;
        }
    }
    let Trial::Refused { why } = tried(house.line("Lea", Scope::None).await, 5).await else { panic!("nobody is here") };
    assert_eq!(why, "no AI is here to try it; `centaur agent` starts one");
    // An AI that takes a trial and leaves: who asked is told so.
    let idle = house.line("Aria", Scope::Mine).await;
    let asks = tokio::spawn(tried(house.line("Lea", Scope::None).await, 6));
    let mut idle = idle;
    while !matches!(idle.next_frame(LATE).await.unwrap(), ToPeer::Try { .. }) {}
    idle.close().await;
    let Trial::Refused { why } = asks.await.unwrap() else { panic!("it ended well") };
    assert!(why.contains("left the desk"), "{why}");
}

#[tokio::test]
async fn nothing_is_tried_beyond_the_ceiling_of_the_day() {
    let house = House::open().await;
    let instruction =
        Box::new(Instruction { title: "short".into(), then: "be brief".into(), ..Instruction::default() });
    house.says("Lea", Command::WriteGuidance { guidance: None, instruction, from: None }).await.unwrap();
    let mut policy = Policy::default();
    policy.ceilings.day.calls = Some(1);
    house.says("root", Command::SetPolicy { policy: Box::new(policy) }).await.unwrap();
    let talk = house.asks("refunds", "How long does a refund take?").await;
    house.answered(talk).await;
    let mut lea = house.line("Lea", Scope::None).await;
    lea.peer().tell(ToServer::Try { id: 1, guidance: GuidanceId(1), talks: 1, ai: None }).await;
    let why = loop {
        if let ToPeer::Tried { trial: Trial::Refused { why }, .. } = lea.next_frame(LATE).await.unwrap() {
            break why;
        }
    };
    assert!(why.starts_with("nothing more is tried today: ") && why.contains("1 of 1"), "{why}");
    house.ai.abort();
}

#[tokio::test]
async fn an_ai_tells_nothing_of_a_trial_that_is_not_its_own() {
    let house = House::open().await;
    let mut lea = house.line("Lea", Scope::None).await;
    let aria = house.line("Aria", Scope::None).await;
    let trial = Trial::Refused { why: "a lie".into() };
    for ticket in 0..4 {
        aria.peer().tell(ToServer::Tried { ticket, trial: trial.clone() }).await;
    }
    // What comes to Lea is the answer to her own question, and nothing before it.
    assert!(matches!(lea.query(Query::Health).await.unwrap(), Page::Health { .. }));
    lea.peer().tell(ToServer::Try { id: 1, guidance: GuidanceId(7), talks: 1, ai: None }).await;
    let told = loop {
        if let ToPeer::Tried { trial, .. } = lea.next_frame(LATE).await.unwrap() {
            break trial;
        }
    };
    let why = "there is no guidance 7 to try: it was retired, or never was".to_owned();
    assert_eq!(told, Trial::Refused { why });
    house.ai.abort();
}
