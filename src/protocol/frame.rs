//! The frames.

use super::{
    guidance::Trial,
    limits::Limits,
    query::{Page, Query},
};
use crate::domain::{
    card::Card,
    command::Command,
    delivery::Origin,
    desk::Office,
    event::Recorded,
    guidance::{GuidanceId, Version},
    ids::{CommandId, ConversationId, Digest, EntryNo, LogId, PublicNo, Seq, TeammateId, Term},
    refusal::Refusal,
    teammate::Teammate,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Which cards a peer wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of the desk. For people.
    All,
    /// Those that an AI holds or shadows. For AI teammates.
    Mine,
    /// Those that a connector carries. For connectors.
    Carried,
    /// Those with a call of a tool of mine that may run. For who runs tools.
    Ready,
    /// None: the peer only asks.
    #[default]
    None,
}

/// Where a peer was when its line was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Of which log.
    pub log: LogId,
    /// Up to which event its cards are current.
    pub seq: Seq,
}

/// What a peer says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToServer {
    /// The first frame.
    Hello {
        /// The peer's [`VERSION`](super::VERSION).
        version: u16,
        /// Its token.
        token: String,
        /// Which cards it wants.
        #[serde(default)]
        cards: Scope,
        /// Where it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Resume>,
        /// The program, for the server's log: `centaur 0.1.0`.
        #[serde(default)]
        program: String,
    },
    /// Do this. The same id again is answered again, not done again.
    Ask {
        /// The command's key.
        id: CommandId,
        /// The command.
        command: Command,
    },
    /// Show this conversation, and from then on its events.
    Watch {
        /// Which.
        conversation: ConversationId,
        /// The last entry that the peer has; without it, the end of the talk is sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<EntryNo>,
    },
    /// No more of this one.
    Unwatch {
        /// Which.
        conversation: ConversationId,
    },
    /// Read something.
    Query {
        /// The peer's number for the answer.
        id: u32,
        /// What.
        query: Query,
    },
    /// Ephemeral, from an AI: its answer grew.
    DraftGrew {
        /// Where.
        conversation: ConversationId,
        /// The turn.
        turn: EntryNo,
        /// Where `text` begins, in bytes of the answer so far.
        offset: u32,
        /// What came.
        text: String,
    },
    /// Ephemeral: somebody types a message to the other side.
    Typing {
        /// Where.
        conversation: ConversationId,
    },
    /// Ephemeral, from a person: try what is newest of this guidance on past talks. [`Trial`]s come back.
    Try {
        /// The peer's number for what comes back.
        id: u32,
        /// Which piece.
        guidance: GuidanceId,
        /// On so many talks at most.
        talks: u8,
        /// By which AI; the one that answers first, else any that is here, if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ai: Option<TeammateId>,
    },
    /// Ephemeral, from an AI: what came of a trial.
    Tried {
        /// The server's number of the trial.
        ticket: u64,
        /// What.
        trial: Trial,
    },
    /// The answer to a ping.
    Pong,
}

/// What came of an accepted command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The last event it made; the head if it made none.
    pub seq: Seq,
    /// The conversation it was about, or opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The number of its first entry there, or of the change of holder that was asked for; 0 if it made none. Names what
    /// it made: a message, a turn, an annotation, an act that can be undone.
    #[serde(default)]
    pub n: EntryNo,
}

/// A call to be run: nothing but what the tool needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which tool, with its server.
    pub tool: String,
    /// Canonical arguments.
    pub arguments: String,
    /// The definition that the desk knows: another one is not to be called.
    pub definition: Digest,
    /// Binds tool, definition and arguments in this conversation; with the call's number it names this very call.
    pub digest: Digest,
    /// Whether it only reads: if it does not answer nothing was done.
    pub reads: bool,
}

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeCode {
    /// It goes down in order; come back.
    Draining,
    /// The token is unknown or revoked; do not come back with it.
    Unauthorized,
    /// The peer speaks another version of the wire; one side must be upgraded.
    Version,
    /// A frame could not be read, or was not allowed there.
    BadFrame,
    /// A frame was longer than allowed.
    TooLong,
    /// Nothing was taken for too long; come back and resume.
    Slow,
    /// Nothing was heard for too long; come back and resume.
    Silent,
    /// The server failed; come back.
    Internal,
}

impl ByeCode {
    /// Whether coming back with the same token and program may help.
    #[must_use]
    pub fn may_return(self) -> bool {
        matches!(self, Self::Draining | Self::Slow | Self::Silent | Self::Internal)
    }
}

