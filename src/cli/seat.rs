//! The seat before the console: what the terminal can do, which keys and colours the person wants, and the loop on it.
//!
//! Deliberately not here: what the console shows or does.

use super::{Context, exit::Failure, replies, when};
use crate::{
    client::{Dial, Options as Greeting, Session},
    config::{Glyphs, Preset},
    console::{
        app::{App, Options},
        drafts::Keeper,
        input::Ending,
        keymap::Keymap,
        model::Holds,
        paint::{ColorLevel, Paint},
        terminal::{Means, Seat as _, Terminal},
        theme::{NAMES, Theme},
        view::Look,
        widgets::glyphs,
    },
    domain::near::nearest,
    protocol::Scope,
};
use clap::Args;
use jiff::tz::TimeZone;
use ratatui::layout::Size;
use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    sync::Arc,
};

/// Bytes of a frame that are gathered before they are written.
const FRAME: usize = 64 * 1024;

/// How the console looks.
#[derive(Clone, Debug, Default, Args)]
pub struct Looks {
    /// Colours: a theme file, or dark, light, contrast, contrast-light, colourblind, gruvbox, nord,
    /// dracula, catppuccin, tokyo-night, solarized-dark, solarized-light, sixteen, plain
    /// [default: dark or light, as the terminal says that it is]
    #[arg(long, value_name = "NAME|FILE", env = "CENTAUR_THEME")]
    pub theme: Option<String>,
    /// Draw with ASCII only
    #[arg(long)]
    pub ascii: bool,
}

/// Whose desk is looked at.
pub struct Visit {
    /// The way there.
    pub dial: Arc<dyn Dial>,
    /// The token.
    pub token: String,
    /// The file that keeps unsent texts; none keeps none.
    pub drafts: Option<PathBuf>,
    /// Whether to begin with the tour.
    pub tour: bool,
}

/// Whether the console can be shown here.
///
/// # Errors
/// A sentence that says why not.
pub fn check() -> Result<(), Failure> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "the console needs a terminal on standard input and output; for scripts there are `centaur ls`, `tail` and their kin"
                .to_owned(),
        ));
    }
    let term = std::env::var("TERM").unwrap_or_default();
    if term.is_empty() || term == "dumb" {
        return Err(Failure::Usage(format!(
            "the console needs a terminal that can move its cursor, and TERM is `{term}`; set TERM, or use `centaur console --plain`, which needs no more than lines"
        )));
    }
    Ok(())
}

/// Shows the desk until the person leaves.
///
/// # Errors
/// The terminal refuses, or a theme or keymap cannot be used.
pub async fn sit(context: &mut Context, looks: &Looks, visit: Visit) -> Result<(), Failure> {
    check()?;
    let mut troubles = Vec::new();
    let look = look(context, looks, &mut troubles)?;
    let keymap = keymap(context, &mut troubles);
    let drafts = match &visit.drafts {
        None => None,
        Some(path) => match Keeper::open(path) {
            Ok((keeper, kept)) => {
                troubles.extend(keeper.mistakes().iter().cloned());
                Some((keeper, kept))
            }
            Err(error) => {
                troubles.push(format!("{}: {error}; unsent texts are not kept", path.display()));
                None
            }
        },
    };
    let (canned, unread) = replies::read(&context.paths.replies());
    troubles.extend(unread);
    let send = &context.config.send;
    let channels = send.channels.iter().map(|(name, hold)| (name.clone(), hold.span())).collect();
    let zone = TimeZone::system();
    let offset = zone.to_offset(jiff::Timestamp::now()).seconds() / 60;
    let options = Options {
        keymap: Arc::new(keymap),
        clock: Arc::new(when::now),
        zone: offset,
        drafts,
        alerts: context.config.alert.clone(),
        sheets: Some(context.paths.state.join("handover")),
        editor: editor(&context.config.editor),
        canned: canned.into(),
        holds: Holds { usual: send.hold_seconds.span(), channels },
        tour: visit.tour,
        troubles,
        look,
        theme: looks.theme.clone().unwrap_or_else(|| context.config.theme.clone()),
        level: level(),
        mouse: context.config.mouse,
        if_light: if_light(context, looks),
    };
    let greeting = Greeting {
        token: visit.token,
        cards: Scope::All,
        program: super::desk::PROGRAM.to_owned(),
        returns: true,
        resume: None,
    };
    let (peer, news) = Session::start(visit.dial, greeting);
    let seat = Terminal::new().calling_by(means(context));
    let (columns, rows) = seat.size().unwrap_or((80, 24));
    let out = io::BufWriter::with_capacity(FRAME, io::stdout());
    let backend = Paint::new(out, Size::new(columns, rows), level());
    let mut app = App::new(backend, seat, peer, news, options).map_err(|error| Failure::Failed(error.to_string()))?;
    match app.run().await.map_err(|error| Failure::Failed(error.to_string()))? {
        None => Ok(()),
        Some(Ending::Terminated) => Err(Failure::Terminated),
        Some(Ending::HungUp) => Err(Failure::HungUp),
        Some(Ending::Interrupted) => Err(Failure::Interrupted),
    }
}

