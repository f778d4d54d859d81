//! Who may ask for what, for each role and each command, and what an answer does not tell.

use super::world::{
    ADMIN, AI, ANA, LEAD, REVIEWER, RUNNER, VIEWER, WEB, World, answer, brief, config, decision, good, histories, open,
    walk,
};
use crate::domain::{
    command::Command,
    decide::decide,
    delivery::Report,
    guidance::{GuidanceId, Instruction},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    stop::{Scope, StopId, Then},
    task::{Kind, Report as TaskReport, Task},
    teammate::{Actor, Right, Role},
    time::Timestamp,
    tool::{Fate, Offer, ToolDecision},
    turn::Trace,
};
use proptest::prelude::*;

/// Who may ask for it at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Right(Right),
    /// Everybody who works here.
    Nothing,
    /// The desk alone.
    Desk,
}

fn needs(command: &Command) -> Needs {
    match command {
        Command::TakeOver { .. } | Command::HandBack { .. } | Command::Assign { .. } | Command::Reply { .. } => {
            Needs::Right(Right::Hold)
        }
        Command::Note { .. } => Needs::Right(Right::Note),
        Command::Whisper { .. } | Command::GiveTask { .. } | Command::CancelTask { .. } => Needs::Right(Right::Whisper),
        Command::DecideDraft { .. } | Command::DecideTool { .. } => Needs::Right(Right::Approve),
        Command::Annotate { .. } => Needs::Right(Right::Annotate),
        // To lift a stop: of a talk's, whoever sets its mode; that none stands is said to them alone.
        Command::SetMode { .. }
        | Command::Pause { .. }
        | Command::Stop { scope: Scope::Talk { .. }, .. }
        | Command::LiftStop { .. } => Needs::Right(Right::SetMode),
        Command::Tag { .. }
        | Command::SetPriority { .. }
        | Command::Snooze { .. }
        | Command::Resolve { .. }
        | Command::Reopen { .. } => Needs::Right(Right::Triage),
        Command::Undo { .. } | Command::SeeTask { .. } => Needs::Right(Right::Watch),
        Command::SetPolicy { .. } | Command::Invite { .. } | Command::Revoke { .. } | Command::Erase { .. } => {
            Needs::Right(Right::Govern)
        }
        Command::SetDeskMode { .. } | Command::KeepReply { .. } => Needs::Right(Right::SetDeskMode),
        Command::Stop { .. } => Needs::Right(Right::Stop),
        // To retire a piece: whoever may write one; that it is in use, and so a lead's, is said to them alone.
        Command::WriteGuidance { .. } | Command::RetireGuidance { .. } => Needs::Right(Right::Guide),
        Command::PublishGuidance { .. } => Needs::Right(Right::Publish),
        Command::ReplaceToken { .. } => Needs::Nothing,
        Command::BeginTurn { .. }
        | Command::FinishTurn { .. }
        | Command::AskTool { .. }
        | Command::BeginTask { .. }
        | Command::ReportTask { .. } => Needs::Right(Right::Answer),
        Command::OfferTool { .. }
        | Command::WithdrawTool { .. }
        | Command::BeginTool { .. }
        | Command::FinishTool { .. } => Needs::Right(Right::RunTools),
        Command::OpenConversation { .. }
        | Command::CustomerSaid { .. }
        | Command::ClaimDelivery { .. }
        | Command::ReportDelivery { .. }
        | Command::Rate { .. } => Needs::Right(Right::Carry),
        Command::Found { .. }
        | Command::BeginTimeline { .. }
        | Command::Tick { .. }
        | Command::EndStops
        | Command::EndSpending { .. }
        | Command::Lapse { .. }
        | Command::Recover { .. } => Needs::Desk,
    }
}

fn instruction() -> Instruction {
    Instruction { title: "short".into(), then: "be brief".into(), ..Instruction::default() }
}

