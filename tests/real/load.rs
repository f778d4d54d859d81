//! Peers that keep a desk busy and keep a book of what they asked and what they were answered.
//!
//! Everything asked carries a mark that occurs nowhere else, so that the log can be held against the book. Deliberately
//! not here: what happens to the server meanwhile.

use crate::{
    dice::Dice,
    house::{House, soon},
};
use centaur::{
    client::{News, Options, Peer, Session, session::mint},
    domain::{
        command::Command,
        customer::Customer,
        event::{Event, Recorded},
        holder::{Cause, Holder},
        ids::{CommandId, ConversationId, EntryNo, TeammateId, Term},
        teammate::Role,
    },
    protocol::{ByeCode, Scope, ToPeer},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// Commands that one peer has under way.
const UNDER_WAY: usize = 12;

/// What the peers are to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Ask on and on.
    Ask,
    /// Ask nothing more; stay until all is answered.
    Settle,
}

/// What one peer asked, and what it was answered.
#[derive(Debug, Default)]
pub struct Book {
    /// Marks of what was accepted.
    pub accepted: HashSet<String>,
    /// Of these, those that leave no mark in the log: it was so already, or the event bears no text.
    pub markless: HashSet<String>,
    /// Marks of what was refused.
    pub refused: HashSet<String>,
    /// Marks of what was asked and never answered.
    pub open: HashSet<String>,
    /// Answers to what was not asked or was answered before.
    pub strange: usize,
    /// How often it was welcomed.
    pub welcomes: usize,
    /// How its session ended.
    pub ended: Option<(Option<ByeCode>, String)>,
}

/// Peers at work.
pub struct Crew {
    pub want: watch::Sender<Want>,
    /// Accepted commands so far.
    pub accepted: watch::Receiver<usize>,
    at_work: Vec<JoinHandle<Book>>,
}

/// One peer.
struct Worker {
    name: String,
    peer: Peer,
    news: mpsc::Receiver<News>,
    carries: bool,
    me: TeammateId,
    cards: BTreeMap<ConversationId, (Holder, Term)>,
    /// The marks, and whether the log will bear them.
    under_way: HashMap<CommandId, (String, bool)>,
    asked: usize,
    book: Book,
    dice: Dice,
    accepted: Arc<watch::Sender<usize>>,
    /// Workers of whom something was accepted.
    busy: Arc<watch::Sender<usize>>,
}

impl Crew {
    /// A connector and three agents begin to work.
    pub async fn hire(house: &House, returns: bool, seed: u64) -> Self {
        let (want, wanted) = watch::channel(Want::Ask);
        let (count, accepted) = watch::channel(0);
        let count = Arc::new(count);
        let (busy, mut all_busy) = watch::channel(0);
        let busy = Arc::new(busy);
        let mut at_work = Vec::new();
        for (number, name) in ["door", "mira", "tom", "ada"].into_iter().enumerate() {
            let carries = number == 0;
            let (role, cards) = if carries { (Role::Connector, Scope::Carried) } else { (Role::Agent, Scope::All) };
            let token = house.invite(name, role).await;
            let options = Options { token, cards, program: "load".to_owned(), returns, resume: None };
            let (peer, news) = Session::start(house.dial(), options);
            let worker = Worker {
                name: name.to_owned(),
                peer,
                news,
                carries,
                me: TeammateId(0),
                cards: BTreeMap::new(),
                under_way: HashMap::new(),
                asked: 0,
                book: Book::default(),
                dice: Dice::new(seed + number as u64),
                accepted: Arc::clone(&count),
                busy: Arc::clone(&busy),
            };
            at_work.push(tokio::spawn(worker.work(wanted.clone())));
        }
        let number = at_work.len();
        soon("all at work", all_busy.wait_for(|busy| *busy == number)).await.unwrap();
        Self { want, accepted, at_work }
    }

    /// Waits until so many more were accepted.
    pub async fn more(&mut self, count: usize) {
        let target = *self.accepted.borrow() + count;
        soon("more answers", self.accepted.wait_for(|accepted| *accepted >= target)).await.unwrap();
    }

    /// Has all come to rest, and takes their books.
    pub async fn books(self) -> Vec<Book> {
        self.want.send_replace(Want::Settle);
        let mut books = Vec::new();
        for worker in self.at_work {
            books.push(soon("all answers", worker).await.unwrap());
        }
        books
    }
}

impl Worker {
    async fn work(mut self, mut want: watch::Receiver<Want>) -> Book {
        let mut stays = true;
        loop {
            let asks = *want.borrow() == Want::Ask;
            while asks && self.under_way.len() < UNDER_WAY && self.ask().await {}
            if !asks && self.under_way.is_empty() {
                break;
            }
            tokio::select! {
                news = self.news.recv() => match news {
                    Some(news) => if !self.hear(news) { break },
                    None => break,
                },
                changed = want.changed(), if stays => stays = changed.is_ok(),
            }
        }
        self.book.open = self.under_way.into_values().map(|(mark, _)| mark).collect();
        self.peer.close().await;
        self.book
    }

