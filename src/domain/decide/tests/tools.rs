//! The laws of tools: nothing runs that the policy or a person did not let run, once, as it stands, under its term.
//!
//! The oracle reads the log alone and knows nothing of how `decide` comes to its word.

use super::world::{AI, AI_TWO, RUNNER, Step, WEB, World, config, histories, walk};
use crate::domain::{
    command::Command,
    conversation::Conversation,
    event::{Event, Recorded},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo, TeammateId, Term},
    policy::Policy,
    refusal::Refusal,
    teammate::Actor,
    tool::{ASK_PERSON, Call, DECIDE_WITHIN, Fate, Limit, Offer, Risk, Stage, ToolDecision, ToolEnding, ToolRule},
    turn::{Outcome, Trace},
};
use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) const ID: ConversationId = ConversationId(1);
pub(super) const PIN: Digest = Digest([7; 32]);
pub(super) const DOUBT: Digest = Digest([8; 32]);

/// A tool of each risk, one that is not pinned, one for a topic that nobody has.
pub(super) fn rules() -> BTreeMap<String, ToolRule> {
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["order"],
        "properties": {"order": {"type": "string", "maxLength": 8}, "amount": {"type": "number"}},
    });
    let rule = |risk| ToolRule { risk, topics: [].into(), amount: None, pin: Some(PIN), schema: schema.clone() };
    let amount = |per_call, per_talk| Limit {
        argument: "amount".into(),
        per_call: Some(per_call),
        per_talk: Some(per_talk),
        per_customer: Some(9_000),
        per_day: Some(12_000),
    };
    [
        ("shop.read", rule(Risk::R0)),
        ("shop.redirect", rule(Risk::R1)),
        ("shop.credit", ToolRule { amount: Some(amount(1_000, 2_500)), ..rule(Risk::R1) }),
        ("shop.refund", ToolRule { amount: Some(amount(5_000, 6_000)), ..rule(Risk::R2) }),
        ("shop.erase", rule(Risk::R3)),
        ("shop.loose", ToolRule { pin: None, ..rule(Risk::R0) }),
        ("shop.topical", ToolRule { topics: ["moon".to_owned()].into(), ..rule(Risk::R0) }),
    ]
    .map(|(name, rule)| (name.to_owned(), rule))
    .into()
}

/// A tool as its server offers it.
pub(super) fn offer(tool: &str, rule: &ToolRule) -> Offer {
    let definition = rule.pin.unwrap_or(PIN);
    Offer { tool: tool.to_owned(), description: "does something".into(), schema: json!({}), definition }
}

const TOOLS: [&str; 10] = [
    "shop.credit",
    "shop.read",
    "shop.redirect",
    "shop.credit",
    "shop.refund",
    "shop.erase",
    "shop.loose",
    "shop.topical",
    "shop.none",
    ASK_PERSON,
];

fn arguments(n: u8) -> String {
    match n % 8 {
        0..3 => format!("{{\"order\":\"A{}\", \"amount\": {}}}", n % 3, u32::from(n) / 20),
        3..6 => format!("{{ \"amount\":{}.50,\"order\":\"B{}\" }}", n % 20, n % 2),
        6 => "{\"order\":7}".into(),
        _ => "not json".into(),
    }
}

