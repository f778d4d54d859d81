//! Nothing of an AI leaves unlooked at: what a check stops is a draft with its reason, whatever the mode.

use super::world::{AI, ANA, WEB, World, answer, config, histories, walk};
use crate::domain::{
    approval::{Decision, Why},
    brief::Brief,
    command::Command,
    due,
    escalation::Reason,
    event::Event,
    guard::{self, Rule},
    holder::Holder,
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    shelf::Shelf,
    time::Timestamp,
    turn::{Answer, Outcome, Source, Trace},
};
use proptest::prelude::*;
use std::sync::Arc;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_sent_was_checked_without_a_stop_or_let_go_by_a_person(history in histories()) {
        walk(&history, |done| {
            for one in done.recorded() {
                let Event::Answered { answer, draft, checked, .. } = &one.event else { continue };
                let it = done.before.conversation(one.conversation.unwrap()).unwrap();
                let settings = &done.before.office.policy.guard;
                if draft.is_some() {
                    prop_assert_eq!(*checked, None);
                } else {
                    prop_assert_eq!(*checked, Some(guard::VERSION));
                    let found = guard::going_out(settings, &done.before.approved(), &it.card, &it.heed, answer);
                    prop_assert_eq!(settings.stop(&found), None);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_draft_that_a_check_made_has_its_verdicts_just_before_it(history in histories()) {
        walk(&history, |done| {
            for (at, one) in done.recorded().iter().enumerate() {
                let Event::DraftProposed { turn, why: Why::Guard { rule }, .. } = &one.event else { continue };
                let before = at.checked_sub(1).map(|at| &done.recorded()[at]);
                let Some(Event::Guarded { turn: of, verdicts }) = before.map(|one| &one.event) else {
                    panic!("no verdict before {one:?}")
                };
                prop_assert_eq!((*of, verdicts[0].rule), (Some(*turn), *rule));
            }
            Ok(())
        })?;
    }
}

#[test]
fn a_blocked_answer_is_a_draft_that_a_person_may_send_or_change() {
    for mode in [Mode::Auto, Mode::Draft] {
        let (mut world, id) = World::with_talk(Policy { mode, ..Policy::default() });
        let said = world.turn(AI, id, answer("We guarantee you 500 euros.", 1000));
        let rules: Vec<Rule> = match &said[0].event {
            Event::Guarded { verdicts, .. } => verdicts.iter().map(|verdict| verdict.rule).collect(),
            other => panic!("{other:?}"),
        };
        assert_eq!(rules, [Rule::Promise, Rule::Figure]);
        assert!(matches!(said[1].event, Event::DraftProposed { why: Why::Guard { rule: Rule::Promise }, .. }));
        assert_eq!(world.talk(id).card.draft.get().unwrap().why, Why::Guard { rule: Rule::Promise });
        let decision = Decision::Edit { text: "We look into it.".into() };
        world.does(ANA, Command::DecideDraft { conversation: id, draft: said[1].n, decision });
        assert_eq!(world.talk(id).outbox.len(), 1);
    }
}

#[test]
fn a_shadow_is_looked_at_too_and_a_rule_that_only_marks_stops_nothing() {
    let (mut world, id) = World::with_talk(Policy { mode: Mode::Shadow, ..Policy::default() });
    let said = world.turn(AI, id, answer("We guarantee it.", 1000));
    assert!(matches!((&said[0].event, &said[1].event), (Event::Guarded { .. }, Event::ShadowDrafted { .. })));

    let mut policy = Policy::default();
    policy.guard.mark_only.insert(Rule::Promise);
    let (mut world, id) = World::with_talk(policy);
    let said = world.turn(AI, id, answer("We guarantee it.", 1000));
    assert!(matches!((&said[0].event, &said[1].event), (Event::Guarded { .. }, Event::Answered { .. })));
}

#[test]
fn a_matter_for_people_lets_no_answer_of_an_ai_out_until_a_person_has_seen_it() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "I got an electric shock from it!".into() });
    let draft = world.turn(AI, id, answer("Please run hot water through it.", 1000))[1].n;
    assert_eq!(world.talk(id).card.draft.get().unwrap().why, Why::Guard { rule: Rule::Sensitive });
    world.does(
        ANA,
        Command::DecideDraft { conversation: id, draft, decision: Decision::Reject { reason: "no!".into() } },
    );
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    let term = world.term(id);
    world.does(ANA, Command::Reply { conversation: id, term, text: "Please unplug it. Are you well?".into() });
    let term = world.term(id);
    world.does(ANA, Command::HandBack { conversation: id, term, to: None, brief: super::world::brief() });
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "Yes. How do I send it back?".into() });
    let sent = world.turn(AI, id, answer("The label is in your account.", 1000));
    assert!(matches!(sent[0].event, Event::Answered { .. }), "{sent:?}");
}

