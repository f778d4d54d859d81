//! `centaur keys`: the keys and commands of the console, with what `keymap.toml` changes. From the table that the console itself
//! looks keys up in, so it cannot lie.

use super::{Context, exit::Failure, seat};
use crate::{
    console::{action::TABLE, keymap::Keymap},
    domain::text::SafeText,
};

/// `centaur keys`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur keys\n  centaur keys --json | jq -r 'select(.scope == \"floor\") | .keys'")]
pub struct Keys {}

impl Keys {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure::Usage`] with each mistake in `keymap.toml`.
    pub fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut troubles = Vec::new();
        let keymap = seat::keymap(context, &mut troubles);
        if !troubles.is_empty() {
            return Err(Failure::Usage(troubles.join("\n")));
        }
        let mut rows = Vec::new();
        for (scope, entries) in keymap.help() {
            for (keys, entry) in entries {
                if context.out.is_json() {
                    context.out.json(&serde_json::json!({
                        "scope": scope.name(), "keys": keys, "action": entry.name, "help": entry.help,
                    }))?;
                } else {
                    rows.push(vec![
                        SafeText::from_own(scope.name()),
                        SafeText::line(&keys),
                        SafeText::from_own(entry.name),
                        SafeText::from_own(entry.help),
                    ]);
                }
            }
        }
        // What can also be typed, or only that.
        for entry in TABLE {
            let Some(word) = entry.written() else { continue };
            if context.out.is_json() {
                context.out.json(&serde_json::json!({
                    "scope": "commands", "keys": word, "action": entry.name, "help": entry.help,
                }))?;
            } else {
                rows.push(vec![
                    SafeText::from_own("commands"),
                    SafeText::line(&word),
                    SafeText::from_own(entry.name),
                    SafeText::from_own(entry.help),
                ]);
            }
        }
        if context.out.is_json() { Ok(()) } else { context.out.table(&["scope", "keys", "action", "what"], &rows) }
    }
}

/// Keys and commands as lines for a manual, as built in.
#[must_use]
pub fn manual() -> String {
    let mut lines = Vec::new();
    for (scope, entries) in Keymap::built_in().help() {
        lines.push(format!("Keys, {}:", scope.name()));
        lines.extend(entries.iter().map(|(keys, entry)| format!("  {keys:<24} {}", entry.help)));
        lines.push(String::new());
    }
    lines.push("Commands:".to_owned());
    let words = TABLE.iter().filter_map(|entry| Some((entry.written()?, entry.help)));
    lines.extend(words.map(|(word, help)| format!("  {word:<36} {help}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_tells_every_word_and_every_bound_action() {
        let manual = manual();
        for entry in TABLE {
            assert!(entry.written().is_none_or(|word| manual.contains(&format!("  {word} "))), "{}", entry.name);
        }
        for (_, entries) in Keymap::built_in().help() {
            for (keys, entry) in entries {
                assert!(manual.contains(&keys) && manual.contains(entry.help), "{keys}");
            }
        }
        for (word, _) in Keymap::built_in().only_by_word() {
            assert!(word.starts_with(':'), "{word}");
        }
    }
}
