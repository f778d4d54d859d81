//! What can be done here and now, most useful first: the line under the talk.

use super::{Composer, Layer, Model, OutgoingState, Writing};
use crate::console::action::{Action, Scope};
use crate::domain::{holder::Holder, teammate::Right};

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
            Layer::Pick(_) => (&[Scope::Picker], vec![Action::Choose, Action::SwitchInput, Action::Back]),
            Layer::Palette(_) => (&[Scope::Palette], vec![Action::Choose, Action::Complete, Action::Back]),
            Layer::Filter(_) => (&[Scope::Filter], vec![Action::Choose, Action::Back]),
            Layer::Help(_) => (&[Scope::Help], vec![Action::Down, Action::Up, Action::Back]),
            Layer::None => (&[Scope::Floor], self.acts_here()),
        };
        actions
            .into_iter()
            .filter_map(|action| {
                let keys = scopes.iter().find_map(|scope| self.keymap.keys_of(*scope, action))?;
                let title = match (&self.layer, action) {
                    (Layer::Compose(composer), Action::Send) => composer.key.writing.enter(),
                    _ => action.entry().title,
                };
                Some(Hint { action, keys, title })
            })
            .collect()
    }

    fn while_writing(&self, composer: &Composer) -> Vec<Action> {
        let mut actions = vec![Action::Send, Action::NewLine];
        if !composer.editor.folds().is_empty() {
            actions.push(Action::ShowPasted);
        }
        if composer.key.writing == Writing::Reply && self.ai_words(composer.key.conversation).is_some() {
            actions.push(Action::AiDraft);
        }
        if !self.canned.is_empty() {
            actions.push(Action::CannedReply);
        }
        actions.extend([Action::Editor, Action::Back]);
        if matches!(composer.key.writing, Writing::Reply | Writing::Note) {
            actions.push(Action::TurnInto);
        }
        actions
    }

    fn acts_here(&self) -> Vec<Action> {
        let mut acts = Vec::new();
        let may = |right| self.you.as_ref().is_some_and(|you| you.role.may(right));
        if let Some(card) = self.selected().and_then(|id| self.card(id)) {
            if card.draft.is_some() && may(Right::Approve) {
                acts.extend([Action::Approve, Action::Edit, Action::Reject]);
            }
            let mine = self.me().is_some_and(|me| card.holder.is_human(me));
            let failed = self
                .sending
                .iter()
                .any(|one| one.conversation == card.id && matches!(one.state, OutgoingState::Failed(_)));
            if may(Right::Hold) {
                if mine || failed {
                    acts.push(Action::Reply);
                }
                acts.push(if mine { Action::HandBack } else { Action::TakeOver });
            }
            if matches!(card.holder, Holder::Ai(_)) && may(Right::Whisper) {
                acts.push(Action::Whisper);
            }
            if may(Right::SetMode) {
                acts.push(Action::Mode);
            }
            if may(Right::Annotate) {
                acts.extend([Action::Good, Action::Bad]);
            }
            if may(Right::Note) {
                acts.push(Action::Note);
            }
            if may(Right::Triage) {
                acts.push(if card.status.is_resolved() { Action::Reopen } else { Action::Resolve });
            }
        }
        acts.extend([Action::NextNeeds, Action::Filter, Action::Palette, Action::Help]);
        acts
    }
}
