//! What speaks for letting the AI go further in a topic or on a channel, and what speaks against it.
//!
//! Counts of what became of the AI's answers; [`share`] has their shares with the interval, [`proposal`] what follows from
//! them. Pure. Deliberately not here: where the counts come from (the store keeps them as a projection of the log).

mod proposal;
mod share;

pub use self::{
    proposal::{
        ALIKE, COMPARED, DECIDED, GOOD, GOOD_FOR_AUTO, GOOD_FOR_DRAFT, Proposal, REJECTED, REVIEWED, REVIEWED_DOWN,
        UNEDITED,
    },
    share::{Share, percent},
};
use super::{edit::Distance, mode::Mode, policy::Policy};
use serde::{Deserialize, Serialize};

/// The days that are looked back on where nobody says otherwise.
pub const WINDOW_DAYS: u16 = 30;

/// What counts were made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Subject {
    /// A topic; none: conversations without one.
    Topic(Option<String>),
    /// A channel.
    Channel(String),
}

impl Subject {
    /// How far the AI may go there, and whether that is set for it itself. A topic without a mode of its own has the desk's
    /// here: which channel a conversation comes by is not its topic's.
    #[must_use]
    pub fn mode(&self, policy: &Policy) -> (Mode, bool) {
        let own = match self {
            Self::Topic(topic) => topic.as_ref().and_then(|topic| policy.topics.get(topic)),
            Self::Channel(channel) => policy.channels.get(channel),
        };
        (own.copied().unwrap_or(policy.mode), own.is_some())
    }
}

/// What became of an AI's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was sent by itself.
    Sent,
    /// It waits for a person's decision.
    Waits,
    /// A person let it go as it was.
    Approved,
    /// A person let it go with another text.
    Edited,
    /// A person did not let it go.
    Rejected,
    /// Nobody decided: it expired, or the ground went from under it.
    Undecided,
    /// It was drafted beside a person who has not answered since.
    Shadow,
    /// It was drafted beside a person, and compared with what that person sent.
    Compared,
    /// Instead of an answer the AI asked for a person.
    Escalated,
}

impl Fate {
    /// All of them, in the order of their numbers in the store.
    pub const ALL: [Self; 9] = [
        Self::Sent,
        Self::Waits,
        Self::Approved,
        Self::Edited,
        Self::Rejected,
        Self::Undecided,
        Self::Shadow,
        Self::Compared,
        Self::Escalated,
    ];
}

/// What became of the AI's answers in a topic or on a channel, in a window of time. All counts add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Of what.
    pub subject: Subject,
    /// Answers that were sent by themselves.
    #[serde(default)]
    pub sent: u32,
    /// Drafts that wait.
    #[serde(default)]
    pub waits: u32,
    /// Drafts that people let go as they were.
    #[serde(default)]
    pub approved: u32,
    /// Drafts that people let go with another text.
    #[serde(default)]
    pub edited: u32,
    /// Drafts that people did not let go.
    #[serde(default)]
    pub rejected: u32,
    /// Drafts that nobody decided on.
    #[serde(default)]
    pub undecided: u32,
    /// Drafts beside people that could not be compared.
    #[serde(default)]
    pub shadows: u32,
    /// Drafts beside people that were compared with what they sent.
    #[serde(default)]
    pub compared: u32,
    /// Those of them that were alike, see [`Distance::ALIKE`].
    #[serde(default)]
    pub alike: u32,
    /// The sum of the distances of what was let go and what was compared, in thousandths.
    #[serde(default)]
    pub apart: u64,
    /// Answers and drafts that a person judged, unsure ones left out.
    #[serde(default)]
    pub reviewed: u32,
    /// Those of them that everybody who judged found good.
    #[serde(default)]
    pub good: u32,
    /// How often the AI asked for a person instead.
    #[serde(default)]
    pub escalations: u32,
}

/// Answers of the same fate, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What became of them.
    pub fate: Fate,
    /// How many.
    pub count: u32,
    /// How many were alike to what was sent.
    pub alike: u32,
    /// The sum of their distances.
    pub apart: u64,
    /// How many were judged good or bad.
    pub reviewed: u32,
    /// How many were judged good.
    pub good: u32,
}

impl Evidence {
    /// Nothing yet.
    #[must_use]
    pub fn of(subject: Subject) -> Self {
        Self {
            subject,
            sent: 0,
            waits: 0,
            approved: 0,
            edited: 0,
            rejected: 0,
            undecided: 0,
            shadows: 0,
            compared: 0,
            alike: 0,
            apart: 0,
            reviewed: 0,
            good: 0,
            escalations: 0,
        }
    }

    /// Counts some more.
    pub fn add(&mut self, some: Counted) {
        let count = match some.fate {
            Fate::Sent => &mut self.sent,
            Fate::Waits => &mut self.waits,
            Fate::Approved => &mut self.approved,
            Fate::Edited => &mut self.edited,
            Fate::Rejected => &mut self.rejected,
            Fate::Undecided => &mut self.undecided,
            Fate::Shadow => &mut self.shadows,
            Fate::Compared => &mut self.compared,
            Fate::Escalated => &mut self.escalations,
        };
        *count = count.saturating_add(some.count);
        if some.fate == Fate::Compared {
            self.alike = self.alike.saturating_add(some.alike);
        }
        if matches!(some.fate, Fate::Approved | Fate::Edited | Fate::Compared) {
            self.apart = self.apart.saturating_add(some.apart);
        }
        self.reviewed = self.reviewed.saturating_add(some.reviewed);
        self.good = self.good.saturating_add(some.good);
    }

    /// All answers and drafts, those beside people too.
    #[must_use]
    pub fn volume(&self) -> u32 {
        let drafts = [self.waits, self.approved, self.edited, self.rejected, self.undecided];
        drafts.into_iter().chain([self.sent, self.shadows, self.compared]).fold(0, u32::saturating_add)
    }

    /// Drafts that people decided on: of these, those sent unedited.
    #[must_use]
    pub fn unedited(&self) -> Share {
        Share { hits: self.approved, of: self.decided() }
    }

    /// Drafts that people decided on: of these, those that they did not let go.
    #[must_use]
    pub fn turned_down(&self) -> Share {
        Share { hits: self.rejected, of: self.decided() }
    }

    /// Drafts beside people that were compared: of these, those that were alike.
    #[must_use]
    pub fn as_people_say(&self) -> Share {
        Share { hits: self.alike, of: self.compared }
    }

    /// Reviewed: of these, those judged good.
    #[must_use]
    pub fn judged_good(&self) -> Share {
        Share { hits: self.good, of: self.reviewed }
    }

    /// Turns that ended in an answer or a call for a person: of these, the calls.
    #[must_use]
    pub fn given_up(&self) -> Share {
        Share { hits: self.escalations, of: self.escalations.saturating_add(self.volume()) }
    }

    /// How far what people sent was from what the AI wrote, on the average, and of how many; none of nothing.
    #[must_use]
    pub fn distance(&self) -> Option<(Distance, u32)> {
        let of = self.approved.saturating_add(self.edited).saturating_add(self.compared);
        let mean = self.apart.checked_div(u64::from(of))?;
        Some((Distance(u16::try_from(mean).unwrap_or(1000).min(1000)), of))
    }

    fn decided(&self) -> u32 {
        self.approved.saturating_add(self.edited).saturating_add(self.rejected)
    }
}

#[cfg(test)]
mod tests;
