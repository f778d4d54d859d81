//! The program's own log: to files in the state folder, never to the screen, and never with a secret in it.
//!
//! Deliberately not here: the desk's log of events (see [`crate::store`]), which is the truth; this one is for finding
//! out what a program did.

use color_eyre::config::{HookBuilder, PanicHook, Theme};
use std::{
    backtrace::Backtrace,
    borrow::Cow,
    fs, io,
    panic::PanicHookInfo,
    path::{Path, PathBuf},
};
use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// How many days of log files are kept.
const DAYS: usize = 14;

/// Keeps the log going; what was written is on disk once this is dropped.
#[derive(Debug)]
#[must_use = "the log ends when this is dropped"]
pub struct Logging {
    _worker: WorkerGuard,
}

/// The log could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder or file cannot be written.
    #[error("cannot write the log in {}: {source}", folder.display())]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The filter is not understood.
    #[error("CENTAUR_LOG: {0}; write a level, as in `debug`, or `centaur::server=trace,info`")]
    Filter(String),
    /// Somebody else logs already.
    #[error("the log was started before")]
    Twice,
}

/// Starts the log in `folder`, one file a day, 14 days kept. `filter` as in `info` or `centaur::client=debug`.
///
/// # Errors
/// [`StartError`]; the program may go on without a log.
pub fn start(folder: &Path, filter: &str) -> Result<Logging, StartError> {
    let wrong = |source| StartError::Folder { folder: folder.to_owned(), source };
    private_folder(folder).map_err(wrong)?;
    let file = rolling::Builder::new()
        .rotation(rolling::Rotation::DAILY)
        .filename_prefix("centaur")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .map_err(|error| wrong(io::Error::other(error)))?;
    // Bounded, and lines are dropped when it is full: the log must never hold up the desk.
    let (lines, worker) = tracing_appender::non_blocking::NonBlockingBuilder::default().lossy(true).finish(file);
    let filter = EnvFilter::try_new(filter).map_err(|error| StartError::Filter(error.to_string()))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Redacting(lines))
        .try_init()
        .map_err(|_| StartError::Twice)?;
    Ok(Logging { _worker: worker })
}

/// Makes a folder that only its owner can enter. One that exists is left as it is.
///
/// # Errors
/// As the system says.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Tells of crashes: the report goes to a file that only its owner can read, one line to the screen.
pub struct Crashes {
    program: &'static str,
    folder: Option<PathBuf>,
    panics: PanicHook,
}

impl Crashes {
    /// Reports into `folder`, if there is one. From now on reports of errors look like those of crashes.
    ///
    /// # Errors
    /// If somebody else set how errors are reported before.
    pub fn new(program: &'static str, folder: Option<PathBuf>) -> color_eyre::Result<Self> {
        let crashes = Self::without_errors(program, folder)?;
        crashes.1.install()?;
        Ok(crashes.0)
    }

    fn without_errors(
        program: &'static str,
        folder: Option<PathBuf>,
    ) -> color_eyre::Result<(Self, color_eyre::config::EyreHook)> {
        // No colours, since it is for a file, and no advice on variables: the trace is always there.
        let (panics, errors) = HookBuilder::blank().theme(Theme::new()).display_env_section(false).try_into_hooks()?;
        Ok((Self { program, folder, panics }, errors))
    }

    /// Writes the report of a panic, and says in one line where it is. Neither has a secret in it.
    #[must_use]
    pub fn told(&self, panic: &PanicHookInfo<'_>) -> String {
        let report =
            format!("{}\n{}\n\n{}\n", self.program, self.panics.panic_report(panic), Backtrace::force_capture());
        match self.folder.as_ref().and_then(|folder| crash_report(folder, &report).ok()) {
            Some(path) => format!("centaur crashed, which is a bug; the report is in {}", path.display()),
            None => format!("centaur crashed, which is a bug: {}", redact(&report)),
        }
    }
}

