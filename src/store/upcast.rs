//! Old events, read as if they had been written today.
//!
//! Events are kept for years and never rewritten. When their shape changes, `domain::event::VERSION` grows by one, and
//! a step is added here that takes an event of the version before to the new one. Steps are never edited afterwards.

use super::{Link, StoreError, log::Seal};
use crate::domain::event::{Recorded, VERSION};
use serde_json::Value;

/// Takes an event one version further: the value of the field `event`.
pub(super) type Step = fn(Value) -> Value;

/// The step at place `v - 1` takes version `v` to `v + 1`.
const STEPS: &[Step] = &[];

/// A version without its step does not compile.
const _: () = assert!(STEPS.len() + 1 == VERSION as usize);

/// The event in a link.
///
/// # Errors
/// [`StoreError::NewerEvent`] if a newer centaur wrote it, [`StoreError::Unreadable`] if nobody did.
pub(super) fn read(link: &Link) -> Result<Recorded, StoreError> {
    read_by(link, STEPS)
}

/// As [`read`], by other steps.
pub(super) fn read_by(link: &Link, steps: &[Step]) -> Result<Recorded, StoreError> {
    let unreadable = |source| StoreError::Unreadable { what: format!("event {}", link.seq), source };
    let known = u16::try_from(steps.len() + 1).unwrap_or(u16::MAX);
    let version = match link.seal {
        Seal::Erased { version, .. } => version,
        Seal::Open | Seal::Salted(_) => link.version,
    };
    if version > known {
        return Err(StoreError::NewerEvent { seq: link.seq, version, known });
    }
    if version == known {
        return serde_json::from_str(&link.body).map_err(unreadable);
    }
    let mut value: Value = serde_json::from_str(&link.body).map_err(unreadable)?;
    if let Some(event) = value.get_mut("event") {
        *event = upcast(version, event.take(), steps);
    }
    serde_json::from_value(value).map_err(unreadable)
}

/// An event of an older version, in the shape of the newest. Version 0 never was; it is read as 1.
fn upcast(version: u16, event: Value, steps: &[Step]) -> Value {
    let done = usize::from(version.saturating_sub(1));
    steps.iter().skip(done).fold(event, |event, step| step(event))
}
