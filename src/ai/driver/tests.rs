//! The driver against a desk in memory that obeys the real rules, under a paused clock.

use super::*;
use crate::{
    client::{MemoryDial, MemoryLine},
    domain::{
        approval::Decision,
        brief::Brief,
        command::Command,
        customer::Customer,
        decide::decide,
        desk::Desk,
        event::Event,
        holder::Holder,
        ids::{Digest, LogId, TeammateId, Term},
        mode::Mode,
        policy::Policy,
        refusal::Refusal,
        stop::{Scope, StopId, Then},
        task::{Ending, How, Kind, State, Task},
        teammate::{Actor, Role},
        time::Timestamp,
    },
    protocol::{Answer, ToServer, decode, encode, limits::Limits},
};
use std::collections::BTreeSet;
use tokio::sync::oneshot;
use tokio::{
    task::{JoinHandle, spawn},
    time::{Instant, sleep_until},
};

const ADMIN: TeammateId = TeammateId(1);
const ARIA: TeammateId = TeammateId(2);
const WEB: TeammateId = TeammateId(3);
const TALK: ConversationId = ConversationId(1);

/// A desk with one AI on the line.
struct Mini {
    desk: Desk,
    log: Vec<Recorded>,
    watched: BTreeSet<ConversationId>,
    to_peer: Option<mpsc::Sender<String>>,
    started: Instant,
}

impl Mini {
    fn new(mode: Mode) -> Self {
        let mut it = Self {
            desk: Desk::default(),
            log: vec![],
            watched: BTreeSet::new(),
            to_peer: None,
            started: Instant::now(),
        };
        let token = Digest([1; 32]);
        let policy = Box::new(Policy { mode, ..Policy::default() });
        it.ask(Actor::Desk, &Command::Found { name: "d".into(), admin: "Mira".into(), token, policy }).unwrap();
        for (name, role, byte) in [("Aria", Role::Ai, 2), ("web", Role::Connector, 3)] {
            let invite = Command::Invite { name: name.into(), role, token: Digest([byte; 32]) };
            it.ask(Actor::Teammate(ADMIN), &invite).unwrap();
        }
        it
    }

    fn ask(&mut self, by: Actor, command: &Command) -> Result<(Answer, Vec<Recorded>), Refusal> {
        let at = self.at();
        let happenings = decide(&self.desk, by, command, at)?;
        let mut made = Vec::new();
        for happening in happenings {
            let last = happening.conversation.and_then(|id| self.desk.conversation(id)).map(|it| it.card.n);
            let n = if happening.conversation.is_some() { last.unwrap_or_default().next() } else { EntryNo(0) };
            let seq = self.desk.office.seq.next();
            let recorded = Recorded { seq, at, by, conversation: happening.conversation, n, event: happening.event };
            self.desk.apply(&recorded);
            self.log.push(recorded.clone());
            made.push(recorded);
        }
        let first = made.iter().find(|one| one.conversation.is_some());
        let answer = Answer {
            seq: self.desk.office.seq,
            conversation: first.and_then(|one| one.conversation),
            n: first.map_or(EntryNo(0), |one| one.n),
        };
        Ok((answer, made))
    }

    fn at(&self) -> Timestamp {
        Timestamp(i64::try_from(self.started.elapsed().as_millis()).unwrap())
    }

    async fn say(&self, frame: ToPeer) {
        if let Some(line) = &self.to_peer {
            let _ = line.send(encode(&frame)).await;
        }
    }

    async fn publish(&self, made: Vec<Recorded>) {
        if made.iter().any(|one| one.conversation.is_none()) {
            self.say(ToPeer::Desk { office: Box::new(self.desk.office.clone()) }).await;
        }
        let Some(id) = made.iter().find_map(|one| one.conversation) else { return };
        if self.watched.contains(&id) {
            self.say(ToPeer::Events { conversation: id, events: made }).await;
        }
        let card = self.desk.conversation(id).unwrap().card.as_ref().clone();
        self.say(ToPeer::Cards { cards: vec![card], gone: vec![], current: Some(self.desk.office.seq) }).await;
    }

