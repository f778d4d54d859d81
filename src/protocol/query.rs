//! What can be read without watching, in pages.

use super::guidance::{PastTurn, Piece, Use, Written};
use crate::domain::{
    annotation::Annotation,
    card::{Card, Speaker},
    ceiling::Usage,
    edit::{Change, Distance},
    event::Recorded,
    evidence::Evidence,
    guidance::GuidanceId,
    health::Health,
    ids::{ConversationId, EntryNo, PublicNo, Seq},
    refusal::Refusal,
    thread::Entry,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// Events of a conversation before an entry, newest page first.
    History {
        /// Which.
        conversation: ConversationId,
        /// Before this one; from the end if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<EntryNo>,
        /// At most so many; 500 at most.
        limit: u32,
    },
    /// What the customer may see. For connectors.
    Transcript {
        /// Which.
        conversation: ConversationId,
        /// After this one.
        after: PublicNo,
    },
    /// What the connector stored at the opening. For connectors.
    Door {
        /// Which.
        conversation: ConversationId,
    },
    /// Conversations, the settled too, newest first.
    Cards {
        /// Before this one; from the newest if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<ConversationId>,
        /// At most so many; 200 at most.
        limit: u32,
    },
    /// One card.
    Card {
        /// Which.
        conversation: ConversationId,
    },
    /// Annotations with what they are about, oldest first.
    Annotations {
        /// After this event.
        after: Seq,
        /// At most so many; 100 at most.
        limit: u32,
    },
    /// Words in what was said, newest first.
    Search {
        /// The words.
        words: String,
        /// Before this event; from the newest if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
        /// At most so many; 100 at most.
        limit: u32,
    },
    /// How the AIs do.
    Health,
    /// What was done at the desk, newest first.
    Log {
        /// Which of it, in the language of the log; empty for all.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        filter: String,
        /// Before this event; from the newest if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
        /// At most so many; 200 at most. Fewer may come though there are more: go on from `next`.
        limit: u32,
    },
    /// What people sent in place of what the AI wrote, oldest first.
    Corrections {
        /// After this event.
        after: Seq,
        /// At most so many; 20 at most.
        limit: u32,
    },
    /// Guidance, retired pieces too, newest first.
    Guidance {
        /// Before this one; from the newest if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<GuidanceId>,
        /// At most so many; 200 at most.
        limit: u32,
    },
    /// One piece: its versions, and the answers that used it, newest first.
    GuidanceUses {
        /// Which.
        guidance: GuidanceId,
        /// Answers before this event; from the newest if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
        /// At most so many answers; 100 at most.
        limit: u32,
    },
    /// Turns of AIs that ended, newest first: to try guidance on.
    PastTurns {
        /// About one of these topics; none: about any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        topics: Vec<String>,
        /// At most so many; 200 at most.
        limit: u32,
    },
    /// What became of the AI's answers, for each topic and channel.
    Evidence {
        /// In so many days up to now; 1 to 366.
        days: u16,
    },
}

/// A message as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Public {
    /// Its number.
    pub n: PublicNo,
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub speaker: Speaker,
    /// The name to show.
    pub name: String,
    /// The text.
    pub text: String,
}

/// An annotation with what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The event of the annotation.
    pub seq: Seq,
    /// When it was made.
    pub at: Timestamp,
    /// Where.
    pub conversation: ConversationId,
    /// The annotation, with whether it was superseded or withdrawn since.
    pub annotation: Annotation,
    /// Whether a later one of the same reviewer replaces it.
    pub superseded: bool,
    /// The reviewer's name.
    pub reviewer: String,
    /// The AI message that was judged.
    pub entry: Entry,
    /// What the customer and the team's side had said before it, up to twenty messages, oldest first.
    pub context: Vec<Public>,
}

/// What a person sent in place of what the AI wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The event that sent it; the place to go on from.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub conversation: ConversationId,
    /// The entry with the AI's words.
    pub said: EntryNo,
    /// The entry with the person's.
    pub sent: EntryNo,
    /// Who sent it.
    pub by: String,
    /// What the AI wrote, without the numbers of its sources.
    pub before: String,
    /// What was sent.
    pub after: String,
    /// How far apart, in thousandths of the words.
    pub distance: Distance,
    /// What was dropped and added, in reading order.
    pub changes: Vec<Change>,
}

/// A place where words were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The event.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub conversation: ConversationId,
    /// The entry.
    pub n: EntryNo,
    /// The words around, as received.
    pub excerpt: String,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Page {
    /// Events, in order.
    History {
        /// The events.
        events: Vec<Recorded>,
        /// Whether there are earlier ones.
        earlier: bool,
    },
    /// What the customer may see, in order.
    Transcript {
        /// The messages.
        messages: Vec<Public>,
        /// Whether there are later ones.
        more: bool,
    },
    /// What the connector stored.
    Door {
        /// As stored.
        external_ref: Option<String>,
        /// Whether the conversation is resolved.
        resolved: bool,
    },
    /// Cards, newest first.
    Cards {
        /// The cards.
        cards: Vec<Card>,
        /// Whether there are earlier ones.
        earlier: bool,
    },
    /// Annotations, oldest first.
    Annotations {
        /// The rows.
        rows: Vec<Judged>,
        /// Whether there are later ones.
        more: bool,
    },
    /// Places, newest first.
    Search {
        /// The places.
        hits: Vec<Hit>,
        /// Whether there are earlier ones.
        earlier: bool,
    },
    /// What was done, newest first.
    Log {
        /// The events.
        events: Vec<Recorded>,
        /// Ask for those before this one to go on; none at the beginning of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Seq>,
    },
    /// What people changed, oldest first.
    Corrections {
        /// The rows.
        rows: Vec<Correction>,
        /// Whether there are later ones.
        more: bool,
    },
    /// Guidance, newest first.
    Guidance {
        /// The pieces.
        rows: Vec<Piece>,
        /// Whether there are earlier ones.
        earlier: bool,
    },
    /// One piece.
    GuidanceUses {
        /// Which, and how it stands.
        piece: Piece,
        /// Its versions, newest first, twenty at most.
        versions: Vec<Written>,
        /// The version that is in use, if one is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        published: Option<u16>,
        /// The answers that used it, newest first.
        uses: Vec<Use>,
        /// Whether there are earlier ones.
        earlier: bool,
    },
    /// Turns that ended, newest first.
    PastTurns {
        /// Which.
        turns: Vec<PastTurn>,
    },
    /// What became of the AI's answers.
    Evidence {
        /// Since then.
        since: Timestamp,
        /// For each topic, then for each channel.
        rows: Vec<Evidence>,
    },
    /// How the AIs did in the last hour, as far as the server has watched.
    Health {
        /// Those that had a turn.
        ais: Vec<Health>,
        /// What all of them used today.
        #[serde(default, skip_serializing_if = "Usage::is_nothing")]
        usage: Usage,
    },
    /// It was not to be.
    Refused {
        /// Why.
        why: Refusal,
    },
}