/// Something about tools.
pub(super) fn about(
    it: &Conversation,
    conversation: ConversationId,
    term: Term,
    ai: Actor,
    person: Actor,
    step: Step,
) -> (Actor, Command) {
    let pick = |stage: &dyn Fn(&Stage) -> bool| {
        let fits: Vec<_> = it.calls.iter().filter(|kept| stage(&kept.stage)).collect();
        let any: Vec<_> = it.calls.iter().collect();
        let from = if fits.is_empty() || step.fault % 8 == 7 { any } else { fits };
        from.get(usize::from(step.a) % from.len().max(1)).map(|kept| (kept.call, kept.asked.digest))
    };
    let nothing = (EntryNo(u32::from(step.b)), Digest([step.a; 32]));
    let runner = if step.fault % 16 == 13 { ai } else { Actor::Teammate(RUNNER) };
    let ready = it.calls.iter().any(|kept| matches!(kept.stage, Stage::Ready { .. }));
    let runs = it.calls.iter().any(|kept| matches!(kept.stage, Stage::Runs { .. }));
    match step.what % 32 {
        0..21 if it.turn.is_none() && step.fault % 8 != 7 => (ai, Command::BeginTurn { conversation, term }),
        12..25 if !ready && !runs && step.fault % 8 != 7 => {
            let turn = it.turn.as_ref().map_or(EntryNo(u32::from(step.b)), |open| open.turn);
            let (tool, definition) = ("shop.credit".to_owned(), PIN);
            let arguments = format!("{{\"order\":\"C{}\",\"amount\":{}}}", step.a % 9, 1 + step.b % 9);
            let words = "something small".to_owned();
            (ai, Command::AskTool { conversation, turn, term, tool, arguments, definition, words })
        }
        0..12 => {
            let turn = it.turn.as_ref().map_or(EntryNo(u32::from(step.b)), |open| open.turn);
            let tool = TOOLS[usize::from(step.a) % TOOLS.len()].to_owned();
            let definition = if step.fault % 16 == 15 { DOUBT } else { PIN };
            let (arguments, words) = (arguments(step.b), "give it to me".to_owned());
            (ai, Command::AskTool { conversation, turn, term, tool, arguments, definition, words })
        }
        12..21 => {
            let (call, _) = pick(&|stage| matches!(stage, Stage::Ready { .. })).unwrap_or(nothing);
            (runner, Command::BeginTool { conversation, call, term })
        }
        21..25 => {
            let (call, _) = pick(&|stage| matches!(stage, Stage::Runs { .. })).unwrap_or(nothing);
            let fate = [Fate::Done, Fate::Failed, Fate::Unknown][usize::from(step.b) % 3];
            (runner, Command::FinishTool { conversation, call, fate, result: "so it is".into() })
        }
        25..30 => {
            let (call, digest) = pick(&|stage| matches!(stage, Stage::Waits { .. })).unwrap_or(nothing);
            let digest = if step.fault % 16 == 14 { Digest([1; 32]) } else { digest };
            let decision = match step.b % 6 {
                0..3 => ToolDecision::Approve,
                3 => ToolDecision::Edit { arguments: arguments(step.a) },
                4 => ToolDecision::Reject { reason: "no".into() },
                _ => ToolDecision::Answer { text: "two are left".into() },
            };
            (person, Command::DecideTool { conversation, call, digest, decision })
        }
        // A server that comes and goes.
        _ if step.a.is_multiple_of(4) => {
            let (tool, rule) = rules().into_iter().nth(usize::from(step.b) % 6).unwrap();
            let command = match step.b % 3 {
                0 => Command::WithdrawTool { tool },
                _ => Command::OfferTool { offer: Box::new(offer(&tool, &rule)) },
            };
            (runner, command)
        }
        _ => {
            let (call, _) = pick(&|stage| matches!(stage, Stage::Waits { .. })).unwrap_or(nothing);
            let turn = it.turn.as_ref().map_or(EntryNo(0), |open| open.turn);
            let outcome = Outcome::Wait { call, notice: Some("a moment, please".into()), trace: Trace::default() };
            (ai, Command::FinishTurn { conversation, turn, term, outcome })
        }
    }
}

/// What the oracle knows of a call.
#[derive(Debug, Default)]
struct Life {
    call: Option<Call>,
    by: Option<TeammateId>,
    turn: EntryNo,
    proposed: bool,
    ended: Option<(ToolEnding, Actor, crate::domain::time::Timestamp)>,
    began: bool,
    ran: bool,
}

