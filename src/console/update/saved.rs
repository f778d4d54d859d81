//! Filters kept under a name: shown by a letter, kept and forgotten by name.

use super::Up;
use crate::console::{
    composer::Editor,
    effect::Effect,
    model::{Choice, Layer, Pick, Picker, Saved, Screen, Severity, Value, saved},
};
use crate::domain::{filter::Filter, ids::ConversationId};

/// The longest name, in characters.
const LONGEST: usize = 24;

impl Up<'_> {
    /// Shows a saved filter by its name, or all of them.
    pub(super) fn view(&mut self, name: &str) {
        if self.m.screen == Screen::Log {
            return self.say(Severity::Info, "views are of conversations: 1 or 2, then '");
        }
        if !name.is_empty() {
            return match saved::named(&self.m.saved, name) {
                Ok(one) => self.show_words(&one.words),
                Err(why) => self.say(Severity::Warn, why),
            };
        }
        let here = self.filter_words().unwrap_or_default().to_owned();
        let choices = saved::all(&self.m.saved)
            .into_iter()
            .map(|(letter, one)| Choice {
                letter,
                title: format!("{:<10} {}", one.name, one.words),
                current: one.words == here,
                value: Value::Words(one.words),
            })
            .collect();
        let title =
            if here.is_empty() { "show which?".to_owned() } else { format!("show which? a name keeps /{here}") };
        self.m.layer = Layer::Pick(Picker {
            pick: Pick::View,
            conversation: ConversationId::default(),
            title,
            choices,
            cursor: 0,
            input: (!here.is_empty()).then(|| Editor::line("")),
            typing: false,
            warning: None,
            many: false,
        });
    }

    /// Shows a filter, and remembers it for the next `/`.
    pub(super) fn show_words(&mut self, words: &str) {
        words.clone_into(&mut self.m.inner.last_filter);
        self.apply_filter(words);
    }

    /// Keeps the filter in sight under a name; `-name` forgets one.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub(super) fn save_view(&mut self, name: &str) -> Result<(), String> {
        if self.m.screen == Screen::Log {
            return Err("views are of conversations; the log's filter is not kept".to_owned());
        }
        let name = name.trim();
        if let Some(gone) = name.strip_prefix('-') {
            let before = self.m.saved.len();
            self.m.saved.retain(|one| one.name != gone);
            if self.m.saved.len() == before {
                return Err(format!("no view of yours is called `{gone}`"));
            }
            self.say(Severity::Done, format!("the view `{gone}` is forgotten"));
        } else {
            if name.is_empty()
                || name.chars().count() > LONGEST
                || name.chars().any(|c| c.is_whitespace() || c.is_control())
            {
                return Err(format!("a view's name is one word of at most {LONGEST} letters, as in :save mine"));
            }
            let Some(words) = self.filter_words().map(str::to_owned) else {
                return Err("there is no filter to keep: / sets one".to_owned());
            };
            if self.m.saved.len() >= saved::MOST && !self.m.saved.iter().any(|one| one.name == name) {
                return Err(format!("{} views are kept already; :save -name forgets one", saved::MOST));
            }
            self.m.saved.retain(|one| one.name != name);
            self.m.saved.push(Saved { name: name.to_owned(), words });
            self.m.saved.sort_by(|a, b| a.name.cmp(&b.name));
            self.say(Severity::Done, format!("kept as `{name}`: ' shows it"));
        }
        self.effects.push(Effect::KeepSaved(self.m.saved.clone()));
        Ok(())
    }

    /// What an earlier run kept. What is no filter any more is left out, and said.
    pub(super) fn restored_views(&mut self, views: Vec<Saved>) {
        let (good, bad): (Vec<_>, Vec<_>) = views.into_iter().partition(|one| Filter::parse(&one.words).is_ok());
        if let Some(one) = bad.first() {
            let name = &one.name;
            self.say(Severity::Warn, format!("the saved view `{name}` is no filter any more; it is left out"));
        }
        let mut known = std::mem::take(&mut self.m.saved);
        known.extend(good.into_iter().filter(|one| !one.name.is_empty()));
        known.truncate(saved::MOST);
        self.m.saved = known;
    }
}