    async fn hear(&mut self, frame: ToServer) {
        match frame {
            ToServer::Hello { .. } => {
                let you = self.desk.office.teammates[&ARIA].clone();
                let office = Box::new(self.desk.office.clone());
                let (seq, now, limits) = (self.desk.office.seq, self.at(), Limits::default());
                self.say(ToPeer::Welcome { you, log: LogId(1), seq, now, limits, office, resumed: false }).await;
                let cards = self.desk.conversations.values().map(|it| it.card.as_ref().clone()).collect();
                self.say(ToPeer::Cards { cards, gone: vec![], current: Some(seq) }).await;
            }
            ToServer::Ask { id, command } => match self.ask(Actor::Teammate(ARIA), &command) {
                Ok((answer, made)) => {
                    self.say(ToPeer::Accepted { id, answer }).await;
                    self.publish(made).await;
                }
                Err(why) => self.say(ToPeer::Refused { id, why }).await,
            },
            ToServer::Watch { conversation, .. } => {
                self.watched.insert(conversation);
                let events = self.log.iter().filter(|one| one.conversation == Some(conversation)).cloned().collect();
                let card = Box::new(self.desk.conversation(conversation).unwrap().card.as_ref().clone());
                self.say(ToPeer::Thread { conversation, card, earlier: false, events, more: false }).await;
            }
            ToServer::Unwatch { conversation } => {
                self.watched.remove(&conversation);
            }
            _ => {}
        }
    }
}

type Job = (Actor, Command, oneshot::Sender<Result<Answer, Refusal>>);

/// What a test holds.
struct Bench {
    jobs: mpsc::Sender<Job>,
    looks: mpsc::Sender<oneshot::Sender<(Desk, Vec<Recorded>)>>,
    driver: JoinHandle<Result<(), DriverError>>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

fn bench(mode: Mode, pace: Pace, at_once: usize) -> Bench {
    let (door, mut lines) = mpsc::channel::<MemoryLine>(1);
    let (jobs, mut job) = mpsc::channel::<Job>(64);
    let (looks, mut look) = mpsc::channel::<oneshot::Sender<(Desk, Vec<Recorded>)>>(1);
    spawn(async move {
        let mut mini = Mini::new(mode);
        let mut line = lines.recv().await.unwrap();
        let to_peer = line.to_peer.clone();
        // The greeting comes first: nothing is said to a peer before its welcome.
        mini.to_peer = Some(to_peer);
        let hello = line.from_peer.recv().await.unwrap();
        mini.hear(decode(&hello).unwrap()).await;
        loop {
            select! {
                Some(text) = line.from_peer.recv() => mini.hear(decode(&text).unwrap()).await,
                Some((by, command, done)) = job.recv() => match mini.ask(by, &command) {
                    Ok((answer, made)) => {
                        mini.publish(made).await;
                        let _ = done.send(Ok(answer));
                    }
                    Err(why) => drop(done.send(Err(why))),
                },
                () = pass(Duration::from_secs(20)) => {
                    mini.say(ToPeer::Ping { seq: mini.desk.office.seq, now: mini.at() }).await;
                }
                Some(done) = look.recv() => drop(done.send((mini.desk.clone(), mini.log.clone()))),
                else => return,
            }
        }
    });
    let file = "---\ntitle: Refunds\nlocale: en\n---\n## How long does a refund take?\nA refund takes 5 working days. \
                Cards may show the refund 3 days later.\n## Where is my parcel?\nThe parcel is with the carrier.";
    let (knowledge, report) = Knowledge::from_files([("refunds.md", file)]);
    assert!(report.is_clean());
    let options = DriverOptions { pace, at_once, ..DriverOptions::default() };
    let dial = Arc::new(MemoryDial::new(door));
    let driver = spawn(Driver::run(dial, "token".into(), Arc::new(knowledge), options));
    Bench { jobs, looks, driver }
}

impl Bench {
    async fn ask(&self, by: Actor, command: Command) -> Result<Answer, Refusal> {
        let (done, answer) = oneshot::channel();
        self.jobs.send((by, command, done)).await.unwrap();
        answer.await.unwrap()
    }

