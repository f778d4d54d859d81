//! Draws the model: one frame from one value.
//!
//! ```text
//!  centaur  ● live  [1 floor]  2 needs you 3     AI auto 41 · draft 6 · off 2   Acme desk · mira   header
//! ┌ Floor · 49 live ───────────┬ #1042 Jana Novak · web ───────────────────┬ why ──────────────┐
//! │ list                       │ talk                                      │ inspector         │
//! │                            │ ━ ● reply to the customer ━━━━━━━━━━━━━━━ │                   │
//! │                            │ composer                                  │                   │
//! └ ✓ notice ──────────────────┴───────────────────────────────────────────┴───────────────────┘
//!  t take over  w whisper  m mode  …                                                              hints
//! ```
//!
//! Everything is read from the model, but for what only drawing can know: theme, signs, time zone, wrapped lines. The
//! terminal's own cursor stands at the caret while one types and on the selected row otherwise, so that input methods,
//! magnifiers and screen readers follow. Deliberately not here: any change of the model, any clock.

mod ai;
mod banner;
mod canned;
mod changed;
mod composer;
pub mod door;
mod entry;
mod filter;
mod guidance;
mod header;
mod health;
mod help;
mod hints;
mod inspector;
mod job;
mod list;
mod log;
mod needs;
mod notices;
mod palette;
mod picker;
mod sheet;
mod talk;
mod wall;
mod welcome;
mod when;

use super::{
    layout::{self, Areas},
    model::{Composer, Layer, Measured, Model, Pane, Screen},
    paint::ColorLevel,
    theme::{Role, Theme},
    widgets::{Glyphs, Ink, frame, glyphs},
};
use crate::domain::ids::ConversationId;
use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Position, Rect},
};
use std::collections::HashMap;

/// What drawing keeps between two frames. Reads the model, changes nothing in it.
#[derive(Debug)]
pub struct Look {
    /// Styles by role.
    pub theme: Theme,
    /// Signs.
    pub glyphs: Glyphs,
    /// Where the person sits: for the times of day.
    pub zone: TimeZone,
    /// What only drawing can know; the loop hands it back to the model as `Msg::Measured`.
    pub measured: Measured,
    /// Wrapped lines of the open talk.
    talk: talk::Cache,
    /// Wrapped lines of the talks on the wall.
    tiles: HashMap<ConversationId, talk::Cache>,
}

impl Default for Look {
    /// Dark, with Unicode, in UTC.
    fn default() -> Self {
        let theme = Theme::built_in("dark", ColorLevel::True).unwrap_or_else(Theme::bare);
        Self::new(theme, glyphs::UNICODE, TimeZone::UTC)
    }
}

impl Look {
    /// A look with nothing cached.
    #[must_use]
    pub fn new(theme: Theme, glyphs: Glyphs, zone: TimeZone) -> Self {
        Self { theme, glyphs, zone, measured: Measured::default(), talk: talk::Cache::default(), tiles: HashMap::new() }
    }

    /// Another theme from now on.
    pub fn set_theme(&mut self, theme: Theme) {
        self.theme = theme;
        self.talk = talk::Cache::default();
        self.tiles.clear();
    }
}

/// Draws one frame, and leaves in `look` what was measured.
pub fn draw(frame: &mut Frame<'_>, model: &Model, look: &mut Look) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    let cursor = match layout::areas(area, model) {
        None => {
            look.measured = Measured::default();
            let mut ink = Ink { buffer, theme: &look.theme, glyphs: &look.glyphs };
            welcome::too_small(&mut ink, area);
            None
        }
        Some(areas) => floor(buffer, model, look, &areas),
    };
    if let Some(at) = cursor {
        frame.set_cursor_position(at);
    }
}

