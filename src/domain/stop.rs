//! The stop switch: where the AI is stopped, what becomes of each talk there, and until when.
//!
//! A stop is a fence and not a cancel: it stands in the office, so it survives a restart, and every way out for an AI
//! (a turn begins, an answer is finished, an unapproved message is claimed) asks it in the transaction that would let it out.
//! So it holds while the model, the AI's process or the line to it hang. What a person does (approve a draft, answer)
//! stays that person's act and goes out. Deliberately not here: who may stop (see `teammate`), and how it is shown.

use super::{
    card::Card,
    delivery::State,
    desk::Office,
    holder::Holder,
    ids::{ConversationId, TeammateId},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest time after which a stop ends by itself.
pub const LONGEST: Span = Span::hours(24 * 30);
/// What is taken where no time is named: a forgotten stop ends by itself.
pub const USUAL: Span = Span::minutes(30);
/// So many stops may stand at once.
pub const AT_ONCE: usize = 64;
/// The longest reason, in bytes.
pub const LONGEST_REASON: usize = 500;

/// The number of a stop; counted from 1 at each desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StopId(pub u32);

impl fmt::Display for StopId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for StopId {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        said.parse().map(Self).map_err(|_| format!("`{said}` is not the number of a stop; `centaur stop` lists them"))
    }
}

/// Where the AI is stopped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scope {
    /// In one conversation.
    Talk {
        /// Which.
        conversation: ConversationId,
    },
    /// In all of a topic.
    Topic {
        /// Which.
        topic: String,
    },
    /// In all of a channel.
    Channel {
        /// Which, as in `web`.
        channel: String,
    },
    /// One AI, wherever it is.
    Ai {
        /// Which.
        teammate: TeammateId,
    },
    /// Every AI, everywhere.
    All,
}

/// What of a conversation a stop looks at.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Which.
    pub conversation: ConversationId,
    /// About what.
    pub topic: Option<&'a str>,
    /// By which channel.
    pub channel: &'a str,
}

impl<'a> From<&'a Card> for Place<'a> {
    fn from(card: &'a Card) -> Self {
        Self { conversation: card.id, topic: card.topic.as_deref(), channel: &card.channel }
    }
}

impl Scope {
    /// Whether it covers what `ai` does there. Whatever no AI is named for is covered by a stop of any one AI: where it
    /// is not known whose words these are, they stay.
    #[must_use]
    pub fn covers<'a>(&self, place: impl Into<Place<'a>>, ai: Option<TeammateId>) -> bool {
        let place = place.into();
        match self {
            Self::Talk { conversation } => place.conversation == *conversation,
            Self::Topic { topic } => place.topic == Some(topic.as_str()),
            Self::Channel { channel } => place.channel == channel,
            Self::Ai { teammate } => ai.is_none_or(|ai| ai == *teammate),
            Self::All => true,
        }
    }

    /// How far it reaches: 0 for one conversation to 4 for all.
    #[must_use]
    pub fn width(&self) -> u8 {
        match self {
            Self::Talk { .. } => 0,
            Self::Topic { .. } => 1,
            Self::Channel { .. } => 2,
            Self::Ai { .. } => 3,
            Self::All => 4,
        }
    }

    /// In a few words: `all AI`, `topic refunds`. `name` tells teammates' names.
    #[must_use]
    pub fn words(&self, name: &dyn Fn(TeammateId) -> String) -> String {
        match self {
            Self::Talk { conversation } => format!("#{conversation}"),
            Self::Topic { topic } => format!("topic {topic}"),
            Self::Channel { channel } => format!("channel {channel}"),
            Self::Ai { teammate } => name(*teammate),
            Self::All => "all AI".to_owned(),
        }
    }
}

/// What becomes of a talk that a stop covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It stays with the AI, who goes on when the stop ends. Whoever waits, waits on.
    Hold,
    /// It stays with the AI while nobody waits there but for a decision on a draft; as soon as a customer waits for an
    /// answer it goes to the queue.
    #[default]
    Queue,
    /// It goes to the queue at once, with a call for a human.
    Human,
}

impl Then {
    /// From the least to the most.
    pub const ALL: [Self; 3] = [Self::Hold, Self::Queue, Self::Human];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Queue => "queue",
            Self::Human => "human",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Hold => "all wait where they are, and the AI goes on afterwards",
            Self::Queue => "whoever waits or writes goes to the queue, the rest hold",
            Self::Human => "all go to people at once",
        }
    }
}

impl std::str::FromStr for Then {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|then| then.word() == said.to_lowercase())
            .ok_or_else(|| format!("`{said}` is not what can become of a talk: use hold, queue or human"))
    }
}

/// A stop that stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stop {
    /// Its number.
    pub id: StopId,
    /// Where.
    pub scope: Scope,
    /// What becomes of the talks there.
    pub then: Then,
    /// Who stopped.
    pub by: TeammateId,
    /// When.
    pub at: Timestamp,
    /// When it ends by itself; it stands until it is lifted if no time is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why, in that person's words. May be empty: who must stop has no time to write.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// How a stop ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Lifting {
    /// A person lifted it.
    ByHand {
        /// Why that is right now.
        reason: String,
    },
    /// Its time was over.
    TimeOver,
    /// Another stop of the same scope took its place.
    Replaced {
        /// Which.
        by: StopId,
    },
}

