//! What the rules know of a conversation: its card, and what only they need.

use super::{
    approval::Waiting,
    card::Card,
    ceiling::Spent,
    delivery::Delivery,
    guard::Heed,
    ids::{EntryNo, PublicNo, TeammateId},
    seldom::Seldom,
    signals::Said,
    tool::Kept,
    turn::OpenTurn,
    undo::Undoable,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::sync::Arc;

/// A conversation, as far as rules depend on it. About a quarter of a kibibyte beside its card.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Conversation {
    /// What everyone sees. Shared with whoever shows it; changed by copy.
    pub card: Arc<Card>,
    /// What the connector recognises it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_ref: Option<Arc<str>>,
    /// How many messages the customer may see.
    pub public: PublicNo,
    /// The turn under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Box<OpenTurn>>,
    /// The draft that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Box<Waiting>>,
    /// Tool calls, oldest first: those that are open, and what must be remembered of the others.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub calls: Seldom<Kept>,
    /// Whispers that no turn has applied yet.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub whispers: Seldom<EntryNo>,
    /// Messages whose fate is open, and the last of those whose fate is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "tight")]
    pub outbox: Vec<Delivery>,
    /// What can be undone, oldest first.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub undo: Seldom<Undoable>,
    /// The words of the customer's last messages, newest last.
    #[serde(default, skip_serializing_if = "Said::is_empty")]
    pub said: Said,
    /// AI messages that can be judged.
    #[serde(default, skip_serializing_if = "<[EntryNo]>::is_empty")]
    pub judgeable: Box<[EntryNo]>,
    /// Standing annotations: message, reviewer, annotation.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub judged: Seldom<(EntryNo, TeammateId, EntryNo)>,
    /// Turns in a row that failed.
    #[serde(default)]
    pub failed_turns: u8,
    /// Drafts in a row that were rejected.
    #[serde(default)]
    pub rejected: u8,
    /// Up to which entry a shadow has read.
    #[serde(default)]
    pub shadowed: EntryNo,
    /// Whether a person has answered since the holder last changed.
    #[serde(default)]
    pub replied: bool,
    /// Whether it was erased: nothing happens here any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// What the checks must know of the talk.
    #[serde(default)]
    pub heed: Heed,
    /// What the AI used for it.
    #[serde(default)]
    pub spent: Spent,
}

impl Conversation {
    /// Takes the channel's name from one of `others` that came by the same: most come by a few channels.
    pub fn share_channel<'a>(&mut self, others: impl IntoIterator<Item = &'a Self>) {
        let known = others.into_iter().map(|other| &other.card.channel).find(|known| **known == self.card.channel);
        if let Some(known) = known.map(Arc::clone) {
            Arc::make_mut(&mut self.card).channel = known;
        }
    }

    /// Gives back what its lists hold in reserve. A desk has many conversations, and few of them grow at a time.
    pub(super) fn tighten(&mut self) {
        self.outbox.shrink_to_fit();
        self.undo.shrink_to_fit();
    }
}

/// A list that holds nothing in reserve.
fn tight<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let mut list = Vec::deserialize(deserializer)?;
    list.shrink_to_fit();
    Ok(list)
}
