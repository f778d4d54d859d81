//! The only one who changes the desk: one task, decide → append → apply → publish.
//!
//! A command is decided against everything decided before it, also what the disk does not have yet; it is answered and
//! shown only when the disk has it. If the disk refuses, the desk goes back to what is on disk and all who wait are told.
//! Deliberately not here: rules (`domain`), the disk (`writer`), frames (`peer`).

use super::{
    boot::Boot,
    clock::Clock,
    feed::{Feed, Publication, Published},
    keys::{self, Keys, Known},
    peer::Hub,
    redact,
    writer::{JOBS, Job, Writer},
};
use crate::{
    domain::{
        apply::Touched,
        card::Card,
        ceiling,
        command::Command,
        decide::{Happening, decide},
        delivery::State,
        desk::Desk,
        event::{Event, Recorded},
        ids::{CommandId, ConversationId, EntryNo, Seq, TeammateId},
        refusal::Refusal,
        teammate::{Actor, Role},
        time::Timestamp,
        tool::{Call, Risk, Stage},
        undo,
    },
    protocol::{Run, ToPeer},
    store::{Done, Entry, Key, LogReader, Stored},
};
use std::time::Duration;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep},
};

mod asked;
mod quiet;
mod timers;
mod under_way;

pub(super) use self::asked::{Asked, Reply, ReplyTo};
use self::{
    asked::tell,
    quiet::Quiet,
    under_way::{Before, UnderWay},
};

/// Commands that may wait to be decided.
pub(super) const INBOX: usize = 1_024;
/// Commands that may wait for the disk; below the writer's bound, so that handing one over never waits.
const UNDER_WAY: usize = JOBS - 64;
/// The longest wait for nothing.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// By how much sooner something must be due for the timer to be moved.
const EARLY: Duration = Duration::from_millis(1);

/// The only one who changes the desk.
pub(super) struct Sequencer {
    desk: Desk,
    keys: Keys,
    reader: Box<dyn LogReader>,
    feed: Arc<Feed>,
    hub: Arc<Hub>,
    writer: Writer,
    clock: Arc<dyn Clock>,
    now: Timestamp,
    under_way: VecDeque<UnderWay>,
    by_key: HashMap<(TeammateId, CommandId), u64>,
    /// How many commands left `under_way` so far: the number of its first one.
    left: u64,
    generation: u64,
    timers: timers::Timers,
    quiet: Vec<(Quiet, mpsc::Sender<Reply>, Timestamp)>,
}

impl Sequencer {
    pub(super) fn new(boot: Boot, feed: Arc<Feed>, writer: Writer, hub: Arc<Hub>, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let timers = timers::Timers::new(&boot.desk, boot.dirty, boot.office_dirty, now);
        Self {
            desk: boot.desk,
            keys: boot.keys,
            reader: boot.reader,
            feed,
            hub,
            writer,
            clock,
            now,
            under_way: VecDeque::new(),
            by_key: HashMap::new(),
            left: 0,
            generation: 0,
            timers,
            quiet: Vec::new(),
        }
    }

