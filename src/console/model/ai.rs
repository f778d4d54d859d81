//! The AI screen: who the AIs are, how far they may go in which topic and on which channel, what speaks for a step further
//! or back, and what they were given to do.
//!
//! The numbers are read from the server when the screen is shown and stay as they were read; modes and tasks are live.
//! Deliberately not here: what a step needs (see `domain::evidence`), and taking it (see `update`).

use super::{Model, guidance::Guiding};
use crate::domain::{
    card::Card,
    evidence::{Evidence, Proposal, Subject},
    guidance::GuidanceId,
    ids::{ConversationId, EntryNo, TeammateId},
    mode::Mode,
    task::Given,
    teammate::{Kind, Right},
    time::Timestamp,
};
use std::collections::BTreeSet;

/// What was read, and where one is.
#[derive(Clone, Debug, Default)]
pub struct Ai {
    /// What became of the AI's answers, by topic and channel.
    pub evidence: Vec<Evidence>,
    /// Since when.
    pub since: Timestamp,
    /// When it was read; none before the first page.
    pub read_at: Option<Timestamp>,
    /// The number of the query that runs.
    pub asked: Option<u32>,
    /// Why the server did not tell.
    pub refused: Option<String>,
    /// Where the cursor is, as long as nothing is known of the row that it was put on.
    pub cursor: usize,
    /// The row that the cursor was put on: tasks come and go, and it stays on what is read there.
    pub on: Option<AiRow>,
    /// How many rows are in sight.
    pub window: usize,
    /// The team's guidance.
    pub guiding: Guiding,
    /// Settings that the server has not answered yet: ticket, and what to say when it is done.
    pub setting: Vec<(u64, String)>,
}

/// A row of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AiRow {
    /// An AI teammate.
    Mate(TeammateId),
    /// The mode of the whole desk.
    Desk,
    /// A topic or a channel.
    Subject(Subject),
    /// A piece of guidance.
    Guidance(GuidanceId),
    /// A task: where, and the entry that gave it.
    Task(ConversationId, EntryNo),
}

impl AiRow {
    /// The title of the part of the screen that it belongs to.
    #[must_use]
    pub fn part(&self) -> &'static str {
        match self {
            Self::Mate(_) => "AIs",
            Self::Guidance(_) => "guidance",
            Self::Task(..) => "tasks",
            Self::Desk | Self::Subject(Subject::Topic(_)) => "by topic",
            Self::Subject(Subject::Channel(_)) => "by channel",
        }
    }
}

impl Model {
    /// The rows of the AI screen, in order.
    #[must_use]
    pub fn ai_rows(&self) -> Vec<AiRow> {
        let ais = self.office.teammates.values().filter(|mate| mate.role.kind() == Kind::Ai && !mate.revoked);
        let policy = &self.office.policy;
        let subjects: BTreeSet<Subject> = self
            .ai
            .evidence
            .iter()
            .map(|one| one.subject.clone())
            .chain(policy.topics.keys().map(|topic| Subject::Topic(Some(topic.clone()))))
            .chain(policy.channels.keys().map(|channel| Subject::Channel(channel.clone())))
            .filter(|subject| *subject != Subject::Topic(None))
            .collect();
        ais.map(|mate| AiRow::Mate(mate.id))
            .chain([AiRow::Desk])
            .chain(subjects.into_iter().map(AiRow::Subject))
            .chain(self.guidance_ids().into_iter().map(AiRow::Guidance))
            .chain(self.tasks().map(|(card, given)| AiRow::Task(card.id, given.task)))
            .collect()
    }

    /// The tasks of the desk: open ones, and results that nobody has looked at; by conversation.
    pub fn tasks(&self) -> impl Iterator<Item = (&Card, &Given)> {
        self.floor.with_tasks().flat_map(|card| card.tasks.iter().map(move |given| (card, given)))
    }

    /// The row under the cursor.
    #[must_use]
    pub fn ai_row(&self) -> Option<AiRow> {
        self.ai_rows().into_iter().nth(self.ai_at())
    }

    /// The place of the row under the cursor. Where that row is gone, of what took its place.
    #[must_use]
    pub fn ai_at(&self) -> usize {
        let rows = self.ai_rows();
        let on = self.ai.on.as_ref().and_then(|on| rows.iter().position(|row| row == on));
        on.unwrap_or_else(|| self.ai.cursor.min(rows.len().saturating_sub(1)))
    }

    /// The mode of a topic or channel, and whether it has one of its own.
    #[must_use]
    pub fn mode_of(&self, subject: &Subject) -> (Mode, bool) {
        subject.mode(&self.office.policy)
    }

    /// What became of the AI's answers there.
    #[must_use]
    pub fn evidence_of(&self, subject: &Subject) -> Option<&Evidence> {
        self.ai.evidence.iter().find(|one| one.subject == *subject)
    }

    /// What the evidence proposes there.
    #[must_use]
    pub fn proposal(&self, subject: &Subject) -> Proposal {
        let policy = &self.office.policy;
        match self.evidence_of(subject) {
            Some(evidence) => evidence.proposal(policy),
            None => Evidence::of(subject.clone()).proposal(policy),
        }
    }

    /// Whether the person who sits here may set modes for topics, channels and the desk.
    #[must_use]
    pub fn may_set_desk_mode(&self) -> bool {
        self.you.as_ref().is_some_and(|you| you.role.may(Right::SetDeskMode))
    }
}