    async fn open(&self, text: &str) {
        let customer = Customer { name: "Jana".into(), ..Customer::default() };
        let open = Command::OpenConversation {
            channel: "web".into(),
            customer,
            topic: None,
            text: text.into(),
            external_ref: None,
        };
        self.ask(Actor::Teammate(WEB), open).await.unwrap();
    }

    async fn says(&self, text: &str) {
        let said = Command::CustomerSaid { conversation: TALK, text: text.into() };
        self.ask(Actor::Teammate(WEB), said).await.unwrap();
    }

    async fn look(&self) -> (Desk, Vec<Recorded>) {
        let (done, seen) = oneshot::channel();
        self.looks.send(done).await.unwrap();
        seen.await.unwrap()
    }

    async fn term(&self) -> Term {
        self.look().await.0.conversation(TALK).unwrap().card.term
    }

    /// What the AI answered, drafted and abandoned.
    async fn count(&self) -> (Vec<String>, Vec<String>, usize) {
        let (mut answers, mut drafts, mut abandoned) = (vec![], vec![], 0);
        for one in self.look().await.1 {
            match one.event {
                Event::Answered { answer, .. } => answers.push(answer.text),
                Event::DraftProposed { answer, .. } | Event::ShadowDrafted { answer, .. } => drafts.push(answer.text),
                Event::TurnAbandoned { .. } => abandoned += 1,
                _ => {}
            }
        }
        (answers, drafts, abandoned)
    }
}

/// Lets virtual time pass: the clock of these tests is paused.
async fn pass(span: Duration) {
    sleep_until(Instant::now() + span).await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_conversations_at_once_are_each_answered_once() {
    let bench = bench(Mode::Auto, Pace::Instant, 8);
    for _ in 0..1_000 {
        bench.open("how long does a refund take?").await;
    }
    for _ in 0..600 {
        pass(Duration::from_secs(1)).await;
        if bench.count().await.0.len() >= 1_000 {
            break;
        }
    }
    pass(Duration::from_mins(2)).await;
    let (desk, log) = bench.look().await;
    let answered: Vec<_> =
        log.iter().filter(|one| matches!(one.event, Event::Answered { .. })).map(|one| one.conversation).collect();
    assert_eq!((answered.len(), answered.iter().collect::<BTreeSet<_>>().len()), (1_000, 1_000));
    assert!(desk.conversations.values().all(|it| it.turn.is_none()));
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_answered_once_and_a_message_in_between_begins_anew() {
    let bench = bench(Mode::Auto, Pace::WordsPerSecond(2), 4);
    bench.open("hi").await;
    pass(Duration::from_millis(300)).await;
    bench.says("how long does a refund take?").await;
    pass(Duration::from_secs(3)).await;
    assert_eq!(bench.count().await, (vec![], vec![], 0));
    bench.says("and where is my parcel?").await;
    pass(Duration::from_mins(1)).await;
    let (answers, _, abandoned) = bench.count().await;
    assert_eq!((answers.len(), abandoned), (1, 1), "{answers:?}");
    assert!(answers[0].contains("carrier") && answers[0].contains("working days"), "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn a_take_over_stops_it_at_once_and_a_brief_brings_it_back() {
    let bench = bench(Mode::Auto, Pace::WordsPerSecond(2), 4);
    bench.open("how long does a refund take?").await;
    pass(Duration::from_secs(3)).await;
    let mira = Actor::Teammate(ADMIN);
    let take = Command::TakeOver { conversation: TALK, term: bench.term().await, reason: None };
    bench.ask(mira, take).await.unwrap();
    pass(Duration::from_mins(1)).await;
    assert_eq!(bench.count().await, (vec![], vec![], 0));
    let brief = Brief { promised: "The refund comes on Friday.".into(), ..Brief::default() };
    let term = bench.term().await;
    bench.ask(mira, Command::HandBack { conversation: TALK, term, to: Some(ARIA), brief }).await.unwrap();
    bench.says("when does my refund come?").await;
    pass(Duration::from_mins(1)).await;
    let (answers, ..) = bench.count().await;
    assert!(matches!(answers.as_slice(), [one] if one.contains("on Friday. [1]")), "{answers:?}");
    assert_eq!(bench.look().await.0.conversation(TALK).unwrap().card.holder, Holder::Ai(ARIA));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_draft_is_written_anew_with_the_reason_read() {
    let bench = bench(Mode::Draft, Pace::Instant, 4);
    bench.open("how long does a refund take?").await;
    pass(Duration::from_secs(5)).await;
    let draft = bench.look().await.0.conversation(TALK).unwrap().card.draft.get().unwrap().draft;
    let decision = Decision::Reject { reason: "do not mention cards".into() };
    bench.ask(Actor::Teammate(ADMIN), Command::DecideDraft { conversation: TALK, draft, decision }).await.unwrap();
    pass(Duration::from_secs(5)).await;
    let (answers, drafts, _) = bench.count().await;
    assert_eq!((answers.len(), drafts.len()), (0, 2));
    assert!(drafts[0].contains("Cards") && !drafts[1].contains("Cards"), "{drafts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_shadow_drafts_once_for_each_message_and_what_is_not_known_goes_to_the_queue() {
    let shadow = bench(Mode::Shadow, Pace::Instant, 4);
    shadow.open("how long does a refund take?").await;
    pass(Duration::from_secs(20)).await;
    shadow.says("and where is my parcel?").await;
    pass(Duration::from_secs(20)).await;
    let (answers, drafts, _) = shadow.count().await;
    assert_eq!((answers.len(), drafts.len()), (0, 2), "{drafts:?}");

    let auto = bench(Mode::Auto, Pace::Instant, 4);
    auto.open("what is the capital of Mongolia?").await;
    pass(Duration::from_secs(20)).await;
    let card = auto.look().await.0.conversation(TALK).unwrap().card.as_ref().clone();
    assert_eq!(card.holder, Holder::Queue);
    assert!(card.escalation.is_some_and(|escalation| escalation.summary.contains("Mongolia")));
}

/// The tasks of the talk as they stand, and how those that ended did.
async fn tasks(bench: &Bench) -> (Vec<State>, Vec<Ending>) {
    let (desk, log) = bench.look().await;
    let stand = desk.conversation(TALK).unwrap().card.tasks.iter().map(|it| it.state).collect();
    let ended = log.into_iter().filter_map(|one| match one.event {
        Event::TaskEnded { ending, .. } => Some(*ending),
        _ => None,
    });
    (stand, ended.collect())
}

#[tokio::test(start_paused = true)]
async fn a_task_in_a_talk_that_a_person_holds_is_done_beside_them_and_nothing_reaches_the_customer() {
    let bench = bench(Mode::Auto, Pace::Instant, 4);
    bench.open("how long does a refund take?").await;
    let mira = Actor::Teammate(ADMIN);
    let take = Command::TakeOver { conversation: TALK, term: bench.term().await, reason: None };
    bench.ask(mira, take).await.unwrap();
    let draft = Box::new(Task::of(Kind::Draft, "suggest a reply to what is open"));
    bench.ask(mira, Command::GiveTask { conversation: TALK, to: None, task: draft }).await.unwrap();
    pass(Duration::from_secs(5)).await;
    let (stand, ended) = tasks(&bench).await;
    assert!(matches!(stand.as_slice(), [State::Over { how: How::Done, .. }]), "{stand:?}");
    let work = ended[0].work().unwrap();
    assert!(work.answer.text.contains("5 working days"), "{work:?}");
    assert_eq!(work.questions, ["how long does a refund take?"]);
    assert_eq!(bench.count().await, (vec![], vec![], 0));
    // A second one follows on the first, and what takes a language model is not pretended.
    let translate = Box::new(Task::of(Kind::Translate, "into German"));
    bench.ask(mira, Command::GiveTask { conversation: TALK, to: None, task: translate }).await.unwrap();
    pass(Duration::from_secs(5)).await;
    let (_, ended) = tasks(&bench).await;
    assert!(matches!(&ended[1], Ending::Back { why, .. } if why.contains("language model")), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn a_follow_up_is_written_at_its_time_and_not_before() {
    let bench = bench(Mode::Auto, Pace::Instant, 4);
    bench.open("how long does a refund take?").await;
    pass(Duration::from_secs(5)).await;
    assert_eq!(bench.count().await.0.len(), 1);
    let at = Timestamp(3_600_000);
    let follow = Task { at: Some(at), facts: "It was paid.".into(), ..Task::of(Kind::FollowUp, "did it come?") };
    let give = Command::GiveTask { conversation: TALK, to: None, task: Box::new(follow) };
    bench.ask(Actor::Teammate(ADMIN), give).await.unwrap();
    pass(Duration::from_mins(59)).await;
    assert_eq!(bench.count().await.0.len(), 1);
    pass(Duration::from_mins(2)).await;
    let (answers, ..) = bench.count().await;
    assert!(matches!(answers.as_slice(), [_, two] if two.contains("It was paid. [1]")), "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn the_customer_comes_first_and_the_task_right_after() {
    let bench = bench(Mode::Auto, Pace::WordsPerSecond(4), 4);
    bench.open("how long does a refund take?").await;
    let sum = Box::new(Task::of(Kind::Summarise, "sum up"));
    bench.ask(Actor::Teammate(ADMIN), Command::GiveTask { conversation: TALK, to: None, task: sum }).await.unwrap();
    pass(Duration::from_mins(1)).await;
    let (stand, _) = tasks(&bench).await;
    assert!(matches!(stand.as_slice(), [State::Over { how: How::Done, .. }]), "{stand:?}");
    assert_eq!(bench.count().await.0.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_given_while_the_ai_is_stopped_is_done_when_it_may_go_on() {
    let bench = bench(Mode::Auto, Pace::Instant, 4);
    bench.open("how long does a refund take?").await;
    let mira = Actor::Teammate(ADMIN);
    let take = Command::TakeOver { conversation: TALK, term: bench.term().await, reason: None };
    bench.ask(mira, take).await.unwrap();
    let stop = Command::Stop { scope: Scope::All, then: Then::Hold, span: None, reason: "prices".into() };
    bench.ask(mira, stop).await.unwrap();
    let draft = Box::new(Task::of(Kind::Draft, "suggest a reply to what is open"));
    bench.ask(mira, Command::GiveTask { conversation: TALK, to: None, task: draft }).await.unwrap();
    pass(Duration::from_mins(30)).await;
    assert_eq!(tasks(&bench).await, (vec![State::Waits], vec![]));
    bench.ask(mira, Command::LiftStop { stop: StopId(1), reason: "mended".into() }).await.unwrap();
    pass(Duration::from_secs(5)).await;
    let (_, ended) = tasks(&bench).await;
    assert!(matches!(ended.as_slice(), [Ending::Done { .. }]), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_a_ceiling_kept_from_beginning_is_tried_again() {
    let bench = bench(Mode::Auto, Pace::Instant, 4);
    bench.open("how long does a refund take?").await;
    pass(Duration::from_secs(5)).await;
    let mira = Actor::Teammate(ADMIN);
    let mut policy = bench.look().await.0.office.policy.as_ref().clone();
    let usual = policy.clone();
    policy.ceilings.talk.calls = Some(1);
    bench.ask(mira, Command::SetPolicy { policy: Box::new(policy) }).await.unwrap();
    let sum = Box::new(Task::of(Kind::Summarise, "sum up"));
    bench.ask(mira, Command::GiveTask { conversation: TALK, to: None, task: sum }).await.unwrap();
    pass(Duration::from_mins(1)).await;
    assert_eq!(tasks(&bench).await, (vec![State::Waits], vec![]));
    bench.ask(mira, Command::SetPolicy { policy: Box::new(usual) }).await.unwrap();
    pass(Duration::from_mins(11)).await;
    let (_, ended) = tasks(&bench).await;
    assert!(matches!(ended.as_slice(), [Ending::Done { .. }]), "{ended:?}");
}
