//! What can be done here and now, most useful first: the line under the talk.

use super::{AiRow, Composer, Layer, Loading, Model, OutgoingState, Screen, Writing, many::Stage};
use crate::console::action::{Action, Scope};
use crate::domain::{attention::result_for, holder::Holder, ids::ConversationId, teammate::Right};

/// One hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The action.
    pub action: Action,
    /// Its keys, as `t` or `g g`.
    pub keys: String,
    /// Two or three words.
    pub title: &'static str,
}

impl Model {
    /// What can be done here and now, most useful first. The view shows as many as fit.
    #[must_use]
    pub fn hints(&self) -> Vec<Hint> {
        let (scopes, actions): (&[Scope], Vec<Action>) = match &self.layer {
            Layer::Compose(composer) if composer.choosing.is_some() => {
                (&[Scope::Picker], vec![Action::Choose, Action::Back])
            }
            Layer::Compose(composer) => (&[Scope::Composer, Scope::Text], self.while_writing(composer)),
            Layer::Pick(picker) if picker.input.is_none() => (&[Scope::Picker], vec![Action::Choose, Action::Back]),
            Layer::Pick(_) => (&[Scope::Picker], vec![Action::Choose, Action::SwitchInput, Action::Back]),
            Layer::Palette(_) => (&[Scope::Palette], vec![Action::Choose, Action::Complete, Action::Back]),
            Layer::Filter(_) => (&[Scope::Filter], vec![Action::Choose, Action::Back]),
            Layer::Job(_) => (&[Scope::Job], vec![Action::Choose, Action::Back]),
            Layer::Help(_) | Layer::Sheet(_) => (&[Scope::Help], vec![Action::Down, Action::Up, Action::Back]),
            Layer::None if self.screen == Screen::Log => {
                let acts = if self.replay.is_some() {
                    vec![Action::StepBack, Action::StepOn, Action::Open, Action::Back, Action::Help]
                } else {
                    vec![Action::Open, Action::Filter, Action::Search, Action::Reorder, Action::Back, Action::Help]
                };
                (&[Scope::Floor], acts)
            }
            Layer::None if self.screen == Screen::Ai => {
                let mut acts = vec![Action::Open, Action::Reorder, Action::Back, Action::Help];
                if self.ai.guiding.open.is_some() || matches!(self.ai_row(), Some(AiRow::Guidance(_))) {
                    acts.splice(0..0, self.acts_on_guidance());
                } else if self.may_set_desk_mode() {
                    acts.splice(0..0, [Action::Step, Action::Mode]);
                }
                if matches!(self.ai_row(), Some(AiRow::Task(..))) {
                    acts.insert(0, Action::CancelTask);
                }
                (&[Scope::Ai, Scope::Floor], acts)
            }
            Layer::None if !self.many.marked.is_empty() => (&[Scope::Floor], self.acts_on_marked()),
            Layer::None if self.screen == Screen::Wall => {
                let mut acts = self.acts_here();
                acts.retain(|action| !matches!(action, Action::Note | Action::Mode | Action::Filter));
                acts.splice(0..0, [Action::NextTile, Action::MoreTiles, Action::Pin]);
                (&[Scope::Wall, Scope::Floor], acts)
            }
            Layer::None if self.screen == Screen::NeedsYou => (&[Scope::Needs, Scope::Floor], self.acts_here()),
            Layer::None => (&[Scope::Floor], self.acts_here()),
        };
        actions
            .into_iter()
            .filter_map(|action| {
                // An act without a key is named by its word.
                let by_word = || if action.is_act() { action.entry().written() } else { None };
                let keys = scopes.iter().find_map(|scope| self.key_for(*scope, action)).or_else(by_word)?;
                let title = match (&self.layer, action) {
                    (Layer::Compose(composer), Action::Send) => composer.key.writing.enter(),
                    (Layer::Job(_), Action::Choose) => match self.many.job.as_ref() {
                        Some(job) if job.stage == Stage::Planned => "do it",
                        Some(job) if !job.failed.is_empty() => "try again",
                        _ => "close",
                    },
                    (Layer::None, Action::Open) if self.replay.is_some() => "the talk as it is now",
                    (Layer::None, Action::Open) if self.screen == Screen::Log => "the talk at that moment",
                    (Layer::None, Action::Open)
                        if self.screen == Screen::Ai && matches!(self.ai_row(), Some(AiRow::Task(..))) =>
                    {
                        "the talk"
                    }
                    (Layer::None, Action::Open) if self.screen == Screen::Ai && self.ai.guiding.open.is_some() => {
                        "the talk"
                    }
                    (Layer::None, Action::Open)
                        if self.screen == Screen::Ai && matches!(self.ai_row(), Some(AiRow::Guidance(_))) =>
                    {
                        "open"
                    }
                    (Layer::None, Action::Open) if self.screen == Screen::Ai => "its conversations",
                    (Layer::None, Action::Edit) if self.screen == Screen::Ai => "new version",
                    (Layer::None, Action::Guide) if self.screen == Screen::Ai => "new piece",
                    (Layer::None, Action::Approve) if self.is_result() => "seen",
                    (Layer::None, Action::Edit) if self.is_call() => "edit",
                    (Layer::None, Action::Reorder) => "read anew",
                    (Layer::None, Action::Reopen) => "open it again",
                    (Layer::Filter(_), Action::Choose) if self.screen == Screen::Log => "look",
                    _ => action.entry().title,
                };
                Some(Hint { action, keys, title })
            })
            .collect()
    }

