//! What a connector does about messages that are on their way out: which to claim, when, and what to report.
//!
//! A pure machine, shared by all doors. Cards say what is on its way; each row is claimed once; what the server hands over
//! is given to the customer once; what became of it is reported. A refused claim makes the row void: it is forgotten. All
//! keys are derived, so that a repeat after a reconnection, or after a restart of the connector, is answered again and has
//! no second effect. Deliberately not here: the way to the customer, time, and the connection.

use super::keys;
use crate::{
    domain::{
        card::Card,
        command::Command,
        delivery::Report,
        ids::{CommandId, ConversationId, EntryNo, Seq, TeammateId, Term},
        refusal::Refusal,
    },
    protocol::Answer,
};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Claims that may be unanswered at once. The rest wait here, where a card can still make them void.
pub const CLAIMS_AT_ONCE: usize = 64;

/// A message of a conversation.
type Row = (ConversationId, EntryNo);

/// How far a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// To be claimed under this term.
    Queued(Term),
    /// The claim is asked for.
    Claiming,
    /// The server handed it over.
    Taken,
    /// Void or reported; kept until a card as new as this no longer lists it.
    Settled(Seq),
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Claim(Row, Term),
    Report(Row, Report),
}

/// Whether the server handed something over for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// Give it to the customer.
    First,
    /// The customer was given it before.
    Again,
}

/// The messages that are on their way through one connector.
#[derive(Clone, Debug, Default)]
pub struct Deliveries {
    rows: BTreeMap<Row, Stage>,
    to_claim: VecDeque<Row>,
    to_report: VecDeque<(Row, Report)>,
    held_back: Vec<Asked>,
    asked: HashMap<CommandId, Asked>,
    claiming: usize,
}

impl Deliveries {
    /// Nothing on its way.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at a card; those that another connector than `me` carries are none of our business.
    pub fn see_card(&mut self, me: TeammateId, card: &Card) {
        if card.connector != me {
            return;
        }
        let listed = |message: EntryNo| card.on_its_way.iter().any(|row| row.message == message);
        let over: Vec<Row> = self
            .rows
            .range((card.id, EntryNo(0))..=(card.id, EntryNo(u32::MAX)))
            .filter(|((_, message), stage)| match stage {
                Stage::Queued(_) => !listed(*message),
                Stage::Settled(seq) => *seq <= card.seq && !listed(*message),
                Stage::Claiming | Stage::Taken => false,
            })
            .map(|(row, _)| *row)
            .collect();
        for row in over {
            self.rows.remove(&row);
        }
        for way in card.on_its_way.iter().filter(|way| way.state.is_open()) {
            let row = (card.id, way.message);
            self.rows.entry(row).or_insert_with(|| {
                self.to_claim.push_back(row);
                Stage::Queued(way.term)
            });
        }
    }

    /// The conversation is no longer on the floor: nothing of it is on its way.
    pub fn see_gone(&mut self, conversation: ConversationId) {
        self.rows.retain(|(here, _), stage| *here != conversation || matches!(stage, Stage::Claiming | Stage::Taken));
    }

    /// The server hands a message over.
    pub fn see_handed(&mut self, conversation: ConversationId, message: EntryNo) -> Handed {
        match self.rows.insert((conversation, message), Stage::Taken) {
            Some(stage @ Stage::Settled(_)) => {
                self.rows.insert((conversation, message), stage);
                Handed::Again
            }
            Some(Stage::Taken) => Handed::Again,
            None | Some(Stage::Queued(_) | Stage::Claiming) => Handed::First,
        }
    }

    /// Tells the server what became of a message. The same report twice is sent once as long as the first is unanswered.
    pub fn report(&mut self, conversation: ConversationId, message: EntryNo, report: Report) {
        let row = (conversation, message);
        let known = self.to_report.iter().any(|waiting| waiting.0 == row && waiting.1 == report)
            || self.asked.contains_key(&keys::report(conversation, message, &report));
        if !known {
            self.to_report.push_back((row, report));
        }
    }

    /// A command was answered. Whether it was one of these.
    pub fn see_answer(&mut self, id: CommandId, result: &Result<Answer, Refusal>) -> bool {
        let Some(asked) = self.asked.remove(&id) else { return false };
        if matches!(asked, Asked::Claim(..)) {
            self.claiming = self.claiming.saturating_sub(1);
        }
        match (asked, result) {
            (asked, Err(Refusal::Busy | Refusal::ReadOnly { .. })) => self.held_back.push(asked),
            (Asked::Claim(row, _), Ok(_)) => {
                // The text comes before the answer. If it did not, nobody can tell what the customer has.
                if self.rows.get(&row) == Some(&Stage::Claiming) {
                    self.rows.insert(row, Stage::Taken);
                    self.report(row.0, row.1, Report::Unknown);
                }
            }
            (Asked::Report(row, _), Ok(answer)) => self.settle(row, answer.seq),
            (Asked::Claim(row, _) | Asked::Report(row, _), Err(_)) => self.settle(row, Seq(0)),
        }
        true
    }

    /// Whether something was put off, since the server was busy or could not write. [`try_again`](Self::try_again) in a while.
    #[must_use]
    pub fn holds_back(&self) -> bool {
        !self.held_back.is_empty()
    }

    /// Takes up what was put off.
    pub fn try_again(&mut self) {
        for asked in std::mem::take(&mut self.held_back) {
            match asked {
                Asked::Claim(row, term) => {
                    if self.rows.get(&row) == Some(&Stage::Claiming) {
                        self.rows.insert(row, Stage::Queued(term));
                        self.to_claim.push_back(row);
                    }
                }
                Asked::Report(row, report) => self.to_report.push_back((row, report)),
            }
        }
    }

    /// Whether [`next_ask`](Self::next_ask) has something.
    #[must_use]
    pub fn has_asks(&self) -> bool {
        !self.to_report.is_empty() || (!self.to_claim.is_empty() && self.claiming < CLAIMS_AT_ONCE)
    }

    /// The next command to ask for: reports before claims, since a take-over waits for them.
    pub fn next_ask(&mut self) -> Option<(CommandId, Command)> {
        if let Some((row, report)) = self.to_report.pop_front() {
            let (conversation, message) = row;
            let id = keys::report(conversation, message, &report);
            self.asked.insert(id, Asked::Report(row, report.clone()));
            return Some((id, Command::ReportDelivery { conversation, message, report }));
        }
        while self.claiming < CLAIMS_AT_ONCE {
            let row = self.to_claim.pop_front()?;
            // What became void while it waited is no longer queued.
            let Some(Stage::Queued(term)) = self.rows.get(&row).copied() else { continue };
            let (conversation, message) = row;
            let id = keys::claim(conversation, message, term);
            self.rows.insert(row, Stage::Claiming);
            self.asked.insert(id, Asked::Claim(row, term));
            self.claiming += 1;
            return Some((id, Command::ClaimDelivery { conversation, message, term }));
        }
        None
    }

    fn settle(&mut self, row: Row, seq: Seq) {
        if let Some(stage) = self.rows.get_mut(&row) {
            *stage = Stage::Settled(seq);
        }
    }
}

#[cfg(test)]
mod tests;
