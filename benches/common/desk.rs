//! A desk with many conversations, made by the real rules: every event is one that `decide` allowed.
//!
//! The same count and the same instant give the same desk, to the byte. Deliberately not here: a server, or a clock.

use super::figures::Random;
use centaur::{
    domain::{
        command::Command,
        customer::Customer,
        decide::decide,
        delivery::Report,
        desk::Desk,
        escalation::Reason,
        event::Recorded,
        ids::{ConversationId, Digest, EntryNo, LogId, Seq, TeammateId},
        policy::Policy,
        teammate::{Actor, Role},
        time::{Span, Timestamp},
        turn::{Answer, Grounding, Outcome, Trace},
    },
    server,
    store::{Checkpoint, Done, Entry, EventLog, SqliteLog, State, Stored},
};
use std::{collections::HashMap, path::Path};

/// The admin's token.
pub const ADMIN: &str = "cen_admin-of-a-seeded-desk-for-benches";
/// The admin.
pub const MIRA: TeammateId = TeammateId(1);
/// The AI.
pub const ARIA: TeammateId = TeammateId(2);
/// The connector.
pub const WEB: TeammateId = TeammateId(3);

const GIVEN: [&str; 16] = [
    "Jana", "Kwame", "Ingrid", "Lucas", "Sofia", "José", "Anna", "Priya", "Omar", "Mei", "Tomas", "Aiko", "Lea",
    "Ivan", "Nia", "Paul",
];
const FAMILY: [&str; 16] = [
    "Novak", "Boateng", "Olsen", "Martin", "Rossi", "Álvarez", "Kowalska", "Shah", "Haddad", "Lin", "Horak", "Tanaka",
    "Keller", "Petrov", "Mensah", "Dubois",
];
const ASKED: [&str; 6] = [
    "My parcel says delivered, it is not here. What can I do?",
    "How do I change the address of an order?",
    "I was charged twice this month, please send the money back.",
    "Which plan do I need for five people?",
    "The app signs me out each morning.",
    "Can I have an invoice with our tax number?",
];

/// A desk under way, and what happened since it was last asked.
pub struct Seeding {
    /// The desk.
    pub desk: Desk,
    at: Timestamp,
    made: Vec<Recorded>,
    random: Random,
}

impl Seeding {
    /// A desk founded at `at`, with an admin, an AI and a connector called `web`.
    pub fn found(at: Timestamp) -> Self {
        let mut it = Self { desk: Desk::default(), at, made: Vec::new(), random: Random(7) };
        let (name, admin) = ("Seeded desk".to_owned(), "mira".to_owned());
        let policy = Box::new(Policy::default());
        it.does(Actor::Desk, &Command::Found { name, admin, token: server::digest(ADMIN), policy });
        for (name, role, token) in [("Aria", Role::Ai, 2), ("web", Role::Connector, 3)] {
            it.does(Actor::Desk, &Command::Invite { name: name.into(), role, token: Digest([token; 32]) });
        }
        it
    }

    /// Opens one more conversation: seven of ten are answered and rest, two wait for the AI, one for a person.
    pub fn open(&mut self) -> ConversationId {
        let n = self.desk.office.newest.0 + 1;
        let (given, family) = (self.random.below(16) as usize, self.random.below(16) as usize);
        let text = ASKED[self.random.below(6) as usize];
        let open = Command::OpenConversation {
            channel: "web".into(),
            customer: Customer {
                name: format!("{} {} {n}", GIVEN[given], FAMILY[family]).into(),
                ..Customer::default()
            },
            topic: None,
            text: text.to_owned(),
            external_ref: None,
        };
        self.does(Actor::Teammate(WEB), &open);
        let conversation = self.desk.office.newest;
        let fate = self.random.below(10);
        if fate >= 8 {
            return conversation;
        }
        let term = self.desk.conversation(conversation).map(|it| it.card.term).unwrap_or_default();
        let turn = self.does(Actor::Teammate(ARIA), &Command::BeginTurn { conversation, term });
        let outcome = if fate == 7 {
            let summary = format!("The customer writes: {text}");
            Outcome::Escalate { reason: Reason::Ungrounded, summary, notice: None, trace: Trace::default() }
        } else {
            let text = "Here is what I found for you; please tell me whether it helps.".to_owned();
            let grounding = Grounding(700 + u16::try_from(self.random.below(300)).unwrap_or(0));
            let answer = Answer { text, sources: Vec::new(), grounding, trace: Trace::default() };
            Outcome::Answer { answer: Box::new(answer), settled: false }
        };
        let said = self.does(Actor::Teammate(ARIA), &Command::FinishTurn { conversation, turn, term, outcome });
        if fate < 7 {
            self.does(Actor::Teammate(WEB), &Command::ClaimDelivery { conversation, message: said, term });
            let report = Report::Delivered;
            self.does(Actor::Teammate(WEB), &Command::ReportDelivery { conversation, message: said, report });
        }
        conversation
    }

