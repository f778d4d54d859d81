//! A tool call as people read it: what was asked for, what a person said to it, what became of it.

use crate::domain::{
    event::{Event, Recorded},
    teammate::Actor,
    text::SafeText,
    time::Timestamp,
    tool::{ASK_PERSON, Call, Fate, ToolEnding, WhyTool, money},
};
use serde::{Deserialize, Serialize};

/// The parts of a call that come from outside, as evidence.
struct SafeWords {
    tool: SafeText,
    arguments: SafeText,
    words: SafeText,
    digest: SafeText,
}

/// A tool call with its whole life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// What was asked for.
    pub call: Call,
    /// Why it needed a person, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<WhyTool>,
    /// When the wait for a person expires or would have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How the wait ended, and who ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<(ToolEnding, Actor)>,
    /// When it was last decided, or ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// When it began to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Timestamp>,
    /// What became of it, and what the tool said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ran: Option<(Fate, String)>,
}

impl Used {
    pub(super) fn allowed(call: &Call) -> Self {
        Self { call: call.clone(), why: None, expires_at: None, ending: None, at: None, began: None, ran: None }
    }

    pub(super) fn proposed(call: &Call, expires_at: Timestamp, why: WhyTool) -> Self {
        Self { why: Some(why), expires_at: Some(expires_at), ..Self::allowed(call) }
    }

    /// Folds what happened to this call in.
    pub(super) fn take(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::ToolEnded { ending, .. } => {
                self.ending = Some((ending.clone(), recorded.by));
                self.at = Some(recorded.at);
            }
            Event::ToolBegan { .. } => self.began = Some(recorded.at),
            Event::ToolRan { fate, result, .. } => {
                self.ran = Some((*fate, result.clone()));
                self.at = Some(recorded.at);
            }
            _ => {}
        }
    }

    /// Whether a person is to decide on it now.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.why.is_some() && self.ending.is_none()
    }

    /// The arguments that count: a person's, if one changed them.
    #[must_use]
    pub fn arguments(&self) -> &str {
        match &self.ending {
            Some((ToolEnding::Edited { arguments, .. }, _)) => arguments,
            _ => &self.call.arguments,
        }
    }

    /// Whether it is a question to a person, with nothing to run.
    #[must_use]
    pub fn is_question(&self) -> bool {
        self.call.tool == ASK_PERSON
    }

    /// The question, if it is one: the argument of that name, or all of them.
    #[must_use]
    pub fn question(&self) -> Option<String> {
        if !self.is_question() {
            return None;
        }
        let value: Option<serde_json::Value> = serde_json::from_str(&self.call.arguments).ok();
        let said = value.as_ref().and_then(|value| value.get("question")).and_then(serde_json::Value::as_str);
        Some(said.map_or_else(|| self.call.arguments.clone(), str::to_owned))
    }

    /// What a person must see before deciding, by name: evidence, in which every odd code point is visible.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, SafeText)> {
        let mut facts = Vec::new();
        let SafeWords { tool, arguments, words, digest } = self.words();
        facts.push(("tool", tool));
        // Before what an AI may write at length.
        let amount = match &self.ending {
            Some((ToolEnding::Edited { amount, .. }, _)) => *amount,
            _ => self.call.amount,
        };
        if let Some(amount) = amount {
            facts.push(("amount", SafeText::own(money(amount))));
        }
        match self.question() {
            Some(question) => facts.push(("asks", SafeText::evidence(&question))),
            None => facts.push(("with", arguments)),
        }
        if !self.call.words.is_empty() {
            facts.push(("said", words));
        }
        if let Some(why) = self.why {
            facts.push(("needs", SafeText::from_own(why.words())));
        }
        facts.push(("digest", digest));
        facts
    }

    fn words(&self) -> SafeWords {
        let digest = match &self.ending {
            Some((ToolEnding::Edited { digest, .. }, _)) => digest,
            _ => &self.call.digest,
        };
        let digest: String = digest.to_string().chars().take(16).collect();
        SafeWords {
            tool: SafeText::own(format!("{} ({})", SafeText::evidence(&self.call.tool), self.call.risk.words())),
            arguments: SafeText::evidence(self.arguments()),
            words: SafeText::evidence(&self.call.words),
            digest: SafeText::own(digest),
        }
    }

    /// How it stands, in a few words.
    #[must_use]
    pub fn state(&self) -> SafeText {
        let line = |words: &str| SafeText::line_within(words, 200);
        SafeText::own(match (&self.ran, &self.ending) {
            (Some((Fate::Done, _)), _) => "was done".to_owned(),
            (Some((Fate::Failed, _)), _) => "failed; nothing was done".to_owned(),
            (Some((Fate::Unknown, _)), _) => "may have been done or not: nobody can tell".to_owned(),
            (None, _) if self.began.is_some() => "runs".to_owned(),
            (None, None) if self.why.is_some() => "waits for a person".to_owned(),
            (None, None) => "is allowed".to_owned(),
            (None, Some((ending, _))) => match ending {
                ToolEnding::Approved => "approved; not begun yet".to_owned(),
                ToolEnding::Edited { .. } => "approved with other arguments; not begun yet".to_owned(),
                ToolEnding::Rejected { reason } => format!("rejected, never run: {}", line(reason)),
                ToolEnding::Answered { text } => format!("answered: {}", line(text)),
                ToolEnding::Expired => "expired, never run".to_owned(),
                ToolEnding::Withdrawn { why } => format!("withdrawn, never run: {}", line(why)),
            },
        })
    }

    /// Whether it may run and has not begun.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let allowed = match &self.ending {
            None => self.why.is_none(),
            Some((ending, _)) => matches!(ending, ToolEnding::Approved | ToolEnding::Edited { .. }),
        };
        allowed && self.began.is_none() && self.ran.is_none()
    }
}
