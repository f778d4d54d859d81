//! Reads a theme's file. The first mistake ends it, and says where it is and what may have been meant.

use super::{NAMES, Role, text_of};
use ratatui::style::{Color, Modifier, Style};
use std::{collections::BTreeMap, fmt};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What is wrong with a theme's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The key, as `roles.dim.fg`; empty if the file is not TOML.
    pub key: String,
    /// What is wrong, and what would be right. May carry words of the file.
    pub said: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, key, said } = self;
        if key.is_empty() { write!(f, "{path}:{line}: {said}") } else { write!(f, "{path}:{line}: `{key}`: {said}") }
    }
}

impl std::error::Error for Mistake {}

/// A theme as its file and what it inherits say, for any number of colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spec {
    pub(super) roles: BTreeMap<&'static str, Look>,
    palette: BTreeMap<String, Color>,
    pub(super) assumed: Assumed,
}

/// What the theme takes the terminal's own colours to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Assumed {
    pub(super) background: (u8, u8, u8),
    pub(super) text: (u8, u8, u8),
}

impl Default for Assumed {
    fn default() -> Self {
        Self { background: (0, 0, 0), text: (229, 229, 229) }
    }
}

/// How one role looks: colours by name or value, resolved after all palettes are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Look {
    fg: Option<Color>,
    bg: Option<Color>,
    marks: Modifier,
    sixteen: Option<Box<Look>>,
}

impl Look {
    pub(super) fn style(&self, sixteen: bool) -> Style {
        let look = self.sixteen.as_deref().filter(|_| sixteen).unwrap_or(self);
        // What stands in has the same marks unless it names its own.
        let marks = if look.marks.is_empty() { self.marks } else { look.marks };
        Style { fg: look.fg, bg: look.bg, add_modifier: marks, ..Style::new() }
    }
}

/// A part of the file with its place and its key.
struct Place<'a> {
    text: &'a str,
    path: &'a str,
}

impl Place<'_> {
    fn mistake(&self, at: usize, key: &str, said: String) -> Mistake {
        let line = self.text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
        Mistake { path: self.path.to_owned(), line, key: key.to_owned(), said }
    }
}

pub(super) fn read(text: &str, path: &str) -> Result<Spec, Mistake> {
    read_within(text, path, 4)
}

fn read_within(text: &str, path: &str, depth: u8) -> Result<Spec, Mistake> {
    let place = Place { text, path };
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        place.mistake(at, "", format!("this is not TOML: {}", error.message()))
    })?;
    let table = table.get_ref();
    known(&place, table, "", &["inherits", "assumes", "palette", "roles"])?;
    let mut spec = match table.get("inherits") {
        None => Spec::default(),
        Some(value) => {
            let name = string(&place, "inherits", value)?;
            match text_of(name).filter(|_| depth > 0) {
                Some(text) => read_within(text, name, depth - 1)?,
                None => {
                    return Err(place.mistake(
                        value.span().start,
                        "inherits",
                        unknown("theme", name, NAMES.iter().copied()),
                    ));
                }
            }
        }
    };
    // A palette that is changed changes the roles that were inherited, too: so these are read again with it.
    let inherited = table.get("inherits").and_then(|value| value.get_ref().as_str()).and_then(text_of);
    if let Some(palette) = section(&place, table, "palette")? {
        for (name, value) in palette {
            let key = format!("palette.{}", name.get_ref());
            let colour = hex(&place, &key, value)?;
            spec.palette.insert(name.get_ref().to_string(), colour);
        }
        inherited_roles(inherited, path, depth, &mut spec)?;
    }
    if let Some(assumes) = section(&place, table, "assumes")? {
        known(&place, assumes, "assumes.", &["background", "text"])?;
        for (name, value) in assumes {
            let key = format!("assumes.{}", name.get_ref());
            let Color::Rgb(r, g, b) = hex(&place, &key, value)? else { continue };
            if name.get_ref() == "text" {
                spec.assumed.text = (r, g, b);
            } else {
                spec.assumed.background = (r, g, b);
            }
        }
    }
    roles(&place, table, &mut spec)?;
    Ok(spec)
}

/// Reads the roles of a theme, and before them those of what it inherits, with the palette that there is now.
fn inherited_roles(text: Option<&'static str>, path: &str, depth: u8, spec: &mut Spec) -> Result<(), Mistake> {
    let (Some(text), Some(left)) = (text, depth.checked_sub(1)) else { return Ok(()) };
    let Ok(table) = DeTable::parse(text) else { return Ok(()) };
    let table = table.get_ref();
    let before = table.get("inherits").and_then(|value| value.get_ref().as_str()).and_then(text_of);
    inherited_roles(before, path, left, spec)?;
    roles(&Place { text, path }, table, spec)
}

fn roles(place: &Place<'_>, table: &DeTable<'_>, spec: &mut Spec) -> Result<(), Mistake> {
    let Some(roles) = section(place, table, "roles")? else { return Ok(()) };
    for (name, value) in roles {
        let Some(role) = Role::ALL.iter().find(|role| role.name() == name.get_ref()) else {
            let said = unknown("role", name.get_ref(), Role::ALL.iter().map(|role| role.name()));
            return Err(place.mistake(name.span().start, &format!("roles.{}", name.get_ref()), said));
        };
        let look = look(place, &format!("roles.{}", role.name()), value, &spec.palette)?;
        spec.roles.insert(role.name(), look);
    }
    Ok(())
}

