//! `centaur health`: how the AIs did in the last hour, and what of today's ceilings is used.

use super::{
    Context,
    desk::{Desk, unexpected},
    exit::Failure,
};
use crate::{
    domain::{
        ceiling::{Level, Spent},
        health::Health,
        text::SafeText,
    },
    protocol::{Page, Query, Scope},
};
use serde::Serialize;

/// `centaur health`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur health\n  centaur health --json | jq 'select(.ai).failed'
  centaur health --json | jq 'select(.today)'")]
pub struct Show {}

/// What all AIs used today, and what of that has a ceiling.
#[derive(Debug, Serialize)]
struct Today {
    today: Spent,
    ceilings: Vec<Level>,
}

impl Show {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        let (ais, usage) = match desk.read(Query::Health).await? {
            Page::Health { ais, usage } => (ais, usage),
            page => return Err(unexpected(&page)),
        };
        if context.out.is_json() {
            for health in &ais {
                context.out.json(health)?;
            }
            return context.out.json(&Today { today: usage.spent, ceilings: usage.levels });
        }
        let office = desk.office();
        let rows: Vec<Vec<SafeText>> = ais.iter().map(|health| row(health, &office.name_of(health.ai))).collect();
        let head =
            ["ai", "turns", "sent", "drafts", "held back", "to people", "failed", "dropped", "first word", "cost", ""];
        context.out.table(&head, &rows)?;
        if rows.is_empty() {
            context.out.remark("no AI has ended a turn in the last hour");
        }
        context.out.remark(&format!("all AIs today: {}", usage.spent.words()));
        for level in &usage.levels {
            context.out.remark(&level.sentence());
        }
        if usage.levels.is_empty() {
            context.out.remark("the desk has no ceiling for a day; [ceilings.day] in the policy sets one");
        }
        Ok(())
    }
}

fn row(health: &Health, name: &str) -> Vec<SafeText> {
    let count = |count: u32| SafeText::own(count.to_string());
    let seconds = |ms: u32| format!("{}.{} s", ms / 1_000, ms % 1_000 / 100);
    let first = health
        .first_word_ms
        .map_or_else(String::new, |(median, most)| format!("{}, 95 % within {}", seconds(median), seconds(most)));
    let cost = format!("{}.{:02}", health.cost_micros / 1_000_000, health.cost_micros % 1_000_000 / 10_000);
    vec![
        SafeText::line(name),
        count(health.turns),
        count(health.sent),
        count(health.drafted),
        count(health.guarded),
        count(health.handed_off),
        count(health.failed),
        count(health.suppressed),
        SafeText::own(first),
        SafeText::own(cost),
        SafeText::own(health.trouble().unwrap_or_default()),
    ]
}
