//! Away from the screen for a while: in an editor, or stopped by the shell. The keys are given up first, the screen is
//! taken and painted anew after. Deliberately not here: what the person edits for.

use super::{App, Broken};
use crate::console::{
    msg::What,
    terminal::{Screen, Seat},
};
use std::{io, io::Write, process::ExitStatus};
use tokio::process::Command;

/// Why one leaves the screen.
#[derive(Debug)]
pub(super) enum Away {
    /// To edit this text.
    Editor(String),
    /// To the shell.
    Shell,
}

impl<B: Screen, S: Seat> App<B, S> {
    /// Leaves the screen if there is a reason to, and comes back.
    pub(super) async fn go_away(&mut self) -> Result<(), Broken> {
        match self.away.take() {
            None => Ok(()),
            Some(Away::Shell) => {
                self.hear_out().await;
                if self.over {
                    return Ok(());
                }
                // The reader of keys must be gone before the screen is.
                self.inputs = None;
                self.seat.leave()?;
                let stopped = self.seat.suspend();
                self.come_back()?;
                if let Err(why) = stopped {
                    self.hear(What::Trouble(format!("cannot be suspended: {why}")));
                }
                Ok(())
            }
            Some(Away::Editor(_)) if !self.seat.has_editor() => {
                self.hear(What::Edited(Err("there is none here".to_owned())));
                Ok(())
            }
            Some(Away::Editor(text)) => {
                self.hear_out().await;
                if self.over {
                    return Ok(());
                }
                self.inputs = None;
                self.seat.leave()?;
                let edited = self.edit(&text).await;
                self.come_back()?;
                self.hear(What::Edited(edited.map_err(|error| error.to_string())));
                Ok(())
            }
        }
    }

    /// Runs the editor on a text; meanwhile the news are heard, so that the session need not wait.
    async fn edit(&mut self, text: &str) -> io::Result<Option<String>> {
        let mut file = tempfile::Builder::new().prefix("centaur-").suffix(".md").tempfile()?;
        file.write_all(text.as_bytes())?;
        file.flush()?;
        let mut child =
            Command::new("sh").arg("-c").arg(format!("{} \"$1\"", self.editor)).arg("sh").arg(file.path()).spawn()?;
        let status = loop {
            let Some(news) = &mut self.news else { break child.wait().await? };
            tokio::select! {
                status = child.wait() => break status?,
                told = news.recv() => match told {
                    Some(told) => self.take_news(told),
                    None => self.news = None,
                },
            }
        };
        outcome(status, &std::fs::read_to_string(file.path())?)
    }
}

fn outcome(status: ExitStatus, text: &str) -> io::Result<Option<String>> {
    if !status.success() {
        return Err(io::Error::other(format!("it ended with {status}")));
    }
    Ok((!text.trim().is_empty()).then(|| text.to_owned()))
}
