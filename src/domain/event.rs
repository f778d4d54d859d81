//! What happened, of the desk and of its conversations. Past tense, complete, kept for years: a fold over these is all there is.

mod recorded;

pub use self::recorded::Recorded;
use super::{
    annotation::Judgement,
    approval::{Ending, Why},
    brief::Brief,
    card::Priority,
    ceiling::Level,
    customer::Customer,
    delivery::Report,
    escalation::Reason,
    guard::Verdict,
    guidance::{GuidanceId, Version},
    holder::{Cause, Holder},
    ids::{Digest, EntryNo, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    reply::DeskReply,
    signals::Signals,
    stop::{Lifting, Stop, StopId},
    task::{self, Task},
    teammate::Role,
    time::Timestamp,
    tool::{Call, Denial, Fate, Offer, Spent, ToolEnding, WhyTool},
    turn::{Answer, Trace},
};
use serde::{Deserialize, Serialize};

/// The version of the events as this program writes them. Older ones are upcast on reading.
pub const VERSION: u16 = 1;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The desk began.
    DeskFounded {
        /// Its name.
        name: String,
    },
    /// The log was restored or rewound: terms continue on a later time line.
    TimelineBegan {
        /// The new time line.
        timeline: u32,
    },
    /// Somebody joined.
    TeammateInvited {
        /// The new teammate.
        teammate: TeammateId,
        /// Its name.
        name: String,
        /// What it may do.
        role: Role,
        /// The hash of its token.
        token: Digest,
    },
    /// Somebody's token was replaced.
    TokenReplaced {
        /// Whose.
        teammate: TeammateId,
        /// The hash of the new one.
        token: Digest,
    },
    /// Somebody was revoked.
    TeammateRevoked {
        /// Who.
        teammate: TeammateId,
    },
    /// A reply is kept for all who write at the desk, or forgotten.
    ReplyKept {
        /// Its name.
        name: String,
        /// The reply; none: it is forgotten.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<Box<DeskReply>>,
    },
    /// The policy was set.
    PolicySet {
        /// All of it.
        policy: Box<Policy>,
    },
    /// A tool is there, or is another one than before.
    ToolOffered {
        /// The tool. Its words are from outside.
        offer: Box<Offer>,
    },
    /// A tool is there no more.
    ToolWithdrawn {
        /// Which.
        tool: String,
    },
    /// A tool moved an amount: counted against the limits.
    AmountMoved {
        /// What, by which tool, for whom.
        spent: Spent,
    },

    /// The mode of a topic, a channel or the desk was set, or the topic or channel was freed.
    DeskModeSet {
        /// Which topic.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
        /// Which channel; with neither it is the desk's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
        /// What it was.
        from: Option<Mode>,
        /// What it is; none: what the next wider setting says.
        mode: Option<Mode>,
        /// What spoke for it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// The AI was stopped.
    Stopped {
        /// Where, until when, why.
        stop: Box<Stop>,
    },
    /// The AI may go on.
    StopLifted {
        /// Which stop ended.
        stop: StopId,
        /// How.
        how: Lifting,
    },
    /// A version of guidance was written. It is staged.
    GuidanceWritten {
        /// Of which piece.
        guidance: GuidanceId,
        /// What was written.
        version: Box<Version>,
    },
    /// What was staged of a piece is followed from here on.
    GuidancePublished {
        /// Which piece.
        guidance: GuidanceId,
        /// Which version.
        version: u16,
    },
    /// A piece is followed no more, and does not come back.
    GuidanceRetired {
        /// Which.
        guidance: GuidanceId,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// A customer came.
    Opened {
        /// By which channel.
        channel: String,
        /// Who.
        customer: Customer,
        /// About what, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
        /// What the connector needs to recognise it again. Only connectors see it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_ref: Option<String>,
        /// Who answers first.
        holder: Holder,
        /// The first term.
        term: Term,
    },
    /// The customer wrote.
    CustomerSaid {
        /// As received.
        text: String,
        /// What the rules saw in it.
        signals: Signals,
    },
    /// A person answered the customer.
    Replied {
        /// What the customer reads.
        text: String,
        /// Under which term.
        term: Term,
    },
    /// An AI answered the customer.
    Answered {
        /// The turn that made it.
        turn: EntryNo,
        /// The answer.
        answer: Box<Answer>,
        /// Under which term.
        term: Term,
        /// The draft it was, if a person approved it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        draft: Option<EntryNo>,
        /// The AI whose words these are, if a person approved them: the event itself is that person's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<TeammateId>,
        /// The version of the checks that all looked and found nothing that stops it; none if a person let it go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checked: Option<u16>,
    },
    /// The customer was told that a human will answer.
    Notified {
        /// What the customer reads.
        text: String,
        /// Under which term.
        term: Term,
    },
    /// A person wrote to the team.
    Noted {
        /// Never leaves the team, and no AI reads it.
        text: String,
    },
    /// A person steered the AI.
    Whispered {
        /// For the next answer only.
        text: String,
    },
    /// A person handed back with a brief.
    Briefed {
        /// What the AI must know.
        brief: Brief,
    },
    /// Somebody else answers now.
    HolderChanged {
        /// Who did.
        from: Holder,
        /// Who does.
        to: Holder,
        /// The new term.
        term: Term,
        /// Why.
        cause: Cause,
    },
    /// An AI began to answer. The entry's number names the turn.
    TurnBegan {
        /// Under which term.
        term: Term,
        /// Up to which entry it has read.
        answers: EntryNo,
        /// The whispers it applies.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        whispers: Vec<EntryNo>,
        /// Whether nothing of it may reach the customer.
        #[serde(default)]
        shadow: bool,
    },
    /// Checks found something: in what a customer wrote just before, or in what an AI would have sent.
    Guarded {
        /// The turn that would have sent it; none for a customer's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<EntryNo>,
        /// What was found.
        verdicts: Vec<Verdict>,
    },
    /// A ceiling is near or reached.
    Spending {
        /// Which, and how near it is.
        level: Level,
    },
    /// A draft waits for a person. The entry's number names the draft.
    DraftProposed {
        /// The turn that made it.
        turn: EntryNo,
        /// What would be sent.
        answer: Box<Answer>,
        /// Under which term.
        term: Term,
        /// When it expires.
        expires_at: Timestamp,
        /// Why it needs a person.
        why: Why,
    },
    /// A draft ended.
    DraftEnded {
        /// Which.
        draft: EntryNo,
        /// How.
        ending: Ending,
    },
    /// The AI would have said this; nobody outside the team sees it.
    ShadowDrafted {
        /// The turn that made it.
        turn: EntryNo,
        /// The answer.
        answer: Box<Answer>,
    },
    /// What the AI was writing was dropped.
    AnswerSuppressed {
        /// The turn.
        turn: EntryNo,
        /// What there was of it.
        text: String,
    },
    /// A turn ended without an answer, to begin anew.
    TurnAbandoned {
        /// The turn.
        turn: EntryNo,
        /// In a few words.
        why: String,
        /// Whether it counts as a failure of the AI.
        failed: bool,
        /// How it came to that, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trace: Option<Box<Trace>>,
    },
    /// A turn ended to wait for a person's word on a tool call.
    TurnWaits {
        /// The turn.
        turn: EntryNo,
        /// The call.
        call: EntryNo,
        /// How it came to that, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trace: Option<Box<Trace>>,
    },
    /// An AI may use a tool, once, in this turn. The entry's number names the call.
    ToolAllowed {
        /// The turn that asked.
        turn: EntryNo,
        /// The call.
        call: Box<Call>,
    },
    /// A tool call waits for a person. The entry's number names the call.
    ToolProposed {
        /// The turn that asked.
        turn: EntryNo,
        /// The call.
        call: Box<Call>,
        /// When it expires.
        expires_at: Timestamp,
        /// Why it needs a person.
        why: WhyTool,
    },
    /// An AI asked for a tool that it may not use so.
    ToolDenied {
        /// The turn that asked.
        turn: EntryNo,
        /// Which tool; from outside.
        tool: String,
        /// The arguments, as far as they are kept; from outside.
        arguments: String,
        /// Why not.
        why: Denial,
    },
    /// The wait of a tool call ended.
    ToolEnded {
        /// Which call.
        call: EntryNo,
        /// How.
        ending: ToolEnding,
    },
    /// A tool call began. From here on it may have happened.
    ToolBegan {
        /// Which call.
        call: EntryNo,
    },
    /// A tool call ran.
    ToolRan {
        /// Which call.
        call: EntryNo,
        /// What became of it.
        fate: Fate,
        /// What the tool said, or what happened. From outside: data, never an instruction.
        result: String,
    },
    /// A human is wanted.
    Escalated {
        /// The turn that asked, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<EntryNo>,
        /// Why.
        reason: Reason,
        /// What it is about.
        summary: String,
        /// How it came to that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trace: Option<Box<Trace>>,
    },
    /// A person gave an AI a bounded job. The entry's number names the task.
    TaskGiven {
        /// To whom.
        to: TeammateId,
        /// What.
        task: Box<Task>,
    },
    /// The AI began it.
    TaskBegan {
        /// Which.
        task: EntryNo,
        /// Under which term.
        term: Term,
    },
    /// A task ended.
    TaskEnded {
        /// Which.
        task: EntryNo,
        /// How, and with what.
        ending: Box<task::Ending>,
    },
    /// Somebody looked at what came of a task.
    TaskSeen {
        /// Which.
        task: EntryNo,
    },
    /// The mode of this conversation was set, or freed.
    ModeSet {
        /// None: what the topic or the desk says.
        mode: Option<Mode>,
    },
    /// The AI was paused here.
    Paused {
        /// Until when.
        until: Timestamp,
    },
    /// The pause is over.
    Unpaused,
    /// Tags changed.
    Tagged {
        /// What came.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        added: Vec<String>,
        /// What went.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed: Vec<String>,
    },
    /// The priority was set.
    PrioritySet {
        /// To what.
        priority: Priority,
    },
    /// It sleeps.
    Snoozed {
        /// Until when.
        until: Timestamp,
    },
    /// It woke.
    Woken,
    /// It is settled.
    Resolved {
        /// Whether by the customer's own word.
        confirmed: bool,
        /// Whether an AI did it.
        by_ai: bool,
    },
    /// It is open again.
    Reopened,
    /// An AI message was judged. The entry's number names the annotation.
    Annotated {
        /// The message.
        message: EntryNo,
        /// The judgement.
        judgement: Judgement,
        /// The reviewer's earlier one, which this replaces.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        supersedes: Option<EntryNo>,
    },
    /// A reviewer took a judgement back.
    AnnotationWithdrawn {
        /// Which.
        annotation: EntryNo,
    },
    /// A connector took a message to deliver it. From here on the customer may see it.
    DeliveryClaimed {
        /// Which.
        message: EntryNo,
    },
    /// A connector told what became of it.
    DeliveryReported {
        /// Which.
        message: EntryNo,
        /// What became of it.
        report: Report,
    },
    /// Messages that will never leave, since the holder changed first.
    DeliveriesVoided {
        /// Which.
        messages: Vec<EntryNo>,
    },
    /// The customer rated.
    Rated {
        /// 1 to 5.
        score: u8,
        /// In the customer's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// Something happened here. What it was is erased; who did it, and when, stays.
    Blank,
    /// The talk was erased: all before this is blank, but for where it came from.
    Erased {
        /// The last term: nothing stands under it.
        term: Term,
    },
    /// An act was undone; the entries just before this one did it.
    Undid {
        /// The entry of the act.
        act: EntryNo,
        /// How many entries just before this one undo it.
        inverse: u8,
    },
}
