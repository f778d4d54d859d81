//! `centaur knowledge check`: reads a folder as the AI would, and says what is wrong with it.

use super::{Context, exit::Failure, output::several};
use crate::{ai::knowledge, domain::text::SafeText};
use std::path::PathBuf;

/// `centaur knowledge`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur knowledge check ./articles")]
pub struct Read {
    /// What to do
    #[command(subcommand)]
    what: What,
}

/// What can be done with knowledge.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Find mistakes in a folder of Markdown, each with its file and line
    #[command(after_help = "Example:\n  centaur knowledge check ./articles --json")]
    Check {
        /// The folder
        folder: PathBuf,
    },
}

impl Read {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure::Usage`] if the folder cannot be read; [`Failure::Failed`] if something is wrong with what is in it.
    pub fn run(self, context: &mut Context) -> Result<(), Failure> {
        let What::Check { folder } = self.what;
        let report = knowledge::check(&folder).map_err(|error| Failure::Usage(error.to_string()))?;
        if context.out.is_json() {
            let problems: Vec<serde_json::Value> = report
                .problems
                .iter()
                .map(|problem| serde_json::json!({ "file": problem.file, "line": problem.line, "says": problem.says }))
                .collect();
            context.out.json(&serde_json::json!({
                "files": report.files,
                "left_out": report.left_out,
                "sections": report.sections,
                "sentences": report.sentences,
                "synonyms": report.synonyms,
                "locales": report.locales,
                "topics": report.topics,
                "problems": problems,
            }))?;
        } else {
            for problem in &report.problems {
                context.out.text(&SafeText::line(&problem.to_string()))?;
            }
            context.out.remark(&format!(
                "{} files, {} sections, {} sentences, {} synonyms; {} left out",
                report.files,
                report.sections,
                report.sentences,
                report.synonyms,
                several(report.left_out, "file")
            ));
        }
        if report.is_clean() {
            Ok(())
        } else {
            Err(Failure::Failed(format!("{} to mend in {}", several(report.problems.len(), "thing"), folder.display())))
        }
    }
}
