//! From a step's bytes to a command that mostly makes sense now, and often enough does not.

use super::world::{
    ADMIN, AI, AI_TWO, ANA, BEN, LEAD, MAIL, PRIORITIES, REVIEWER, Step, VIEWER, WEB, World, answer, asks_for_human,
    bad, brief, decision, good, open, report, row_in,
};
use crate::domain::{
    command::Command,
    conversation::Conversation,
    delivery::State,
    guidance::{GuidanceId, Instruction},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    reply::DeskReply,
    stop::{Scope, StopId, Then},
    task::{Budget, Given, Kind, Report, State as Stage, Task, Work},
    teammate::{Actor, Role},
    time::{Span, Timestamp},
    turn::{Outcome, Trace},
};

const EVERYBODY: [TeammateId; 10] = [ADMIN, LEAD, ANA, BEN, REVIEWER, VIEWER, AI, AI_TWO, WEB, MAIL];
const TEXTS: [&str; 8] = [
    "Where is my parcel? It says delivered.",
    "where is my parcel, it says DELIVERED",
    "I want to talk to a human!",
    "ok",
    "Refund my money, this is ridiculous!!!",
    "thanks that solved it",
    "转人工",
    "a\u{202e}b",
];

/// Who asks for what.
pub(super) fn read(world: &World, step: Step) -> (Actor, Command) {
    let count = world.desk.conversations.len();
    if count == 0 && !step.what.is_multiple_of(16) {
        return (Actor::Teammate(if step.b.is_multiple_of(3) { MAIL } else { WEB }), opens(step));
    }
    let id = match step.which {
        0..248 => ConversationId(1 + u64::from(step.which) % (count.max(1) as u64)),
        _ => ConversationId(u64::from(step.which)),
    };
    let Some(it) = world.desk.conversation(id) else {
        return (someone(step), blind(id, step));
    };
    let (by, command) = about(world, id, it, step);
    // One in sixteen is asked by just anybody.
    if step.fault >= 240 { (someone(step), command) } else { (by, command) }
}

fn someone(step: Step) -> Actor {
    if step.who >= 250 { Actor::Desk } else { Actor::Teammate(EVERYBODY[usize::from(step.who) % EVERYBODY.len()]) }
}

fn person(step: Step) -> Actor {
    Actor::Teammate([ANA, BEN, LEAD, ADMIN, ANA, BEN][usize::from(step.who) % 6])
}

fn opens(step: Step) -> Command {
    let channel = if step.b.is_multiple_of(3) { "mail" } else { "web" };
    let topic = [None, Some("shipping"), Some("legal"), None, Some("shipping")][usize::from(step.a) % 5];
    open(channel, topic, TEXTS[usize::from(step.b) % TEXTS.len()])
}

/// Something about a conversation that is not there.
fn blind(id: ConversationId, step: Step) -> Command {
    match step.what % 6 {
        0 => Command::TakeOver { conversation: id, term: Term(1), reason: None },
        1 => Command::CustomerSaid { conversation: id, text: "hello".into() },
        2 => Command::BeginTurn { conversation: id, term: Term(1) },
        3 => Command::Tick { conversation: id },
        4 => Command::Undo { conversation: id, act: None },
        _ => Command::Note { conversation: id, text: "lost".into() },
    }
}

/// The present term; in one of five steps another one.
fn term(world: &World, id: ConversationId, step: Step) -> Term {
    let now = world.term(id);
    match step.fault {
        0..192 | 232.. => now,
        192..224 => {
            let all = world.terms.get(&id).map(Vec::as_slice).unwrap_or_default();
            all.get(usize::from(step.fault) % all.len().max(1)).copied().unwrap_or(now)
        }
        224..228 => Term(now.0 + 1),
        _ => Term(0),
    }
}

/// The entry that fits; in one of ten steps another one.
fn entry(fits: Option<EntryNo>, it: &Conversation, step: Step) -> EntryNo {
    match fits {
        Some(n) if step.fault % 10 != 9 => n,
        _ => EntryNo(u32::from(step.b) % (it.card.n.0 + 3)),
    }
}

