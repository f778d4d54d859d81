//! Keys: which action a sequence means here, and what typing does.

use super::{RELEASE_AFTER, Up};
use crate::console::{
    action::{Action, Scope},
    composer::{Editor, Taken, form::Way},
    effect::Effect,
    input::Key,
    keymap::Meaning,
    model::{Help, Layer, Pane, Pick, Screen, Severity},
};
use crate::domain::time::Span;

/// Ctrl-C twice within this long quits.
const TWICE: Span = Span::seconds(2);

impl Up<'_> {
    pub(super) fn key(&mut self, key: Key) {
        self.m.floor.anchor();
        self.m.floor.hold();
        self.m.inner.release_at = Some(self.m.now.plus(RELEASE_AFTER));
        let mut keys = std::mem::take(&mut self.m.pending_keys);
        keys.push(key);
        let meaning = self.m.keymap.meaning(self.scopes(), &keys);
        if let Some(tour) = self.m.tour.as_mut().filter(|_| meaning != Meaning::Does(Action::Back)) {
            tour.stay();
        }
        match meaning {
            Meaning::Does(action) => self.run(action, ""),
            Meaning::Begins => self.m.pending_keys = keys,
            Meaning::Nothing if keys.len() > 1 => {}
            Meaning::Nothing if key.alt && self.editor().is_none() => self.escaped(Key { alt: false, ..key }),
            Meaning::Nothing => self.typed(key),
        }
    }

    /// Alt with a key that means nothing so: on a slow line Escape and the next key come as one. Escape counts, and so does
    /// the key unless it would act on a conversation or leave: nobody takes over by a slip of the line.
    fn escaped(&mut self, key: Key) {
        self.run(Action::Back, "");
        match self.m.keymap.meaning(self.scopes(), &[key]) {
            Meaning::Does(action) if action.is_act() || action == Action::Quit => {
                self.say(Severity::Info, format!("esc and {key} came as one key: press {key} again if you meant it"));
            }
            Meaning::Does(action) => self.run(action, ""),
            Meaning::Begins => self.m.pending_keys = vec![key],
            Meaning::Nothing => {}
        }
    }

    /// Where keys are looked up now.
    fn scopes(&self) -> &'static [Scope] {
        use Scope as S;
        match &self.m.layer {
            Layer::Compose(composer) if composer.choosing.is_some() => &[S::Picker, S::Text, S::Always],
            Layer::Compose(_) => &[S::Composer, S::Text, S::Always],
            Layer::Pick(picker) if picker.typing => &[S::Picker, S::Text, S::Always],
            Layer::Pick(_) => &[S::Picker, S::Always],
            Layer::Palette(_) => &[S::Palette, S::Text, S::Always],
            Layer::Filter(_) => &[S::Filter, S::Text, S::Always],
            Layer::Job(_) => &[S::Job, S::Text, S::Always],
            Layer::Help(_) | Layer::Sheet(_) => &[S::Help, S::Always],
            Layer::None => match self.m.pane {
                _ if self.m.screen == Screen::Wall => &[S::Wall, S::Floor, S::Always],
                _ if self.m.screen == Screen::Ai => &[S::Ai, S::Floor, S::Always],
                Pane::List if self.m.screen == Screen::NeedsYou => &[S::Needs, S::Floor, S::Always],
                Pane::List => &[S::List, S::Floor, S::Always],
                Pane::Talk => &[S::Talk, S::Floor, S::Always],
                Pane::Inspector => &[S::Floor, S::Always],
            },
        }
    }

    /// A key that means no action: it is text, or the letter of a choice.
    fn typed(&mut self, key: Key) {
        let Some(c) = key.types() else { return };
        if let Layer::Pick(picker) = &self.m.layer
            && !picker.typing
        {
            self.pick_letter(c);
            return;
        }
        let mut text = [0; 4];
        let text: &str = c.encode_utf8(&mut text);
        if let Some(editor) = self.editor() {
            editor.insert(text);
            self.text_changed();
        }
    }

    /// A paste is one insertion and never a command.
    pub(super) fn paste(&mut self, text: &str) {
        self.m.floor.anchor();
        self.m.inner.release_at = Some(self.m.now.plus(RELEASE_AFTER));
        self.m.pending_keys.clear();
        if let Layer::Pick(picker) = &mut self.m.layer
            && picker.input.is_some()
        {
            picker.typing = true;
        }
        let Some(editor) = self.editor() else {
            self.say(Severity::Info, "what you pasted is not typed as commands: open a reply, note or whisper first");
            return;
        };
        if editor.paste(text) == Taken::Cut {
            self.say(Severity::Warn, "what you pasted is too long: its end is missing");
        }
        self.text_changed();
    }

    /// The text that typing goes into.
    pub(super) fn editor(&mut self) -> Option<&mut Editor> {
        match &mut self.m.layer {
            Layer::Compose(composer) => Some(match &mut composer.choosing {
                Some(choosing) => &mut choosing.input,
                None => &mut composer.editor,
            }),
            Layer::Pick(picker) if picker.typing => picker.input.as_mut(),
            Layer::Palette(palette) => Some(&mut palette.input),
            Layer::Filter(line) => Some(&mut line.input),
            Layer::Job(shown) => Some(&mut shown.input),
            Layer::Pick(_) | Layer::Help(_) | Layer::Sheet(_) | Layer::None => None,
        }
    }

    /// What follows when the text in the editor may have changed.
    pub(super) fn text_changed(&mut self) {
        match &mut self.m.layer {
            Layer::Compose(composer) if composer.choosing.is_some() => self.canned_typed(),
            Layer::Compose(composer) => {
                composer.warning = None;
                composer.asked = None;
                self.composed();
            }
            Layer::Palette(_) => self.palette_typed(),
            Layer::Filter(_) => self.filter_typed(),
            Layer::Pick(picker) => picker.warning = None,
            Layer::Job(shown) => shown.warning = None,
            Layer::Help(_) | Layer::Sheet(_) | Layer::None => {}
        }
    }

    /// Runs an action, with what was written after its word in the palette.
    pub(super) fn run(&mut self, action: Action, argument: &str) {
        if self.move_or_edit(action) || self.ends_shift(action, argument.trim()) {
            return;
        }
        match action {
            Action::Back => self.back(),
            Action::Filter => self.filter(argument),
            Action::Palette => self.palette(),
            Action::Help => {
                if !matches!(self.m.layer, Layer::Help(_)) {
                    let over = Box::new(std::mem::take(&mut self.m.layer));
                    self.m.layer = Layer::Help(Help { top: 0, over });
                }
            }
            Action::Choose => self.choose(),
            Action::SwitchInput => self.switch_input(),
            Action::Complete => self.complete(),
            Action::View => self.view(argument.trim()),
            Action::SaveView => {
                if let Err(why) = self.save_view(argument) {
                    self.say(Severity::Warn, why);
                }
            }
            Action::Mark | Action::MarkAll if matches!(self.m.screen, Screen::Log | Screen::Ai) => {
                self.say(Severity::Info, "conversations are marked on the floor: 1");
            }
            Action::Mark => self.mark(),
            Action::MarkAll => self.mark_all(),
            Action::Alike => self.alike(),
            Action::ShowJob => self.show_job(),
            Action::Send => self.send(),
            Action::TurnInto => self.turn_into(),
            Action::CannedReply => self.choose_canned(),
            Action::AiDraft => self.insert_ai_draft(),
            Action::ShowPasted => self.show_pasted(),
            Action::Tour => self.tour(),
            Action::Theme => self.theme(argument.trim()),
            Action::Mouse => self.set_mouse(argument.trim()),
            Action::Copy => self.copy(),
            Action::NewLine => {
                if let Some(editor) = self.editor() {
                    editor.insert("\n");
                    self.text_changed();
                }
            }
            Action::NextField => self.to_field(Way::On),
            Action::PreviousField => self.to_field(Way::Back),
            Action::Editor => {
                if let Layer::Compose(composer) = &self.m.layer {
                    self.effects.push(Effect::Edit(composer.editor.text().to_owned()));
                }
            }
            Action::Share => self.share(argument.trim()),
            Action::Alert => self.alert(argument.trim()),
            Action::Quit => self.quit(),
            Action::Interrupt => self.interrupt(),
            Action::Suspend => self.effects.push(Effect::Suspend),
            Action::Repaint => self.effects.push(Effect::Repaint),
            action => self.act(action, argument),
        }
    }

    fn to_field(&mut self, way: Way) {
        if let Layer::Compose(composer) = &mut self.m.layer {
            composer.editor.to_field(composer.key.writing.fields(), way);
        }
    }

    /// One step back; what is typed is kept.
    fn back(&mut self) {
        match std::mem::take(&mut self.m.layer) {
            Layer::Help(help) => self.m.layer = *help.over,
            Layer::Filter(line) => self.filter_left(line),
            Layer::Compose(mut composer) if composer.choosing.is_some() => {
                composer.choosing = None;
                self.m.layer = Layer::Compose(composer);
            }
            Layer::Compose(composer) => {
                if composer.many && self.m.screen == Screen::NeedsYou {
                    self.unmark();
                }
                if !composer.editor.is_blank() {
                    self.say(Severity::Info, "kept; the same key opens it again");
                }
            }
            Layer::Pick(picker) => {
                // The marks of alike cards were made for this choice alone.
                if picker.many && self.m.screen == Screen::NeedsYou {
                    self.unmark();
                }
                if picker.pick == Pick::Theme {
                    self.effects.push(Effect::Theme(self.m.theme.clone()));
                }
            }
            // Nor are they seen there.
            Layer::Job(_) if self.m.screen == Screen::NeedsYou => {
                self.unmark();
            }
            Layer::Job(_) | Layer::Palette(_) | Layer::Sheet(_) => {}
            Layer::None => {
                if self.take_back() || self.tour_left() {
                    self.changed = true;
                } else if self.unmark() {
                    self.say(Severity::Info, "nothing is marked any more");
                } else if self.m.notices.pop().is_some()
                    || (self.m.screen == Screen::Log && self.leave_log())
                    || (self.m.screen == Screen::Ai && self.m.ai.guiding.open.take().is_some())
                {
                } else if self.m.pane != Pane::List && self.m.screen != Screen::Wall {
                    self.m.pane = Pane::List;
                } else if self.m.screen != Screen::Floor {
                    self.leave_screen();
                } else if self.m.inner.visiting.take().is_some() {
                    self.open_selected();
                } else if self.m.floor.filter().is_some() {
                    self.apply_filter("");
                }
            }
        }
    }

    fn interrupt(&mut self) {
        let now = self.m.now;
        if self.m.inner.interrupted_at.is_some_and(|at| now.since(at) < TWICE) {
            self.quit();
            return;
        }
        self.m.inner.interrupted_at = Some(now);
        if !matches!(self.m.layer, Layer::None) {
            self.back();
        }
        self.say(Severity::Info, "Ctrl-C again quits; unsent texts are kept");
    }
}
