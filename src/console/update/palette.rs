//! The palette `:word argument` and the filter `/words`.

use super::Up;
use crate::console::{
    action::{Action, Scope, TABLE},
    composer::Editor,
    effect::Effect,
    keymap::Keymap,
    model::{FilterLine, InUse, Layer, Palette, PaletteRow, Screen},
};
use crate::domain::{
    filter::{Filter, LogFilter, completions, log_completions, token_at},
    ids::ConversationId,
    near::nearest,
    teammate::Kind,
};
use std::collections::BTreeSet;

/// Conversations that are looked at for what a filter may name.
const LOOKED_AT: usize = 5_000;

impl Up<'_> {
    pub(super) fn palette(&mut self) {
        let rows = rows(&self.m.keymap, self.m.screen, "");
        self.m.layer = Layer::Palette(Palette { input: Editor::line(""), rows, cursor: 0, warning: None });
    }

    pub(super) fn palette_typed(&mut self) {
        let (keymap, screen) = (self.m.keymap.clone(), self.m.screen);
        if let Layer::Palette(palette) = &mut self.m.layer {
            let word = palette.input.text().trim_start().split(' ').next().unwrap_or_default();
            palette.rows = rows(&keymap, screen, word);
            palette.cursor = 0;
            palette.warning = None;
        }
    }

    /// What the desk has, to complete a filter from: as far as the conversations of most attention show it.
    fn in_use(&self) -> InUse {
        let mut tags = BTreeSet::new();
        let mut topics = BTreeSet::new();
        let mut channels = BTreeSet::new();
        let mut locales = BTreeSet::new();
        for card in self.m.floor.cards().take(LOOKED_AT) {
            tags.extend(card.tags.iter().cloned());
            topics.extend(card.topic.as_deref().map(str::to_owned));
            channels.insert(card.channel.clone());
            locales.extend(card.customer.locale.clone());
        }
        let people = self.m.office.teammates.values().filter(|one| !one.revoked && one.role.kind() != Kind::Connector);
        InUse {
            names: people.map(|one| one.name.clone()).collect(),
            tags: tags.into_iter().collect(),
            topics: topics.into_iter().collect(),
            channels: channels.into_iter().map(|channel| channel.to_string()).collect(),
            locales: locales.into_iter().map(|locale| locale.to_string()).collect(),
        }
    }

    /// Puts the next offer in place of the word at the caret. One that is alone is settled: what may follow it is offered.
    fn complete_filter(&mut self) {
        let Layer::Filter(line) = &mut self.m.layer else { return };
        let next = line.offer.map_or(0, |at| (at + 1) % line.offers.len().max(1));
        let Some(offer) = line.offers.get(next) else { return };
        let words = line.input.text().to_owned();
        let token = token_at(&words, line.input.caret());
        let (before, after) =
            (words.get(..token.start).unwrap_or_default(), words.get(token.end..).unwrap_or_default());
        let whole = format!("{before}{offer}{after}");
        line.input.replace(&whole);
        if line.offers.len() == 1 {
            self.filter_typed();
        } else {
            line.offer = Some(next);
            self.filter_parsed(&whole);
        }
    }

    /// Writes out the selected command, or what fits the word of a filter.
    pub(super) fn complete(&mut self) {
        if matches!(self.m.layer, Layer::Filter(_)) {
            return self.complete_filter();
        }
        if let Layer::Palette(palette) = &mut self.m.layer
            && let Some(row) = palette.rows.get(palette.cursor)
        {
            let text = format!("{} ", row.word);
            palette.input.replace(&text);
            self.palette_typed();
        }
    }

    /// Runs the command that is written, or the selected one.
    pub(super) fn choose_command(&mut self) {
        let Layer::Palette(palette) = &self.m.layer else { return };
        let typed = palette.input.text().trim();
        let (word, argument) = typed.split_once(' ').unwrap_or((typed, ""));
        let (action, argument) = match (word.parse::<ConversationId>(), Action::by_word(word)) {
            (Ok(_), _) => (Some(Action::Open), word.to_owned()),
            (_, Some(action)) if palette.cursor == 0 => (Some(action), argument.trim().to_owned()),
            _ => (palette.rows.get(palette.cursor).map(|row| row.action), argument.trim().to_owned()),
        };
        let Some(action) = action else {
            let near = nearest(word, TABLE.iter().filter_map(|entry| entry.word).map(|(known, _)| known));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let warning = format!("`{word}` is not a command{near}");
            if let Layer::Palette(palette) = &mut self.m.layer {
                palette.warning = Some(warning);
            }
            return;
        };
        self.m.layer = Layer::None;
        self.run(action, &argument);
    }

    /// Opens the filter line; with words, sets the filter at once.
    pub(super) fn filter(&mut self, words: &str) {
        if self.m.screen == Screen::Ai {
            self.show(Screen::Floor);
        }
        if self.m.screen == Screen::Log {
            let begun = if words.is_empty() { self.m.log.words.clone() } else { words.to_owned() };
            self.filter_with(&begun);
            if !words.is_empty() {
                self.filter_done();
            }
            return;
        }
        let before = self.filter_words().map(str::to_owned);
        let begun = if words.is_empty() {
            before.clone().unwrap_or_else(|| match self.m.screen {
                Screen::NeedsYou => String::new(),
                _ => self.m.inner.last_filter.clone(),
            })
        } else {
            words.to_owned()
        };
        let in_use = self.in_use();
        let input = Editor::line(&to_go_on(&begun));
        self.m.layer = Layer::Filter(FilterLine { input, before, in_use, ..FilterLine::default() });
        self.filter_typed();
        if !words.is_empty() {
            self.filter_done();
        }
    }

    /// Opens the filter line of the log with a text. It is asked for with Enter, not while one types.
    pub(super) fn filter_with(&mut self, words: &str) {
        let in_use = self.in_use();
        let before = Some(self.m.log.words.clone());
        let input = Editor::line(&to_go_on(words));
        self.m.layer = Layer::Filter(FilterLine { input, before, in_use, ..FilterLine::default() });
        self.filter_typed();
    }

    pub(super) fn filter_typed(&mut self) {
        let of_log = self.m.screen == Screen::Log;
        let Layer::Filter(line) = &mut self.m.layer else { return };
        let words = line.input.text().to_owned();
        let (known, caret) = (line.in_use.known(), line.input.caret());
        line.offers =
            if of_log { log_completions(&words, caret, &known.names) } else { completions(&words, caret, &known) };
        line.offers.retain(|offer| words.get(token_at(&words, line.input.caret())) != Some(offer));
        line.offer = None;
        self.filter_parsed(&words);
    }

    /// Sets the filter, if the words are one.
    fn filter_parsed(&mut self, words: &str) {
        let of_log = self.m.screen == Screen::Log;
        let Layer::Filter(line) = &mut self.m.layer else { return };
        if of_log {
            line.mistake = LogFilter::parse(words).err();
            return;
        }
        match Filter::parse(words) {
            Ok(filter) => {
                line.mistake = None;
                self.set_filter(words, filter);
            }
            // While a word is half typed, what the others find is in sight.
            Err(mistake) => {
                let wrong = token_at(words, mistake.at.start);
                let without = words.get(..wrong.start).zip(words.get(wrong.end.max(mistake.at.end)..));
                let rest = without.map(|(before, after)| format!("{before}{after}")).unwrap_or_default();
                line.mistake = Some(mistake);
                if let Ok(filter) = Filter::parse(&rest) {
                    self.set_filter(&rest, filter);
                }
            }
        }
    }

    /// The filter of the screen in sight, as typed.
    pub(super) fn filter_words(&self) -> Option<&str> {
        match self.m.screen {
            Screen::Floor | Screen::Wall => self.m.floor.filter(),
            Screen::NeedsYou => self.m.needs.filter.as_ref().map(|(words, _)| words.as_str()),
            Screen::Ai => None,
            Screen::Log => Some(self.m.log.words.as_str()).filter(|words| !words.is_empty()),
        }
    }

    fn set_filter(&mut self, words: &str, filter: Filter) {
        if self.m.screen == Screen::NeedsYou {
            self.m.needs.filter = (!filter.is_empty()).then(|| (words.trim().to_owned(), filter));
            return self.first_need();
        }
        if self.m.floor.filter().unwrap_or_default() == words.trim() && self.m.floor.scanned().is_none() {
            return;
        }
        self.m.inner.visiting = None;
        self.m.floor.set_filter(words.trim(), Some(filter), self.m.now);
        if self.m.floor.scanned().is_some() {
            self.effects.push(Effect::ScanOn);
        }
        self.follow_later();
    }

    /// Sets a filter from its words; words that are no filter change nothing.
    pub(super) fn apply_filter(&mut self, words: &str) {
        if self.m.screen == Screen::Log {
            self.search(words);
        } else if let Ok(filter) = Filter::parse(words) {
            self.set_filter(words, filter);
        }
    }

    /// Enter: the filter stays.
    pub(super) fn filter_done(&mut self) {
        if let Layer::Filter(line) = &self.m.layer
            && line.mistake.is_none()
        {
            let words = line.input.text().trim().to_owned();
            self.m.layer = Layer::None;
            if self.m.screen == Screen::Log {
                return self.filter_log(&words);
            }
            if self.m.screen != Screen::NeedsYou {
                self.m.inner.last_filter = words;
            }
        }
    }

    /// Esc: back to the filter from before; the words are kept for the next `/`.
    pub(super) fn filter_left(&mut self, line: FilterLine) {
        if self.m.screen == Screen::Log {
            return;
        }
        line.input.text().trim().clone_into(&mut self.m.inner.last_filter);
        self.apply_filter(&line.before.unwrap_or_default());
    }
}