    /// Asks for something at random; false if there is nothing yet to work on, which comes with the news.
    async fn ask(&mut self) -> bool {
        if self.me == TeammateId(0) {
            return false;
        }
        self.asked += 1;
        let mark = format!("{}-{}", self.name, self.asked);
        let command = if self.carries { self.as_connector(&mark) } else { self.as_agent(&mark) };
        let Some(command) = command else {
            self.asked -= 1;
            return false;
        };
        let id = mint();
        // Noted before it is asked: whatever comes of it is known.
        let leaves_mark = !matches!(command, Command::Assign { .. });
        self.under_way.insert(id, (mark, leaves_mark));
        self.peer.ask_as(id, command).await;
        true
    }

    fn any(&mut self) -> Option<(ConversationId, Holder, Term)> {
        let one = self.dice.below(self.cards.len());
        self.cards.iter().nth(one).map(|(id, (holder, term))| (*id, *holder, *term))
    }

    fn as_connector(&mut self, mark: &str) -> Option<Command> {
        let text = format!("{mark} where is my parcel?");
        if self.cards.len() < 3 || self.dice.below(30) == 0 {
            let customer = Customer { name: "Jana".into(), ..Customer::default() };
            let external_ref = None;
            return Some(Command::OpenConversation {
                channel: "post".to_owned(),
                customer,
                topic: None,
                text,
                external_ref,
            });
        }
        let (conversation, _, _) = self.any()?;
        Some(Command::CustomerSaid { conversation, text })
    }

    fn as_agent(&mut self, mark: &str) -> Option<Command> {
        let (conversation, holder, term) = self.any()?;
        let text = format!("{mark} we look after it");
        Some(match self.dice.below(5) {
            0 => Command::Tag { conversation, add: vec![mark.to_owned()], remove: Vec::new() },
            1 | 2 if holder == Holder::Human(self.me) => Command::Reply { conversation, term, text },
            1 | 2 => Command::TakeOver { conversation, term, reason: Some(text) },
            3 if holder == Holder::Human(self.me) => Command::Assign { conversation, term, to: Holder::Queue },
            _ => Command::Note { conversation, text },
        })
    }

    /// Takes the news; false when the session is over.
    fn hear(&mut self, news: News) -> bool {
        match news {
            News::Frame(frame) => match *frame {
                ToPeer::Welcome { you, .. } => {
                    self.me = you.id;
                    self.book.welcomes += 1;
                }
                ToPeer::Cards { cards, .. } => {
                    for card in cards {
                        self.cards.insert(card.id, (card.holder, card.term));
                    }
                }
                _ => {}
            },
            News::Answered { id, result } => match (self.under_way.remove(&id), result) {
                (Some((mark, leaves_mark)), Ok(answer)) => {
                    if !leaves_mark || answer.n == EntryNo(0) {
                        self.book.markless.insert(mark.clone());
                    }
                    if self.book.accepted.is_empty() {
                        self.busy.send_modify(|count| *count += 1);
                    }
                    self.book.accepted.insert(mark);
                    self.accepted.send_modify(|count| *count += 1);
                }
                (Some((mark, _)), Err(_)) => {
                    self.book.refused.insert(mark);
                }
                (None, _) => self.book.strange += 1,
            },
            News::Lost { .. } => {}
            News::Ended { code, why } => {
                self.book.ended = Some((code, why));
                return false;
            }
        }
        true
    }
}

/// How often each mark occurs in the log. What leaves no mark (an assignment) is not counted.
pub fn marks(log: &[Recorded]) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    let mut terms: HashMap<ConversationId, Term> = HashMap::new();
    for (at, recorded) in log.iter().enumerate() {
        assert_eq!(recorded.seq.0, at as u64 + 1, "no gap in the log");
        let text = match &recorded.event {
            Event::Noted { text } | Event::CustomerSaid { text, .. } | Event::Replied { text, .. } => text.as_str(),
            Event::Tagged { added, .. } => added.first().map(String::as_str).unwrap_or_default(),
            Event::HolderChanged { cause: Cause::TookOver { reason }, .. } => reason.as_deref().unwrap_or_default(),
            _ => "",
        };
        if let Some(mark) = text.split(' ').next().filter(|mark| !mark.is_empty()) {
            *found.entry(mark.to_owned()).or_insert(0) += 1;
        }
        let term = match &recorded.event {
            Event::Opened { term, .. } | Event::HolderChanged { term, .. } => *term,
            _ => continue,
        };
        let id = recorded.conversation.expect("terms belong to conversations");
        assert!(terms.insert(id, term).is_none_or(|before| before < term), "a term came again in {id}");
    }
    found
}

/// What the books say, held against the log.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub acknowledged: usize,
    pub lost: usize,
    pub doubled: usize,
    pub resumed: usize,
}

/// Holds the books against the log: what was accepted is there once, what was refused is not, the rest once at most.
pub fn audit(books: &[Book], log: &[Recorded]) -> Audit {
    let found = marks(log);
    let times = |mark: &String| found.get(mark).copied().unwrap_or(0);
    let mut audit = Audit::default();
    for book in books {
        audit.acknowledged += book.accepted.len();
        audit.resumed += book.welcomes.saturating_sub(1);
        audit.lost += book.accepted.iter().filter(|mark| times(mark) == 0 && !book.markless.contains(*mark)).count();
        let all = book.accepted.iter().chain(&book.open);
        audit.doubled += all.filter(|mark| times(mark) > 1).count();
        audit.doubled += book.refused.iter().filter(|mark| times(mark) > 0).count();
        audit.doubled += book.strange;
    }
    audit
}
