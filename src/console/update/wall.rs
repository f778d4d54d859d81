//! The wall: what its tiles show is watched, and the keys go to one of them.

use super::Up;
use crate::console::{
    effect::Effect,
    layout,
    model::{Layer, Screen, Severity, Talk, wall},
};
use crate::domain::ids::ConversationId;

impl Up<'_> {
    /// Keeps the tiles and what is watched in step with the conversations.
    pub(super) fn tend_wall(&mut self) {
        if self.m.screen != Screen::Wall {
            if self.m.beside.is_empty() {
                return;
            }
            for talk in std::mem::take(&mut self.m.beside) {
                self.effects.push(Effect::Unwatch(talk.conversation));
            }
            return;
        }
        if matches!(self.m.layer, Layer::None | Layer::Help(_)) {
            let resting = self.m.inner.release_at.is_none();
            let (size, floor) = (self.m.room(), &self.m.floor);
            self.m.wall.arrange(floor, size, resting);
        }
        let tiles = self.m.wall.tiles.clone();
        let mut gone = Vec::new();
        self.m.beside.retain(|talk| {
            let stays = tiles.contains(&talk.conversation);
            if !stays {
                gone.push(talk.conversation);
            }
            stays
        });
        self.effects.extend(gone.into_iter().map(Effect::Unwatch));
        self.open_selected();
        for id in tiles {
            let here = self.m.talk.as_ref().is_some_and(|talk| talk.conversation == id);
            if !here && !self.m.beside.iter().any(|talk| talk.conversation == id) {
                self.m.inner.epoch += 1;
                self.m.beside.push(Talk::asked(id, self.m.inner.epoch));
                self.effects.push(Effect::Watch(id, None));
            }
        }
    }

    /// Gives the keys to another tile: so many further in reading order, or so many rows down.
    pub(super) fn move_wall(&mut self, tiles: i64, rows: i64) {
        let room = self.m.room();
        let wall = &mut self.m.wall;
        let columns = layout::columns(room, wall.tiles.len());
        let count = i64::try_from(wall.tiles.len()).unwrap_or(0);
        if count == 0 {
            return;
        }
        let at = i64::try_from(wall.focus).unwrap_or(0);
        let to = if rows == 0 { (at + tiles).rem_euclid(count) } else { at + rows * i64::from(columns) };
        if (0..count).contains(&to) {
            wall.focus = usize::try_from(to).unwrap_or(0);
            self.open_selected();
        }
    }

    /// Gives the keys to this tile.
    pub(super) fn focus_tile(&mut self, tile: usize) {
        if tile < self.m.wall.tiles.len() {
            self.m.wall.focus = tile;
            self.open_selected();
        }
    }

    /// More tiles, or fewer.
    pub(super) fn resize_wall(&mut self, more: bool) {
        let sizes = wall::SIZES;
        let at = sizes.iter().position(|size| *size >= self.m.wall.size).unwrap_or(0);
        let to = if more { (at + 1).min(sizes.len() - 1) } else { at.saturating_sub(1) };
        let Some(size) = sizes.get(to) else { return };
        self.m.wall.size = *size;
        let fit = layout::tiles_that_fit(self.m.room(), *size);
        if fit < *size {
            self.say(Severity::Info, format!("{size} tiles are asked for; {fit} fit into this window"));
        }
        self.tend_wall();
    }

    /// Pins the selected conversation to the wall, or takes the pin away.
    pub(super) fn pin(&mut self) {
        let Some(id) = self.m.selected() else {
            return self.say(Severity::Info, "no conversation is selected");
        };
        let pinned = &mut self.m.wall.pinned;
        if let Some(at) = pinned.iter().position(|one| *one == id) {
            pinned.remove(at);
            return self.say(Severity::Info, format!("#{id} is not pinned to the wall any more"));
        }
        if pinned.len() >= wall::PINS {
            return self.say(
                Severity::Warn,
                format!("{} are pinned already; P on one of them takes its pin away", wall::PINS),
            );
        }
        pinned.push(id);
        self.say(Severity::Info, format!("#{id} is pinned to the wall; | shows it"));
    }

    /// A talk that is watched: the open one, or one beside it.
    pub(super) fn watched(&mut self, id: ConversationId) -> Option<&mut Talk> {
        self.m.talk.iter_mut().chain(self.m.beside.iter_mut()).find(|talk| talk.conversation == id)
    }
}
