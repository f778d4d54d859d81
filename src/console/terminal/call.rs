//! How a terminal calls its person: the bell, a line outside of the screen, the title of the window.
//!
//! Bytes only, and what the environment says of the terminal; [`Terminal`](super::Terminal) writes them. Everything said
//! is [`SafeText`], so no text can end the sequence it stands in. Deliberately not here: when to call (`console::alerts`).

use crate::{config::Notify, domain::text::SafeText};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::process::{Child, Command};

/// Cells of what is said outside of the screen.
const CELLS: usize = 160;
/// Keeps the present title in mind, and gives it back. Where a terminal does not know that, the title is empty after.
pub const KEEP_TITLE: &str = "\x1b[22;2t";
/// Undoes [`KEEP_TITLE`].
pub const GIVE_TITLE_BACK: &str = "\x1b]2;\x1b\\\x1b[23;2t";

/// How a notification is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// Not at all.
    #[default]
    None,
    /// By the terminal: `OSC 9 ; text`.
    Osc9,
    /// By the terminal: `OSC 777 ; notify ; title ; text`.
    Osc777,
    /// By this program of the desktop.
    Desktop(PathBuf),
}

/// Who stands between us and the terminal and must be asked to let a sequence through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Between {
    #[default]
    Nobody,
    Tmux,
    Screen,
}

/// What the terminal of this process can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Means {
    notification: Way,
    title: bool,
    between: Between,
}

impl Means {
    /// What the settings wish, as far as the environment allows it. The desktop is never asked over SSH: it would be the
    /// wrong one.
    pub fn of(
        wanted: Notify,
        title: bool,
        variable: &dyn Fn(&str) -> Option<String>,
        is_file: &dyn Fn(&Path) -> bool,
    ) -> Self {
        let term = variable("TERM").unwrap_or_default();
        // The Linux console and serial lines print strings that they do not know.
        let speaks = !(term.is_empty() || term == "linux" || term == "dumb" || term.starts_with("vt"));
        let between = match (variable("TMUX"), variable("STY")) {
            (Some(_), _) => Between::Tmux,
            (None, Some(_)) => Between::Screen,
            (None, None) => Between::Nobody,
        };
        let desktop = || desktop(variable, is_file).map(Way::Desktop);
        let osc = |way| if speaks { way } else { Way::None };
        let notification = match wanted {
            Notify::Off => Way::None,
            Notify::Desktop => desktop().unwrap_or_default(),
            Notify::Osc9 => osc(Way::Osc9),
            Notify::Osc777 => osc(Way::Osc777),
            Notify::Auto => desktop().unwrap_or_else(|| osc(spoken(&term, variable))),
        };
        Self { notification, title: title && speaks, between }
    }

    /// Whether the title may be changed.
    #[must_use]
    pub fn entitles(&self) -> bool {
        self.title
    }

    /// The program of the desktop, if that is how.
    #[must_use]
    pub fn desktop(&self) -> Option<&Path> {
        match &self.notification {
            Way::Desktop(program) => Some(program),
            _ => None,
        }
    }

    /// The bytes that call: the bell, if wanted, and what the terminal shows.
    #[must_use]
    pub fn bytes(&self, rings: bool, says: Option<&SafeText>) -> String {
        let mut bytes = String::new();
        if let Some(words) = says.map(|words| words.within(CELLS)) {
            match &self.notification {
                // A digit first would be read as something else by some.
                Way::Osc9 => bytes = self.through(&format!("\x1b]9;centaur {words}\x1b\\")),
                Way::Osc777 => bytes = self.through(&format!("\x1b]777;notify;centaur;{words}\x1b\\")),
                Way::None | Way::Desktop(_) => {}
            }
        }
        if rings {
            bytes.push('\x07');
        }
        bytes
    }

    /// A sequence as whoever stands between hands it on.
    fn through(&self, sequence: &str) -> String {
        match self.between {
            Between::Nobody => sequence.to_owned(),
            Between::Tmux => format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")),
            // The end of the sequence would end what it is wrapped in.
            Between::Screen => format!("\x1bP{}\x07\x1b\\", sequence.trim_end_matches("\x1b\\")),
        }
    }
}

/// The bytes that give the window a title.
#[must_use]
pub fn title(words: &SafeText) -> String {
    format!("\x1b]2;{}\x1b\\", words.within(CELLS))
}

