//! `centaur paths`: where files are.

use super::{Context, exit::Failure};
use crate::domain::text::SafeText;

/// `centaur paths`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur paths --json | jq -r .config_file")]
pub struct Where {}

impl Where {
    /// Does it.
    ///
    /// # Errors
    /// If it cannot be printed.
    pub fn run(self, context: &mut Context) -> Result<(), Failure> {
        if let Some(fault) = &context.config_fault {
            context.out.remark(&format!("{fault}; other commands do not run before this is mended"));
        }
        let named = context.paths.named();
        if context.out.is_json() {
            let all: serde_json::Map<String, serde_json::Value> =
                named.iter().map(|(name, path)| ((*name).to_owned(), path.display().to_string().into())).collect();
            return context.out.json(&all);
        }
        let rows: Vec<Vec<SafeText>> = named
            .iter()
            .map(|(name, path)| vec![SafeText::from_own(name), SafeText::line(&path.display().to_string())])
            .collect();
        context.out.table(&["name", "path"], &rows)
    }
}
