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
    let fault = format!("{}:2: `glyph` is no key here; did you mean `glyphs`?", settings.display());

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

#[test]
fn a_log_whose_mark_is_gone_is_not_called_whole() {
    use centaur::{
        domain::{ids::LogId, policy::Policy},
        server::{Founding, Options, Server, SystemClock},
        store::SqliteLog,
    };
    let home = tempfile::tempdir().unwrap();
    let desk = home.path().join("desk");
    fs::create_dir(&desk).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (log, _) = SqliteLog::open(&desk, centaur::domain::time::Timestamp(1), LogId(7)).unwrap();
        let founding = Founding {
            name: "D".into(),
            admin: "a".into(),
            token: centaur::server::digest("t"),
            policy: Policy::default(),
        };
        let clock = std::sync::Arc::new(SystemClock);
        let options = Options { log: Box::new(log), founding, clock, rewound: false, shelf: None };
        Server::start(options).await.unwrap().drain().await;
    });
    let (folder, mark) = (desk.to_str().unwrap(), desk.join("head"));
    let (code, found, said) = run(&home, &["audit", "verify", "--json", "--data", folder]);
    assert_eq!((code, found[0]["marked"].clone()), (0, true.into()), "{said}");

    let copy = home.path().join("copy");
    fs::rename(&mark, &copy).unwrap();
    let (code, _, said) = run(&home, &["audit", "verify", "--data", folder]);
    assert!(code == 1 && said.contains("`head`") && said.contains("--mark"), "{code} {said}");
    let (code, _, said) =
        run(&home, &["audit", "verify", "--json", "--data", folder, "--mark", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_token_file_that_cannot_be_used_is_a_mistake_of_who_names_it() {
    let home = tempfile::tempdir().unwrap();
    let none = home.path().join("none.token");
    let (code, _, said) = run(&home, &["ls", "--token-file", none.to_str().unwrap()]);
    assert!(code == 2 && said.contains("none.token") && said.contains("name a file"), "{code} {said}");
    let (code, _, said) = run(&home, &["serve", "--listen", "127.0.0.1:99999"]);
    assert!(code == 2 && said.contains("port 0 takes a free one"), "{code} {said}");
}
