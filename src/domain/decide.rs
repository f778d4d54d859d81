//! What may happen: a command, by somebody, now, becomes events or a refusal. Total and pure.
//!
//! One file for each kind of act. Every comparison of holder and term is made here, before anything is recorded: a
//! refusal leaves no trace. Pairs with `apply`. Deliberately not here: order, disk, time.

mod carry;
mod clock;
mod drafts;
mod erase;
mod govern;
mod guidance;
mod hold;
mod judge;
mod offers;
mod say;
mod stop;
mod tasks;
#[cfg(test)]
mod tests;
mod tools;
mod triage;
mod turns;
mod undo;

use super::{
    command::{Command, LONGEST_TEXT},
    conversation::Conversation,
    desk::Desk,
    event::Event,
    guard::language::Tongue,
    holder::{Cause, Holder},
    ids::{ConversationId, EntryNo, TeammateId, Term},
    refusal::Refusal,
    teammate::{Actor, Right, Role},
    time::Timestamp,
};

/// An event and the conversation it belongs to; none for one of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// Where.
    pub conversation: Option<ConversationId>,
    /// What.
    pub event: Event,
}

/// What follows from `command`, asked by `by` at `at`; nothing changes until the events are applied.
///
/// No events and no refusal means that it is so already.
///
/// # Errors
/// [`Refusal`] if a rule says no.
pub fn decide(desk: &Desk, by: Actor, command: &Command, at: Timestamp) -> Result<Vec<Happening>, Refusal> {
    let mut happenings = by_rules(desk, by, command, at)?;
    carry::fail_without_carrier(desk, &mut happenings);
    Ok(happenings)
}

fn by_rules(desk: &Desk, by: Actor, command: &Command, at: Timestamp) -> Result<Vec<Happening>, Refusal> {
    let asker = match by {
        Actor::Desk => return clock::by_desk(desk, command, at),
        Actor::Teammate(id) => {
            let teammate = desk.office.present(id).ok_or(Refusal::Forbidden)?;
            Asker { desk, me: id, role: teammate.role, at }
        }
    };
    match command {
        Command::TakeOver { conversation, term, reason } => {
            hold::take_over(&asker, *conversation, *term, reason.as_deref())
        }
        Command::HandBack { conversation, term, to, brief } => {
            hold::hand_back(&asker, *conversation, *term, *to, brief)
        }
        Command::Assign { conversation, term, to } => hold::assign(&asker, *conversation, *term, *to),
        Command::Reply { conversation, term, text } => say::reply(&asker, *conversation, *term, text),
        Command::Note { conversation, text } => say::note(&asker, *conversation, text),
        Command::Whisper { conversation, text } => say::whisper(&asker, *conversation, text),
        Command::DecideDraft { conversation, draft, decision } => {
            drafts::decide(&asker, *conversation, *draft, decision)
        }
        Command::DecideTool { conversation, call, digest, decision } => {
            tools::decide(&asker, *conversation, *call, digest, decision)
        }
        Command::Annotate { conversation, message, judgement } => {
            judge::annotate(&asker, *conversation, *message, judgement)
        }
        Command::SetMode { conversation, mode } => triage::set_mode(&asker, *conversation, *mode),
        Command::Pause { conversation, span } => triage::pause(&asker, *conversation, *span),
        Command::Tag { conversation, add, remove } => triage::tag(&asker, *conversation, add, remove),
        Command::SetPriority { conversation, priority } => triage::prioritise(&asker, *conversation, *priority),
        Command::Snooze { conversation, until } => triage::snooze(&asker, *conversation, *until),
        Command::Resolve { conversation } => triage::resolve(&asker, *conversation),
        Command::Reopen { conversation } => triage::reopen(&asker, *conversation),
        Command::Erase { conversation } => erase::erase(&asker, *conversation),
        Command::Undo { conversation, act } => undo::undo(&asker, *conversation, *act),
        Command::SetPolicy { policy } => govern::set_policy(&asker, policy),
        Command::KeepReply { name, reply } => govern::keep_reply(&asker, name, reply.as_deref()),
        Command::SetDeskMode { topic, channel, mode, why } => {
            govern::set_desk_mode(&asker, topic.as_deref(), channel.as_deref(), *mode, why)
        }
        Command::Invite { name, role, token } => govern::invite(&asker, name, *role, token),
        Command::ReplaceToken { teammate, token } => govern::replace_own_token(&asker, *teammate, token),
        Command::Revoke { teammate } => govern::revoke(&asker, *teammate),
        Command::GiveTask { conversation, to, task } => tasks::give(&asker, *conversation, *to, task),
        Command::CancelTask { conversation, task } => tasks::cancel(&asker, *conversation, *task),
        Command::SeeTask { conversation, task } => tasks::see(&asker, *conversation, *task),
        Command::BeginTask { conversation, task } => tasks::begin(&asker, *conversation, *task),
        Command::ReportTask { conversation, task, report } => tasks::report(&asker, *conversation, *task, report),
        Command::Stop { scope, then, span, reason } => stop::stop(&asker, scope, *then, *span, reason),
        Command::LiftStop { stop, reason } => stop::lift(&asker, *stop, reason),
        Command::WriteGuidance { guidance, instruction, from } => {
            guidance::write(&asker, *guidance, instruction, *from)
        }
        Command::PublishGuidance { guidance, version } => guidance::publish(&asker, *guidance, *version),
        Command::RetireGuidance { guidance, why } => guidance::retire(&asker, *guidance, why),
        Command::BeginTurn { conversation, term } => turns::begin(&asker, *conversation, *term),
        Command::FinishTurn { conversation, turn, term, outcome } => {
            turns::finish(&asker, *conversation, *turn, *term, outcome)
        }
        Command::AskTool { conversation, turn, term, tool, arguments, definition, words } => {
            let asked = tools::Asked { tool, arguments, definition: *definition, words };
            tools::ask(&asker, *conversation, *turn, *term, &asked)
        }
        Command::BeginTool { conversation, call, term } => tools::begin(&asker, *conversation, *call, *term),
        Command::FinishTool { conversation, call, fate, result } => {
            tools::finish(&asker, *conversation, *call, *fate, result)
        }
        Command::OfferTool { offer } => offers::offer(&asker, offer),
        Command::WithdrawTool { tool } => offers::withdraw(&asker, tool),
        Command::OpenConversation { channel, customer, topic, text, external_ref } => {
            carry::open(&asker, channel, customer, topic.as_deref(), text, external_ref.as_deref())
        }
        Command::CustomerSaid { conversation, text } => carry::said(&asker, *conversation, text),
        Command::ClaimDelivery { conversation, message, term } => carry::claim(&asker, *conversation, *message, *term),
        Command::ReportDelivery { conversation, message, report } => {
            carry::report(&asker, *conversation, *message, report)
        }
        Command::Rate { conversation, score, comment } => {
            carry::rate(&asker, *conversation, *score, comment.as_deref())
        }
        Command::Found { .. }
        | Command::BeginTimeline { .. }
        | Command::Tick { .. }
        | Command::EndStops
        | Command::EndSpending { .. }
        | Command::Lapse { .. }
        | Command::Recover { .. } => Err(Refusal::Forbidden),
    }
}

