//! The server of the model: the real `decide` and `apply`, and mutants that take a guard away from them.
//!
//! A mutant changes what `decide` is shown or what is applied of its events; the rules themselves are never copied here.

use crate::world::{Channel, Entries, How, Late, World};
use centaur::domain::{
    approval::Ending,
    command::Command,
    conversation::Conversation,
    decide::decide,
    delivery::State,
    desk::{Desk, Office},
    escalation::Reason,
    event::{Event, Recorded},
    holder::{Cause, Holder},
    ids::{ConversationId, Digest, EntryNo, Seq, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    teammate::{Actor, Role},
    time::Timestamp,
    turn::{Answer, Grounding, Outcome, Trace},
};
use std::sync::Arc;

pub const ID: ConversationId = ConversationId(1);
pub const PEOPLE: [TeammateId; 2] = [TeammateId(2), TeammateId(3)];
pub const AI: TeammateId = TeammateId(4);
pub const CONNECTOR: TeammateId = TeammateId(5);
/// When everything happens, but for what needs time to pass.
const NOW: Timestamp = Timestamp(1_000);
/// Long after.
const LATER: Timestamp = Timestamp(1_000_000_000);

/// A guard that is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// The end of a turn is taken for one under the present term.
    EndIgnoresTerm,
    /// A change of holder leaves the turn open.
    HolderKeepsTurn,
    /// A claim is taken for one under the present term.
    ClaimIgnoresTerm,
    /// A change of holder leaves the AI's rows pending.
    HolderKeepsRows,
    /// A claim does not ask whether the row is pending.
    ClaimIgnoresState,
    /// After a restart what was claimed is pending.
    RestartRetries,
    /// A take-over is taken for one under the present term.
    TakeIgnoresTerm,
    /// A hand-back is taken for one under the present term.
    BackIgnoresTerm,
    /// A reply is taken for one under the present term.
    ReplyIgnoresTerm,
    /// A reply does not ask who holds.
    ReplyIgnoresHolder,
    /// A take-over leaves the term.
    TakeKeepsTerm,
    /// A hand-back leaves the term.
    BackKeepsTerm,
    /// A lapse leaves the term.
    LapseKeepsTerm,
    /// A lapse gives to the AI.
    LapseGivesToAi,
    /// `quiet` neither waits for what is claimed nor names it.
    QuietForgetsClaimed,
    /// `quiet` does not name what is unknown.
    QuietForgetsUnknown,
    /// A change of holder leaves a draft waiting.
    HolderKeepsDraft,
    /// A decision does not compare the draft's term.
    DecisionIgnoresTerm,
    /// A change of holder drops people's messages too.
    HolderDropsReplies,
    /// A second server decides on what it last saw.
    TwoDeciders,
}

/// The rules with what was taken away.
pub struct Server {
    pub office: Office,
    pub mutants: Vec<Mutant>,
    pub channel: Channel,
}

impl Server {
    /// A desk with an admin, an agent, a lead, an AI and a connector; and one conversation whose customer waits.
    pub fn new(channel: Channel, mode: Mode, mutants: Vec<Mutant>) -> (Self, Conversation) {
        let mut desk = Desk::default();
        let mut run = |by: Actor, command: Command| {
            let events = decide(&desk, by, &command, NOW).expect("a fresh desk accepts its team");
            for happening in events {
                let conversation = happening.conversation;
                let n = conversation
                    .map_or(EntryNo(0), |id| desk.conversation(id).map_or(EntryNo(0), |it| it.card.n).next());
                let recorded = Recorded { seq: Seq(0), at: NOW, by, conversation, n, event: happening.event };
                desk.apply(&recorded);
            }
        };
        let policy = Box::new(Policy { mode, hand_offs: 9, ..Policy::default() });
        run(Actor::Desk, Command::Found { name: "Desk".into(), admin: "Ada".into(), token: Digest([1; 32]), policy });
        for (n, role) in (2..).zip([Role::Agent, Role::Lead, Role::Ai, Role::Connector]) {
            run(Actor::Desk, Command::Invite { name: format!("T{n}"), role, token: Digest([n; 32]) });
        }
        let channel_name = if channel == Channel::Own { "web" } else { "mail" };
        let opens = Command::OpenConversation {
            channel: channel_name.into(),
            customer: centaur::domain::customer::Customer { name: "Jo".into(), email: None, locale: None },
            topic: None,
            text: "hi".into(),
            external_ref: None,
        };
        run(Actor::Teammate(CONNECTOR), opens);
        let mut talk = desk.conversation(ID).expect("it was just opened").clone();
        World::settle(&mut talk);
        desk.conversations.clear();
        (Self { office: desk.office, mutants, channel }, talk)
    }

    pub fn has(&self, mutant: Mutant) -> bool {
        self.mutants.contains(&mutant)
    }

