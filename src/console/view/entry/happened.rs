//! What happened to a conversation, in a few words: the thin lines between what was said.

use super::Context;
use crate::{
    console::{theme::Role, view::when},
    domain::{
        card::Priority,
        holder::{Cause, Holder},
        text::SafeText,
        thread::{Entry, What},
    },
};

/// The words and how much they matter; none where nothing is to be said.
pub(super) fn words(entry: &Entry, c: &Context<'_>) -> Option<(SafeText, Role)> {
    let by = c.actor(entry.by);
    let mut role = Role::Dim;
    let words = match &entry.what {
        What::Opened { channel, customer, topic, holder } => {
            let about = topic.as_ref().map_or_else(String::new, |topic| format!(" about {}", SafeText::line(topic)));
            let name = SafeText::line(&customer.name);
            format!("{name} came by {}{about}; {} answers", SafeText::line(channel), c.holder(*holder))
        }
        What::Holder { from, to, cause } => {
            role = match to {
                Holder::Queue => Role::Queue,
                Holder::Ai(_) => Role::Ai,
                Holder::Human(_) => Role::Human,
            };
            let (from, to) = (c.holder(*from), c.holder(*to));
            match cause {
                Cause::TookOver { reason: Some(reason) } if !reason.is_empty() => {
                    format!("{by} took over from {from}: {}", SafeText::line(reason))
                }
                Cause::TookOver { .. } => format!("{by} took over from {from}"),
                Cause::HandedBack => format!("{by} handed back to {to}"),
                Cause::Assigned => format!("{by} gave it to {to}"),
                Cause::Escalated => format!("{from} gave it to {to}"),
                Cause::LeaseLapsed => format!("{from} was not seen: it went to {to}"),
                Cause::AiVanished => format!("{from} cannot be reached: it went to {to}"),
                Cause::ModeChanged => format!("the mode changed: {from} gave it to {to}"),
                Cause::Stopped => format!("{from} was stopped: it went to {to}"),
                Cause::Undone => format!("undone: it went back to {to}"),
                Cause::Revoked => format!("{from} left the desk: it went to {to}"),
            }
        }
        What::Abandoned { why, failed } => {
            role = if *failed { Role::Bad } else { Role::Dim };
            let did = if *failed { "failed to answer" } else { "began anew" };
            format!("{by} {did}: {}", SafeText::line(why))
        }
        What::Guarded { verdicts } => {
            role = Role::Warn;
            let said: Vec<String> = verdicts.iter().map(|verdict| verdict.sentence().to_string()).collect();
            format!("checks: {}", said.join("; "))
        }
        What::Spending { level } => {
            role = Role::Warn;
            level.sentence()
        }
        What::Mode { mode: Some(mode) } => format!("{by} set the mode to {}", mode.word()),
        What::Mode { mode: None } => format!("{by} left the mode to the desk"),
        What::Pause { until: Some(until) } => format!("{by} paused the AI until {}", when::time_of_day(*until, c.zone)),
        What::Pause { until: None } => "the pause of the AI ended".to_owned(),
        What::Tags { added, removed } => {
            let signed = |sign: &str, tags: &[String]| {
                tags.iter().map(|t| format!("{sign}{}", SafeText::line(t))).collect::<Vec<_>>()
            };
            let mut tags = signed("+", added);
            tags.extend(signed("−", removed));
            format!("{by} tagged {}", tags.join(" "))
        }
        What::Priority { priority } => {
            role = if *priority >= Priority::High { Role::Warn } else { Role::Dim };
            format!("{by} set the priority to {}", priority.word())
        }
        What::Snooze { until: Some(until) } => {
            format!("{by} let it sleep until {} {}", when::day(*until, c.zone), when::time_of_day(*until, c.zone))
        }
        What::Snooze { until: None } => "it woke".to_owned(),
        What::Resolved { confirmed } => {
            role = Role::Good;
            if *confirmed {
                "resolved, by the customer's own word".to_owned()
            } else {
                format!("{by} resolved it, assumed")
            }
        }
        What::Reopened => format!("{by} reopened it"),
        What::Rated { score, comment } => {
            role = if *score <= 2 { Role::Warn } else { Role::Good };
            let comment = comment.as_ref().map_or_else(String::new, |words| format!(": {}", SafeText::line(words)));
            format!("the customer rated {score} of 5{comment}")
        }
        What::ToolDenied { tool, arguments, why } => {
            role = Role::Bad;
            let arguments = SafeText::evidence(arguments).within(80);
            format!(
                "{by} may not use {} {arguments}: {}",
                SafeText::line_within(tool, 60),
                SafeText::line(&why.sentence())
            )
        }
        What::Erased => format!("{by} erased what was said before"),
        What::Undid { .. } => format!("{by} undid an act"),
        _ => return None,
    };
    Some((SafeText::own(words), role))
}