    /// Runs until the server drains.
    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Asked>, mut drain: watch::Receiver<bool>) {
        self.recover();
        // One timer, moved only to an earlier time: moving it wakes whoever waits on the clock, and each command would. One
        // that rings too early finds nothing due.
        let mut timer = std::pin::pin!(sleep(Duration::ZERO));
        loop {
            let wake = self.timers.next(&self.quiet, self.under_way.is_empty());
            let wait = wake.map_or(LONGEST_WAIT, |at| Duration::from_millis(at.since(self.clock.now()).0));
            let due = Instant::now() + wait;
            if timer.is_elapsed() || due + EARLY < timer.deadline() {
                timer.as_mut().reset(due);
            }
            tokio::select! {
                biased;
                Some(committed) = self.writer.committed.recv() => {
                    self.committed(committed);
                    while let Ok(committed) = self.writer.committed.try_recv() {
                        self.committed(committed);
                    }
                }
                asked = inbox.recv(), if self.under_way.len() < UNDER_WAY => {
                    let Some(asked) = asked else { break };
                    self.take(asked);
                    while self.under_way.len() < UNDER_WAY {
                        let Ok(asked) = inbox.try_recv() else { break };
                        self.take(asked);
                    }
                }
                () = async { drop(drain.wait_for(|draining| *draining).await) } => break,
                () = timer.as_mut() => self.on_time(),
            }
        }
        self.finish(inbox).await;
    }

    /// Answers what was asked, waits for the disk, saves, closes the log.
    async fn finish(mut self, mut inbox: mpsc::Receiver<Asked>) {
        inbox.close();
        loop {
            while self.under_way.len() < UNDER_WAY {
                let Ok(asked) = inbox.try_recv() else { break };
                self.take(asked);
            }
            if self.under_way.is_empty() {
                break;
            }
            let Some(committed) = self.writer.committed.recv().await else { break };
            self.committed(committed);
        }
        while let Some(checkpoint) = self.timers.checkpoint(&self.desk, usize::MAX) {
            // Nothing waits there any more but a few of these.
            if self.writer.jobs.try_send(Job::Save(Box::new(checkpoint))).is_err() {
                break;
            }
        }
        let Self { writer, .. } = self;
        drop(writer.jobs);
        drop(writer.committed);
        if tokio::task::spawn_blocking(move || writer.thread.join()).await.is_err() {
            tracing::error!("the log's thread ended badly");
        }
    }

    fn take(&mut self, asked: Asked) {
        self.now = self.now.max(self.clock.now());
        if let Some(command) = asked.command {
            self.ask(asked.by, asked.id, &command, asked.reply);
        } else {
            self.on_time();
            // Told when everything that was due before is on disk.
            self.hand_over(None, asked.reply, Vec::new(), Before::nothing(&self.desk), None);
        }
    }

    fn ask(&mut self, by: Actor, id: Option<(CommandId, u64)>, command: &Command, reply: ReplyTo) {
        let key = by.teammate().zip(id).map(|(by, (id, digest))| Key { by, id, digest });
        let reply = match key {
            Some(key) => match self.answer_again(key, reply, command) {
                Some(reply) => reply,
                None => return,
            },
            None => reply,
        };
        if let Some(id) = command.conversation() {
            self.bring_back(id);
        }
        let decided = decide(&self.desk, by, command, self.now);
        match decided.and_then(|happenings| self.log_allows(command).map(|()| happenings)) {
            Err(why) => {
                if let Some(key) = key {
                    self.keys.put(key, Known::Refused(Box::new(why.clone())));
                }
                let beyond = matches!(why, Refusal::Ceiling { .. });
                tell(reply, key.map(|key| key.id), Err(why), None);
                // No further turn may begin: whoever waits is a person's.
                if let (true, Some(conversation)) = (beyond, command.conversation()) {
                    self.ask(Actor::Desk, None, &Command::EndSpending { conversation }, ReplyTo::Nobody);
                }
            }
            Ok(happenings) => {
                let conversation = command.conversation();
                let before = Before::of(&self.desk, &happenings);
                let quiet = self.quiet_after(command, &happenings);
                let events = self.record(by, happenings);
                if let Some(key) = key {
                    self.keys.put(key, Known::InFlight);
                }
                self.hand_over_with(key, reply, events, before, conversation, quiet, command);
            }
        }
    }

    /// What was written before anything could be erased holds the log together, and stays.
    fn log_allows(&self, command: &Command) -> Result<(), Refusal> {
        let Command::Erase { conversation } = command else { return Ok(()) };
        match self.reader.can_be_erased(*conversation) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::NotYet {
                why: format!(
                    "#{conversation} is from before anything could be erased: the log would not hold without it"
                ),
            }),
            Err(error) => Err(Refusal::ReadOnly { why: format!("the log cannot be read: {error}") }),
        }
    }

    /// Answers a key that is known. Gives the reply back if the command is new.
    fn answer_again(&mut self, key: Key, reply: ReplyTo, command: &Command) -> Option<ReplyTo> {
        let known = match self.keys.known(key.by, key.id) {
            Some(known) => known,
            None if self.keys.is_older(key.id) => match self.reader.answer(key.by, key.id) {
                Ok(Some((digest, done))) => (digest, Known::Done(keys::answer(done))),
                Ok(None) => return Some(reply),
                Err(error) => {
                    let why = format!("whether this was done before cannot be read: {error}");
                    tell(reply, Some(key.id), Err(Refusal::ReadOnly { why }), None);
                    return None;
                }
            },
            None => return Some(reply),
        };
        if known.0 != key.digest {
            tell(reply, Some(key.id), Err(Refusal::KeyReused), None);
            return None;
        }
        match known.1 {
            Known::InFlight => {
                let at = self.by_key.get(&(key.by, key.id)).and_then(|number| number.checked_sub(self.left));
                if let Some(under_way) = at.and_then(|at| self.under_way.get_mut(usize::try_from(at).ok()?)) {
                    under_way.replies.push(reply);
                }
            }
            Known::Done(answer) => {
                if let Some(id) = command.conversation() {
                    self.bring_back(id);
                }
                let first = self.deliver(command);
                let quiet = self.quiet_again(command);
                if let (Some(quiet), ReplyTo::Peer(peer)) = (quiet, &reply) {
                    let peer = peer.clone();
                    tell(reply, Some(key.id), Ok(answer), first);
                    self.await_quiet(quiet, peer);
                } else {
                    tell(reply, Some(key.id), Ok(answer), first);
                }
            }
            Known::Refused(why) => tell(reply, Some(key.id), Err(*why), None),
        }
        None
    }

    /// Settled conversations are put aside; whoever speaks of one brings it back.
    fn bring_back(&mut self, id: ConversationId) {
        if self.desk.conversations.contains_key(&id) || id > self.desk.office.newest {
            return;
        }
        match self.reader.state(id) {
            Ok(Some((_, mut conversation))) => {
                let card = Arc::make_mut(&mut conversation.card);
                card.mode =
                    card.own_mode.unwrap_or_else(|| self.desk.office.mode_for(card.topic.as_deref(), &card.channel));
                self.desk.take_in(conversation);
                self.timers.brought_back(id, self.now);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, %id, "a conversation could not be read"),
        }
    }

    /// Numbers what happened, folds it in, and writes it out.
    fn record(&mut self, by: Actor, happenings: Vec<Happening>) -> Vec<(Recorded, Touched)> {
        let mut recorded = Vec::with_capacity(happenings.len());
        for Happening { conversation, mut event } in happenings {
            let n = conversation.map_or(EntryNo(0), |id| {
                self.desk.conversation(id).map_or(EntryNo(1), |conversation| conversation.card.n.next())
            });
            if let (Event::AnswerSuppressed { turn, text }, Some(id)) = (&mut event, conversation)
                && text.is_empty()
            {
                *text = self.feed.with_tails(|tails| tails.grown(id, *turn).map(str::to_owned)).unwrap_or_default();
            }
            let one = Recorded { seq: self.desk.office.seq.next(), at: self.now, by, conversation, n, event };
            let touched = self.desk.apply(&one);
            recorded.push((one, touched));
        }
        recorded
    }

    fn hand_over(
        &mut self,
        key: Option<Key>,
        reply: ReplyTo,
        events: Vec<(Recorded, Touched)>,
        before: Before,
        quiet: Option<Quiet>,
    ) {
        self.hand_over_with(key, reply, events, before, None, quiet, &Command::BeginTimeline { timeline: 0 });
    }

    /// Hands a decided command to the disk.
    #[allow(clippy::too_many_arguments, reason = "one call carries a command from the rules to the disk")]
    fn hand_over_with(
        &mut self,
        key: Option<Key>,
        reply: ReplyTo,
        events: Vec<(Recorded, Touched)>,
        before: Before,
        about: Option<ConversationId>,
        quiet: Option<Quiet>,
        command: &Command,
    ) {
        let head = self.desk.office.seq;
        let first = events.iter().find(|(event, _)| event.conversation.is_some());
        let done = Done {
            seq: head,
            conversation: about.or_else(|| first.and_then(|(event, _)| event.conversation)),
            n: undo::named(events.iter().map(|(event, _)| event)),
        };
        let mut publication = Publication { head, ..Publication::default() };
        let mut stored = Vec::with_capacity(events.len());
        let mut touched_cards: BTreeMap<ConversationId, Arc<Card>> = BTreeMap::new();
        for (recorded, touched) in events {
            match &touched {
                Touched::Nothing => {}
                Touched::One(id) => self.touch(*id, recorded.seq, &mut touched_cards),
                Touched::Many(ids) => ids.iter().for_each(|id| self.touch(*id, recorded.seq, &mut touched_cards)),
            }
            if recorded.conversation.is_none() {
                publication.office = Some(Arc::new(self.desk.office.clone()));
                self.timers.office_changed(&self.desk.office, recorded.seq);
            }
            if ceiling::counts(&recorded.event) {
                publication.today = Some(Arc::clone(&self.desk.office.today));
                self.timers.office_changed(&self.desk.office, recorded.seq);
            }
            match Stored::new(recorded) {
                Ok(one) => {
                    let wire = match redact::redacted(&one.recorded, Role::Viewer) {
                        Some(shown) => Arc::from(crate::protocol::encode(&shown)),
                        None => Arc::clone(&one.body),
                    };
                    publication.events.push(Arc::new(Published { recorded: one.recorded.clone(), wire }));
                    stored.push(one);
                }
                Err(error) => tracing::error!(%error, "an event could not be written out"),
            }
        }
        publication.cards = touched_cards.into_values().collect();
        let deliver = self.deliver(command);
        if let Some(key) = key {
            self.by_key.insert((key.by, key.id), self.left + self.under_way.len() as u64);
        }
        self.under_way.push_back(UnderWay {
            key,
            replies: vec![reply],
            answer: keys::answer(done),
            publication,
            first: deliver,
            quiet,
            before,
        });
        let job = Job::Append { generation: self.generation, entry: Entry { key, done, events: stored } };
        if self.writer.jobs.try_send(job).is_err() {
            self.fall_back("the log's thread has ended; restart centaur");
        }
    }

    fn touch(&mut self, id: ConversationId, seq: Seq, cards: &mut BTreeMap<ConversationId, Arc<Card>>) {
        if let Some(conversation) = self.desk.conversation(id) {
            cards.insert(id, Arc::clone(&conversation.card));
            self.timers.changed(conversation, seq, &self.desk.office.policy, self.now);
        }
    }

    /// What is handed over with the answer: a claimed message to the connector, a call to who runs it.
    fn deliver(&self, command: &Command) -> Option<Box<ToPeer>> {
        if let Command::BeginTool { conversation, call, .. } = command {
            let it = self.desk.conversation(*conversation)?;
            let kept = it.calls.iter().find(|kept| kept.call == *call && matches!(kept.stage, Stage::Runs { .. }))?;
            let Call { tool, arguments, definition, digest, risk, .. } = kept.asked.clone();
            let run = Box::new(Run { tool, arguments, definition, digest, reads: risk == Risk::R0 });
            return Some(Box::new(ToPeer::Run { conversation: *conversation, call: *call, run }));
        }
        let Command::ClaimDelivery { conversation, message, .. } = command else { return None };
        let it = self.desk.conversation(*conversation)?;
        let row = it.outbox.iter().find(|row| row.message == *message && row.state == State::Claimed)?;
        Some(Box::new(ToPeer::Deliver {
            conversation: *conversation,
            message: *message,
            term: row.term,
            public: row.public,
            origin: row.origin,
            from: row.from.to_string(),
            text: row.text.to_string(),
            at: row.at,
        }))
    }

    /// After a start: what was claimed and never reported, and what waits for a connector that was revoked.
    fn recover(&mut self) {
        let office = &self.desk.office;
        let is_lost = |connector, state| {
            state == State::Claimed || (state == State::Pending && office.present(connector).is_none())
        };
        let claimed: Vec<ConversationId> = self
            .desk
            .conversations
            .iter()
            .filter(|(_, it)| it.outbox.iter().any(|row| is_lost(it.card.connector, row.state)))
            .map(|(id, _)| *id)
            .collect();
        for conversation in claimed {
            self.ask(Actor::Desk, None, &Command::Recover { conversation }, ReplyTo::Nobody);
        }
    }
}