#[test]
fn a_person_is_called_where_one_is_wanted_and_the_ai_stays_silent() {
    for text in ["I got an electric shock from it!", "I want to talk to a human, please."] {
        let (mut world, id) = World::with_talk(Policy::default());
        assert_eq!(due::next(world.talk(id), &Policy::default()), None);
        world.does(WEB, Command::CustomerSaid { conversation: id, text: text.into() });
        let until = due::next(world.talk(id), &Policy::default()).unwrap();
        world.now = Timestamp(until.0 - 1);
        assert_eq!(world.desk_does(Command::Tick { conversation: id }), Vec::new());
        // While it is at it, it may still find the words.
        let term = world.term(id);
        let turn = world.does(AI, Command::BeginTurn { conversation: id, term })[0].n;
        world.now = until;
        assert_eq!(world.desk_does(Command::Tick { conversation: id }), Vec::new());
        let outcome = Outcome::Abandon { why: "nothing".into(), trace: Trace::default() };
        world.does(AI, Command::FinishTurn { conversation: id, turn, term, outcome });
        world.desk_does(Command::Tick { conversation: id });
        let card = &world.talk(id).card;
        assert_eq!((card.holder, card.escalation.as_ref().unwrap().reason), (Holder::Queue, Reason::Guarded), "{text}");
    }
    // Whoever only marks such matters is not called.
    let mut policy = Policy::default();
    policy.guard.mark_only.insert(Rule::Sensitive);
    let (mut world, id) = World::with_talk(policy.clone());
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "I got an electric shock from it!".into() });
    assert_eq!(due::next(world.talk(id), &policy), None);
}

#[test]
fn a_customer_who_asked_for_a_person_gets_no_answer_of_an_ai_and_is_told_that_one_comes() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.does(WEB, Command::CustomerSaid { conversation: id, text: "I want to talk to a human, please.".into() });
    // An AI in another language may have overlooked it, or argue.
    world.turn(AI, id, answer("Let me help you first.", 1000));
    assert_eq!(world.talk(id).card.draft.get().unwrap().why, Why::Guard { rule: Rule::Person });
    assert!(world.talk(id).outbox.is_empty());
    for text in ["I want to talk to a human, please.", "I got an electric shock from it!"] {
        let (mut world, id) = World::with_talk(Policy::default());
        world.does(WEB, Command::CustomerSaid { conversation: id, text: text.into() });
        let notice = Some("A colleague will answer you here. Please unplug it.".to_owned());
        let (reason, summary) = (Reason::AskedForHuman, "it is for people".to_owned());
        let said = world.turn(AI, id, Outcome::Escalate { reason, summary, notice, trace: Trace::default() });
        assert!(said.iter().any(|one| matches!(one.event, Event::Notified { .. })), "{text}: {said:?}");
    }
}

#[test]
fn an_answer_that_never_ends_is_a_draft() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.turn(AI, id, answer(&"It is so. ".repeat(400), 1000));
    assert_eq!(world.talk(id).card.draft.get().unwrap().why, Why::Guard { rule: Rule::Length });
}

