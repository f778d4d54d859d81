//! Where files are: configuration, data, state, cache, run time. By XDG wherever its variables are set, else as the
//! system has it.
//!
//! Deliberately not here: what is in the files, and who may read them.

use std::{ffi::OsString, path::PathBuf};

/// The folders of this program. None of them need exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// What people edit: `config.toml`, `keymap.toml`, saved tokens.
    pub config: PathBuf,
    /// What must not be lost: desks.
    pub data: PathBuf,
    /// What may be lost without harm but is kept: the program's log, drafts, reports of crashes.
    pub state: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
    /// Sockets; only where the system has such a folder.
    pub runtime: Option<PathBuf>,
}

impl Paths {
    /// The folders by the environment; `None` where not even a home folder is known.
    #[must_use]
    pub fn find(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        let system = directories::ProjectDirs::from("", "", "centaur");
        // As XDG says: a relative path there is ignored.
        let xdg = |name: &str| {
            variable(name).map(PathBuf::from).filter(|path| path.is_absolute()).map(|path| path.join("centaur"))
        };
        let or = |own: Option<PathBuf>, default: Option<PathBuf>| own.or(default);
        let system = system.as_ref();
        let data = or(xdg("XDG_DATA_HOME"), system.map(|dirs| dirs.data_dir().to_owned()))?;
        let state = or(
            xdg("XDG_STATE_HOME"),
            system.map(|dirs| dirs.state_dir().map_or_else(|| data.join("state"), ToOwned::to_owned)),
        )?;
        Some(Self {
            config: or(xdg("XDG_CONFIG_HOME"), system.map(|dirs| dirs.config_dir().to_owned()))?,
            cache: or(xdg("XDG_CACHE_HOME"), system.map(|dirs| dirs.cache_dir().to_owned()))?,
            runtime: or(xdg("XDG_RUNTIME_DIR"), system.and_then(|dirs| dirs.runtime_dir()).map(ToOwned::to_owned)),
            data,
            state,
        })
    }

    /// Everything under one folder: for tests, and for who wants to carry it all.
    #[must_use]
    pub fn under(folder: &std::path::Path) -> Self {
        Self {
            config: folder.join("config"),
            data: folder.join("data"),
            state: folder.join("state"),
            cache: folder.join("cache"),
            runtime: None,
        }
    }

    /// The settings that people edit.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The keys that people rebind.
    #[must_use]
    pub fn keymap_file(&self) -> PathBuf {
        self.config.join("keymap.toml")
    }

    /// Canned replies, one Markdown file each.
    #[must_use]
    pub fn replies(&self) -> PathBuf {
        self.config.join("replies")
    }

    /// Saved tokens, one file for each server.
    #[must_use]
    pub fn tokens(&self) -> PathBuf {
        self.config.join("tokens")
    }

    /// The desk of `centaur serve` where no other folder is named.
    #[must_use]
    pub fn desk(&self) -> PathBuf {
        self.data.join("desk")
    }

    /// The program's own log files.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.state.join("log")
    }

    /// What was typed and not yet sent.
    #[must_use]
    pub fn drafts(&self) -> PathBuf {
        self.state.join("drafts")
    }

    /// All of them with their names, in the order in which `centaur paths` prints them.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, PathBuf)> {
        let mut all = vec![
            ("config", self.config.clone()),
            ("config_file", self.config_file()),
            ("keymap_file", self.keymap_file()),
            ("replies", self.replies()),
            ("tokens", self.tokens()),
            ("data", self.data.clone()),
            ("desk", self.desk()),
            ("state", self.state.clone()),
            ("logs", self.logs()),
            ("drafts", self.drafts()),
            ("cache", self.cache.clone()),
        ];
        all.extend(self.runtime.clone().map(|runtime| ("runtime", runtime)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_of_xdg_win_where_they_are_absolute() {
        let paths = Paths::find(&|name| match name {
            "XDG_CONFIG_HOME" => Some("/c".into()),
            "XDG_STATE_HOME" => Some("/s".into()),
            "XDG_DATA_HOME" => Some("relative".into()),
            _ => None,
        })
        .unwrap();
        assert_eq!(paths.config_file(), PathBuf::from("/c/centaur/config.toml"));
        assert_eq!(paths.logs(), PathBuf::from("/s/centaur/log"));
        assert!(paths.data.is_absolute());
    }
}