/// One of each command, about `conversation` where it is about one.
fn one_of_each(conversation: ConversationId) -> Vec<Command> {
    let (term, entry, token) = (Term(1), EntryNo(2), Digest([99; 32]));
    let text = || "hello".to_owned();
    let policy = || Box::new(Policy::default());
    vec![
        Command::TakeOver { conversation, term, reason: None },
        Command::HandBack { conversation, term, to: None, brief: brief() },
        Command::Assign { conversation, term, to: Holder::Queue },
        Command::Reply { conversation, term, text: text() },
        Command::Note { conversation, text: text() },
        Command::Whisper { conversation, text: text() },
        Command::DecideDraft { conversation, draft: entry, decision: decision(0) },
        Command::Annotate { conversation, message: entry, judgement: good() },
        Command::SetMode { conversation, mode: Some(Mode::Draft) },
        Command::Pause { conversation, span: None },
        Command::Tag { conversation, add: vec!["vip".into()], remove: Vec::new() },
        Command::SetPriority { conversation, priority: crate::domain::card::Priority::High },
        Command::Snooze { conversation, until: None },
        Command::Resolve { conversation },
        Command::Reopen { conversation },
        Command::Undo { conversation, act: None },
        Command::Erase { conversation },
        Command::GiveTask { conversation, to: None, task: Box::new(Task::of(Kind::Draft, "answer")) },
        Command::CancelTask { conversation, task: entry },
        Command::SeeTask { conversation, task: entry },
        Command::BeginTask { conversation, task: entry },
        Command::ReportTask {
            conversation,
            task: entry,
            report: TaskReport::Failed { why: text(), trace: Trace::default() },
        },
        Command::SetPolicy { policy: policy() },
        Command::SetDeskMode { topic: None, channel: None, mode: Some(Mode::Draft), why: String::new() },
        Command::KeepReply {
            name: "new-parcel".into(),
            reply: Some(Box::new(crate::domain::reply::DeskReply { title: text(), text: text() })),
        },
        Command::Stop { scope: Scope::All, then: Then::Hold, span: None, reason: text() },
        Command::LiftStop { stop: StopId(1), reason: text() },
        Command::WriteGuidance { guidance: None, instruction: Box::new(instruction()), from: None },
        Command::PublishGuidance { guidance: GuidanceId(1), version: 1 },
        Command::RetireGuidance { guidance: GuidanceId(1), why: text() },
        Command::Invite { name: "New".into(), role: Role::Agent, token },
        Command::ReplaceToken { teammate: None, token },
        Command::Revoke { teammate: TeammateId(77) },
        Command::BeginTurn { conversation, term },
        Command::FinishTurn { conversation, turn: entry, term, outcome: answer("Yes.", 900) },
        Command::AskTool {
            conversation,
            turn: entry,
            term,
            tool: "shop.read".into(),
            arguments: "{}".into(),
            definition: token,
            words: text(),
        },
        Command::OfferTool { offer: Box::new(Offer::new("shop", "read", "reads", serde_json::Value::Null)) },
        Command::WithdrawTool { tool: "shop.read".into() },
        Command::BeginTool { conversation, call: entry, term },
        Command::FinishTool { conversation, call: entry, fate: Fate::Done, result: text() },
        Command::DecideTool { conversation, call: entry, digest: token, decision: ToolDecision::Approve },
        open("web", None, "hello"),
        Command::CustomerSaid { conversation, text: text() },
        Command::ClaimDelivery { conversation, message: entry, term },
        Command::ReportDelivery { conversation, message: entry, report: Report::Sent },
        Command::Rate { conversation, score: 5, comment: None },
        Command::Found { name: "X".into(), admin: "Y".into(), token, policy: policy() },
        Command::BeginTimeline { timeline: 7 },
        Command::Tick { conversation },
        Command::EndStops,
        Command::EndSpending { conversation },
        Command::Lapse { conversation, seen: Timestamp(0) },
        Command::Recover { conversation },
    ]
}

const ONE_OF_EACH_ROLE: [(TeammateId, Role); 8] = [
    (VIEWER, Role::Viewer),
    (REVIEWER, Role::Reviewer),
    (ANA, Role::Agent),
    (LEAD, Role::Lead),
    (ADMIN, Role::Admin),
    (AI, Role::Ai),
    (WEB, Role::Connector),
    (RUNNER, Role::Tools),
];

#[test]
fn a_command_is_forbidden_exactly_if_the_role_lacks_its_right_whether_the_conversation_exists_or_not() {
    let (world, id) = World::with_talk(Policy::default());
    for conversation in [id, ConversationId(4711)] {
        for command in one_of_each(conversation) {
            for (who, role) in ONE_OF_EACH_ROLE {
                let may = match needs(&command) {
                    Needs::Right(right) => role.may(right),
                    Needs::Nothing => true,
                    Needs::Desk => false,
                };
                let result = decide(&world.desk, Actor::Teammate(who), &command, world.now);
                assert_eq!(result != Err(Refusal::Forbidden), may, "{role:?}: {command:?} gave {result:?}");
            }
            let by_desk = matches!(needs(&command), Needs::Desk) || matches!(command, Command::Invite { .. });
            let result = decide(&world.desk, Actor::Desk, &command, world.now);
            assert_eq!(result != Err(Refusal::Forbidden), by_desk, "the desk: {command:?} gave {result:?}");
        }
    }
}

#[test]
fn an_undo_needs_the_right_to_the_act_that_it_undoes() {
    let (mut world, id) = World::with_talk(Policy::default());
    let message = world.turn(AI, id, answer("It arrives tomorrow.", 900)).last().unwrap().n;
    world.does(REVIEWER, Command::Annotate { conversation: id, message, judgement: good() });
    world.does(REVIEWER, Command::Undo { conversation: id, act: None });
    assert!(matches!(world.may_not(VIEWER, Command::Undo { conversation: id, act: None }), Refusal::CannotUndo { .. }));
}

#[test]
fn who_was_revoked_and_who_never_was_here_may_nothing_and_learn_nothing() {
    let (mut world, id) = World::with_talk(Policy::default());
    for who in [ANA, AI, WEB] {
        world.does(ADMIN, Command::Revoke { teammate: who });
    }
    for conversation in [id, ConversationId(4711)] {
        for command in one_of_each(conversation) {
            for who in [ANA, AI, WEB, TeammateId(0), TeammateId(4711)] {
                assert_eq!(world.may_not(who, command.clone()), Refusal::Forbidden);
            }
        }
    }
}

#[test]
fn the_last_admin_cannot_leave() {
    let mut world = World::new(Policy::default());
    assert!(matches!(world.may_not(ADMIN, Command::Revoke { teammate: ADMIN }), Refusal::Invalid { .. }));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_is_accepted_from_who_lacks_the_right_or_was_revoked(history in histories()) {
        walk(&history, |done| {
            let Actor::Teammate(id) = done.by else { return Ok(()) };
            let role = done.before.office.present(id).map(|one| one.role);
            let may = match needs(done.command) {
                Needs::Right(right) => role.is_some_and(|role| role.may(right)),
                Needs::Nothing => role.is_some(),
                Needs::Desk => false,
            };
            // An undo may lack the right to its own act, a lifting that to its stop; nothing else is forbidden to who has
            // the right.
            let undo = matches!(
                done.command,
                Command::Undo { .. } | Command::LiftStop { .. } | Command::RetireGuidance { .. }
            );
            let forbidden = matches!(done.result, Err(Refusal::Forbidden));
            prop_assert!(forbidden != may || (undo && forbidden), "{:?}: {:?}", role, done.command);
            Ok(())
        })?;
    }
}
