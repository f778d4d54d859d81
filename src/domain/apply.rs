//! What follows from an event. Total: an event that does not fit changes nothing but the counts.
//!
//! Pairs with `decide`, which makes only events that fit. Deliberately not here: any judgement whether it should be.

mod calls;
mod deliver;
mod guidance;
mod remember;
mod tasks;

use super::{
    approval::Ending,
    card::{Card, DraftWaits, LastLine, OnItsWay, Signs, Speaker, Status, Writing},
    ceiling::{self, Spent},
    conversation::Conversation,
    delivery::{Delivery, Origin, State},
    desk::{Desk, Office},
    escalation::{Escalation, Reason},
    event::{Event, Recorded},
    guard::Heed,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo, PublicNo, Term},
    mode::Mode,
    rare::Rare,
    seldom::Seldom,
    signals::Said,
    teammate::Teammate,
    turn::OpenTurn,
    undo::Before,
};
use std::sync::Arc;

/// Whose cards changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// Nobody's.
    Nothing,
    /// One conversation's.
    One(ConversationId),
    /// Those of all whose mode follows the policy.
    Many(Vec<ConversationId>),
}

/// How many of the customer's last messages are remembered to notice repetition.
const REMEMBERED: usize = 2;
/// Among how many of the newest conversations one of the same channel is looked for.
const LIKELY: usize = 8;
/// How much of a line a card shows, in characters.
const LINE: usize = 120;

impl Desk {
    /// Folds one event in. Says whose cards changed.
    pub fn apply(&mut self, recorded: &Recorded) -> Touched {
        self.office.seq = recorded.seq;
        let Some(id) = recorded.conversation else {
            return self.apply_to_desk(recorded);
        };
        if let Event::Opened { channel, topic, .. } = &recorded.event {
            self.office.newest = self.office.newest.max(id);
            let mode = self.office.mode_for(topic.as_deref(), channel);
            if let Some(conversation) = opened(mode, id, recorded) {
                self.take_in(conversation);
            }
            return Touched::One(id);
        }
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return Touched::Nothing;
        };
        ceiling::count(&mut self.office, conversation, recorded);
        conversation.apply(&self.office, recorded);
        Touched::One(id)
    }

    /// Puts a conversation on the desk: one that was opened, or that was put aside before.
    pub fn take_in(&mut self, mut conversation: Conversation) {
        conversation.share_channel(self.conversations.values().rev().take(LIKELY).map(AsRef::as_ref));
        self.conversations.insert(conversation.card.id, Box::new(conversation));
    }

    fn apply_to_desk(&mut self, recorded: &Recorded) -> Touched {
        let office = &mut self.office;
        office.apply_to_tools(recorded);
        match &recorded.event {
            Event::DeskFounded { name } => office.name.clone_from(name),
            Event::TimelineBegan { timeline } => office.timeline = office.timeline.max(*timeline),
            Event::TeammateInvited { teammate, name, role, token } => {
                office.teammates.insert(
                    *teammate,
                    Teammate { id: *teammate, name: name.clone(), role: *role, revoked: false, token: Some(*token) },
                );
            }
            Event::TokenReplaced { teammate, token } => {
                if let Some(teammate) = office.teammates.get_mut(teammate) {
                    teammate.token = Some(*token);
                }
            }
            Event::TeammateRevoked { teammate } => {
                if let Some(teammate) = office.teammates.get_mut(teammate) {
                    teammate.revoked = true;
                    teammate.token = None;
                }
            }
            Event::ReplyKept { name, reply: Some(reply) } => {
                office.replies.insert(name.clone(), reply.as_ref().clone());
            }
            Event::ReplyKept { name, reply: None } => {
                office.replies.remove(name);
            }
            Event::PolicySet { policy } => {
                office.policy = Arc::from(policy.clone());
                return self.follow_policy();
            }
            Event::DeskModeSet { topic, channel, mode, .. } => {
                Arc::make_mut(&mut office.policy).set_mode(topic.as_deref(), channel.as_deref(), *mode);
                return self.follow_policy();
            }
            Event::Stopped { stop } => {
                office.last_stop = office.last_stop.max(stop.id);
                office.stops.retain(|standing| standing.id != stop.id);
                office.stops.push(stop.as_ref().clone());
            }
            Event::StopLifted { stop, .. } => office.stops.retain(|standing| standing.id != *stop),
            Event::GuidanceWritten { .. } | Event::GuidancePublished { .. } | Event::GuidanceRetired { .. } => {
                guidance::take(office, &recorded.event);
            }
            _ => {}
        }
        Touched::Nothing
    }

    /// Brings the mode of every conversation in line with the policy. Says whose cards changed.
    pub fn follow_policy(&mut self) -> Touched {
        let mut changed = Vec::new();
        for (id, conversation) in &mut self.conversations {
            let mode = mode_of(&self.office, &conversation.card);
            if conversation.card.mode != mode {
                let card = Arc::make_mut(&mut conversation.card);
                card.mode = mode;
                card.seq = self.office.seq;
                changed.push(*id);
            }
        }
        Touched::Many(changed)
    }
}