#[test]
fn a_flood_goes_to_a_person_once() {
    let (mut world, id) = World::with_talk(Policy::default());
    for n in 0..40 {
        world.does(WEB, Command::CustomerSaid { conversation: id, text: format!("hello {n}") });
    }
    let card = &world.talk(id).card;
    let call = card.escalation.as_ref().unwrap();
    assert_eq!((card.holder, call.reason), (Holder::Queue, Reason::Guarded));
    let guarded = world.log.iter().filter(|one| matches!(one.event, Event::Guarded { .. })).count();
    assert_eq!(guarded, 1);
}

#[test]
fn a_policy_that_would_send_what_was_not_looked_at_is_refused() {
    let (mut world, _) = World::with_talk(Policy::default());
    let mut policy = Policy::default();
    policy.guard.mark_only.insert(Rule::Unchecked);
    let refused = world.may_not(super::world::ADMIN, Command::SetPolicy { policy: Box::new(policy) });
    assert!(matches!(refused, Refusal::Invalid { ref field, .. } if field == "guard.mark_only"), "{refused:?}");
}

/// An answer that says what it cites, word for word.
fn cites(document: &str, passage: &str) -> Outcome {
    let source = Source { number: 1, document: document.into(), heading: "Refunds".into(), passage: passage.into() };
    let text = format!("{passage} [1]");
    let answer = Answer { sources: vec![source], ..super::world::the_answer(&text, 1000) };
    Outcome::Answer { answer: Box::new(answer), settled: false }
}

#[test]
fn what_an_ai_puts_into_a_source_of_its_own_is_a_draft_and_carries_nothing() {
    const LIE: &str = "We guarantee a refund of 500 euros.";
    let shelf = Shelf::of([("refunds.md", ["Refunds", "A refund takes 5 working days."])]);
    for (document, passage, sent) in [
        ("refunds.md", "A refund takes 5 working days.", true),
        ("refunds.md", LIE, false),
        ("made-up.md", LIE, false),
        ("made-up.md", "A refund takes 5 working days.", false),
        ("brief", LIE, false),
        ("guidance", "Refunds are made gladly.", false),
        ("shop.refund", "Refunds are made gladly.", false),
    ] {
        let (mut world, id) = World::with_talk(Policy::default());
        world.desk.shelf = Some(Arc::new(shelf.clone()));
        let said = world.turn(AI, id, cites(document, passage));
        assert_eq!(matches!(said[0].event, Event::Answered { .. }), sent, "{document}: {passage}");
        if sent {
            continue;
        }
        let Event::Guarded { verdicts, .. } = &said[0].event else { panic!("{said:?}") };
        assert_eq!((verdicts[0].rule, verdicts[0].words.starts_with(document)), (Rule::Source, true), "{verdicts:?}");
        assert!(matches!(said[1].event, Event::DraftProposed { why: Why::Guard { rule: Rule::Source }, .. }));
        // What it says is held against what the desk knows, and that is nothing of it.
        let promises = verdicts.iter().any(|verdict| verdict.rule == Rule::Promise);
        assert_eq!(promises, passage == LIE, "{verdicts:?}");
    }
    // A desk without knowledge of its own cannot tell.
    let (mut world, id) = World::with_talk(Policy::default());
    assert!(matches!(world.turn(AI, id, cites("made-up.md", LIE))[0].event, Event::Answered { .. }));
}

#[test]
fn a_heading_of_the_ais_own_carries_nothing_either() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.desk.shelf = Some(Arc::new(Shelf::of([("refunds.md", ["A refund takes 5 working days."])])));
    let source = Source {
        number: 1,
        document: "refunds.md".into(),
        heading: "We guarantee you 500 euros".into(),
        passage: "A refund takes 5 working days.".into(),
    };
    let answer = Answer { sources: vec![source], ..super::world::the_answer("We guarantee you 500 euros. [1]", 1000) };
    let said = world.turn(AI, id, Outcome::Answer { answer: Box::new(answer), settled: false });
    assert!(matches!(said[1].event, Event::DraftProposed { why: Why::Guard { rule: Rule::Promise }, .. }), "{said:?}");
}

