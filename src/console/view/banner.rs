//! The line under the header while the AI is stopped somewhere: on every screen of every console, until it is lifted.
//!
//! ```text
//!  ⚠ AI STOPPED  all AI · by mira · until 14:32 · wrong prices (1 more)      ! lets it go on
//! ```

use super::when;
use crate::{
    console::{
        action::{Action, Scope as Where},
        model::Model,
        theme::Role,
        widgets::{Ink, Words},
    },
    domain::text::SafeText,
};
use jiff::tz::TimeZone;
use ratatui::layout::Rect;

pub(super) fn draw(ink: &mut Ink<'_>, area: Rect, model: &Model, zone: &TimeZone) {
    // Of several, the widest: the one that was set last among those that go furthest.
    let Some(stop) = model.office.stops.iter().max_by_key(|stop| (stop.scope.width(), stop.id)) else { return };
    let loud = ink.theme.bold(Role::Bad);
    let (y, right) = (area.y, area.right().saturating_sub(1));
    let sign = SafeText::own(format!("{} AI STOPPED", ink.glyphs.warn));
    let x = ink.put(area.x + 1, y, right, &sign, loud) + 2;
    let dot = ink.glyphs.dot;
    let mut said = vec![SafeText::line_within(&stop.scope.words(&|id| model.name_of(id)), 30)];
    said.push(SafeText::own(format!("by {}", SafeText::line_within(&model.name_of(stop.by), 20))));
    said.push(match stop.until {
        Some(until) => SafeText::own(format!("until {}", when::time_of_day(until, zone))),
        None => SafeText::literal("until lifted"),
    });
    if !stop.reason.is_empty() {
        said.push(SafeText::line_within(&stop.reason, 60));
    }
    let more = model.office.stops.len() - 1;
    if more > 0 {
        said.push(SafeText::own(format!("{more} more")));
    }
    let key = model.keymap.keys_of(Where::Floor, Action::Stop).unwrap_or_default();
    let hint = SafeText::own(format!("{} lets it go on", SafeText::line(&key)));
    let room = right.saturating_sub(x);
    let wide = Words::from(&hint).width() + 3;
    let shown = room > wide + 30;
    let until = if shown { right - wide } else { right };
    let said: Vec<&str> = said.iter().map(SafeText::as_str).collect();
    ink.put_cut(x, y, until, &SafeText::own(said.join(&format!(" {dot} "))), ink.style(Role::Bad));
    if shown {
        ink.put_right(x, y, right, &hint, ink.style(Role::Key));
    }
}
