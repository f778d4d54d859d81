//! What the desk allows: modes by topic, topics for humans, thresholds and times.

use super::{mode::Mode, time::Span, tool::ToolRule, turn::Grounding};
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
    /// Topics that go to the queue at once.
    pub human_topics: BTreeSet<String>,
    /// Below this an answer becomes a draft, whatever the mode. In thousandths.
    pub min_grounding: Grounding,
    /// How long a draft waits for a decision.
    pub draft_ttl: Span,
    /// How long a holder may be unseen.
    pub lease: Span,
    /// How long a turn may take.
    pub turn_ttl: Span,
    /// The longest pause.
    pub longest_pause: Span,
    /// The longest snooze.
    pub longest_snooze: Span,
    /// How often the AI may ask for a human before a person has answered, until it gets the conversation no more.
    pub hand_offs: u8,
    /// The tools that an AI may ask for, by server and name, as in `shop.refund.make`. Others do not exist.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tools: BTreeMap<String, ToolRule>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::Auto,
            topics: BTreeMap::new(),
            human_topics: BTreeSet::new(),
            min_grounding: Grounding(350),
            draft_ttl: Span::minutes(10),
            lease: Span::seconds(90),
            turn_ttl: Span::seconds(60),
            longest_pause: Span::hours(4),
            longest_snooze: Span::hours(24 * 30),
            hand_offs: 2,
            tools: BTreeMap::new(),
        }
    }
}
