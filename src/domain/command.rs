//! What may be asked for. Imperative, each with the term that the asker knows where that matters.

mod about;

use super::{
    annotation::Judgement,
    approval::Decision,
    brief::Brief,
    card::Priority,
    customer::Customer,
    delivery::Report,
    guidance::{Fault, GuidanceId, Instruction},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    reply::DeskReply,
    stop::{Scope, StopId, Then},
    task::{self, Task},
    teammate::Role,
    time::{Span, Timestamp},
    tool::{Fate, Offer, ToolDecision},
    turn::Outcome,
};
use serde::{Deserialize, Serialize};

/// The longest text of a message, note, whisper, reason or correction, in bytes.
pub const LONGEST_TEXT: usize = 16 * 1024;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    // People: the holder.
    /// Answer this customer myself, at once.
    TakeOver {
        /// Which conversation.
        conversation: ConversationId,
        /// The term that the asker sees; another one means that somebody was faster.
        term: Term,
        /// Why, for the transcript.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Let an AI carry on, with a brief.
    HandBack {
        /// Which conversation.
        conversation: ConversationId,
        /// The term under which the asker holds it.
        term: Term,
        /// To which AI; the desk's first if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<TeammateId>,
        /// What it must know.
        brief: Brief,
    },
    /// Let somebody else answer.
    Assign {
        /// Which conversation.
        conversation: ConversationId,
        /// The term that the asker sees.
        term: Term,
        /// Who.
        to: Holder,
    },

    // People: words.
    /// Answer the customer.
    Reply {
        /// Which conversation.
        conversation: ConversationId,
        /// The term under which the asker holds it.
        term: Term,
        /// What the customer reads.
        text: String,
    },
    /// Write to the team.
    Note {
        /// Which conversation.
        conversation: ConversationId,
        /// What.
        text: String,
    },
    /// Steer the AI's next answer.
    Whisper {
        /// Which conversation.
        conversation: ConversationId,
        /// How.
        text: String,
    },
    /// Decide on a draft.
    DecideDraft {
        /// Which conversation.
        conversation: ConversationId,
        /// Which draft.
        draft: EntryNo,
        /// What.
        decision: Decision,
    },
    /// Decide on a tool call of the AI.
    DecideTool {
        /// Which conversation.
        conversation: ConversationId,
        /// Which call.
        call: EntryNo,
        /// The digest of what was read: other arguments are not decided on.
        digest: Digest,
        /// What.
        decision: ToolDecision,
    },
    /// Judge an AI message. An earlier judgement of the same reviewer is superseded.
    Annotate {
        /// Which conversation.
        conversation: ConversationId,
        /// Which message.
        message: EntryNo,
        /// The judgement.
        judgement: Judgement,
    },

    // People: the state of things.
    /// Set the mode of a conversation, or free it.
    SetMode {
        /// Which conversation.
        conversation: ConversationId,
        /// None: what the topic or the desk says.
        mode: Option<Mode>,
    },
    /// Pause the AI here for a while, or end the pause.
    Pause {
        /// Which conversation.
        conversation: ConversationId,
        /// For how long; nothing ends the pause.
        span: Option<Span>,
    },
    /// Add and remove tags.
    Tag {
        /// Which conversation.
        conversation: ConversationId,
        /// Tags to add.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add: Vec<String>,
        /// Tags to remove.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove: Vec<String>,
    },
    /// Set the priority.
    SetPriority {
        /// Which conversation.
        conversation: ConversationId,
        /// To what.
        priority: Priority,
    },
    /// Let it sleep, or wake it.
    Snooze {
        /// Which conversation.
        conversation: ConversationId,
        /// Until when; nothing wakes it.
        until: Option<Timestamp>,
    },
    /// It is settled.
    Resolve {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// It is not settled.
    Reopen {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// Erase what was said here and who the customer is, in the log too. There is no way back.
    Erase {
        /// Which conversation; it must be resolved.
        conversation: ConversationId,
    },
    /// Undo an act of one's own.
    Undo {
        /// Which conversation.
        conversation: ConversationId,
        /// The entry of the act; the asker's last one that can be undone if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        act: Option<EntryNo>,
    },

    // Tasks.
    /// Give an AI a bounded job.
    GiveTask {
        /// Which conversation.
        conversation: ConversationId,
        /// To which AI; who holds it, or the desk's first, if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<TeammateId>,
        /// What.
        task: Box<Task>,
    },
    /// End a task that is not done.
    CancelTask {
        /// Which conversation.
        conversation: ConversationId,
        /// Which task.
        task: EntryNo,
    },
    /// Say that one has looked at what came of a task.
    SeeTask {
        /// Which conversation.
        conversation: ConversationId,
        /// Which task.
        task: EntryNo,
    },

    // The desk.
    /// Set the policy.
    SetPolicy {
        /// All of it.
        policy: Box<Policy>,
    },
    /// Keep a reply for all who write at the desk, in place of the one of that name, or forget it.
    KeepReply {
        /// Its name, as in `new-parcel`.
        name: String,
        /// The reply; none: it is forgotten.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<Box<DeskReply>>,
    },
    /// Set the mode of a topic, of a channel, or of the desk.
    SetDeskMode {
        /// Which topic; the channel or the whole desk if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
        /// Which channel; not together with a topic.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
        /// None: frees the topic or channel.
        mode: Option<Mode>,
        /// What speaks for it, for the log; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// Let somebody join.
    Invite {
        /// By what name.
        name: String,
        /// As what.
        role: Role,
        /// The hash of the token.
        token: Digest,
    },
    /// Replace a token: one's own, or another's by who governs.
    ReplaceToken {
        /// Whose; one's own if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        teammate: Option<TeammateId>,
        /// The hash of the new one.
        token: Digest,
    },
    /// Show somebody the door.
    Revoke {
        /// Whom.
        teammate: TeammateId,
    },

    /// Stop the AI.
    Stop {
        /// Where.
        scope: Scope,
        /// What becomes of the talks there.
        #[serde(default)]
        then: Then,
        /// For how long; until it is lifted if no time is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        span: Option<Span>,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Let the AI go on.
    LiftStop {
        /// Which stop.
        stop: StopId,
        /// Why that is right now.
        reason: String,
    },

    // Guidance.
    /// Write guidance: a new piece, or a new version of one. It is staged: no AI follows it yet.
    WriteGuidance {
        /// Which piece; a new one if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        guidance: Option<GuidanceId>,
        /// What it says.
        instruction: Box<Instruction>,
        /// The AI message that it is made from, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Fault>,
    },
    /// Let every AI follow it from now on.
    PublishGuidance {
        /// Which piece.
        guidance: GuidanceId,
        /// The version that the asker has read; another one means that somebody wrote since.
        version: u16,
    },
    /// Let no AI follow it any more. It does not come back.
    RetireGuidance {
        /// Which piece.
        guidance: GuidanceId,
        /// Why; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },

    // AI teammates.
    /// Begin to answer. Exactly one is accepted.
    BeginTurn {
        /// Which conversation.
        conversation: ConversationId,
        /// The term that the AI sees.
        term: Term,
    },
    /// End the turn.
    FinishTurn {
        /// Which conversation.
        conversation: ConversationId,
        /// Which turn.
        turn: EntryNo,
        /// The term under which it began.
        term: Term,
        /// How.
        outcome: Outcome,
    },
    /// Ask for a tool, within a turn. What comes of it (allowed, proposed, denied) is an entry of the conversation.
    AskTool {
        /// Which conversation.
        conversation: ConversationId,
        /// Which turn.
        turn: EntryNo,
        /// The term under which it began.
        term: Term,
        /// Which tool, as in `shop.refund.make`.
        tool: String,
        /// Its arguments: a JSON object, 16 KiB at most.
        arguments: String,
        /// The digest of the tool's definition, as the AI has read it.
        definition: Digest,
        /// The words that led to it, 2000 bytes at most.
        words: String,
    },
    /// Run a call, now and once. The fence: whatever stood against it stops it here. Only by who offers the tool.
    BeginTool {
        /// Which conversation.
        conversation: ConversationId,
        /// Which call.
        call: EntryNo,
        /// The term of the card.
        term: Term,
    },
    /// Tell what became of a call that was begun.
    FinishTool {
        /// Which conversation.
        conversation: ConversationId,
        /// Which call.
        call: EntryNo,
        /// What became of it.
        fate: Fate,
        /// What the tool said, or what happened; 16 KiB at most. From outside.
        result: String,
    },
    /// Say what a tool is, so that it may be asked for.
    OfferTool {
        /// The tool.
        offer: Box<Offer>,
    },
    /// Say that there is such a tool no more.
    WithdrawTool {
        /// Which.
        tool: String,
    },
    /// Begin a task. Exactly one is accepted.
    BeginTask {
        /// Which conversation.
        conversation: ConversationId,
        /// Which task.
        task: EntryNo,
    },
    /// End a task, with what came of it.
    ReportTask {
        /// Which conversation.
        conversation: ConversationId,
        /// Which task.
        task: EntryNo,
        /// What.
        report: task::Report,
    },

    // Connectors.
    /// A customer came.
    OpenConversation {
        /// By which channel.
        channel: String,
        /// Who.
        customer: Customer,
        /// About what, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
        /// The first message.
        text: String,
        /// What the connector needs to recognise it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_ref: Option<String>,
    },
    /// The customer wrote.
    CustomerSaid {
        /// Which conversation.
        conversation: ConversationId,
        /// What.
        text: String,
    },
    /// Take a message to deliver it.
    ClaimDelivery {
        /// Which conversation.
        conversation: ConversationId,
        /// Which message.
        message: EntryNo,
        /// The term that the message carries.
        term: Term,
    },
    /// Tell what became of a claimed message.
    ReportDelivery {
        /// Which conversation.
        conversation: ConversationId,
        /// Which message.
        message: EntryNo,
        /// What became of it.
        report: Report,
    },
    /// The customer rated.
    Rate {
        /// Which conversation.
        conversation: ConversationId,
        /// 1 to 5.
        score: u8,
        /// In the customer's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },

    // The desk itself; refused from any peer.
    /// Found the desk, with its first admin and its policy.
    Found {
        /// The desk's name.
        name: String,
        /// The first admin's name.
        admin: String,
        /// The hash of the first admin's token.
        token: Digest,
        /// The policy.
        policy: Box<Policy>,
    },
    /// Continue on a later time line, since the log was restored or rewound.
    BeginTimeline {
        /// At least this one.
        timeline: u32,
    },
    /// Do what has become due: end a pause or a snooze, expire a draft, abandon a turn.
    Tick {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// End the stops whose time is over.
    EndStops,
    /// The AI has used what it may here: people answer who waits.
    EndSpending {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// The holder was last seen then.
    Lapse {
        /// Which conversation.
        conversation: ConversationId,
        /// When the holder was last seen.
        seen: Timestamp,
    },
    /// After a restart: what was claimed and not reported has an unknown fate, unless the channel is our own.
    Recover {
        /// Which conversation.
        conversation: ConversationId,
    },
}
