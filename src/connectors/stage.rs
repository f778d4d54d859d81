//! A desk on a stage, for the tests of connectors: the real rules behind a session's two channels, without a server.
//!
//! Commands are answered by `decide` and `apply`, keys are remembered, cards and handed-over texts are sent as a server
//! does. Deliberately not here: lines that are cut, and anything kept on disk.

use crate::{
    client::{
        Peer,
        session::{News, Order},
    },
    connectors::keys,
    domain::{
        card::{Card, Speaker},
        command::Command,
        decide::decide,
        delivery::{Origin, Report},
        desk::Desk,
        event::{Event, Recorded},
        ids::{CommandId, ConversationId, EntryNo, PublicNo, Seq, TeammateId, Term},
        policy::Policy,
        refusal::Refusal,
        teammate::{Actor, Role},
        time::Timestamp,
        turn::{Answer as Said, Grounding, Outcome, Trace},
    },
    protocol::{Answer, Page, Query, ToPeer, ToServer, limits::Limits, query::Public},
};
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

const ADMIN: TeammateId = TeammateId(1);
const AI: TeammateId = TeammateId(2);
/// The connector whose session this is.
pub(super) const CONNECTOR: TeammateId = TeammateId(3);

/// What a test does at the desk.
pub(super) enum Cue {
    /// The admin does this.
    Human(Command),
    /// The AI answers with this.
    Ai(ConversationId, String),
    /// The session tells this.
    News(News),
}

/// What was reported of messages, in order, as far as the rules took it.
pub(super) type Reports = std::sync::Arc<std::sync::Mutex<Vec<(EntryNo, Report)>>>;

type Cued = (Cue, oneshot::Sender<Result<Answer, Refusal>>);

/// A test's hold of the desk.
#[derive(Clone)]
pub(super) struct Stage {
    cues: mpsc::Sender<Cued>,
    reports: Reports,
}

impl Stage {
    /// Opens a desk; `reply` is what the AI says to each customer's message at once, if anything.
    pub(super) fn open(reply: fn(&str) -> Option<String>) -> (Self, Peer, mpsc::Receiver<News>) {
        let (peer, orders) = Peer::held(64);
        let (tell, news) = mpsc::channel(64);
        let (cues, given) = mpsc::channel(8);
        let reports = Reports::default();
        let mut play = Play {
            desk: Desk::default(),
            keys: HashMap::new(),
            publics: HashMap::new(),
            texts: HashMap::new(),
            tell,
            reply,
            reports: reports.clone(),
        };
        play.found();
        tokio::spawn(play.run(orders, given));
        (Self { cues, reports }, peer, news)
    }

    pub(super) async fn cue(&self, cue: Cue) -> Result<Answer, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.cues.send((cue, reply)).await.unwrap_or_else(|_| panic!("the stage is closed"));
        answer.await.unwrap()
    }

    /// What was reported so far.
    pub(super) fn reports(&self) -> Vec<(EntryNo, Report)> {
        self.reports.lock().unwrap().clone()
    }

    /// The admin takes over and replies.
    pub(super) async fn reply(&self, conversation: ConversationId, term: Term, text: &str) -> Result<Answer, Refusal> {
        self.cue(Cue::Human(Command::TakeOver { conversation, term, reason: None })).await?;
        let term = term.next(0);
        self.cue(Cue::Human(Command::Reply { conversation, term, text: text.to_owned() })).await
    }
}

struct Play {
    desk: Desk,
    keys: HashMap<CommandId, (Command, Result<Answer, Refusal>)>,
    publics: HashMap<ConversationId, Vec<Public>>,
    texts: HashMap<(ConversationId, EntryNo), (Origin, String)>,
    tell: mpsc::Sender<News>,
    reply: fn(&str) -> Option<String>,
    reports: Reports,
}

