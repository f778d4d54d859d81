//! The program itself with files that are broken: what must work all the same, and what it says.
//!
//! Deliberately not here: which mistakes a settings file can have (see `config`).

use serde_json::Value;
use std::{fs, process::Command};

/// Runs the program at home in `home`; its exit code, its standard output as JSON lines, and its standard error.
fn run(home: &tempfile::TempDir, words: &[&str]) -> (i32, Vec<Value>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_centaur"));
    command.args(words).env_clear().env("HOME", home.path());
    for (name, folder) in [("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"), ("XDG_DATA_HOME", "data")] {
        command.env(name, home.path().join(folder));
    }
    let out = command.output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (out.status.code().unwrap(), lines, String::from_utf8(out.stderr).unwrap())
}

#[test]
fn a_broken_settings_file_stops_no_one_who_looks_for_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("config").join("centaur");
    fs::create_dir_all(&folder).unwrap();
    let (settings, keymap) = (folder.join("config.toml"), folder.join("keymap.toml"));
    fs::write(&settings, "theme = \"dark\"\nglyph = \"ascii\"\n").unwrap();
    fs::write(&keymap, "[floor]\nfrobnicate = \"t\"\n").unwrap();
    let fault = format!("{}:2: unknown field `glyph`", settings.display());

    let (code, _, said) = run(&home, &["ls", "--json"]);
    assert_eq!((code, said.contains(&fault)), (2, true), "{said}");

    let (code, lines, said) = run(&home, &["paths", "--json"]);
    assert_eq!((code, lines.len(), said.contains(&fault)), (0, 1, true), "{said}");
    assert_eq!(lines[0]["config_file"], settings.display().to_string());

    let (code, findings, _) = run(&home, &["doctor", "--json", "--timeout", "2s"]);
    let found = |about: &str| findings.iter().find(|finding| finding["about"] == about).unwrap().clone();
    assert_eq!((code, found("settings")["state"].clone()), (1, "bad".into()));
    assert!(found("settings")["found"].as_str().unwrap().starts_with(&fault), "{findings:?}");
    assert_eq!(found("keymap")["state"], "bad");

    fs::write(&settings, "theme = \"dark\"\n").unwrap();
    fs::remove_file(&keymap).unwrap();
    let (_, findings, _) = run(&home, &["doctor", "--json", "--timeout", "2s"]);
    let bad: Vec<&Value> = findings.iter().filter(|finding| finding["state"] == "bad").collect();
    assert!(bad.iter().all(|finding| finding["about"] == "server"), "{bad:?}");
}
