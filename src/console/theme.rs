//! What things look like, by what they mean: a role has a style, a theme gives each role one.
//!
//! Themes are TOML: `inherits`, a `[palette]` of names, `[roles]` by name with a colour or a table, in it what stands in
//! for it where there are only sixteen colours. The built-in ones are read from `themes/` by the same reader as a person's
//! own. Where the terminal has no colours, marks (bold, underline, reverse) are all that stays.
//! Deliberately not here: meaning. A sign and a word always carry it; colour only helps to find them.

mod file;

pub use file::Mistake;

use super::paint::ColorLevel;
use ratatui::style::{Modifier, Style};

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident $name:literal,)*) => {
        /// What something means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role { $($(#[$doc])* $role,)* }

        impl Role {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$role,)*];

            /// Its name in a theme's file.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$role => $name,)* }
            }
        }
    };
}

roles! {
    /// What one reads.
    Text "text",
    /// What one reads second.
    Dim "dim",
    /// What one reads first.
    Strong "strong",
    /// What draws the eye.
    Accent "accent",
    /// What stands over a part.
    Title "title",
    /// A key to press.
    Key "key",
    /// Thin lines.
    Border "border",
    /// The title of the part that has the keys.
    Focus "focus",
    /// The row under the cursor.
    Selected "selected",
    /// Where the cursor is, where the terminal's own cannot be.
    Caret "caret",
    /// A customer.
    Customer "customer",
    /// An AI.
    Ai "ai",
    /// A person of the team.
    Human "human",
    /// What waits in the queue.
    Queue "queue",
    /// It went well.
    Good "good",
    /// It wants attention.
    Warn "warn",
    /// It failed.
    Bad "bad",
    /// What is shown is fresh.
    Live "live",
    /// What is shown is old.
    Stale "stale",
    /// A reply that is being written.
    Reply "reply",
    /// For the team.
    Note "note",
    /// For the AI.
    Whisper "whisper",
    /// The note of a hand-back.
    Brief "brief",
    /// A draft that waits.
    Draft "draft",
    /// What never left.
    Suppressed "suppressed",
    /// Code in a message.
    Code "code",
    /// A link in a message.
    Link "link",
}

/// A style for each role, for a terminal with so many colours.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    styles: Vec<Style>,
    /// What the theme takes ground and text of the terminal to be, for the sum of contrasts.
    assumed: file::Assumed,
}

macro_rules! built_in {
    ($($name:literal,)*) => {
        const BUILT_IN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../themes/", $name, ".toml"))),)*];

        /// The names of the built-in themes.
        pub const NAMES: &[&str] = &[$($name,)*];
    };
}

built_in! {
    "dark",
    "light",
    "contrast",
    "contrast-light",
    "colourblind",
    "gruvbox",
    "nord",
    "dracula",
    "catppuccin",
    "tokyo-night",
    "solarized-dark",
    "solarized-light",
    "sixteen",
    "plain",
}

impl Theme {
    /// A built-in theme; none of that name: nothing.
    #[must_use]
    pub fn built_in(name: &str, level: ColorLevel) -> Option<Self> {
        let name = if level == ColorLevel::None { "plain" } else { name };
        let (name, text) = BUILT_IN.iter().find(|(its, _)| *its == name)?;
        file::read(text, name).ok().map(|spec| Self::at(&spec, level))
    }

    /// A person's own theme, from the text of its file.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line, key, and what it may have meant.
    pub fn read(text: &str, path: &str, level: ColorLevel) -> Result<Self, Mistake> {
        let spec = file::read(text, path)?;
        Ok(Self::at(&spec, level))
    }

    fn at(spec: &file::Spec, level: ColorLevel) -> Self {
        let styles = Role::ALL
            .iter()
            .map(|role| {
                let look = spec.roles.get(role.name()).cloned().unwrap_or_default();
                match level {
                    ColorLevel::None => Style::new().add_modifier(look.style(false).add_modifier),
                    ColorLevel::Sixteen => look.style(true),
                    ColorLevel::Indexed | ColorLevel::True => look.style(false),
                }
            })
            .collect();
        Self { styles, assumed: spec.assumed }
    }

    /// No style at all: the terminal's own text everywhere.
    #[must_use]
    pub fn bare() -> Self {
        Self { styles: Vec::new(), assumed: file::Assumed::default() }
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// The style of a role, bold.
    #[must_use]
    pub fn bold(&self, role: Role) -> Style {
        self.style(role).add_modifier(Modifier::BOLD)
    }

    /// Ground and text that the theme takes the terminal to have, as red, green and blue.
    #[must_use]
    pub fn assumes(&self) -> ((u8, u8, u8), (u8, u8, u8)) {
        (self.assumed.background, self.assumed.text)
    }
}

/// The built-in text of a theme, for `inherits`.
fn text_of(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(its, _)| *its == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests;
