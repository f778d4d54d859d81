//! What goes to the server and what comes of it. Acts are done when the server says so; texts are shown at once, marked
//! as queued, and kept until the server has them.

use super::Up;
use crate::console::{
    effect::Effect,
    model::{Act, DraftKey, Outgoing, OutgoingState, PendingAct, Screen, Severity, Undoable, Writing, sending::What},
};
use crate::domain::{card::Card, command::Command, ids::EntryNo, refusal::Refusal};
use crate::protocol::Answer;

/// Acts remembered for undoing.
const UNDOABLE: usize = 64;

impl Up<'_> {
    pub(super) fn ticket(&mut self) -> u64 {
        self.m.inner.ticket += 1;
        self.m.inner.ticket
    }

    /// Asks for an act that is shown as under way until the server answers.
    pub(super) fn ask(&mut self, command: Command, act: Act, done: String, undo: Option<&'static str>) {
        self.ask_with(command, act, done, undo, None);
    }

    /// The same, with a text that is kept until the server accepts.
    pub(super) fn ask_with(
        &mut self,
        command: Command,
        act: Act,
        done: String,
        undo: Option<&'static str>,
        draft: Option<DraftKey>,
    ) {
        // What is about the whole desk belongs to no conversation: no one has number 0.
        let conversation = command.conversation().unwrap_or_default();
        let ticket = self.ticket();
        self.m.acts.push(PendingAct { ticket, conversation, act, done, undo, draft, since: self.m.now });
        self.effects.push(Effect::Ask { ticket, command: Box::new(command) });
        self.mind_the_line();
        self.decided(conversation, Some(act));
    }

    /// Sends a text that is shown at once.
    pub(super) fn send_text(&mut self, what: What, command: Command, text: String) {
        let Some(conversation) = command.conversation() else { return };
        let ticket = self.ticket();
        let held = self.held_until(what, conversation);
        let state = held.map_or(OutgoingState::Queued, OutgoingState::Held);
        self.m.sending.push(Outgoing {
            ticket,
            conversation,
            what,
            text,
            state,
            command: command.clone(),
            at: self.m.now,
            by: self.m.me(),
        });
        if held.is_some() {
            // On disk before it goes, so that neither a crash nor leaving loses it.
            return self.keep(DraftKey { conversation, writing: Writing::Reply });
        }
        self.effects.push(Effect::Ask { ticket, command: Box::new(command) });
        self.mind_the_line();
        if what == What::Reply {
            self.decided(conversation, None);
        }
    }

    pub(super) fn mind_the_line(&mut self) {
        if !self.m.line.is_connected() {
            self.say(Severity::Warn, "not connected: it waits here and is sent when the line is back");
        }
    }

    pub(super) fn answered(&mut self, ticket: u64, result: Result<Answer, Refusal>) {
        if self.job_answered(ticket, &result) || self.setting_answered(ticket, &result) {
            return;
        }
        if let Some(at) = self.m.acts.iter().position(|act| act.ticket == ticket) {
            let act = self.m.acts.remove(at);
            let is_done = result.is_ok();
            match result {
                Ok(answer) => self.done(&act, answer),
                Err(why) => self.refused(&act, &why),
            }
            if self.m.inner.undo_next.take_if(|next| *next == ticket).is_some() && is_done {
                self.undo();
            }
            return;
        }
        let sentence = result.as_ref().err().map(|why| self.sentence(why));
        let Some(at) = self.m.sending.iter().position(|one| one.ticket == ticket) else { return };
        match (result, sentence) {
            (Ok(answer), _) => {
                self.m.sending[at].state = OutgoingState::Accepted(answer.n);
                let key = key_of(&self.m.sending[at]);
                self.keep(key);
                // Whoever went on to the next one does not see it arrive in the talk.
                let in_sight = self.m.talk.as_ref().is_some_and(|talk| talk.conversation == key.conversation);
                if key.writing == Writing::Reply && !in_sight {
                    self.say(Severity::Done, format!("your reply in #{} is on its way", key.conversation));
                }
                self.settle_sending();
            }
            (Err(_), sentence) => self.failed(at, sentence.unwrap_or_default()),
        }
    }

    fn failed(&mut self, at: usize, sentence: String) {
        let id = self.m.sending[at].conversation;
        self.say(Severity::Bad, format!("not sent in #{id}: {sentence}. The text is kept; r tries again"));
        self.m.sending[at].state = OutgoingState::Failed(sentence);
    }

    fn done(&mut self, act: &PendingAct, answer: Answer) {
        // What changed nothing cannot be undone.
        if let Some(word) = act.undo.filter(|_| answer.n > EntryNo(0)) {
            self.m.inner.acts.push(Undoable::One(act.conversation, answer.n, word));
            if self.m.inner.acts.len() > UNDOABLE {
                self.m.inner.acts.remove(0);
            }
        }
        if let Some(key) = act.draft {
            self.m.drafts.remove(&key);
            self.keep(key);
        }
        self.say(Severity::Done, act.done.clone());
        if act.act == Act::Guide && self.m.screen == Screen::Ai {
            self.read_guidance();
        }
        self.toured(act.act);
        if act.act == Act::TakeOver {
            self.m.inner.taken = Some((act.conversation, answer.seq));
            self.assist(act.conversation);
        }
    }

    /// Whether the take-over of a conversation is asked for, or done and not yet on its card.
    pub(super) fn is_taking(&self, card: &Card) -> bool {
        let asked = self.m.pending_act(card.id).is_some_and(|act| act.act == Act::TakeOver);
        asked || self.m.inner.taken.is_some_and(|(id, seq)| id == card.id && card.seq < seq)
    }

    fn refused(&mut self, act: &PendingAct, why: &Refusal) {
        let mut said = self.sentence(why);
        // The last act of one's own may have been anywhere.
        if act.act == Act::Undo {
            said = format!("#{}: {said}", act.conversation);
        }
        if act.draft.is_some() {
            said.push_str(". The text is kept");
        }
        self.say(Severity::Warn, said);
    }

    pub(super) fn sentence(&self, why: &Refusal) -> String {
        let office = &self.m.office;
        let said = why.sentence(&|id| office.name_of(id));
        // Here that is a word away.
        if *why == Refusal::Resolved { format!("{said} (:reopen)") } else { said }
    }

    pub(super) fn not_asked(&mut self, ticket: u64, why: &str) {
        if self.job_result(ticket, Err(why.to_owned())) {
            return;
        }
        if let Some(at) = self.m.acts.iter().position(|act| act.ticket == ticket) {
            let act = self.m.acts.remove(at);
            self.say(Severity::Bad, format!("not done in #{}: {why}", act.conversation));
        } else if let Some(at) = self.m.sending.iter().position(|one| one.ticket == ticket) {
            self.failed(at, why.to_owned());
        }
    }

    /// Takes away texts whose entries have come.
    pub(super) fn settle_sending(&mut self) {
        let talk = self.m.talk.as_ref().map(|talk| (talk.conversation, talk.thread.n));
        self.m.sending.retain(|one| match (&one.state, talk) {
            (OutgoingState::Accepted(n), Some((id, seen))) => one.conversation == id && seen < *n,
            (OutgoingState::Accepted(_), None) => false,
            _ => true,
        });
    }

    /// Tries the oldest text again that failed here. Whether there was one.
    pub(super) fn retry(&mut self, card: &Card) -> bool {
        let failed = |one: &Outgoing| one.conversation == card.id && matches!(one.state, OutgoingState::Failed(_));
        let Some(at) = self.m.sending.iter().position(failed) else { return false };
        let mine = self.m.me().is_some_and(|me| card.holder.is_human(me));
        if self.m.sending[at].what == What::Reply && !mine {
            // Another one answers now: the text goes back to where it can be edited.
            let one = self.m.sending.remove(at);
            let key = key_of(&one);
            let text = join(&one.text, self.m.drafts.get(&key));
            self.m.drafts.insert(key, text);
            self.keep(key);
            self.pick(crate::console::model::Pick::TakeOverFirst, card);
            return true;
        }
        let mut command = self.m.sending[at].command.clone();
        if let Command::Reply { term, .. } = &mut command {
            *term = card.term;
        }
        let ticket = self.ticket();
        let one = &mut self.m.sending[at];
        one.ticket = ticket;
        one.state = OutgoingState::Queued;
        one.command = command.clone();
        self.effects.push(Effect::Ask { ticket, command: Box::new(command) });
        self.mind_the_line();
        true
    }

    /// Keeps on disk what is unsent under a key: what is on its way, and what is being written.
    pub(super) fn keep(&mut self, key: DraftKey) {
        let mut texts: Vec<&str> = self
            .m
            .sending
            .iter()
            .filter(|one| key_of(one) == key && !matches!(one.state, OutgoingState::Accepted(_)))
            .map(|one| one.text.as_str())
            .collect();
        texts.extend(self.m.drafts.get(&key).map(String::as_str));
        let text = (!texts.is_empty()).then(|| texts.join("\n\n"));
        self.effects.push(Effect::Keep(key, text));
    }

    pub(super) fn restored(&mut self, drafts: Vec<(DraftKey, String)>) {
        let count = drafts.len();
        for (key, text) in drafts {
            self.m.drafts.entry(key).or_insert(text);
        }
        if count > 0 {
            let texts = if count == 1 { "1 unsent text was" } else { &format!("{count} unsent texts were") };
            self.say(Severity::Info, format!("{texts} kept from before"));
        }
    }
}

/// Under which key the text of one on its way is kept.
pub(super) fn key_of(one: &Outgoing) -> DraftKey {
    let writing = match one.what {
        What::Reply => Writing::Reply,
        What::Note => Writing::Note,
        What::Whisper => Writing::Whisper,
    };
    DraftKey { conversation: one.conversation, writing }
}

pub(super) fn join(first: &str, second: Option<&String>) -> String {
    match second {
        Some(second) if !second.trim().is_empty() => format!("{first}\n\n{second}"),
        _ => first.to_owned(),
    }
}
