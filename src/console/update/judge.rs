//! Judging AI messages: the selected one, or else the newest.

use super::Up;
use crate::console::model::{Act, Loading, Pick, Severity, Writing};
use crate::domain::{
    annotation::{Failure, Judgement, Verdict},
    command::Command,
    ids::{ConversationId, EntryNo},
};

impl Up<'_> {
    /// The AI message that judging is about now; says why if there is none.
    fn judged(&mut self, conversation: ConversationId) -> Option<EntryNo> {
        let talk = self.m.talk.as_ref().filter(|talk| talk.conversation == conversation);
        let (found, why) = match talk {
            Some(talk) if talk.loading == Loading::Here => {
                let found = talk.focus().filter(|entry| entry.judged_text().is_some()).map(|entry| entry.n);
                let why = if talk.selected.is_some() {
                    "the selected entry is not a message of the AI"
                } else {
                    "the AI has said nothing here yet"
                };
                (found, why)
            }
            _ => (None, "the conversation is being opened; look, then press again"),
        };
        if found.is_none() {
            self.say(Severity::Info, why);
        }
        found
    }

    pub(super) fn judge(&mut self, conversation: ConversationId, verdict: Verdict, note: &str) {
        let Some(message) = self.judged(conversation) else { return };
        if verdict == Verdict::Bad && note.is_empty() {
            if let Some(card) = self.m.card(conversation).cloned() {
                self.pick(Pick::Failure(message), &card);
            }
            return;
        }
        let note = (!note.is_empty()).then(|| note.to_owned());
        self.annotate(conversation, message, Judgement { verdict, failures: Vec::new(), corrected: None, note });
    }

    pub(super) fn judge_bad(&mut self, conversation: ConversationId, message: EntryNo, failure: Option<Failure>) {
        let corrected = self.my_judgement(message).and_then(|one| one.corrected);
        let failures = failure.into_iter().collect();
        self.annotate(conversation, message, Judgement { verdict: Verdict::Bad, failures, corrected, note: None });
    }

    fn annotate(&mut self, conversation: ConversationId, message: EntryNo, judgement: Judgement) {
        let word = match judgement.verdict {
            Verdict::Good => "good",
            Verdict::Bad => "bad",
            Verdict::Unsure => "unsure",
        };
        let kinds: Vec<_> = judgement.failures.iter().map(|failure| failure.words()).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
        let done = format!("judged {word}{kinds}");
        self.ask(Command::Annotate { conversation, message, judgement }, Act::Annotate, done, Some("judgement"));
    }

    pub(super) fn correct(&mut self, conversation: ConversationId) {
        let Some(message) = self.judged(conversation) else { return };
        let begun = self.my_judgement(message).and_then(|one| one.corrected);
        let said = || {
            let talk = self.m.talk.as_ref()?;
            talk.thread.entry(message)?.judged_text().map(str::to_owned)
        };
        let text = begun.or_else(said).unwrap_or_default();
        self.compose_with(conversation, Writing::Correct(message), &text);
    }

    /// One's own judgement of a message that stands.
    pub(super) fn my_judgement(&self, message: EntryNo) -> Option<Judgement> {
        let me = self.m.me()?;
        let entry = self.m.talk.as_ref()?.thread.entry(message)?;
        entry.standing().filter(|one| one.reviewer == me).last().map(|one| one.judgement.clone())
    }
}
