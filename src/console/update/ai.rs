//! The AI screen: reading the evidence, moving in it, and taking the step that it proposes.

use super::Up;
use crate::console::{
    action::Action,
    effect::Effect,
    model::{AiRow, Choice, Layer, Pick, Picker, Screen, Severity, Value},
};
use crate::domain::{
    command::Command,
    evidence::{Proposal, Subject, WINDOW_DAYS},
    filter::written,
    ids::ConversationId,
    mode::Mode,
    refusal::Refusal,
};
use crate::protocol::{Answer, Page, Query};

impl Up<'_> {
    /// Shows the AI screen, and reads the evidence.
    pub(super) fn show_ai(&mut self) {
        self.show(Screen::Ai);
        self.ask_for_health();
        self.read_evidence();
        self.read_guidance();
    }

    /// Reads the evidence anew.
    pub(super) fn read_evidence(&mut self) {
        if self.m.ai.asked.is_none() {
            let asked = self.query(Query::Evidence { days: WINDOW_DAYS });
            (self.m.ai.asked, self.m.ai.refused) = (Some(asked), None);
        }
    }

    /// A page came, if one was asked for. Whether it is of this screen.
    pub(super) fn ai_page(&mut self, id: u32, page: &mut Option<Page>) -> bool {
        if self.m.ai.asked != Some(id) {
            return self.guidance_page(id, page);
        }
        self.m.ai.asked = None;
        match page.take() {
            Some(Page::Evidence { since, rows }) => {
                // The cursor stays on what it was on.
                let row = self.m.ai_row();
                (self.m.ai.evidence, self.m.ai.since) = (rows, since);
                self.m.ai.read_at = Some(self.m.now);
                let rows = self.m.ai_rows();
                self.m.ai.cursor = row.and_then(|row| rows.iter().position(|one| *one == row)).unwrap_or(0);
            }
            Some(Page::Refused { why }) => self.m.ai.refused = Some(self.sentence(&why)),
            _ => {}
        }
        true
    }

    /// Moves the cursor.
    pub(super) fn move_ai(&mut self, by: i64) {
        if self.move_guidance(by) {
            return;
        }
        let rows = self.m.ai_rows();
        let last = i64::try_from(rows.len()).unwrap_or(i64::MAX).saturating_sub(1).max(0);
        let to = i64::try_from(self.m.ai_at()).unwrap_or(0).saturating_add(by).clamp(0, last);
        self.m.ai.cursor = usize::try_from(to).unwrap_or(0);
        self.m.ai.on = rows.into_iter().nth(self.m.ai.cursor);
    }

    /// Does an action on the row under the cursor.
    pub(super) fn act_on_ai(&mut self, action: Action, argument: &str) {
        if self.act_on_guidance(action, argument) {
            return;
        }
        let Some(row) = self.m.ai_row() else { return };
        match (action, row) {
            (Action::Reorder, _) => {
                self.read_evidence();
                self.read_guidance();
            }
            (Action::Open, AiRow::Subject(subject)) => {
                let words = match subject {
                    Subject::Topic(Some(topic)) => format!("topic:{}", written(&topic)),
                    Subject::Topic(None) => String::new(),
                    Subject::Channel(channel) => format!("channel:{}", written(&channel)),
                };
                self.show(Screen::Floor);
                self.apply_filter(&words);
            }
            (Action::Open, AiRow::Task(conversation, _)) => self.visit(conversation),
            (Action::CancelTask, AiRow::Task(conversation, task)) => self.cancel_task(conversation, task),
            (Action::CancelTask, _) => self.say(Severity::Info, "only tasks are cancelled: move down to one"),
            (Action::Open, AiRow::Mate(ai)) => {
                let words = format!("holder:{}", written(&self.m.name_of(ai)));
                self.show(Screen::Floor);
                self.apply_filter(&words);
            }
            (Action::Open, AiRow::Desk | AiRow::Guidance(_)) => self.show(Screen::Floor),
            (Action::Step | Action::Mode, _) if !self.m.may_set_desk_mode() => {
                self.say(Severity::Info, "a lead sets how far the AI may go in a topic or on a channel");
            }
            (Action::Step, AiRow::Subject(subject)) => self.take_step(subject),
            (Action::Step, _) => self.say(Severity::Info, "a step is proposed for a topic or a channel; m sets a mode"),
            (Action::Mode, AiRow::Mate(_) | AiRow::Task(..) | AiRow::Guidance(_)) => {
                self.say(Severity::Info, "modes belong to the desk, to topics and channels: move down");
            }
            (Action::Mode, row) if argument.is_empty() => self.pick_desk_mode(&row),
            (Action::Mode, row) => match argument {
                "desk" | "free" => self.set_desk_mode(&row, None, ""),
                word => match word.parse::<Mode>() {
                    Ok(mode) => self.set_desk_mode(&row, Some(mode), ""),
                    Err(why) => self.say(Severity::Warn, why),
                },
            },
            _ => self.say(Severity::Info, "no conversation is selected here: Enter shows those of the row"),
        }
    }

    /// Takes the step that the evidence proposes.
    fn take_step(&mut self, subject: Subject) {
        if self.m.ai.read_at.is_none() {
            return self.say(Severity::Info, "the evidence is still being read; press again");
        }
        match self.m.proposal(&subject) {
            Proposal::Up { to, why } | Proposal::Down { to, why } => {
                self.set_desk_mode(&AiRow::Subject(subject), Some(to), &why);
            }
            Proposal::Stay { why } => self.say(Severity::Info, format!("no step is proposed: {why}")),
        }
    }

    fn pick_desk_mode(&mut self, row: &AiRow) {
        let (title, now) = match row {
            AiRow::Subject(subject) => (words_of(subject), self.m.mode_of(subject)),
            AiRow::Desk | AiRow::Mate(_) | AiRow::Task(..) | AiRow::Guidance(_) => {
                ("the desk".to_owned(), (self.m.office.policy.mode, true))
            }
        };
        let own = |mode: Mode| now == (mode, true);
        let one = |letter, title: &str, current, mode| Choice {
            letter: Some(letter),
            title: title.to_owned(),
            current,
            value: Value::Mode(mode),
        };
        let mut choices = vec![
            one('o', "off: the AI does nothing here", own(Mode::Off), Some(Mode::Off)),
            one('s', "shadow: it drafts beside people, unseen", own(Mode::Shadow), Some(Mode::Shadow)),
            one('d', "draft: a person approves each answer", own(Mode::Draft), Some(Mode::Draft)),
            one('a', "auto: its answers are sent", own(Mode::Auto), Some(Mode::Auto)),
        ];
        if let AiRow::Subject(_) = row {
            choices.push(one('i', "as the next wider setting says", !now.1, None));
        }
        self.m.layer = Layer::Pick(Picker {
            pick: Pick::DeskMode,
            conversation: ConversationId(0),
            title: format!("how far may the AI go: {title}?"),
            cursor: choices.iter().position(|choice| choice.current).unwrap_or(0),
            choices,
            input: None,
            typing: false,
            warning: None,
            many: false,
        });
    }

    /// A mode was chosen for the row under the cursor.
    pub(super) fn picked_desk_mode(&mut self, value: Option<Value>) {
        if let (Some(Value::Mode(mode)), Some(row)) = (value, self.m.ai_row()) {
            self.set_desk_mode(&row, mode, "");
        }
    }

    fn set_desk_mode(&mut self, row: &AiRow, mode: Option<Mode>, why: &str) {
        let (topic, channel, of) = match row {
            AiRow::Subject(Subject::Topic(Some(topic))) => (Some(topic.clone()), None, format!("topic {topic}")),
            AiRow::Subject(Subject::Channel(channel)) => (None, Some(channel.clone()), format!("channel {channel}")),
            AiRow::Subject(Subject::Topic(None))
            | AiRow::Desk
            | AiRow::Mate(_)
            | AiRow::Task(..)
            | AiRow::Guidance(_) => (None, None, "the desk".to_owned()),
        };
        let words = mode.map_or("as the next wider setting says", Mode::word);
        let done = format!("{of}: {words}. It stands in the log; m sets it again");
        let ticket = self.ticket();
        self.m.ai.setting.push((ticket, done));
        let command = Command::SetDeskMode { topic, channel, mode, why: why.to_owned() };
        self.effects.push(Effect::Ask { ticket, command: Box::new(command) });
        self.mind_the_line();
    }

    /// The server answered a setting, if it was one.
    pub(super) fn setting_answered(&mut self, ticket: u64, result: &Result<Answer, Refusal>) -> bool {
        let Some(at) = self.m.ai.setting.iter().position(|(one, _)| *one == ticket) else { return false };
        let (_, done) = self.m.ai.setting.remove(at);
        match result {
            Ok(_) => self.say(Severity::Done, done),
            Err(why) => {
                let said = self.sentence(why);
                self.say(Severity::Warn, said);
            }
        }
        true
    }
}

/// `topic refunds`
fn words_of(subject: &Subject) -> String {
    match subject {
        Subject::Topic(Some(topic)) => format!("topic {topic}"),
        Subject::Topic(None) => "without a topic".to_owned(),
        Subject::Channel(channel) => format!("channel {channel}"),
    }
}
