//! Who works at the desk, and what each role may do. Every right is granted here and nowhere else.

use super::ids::{Digest, TeammateId};
use serde::{Deserialize, Serialize};

/// What a teammate is for. The first five are people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Watches.
    Viewer,
    /// Watches, notes and annotates.
    Reviewer,
    /// Supervises the AI and answers customers.
    Agent,
    /// Moves what others hold, and sets modes for the desk.
    Lead,
    /// Invites, revokes, sets the policy.
    Admin,
    /// Answers customers by itself, within its mode.
    Ai,
    /// A door to customers.
    Connector,
    /// Runs what the desk lets run; the only one with a line to tool servers.
    Tools,
}

/// The three kinds of teammates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person.
    Human,
    /// An AI.
    Ai,
    /// A door to another system.
    Connector,
}

/// One thing that a role may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// See conversations with all that belongs to them.
    Watch,
    /// Write notes for the team.
    Note,
    /// Judge AI messages.
    Annotate,
    /// Steer the AI's next answer.
    Whisper,
    /// Take over, reply, hand back what one holds.
    Hold,
    /// Move what another person holds.
    MoveOthers,
    /// Decide on drafts of the AI.
    Approve,
    /// Set mode and pause of one conversation.
    SetMode,
    /// Set modes for a topic or the whole desk.
    SetDeskMode,
    /// Stop the AI for a topic, a channel, one AI or all, and let it go on.
    Stop,
    /// Write guidance for the AI, and try it.
    Guide,
    /// Publish guidance and retire it.
    Publish,
    /// Tag, prioritise, snooze, resolve, reopen.
    Triage,
    /// Invite and revoke teammates, set the policy, erase what a customer said.
    Govern,
    /// Begin and finish turns.
    Answer,
    /// Open conversations, bring what customers say, deliver what is said to them.
    Carry,
    /// Say what tools there are, begin calls that the desk lets run, tell what became of them.
    RunTools,
}

impl Right {
    /// All of them, in the order of the matrix in the documentation.
    pub const ALL: [Self; 17] = [
        Self::Watch,
        Self::Note,
        Self::Annotate,
        Self::Whisper,
        Self::Hold,
        Self::MoveOthers,
        Self::Approve,
        Self::SetMode,
        Self::SetDeskMode,
        Self::Stop,
        Self::Guide,
        Self::Publish,
        Self::Triage,
        Self::Govern,
        Self::Answer,
        Self::Carry,
        Self::RunTools,
    ];
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 8] =
        [Self::Viewer, Self::Reviewer, Self::Agent, Self::Lead, Self::Admin, Self::Ai, Self::Connector, Self::Tools];

    /// Whether this role has `right`.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        use Right as R;
        match self {
            Self::Viewer => matches!(right, R::Watch),
            Self::Reviewer => matches!(right, R::Watch | R::Note | R::Annotate | R::Guide),
            Self::Agent => matches!(
                right,
                R::Watch
                    | R::Note
                    | R::Annotate
                    | R::Whisper
                    | R::Hold
                    | R::Approve
                    | R::SetMode
                    | R::Guide
                    | R::Triage
            ),
            Self::Lead => !matches!(right, R::Govern | R::Answer | R::Carry | R::RunTools),
            Self::Admin => !matches!(right, R::Answer | R::Carry | R::RunTools),
            Self::Ai => matches!(right, R::Answer),
            Self::Connector => matches!(right, R::Carry),
            Self::Tools => matches!(right, R::RunTools),
        }
    }

    /// The kind of teammate with this role.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Ai => Kind::Ai,
            Self::Connector | Self::Tools => Kind::Connector,
            _ => Kind::Human,
        }
    }

    /// The word for it, as people write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Agent => "agent",
            Self::Lead => "lead",
            Self::Admin => "admin",
            Self::Ai => "ai",
            Self::Connector => "connector",
            Self::Tools => "tools",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.word() == said.to_lowercase()).ok_or_else(|| {
            format!("`{said}` is not a role: use viewer, reviewer, agent, lead, admin, ai, connector or tools")
        })
    }
}

/// Somebody at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Teammate {
    /// Its number.
    pub id: TeammateId,
    /// What the others call it; 1 to 40 characters.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it was revoked; its id stays, for the log's sake.
    pub revoked: bool,
    /// The hash of its token. Never leaves the server.
    pub token: Option<Digest>,
}

/// Who caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// A rule of the desk, or the passing of time.
    Desk,
    /// Somebody at the desk.
    Teammate(TeammateId),
}

impl Actor {
    /// The teammate, if it was one.
    #[must_use]
    pub fn teammate(self) -> Option<TeammateId> {
        match self {
            Self::Desk => None,
            Self::Teammate(id) => Some(id),
        }
    }
}