/// How the person can be called here.
fn means(context: &Context) -> Means {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Means::of(context.config.notification, context.config.title, &variable, &|path| path.is_file())
}

fn editor(own: &str) -> String {
    if !own.trim().is_empty() {
        return own.to_owned();
    }
    ["VISUAL", "EDITOR"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|editor| !editor.trim().is_empty())
        .unwrap_or_else(|| "vi".to_owned())
}

/// How many colours the terminal has, as far as its environment tells.
#[must_use]
pub fn level() -> ColorLevel {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    level_of(&variable)
}

fn level_of(variable: &dyn Fn(&str) -> Option<String>) -> ColorLevel {
    let forced = variable("CLICOLOR_FORCE").is_some_and(|force| force != "0");
    let refused = !forced && variable("CLICOLOR").is_some_and(|asked| asked == "0");
    if variable("NO_COLOR").is_some() || refused {
        return ColorLevel::None;
    }
    let true_color = variable("COLORTERM").is_some_and(|kind| kind == "truecolor" || kind == "24bit");
    let term = variable("TERM").unwrap_or_default();
    if true_color || term.ends_with("-direct") {
        ColorLevel::True
    } else if term.contains("256color") {
        ColorLevel::Indexed
    } else if term.starts_with("vt") && !forced {
        // They have bold and reverse, and no colour.
        ColorLevel::None
    } else {
        ColorLevel::Sixteen
    }
}

/// The theme and signs that the person and the terminal want. A theme in the settings that cannot be used is told among the
/// `troubles`, and the usual one stands in.
///
/// # Errors
/// A theme that was asked for on the command line and cannot be used.
pub fn look(context: &Context, looks: &Looks, troubles: &mut Vec<String>) -> Result<Look, Failure> {
    let level = level();
    let theme = match (&looks.theme, context.config.theme.as_str()) {
        (Some(asked), _) if asked != "auto" => named(asked, level).map_err(Failure::Usage)?,
        (Some(_), _) | (None, "auto") => usual(level),
        (None, settled) => named(settled, level).unwrap_or_else(|why| {
            let file = context.paths.config_file();
            troubles.push(format!("{}: `theme`: {why}; the usual one stands in", file.display()));
            usual(level)
        }),
    };
    let glyphs = match context.config.glyphs {
        Glyphs::Unicode if !looks.ascii => glyphs::UNICODE,
        Glyphs::Auto if !looks.ascii && speaks_unicode() => glyphs::UNICODE,
        _ => glyphs::ASCII,
    };
    Ok(Look::new(theme, glyphs, TimeZone::system()))
}

fn usual(level: ColorLevel) -> Theme {
    let name = match level {
        ColorLevel::None => "plain",
        ColorLevel::Sixteen => "sixteen",
        ColorLevel::Indexed | ColorLevel::True if is_light() == Some(true) => "light",
        ColorLevel::Indexed | ColorLevel::True => "dark",
    };
    Theme::built_in(name, level).unwrap_or_else(Theme::bare)
}

