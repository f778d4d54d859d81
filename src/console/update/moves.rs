//! Moving: in the list, in the talk, in choices and texts; opening what is selected.

use super::{FOLLOW_AFTER, Up};
use crate::console::{
    action::Action,
    composer::Editor,
    effect::Effect,
    model::{Anchor, InspectorWish, Layer, Pane, Screen, Scroll, Talk},
};
use crate::domain::ids::ConversationId;

impl Up<'_> {
    /// Moves or edits, if the action is one of those.
    pub(super) fn move_or_edit(&mut self, action: Action) -> bool {
        if let Some(editor) = self.editor()
            && edit(editor, action)
        {
            self.text_changed();
            return true;
        }
        let list = i64::try_from(self.m.floor.window()).unwrap_or(i64::MAX);
        let talk = i64::from(self.m.measured.talk_rows.max(2));
        let page = match (&self.m.layer, self.m.pane) {
            (Layer::Help(_) | Layer::Sheet(_), _) => i64::from(self.m.size.1.max(4)) - 3,
            (_, Pane::Talk) => talk,
            _ if self.m.screen == Screen::Wall || self.m.replay.is_some() => talk,
            _ if self.m.screen == Screen::Log => i64::try_from(self.m.log.window).unwrap_or(1),
            _ if self.m.screen == Screen::Ai => i64::try_from(self.m.ai.window).unwrap_or(1),
            _ => list,
        };
        let by = match action {
            Action::Down => 1,
            Action::Up => -1,
            Action::PageDown => page.saturating_sub(1).max(1),
            Action::PageUp => -page.saturating_sub(1).max(1),
            Action::HalfDown => (page / 2).max(1),
            Action::HalfUp => -(page / 2).max(1),
            Action::First => i64::MIN / 4,
            Action::Last => i64::MAX / 4,
            Action::NextPane => return self.next_pane(1),
            Action::PreviousPane => return self.next_pane(2),
            _ => return false,
        };
        match &mut self.m.layer {
            Layer::Help(help) => {
                help.top = u16::try_from(i64::from(help.top).saturating_add(by).clamp(0, 1_000)).unwrap_or(0);
            }
            Layer::Sheet(sheet) => {
                sheet.top = u16::try_from(i64::from(sheet.top).saturating_add(by).clamp(0, 1_000)).unwrap_or(0);
            }
            Layer::Pick(picker) => {
                picker.cursor = shifted(picker.cursor, by, picker.choices.len());
                self.preview_theme();
            }
            Layer::Palette(palette) => palette.cursor = shifted(palette.cursor, by, palette.rows.len()),
            Layer::Compose(composer) => {
                if let Some(choosing) = &mut composer.choosing {
                    choosing.cursor = shifted(choosing.cursor, by, choosing.found.len());
                }
            }
            Layer::Job(shown) => {
                shown.top = u16::try_from(i64::from(shown.top).saturating_add(by).clamp(0, 4_000)).unwrap_or(0);
            }
            Layer::Filter(_) => {}
            Layer::None => match self.m.pane {
                _ if self.m.screen == Screen::Log => self.move_log(action, by),
                _ if self.m.screen == Screen::Ai => self.move_ai(by),
                _ if self.m.screen == Screen::Wall => match action {
                    Action::Down | Action::Up => self.move_wall(0, by),
                    _ => self.move_talk(action, by),
                },
                Pane::Talk if self.m.screen == Screen::NeedsYou && is_page(action) => self.move_needs(action, by),
                Pane::Talk => self.move_talk(action, by),
                Pane::Inspector => self.move_inspector(by),
                _ if self.m.screen == Screen::NeedsYou => self.move_needs(action, by),
                Pane::List => self.move_list(by),
            },
        }
        true
    }

    pub(super) fn move_inspector(&mut self, by: i64) {
        let most = i64::from(self.m.measured.inspector_over);
        let top = i64::from(self.m.inspector_top).saturating_add(by).clamp(0, most);
        self.m.inspector_top = u16::try_from(top).unwrap_or(0);
    }

    pub(super) fn move_list(&mut self, by: i64) {
        self.m.inner.visiting = None;
        self.m.floor.step(isize::try_from(by).unwrap_or(if by < 0 { isize::MIN } else { isize::MAX }));
        self.follow_later();
    }

    /// The talk follows the cursor when it has rested.
    pub(super) fn follow_later(&mut self) {
        let here = self.m.talk.as_ref().map(|talk| talk.conversation);
        self.m.inner.follow_at = (self.m.selected() != here).then(|| self.m.now.plus(FOLLOW_AFTER));
    }

    pub(super) fn move_talk(&mut self, action: Action, by: i64) {
        self.open_selected();
        let at_end = self.m.measured.at_end;
        let Some(talk) = &mut self.m.talk else { return };
        match action {
            Action::Last => {
                talk.selected = None;
                talk.scroll = Scroll::default();
            }
            Action::First => {
                let first = talk.thread.entries.front().map(|entry| entry.n);
                talk.scroll =
                    Scroll { anchor: first.map(|entry| Anchor { entry, line: 0 }), by: 0, to_selected: false };
            }
            Action::Down | Action::Up => {
                let entries = &talk.thread.entries;
                let at = talk.selected.and_then(|n| entries.binary_search_by_key(&n, |entry| entry.n).ok());
                let to = match (at, by < 0) {
                    (None, true) => entries.len().checked_sub(1),
                    (None, false) => None,
                    (Some(at), true) => Some(at.saturating_sub(1)),
                    (Some(at), false) => Some(at + 1).filter(|to| *to < entries.len()),
                };
                talk.selected = to.and_then(|to| entries.get(to)).map(|entry| entry.n);
                if talk.selected.is_some() {
                    talk.scroll.to_selected = true;
                } else {
                    talk.scroll = Scroll::default();
                }
            }
            _ if by > 0 && at_end && talk.scroll.anchor.is_none() => {}
            _ => talk.scroll.by = talk.scroll.by.saturating_add(i32::try_from(by).unwrap_or(0)),
        }
        self.ask_history();
    }

    fn next_pane(&mut self, steps: u8) -> bool {
        if !matches!(self.m.layer, Layer::None) || matches!(self.m.screen, Screen::Log | Screen::Ai) {
            return true;
        }
        for _ in 0..steps {
            self.m.pane = match self.m.pane {
                Pane::List => Pane::Talk,
                Pane::Talk => Pane::Inspector,
                Pane::Inspector => Pane::List,
            };
        }
        match self.m.pane {
            Pane::List if self.m.screen == Screen::NeedsYou && self.m.inspector == InspectorWish::Shown => {
                // Where there is no room beside it, the inspector gives its place back.
                self.m.inspector = InspectorWish::IfRoom;
            }
            Pane::Inspector if self.m.inspector != InspectorWish::Shown => self.m.inspector = InspectorWish::Shown,
            Pane::Talk => self.open_selected(),
            Pane::Inspector | Pane::List => {}
        }
        true
    }

    /// Opens what is selected at once. Does nothing if it is open.
    pub(super) fn open_selected(&mut self) {
        self.m.inner.follow_at = None;
        let selected = self.m.selected();
        let here = self.m.talk.as_ref().map(|talk| talk.conversation);
        if selected == here {
            return;
        }
        self.m.inspector_top = 0;
        if let Some(talk) = self.m.talk.take() {
            // On the wall it goes on beside the others.
            if self.m.screen == Screen::Wall && self.m.wall.tiles.contains(&talk.conversation) {
                self.m.beside.push(talk);
            } else {
                self.effects.push(Effect::Unwatch(talk.conversation));
            }
        }
        self.m.talk = selected.map(|id| {
            if let Some(at) = self.m.beside.iter().position(|talk| talk.conversation == id) {
                return self.m.beside.swap_remove(at);
            }
            self.m.inner.epoch += 1;
            self.effects.push(Effect::Watch(id, None));
            Talk::asked(id, self.m.inner.epoch)
        });
    }

    /// Selects a conversation by its number, listed or not, and opens it.
    pub(super) fn visit(&mut self, id: ConversationId) {
        self.m.screen = Screen::Floor;
        self.m.replay = None;
        self.m.inner.visiting = None;
        if !self.m.floor.select(id) {
            self.m.inner.visiting = Some(id);
        }
        self.open_selected();
    }
}