fn mode_of(office: &Office, card: &Card) -> Mode {
    card.own_mode.unwrap_or_else(|| office.mode_for(card.topic.as_deref(), &card.channel))
}

/// A conversation as it begins, in this mode.
pub(super) fn opened(mode: Mode, id: ConversationId, recorded: &Recorded) -> Option<Conversation> {
    let Event::Opened { channel, customer, topic, external_ref, holder, term } = &recorded.event else {
        return None;
    };
    let card = Card {
        id,
        seq: recorded.seq,
        n: recorded.n,
        opened_at: recorded.at,
        channel: Arc::from(channel.as_str()),
        connector: recorded.by.teammate().unwrap_or_default(),
        customer: customer.clone(),
        topic: topic.as_deref().map(Box::from),
        holder: *holder,
        term: *term,
        held_since: recorded.at,
        mode,
        own_mode: None,
        paused_until: Rare::none(),
        status: Status::Open,
        priority: super::card::Priority::Normal,
        tags: Seldom::new(),
        escalation: None,
        draft: Rare::none(),
        tool: None,
        ready: Seldom::new(),
        writing: Rare::none(),
        waiting_since: None,
        asked: EntryNo(0),
        signs: Signs::default(),
        last: None,
        tasks: Seldom::new(),
        on_its_way: Seldom::new(),
    };
    Some(Conversation {
        card: Arc::new(card),
        external_ref: external_ref.as_deref().map(Arc::from),
        public: PublicNo(0),
        turn: None,
        draft: None,
        calls: Seldom::new(),
        whispers: Seldom::new(),
        outbox: Vec::new(),
        undo: Seldom::new(),
        said: Said::default(),
        judgeable: Box::default(),
        judged: Seldom::new(),
        failed_turns: 0,
        rejected: 0,
        shadowed: EntryNo(0),
        replied: false,
        erased: false,
        heed: Heed::of(customer),
        spent: Spent::default(),
    })
}

