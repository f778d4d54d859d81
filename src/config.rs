//! Settings: the built-in file, and a person's file over it. What is wrong is told with its line and what was meant.
//!
//! Deliberately not here: the keymap (see `console::keymap`), where files are (`paths`), flags and environment (`cli`).

mod alert;
pub mod models;
pub mod tools;

use crate::domain::{near::nearest, time::Span};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};

pub use alert::{By, Hours, Notify, Rule};

/// The built-in settings, which are also their documentation.
pub const DEFAULT: &str = include_str!("../assets/config.toml");

/// So many mistakes are told at once.
const MISTAKES: usize = 10;

/// Which signs are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Glyphs {
    /// As the locale and the terminal say.
    #[default]
    Auto,
    /// Box drawing and symbols.
    Unicode,
    /// `+-|*`.
    Ascii,
}

/// Which keys lie over the built-in ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// None.
    #[default]
    Default,
    /// More of what fingers know from vi.
    Vim,
    /// Arrows and function keys; letters only for acts.
    Plain,
}

/// So many seconds, 30 at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct HoldSeconds(u8);

impl TryFrom<i64> for HoldSeconds {
    type Error = String;

    fn try_from(seconds: i64) -> Result<Self, String> {
        match u8::try_from(seconds) {
            Ok(seconds @ 0..=30) => Ok(Self(seconds)),
            _ => Err(format!("{seconds} seconds cannot be: a reply is held for 0 to 30")),
        }
    }
}

impl HoldSeconds {
    /// As a span.
    #[must_use]
    pub fn span(self) -> Span {
        Span::seconds(u64::from(self.0))
    }
}

/// How replies go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Send {
    /// For how long a reply can be taken back before it goes.
    pub hold_seconds: HoldSeconds,
    /// The same for single channels, by their names.
    pub channels: BTreeMap<String, HoldSeconds>,
}

/// All settings. What a file leaves out is as built in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The desk's server.
    pub server: String,
    /// A theme's name or file, or `auto`.
    pub theme: String,
    /// Which signs are drawn.
    pub glyphs: Glyphs,
    /// Which keys lie over the built-in ones, under the person's own.
    pub keys: Preset,
    /// Whether the mouse clicks, turns and drags in the console.
    pub mouse: bool,
    /// What edits a longer text; empty means what the environment says.
    pub editor: String,
    /// When a console calls the person.
    pub alert: Vec<Rule>,
    /// How a notification is shown.
    pub notification: Notify,
    /// Whether the terminal's title tells how many conversations need the person.
    pub title: bool,
    /// How replies go.
    pub send: Send,
    /// The language models, by name.
    pub models: BTreeMap<String, models::Profile>,
    /// The tool servers.
    #[serde(rename = "tool_server")]
    pub tool_servers: Vec<tools::ToolServer>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: "http://127.0.0.1:8722".to_owned(),
            theme: "auto".to_owned(),
            glyphs: Glyphs::Auto,
            keys: Preset::default(),
            mouse: false,
            editor: String::new(),
            alert: Vec::new(),
            notification: Notify::Auto,
            title: true,
            send: Send::default(),
            models: BTreeMap::new(),
            tool_servers: Vec::new(),
        }
    }
}