/// Tasks: given, begun, reported, cancelled, looked at.
fn tasks(world: &World, conversation: ConversationId, it: &Conversation, step: Step) -> (Actor, Command) {
    let tasks = &it.card.tasks;
    let pick = |which: &dyn Fn(&Given) -> bool| {
        let fitting: Vec<&Given> = tasks.iter().filter(|given| which(given)).collect();
        fitting.get(usize::from(step.a) % fitting.len().max(1)).map(|given| (given.task, given.to, given.by))
    };
    let or_other = |found: Option<EntryNo>| entry(found, it, step);
    match step.what % 148 {
        128..134 => {
            let kind = Kind::ALL[usize::from(step.b) % 6];
            let at = (kind == Kind::FollowUp).then(|| world.now.plus(Span::seconds(30)));
            let back_at = step.a.is_multiple_of(4).then(|| world.now.plus(Span::minutes(16)));
            let budget = Budget { turns: 1 + u16::from(step.a % 3), ..Budget::default() };
            let task = Task { budget, at, back_at, ..Task::of(kind, "find the parcel") };
            let by = match it.card.holder {
                Holder::Human(who) if step.who < 200 => Actor::Teammate(who),
                _ => person(step),
            };
            (by, Command::GiveTask { conversation, to: None, task: Box::new(task) })
        }
        134..140 => {
            let found = pick(&|given| given.state == Stage::Waits);
            let by = Actor::Teammate(found.map_or(AI, |(_, to, _)| to));
            (by, Command::BeginTask { conversation, task: or_other(found.map(|it| it.0)) })
        }
        140..144 => {
            let found = pick(&|given| matches!(given.state, Stage::Runs { .. }) && given.kind != Kind::Handle);
            let by = Actor::Teammate(found.map_or(AI, |(_, to, _)| to));
            let work = || {
                let answer = Box::new(super::world::the_answer("It comes tomorrow.", 900));
                Box::new(Work { answer, summary: "late".into(), questions: Vec::new() })
            };
            let report = match step.b % 4 {
                0 | 1 => Report::Done { work: work() },
                2 => Report::Blocked { why: "nothing known".into(), work: Some(work()) },
                _ => Report::Failed { why: "slow".into(), trace: Trace::default() },
            };
            (by, Command::ReportTask { conversation, task: or_other(found.map(|it| it.0)), report })
        }
        144 | 145 => {
            let found = pick(&Given::is_open);
            let by = found.map_or(person(step), |(_, _, by)| Actor::Teammate(by));
            (by, Command::CancelTask { conversation, task: or_other(found.map(|it| it.0)) })
        }
        _ => {
            let found = pick(&|given| !given.is_open());
            let by = found.map_or(person(step), |(_, _, by)| Actor::Teammate(by));
            (by, Command::SeeTask { conversation, task: or_other(found.map(|it| it.0)) })
        }
    }
}

