//! Somebody sits at a console in a pseudo-terminal.

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::{
    io::{Read, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// How long something may take that should take a blink: this runs beside other tests on small machines.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// What the demo is started with: many customers soon, who then write slowly, so that what one does to them is not
/// overtaken by their next words.
pub const DEMO: &[&str] = &["demo", "--seed", "7", "--rate", "120", "--speed", "0.2"];

/// Asks whether all is shown.
const QUESTION: &[u8] = b"\x1b[5n";

pub struct Sitting {
    pub screen: vt100::Parser,
    /// All that was written so far.
    pub raw: Vec<u8>,
    /// The terminal's settings before.
    pub before: String,
    pub folder: tempfile::TempDir,
    pub pid: i32,
    /// What the terminal says of the colour behind its text.
    pub colour: Option<&'static str>,
    /// Whether the terminal answers what it is asked.
    pub answers: bool,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    heard: Receiver<Vec<u8>>,
    ended: Receiver<ExitStatus>,
    deaf: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl Sitting {
    /// The console of a demo, when it shows customers.
    pub fn at_demo(columns: u16, rows: u16) -> Self {
        let began = Instant::now();
        let mut sitting = Self::run(env!("CARGO_BIN_EXE_centaur"), DEMO, columns, rows);
        sitting.until("a live floor with customers", |screen| {
            screen.contains("● live") && screen.contains("Floor") && has_row(screen)
        });
        println!("the floor is alive after {:?}", began.elapsed());
        sitting
    }

    /// A program in a fresh terminal, with folders of its own.
    pub fn run(program: &str, words: &[&str], columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let before = format!("{:?}", pair.master.get_termios());
        let mut command = CommandBuilder::new(program);
        command.args(words);
        command.env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("LANG", "C.UTF-8");
        command.env("TERM", "xterm-256color");
        command.env("TMPDIR", folder.path());
        command.env("HOME", folder.path());
        for name in ["CONFIG", "DATA", "STATE", "CACHE"] {
            command.env(format!("XDG_{name}_HOME"), folder.path().join(name.to_lowercase()));
        }
        command.cwd(folder.path());
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let pid = i32::try_from(child.process_id().unwrap()).unwrap();
        let (end, ended) = channel();
        std::thread::spawn(move || end.send(child.wait().unwrap()));
        let mut out = pair.master.try_clone_reader().unwrap();
        let deaf = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&deaf);
        let (hear, heard) = channel();
        let reader = std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while !stop.load(Ordering::SeqCst) {
                match out.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(n) => {
                        if hear.send(buffer[..n].to_vec()).is_err() {
                            break;
                        }
                    }
                }
            }
        });
        Self {
            screen: vt100::Parser::new(rows, columns, 0),
            raw: Vec::new(),
            before,
            folder,
            pid,
            answers: true,
            colour: None,
            writer: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            heard,
            ended,
            deaf,
            reader: Some(reader),
        }
    }

    /// What is on the screen.
    pub fn shown(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads until the screen is as meant.
    #[track_caller]
    pub fn until(&mut self, what: &str, meant: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !meant(&self.shown()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(error) => panic!("{error} while waiting for {what}; the screen:\n{}", self.shown()),
            }
        }
    }

    /// Reads until this is on the screen.
    #[track_caller]
    pub fn sees(&mut self, text: &str) {
        self.until(text, |screen| screen.contains(text));
    }

    /// Reads until this is no longer on the screen.
    #[track_caller]
    pub fn sees_no(&mut self, text: &str) {
        self.until(&format!("{text} to go"), |screen| !screen.contains(text));
    }

    /// Reads until these bytes were written, at or after the place `from`.
    #[track_caller]
    pub fn until_written(&mut self, bytes: &[u8], from: usize) {
        let end = Instant::now() + PATIENCE;
        while !self.raw[from..].windows(bytes.len()).any(|part| part == bytes) {
            let left = end.saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left) {
                Ok(more) => self.take(&more),
                Err(error) => panic!("{error} while waiting for {bytes:?}; the screen:\n{}", self.shown()),
            }
        }
    }

    /// Shows bytes, and answers each question whether they are shown, as every terminal does.
    fn take(&mut self, bytes: &[u8]) {
        let from = self.raw.len();
        self.raw.extend_from_slice(bytes);
        if let (Some(writer), true) = (&mut self.writer, self.answers) {
            let mut answers = String::new();
            for end in from + 1..=self.raw.len() {
                let said = &self.raw[..end];
                match self.colour {
                    Some(colour) if said.ends_with(b"\x1b]11;?\x1b\\") => {
                        answers.extend(["\x1b]11;", colour, "\x1b\\"]);
                    }
                    _ if said.ends_with(QUESTION) => answers.push_str("\x1b[0n"),
                    _ if said.ends_with(b"\x1b[c") => answers.push_str("\x1b[?62c"),
                    _ => {}
                }
            }
            // A terminal that is gone answers nothing.
            let _ = writer.write_all(answers.as_bytes()).and_then(|()| writer.flush());
        }
        self.screen.process(bytes);
    }

    /// Types.
    pub fn types(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Pastes, as a terminal does.
    pub fn pastes(&mut self, text: &str) {
        self.types(&format!("\u{1b}[200~{text}\u{1b}[201~"));
    }

    /// Types this again and again, with a fresh look each time, until the screen is as meant: for what may come a moment
    /// later than the key, as a draft that the AI has just withdrawn.
    #[track_caller]
    pub fn types_until(&mut self, keys: &str, what: &str, meant: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !meant(&self.shown()) {
            assert!(Instant::now() < end, "no {what}; the screen:\n{}", self.shown());
            self.types(keys);
            self.looks_anew();
            self.sees_no("loading…");
        }
    }

    /// Has the whole screen drawn anew, and reads that.
    #[track_caller]
    pub fn looks_anew(&mut self) {
        let from = self.raw.len();
        self.types("\u{c}");
        self.until_written(b"\x1b[2J", from);
        let cleared = self.raw.len();
        self.until_written(b"\x1b[?2026l", cleared.saturating_sub(8));
    }

    /// Gives the window another size; the program is told.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        // The judge's own screen does not stand the smallest sizes.
        self.screen.screen_mut().set_size(rows.max(5), columns.max(20));
        self.master.as_ref().unwrap().resize(size(columns, rows)).unwrap();
    }

    /// The terminal's settings now.
    pub fn settings(&self) -> String {
        format!("{:?}", self.master.as_ref().unwrap().get_termios())
    }

    /// Sends a signal.
    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.pid), signal).unwrap();
    }

    /// Reads to the end; how the program ended.
    #[track_caller]
    pub fn end(&mut self, within: Duration) -> ExitStatus {
        let until = Instant::now() + within;
        loop {
            match self.heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("still there after {within:?}; the screen:\n{}", self.shown()),
            }
        }
        self.ended.recv_timeout(until.saturating_duration_since(Instant::now())).expect("the terminal closed first")
    }

    /// Closes the terminal, as when a window is closed; how the program ended.
    #[track_caller]
    pub fn close(&mut self, within: Duration) -> ExitStatus {
        // The reading thread holds the terminal open until it has read once more.
        self.deaf.store(true, Ordering::SeqCst);
        self.types("\u{c}");
        self.reader.take().unwrap().join().unwrap();
        self.writer = None;
        self.master = None;
        self.ended.recv_timeout(within).expect("the program outlived its terminal")
    }

    /// The crash reports that were written.
    pub fn crashes(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().join("state")];
        while let Some(folder) = folders.pop() {
            for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = file.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_string_lossy().contains("crash") {
                    found.push(std::fs::read_to_string(path).unwrap_or_default());
                }
            }
        }
        found
    }
}

impl Drop for Sitting {
    fn drop(&mut self) {
        // It has ended already in every test that passes.
        if self.ended.try_recv().is_err() && std::thread::panicking() {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.pid), nix::sys::signal::Signal::SIGKILL);
        }
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// Whether a customer is in the list.
fn has_row(screen: &str) -> bool {
    screen.lines().any(|line| line.starts_with(['│', '|']) && line.contains(['✦', '◆', '▲', '●']))
}
