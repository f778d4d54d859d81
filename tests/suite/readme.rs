//! The README against the tables that it speaks of: keys and commands are what the program has, and none is left out.
//!
//! Deliberately not here: its figures, which are of a day and a machine, and its pictures.

use centaur::{
    cli,
    config::{Config, models},
    console::{action::Scope, keymap::Keymap},
};
use std::collections::BTreeSet;

const README: &str = include_str!("../../README.md");

/// The lines from a heading to the next one.
fn section(heading: &str) -> impl Iterator<Item = &'static str> {
    let lines = README.lines().skip_while(move |line| line.trim_start_matches('#').trim() != heading).skip(1);
    lines.take_while(|line| !line.starts_with("## "))
}

/// What stands between single backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn the_settings_of_the_readme_are_settings_and_its_local_model_needs_nothing_else() {
    let block: Vec<&str> = section("Bring your model")
        .skip_while(|line| !line.trim().starts_with("[models.local]"))
        .take_while(|line| !line.trim().is_empty())
        .collect();
    let config = Config::read(&block.join("\n"), "README.md").unwrap();
    let names: Vec<&str> = config.models.keys().map(String::as_str).collect();
    assert_eq!(names, ["hosted", "local"]);
    let chain = models::chain(&config.models, "local").unwrap();
    assert!(chain.len() == 1 && chain[0].1.key_env.is_none(), "who copies it has no key, and needs none");
    assert!(config.models["hosted"].key_env.is_some());
}

#[test]
fn the_keys_of_the_readme_do_what_it_says() {
    let floor = Keymap::built_in().help().into_iter().find(|(scope, _)| *scope == Scope::Floor).unwrap().1;
    let mut seen = 0;
    for row in section("The keys").filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        for pair in cells.chunks(2) {
            let (key, does) = (pair[0].trim_matches('`'), pair[1]);
            let bound = floor.iter().find(|(keys, _)| keys.split(", ").any(|one| one == key));
            assert_eq!(bound.map(|(_, entry)| entry.title), Some(does), "`{key}`");
            seen += 1;
        }
    }
    assert!(seen >= 30, "only {seen} keys are told");
}

#[test]
fn the_commands_of_the_readme_are_those_of_the_program() {
    let tree = cli::tree();
    let there: BTreeSet<&str> =
        tree.get_subcommands().filter(|one| !one.is_hide_set()).map(clap::Command::get_name).collect();
    let told: BTreeSet<&str> = section("The commands")
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| quoted(line.split(" | ").next().unwrap_or(line)))
        .filter_map(|words| words.split_whitespace().next())
        .collect();
    assert_eq!(told.difference(&there).collect::<Vec<_>>(), Vec::<&&str>::new(), "told, and not there");
    assert_eq!(there.difference(&told).collect::<Vec<_>>(), Vec::<&&str>::new(), "there, and not told");
}
