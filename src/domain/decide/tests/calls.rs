//! Single calls of tools, from the ask to what came of it: allowed, proposed, denied, approved, withdrawn, expired.

use super::{
    tools::{DOUBT, ID, PIN, rules},
    world::{ADMIN, AI, ANA, BEN, RUNNER, WEB, World, answer},
};
use crate::domain::{
    command::Command,
    escalation::Reason,
    event::{Event, Recorded},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    teammate::Actor,
    time::Span,
    tool::{ASK_PERSON, DECIDE_WITHIN, Denial, Fate, Offer, Risk, ToolDecision, ToolEnding, ToolRule, WhyTool},
    turn::{Outcome, Trace},
};

pub(super) fn ask(world: &mut World, tool: &str, arguments: &str) -> Event {
    let turn = world.talk(ID).turn.as_ref().map(|open| open.turn);
    let term = world.term(ID);
    let turn = turn.unwrap_or_else(|| world.does(AI, Command::BeginTurn { conversation: ID, term })[0].n);
    let (tool, arguments, words) = (tool.to_owned(), arguments.to_owned(), "please".to_owned());
    world.does(AI, Command::AskTool { conversation: ID, turn, term, tool, arguments, definition: PIN, words })[0]
        .event
        .clone()
}

/// An AI asks for a refund, which a person must approve, and its turn ends with `outcome`.
pub(super) fn ask_and_end(
    world: &mut World,
    id: ConversationId,
    outcome: impl FnOnce(EntryNo) -> Outcome,
) -> Vec<Recorded> {
    let term = world.term(id);
    let turn = world.does(AI, Command::BeginTurn { conversation: id, term })[0].n;
    let (tool, arguments) = ("shop.refund".to_owned(), r#"{"order":"A","amount":20}"#.to_owned());
    let asked =
        Command::AskTool { conversation: id, turn, term, tool, arguments, definition: PIN, words: String::new() };
    let call = world.does(AI, asked)[0].n;
    world.does(AI, Command::FinishTurn { conversation: id, turn, term, outcome: outcome(call) })
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

pub(super) fn desk() -> World {
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
fn two_tools_that_are_one_to_a_language_model_stand_in_no_policy() {
    let mut world = desk();
    let mut set = |risk| {
        let rule = ToolRule { risk, ..rules()["shop.read"].clone() };
        let tools = [("shop.set.value".to_owned(), rule.clone()), ("shop.set_value".to_owned(), rule)].into();
        let policy = Box::new(Policy { tools, ..Policy::default() });
        world.submit(Actor::Teammate(ADMIN), &Command::SetPolicy { policy }).map(drop)
    };
    assert!(matches!(set(Risk::R0), Err(Refusal::Invalid { why, .. }) if why.contains("one name to a language model")));
    assert_eq!(set(Risk::R3), Ok(()));
}

#[test]
fn a_rule_without_a_schema_takes_what_the_server_says_that_it_takes() {
    let mut tools = rules();
    let rule = tools.get_mut("shop.read").unwrap();
    rule.schema = serde_json::Value::Null;
    let offer = Offer { schema: serde_json::json!({"required": ["order"]}), ..super::tools::offer("shop.read", rule) };
    let mut world = World::with_talk(Policy { tools, ..Policy::default() }).0;
    world.does(RUNNER, Command::OfferTool { offer: Box::new(offer) });
    let wrong = ask(&mut world, "shop.read", "{}");
    assert!(matches!(wrong, Event::ToolDenied { why: Denial::Arguments { .. }, .. }), "{wrong:?}");
    let right = ask(&mut world, "shop.read", r#"{"order":"A"}"#);
    assert!(matches!(right, Event::ToolAllowed { .. }), "{right:?}");
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