/// Reads a whole log: each call that began was let to, exactly once, as it stood. Says how many began.
fn judge(log: &[Recorded]) -> Result<usize, TestCaseError> {
    let mut lives: BTreeMap<(ConversationId, EntryNo), Life> = BTreeMap::new();
    let mut holders: BTreeMap<ConversationId, (Holder, Term)> = BTreeMap::new();
    let mut turns: BTreeMap<ConversationId, EntryNo> = BTreeMap::new();
    let mut policy = Policy::default();
    let mut began = 0;
    for one in log {
        if let Event::PolicySet { policy: set } = &one.event {
            policy = set.as_ref().clone();
        }
        let Some(id) = one.conversation else { continue };
        match &one.event {
            Event::Opened { holder, term, .. } => drop(holders.insert(id, (*holder, *term))),
            Event::HolderChanged { to, term, .. } => drop(holders.insert(id, (*to, *term))),
            Event::TurnBegan { .. } => drop(turns.insert(id, one.n)),
            Event::ToolAllowed { turn, call } | Event::ToolProposed { turn, call, .. } => {
                let proposed = matches!(one.event, Event::ToolProposed { .. });
                let risk = policy.tools.get(&call.tool).map(|rule| rule.risk);
                prop_assert!(proposed || matches!(risk, Some(Risk::R0 | Risk::R1)), "{call:?} passed unseen");
                prop_assert!(risk != Some(Risk::R3));
                let (call, by) = (Some(call.as_ref().clone()), one.by.teammate());
                lives.insert((id, one.n), Life { call, by, turn: *turn, proposed, ..Life::default() });
            }
            Event::ToolEnded { call, ending } => {
                let life = lives.get_mut(&(id, *call));
                prop_assert!(life.as_ref().is_some_and(|life| !life.began), "{ending:?} of {call}, which began");
                if let Some(life) = life {
                    let again = life.ended.as_ref().is_some_and(|(first, ..)| {
                        let approved = matches!(first, ToolEnding::Approved | ToolEnding::Edited { .. });
                        // What was approved and did not begin may still expire or be withdrawn.
                        !(approved && matches!(ending, ToolEnding::Expired | ToolEnding::Withdrawn { .. }))
                    });
                    prop_assert!(!again, "a second decision: {ending:?} after {:?}", life.ended);
                    if let (ToolEnding::Edited { arguments, digest, amount }, Some(call)) = (ending, &mut life.call) {
                        call.arguments.clone_from(arguments);
                        (call.digest, call.amount) = (*digest, *amount);
                    }
                    life.ended = Some((ending.clone(), one.by, one.at));
                }
            }
            Event::ToolBegan { call } => {
                began += 1;
                let life = lives.get_mut(&(id, *call));
                prop_assert!(life.is_some());
                let Some(life) = life else { continue };
                prop_assert!(!life.began, "{call} began twice");
                prop_assert_eq!(one.by, Actor::Teammate(RUNNER), "begun by another than who runs tools");
                let (holder, term) = holders[&id];
                let asked = life.call.clone().unwrap();
                prop_assert_eq!(asked.term, term, "begun under another term");
                let rule = policy.tools.get(&asked.tool);
                prop_assert!(rule.is_some_and(|rule| rule.risk != Risk::R3 && rule.pin.is_none_or(|pin| pin == asked.definition)));
                if holder != Holder::Ai(life.by.unwrap()) {
                    prop_assert_eq!(rule.map(|rule| rule.risk), Some(Risk::R0), "beside a person only reading");
                }
                if life.proposed {
                    let Some((ending, by, at)) = &life.ended else { panic!("{call} began before anybody decided") };
                    let approved = matches!(ending, ToolEnding::Approved | ToolEnding::Edited { .. });
                    prop_assert!(approved);
                    prop_assert!(![AI, AI_TWO, WEB].map(Actor::Teammate).contains(by) && *by != Actor::Desk);
                    prop_assert!(one.at < at.plus(DECIDE_WITHIN));
                } else {
                    prop_assert_eq!(turns.get(&id), Some(&life.turn), "begun in another turn");
                }
                life.began = true;
            }
            Event::ToolRan { call, .. } => {
                let life = lives.get_mut(&(id, *call));
                prop_assert!(life.as_ref().is_some_and(|life| life.began));
                if let Some(life) = life {
                    life.ran = true;
                }
            }
            _ => {}
        }
    }
    // The very same change is made once in a conversation.
    let mut done: BTreeMap<(ConversationId, String), usize> = BTreeMap::new();
    for ((id, _), life) in lives.iter().filter(|(_, life)| life.began) {
        let call = life.call.as_ref().unwrap();
        if call.risk >= Risk::R1 {
            *done.entry((*id, call.digest.to_string())).or_default() += 1;
        }
    }
    let failed = log.iter().any(|one| matches!(one.event, Event::ToolRan { fate: Fate::Failed, .. }));
    prop_assert!(failed || done.values().all(|times| *times == 1), "a change was made twice: {done:?}");
    Ok(began)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_runs_was_let_run_once_as_it_stood_under_its_term(history in histories()) {
        let world = walk(&history, |_| Ok(()))?;
        judge(&world.log)?;
    }

    #[test]
    fn whatever_an_ai_asks_for_without_people_nothing_but_small_changes_runs(
        asks in proptest::collection::vec((0..10_u8, any::<u8>(), any::<u8>(), any::<u8>()), 1..60),
    ) {
        let (mut world, id) = World::with_talk(Policy { tools: rules(), ..Policy::default() });
        for (tool, b, what, fault) in asks {
            let by = Actor::Teammate(if fault % 9 == 8 { AI_TWO } else { AI });
            let _ = world.submit(by, &Command::BeginTurn { conversation: id, term: world.term(id) });
            let step = Step { what: u16::from(what % 25), who: 0, which: 0, fault, a: tool, b, gap: 0 };
            let (by, command) = about(world.talk(id), id, world.term(id), by, by, step);
            let _ = world.submit(by, &command);
            // An AI decides nothing.
            if let Some(waits) = world.talk(id).card.tool_waiting().cloned() {
                let decide = |decision| {
                    Command::DecideTool { conversation: id, call: waits.call, digest: waits.digest, decision }
                };
                prop_assert_eq!(world.submit(by, &decide(ToolDecision::Approve)), Err(Refusal::Forbidden));
            }
        }
        judge(&world.log)?;
        // What failed moved nothing, though the desk counts it against the day.
        let moved: u64 = rules().keys().map(|tool| world.talk(id).moved(tool)).sum();
        prop_assert!(moved <= 2_500, "{moved} hundredths moved without a person");
    }
}