/// Who asks, of which desk, when.
struct Asker<'a> {
    desk: &'a Desk,
    me: TeammateId,
    role: Role,
    at: Timestamp,
}

impl<'a> Asker<'a> {
    fn needs(&self, right: Right) -> Result<(), Refusal> {
        if self.role.may(right) { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// The conversation, for whoever has `right`. Without the right the answer does not tell whether it exists.
    fn conversation(&self, right: Right, id: ConversationId) -> Result<Talk<'a>, Refusal> {
        self.needs(right)?;
        let it = self.desk.conversation(id).ok_or_else(|| not_found(id))?;
        if it.erased {
            return Err(Refusal::Erased { conversation: id });
        }
        Ok(Talk { desk: self.desk, it, id })
    }
}

fn not_found(id: ConversationId) -> Refusal {
    Refusal::NotFound { what: format!("conversation {id}") }
}

fn invalid(field: &str, why: impl Into<String>) -> Refusal {
    Refusal::Invalid { field: field.to_owned(), why: why.into() }
}

/// A text that people write: not blank, not too long.
fn check_text(field: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(invalid(field, "is empty; write something"));
    }
    check_length(field, text, LONGEST_TEXT)
}

fn check_length(field: &str, text: &str, longest: usize) -> Result<(), Refusal> {
    if text.len() > longest {
        return Err(invalid(field, format!("is {} bytes long; {longest} are allowed", text.len())));
    }
    Ok(())
}

/// A conversation about which something is decided.
struct Talk<'a> {
    desk: &'a Desk,
    it: &'a Conversation,
    id: ConversationId,
}