#[allow(clippy::too_many_lines, reason = "one arm for each command")]
fn about(world: &World, id: ConversationId, it: &Conversation, step: Step) -> (Actor, Command) {
    let conversation = id;
    let term = term(world, id, step);
    let holding = match it.card.holder {
        Holder::Human(who) if step.who < 200 => Actor::Teammate(who),
        _ => person(step),
    };
    let ai = match (it.card.holder, &it.turn) {
        (_, Some(open)) if step.who < 220 => Actor::Teammate(open.by),
        (Holder::Ai(who), _) if step.who < 220 => Actor::Teammate(who),
        _ => Actor::Teammate(if step.who.is_multiple_of(4) { AI_TWO } else { AI }),
    };
    let connector = Actor::Teammate(it.card.connector);
    let text = TEXTS[usize::from(step.b) % TEXTS.len()];
    match step.what % 178 {
        0..3 => (
            Actor::Teammate(if step.b.is_multiple_of(3) { MAIL } else { WEB }),
            if world.desk.conversations.len() < 3 {
                opens(step)
            } else {
                Command::CustomerSaid { conversation, text: text.into() }
            },
        ),
        3..14 => (connector, Command::CustomerSaid { conversation, text: text.into() }),
        14..27 => (ai, Command::BeginTurn { conversation, term }),
        27..45 => {
            let turn = entry(it.turn.as_ref().map(|open| open.turn), it, step);
            (ai, Command::FinishTurn { conversation, turn, term, outcome: outcome(step) })
        }
        45..54 => {
            let pending = row_in(it, State::Pending, step.a);
            let any = row_in(it, [State::Claimed, State::Unknown, State::Sent][usize::from(step.b) % 3], step.a);
            let (message, carries) = if step.fault % 8 == 7 { any } else { pending }.unwrap_or((it.card.n, term));
            let carries = if step.fault >= 192 { term } else { carries };
            (connector, Command::ClaimDelivery { conversation, message: entry(Some(message), it, step), term: carries })
        }
        54..62 => {
            let state = [State::Claimed, State::Claimed, State::Unknown, State::Sent][usize::from(step.a) % 4];
            let message = row_in(it, state, step.a).map(|(message, _)| message);
            let message = entry(message, it, step);
            (connector, Command::ReportDelivery { conversation, message, report: report(step.b) })
        }
        62..70 => {
            let reason = step.a.is_multiple_of(2).then(|| "angry".to_owned());
            (person(step), Command::TakeOver { conversation, term, reason })
        }
        70..76 => (holding, Command::HandBack { conversation, term, to: named(step), brief: brief() }),
        76..79 => (holding, Command::Assign { conversation, term, to: anyone(step) }),
        79..86 => (holding, Command::Reply { conversation, term, text: text.into() }),
        86 => (someone(step), Command::Note { conversation, text: text.into() }),
        87..89 => (person(step), Command::Whisper { conversation, text: "be kind".into() }),
        89..96 => {
            let draft = entry(it.draft.as_ref().map(|waiting| waiting.draft), it, step);
            (person(step), Command::DecideDraft { conversation, draft, decision: decision(step.a) })
        }
        96..100 => {
            let message = it.judgeable.get(usize::from(step.a) % it.judgeable.len().max(1)).copied();
            let by = Actor::Teammate([REVIEWER, ANA, REVIEWER, LEAD][usize::from(step.who) % 4]);
            let judgement = if step.b.is_multiple_of(2) { good() } else { bad() };
            (by, Command::Annotate { conversation, message: entry(message, it, step), judgement })
        }
        100..103 => {
            let mode = [None, Some(Mode::Auto), Some(Mode::Draft), Some(Mode::Shadow), Some(Mode::Off), None];
            (person(step), Command::SetMode { conversation, mode: mode[usize::from(step.a) % 6] })
        }
        103..105 => {
            let span = [None, Some(Span::minutes(15)), Some(Span::seconds(30)), Some(Span::hours(9))];
            (person(step), Command::Pause { conversation, span: span[usize::from(step.a) % 4] })
        }
        105..107 => {
            let tag = |n: u8| format!("tag-{}", n % 5);
            let remove = if step.b.is_multiple_of(2) { vec![tag(step.b)] } else { Vec::new() };
            (person(step), Command::Tag { conversation, add: vec![tag(step.a)], remove })
        }
        107..109 => {
            (person(step), Command::SetPriority { conversation, priority: PRIORITIES[usize::from(step.a) % 4] })
        }
        109 => {
            let until = (!step.a.is_multiple_of(4)).then(|| world.now.plus(Span::minutes(u64::from(step.a))));
            (holding, Command::Snooze { conversation, until })
        }
        110..112 => (holding, Command::Resolve { conversation }),
        112..114 => (person(step), Command::Reopen { conversation }),
        128..148 => tasks(world, id, it, step),
        114..119 => {
            let mine = it.undo.get(usize::from(step.a) % it.undo.len().max(1));
            let act = mine.filter(|_| step.b.is_multiple_of(3)).map(|one| one.act);
            let by = it.undo.last().filter(|_| step.who < 200).map(|one| one.by).or(mine.map(|one| one.by));
            (by.map_or(person(step), Actor::Teammate), Command::Undo { conversation, act })
        }
        119..123 => (Actor::Desk, by_desk(world, id, step)),
        123 => (connector, Command::Rate { conversation, score: step.a % 7, comment: None }),
        124 => (Actor::Teammate(ADMIN), Command::SetPolicy { policy: Box::new(policy(world, step)) }),
        125 => {
            let mode = [Some(Mode::Auto), Some(Mode::Draft), Some(Mode::Off), None][usize::from(step.a) % 4];
            let topic = step.b.is_multiple_of(2).then(|| "shipping".to_owned());
            let channel = (topic.is_none() && step.b.is_multiple_of(3)).then(|| "mail".to_owned());
            (Actor::Teammate(LEAD), Command::SetDeskMode { topic, channel, mode, why: String::new() })
        }
        126 if step.a < 60 => {
            (Actor::Teammate(ADMIN), Command::Revoke { teammate: EVERYBODY[usize::from(step.b) % EVERYBODY.len()] })
        }
        126 => {
            let token = Digest([step.b; 32]);
            (Actor::Teammate(ADMIN), Command::Invite { name: format!("New {}", step.a), role: Role::Agent, token })
        }
        127 if step.a.is_multiple_of(2) => {
            let reply = DeskReply { title: String::new(), text: format!("Hello {}", step.b) };
            let reply = (!step.b.is_multiple_of(3)).then(|| Box::new(reply));
            (Actor::Teammate(LEAD), Command::KeepReply { name: format!("reply-{}", step.a % 3), reply })
        }
        127 => (someone(step), Command::ReplaceToken { teammate: None, token: Digest([step.b; 32]) }),
        148 | 149 => (Actor::Teammate(if step.who < 128 { LEAD } else { ANA }), stops(conversation, step)),
        150 => {
            let stands = world.desk.office.stops.get(usize::from(step.a) % world.desk.office.stops.len().max(1));
            let stop = stands.map_or(StopId(u32::from(step.b)), |stop| stop.id);
            (Actor::Teammate(LEAD), Command::LiftStop { stop, reason: "mended".into() })
        }
        151 => (Actor::Desk, Command::EndStops),
        176 | 177 => (if step.who < 200 { Actor::Teammate(LEAD) } else { someone(step) }, guidance(world, step)),
        _ => super::tools::about(it, conversation, term, ai, person(step), step),
    }
}