    /// The key to name: the shortest, but Esc for going back where it does.
    fn key_for(&self, scope: Scope, action: Action) -> Option<String> {
        let esc = self.keymap.all_keys_of(scope, action).iter().find(|keys| action == Action::Back && *keys == "esc");
        esc.cloned().or_else(|| self.keymap.keys_of(scope, action))
    }

    /// What may be done to a piece of guidance.
    fn acts_on_guidance(&self) -> Vec<Action> {
        let mut acts = Vec::new();
        if self.may_guide() {
            acts.extend([Action::TryGuidance, Action::Edit, Action::Guide]);
        }
        if self.may_publish() {
            acts.splice(1.min(acts.len())..1.min(acts.len()), [Action::PublishGuidance, Action::RetireGuidance]);
        }
        acts
    }

    /// Whether what is decided here is a tool call.
    fn is_call(&self) -> bool {
        let card = self.selected().and_then(|id| self.card(id));
        card.is_some_and(|card| card.draft.is_none() && card.tool_waiting().is_some())
    }

    /// Whether what is decided here is the result of a task.
    fn is_result(&self) -> bool {
        let card = self.selected().and_then(|id| self.card(id));
        card.is_some_and(|card| card.draft.is_none() && result_for(card, self.me()).is_some())
    }

    fn while_writing(&self, composer: &Composer) -> Vec<Action> {
        let mut actions = vec![Action::Send, Action::NewLine];
        if !composer.key.writing.fields().is_empty() {
            actions.insert(1, Action::NextField);
        }
        if !composer.editor.folds().is_empty() {
            actions.push(Action::ShowPasted);
        }
        if composer.key.writing == Writing::Reply && self.ai_words(composer.key.conversation).is_some() {
            actions.push(Action::AiDraft);
        }
        if !self.canned.is_empty() || !self.office.replies.is_empty() {
            actions.push(Action::CannedReply);
        }
        actions.extend([Action::Editor, Action::Back]);
        if matches!(composer.key.writing, Writing::Reply | Writing::Note) {
            actions.push(Action::TurnInto);
        }
        actions
    }

    /// Whether there is something of the AI's to judge: what is chosen in the talk, or else the newest. Nobody knows while the
    /// talk is on its way.
    fn may_judge(&self, id: ConversationId) -> bool {
        let talk = self.talk.as_ref().filter(|talk| talk.conversation == id && talk.loading == Loading::Here);
        talk.is_none_or(|talk| talk.focus().is_some_and(|entry| entry.judged_text().is_some()))
    }

    /// What can be done with all that are marked.
    fn acts_on_marked(&self) -> Vec<Action> {
        let may = |right| self.you.as_ref().is_some_and(|you| you.role.may(right));
        let mut acts = Vec::new();
        if may(Right::Hold) {
            acts.extend([Action::TakeOver, Action::Assign, Action::HandBack]);
        }
        if may(Right::Triage) {
            acts.extend([Action::Tag, Action::Resolve, Action::Snooze]);
        }
        acts.extend([Action::Mark, Action::MarkAll, Action::Back, Action::Help]);
        acts
    }

    fn acts_here(&self) -> Vec<Action> {
        let mut acts = Vec::new();
        let may = |right| self.you.as_ref().is_some_and(|you| you.role.may(right));
        if let Some(card) = self.selected().and_then(|id| self.card(id)) {
            if card.decide_by().is_none() && result_for(card, self.me()).is_some() {
                acts.push(Action::Approve);
            }
            if card.decide_by().is_some() && may(Right::Approve) {
                acts.extend([Action::Approve, Action::Edit, Action::Reject]);
            }
            // Who answers a settled matter opens it first.
            let settled = card.status.is_resolved();
            if settled && may(Right::Triage) {
                acts.push(Action::Reopen);
            }
            let mine = self.me().is_some_and(|me| card.holder.is_human(me));
            let failed = self
                .sending
                .iter()
                .any(|one| one.conversation == card.id && matches!(one.state, OutgoingState::Failed(_)));
            if may(Right::Hold) && !settled {
                if mine || failed {
                    acts.push(Action::Reply);
                }
                acts.push(if mine { Action::HandBack } else { Action::TakeOver });
            }
            if matches!(card.holder, Holder::Ai(_)) && may(Right::Whisper) && !settled {
                acts.push(Action::Whisper);
            }
            if may(Right::SetMode) {
                acts.push(Action::Mode);
            }
            if may(Right::Whisper) && !settled {
                acts.push(Action::Task);
            }
            if may(Right::Annotate) && self.may_judge(card.id) {
                acts.extend([Action::Good, Action::Bad]);
            }
            if may(Right::Note) {
                acts.push(Action::Note);
            }
            if may(Right::Triage) && !settled {
                acts.push(Action::Resolve);
            }
        }
        if self.screen == Screen::NeedsYou && self.needs.current.is_some_and(|id| self.alike(id).len() > 1) {
            acts.push(Action::Alike);
        }
        acts.extend([Action::NextNeeds, Action::Filter, Action::Palette, Action::Help]);
        acts
    }
}
