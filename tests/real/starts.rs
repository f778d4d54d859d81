//! Bad beginnings: each ends with its documented code and a sentence that names the thing.

use crate::house::{House, SOON, program};
use nix::sys::signal::Signal;
use std::{fs, path::Path};
use tokio::time::timeout;

/// Runs `serve` until it gives up; its code and what it said.
async fn serve(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut program = program(home);
    program.arg("serve").args(arguments);
    let output = timeout(SOON, program.output()).await.expect("it gives up").unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Asserts the code, and that the sentence names all of these.
fn holds((code, said): (Option<i32>, String), expected: i32, names: &[&str]) {
    assert_eq!(code, Some(expected), "{said}");
    for name in names {
        assert!(said.contains(name), "`{name}` is not named in: {said}");
    }
    assert!(said.trim().lines().count() <= 4 && !said.contains("panicked"), "{said}");
}

#[tokio::test]
async fn a_port_in_use_and_a_folder_that_is_served_are_named() {
    let house = House::open(&["--no-ai"]).await;
    let home = tempfile::tempdir().unwrap();
    let at = house.at.to_string();
    let fresh = home.path().join("fresh");
    let fresh = fresh.to_str().unwrap();
    holds(serve(home.path(), &["--no-ai", "--listen", &at, "--data", fresh]).await, 5, &[&at, "--listen"]);
    // How to join is said once, on a fresh folder: so nothing is founded there by who cannot listen.
    assert!(!Path::new(fresh).exists());
    let folder = house.folder();
    let folder = folder.to_str().unwrap();
    let free = ["--no-ai", "--listen", "127.0.0.1:0", "--data", folder];
    holds(serve(home.path(), &free).await, 5, &[folder, "another centaur"]);
}

#[tokio::test]
async fn a_database_of_a_newer_centaur_or_of_something_else_is_named_and_not_touched() {
    let mut house = House::open(&["--no-ai"]).await;
    assert!(house.end(Signal::SIGTERM).await.success());
    let (folder, file) = (house.folder(), house.folder().join("desk.db"));
    let home = tempfile::tempdir().unwrap();
    let arguments = ["--no-ai", "--listen", "127.0.0.1:0", "--data", folder.to_str().unwrap()];
    let name = file.to_str().unwrap();

    // All in one file, without a log beside it. The user version of an SQLite file lies at byte 60.
    let whole = rusqlite::Connection::open(&file).unwrap();
    let mode: String = whole.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete");
    drop(whole);
    let good = fs::read(&file).unwrap();
    let mut newer = good.clone();
    newer[60..64].copy_from_slice(&900_u32.to_be_bytes());
    let mut foreign = good;
    foreign[68..72].copy_from_slice(&7_u32.to_be_bytes());
    let nonsense = b"Dear diary, today I was not a database. ".repeat(200);
    for (bytes, names) in [(newer, ["newer", "900"]), (foreign, ["is not a desk", name]), (nonsense, ["desk.db", name])]
    {
        fs::write(&file, &bytes).unwrap();
        holds(serve(home.path(), &arguments).await, 1, &[name, names[0], names[1]]);
        assert!(fs::read(&file).unwrap() == bytes, "{names:?}: it was touched");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let taken = home.path().join("taken");
    fs::write(&taken, "a file where the folder should be").unwrap();
    let listen = ["--no-ai", "--listen", "127.0.0.1:0", "--data"];
    let taken = taken.to_str().unwrap();
    holds(serve(home.path(), &[&listen[..], &[taken]].concat()).await, 1, &[taken]);

    let shut = home.path().join("shut");
    fs::create_dir(&shut).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever may read everything (root) cannot be shut out.
    if fs::read_dir(&shut).is_err() {
        let inside = shut.join("desk");
        holds(
            serve(home.path(), &[&listen[..], &[shut.to_str().unwrap()]].concat()).await,
            1,
            &[shut.to_str().unwrap()],
        );
        holds(serve(home.path(), &[&listen[..], &[inside.to_str().unwrap()]].concat()).await, 1, &["shut"]);
    }
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o700)).unwrap();
}

#[tokio::test]
async fn a_bad_policy_and_bad_knowledge_are_named_and_nothing_is_founded() {
    let home = tempfile::tempdir().unwrap();
    let desk = home.path().join("desk");
    let policy = home.path().join("policy.toml");
    let policy_name = policy.to_str().unwrap();
    let base = ["--listen", "127.0.0.1:0", "--data", desk.to_str().unwrap()];
    let with = |more: &[&'static str], path: &str| {
        let mut all: Vec<String> = base.iter().chain(more).map(|&said| said.to_owned()).collect();
        all.push(path.to_owned());
        all
    };
    for (text, code, names) in [
        ("mode = \"sometimes\"", 2, vec![policy_name, ":1:", "sometimes"]),
        ("mode = \"auto\"\nleaze = 30", 2, vec![policy_name, ":2:", "leaze"]),
        ("mode = ", 2, vec![policy_name, ":1:"]),
        ("lease = 1", 1, vec!["lease"]),
    ] {
        fs::write(&policy, text).unwrap();
        let arguments = with(&["--no-ai", "--policy"], policy_name);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        holds(serve(home.path(), &arguments).await, code, &names);
    }
    let nowhere = home.path().join("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    for option in ["--policy", "--knowledge"] {
        let arguments = with(&[option], nowhere);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        holds(serve(home.path(), &arguments).await, 2, &[nowhere]);
    }
    // What failed before left nothing that a good start would trip over.
    let good = with(&["--no-ai", "--name"], "Harbour");
    let mut program = program(home.path());
    program.arg("serve").args(&good);
    let mut child = program.spawn().unwrap();
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    let mut out = tokio::io::BufReader::new(out);
    timeout(SOON, tokio::io::AsyncBufReadExt::read_line(&mut out, &mut line)).await.unwrap().unwrap();
    assert!(line.starts_with("listening on http://"), "{line:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_is_named() {
    let home = tempfile::tempdir().unwrap();
    let desk = home.path().join("desk");
    let mut shell = tokio::process::Command::new("sh");
    // Nothing may grow past 4 blocks of 512 bytes: as good as full. The signal that comes with it is ignored.
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" serve --no-ai --listen 127.0.0.1:0 --data \"$1\"";
    shell.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", home.path());
    shell.args(["-c", script, env!("CARGO_BIN_EXE_centaur")]).arg(&desk).kill_on_drop(true);
    let output = timeout(SOON, shell.output()).await.expect("it gives up").unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    holds((output.status.code(), said), 1, &[desk.to_str().unwrap()]);
}
