//! One golden file for each frame, command, event, refusal, query and page: what is on the wire and in the log does not
//! change by accident, since older programs must read it.
//!
//! A new variant does not compile until it has an example here, and fails until it has a file. To write the files after
//! a change that is meant: `CENTAUR_WRITE_FRAMES=1 cargo test --test suite frames`, then look at what git shows.
//! Deliberately not here: what frames mean, and when they are sent.

use centaur::{
    cli::token::digest,
    domain::{
        annotation::{Annotation, Failure, Judgement, Verdict},
        approval::{Decision, Ending, Why},
        brief::Brief,
        card::{Card, DraftWaits, LastLine, OnItsWay, Priority, Signs, Speaker, Status, Writing},
        ceiling::{self, Level, Reach, Usage},
        command::Command,
        customer::Customer,
        delivery::{Origin, Report, State},
        desk::Office,
        edit::{Distance, changes},
        escalation::{Escalation, Reason},
        event::{Event, Recorded},
        evidence::{Evidence, Subject},
        guard::{Rule, Stage, Verdict as Found},
        guidance::{Fault, GuidanceId, Instruction, Named, State as GuidanceState, Tally, Version},
        health::Health,
        holder::{Cause, Holder},
        ids::{CommandId, ConversationId, EntryNo, LogId, PublicNo, Seq, TeammateId, Term},
        mode::Mode,
        policy::Policy,
        refusal::Refusal,
        reply::DeskReply,
        signals::Signals,
        stop::{self, Lifting, Stop, StopId, Then},
        task::{Budget, Ending as TaskEnding, Given, Kind, Report as TaskReport, State as TaskState, Task, Work},
        teammate::{Actor, Role, Teammate},
        thread::{Entry, Send, What},
        time::{Span, Timestamp},
        tool::{
            Call, Denial, Fate, Limit, Offer, Offered, Risk, Spent, ToolDecision, ToolEnding, ToolReady, ToolRule,
            ToolWaits, WhyTool,
        },
        turn::{Answer, Grounding, Outcome, Source, Step, Trace},
    },
    protocol::{
        self, ByeCode, Page, Present, Query, Resume, Run, Scope, ToPeer, ToServer, Typist,
        guidance::{Compared, Ended, PastTurn, Piece, Side, Trial, Use, Written},
        limits::Limits,
        query::{Correction, Hit, Judged, Public},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeSet, fmt::Debug, fs, path::PathBuf, sync::Arc};

const C: ConversationId = ConversationId(42);
const TERM: Term = Term(4_294_967_299);
const AI: TeammateId = TeammateId(2);
const MIRA: TeammateId = TeammateId(1);
const AT: Timestamp = Timestamp(1_767_225_600_000);

/// The examples of a type, one for each variant, in the order of the list; the list must be complete.
macro_rules! golden {
    ($name:ident: $type:ident { $($variant:ident $({ $($field:tt)* })?;)* }) => {
        fn $name() -> Vec<$type> {
            // Only for the compiler: a variant that is not listed is an error here.
            let _complete = |it: &$type| match it { $($type::$variant { .. } => {})* };
            vec![$($type::$variant $({ $($field)* })?),*]
        }
    };
}

golden!(to_server: ToServer {
    Hello {
        version: protocol::VERSION,
        token: "cen_example".into(),
        cards: Scope::All,
        resume: Some(Resume { log: LogId(7), seq: Seq(900) }),
        program: "centaur 0.1.0".into(),
    };
    Ask { id: CommandId(11), command: Command::Resolve { conversation: C } };
    Watch { conversation: C, from: Some(EntryNo(17)) };
    Unwatch { conversation: C };
    Query { id: 3, query: Query::Card { conversation: C } };
    DraftGrew { conversation: C, turn: EntryNo(18), offset: 12, text: " is on its way".into() };
    Typing { conversation: C };
    Try { id: 4, guidance: GuidanceId(3), talks: 10, ai: Some(AI) };
    Tried { ticket: 9, trial: Trial::Talk { talk: Box::new(compared()) } };
    Pong;
});

golden!(to_peer: ToPeer {
    Welcome {
        you: mira(),
        log: LogId(7),
        seq: Seq(900),
        now: AT,
        limits: Limits::default(),
        office: Box::new(office()),
        resumed: true,
    };
    Bye { code: ByeCode::Draining, why: "the server goes down in order".into() };
    Accepted {
        id: CommandId(11),
        answer: protocol::Answer { seq: Seq(901), conversation: Some(C), n: EntryNo(19) },
    };
    Refused { id: CommandId(11), why: Refusal::Forbidden };
    Quiet { conversation: C, term: TERM, may_still_arrive: vec![EntryNo(18)] };
    Cards { cards: vec![card()], gone: vec![ConversationId(41)], current: Some(Seq(900)) };
    Desk { office: Box::new(office()) };
    Thread { conversation: C, card: Box::new(card()), earlier: true, events: vec![recorded()], more: true };
    Unwatchable { conversation: C, why: Refusal::NotFound { what: "conversation 42".into() } };
    Events { conversation: C, events: vec![recorded()] };
    Deliver {
        conversation: C,
        message: EntryNo(18),
        term: TERM,
        public: PublicNo(5),
        origin: Origin::Ai,
        from: "Aria".into(),
        text: "Your parcel is on its way.".into(),
        at: AT,
    };
    Run {
        conversation: C,
        call: EntryNo(18),
        run: Box::new(Run {
            tool: call().tool,
            arguments: call().arguments,
            definition: call().definition,
            digest: call().digest,
            reads: false,
        }),
    };
    Page { id: 3, page: Page::Door { external_ref: None, resolved: false } };
    DraftGrew { conversation: C, turn: EntryNo(18), offset: 12, text: " is on its way".into() };
    Typing { conversation: C, who: Typist::Teammate(MIRA) };
    Presence { present: vec![Present { teammate: MIRA, watching: vec![C] }] };
    Try { ticket: 9, guidance: GuidanceId(3), version: Box::new(version()), talks: 10 };
    Tried { id: 4, trial: Trial::Over { looked: 23, tokens: Some((900, 60)) } };
    Ping { seq: Seq(900), now: AT };
});

golden!(queries: Query {
    History { conversation: C, before: Some(EntryNo(17)), limit: 100 };
    Transcript { conversation: C, after: PublicNo(4) };
    Door { conversation: C };
    Cards { before: Some(C), limit: 200 };
    Card { conversation: C };
    Annotations { after: Seq(800), limit: 100 };
    Search { words: "late parcel".into(), before: Some(Seq(900)), limit: 20 };
    Health;
    Log { filter: "by:mira did:take".into(), before: Some(Seq(900)), limit: 100 };
    Corrections { after: Seq(800), limit: 20 };
    Guidance { before: Some(GuidanceId(9)), limit: 50 };
    GuidanceUses { guidance: GuidanceId(3), before: Some(Seq(900)), limit: 50 };
    PastTurns { topics: vec!["refunds".into()], limit: 20 };
    Evidence { days: 30 };
});

golden!(pages: Page {
    History { events: vec![recorded()], earlier: true };
    Transcript { messages: vec![public()], more: false };
    Door { external_ref: Some("visitor-9".into()), resolved: true };
    Cards { cards: vec![card()], earlier: false };
    Annotations { rows: vec![judged()], more: false };
    Search {
        hits: vec![Hit { seq: Seq(899), at: AT, conversation: C, n: EntryNo(17), excerpt: "my parcel is late".into() }],
        earlier: false,
    };
    Health { ais: vec![health()], usage: Usage { spent: ceiling::Spent { calls: 41, ..ceiling::Spent::default() }, levels: vec![level()] } };
    Log { events: vec![recorded()], next: Some(Seq(700)) };
    Corrections { rows: vec![correction()], more: false };
    Guidance { rows: vec![piece()], earlier: true };
    GuidanceUses {
        piece: piece(),
        versions: vec![Written { version: version(), tally: piece().tally }],
        published: Some(1),
        uses: vec![Use {
            seq: Seq(899),
            at: AT,
            conversation: C,
            n: EntryNo(18),
            version: 1,
            good: Some(false),
            excerpt: "Opened bags stay".into(),
        }],
        earlier: true,
    };
    PastTurns { turns: vec![past_turn()] };
    Evidence { since: AT, rows: vec![evidence()] };
    Refused { why: Refusal::NotFound { what: "conversation 42".into() } };
});

golden!(commands: Command {
    TakeOver { conversation: C, term: TERM, reason: Some("asked for me".into()) };
    HandBack { conversation: C, term: TERM, to: Some(AI), brief: brief() };
    Assign { conversation: C, term: TERM, to: Holder::Queue };
    Reply { conversation: C, term: TERM, text: "Hello Jana".into() };
    Note { conversation: C, text: "the carrier called".into() };
    Whisper { conversation: C, text: "be short".into() };
    DecideDraft { conversation: C, draft: EntryNo(18), decision: Decision::Edit { text: "Hello".into() } };
    DecideTool {
        conversation: C,
        call: EntryNo(18),
        digest: call().digest,
        decision: ToolDecision::Edit { arguments: call().arguments },
    };
    Annotate { conversation: C, message: EntryNo(18), judgement: judgement() };
    SetMode { conversation: C, mode: Some(Mode::Draft) };
    Pause { conversation: C, span: Some(Span::minutes(15)) };
    Tag { conversation: C, add: vec!["vip".into()], remove: vec!["late".into()] };
    SetPriority { conversation: C, priority: Priority::Urgent };
    Snooze { conversation: C, until: Some(AT) };
    Resolve { conversation: C };
    Reopen { conversation: C };
    Erase { conversation: C };
    Undo { conversation: C, act: Some(EntryNo(18)) };
    GiveTask { conversation: C, to: Some(AI), task: Box::new(task()) };
    CancelTask { conversation: C, task: EntryNo(18) };
    SeeTask { conversation: C, task: EntryNo(18) };
    BeginTask { conversation: C, task: EntryNo(18) };
    ReportTask { conversation: C, task: EntryNo(18), report: TaskReport::Done { work: work() } };
    SetPolicy { policy: Box::new(policy()) };
    KeepReply { name: "new-parcel".into(), reply: Some(Box::new(desk_reply())) };
    SetDeskMode {
        topic: Some("refunds".into()),
        channel: None,
        mode: Some(Mode::Shadow),
        why: "drafts rejected 8 of 12".into(),
    };
    Stop {
        scope: stop::Scope::Topic { topic: "refunds".into() },
        then: Then::Queue,
        span: Some(Span::minutes(30)),
        reason: "it promises refunds".into(),
    };
    LiftStop { stop: StopId(3), reason: "the page is mended".into() };
    WriteGuidance {
        guidance: Some(GuidanceId(3)),
        instruction: Box::new(version().instruction),
        from: version().from,
    };
    PublishGuidance { guidance: GuidanceId(3), version: 2 };
    RetireGuidance { guidance: GuidanceId(3), why: "the article is mended".into() };
    Invite { name: "lena".into(), role: Role::Agent, token: digest("cen_example") };
    ReplaceToken { teammate: Some(MIRA), token: digest("cen_example") };
    Revoke { teammate: MIRA };
    BeginTurn { conversation: C, term: TERM };
    FinishTurn {
        conversation: C,
        turn: EntryNo(18),
        term: TERM,
        outcome: Outcome::Answer { answer: Box::new(answer()), settled: true },
    };
    AskTool {
        conversation: C,
        turn: EntryNo(16),
        term: TERM,
        tool: "shop.refund.make".into(),
        arguments: call().arguments,
        definition: call().definition,
        words: "I want my money back".into(),
    };
    BeginTool { conversation: C, call: EntryNo(18), term: TERM };
    OfferTool { offer: Box::new(offer()) };
    WithdrawTool { tool: offer().tool };
    FinishTool { conversation: C, call: EntryNo(18), fate: Fate::Unknown, result: "no answer in time".into() };
    OpenConversation {
        channel: "web".into(),
        customer: customer(),
        topic: Some("delivery".into()),
        text: "where is my parcel?".into(),
        external_ref: Some("visitor-9".into()),
    };
    CustomerSaid { conversation: C, text: "hello?".into() };
    ClaimDelivery { conversation: C, message: EntryNo(18), term: TERM };
    ReportDelivery { conversation: C, message: EntryNo(18), report: Report::Failed { why: "no such address".into() } };
    Rate { conversation: C, score: 4, comment: Some("quick".into()) };
    Found { name: "Test desk".into(), admin: "mira".into(), token: digest("cen_example"), policy: Box::new(policy()) };
    BeginTimeline { timeline: 2 };
    Tick { conversation: C };
    EndStops;
    EndSpending { conversation: C };
    Lapse { conversation: C, seen: AT };
    Recover { conversation: C };
});

golden!(events: Event {
    DeskFounded { name: "Test desk".into() };
    TimelineBegan { timeline: 2 };
    TeammateInvited { teammate: MIRA, name: "mira".into(), role: Role::Lead, token: digest("cen_example") };
    TokenReplaced { teammate: MIRA, token: digest("cen_example") };
    TeammateRevoked { teammate: MIRA };
    PolicySet { policy: Box::new(policy()) };
    ReplyKept { name: "new-parcel".into(), reply: Some(Box::new(desk_reply())) };
    DeskModeSet { topic: None, channel: Some("web".into()), from: Some(Mode::Auto), mode: None, why: "as before".into() };
    Stopped { stop: Box::new(standing()) };
    StopLifted { stop: StopId(3), how: Lifting::ByHand { reason: "the page is mended".into() } };
    GuidanceWritten { guidance: GuidanceId(3), version: Box::new(version()) };
    GuidancePublished { guidance: GuidanceId(3), version: 2 };
    GuidanceRetired { guidance: GuidanceId(3), why: "the article is mended".into() };
    Opened {
        channel: "web".into(),
        customer: customer(),
        topic: Some("delivery".into()),
        external_ref: Some("visitor-9".into()),
        holder: Holder::Ai(AI),
        term: TERM,
    };
    CustomerSaid { text: "a person, please!".into(), signals: signals() };
    Replied { text: "Hello Jana".into(), term: TERM };
    Answered {
        turn: EntryNo(16),
        answer: Box::new(answer()),
        term: TERM,
        draft: Some(EntryNo(17)),
        author: Some(AI),
        checked: Some(1),
    };
    Notified { text: "a colleague will answer".into(), term: TERM };
    Noted { text: "the carrier called".into() };
    Whispered { text: "be short".into() };
    Briefed { brief: brief() };
    HolderChanged {
        from: Holder::Ai(AI),
        to: Holder::Human(MIRA),
        term: TERM,
        cause: Cause::TookOver { reason: Some("asked for me".into()) },
    };
    TurnBegan { term: TERM, answers: EntryNo(15), whispers: vec![EntryNo(14)], shadow: true };
    Spending { level: level() };
    Guarded { turn: Some(EntryNo(16)), verdicts: vec![verdict()] };
    DraftProposed {
        turn: EntryNo(16),
        answer: Box::new(answer()),
        term: TERM,
        expires_at: AT,
        why: Why::Guard { rule: Rule::Link },
    };
    DraftEnded { draft: EntryNo(17), ending: Ending::Rejected { reason: "wrong date".into() } };
    ShadowDrafted { turn: EntryNo(16), answer: Box::new(answer()) };
    AnswerSuppressed { turn: EntryNo(16), text: "Of course, let me".into() };
    TurnAbandoned { turn: EntryNo(16), why: "the customer wrote".into(), failed: true, trace: None };
    Escalated {
        turn: Some(EntryNo(16)),
        reason: Reason::AskedForHuman,
        summary: "wants a person".into(),
        trace: Some(Box::new(trace())),
    };
    TaskGiven { to: AI, task: Box::new(task()) };
    TaskBegan { task: EntryNo(18), term: TERM };
    TaskEnded {
        task: EntryNo(18),
        ending: Box::new(TaskEnding::Back { why: "nothing in the knowledge".into(), work: Some(work()) }),
    };
    TaskSeen { task: EntryNo(18) };
    ModeSet { mode: Some(Mode::Off) };
    Paused { until: AT };
    Unpaused;
    Tagged { added: vec!["vip".into()], removed: vec!["late".into()] };
    PrioritySet { priority: Priority::High };
    Snoozed { until: AT };
    Woken;
    Resolved { confirmed: true, by_ai: false };
    Reopened;
    TurnWaits { turn: EntryNo(16), call: EntryNo(18), trace: Some(Box::new(trace())) };
    ToolAllowed { turn: EntryNo(16), call: Box::new(call()) };
    ToolProposed { turn: EntryNo(16), call: Box::new(call()), expires_at: AT, why: WhyTool::Risk };
    ToolDenied {
        turn: EntryNo(16),
        tool: "shop.erase".into(),
        arguments: "{}".into(),
        why: Denial::Arguments { why: "`order` is missing".into() },
    };
    ToolEnded {
        call: EntryNo(18),
        ending: ToolEnding::Edited { arguments: call().arguments, digest: call().digest, amount: Some(4_990) },
    };
    ToolBegan { call: EntryNo(18) };
    ToolRan { call: EntryNo(18), fate: Fate::Done, result: "Refund RF-1 is on its way.".into() };
    AmountMoved { spent: spent() };
    ToolOffered { offer: Box::new(offer()) };
    ToolWithdrawn { tool: offer().tool };
    Annotated { message: EntryNo(18), judgement: judgement(), supersedes: Some(EntryNo(19)) };
    AnnotationWithdrawn { annotation: EntryNo(20) };
    DeliveryClaimed { message: EntryNo(18) };
    DeliveryReported { message: EntryNo(18), report: Report::Delivered };
    DeliveriesVoided { messages: vec![EntryNo(18)] };
    Rated { score: 4, comment: Some("quick".into()) };
    Blank;
    Erased { term: TERM };
    Undid { act: EntryNo(18), inverse: 2 };
});

golden!(refusals: Refusal {
    Forbidden;
    NotFound { what: "conversation 42".into() };
    StaleTerm { conversation: C, holder: Holder::Human(MIRA), term: TERM };
    HeldByOther { conversation: C, holder: MIRA };
    NotHolder { conversation: C, holder: Holder::Ai(AI) };
    ModeForbids { mode: Mode::Off };
    Paused;
    Stopped { stop: StopId(3), scope: stop::Scope::Talk { conversation: C } };
    Ceiling { level: level() };
    TurnUnderWay;
    NothingToAnswer;
    AlreadyEnded { how: "approved".into() };
    LoopGuard;
    Resolved;
    Erased { conversation: C };
    NotYet { why: "#42 cannot be erased yet: it is not resolved. Resolve it first".into() };
    CannotUndo { why: "the customer has read it".into() };
    Invalid { field: "text".into(), why: "it is empty".into() };
    KeyReused;
    ReadOnly { why: "the disk is full".into() };
    Busy;
});

fn mira() -> Teammate {
    Teammate { id: MIRA, name: "mira".into(), role: Role::Lead, revoked: false, token: None }
}

fn office() -> Office {
    let aria = Teammate { id: AI, name: "Aria".into(), role: Role::Ai, revoked: false, token: None };
    Office {
        seq: Seq(12),
        name: "Test desk".into(),
        timeline: 1,
        newest: C,
        teammates: [mira(), aria].into_iter().map(|teammate| (teammate.id, teammate)).collect(),
        policy: Arc::new(policy()),
        replies: std::collections::BTreeMap::default(),
        spent: vec![spent()],
        offers: Arc::new(vec![Offered { by: TeammateId(4), offer: offer() }]),
        stops: vec![standing()],
        last_stop: StopId(3),
        guidance: Arc::default(),
        last_guidance: GuidanceId(0),
        today: Arc::default(),
    }
}

fn health() -> Health {
    Health {
        ai: AI,
        since: AT,
        turns: 40,
        sent: 30,
        drafted: 4,
        guarded: 1,
        handed_off: 3,
        failed: 2,
        suppressed: 1,
        first_word_ms: Some((420, 1_900)),
        tokens: 36_000,
        cost_micros: 90_000,
    }
}

fn level() -> Level {
    Level { reach: Reach::Talk, kind: ceiling::Kind::Tokens, used: 166_000, limit: 200_000 }
}

fn version() -> Version {
    Version {
        version: 2,
        instruction: Instruction {
            title: "opened coffee".into(),
            when: "I opened the bag".into(),
            then: "say: Opened bags stay with you.".into(),
            examples: "Hello Jana, opened bags stay with you.".into(),
            topics: vec!["returns".into()],
        },
        by: MIRA,
        at: AT,
        from: Some(Fault { conversation: C, message: EntryNo(18) }),
    }
}

fn piece() -> Piece {
    Piece {
        id: GuidanceId(3),
        state: GuidanceState::Changed,
        version: 2,
        title: "opened coffee".into(),
        topics: vec!["returns".into()],
        tally: Tally { uses: 12, reviewed: 4, good: 3 },
    }
}

fn past_turn() -> PastTurn {
    PastTurn { conversation: C, n: EntryNo(18), at: AT }
}

fn compared() -> Compared {
    let side = |text: &str| Side {
        ended: Ended::Answer,
        text: text.into(),
        sources: vec!["returns.md § Opened".into()],
        grounding: Grounding(820),
        guidance: vec![Named { guidance: GuidanceId(3), version: 2 }],
        notes: vec!["3 v2 “opened coffee”: said word for word".into()],
    };
    Compared {
        turn: past_turn(),
        customer: "I opened the bag".into(),
        was: "Send it back [1].".into(),
        before: side("Send it back [1]."),
        after: side("Opened bags stay with you. [1]"),
    }
}

fn verdict() -> Found {
    Found { rule: Rule::Link, version: 1, stage: Stage::Out, words: "https://evil.example/pay".into(), offset: 17 }
}

fn standing() -> Stop {
    Stop {
        id: StopId(3),
        scope: stop::Scope::Ai { teammate: AI },
        then: Then::Queue,
        by: MIRA,
        at: AT,
        until: Some(Timestamp(AT.0 + 1_800_000)),
        reason: "it promises refunds".into(),
    }
}

fn desk_reply() -> DeskReply {
    DeskReply { title: "New parcel".into(), text: "Hello {customer}, a new parcel is on its way.".into() }
}

fn policy() -> Policy {
    Policy {
        topics: [("refunds".to_owned(), Mode::Draft)].into(),
        human_topics: ["legal".to_owned()].into(),
        tools: [("shop.refund.make".to_owned(), rule())].into(),
        channels: [("mail".to_owned(), Mode::Auto)].into(),
        ..Policy::default()
    }
}

fn task() -> Task {
    Task {
        facts: "BW-20417 left on Monday".into(),
        may: "send the link".into(),
        may_not: "promise a date".into(),
        budget: Budget { turns: 3, calls: 5, cost_micros: Some(50_000) },
        at: Some(AT),
        back_at: Some(AT),
        back_when: "refund".into(),
        ..Task::of(Kind::FollowUp, "ask whether it came")
    }
}

fn work() -> Box<Work> {
    let questions = vec!["When does it come?".into()];
    Box::new(Work { answer: Box::new(answer()), summary: "Wants the parcel.".into(), questions })
}

fn correction() -> Correction {
    let (before, after) = ("It comes on Tuesday.", "It comes on Monday.");
    Correction {
        seq: Seq(899),
        at: AT,
        conversation: C,
        said: EntryNo(17),
        sent: EntryNo(18),
        by: "mira".into(),
        before: before.into(),
        after: after.into(),
        distance: Distance::between(before, after),
        changes: changes(before, after),
    }
}

fn evidence() -> Evidence {
    Evidence {
        approved: 18,
        edited: 2,
        apart: 900,
        reviewed: 4,
        good: 4,
        ..Evidence::of(Subject::Channel("web".into()))
    }
}

fn customer() -> Customer {
    Customer { name: "Jana Novak".into(), email: Some("jana@example.org".into()), locale: Some("cs".into()) }
}

fn brief() -> Brief {
    Brief {
        done: "new parcel".into(),
        promised: "by Tuesday".into(),
        open: "the old one".into(),
        may: "send the link".into(),
        back_when: "not arrived".into(),
    }
}

fn judgement() -> Judgement {
    Judgement {
        verdict: Verdict::Bad,
        failures: vec![Failure::WrongFact, Failure::Tone],
        corrected: Some("At the depot.".into()),
        note: Some("see the carrier's page".into()),
    }
}

fn trace() -> Trace {
    Trace {
        model: "offline".into(),
        config: "k1".into(),
        steps: vec![Step { name: "search".into(), detail: "parcel late".into(), ms: 12 }],
        guidance: Vec::new(),
        first_word_ms: 250,
        total_ms: 1_800,
        tokens: Some((900, 60)),
        cost_micros: Some(120),
    }
}

fn answer() -> Answer {
    Answer {
        text: "It is with a neighbour [1].".into(),
        sources: vec![Source {
            number: 1,
            document: "delivery.md".into(),
            heading: "Neighbours".into(),
            passage: "A parcel may be left with a neighbour.".into(),
        }],
        grounding: Grounding(820),
        trace: trace(),
    }
}

fn signals() -> Signals {
    Signals { asks_human: true, money: true, anger: 1, repeats: true, hidden: true, settled: false }
}

fn card() -> Card {
    Card {
        id: C,
        seq: Seq(899),
        n: EntryNo(18),
        opened_at: AT,
        channel: "web".into(),
        connector: TeammateId(3),
        customer: customer(),
        topic: Some("delivery".into()),
        holder: Holder::Ai(AI),
        term: TERM,
        held_since: AT,
        mode: Mode::Draft,
        own_mode: Some(Mode::Draft),
        paused_until: Some(AT).into(),
        status: Status::Snoozed { until: AT },
        priority: Priority::High,
        tags: vec!["vip".into()].into(),
        escalation: Some(Box::new(Escalation { reason: Reason::Repeats, summary: "asked thrice".into(), at: AT })),
        draft: Some(DraftWaits { draft: EntryNo(17), expires_at: AT, why: Why::LowGrounding }).into(),
        tool: Some(Box::new(ToolWaits {
            call: EntryNo(18),
            tool: call().tool,
            digest: call().digest,
            arguments: call().arguments,
            amount: call().amount,
            expires_at: Some(AT),
            under_way: false,
            answers: EntryNo(15),
        })),
        ready: vec![ToolReady { call: EntryNo(18), tool: call().tool }].into(),
        writing: Some(Writing { turn: EntryNo(16), by: AI, since: AT }).into(),
        waiting_since: Some(AT),
        asked: EntryNo(15),
        signs: Signs {
            asked_human: true,
            repeats: 2,
            money: true,
            anger: 1,
            hidden: true,
            grounding: Some(Grounding(410)),
            reopened: true,
            hand_offs: 1,
            rating: Some(2),
            undelivered: 1,
        },
        last: Some(LastLine { at: AT, speaker: Speaker::Customer, text: "hello?".into() }),
        tasks: vec![Given {
            turns: 1,
            calls: 2,
            cost_micros: 120,
            ..Given::new(EntryNo(12), MIRA, AI, &task(), TaskState::Runs { since: AT, term: TERM })
        }]
        .into(),
        on_its_way: vec![OnItsWay { message: EntryNo(18), term: TERM, origin: Origin::Ai, state: State::Claimed }]
            .into(),
    }
}

fn call() -> Call {
    Call {
        tool: "shop.refund.make".into(),
        arguments: r#"{"amount":49.9,"order":"BW-20417"}"#.into(),
        digest: digest("call"),
        definition: digest("definition"),
        risk: Risk::R2,
        amount: Some(4_990),
        words: "I want my money back".into(),
        term: TERM,
    }
}

fn offer() -> Offer {
    Offer::new("shop", "refund.make", "Pays money back.", serde_json::json!({ "type": "object" }))
}

fn rule() -> ToolRule {
    let amount = Limit { argument: "amount".into(), per_call: Some(10_000), ..Limit::default() };
    ToolRule {
        risk: Risk::R2,
        topics: ["refunds".to_owned()].into(),
        amount: Some(amount),
        pin: Some(digest("definition")),
        schema: serde_json::json!({ "type": "object" }),
    }
}

fn spent() -> Spent {
    Spent { tool: "shop.refund.make".into(), customer: digest("jana"), day: 20_780, amount: 4_990 }
}

fn recorded() -> Recorded {
    Recorded {
        seq: Seq(899),
        at: AT,
        by: Actor::Teammate(MIRA),
        conversation: Some(C),
        n: EntryNo(18),
        event: Event::Noted { text: "the carrier called".into() },
    }
}

fn public() -> Public {
    Public { n: PublicNo(4), at: AT, speaker: Speaker::Ai, name: "Aria".into(), text: "It is on its way.".into() }
}

fn judged() -> Judged {
    let annotation = Annotation {
        n: EntryNo(19),
        message: EntryNo(18),
        reviewer: MIRA,
        judgement: judgement(),
        supersedes: None,
        withdrawn: false,
    };
    let send = Send { state: State::Delivered, public: Some(PublicNo(4)) };
    Judged {
        seq: Seq(899),
        at: AT,
        conversation: C,
        annotation: annotation.clone(),
        superseded: false,
        reviewer: "mira".into(),
        entry: Entry {
            n: EntryNo(18),
            at: AT,
            by: Actor::Teammate(AI),
            what: What::Answer { answer: Box::new(answer()), send, draft: None, approved: None, checked: Some(1) },
            annotations: vec![annotation],
        },
        context: vec![public()],
    }
}

/// Compares a folder with the examples of its type; `tag` is the field that names the variant.
fn hold<T: Serialize + DeserializeOwned + PartialEq + Debug>(folder: &str, tag: &str, examples: &[T]) {
    let place = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/frames").join(folder);
    let write = std::env::var_os("CENTAUR_WRITE_FRAMES").is_some();
    if write {
        fs::create_dir_all(&place).unwrap();
    }
    let mut names = BTreeSet::new();
    for example in examples {
        let value = serde_json::to_value(example).unwrap();
        let name = format!("{}.json", value[tag].as_str().unwrap());
        let text = format!("{}\n", serde_json::to_string_pretty(example).unwrap());
        let file = place.join(&name);
        if write {
            fs::write(&file, &text).unwrap();
        }
        let golden = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(protocol::decode::<T>(&golden).as_ref(), Ok(example), "{folder}/{name}");
        assert_eq!(golden, text, "{folder}/{name}");
        assert_eq!(protocol::decode::<T>(&protocol::encode(example)).as_ref(), Ok(example), "{folder}/{name}");

        // A later program may say more.
        let mut more = value;
        more["said_by_a_later_program"] = serde_json::json!({ "deep": [1, 2] });
        assert_eq!(protocol::decode::<T>(&more.to_string()).as_ref(), Ok(example), "{folder}/{name}");
        // What it says instead is not guessed at.
        more[tag] = serde_json::json!("of_a_later_program");
        let error = protocol::decode::<T>(&more.to_string()).unwrap_err().to_string();
        assert!(error.starts_with("not a frame: unknown variant `of_a_later_program`"), "{error}");
        assert!(names.insert(name), "{folder}: two variants have one name");
    }
    let found: BTreeSet<String> =
        fs::read_dir(&place).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, names, "{folder}: each file has a variant");
}

#[test]
fn what_peers_say_is_written_as_ever() {
    hold("to_server", "type", &to_server());
    hold("queries", "type", &queries());
    hold("commands", "type", &commands());
}

#[test]
fn what_the_server_says_is_written_as_ever() {
    hold("to_peer", "type", &to_peer());
    hold("pages", "type", &pages());
    hold("refusals", "code", &refusals());
}

#[test]
fn what_is_kept_for_years_is_written_as_ever() {
    hold("events", "type", &events());
}
