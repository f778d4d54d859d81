//! The desk: one team's workspace. State is a fold over the events; only `apply` changes it.

use super::{
    ceiling::Today,
    conversation::Conversation,
    guard::Approved,
    guidance::{Guidance, GuidanceId},
    holder::Holder,
    ids::{ConversationId, Digest, Seq, TeammateId},
    mode::Mode,
    policy::Policy,
    reply::DeskReply,
    shelf::Shelf,
    stop::{Stop, StopId},
    teammate::{Kind, Teammate},
    tool::{Offered, Spent},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// One team's workspace: its teammates, rules and conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    /// What is not a conversation.
    pub office: Office,
    /// Its conversations. Settled ones may be put aside by whoever keeps the desk.
    pub conversations: BTreeMap<ConversationId, Box<Conversation>>,
    /// What its AIs may cite of its knowledge; none: whoever keeps the desk has none. No event tells it.
    pub shelf: Option<Arc<Shelf>>,
}

/// All of a desk but its conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// The last event.
    pub seq: Seq,
    /// The desk's name; empty until it is founded.
    pub name: String,
    /// The time line on which terms are counted.
    pub timeline: u32,
    /// The newest conversation.
    pub newest: ConversationId,
    /// Who works here, the revoked too. Written as a list: a number as a key would not survive every frame.
    #[serde(with = "as_list")]
    pub teammates: BTreeMap<TeammateId, Teammate>,
    /// The rules that an admin may set.
    pub policy: Arc<Policy>,
    /// Replies for all who write here, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replies: BTreeMap<String, DeskReply>,
    /// What tools have moved in the last thirty days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<Spent>,
    /// The tools that may be asked for, by name.
    #[serde(default, skip_serializing_if = "has_none")]
    pub offers: Arc<Vec<Offered>>,
    /// Where the AI is stopped, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<Stop>,
    /// The number of the last stop there was; 0 while there was none.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub last_stop: StopId,
    /// The guidance that stands, oldest first: what is published, and what is staged.
    #[serde(default, skip_serializing_if = "no_guidance")]
    pub guidance: Arc<Vec<Guidance>>,
    /// The number of the last piece of guidance there was; 0 while there was none.
    #[serde(default, skip_serializing_if = "none_written")]
    pub last_guidance: GuidanceId,
    /// What the AI used today.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub today: Arc<Today>,
}

fn has_none(it: &Arc<Vec<Offered>>) -> bool {
    it.is_empty()
}

fn is_nothing(it: &Arc<Today>) -> bool {
    **it == Today::default()
}

#[allow(clippy::ptr_arg, reason = "the shape that serde asks for")]
fn no_guidance(it: &Arc<Vec<Guidance>>) -> bool {
    it.is_empty()
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn none_written(it: &GuidanceId) -> bool {
    it.0 == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_none_yet(it: &StopId) -> bool {
    it.0 == 0
}

impl Office {
    /// The teammate, unless revoked or unknown.
    #[must_use]
    pub fn present(&self, id: TeammateId) -> Option<&Teammate> {
        self.teammates.get(&id).filter(|teammate| !teammate.revoked)
    }

    /// The name of a teammate, the revoked too.
    #[must_use]
    pub fn name_of(&self, id: TeammateId) -> String {
        self.teammates.get(&id).map_or_else(|| format!("teammate {id}"), |teammate| teammate.name.clone())
    }

    /// The tool as it is offered now.
    #[must_use]
    pub fn offered(&self, tool: &str) -> Option<&Offered> {
        self.offers.iter().find(|one| one.offer.tool == tool)
    }

    /// Whose token has this hash. The caller compares hashes of random secrets, so an early exit tells nothing.
    #[must_use]
    pub fn by_token(&self, token: &Digest) -> Option<&Teammate> {
        self.teammates.values().find(|teammate| !teammate.revoked && teammate.token.as_ref() == Some(token))
    }

    /// The AI who answers where none is named: the one who joined first.
    #[must_use]
    pub fn front_ai(&self) -> Option<TeammateId> {
        self.teammates.values().find(|t| t.role.kind() == Kind::Ai && !t.revoked).map(|t| t.id)
    }

    /// The mode for a topic on a channel, before a conversation's own: the topic's, else the channel's, else the desk's.
    #[must_use]
    pub fn mode_for(&self, topic: Option<&str>, channel: &str) -> Mode {
        self.policy.mode_for(topic, channel)
    }

    /// Who answers a new conversation about `topic` on `channel`.
    #[must_use]
    pub fn first_holder(&self, topic: Option<&str>, channel: &str) -> Holder {
        let for_humans = topic.is_some_and(|topic| self.policy.human_topics.contains(topic));
        match self.front_ai() {
            Some(ai) if !for_humans && self.mode_for(topic, channel).lets_ai_hold() => Holder::Ai(ai),
            _ => Holder::Queue,
        }
    }
}

impl Desk {
    /// What may be cited here.
    pub(in crate::domain) fn approved(&self) -> Approved<'_> {
        Approved { shelf: self.shelf.as_deref(), guidance: &self.office.guidance }
    }

    /// The conversation, if it is here.
    #[must_use]
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id).map(AsRef::as_ref)
    }
}

/// Teammates by id, written as a list.
mod as_list {
    use super::{BTreeMap, Teammate, TeammateId};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        teammates: &BTreeMap<TeammateId, Teammate>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(teammates.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<TeammateId, Teammate>, D::Error> {
        let teammates = Vec::<Teammate>::deserialize(deserializer)?;
        Ok(teammates.into_iter().map(|teammate| (teammate.id, teammate)).collect())
    }
}
