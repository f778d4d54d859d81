//! A desk with a team, a tiny sequencer, and random steps that are read against the state as it is then.
//!
//! A step is some bytes: so it shrinks well, and a history stays meaningful when a step is cut out of it.

use crate::domain::{
    annotation::{Failure, Judgement, Verdict},
    approval::Decision,
    brief::Brief,
    card::Priority,
    ceiling::{Ceiling, Ceilings},
    command::Command,
    conversation::Conversation,
    customer::Customer,
    decide::decide,
    delivery::{Report, State},
    desk::Desk,
    escalation::Reason,
    event::{Event, Recorded},
    holder::Holder,
    ids::{ConversationId, Digest, EntryNo, Seq, TeammateId, Term},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    teammate::{Actor, Kind, Role},
    time::{Span, Timestamp},
    turn::{Answer, Grounding, Outcome, Trace},
};
use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};
use std::collections::BTreeMap;

pub(super) const ADMIN: TeammateId = TeammateId(1);
pub(super) const LEAD: TeammateId = TeammateId(2);
pub(super) const ANA: TeammateId = TeammateId(3);
pub(super) const BEN: TeammateId = TeammateId(4);
pub(super) const REVIEWER: TeammateId = TeammateId(5);
pub(super) const VIEWER: TeammateId = TeammateId(6);
pub(super) const AI: TeammateId = TeammateId(7);
pub(super) const AI_TWO: TeammateId = TeammateId(8);
pub(super) const WEB: TeammateId = TeammateId(9);
pub(super) const MAIL: TeammateId = TeammateId(10);
pub(super) const RUNNER: TeammateId = TeammateId(11);

/// How long a random history is at most.
pub(super) const STEPS: usize = 120;

/// Some bytes that become a command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub what: u16,
    pub who: u8,
    pub which: u8,
    pub fault: u8,
    pub a: u8,
    pub b: u8,
    pub gap: u8,
}

/// How a desk begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub mode: u8,
    pub hand_offs: u8,
    pub grounding: u8,
}

/// A beginning and what follows.
pub(super) fn histories() -> impl Strategy<Value = (Start, Vec<Step>)> {
    let start = (any::<u8>(), 1..4u8, any::<u8>()).prop_map(|(mode, hand_offs, grounding)| Start {
        mode,
        hand_offs,
        grounding,
    });
    let step = (any::<u16>(), any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>())
        .prop_map(|(what, who, which, fault, a, b, gap)| Step { what, who, which, fault, a, b, gap });
    (start, vec(step, 1..STEPS * 7 / 6))
}

/// 256 histories, or as many as `PROPTEST_CASES` says.
pub(super) fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

/// A command, and what it led to.
pub(super) struct Done<'a> {
    pub before: &'a Desk,
    pub by: Actor,
    pub command: &'a Command,
    pub at: Timestamp,
    pub result: &'a Result<Vec<Recorded>, Refusal>,
    pub after: &'a Desk,
}

impl Done<'_> {
    /// What was recorded; nothing if it was refused.
    pub fn recorded(&self) -> &[Recorded] {
        self.result.as_deref().unwrap_or_default()
    }

    pub fn role(&self) -> Option<Role> {
        self.by.teammate().and_then(|id| self.before.office.teammates.get(&id)).map(|it| it.role)
    }

    pub fn kind(&self) -> Option<Kind> {
        self.role().map(Role::kind)
    }
}

/// A desk, its log and its clock.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub desk: Desk,
    pub log: Vec<Recorded>,
    pub now: Timestamp,
    /// All terms that ever stood, by conversation.
    pub terms: BTreeMap<ConversationId, Vec<Term>>,
}

impl World {
    /// A founded desk with its team and no conversation.
    pub fn new(policy: Policy) -> Self {
        let mut world =
            Self { desk: Desk::default(), log: Vec::new(), now: Timestamp(1_000_000), terms: BTreeMap::new() };
        let found = Command::Found {
            name: "Bergwerk".into(),
            admin: "Ada".into(),
            token: Digest([1; 32]),
            policy: Box::new(policy),
        };
        world.submit(Actor::Desk, &found).unwrap();
        let team = [
            ("Lea", Role::Lead),
            ("Ana", Role::Agent),
            ("Ben", Role::Agent),
            ("Rita", Role::Reviewer),
            ("Vic", Role::Viewer),
            ("Mira", Role::Ai),
            ("Nilo", Role::Ai),
            ("web", Role::Connector),
            ("mail", Role::Connector),
            ("tools", Role::Tools),
        ];
        for (n, (name, role)) in (2..).zip(team) {
            let invite = Command::Invite { name: name.into(), role, token: Digest([n; 32]) };
            world.submit(Actor::Desk, &invite).unwrap();
        }
        let policy = world.desk.office.policy.clone();
        for (tool, rule) in policy.tools.iter().filter(|(tool, _)| policy.names_tool(tool)) {
            world.does(RUNNER, Command::OfferTool { offer: Box::new(super::tools::offer(tool, rule)) });
        }
        world
    }

