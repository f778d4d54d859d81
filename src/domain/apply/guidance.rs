//! What follows from an event about guidance. Total: what does not fit changes nothing.

use crate::domain::{
    desk::Office,
    event::Event,
    guidance::{Guidance, GuidanceId},
};
use std::sync::Arc;

/// Folds one event about guidance in.
pub(super) fn take(office: &mut Office, event: &Event) {
    let pieces = Arc::make_mut(&mut office.guidance);
    match event {
        Event::GuidanceWritten { guidance, version } => {
            let is_new = *guidance > office.last_guidance;
            office.last_guidance = office.last_guidance.max(*guidance);
            match pieces.iter_mut().find(|piece| piece.id == *guidance) {
                Some(piece) => piece.staged = Some(version.clone()),
                None if is_new => {
                    pieces.push(Guidance { id: *guidance, published: None, staged: Some(version.clone()) });
                }
                // It is retired: it does not come back.
                None => {}
            }
        }
        Event::GuidancePublished { guidance, version } => {
            let staged = |piece: &&mut Guidance| {
                piece.id == *guidance && piece.staged.as_ref().is_some_and(|staged| staged.version == *version)
            };
            if let Some(piece) = pieces.iter_mut().find(staged) {
                piece.published = piece.staged.take();
            }
        }
        Event::GuidanceRetired { guidance, .. } => retire(pieces, *guidance),
        _ => {}
    }
}

fn retire(pieces: &mut Vec<Guidance>, guidance: GuidanceId) {
    pieces.retain(|piece| piece.id != guidance);
}
