//! Which conversation a command is about.
//!
//! Deliberately not here: what is asked for.

use super::Command;
use crate::domain::ids::ConversationId;

impl Command {
    /// The conversation it is about, if it is about one.
    #[must_use]
    pub fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::TakeOver { conversation, .. }
            | Self::HandBack { conversation, .. }
            | Self::Assign { conversation, .. }
            | Self::Reply { conversation, .. }
            | Self::Note { conversation, .. }
            | Self::Whisper { conversation, .. }
            | Self::DecideDraft { conversation, .. }
            | Self::DecideTool { conversation, .. }
            | Self::Annotate { conversation, .. }
            | Self::SetMode { conversation, .. }
            | Self::Pause { conversation, .. }
            | Self::Tag { conversation, .. }
            | Self::SetPriority { conversation, .. }
            | Self::Snooze { conversation, .. }
            | Self::Resolve { conversation }
            | Self::Reopen { conversation }
            | Self::Erase { conversation }
            | Self::Undo { conversation, .. }
            | Self::GiveTask { conversation, .. }
            | Self::CancelTask { conversation, .. }
            | Self::SeeTask { conversation, .. }
            | Self::BeginTask { conversation, .. }
            | Self::ReportTask { conversation, .. }
            | Self::BeginTurn { conversation, .. }
            | Self::FinishTurn { conversation, .. }
            | Self::AskTool { conversation, .. }
            | Self::BeginTool { conversation, .. }
            | Self::FinishTool { conversation, .. }
            | Self::CustomerSaid { conversation, .. }
            | Self::ClaimDelivery { conversation, .. }
            | Self::ReportDelivery { conversation, .. }
            | Self::Rate { conversation, .. }
            | Self::Tick { conversation }
            | Self::EndSpending { conversation }
            | Self::Lapse { conversation, .. }
            | Self::Recover { conversation } => Some(*conversation),
            Self::SetPolicy { .. }
            | Self::KeepReply { .. }
            | Self::SetDeskMode { .. }
            | Self::Invite { .. }
            | Self::ReplaceToken { .. }
            | Self::Revoke { .. }
            | Self::Stop { .. }
            | Self::LiftStop { .. }
            | Self::WriteGuidance { .. }
            | Self::PublishGuidance { .. }
            | Self::RetireGuidance { .. }
            | Self::EndStops
            | Self::OfferTool { .. }
            | Self::WithdrawTool { .. }
            | Self::OpenConversation { .. }
            | Self::Found { .. }
            | Self::BeginTimeline { .. } => None,
        }
    }
}
