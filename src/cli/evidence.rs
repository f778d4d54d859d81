//! `centaur evidence`: what speaks for letting the AI go further in a topic or on a channel, and what speaks against it.

use super::{
    Context,
    desk::{Desk, unexpected},
    exit::Failure,
};
use crate::{
    domain::{
        edit::Distance,
        evidence::{Evidence as Counts, Proposal, Share, Subject, WINDOW_DAYS},
        mode::Mode,
        text::SafeText,
    },
    protocol::{Page, Query, Scope},
};
use serde::Serialize;

/// `centaur evidence`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur evidence
  centaur evidence --days 7 --json | jq 'select(.proposal.step == \"down\")'

Each share says of how many, with its 95 % interval after Wilson: drafts sent unedited, of
those decided on; shadows alike to what people sent, of those compared; words changed on the
average; judged good, of those reviewed; how often it asked for a person. Few of them propose
nothing. A lead takes a step: centaur mode topic:refunds auto")]
pub struct Evidence {
    /// Look back so many days
    #[arg(long, value_name = "DAYS", default_value_t = WINDOW_DAYS, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
}

/// A row of JSON.
#[derive(Debug, Serialize)]
struct Row<'a> {
    days: u16,
    mode: Mode,
    #[serde(flatten)]
    counts: &'a Counts,
    volume: u32,
    unedited: Measure,
    as_people_say: Measure,
    judged_good: Measure,
    asked_for_person: Measure,
    /// How far what people sent was from what the AI wrote, in thousandths, and of how many.
    distance: Option<(u16, u32)>,
    proposal: Proposal,
}

/// A share with its interval; nulls of nothing.
#[derive(Debug, Serialize)]
struct Measure {
    n: u32,
    share: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

impl From<Share> for Measure {
    fn from(share: Share) -> Self {
        let interval = share.interval();
        Self { n: share.of, share: share.value(), low: interval.map(|it| it.0), high: interval.map(|it| it.1) }
    }
}

impl Evidence {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        let counts = match desk.read(Query::Evidence { days: self.days }).await? {
            Page::Evidence { rows, .. } => rows,
            page => return Err(unexpected(&page)),
        };
        let policy = std::sync::Arc::clone(&desk.office().policy);
        let rows: Vec<Row<'_>> = counts
            .iter()
            .map(|it| Row {
                days: self.days,
                mode: it.subject.mode(&policy).0,
                counts: it,
                volume: it.volume(),
                unedited: it.unedited().into(),
                as_people_say: it.as_people_say().into(),
                judged_good: it.judged_good().into(),
                asked_for_person: it.given_up().into(),
                distance: it.distance().map(|(far, of)| (far.0, of)),
                proposal: it.proposal(&policy),
            })
            .collect();
        if context.out.is_json() {
            for row in &rows {
                context.out.json(row)?;
            }
            return Ok(());
        }
        let cells: Vec<Vec<SafeText>> = rows.iter().map(cells).collect();
        context
            .out
            .table(&["what", "mode", "n", "unedited", "alike", "apart", "good", "people", "proposal"], &cells)?;
        if rows.is_empty() {
            context.out.remark(&format!("the AI has answered nothing in the last {} days", self.days));
        }
        Ok(())
    }
}

fn cells(row: &Row<'_>) -> Vec<SafeText> {
    let it = row.counts;
    let what = match &it.subject {
        Subject::Topic(Some(topic)) => SafeText::own(format!("topic:{}", SafeText::line(topic))),
        Subject::Topic(None) => SafeText::literal("without a topic"),
        Subject::Channel(channel) => SafeText::own(format!("channel:{}", SafeText::line(channel))),
    };
    let proposal = match &row.proposal {
        Proposal::Up { to, why } => format!("up to {}: {why}", to.word()),
        Proposal::Down { to, why } => format!("down to {}: {why}", to.word()),
        Proposal::Stay { why } => why.clone(),
    };
    vec![
        what,
        SafeText::from_own(row.mode.word()),
        SafeText::own(row.volume.to_string()),
        SafeText::own(it.unedited().words()),
        SafeText::own(it.as_people_say().words()),
        SafeText::own(
            row.distance.map_or_else(|| "-".to_owned(), |(far, of)| format!("{}, n {of}", Distance(far).percent())),
        ),
        SafeText::own(it.judged_good().words()),
        SafeText::own(it.escalations.to_string()),
        SafeText::own(proposal),
    ]
}
