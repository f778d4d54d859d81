//! The mouse: a click selects, opens or gives the keys; the wheel turns what is under it; an edge can be dragged.
//!
//! Everything here can be done by keys, too. Deliberately not here: acts. No click takes over, sends or decides; and what
//! is where (`pointer`).

use super::Up;
use crate::console::{
    action::Action,
    input::{Mouse, MouseAct},
    model::{Edge, Layer, Pane, Screen},
    pointer::{self, Spot},
};

/// How many lines one step of the wheel turns.
const STEP: i64 = 3;

impl Up<'_> {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        let spot = pointer::spot(self.m, mouse.column, mouse.row);
        match mouse.act {
            MouseAct::WheelDown => self.wheel(spot, STEP),
            MouseAct::WheelUp => self.wheel(spot, -STEP),
            MouseAct::Press => self.press(spot),
            MouseAct::Drag => self.drag(mouse.column),
            MouseAct::Release => self.m.inner.dragged = None,
        }
    }

    fn wheel(&mut self, spot: Spot, by: i64) {
        let step = if by > 0 { Action::Down } else { Action::Up };
        let turn = if by > 0 { Action::HalfDown } else { Action::HalfUp };
        if !matches!(self.m.layer, Layer::None | Layer::Compose(_)) || self.m.screen == Screen::Ai {
            self.move_or_edit(step);
        } else if self.m.screen == Screen::Log {
            self.move_log(turn, by);
        } else {
            match spot {
                Spot::Talk | Spot::Tile(_) => self.move_talk(turn, by),
                Spot::Inspector => self.move_inspector(by),
                Spot::List(_) if !matches!(self.m.layer, Layer::None) => {}
                Spot::List(_) if self.m.screen == Screen::NeedsYou => self.move_needs(step, by.signum()),
                Spot::List(_) => self.move_list(by),
                Spot::Edge(_) | Spot::Other => {}
            }
        }
    }

    fn press(&mut self, spot: Spot) {
        self.m.inner.dragged = match spot {
            Spot::Edge(edge) => Some(edge),
            _ => None,
        };
        if !matches!(self.m.layer, Layer::None) {
            return;
        }
        match spot {
            Spot::Tile(tile) => self.focus_tile(tile),
            Spot::List(row) => {
                self.m.pane = Pane::List;
                if self.m.screen == Screen::Floor {
                    self.m.floor.anchor();
                    self.m.floor.hold();
                    self.m.inner.release_at = Some(self.m.now.plus(super::RELEASE_AFTER));
                    let at = self.m.floor.top() + row;
                    if let Some(id) = self.m.floor.row(at).map(|row| row.card.id) {
                        self.visit(id);
                    }
                }
            }
            Spot::Talk => {
                self.m.pane = Pane::Talk;
                self.open_selected();
            }
            Spot::Inspector => self.m.pane = Pane::Inspector,
            Spot::Edge(_) | Spot::Other => {}
        }
    }

    fn drag(&mut self, column: u16) {
        let Some(edge) = self.m.inner.dragged else { return };
        let Some(width) = pointer::width(self.m, edge, column) else { return };
        match edge {
            Edge::List => self.m.split.list = Some(width),
            Edge::Inspector => self.m.split.inspector = Some(width),
        }
    }
}
