//! The house rules, held against the source: who may import whom, and what may not stand in the code.
//!
//! The table is that of `src/lib.rs`. Deliberately not here: what clippy can see (see the lints in `Cargo.toml`).

use super::source::{Source, has, imports};

const ALL: &[&str] = &[
    "ai",
    "cli",
    "client",
    "config",
    "connectors",
    "console",
    "domain",
    "log",
    "paths",
    "protocol",
    "server",
    "store",
];

/// Each room, and the rooms it may import besides itself.
const TABLE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("protocol", &["domain"]),
    ("store", &["domain"]),
    ("server", &["domain", "protocol", "store"]),
    ("client", &["domain", "protocol"]),
    ("ai", &["domain", "protocol", "client"]),
    ("connectors", &["domain", "protocol", "client"]),
    ("console", &["domain", "protocol", "client", "config"]),
    ("config", &["domain"]),
    ("paths", &[]),
    ("log", &[]),
    ("cli", ALL),
];

/// What no pure part may name: the outside world, and the clock.
const WORLD: &[&str] = &[
    "tokio",
    "crossterm",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "getrandom",
    "async fn",
];

/// A rule's findings, shown all at once.
fn hold(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

fn sources() -> Vec<Source> {
    let all = Source::all("src");
    assert!(all.len() > 30, "only {} files found: the rules would hold for want of code", all.len());
    all
}

/// Imports of a file that the table does not allow.
fn trespasses(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(room) = module.first() else { return Vec::new() };
    let Some((_, allowed)) = TABLE.iter().find(|(name, _)| name == room) else {
        return vec![format!("{}: the room `{room}` is not in the table", source.path)];
    };
    let mut found: Vec<String> = imports(&source.shipped(), &module)
        .into_iter()
        .filter_map(|path| path.into_iter().next())
        .filter(|to| ALL.contains(&to.as_str()) && to != room && !allowed.contains(&to.as_str()))
        .map(|to| format!("{}: {room} may not import {to}", source.path))
        .collect();
    found.dedup();
    found
}

#[test]
fn every_room_imports_only_what_the_table_allows() {
    let broken: Vec<String> = sources().iter().flat_map(trespasses).collect();
    hold("who may import whom stands in src/lib.rs", &broken);
}

#[test]
fn a_trespass_is_seen() {
    let source = Source {
        path: "src/client/session.rs".into(),
        text:
            "//! x\nuse crate::{domain::ids::Seq, server::Server};\n#[cfg(test)]\nmod tests {\n use crate::store;\n}\n"
                .into(),
        for_tests: false,
    };
    assert_eq!(trespasses(&source), ["src/client/session.rs: client may not import server"]);
}

/// Names of the outside world that a file must not speak of, if it belongs to a pure part.
fn worldly(source: &Source) -> Vec<String> {
    let module = source.module();
    let pure = match module.as_slice() {
        ["domain" | "protocol", ..] => true,
        ["console", part, ..] => {
            matches!(*part, "model" | "update" | "msg" | "effect" | "view" | "widgets" | "theme")
        }
        _ => false,
    };
    if !pure {
        return Vec::new();
    }
    let code = source.shipped();
    let mut found: Vec<String> =
        WORLD.iter().filter(|word| has(&code, word)).map(|word| format!("{}: {word}", source.path)).collect();
    if matches!(module.as_slice(), ["domain" | "protocol", ..] | ["console", "model" | "update" | "msg" | "effect", ..])
        && has(&code, "ratatui")
    {
        found.push(format!("{}: ratatui", source.path));
    }
    if module.first() == Some(&"domain") {
        for word in ["tracing", "uuid", "Uuid"] {
            if has(&code, word) {
                found.push(format!("{}: {word}", source.path));
            }
        }
    }
    found
}

#[test]
fn the_pure_parts_know_no_world_and_no_clock() {
    let broken: Vec<String> = sources().iter().flat_map(worldly).collect();
    hold("domain, protocol and the console's model, update, msg, effect and views are pure", &broken);
}

#[test]
fn a_clock_in_the_model_is_seen() {
    let source = |text: &str| Source { path: "src/console/model/floor.rs".into(), text: text.into(), for_tests: false };
    assert_eq!(worldly(&source("use std::time::Instant;")), ["src/console/model/floor.rs: Instant"]);
    assert_eq!(worldly(&source("// Instant\nlet a = \"tokio\";")), Vec::<String>::new());
}

#[test]
fn views_read_the_model_and_change_nothing() {
    let broken: Vec<String> = sources()
        .iter()
        .filter(|source| matches!(source.module().as_slice(), ["console", "view" | "widgets" | "theme", ..]))
        .flat_map(|source| {
            let code = source.shipped();
            let changes = has(&code, "&mut Model").then(|| format!("{}: &mut Model", source.path));
            let acts = imports(&code, &source.module())
                .into_iter()
                .find(|path| matches!(path.get(1).map(String::as_str), Some("update" | "perform" | "app" | "terminal")))
                .map(|path| format!("{}: {}", source.path, path.join("::")));
            changes.into_iter().chain(acts)
        })
        .collect();
    hold("views, widgets and themes only read", &broken);
}

#[test]
fn files_are_called_by_their_noun() {
    let vague = ["mod", "utils", "util", "helpers", "helper", "common", "misc", "manager", "types"];
    let broken: Vec<String> = sources()
        .iter()
        .filter(|source| source.module().iter().any(|name| vague.contains(name)))
        .map(|source| source.path.clone())
        .collect();
    hold("no mod.rs, and no file or folder called utils, helpers, common, misc, manager or types", &broken);
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let broken: Vec<String> = sources()
        .into_iter()
        .chain(Source::all("tests"))
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    hold("a file begins with `//!`", &broken);
}

#[test]
fn no_file_is_still_to_come() {
    let broken: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.text.starts_with("//! To come"))
        .map(|source| source.path)
        .collect();
    hold("a stub is not a room", &broken);
}