/// The floor and what lies over it. Where the terminal's cursor belongs.
fn floor(buffer: &mut ratatui::buffer::Buffer, model: &Model, look: &mut Look, areas: &Areas) -> Option<Position> {
    let Look { theme, glyphs, zone, measured, talk: cache, tiles } = look;
    let mut ink = Ink { buffer, theme, glyphs };
    *measured = Measured::default();
    header::draw(&mut ink, areas.header, model);
    if let Some(area) = areas.banner {
        banner::draw(&mut ink, area, model, zone);
    }
    if model.you.is_none() {
        frame::around(&mut ink, areas.frame, &[]);
        welcome::draw(&mut ink, areas.frame, model);
        hints::draw(&mut ink, areas.hints, model);
        return over(&mut ink, areas, model);
    }
    if model.screen == Screen::Wall {
        let context = wall::Context { caches: tiles, zone, measured };
        let cursor = wall::draw(&mut ink, areas.frame, model, context);
        let bottom = Rect { y: areas.frame.bottom() - 1, height: 1, ..areas.frame };
        notices::draw(&mut ink, bottom, model);
        hints::draw(&mut ink, areas.hints, model);
        return over(&mut ink, areas, model).or(cursor);
    }
    if model.screen == Screen::Ai {
        let (mut area, mut caret) = (areas.frame, None);
        if let Layer::Compose(writing) = &model.layer {
            // The form stands below, over the whole width.
            let height = composer::height(model, writing, area).min(area.height.saturating_sub(5));
            let below = Rect { y: area.bottom() - height, height, ..area };
            caret = Some(composer::draw(&mut ink, below, model, writing));
            area.height -= height;
        }
        let cursor = match &model.ai.guiding.open {
            Some(opened) => guidance::open(&mut ink, area, model, opened, zone, measured),
            None => ai::draw(&mut ink, area, model, zone, measured),
        };
        let bottom = Rect { y: area.bottom() - 1, height: 1, ..area };
        notices::draw(&mut ink, bottom, model);
        hints::draw(&mut ink, areas.hints, model);
        return over(&mut ink, areas, model).or(caret).or(cursor);
    }
    if model.screen == Screen::Log {
        let mut context = log::Context { cache, zone, measured };
        let cursor = match &model.replay {
            Some(replay) => log::replay::draw(&mut ink, areas.frame, model, replay, &mut context),
            None => log::draw(&mut ink, areas.frame, model, &mut context),
        };
        let bottom = Rect { y: areas.frame.bottom() - 1, height: 1, ..areas.frame };
        notices::draw(&mut ink, bottom, model);
        hints::draw(&mut ink, areas.hints, model);
        return over(&mut ink, areas, model).or(cursor);
    }
    let parts = [(Pane::List, areas.list), (Pane::Talk, areas.talk), (Pane::Inspector, areas.inspector)];
    let shown: Vec<(Pane, Rect)> = parts.into_iter().filter_map(|(pane, area)| Some((pane, area?))).collect();
    let between: Vec<u16> = shown.iter().skip(1).map(|(_, area)| area.x.saturating_sub(1)).collect();
    frame::around(&mut ink, areas.frame, &between);
    let mut cursor = None;
    for (pane, area) in &shown {
        // Where the list has no room the talk of its row stands for it.
        let for_list = *pane == Pane::Talk && model.pane == Pane::List && areas.list.is_none();
        let focused = *pane == model.pane || shown.len() == 1 || for_list;
        // Only the part that has the keys has a bold title: colour alone would not tell it.
        let role = if focused { Role::Focus } else { Role::Text };
        let at = match pane {
            Pane::List => {
                measured.list_rows = area.height;
                match model.screen {
                    Screen::Floor | Screen::Wall | Screen::Log | Screen::Ai => list::draw(&mut ink, *area, model, role),
                    Screen::NeedsYou => needs::list(&mut ink, *area, model, role),
                }
            }
            Pane::Talk if model.screen == Screen::NeedsYou => {
                let alone = areas.list.is_none();
                let card = alone.then_some(Position::new(area.x, area.y));
                match needs::card(&mut ink, *area, model, role, alone, measured) {
                    Some(rest) => {
                        // A title within the part, whoever has the keys.
                        let context = talk::Context { cache, zone, measured };
                        talk::draw(&mut ink, rest, model, context, Role::Title).or(card)
                    }
                    None => None,
                }
            }
            Pane::Talk => talk::draw(&mut ink, *area, model, talk::Context { cache, zone, measured }, role),
            Pane::Inspector => {
                measured.inspector = true;
                let (at, over) = inspector::draw(&mut ink, *area, model, zone, role);
                measured.inspector_over = over;
                at
            }
        };
        if focused || matches!((pane, &model.layer), (Pane::Talk, Layer::Compose(_))) {
            cursor = at.or(cursor);
        }
    }
    let bottom = Rect { y: areas.frame.bottom() - 1, height: 1, ..areas.frame };
    notices::draw(&mut ink, bottom, model);
    hints::draw(&mut ink, areas.hints, model);
    over(&mut ink, areas, model).or(cursor)
}

/// What lies over the floor and takes the keys.
fn over(ink: &mut Ink<'_>, areas: &Areas, model: &Model) -> Option<Position> {
    match &model.layer {
        Layer::Pick(picker) => Some(picker::draw(ink, areas.frame, model, picker)),
        Layer::Palette(palette) => Some(palette::draw(ink, areas.frame, palette)),
        Layer::Filter(line) => Some(filter::draw(ink, areas, model, line)),
        Layer::Job(shown) => job::draw(ink, areas.frame, model, shown),
        Layer::Sheet(sheet) => Some(sheet::draw(ink, areas.frame, sheet)),
        Layer::Help(help) => Some(help::draw(ink, areas.frame, model, help)),
        Layer::Compose(Composer { choosing: Some(choosing), .. }) => Some(canned::draw(ink, areas.frame, choosing)),
        Layer::None | Layer::Compose(_) => {
            hints::continuations(ink, areas.frame, model);
            None
        }
    }
}

#[cfg(test)]
mod tests;