impl Talk<'_> {
    fn happens(&self, event: Event) -> Happening {
        Happening { conversation: Some(self.id), event }
    }

    fn happen(&self, events: impl IntoIterator<Item = Event>) -> Vec<Happening> {
        events.into_iter().map(|event| self.happens(event)).collect()
    }

    fn check_term(&self, term: Term) -> Result<(), Refusal> {
        let card = &self.it.card;
        if term == card.term {
            Ok(())
        } else {
            Err(Refusal::StaleTerm { conversation: self.id, holder: card.holder, term: card.term })
        }
    }

    fn check_unresolved(&self) -> Result<(), Refusal> {
        if self.it.card.status.is_resolved() { Err(Refusal::Resolved) } else { Ok(()) }
    }

    /// Refuses if another person holds it and the asker may not move what others hold.
    fn check_not_others(&self, asker: &Asker<'_>) -> Result<(), Refusal> {
        match self.it.card.holder {
            Holder::Human(other) if other != asker.me && !asker.role.may(Right::MoveOthers) => {
                Err(Refusal::HeldByOther { conversation: self.id, holder: other })
            }
            _ => Ok(()),
        }
    }

    /// The AI may hold it: it is not stopped, the mode says so, and it did not go to and fro.
    fn check_ai_may_hold(&self, ai: TeammateId) -> Result<(), Refusal> {
        self.check_not_stopped(Some(ai))?;
        let card = &self.it.card;
        if !card.mode.lets_ai_hold() {
            return Err(Refusal::ModeForbids { mode: card.mode });
        }
        if card.signs.hand_offs >= self.desk.office.policy.hand_offs {
            return Err(Refusal::LoopGuard);
        }
        Ok(())
    }

    /// The holder changes, and with the old term all that stood under it ends: what the AI writes, what it drafted,
    /// what it said and has not left.
    fn change_holder(&self, to: Holder, cause: Cause, why: &str) -> Vec<Event> {
        let card = &self.it.card;
        let term = card.term.next(self.desk.office.timeline);
        let lost = if card.holder.is_ai() { tasks::lost(self, &cause, why) } else { None };
        let mut events = vec![Event::HolderChanged { from: card.holder, to, term, cause }];
        events.extend(lost);
        events.extend(self.suppress_turn());
        events.extend(self.withdraw_draft(why));
        events.extend(self.withdraw_calls(why));
        events.extend(self.void_fenced());
        events
    }

    /// The AI rests here, and drops what it was writing.
    fn pause(&self, until: Timestamp) -> Vec<Event> {
        let mut events = vec![Event::Paused { until }];
        events.extend(self.suppress_turn());
        events
    }

    /// It is settled, and nothing is written or drafted for it any more.
    fn resolve(&self, confirmed: bool, by_ai: bool) -> Vec<Event> {
        let mut events = vec![Event::Resolved { confirmed, by_ai }];
        events.extend(self.suppress_turn());
        events.extend(self.withdraw_draft("resolved"));
        events.extend(self.withdraw_calls("resolved"));
        events.extend(tasks::settled(self));
        events
    }

    /// It is open again. Who held it while it was settled holds it only if the rules still let them.
    fn reopen(&self) -> Vec<Event> {
        self.reopen_as(stop::Reopens::ForAnAnswer)
    }

    fn reopen_as(&self, how: stop::Reopens) -> Vec<Event> {
        let (office, card) = (&self.desk.office, &self.it.card);
        let mut events = vec![Event::Reopened];
        let mode = card.own_mode.unwrap_or_else(|| office.mode_for(card.topic.as_deref(), &card.channel));
        if card.holder.teammate().is_some_and(|id| office.present(id).is_none()) {
            events.extend(self.change_holder(Holder::Queue, Cause::Revoked, "revoked"));
        } else if card.holder.is_ai() && !mode.lets_ai_hold() {
            events.extend(self.change_holder(Holder::Queue, Cause::ModeChanged, "the mode changed"));
        } else if self.reopens_stopped(how) {
            events.extend(self.change_holder(Holder::Queue, Cause::Stopped, "the AI was stopped"));
        }
        events
    }

    fn suppress_turn(&self) -> Option<Event> {
        let turn = self.it.turn.as_ref()?;
        Some(Event::AnswerSuppressed { turn: turn.turn, text: String::new() })
    }

    fn withdraw_draft(&self, why: &str) -> Option<Event> {
        let draft = self.it.draft.as_ref()?;
        let ending = super::approval::Ending::Withdrawn { why: why.to_owned() };
        Some(Event::DraftEnded { draft: draft.draft, ending })
    }

    fn void_fenced(&self) -> Option<Event> {
        let messages: Vec<EntryNo> = self
            .it
            .outbox
            .iter()
            .filter(|row| row.state == super::delivery::State::Pending && row.origin.is_fenced())
            .map(|row| row.message)
            .collect();
        if messages.is_empty() { None } else { Some(Event::DeliveriesVoided { messages }) }
    }

    /// What the desk says to a customer who waits for an AI that cannot, while the talk goes to people: only where an AI's
    /// answers are sent, and none is stopped.
    fn told_of_a_person(&self) -> Option<Event> {
        let card = &self.it.card;
        let speaks = card.mode == super::mode::Mode::Auto && card.waiting_since.is_some();
        let holder = card.holder.teammate().filter(|_| speaks && card.holder.is_ai())?;
        self.check_not_stopped(Some(holder)).ok()?;
        let record = card.customer.locale.as_deref().and_then(Tongue::from_tag);
        let text = super::notice::of_a_person(self.it.heed.speaks.or(record)).to_owned();
        Some(Event::Notified { text, term: card.term.next(self.desk.office.timeline) })
    }

    /// The conversation goes to the queue with a call for a human.
    fn escalate(&self, reason: super::escalation::Reason, cause: Cause, summary: String, why: &str) -> Vec<Event> {
        let mut events = self.change_holder(Holder::Queue, cause, why);
        events.push(Event::Escalated { turn: None, reason, summary, trace: None });
        events
    }
}
