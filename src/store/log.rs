//! The seam: what a log can do, and the values that pass through it.
//!
//! Deliberately small and synchronous. Writing has one owner; reading goes through handles of its own that never wait
//! for the writer.

use super::{Ended, GuidanceRow, NamedAt, StoreError};
use crate::domain::{
    conversation::Conversation,
    desk::Office,
    edit::Distance,
    event::{Recorded, VERSION},
    evidence::Evidence,
    guidance::{GuidanceId, Tally, Version},
    ids::{CommandId, ConversationId, EntryNo, LogId, Seq, TeammateId},
    time::Timestamp,
};
use std::sync::Arc;

/// The end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last event; 0 while there is none.
    pub seq: Seq,
    /// The hash of the chain up to it.
    pub hash: [u8; 32],
}

/// What names a command for ever, so that it is done once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Who asked.
    pub by: TeammateId,
    /// The asker's id for it.
    pub id: CommandId,
    /// A digest of the command: the same id with another command is a mistake of the asker.
    pub digest: u64,
}

/// What came of an accepted command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The last event it made; the head if it made none.
    pub seq: Seq,
    /// The conversation it was about, or opened.
    pub conversation: Option<ConversationId>,
    /// The number of its first entry there, or of the change of holder that was asked for; 0 if it made none.
    pub n: EntryNo,
}

/// An event together with its JSON, so that it is written out once for the log and for every peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The event.
    pub recorded: Recorded,
    /// `recorded` as JSON, in the version of events that this program writes.
    pub body: Arc<str>,
}

impl Stored {
    /// Writes the event out.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], which only a fault of this program can cause.
    pub fn new(recorded: Recorded) -> Result<Self, StoreError> {
        let body = serde_json::to_string(&recorded).map_err(|source| StoreError::Unwritable { source })?;
        Ok(Self { recorded, body: body.into() })
    }
}

/// One command's worth of the log: its events, and its key with the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// None for what the desk does by itself.
    pub key: Option<Key>,
    /// What is answered; kept only with a key.
    pub done: Done,
    /// May be empty: a command that changed nothing is answered again all the same.
    pub events: Vec<Stored>,
}

/// A conversation as of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The last event folded into it.
    pub seq: Seq,
    /// Whether a start should load it; settled ones may stay on disk.
    pub live: bool,
    /// The conversation.
    pub conversation: Conversation,
}

/// States to be kept, so that the next start need not replay what led to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Each event up to here is contained in the states saved so far, these included.
    pub floor: Seq,
    /// The office, as of an event.
    pub office: Option<(Seq, Office)>,
    /// Conversations. A row that is older than the one on disk is ignored.
    pub states: Vec<State>,
}

/// Which states to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum States {
    /// Those that were saved as live.
    Live,
    /// The settled too.
    All,
}

/// A place where words were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The event.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub conversation: ConversationId,
    /// The entry.
    pub n: EntryNo,
    /// The words around the first one found, as received, 160 characters at most.
    pub excerpt: String,
}

/// Where an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The event of the annotation.
    pub seq: Seq,
    /// Where.
    pub conversation: ConversationId,
    /// The AI message that was judged.
    pub message: EntryNo,
}

/// One event as it lies in the log, unread: what the chain is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// The conversation it belongs to.
    pub conversation: Option<ConversationId>,
    /// Its number there.
    pub n: EntryNo,
    /// The version of events in which it was written.
    pub version: u16,
    /// The event as JSON; what is left of it, if it was erased.
    pub body: Arc<str>,
    /// How the chain holds it.
    pub seal: Seal,
    /// Of an erasing: the digest of what it left of the events before it.
    pub covers: Option<[u8; 32]>,
    /// The hash of the chain up to it.
    pub hash: [u8; 32],
}

