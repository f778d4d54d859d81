//! Which key does what: a trie of key sequences for each scope, read from keymap files.
//!
//! The default is `assets/keymap.toml`, built in; a person's file lies over it. What is wrong in a file is told with
//! its line and, for a mistyped action, its nearest neighbour. Deliberately not here: what an action does.

use super::{
    action::{Action, Scope},
    input::Key,
};
use crate::domain::near::nearest;
use std::collections::BTreeMap;

mod file;

pub use file::Mistake;

/// The built-in keymap.
pub const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// What can lie over the built-in keymap, by name.
pub const PRESETS: &[(&str, &str)] =
    &[("vim", include_str!("../../assets/keymap-vim.toml")), ("plain", include_str!("../../assets/keymap-plain.toml"))];

/// One step of the trie.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// The sequence ends here.
    Leaf(Action),
    /// It goes on.
    Branch(BTreeMap<Key, Node>),
}

/// What a sequence of keys means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An action.
    Does(Action),
    /// The beginning of something: wait for more.
    Begins,
    /// Nothing.
    Nothing,
}

/// Which key does what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    scopes: BTreeMap<Scope, BTreeMap<Key, Node>>,
    /// The shortest sequence for each action, for help and hints.
    names: BTreeMap<(Scope, Action), Vec<String>>,
}

impl Keymap {
    /// The built-in one.
    #[must_use]
    pub fn built_in() -> Self {
        // A test holds that the built-in file has no mistakes; were there some, the rest of it would still work.
        Self::read(DEFAULT, "assets/keymap.toml").unwrap_or_else(|(keymap, _)| keymap)
    }

    /// The built-in one with a preset over it: `vim` or `plain`. Without one of that name just the built-in one.
    #[must_use]
    pub fn like(name: &str) -> Self {
        let preset = PRESETS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
        // As for the built-in one: a test holds that there are no mistakes.
        Self::built_in().overlaid(preset, name).unwrap_or_else(|(keymap, _)| keymap)
    }

    /// Reads one file.
    ///
    /// # Errors
    /// All that is wrong in it, with what could be read nevertheless.
    pub fn read(text: &str, path: &str) -> Result<Self, (Self, Vec<Mistake>)> {
        Self::default().overlaid(text, path)
    }

    /// This keymap with a person's file over it. What the file binds wins over what is in the way.
    ///
    /// # Errors
    /// All that is wrong in the file, with what could be read nevertheless.
    pub fn overlaid(mut self, text: &str, path: &str) -> Result<Self, (Self, Vec<Mistake>)> {
        let (bindings, mistakes) = file::read(text, path);
        for binding in bindings {
            self.bind(binding.scope, &binding.keys, binding.action);
        }
        self.name();
        if mistakes.is_empty() { Ok(self) } else { Err((self, mistakes)) }
    }

    /// Binds a sequence, in place of whatever is in its way; no action takes the binding away.
    fn bind(&mut self, scope: Scope, keys: &[Key], action: Option<Action>) {
        let Some((last, path)) = keys.split_last() else { return };
        let mut branch = self.scopes.entry(scope).or_default();
        for key in path {
            let node = branch.entry(*key).or_insert_with(|| Node::Branch(BTreeMap::new()));
            if matches!(node, Node::Leaf(_)) {
                *node = Node::Branch(BTreeMap::new());
            }
            let Node::Branch(below) = node else { return };
            branch = below;
        }
        match action {
            Some(action) => branch.insert(*last, Node::Leaf(action)),
            None => branch.remove(last),
        };
    }

    fn name(&mut self) {
        fn walk(branch: &BTreeMap<Key, Node>, so_far: &str, found: &mut Vec<(Action, String)>) {
            for (key, node) in branch {
                let name = if so_far.is_empty() { key.to_string() } else { format!("{so_far} {key}") };
                match node {
                    Node::Leaf(action) => found.push((*action, name)),
                    Node::Branch(below) => walk(below, &name, found),
                }
            }
        }
        self.names.clear();
        for (scope, branch) in &self.scopes {
            let mut found = Vec::new();
            walk(branch, "", &mut found);
            for (action, name) in found {
                self.names.entry((*scope, action)).or_default().push(name);
            }
        }
        for names in self.names.values_mut() {
            names.sort_by_key(|name| (name.chars().count(), name.clone()));
        }
    }

    /// What the sequence means, looked up in these scopes; the first that knows it wins.
    #[must_use]
    pub fn meaning(&self, scopes: &[Scope], keys: &[Key]) -> Meaning {
        let mut begins = false;
        for scope in scopes {
            let Some(mut branch) = self.scopes.get(scope) else { continue };
            for (at, key) in keys.iter().enumerate() {
                match branch.get(key) {
                    Some(Node::Leaf(action)) if at + 1 == keys.len() => {
                        if !begins {
                            return Meaning::Does(*action);
                        }
                        break;
                    }
                    Some(Node::Branch(below)) => {
                        branch = below;
                        begins |= at + 1 == keys.len();
                    }
                    _ => break,
                }
            }
        }
        if begins { Meaning::Begins } else { Meaning::Nothing }
    }

    /// The shortest sequence for an action in a scope, as `t` or `g g`.
    #[must_use]
    pub fn keys_of(&self, scope: Scope, action: Action) -> Option<String> {
        self.names.get(&(scope, action)).and_then(|names| names.first()).cloned()
    }

    /// All sequences for an action in a scope, shortest first.
    #[must_use]
    pub fn all_keys_of(&self, scope: Scope, action: Action) -> &[String] {
        self.names.get(&(scope, action)).map_or(&[], Vec::as_slice)
    }

