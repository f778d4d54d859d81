//! What waits for a decision of the person who sits here: one queue, by urgency, one card of it in sight.
//!
//! The queue follows from the cards (see [`Model::queue`]); kept is only which one is looked at. It changes by the person's
//! own hand alone: a card that somebody else decides stays in sight, marked as settled, so that no key meets a card that
//! slipped under it. Deliberately not here: what a decision does (see `update`), and mentions: they will be one more
//! [`Asks`].

use super::{Act, Model};
use crate::domain::{
    attention,
    card::{Card, Status},
    escalation,
    filter::{Context, Filter},
    holder::Holder,
    ids::{ConversationId, EntryNo, TeammateId},
    task,
    time::{Span, Timestamp},
    tool::shape,
};

/// A draft that expires within this long comes before everything else.
pub const SOON: Span = Span::minutes(2);

/// What is asked of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asks {
    /// To send a draft, change it, or not to send it.
    Draft,
    /// To let a tool call run, change it, or not to let it; or to answer a question of the AI's.
    Tool,
    /// To look at what came of a task that one gave.
    Task(task::How),
    /// To see to a message that did not arrive.
    Undelivered,
    /// To answer a conversation that the AI, a rule or a teammate gave up.
    Escalated(escalation::Reason),
    /// To answer a conversation that waits in the queue for no special reason.
    Queued,
    /// To answer a customer who waits in a conversation of one's own.
    YourTurn,
}

impl Asks {
    /// Two or three words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "draft waits",
            Self::Tool => "tool waits",
            Self::Task(task::How::Done) => "task is done",
            Self::Task(how) => match how {
                task::How::Back => "task came back",
                _ => "task failed",
            },
            Self::Undelivered => "undelivered",
            Self::Escalated(reason) => reason.words(),
            Self::Queued => "in the queue",
            Self::YourTurn => "waits for you",
        }
    }
}

/// Why a conversation needs the person who sits here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// What is asked.
    pub asks: Asks,
    /// Since when it waits.
    pub since: Timestamp,
    /// When it is decided without anybody.
    pub expires: Option<Timestamp>,
}

/// What a conversation asks of `me`; none if nothing. What another person holds is that person's to decide.
#[must_use]
pub fn need(card: &Card, me: Option<TeammateId>) -> Option<Need> {
    if card.status != Status::Open {
        return None;
    }
    let since = card.waiting_since.unwrap_or(card.held_since);
    let of = |asks| Some(Need { asks, since, expires: None });
    let result = attention::result_for(card, me).and_then(|given| match given.state {
        task::State::Over { how, at } => Some(Need { asks: Asks::Task(how), since: at, expires: None }),
        _ => None,
    });
    if result.is_some() && card.draft.is_none() {
        return result;
    }
    match card.holder {
        Holder::Human(id) if Some(id) != me => None,
        _ if card.signs.undelivered > 0 => {
            Some(Need { since: card.last.as_ref().map_or(since, |last| last.at), ..of(Asks::Undelivered)? })
        }
        _ if card.draft.is_some() => {
            Some(Need { expires: card.draft.get().map(|it| it.expires_at), ..of(Asks::Draft)? })
        }
        _ if card.tool_waiting().is_some() => Some(Need { expires: card.decide_by(), ..of(Asks::Tool)? }),
        Holder::Human(_) => card.waiting_since.and_then(|_| of(Asks::YourTurn)),
        Holder::Queue => match &card.escalation {
            Some(call) => Some(Need { since: call.at, ..of(Asks::Escalated(call.reason))? }),
            None => card.waiting_since.and_then(|_| of(Asks::Queued)),
        },
        Holder::Ai(_) => None,
    }
}

/// Which card of the queue is looked at.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// The conversation in sight; none where nothing waits.
    pub current: Option<ConversationId>,
    /// Its place in the queue when it was last there.
    pub at: usize,
    /// How far down the card of a call is turned, where it does not fit. Another call is read from its beginning.
    pub turned: (EntryNo, u16),
    /// When it came by itself; long ago if somebody moved to it.
    pub shown_at: Timestamp,
    /// Whether it was taken over here: it stays in sight though nothing waits any more, so that one can go on writing.
    pub taken: bool,
    /// How many were decided here since the program began.
    pub decided: usize,
    /// The filter, as typed and as read.
    pub filter: Option<(String, Filter)>,
}

impl Act {
    /// Whether it decides what a conversation asked, so that the next card may come.
    #[must_use]
    pub fn decides(self) -> bool {
        matches!(self, Self::Decide | Self::SeeTask | Self::HandBack | Self::Assign | Self::Resolve | Self::Snooze)
    }
}

impl Model {
    /// All that waits for a decision, the most urgent first: what expires soon by its time, then by attention. What is
    /// decided and waits for the server's word is left out; if that is a no it comes back.
    #[must_use]
    pub fn queue(&self) -> Vec<ConversationId> {
        let name = |id: TeammateId| self.office.teammates.get(&id).map(|one| one.name.as_str());
        let context = Context { at: self.now, me: self.me(), name: &name };
        let passes = |card: &Card| self.needs.filter.as_ref().is_none_or(|(_, filter)| filter.matches(card, &context));
        let mut soon = Vec::new();
        let mut rest = Vec::new();
        for card in self.floor.needing() {
            if self.acts.iter().any(|act| act.conversation == card.id && act.act.decides()) || !passes(card) {
                continue;
            }
            match card.decide_by().filter(|at| *at <= self.now.plus(SOON)) {
                Some(at) => soon.push((at, card.id)),
                None => rest.push(card.id),
            }
        }
        soon.sort_unstable();
        soon.into_iter().map(|(_, id)| id).chain(rest).collect()
    }

    /// How far down the card of a conversation's call is turned.
    #[must_use]
    pub fn card_top(&self, card: &Card) -> u16 {
        let (call, top) = self.needs.turned;
        let same = self.needs.current == Some(card.id) && card.tool_waiting().is_some_and(|waits| waits.call == call);
        if same { top } else { 0 }
    }

    /// What a conversation asks of the person who sits here.
    #[must_use]
    pub fn need(&self, id: ConversationId) -> Option<Need> {
        need(self.card(id)?, self.me())
    }

    /// Those of the queue that ask the same as this one, itself among them; none if it asks nothing.
    #[must_use]
    pub fn alike(&self, id: ConversationId) -> Vec<ConversationId> {
        let Some(asks) = self.need(id).map(|need| need.asks) else { return Vec::new() };
        let same = |one: &ConversationId| self.need(*one).is_some_and(|need| need.asks == asks);
        // Calls are alike in tool and in the shape of their arguments.
        let call = |one: ConversationId| {
            let waits = self.card(one).and_then(Card::tool_waiting).filter(|_| asks == Asks::Tool)?;
            Some((waits.tool.clone(), shape(&waits.arguments)))
        };
        let this = call(id);
        self.queue().into_iter().filter(|one| same(one) && call(*one) == this).collect()
    }
}