/// How the chain holds what an event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// As it stands. So in logs from before something could be erased; there it cannot be.
    Open,
    /// By a digest with this salt, so that what was said can go and the chain still holds.
    Salted([u8; 16]),
    /// It was erased: the digest is left and the salt is not, so that nobody can try out what it may have been.
    Erased {
        /// The digest.
        digest: [u8; 32],
        /// The version of events in which what is left was written.
        version: u16,
    },
}

impl Link {
    /// The next link of a chain that ends with `before`.
    #[must_use]
    pub fn forge(before: &[u8; 32], stored: &Stored, salt: [u8; 16], covers: Option<[u8; 32]>) -> Self {
        let recorded = &stored.recorded;
        let mut link = Self {
            seq: recorded.seq,
            at: recorded.at,
            conversation: recorded.conversation,
            n: recorded.n,
            version: VERSION,
            body: Arc::clone(&stored.body),
            seal: Seal::Salted(salt),
            covers,
            hash: [0; 32],
        };
        link.hash = super::link(before, &link);
        link
    }
}

/// The first key that carries the time of its minting. Those below are derived from what they stand for.
pub(super) const FIRST_TIMED: CommandId = CommandId(1 << 80);

/// A person sent something else than what the AI wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The event that sent it.
    pub seq: Seq,
    /// Where.
    pub conversation: ConversationId,
    /// The entry with the AI's words.
    pub said: EntryNo,
    /// The entry with the person's.
    pub sent: EntryNo,
    /// How far apart.
    pub distance: Distance,
}

/// The log, for its one writer.
pub trait EventLog: Send {
    /// The identity of the log. It changes when the log is restored or found rewound.
    fn identity(&self) -> LogId;

    /// The end of the log.
    fn head(&self) -> Head;

    /// Appends the whole batch in one transaction, or nothing of it. On disk when it returns. With the erasing of a
    /// conversation all that it erases goes, from the events, the index and the saved states.
    ///
    /// # Errors
    /// [`StoreError::OutOfOrder`] unless the events follow on the head without a gap, [`StoreError::Clash`] if a key
    /// or an entry's number was used before, and whatever the disk says.
    fn append(&mut self, batch: &[Entry]) -> Result<Head, StoreError>;

    /// Notes beside the log where it ends, if it did not since the last append. Nobody waits for that: a note that is
    /// behind the log does no harm, and the next one makes up for it.
    fn mark(&mut self) {}

    /// Keeps states. May be lost by a power cut, together with what was saved after it, and is then rebuilt.
    ///
    /// # Errors
    /// [`StoreError::OutOfOrder`] if it claims to be ahead of the log, and whatever the disk says.
    fn save(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// Brings the index forward by `limit` events at most; says by how many. 0: it is current. What an erasing left beside the
    /// file goes too.
    ///
    /// # Errors
    /// Whatever the disk says, or an event that cannot be read.
    fn project(&mut self, limit: usize) -> Result<usize, StoreError>;

    /// Throws away all that can be rebuilt, and rebuilds the index. The saved states are gone afterwards: whoever
    /// folds events replays them from the first, as at any start, and saves again.
    ///
    /// # Errors
    /// Whatever the disk says, or an event that cannot be read.
    fn reindex(&mut self) -> Result<(), StoreError>;

    /// Forgets the keys below `before`; says how many. A key without a time part of its own (a connector derives those
    /// from what it carries) is as old as the event at which it was answered.
    ///
    /// # Errors
    /// Whatever the disk says.
    fn purge_keys(&mut self, before: CommandId) -> Result<usize, StoreError>;

    /// Gives the log another identity, since its past is not what its peers saw.
    ///
    /// # Errors
    /// Whatever the disk says.
    fn renew_identity(&mut self, id: LogId) -> Result<(), StoreError>;

    /// Whether it was looked through for damage when it was opened. If not, a reader should [`check`](LogReader::check) it.
    fn is_checked(&self) -> bool {
        true
    }

    /// A handle for reading, independent of this one; it may go to another thread.
    ///
    /// # Errors
    /// Whatever the disk says.
    fn reader(&self) -> Result<Box<dyn LogReader>, StoreError>;
}

/// The log, for those who read. Each call sees at least what was on disk when it began.
pub trait LogReader: Send {
    /// The identity of the log.
    ///
    /// # Errors
    /// As all of these: whatever the disk says, or an event that cannot be read.
    fn identity(&self) -> Result<LogId, StoreError>;

