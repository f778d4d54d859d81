//! A talk in lines, for people who read it on the command line. Nothing here is parsed by anybody: scripts use `--json`.

mod tool;

use super::when;
use crate::domain::{
    approval::Ending,
    delivery::State,
    desk::Office,
    holder::{Cause, Holder},
    teammate::Actor,
    text::SafeText,
    thread::{Entry, Send, What},
};
use jiff::tz::TimeZone;

/// An entry: a line with its number, time and who, and its words below, indented.
#[must_use]
pub fn lines(entry: &Entry, customer: &str, office: &Office, zone: &TimeZone) -> SafeText {
    let (what, words) = told(entry, office);
    let who = match (&entry.what, entry.by) {
        (What::Customer { .. } | What::Opened { .. } | What::Rated { .. }, _) => SafeText::line(customer),
        (_, Actor::Desk) => SafeText::from_own("the desk"),
        (_, Actor::Teammate(id)) => SafeText::line(&office.name_of(id)),
    };
    let mut text = SafeText::own(format!("{:>4}  {}  {who}", entry.n, when::minute(entry.at, zone)));
    if !what.is_empty() {
        text.push(&SafeText::own(format!(" · {}", SafeText::line(&what))));
    }
    for line in words.as_ref().map(|words| SafeText::message(words)).iter().flat_map(SafeText::lines) {
        text.push(&SafeText::own(format!("\n        {line}")));
    }
    if let Some(answer) = entry.answer() {
        for source in &answer.sources {
            let line = format!("[{}] {} § {}", source.number, source.document, source.heading);
            text.push(&SafeText::own(format!("\n        {}", SafeText::line(&line))));
        }
    }
    // Each answer names the guidance that it used; its own number leads to `centaur guidance show`.
    if let Some(named) = entry.answer().map(|answer| &answer.trace.guidance).filter(|named| !named.is_empty()) {
        let named: Vec<String> = named.iter().map(ToString::to_string).collect();
        text.push(&SafeText::own(format!("\n        used guidance {}", named.join(", "))));
    }
    for judged in entry.standing() {
        let failures: Vec<&str> = judged.judgement.failures.iter().map(|kind| kind.words()).collect();
        let line = format!(
            "judged {:?} by {}{}{}",
            judged.judgement.verdict,
            office.name_of(judged.reviewer),
            if failures.is_empty() { "" } else { ": " },
            failures.join(", ")
        );
        text.push(&SafeText::own(format!("\n        {}", SafeText::line(&line.to_lowercase()))));
    }
    text
}

/// What happened, in a few words.
#[must_use]
pub fn happened(entry: &Entry, office: &Office) -> SafeText {
    SafeText::line(&told(entry, office).0)
}

