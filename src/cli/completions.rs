//! `centaur completions`: a completion script for a shell, made from the tree of commands.

use super::{Context, exit::Failure, tree};
use clap_complete::Shell;

/// `centaur completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur completions bash > ~/.local/share/bash-completion/completions/centaur
  centaur completions zsh > ~/.zfunc/_centaur
  centaur completions fish > ~/.config/fish/completions/centaur.fish")]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    /// Does it.
    ///
    /// # Errors
    /// If it cannot be printed.
    pub fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut tree(), "centaur", &mut script);
        context.out.raw(&script)
    }
}