    /// What may follow on an unfinished sequence: the popup.
    #[must_use]
    pub fn continuations(&self, scopes: &[Scope], keys: &[Key]) -> Vec<(Key, Option<Action>)> {
        let mut found = BTreeMap::new();
        for scope in scopes {
            let Some(mut branch) = self.scopes.get(scope) else { continue };
            let below = keys.iter().try_for_each(|key| match branch.get(key) {
                Some(Node::Branch(below)) => {
                    branch = below;
                    Some(())
                }
                _ => None,
            });
            if below.is_some() && !keys.is_empty() {
                for (key, node) in branch {
                    found.entry(*key).or_insert(match node {
                        Node::Leaf(action) => Some(*action),
                        Node::Branch(_) => None,
                    });
                }
            }
        }
        found.into_iter().collect()
    }

    /// The help: for each scope its actions with their keys, in the order of the table.
    #[must_use]
    pub fn help(&self) -> Vec<(Scope, Vec<(String, &'static super::action::Entry)>)> {
        Scope::ALL
            .into_iter()
            .filter_map(|scope| {
                let rows: Vec<_> = super::action::TABLE
                    .iter()
                    .filter_map(|entry| {
                        let keys = self.all_keys_of(scope, entry.action);
                        (!keys.is_empty()).then(|| (keys.join(", "), entry))
                    })
                    .collect();
                (!rows.is_empty()).then_some((scope, rows))
            })
            .collect()
    }
}

impl Keymap {
    /// The actions that have a word and no key anywhere, in the order of the table, as `:word [argument]`.
    #[must_use]
    pub fn only_by_word(&self) -> Vec<(String, &'static super::action::Entry)> {
        let has_key = |entry: &super::action::Entry| {
            Scope::ALL.into_iter().any(|scope| !self.all_keys_of(scope, entry.action).is_empty())
        };
        let words = super::action::TABLE.iter().filter(|entry| !has_key(entry));
        words.filter_map(|entry| Some((entry.written()?, entry))).collect()
    }
}

/// The scope that is nearest to a mistyped one.
fn nearest_scope(name: &str) -> Option<&'static str> {
    nearest(name, Scope::ALL.iter().map(|scope| scope.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::action::TABLE;

    #[test]
    fn the_built_in_keymap_has_no_mistakes() {
        let mistakes = Keymap::read(DEFAULT, "keymap.toml").err().map(|(_, mistakes)| mistakes);
        assert_eq!(mistakes, None);
    }

    #[test]
    fn presets_have_no_mistakes_and_are_told_by_their_names() {
        for (name, text) in PRESETS {
            assert_eq!(Keymap::built_in().overlaid(text, name), Ok(Keymap::like(name)));
            assert_ne!(Keymap::like(name), Keymap::built_in());
        }
    }

    #[test]
    fn every_action_can_be_reached_by_a_key_or_a_word_in_each_preset() {
        let keymaps = std::iter::once(("none", Keymap::built_in()));
        for (name, keymap) in keymaps.chain(PRESETS.iter().map(|(name, _)| (*name, Keymap::like(name)))) {
            for entry in TABLE {
                let bound = entry.scopes.iter().any(|scope| keymap.keys_of(*scope, entry.action).is_some());
                let moves = [Action::First, Action::Last, Action::HalfDown, Action::HalfUp].contains(&entry.action);
                assert!(bound || entry.word.is_some() || moves, "{name}: {} has neither key nor word", entry.name);
            }
        }
    }

    #[test]
    fn a_sequence_waits_for_its_end() {
        let keymap = Keymap::built_in();
        let g = Key::char('g');
        let floor = [Scope::List, Scope::Floor, Scope::Always];
        assert_eq!(keymap.meaning(&floor, &[g]), Meaning::Begins);
        assert_eq!(keymap.meaning(&floor, &[g, g]), Meaning::Does(Action::First));
        assert_eq!(keymap.meaning(&floor, &[g, Key::char('x')]), Meaning::Nothing);
        assert_eq!(keymap.continuations(&floor, &[g]), vec![(g, Some(Action::First))]);
    }

    #[test]
    fn a_persons_file_lies_over_the_default() {
        let keymap = Keymap::built_in().overlaid("[floor]\ng = \"take_over\"\nt = \"\"\n", "k").unwrap();
        assert_eq!(keymap.meaning(&[Scope::Floor], &[Key::char('g')]), Meaning::Does(Action::TakeOver));
        assert_eq!(keymap.meaning(&[Scope::Floor], &[Key::char('t')]), Meaning::Nothing);
        assert_eq!(keymap.keys_of(Scope::Floor, Action::TakeOver).as_deref(), Some("g"));
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_neighbour() {
        let text = "[floor]\nt = \"takeover\"\nhyper-x = \"quit\"\n[compozer]\na = \"send\"\n[text]\nq = \"quit\"\n";
        let (_, mistakes) = Keymap::read(text, "my.toml").unwrap_err();
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert_eq!(lines[0], "my.toml:2: [floor] `takeover` is not an action; did you mean `take_over`?");
        assert!(lines[1].starts_with("my.toml:3: [floor] `hyper-x` is not a key"), "{}", lines[1]);
        assert!(lines[2].contains("did you mean `composer`"), "{}", lines[2]);
        assert!(lines[3].contains("my.toml:7"), "{}", lines[3]);
    }

    #[test]
    fn a_key_that_can_never_be_reached_is_a_mistake() {
        let (_, mistakes) = Keymap::read("[floor]\n\"g\" = \"quit\"\n\"g g\" = \"first\"\n", "k").unwrap_err();
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].line, 3);
    }
}