    /// Decides on `seen` and applies to the conversation of `world`. What was applied, with its number.
    pub fn submit(
        &self,
        world: &mut World,
        seen: Option<&Conversation>,
        by: Actor,
        command: Command,
    ) -> Result<Vec<(EntryNo, Event)>, Refusal> {
        if matches!(command, Command::Recover { .. }) && self.has(Mutant::RestartRetries) {
            world.talk.outbox.iter_mut().filter(|row| row.state == State::Claimed).for_each(|row| {
                row.state = State::Pending;
            });
            return Ok(Vec::new());
        }
        let mut shown = seen.unwrap_or(&world.talk).clone();
        let command = self.blinded(&mut shown, by, command);
        let at = match command {
            Command::Tick { .. } | Command::Lapse { .. } => LATER,
            _ => NOW,
        };
        let mut desk = Desk { office: self.office.clone(), conversations: [(ID, Box::new(shown))].into(), shelf: None };
        let happenings = decide(&desk, by, &command, at)?;
        desk.conversations.clear();
        let changes = happenings.iter().any(|one| matches!(one.event, Event::HolderChanged { .. }));
        let mut applied = Vec::with_capacity(happenings.len());
        for happening in happenings {
            let Some(event) = self.bent(&world.talk, changes, happening.event) else { continue };
            let n = world.talk.card.n.next();
            let recorded = Recorded { seq: Seq(0), at: NOW, by, conversation: Some(ID), n, event };
            world.talk.apply(&desk.office, &recorded);
            applied.push((n, recorded.event));
        }
        if changes && self.has(Mutant::HolderDropsReplies) {
            world.talk.outbox.retain(|row| row.origin.is_fenced());
        }
        World::settle(&mut world.talk);
        Ok(applied)
    }

    /// What `decide` is shown, by a server that does not look at something.
    fn blinded(&self, shown: &mut Conversation, by: Actor, mut command: Command) -> Command {
        if self.mutants.is_empty() {
            return command;
        }
        let now = shown.card.term;
        let present = |mutant, term: &mut Term| {
            if self.has(mutant) {
                *term = now;
            }
        };
        match &mut command {
            Command::TakeOver { term, .. } => present(Mutant::TakeIgnoresTerm, term),
            Command::HandBack { term, .. } => present(Mutant::BackIgnoresTerm, term),
            Command::Reply { term, .. } => {
                present(Mutant::ReplyIgnoresTerm, term);
                if let (true, Actor::Teammate(me)) = (self.has(Mutant::ReplyIgnoresHolder), by) {
                    Arc::make_mut(&mut shown.card).holder = Holder::Human(me);
                }
            }
            Command::FinishTurn { term, .. } => {
                present(Mutant::EndIgnoresTerm, term);
                if let Some(turn) = &mut shown.turn {
                    present(Mutant::EndIgnoresTerm, &mut turn.term);
                }
            }
            Command::ClaimDelivery { message, term, .. } => {
                if let Some(row) = shown.outbox.iter_mut().find(|row| row.message == *message) {
                    present(Mutant::ClaimIgnoresTerm, &mut row.term);
                    present(Mutant::ClaimIgnoresTerm, term);
                    if self.has(Mutant::ClaimIgnoresState) {
                        row.state = State::Pending;
                    }
                }
            }
            Command::DecideDraft { .. } => {
                if let Some(draft) = &mut shown.draft {
                    present(Mutant::DecisionIgnoresTerm, &mut draft.term);
                }
            }
            _ => {}
        }
        command
    }

    /// What is applied of an event, by a server that leaves something out.
    fn bent(&self, talk: &Conversation, changes: bool, event: Event) -> Option<Event> {
        match event {
            Event::DeliveriesVoided { .. } if self.has(Mutant::HolderKeepsRows) => None,
            Event::AnswerSuppressed { .. } if changes && self.has(Mutant::HolderKeepsTurn) => None,
            Event::DraftEnded { ending: Ending::Withdrawn { .. }, .. }
                if changes && self.has(Mutant::HolderKeepsDraft) =>
            {
                None
            }
            Event::HolderChanged { from, to, term, cause } => {
                let keeps = match &cause {
                    Cause::TookOver { .. } => self.has(Mutant::TakeKeepsTerm),
                    Cause::HandedBack => self.has(Mutant::BackKeepsTerm),
                    Cause::LeaseLapsed => self.has(Mutant::LapseKeepsTerm),
                    _ => false,
                };
                let to =
                    if cause == Cause::LeaseLapsed && self.has(Mutant::LapseGivesToAi) { Holder::Ai(AI) } else { to };
                Some(Event::HolderChanged { from, to, term: if keeps { talk.card.term } else { term }, cause })
            }
            other => Some(other),
        }
    }

    /// The rows that a `quiet` of `term` must name. It may be answered at any time: to wait only makes the list shorter.
    pub fn unquiet(&self, talk: &Conversation, term: Term) -> Entries {
        let mut listed = Entries::default();
        let older = talk.outbox.iter().filter(|row| row.origin.is_fenced() && row.term < term);
        for row in older.filter(|_| self.channel == Channel::Outside) {
            let named = match row.state {
                State::Claimed => !self.has(Mutant::QuietForgetsClaimed),
                State::Unknown => !self.has(Mutant::QuietForgetsUnknown),
                _ => false,
            };
            if named {
                listed.add(row.message);
            }
        }
        listed
    }
}

/// The command of somebody whose message was late.
pub fn of(late: Late) -> (Actor, Command) {
    match late {
        Late::End { turn, term, how } => {
            let trace = Trace::default();
            let outcome = match how {
                How::Answer => {
                    let (text, sources) = ("so".to_owned(), Vec::new());
                    Outcome::Answer {
                        answer: Box::new(Answer { text, sources, grounding: Grounding(900), trace }),
                        settled: false,
                    }
                }
                How::Escalate => {
                    let (summary, notice) = ("?".to_owned(), Some("wait".to_owned()));
                    Outcome::Escalate { reason: Reason::Ungrounded, summary, notice, trace }
                }
            };
            (Actor::Teammate(AI), Command::FinishTurn { conversation: ID, turn, term, outcome })
        }
        Late::Claim { message, term } => {
            (Actor::Teammate(CONNECTOR), Command::ClaimDelivery { conversation: ID, message, term })
        }
    }
}
