//! Nothing that anybody sends makes the rules panic, and nothing that is refused leaves a trace.

use super::world::{config, histories, walk};
use crate::domain::{
    annotation::{Failure, Judgement, Verdict},
    approval::Decision,
    brief::Brief,
    card::Priority,
    command::Command,
    customer::Customer,
    decide::decide,
    delivery::Report,
    desk::Desk,
    escalation::Reason,
    guidance::{GuidanceId, Instruction},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    stop::{Scope, StopId, Then},
    task::{Budget, Kind, Report as TaskReport, Task, Work},
    teammate::{Actor, Role},
    time::{Span, Timestamp},
    tool::{Fate, Offer, ToolDecision},
    turn::{Answer, Grounding, Outcome, Trace},
};
use proptest::prelude::*;

/// Numbers that are small, huge or anything.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..40_u64, 1 => Just(u64::MAX), 1 => Just(u64::from(u32::MAX)), 1 => any::<u64>()]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => any::<String>(),
        2 => "[a-z ]{0,12}",
        1 => Just(String::new()),
        1 => (1..40_000_usize).prop_map(|n| "ä".repeat(n)),
    ]
}

#[derive(Clone, Debug)]
struct Garbage {
    numbers: [u64; 4],
    texts: [String; 2],
}

fn garbage() -> impl Strategy<Value = Garbage> {
    ([number(), number(), number(), number()], [text(), text()]).prop_map(|(numbers, texts)| Garbage { numbers, texts })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "any number will do")]
