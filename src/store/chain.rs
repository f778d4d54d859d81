//! The hash chain over the events, and the proof that nothing in it was changed, removed or put elsewhere.
//!
//! `hash(i) = SHA-256(hash(i-1) ‖ seq ‖ at ‖ conversation ‖ n ‖ version ‖ 2^64-1 ‖ SHA-256(salt ‖ body) ‖ covers)`, numbers
//! big-endian, `hash(0)` 32 zero bytes. The digest with its salt lets a customer's words be erased without a break: the digest
//! stays, words and salt go, and `covers`, which only an erasing has, is the digest of what it left. Logs from before that have
//! `length of body ‖ body` in place of the last three. The chain alone cannot tell that its end was cut off, or that all of it was written anew:
//! that takes a [`Mark`] kept elsewhere. Deliberately outside the chain: keys and answers, which live for seven days,
//! and whatever is rebuilt from the events.

use super::{Head, Link, LogReader, Mark, Seal, StoreError, erase::Cover};
use crate::domain::{
    event::Event,
    ids::{ConversationId, LogId, Seq},
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The hash before the first event.
pub const GENESIS: [u8; 32] = [0; 32];

/// In place of the body's length: a digest follows.
const SEALED: u64 = u64::MAX;

/// How many events are read at a time.
const PAGE: usize = 1_000;

/// The hash of the chain up to `link`, if `before` is the one before it. The link's own hash is not looked at.
#[must_use]
pub fn link(before: &[u8; 32], link: &Link) -> [u8; 32] {
    let mut hasher = Sha256::new();
    // One buffer of fixed size: the numbers, each in its place.
    let mut numbers = [0_u8; 8 + 8 + 9 + 4 + 2 + 8];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        if let Some(place) = numbers.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        at += bytes.len();
    };
    put(&link.seq.0.to_be_bytes());
    put(&link.at.0.to_be_bytes());
    // None and conversation 0 are told apart.
    put(&[u8::from(link.conversation.is_some())]);
    put(&link.conversation.map_or(0, |id| id.0).to_be_bytes());
    put(&link.n.0.to_be_bytes());
    put(&link.version.to_be_bytes());
    let said = match &link.seal {
        Seal::Open => None,
        Seal::Salted(salt) => Some(salted(salt, &link.body)),
        Seal::Erased { digest, .. } => Some(*digest),
    };
    put(&said.map_or(link.body.len() as u64, |_| SEALED).to_be_bytes());
    hasher.update(before);
    hasher.update(numbers);
    match said {
        None => hasher.update(link.body.as_bytes()),
        Some(digest) => hasher.update(digest),
    }
    hasher.update(link.covers.as_ref().map_or(&[][..], |covers| &covers[..]));
    hasher.finalize().into()
}

/// The digest of what an event says, with its salt.
pub(super) fn salted(salt: &[u8; 16], body: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(body.as_bytes()).finalize().into()
}

/// A log that is what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events it has.
    pub events: u64,
    /// Its end.
    pub head: Head,
    /// The events with which a new time line began: before each, the log had been restored or rewound.
    pub timelines: Vec<Seq>,
    /// How many conversations were erased.
    pub erased: u64,
}

/// A log that is not what it was.
#[derive(Debug, thiserror::Error)]
#[error("the log is sound up to event {}; at event {seq}: {what}", .seq.0.saturating_sub(1))]
pub struct Broken {
    /// The first event that is not sound.
    pub seq: Seq,
    /// What is wrong with it.
    #[source]
    pub what: Flaw,
}

/// What is wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// An event was edited, or it stands in another's place.
    #[error("it was changed, or is not the event that was written there")]
    Changed,
    /// Events were removed.
    #[error("it is missing, and the next one there is {next}")]
    Missing {
        /// The next one there.
        next: Seq,
    },
    /// The end was cut off.
    #[error("it and all up to {until} were cut off")]
    CutOff {
        /// Up to where there had been events.
        until: Seq,
    },
    /// The chain is sound in itself, but another one than was marked.
    #[error("the log up to here was written anew: the mark outside the database has another hash")]
    Rewritten,
    /// The mark belongs to another log.
    #[error("the mark outside the database belongs to the log {marked}, the database holds {found}")]
    OtherLog {
        /// Whose the mark is.
        marked: LogId,
        /// What was found.
        found: LogId,
    },
    /// It could not be read.
    #[error("it cannot be read")]
    Unreadable(#[source] StoreError),
}

/// Walks the whole chain, and compares it with a mark that was kept elsewhere.
///
/// # Errors
/// [`Broken`] with the first event that is not what was written.
pub fn verify(reader: &dyn LogReader, against: Option<&Mark>) -> Result<Verified, Broken> {
    let mut head = Head { seq: Seq(0), hash: GENESIS };
    let mut events = 0;
    let mut timelines = Vec::new();
    let mut erased = 0;
    // What is left of erased events, until the event comes that erased them.
    let mut covers: BTreeMap<Option<ConversationId>, (Seq, Cover)> = BTreeMap::new();
    let mut marked = against.filter(|mark| mark.head.seq == Seq(0)).map(|_| GENESIS);
    loop {
        let unreadable = |source| Broken { seq: head.seq.next(), what: Flaw::Unreadable(source) };
        let links = reader.links(head.seq, PAGE).map_err(unreadable)?;
        if links.is_empty() {
            break;
        }
        for one in links {
            let expected = head.seq.next();
            if one.seq != expected {
                return Err(Broken { seq: expected, what: Flaw::Missing { next: one.seq } });
            }
            if link(&head.hash, &one) != one.hash {
                return Err(Broken { seq: one.seq, what: Flaw::Changed });
            }
            if let Seal::Erased { .. } = one.seal {
                covers.entry(one.conversation).or_insert_with(|| (one.seq, Cover::default())).1.take(&one);
            }
            if let Some(expected) = one.covers {
                let (first, cover) = covers.remove(&one.conversation).unwrap_or((one.seq, Cover::default()));
                if cover.digest() != expected {
                    return Err(Broken { seq: first, what: Flaw::Changed });
                }
                erased += 1;
            }
            head = Head { seq: one.seq, hash: one.hash };
            events += 1;
            if against.is_some_and(|mark| mark.head.seq == one.seq) {
                marked = Some(one.hash);
            }
            if one.conversation.is_none() {
                let event = super::upcast::read(&one)
                    .map_err(|source| Broken { seq: one.seq, what: Flaw::Unreadable(source) })?
                    .event;
                if matches!(event, Event::TimelineBegan { .. }) {
                    timelines.push(one.seq);
                }
            }
        }
    }
    // What nobody erased is not erased, but changed.
    if let Some(seq) = covers.into_values().map(|(first, _)| first).min() {
        return Err(Broken { seq, what: Flaw::Changed });
    }
    if let Some(mark) = against {
        let found =
            reader.identity().map_err(|source| Broken { seq: head.seq.next(), what: Flaw::Unreadable(source) })?;
        if mark.log != found {
            return Err(Broken { seq: Seq(1), what: Flaw::OtherLog { marked: mark.log, found } });
        }
        match marked {
            None => return Err(Broken { seq: head.seq.next(), what: Flaw::CutOff { until: mark.head.seq } }),
            Some(hash) if hash != mark.head.hash => {
                return Err(Broken { seq: mark.head.seq, what: Flaw::Rewritten });
            }
            Some(_) => {}
        }
    }
    Ok(Verified { events, head, timelines, erased })
}
