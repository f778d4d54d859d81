//! The peer that answers: it watches the cards, begins turns, performs what they ask for, and streams what they say.
//!
//! One task owns everything; retrieval and models run beside it and report over one bounded channel. So many conversations
//! are answered at once, the others queue. Deliberately not here: when to answer what (see [`turn`](super::turn) and the
//! desk's rules).

mod agenda;
mod answers;
mod attempt;
mod ending;
mod floor;
mod options;
mod perform;
#[cfg(test)]
mod tests;
mod work;

pub use self::options::{DriverError, DriverOptions, Pace};
use self::{
    agenda::{Agenda, Wake},
    answers::Asked,
    attempt::Attempt,
    floor::Floor,
    work::{Report, Reported, Work},
};
use super::{
    guidance::applying,
    knowledge::Knowledge,
    model::Model,
    offline::Offline,
    retrieval::Retrieval,
    trial::{self, Way},
    turn::{Effect, End, Input, Rules},
    view::View,
};
use crate::{
    client::{News, Options, Peer, Session, wire::Dial},
    domain::{
        event::Recorded,
        ids::{CommandId, ConversationId, EntryNo},
        thread::{Thread, What},
        time::{Span, Timestamp},
    },
    protocol::{Scope, ToPeer},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::{
    select,
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// Reports of retrieval and models that wait. When they are as many, those who report wait.
const REPORTS: usize = 256;
/// Turns at once at most, whatever is asked for: well below what a peer may watch and ask at once.
const MOST_AT_ONCE: usize = 200;
/// How long after a failure the next attempt begins.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// The silence that is waited for in a hurry.
const HURRIED: Duration = Duration::from_millis(150);
/// A task that lies ahead is looked at again after this long at the latest.
const LOOKS_AGAIN: Duration = Duration::from_mins(10);
/// Turns between two lines of counts in the log.
const COUNTED: u64 = 100;

/// An AI teammate.
#[derive(Debug)]
pub struct Driver {
    peer: Peer,
    options: DriverOptions,
    model: Arc<dyn Model>,
    retrieval: Arc<Retrieval>,
    knowledge: Arc<Knowledge>,
    /// The way back to the desk, for a trial of guidance on a line of its own.
    way: Way,
    trial: Option<Work>,
    /// The version of the knowledge.
    config: String,
    floor: Floor,
    /// The server's time, and when it was told.
    clock: (Timestamp, Instant),
    agenda: Agenda,
    /// Ready to be answered, in the order in which they became so.
    queue: VecDeque<ConversationId>,
    active: HashMap<ConversationId, Active>,
    /// Commands under way: where, in which attempt, and whether they end a turn.
    asked: HashMap<CommandId, (ConversationId, u64, Asked)>,
    attempts: u64,
    reports: mpsc::Sender<Report>,
    counts: Counts,
    /// Until when it hurries.
    hurries: Instant,
}

/// How its turns ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    finished: u64,
    again: u64,
    dropped: u64,
    failed: u64,
}

/// A conversation that is being answered.
#[derive(Debug)]
struct Active {
    attempt: u64,
    thread: Thread,
    /// The task that it is about; none: the customer's words.
    task: Option<EntryNo>,
    turn: Option<Attempt>,
    began: Instant,
    /// The turn's number, once the desk let it begin.
    accepted: Option<EntryNo>,
    /// Whether the talk has come, for this attempt.
    here: bool,
    /// The call that was asked for last: its entry tells what the desk says to it, and what came of it.
    verdict: Option<EntryNo>,
    /// The newest message of the customer that the turn has read.
    read: EntryNo,
    work: Option<Work>,
}

impl Driver {
    /// Answers with the offline model over some knowledge, until the session ends. Dropping the future stops it at once.
    ///
    /// # Errors
    /// [`DriverError`]: there is no other end.
    pub async fn run(
        dial: Arc<dyn Dial>,
        token: String,
        knowledge: Arc<Knowledge>,
        options: DriverOptions,
    ) -> Result<(), DriverError> {
        let model = Arc::new(Offline::new(Arc::clone(&knowledge)));
        Self::run_with(dial, token, knowledge, model, options).await
    }

    /// As [`run`](Self::run), with any model.
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn run_with(
        dial: Arc<dyn Dial>,
        token: String,
        knowledge: Arc<Knowledge>,
        model: Arc<dyn Model>,
        options: DriverOptions,
    ) -> Result<(), DriverError> {
        let retrieval = Arc::new(Retrieval::new(&knowledge)?);
        let way = Way { dial: Arc::clone(&dial), token: token.clone() };
        let greeting =
            Options { token, cards: Scope::Mine, program: options.program.clone(), returns: true, resume: None };
        let (peer, mut news) = Session::start(dial, greeting);
        let (reports, mut reported) = mpsc::channel(REPORTS);
        let config = knowledge.version().to_owned();
        let hurries = Instant::now() + options.hurry;
        let mut driver = Self {
            peer,
            options,
            model,
            retrieval,
            knowledge,
            way,
            trial: None,
            config,
            floor: Floor::default(),
            clock: (Timestamp::default(), Instant::now()),
            agenda: Agenda::default(),
            queue: VecDeque::new(),
            active: HashMap::new(),
            asked: HashMap::new(),
            attempts: 0,
            reports,
            counts: Counts::default(),
            hurries,
        };
        loop {
            let next = driver.agenda.next();
            select! {
                news = news.recv() => match news {
                    Some(News::Ended { code, why }) => return Err(DriverError::Ended { code, why }),
                    None => return Err(DriverError::Ended { code: None, why: "the session is over".to_owned() }),
                    Some(news) => driver.hear(news).await,
                },
                Some(report) = reported.recv() => driver.take(report).await,
                () = async { sleep_until(next.unwrap_or_else(Instant::now)).await }, if next.is_some() => {
                    for wake in driver.agenda.due(Instant::now()) {
                        driver.wake(wake).await;
                    }
                }
            }
            driver.pump().await;
        }
    }

    fn is_in_a_hurry(&self) -> bool {
        Instant::now() < self.hurries
    }

    /// How long a customer must be silent now.
    fn settle(&self) -> Duration {
        if self.is_in_a_hurry() { self.options.settle.min(HURRIED) } else { self.options.settle }
    }

    async fn hear(&mut self, news: News) {
        match news {
            News::Frame(frame) => self.frame(*frame).await,
            News::Answered { id, result } => self.answered(id, result).await,
            News::Lost { why, .. } => tracing::info!(why = %why.escape_debug(), "the AI's line is cut"),
            News::Ended { .. } => {}
        }
    }

    async fn frame(&mut self, frame: ToPeer) {
        match frame {
            ToPeer::Welcome { you, office, resumed, now, .. } => {
                self.clock = (now, Instant::now());
                self.floor.welcome(you.id, &office, resumed);
            }
            ToPeer::Ping { now, .. } => self.clock = (now, Instant::now()),
            ToPeer::Desk { office } => {
                self.floor.desk(&office);
                for conversation in self.floor.ids() {
                    self.look(conversation).await;
                }
            }
            ToPeer::Cards { cards, gone, .. } => {
                for card in cards {
                    let conversation = card.id;
                    self.floor.put(card);
                    self.look(conversation).await;
                }
                for conversation in gone {
                    self.floor.remove(conversation);
                    self.look(conversation).await;
                }
            }
            ToPeer::Thread { conversation, card, events, more, .. } => {
                self.floor.put(*card);
                if let Some(active) = self.active.get_mut(&conversation) {
                    active.here = true;
                }
                self.fold(conversation, &events);
                if !more {
                    self.follow(conversation).await;
                }
            }
            ToPeer::Events { conversation, events } => {
                self.fold(conversation, &events);
                self.follow(conversation).await;
            }
            ToPeer::Try { ticket, guidance, version, talks } => {
                self.try_guidance(trial::Asked { ticket, guidance, version: *version, talks });
            }
            ToPeer::Unwatchable { conversation, why } => {
                tracing::warn!(%conversation, code = why.code(), "cannot be watched");
                self.floor.mark(conversation, None);
                self.active.remove(&conversation);
            }
            _ => {}
        }
    }

    /// Looks at a conversation whose card changed.
    async fn look(&mut self, conversation: ConversationId) {
        if let Some(active) = self.active.get(&conversation) {
            let card = self.floor.card(conversation);
            let input = match card {
                None => Some(Input::Fenced),
                Some(card) if active.task.is_some_and(|task| !self.floor.may_do(card, task)) => Some(Input::Fenced),
                Some(card) if active.task.is_none() && !self.floor.may_go_on(card, active.thread_term()) => {
                    Some(Input::Fenced)
                }
                Some(card) if active.read != EntryNo(0) && card.asked > active.read => Some(Input::CustomerWrote),
                Some(_) => None,
            };
            if let Some(input) = input {
                self.step(conversation, input).await;
            }
            return;
        }
        if let Some(asked) = self.floor.begin_settling(conversation) {
            let wait = self.settle() * self.floor.patience(conversation);
            self.agenda.add(Instant::now() + wait, Wake::Settled(conversation, asked));
        }
        self.look_for_task(conversation);
    }

    /// Puts a task that waits into the queue, or comes back when its time has come.
    fn look_for_task(&mut self, conversation: ConversationId) {
        let now = self.now();
        let Some((_, at)) = self.floor.task(conversation) else { return };
        match at.filter(|at| *at > now) {
            // A later look is enough for what lies far ahead.
            Some(at) => {
                let wait = Duration::from_millis(at.since(now).0).min(LOOKS_AGAIN) + HURRIED;
                self.agenda.add(Instant::now() + wait, Wake::Task(conversation));
            }
            None if !self.queue.contains(&conversation) => self.queue.push_back(conversation),
            None => {}
        }
    }

    /// The server's time.
    fn now(&self) -> Timestamp {
        let gone = u64::try_from(self.clock.1.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.clock.0.plus(Span(gone))
    }

    async fn wake(&mut self, wake: Wake) {
        match wake {
            Wake::Settled(conversation, asked) => {
                if self.floor.end_settling(conversation, asked) && !self.active.contains_key(&conversation) {
                    self.queue.push_back(conversation);
                }
            }
            Wake::Task(conversation) => {
                if !self.active.contains_key(&conversation) {
                    self.floor.forget_tasks(conversation);
                    self.look_for_task(conversation);
                }
            }
            Wake::Turn(conversation, attempt, timer) => {
                if self.is_current(conversation, attempt) {
                    self.step(conversation, Input::Due(timer)).await;
                }
            }
        }
    }

    /// Begins what there is room for.
    async fn pump(&mut self) {
        while self.active.len() < self.options.at_once.clamp(1, MOST_AT_ONCE) {
            let Some(conversation) = self.queue.pop_front() else { return };
            self.floor.leave_queue(conversation);
            if self.active.contains_key(&conversation) {
                continue;
            }
            // The customer comes before what is done beside.
            let now = self.now();
            let task = match self.floor.task(conversation) {
                _ if self.floor.wants(conversation) => None,
                Some((task, at)) if at.is_none_or(|at| at <= now) => {
                    self.floor.begin_task(conversation, task);
                    Some(task)
                }
                _ => continue,
            };
            self.attempts += 1;
            let active = Active {
                attempt: self.attempts,
                thread: Thread::new(conversation),
                task,
                turn: None,
                began: Instant::now(),
                accepted: None,
                here: false,
                verdict: None,
                read: EntryNo(0),
                work: None,
            };
            self.active.insert(conversation, active);
            self.peer.watch(conversation, None).await;
        }
    }

    fn fold(&mut self, conversation: ConversationId, events: &[Recorded]) {
        // What comes before the talk itself is of a watch that is over.
        let Some(active) = self.active.get_mut(&conversation).filter(|active| active.here) else { return };
        for event in events {
            if active.thread.apply(event).is_err() {
                // What came does not follow: it is the end of the talk, sent anew.
                active.thread = Thread::new(conversation);
                let _ = active.thread.apply(event);
            }
        }
    }

    /// The talk is folded: ask to begin, or begin what was accepted.
    async fn follow(&mut self, conversation: ConversationId) {
        let Some(active) = self.active.get_mut(&conversation) else { return };
        let Some(card) = self.floor.card(conversation) else { return };
        let Some(turn) = &active.turn else {
            let policy = self.floor.policy();
            let tools = self.floor.tools(card.topic.as_deref());
            let rules = Rules { policy, model: self.model.name(), config: self.config.clone(), tools };
            let (turn, effects) = Attempt::begin(conversation, card.term, active.task, rules);
            active.turn = Some(turn);
            active.began = Instant::now();
            self.perform(conversation, effects).await;
            return;
        };
        let call = active.verdict.and_then(|n| active.thread.entry(n));
        if let Some(entry) = call.filter(|entry| turn.awaits(entry)).cloned() {
            self.step(conversation, Input::Verdict(Box::new(entry.clone()))).await;
            // What came of it may be here already.
            let ran = |it: &&Active| it.turn.as_ref().is_some_and(|turn| turn.awaits(&entry));
            if self.active.get(&conversation).is_some_and(|it| ran(&it)) {
                self.step(conversation, Input::Verdict(Box::new(entry))).await;
            }
            return;
        }
        let newest = active.newest();
        if let Some(n) = active.accepted.filter(|n| turn.number() == EntryNo(0) && active.thread.n >= *n) {
            active.read = newest;
            let mut view = View::of(card, &active.thread, n);
            view.guidance = applying(&self.floor.holding(card.topic.as_deref()), &view, &self.knowledge);
            self.step(conversation, Input::Began(n, Box::new(view))).await;
        } else if active.task.is_none() && active.read != EntryNo(0) && newest > active.read {
            self.step(conversation, Input::CustomerWrote).await;
        }
    }

    async fn take(&mut self, report: Report) {
        if !self.is_current(report.conversation, report.attempt) {
            return;
        }
        let input = match report.what {
            Reported::Retrieved(passages) => Input::Retrieved(passages),
            Reported::Piece(piece) => Input::Piece(piece),
            Reported::Composed(composed) => Input::Composed(composed),
            Reported::GaveUp(error) => Input::GaveUp(error),
            Reported::Failed(why) => Input::Failed(why),
        };
        self.step(report.conversation, input).await;
    }

    fn is_current(&self, conversation: ConversationId, attempt: u64) -> bool {
        self.active.get(&conversation).is_some_and(|active| active.attempt == attempt)
    }

    /// Gives a turn an input and performs what follows.
    async fn step(&mut self, conversation: ConversationId, input: Input) {
        let Some(active) = self.active.get_mut(&conversation) else { return };
        let at = u32::try_from(active.began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let effects = match &mut active.turn {
            Some(turn) => turn.handle(input, at),
            // Not begun yet: whatever it was, looking again later is enough.
            None => vec![Effect::Done(End::Dropped)],
        };
        self.perform(conversation, effects).await;
    }
}

impl Active {
    /// The customer's newest message in the talk.
    fn newest(&self) -> EntryNo {
        let mut entries = self.thread.entries.iter().rev();
        entries.find(|entry| matches!(entry.what, What::Customer { .. })).map_or(EntryNo(0), |entry| entry.n)
    }

    /// The term under which the turn was asked for, if it was.
    fn thread_term(&self) -> Option<crate::domain::ids::Term> {
        self.turn.as_ref().map(Attempt::term)
    }
}