#[test]
fn no_file_has_two_nouns() {
    let broken: Vec<String> = sources()
        .iter()
        .filter(|source| source.shipped_lines() > 500)
        .map(|source| format!("{}: {} lines without its tests", source.path, source.shipped_lines()))
        .collect();
    hold("500 lines without tests at most", &broken);
}

#[test]
fn only_the_command_line_prints() {
    let broken = findings(&["print!", "println!", "eprint!", "eprintln!", "dbg!"], |source| {
        source.module().first().is_some_and(|room| *room != "cli")
    });
    hold("only cli and main print", &broken);
}

#[test]
fn nothing_shipped_panics_on_purpose() {
    let words =
        [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "unreachable!(", ".unwrap_err()", "dbg!("];
    hold("no unwrap, expect, panic, todo outside tests", &findings(&words, |_| true));
}

#[test]
fn every_channel_has_a_bound_and_nothing_is_static_or_unsafe() {
    let words = [
        "unbounded_channel",
        "unbounded",
        "UnboundedSender",
        "UnboundedReceiver",
        "std::sync::mpsc::channel",
        "unsafe",
        "thread_local!",
        "lazy_static!",
    ];
    let mut broken = findings(&words, |_| true);
    for source in sources() {
        for line in source.shipped().lines().map(str::trim_start) {
            let line = line.strip_prefix("pub").map_or(line, |rest| {
                let rest = rest.trim_start();
                rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest.trim_start())
            });
            if line.starts_with("static ") {
                broken.push(format!("{}: {line}", source.path));
            }
        }
    }
    hold("bounded channels, no unsafe, no statics, no thread-locals", &broken);
}

#[test]
fn no_test_sleeps() {
    let broken: Vec<String> = sources()
        .into_iter()
        .chain(Source::all("tests"))
        .filter(|source| {
            let code = source.tests();
            has(&code, "thread::sleep") || has(&code, "time::sleep")
        })
        .map(|source| source.path)
        .collect();
    hold("tests wait for what they mean, or pause the clock", &broken);
}

/// Files whose shipped code has one of `words`.
fn findings(words: &[&str], look_at: impl Fn(&Source) -> bool) -> Vec<String> {
    sources()
        .iter()
        .filter(|source| look_at(source))
        .flat_map(|source| {
            let code = source.shipped();
            words
                .iter()
                .filter(|word| has(&code, word))
                .map(|word| format!("{}: {word}", source.path))
                .collect::<Vec<_>>()
        })
        .collect()
}
