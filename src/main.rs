//! The program: hooks, parse, dispatch, exit code. Deliberately nothing else.

use centaur::{cli, log, paths::Paths};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let paths = Paths::find(&|name| std::env::var_os(name));
    report_crashes(paths);
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => {
            // Help and version are no mistakes; a pipe that nobody reads is none either.
            let _ = said.print();
            return ExitCode::from(if said.use_stderr() { 2 } else { 0 });
        }
    };
    ExitCode::from(cli::run(cli))
}

/// A panic is a bug: a report to a file, and one line that says where. The console's own hook, set later, puts the
/// terminal back first.
fn report_crashes(paths: Option<Paths>) {
    std::panic::set_hook(Box::new(move |panic| {
        let trace = std::backtrace::Backtrace::force_capture();
        let report = format!("{}\n{panic}\n\n{trace}\n", cli::desk::PROGRAM);
        let written = paths.as_ref().and_then(|paths| log::crash_report(&paths.state, &report).ok());
        match written {
            Some(path) => eprintln!("centaur crashed, which is a bug; the report is in {}", path.display()),
            None => eprintln!("centaur crashed, which is a bug: {}", log::redact(&report)),
        }
    }));
}
