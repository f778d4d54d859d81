//! A table of figures, each beside its reference and its goal; percentiles; what the system says of memory.
//!
//! Deliberately not here: what is measured. No statistics beyond percentiles: on a shared machine only the ratio to a
//! reference of the same run travels.

use std::{fmt::Write as _, time::Duration};

/// One line of the table.
struct Line {
    what: String,
    figure: String,
    beside: String,
    goal: String,
    met: Option<bool>,
}

/// Figures of one run.
#[derive(Default)]
pub struct Figures {
    lines: Vec<Line>,
}

impl Figures {
    /// A figure without a goal of its own: a reference, or something to know.
    pub fn note(&mut self, what: &str, figure: impl Into<String>) {
        self.add(what, figure, String::new(), String::new(), None);
    }

    /// A figure with its goal; `beside` is the reference, or the ratio to it.
    pub fn goal(
        &mut self,
        what: &str,
        figure: impl Into<String>,
        beside: impl Into<String>,
        goal: impl Into<String>,
        met: bool,
    ) {
        self.add(what, figure, beside.into(), goal.into(), Some(met));
    }

    fn add(&mut self, what: &str, figure: impl Into<String>, beside: String, goal: String, met: Option<bool>) {
        let line = Line { what: what.to_owned(), figure: figure.into(), beside, goal, met };
        // Shown at once too: a run takes minutes.
        eprintln!("  {}: {} {}", line.what, line.figure, line.beside);
        self.lines.push(line);
    }

    /// Prints all of them.
    pub fn print(&self, title: &str) {
        let wide = |of: fn(&Line) -> &String| self.lines.iter().map(|l| of(l).chars().count()).max().unwrap_or(0);
        let (what, figure, beside, goal) =
            (wide(|l| &l.what), wide(|l| &l.figure), wide(|l| &l.beside), wide(|l| &l.goal));
        let mut out = format!("\n{title}\n");
        for line in &self.lines {
            let met = match line.met {
                None => "",
                Some(true) => "met",
                Some(false) => "MISSED",
            };
            let _ = writeln!(
                out,
                "| {:<what$} | {:>figure$} | {:<beside$} | {:<goal$} | {met:<6} |",
                line.what, line.figure, line.beside, line.goal
            );
        }
        println!("{out}");
    }
}

/// Durations, sorted once.
pub struct Spread(Vec<Duration>);

impl Spread {
    /// Of these samples; at least one.
    pub fn of(mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        Self(samples)
    }

    /// The sample below which `hundredths` of all lie, in milliseconds.
    pub fn ms(&self, hundredths: f64) -> f64 {
        let at = (self.0.len() as f64 * hundredths / 100.0) as usize;
        self.0.get(at.min(self.0.len().saturating_sub(1))).map_or(f64::NAN, |it| it.as_secs_f64() * 1e3)
    }

    /// The middle and the hundredth, as text.
    pub fn text(&self) -> String {
        format!("p50 {:.3} ms, p99 {:.3} ms", self.ms(50.0), self.ms(99.0))
    }
}

/// Resident memory of a process in KiB, `VmRSS`; 0 where the system does not say.
pub fn resident(process: Option<u32>) -> u64 {
    let path = process.map_or("/proc/self/status".to_owned(), |id| format!("/proc/{id}/status"));
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

/// What the processors spent on this process's threads of these names so far.
pub fn spent(names: &[&str]) -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of = |task: std::fs::DirEntry| -> Option<u64> {
        let name = std::fs::read_to_string(task.path().join("comm")).ok()?;
        let spent = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        names.contains(&name.trim()).then(|| spent.split(' ').next()?.parse().ok()).flatten()
    };
    Duration::from_nanos(tasks.filter_map(of).sum())
}

/// Numbers from a seed (splitmix64): the same everywhere, always.
pub struct Random(pub u64);

impl Random {
    /// The next number below `below`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below.max(1)
    }
}