/// Writes the report of a crash, without secrets, and tells where it is.
///
/// # Errors
/// As the system says.
pub fn crash_report(folder: &Path, report: &str) -> io::Result<PathBuf> {
    private_folder(folder)?;
    let named = tempfile::Builder::new().prefix("crash-").suffix(".txt").tempfile_in(folder)?;
    io::Write::write_all(&mut named.as_file(), redact(report).as_bytes())?;
    let (_, path) = named.keep().map_err(|error| error.error)?;
    Ok(path)
}

/// What secrets begin with, and how many characters of a secret must follow.
const MARKS: [(&str, usize); 5] = [("cen_", 16), ("Bearer ", 8), ("bearer ", 8), ("sk-", 16), ("token=", 8)];

/// The text with every secret replaced by its first letters and `…`.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, end)) = MARKS.iter().filter_map(|(mark, least)| secret(rest, mark, *least)).min() {
        out.push_str(&rest[..at]);
        out.push('…');
        rest = &rest[end..];
    }
    if out.is_empty() && rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the first secret behind `mark` begins and ends, in bytes.
fn secret(text: &str, mark: &str, least: usize) -> Option<(usize, usize)> {
    text.match_indices(mark).find_map(|(at, _)| {
        let from = at + mark.len();
        let length = text[from..].bytes().take_while(|b| b.is_ascii_alphanumeric() || b"-_.~+/=".contains(b)).count();
        (length >= least).then_some((from, from + length))
    })
}

/// A writer that redacts. One event is one write, so a secret is never split over two.
#[derive(Clone, Debug)]
struct Redacting<W>(W);

impl<W: io::Write> io::Write for Redacting<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        self.0.write_all(redact(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Redacting<W> {
    type Writer = Redacting<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Redacting(self.0.make_writer())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_gets_into_the_log() {
        let said = "hello cen_AAAAaaaaBBBBbbbbCCCC, Authorization: Bearer abc.def-123456 and cen_short stays; sk-0123456789abcdef0";
        assert_eq!(redact(said), "hello cen_…, Authorization: Bearer … and cen_short stays; sk-…");
        assert_eq!(redact("grüße 你好"), Cow::Borrowed("grüße 你好"));
        let mut written = Vec::new();
        io::Write::write_all(&mut Redacting(&mut written), b"token=cen_AAAAaaaaBBBBbbbbCCCC\n").unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "token=…\n");
    }

    #[test]
    fn a_panic_is_told_in_one_line_and_its_report_says_what_and_where() {
        let folder = tempfile::tempdir().unwrap();
        let (crashes, _) = Crashes::without_errors("centaur of the test", Some(folder.path().to_owned())).unwrap();
        let told = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let (line, here) = (told.clone(), std::thread::current().id());
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // Other tests may panic meanwhile: theirs is not ours.
            if std::thread::current().id() == here {
                *line.lock().unwrap() = crashes.told(panic);
            } else {
                before(panic);
            }
        }));
        let caught = std::panic::catch_unwind(|| panic!("no way back from cen_AAAAaaaaBBBBbbbbCCCC"));
        drop(std::panic::take_hook());
        assert!(caught.is_err());
        let line = told.lock().unwrap().clone();
        let path = line.strip_prefix("centaur crashed, which is a bug; the report is in ").unwrap();
        let report = fs::read_to_string(path).unwrap();
        assert!(!line.contains('\n') && report.starts_with("centaur of the test\n"), "{line}\n{report}");
        for part in ["The application panicked", "no way back from cen_…", "src/log.rs"] {
            assert!(report.contains(part), "{part} is missing in:\n{report}");
        }
        assert!(!report.contains('\u{1b}') && !report.contains("AAAA"), "{report}");
    }

    #[test]
    fn a_crash_report_is_for_its_owner_only_and_has_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = crash_report(folder.path(), "panicked with cen_AAAAaaaaBBBBbbbbCCCC").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "panicked with cen_…");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