fn named(name: &str, level: ColorLevel) -> Result<Theme, String> {
    if let Some(theme) = Theme::built_in(name, level) {
        return Ok(theme);
    }
    let text = std::fs::read_to_string(name).map_err(|error| match nearest(name, NAMES.iter().copied()) {
        _ if error.kind() != io::ErrorKind::NotFound => format!("{name}: {error}; name a theme file that can be read"),
        Some(near) => format!("`{name}` is no theme; did you mean `{near}`?"),
        None => format!("`{name}` is no theme file, and no built-in theme: use {}", NAMES.join(", ")),
    })?;
    Theme::read(&text, name, level).map_err(|mistake| mistake.to_string())
}

/// What the terminal says in its environment of the colour behind its text (`COLORFGBG`): whether it is light.
fn is_light() -> Option<bool> {
    let said = std::env::var("COLORFGBG").ok()?;
    let background = said.rsplit(';').next()?.parse::<u8>().ok()?;
    Some(matches!(background, 7 | 9..=15))
}

/// The theme for a terminal that answers that it is light: only where nobody has chosen and nothing is known.
#[must_use]
pub fn if_light(context: &Context, looks: &Looks) -> Option<Theme> {
    let level = level();
    let chosen = looks.theme.as_deref().or(Some(&context.config.theme)).is_some_and(|theme| theme != "auto");
    let matters = matches!(level, ColorLevel::Indexed | ColorLevel::True);
    (matters && !chosen && is_light().is_none()).then(|| Theme::built_in("light", level)).flatten()
}

/// Whether the locale is UTF-8 and the terminal more than a serial line.
fn speaks_unicode() -> bool {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG")).unwrap_or_default();
    let term = variable("TERM").unwrap_or_default();
    let utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
    utf8 && term != "linux" && !term.starts_with("vt")
}

/// The keys: the built-in ones, the chosen preset over them, the person's own over both. What is wrong in the person's file
/// is told among the `troubles`; what is right in it counts.
pub fn keymap(context: &Context, troubles: &mut Vec<String>) -> Keymap {
    let keymap = preset(context.config.keys);
    let path = context.paths.keymap_file();
    match std::fs::read_to_string(&path) {
        Ok(text) => keymap.overlaid(&text, &path.display().to_string()).unwrap_or_else(|(keymap, mistakes)| {
            troubles.extend(mistakes.iter().map(|mistake| format!("{mistake}; the built-in keys stand in there")));
            keymap
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => keymap,
        Err(error) => {
            troubles.push(format!("{}: {error}; check its rights", path.display()));
            keymap
        }
    }
}

fn preset(preset: Preset) -> Keymap {
    match preset {
        Preset::Default => Keymap::built_in(),
        Preset::Vim => Keymap::like("vim"),
        Preset::Plain => Keymap::like("plain"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_how_many_colours_there_are() {
        let of = |set: &[(&str, &str)]| {
            let set: Vec<(String, String)> = set.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            level_of(&move |name| set.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()))
        };
        assert_eq!(of(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]), ColorLevel::None);
        assert_eq!(of(&[("CLICOLOR", "0"), ("COLORTERM", "truecolor")]), ColorLevel::None);
        assert_eq!(of(&[("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1"), ("TERM", "xterm-256color")]), ColorLevel::Indexed);
        assert_eq!(of(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), ColorLevel::True);
        assert_eq!(of(&[("TERM", "xterm-256color")]), ColorLevel::Indexed);
        assert_eq!(of(&[("TERM", "linux")]), ColorLevel::Sixteen);
        assert_eq!(of(&[("TERM", "vt220")]), ColorLevel::None);
        assert_eq!(of(&[("TERM", "vt220"), ("CLICOLOR_FORCE", "1")]), ColorLevel::Sixteen);
    }
}
