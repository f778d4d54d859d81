//! What is left of events when their conversation is erased, and the digest by which the log proves it.
//!
//! Of each event the chain holds a digest with a salt (see [`Seal`]). Erasing keeps the digest and throws away what was
//! said, with the salt: the chain holds as before. What is put in its place is covered by a digest of its own in the event
//! that erased it, so that it cannot be changed either. Deliberately not here: what stays of an event (`domain::erase`).

use super::{Link, Seal, StoreError, chain, upcast};
use crate::domain::{
    erase,
    event::{Event, Recorded, VERSION},
};
use sha2::{Digest as _, Sha256};

/// Whether this is what erases the events before it in its conversation.
pub(super) fn erases(recorded: &Recorded) -> bool {
    matches!(recorded.event, Event::Erased { .. }) && recorded.conversation.is_some()
}

/// What is left of an event, and what it was. One that is erased already is left as it is.
///
/// # Errors
/// [`StoreError::Unerasable`] if the chain holds it openly; one that cannot be read or written.
pub(super) fn left(link: &Link) -> Result<(Link, Recorded), StoreError> {
    let was = upcast::read(link)?;
    let digest = match link.seal {
        Seal::Erased { .. } => return Ok((link.clone(), was)),
        Seal::Open => return Err(StoreError::Unerasable { seq: link.seq }),
        Seal::Salted(salt) => chain::salted(&salt, &link.body),
    };
    let left = Recorded { event: erase::blank(&was.event), ..was.clone() };
    let body = serde_json::to_string(&left).map_err(|source| StoreError::Unwritable { source })?;
    let seal = Seal::Erased { digest, version: VERSION };
    Ok((Link { body: body.into(), seal, ..link.clone() }, was))
}

/// The digest of what an erasing left, event by event, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Cover(Sha256);

impl Cover {
    /// Takes what is left of one more event in.
    pub(super) fn take(&mut self, link: &Link) {
        let version = match link.seal {
            Seal::Erased { version, .. } => version,
            Seal::Open | Seal::Salted(_) => link.version,
        };
        self.0.update(link.seq.0.to_be_bytes());
        self.0.update(version.to_be_bytes());
        self.0.update((link.body.len() as u64).to_be_bytes());
        self.0.update(link.body.as_bytes());
    }

    /// The digest.
    pub(super) fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// A fresh salt.
///
/// # Errors
/// [`StoreError::NoChance`] if the system gives no random bytes.
pub(super) fn salt() -> Result<[u8; 16], StoreError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|source| StoreError::NoChance { why: source.to_string() })?;
    Ok(salt)
}