/// Who types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Typist {
    /// The customer.
    Customer,
    /// Somebody of the team.
    Teammate(TeammateId),
}

/// A teammate who is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Who.
    pub teammate: TeammateId,
    /// Which conversations they look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watching: Vec<ConversationId>,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToPeer {
    /// You are in.
    Welcome {
        /// Who you are.
        you: Teammate,
        /// The identity of the log.
        log: LogId,
        /// The head of the log.
        seq: Seq,
        /// The server's time.
        now: Timestamp,
        /// The bounds.
        limits: Limits,
        /// The desk, without tokens.
        office: Box<Office>,
        /// Whether the cards continue where you were; if not, forget the cards you have.
        resumed: bool,
    },
    /// You are out.
    Bye {
        /// Why, for programs.
        code: ByeCode,
        /// Why, for people.
        why: String,
    },
    /// It is done, and on disk.
    Accepted {
        /// The command's key.
        id: CommandId,
        /// What came of it.
        answer: Answer,
    },
    /// It is not done.
    Refused {
        /// The command's key.
        id: CommandId,
        /// Why.
        why: Refusal,
    },
    /// After a take-over: nothing of the AI's is on the wire any more, but what is named here.
    Quiet {
        /// Where.
        conversation: ConversationId,
        /// The term of the take-over.
        term: Term,
        /// Messages that may still arrive. Always empty on our own channels.
        may_still_arrive: Vec<EntryNo>,
    },
    /// Cards that are new or changed. The newest wins.
    Cards {
        /// The cards.
        cards: Vec<Card>,
        /// Conversations that are no longer on the floor.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gone: Vec<ConversationId>,
        /// With this frame the peer has everything up to here; none while more is coming.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        current: Option<Seq>,
    },
    /// The desk changed: teammates or policy.
    Desk {
        /// All of it, without tokens.
        office: Box<Office>,
    },
    /// A conversation that you asked to watch: the end of it, or what followed on `from`.
    Thread {
        /// Which.
        conversation: ConversationId,
        /// Its card.
        card: Box<Card>,
        /// Whether there are entries before the first event here.
        earlier: bool,
        /// Its events, in order.
        events: Vec<Recorded>,
        /// Whether more follow at once.
        #[serde(default)]
        more: bool,
    },
    /// It cannot be watched.
    Unwatchable {
        /// Which.
        conversation: ConversationId,
        /// Why.
        why: Refusal,
    },
    /// What happened in a watched conversation.
    Events {
        /// Which.
        conversation: ConversationId,
        /// In order, following on what was sent before.
        events: Vec<Recorded>,
    },
    /// To a connector whose claim was accepted: this is what to deliver.
    Deliver {
        /// Where.
        conversation: ConversationId,
        /// Which message.
        message: EntryNo,
        /// The term it carries.
        term: Term,
        /// Its number among those that the customer sees.
        public: PublicNo,
        /// Who wrote it.
        origin: Origin,
        /// The name to show.
        from: String,
        /// The text.
        text: String,
        /// When it was written.
        at: Timestamp,
    },
    /// To who runs tools and whose call was let begin: this is what to run, once.
    Run {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: EntryNo,
        /// What, with the arguments that count.
        run: Box<Run>,
    },
    /// The answer to a query.
    Page {
        /// The peer's number.
        id: u32,
        /// What was found.
        page: Page,
    },
    /// Ephemeral: an answer grows. Where `offset` does not follow on what you have, and is not 0, wait for the next.
    DraftGrew {
        /// Where.
        conversation: ConversationId,
        /// The turn.
        turn: EntryNo,
        /// Where `text` begins, in bytes of the answer so far.
        offset: u32,
        /// What came.
        text: String,
    },
    /// Ephemeral: somebody types.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        who: Typist,
    },
    /// Ephemeral: who is here. All of them; the newest wins.
    Presence {
        /// Who.
        present: Vec<Present>,
    },
    /// Ephemeral, to an AI: try this on past talks, and tell what comes of it. Nothing of it may have an effect.
    Try {
        /// The server's number of the trial.
        ticket: u64,
        /// The piece.
        guidance: GuidanceId,
        /// What to try of it.
        version: Box<Version>,
        /// On so many talks at most.
        talks: u8,
    },
    /// Ephemeral: what comes of a trial that you asked for.
    Tried {
        /// The peer's number.
        id: u32,
        /// What.
        trial: Trial,
    },
    /// The head of the log, so that a quiet peer can tell that it is behind.
    Ping {
        /// The head.
        seq: Seq,
        /// The server's time.
        now: Timestamp,
    },
}