fn guidance(world: &World, step: Step) -> Command {
    let stands = world.desk.office.guidance.get(usize::from(step.which) % world.desk.office.guidance.len().max(1));
    let id = stands.map_or(GuidanceId(u32::from(step.b) % 9), |piece| piece.id);
    let newest = stands.and_then(|piece| piece.newest()).map_or(1, |newest| newest.version);
    match step.a % 8 {
        0..4 => Command::WriteGuidance {
            guidance: (step.a.is_multiple_of(2)).then_some(id),
            instruction: Box::new(Instruction {
                title: format!("piece {}", step.b),
                then: "be brief".into(),
                topics: if step.b.is_multiple_of(3) { vec!["shipping".into()] } else { Vec::new() },
                ..Instruction::default()
            }),
            from: None,
        },
        4..7 => Command::PublishGuidance { guidance: id, version: newest + u16::from(step.b.is_multiple_of(5)) },
        _ => Command::RetireGuidance { guidance: id, why: "done with".into() },
    }
}

fn stops(conversation: ConversationId, step: Step) -> Command {
    let scope = match step.a % 8 {
        0 | 1 => Scope::Talk { conversation },
        2 => Scope::Topic { topic: "shipping".into() },
        3 => Scope::Channel { channel: if step.b.is_multiple_of(2) { "web" } else { "mail" }.into() },
        4 => Scope::Ai { teammate: if step.b.is_multiple_of(3) { AI_TWO } else { AI } },
        5 => Scope::Ai { teammate: ANA },
        _ => Scope::All,
    };
    let span = [Some(Span::seconds(30)), Some(Span::minutes(5)), None, Some(Span(0))][usize::from(step.b) % 4];
    Command::Stop { scope, then: Then::ALL[usize::from(step.fault) % 3], span, reason: "wrong prices".into() }
}

fn outcome(step: Step) -> Outcome {
    match step.a % 10 {
        0 if step.b.is_multiple_of(3) => answer("I promise you 500 euros.", 900),
        0..5 => answer("It arrives tomorrow.", if step.b.is_multiple_of(4) { 100 } else { 900 }),
        5 => match answer("Glad to hear it.", 900) {
            Outcome::Answer { answer, .. } => Outcome::Answer { answer, settled: true },
            other => other,
        },
        6 | 7 => asks_for_human(),
        8 => Outcome::Fail { why: "the model timed out".into(), trace: Trace::default() },
        _ => Outcome::Abandon { why: "the customer wrote again".into(), trace: Trace::default() },
    }
}

fn named(step: Step) -> Option<TeammateId> {
    match step.a % 8 {
        0 => Some(AI_TWO),
        1 => Some(ANA),
        2 => Some(AI),
        _ => None,
    }
}

fn anyone(step: Step) -> Holder {
    match step.a % 8 {
        0 => Holder::Queue,
        1 | 2 => Holder::Human(ANA),
        3 => Holder::Human(LEAD),
        4 => Holder::Human(VIEWER),
        5 => Holder::Ai(AI_TWO),
        6 => Holder::Ai(ANA),
        _ => Holder::Ai(AI),
    }
}

fn by_desk(world: &World, conversation: ConversationId, step: Step) -> Command {
    match step.a % 12 {
        0 => Command::EndSpending { conversation },
        1..5 => Command::Tick { conversation },
        5..9 => {
            let seen = Timestamp(world.now.0 - i64::from(step.b) * 1_000);
            Command::Lapse { conversation, seen }
        }
        9 | 10 => Command::Recover { conversation },
        _ => Command::BeginTimeline { timeline: u32::from(step.b) % 4 },
    }
}

fn policy(world: &World, step: Step) -> Policy {
    let mut policy = Policy::clone(&world.desk.office.policy);
    match step.a % 4 {
        0 => policy.hand_offs = step.b % 4,
        1 => {
            policy.topics.insert("shipping".into(), Mode::ALL[usize::from(step.b) % 4]);
        }
        2 => policy.draft_ttl = Span::seconds(u64::from(step.b)),
        _ => policy.mode = [Mode::Auto, Mode::Draft][usize::from(step.b) % 2],
    }
    policy
}
