//! Acts on the selected conversation: each rung of the ladder, by key or by word.

use super::Up;
use crate::console::{
    action::Action,
    effect::Effect,
    model::{Act, InspectorWish, Loading, Pane, Pick, Screen, Severity, Undoable, Writing},
};
use crate::domain::{
    annotation::Verdict,
    approval::Decision,
    card::{Card, Priority},
    command::Command,
    holder::Holder,
    ids::ConversationId,
    mode::Mode,
    teammate::Right,
    time::Span,
    tool::ToolDecision,
};

impl Up<'_> {
    /// Does what an action says. What needs a conversation opens the selected one first.
    pub(super) fn act(&mut self, action: Action, argument: &str) {
        let argument = argument.trim();
        match action {
            Action::Open if !argument.is_empty() => {
                return match argument.parse::<ConversationId>() {
                    Ok(id) => self.visit(id),
                    Err(why) => self.say(Severity::Warn, why),
                };
            }
            Action::Open if self.m.screen == Screen::Log => return self.open_log(),
            Action::Ai => return self.show_ai(),
            Action::Open if !matches!(self.m.screen, Screen::Floor | Screen::Ai) => {
                if let Some(id) = self.m.selected() {
                    self.visit(id);
                }
                return;
            }
            Action::Open if self.m.screen == Screen::Floor => {
                self.open_selected();
                if self.m.selected().is_some() {
                    self.m.pane = Pane::Talk;
                }
                return;
            }
            Action::Floor => return self.show(Screen::Floor),
            Action::NeedsYou => return self.show(Screen::NeedsYou),
            Action::Log => return self.show_log(),
            Action::Search => return self.search(argument),
            Action::StepBack => return self.step_in_time(false),
            Action::StepOn => return self.step_in_time(true),
            Action::Reorder if self.m.screen == Screen::Log => return self.read_log(),
            Action::Wall if self.m.screen == Screen::Wall => return self.show(Screen::Floor),
            Action::Wall => return self.show(Screen::Wall),
            Action::Pin => return self.pin(),
            Action::MoreTiles => return self.resize_wall(true),
            Action::FewerTiles => return self.resize_wall(false),
            Action::NextTile => return self.move_wall(1, 0),
            Action::PreviousTile => return self.move_wall(-1, 0),
            Action::NextNeeds => return self.next_needs(),
            Action::Reorder if self.m.screen != Screen::Ai => {
                self.m.floor.release();
                self.m.inner.release_at = None;
                return;
            }
            Action::Inspect if self.m.screen == Screen::Wall => {
                // There is no room for it there: the floor shows it.
                self.m.inspector = InspectorWish::Shown;
                if let Some(id) = self.m.selected() {
                    self.visit(id);
                }
                return;
            }
            Action::Inspect => {
                let shown = self.m.measured.inspector || self.m.inspector == InspectorWish::Shown;
                self.m.inspector = if shown { InspectorWish::Hidden } else { InspectorWish::Shown };
                if shown && self.m.pane == Pane::Inspector {
                    self.m.pane = Pane::List;
                }
                return;
            }
            Action::Stop => return self.stop(),
            Action::Undo => return self.undo(),
            _ => {}
        }
        if self.m.screen == Screen::Ai {
            return self.act_on_ai(action, argument);
        }
        if self.m.screen == Screen::Log {
            return self.say(Severity::Info, "this is the past: Enter shows the talk, where one can act");
        }
        if self.act_on_marked(action, argument) {
            return;
        }
        let Some(id) = self.m.selected() else {
            return self.say(Severity::Info, "no conversation is selected");
        };
        self.open_selected();
        let Some(card) = self.m.card(id).cloned() else {
            return self.say(Severity::Info, format!("#{id} is still being opened; press again"));
        };
        self.act_on(action, argument, &card);
    }

    fn act_on(&mut self, action: Action, argument: &str, card: &Card) {
        let conversation = card.id;
        match action {
            Action::Guide => self.guide(conversation),
            Action::TakeOver => self.take_over(card),
            Action::HandBack => self.hand_back(card),
            Action::Reply => self.reply(card, argument),
            Action::Note => self.write(conversation, Writing::Note, argument),
            Action::Whisper => self.write(conversation, Writing::Whisper, argument),
            Action::Good => self.judge(conversation, Verdict::Good, argument),
            Action::Bad => self.judge(conversation, Verdict::Bad, argument),
            Action::Unsure => self.judge(conversation, Verdict::Unsure, argument),
            Action::Correct => self.correct(conversation),
            Action::Approve if card.draft.is_none() && self.see_result(card) => {}
            Action::Edit if card.draft.is_none() && self.reply_with_draft(card) => {}
            Action::Approve | Action::Edit | Action::Reject => self.decide_draft(action, argument, card),
            Action::Task => self.task(card, argument),
            Action::Mode => match argument {
                "" => self.pick(Pick::Mode, card),
                "desk" => self.set_mode(conversation, None),
                word => match word.parse::<Mode>() {
                    Ok(mode) => self.set_mode(conversation, Some(mode)),
                    Err(why) => self.say(Severity::Warn, why),
                },
            },
            Action::Pause => self.by_word(argument, Pick::Pause, card),
            Action::Snooze => self.by_word(argument, Pick::Snooze, card),
            Action::Tag => self.by_word(argument, Pick::Tag, card),
            Action::Assign => self.by_word(argument, Pick::Assign, card),
            Action::Priority => match argument {
                "" => self.pick(Pick::Priority, card),
                word => match word.parse::<Priority>() {
                    Ok(priority) => self.set_priority(conversation, priority),
                    Err(why) => self.say(Severity::Warn, why),
                },
            },
            Action::Resolve if card.status.is_resolved() => {
                self.say(Severity::Info, format!("#{conversation} is resolved already; :reopen opens it again"));
            }
            Action::Resolve => {
                let done = format!("#{conversation} is resolved");
                self.ask(Command::Resolve { conversation }, Act::Resolve, done, Some("resolve"));
            }
            Action::Reopen => {
                let done = format!("#{conversation} is open again");
                self.ask(Command::Reopen { conversation }, Act::Reopen, done, Some("reopen"));
            }
            _ => {}
        }
    }

    fn by_word(&mut self, argument: &str, pick: Pick, card: &Card) {
        if argument.is_empty() {
            self.pick(pick, card);
        } else if let Err(why) = self.take_typed(pick, card, argument) {
            self.say(Severity::Warn, why);
        }
    }

    /// Takes over at once from an AI or the queue. A person is not talked over by one key: a lead is asked first.
    pub(super) fn take_over(&mut self, card: &Card) {
        let leads = self.m.you.as_ref().is_some_and(|me| me.role.may(Right::MoveOthers));
        match card.holder {
            Holder::Human(other) if leads && self.m.me() != Some(other) => self.pick(Pick::TakeFromPerson, card),
            _ => self.take_over_now(card),
        }
    }

    pub(super) fn take_over_now(&mut self, card: &Card) {
        let conversation = card.id;
        if self.m.me().is_some_and(|me| card.holder.is_human(me)) {
            return self.say(Severity::Info, format!("you hold #{conversation} already; r replies, b hands back"));
        }
        if self.is_taking(card) {
            return;
        }
        let command = Command::TakeOver { conversation, term: card.term, reason: None };
        let done = match card.holder {
            Holder::Ai(ai) => {
                format!("you hold #{conversation}: nothing new of {} reaches the customer", self.m.name_of(ai))
            }
            Holder::Human(_) | Holder::Queue => format!("you hold #{conversation}"),
        };
        self.ask(command, Act::TakeOver, done, Some("take-over"));
    }

    fn hand_back(&mut self, card: &Card) {
        if !self.m.me().is_some_and(|me| card.holder.is_human(me)) {
            let who = self.holder_name(card.holder);
            return self
                .say(Severity::Warn, format!("{who} holds #{}, not you; only who holds it hands it back", card.id));
        }
        self.compose_brief(card.id);
    }

    fn reply(&mut self, card: &Card, argument: &str) {
        if self.retry(card) {
            return;
        }
        let mine = self.m.me().is_some_and(|me| card.holder.is_human(me));
        if mine || self.is_taking(card) {
            self.write(card.id, Writing::Reply, argument);
        } else {
            self.pick(Pick::TakeOverFirst, card);
        }
    }

    fn decide_draft(&mut self, action: Action, argument: &str, card: &Card) {
        let conversation = card.id;
        if card.draft.is_none() && card.tool_waiting().is_some() {
            return self.decide_tool(action, argument, card);
        }
        let Some(waits) = card.draft.get() else {
            return self.say(Severity::Info, format!("no draft and no tool call waits in #{conversation}"));
        };
        // What was not seen is not approved.
        let Some(text) = self.loaded_draft(conversation, waits.draft) else {
            return self.say(Severity::Info, "the draft is being loaded; read it, then press again");
        };
        match action {
            Action::Approve if self.came_just_now(conversation) => {
                self.say(Severity::Info, "this card came just now: read it, then press again");
            }
            Action::Approve => {
                let command = Command::DecideDraft { conversation, draft: waits.draft, decision: Decision::Approve };
                self.ask(command, Act::Decide, format!("approved: the draft in #{conversation} is on its way"), None);
            }
            Action::Edit => self.compose_with(conversation, Writing::Edit(waits.draft), &text),
            _ => self.write(conversation, Writing::Reject(waits.draft), argument),
        }
    }

    /// Decides on the tool call that waits. What was not seen is not approved.
    fn decide_tool(&mut self, action: Action, argument: &str, card: &Card) {
        let conversation = card.id;
        let Some(waits) = card.tool_waiting().cloned() else { return };
        let talk = self.m.talk.as_ref().filter(|talk| talk.conversation == conversation);
        let talk = talk.filter(|talk| talk.loading == Loading::Here);
        let seen = talk
            .and_then(super::super::model::Talk::waiting_call)
            .filter(|(entry, used)| entry.n == waits.call && used.call.digest == waits.digest);
        let Some((question, arguments)) = seen.map(|(_, used)| (used.is_question(), used.call.arguments.clone()))
        else {
            return self.say(Severity::Info, "the call is being loaded; read it, then press again");
        };
        match action {
            Action::Approve if self.came_just_now(conversation) => {
                self.say(Severity::Info, "this card came just now: read it, then press again");
            }
            Action::Approve | Action::Edit if question => {
                self.write(conversation, Writing::AnswerTool(waits.call), argument);
            }
            Action::Approve if let Some(why) = self.unread(card) => self.say(Severity::Info, why),
            Action::Approve => {
                let decision = ToolDecision::Approve;
                let command = Command::DecideTool { conversation, call: waits.call, digest: waits.digest, decision };
                self.ask(
                    command,
                    Act::Decide,
                    format!("approved in #{conversation}: it is run, and the AI goes on with what comes"),
                    None,
                );
            }
            Action::Edit => self.compose_with(conversation, Writing::EditTool(waits.call), &arguments),
            _ => self.write(conversation, Writing::RejectTool(waits.call), argument),
        }
    }

    fn loaded_draft(&self, id: ConversationId, draft: crate::domain::ids::EntryNo) -> Option<String> {
        let talk = self.m.talk.as_ref().filter(|talk| talk.conversation == id && talk.loading == Loading::Here)?;
        talk.thread.entry(draft)?.answer().map(|answer| answer.text.clone())
    }

    pub(super) fn set_mode(&mut self, conversation: ConversationId, mode: Option<Mode>) {
        let done = match mode {
            Some(mode) => format!("the mode of #{conversation} is {}", mode.word()),
            None => format!("the mode of #{conversation} is the desk's again"),
        };
        self.ask(Command::SetMode { conversation, mode }, Act::Mode, done, Some("mode"));
    }

    pub(super) fn pause_for(&mut self, conversation: ConversationId, span: Option<Span>) {
        let done = match span {
            Some(span) => format!("the AI pauses in #{conversation} for {}", span.short()),
            None => format!("the pause in #{conversation} is over"),
        };
        self.ask(Command::Pause { conversation, span }, Act::Pause, done, Some("pause"));
    }

    pub(super) fn set_priority(&mut self, conversation: ConversationId, priority: Priority) {
        let done = format!("the priority of #{conversation} is {}", priority.word());
        self.ask(Command::SetPriority { conversation, priority }, Act::Priority, done, Some("priority"));
    }

    pub(super) fn assign(&mut self, card: &Card, to: Holder) {
        let done = format!("{} holds #{}", self.holder_name(to), card.id);
        let command = Command::Assign { conversation: card.id, term: card.term, to };
        self.ask(command, Act::Assign, done, Some("assignment"));
    }

    pub(super) fn snooze(&mut self, conversation: ConversationId, until: Option<crate::domain::time::Timestamp>) {
        let done = match until {
            Some(until) => format!("#{conversation} sleeps for {}", until.since(self.m.now).short()),
            None => format!("#{conversation} is awake"),
        };
        self.ask(Command::Snooze { conversation, until }, Act::Snooze, done, Some("snooze"));
    }

    pub(super) fn tag(&mut self, conversation: ConversationId, add: Vec<String>, remove: Vec<String>) {
        let said: Vec<String> =
            add.iter().map(|tag| format!("+{tag}")).chain(remove.iter().map(|tag| format!("−{tag}"))).collect();
        let done = format!("#{conversation} {}", said.join(" "));
        self.ask(Command::Tag { conversation, add, remove }, Act::Tag, done, Some("tags"));
    }

    /// Undoes one's own last act, wherever it was; without one, the last of the selected conversation.
    pub(super) fn undo(&mut self) {
        // What is still on its way is the last act: it is undone when it is done, not the one before it.
        if let Some(act) = self.m.acts.iter().rfind(|act| act.undo.is_some()) {
            self.m.inner.undo_next = Some(act.ticket);
            return self.say(Severity::Info, "your last act is on its way; it is undone as soon as it is done");
        }
        let (conversation, act, done) = match self.m.inner.acts.pop() {
            Some(Undoable::Many(acts, what)) => return self.undo_many(acts, what),
            Some(Undoable::One(id, act, what)) => (id, Some(act), format!("undid: {what} of #{id}")),
            None => match self.m.selected() {
                Some(id) => (id, None, format!("undid your last act in #{id}")),
                None => return self.say(Severity::Info, "there is nothing to undo"),
            },
        };
        self.ask(Command::Undo { conversation, act }, Act::Undo, done, None);
    }

    pub(super) fn holder_name(&self, holder: Holder) -> String {
        match holder {
            Holder::Queue => "the queue".to_owned(),
            Holder::Human(id) if self.m.me() == Some(id) => "you".to_owned(),
            Holder::Ai(id) | Holder::Human(id) => self.m.name_of(id),
        }
    }

    /// Tells the other side that one types, now and then.
    pub(super) fn tell_typing(&mut self, conversation: ConversationId) {
        if self.m.line.is_connected() && self.m.now.since(self.m.inner.typed_at) >= Span::seconds(3) {
            self.m.inner.typed_at = self.m.now;
            self.effects.push(Effect::Tell(Box::new(crate::protocol::ToServer::Typing { conversation })));
        }
    }
}
