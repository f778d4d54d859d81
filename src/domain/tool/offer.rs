//! What tools there are: said by who runs them, kept by the desk, read by AIs.
//!
//! An AI has no line to a tool server: it asks for what stands here, and reads what came of it. Descriptions and schemas are
//! from outside. Deliberately not here: which of them may be asked for (the policy), and running one.

use super::{Risk, definition};
use crate::domain::{
    ids::{Digest, TeammateId},
    policy::Policy,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest description of a tool that the desk keeps, in bytes.
pub const LONGEST_DESCRIPTION: usize = 2_000;
/// The longest schema of a tool that the desk keeps, in bytes.
pub const LONGEST_SCHEMA: usize = 6_000;
/// The longest descriptions and schemas that the desk keeps of all tools together, in bytes.
pub const LONGEST_OFFERS: usize = 64 * 1024;

/// A tool that a server offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its name with the server's, as in `shop.refund.make`.
    pub tool: String,
    /// What the server says of it. From outside.
    pub description: String,
    /// What it takes: a JSON Schema. From outside.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub schema: Value,
    /// What pins it.
    pub definition: Digest,
}

impl Offer {
    /// A tool of the server `server`.
    #[must_use]
    pub fn new(server: &str, name: &str, description: &str, schema: Value) -> Self {
        let definition = definition(name, description, &schema);
        Self { tool: format!("{server}.{name}"), description: description.to_owned(), schema, definition }
    }

    /// The name by which language models know it: letters, digits, `_` and `-`, 64 at most.
    #[must_use]
    pub fn wire_name(&self) -> String {
        wire_name(&self.tool)
    }

    /// How much of the desk's room it takes, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.tool.len() + self.description.len() + self.schema.to_string().len()
    }
}

/// The name by which language models know a tool.
#[must_use]
pub fn wire_name(tool: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '_' };
    tool.chars().map(fits).take(64).collect()
}

/// An offer, and who runs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Who runs it; nobody else may.
    pub by: TeammateId,
    /// The tool.
    pub offer: Offer,
}

impl Policy {
    /// Whether an AI may ask for the tool at all, about any topic.
    #[must_use]
    pub fn names_tool(&self, tool: &str) -> bool {
        self.tools.get(tool).is_some_and(|rule| rule.risk != Risk::R3)
    }

    /// Whether an AI may ask for the tool about `topic`.
    #[must_use]
    pub fn lets_ask(&self, tool: &str, topic: Option<&str>) -> bool {
        let fits =
            |rule: &super::ToolRule| rule.topics.is_empty() || topic.is_some_and(|topic| rule.topics.contains(topic));
        self.names_tool(tool) && self.tools.get(tool).is_some_and(fits)
    }
}
