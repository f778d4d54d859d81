//! Guidance: made from a fault with one key, written, tried on past talks, published, retired; all on the AI screen.

use super::Up;
use crate::console::{
    action::Action,
    effect::Effect,
    model::{
        Act, AiRow, DraftKey, Layer, Loading, Severity, Writing,
        guidance::{Opened, Over, Read, TALKS, Trying},
    },
};
use crate::domain::{
    command::Command,
    guidance::{Form, Guidance, GuidanceId, State, Which, titled},
    ids::{ConversationId, EntryNo},
};
use crate::protocol::{Page, Query, ToServer, guidance::Trial};

/// Pieces read for the list.
const PIECES: u32 = 200;
/// Uses read of a piece.
const USES: u32 = 50;

impl Up<'_> {
    /// Begins guidance from the selected AI message, which was judged bad.
    pub(super) fn guide(&mut self, conversation: ConversationId) {
        if !self.m.may_guide() {
            return self.say(Severity::Info, "your role may not write guidance; a reviewer may");
        }
        let talk = self.m.talk.as_ref().filter(|talk| talk.conversation == conversation);
        let Some(talk) = talk.filter(|talk| talk.loading == Loading::Here) else {
            return self.say(Severity::Info, "the conversation is being opened; look, then press again");
        };
        let focus = talk.focus().filter(|entry| entry.judged_text().is_some()).map(|entry| entry.n);
        let topic = self.m.card(conversation).and_then(|card| card.topic.clone());
        let form = focus.and_then(|n| Form::of_fault(&talk.thread, topic.as_deref(), Some(n)));
        let Some(form) = form else {
            let why = if focus.is_none() {
                "no message of the AI is selected here"
            } else {
                "guidance is made from a fault: judge this message bad first (-), or write what it should have said (c)"
            };
            return self.say(Severity::Info, why);
        };
        let message = form.from.map_or(EntryNo(0), |from| from.message);
        self.compose_with(conversation, Writing::Guidance(message), &form.write());
    }

    /// Enter in the form.
    pub(super) fn send_guidance(&mut self, key: DraftKey, text: &str) {
        let mut form = match Form::read(text) {
            Ok(form) => form,
            Err(why) => return self.warn(why),
        };
        if form.instruction.then.is_empty() {
            return self.warn("then: say what the AI is to do, as in say: …".to_owned());
        }
        if form.instruction.title.is_empty() {
            let it = &form.instruction;
            form.instruction.title = titled(if it.when.is_empty() { &it.then } else { &it.when });
        }
        let (guidance, what) = match form.which {
            Which::New => (None, "new guidance".to_owned()),
            Which::Of(id) => (Some(id), format!("a new version of guidance {id}")),
        };
        let done = format!("{what} is staged; on the AI screen (5) t tries it, P publishes it");
        let command = Command::WriteGuidance { guidance, instruction: Box::new(form.instruction), from: form.from };
        self.m.layer = Layer::None;
        self.ask_with(command, Act::Guide, done, None, Some(key));
    }

    /// Reads the list anew.
    pub(super) fn read_guidance(&mut self) {
        if self.m.ai.guiding.asked.is_none() {
            let asked = self.query(Query::Guidance { before: None, limit: PIECES });
            self.m.ai.guiding.asked = Some(asked);
        }
        if let Some(id) = self.m.ai.guiding.open.as_ref().map(|open| open.id) {
            self.read_piece(id);
        }
    }

    fn read_piece(&mut self, id: GuidanceId) {
        let asked = self.query(Query::GuidanceUses { guidance: id, before: None, limit: USES });
        if let Some(open) = self.m.ai.guiding.open.as_mut().filter(|open| open.id == id) {
            (open.asked, open.refused) = (Some(asked), None);
        }
    }

    /// A page came. Whether it is of guidance.
    pub(super) fn guidance_page(&mut self, id: u32, page: &mut Option<Page>) -> bool {
        if self.m.ai.guiding.asked == Some(id) {
            self.m.ai.guiding.asked = None;
            if let Some(Page::Guidance { rows, .. }) = page.take() {
                let row = self.m.ai_row();
                self.m.ai.guiding.pieces = rows;
                let rows = self.m.ai_rows();
                self.m.ai.cursor = row.and_then(|row| rows.iter().position(|one| *one == row)).unwrap_or(0);
            }
            return true;
        }
        let refused = match page {
            Some(Page::Refused { why }) => Some(self.sentence(why)),
            _ => None,
        };
        let Some(open) = self.m.ai.guiding.open.as_mut().filter(|open| open.asked == Some(id)) else { return false };
        open.asked = None;
        open.refused = refused;
        if let Some(Page::GuidanceUses { piece, versions, published, uses, earlier }) = page.take() {
            open.read = Some(Read { piece, versions, published, uses, earlier });
        }
        true
    }

    /// A trial tells what came of it.
    pub(super) fn tried(&mut self, id: u32, trial: Trial) {
        let open = self.m.ai.guiding.open.as_mut();
        let Some(trying) = open.and_then(|open| open.trial.as_mut()).filter(|trying| trying.id == id) else {
            self.changed = false;
            return;
        };
        match trial {
            Trial::Talk { talk } => trying.talks.push(*talk),
            Trial::Over { looked, .. } => trying.over = Some(Over::Done(looked)),
            Trial::Refused { why } => trying.over = Some(Over::Refused(why)),
        }
    }

    /// The line is cut, and with it whatever was being tried.
    pub(super) fn lose_trial(&mut self) {
        let open = self.m.ai.guiding.open.as_mut();
        if let Some(trying) = open.and_then(|open| open.trial.as_mut()).filter(|trying| trying.over.is_none()) {
            trying.over = Some(Over::Refused("the line was cut meanwhile; try it again".to_owned()));
        }
    }

    /// Does an action on a piece: the one that is open, or the one under the cursor. Whether it is one of these.
    pub(super) fn act_on_guidance(&mut self, action: Action, argument: &str) -> bool {
        if action == Action::Guide {
            self.write_guidance(None);
            return true;
        }
        let open = self.m.ai.guiding.open.as_ref();
        let of_row = match self.m.ai_row() {
            Some(AiRow::Guidance(id)) => Some(id),
            _ => None,
        };
        let Some(id) = open.map(|open| open.id).or(of_row) else {
            let acts = matches!(action, Action::TryGuidance | Action::PublishGuidance | Action::RetireGuidance);
            if acts {
                self.say(Severity::Info, "that is done to guidance: move down to a piece");
            }
            return acts;
        };
        if action != Action::RetireGuidance {
            self.m.ai.guiding.retiring = None;
        }
        match action {
            Action::Open if open.is_none() => {
                self.m.ai.guiding.open = Some(Opened::new(id));
                self.read_piece(id);
            }
            Action::Open => {
                let place = open.and_then(Opened::place).map(|place| place.conversation());
                match place {
                    Some(conversation) => self.visit(conversation),
                    None => self.say(Severity::Info, "no answer has used it yet; t tries it on past talks"),
                }
            }
            Action::Edit => self.write_guidance(Some(id)),
            Action::TryGuidance => self.try_guidance(id, argument),
            Action::PublishGuidance => self.publish_guidance(id),
            Action::RetireGuidance => self.retire_guidance(id),
            Action::Reorder => self.read_guidance(),
            _ if open.is_some() => self.say(Severity::Info, "Esc goes back to the AI screen"),
            _ => return false,
        }
        true
    }

    /// Opens the form of a new piece, or of another version of one.
    fn write_guidance(&mut self, of: Option<GuidanceId>) {
        if !self.m.may_guide() {
            return self.say(Severity::Info, "your role may not write guidance; a reviewer may");
        }
        let (number, form) = match of {
            None => (0, Form::default()),
            Some(id) => {
                let Some(newest) = self.m.office.guidance(id).and_then(Guidance::newest) else {
                    return self.say(Severity::Info, format!("guidance {id} is retired; I writes a new piece"));
                };
                let instruction = newest.instruction.clone();
                (id.0, Form { which: Which::Of(id), instruction, from: newest.from })
            }
        };
        // No conversation has number 0: the text is kept by the number of the piece.
        self.compose_with(ConversationId(0), Writing::Guidance(EntryNo(number)), &form.write());
    }

    fn try_guidance(&mut self, id: GuidanceId, argument: &str) {
        if !self.m.may_guide() {
            return self.say(Severity::Info, "your role may not try guidance; a reviewer may");
        }
        if self.m.office.guidance(id).is_none() {
            return self.say(Severity::Info, format!("guidance {id} is retired: there is nothing to try"));
        }
        if !self.m.line.is_connected() {
            return self.say(Severity::Warn, "not connected: a trial takes a line; press again when it is back");
        }
        let talks = match argument {
            "" => TALKS,
            said => match said.parse::<u8>() {
                Ok(talks) if (1..=crate::protocol::guidance::TALKS).contains(&talks) => talks,
                _ => return self.say(Severity::Warn, format!("`{said}` is not 1 to 20 talks")),
            },
        };
        if self.m.ai.guiding.open.as_ref().is_none_or(|open| open.id != id) {
            self.m.ai.guiding.open = Some(Opened::new(id));
            self.read_piece(id);
        }
        self.m.inner.query = self.m.inner.query.wrapping_add(1);
        let number = self.m.inner.query;
        if let Some(open) = &mut self.m.ai.guiding.open {
            open.cursor = 0;
            open.trial = Some(Trying { id: number, since: self.m.now, talks: Vec::new(), over: None });
        }
        let frame = ToServer::Try { id: number, guidance: id, talks, ai: None };
        self.effects.push(Effect::Tell(Box::new(frame)));
    }

    fn publish_guidance(&mut self, id: GuidanceId) {
        if !self.m.may_publish() {
            return self.say(Severity::Info, "a lead publishes guidance");
        }
        match self.m.office.guidance(id).and_then(|piece| piece.staged.as_ref()) {
            None => self.say(Severity::Info, format!("nothing of guidance {id} is staged; e writes a new version")),
            Some(staged) => {
                let version = staged.version;
                let done = format!("guidance {id} v{version} is published: every AI follows it from now on");
                self.ask(Command::PublishGuidance { guidance: id, version }, Act::Guide, done, None);
            }
        }
    }

    /// What is retired does not come back: the key is pressed twice.
    fn retire_guidance(&mut self, id: GuidanceId) {
        let Some((state, ..)) = self.m.guidance_now(id).filter(|(state, ..)| *state != State::Retired) else {
            return self.say(Severity::Info, format!("guidance {id} is retired already"));
        };
        if !self.m.may_publish() && (state != State::Staged || !self.m.may_guide()) {
            return self.say(Severity::Info, "a lead retires guidance that is in use");
        }
        if self.m.ai.guiding.retiring != Some(id) {
            self.m.ai.guiding.retiring = Some(id);
            return self.say(Severity::Warn, format!("the same key again retires guidance {id} for good"));
        }
        self.m.ai.guiding.retiring = None;
        let done = format!("guidance {id} is retired: no AI follows it");
        self.ask(Command::RetireGuidance { guidance: id, why: String::new() }, Act::Guide, done, None);
    }

    /// Moves in an open piece. Whether one is open.
    pub(super) fn move_guidance(&mut self, by: i64) -> bool {
        let Some(open) = &mut self.m.ai.guiding.open else { return false };
        let last = i64::try_from(open.places().count()).unwrap_or(i64::MAX).saturating_sub(1).max(0);
        let to = i64::try_from(open.cursor).unwrap_or(0).saturating_add(by).clamp(0, last);
        open.cursor = usize::try_from(to).unwrap_or(0);
        true
    }
}
