//! The laws of tools: nothing runs that the policy or a person did not let run, once, as it stands, under its term.
//!
//! The oracle reads the log alone and knows nothing of how `decide` comes to its word.

use super::world::{ADMIN, AI, AI_TWO, ANA, BEN, RUNNER, Step, WEB, World, answer, config, histories, walk};
use crate::domain::{
    command::Command,
    conversation::Conversation,
    escalation::Reason,
    event::{Event, Recorded},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    teammate::{Actor, Role},
    time::Span,
    tool::{
        ASK_PERSON, Call, DECIDE_WITHIN, Denial, Fate, LONGEST_OFFERS, Limit, Offer, Risk, Stage, ToolDecision,
        ToolEnding, ToolRule, WhyTool,
    },
    turn::{Outcome, Trace},
};
use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::json;
use std::collections::BTreeMap;

const ID: ConversationId = ConversationId(1);
const PIN: Digest = Digest([7; 32]);
const DOUBT: Digest = Digest([8; 32]);

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

fn ask(world: &mut World, tool: &str, arguments: &str) -> Event {
    let turn = world.talk(ID).turn.as_ref().map(|open| open.turn);
    let term = world.term(ID);
    let turn = turn.unwrap_or_else(|| world.does(AI, Command::BeginTurn { conversation: ID, term })[0].n);
    let (tool, arguments, words) = (tool.to_owned(), arguments.to_owned(), "please".to_owned());
    world.does(AI, Command::AskTool { conversation: ID, turn, term, tool, arguments, definition: PIN, words })[0]
        .event
        .clone()
}

fn waiting(world: &World) -> (EntryNo, Digest) {
    let card = &world.talk(ID).card;
    card.tool_waiting().map(|waits| (waits.call, waits.digest)).unwrap()
}

fn decides(world: &World, decision: ToolDecision) -> Command {
    let (call, digest) = waiting(world);
    Command::DecideTool { conversation: ID, call, digest, decision }
}

fn wait(world: &mut World) {
    let (call, turn) = (waiting(world).0, world.talk(ID).turn.as_ref().unwrap().turn);
    let outcome = Outcome::Wait { call, notice: Some("A colleague looks at it.".into()), trace: Trace::default() };
    world.does(AI, Command::FinishTurn { conversation: ID, turn, term: world.term(ID), outcome });
}

fn desk() -> World {
    World::with_talk(Policy { tools: rules(), ..Policy::default() }).0
}