impl Conversation {
    /// Folds one event of this conversation in.
    #[expect(clippy::too_many_lines, reason = "one arm for each event, read as a table")]
    pub fn apply(&mut self, office: &Office, recorded: &Recorded) {
        let by = recorded.by.teammate();
        let (n, at) = (recorded.n, recorded.at);
        if let Event::Erased { term } = recorded.event {
            self.erase(recorded, term);
            let card = Arc::make_mut(&mut self.card);
            card.mode = mode_of(office, card);
            return;
        }
        self.remember_for_undo(recorded);
        let mut card = Card::clone(&self.card);
        card.n = n;
        card.seq = recorded.seq;
        match &recorded.event {
            Event::CustomerSaid { text, signals } => {
                self.public = self.public.next();
                card.asked = n;
                self.heed.hear(text, at);
                card.waiting_since = card.waiting_since.or(Some(at));
                card.last = Some(line(at, Speaker::Customer, text));
                let signs = &mut card.signs;
                signs.asked_human |= signals.asks_human;
                signs.repeats = signs.repeats.saturating_add(u8::from(signals.repeats));
                signs.money = signals.money;
                signs.anger = signals.anger;
                signs.hidden |= signals.hidden;
                self.said = self.said.and(text, REMEMBERED);
            }
            Event::Replied { text, term } => {
                card.waiting_since = None;
                card.escalation = None;
                card.last = Some(line(at, Speaker::Human, text));
                card.signs.asked_human = false;
                card.signs.repeats = 0;
                card.signs.hand_offs = 0;
                self.replied = true;
                self.heed.meet_person(text);
                self.failed_turns = 0;
                self.rejected = 0;
                self.send(office, (n, at), *term, Origin::Human, by, text);
            }
            Event::Answered { turn, answer, term, draft, .. } => {
                let read = self.turn.as_ref().filter(|open| open.turn == *turn).map(|open| open.answers);
                self.end_turn(*turn);
                if read.is_none_or(|read| read >= card.asked) {
                    card.waiting_since = None;
                }
                card.last = Some(line(at, Speaker::Ai, &answer.text));
                card.signs.grounding = Some(answer.grounding);
                self.may_be_judged(n);
                self.failed_turns = 0;
                self.rejected = 0;
                self.heed.answer(&answer.text);
                let author = card.holder.teammate().or(by);
                self.send(office, (n, at), *term, Origin::Ai, author, &answer.text);
                if let Some(row) = self.outbox.last_mut() {
                    row.approved = draft.is_some();
                }
            }
            Event::Notified { text, term } => {
                card.last = Some(line(at, Speaker::Ai, text));
                self.send(office, (n, at), *term, Origin::Notice, by, text);
            }
            Event::Whispered { text } => {
                self.heed.rely(text);
                self.whispers.push(n);
            }
            Event::Briefed { brief } => {
                let form = brief.to_form();
                self.heed.rely(&form);
                self.heed.meet_person(&form);
            }
            Event::TaskGiven { task, .. } => {
                for told in [&task.facts, &task.goal, &task.may] {
                    self.heed.rely(told);
                }
            }
            Event::Guarded { turn: None, verdicts } => self.heed.note(verdicts),
            Event::HolderChanged { to, term, .. } => self.change_holder(&mut card, *to, *term, recorded),
            Event::TurnBegan { term, answers, whispers, shadow } => {
                let by = by.unwrap_or_default();
                self.whispers.retain(|whisper| !whispers.contains(whisper));
                self.turn = Some(Box::new(OpenTurn {
                    turn: n,
                    by,
                    term: *term,
                    since: at,
                    answers: *answers,
                    shadow: *shadow,
                    whispers: whispers.clone(),
                    guidance: office.holding(card.topic.as_deref()).map(|holding| holding.named).collect(),
                    calls: 0,
                }));
            }
            Event::DraftProposed { turn, answer, term, expires_at, why } => {
                let whispers = self.end_turn(*turn);
                card.draft = Rare::from(DraftWaits { draft: n, expires_at: *expires_at, why: *why });
                card.signs.grounding = Some(answer.grounding);
                self.may_be_judged(n);
                self.draft = Some(Box::new(super::approval::Waiting {
                    draft: n,
                    turn: *turn,
                    term: *term,
                    expires_at: *expires_at,
                    answer: answer.clone(),
                    whispers,
                }));
            }
            Event::DraftEnded { ending, .. } => {
                card.draft = Rare::none();
                let whispers = self.draft.take().map(|waiting| waiting.whispers).unwrap_or_default();
                if !matches!(ending, Ending::Approved | Ending::Edited) {
                    self.whisper_again(&whispers);
                }
                if let Ending::Rejected { .. } = ending {
                    self.rejected = self.rejected.saturating_add(1);
                }
            }
            Event::ShadowDrafted { turn, .. } => {
                self.shadowed =
                    self.turn.as_ref().filter(|open| open.turn == *turn).map_or(card.asked, |open| open.answers);
                self.end_turn(*turn);
                self.may_be_judged(n);
            }
            Event::AnswerSuppressed { turn, .. } => {
                let whispers = self.end_turn(*turn);
                self.whisper_again(&whispers);
                self.may_be_judged(n);
            }
            Event::TurnAbandoned { turn, failed, .. } => {
                match self.turn.as_ref().filter(|open| open.turn == *turn && open.shadow) {
                    Some(shadow) => self.shadowed = shadow.answers,
                    None => self.failed_turns = self.failed_turns.saturating_add(u8::from(*failed)),
                }
                let whispers = self.end_turn(*turn);
                self.whisper_again(&whispers);
            }
            Event::TurnWaits { turn, .. } => {
                let whispers = self.end_turn(*turn);
                self.whisper_again(&whispers);
            }
            Event::Escalated { turn, reason, summary, .. } => {
                if let Some(turn) = turn {
                    let whispers = self.end_turn(*turn);
                    self.whisper_again(&whispers);
                }
                // A call that an undo brings back, or that a person makes, is no new hand-off of the AI's.
                if (turn.is_some() || by.is_none()) && *reason != Reason::HolderVanished {
                    card.signs.hand_offs = card.signs.hand_offs.saturating_add(1);
                }
                card.signs.asked_human |= *reason == Reason::AskedForHuman;
                card.escalation = Some(Box::new(Escalation { reason: *reason, summary: summary.clone(), at }));
            }
            Event::ModeSet { mode } => {
                card.own_mode = *mode;
                card.mode = mode_of(office, &card);
            }
            Event::Paused { until } => card.paused_until = Rare::from(*until),
            Event::Unpaused => card.paused_until = Rare::none(),
            Event::Tagged { added, removed } => {
                let mut tags: Vec<String> = card.tags.iter().filter(|tag| !removed.contains(tag)).cloned().collect();
                tags.extend(added.iter().cloned());
                tags.sort_unstable();
                tags.dedup();
                card.tags = tags.into();
            }
            Event::PrioritySet { priority } => card.priority = *priority,
            Event::Snoozed { until } => card.status = Status::Snoozed { until: *until },
            Event::Woken => card.status = Status::Open,
            Event::Resolved { confirmed, by_ai } => {
                card.status = Status::Resolved { at, confirmed: *confirmed, by_ai: *by_ai };
                card.waiting_since = None;
                card.escalation = None;
            }
            Event::Reopened => {
                card.status = Status::Open;
                card.signs.reopened = true;
            }
            Event::Annotated { message, .. } => {
                let reviewer = by.unwrap_or_default();
                self.judged.retain(|(judged, who, _)| (*judged, *who) != (*message, reviewer));
                self.judged.push((*message, reviewer, n));
            }
            Event::AnnotationWithdrawn { annotation } => self.withdraw(*annotation, recorded),
            Event::DeliveryClaimed { message } => {
                self.public = self.public.next();
                let public = self.public;
                if let Some(row) = self.outbox.iter_mut().find(|row| row.message == *message) {
                    row.state = State::Claimed;
                    row.public = public;
                }
            }
            Event::DeliveryReported { message, report } => self.reported(&mut card, *message, report),
            Event::DeliveriesVoided { messages } => {
                let void = |row: &Delivery| messages.contains(&row.message);
                // Where nobody else took the talk, what never leaves answers nobody: whom it was for waits since then.
                let stays = |row: &&Delivery| void(row) && row.origin == Origin::Ai && row.term == card.term;
                let unsaid = self.outbox.iter().filter(stays).map(|row| row.at).min();
                let unsaid = unsaid.filter(|_| !card.status.is_resolved());
                card.waiting_since = card.waiting_since.or(unsaid);
                self.outbox.retain(|row| !void(row));
            }
            Event::Rated { score, .. } => card.signs.rating = Some(*score),
            Event::Undid { act, inverse } => {
                self.restore(&mut card, *act);
                let first = n.0.saturating_sub(u32::from(*inverse));
                self.undo.retain(|one| one.act != *act && one.act.0 < first);
            }
            _ => {}
        }
        tasks::follow(&mut card, recorded);
        self.apply_to_calls(recorded);
        card.tool = self.tool_sign();
        card.ready = self.ready_sign();
        let writes = self.turn.as_ref().filter(|open| !open.shadow);
        card.writing = writes.map(|open| Writing { turn: open.turn, by: open.by, since: open.since }).into();
        card.on_its_way = self
            .outbox
            .iter()
            .filter(|row| row.state.is_open())
            .map(|row| OnItsWay { message: row.message, term: row.term, origin: row.origin, state: row.state })
            .collect();
        self.card = Arc::new(card);
        self.tighten();
    }

