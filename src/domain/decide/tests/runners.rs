//! What tools there are, and who runs them.

use super::{
    calls::{ask, desk},
    tools::{DOUBT, ID, offer, rules},
    world::{ADMIN, AI, AI_TWO, ANA, RUNNER, WEB},
};
use crate::domain::{
    command::Command,
    event::Event,
    ids::Digest,
    policy::Policy,
    refusal::Refusal,
    teammate::{Actor, Role},
    tool::{ASK_PERSON, Denial, Fate, LONGEST_OFFERS, Offer, Risk, ToolRule},
};
use serde_json::json;
use std::collections::BTreeMap;

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
    assert!(matches!(world.may_not(other, begin.clone()), Refusal::NotFound { .. }), "it offers no such tool");
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