impl Play {
    fn found(&mut self) {
        let policy = Box::new(Policy::default());
        let token = keys::digest(b"admin");
        let found = Command::Found { name: "Stage".to_owned(), admin: "mira".to_owned(), token, policy };
        self.perform(Actor::Desk, &found).unwrap();
        for (name, role) in [("Aria", Role::Ai), ("door", Role::Connector)] {
            let token = keys::digest(name.as_bytes());
            let invite = Command::Invite { name: name.to_owned(), role, token };
            self.perform(Actor::Teammate(ADMIN), &invite).unwrap();
        }
    }

    async fn run(mut self, mut orders: mpsc::Receiver<Order>, mut given: mpsc::Receiver<Cued>) {
        let you = self.desk.office.present(CONNECTOR).unwrap().clone();
        let welcome = ToPeer::Welcome {
            you,
            log: crate::domain::ids::LogId(1),
            seq: self.desk.office.seq,
            now: Timestamp(0),
            limits: Limits::default(),
            office: Box::new(self.desk.office.clone()),
            resumed: false,
        };
        self.frame(welcome).await;
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Ask(id, command)) => self.ask(id, *command).await,
                    Some(Order::Query(id, query)) => {
                        let page = self.page(&query);
                        self.frame(ToPeer::Page { id, page }).await;
                    }
                    Some(Order::Tell(frame)) => assert!(matches!(*frame, ToServer::Typing { .. })),
                    Some(_) => {}
                    None => return,
                },
                Some((cue, reply)) = given.recv() => {
                    let answer = self.cue(cue).await;
                    let _ = reply.send(answer);
                }
            }
        }
    }

    async fn cue(&mut self, cue: Cue) -> Result<Answer, Refusal> {
        match cue {
            Cue::Human(command) => {
                let answer = self.perform(Actor::Teammate(ADMIN), &command)?;
                self.card(answer.conversation).await;
                Ok(answer)
            }
            Cue::Ai(conversation, text) => {
                let answer = self.answer(conversation, text)?;
                self.card(Some(conversation)).await;
                Ok(answer)
            }
            Cue::News(news) => {
                let _ = self.tell.send(news).await;
                Ok(Answer { seq: Seq(0), conversation: None, n: EntryNo(0) })
            }
        }
    }

    fn answer(&mut self, conversation: ConversationId, text: String) -> Result<Answer, Refusal> {
        let term = self.desk.conversation(conversation).unwrap().card.term;
        let begun = self.perform(Actor::Teammate(AI), &Command::BeginTurn { conversation, term })?;
        let said = Said { text, sources: Vec::new(), grounding: Grounding(1_000), trace: Trace::default() };
        let outcome = Outcome::Answer { answer: Box::new(said), settled: false };
        self.perform(Actor::Teammate(AI), &Command::FinishTurn { conversation, turn: begun.n, term, outcome })
    }

    async fn ask(&mut self, id: CommandId, command: Command) {
        let kept = self.keys.get(&id).cloned();
        let result = match kept {
            Some((first, result)) if first == command => result,
            Some(_) => Err(Refusal::KeyReused),
            None => {
                let result = self.perform(Actor::Teammate(CONNECTOR), &command);
                if result.is_ok() {
                    self.keys.insert(id, (command.clone(), result.clone()));
                }
                result
            }
        };
        if let (Command::ClaimDelivery { conversation, message, term }, Ok(_)) = (&command, &result) {
            let (origin, text) = self.texts[&(*conversation, *message)].clone();
            let public = self.publics[conversation].iter().find(|public| public.text == text).unwrap().clone();
            self.frame(ToPeer::Deliver {
                conversation: *conversation,
                message: *message,
                term: *term,
                public: public.n,
                origin,
                from: public.name,
                text,
                at: public.at,
            })
            .await;
        }
        let chat = result.as_ref().ok().and_then(|answer| answer.conversation);
        let _ = self.tell.send(News::Answered { id, result }).await;
        if let Command::OpenConversation { text, .. } | Command::CustomerSaid { text, .. } = &command
            && let (Some(chat), Some(reply)) = (chat, (self.reply)(text))
        {
            let _ = self.answer(chat, reply);
        }
        self.card(chat).await;
    }

    async fn card(&mut self, chat: Option<ConversationId>) {
        if let Some(conversation) = chat.and_then(|chat| self.desk.conversation(chat)) {
            let card = Card::clone(&conversation.card);
            self.frame(ToPeer::Cards { cards: vec![card], gone: Vec::new(), current: None }).await;
        }
    }

    async fn frame(&self, frame: ToPeer) {
        let _ = self.tell.send(News::Frame(Box::new(frame))).await;
    }

    fn perform(&mut self, by: Actor, command: &Command) -> Result<Answer, Refusal> {
        let happenings = decide(&self.desk, by, command, Timestamp(0))?;
        let mut answer = Answer { seq: self.desk.office.seq, conversation: command.conversation(), n: EntryNo(0) };
        for happening in happenings {
            let last = happening.conversation.and_then(|id| self.desk.conversation(id)).map(|it| it.card.n);
            let recorded = Recorded {
                seq: self.desk.office.seq.next(),
                at: Timestamp(0),
                by,
                conversation: happening.conversation,
                n: if happening.conversation.is_some() { last.unwrap_or_default().next() } else { EntryNo(0) },
                event: happening.event,
            };
            if answer.n == EntryNo(0) {
                answer.n = recorded.n;
            }
            answer.conversation = answer.conversation.or(recorded.conversation);
            answer.seq = recorded.seq;
            self.desk.apply(&recorded);
            self.note(&recorded);
        }
        Ok(answer)
    }

    /// What the customer may see, and what will be handed over.
    fn note(&mut self, recorded: &Recorded) {
        let Some(chat) = recorded.conversation else { return };
        let mut text_of = |origin, text: &str| {
            self.texts.insert((chat, recorded.n), (origin, text.to_owned()));
        };
        match &recorded.event {
            Event::Answered { answer, .. } => text_of(Origin::Ai, &answer.text),
            Event::Replied { text, .. } => text_of(Origin::Human, text),
            Event::Notified { text, .. } => text_of(Origin::Notice, text),
            Event::CustomerSaid { text, .. } => self.show(chat, Speaker::Customer, "customer", text.clone()),
            Event::DeliveryClaimed { message } => {
                let (origin, text) = self.texts[&(chat, *message)].clone();
                let (speaker, name) =
                    if origin == Origin::Human { (Speaker::Human, "mira") } else { (Speaker::Ai, "Aria") };
                self.show(chat, speaker, name, text);
            }
            Event::DeliveryReported { message, report } => {
                self.reports.lock().unwrap().push((*message, report.clone()));
            }
            _ => {}
        }
    }

    fn show(&mut self, chat: ConversationId, speaker: Speaker, name: &str, text: String) {
        let shown = self.publics.entry(chat).or_default();
        let n = PublicNo(u32::try_from(shown.len()).unwrap() + 1);
        shown.push(Public { n, at: Timestamp(0), speaker, name: name.to_owned(), text });
    }

    fn page(&self, query: &Query) -> Page {
        let known = |id: &ConversationId| self.desk.conversation(*id);
        let refused =
            |id: &ConversationId| Page::Refused { why: Refusal::NotFound { what: format!("conversation {id}") } };
        match query {
            Query::Transcript { conversation, after } => {
                let all = self.publics.get(conversation).into_iter().flatten().filter(|public| public.n > *after);
                let messages: Vec<Public> = all.clone().take(3).cloned().collect();
                Page::Transcript { more: all.count() > messages.len(), messages }
            }
            Query::Door { conversation } => known(conversation).map_or_else(
                || refused(conversation),
                |it| Page::Door {
                    external_ref: it.external_ref.as_deref().map(str::to_owned),
                    resolved: it.card.status.is_resolved(),
                },
            ),
            Query::Card { conversation } => known(conversation).map_or_else(
                || refused(conversation),
                |it| Page::Cards { cards: vec![Card::clone(&it.card)], earlier: false },
            ),
            _ => Page::Refused { why: Refusal::Forbidden },
        }
    }
}
