//! What holds for the whole command line: what parses and what does not, help with examples, no secret as an argument.

use super::{Act, Cli, Environment, tree};
use clap::{CommandFactory, Parser};
use std::ffi::OsString;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("centaur").chain(line.split_whitespace()))
}

#[test]
fn the_tree_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn what_people_write_is_understood() {
    let lines = [
        "ls",
        "ls holder:ai is:open jana",
        "ls --all --json",
        "ls -- -channel:web",
        "--json ls",
        "show 42",
        "show #42 --json",
        "tail",
        "tail --from-start",
        "tail 42 --last 3 --writing",
        "watch --until needs:me",
        "watch --until is:draft --timeout 5m --last 3",
        "console --plain --ascii",
        "show 42 --last 3",
        "take 42",
        "take 42 --reason asked",
        "say 42 hello there",
        "say 42 --take -",
        "note 42 x",
        "whisper 42 x",
        "back 42 --done a --promised b --open c --may d --back-when e --back-when f",
        "back 42 --brief -",
        "back 42 --to aria --done x",
        "mode 42 draft",
        "mode 42 free",
        "mode topic:refunds shadow",
        "mode desk off",
        "pause 42",
        "pause 42 --for 2h",
        "pause 42 --end",
        "approve 42",
        "approve 42 --draft 17 --edit x",
        "reject 42 --reason x",
        "assign 42 queue",
        "tag 42 a b --remove c",
        "tag 42 --remove c",
        "priority 42 urgent",
        "resolve 42",
        "reopen 42",
        "snooze 42 2h",
        "snooze 42 --wake",
        "undo 42",
        "undo 42 43 44",
        "handover",
        "handover --since 8h --json",
        "sweep",
        "sweep --to queue --yes",
        "sweep --brief - --yes",
        "undo 42 --act 17",
        "annotate 42 --good",
        "annotate 42 last --bad --failure tone --failure f",
        "annotate 42 17 --unsure --note x",
        "export annotations",
        "export annotations --after 9 --all",
        "customer export jana@example.com",
        "customer export 42 57 --json",
        "customer erase jana@example.com --yes",
        "invite lena --role agent",
        "invite aria --role ai --token-out f",
        "revoke lena",
        "login --token-file f",
        "login --forget",
        "doctor",
        "agent",
        "agent --profile local --knowledge d --at-once 100",
        "demo-model --fault 429:2,500,none --pace 0",
        "serve --profile local",
        "demo --profile local",
        "paths",
        "completions zsh",
        "man",
        "man out",
        "--server http://h:1 --timeout 3s --color never --quiet --no-input show 1",
    ];
    for line in lines {
        let parsed = parse(line);
        assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
    }
}

#[test]
fn what_is_wrong_is_a_usage_error() {
    let lines = [
        "fly",
        "show",
        "show jana",
        "say 42",
        "tag 42",
        "mode 42",
        "mode 42 fast",
        "mode jana off",
        "mode topic: off",
        "pause 42 --for soon",
        "pause 42 --for 5m --end",
        "reject 42",
        "snooze 42",
        "snooze 42 2h --wake",
        "annotate 42",
        "annotate 42 --good --bad",
        "annotate 42 --good --failure ugly",
        "invite lena",
        "invite lena --role boss",
        "priority 42 huge",
        "completions tcsh",
        "back 42 --brief f --done x",
        "tail --last 3",
        "ls --timeout soon",
        "watch",
        "export",
        "undo 42 --act x",
        "agent --at-once 300",
        "agent --key sk-123",
        "demo-model --fault fire",
    ];
    for line in lines {
        assert_eq!(parse(line).map_err(|error| error.exit_code()).map(|_| line), Err(2), "{line}");
    }
    assert!(parse("--help").is_err_and(|said| said.exit_code() == 0));
    assert!(parse("take --help").is_err_and(|said| said.exit_code() == 0));
}

fn each(command: &clap::Command, look: &mut dyn FnMut(&clap::Command)) {
    look(command);
    for sub in command.get_subcommands() {
        each(sub, look);
    }
}

#[test]
fn every_command_says_what_it_is_for_and_shows_an_example() {
    let mut seen = 0;
    each(&tree(), &mut |command| {
        let name = command.get_name();
        assert!(command.get_about().is_some_and(|about| !about.to_string().is_empty()), "{name} has no description");
        if name != "centaur" && !command.has_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example") && help.contains("centaur "), "{name} has no example");
            seen += 1;
        }
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{name}: {} is not explained", argument.get_id());
        }
    });
    assert!(seen >= 25, "{seen}");
}

#[test]
fn every_example_is_understood() {
    each(&tree(), &mut |command| {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in help.lines().map(str::trim).filter(|line| line.starts_with("centaur ")) {
            // What the shell takes away, and the remark behind three spaces.
            let line = line.split(" | ").next().unwrap_or(line).split(" >> ").next().unwrap_or(line);
            let line = line.split(" > ").next().unwrap_or(line);
            let line = line.split(" < ").next().unwrap_or(line).split("   ").next().unwrap_or(line);
            let mut words: Vec<String> = Vec::new();
            for (at, part) in line.split('\'').enumerate() {
                if at % 2 == 1 {
                    words.push(part.to_owned());
                } else {
                    words.extend(part.split_whitespace().map(ToOwned::to_owned));
                }
            }
            // As `main` does.
            let parsed = Cli::try_parse_from(super::ls::turned_last(words.into_iter().map(Into::into)));
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
    });
}

#[test]
fn no_command_takes_a_secret_as_an_argument() {
    each(&tree(), &mut |command| {
        for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
            let name = argument.get_long().unwrap_or(argument.get_id().as_str()).to_lowercase();
            let secret = ["token", "secret", "password", "key"].iter().any(|word| name.contains(word));
            let file = name.ends_with("-file") || name.ends_with("-out");
            assert!(!secret || file, "{} {name} would show a secret in the list of processes", command.get_name());
        }
    });
    for line in ["ls --token cen_x", "login cen_x", "invite lena --role agent --token cen_x"] {
        assert_eq!(parse(line).map_err(|error| error.exit_code()).map(|_| line), Err(2), "{line}");
    }
}

#[test]
fn the_environment_counts_only_where_it_says_something() {
    let read =
        |token: &'static str| Environment::read(&move |name| (name == "CENTAUR_TOKEN").then(|| OsString::from(token)));
    assert_eq!(read("cen_x").token, Some("cen_x".to_owned()));
    assert_eq!(read(""), Environment::default());
}

#[test]
fn a_filter_keeps_its_words_apart_from_options() {
    let Ok(Cli { global, act: Some(Act::Ls(_)) }) = parse("ls holder:ai --json jana") else { panic!("not ls") };
    assert!(global.json);
}

#[test]
fn centaur_alone_is_a_question_and_no_mistake() {
    assert!(parse("").is_ok_and(|cli| cli.act.is_none()));
}