fn shifted(cursor: usize, by: i64, len: usize) -> usize {
    let last = i64::try_from(len.saturating_sub(1)).unwrap_or(0);
    // Where nothing is selected yet, the first step down comes to the first.
    let from = if cursor >= len { -1 } else { i64::try_from(cursor).unwrap_or(-1) };
    let to = from.saturating_add(by).clamp(0, last);
    usize::try_from(to).unwrap_or(0)
}

/// Does an editing action; whether it is one.
fn edit(editor: &mut Editor, action: Action) -> bool {
    match action {
        Action::Left => editor.left(),
        Action::Right => editor.right(),
        Action::WordLeft => editor.word_left(),
        Action::WordRight => editor.word_right(),
        Action::LineStart => editor.line_start(),
        Action::LineEnd => editor.line_end(),
        Action::LineUp => editor.line_up(),
        Action::LineDown => editor.line_down(),
        Action::TextStart => editor.text_start(),
        Action::TextEnd => editor.text_end(),
        Action::DeleteBack => editor.delete_back(),
        Action::DeleteForward => editor.delete_forward(),
        Action::DeleteWord => editor.delete_word(),
        Action::DeleteWordForward => editor.delete_word_forward(),
        Action::KillStart => editor.kill_start(),
        Action::KillEnd => editor.kill_end(),
        Action::Yank => {
            editor.yank();
        }
        Action::YankBefore => {
            editor.yank_before();
        }
        Action::UndoTyping => {
            editor.undo();
        }
        Action::RedoTyping => {
            editor.redo();
        }
        _ => return false,
    }
    true
}

/// Whether it moves by a page or half of one.
fn is_page(action: Action) -> bool {
    matches!(action, Action::PageDown | Action::PageUp | Action::HalfDown | Action::HalfUp)
}
