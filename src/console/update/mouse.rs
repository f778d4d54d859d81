//! The mouse: a click selects, opens or gives the keys; the wheel turns what is under it; an edge can be dragged.
//!
//! Everything here can be done by keys, too. Deliberately not here: acts. No click takes over, sends or decides.

use super::Up;
use crate::console::{
    action::Action,
    input::{Mouse, MouseAct},
    layout::{self, Areas},
    model::{Edge, Layer, Pane, Screen},
};
use ratatui::layout::{Position, Rect};

/// How many lines one step of the wheel turns.
const STEP: i64 = 3;

impl Up<'_> {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        let whole = Rect::new(0, 0, self.m.size.0, self.m.size.1);
        let Some(areas) = layout::areas(whole, self.m) else { return };
        let at = Position::new(mouse.column, mouse.row);
        match mouse.act {
            MouseAct::WheelDown => self.wheel(&areas, at, STEP),
            MouseAct::WheelUp => self.wheel(&areas, at, -STEP),
            MouseAct::Press => self.press(&areas, at),
            MouseAct::Drag => self.drag(&areas, at),
            MouseAct::Release => self.m.inner.dragged = None,
        }
    }

    fn wheel(&mut self, areas: &Areas, at: Position, by: i64) {
        let over = |part: Option<Rect>| part.is_some_and(|part| part.contains(at));
        let has_keys = !matches!(self.m.layer, Layer::None | Layer::Compose(_)) || self.m.screen == Screen::Ai;
        if has_keys {
            self.move_or_edit(if by > 0 { Action::Down } else { Action::Up });
        } else if self.m.screen == Screen::Log {
            self.move_log(if by > 0 { Action::HalfDown } else { Action::HalfUp }, by);
        } else if self.m.screen == Screen::Wall || over(areas.talk) {
            self.move_talk(if by > 0 { Action::HalfDown } else { Action::HalfUp }, by);
        } else if over(areas.inspector) {
            self.move_inspector(by);
        } else if over(areas.list) && matches!(self.m.layer, Layer::None) {
            if self.m.screen == Screen::NeedsYou {
                self.move_needs(if by > 0 { Action::Down } else { Action::Up }, by.signum());
            } else {
                self.move_list(by);
            }
        }
    }

    fn press(&mut self, areas: &Areas, at: Position) {
        self.m.inner.dragged = edge(areas, at);
        if self.m.inner.dragged.is_some() || !matches!(self.m.layer, Layer::None) {
            return;
        }
        match self.m.screen {
            Screen::Wall => {
                let inner = layout::within(areas.frame);
                let tiles = layout::tiles(inner, self.m.size, self.m.wall.tiles.len());
                if let Some(tile) = tiles.iter().position(|tile| tile.contains(at)) {
                    self.focus_tile(tile);
                }
                return;
            }
            Screen::Log | Screen::Ai => return,
            Screen::Floor | Screen::NeedsYou => {}
        }
        if let Some(list) = areas.list.filter(|list| list.contains(at)) {
            self.m.pane = Pane::List;
            if self.m.screen == Screen::Floor {
                self.m.floor.anchor();
                self.m.floor.hold();
                self.m.inner.release_at = Some(self.m.now.plus(super::RELEASE_AFTER));
                let row = self.m.floor.top() + usize::from(at.y - list.y);
                if let Some(id) = self.m.floor.row(row).map(|row| row.card.id) {
                    self.visit(id);
                }
            }
        } else if areas.talk.is_some_and(|talk| talk.contains(at)) {
            self.m.pane = Pane::Talk;
            self.open_selected();
        } else if areas.inspector.is_some_and(|inspector| inspector.contains(at)) {
            self.m.pane = Pane::Inspector;
        }
    }

    fn drag(&mut self, areas: &Areas, at: Position) {
        match self.m.inner.dragged {
            Some(Edge::List) => {
                let from = areas.list.map_or(0, |list| list.x);
                self.m.split.list = Some(at.x.saturating_sub(from));
            }
            Some(Edge::Inspector) => {
                let to = areas.inspector.map_or(0, |inspector| inspector.right());
                self.m.split.inspector = Some(to.saturating_sub(at.x + 1));
            }
            None => {}
        }
    }
}

/// The edge under the pointer.
fn edge(areas: &Areas, at: Position) -> Option<Edge> {
    let talk = areas.talk?;
    if at.y < talk.top() || at.y >= talk.bottom() {
        return None;
    }
    if areas.list.is_some_and(|list| list.right() == at.x) {
        Some(Edge::List)
    } else if areas.inspector.is_some_and(|inspector| inspector.x == at.x + 1) {
        Some(Edge::Inspector)
    } else {
        None
    }
}