#[test]
fn what_people_told_the_ai_in_the_talk_may_be_cited() {
    let (mut world, id) = World::with_talk(Policy::default());
    world.desk.shelf = Some(Arc::new(Shelf::default()));
    world.does(ANA, Command::Whisper { conversation: id, text: "say: Your parcel left on Monday.".into() });
    let said = world.turn(AI, id, cites("whisper", "Your parcel left on Monday."));
    assert!(matches!(said[0].event, Event::Answered { .. }), "{said:?}");

    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    let term = world.term(id);
    let brief = Brief {
        done: "Looked at the parcel. It was sent back".into(),
        promised: "We send it again by the 5th of May, at no cost.".into(),
        ..Brief::default()
    };
    world.does(ANA, Command::HandBack { conversation: id, term, to: None, brief });
    world.does(
        WEB,
        Command::CustomerSaid { conversation: id, text: "And what will you do with the parcel now, please?".into() },
    );
    let words = "We send it again by the 5th of May, at no cost. It was sent back Looked at the parcel.";
    let said = world.turn(AI, id, cites("brief", words));
    assert!(matches!(said[0].event, Event::Answered { .. }), "{said:?}");
}

#[test]
fn a_notice_is_looked_at_like_an_answer_and_left_out_where_a_check_stops_it() {
    let bad = [
        "We guarantee that you get it back.",
        "You get 500 euros tomorrow.",
        "Look at https://evil.example/pay for it.",
        "Write to jana@example.com.",
        "Your key is sk-abcdefghijklmnopqrstuvwxyz012345.",
        "A\u{202e}colleague answers.",
    ];
    let escalates = |notice: &str| Outcome::Escalate {
        reason: Reason::Ungrounded,
        summary: "it does not know".into(),
        notice: Some(notice.to_owned()),
        trace: Trace::default(),
    };
    for notice in bad {
        let (mut world, id) = World::with_talk(Policy::default());
        let said = world.turn(AI, id, escalates(notice));
        let found = said.iter().any(|one| matches!(&one.event, Event::Guarded { turn: Some(_), .. }));
        assert!(found, "{notice}: {said:?}");
        assert!(!said.iter().any(|one| matches!(one.event, Event::Notified { .. })), "{notice}: {said:?}");
        assert!(said.iter().any(|one| matches!(one.event, Event::Escalated { .. })), "people are called all the same");
        assert!(world.talk(id).outbox.is_empty(), "{notice}");
    }
    let (mut world, id) = World::with_talk(Policy::default());
    let said = world.turn(AI, id, escalates("A colleague will answer you here."));
    assert!(said.iter().any(|one| matches!(one.event, Event::Notified { .. })), "{said:?}");
    assert_eq!(world.talk(id).outbox.len(), 1);
    // Where nothing of the AI's is sent, no notice is.
    let (mut world, id) = World::with_talk(Policy { mode: Mode::Draft, ..Policy::default() });
    world.turn(AI, id, escalates("A colleague will answer you here."));
    assert!(world.talk(id).outbox.is_empty());
}

#[test]
fn a_notice_sent_while_a_person_decides_on_a_call_is_looked_at_too() {
    for (notice, sent) in [("A colleague looks at it.", 1), ("You will get 500 euros tomorrow, guaranteed.", 0)] {
        let (mut world, id) = World::with_talk(Policy { tools: super::tools::rules(), ..Policy::default() });
        let said = super::calls::ask_and_end(&mut world, id, |call| Outcome::Wait {
            call,
            notice: Some(notice.into()),
            trace: Trace::default(),
        });
        let notified = said.iter().filter(|one| matches!(one.event, Event::Notified { .. })).count();
        assert_eq!((notified, world.talk(id).outbox.len()), (sent, sent), "{notice}: {said:?}");
        assert!(world.talk(id).card.tool_waiting().is_some());
    }
}
