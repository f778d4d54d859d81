//! Several talks beside each other: those that are pinned, then those that need attention most.
//!
//! A tile keeps its place: another talk takes it only when its own has gone or is clearly less urgent, never while a person
//! acts, and never the one that has the keys. Deliberately not here: where tiles are (see `layout`).

use super::{super::layout, Floor};
use crate::domain::ids::ConversationId;

/// How many tiles can be asked for.
pub const SIZES: [usize; 4] = [2, 4, 6, 9];
/// By how many points of attention another talk must lead to take a tile.
const LEAD: u8 = 10;
/// Talks pinned at most.
pub const PINS: usize = 9;

/// The wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    /// How many tiles were asked for; as many as fit are shown.
    pub size: usize,
    /// Talks that stay, oldest pin first.
    pub pinned: Vec<ConversationId>,
    /// What the tiles show, in reading order.
    pub tiles: Vec<ConversationId>,
    /// Which tile has the keys.
    pub focus: usize,
}

impl Default for Wall {
    fn default() -> Self {
        Self { size: 4, pinned: Vec::new(), tiles: Vec::new(), focus: 0 }
    }
}

impl Wall {
    /// The talk that has the keys.
    #[must_use]
    pub fn focused(&self) -> Option<ConversationId> {
        self.tiles.get(self.focus).copied()
    }

    /// Chooses what the tiles show. `resting`: nobody acts, so tiles may change hands.
    pub(crate) fn arrange(&mut self, floor: &Floor, size: (u16, u16), resting: bool) {
        let room = layout::tiles_that_fit(size, self.size);
        let gone = |id: ConversationId| floor.card(id).is_none_or(|card| card.status.is_resolved());
        self.pinned.retain(|id| !gone(*id));
        let focused = self.focused();
        // What is shown and has gone leaves its place open, but for the one that has the keys.
        let mut tiles: Vec<Option<ConversationId>> =
            self.tiles.iter().map(|id| Some(*id).filter(|id| Some(*id) == focused || !gone(*id))).collect();
        tiles.resize(room.max(focused.map_or(0, |_| self.focus.min(room.saturating_sub(1)) + 1)), None);
        if let Some(focused) = focused
            && !tiles.contains(&Some(focused))
            && let Some(last) = tiles.last_mut()
        {
            // There is less room: the one that has the keys stays.
            *last = Some(focused);
        }
        let others = (0..floor.len().min(room * 4)).filter_map(|at| floor.row(at)).filter(|row| !row.leaving);
        let best: Vec<ConversationId> = self.pinned.iter().copied().chain(others.map(|row| row.card.id)).collect();
        let score = |id: ConversationId| floor.score(id).unwrap_or(0);
        for id in best.into_iter().take(room + self.pinned.len()) {
            if tiles.contains(&Some(id)) {
                continue;
            }
            let is_pinned = self.pinned.contains(&id);
            if let Some(open) = tiles.iter_mut().find(|tile| tile.is_none()) {
                *open = Some(id);
                continue;
            }
            let weakest = tiles
                .iter()
                .enumerate()
                .filter_map(|(at, tile)| Some((at, (*tile)?)))
                .filter(|(_, tile)| Some(*tile) != focused && !self.pinned.contains(tile))
                .min_by_key(|(_, tile)| score(*tile));
            if let Some((at, weakest)) = weakest
                && (is_pinned || (resting && score(id) >= score(weakest).saturating_add(LEAD)))
                && let Some(tile) = tiles.get_mut(at)
            {
                *tile = Some(id);
            }
        }
        self.tiles = tiles.into_iter().flatten().collect();
        let kept = focused.and_then(|id| self.tiles.iter().position(|tile| *tile == id));
        self.focus = kept.unwrap_or(self.focus).min(self.tiles.len().saturating_sub(1));
    }
}
