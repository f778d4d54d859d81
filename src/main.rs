//! The program: hooks, parse, dispatch, exit code. Deliberately nothing else.

use centaur::{cli, log, paths::Paths};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let paths = Paths::find(&|name| std::env::var_os(name));
    if let Err(report) = report_crashes(paths) {
        // Only a hook that was set before is refused; crashes are then told as the standard library does.
        eprintln!("centaur: {}", log::redact(&report.to_string()));
    }
    let cli = match cli::Cli::try_parse_from(cli::ls::turned_last(std::env::args_os())) {
        Ok(cli) => cli,
        Err(said) => {
            // Help and version are no mistakes; a pipe that nobody reads is none either.
            let _ = said.print();
            return ExitCode::from(if said.use_stderr() { 2 } else { 0 });
        }
    };
    ExitCode::from(cli::run(cli))
}

/// A panic is a bug: a report to a file, and one line that says where. The console's own hook, set later, goes around this
/// one: it puts the terminal back first.
fn report_crashes(paths: Option<Paths>) -> color_eyre::Result<()> {
    let crashes = log::Crashes::new(cli::desk::PROGRAM, paths.map(|paths| paths.state))?;
    std::panic::set_hook(Box::new(move |panic| eprintln!("{}", crashes.told(panic))));
    Ok(())
}
