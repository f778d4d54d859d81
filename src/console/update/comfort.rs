//! What concerns only the seat: colours, the clipboard, whether the mouse is ours.
//!
//! Deliberately not here: what a click means (`mouse`), what the colours are (`theme`).

use super::{Up, pick::choice};
use crate::console::{
    effect::Effect,
    model::{Layer, Pick, Picker, Severity, Value},
    theme::NAMES,
};
use crate::domain::{ids::ConversationId, near::nearest, text::SafeText, thread::What};

impl Up<'_> {
    /// Takes the colours of this name, or lets one choose.
    pub(super) fn theme(&mut self, name: &str) {
        if let Some(name) = NAMES.iter().find(|known| **known == name) {
            return self.set_theme(name);
        }
        if !name.is_empty() {
            let near = nearest(name, NAMES.iter().copied());
            let near = near.map_or_else(|| NAMES.join(", "), |near| format!("did you mean `{near}`?"));
            return self.say(Severity::Warn, format!("`{name}` is no theme; {near}"));
        }
        let choices: Vec<_> =
            NAMES.iter().map(|name| choice(None, name, *name == self.m.theme, Value::Theme(name))).collect();
        let cursor = choices.iter().position(|choice| choice.current).unwrap_or(0);
        self.m.layer = Layer::Pick(Picker {
            pick: Pick::Theme,
            conversation: ConversationId::default(),
            title: "which colours? Enter takes them".to_owned(),
            choices,
            cursor,
            input: None,
            typing: false,
            warning: None,
            many: false,
        });
    }

    /// Shows the colours under the cursor.
    pub(super) fn preview_theme(&mut self) {
        if let Layer::Pick(picker) = &self.m.layer
            && let Some(Value::Theme(name)) = picker.choices.get(picker.cursor).map(|choice| &choice.value)
        {
            self.effects.push(Effect::Theme((*name).to_owned()));
        }
    }

    pub(super) fn set_theme(&mut self, name: &str) {
        name.clone_into(&mut self.m.theme);
        self.effects.push(Effect::Theme(name.to_owned()));
        self.say(Severity::Done, format!("{name}, for now; `theme = \"{name}\"` in config.toml keeps it"));
    }

    /// Gives the selected message to the terminal's clipboard, else the newest: as it is shown, so that nothing hidden in
    /// it reaches whatever it is pasted into.
    pub(super) fn copy(&mut self) {
        let Some(talk) = &self.m.talk else { return self.say(Severity::Info, "no talk is open") };
        let mut entries = talk.thread.entries.iter().rev();
        let text = match talk.selected {
            Some(n) => talk.thread.entry(n).and_then(|entry| words(&entry.what)),
            None => entries.find_map(|entry| words(&entry.what)),
        };
        let Some(text) = text.map(SafeText::message) else {
            return self.say(Severity::Info, "no message to copy is selected");
        };
        let text = text.to_string();
        let letters = text.chars().count();
        self.effects.push(Effect::Copy(text));
        self.say(Severity::Info, format!("{letters} characters sent to your terminal's clipboard, if it takes them"));
    }

    /// Takes the mouse, or leaves it to the terminal.
    pub(super) fn set_mouse(&mut self, word: &str) {
        let on = match word {
            "" => !self.m.mouse,
            "on" => true,
            "off" => false,
            other => return self.say(Severity::Warn, format!("`{other}` is neither on nor off")),
        };
        self.m.mouse = on;
        self.effects.push(Effect::Mouse(on));
        self.say(
            Severity::Done,
            if on {
                "the mouse clicks, turns and drags here; with Shift it is your terminal's"
            } else {
                "the mouse is your terminal's again"
            },
        );
    }
}

/// What was said in an entry, where something was.
fn words(what: &What) -> Option<&str> {
    match what {
        What::Customer { text, .. }
        | What::Reply { text, .. }
        | What::Notice { text, .. }
        | What::Note { text }
        | What::Whisper { text, .. } => Some(text),
        What::Answer { answer, .. } | What::Draft { answer, .. } | What::Shadow { answer } => Some(&answer.text),
        _ => None,
    }
}