/// A filter with room behind it: what is typed next is a condition of its own.
fn to_go_on(words: &str) -> String {
    if words.is_empty() || words.ends_with(char::is_whitespace) { words.to_owned() } else { format!("{words} ") }
}

/// The commands that fit a word: those that begin with it, then those whose letters it has in order.
fn rows(keymap: &Keymap, screen: Screen, word: &str) -> Vec<PaletteRow> {
    let here: &[Scope] = match screen {
        Screen::NeedsYou => &[Scope::Needs, Scope::Floor, Scope::Always],
        Screen::Ai => &[Scope::Ai, Scope::Floor, Scope::Always],
        Screen::Wall => &[Scope::Wall, Scope::Floor, Scope::Always],
        Screen::Floor | Screen::Log => &[Scope::Floor, Scope::Always],
    };
    let wanted = word.to_lowercase();
    let mut found: Vec<(u8, PaletteRow)> = TABLE
        .iter()
        .filter_map(|entry| {
            let (known, _) = entry.word?;
            let title = entry.title.to_lowercase();
            let rank = if known.starts_with(&wanted) {
                0
            } else if title.contains(&wanted) {
                1
            } else if has_in_order(known, &wanted) {
                2
            } else {
                return None;
            };
            // What does nothing on this screen comes last.
            let rank = if entry.scopes.iter().any(|scope| here.contains(scope)) { rank } else { rank + 3 };
            let keys = here.iter().find_map(|scope| keymap.keys_of(*scope, entry.action)).unwrap_or_default();
            Some((rank, PaletteRow { action: entry.action, word: known, help: entry.help, keys }))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, row)| row).collect()
}

fn has_in_order(hay: &str, letters: &str) -> bool {
    let mut rest = hay.chars();
    letters.chars().all(|letter| rest.any(|c| c == letter))
}
