//! What may happen next, and what follows: the model itself.
//!
//! Every party acts on what it last saw, at any time, in any order; commands under way arrive whenever they like.

use crate::{
    happening::{POSSIBLE, Step},
    server::{AI, CONNECTOR, ID, Mutant, PEOPLE, Server, of},
    world::{Bounds, Channel, Entries, Fault, How, Knows, Late, PROMISES, Quiet, Spent, World},
};
use centaur::domain::{
    approval::Decision,
    brief::Brief,
    command::Command,
    conversation::Conversation,
    delivery::{Report, State},
    event::Event,
    holder::{Cause, Holder},
    ids::{EntryNo, Term},
    mode::Mode,
    teammate::Actor,
    time::Timestamp,
};
use stateright::{Model, Property};
use std::sync::atomic::{AtomicU32, Ordering};

/// The take-over protocol within bounds.
pub struct Protocol {
    pub server: Server,
    pub start: Conversation,
    pub bounds: Bounds,
    pub reached: AtomicU32,
}

impl Protocol {
    pub fn new(channel: Channel, mode: Mode, bounds: Bounds, mutants: &[Mutant]) -> Self {
        let (server, start) = Server::new(channel, mode, mutants.to_vec());
        Self { server, start, bounds, reached: AtomicU32::new(0) }
    }

    fn reach(&self, bit: u32) {
        // Looked at first: most calls find it set, and readers do not fight over the line.
        if self.reached.load(Ordering::Relaxed) & (1 << bit) == 0 {
            self.reached.fetch_or(1 << bit, Ordering::Relaxed);
        }
    }

