//! How far the AI may go: off, shadow, draft, auto.

use serde::{Deserialize, Serialize};

/// What becomes of the AI's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The AI does nothing here.
    Off,
    /// The AI drafts beside the people; nobody outside the team sees it.
    Shadow,
    /// The AI drafts; a person approves before it is sent.
    Draft,
    /// The AI's answers are sent.
    Auto,
}

impl Mode {
    /// From the least to the most.
    pub const ALL: [Self; 4] = [Self::Off, Self::Shadow, Self::Draft, Self::Auto];

    /// Whether an AI may hold a conversation in this mode.
    #[must_use]
    pub fn lets_ai_hold(self) -> bool {
        matches!(self, Self::Draft | Self::Auto)
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Shadow => "shadow",
            Self::Draft => "draft",
            Self::Auto => "auto",
        }
    }
}

impl std::str::FromStr for Mode {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.word() == said.to_lowercase())
            .ok_or_else(|| format!("`{said}` is not a mode: use off, shadow, draft or auto"))
    }
}