#[allow(clippy::too_many_lines, reason = "one arm for each command")]
fn command(kind: u8, it: &Garbage) -> Command {
    let [a, b, c, d] = it.numbers;
    let conversation = ConversationId(a);
    let (term, entry, at) = (Term(b), EntryNo(b as u32), Timestamp(c as i64));
    let text = it.texts[0].clone();
    let maybe = c.is_multiple_of(2).then(|| it.texts[1].clone());
    let token = Digest([d as u8; 32]);
    let teammate = TeammateId(c as u32);
    let mode = Mode::ALL.get(d as usize % 5).copied();
    let policy = Box::new(Policy {
        draft_ttl: Span(b),
        lease: Span(c),
        turn_ttl: Span(d),
        hand_offs: a as u8,
        topics: [(text.clone(), Mode::Auto)].into(),
        ..Policy::default()
    });
    let answer =
        Answer { text: text.clone(), sources: Vec::new(), grounding: Grounding(d as u16), trace: Trace::default() };
    match kind % 51 {
        0 => Command::TakeOver { conversation, term, reason: maybe },
        1 => {
            let brief = Brief { open: text, back_when: it.texts[1].clone(), ..Brief::default() };
            Command::HandBack { conversation, term, to: maybe.map(|_| teammate), brief }
        }
        2 => {
            let to = [Holder::Queue, Holder::Ai(teammate), Holder::Human(teammate)][d as usize % 3];
            Command::Assign { conversation, term, to }
        }
        3 => Command::Reply { conversation, term, text },
        4 => Command::Note { conversation, text },
        5 => Command::Whisper { conversation, text },
        6 => {
            let decision =
                [Decision::Approve, Decision::Edit { text: text.clone() }, Decision::Reject { reason: text }];
            Command::DecideDraft { conversation, draft: entry, decision: decision[d as usize % 3].clone() }
        }
        7 => {
            let verdict = [Verdict::Good, Verdict::Bad, Verdict::Unsure][d as usize % 3];
            let failures = vec![Failure::Tone; c as usize % 14];
            let judgement = Judgement { verdict, failures, corrected: Some(text), note: maybe };
            Command::Annotate { conversation, message: entry, judgement }
        }
        8 => Command::SetMode { conversation, mode },
        9 => Command::Pause { conversation, span: maybe.map(|_| Span(d)) },
        10 => Command::Tag { conversation, add: vec![text; c as usize % 60], remove: vec![it.texts[1].clone()] },
        11 => Command::SetPriority { conversation, priority: Priority::ALL[d as usize % 4] },
        12 => Command::Snooze { conversation, until: maybe.map(|_| at) },
        13 => Command::Resolve { conversation },
        14 => Command::Reopen { conversation },
        15 => Command::Undo { conversation, act: maybe.map(|_| entry) },
        16 if d % 3 == 0 => {
            let reply =
                maybe.map(|title| Box::new(crate::domain::reply::DeskReply { title, text: it.texts[1].clone() }));
            Command::KeepReply { name: text, reply }
        }
        16 => Command::SetPolicy { policy },
        17 => {
            Command::SetDeskMode { topic: maybe, channel: (b % 3 == 0).then(|| it.texts[0].clone()), mode, why: text }
        }
        18 => Command::Invite { name: text, role: Role::ALL[d as usize % 7], token },
        19 => Command::ReplaceToken { teammate: None, token },
        20 => Command::Revoke { teammate },
        21 => Command::BeginTurn { conversation, term },
        22..25 => {
            let outcome = match d % 5 {
                0 => Outcome::Answer { answer: Box::new(answer), settled: true },
                1 => Outcome::Escalate {
                    reason: Reason::ALL[c as usize % Reason::ALL.len()],
                    summary: text,
                    notice: maybe,
                    trace: Trace::default(),
                },
                2 => Outcome::Abandon { why: text, trace: Trace::default() },
                3 => Outcome::Wait { call: entry, notice: maybe, trace: Trace::default() },
                _ => Outcome::Fail { why: text, trace: Trace::default() },
            };
            Command::FinishTurn { conversation, turn: entry, term: Term(c), outcome }
        }
        25 => Command::OpenConversation {
            channel: it.texts[1].clone(),
            customer: Customer {
                name: text.as_str().into(),
                email: maybe.clone().map(Into::into),
                locale: maybe.clone().map(Into::into),
            },
            topic: maybe.clone(),
            text,
            external_ref: maybe,
        },
        26 => Command::CustomerSaid { conversation, text },
        27 => Command::ClaimDelivery { conversation, message: entry, term: Term(c) },
        28 => {
            let report = if d.is_multiple_of(2) { Report::Failed { why: text } } else { Report::Delivered };
            Command::ReportDelivery { conversation, message: entry, report }
        }
        29 => Command::Rate { conversation, score: d as u8, comment: maybe },
        30 => Command::Found { name: text, admin: it.texts[1].clone(), token, policy },
        31 => Command::BeginTimeline { timeline: d as u32 },
        42 => Command::AskTool {
            conversation,
            turn: entry,
            term: Term(c),
            tool: maybe.unwrap_or_else(|| "shop.refund".to_owned()),
            arguments: text,
            definition: token,
            words: it.texts[1].clone(),
        },
        43 => Command::BeginTool { conversation, call: entry, term: Term(c) },
        44 => Command::FinishTool { conversation, call: entry, fate: Fate::Done, result: text },
        46 => Command::OfferTool { offer: Box::new(Offer::new(&text, &it.texts[1], &text, serde_json::Value::Null)) },
        47 => Command::WithdrawTool { tool: text },
        45 => {
            let decision = match d % 4 {
                0 => ToolDecision::Approve,
                1 => ToolDecision::Edit { arguments: text },
                2 => ToolDecision::Reject { reason: text },
                _ => ToolDecision::Answer { text },
            };
            Command::DecideTool { conversation, call: entry, digest: token, decision }
        }
        32 => Command::Lapse { conversation, seen: at },
        33 => {
            let budget = Budget { turns: a as u16, calls: b as u16, cost_micros: maybe.as_ref().map(|_| c) };
            let task = Task {
                facts: it.texts[1].clone(),
                budget,
                at: maybe.as_ref().map(|_| at),
                back_at: d.is_multiple_of(3).then_some(at),
                ..Task::of(Kind::ALL[d as usize % 6], text)
            };
            Command::GiveTask { conversation, to: maybe.map(|_| teammate), task: Box::new(task) }
        }
        34 => Command::CancelTask { conversation, task: entry },
        35 => Command::SeeTask { conversation, task: entry },
        36 => Command::BeginTask { conversation, task: entry },
        37 => {
            let work = Box::new(Work {
                answer: Box::new(answer),
                summary: text.clone(),
                questions: vec![text.clone(); c as usize % 30],
            });
            let report = match d % 3 {
                0 => TaskReport::Done { work },
                1 => TaskReport::Blocked { why: text, work: Some(work) },
                _ => TaskReport::Failed { why: text, trace: Trace::default() },
            };
            Command::ReportTask { conversation, task: entry, report }
        }
        38 => {
            let scope = [
                Scope::All,
                Scope::Talk { conversation },
                Scope::Topic { topic: text.clone() },
                Scope::Channel { channel: text.clone() },
                Scope::Ai { teammate },
            ];
            let then = Then::ALL[c as usize % 3];
            Command::Stop { scope: scope[d as usize % 5].clone(), then, span: maybe.map(|_| Span(d)), reason: text }
        }
        39 => Command::LiftStop { stop: StopId(c as u32), reason: text },
        40 => Command::EndStops,
        48 => Command::WriteGuidance {
            guidance: maybe.as_ref().map(|_| GuidanceId(c as u32)),
            instruction: Box::new(Instruction {
                title: text.clone(),
                when: it.texts[1].clone(),
                then: text.clone(),
                examples: String::new(),
                topics: vec![text; d as usize % 3],
            }),
            from: None,
        },
        49 => Command::PublishGuidance { guidance: GuidanceId(c as u32), version: d as u16 },
        50 => Command::RetireGuidance { guidance: GuidanceId(c as u32), why: text },
        _ if d.is_multiple_of(2) => Command::Tick { conversation },
        _ => Command::Recover { conversation },
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_is_asked_is_decided_the_same_twice_and_can_be_applied(
        history in histories(),
        asked in proptest::collection::vec((any::<u8>(), garbage(), 0..12_u32, any::<i64>()), 1..60),
    ) {
        let mut world = walk(&history, |_| Ok(()))?;
        for (kind, garbage, who, at) in asked {
            let command = command(kind, &garbage);
            let by = if who == 0 { Actor::Desk } else { Actor::Teammate(TeammateId(who)) };
            world.now = Timestamp(at);
            let once = decide(&world.desk, by, &command, world.now);
            prop_assert_eq!(&once, &decide(&world.desk, by, &command, world.now));
            let before = world.desk.clone();
            let result = world.submit(by, &command);
            prop_assert_eq!(result.is_ok(), once.is_ok());
            if result.is_err() {
                prop_assert_eq!(&world.desk, &before);
            }
        }
    }

    #[test]
    fn events_in_any_order_and_number_can_be_applied(history in histories(), seed in any::<u64>()) {
        let world = walk(&history, |_| Ok(()))?;
        let mut log = world.log;
        log.sort_by_key(|one| (one.seq.0 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut desk = Desk::default();
        for one in log.iter().chain(&log) {
            desk.apply(one);
        }
    }
}
