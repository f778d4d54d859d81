//! `centaur policy`: what the desk allows, and how an admin changes it.
//!
//! The desk takes the whole policy at once; modes alone are set with `centaur mode`. Deliberately not here: what may stand in
//! it (`domain::policy`), and whether it is in order (the desk says).

mod rules;

use super::{Context, desk::Desk, exit::Failure, team};
use crate::{
    domain::{command::Command, ids::Seq, text::SafeText, time::Span, written::in_decimals},
    protocol::Scope,
};
use serde::Serialize;
use std::path::PathBuf;

/// `centaur policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur policy show > policy.toml
  centaur policy tools shop >> policy.toml
  $EDITOR policy.toml
  centaur policy set policy.toml")]
pub struct Policy {
    /// What to do with it
    #[command(subcommand)]
    what: What,
}

/// What can be done with the policy.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print the policy that counts, as TOML
    #[command(after_help = "Example:\n  centaur policy show > policy.toml\n  centaur policy show --json | jq .mode")]
    Show {},
    /// Put the policy in this file in place of the one that counts, as admins may
    #[command(after_help = "Example:
  centaur policy show > policy.toml
  $EDITOR policy.toml
  centaur policy set policy.toml

All of it is replaced: what the file leaves out is as built in. Begin with `centaur policy show`.")]
    Set {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print rules for what the tool servers of your settings offer, to read and put into a policy
    #[command(after_help = "Example:
  centaur policy tools shop >> policy.toml
  centaur policy tools --json | jq -r .tool

Each tool comes with what it says of itself and what it takes, its pin, and r3: no AI may ask for it. Read it,
then write r0 where it only reads, r1 where it changes what can be changed back, r2 where a person must approve.")]
    Tools {
        /// Of this server alone, by its name in the settings
        #[arg(value_name = "SERVER")]
        server: Option<String>,
    },
}

/// How the numbers of a policy are meant.
const HEAD: &str = "# Times (\"90s\", \"10m\", \"4h\"), shares (\"0.35\") and money (\"200.00\") stand in quotes.\n\
                    # Without quotes they are milliseconds, thousandths, and hundredths of the currency.";

/// A policy's TOML with its times, shares and money as people write them, which is read as it stands.
fn as_people_write(toml: &str) -> String {
    let mut section = "";
    let mut lines = Vec::new();
    for line in toml.lines() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        }
        lines.push(written(section, line).unwrap_or_else(|| line.to_owned()));
    }
    lines.join("\n")
}

/// A line whose number is better said otherwise.
fn written(section: &str, line: &str) -> Option<String> {
    let (key, number) = line.split_once(" = ")?;
    let number: u64 = number.parse().ok()?;
    let (key, said) = match (section, key) {
        ("", "draft_ttl" | "lease" | "turn_ttl" | "longest_pause" | "longest_snooze") => (key, Span(number).exact()),
        ("", "min_grounding") => (key, in_decimals(number, 3, 1)),
        (section, "time") if section.starts_with("ceilings.") => (key, Span(number).exact()),
        (section, "cost_micros") if section.starts_with("ceilings.") => ("cost", in_decimals(number, 6, 2)),
        (section, "per_call" | "per_talk" | "per_customer" | "per_day")
            if section.starts_with("tools.") && section.ends_with(".amount") =>
        {
            (key, in_decimals(number, 2, 2))
        }
        _ => return None,
    };
    Some(format!("{key} = \"{said}\""))
}

/// What setting came to.
#[derive(Debug, Serialize)]
struct Set {
    seq: Seq,
}

impl Policy {
    /// Does it.
    ///
    /// # Errors
    /// 2 with file and line of what is wrong; as the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self.what {
            What::Tools { server } => rules::print(context, server.as_deref()).await,
            What::Show {} => {
                let desk = Desk::open(context, Scope::None).await?;
                let policy = desk.office().policy.as_ref();
                if context.out.is_json() {
                    return context.out.json(policy);
                }
                let text = toml::to_string_pretty(policy)
                    .map_err(|error| Failure::Failed(format!("the policy could not be written as TOML: {error}")))?;
                context.out.text(&SafeText::message(&format!("{HEAD}\n{}", as_people_write(text.trim_end()))))
            }
            What::Set { file } => {
                // A file that is wrong is told before anybody is asked for a token.
                let policy = team::policy_file(&file)?;
                let mut desk = Desk::open(context, Scope::None).await?;
                let answer = desk.ask(Command::SetPolicy { policy: Box::new(policy) }).await?;
                context.out.done(&Set { seq: answer.seq }, "the policy is set; it counts from now on")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ceiling::Ceiling,
        policy::Policy,
        tool::{Limit, Risk, ToolRule},
        turn::Grounding,
    };
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_what_it_was(times in prop::collection::vec(0_u64..10_000_000_000, 6), share in 0_u16..=1_000, money in 1_u64..1_000_000_000) {
            let span = |at: usize| Span(times[at]);
            let mut policy = Policy {
                draft_ttl: span(0), lease: span(1), turn_ttl: span(2), longest_pause: span(3), longest_snooze: span(4),
                min_grounding: Grounding(share),
                ..Policy::default()
            };
            policy.ceilings.day = Ceiling { time: Some(span(5)), cost_micros: Some(money), ..Ceiling::default() };
            let amount = Limit { argument: "amount".into(), per_call: Some(money), per_day: Some(money * 2), ..Limit::default() };
            // A schema that names its fields as a policy does is left as it is.
            let schema = serde_json::json!({ "properties": { "time": { "maximum": 5 } }, "minProperties": 1 });
            let rule = ToolRule { risk: Risk::R2, topics: BTreeSet::new(), amount: Some(amount), pin: None, schema };
            policy.tools.insert("shop.refund.make".into(), rule);
            let text = as_people_write(&toml::to_string_pretty(&policy).unwrap());
            prop_assert_eq!(team::policy(&text, "p.toml").unwrap(), policy);
        }
    }

    #[test]
    fn a_policy_is_shown_as_people_write_it_and_a_mistake_in_that_is_told_with_its_line() {
        let text = as_people_write(&toml::to_string_pretty(&Policy::default()).unwrap());
        for line in ["draft_ttl = \"10m\"", "lease = \"90s\"", "longest_snooze = \"30d\"", "min_grounding = \"0.35\""] {
            assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
        }
        for (wrong, says) in [
            ("mode = \"auto\"\nlease = \"soon\"", "p.toml:2: `soon` cannot be read: write a length of time in quotes"),
            ("min_grounding = 0.35", "expected a share in quotes"),
            ("[ceilings.day]\ncost = \"a lot\"", "p.toml:2: `a lot` cannot be read: write money in quotes"),
        ] {
            let failure = team::policy(wrong, "p.toml").unwrap_err();
            let said = failure.sentence();
            assert!(said.contains(says), "{wrong}: {said}");
        }
    }
}