/// Something wrong in a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what is expected.
    pub said: String,
    /// The key that was probably meant.
    pub near: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.said)?;
        match &self.near {
            Some(near) => write!(f, "; did you mean `{near}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// All that is wrong, in a sentence: who mends the first wants to know of the second.
    pub fn read_whole(text: &str, path: &str) -> Result<Self, String> {
        Self::read(text, path).map_err(|first| {
            let mut all = Self::mistakes(text, path);
            all.sort_by_key(|mistake| mistake.line);
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            if all.is_empty() { first.to_string() } else { all.join("; also ") }
        })
    }

    /// All that is wrong in a file, in the order in which it is found; nothing if nothing is.
    #[must_use]
    pub fn mistakes(text: &str, path: &str) -> Vec<ConfigError> {
        let mut lines: Vec<&str> = text.lines().collect();
        let (mut mistakes, mut taken): (Vec<ConfigError>, Vec<usize>) = (Vec::new(), Vec::new());
        while let Err(mistake) = Self::read(&lines.join("\n"), path) {
            let at = mistake.line.saturating_sub(1);
            let is_head = |line: &&str| line.trim_start().starts_with('[');
            let behind = lines.get(at + 1..).unwrap_or_default();
            let table = at..at + 1 + behind.iter().position(is_head).unwrap_or(behind.len());
            let head = lines.get(at).is_none_or(is_head);
            if head && taken.iter().any(|line| table.contains(line)) {
                // What is missing there is what was taken away here: an entry of a list goes, others may be named elsewhere.
                let is_entry = lines.get(at).is_some_and(|line| line.trim_start().starts_with("[["));
                let Some(entry) = lines.get_mut(table).filter(|_| is_entry) else { break };
                entry.fill("");
                continue;
            }
            mistakes.push(mistake);
            // Without the line that is wrong the rest is read again; a head takes its table with it, so it stays.
            if head || mistakes.len() == MISTAKES {
                break;
            }
            if let Some(line) = lines.get_mut(at) {
                *line = "";
                taken.push(at);
            }
            if toml::from_str::<toml::Table>(&lines.join("\n")).is_err() {
                break;
            }
        }
        mistakes
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError`] with the first thing that is wrong.
    pub fn read(text: &str, path: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
            let (said, near) = in_our_words(error.message());
            ConfigError { path: path.to_owned(), line, said, near }
        })?;
        if let Some((at, said)) = tools::first_wrong(&config.tool_servers) {
            let heads = text.lines().enumerate().filter(|(_, line)| line.trim().starts_with("[[tool_server]]"));
            let line = heads.map(|(line, _)| line + 1).nth(at).unwrap_or(1);
            return Err(ConfigError { path: path.to_owned(), line, said, near: None });
        }
        match models::first_wrong(&config.models) {
            None => Ok(config),
            Some((name, key, said)) => {
                let line = line_of(text, name, key);
                Err(ConfigError { path: path.to_owned(), line, said: format!("models.{name}: {said}"), near: None })
            }
        }
    }
}

/// The line of a key of a model, or of the model's head; from 1.
fn line_of(text: &str, name: &str, key: &str) -> usize {
    let is_head =
        |line: &str| line.trim().starts_with('[') && line.replace(['"', ' '], "").contains(&format!("models.{name}]"));
    let Some(head) = text.lines().position(is_head) else { return 1 };
    let inside = text.lines().skip(head + 1).take_while(|line| !line.trim().starts_with('['));
    let is_key = |line: &str| line.split('=').next().is_some_and(|word| word.trim() == key);
    head + 1 + inside.into_iter().position(is_key).map_or(0, |at| at + 1)
}

/// What a TOML file's reader says, in our words: for a word that is not known its nearest neighbour, else all that are.
/// Returns the sentence and the neighbour.
#[must_use]
pub fn in_our_words(message: &str) -> (String, Option<String>) {
    let said = message.lines().collect::<Vec<_>>().join(" ");
    for (begin, kind) in [("unknown field `", "key"), ("unknown variant `", "value")] {
        let Some((word, known)) = said.strip_prefix(begin).and_then(|rest| rest.split_once("`, expected ")) else {
            continue;
        };
        // As `a`, as `a` or `b`, or as one of `a`, `b`, `c`.
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        return match nearest(word, known.iter().copied()) {
            Some(near) => (format!("`{word}` is no {kind} here"), Some(near.to_owned())),
            None => (format!("`{word}` is no {kind} here; use {}", known.join(", ")), None),
        };
    }
    (said, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_says_what_the_program_does() {
        assert_eq!(Config::read(DEFAULT, "config.toml"), Ok(Config::default()));
        assert_eq!(Config::read("", "config.toml"), Ok(Config::default()));
    }

    #[test]
    fn a_channel_may_have_a_hold_of_its_own() {
        let config = Config::read("[send]\nhold_seconds = 5\nchannels = { mail = 30, web = 0 }\n", "my.toml").unwrap();
        let spans: Vec<_> = config.send.channels.iter().map(|(name, hold)| (name.as_str(), hold.span())).collect();
        assert_eq!(config.send.hold_seconds.span(), Span::seconds(5));
        assert_eq!(spans, [("mail", Span::seconds(30)), ("web", Span::default())]);
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_its_neighbour() {
        let error = Config::read("theme = \"dark\"\nglyph = \"ascii\"\n", "my.toml").unwrap_err();
        assert_eq!((error.line, error.near.as_deref()), (2, Some("glyphs")));
        assert_eq!(error.to_string(), "my.toml:2: `glyph` is no key here; did you mean `glyphs`?");
        let table = [
            ("kyes = \"vim\"", "my.toml:1: `kyes` is no key here; did you mean `keys`?"),
            ("keys = \"vmi\"", "my.toml:1: `vmi` is no value here; did you mean `vim`?"),
            ("keys = \"emacs\"", "my.toml:1: `emacs` is no value here; use default, vim, plain"),
            ("[send]\nhold_secs = 3", "my.toml:2: `hold_secs` is no key here; did you mean `hold_seconds`?"),
        ];
        for (text, said) in table {
            assert_eq!(Config::read(text, "my.toml").unwrap_err().to_string(), said);
        }
        let error = Config::read("[[alert]]\nwhen = \"needs:you\"\n", "my.toml").unwrap_err();
        assert!(error.line == 2 && error.said.contains("use me, anyone"), "{error}");
        let rung = Config::read("[[alert]]\nwhen = \"needs:me\"\nhours = \"08:00-18:00\"\n", "my.toml").unwrap();
        assert_eq!((rung.alert.len(), rung.alert[0].by.as_slice()), (1, [By::Bell, By::Notification].as_slice()));
        let error = Config::read("[[alert]]\nwhen = \"needs:me\"\nby = [\"horn\"]\n", "my.toml").unwrap_err();
        assert!(error.line == 3 && error.said.contains("bell"), "{error}");
        let error = Config::read("theme = \"dark\"\n[send]\nhold_seconds = 31\n", "my.toml").unwrap_err();
        assert!(error.line == 3 && error.said.contains("0 to 30"), "{error}");
        let error = Config::read("[models.a]\nurll = \"x\"\n", "my.toml").unwrap_err();
        assert_eq!((error.line, error.near.as_deref()), (2, Some("url")));
        let error = Config::read("glyphs = \"sometimes\"\n", "my.toml").unwrap_err();
        assert!(error.line == 1 && error.said.contains("sometimes"), "{error}");
    }

    #[test]
    fn all_mistakes_of_a_file_are_told_at_once() {
        let text = "theem = \"dark\"\nglyphs = \"ascii\"\n[send]\nhold_seconds = 31\n\
                    [models.a]\nurl = \"u\"\nmodel = \"m\"\ntemperature = 3.0\nturn = \"soon\"\n[[alert]]\nwhen = \"needs:you\"\n";
        let mut lines: Vec<usize> = Config::mistakes(text, "my.toml").iter().map(|mistake| mistake.line).collect();
        lines.sort_unstable();
        assert_eq!(lines, [1, 4, 8, 9, 11]);
        assert_eq!(Config::mistakes(DEFAULT, "my.toml"), []);
        // What is no TOML hides nothing behind it; what a whole table lacks is told once.
        assert_eq!(Config::mistakes("theme = \nmouse = 3\n", "my.toml").len(), 2);
        assert_eq!(Config::mistakes("theme = \"\"\"dark\nmouse = 3\n", "my.toml").len(), 1);
        assert_eq!(Config::mistakes("[models.a]\nurl = \"u\"\n", "my.toml").len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_file_holds_its_mistakes_end_and_the_first_is_the_one_that_reading_tells(text in "([a-z_]{1,9} = [0-9\"\\[a-z]{0,4}\n|\\[models.a\\]\n|url = \"u\"\n){0,20}") {
            let mistakes = Config::mistakes(&text, "my.toml");
            proptest::prop_assert_eq!(mistakes.first().cloned(), Config::read(text.trim_end_matches('\n'), "my.toml").err());
            proptest::prop_assert!(mistakes.len() <= MISTAKES);
        }
    }

    #[test]
    fn models_are_read_with_their_times_and_a_chain_behind_each() {
        let text = "[models.local]\nurl = \"http://127.0.0.1:1/v1\"\nmodel = \"tiny\"\nfirst_token = \"300ms\"\nfallback = \"hosted\"\n\
                    [models.hosted]\nurl = \"https://x/v1\"\nmodel = \"big\"\nkey_env = \"X_KEY\"\nprice = { read = 0.15, written = 0.6 }\n";
        let models = Config::read(text, "my.toml").unwrap().models;
        let chain: Vec<&str> = models::chain(&models, "local").unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(chain, ["local", "hosted"]);
        assert_eq!(models["local"].first_token, Some(models::Time(std::time::Duration::from_millis(300))));
        assert_eq!(models::chain(&models, "x").unwrap_err(), "no model is called `x`; there are: hosted, local");
    }

    #[test]
    fn what_is_wrong_with_a_model_is_told_with_its_line() {
        for (more, line, word) in [
            ("", 1, "URL is missing"),
            ("url = \"http://x/v1\"", 1, "model's name is missing"),
            ("url = \"u\"\nmodel = \"m\"\ntemperature = 3.0", 4, "from 0 to 2"),
            ("url = \"u\"\nmodel = \"m\"\nfallback = \"a\"", 4, "stands behind itself"),
            ("url = \"u\"\nmodel = \"m\"\nfallback = \"b\"", 4, "no model is called `b`"),
            ("url = \"u\"\nmodel = \"m\"\nkey_env = \"sk-123\"", 4, "the key itself never stands here"),
            ("url = \"u\"\nmodel = \"m\"\nturn = \"soon\"", 4, "not a length of time"),
            ("url = \"u\"\nmodel = \"m\"\nturn = \"99m\"", 4, "out of bounds"),
        ] {
            let error = Config::read(&format!("[models.a]\n{more}\n"), "my.toml").unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.said.contains(word), "{error}");
        }
    }
}
