//! `centaur man`: the man pages, made from the tree of commands, and for the console from the table of its actions.

use super::{Context, exit::Failure, manual};
use clap_mangen::Man as Roff;
use std::path::PathBuf;

/// `centaur man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur man | man -l -
  centaur man ~/.local/share/man/man1")]
pub struct Man {
    /// Write a page for every command into this folder instead
    folder: Option<PathBuf>,
}

impl Man {
    /// Does it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn run(self, context: &mut Context) -> Result<(), Failure> {
        let Some(folder) = self.folder else {
            let mut page = Vec::new();
            Roff::new(manual()).render(&mut page)?;
            return context.out.raw(&page);
        };
        std::fs::create_dir_all(&folder)?;
        clap_mangen::generate_to(manual(), &folder)?;
        let place = folder.display().to_string();
        context.out.done(&serde_json::json!({ "folder": place }), &format!("the man pages are in {place}"))
    }
}