/// Which sequence the terminal probably understands.
fn spoken(term: &str, variable: &dyn Fn(&str) -> Option<String>) -> Way {
    let understands_777 = term.starts_with("foot") || term.starts_with("rxvt") || variable("VTE_VERSION").is_some();
    if understands_777 { Way::Osc777 } else { Way::Osc9 }
}

/// The desktop's program for notifications, if this runs on a desktop and not at the far end of a line.
fn desktop(variable: &dyn Fn(&str) -> Option<String>, is_file: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    let far = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].iter().any(|name| variable(name).is_some());
    let has_display = ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| variable(name).is_some());
    if far || !has_display {
        return None;
    }
    let path = variable("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("notify-send")).find(|program| is_file(program))
}

/// Has the desktop show a line. Only what the program itself is told: no shell, and nothing of its words reaches the screen.
///
/// # Errors
/// If it cannot be started.
pub fn show_on_desktop(program: &Path, words: &SafeText) -> std::io::Result<Child> {
    Command::new(program)
        .args(["--app-name=centaur", "--", "centaur"])
        .arg(without_markup(words.within(CELLS).as_str()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

/// Desktops read the text as markup.
fn without_markup(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn means(wanted: Notify, set: &[(&str, &str)]) -> Means {
        let set: Vec<(String, String)> = set.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let variable = move |name: &str| set.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        Means::of(wanted, true, &variable, &|path| path == Path::new("/usr/bin/notify-send"))
    }

    const HOME: [(&str, &str); 3] = [("TERM", "xterm-256color"), ("PATH", "/bin:/usr/bin"), ("DISPLAY", ":0")];

    #[test]
    fn the_desktop_is_asked_where_it_is_and_never_over_ssh() {
        let program = Path::new("/usr/bin/notify-send");
        for wanted in [Notify::Auto, Notify::Desktop] {
            assert_eq!(means(wanted, &HOME).desktop(), Some(program));
            for far in ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"] {
                let set: Vec<_> = HOME.into_iter().chain([(far, "x")]).collect();
                assert_eq!(means(wanted, &set).desktop(), None);
            }
            assert_eq!(means(wanted, &HOME[..2]).desktop(), None);
        }
        assert_eq!(means(Notify::Off, &HOME), Means { title: true, ..Means::default() });
    }

    #[test]
    fn each_terminal_gets_the_sequence_that_it_knows_and_some_get_none() {
        let words = SafeText::line("#7 Jana: asked");
        let said = |set: &[(&str, &str)]| means(Notify::Auto, set).bytes(true, Some(&words));
        assert_eq!(said(&[("TERM", "xterm-256color")]), "\x1b]9;centaur #7 Jana: asked\x1b\\\x07");
        assert_eq!(said(&[("TERM", "foot")]), "\x1b]777;notify;centaur;#7 Jana: asked\x1b\\\x07");
        assert_eq!(
            said(&[("TERM", "tmux-256color"), ("TMUX", "x")]),
            "\x1bPtmux;\x1b\x1b]9;centaur #7 Jana: asked\x1b\x1b\\\x1b\\\x07"
        );
        assert_eq!(said(&[("TERM", "screen"), ("STY", "x")]), "\x1bP\x1b]9;centaur #7 Jana: asked\x07\x1b\\\x07");
        for silent in ["linux", "vt100", "dumb", ""] {
            assert_eq!(said(&[("TERM", silent)]), "\x07");
            assert!(!means(Notify::Auto, &[("TERM", silent)]).entitles());
        }
        assert!(means(Notify::Auto, &HOME).entitles());
    }

    proptest! {
        #[test]
        fn no_name_ends_the_sequence_that_it_stands_in(name in any::<String>()) {
            let words = SafeText::line(&name);
            for set in [("TERM", "xterm"), ("TERM", "foot")] {
                let bytes = means(Notify::Auto, &[set]).bytes(false, Some(&words));
                let inner = bytes.strip_prefix("\x1b]").and_then(|rest| rest.strip_suffix("\x1b\\")).unwrap();
                prop_assert!(!inner.contains(char::is_control), "{inner:?}");
            }
            let titled = title(&words);
            let inner = titled.strip_prefix("\x1b]2;").and_then(|rest| rest.strip_suffix("\x1b\\")).unwrap();
            prop_assert!(!inner.contains(char::is_control), "{inner:?}");
            prop_assert!(!without_markup(words.as_str()).contains(['<', '>']));
        }
    }
}