#[test]
fn each_ask_is_allowed_proposed_or_denied_with_its_reason() {
    for (tool, arguments, wanted) in [
        ("shop.read", r#"{"order":"A"}"#, Ok(None)),
        ("shop.redirect", r#"{"order":"A"}"#, Ok(None)),
        ("shop.credit", r#"{"order":"A","amount":10}"#, Ok(None)),
        ("shop.credit", r#"{"order":"A","amount":10.01}"#, Ok(Some(WhyTool::PerCall))),
        ("shop.refund", r#"{"order":"A","amount":1}"#, Ok(Some(WhyTool::Risk))),
        ("shop.refund", r#"{"order":"A","amount":50.01}"#, Ok(Some(WhyTool::PerCall))),
        ("shop.loose", r#"{"order":"A"}"#, Ok(Some(WhyTool::Unpinned))),
        (ASK_PERSON, r#"{"question":"may I?"}"#, Ok(Some(WhyTool::Question))),
        ("shop.erase", r#"{"order":"A"}"#, Err(Denial::Forbidden)),
        ("shop.topical", r#"{"order":"A"}"#, Err(Denial::Topic)),
        ("shop.none", "{}", Err(Denial::Unknown)),
    ] {
        let said = match ask(&mut desk(), tool, arguments) {
            Event::ToolAllowed { .. } => Ok(None),
            Event::ToolProposed { why, .. } => Ok(Some(why)),
            Event::ToolDenied { why, .. } => Err(why),
            other => panic!("{other:?}"),
        };
        assert_eq!(said, wanted, "{tool} {arguments}");
    }
    for wrong in ["", r#"{"order":7}"#, r#"{"order":"A","more":1}"#, "[]", r#"{"order":"123456789"}"#] {
        let event = ask(&mut desk(), "shop.read", wrong);
        assert!(matches!(event, Event::ToolDenied { why: Denial::Arguments { .. }, .. }), "{wrong}: {event:?}");
    }
}

#[test]
fn an_approval_lets_exactly_what_was_read_run_once() {
    let mut world = desk();
    ask(&mut world, "shop.refund", r#"{"order":"A","amount":20}"#);
    wait(&mut world);
    assert_eq!(world.may_not(AI, Command::BeginTurn { conversation: ID, term: world.term(ID) }), Refusal::TurnUnderWay);
    let (call, digest) = waiting(&world);
    let wrong = Command::DecideTool { conversation: ID, call, digest: DOUBT, decision: ToolDecision::Approve };
    assert!(matches!(world.may_not(ANA, wrong), Refusal::Invalid { .. }));
    let approve = decides(&world, ToolDecision::Approve);
    world.does(ANA, approve.clone());
    // First decision wins.
    assert!(matches!(world.may_not(BEN, approve), Refusal::AlreadyEnded { .. }));
    let begin = |world: &World| Command::BeginTool { conversation: ID, call, term: world.term(ID) };
    assert_eq!(world.talk(ID).card.ready[0].call, call);
    let turn = Command::BeginTurn { conversation: ID, term: world.term(ID) };
    assert_eq!(world.may_not(AI, turn.clone()), Refusal::TurnUnderWay, "not before it is known what came of it");
    world.does(RUNNER, begin(&world));
    assert!(matches!(world.may_not(RUNNER, begin(&world)), Refusal::AlreadyEnded { .. }));
    assert_eq!(world.may_not(AI, turn.clone()), Refusal::TurnUnderWay);
    assert_eq!(world.desk.office.spent[0].amount, 2_000);
    let done = Command::FinishTool { conversation: ID, call, fate: Fate::Done, result: "RF-1".into() };
    world.does(RUNNER, done.clone());
    assert!(matches!(world.may_not(RUNNER, done), Refusal::AlreadyEnded { .. }));
    world.does(AI, turn);
    // The same again is refused, though a person would approve it; the digest is of arguments, not of their spelling.
    let again = ask(&mut world, "shop.refund", r#"{ "amount": 20.00, "order": "A" }"#);
    assert!(matches!(again, Event::ToolDenied { why: Denial::Repeated, .. }));
    assert_eq!(digest, world.talk(ID).calls[0].asked.digest);
}

#[test]
fn a_take_over_withdraws_what_waits_and_what_may_run_and_a_late_decision_is_too_late() {
    for approved in [false, true] {
        let mut world = desk();
        ask(&mut world, "shop.refund", r#"{"order":"A","amount":20}"#);
        wait(&mut world);
        let approve = decides(&world, ToolDecision::Approve);
        if approved {
            world.does(ANA, approve.clone());
        }
        let (call, term) = (world.talk(ID).calls[0].call, world.term(ID));
        let made = world.does(BEN, Command::TakeOver { conversation: ID, term, reason: None });
        let withdrawn = Event::ToolEnded { call, ending: ToolEnding::Withdrawn { why: "taken over".into() } };
        assert!(made.iter().any(|one| one.event == withdrawn));
        assert!(matches!(world.may_not(ANA, approve), Refusal::AlreadyEnded { .. }));
        let stale = Command::BeginTool { conversation: ID, call, term };
        assert!(matches!(world.may_not(RUNNER, stale), Refusal::StaleTerm { .. }));
        let fresh = Command::BeginTool { conversation: ID, call, term: world.term(ID) };
        assert!(matches!(world.may_not(RUNNER, fresh), Refusal::AlreadyEnded { .. }));
        assert!(world.talk(ID).card.ready.is_empty());
        assert_eq!(world.talk(ID).card.tool, None);
    }
}

#[test]
fn what_runs_during_a_take_over_is_told_all_the_same() {
    let mut world = desk();
    ask(&mut world, "shop.redirect", r#"{"order":"A"}"#);
    let (call, term) = (world.talk(ID).calls[0].call, world.term(ID));
    world.does(RUNNER, Command::BeginTool { conversation: ID, call, term });
    world.does(ANA, Command::TakeOver { conversation: ID, term, reason: None });
    world.later(Span::seconds(61));
    let made = world.desk_does(Command::Tick { conversation: ID });
    assert!(matches!(made[0].event, Event::ToolRan { fate: Fate::Unknown, .. }));
    let truth = Command::FinishTool { conversation: ID, call, fate: Fate::Done, result: "redirected".into() };
    world.does(RUNNER, truth);
}

#[test]
fn nobody_decides_in_time_and_the_talk_goes_to_the_queue() {
    let mut world = desk();
    ask(&mut world, "shop.refund", r#"{"order":"A","amount":20}"#);
    wait(&mut world);
    assert!(crate::domain::attention::needs_human(&world.talk(ID).card));
    let approve = decides(&world, ToolDecision::Approve);
    world.later(DECIDE_WITHIN);
    assert_eq!(world.may_not(ANA, approve), Refusal::AlreadyEnded { how: "expired".into() });
    world.desk_does(Command::Tick { conversation: ID });
    let card = &world.talk(ID).card;
    assert_eq!(
        (card.holder, card.escalation.as_ref().map(|call| call.reason)),
        (Holder::Queue, Some(Reason::ToolExpired))
    );
    assert_eq!(card.tool, None);
    // Another turn may ask for it again once an AI holds the talk again.
    let term = world.term(ID);
    world.does(ANA, Command::Assign { conversation: ID, term, to: Holder::Ai(AI) });
    assert!(matches!(ask(&mut world, "shop.refund", r#"{"order":"A","amount":20}"#), Event::ToolProposed { .. }));
}

#[test]
fn a_rejection_is_read_by_the_next_turn_and_the_same_is_not_asked_for_again() {
    let mut world = desk();
    ask(&mut world, "shop.refund", r#"{"order":"A","amount":20}"#);
    wait(&mut world);
    world.does(ANA, decides(&world, ToolDecision::Reject { reason: "refunded on Monday".into() }));
    assert!(world.talk(ID).card.tool.as_ref().is_some_and(|tool| tool.expires_at.is_none()));
    let again = ask(&mut world, "shop.refund", r#"{"order":"A","amount":20}"#);
    assert!(matches!(again, Event::ToolDenied { why: Denial::Rejected, .. }));
    assert_eq!(world.talk(ID).card.tool, None);
    // A second rejection in a row, and a person answers.
    ask(&mut world, "shop.refund", r#"{"order":"B","amount":20}"#);
    world.does(ANA, decides(&world, ToolDecision::Reject { reason: "no".into() }));
    assert_eq!(world.talk(ID).card.holder, Holder::Queue);
}

#[test]
fn edited_arguments_are_what_runs_and_they_must_fit_too() {
    let mut world = desk();
    ask(&mut world, "shop.refund", r#"{"order":"A","amount":40}"#);
    wait(&mut world);
    let edit = |arguments: &str| ToolDecision::Edit { arguments: arguments.into() };
    for wrong in ["{}", r#"{"order":"A","amount":-3}"#, "nothing"] {
        assert!(matches!(world.may_not(ANA, decides(&world, edit(wrong))), Refusal::Invalid { .. }), "{wrong}");
    }
    world.does(ANA, decides(&world, edit(r#"{"order":"A", "amount": 12.5}"#)));
    let kept = &world.talk(ID).calls[0];
    assert_eq!((kept.asked.arguments.as_str(), kept.asked.amount), (r#"{"amount":12.5,"order":"A"}"#, Some(1_250)));
    world.does(RUNNER, Command::BeginTool { conversation: ID, call: EntryNo(kept_call(&world)), term: world.term(ID) });
    assert_eq!(world.desk.office.spent[0].amount, 1_250);
}

fn kept_call(world: &World) -> u32 {
    world.talk(ID).calls[0].call.0
}

#[test]
fn a_question_is_answered_in_words_and_never_approved() {
    let mut world = desk();
    ask(&mut world, ASK_PERSON, r#"{"question":"are two left?"}"#);
    wait(&mut world);
    assert!(matches!(world.may_not(ANA, decides(&world, ToolDecision::Approve)), Refusal::Invalid { .. }));
    world.does(ANA, decides(&world, ToolDecision::Answer { text: "yes, two".into() }));
    world.does(AI, Command::BeginTurn { conversation: ID, term: world.term(ID) });
}

#[test]
fn small_amounts_add_up_and_the_rest_needs_a_person() {
    let mut world = desk();
    let mut seen = Vec::new();
    for n in 0..3 {
        let event = ask(&mut world, "shop.credit", &format!("{{\"order\":\"A{n}\",\"amount\":10}}"));
        if let Event::ToolAllowed { .. } = event {
            let call = world.talk(ID).calls.last().unwrap().call;
            world.does(RUNNER, Command::BeginTool { conversation: ID, call, term: world.term(ID) });
            world.does(RUNNER, Command::FinishTool { conversation: ID, call, fate: Fate::Done, result: String::new() });
        }
        seen.push(event);
    }
    assert!(matches!(
        seen.as_slice(),
        [Event::ToolAllowed { .. }, Event::ToolAllowed { .. }, Event::ToolProposed { why: WhyTool::PerTalk, .. }]
    ));
    // The same customer in another conversation: what was moved there counts.
    let mut world = desk();
    world.desk.office.spent.push(crate::domain::tool::Spent {
        tool: "shop.credit".into(),
        customer: crate::domain::tool::customer_key(&world.talk(ID).card.customer),
        day: 0,
        amount: 8_500,
    });
    let event = ask(&mut world, "shop.credit", r#"{"order":"A","amount":10}"#);
    assert!(matches!(event, Event::ToolProposed { why: WhyTool::PerCustomer, .. }), "{event:?}");
}

#[test]
fn a_loop_ends_and_draft_mode_shows_every_change() {
    let mut world = desk();
    for n in 0..8 {
        ask(&mut world, "shop.read", &format!("{{\"order\":\"{n}\"}}"));
    }
    let (turn, term) = (world.talk(ID).turn.as_ref().unwrap().turn, world.term(ID));
    let ninth = Command::AskTool {
        conversation: ID,
        turn,
        term,
        tool: "shop.read".into(),
        arguments: "{}".into(),
        definition: PIN,
        words: String::new(),
    };
    assert!(matches!(world.may_not(AI, ninth), Refusal::Invalid { .. }));
    let (mut world, _) = World::with_talk(Policy { mode: Mode::Draft, tools: rules(), ..Policy::default() });
    assert!(matches!(
        ask(&mut world, "shop.redirect", r#"{"order":"A"}"#),
        Event::ToolProposed { why: WhyTool::Mode, .. }
    ));
    assert!(matches!(ask(&mut world, "shop.read", r#"{"order":"A"}"#), Event::ToolAllowed { .. }));
    assert!(matches!(
        ask(&mut world, "shop.read", r#"{"order":"A"}"#),
        Event::ToolDenied { why: Denial::Repeated, .. }
    ));
}

#[test]
fn a_rule_that_changes_stops_what_it_let_pass() {
    let mut world = desk();
    ask(&mut world, "shop.redirect", r#"{"order":"A"}"#);
    let (call, term) = (world.talk(ID).calls[0].call, world.term(ID));
    let mut tools = rules();
    tools.get_mut("shop.redirect").unwrap().risk = Risk::R2;
    world.does(ADMIN, Command::SetPolicy { policy: Box::new(Policy { tools, ..Policy::default() }) });
    let begin = Command::BeginTool { conversation: ID, call, term };
    assert!(matches!(world.may_not(RUNNER, begin), Refusal::AlreadyEnded { .. }));
}

#[test]
fn the_customer_is_answered_while_a_call_waits_and_the_call_waits_on() {
    let mut world = desk();
    ask(&mut world, "shop.refund", r#"{"order":"A","amount":20}"#);
    wait(&mut world);
    world.does(WEB, Command::CustomerSaid { conversation: ID, text: "hello?".into() });
    world.turn(AI, ID, answer("A colleague looks at it.", 900));
    let waits = world.talk(ID).card.tool_waiting().cloned();
    assert!(waits.is_some());
    world.does(ANA, decides(&world, ToolDecision::Approve));
    // Nothing was said since, and the AI goes on all the same.
    let call = waits.unwrap().call;
    world.does(RUNNER, Command::BeginTool { conversation: ID, call, term: world.term(ID) });
    world.does(RUNNER, Command::FinishTool { conversation: ID, call, fate: Fate::Done, result: "RF-1".into() });
    world.does(AI, Command::BeginTurn { conversation: ID, term: world.term(ID) });
}

#[test]
fn a_stop_holds_what_was_approved_and_what_is_asked_for() {
    let mut world = desk();
    ask(&mut world, "shop.redirect", r#"{"order":"A"}"#);
    let (call, term) = (world.talk(ID).calls[0].call, world.term(ID));
    let (scope, then) = (crate::domain::stop::Scope::All, crate::domain::stop::Then::Hold);
    world.does(super::world::LEAD, Command::Stop { scope, then, span: None, reason: "wrong prices".into() });
    world.may_not(RUNNER, Command::BeginTool { conversation: ID, call, term });
    let turn = world.talk(ID).turn.as_ref().map_or(EntryNo(0), |open| open.turn);
    let (tool, arguments, words) = ("shop.read".to_owned(), r#"{"order":"A"}"#.to_owned(), String::new());
    world.may_not(AI, Command::AskTool { conversation: ID, turn, term, tool, arguments, definition: PIN, words });
}

#[test]
fn a_policy_whose_tools_cannot_be_used_is_refused() {
    let mut world = desk();
    for (name, schema) in [("nodot", json!({})), (ASK_PERSON, json!({})), ("shop.x", json!({"type": "nonsense"}))] {
        let rule = ToolRule { risk: Risk::R0, topics: [].into(), amount: None, pin: None, schema };
        let policy = Policy { tools: [(name.to_owned(), rule)].into(), ..Policy::default() };
        let set = Command::SetPolicy { policy: Box::new(policy) };
        assert!(matches!(world.may_not(ADMIN, set), Refusal::Invalid { .. }), "{name}");
    }
}

#[test]
fn an_ai_cannot_begin_a_tool_nor_tell_what_came_of_one_nor_say_what_tools_there_are() {
    let mut world = desk();
    ask(&mut world, "shop.redirect", r#"{"order":"A"}"#);
    let (call, term) = (world.talk(ID).calls[0].call, world.term(ID));
    let begin = Command::BeginTool { conversation: ID, call, term };
    let finish = Command::FinishTool { conversation: ID, call, fate: Fate::Done, result: "paid".into() };
    let offer = Command::OfferTool { offer: Box::new(offer("shop.read", &rules()["shop.read"])) };
    let withdraw = Command::WithdrawTool { tool: "shop.read".into() };
    for who in [AI, AI_TWO, WEB, ANA, ADMIN] {
        for command in [&begin, &finish, &offer, &withdraw] {
            assert_eq!(world.may_not(who, command.clone()), Refusal::Forbidden, "{who}: {command:?}");
        }
    }
    world.does(RUNNER, begin);
    assert_eq!(world.may_not(AI, finish), Refusal::Forbidden);
}

#[test]
fn a_tool_is_what_its_runner_says_and_only_that_one_runs_it() {
    let mut world = desk();
    let token = Digest([77; 32]);
    let other = world.does(ADMIN, Command::Invite { name: "others".into(), role: Role::Tools, token });
    let Event::TeammateInvited { teammate: other, .. } = other[0].event else { panic!() };
    ask(&mut world, "shop.redirect", r#"{"order":"A"}"#);
    let (call, term) = (world.talk(ID).calls[0].call, world.term(ID));
    let begin = Command::BeginTool { conversation: ID, call, term };
    assert_eq!(world.may_not(other, begin.clone()), Refusal::Forbidden);
    let mine = offer("shop.redirect", &rules()["shop.redirect"]);
    let take = Command::OfferTool { offer: Box::new(mine.clone()) };
    assert!(matches!(world.may_not(other, take), Refusal::Invalid { .. }), "a name that another offers");
    world.does(other, Command::WithdrawTool { tool: "shop.redirect".into() });
    assert!(world.desk.office.offered("shop.redirect").is_some(), "nobody withdraws what another offers");
    // The tool became another one between the ask and the beginning: nothing is run.
    let changed = Offer { definition: DOUBT, ..mine };
    world.does(RUNNER, Command::OfferTool { offer: Box::new(changed) });
    assert!(matches!(world.may_not(RUNNER, begin), Refusal::AlreadyEnded { .. }));
    let again = ask(&mut world, "shop.redirect", r#"{"order":"B"}"#);
    assert!(matches!(again, Event::ToolDenied { why: Denial::Changed, .. }), "the AI has not read it so");
    world.does(RUNNER, Command::WithdrawTool { tool: "shop.redirect".into() });
    let again = ask(&mut world, "shop.redirect", r#"{"order":"B"}"#);
    assert!(matches!(again, Event::ToolDenied { why: Denial::Absent, .. }));
    world.does(ADMIN, Command::Revoke { teammate: RUNNER });
    assert!(world.desk.office.offers.is_empty());
}

#[test]
fn offers_are_bounded_and_only_of_tools_that_the_policy_names() {
    let mut world = desk();
    for tool in ["shop.erase", "shop.none"] {
        let offer = Offer::new("shop", tool.strip_prefix("shop.").unwrap(), "x", json!({}));
        assert!(matches!(
            world.may_not(RUNNER, Command::OfferTool { offer: Box::new(offer) }),
            Refusal::Invalid { .. }
        ));
    }
    let rule = rules()["shop.read"].clone();
    let tools: BTreeMap<String, ToolRule> = (0..60).map(|n| (format!("many.t{n}"), rule.clone())).collect();
    world.does(ADMIN, Command::SetPolicy { policy: Box::new(Policy { tools, ..Policy::default() }) });
    assert!(world.desk.office.offers.is_empty(), "what the policy names no more is forgotten");
    let mut taken = 0;
    for n in 0..60 {
        let offer = Offer::new("many", &format!("t{n}"), &"x".repeat(1_900), json!({}));
        taken +=
            usize::from(world.submit(Actor::Teammate(RUNNER), &Command::OfferTool { offer: Box::new(offer) }).is_ok());
    }
    let size: usize = world.desk.office.offers.iter().map(|one| one.offer.size()).sum();
    assert!(taken > 20 && taken < 60 && size <= LONGEST_OFFERS, "{taken} of {size} bytes");
}
