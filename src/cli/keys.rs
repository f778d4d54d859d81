//! `centaur keys`: the keys of the console, with what `keymap.toml` changes. From the table that the console itself
//! looks keys up in, so it cannot lie.

use super::{Context, exit::Failure, seat};
use crate::domain::text::SafeText;

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
        if context.out.is_json() { Ok(()) } else { context.out.table(&["scope", "keys", "action", "what"], &rows) }
    }
}
