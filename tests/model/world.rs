//! What the model is in at an instant: the real conversation, and around it people, an AI worker, a connector, a channel.
//!
//! The rest of the state are ghosts: what really happened, for the invariants to look at. Deliberately not here: the
//! steps (`steps`), the rules and what is taken away from them (`server`).

use centaur::domain::{
    conversation::Conversation,
    holder::Holder,
    ids::{EntryNo, Term},
    signals::Said,
};

/// What a broken promise is called, and its place among [`World::faults`].
pub const PROMISES: [&str; 11] = [
    "after quiet only listed messages of an older term arrive",
    "no two acknowledged take-overs have the same term",
    "the term only grows, with exactly one event for each change",
    "no human command is accepted whose holder or term is not the present one",
    "no AI message or draft enters under another term than its turn's",
    "no message is handed out twice, whatever became of it",
    "each accepted human message waits or was handed out",
    "no lapse gives a conversation to an AI",
    "after fenced no older AI message is handed out",
    "on our own channels quiet lists nothing",
    "nothing is sent on an approval from before a change of holder",
];

/// One of [`PROMISES`].
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Fault {
    Leak,
    Twin,
    Fall,
    Stale,
    Old,
    Again,
    Lost,
    LapseToAi,
    Fence,
    OwnList,
    Approval,
}

/// Who delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// What is claimed, the customer sees.
    Own,
    /// What is claimed goes to somebody else's server, which is late or silent.
    Outside,
}

/// How far the model goes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Messages of the customer after the first.
    pub words: u8,
    /// Turns of the AI.
    pub turns: u8,
    /// Changes of holder.
    pub changes: u8,
    /// Replies of people.
    pub replies: u8,
    /// Crashes of server or worker.
    pub crashes: u8,
    /// Claims that a connector repeats.
    pub retries: u8,
}

/// A command under way that may arrive at any time later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Late {
    /// The end of a turn.
    End { turn: EntryNo, term: Term, how: How },
    /// A claim.
    Claim { message: EntryNo, term: Term },
}

/// How a turn ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum How {
    /// With an answer.
    Answer,
    /// With a call for a human, and a notice for the customer.
    Escalate,
}

/// What a person last saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Knows {
    /// The holder.
    pub holder: Holder,
    /// The term.
    pub term: Term,
}

/// What of the [`Bounds`] is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spent {
    pub words: u8,
    pub turns: u8,
    pub changes: u8,
    pub replies: u8,
    pub crashes: u8,
    pub retries: u8,
}

/// A set of entries, by number; the bounds keep numbers below 128.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entries(u128);

impl Entries {
    pub fn has(self, n: EntryNo) -> bool {
        self.0 & (1 << n.0) != 0
    }

    pub fn add(&mut self, n: EntryNo) {
        self.0 |= 1 << n.0;
    }

    pub fn remove(&mut self, n: EntryNo) {
        self.0 &= !(1 << n.0);
    }

    pub fn each(self) -> impl Iterator<Item = EntryNo> {
        (0..128).map(EntryNo).filter(move |n| self.has(*n))
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// An acknowledged `quiet`: of which term, and with which messages named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quiet {
    pub term: Term,
    pub listed: Entries,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// The server's conversation: the real one.
    pub talk: Conversation,
    /// What a second server believes, if a mutant lets two decide.
    pub second: Option<Box<Conversation>>,
    /// Two supervisors: an agent and a lead.
    pub people: [Knows; 2],
    /// The AI worker in the middle of a turn.
    pub worker: Option<(EntryNo, Term)>,
    /// Commands under way, sorted.
    pub late: Vec<Late>,
    /// Claimed, and not yet given to the channel.
    pub hands: Entries,
    /// With the channel, and not yet seen by the customer.
    pub wire: Entries,
    /// Seen by the customer, and not yet reported.
    pub seen: Entries,
    /// The take-over whose quiet is not answered yet.
    pub waits: Option<Term>,
    /// The answered ones.
    pub quiets: Vec<Quiet>,
    /// Ghost: the term under which the turn of each AI message really began.
    pub born: Vec<(EntryNo, Term)>,
    /// Ghost: all that was ever claimed.
    pub claimed: Entries,
    /// Ghost: all replies that were accepted.
    pub replies: Entries,
    /// Ghost: the terms of acknowledged take-overs, sorted.
    pub taken: Vec<Term>,
    /// Ghost: the promises that were broken, a bit each.
    pub faults: u16,
    /// What was used of the bounds.
    pub spent: Spent,
}

impl World {
    /// Notes that a promise was broken.
    pub fn broke(&mut self, fault: Fault) {
        self.faults |= 1 << fault as u8;
    }

    /// The term under which the turn of an AI message began.
    pub fn born_under(&self, message: EntryNo) -> Option<Term> {
        self.born.iter().find(|(n, _)| *n == message).map(|(_, term)| *term)
    }

    /// The customer sees a message.
    pub fn reaches(&mut self, message: EntryNo) {
        if let Some(term) = self.born_under(message)
            && self.quiets.iter().any(|quiet| term < quiet.term && !quiet.listed.has(message))
        {
            self.broke(Fault::Leak);
        }
    }

    /// What the rules do not look at goes, so that states that differ in nothing that matters are one.
    pub fn settle(talk: &mut Conversation) {
        talk.said = Said::default();
        talk.judgeable = Box::default();
        talk.heed = centaur::domain::guard::Heed::default();
        talk.spent = centaur::domain::ceiling::Spent::default();
        talk.undo.retain(|_| false);
        talk.whispers.retain(|_| false);
        let card = std::sync::Arc::make_mut(&mut talk.card);
        card.last = None;
        card.seq = centaur::domain::ids::Seq(0);
        card.escalation = None;
        let hand_offs = card.signs.hand_offs;
        card.signs = centaur::domain::card::Signs { hand_offs, ..Default::default() };
    }
}