    pub fn of(start: Start) -> Self {
        let few = Ceiling { calls: Some(3), ..Ceiling::default() };
        let ceilings = match start.grounding % 8 {
            1 => Ceilings { talk: few, ..Ceilings::default() },
            2 => Ceilings { customer: few, ..Ceilings::default() },
            3 => Ceilings { day: Ceiling { calls: Some(5), ..few }, ..Ceilings::default() },
            _ => Ceilings::default(),
        };
        Self::new(Policy {
            ceilings,
            mode: [Mode::Auto, Mode::Draft, Mode::Auto, Mode::Shadow][usize::from(start.mode) % 4],
            hand_offs: start.hand_offs,
            min_grounding: Grounding(if start.grounding.is_multiple_of(2) { 350 } else { 0 }),
            human_topics: ["legal".to_owned()].into(),
            tools: super::tools::rules(),
            ..Policy::default()
        })
    }

    /// One conversation of the web channel, held by the first AI, whose customer waits.
    pub fn with_talk(policy: Policy) -> (Self, ConversationId) {
        let mut world = Self::new(policy);
        world.does(WEB, open("web", None, "Where is my parcel BW-20417?"));
        (world, ConversationId(1))
    }

    pub fn talk(&self, id: ConversationId) -> &Conversation {
        self.desk.conversation(id).unwrap()
    }

    pub fn term(&self, id: ConversationId) -> Term {
        self.talk(id).card.term
    }

    /// Decides, numbers and applies.
    pub fn submit(&mut self, by: Actor, command: &Command) -> Result<Vec<Recorded>, Refusal> {
        let happenings = decide(&self.desk, by, command, self.now)?;
        let mut recorded = Vec::with_capacity(happenings.len());
        for happening in happenings {
            let n = happening
                .conversation
                .map_or(EntryNo(0), |id| self.desk.conversation(id).map_or(EntryNo(0), |it| it.card.n).next());
            let one = Recorded {
                seq: self.desk.office.seq.next(),
                at: self.now,
                by,
                conversation: happening.conversation,
                n,
                event: happening.event,
            };
            self.desk.apply(&one);
            if let (Some(id), Event::Opened { term, .. } | Event::HolderChanged { term, .. }) =
                (one.conversation, &one.event)
            {
                self.terms.entry(id).or_default().push(*term);
            }
            recorded.push(one);
        }
        self.log.extend(recorded.iter().cloned());
        Ok(recorded)
    }

    /// Submits what must be accepted.
    #[allow(clippy::needless_pass_by_value, reason = "tests write the command in place")]
    pub fn does(&mut self, by: TeammateId, command: Command) -> Vec<Recorded> {
        let said = self.submit(Actor::Teammate(by), &command);
        said.unwrap_or_else(|refusal| panic!("{command:?} by {by}: {refusal:?}"))
    }

    #[allow(clippy::needless_pass_by_value, reason = "tests write the command in place")]
    /// Submits what must be refused, and checks that it left no trace.
    pub fn may_not(&mut self, by: TeammateId, command: Command) -> Refusal {
        let before = self.desk.clone();
        let refusal = match self.submit(Actor::Teammate(by), &command) {
            Err(refusal) => refusal,
            Ok(recorded) => panic!("{command:?} by {by} was accepted: {recorded:?}"),
        };
        assert_eq!(self.desk, before);
        refusal
    }

    /// What the desk does by itself.
    #[allow(clippy::needless_pass_by_value, reason = "tests write the command in place")]
    pub fn desk_does(&mut self, command: Command) -> Vec<Recorded> {
        self.submit(Actor::Desk, &command).unwrap()
    }

    pub fn later(&mut self, span: Span) {
        self.now = self.now.plus(span);
    }

    /// A turn of the AI that ends in `outcome`; the events of its end.
    pub fn turn(&mut self, ai: TeammateId, id: ConversationId, outcome: Outcome) -> Vec<Recorded> {
        let term = self.term(id);
        let turn = self.does(ai, Command::BeginTurn { conversation: id, term })[0].n;
        self.does(ai, Command::FinishTurn { conversation: id, turn, term, outcome })
    }

