use super::*;
use ratatui::style::Color;

fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    // WCAG 2.2, relative luminance.
    let part = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_role_is_legible_on_the_ground_and_on_the_selected_row() {
    for name in NAMES.iter().filter(|name| !matches!(**name, "sixteen" | "plain")) {
        let least = if name.starts_with("contrast") { 7.0 } else { 4.5 };
        let theme = Theme::built_in(name, ColorLevel::True).unwrap();
        let (ground, text) = theme.assumes();
        let Some(Color::Rgb(r, g, b)) = theme.style(Role::Selected).bg else {
            panic!("{name}: selected has no ground")
        };
        for role in Role::ALL.iter().filter(|role| !matches!(role, Role::Border | Role::Selected | Role::Caret)) {
            let ink = match theme.style(*role).fg {
                Some(Color::Rgb(r, g, b)) => (r, g, b),
                Some(Color::Reset) => text,
                other => panic!("{name}: {role:?} is {other:?}"),
            };
            for ground in [ground, (r, g, b)] {
                let contrast = contrast(ink, ground);
                assert!(contrast >= least, "{name}: {role:?} has a contrast of {contrast:.2} on {ground:?}");
            }
        }
    }
}

#[test]
fn the_built_in_themes_are_whole_and_plain_has_no_colour() {
    for name in NAMES.iter().copied() {
        let spec = file::read(text_of(name).unwrap(), name).unwrap();
        assert_eq!(spec.roles.len(), Role::ALL.len(), "{name}");
    }
    for name in NAMES.iter().copied() {
        let theme = Theme::built_in(name, ColorLevel::None).unwrap();
        for role in Role::ALL {
            let style = theme.style(*role);
            assert!(matches!(style.fg, None | Some(Color::Reset)) && style.bg.is_none(), "{name}: {role:?}");
        }
    }
    assert!(Theme::built_in("sepia", ColorLevel::True).is_none());
}

#[test]
fn with_sixteen_colours_only_named_ones_are_used() {
    for name in NAMES.iter().copied() {
        let theme = Theme::built_in(name, ColorLevel::Sixteen).unwrap();
        for role in Role::ALL {
            let style = theme.style(*role);
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{name}: {role:?} is {colour:?}");
            }
        }
    }
}

#[test]
fn with_sixteen_colours_no_text_is_in_the_colour_of_some_ground_and_the_selected_row_is_of_one_colour() {
    for name in NAMES.iter().copied().filter(|name| *name != "plain") {
        let theme = Theme::built_in(name, ColorLevel::Sixteen).unwrap();
        for role in Role::ALL.iter().filter(|role| **role != Role::Border) {
            // Bright black is the ground itself in some palettes, bright white in others.
            let fg = theme.style(*role).fg;
            assert!(!matches!(fg, Some(Color::DarkGray | Color::Black)), "{name}: {role:?} is {fg:?}");
        }
        let selected = theme.style(Role::Selected);
        if selected.add_modifier.contains(ratatui::style::Modifier::REVERSED) {
            assert_eq!(selected.fg, Some(Color::Reset), "{name}");
        }
    }
}

#[test]
fn a_person_changes_a_palette_name_and_what_is_inherited_follows() {
    let text = "inherits = \"dark\"\n[palette]\nsky = \"#ffffff\"\n[roles]\ndim = \"7\"\n";
    let theme = Theme::read(text, "mine.toml", ColorLevel::True).unwrap();
    assert_eq!(theme.style(Role::Accent).fg, Some(Color::Rgb(255, 255, 255)));
    assert_eq!(theme.style(Role::Dim).fg, Some(Color::Indexed(7)));
    assert_eq!(theme.style(Role::Ai), Theme::built_in("dark", ColorLevel::True).unwrap().style(Role::Ai));
}

#[test]
fn a_mistake_names_file_line_key_and_what_was_meant() {
    let said = |text: &str| Theme::read(text, "mine.toml", ColorLevel::True).unwrap_err().to_string();
    assert_eq!(
        said("inherits = \"dark\"\n[roles]\ndimm = \"red\"\n"),
        "mine.toml:3: `roles.dimm`: there is no role `dimm`: did you mean `dim`?"
    );
    assert_eq!(
        said("[roles]\ndim = { fg = \"gren\" }\n"),
        "mine.toml:2: `roles.dim.fg`: there is no colour `gren`: did you mean `green`?"
    );
    assert_eq!(
        said("inherit = \"dark\"\n"),
        "mine.toml:1: `inherit`: there is no key `inherit`: did you mean `inherits`?"
    );
    assert_eq!(said("inherits = \"drak\""), "mine.toml:1: `inherits`: there is no theme `drak`: did you mean `dark`?");
    assert_eq!(
        said("[palette]\n\nx = \"#12\"\n"),
        "mine.toml:3: `palette.x`: `#12` is not a colour: write six hexadecimal digits, as in #8ab4f8"
    );
    assert_eq!(
        said("[roles]\ndim = { marks = [\"blod\"] }\n"),
        "mine.toml:2: `roles.dim.marks`: there is no mark `blod`: did you mean `bold`?"
    );
    assert!(said("a = [").starts_with("mine.toml:1: this is not TOML"));
}
