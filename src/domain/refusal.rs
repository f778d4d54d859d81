//! A rule said no: what, why, and what can be done. A value, not an error.

use super::{
    ceiling::Level,
    holder::Holder,
    ids::{ConversationId, TeammateId, Term},
    stop::{Scope, StopId},
};
use serde::{Deserialize, Serialize};

/// Why a command was not done. Nothing of it was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// Your role may not, or it does not exist: the answer does not tell which.
    Forbidden,
    /// Your role may see it, and it does not exist.
    NotFound {
        /// What was looked for, as in `conversation 42`.
        what: String,
    },
    /// The holder changed since you looked. Nothing was sent.
    StaleTerm {
        /// Which conversation.
        conversation: ConversationId,
        /// Who holds it now.
        holder: Holder,
        /// The term now.
        term: Term,
    },
    /// Another person holds it.
    HeldByOther {
        /// Which conversation.
        conversation: ConversationId,
        /// Who.
        holder: TeammateId,
    },
    /// Only who holds it may, and that is not you.
    NotHolder {
        /// Which conversation.
        conversation: ConversationId,
        /// Who holds it.
        holder: Holder,
    },
    /// The mode does not let an AI do that here.
    ModeForbids {
        /// What the mode is.
        mode: super::mode::Mode,
    },
    /// The AI is paused here.
    Paused,
    /// The AI is stopped here.
    Stopped {
        /// By which stop.
        stop: StopId,
        /// How far it reaches.
        scope: Scope,
    },
    /// The AI has used what it may.
    Ceiling {
        /// Which ceiling.
        level: Level,
    },
    /// An AI is already writing here.
    TurnUnderWay,
    /// There is nothing to answer.
    NothingToAnswer,
    /// It was decided, expired or withdrawn before.
    AlreadyEnded {
        /// How, in a few words.
        how: String,
    },
    /// It went to and fro without a human answer: a person must answer first.
    LoopGuard,
    /// It is resolved; reopen it first.
    Resolved,
    /// It was erased: nothing is there any more, and nothing can be done there.
    Erased {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// Not as things are, and what has to be done first.
    NotYet {
        /// In a few words.
        why: String,
    },
    /// This act cannot be undone, and why.
    CannotUndo {
        /// In a few words.
        why: String,
    },
    /// Something about the command itself is wrong.
    Invalid {
        /// Which part.
        field: String,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// The same key was used for another command.
    KeyReused,
    /// Writing is not possible now; reading works.
    ReadOnly {
        /// Why, and what helps.
        why: String,
    },
    /// Too much at once; try again a little later.
    Busy,
}

impl Refusal {
    /// A short constant name for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::StaleTerm { .. } => "stale_term",
            Self::HeldByOther { .. } => "held_by_other",
            Self::NotHolder { .. } => "not_holder",
            Self::ModeForbids { .. } => "mode_forbids",
            Self::Paused => "paused",
            Self::Stopped { .. } => "stopped",
            Self::Ceiling { .. } => "ceiling",
            Self::TurnUnderWay => "turn_under_way",
            Self::NothingToAnswer => "nothing_to_answer",
            Self::AlreadyEnded { .. } => "already_ended",
            Self::LoopGuard => "loop_guard",
            Self::Resolved => "resolved",
            Self::Erased { .. } => "erased",
            Self::NotYet { .. } => "not_yet",
            Self::CannotUndo { .. } => "cannot_undo",
            Self::Invalid { .. } => "invalid",
            Self::KeyReused => "key_reused",
            Self::ReadOnly { .. } => "read_only",
            Self::Busy => "busy",
        }
    }

    /// A sentence for people: what, why, what to do. `name` tells teammates' names.
    #[must_use]
    pub fn sentence(&self, name: &dyn Fn(TeammateId) -> String) -> String {
        let who = |holder: &Holder| match holder {
            Holder::Queue => "the queue".to_owned(),
            Holder::Ai(id) | Holder::Human(id) => name(*id),
        };
        match self {
            Self::Forbidden => "not allowed for your role; ask a lead or an admin".to_owned(),
            Self::NotFound { what } => {
                let list = match what.split(' ').next() {
                    Some("guidance") => "guidance ls",
                    Some("canned") => "reply ls",
                    Some("task" | "open") => "task ls",
                    _ => "ls",
                };
                format!("there is no {what}; `centaur {list}` shows what there is")
            }
            Self::StaleTerm { conversation, holder, term } => format!(
                "#{conversation} changed hands meanwhile: {} holds it now (term {}). Nothing was sent; look and try again",
                who(holder),
                term.count()
            ),
            Self::HeldByOther { conversation, holder } => {
                format!("{} holds #{conversation}; ask them, or let a lead assign it", name(*holder))
            }
            Self::NotHolder { conversation, holder } => {
                format!("{} holds #{conversation}, not you; take it over first", who(holder))
            }
            Self::ModeForbids { mode } => {
                format!("the mode here is {}; set it to draft or auto first", mode.word())
            }
            Self::Paused => "the AI is paused here; end the pause first".to_owned(),
            Self::Stopped { stop, scope } => format!(
                "the AI is stopped here (stop {stop}, {}); lift it with a reason first, or answer yourself",
                scope.words(name)
            ),
            Self::Ceiling { level } => {
                format!("{}; a person answers, or an admin raises the ceiling", level.sentence())
            }
            Self::TurnUnderWay => "an AI is already writing here".to_owned(),
            Self::NothingToAnswer => "the customer waits for nothing here".to_owned(),
            Self::AlreadyEnded { how } => format!("too late: it was {how}"),
            Self::LoopGuard => "it went to and fro without a human answer; answer the customer first".to_owned(),
            Self::Resolved => "it is resolved; reopen it first".to_owned(),
            Self::Erased { conversation } => format!("#{conversation} was erased; nothing is there any more"),
            Self::NotYet { why } => why.clone(),
            Self::CannotUndo { why } => format!("cannot be undone: {why}"),
            Self::Invalid { field, why } => format!("{field}: {why}"),
            Self::KeyReused => "this command id was used for another command; use a fresh one".to_owned(),
            Self::ReadOnly { why } => format!("nothing can be changed now: {why}"),
            Self::Busy => "too much at once; try again in a moment".to_owned(),
        }
    }
}
