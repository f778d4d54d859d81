//! `centaur export`: what the desk has learned, as JSON lines for whoever trains or measures.

use super::{
    Context,
    desk::{Desk, unexpected},
    exit::Failure,
    output::several,
};
use crate::{
    domain::{
        annotation::{Failure as Kind, Verdict},
        ids::{ConversationId, EntryNo, Seq},
        time::Timestamp,
        turn::Source,
    },
    protocol::{
        Page, Query, Scope,
        query::{Judged, Public},
    },
};
use serde::Serialize;

/// Rows asked for at once; the most that the server gives, of judgements and of corrections.
const ROWS: u32 = 100;

/// `centaur export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur export annotations > annotations.jsonl")]
pub struct Export {
    /// What to write out
    #[command(subcommand)]
    what: What,
}

/// What can be written out.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Every judgement that stands, one a line: context, answer, verdict, failures, correction, reviewer, config version
    #[command(after_help = "Example:\n  centaur export annotations --after 1200 > new.jsonl")]
    Annotations {
        /// Only those after this event, as in the `seq` of the last line of an earlier export
        #[arg(long, value_name = "SEQ", default_value_t = 0)]
        after: u64,
        /// Also those that were replaced by a later one or taken back
        #[arg(long)]
        all: bool,
    },
    /// What people sent in place of what the AI wrote, one a line: both texts, what was changed, how far apart
    #[command(after_help = "Example:\n  centaur export corrections --after 1200 > new.jsonl")]
    Corrections {
        /// Only those after this event, as in the `seq` of the last line of an earlier export
        #[arg(long, value_name = "SEQ", default_value_t = 0)]
        after: u64,
    },
}

/// One line. The names are stable.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Line {
    /// The event; the place to go on from.
    seq: Seq,
    /// Milliseconds since 1970.
    at: Timestamp,
    conversation: ConversationId,
    message: EntryNo,
    annotation: EntryNo,
    reviewer: String,
    verdict: Verdict,
    failures: Vec<Kind>,
    correction: Option<String>,
    note: Option<String>,
    /// Whether a later one of the same reviewer replaces it. Always false without `--all`.
    superseded: bool,
    /// Whether its reviewer took it back. Always false without `--all`.
    withdrawn: bool,
    /// What had been said before, oldest first.
    context: Vec<Public>,
    /// What the AI said, or was about to say.
    answer: String,
    sources: Vec<Source>,
    /// In thousandths; none where nothing was measured.
    grounding: Option<u16>,
    model: Option<String>,
    config: Option<String>,
}

impl From<Judged> for Line {
    fn from(row: Judged) -> Self {
        let answer = row.entry.answer();
        Self {
            seq: row.seq,
            at: row.at,
            conversation: row.conversation,
            message: row.annotation.message,
            annotation: row.annotation.n,
            reviewer: row.reviewer,
            verdict: row.annotation.judgement.verdict,
            failures: row.annotation.judgement.failures,
            correction: row.annotation.judgement.corrected,
            note: row.annotation.judgement.note,
            superseded: row.superseded,
            withdrawn: row.annotation.withdrawn,
            context: row.context,
            sources: answer.map(|answer| answer.sources.clone()).unwrap_or_default(),
            grounding: answer.map(|answer| answer.grounding.0),
            model: answer.map(|answer| answer.trace.model.clone()),
            config: answer.map(|answer| answer.trace.config.clone()),
            answer: row.entry.judged_text().unwrap_or_default().to_owned(),
        }
    }
}

async fn corrections(context: &mut Context, mut after: Seq) -> Result<(), Failure> {
    let mut desk = Desk::open(context, Scope::None).await?;
    let mut written = 0_usize;
    loop {
        let (rows, more) = match desk.read(Query::Corrections { after, limit: ROWS }).await? {
            Page::Corrections { rows, more } => (rows, more),
            page => return Err(unexpected(&page)),
        };
        let last = rows.last().map(|row| row.seq);
        for row in &rows {
            context.out.json(row)?;
            written += 1;
        }
        match last {
            Some(last) if more && last > after => after = last,
            _ => break,
        }
    }
    context.out.remark(&format!("{} written", several(written, "correction")));
    Ok(())
}

impl Export {
    /// Does it. Always JSON lines, with `--json` or without.
    ///
    /// # Errors
    /// As the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let (after, all) = match self.what {
            What::Annotations { after, all } => (after, all),
            What::Corrections { after } => return corrections(context, Seq(after)).await,
        };
        let mut desk = Desk::open(context, Scope::None).await?;
        let mut after = Seq(after);
        let mut written = 0_usize;
        loop {
            let (rows, more) = match desk.read(Query::Annotations { after, limit: ROWS }).await? {
                Page::Annotations { rows, more } => (rows, more),
                page => return Err(unexpected(&page)),
            };
            let last = rows.last().map(|row| row.seq);
            for row in rows.into_iter().filter(|row| all || !(row.superseded || row.annotation.withdrawn)) {
                context.out.json(&Line::from(row))?;
                written += 1;
            }
            match last {
                Some(last) if more && last > after => after = last,
                _ => break,
            }
        }
        context.out.remark(&format!("{} written", several(written, "annotation")));
        Ok(())
    }
}
