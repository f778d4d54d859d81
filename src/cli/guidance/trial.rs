//! `centaur guidance try`: what an AI makes of past talks, without a piece and with it.

use super::not_found;
use crate::{
    cli::{Context, desk::Desk, exit::Failure},
    domain::{
        edit::{Change, changes, without_numbers},
        guidance::GuidanceId,
        text::SafeText,
    },
    protocol::{
        Scope, ToPeer,
        guidance::{Compared, Side, TALKS, Trial},
    },
};
use std::time::Duration;

/// How long one talk may take: a language model answers it twice.
const EACH: Duration = Duration::from_mins(3);
/// The number of our question; there is one.
const ID: u32 = 1;

/// `centaur guidance try`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur guidance try 3
  centaur guidance try 3 --talks 20 --json | jq 'select(.changed) | .after.text'

An AI that is connected does it, as it would answer customers: without the piece (or with the version
that is in use) and with what is staged. It uses no tools. Nothing is sent, and nothing is written to
the log; a language model is paid for both answers. Talks that `when` does not fit are left out.")]
pub(super) struct Try {
    /// Which, as in 3
    guidance: GuidanceId,
    /// On so many past talks at most
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=i64::from(TALKS)))]
    talks: u8,
    /// By this AI; the one that answers first if none is named
    #[arg(long, value_name = "NAME")]
    ai: Option<String>,
}

impl Try {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        let guidance = self.guidance;
        if desk.office().guidance(guidance).is_none() {
            return Err(not_found(guidance));
        }
        let ai = self.ai.as_deref().map(|said| desk.ai(said)).transpose()?;
        desk.try_guidance(ID, guidance, self.talks, ai).await;
        let (mut tried, mut changed) = (0, 0);
        loop {
            let ToPeer::Tried { id: ID, trial } = desk.frame(EACH).await? else { continue };
            match trial {
                Trial::Talk { talk } => {
                    tried += 1;
                    changed += u32::from(talk.is_changed());
                    told(context, &talk)?;
                }
                Trial::Over { looked, tokens } => {
                    if context.out.is_json() {
                        let value = serde_json::json!({
                            "guidance": guidance, "looked": looked, "tried": tried, "changed": changed, "tokens": tokens,
                        });
                        return context.out.json(&value);
                    }
                    let used = tokens
                        .map_or_else(String::new, |(read, written)| format!("; {read} tokens read, {written} written"));
                    let words = if tried == 0 {
                        format!(
                            "it fits none of {looked} past talks that were looked at: see its `when` and its topics"
                        )
                    } else {
                        format!("{changed} of {tried} talks come out otherwise; {looked} were looked at{used}")
                    };
                    return context.out.text(&SafeText::own(words));
                }
                Trial::Refused { why } => return Err(Failure::Conflict(why)),
            }
        }
    }
}

fn told(context: &mut Context, talk: &Compared) -> Result<(), Failure> {
    if context.out.is_json() {
        let mut value = serde_json::to_value(talk).map_err(Failure::of)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("changed".to_owned(), talk.is_changed().into());
        }
        return context.out.json(&value);
    }
    let sign = if talk.is_changed() { "changed" } else { "the same" };
    let mut lines = vec![
        format!("#{} {}: {sign}", talk.turn.conversation, talk.turn.n),
        format!("  customer  {}", SafeText::line(&talk.customer)),
        format!("  back then {}", SafeText::line(&talk.was)),
        format!("  without   {}", side(&talk.before)),
        format!("  with      {}", side(&talk.after)),
    ];
    if talk.is_changed() && talk.before.ended == talk.after.ended {
        let changes = changes(&without_numbers(&talk.before.text), &without_numbers(&talk.after.text));
        let words = changes.iter().filter_map(|change| match change {
            Change::Kept(_) => None,
            Change::Dropped(words) => Some(format!("[-{}-]", SafeText::line(words))),
            Change::Added(words) => Some(format!("{{+{}+}}", SafeText::line(words))),
        });
        lines.push(format!("  words     {}", words.collect::<Vec<_>>().join(" ")));
    }
    lines.extend(talk.after.notes.iter().map(|note| format!("  it says   {}", SafeText::line(note))));
    lines.into_iter().try_for_each(|line| context.out.text(&SafeText::own(line)))
}

fn side(side: &Side) -> String {
    let text = SafeText::line(&side.text);
    match side.ended {
        crate::protocol::guidance::Ended::Answer => text.to_string(),
        other => format!("({}) {text}", other.words()),
    }
}
