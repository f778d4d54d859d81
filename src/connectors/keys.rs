//! The keys of a connector's commands: what is the same act gets the same key, so that a repeat has no second effect.
//!
//! A derived key is a hash with its time part left zero; a fresh one is a UUID of version 7. Deliberately not here: the
//! table of keys, which the server keeps.

use crate::domain::{
    delivery::Report,
    ids::{CommandId, ConversationId, Digest, EntryNo, Term},
};
use sha2::{Digest as _, Sha256};

/// SHA-256 of `bytes`.
#[must_use]
pub fn digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// A key that nobody had before.
#[must_use]
pub fn fresh() -> CommandId {
    CommandId(uuid::Uuid::now_v7().as_u128())
}

/// The key of what a customer says under the channel's own name for the message.
#[must_use]
pub fn said(conversation: ConversationId, external: &str) -> CommandId {
    derived("said", conversation, external.as_bytes())
}

/// The key of the claim of a message. One claim a message and term, whoever asks and however often.
#[must_use]
pub fn claim(conversation: ConversationId, message: EntryNo, term: Term) -> CommandId {
    derived("claim", conversation, format!("{message}|{term}").as_bytes())
}

/// The key of a report about a message.
#[must_use]
pub fn report(conversation: ConversationId, message: EntryNo, report: &Report) -> CommandId {
    let word = match report {
        Report::Sent => "sent",
        Report::Delivered => "delivered",
        Report::Failed { .. } => "failed",
        Report::Unknown => "unknown",
    };
    derived("report", conversation, format!("{message}|{word}").as_bytes())
}

/// The lower 80 bits of SHA-256(`act|conversation|rest`). `act` and the number hold no `|`, so no two acts meet.
fn derived(act: &str, conversation: ConversationId, rest: &[u8]) -> CommandId {
    let mut hash = Sha256::new();
    hash.update(format!("{act}|{conversation}|"));
    hash.update(rest);
    let bytes: [u8; 32] = hash.finalize().into();
    CommandId(bytes.iter().take(10).fold(0, |key, byte| key << 8 | u128::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_act_has_the_same_key_and_others_have_others() {
        let here = ConversationId(4);
        assert_eq!(said(here, "a"), said(here, "a"));
        assert_ne!(said(here, "a"), said(here, "b"));
        assert_ne!(said(ConversationId(42), "1"), said(ConversationId(4), "2|1"));
        assert_ne!(claim(here, EntryNo(1), Term(1)), claim(here, EntryNo(1), Term(2)));
        assert_ne!(report(here, EntryNo(1), &Report::Sent), report(here, EntryNo(1), &Report::Delivered));
        assert_eq!(said(here, "a").minted_ms(), 0);
        assert_ne!(fresh(), fresh());
    }
}
