//! The desk's own teammates in this program: the AI with what it answers from, and who runs tools.
//!
//! Deliberately not here: how it answers (`ai`), and who else joins.

use super::{assets, desk::Desk, embed::Embedded, exit::Failure, output::Output};
use crate::{
    ai::{
        driver::{Driver, DriverOptions, Pace},
        knowledge::Knowledge,
        model::Model,
        tools::{Toolbox, runner::Runner},
    },
    config::{self, ConfigError},
    domain::{
        command::Command,
        guidance::{GuidanceId, Instruction},
        policy::Policy,
        teammate::Role,
    },
    protocol::Scope,
};
use serde::Deserialize;
use std::{path::Path, sync::Arc, time::Duration};
use tokio::task::JoinHandle;

/// How long a customer must be silent before the AI begins to answer.
const SETTLE: Duration = Duration::from_millis(700);
/// Conversations that the AI answers at once.
const AT_ONCE: usize = 32;

/// How fast the AI that quotes shows what it writes; a language model has a pace of its own.
pub const OFFLINE_PACE: Pace = Pace::WordsPerSecond(40);

/// Lets an AI teammate join and answer from `knowledge` with `model`, until the task is ended; in a hurry for so long at
/// first.
///
/// # Errors
/// The desk refuses, or its token cannot be kept.
pub async fn hire(
    desk: &Embedded,
    name: &str,
    knowledge: Arc<Knowledge>,
    model: Arc<dyn Model>,
    pace: Pace,
    hurry: Duration,
) -> Result<JoinHandle<()>, Failure> {
    let (_, token) = desk.local(name, Role::Ai).await?;
    let options = DriverOptions { pace, settle: SETTLE, hurry, at_once: AT_ONCE, ..DriverOptions::default() };
    let dial = Arc::clone(&desk.dial);
    Ok(tokio::spawn(async move {
        if let Err(error) = Driver::run_with(dial, token, knowledge, model, options).await {
            tracing::error!(%error, "the AI teammate ended");
        }
    }))
}

/// The name of the teammate who runs tools.
const RUNNER: &str = "tools";

/// Lets a teammate join who runs what the desk lets run with `tools`, until the task is ended. None if there are no tools.
///
/// # Errors
/// The desk refuses, or its token cannot be kept.
pub async fn run_tools(desk: &Embedded, tools: Toolbox) -> Result<Option<JoinHandle<()>>, Failure> {
    if tools.is_empty() {
        return Ok(None);
    }
    let (_, token) = desk.local(RUNNER, Role::Tools).await?;
    let dial = Arc::clone(&desk.dial);
    Ok(Some(tokio::spawn(async move {
        if let Err(error) = Runner::run(dial, token, tools).await {
            tracing::error!(%error, "tools are not run any more");
        }
    })))
}

/// The Markdown in `folder`, or the demo company's. Problems are remarked upon; a file with one is left out.
///
/// # Errors
/// The folder cannot be read.
pub fn knowledge(folder: Option<&Path>, out: &mut Output) -> Result<Knowledge, Failure> {
    let (knowledge, report) = match folder {
        Some(folder) => Knowledge::load(folder).map_err(|error| Failure::Usage(error.to_string()))?,
        None => Knowledge::from_files(assets::knowledge()),
    };
    for problem in &report.problems {
        out.remark(&problem.to_string());
    }
    if let (Some(folder), Some(said)) = (folder, missing(report.files, report.left_out, report.sections)) {
        out.remark(&format!("{}: {said}", folder.display()));
    }
    Ok(knowledge)
}

/// What an AI must do without, of a folder of articles.
fn missing(files: usize, left_out: usize, sections: usize) -> Option<String> {
    if sections == 0 {
        return Some("nothing in it can be answered from; the AI gives every matter to people".to_owned());
    }
    (left_out > 0).then(|| {
        format!("{left_out} of {files} files are left out; `centaur knowledge check` says when all are in order")
    })
}

/// The file of guidance.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pieces {
    guidance: Vec<Instruction>,
}

/// Guidance from TOML.
///
/// # Errors
/// What is wrong, with the place.
pub fn guidance(text: &str, path: &str) -> Result<Vec<Instruction>, Failure> {
    let pieces: Pieces = toml::from_str(text).map_err(|error| Failure::Usage(format!("{path}: {error}")))?;
    Ok(pieces.guidance)
}

/// Publishes guidance at a desk that never had any, by its admin.
///
/// # Errors
/// The desk refuses, or the line failed.
pub async fn guide(desk: &Embedded, pieces: Vec<Instruction>, patience: Duration) -> Result<(), Failure> {
    let mut line = Desk::over(Arc::clone(&desk.dial), desk.admin_token()?, Scope::None, patience).await?;
    if line.office().last_guidance > GuidanceId(0) {
        return Ok(());
    }
    for (instruction, number) in pieces.into_iter().zip(1..) {
        let instruction = Box::new(instruction);
        line.ask(Command::WriteGuidance { guidance: None, instruction, from: None }).await?;
        line.ask(Command::PublishGuidance { guidance: GuidanceId(number), version: 1 }).await?;
    }
    Ok(())
}

/// A policy from TOML.
///
/// # Errors
/// What is wrong, with the place.
pub fn policy(text: &str, path: &str) -> Result<Policy, Failure> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        let (said, near) = config::in_our_words(error.message());
        Failure::Usage(ConfigError { path: path.to_owned(), line, said, near }.to_string())
    })
}

/// The policy in a file.
///
/// # Errors
/// The file cannot be read, or what is wrong in it.
pub fn policy_file(path: &Path) -> Result<Policy, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("{}: {error}; check the path", path.display())))?;
    policy(&text, &path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_ai_must_do_without_is_said() {
        assert_eq!(missing(6, 0, 2), None);
        assert!(missing(6, 4, 2).unwrap().starts_with("4 of 6 files are left out"));
        assert!(missing(0, 0, 0).unwrap().contains("gives every matter to people"));
    }
}