/// What becomes of one conversation under a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// No AI answers there; at most a shadow falls silent.
    Untouched,
    /// It stays with the AI, who is silent.
    Holds,
    /// It goes to the queue, since somebody waits.
    Queues,
    /// It goes to people.
    ToHuman,
}

/// What a stop does with the conversation of this card.
#[must_use]
pub fn fate(card: &Card, scope: &Scope, then: Then) -> Fate {
    let Holder::Ai(ai) = card.holder else { return Fate::Untouched };
    if card.status.is_resolved() || !scope.covers(card, Some(ai)) {
        return Fate::Untouched;
    }
    // What has not left never will, so whom it was for waits.
    let unsaid = card.on_its_way.iter().any(|row| row.state == State::Pending && row.origin.is_fenced());
    match then {
        Then::Human => Fate::ToHuman,
        // A draft waits for a person already, who may still send it.
        Then::Queue if card.draft.is_none() && (card.waiting_since.is_some() || unsaid) => Fate::Queues,
        Then::Queue | Then::Hold => Fate::Holds,
    }
}

/// What a stop would touch, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Talks that stay with a silent AI.
    pub hold: usize,
    /// Talks that go to the queue since somebody waits.
    pub queue: usize,
    /// Talks that go to people at once.
    pub human: usize,
    /// Of all these, those in which an AI is writing now: what it writes is dropped.
    pub writing: usize,
}

impl Preview {
    /// How many talks there are in all.
    #[must_use]
    pub fn talks(&self) -> usize {
        self.hold + self.queue + self.human
    }

    /// `37 talks: 30 wait, 7 to the queue; 2 answers being written are dropped`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let talks = self.talks();
        if talks == 0 {
            return "no talk now; those that come are covered".to_owned();
        }
        format!("{talks} {}: {}", if talks == 1 { "talk" } else { "talks" }, self.fates())
    }

    /// What becomes of them, without how many they are.
    #[must_use]
    pub fn fates(&self) -> String {
        if self.talks() == 0 {
            return "no talk now; those that come are covered".to_owned();
        }
        let parts: Vec<String> = [(self.hold, "wait"), (self.queue, "to the queue"), (self.human, "to people")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let dropped = match self.writing {
            0 => String::new(),
            1 => "; 1 being written is dropped".to_owned(),
            n => format!("; {n} being written are dropped"),
        };
        format!("{}{dropped}", parts.join(", "))
    }
}

/// What a stop would touch. The same rule as the stop itself follows.
#[must_use]
pub fn preview<'a>(cards: impl IntoIterator<Item = &'a Card>, scope: &Scope, then: Then) -> Preview {
    let mut preview = Preview::default();
    for card in cards {
        let count = match fate(card, scope, then) {
            Fate::Untouched => continue,
            Fate::Holds => &mut preview.hold,
            Fate::Queues => &mut preview.queue,
            Fate::ToHuman => &mut preview.human,
        };
        *count += 1;
        preview.writing += usize::from(card.writing.is_some());
    }
    preview
}

impl Office {
    /// The stop with this number, if it stands.
    #[must_use]
    pub fn stop(&self, id: StopId) -> Option<&Stop> {
        self.stops.iter().find(|stop| stop.id == id)
    }

    /// The stop that keeps `ai` silent there; of several the one that goes furthest. Where nobody knows whose words it
    /// is about, any AI's.
    #[must_use]
    pub fn stopped<'a>(&self, place: impl Into<Place<'a>>, ai: Option<TeammateId>) -> Option<&Stop> {
        let place = place.into();
        self.stops.iter().filter(|stop| stop.scope.covers(place, ai)).max_by_key(|stop| stop.then)
    }

    /// When the next stop ends by itself.
    #[must_use]
    pub fn next_stop_ends(&self) -> Option<Timestamp> {
        self.stops.iter().filter_map(|stop| stop.until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_says_what_becomes_of_each() {
        let mut cards: Vec<Card> = (1..=6)
            .map(|n| Card { holder: Holder::Ai(TeammateId(2)), ..Card::quiet(ConversationId(n), Timestamp(0)) })
            .collect();
        cards[0].waiting_since = Some(Timestamp(1));
        cards[1].topic = Some("refunds".into());
        cards[2].holder = Holder::Human(TeammateId(3));
        cards[3].channel = "mail".into();
        let of = |scope: Scope, then| preview(&cards, &scope, then).sentence();
        assert_eq!(of(Scope::All, Then::Queue), "5 talks: 4 wait, 1 to the queue");
        assert_eq!(of(Scope::All, Then::Hold), "5 talks: 5 wait");
        assert_eq!(of(Scope::Ai { teammate: TeammateId(2) }, Then::Human), "5 talks: 5 to people");
        assert_eq!(of(Scope::Topic { topic: "refunds".to_owned() }, Then::Human), "1 talk: 1 to people");
        assert_eq!(of(Scope::Channel { channel: "mail".to_owned() }, Then::Queue), "1 talk: 1 wait");
        let none = "no talk now; those that come are covered";
        assert_eq!(of(Scope::Ai { teammate: TeammateId(9) }, Then::Human), none);
        assert_eq!(of(Scope::Talk { conversation: ConversationId(3) }, Then::Human), none);
    }
}
