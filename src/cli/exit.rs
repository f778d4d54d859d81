//! How a command ends: the exit code for scripts, the sentence for people.
//!
//! The codes are documented in the man page and never change their meaning: 0 done, 1 failed, 2 usage, 3 not signed in
//! or not allowed, 4 not found, 5 conflict, 6 server unreachable, 7 timed out, 129 terminal gone, 130 interrupted, 143 terminated.

use crate::{
    client::{CallError, DialError},
    domain::{desk::Office, refusal::Refusal},
    protocol::ByeCode,
    server::ServerError,
    store::StoreError,
};
use std::io;

/// Why a command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A rule of the desk said no.
    Refused {
        /// Which rule.
        why: Refusal,
        /// For people, with names.
        sentence: String,
    },
    /// The command itself is wrong.
    Usage(String),
    /// Nobody is signed in, or the token is not known.
    NotSignedIn(String),
    /// What was named is not there.
    NotFound(String),
    /// Somebody else has it.
    Conflict(String),
    /// The server cannot be reached.
    Unreachable(String),
    /// It took too long.
    TimedOut(String),
    /// Something else went wrong.
    Failed(String),
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// SIGHUP, or a terminal that is gone.
    HungUp,
    /// Whoever read the output has read enough.
    Unheard,
}

impl Failure {
    /// Something went wrong in the world: the sentence for people, and the whole chain of causes with the place for the
    /// program's log.
    #[must_use]
    #[track_caller]
    pub fn of(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        let sentence = causes(&error);
        tracing::error!("{:?}", color_eyre::Report::new(error));
        Self::Failed(sentence)
    }

    /// A refusal, with the names of the desk.
    #[must_use]
    pub fn refused(why: Refusal, office: &Office) -> Self {
        let sentence = why.sentence(&|id| office.name_of(id));
        Self::Refused { why, sentence }
    }

    /// The exit code.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Refused { why, .. } => refusal_code(why),
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::NotSignedIn(_) => 3,
            Self::NotFound(_) => 4,
            Self::Conflict(_) => 5,
            Self::Unreachable(_) => 6,
            Self::TimedOut(_) => 7,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::HungUp => 129,
            // As if it had gone on: `centaur ls | head -1` has done what was asked.
            Self::Unheard => 0,
        }
    }

    /// A constant word for scripts.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Refused { why, .. } => why.code(),
            Self::Failed(_) => "failed",
            Self::Usage(_) => "usage",
            Self::NotSignedIn(_) => "not_signed_in",
            Self::NotFound(_) => "not_found",
            Self::Conflict(_) => "conflict",
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut(_) => "timed_out",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
            Self::HungUp => "hung_up",
            Self::Unheard => "unheard",
        }
    }

    /// The sentence for people; empty where nothing need be said.
    #[must_use]
    pub fn sentence(&self) -> &str {
        match self {
            Self::Refused { sentence, .. } => sentence,
            Self::Failed(said)
            | Self::Usage(said)
            | Self::NotSignedIn(said)
            | Self::NotFound(said)
            | Self::Conflict(said)
            | Self::Unreachable(said)
            | Self::TimedOut(said) => said,
            Self::Interrupted | Self::Terminated | Self::HungUp | Self::Unheard => "",
        }
    }
}

/// The exit code of a refusal. 5 is for what somebody or something else did first: look again, then decide anew.
fn refusal_code(why: &Refusal) -> u8 {
    match why {
        Refusal::Forbidden => 3,
        Refusal::NotFound { .. } | Refusal::Erased { .. } => 4,
        Refusal::StaleTerm { .. }
        | Refusal::HeldByOther { .. }
        | Refusal::NotHolder { .. }
        | Refusal::TurnUnderWay
        | Refusal::AlreadyEnded { .. }
        | Refusal::NotYet { .. }
        | Refusal::Resolved => 5,
        Refusal::Invalid { .. } => 2,
        Refusal::ModeForbids { .. }
        | Refusal::Paused
        | Refusal::Stopped { .. }
        | Refusal::Ceiling { .. }
        | Refusal::NothingToAnswer
        | Refusal::LoopGuard
        | Refusal::CannotUndo { .. }
        | Refusal::KeyReused
        | Refusal::ReadOnly { .. }
        | Refusal::Busy => 1,
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            // The server's words stand for themselves; here it is told where the token came from.
            CallError::Ended { code: Some(ByeCode::Unauthorized), why } => Self::NotSignedIn(format!(
                "{why}. Tokens are looked for in --token-file, CENTAUR_TOKEN, CENTAUR_TOKEN_FILE and what `centaur login` saved, in this order"
            )),
            CallError::Ended { code: Some(ByeCode::Version | ByeCode::BadFrame | ByeCode::TooLong), why } => {
                Self::Failed(why)
            }
            CallError::Ended { why, .. } => Self::Unreachable(why),
            CallError::TimedOut { .. } => Self::TimedOut(error.to_string()),
            CallError::Behind { .. } => Self::Failed(error.to_string()),
        }
    }
}