    /// An AI's message that people can judge.
    fn may_be_judged(&mut self, message: EntryNo) {
        let mut all = std::mem::take(&mut self.judgeable).into_vec();
        all.push(message);
        self.judgeable = all.into_boxed_slice();
    }

    /// Ends the turn, if it is under way; the whispers that it applied.
    fn end_turn(&mut self, turn: EntryNo) -> Vec<EntryNo> {
        self.turn.take_if(|open| open.turn == turn).map(|open| open.whispers).unwrap_or_default()
    }

    /// Nothing was answered: what was whispered is for the next turn that does.
    fn whisper_again(&mut self, whispers: &[EntryNo]) {
        let mut all = [&*self.whispers, whispers].concat();
        all.sort_unstable();
        all.dedup();
        self.whispers = all.into();
    }

    fn change_holder(&mut self, card: &mut Card, to: Holder, term: Term, recorded: &Recorded) {
        card.holder = to;
        card.term = term;
        card.held_since = recorded.at;
        card.escalation = None;
        if to.is_ai() && !matches!(recorded.event, Event::HolderChanged { cause: Cause::Undone, .. }) {
            card.signs.asked_human = false;
        }
        self.replied = false;
    }

    fn withdraw(&mut self, annotation: EntryNo, recorded: &Recorded) {
        let earlier = self.undo.iter().find_map(|one| match &one.before {
            Before::Annotation { message, earlier } if one.act == annotation => earlier.map(|n| (*message, n)),
            _ => None,
        });
        self.judged.retain(|(_, _, n)| *n != annotation);
        if let (Some((message, n)), Some(by)) = (earlier, recorded.by.teammate()) {
            self.judged.push((message, by, n));
        }
    }
}

fn line(at: super::time::Timestamp, speaker: Speaker, text: &str) -> LastLine {
    LastLine { at, speaker, text: text.chars().take(LINE).collect() }
}
