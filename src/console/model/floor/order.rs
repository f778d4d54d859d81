//! Where conversations stand, and orders of them: sorted lists that are changed in place.
//!
//! Deliberately not here: what stands in which order (see `floor`).

use crate::domain::ids::ConversationId;

/// Where a conversation stands in the order: the higher score first, then the older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) below: u8,
    pub(super) id: ConversationId,
}

/// Merges new places, in order, into an order that has none of them: from the end, so that each is moved once.
pub(super) fn merge(order: &mut Vec<Place>, came: &[Place]) {
    let mut end = order.len();
    order.extend_from_slice(came);
    let mut free = order.len();
    for place in came.iter().rev() {
        let at = order.get(..end).map_or(0, |old| old.partition_point(|one| one < place));
        free -= end - at;
        order.copy_within(at..end, free);
        end = at;
        free -= 1;
        if let Some(there) = order.get_mut(free) {
            *there = *place;
        }
    }
}

pub(super) fn insert(order: &mut Vec<Place>, place: Place, wanted: bool) {
    if wanted && let Err(at) = order.binary_search(&place) {
        order.insert(at, place);
    }
}

/// Moves one place in an order; does nothing where nothing changed.
pub(super) fn shift(order: &mut Vec<Place>, before: Place, after: Place, was_in: bool, is_in: bool) {
    if was_in && is_in && before == after {
        return;
    }
    if was_in && let Ok(at) = order.binary_search(&before) {
        order.remove(at);
    }
    insert(order, after, is_in);
}
