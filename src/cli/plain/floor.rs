//! What the plain console knows of the desk: the cards, who works there, and what time it is.
//!
//! Deliberately not here: what of it is worth a word ([`announce`](super::announce)).

use crate::{
    client::News,
    domain::{
        attention,
        card::Card,
        desk::Office,
        filter,
        ids::{ConversationId, TeammateId},
        time::{Span, Timestamp},
    },
    protocol::ToPeer,
};
use std::{collections::BTreeMap, mem};
use tokio::time::Instant;

/// What a piece of news came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing that matters here.
    Nothing,
    /// These cards came, changed or went, and the floor is whole.
    Changed(Vec<ConversationId>),
    /// The line was lost.
    Lost,
    /// The line is back.
    Back,
}

impl Told {
    /// Whether cards changed.
    pub fn is_change(&self) -> bool {
        matches!(self, Self::Changed(_))
    }
}

/// The desk as far as it was told.
#[derive(Debug, Default)]
pub struct Floor {
    cards: BTreeMap<ConversationId, Card>,
    office: Box<Office>,
    me: TeammateId,
    /// The server's time, and when it was told.
    now: Timestamp,
    told: Option<Instant>,
    /// Changed since the floor was last whole.
    changed: Vec<ConversationId>,
    /// Who is here.
    present: Vec<TeammateId>,
    complete: bool,
    welcomed: bool,
    lost: bool,
}

impl Floor {
    /// Takes a piece of news in.
    pub fn hear(&mut self, one: News) -> Told {
        match one {
            News::Frame(frame) => self.frame(*frame),
            News::Lost { .. } if !self.lost => {
                self.lost = true;
                Told::Lost
            }
            News::Lost { .. } | News::Answered { .. } | News::Ended { .. } => Told::Nothing,
        }
    }

    fn frame(&mut self, frame: ToPeer) -> Told {
        match frame {
            ToPeer::Welcome { you, office, now, resumed, .. } => {
                self.me = you.id;
                self.office = office;
                self.tick(now);
                if !resumed {
                    self.changed.extend(mem::take(&mut self.cards).into_keys());
                    self.complete = false;
                }
                self.lost = false;
                if mem::replace(&mut self.welcomed, true) { Told::Back } else { Told::Nothing }
            }
            ToPeer::Desk { office } => {
                self.office = office;
                Told::Nothing
            }
            ToPeer::Presence { present } => {
                self.present = present.into_iter().map(|one| one.teammate).collect();
                self.present.sort_unstable();
                self.present.dedup();
                Told::Nothing
            }
            ToPeer::Ping { now, .. } => {
                self.tick(now);
                Told::Nothing
            }
            ToPeer::Cards { cards, gone, current } => {
                self.changed.extend(cards.iter().map(|card| card.id).chain(gone.iter().copied()));
                self.cards.extend(cards.into_iter().map(|card| (card.id, card)));
                for conversation in gone {
                    self.cards.remove(&conversation);
                }
                self.complete |= current.is_some();
                if self.complete { Told::Changed(mem::take(&mut self.changed)) } else { Told::Nothing }
            }
            _ => Told::Nothing,
        }
    }

    fn tick(&mut self, now: Timestamp) {
        self.now = now;
        self.told = Some(Instant::now());
    }

    /// Whether all cards are here.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether there was a line at all.
    pub fn is_welcomed(&self) -> bool {
        self.welcomed
    }

    /// Who listens.
    pub fn me(&self) -> TeammateId {
        self.me
    }

    /// The desk.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// The cards.
    pub fn cards(&self) -> &BTreeMap<ConversationId, Card> {
        &self.cards
    }

    /// Who is here, each once.
    pub fn present(&self) -> &[TeammateId] {
        &self.present
    }

    /// The server's time, as far as it can be known between two tellings.
    pub fn now(&self) -> Timestamp {
        let since = self.told.map_or(0, |told| told.elapsed().as_millis());
        self.now.plus(Span(u64::try_from(since).unwrap_or(u64::MAX)))
    }

    /// Does something with what a filter must know.
    pub fn filtered<T>(&self, work: impl FnOnce(&filter::Context) -> T) -> T {
        let name = |id: TeammateId| self.office.teammates.get(&id).map(|teammate| teammate.name.as_str());
        work(&filter::Context { at: self.now(), me: Some(self.me), name: &name })
    }

    /// What needs the one who listens, the most first.
    pub fn needing(&self) -> Vec<ConversationId> {
        let now = self.now();
        let mut needing: Vec<&Card> =
            self.cards.values().filter(|card| attention::needs(card, Some(self.me))).collect();
        needing.sort_by_key(|card| (std::cmp::Reverse(attention::score(card, now)), card.id));
        needing.into_iter().map(|card| card.id).collect()
    }
}