impl From<DialError> for Failure {
    fn from(error: DialError) -> Self {
        Self::Usage(format!("--server {error}"))
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        match &error {
            ServerError::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
                Self::Conflict(causes(&error))
            }
            _ => Self::Failed(causes(&error)),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NoDesk { .. } => Self::NotFound(causes(&error)),
            StoreError::Locked { .. } => Self::Conflict(causes(&error)),
            _ => Self::Failed(causes(&error)),
        }
    }
}

/// An error with what lies under it, in one sentence.
#[must_use]
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut under = error.source();
    while let Some(cause) = under {
        let more = cause.to_string();
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        under = cause.source();
    }
    said
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Unheard } else { Self::Failed(error.to_string()) }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        match error.io_error_kind() {
            Some(kind) => io::Error::from(kind).into(),
            None => Self::Failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        holder::Holder,
        ids::{ConversationId, TeammateId, Term},
        mode::Mode,
    };

    #[test]
    fn every_refusal_has_its_exit_code() {
        let conversation = ConversationId(42);
        let table = [
            (Refusal::Forbidden, 3),
            (Refusal::NotFound { what: "conversation 42".into() }, 4),
            (Refusal::StaleTerm { conversation, holder: Holder::Queue, term: Term(3) }, 5),
            (Refusal::HeldByOther { conversation, holder: TeammateId(2) }, 5),
            (Refusal::NotHolder { conversation, holder: Holder::Ai(TeammateId(3)) }, 5),
            (Refusal::ModeForbids { mode: Mode::Off }, 1),
            (Refusal::Paused, 1),
            (Refusal::TurnUnderWay, 5),
            (Refusal::NothingToAnswer, 1),
            (Refusal::AlreadyEnded { how: "expired".into() }, 5),
            (Refusal::LoopGuard, 1),
            (Refusal::Resolved, 5),
            (Refusal::Erased { conversation: ConversationId(4) }, 4),
            (Refusal::NotYet { why: "it is open".into() }, 5),
            (Refusal::CannotUndo { why: "nothing of yours".into() }, 1),
            (Refusal::Invalid { field: "text".into(), why: "is empty".into() }, 2),
            (Refusal::KeyReused, 1),
            (Refusal::ReadOnly { why: "the disk is full".into() }, 1),
            (Refusal::Busy, 1),
        ];
        for (why, code) in table {
            let failure = Failure::refused(why.clone(), &Office::default());
            assert_eq!((failure.code(), failure.word()), (code, why.code()), "{why:?}");
            assert!(!failure.sentence().is_empty());
        }
    }

    #[test]
    fn every_way_a_call_can_fail_has_its_exit_code() {
        let ended = |code| CallError::Ended { code, why: "x".into() };
        let table = [
            (ended(None), 6),
            (ended(Some(ByeCode::Draining)), 6),
            (ended(Some(ByeCode::Unauthorized)), 3),
            (ended(Some(ByeCode::Version)), 1),
            (CallError::TimedOut { seconds: 15 }, 7),
            (CallError::Behind { lost: 3 }, 1),
        ];
        for (error, code) in table {
            assert_eq!(Failure::from(error.clone()).code(), code, "{error:?}");
        }
        assert_eq!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).code(), 0);
        assert_eq!((Failure::Interrupted.code(), Failure::Terminated.code()), (130, 143));
    }
}