    /// What was possible, in words.
    pub fn missed(&self) -> Vec<&'static str> {
        let reached = self.reached.load(Ordering::Relaxed);
        (0..).zip(POSSIBLE).filter(|(bit, _)| reached & (1 << bit) == 0).map(|(_, what)| what).collect()
    }

    /// Submits, and looks at all that must hold of every command.
    fn submit(&self, world: &mut World, by: Actor, command: Command) -> bool {
        let second = world.second.take();
        let seen = second.as_deref().filter(|_| by == Actor::Teammate(PEOPLE[1]));
        let before = (world.talk.card.holder, world.talk.card.term);
        let lapse = matches!(command, Command::Lapse { .. });
        let result = self.server.submit(world, seen, by, command);
        // The second server sees what it wrote itself.
        let wrote = seen.is_some() && result.is_ok();
        world.second = if wrote { Some(Box::new(world.talk.clone())) } else { second };
        let Ok(events) = result else { return false };
        let changes = events.iter().filter(|(_, event)| matches!(event, Event::HolderChanged { .. })).count();
        let now = (world.talk.card.holder, world.talk.card.term);
        if changes > 1 || (changes == 1) != (now.1 > before.1) || (changes == 0 && now != before) {
            world.broke(Fault::Fall);
        }
        if lapse && now.0.is_ai() && before.0 != now.0 {
            world.broke(Fault::LapseToAi);
        }
        world.spent.changes += u8::try_from(changes).unwrap_or(u8::MAX);
        for (n, event) in &events {
            self.happened(world, *n, event);
        }
        for n in world.replies.each() {
            let waits = world.talk.outbox.iter().any(|row| row.message == n && row.state == State::Pending);
            if !waits && !world.claimed.has(n) {
                world.broke(Fault::Lost);
            }
        }
        true
    }

    fn happened(&self, world: &mut World, n: EntryNo, event: &Event) {
        match event {
            Event::HolderChanged { to: Holder::Human(_), term, cause: Cause::TookOver { .. }, .. } => {
                if world.taken.contains(term) {
                    world.broke(Fault::Twin);
                }
                world.taken.push(*term);
                world.taken.sort_unstable();
                world.waits = Some(*term);
            }
            Event::Replied { .. } => world.replies.add(n),
            Event::Notified { term, .. } => world.born.push((n, *term)),
            Event::DeliveriesVoided { messages }
                if messages.iter().any(|message| world.born_under(*message).is_some_and(|born| born > Term(1))) =>
            {
                self.reach(7);
            }
            Event::DeliveryClaimed { message } => {
                if world.claimed.has(*message) {
                    world.broke(Fault::Again);
                }
                world.claimed.add(*message);
                match world.born_under(*message) {
                    Some(born) if world.taken.iter().any(|fence| born < *fence) => world.broke(Fault::Fence),
                    None if world
                        .talk
                        .outbox
                        .iter()
                        .any(|row| row.message == *message && row.term != world.talk.card.term) =>
                    {
                        self.reach(8);
                    }
                    _ => {}
                }
                if self.server.channel == Channel::Own {
                    world.reaches(*message);
                    world.seen.add(*message);
                } else {
                    world.hands.add(*message);
                }
            }
            _ => {}
        }
    }

    fn by_person(&self, world: &mut World, who: usize, command: Command) -> bool {
        let knew = world.people[who];
        let before = Knows { holder: world.talk.card.holder, term: world.talk.card.term };
        let n = world.talk.card.n;
        let reply = matches!(command, Command::Reply { .. });
        if !self.submit(world, Actor::Teammate(PEOPLE[who]), command) {
            return false;
        }
        // What changes nothing is accepted from anybody: it is so already.
        let others = reply && !before.holder.is_human(PEOPLE[who]);
        if others || (world.talk.card.n != n && knew != before) {
            world.broke(Fault::Stale);
        }
        world.people[who] = Knows { holder: world.talk.card.holder, term: world.talk.card.term };
        true
    }

    fn arrives(&self, world: &mut World, late: Late) {
        let held = (world.talk.card.term, world.talk.card.n);
        let (by, command) = of(late);
        let accepted = self.submit(world, by, command);
        match late {
            Late::End { .. } if !accepted => self.reach(0),
            Late::Claim { .. } if !accepted => self.reach(1),
            Late::End { term, how, .. } => {
                if term != held.0 {
                    world.broke(Fault::Old);
                }
                if how == How::Answer && world.talk.draft.is_none() {
                    world.born.push((held.1.next(), term));
                }
            }
            Late::Claim { .. } => {}
        }
    }

    fn approves(&self, world: &mut World, who: usize) -> bool {
        let Some(draft) = world.talk.draft.clone() else { return false };
        let before = world.talk.card.n;
        let term = world.talk.card.term;
        let decides = Command::DecideDraft { conversation: ID, draft: draft.draft, decision: Decision::Approve };
        if !self.submit(world, Actor::Teammate(PEOPLE[who]), decides) {
            return false;
        }
        if draft.term != term {
            world.broke(Fault::Approval);
        }
        world.born.push((before.next().next(), draft.term));
        true
    }

    fn report(&self, world: &mut World, message: EntryNo, report: Report) {
        let tells = Command::ReportDelivery { conversation: ID, message, report };
        self.submit(world, Actor::Teammate(CONNECTOR), tells);
    }

    fn quiet(&self, world: &mut World) -> bool {
        let Some(term) = world.waits.take() else { return false };
        let listed = self.server.unquiet(&world.talk, term);
        if !listed.is_empty() {
            self.reach(5);
            if self.server.channel == Channel::Own {
                world.broke(Fault::OwnList);
            }
        }
        world.quiets.push(Quiet { term, listed });
        true
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        let talk = self.start.clone();
        let knows = Knows { holder: talk.card.holder, term: talk.card.term };
        let second = self.server.has(Mutant::TwoDeciders).then(|| Box::new(talk.clone()));
        vec![World {
            talk,
            second,
            people: [knows; 2],
            worker: None,
            late: Vec::new(),
            hands: Entries::default(),
            wire: Entries::default(),
            seen: Entries::default(),
            waits: None,
            quiets: Vec::new(),
            born: Vec::new(),
            claimed: Entries::default(),
            replies: Entries::default(),
            taken: Vec::new(),
            faults: 0,
            spent: Spent::default(),
        }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        let (bounds, spent, card) = (&self.bounds, &world.spent, &world.talk.card);
        let may_change = spent.changes < bounds.changes;
        if spent.words < bounds.words {
            steps.push(Step::Writes);
        }
        match world.worker {
            None if card.holder.is_ai() && card.waiting_since.is_some() && spent.turns < bounds.turns => {
                steps.push(Step::Begins);
            }
            Some(_) => {
                steps.push(Step::Ends(How::Answer));
                if may_change {
                    steps.push(Step::Ends(How::Escalate));
                }
                if spent.crashes < bounds.crashes {
                    steps.push(Step::Dies);
                }
            }
            None => {}
        }
        steps.extend((0..world.late.len()).map(Step::Arrives));
        for row in &world.talk.outbox {
            let asked =
                world.late.iter().any(|late| matches!(late, Late::Claim { message, .. } if *message == row.message));
            let again = matches!(row.state, State::Claimed | State::Unknown) && spent.retries < bounds.retries;
            if !asked && (row.state == State::Pending || again) {
                steps.push(Step::Asks(row.message));
            }
        }
        steps.extend(world.hands.each().map(Step::Gives));
        for message in world.wire.each() {
            steps.push(Step::Reaches(message));
            let row = world.talk.outbox.iter().find(|row| row.message == message);
            if row.is_some_and(|row| row.state == State::Claimed) {
                steps.push(Step::GivesUp(message));
            }
        }
        steps.extend(world.seen.each().map(Step::Tells));
        for who in 0..2 {
            let knows = world.people[who];
            if knows != (Knows { holder: card.holder, term: card.term }) {
                steps.push(Step::Looks(who));
            }
            if may_change {
                steps.push(Step::Takes(who));
                if !knows.holder.is_ai() {
                    steps.push(Step::HandsBack(who));
                }
            }
            if spent.replies < bounds.replies {
                steps.push(Step::Replies(who));
            }
        }
        if may_change && world.people[1].holder != Holder::Human(PEOPLE[0]) {
            steps.push(Step::Assigns);
        }
        if world.talk.draft.is_some() {
            steps.push(Step::Approves(1));
        }
        if may_change && matches!(card.holder, Holder::Human(_)) {
            steps.push(Step::Lapses);
        }
        if world.talk.turn.is_some() || (world.talk.draft.is_some() && may_change) {
            steps.push(Step::Ticks);
        }
        if spent.crashes < bounds.crashes {
            steps.push(Step::Crashes);
        }
        if world.waits.is_some() {
            steps.push(Step::Quiet);
        }
        if world.second.as_deref().is_some_and(|second| *second != world.talk) {
            steps.push(Step::Syncs);
        }
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each step")]
    fn next_state(&self, last: &World, step: Step) -> Option<World> {
        let mut next = last.clone();
        let world = &mut next;
        let happens = match step {
            Step::Writes => {
                world.spent.words += 1;
                let said = Command::CustomerSaid { conversation: ID, text: "hi".into() };
                self.submit(world, Actor::Teammate(CONNECTOR), said)
            }
            Step::Begins => {
                world.spent.turns += 1;
                let term = world.talk.card.term;
                let begins = self.submit(world, Actor::Teammate(AI), Command::BeginTurn { conversation: ID, term });
                world.worker = world.talk.turn.as_ref().filter(|_| begins).map(|open| (open.turn, open.term));
                begins
            }
            Step::Ends(how) => {
                let (turn, term) = world.worker.take()?;
                world.late.push(Late::End { turn, term, how });
                world.late.sort_unstable();
                true
            }
            Step::Dies => {
                world.spent.crashes += 1;
                world.worker.take().is_some()
            }
            Step::Arrives(at) => {
                let late = world.late.remove(at);
                self.arrives(world, late);
                true
            }
            Step::Asks(message) => {
                let row = world.talk.outbox.iter().find(|row| row.message == message)?;
                let (term, again) = (row.term, row.state != State::Pending);
                world.spent.retries += u8::from(again);
                world.late.push(Late::Claim { message, term });
                world.late.sort_unstable();
                true
            }
            Step::Gives(message) => {
                world.hands.remove(message);
                world.wire.add(message);
                true
            }
            Step::Reaches(message) => {
                world.wire.remove(message);
                let listed = world.quiets.iter().any(|quiet| quiet.listed.has(message));
                if listed {
                    self.reach(4);
                }
                let row = world.talk.outbox.iter().find(|row| row.message == message);
                if row.is_some_and(|row| row.state == State::Unknown) && world.spent.crashes > 0 {
                    self.reach(6);
                }
                world.reaches(message);
                world.seen.add(message);
                true
            }
            Step::Tells(message) => {
                world.seen.remove(message);
                self.report(world, message, Report::Sent);
                true
            }
            Step::GivesUp(message) => {
                self.report(world, message, Report::Unknown);
                true
            }
            Step::Looks(who) => {
                world.people[who] = Knows { holder: world.talk.card.holder, term: world.talk.card.term };
                true
            }
            Step::Takes(who) => {
                let term = world.people[who].term;
                let took = self.by_person(world, who, Command::TakeOver { conversation: ID, term, reason: None });
                if !took && world.taken.iter().any(|fence| *fence > term) {
                    self.reach(2);
                }
                took
            }
            Step::HandsBack(who) => {
                let term = world.people[who].term;
                let brief = Brief { done: "it".into(), ..Brief::default() };
                self.by_person(world, who, Command::HandBack { conversation: ID, term, to: None, brief })
            }
            Step::Assigns => {
                let (term, to) = (world.people[1].term, Holder::Human(PEOPLE[0]));
                self.by_person(world, 1, Command::Assign { conversation: ID, term, to })
            }
            Step::Replies(who) => {
                let term = world.people[who].term;
                world.spent.replies += 1;
                let replied = self.by_person(world, who, Command::Reply { conversation: ID, term, text: "yes".into() });
                if !replied {
                    self.reach(3);
                }
                replied
            }
            Step::Approves(who) => self.approves(world, who),
            Step::Lapses => self.submit(world, Actor::Desk, Command::Lapse { conversation: ID, seen: Timestamp(0) }),
            Step::Ticks => self.submit(world, Actor::Desk, Command::Tick { conversation: ID }),
            Step::Crashes => {
                world.spent.crashes += 1;
                // Whoever waited for quiet asks again, and is answered from what the log knows.
                self.submit(world, Actor::Desk, Command::Recover { conversation: ID })
            }
            Step::Quiet => self.quiet(world),
            Step::Syncs => {
                world.second = Some(Box::new(world.talk.clone()));
                true
            }
        };
        happens.then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        fn holds<const BIT: u8>(_: &Protocol, world: &World) -> bool {
            world.faults & (1 << BIT) == 0
        }
        let mut all: Vec<Property<Self>> = vec![
            Property::always(PROMISES[0], holds::<0>),
            Property::always(PROMISES[1], holds::<1>),
            Property::always(PROMISES[2], holds::<2>),
            Property::always(PROMISES[3], holds::<3>),
            Property::always(PROMISES[4], holds::<4>),
            Property::always(PROMISES[5], holds::<5>),
            Property::always(PROMISES[6], holds::<6>),
            Property::always(PROMISES[7], holds::<7>),
            Property::always(PROMISES[8], holds::<8>),
            Property::always(PROMISES[9], holds::<9>),
            Property::always(PROMISES[10], holds::<10>),
        ];
        all.push(Property::sometimes("both people took it in turn", |_, world: &World| world.taken.len() >= 2));
        all.push(Property::sometimes("quiet is answered", |_, world: &World| !world.quiets.is_empty()));
        all.push(Property::sometimes("a person's reply waits while an AI holds", |_, world: &World| {
            world.talk.card.holder.is_ai() && world.replies.each().any(|n| !world.claimed.has(n))
        }));
        all
    }
}