    /// What happened since the last call.
    pub fn made(&mut self) -> Vec<Recorded> {
        std::mem::take(&mut self.made)
    }

    fn does(&mut self, by: Actor, command: &Command) -> EntryNo {
        self.at = self.at.plus(Span(3));
        let happenings = decide(&self.desk, by, command, self.at).expect("the rules allow what is seeded");
        let mut first = EntryNo(0);
        for happening in happenings {
            let n = happening
                .conversation
                .map_or(EntryNo(0), |id| self.desk.conversation(id).map_or(EntryNo(1), |one| one.card.n.next()));
            let (conversation, event) = (happening.conversation, happening.event);
            let recorded = Recorded { seq: self.desk.office.seq.next(), at: self.at, by, conversation, n, event };
            if first == EntryNo(0) {
                first = n;
            }
            self.desk.apply(&recorded);
            self.made.push(recorded);
        }
        first
    }
}

/// Makes a desk of `count` conversations in `folder`, with all states saved, as a server leaves it. The events end
/// before `now`.
pub fn seed(folder: &Path, count: u64, now: Timestamp) {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let (mut log, _) = SqliteLog::open(folder, now, LogId(0x5eed)).expect("the desk can be opened");
    let span = i64::try_from(count * 18 + 60_000).unwrap_or(60_000);
    let mut seeding = Seeding::found(Timestamp(now.0 - span));
    let mut seqs: HashMap<ConversationId, Seq> = HashMap::new();
    for n in 0..count {
        seeding.open();
        if n % 512 == 511 || n + 1 == count {
            append(&mut log, seeding.made(), &mut seqs);
        }
    }
    let ids: Vec<ConversationId> = seeding.desk.conversations.keys().copied().collect();
    for some in ids.chunks(2_048) {
        let states = some
            .iter()
            .filter_map(|id| Some((id, seeding.desk.conversation(*id)?)))
            .map(|(id, it)| State {
                seq: seqs.get(id).copied().unwrap_or_default(),
                live: true,
                conversation: it.clone(),
            })
            .collect();
        // The floor may rise only with the last of them.
        let last = some.last() == ids.last();
        let floor = if last { seeding.desk.office.seq } else { Seq(0) };
        let office = last.then(|| (seeding.desk.office.seq, seeding.desk.office.clone()));
        log.save(&Checkpoint { floor, office, states }).expect("the states can be saved");
    }
    while log.project(10_000).expect("the index can be brought forward") > 0 {}
    centaur::cli::token::write_secret(&folder.join("admin.token"), ADMIN).expect("the token can be written");
}

fn append(log: &mut SqliteLog, made: Vec<Recorded>, seqs: &mut HashMap<ConversationId, Seq>) {
    let batch: Vec<Entry> = made
        .into_iter()
        .map(|recorded| {
            if let Some(id) = recorded.conversation {
                seqs.insert(id, recorded.seq);
            }
            let done = Done { seq: recorded.seq, conversation: recorded.conversation, n: recorded.n };
            Entry { key: None, done, events: vec![Stored::new(recorded).expect("an event can be written out")] }
        })
        .collect();
    log.append(&batch).expect("the log can be written");
}
