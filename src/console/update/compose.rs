//! Writing: opening the composer, keeping what is typed, sending it.

use super::Up;
use crate::console::{
    composer::Editor,
    model::{Act, Composer, DraftKey, Layer, Pane, Severity, Writing, sending::What},
};
use crate::domain::{
    annotation::{Judgement, Verdict},
    approval::Decision,
    brief::Brief,
    command::Command,
    ids::{ConversationId, EntryNo},
    text::SafeText,
    tool::{ToolDecision, canonical},
};

impl Up<'_> {
    /// Opens the composer with what was kept; with a text, that is sent at once.
    pub(super) fn write(&mut self, conversation: ConversationId, writing: Writing, text: &str) {
        if text.is_empty() {
            self.compose_with(conversation, writing, "");
            return;
        }
        let key = DraftKey { conversation, writing };
        let kept = self.m.drafts.get(&key).cloned();
        self.m.layer = Layer::Compose(Composer::new(key, Editor::many_lines(text)));
        self.send();
        // The text that was kept before is not the one that was sent.
        if let Some(kept) = kept {
            self.m.drafts.insert(key, kept);
            self.keep(key);
        }
    }

    /// Opens the composer with what was kept, or else with `text`.
    pub(super) fn compose_with(&mut self, conversation: ConversationId, writing: Writing, text: &str) {
        let key = DraftKey { conversation, writing };
        let text = self.m.drafts.get(&key).map_or(text, String::as_str);
        let mut editor =
            Editor::many_lines(if writing.fields().is_empty() { text } else { text.trim_end_matches('\n') });
        editor.to_empty_field(writing.fields());
        self.m.layer = Layer::Compose(Composer::new(key, editor));
        self.m.pane = Pane::Talk;
        self.m.pending_keys.clear();
    }

    /// Keeps what was typed.
    pub(super) fn composed(&mut self) {
        let Layer::Compose(composer) = &self.m.layer else { return };
        let key = composer.key;
        if composer.editor.is_blank() {
            self.m.drafts.remove(&key);
        } else {
            self.m.drafts.insert(key, composer.editor.text().to_owned());
        }
        self.keep(key);
        if key.writing == Writing::Reply {
            self.tell_typing(key.conversation);
        }
    }

    /// `$EDITOR` came back.
    pub(super) fn edited(&mut self, result: Result<Option<String>, String>) {
        match result {
            Ok(Some(text)) => {
                if let Layer::Compose(composer) = &mut self.m.layer {
                    composer.editor.replace(text.trim_end());
                    self.text_changed();
                }
            }
            Ok(None) => self.say(Severity::Info, "the editor gave nothing back; the text is as it was"),
            Err(why) => self.say(Severity::Bad, format!("the editor failed: {why}; the text is as it was")),
        }
    }

    pub(super) fn warn(&mut self, why: String) {
        if let Layer::Compose(composer) = &mut self.m.layer {
            composer.warning = Some(why);
        }
    }

    /// Sends what is in the composer, or says why not.
    pub(super) fn send(&mut self) {
        let Layer::Compose(composer) = &self.m.layer else { return };
        let key = composer.key;
        let asked = composer.asked;
        let text = composer.editor.text().trim().to_owned();
        if text.is_empty() {
            return self.warn("nothing is written yet".to_owned());
        }
        let most = self.m.inner.limits.text;
        if text.len() > most {
            return self.warn(format!("too long by {} bytes: {most} are allowed", text.len() - most));
        }
        let conversation = key.conversation;
        if self.asks_back(key.writing, asked, &text) {
            return;
        }
        match key.writing {
            Writing::Reply => {
                let Some(card) = self.m.card(conversation).cloned() else {
                    return self.warn(format!("#{conversation} is not here any more; the text is kept"));
                };
                if !self.m.me().is_some_and(|me| card.holder.is_human(me)) {
                    let why = if self.is_taking(&card) {
                        "the take-over is not confirmed yet; Enter again in a moment".to_owned()
                    } else {
                        let who = self.holder_name(card.holder);
                        format!("{who} holds it now; Esc keeps this text, t takes over")
                    };
                    return self.warn(why);
                }
                self.sent(key);
                let command = Command::Reply { conversation, term: card.term, text: text.clone() };
                self.send_text(What::Reply, command, text);
            }
            Writing::Note => {
                self.sent(key);
                self.send_text(What::Note, Command::Note { conversation, text: text.clone() }, text);
            }
            Writing::Whisper => {
                self.sent(key);
                self.send_text(What::Whisper, Command::Whisper { conversation, text: text.clone() }, text);
            }
            Writing::Correct(message) => self.send_correction(key, message, text),
            Writing::Brief => self.send_brief(key, &text),
            Writing::Task => self.send_task(key, &text),
            Writing::Guidance(_) => self.send_guidance(key, &text),
            Writing::Reject(draft) => {
                let command = Command::DecideDraft { conversation, draft, decision: Decision::Reject { reason: text } };
                self.m.layer = Layer::None;
                self.ask_with(command, Act::Decide, "rejected; the AI reads why".to_owned(), None, Some(key));
            }
            Writing::RejectTool(call) => self.decide_call(key, call, ToolDecision::Reject { reason: text }),
            Writing::EditTool(call) => self.decide_call(key, call, ToolDecision::Edit { arguments: text }),
            Writing::AnswerTool(call) => self.decide_call(key, call, ToolDecision::Answer { text }),
            Writing::Edit(draft) => {
                let command = Command::DecideDraft { conversation, draft, decision: Decision::Edit { text } };
                let done = format!("your text is on its way in #{conversation}");
                self.m.layer = Layer::None;
                self.ask_with(command, Act::Decide, done, None, Some(key));
            }
        }
    }

    /// Decides on a tool call in words that were written; what was read is what is decided on.
    fn decide_call(&mut self, key: DraftKey, call: EntryNo, decision: ToolDecision) {
        let conversation = key.conversation;
        let waits = self.m.card(conversation).and_then(|card| card.tool_waiting()).filter(|tool| tool.call == call);
        let Some(digest) = waits.map(|tool| tool.digest) else {
            return self.warn(format!("the call in #{conversation} waits no more; the text is kept"));
        };
        let done = match &decision {
            ToolDecision::Edit { arguments } => {
                match canonical(arguments) {
                    Err(why) => return self.warn(format!("these are no arguments: {why}")),
                    // What cannot be seen is not approved.
                    Ok((form, _)) if SafeText::evidence(&form).as_str() != form => {
                        return self.warn("something in them cannot be seen; write them anew, or reject".to_owned());
                    }
                    Ok(_) => {}
                }
                "approved with your arguments"
            }
            ToolDecision::Answer { .. } => "answered; the AI goes on",
            _ => "rejected; the AI reads why",
        };
        self.m.layer = Layer::None;
        let command = Command::DecideTool { conversation, call, digest, decision };
        self.ask_with(command, Act::Decide, done.to_owned(), None, Some(key));
    }

    /// The composer closes; the text is on its way and stays on disk until the server has it.
    fn sent(&mut self, key: DraftKey) {
        self.m.layer = Layer::None;
        self.m.drafts.remove(&key);
        if let Some(talk) = &mut self.m.talk
            && talk.conversation == key.conversation
        {
            talk.scroll = super::super::model::Scroll::default();
        }
    }

    fn send_correction(&mut self, key: DraftKey, message: EntryNo, text: String) {
        let standing = self.my_judgement(message);
        let judgement = Judgement {
            verdict: Verdict::Bad,
            failures: standing.as_ref().map(|one| one.failures.clone()).unwrap_or_default(),
            corrected: Some(text),
            note: standing.and_then(|one| one.note),
        };
        let command = Command::Annotate { conversation: key.conversation, message, judgement };
        self.m.layer = Layer::None;
        self.ask_with(command, Act::Annotate, "correction kept".to_owned(), Some("correction"), Some(key));
    }

    fn send_brief(&mut self, key: DraftKey, form: &str) {
        let conversation = key.conversation;
        let brief = Brief::from_form(form);
        if brief.is_empty() {
            return self
                .warn("say at least what was done, promised or is open, so that the AI can carry on".to_owned());
        }
        if matches!(&self.m.layer, Layer::Compose(composer) if composer.many) {
            return self.plan_hand_back(brief, key);
        }
        let Some(card) = self.m.card(conversation) else {
            return self.warn(format!("#{conversation} is not here any more; the text is kept"));
        };
        let command = Command::HandBack { conversation, term: card.term, to: None, brief };
        let ai = self.m.office.front_ai().map_or_else(|| "the AI".to_owned(), |ai| self.m.name_of(ai));
        self.m.layer = Layer::None;
        let done = format!("{ai} carries on in #{conversation} with your brief");
        self.ask_with(command, Act::HandBack, done, Some("hand-back"), Some(key));
    }
}