fn look(
    place: &Place<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    palette: &BTreeMap<String, Color>,
) -> Result<Look, Mistake> {
    let table = match value.get_ref() {
        DeValue::String(_) => return Ok(Look { fg: Some(colour(place, key, value, palette)?), ..Look::default() }),
        DeValue::Table(table) => table,
        _ => {
            let said =
                "write a colour, as in \"#8ab4f8\", or a table, as in { fg = \"sky\", marks = [\"bold\"] }".to_owned();
            return Err(place.mistake(value.span().start, key, said));
        }
    };
    known(place, table, &format!("{key}."), &["fg", "bg", "marks", "sixteen"])?;
    let mut look = Look::default();
    for (name, value) in table {
        let key = format!("{key}.{}", name.get_ref());
        match name.get_ref().as_ref() {
            "fg" => look.fg = Some(colour(place, &key, value, palette)?),
            "bg" => look.bg = Some(colour(place, &key, value, palette)?),
            "marks" => look.marks = marks(place, &key, value)?,
            _ => look.sixteen = Some(Box::new(self::look(place, &key, value, palette)?)),
        }
    }
    Ok(look)
}

fn marks(place: &Place<'_>, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Modifier, Mistake> {
    const MARKS: [(&str, Modifier); 5] = [
        ("bold", Modifier::BOLD),
        ("dim", Modifier::DIM),
        ("italic", Modifier::ITALIC),
        ("underline", Modifier::UNDERLINED),
        ("reverse", Modifier::REVERSED),
    ];
    let DeValue::Array(list) = value.get_ref() else {
        return Err(place.mistake(value.span().start, key, "write a list, as in [\"bold\", \"underline\"]".to_owned()));
    };
    let mut marks = Modifier::empty();
    for mark in list {
        let name = string(place, key, mark)?;
        let Some((_, known)) = MARKS.iter().find(|(its, _)| *its == name) else {
            let said = unknown("mark", name, MARKS.iter().map(|(name, _)| *name));
            return Err(place.mistake(mark.span().start, key, said));
        };
        marks |= *known;
    }
    Ok(marks)
}

const NAMED: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright black", Color::DarkGray),
    ("bright red", Color::LightRed),
    ("bright green", Color::LightGreen),
    ("bright yellow", Color::LightYellow),
    ("bright blue", Color::LightBlue),
    ("bright magenta", Color::LightMagenta),
    ("bright cyan", Color::LightCyan),
    ("bright white", Color::White),
];

/// `#rrggbb`, a name of the palette, a name of the sixteen, `default`, or a number of the 256.
fn colour(
    place: &Place<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    palette: &BTreeMap<String, Color>,
) -> Result<Color, Mistake> {
    let said = string(place, key, value)?;
    if said.starts_with('#') {
        return hex(place, key, value);
    }
    if let Some(colour) = palette.get(said) {
        return Ok(*colour);
    }
    if let Some((_, colour)) = NAMED.iter().find(|(name, _)| *name == said) {
        return Ok(*colour);
    }
    if let Ok(number) = said.parse::<u8>() {
        return Ok(Color::Indexed(number));
    }
    let names = palette.keys().map(String::as_str).chain(NAMED.iter().map(|(name, _)| *name));
    Err(place.mistake(value.span().start, key, unknown("colour", said, names)))
}

fn hex(place: &Place<'_>, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Color, Mistake> {
    let said = string(place, key, value)?;
    let number = said
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6)
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    if let Some([_, r, g, b]) = number.map(u32::to_be_bytes) {
        return Ok(Color::Rgb(r, g, b));
    }
    let said = format!("`{said}` is not a colour: write six hexadecimal digits, as in #8ab4f8");
    Err(place.mistake(value.span().start, key, said))
}

fn string<'a>(place: &Place<'_>, key: &str, value: &'a Spanned<DeValue<'_>>) -> Result<&'a str, Mistake> {
    value
        .get_ref()
        .as_str()
        .ok_or_else(|| place.mistake(value.span().start, key, "write a word in quotation marks".to_owned()))
}

fn section<'a, 't>(place: &Place<'_>, table: &'a DeTable<'t>, name: &str) -> Result<Option<&'a DeTable<'t>>, Mistake> {
    match table.get(name) {
        None => Ok(None),
        Some(value) => match value.get_ref() {
            DeValue::Table(table) => Ok(Some(table)),
            _ => Err(place.mistake(value.span().start, name, format!("this is a section: write [{name}] on a line"))),
        },
    }
}

fn known(place: &Place<'_>, table: &DeTable<'_>, before: &str, names: &[&str]) -> Result<(), Mistake> {
    match table.iter().find(|(name, _)| !names.contains(&name.get_ref().as_ref())) {
        None => Ok(()),
        Some((name, _)) => {
            let said = unknown("key", name.get_ref(), names.iter().copied());
            Err(place.mistake(name.span().start, &format!("{before}{}", name.get_ref()), said))
        }
    }
}

/// `there is no role `dimm`: did you mean `dim`?`
fn unknown<'a>(what: &str, said: &str, names: impl Iterator<Item = &'a str>) -> String {
    let near = names
        .map(|name| (similar::TextDiff::from_chars(said, name).ratio(), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness >= 0.6);
    match near {
        Some((_, name)) => format!("there is no {what} `{said}`: did you mean `{name}`?"),
        None => format!("there is no {what} `{said}`"),
    }
}
