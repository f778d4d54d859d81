//! What is under the pointer, and how wide a part becomes when its edge is dragged there. Geometry, and nothing else.
//!
//! Deliberately not here: what a click does (`update`).

use super::{
    layout::{self, Areas},
    model::{Edge, Model, Screen},
};
use ratatui::layout::{Position, Rect};

/// What is at a place of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A row of the list, from the first one in sight.
    List(usize),
    /// The talk.
    Talk,
    /// The inspector.
    Inspector,
    /// A tile of the wall.
    Tile(usize),
    /// An edge that can be dragged.
    Edge(Edge),
    /// Nothing that a mouse could do something with.
    Other,
}

/// What is there.
#[must_use]
pub fn spot(model: &Model, column: u16, row: u16) -> Spot {
    let Some(areas) = areas(model) else { return Spot::Other };
    let at = Position::new(column, row);
    if model.screen == Screen::Wall {
        let tiles = layout::tiles(layout::within(areas.frame), model.size, model.wall.tiles.len());
        return tiles.iter().position(|tile| tile.contains(at)).map_or(Spot::Other, Spot::Tile);
    }
    if !matches!(model.screen, Screen::Floor | Screen::NeedsYou) {
        return Spot::Other;
    }
    let over = |part: Option<Rect>| part.filter(|part| part.contains(at));
    if let Some(edge) = edge(&areas, at) {
        Spot::Edge(edge)
    } else if let Some(list) = over(areas.list) {
        Spot::List(usize::from(at.y - list.y))
    } else if over(areas.talk).is_some() {
        Spot::Talk
    } else if over(areas.inspector).is_some() {
        Spot::Inspector
    } else {
        Spot::Other
    }
}

/// How wide the part at this edge becomes when the edge is dragged to a column.
#[must_use]
pub fn width(model: &Model, edge: Edge, column: u16) -> Option<u16> {
    let areas = areas(model)?;
    match edge {
        Edge::List => areas.list.map(|list| column.saturating_sub(list.x)),
        Edge::Inspector => areas.inspector.map(|inspector| inspector.right().saturating_sub(column + 1)),
    }
}

fn areas(model: &Model) -> Option<Areas> {
    layout::areas(Rect::new(0, 0, model.size.0, model.size.1), model)
}

fn edge(areas: &Areas, at: Position) -> Option<Edge> {
    let talk = areas.talk?;
    if at.y < talk.top() || at.y >= talk.bottom() {
        None
    } else if areas.list.is_some_and(|list| list.right() == at.x) {
        Some(Edge::List)
    } else if areas.inspector.is_some_and(|inspector| inspector.x == at.x + 1) {
        Some(Edge::Inspector)
    } else {
        None
    }
}
