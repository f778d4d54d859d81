//! What the desk allows: modes by topic and channel, topics for humans, thresholds and times.

use super::{ceiling::Ceilings, guard::Settings, mode::Mode, time::Span, tool::ToolRule, turn::Grounding, written};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The rules of a desk that an admin may set. Every time has a bound: nothing waits for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The mode where nothing more particular is said.
    pub mode: Mode,
    /// Modes by topic.
    pub topics: BTreeMap<String, Mode>,
    /// Modes by channel, where neither the conversation nor its topic has one.
    pub channels: BTreeMap<String, Mode>,
    /// Topics that go to the queue at once.
    pub human_topics: BTreeSet<String>,
    /// Below this an answer becomes a draft, whatever the mode. In thousandths.
    #[serde(deserialize_with = "written::share")]
    pub min_grounding: Grounding,
    /// How long a draft waits for a decision.
    #[serde(deserialize_with = "written::span")]
    pub draft_ttl: Span,
    /// How long a holder may be unseen.
    #[serde(deserialize_with = "written::span")]
    pub lease: Span,
    /// How long a turn may take.
    #[serde(deserialize_with = "written::span")]
    pub turn_ttl: Span,
    /// The longest pause.
    #[serde(deserialize_with = "written::span")]
    pub longest_pause: Span,
    /// The longest snooze.
    #[serde(deserialize_with = "written::span")]
    pub longest_snooze: Span,
    /// How often the AI may ask for a human before a person has answered, until it gets the conversation no more.
    pub hand_offs: u8,
    /// What is looked at before an AI's words leave, and when a customer's come in.
    pub guard: Settings,
    /// How much the AI may use.
    pub ceilings: Ceilings,
    /// The tools that an AI may ask for, by server and name, as in `shop.refund.make`. Others do not exist.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tools: BTreeMap<String, ToolRule>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::Auto,
            topics: BTreeMap::new(),
            channels: BTreeMap::new(),
            human_topics: BTreeSet::new(),
            min_grounding: Grounding(350),
            draft_ttl: Span::minutes(10),
            lease: Span::seconds(90),
            turn_ttl: Span::seconds(60),
            longest_pause: Span::hours(4),
            longest_snooze: Span::hours(24 * 30),
            hand_offs: 2,
            guard: Settings::default(),
            ceilings: Ceilings::default(),
            tools: BTreeMap::new(),
        }
    }
}

impl Policy {
    /// The mode for a topic on a channel: the most particular wins, so the topic's, else the channel's, else the desk's.
    #[must_use]
    pub fn mode_for(&self, topic: Option<&str>, channel: &str) -> Mode {
        let of_topic = topic.and_then(|topic| self.topics.get(topic));
        of_topic.or_else(|| self.channels.get(channel)).copied().unwrap_or(self.mode)
    }

    /// Sets a mode where it belongs, or frees the topic or channel. The desk itself always has one.
    pub fn set_mode(&mut self, topic: Option<&str>, channel: Option<&str>, mode: Option<Mode>) {
        let (list, name) = match (topic, channel) {
            (Some(topic), _) => (&mut self.topics, topic),
            (None, Some(channel)) => (&mut self.channels, channel),
            (None, None) => {
                self.mode = mode.unwrap_or(self.mode);
                return;
            }
        };
        match mode {
            Some(mode) => list.insert(name.to_owned(), mode),
            None => list.remove(name),
        };
    }
}
