//! The form in which people write a task: a `title:` line for each part.
//!
//! Deliberately not here: what a task may be (see `decide`).

use super::{Budget, Task};
use crate::domain::{
    form::{self, Titles},
    time::{Span, Timestamp},
};

impl Task {
    /// The form that people edit: a `title:` line for each part. Times are written as spans from `now` on.
    #[must_use]
    pub fn to_form(&self, now: Timestamp) -> String {
        let span = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.since(now).short());
        let cost = self.budget.cost_micros.map_or_else(String::new, money);
        let parts = [
            ("kind", self.kind.word().to_owned()),
            ("goal", self.goal.clone()),
            ("facts", self.facts.clone()),
            ("may", self.may.clone()),
            ("may not", self.may_not.clone()),
            ("turns", self.budget.turns.to_string()),
            ("calls", self.budget.calls.to_string()),
            ("cost", cost),
            ("start after", span(self.at)),
            ("back after", span(self.back_at)),
            ("back when", self.back_when.clone()),
        ];
        form::written(parts.iter().map(|(title, text)| (*title, text.as_str())))
    }

    /// Reads the form back. Lines before the first title belong to the goal.
    ///
    /// # Errors
    /// A sentence that names the line and says what would be right.
    pub fn from_form(form: &str, now: Timestamp) -> Result<Self, String> {
        let [kind, goal, facts, may, may_not, turns, calls, cost, at, back_after, back_when] =
            form::read(form, &TITLES, 1, Titles::Anywhere);
        let count = |title: &str, said: &str, usual: u16| match said {
            "" => Ok(usual),
            said => said.parse::<u16>().map_err(|_| format!("{title}: `{said}` is not a number, as in 6")),
        };
        let span = |title: &str, said: &str| match said {
            "" => Ok(None),
            said => Span::parse(said, Span::minutes(1))
                .map(|span| Some(now.plus(span)))
                .map_err(|why| format!("{title}: {why}")),
        };
        let usual = Budget::default();
        Ok(Self {
            kind: kind.parse()?,
            goal,
            facts,
            may,
            may_not,
            budget: Budget {
                turns: count("turns", &turns, usual.turns)?,
                calls: count("calls", &calls, usual.calls)?,
                cost_micros: micros(&cost)?,
            },
            at: span("start after", &at)?,
            back_at: span("back after", &back_after)?,
            back_when,
        })
    }
}

/// The titles of the form, in order.
pub const TITLES: [&str; 11] =
    ["kind", "goal", "facts", "may", "may not", "turns", "calls", "cost", "start after", "back after", "back when"];

/// `0.05`; the desk's currency.
#[must_use]
pub fn money(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Reads it back; none of nothing.
///
/// # Errors
/// What is wrong with it.
pub fn micros(said: &str) -> Result<Option<u64>, String> {
    if said.is_empty() {
        return Ok(None);
    }
    let wrong = || format!("cost: `{said}` is not an amount, as in 0.05");
    let (whole, part) = said.split_once('.').unwrap_or((said, ""));
    let is_number = |text: &str| text.len() <= 9 && text.chars().all(|c| c.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 6 || (whole.is_empty() && part.is_empty()) {
        return Err(wrong());
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| wrong())? };
    let part: u64 = format!("{part:0<6}").parse().map_err(|_| wrong())?;
    Ok(Some(whole * 1_000_000 + part))
}