    /// Reads a step against the present state, lets time pass, and submits it.
    pub fn play(&mut self, step: Step, check: &mut Check<'_>) -> Result<(), TestCaseError> {
        self.now = self.now.plus(match step.gap {
            0..200 => Span(u64::from(step.gap) * 20),
            200..235 => Span::seconds(45),
            235..247 => Span::seconds(100),
            247..254 => Span::minutes(16),
            _ => Span::hours(5),
        });
        let (by, command) = self.read(step);
        let before = self.desk.clone();
        let result = self.submit(by, &command);
        let done = Done { before: &before, by, command: &command, at: self.now, result: &result, after: &self.desk };
        check(&done)
    }

    fn read(&self, step: Step) -> (Actor, Command) {
        super::acts::read(self, step)
    }
}

/// What a law looks at after each step.
pub(super) type Check<'a> = dyn FnMut(&Done<'_>) -> Result<(), TestCaseError> + 'a;

/// Plays a history and shows each step to `check`. The world as it is at the end.
pub(super) fn walk(
    history: &(Start, Vec<Step>),
    mut check: impl FnMut(&Done<'_>) -> Result<(), TestCaseError>,
) -> Result<World, TestCaseError> {
    let mut world = World::of(history.0);
    for step in &history.1 {
        world.play(*step, &mut check)?;
    }
    Ok(world)
}

pub(super) fn open(channel: &str, topic: Option<&str>, text: &str) -> Command {
    Command::OpenConversation {
        channel: channel.into(),
        customer: Customer { name: "Jo".into(), email: None, locale: Some("de".into()) },
        topic: topic.map(str::to_owned),
        text: text.into(),
        external_ref: Some("r-17".into()),
    }
}

pub(super) fn answer(text: &str, grounding: u16) -> Outcome {
    Outcome::Answer { answer: Box::new(the_answer(text, grounding)), settled: false }
}

pub(super) fn the_answer(text: &str, grounding: u16) -> Answer {
    Answer { text: text.into(), sources: Vec::new(), grounding: Grounding(grounding), trace: Trace::default() }
}

pub(super) fn asks_for_human() -> Outcome {
    Outcome::Escalate {
        reason: Reason::Ungrounded,
        summary: "nothing about this in the knowledge".into(),
        notice: Some("A colleague will answer you soon.".into()),
        trace: Trace::default(),
    }
}

pub(super) fn brief() -> Brief {
    Brief { done: "looked it up".into(), ..Brief::default() }
}

pub(super) fn good() -> Judgement {
    Judgement { verdict: Verdict::Good, failures: Vec::new(), corrected: None, note: None }
}

pub(super) fn bad() -> Judgement {
    Judgement { verdict: Verdict::Bad, failures: vec![Failure::Tone], corrected: None, note: Some("curt".into()) }
}

pub(super) const PRIORITIES: [Priority; 4] = Priority::ALL;

pub(super) fn report(b: u8) -> Report {
    match b % 5 {
        0 | 1 => Report::Sent,
        2 => Report::Delivered,
        3 => Report::Failed { why: "mailbox full".into() },
        _ => Report::Unknown,
    }
}

pub(super) fn decision(b: u8) -> Decision {
    match b % 3 {
        0 => Decision::Approve,
        1 => Decision::Edit { text: "Better so.".into() },
        _ => Decision::Reject { reason: "wrong parcel".into() },
    }
}

/// A message whose row is in that state, if there is one.
pub(super) fn row_in(it: &Conversation, state: State, pick: u8) -> Option<(EntryNo, Term)> {
    let rows: Vec<_> = it.outbox.iter().filter(|row| row.state == state).collect();
    rows.get(usize::from(pick) % rows.len().max(1)).map(|row| (row.message, row.term))
}

/// The events of a log in their order, folded into an empty desk.
pub(super) fn folded(log: &[Recorded]) -> Desk {
    let mut desk = Desk::default();
    for one in log {
        desk.apply(one);
    }
    desk
}

/// The last number of a log.
pub(super) fn last_seq(log: &[Recorded]) -> Seq {
    log.last().map_or(Seq(0), |one| one.seq)
}

pub(super) fn holder_changes(recorded: &[Recorded]) -> impl Iterator<Item = (&Recorded, Holder, Holder, Term)> {
    recorded.iter().filter_map(|one| match &one.event {
        Event::HolderChanged { from, to, term, .. } => Some((one, *from, *to, *term)),
        _ => None,
    })
}