    /// Reads everything for damage, which may take seconds.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], and whatever else the disk says.
    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Events after `after`, in order.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn events(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>, StoreError>;

    /// Events as they lie in the log, after `after`, in order.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn links(&self, after: Seq, limit: usize) -> Result<Vec<Link>, StoreError>;

    /// Whether all of a conversation can be erased: none of it is older than the version that made erasing possible.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn can_be_erased(&self, conversation: ConversationId) -> Result<bool, StoreError>;

    /// Events of a conversation after an entry, in order.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn conversation(
        &self,
        conversation: ConversationId,
        after: EntryNo,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError>;

    /// The last events of a conversation before an entry, or at all; in order.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn conversation_before(
        &self,
        conversation: ConversationId,
        before: Option<EntryNo>,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError>;

    /// What was answered to a command, with the digest of that command.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn answer(&self, by: TeammateId, id: CommandId) -> Result<Option<(u64, Done)>, StoreError>;

    /// The keys from `since` on, by id, with their answers.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn answers_since(&self, since: CommandId) -> Result<Vec<(Key, Done)>, StoreError>;

    /// The office as it was saved, with the last event in it.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn office(&self) -> Result<Option<(Seq, Office)>, StoreError>;

    /// Up to where every event is contained in the saved states. A start replays what follows; to a conversation
    /// only what is newer than its row.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn floor(&self) -> Result<Seq, StoreError>;

    /// The saved states one after the other, by id.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn for_each_state(&self, which: States, visit: &mut dyn FnMut(Seq, Conversation)) -> Result<(), StoreError>;

    /// One saved state, with the last event in it.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn state(&self, conversation: ConversationId) -> Result<Option<(Seq, Conversation)>, StoreError>;

    /// Saved states of the conversations before `before`, newest first. Those never saved yet are missing.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn states_before(
        &self,
        before: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<(Seq, Conversation)>, StoreError>;

    /// Places where all the words occur, newest first, as far as the index has come. Words from any source: nothing in
    /// them is an operator. No words, nothing found.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn search(&self, words: &str, before: Option<Seq>, limit: usize) -> Result<Vec<Found>, StoreError>;

    /// Annotations after `after`, oldest first, withdrawn and superseded ones too, as far as the index has come.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn annotations(&self, after: Seq, limit: usize) -> Result<Vec<Reviewed>, StoreError>;

    /// What people sent in place of what the AI wrote, after `after`, oldest first, as far as the index has come.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn corrections(&self, after: Seq, limit: usize) -> Result<Vec<Corrected>, StoreError>;

    /// What became of the AI's answers since then, for each topic and each channel, as far as the index has come.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn evidence(&self, since: Timestamp) -> Result<Vec<Evidence>, StoreError>;

    /// Guidance before `before`, newest first, retired pieces too, as far as the index has come.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn guidance(&self, before: Option<GuidanceId>, limit: usize) -> Result<Vec<GuidanceRow>, StoreError>;

    /// The versions of a piece, newest first, with how often each was used.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn guidance_versions(&self, guidance: GuidanceId, limit: usize) -> Result<Vec<(Version, Tally)>, StoreError>;

    /// The answers before `before` that named a piece, newest first, with what people think of each.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn guidance_uses(
        &self,
        guidance: GuidanceId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<(NamedAt, Option<bool>)>, StoreError>;

    /// Turns of AIs that ended, newest first, about one of these topics or, where none is named, about any.
    ///
    /// # Errors
    /// See [`identity`](Self::identity).
    fn past_turns(&self, topics: &[String], limit: usize) -> Result<Vec<Ended>, StoreError>;
}