/// What happened in a few words, and the words that were said.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of entry, read as a table")]
fn told(entry: &Entry, office: &Office) -> (String, Option<String>) {
    let name = |holder: Holder| holder.teammate().map_or_else(|| "the queue".to_owned(), |id| office.name_of(id));
    let only = |what: &str| (what.to_owned(), None);
    match &entry.what {
        What::Opened { channel, topic, holder, .. } => {
            let about = topic.as_ref().map(|topic| format!(" about {topic}")).unwrap_or_default();
            (format!("came by {channel}{about}; {} answers", name(*holder)), None)
        }
        What::Customer { text, .. } => (String::new(), Some(text.clone())),
        What::Reply { text, send } => (sent(*send).to_owned(), Some(text.clone())),
        What::Answer { answer, send, approved, .. } => {
            let approved = match approved.and_then(Actor::teammate) {
                Some(who) => format!(", approved by {}", office.name_of(who)),
                None => String::new(),
            };
            (
                format!("AI{approved} · {} · grounded {:.2}", sent(*send), answer.grounding.share()),
                Some(answer.text.clone()),
            )
        }
        What::Notice { text, send } => (format!("notice · {}", sent(*send)), Some(text.clone())),
        What::Note { text } => ("note".to_owned(), Some(text.clone())),
        What::Whisper { text, applied } => {
            (if applied.is_some() { "whisper, applied" } else { "whisper" }.to_owned(), Some(text.clone()))
        }
        What::Brief { brief } => {
            let parts = brief.parts();
            let told: Vec<String> = parts
                .iter()
                .filter(|(_, text)| !text.trim().is_empty())
                .map(|(title, text)| format!("{title}: {text}"))
                .collect();
            ("brief".to_owned(), Some(told.join("\n")))
        }
        What::Holder { from, to, cause } => {
            let why = match cause {
                Cause::TookOver { reason: Some(reason) } => format!("took over: {reason}"),
                Cause::TookOver { reason: None } => "took over".to_owned(),
                Cause::HandedBack => "handed back".to_owned(),
                Cause::Assigned => "assigned".to_owned(),
                Cause::Escalated => "escalated".to_owned(),
                Cause::LeaseLapsed => "the holder was not seen".to_owned(),
                Cause::AiVanished => "the AI was not seen".to_owned(),
                Cause::ModeChanged => "the mode changed".to_owned(),
                Cause::Stopped => "the AI was stopped".to_owned(),
                Cause::Undone => "undone".to_owned(),
                Cause::Revoked => "the holder was revoked".to_owned(),
            };
            (format!("{} → {} ({why})", name(*from), name(*to)), None)
        }
        What::Turn { ended: true, .. } => only("began to answer"),
        What::Turn { shadow: true, .. } => only("is drafting in the shadow"),
        What::Turn { .. } => only("is writing…"),
        What::Draft { answer, ending, .. } => {
            let how = match ending.as_ref().map(|(ending, _)| ending) {
                None => "waits for a decision".to_owned(),
                Some(Ending::Approved) => "approved".to_owned(),
                Some(Ending::Edited) => "sent edited".to_owned(),
                Some(Ending::Rejected { reason }) => format!("rejected: {reason}"),
                Some(Ending::Expired) => "expired; nothing was sent".to_owned(),
                Some(Ending::Withdrawn { why }) => format!("withdrawn: {why}"),
            };
            (format!("draft, {how}"), Some(answer.text.clone()))
        }
        What::Tool { used } => tool::told(used, office),
        What::ToolDenied { tool, arguments, why } => (
            format!("may not use {}: {}", SafeText::line(tool), why.sentence()),
            Some(SafeText::evidence(arguments).to_string()),
        ),
        What::Shadow { answer } => ("would have said".to_owned(), Some(answer.text.clone())),
        What::Suppressed { text } => ("suppressed; never sent".to_owned(), Some(text.clone())),
        What::Abandoned { why, failed } => (format!("{}: {why}", if *failed { "failed" } else { "began anew" }), None),
        What::Escalation { reason, summary, .. } => {
            (format!("a human is wanted: {}", reason.words()), Some(summary.clone()))
        }
        What::Task { to, task, begun, ending, .. } => {
            let how = match (ending, begun) {
                (Some((ending, _)), _) => {
                    ending.why().map_or_else(|| ending.word().to_owned(), |why| format!("{}: {why}", ending.word()))
                }
                (None, true) => "under way".to_owned(),
                (None, false) => "waits".to_owned(),
            };
            let mut words = vec![task.goal.clone()];
            if let Some(work) = ending.as_ref().and_then(|(ending, _)| ending.work()) {
                words.extend([work.summary.clone()].into_iter().filter(|text| !text.is_empty()));
                words.extend(work.questions.iter().map(|question| format!("open: {question}")));
                words.extend(work.text().map(str::to_owned));
            }
            (format!("task for {}: {}, {how}", office.name_of(*to), task.kind.word()), Some(words.join("\n")))
        }
        What::Guarded { verdicts } => {
            let said: Vec<String> = verdicts.iter().map(|verdict| verdict.sentence().to_string()).collect();
            (format!("checks: {}", said.join("; ")), None)
        }
        What::Spending { level } => (level.sentence(), None),
        What::Mode { mode } => {
            (mode.map_or_else(|| "mode freed".to_owned(), |mode| format!("mode {}", mode.word())), None)
        }
        What::Pause { until: Some(_) } => only("paused the AI"),
        What::Pause { until: None } => only("the pause is over"),
        What::Tags { added, removed } => {
            let tags: Vec<String> =
                added.iter().map(|tag| format!("+{tag}")).chain(removed.iter().map(|tag| format!("-{tag}"))).collect();
            (format!("tags {}", tags.join(" ")), None)
        }
        What::Priority { priority } => (format!("priority {}", priority.word()), None),
        What::Snooze { until: Some(_) } => only("sleeps"),
        What::Snooze { until: None } => only("woke"),
        What::Resolved { confirmed: true } => only("resolved, by the customer's word"),
        What::Resolved { confirmed: false } => only("resolved"),
        What::Reopened => only("opened again"),
        What::Rated { score, comment } => (format!("rated {score} of 5"), comment.clone()),
        What::Erased => only("erased what was said before"),
        What::Undid { act } => (format!("undid {act}"), None),
    }
}

/// Where a message is on its way.
fn sent(send: Send) -> &'static str {
    match send.state {
        State::Pending => "queued",
        State::Claimed => "sending",
        State::Sent => "sent",
        State::Delivered => "delivered",
        State::Failed => "failed",
        State::Unknown => "fate unknown",
        State::Void => "never sent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ids::{EntryNo, PublicNo},
        signals::Signals,
        time::Timestamp,
    };

    #[test]
    fn what_a_customer_says_cannot_move_the_cursor() {
        let entry = Entry {
            n: EntryNo(2),
            at: Timestamp(0),
            by: Actor::Desk,
            what: What::Customer {
                text: "hi\u{1b}]0;x\u{7}\nthere\u{202e}".into(),
                signals: Signals::default(),
                public: PublicNo(1),
            },
            annotations: Vec::new(),
        };
        let said = lines(&entry, "Jana\u{1b}[2J", &Office::default(), &TimeZone::UTC);
        assert!(!said.as_str().contains(['\u{1b}', '\u{7}', '\u{202e}']), "{said:?}");
        assert!(said.as_str().starts_with("   2  1970-01-01 00:00  Jana"), "{said:?}");
        assert_eq!(said.lines().count(), 3);
    }
}
